//! The C API, declared in `include/sttp.h`.
