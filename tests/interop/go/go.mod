module libsttp.test/interop

go 1.22

require github.com/sttp/goapi v0.6.1-0.20250331192350-fee8d01da065
