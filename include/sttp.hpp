/// \file
/// libsttp in C++17: publish and subscribe to measurements over STTP (IEEE 2664).
///
/// Header-only, over the C API (sttp.h), which is the manual: what is said there of threads, blocking and order holds
/// here. Programs link with `sttp` (pkg-config sttp, or sttp::sttp of CMake), and are in examples-cpp/.
///
///     sttp::subscriber subscriber;
///     subscriber.on_measurements([](sttp::measurements batch) {
///         for (const sttp::measurement &one : batch) {
///             std::cout << one.signal_id << ' ' << sttp::format_time(one.timestamp) << ' ' << one.value << '\n';
///         }
///     });
///     subscriber.subscribe("FILTER TOP 20 ActiveMeasurements WHERE True");
///     subscriber.connect("localhost:7175");
///
/// **Handles** are objects that can be moved and free what they own; callables that are registered with them are kept
/// as long as they may be called. A handle may be freed inside its own callback. Moved from, it is empty, and calls
/// fail with errc::invalid_argument. `native_handle()` is the handle for functions of sttp.h.
///
/// **Errors**: each call that can fail throws sttp::error, whose what() says what to do, or, when its last argument is
/// a std::error_code, sets that and throws nothing of its own; last_error() is then the message. The codes are
/// sttp::errc, and equal the conditions of std::errc where there is one.
///
/// **Callbacks** are any callables, with the parameters that their documents show: references and views that are valid
/// during the call. An exception that leaves one is told to set_callback_error_handler, or written to the standard
/// error output; it ends neither the process nor the session. What is thrown by a callable that is only visited during
/// one call (subscriber::tls, publisher::for_each_connection, c37118::assembler::receive) comes out of that call.
///
/// **Views**: measurements, bytes and signals are looked at where they lie, by sttp::span (or std::span in C++20).
#ifndef STTP_HPP
#define STTP_HPP

#include "sttp/block_link.hpp"
#include "sttp/c37118.hpp"
#include "sttp/counters.hpp"
#include "sttp/errors.hpp"
#include "sttp/library.hpp"
#include "sttp/metadata.hpp"
#include "sttp/publisher.hpp"
#include "sttp/setting.hpp"
#include "sttp/subscriber.hpp"
#include "sttp/values.hpp"
#include "sttp/views.hpp"

#endif
