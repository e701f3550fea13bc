module github.com/sttp/libsttp/bindings/go

go 1.21
