/// \file
/// Publishers.
#ifndef STTP_PUBLISHER_HPP
#define STTP_PUBLISHER_HPP

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "engine.hpp"
#include "generated/publisher.hpp"
#include "generated/settings.hpp"
#include "subscriber.hpp"

namespace sttp {

/// Reads on in a window of historical data: writes the next measurements, in the order of time, with all their fields,
/// and tells how many; 0 ends the window, unless history_from_memory was called. An exception ends it, too, and the
/// subscriber is told its text.
using history_reader = std::function<std::size_t(span<measurement> room)>;

/// Within a history_reader that then tells 0: what the publisher keeps in memory of these times, in ticks, comes next. The
/// reader is called again behind it.
inline void history_from_memory(std::int64_t start, std::int64_t stop, std::error_code &code = throws()) {
    detail::check(::sttp_history_from_memory(start, stop), code);
}

/// Within a history_reader that then ends its window: tells the subscriber what is missing in it.
inline void history_tell(const std::string &words, std::error_code &code = throws()) {
    detail::check(::sttp_history_tell(words.c_str()), code);
}

namespace detail {

template <class Opens>
struct history_call {
    static std::int32_t read(void *user_data, const ::sttp_history_window *window, void **reader,
                             ::sttp_measurement *room, std::size_t capacity, std::size_t *count) noexcept {
        std::int32_t status = STTP_ERR_INTERNAL;
        guarded("history", [&] {
            try {
                if (*reader == nullptr) {
                    *reader = new history_reader((*static_cast<Opens *>(user_data))(sttp::history_window(*window)));
                }
                *count = (*static_cast<history_reader *>(*reader))(span<measurement>(room, capacity));
            } catch (const std::exception &problem) {
                ::sttp_history_tell(problem.what());
                throw;
            }
            status = STTP_OK;
        });
        return status;
    }
    static void close(void *, void *reader) noexcept { delete static_cast<history_reader *>(reader); }
};

}  // namespace detail

/// Sends measurements to any number of subscribers, each of which gets those that it asked for. Make it, set the
/// metadata, which describe its signals, register callbacks, then start it: it listens (start) or connects to
/// subscribers that listen (connect), or both. Settings hold from the next start on.
///
/// Callbacks are called on the thread of the engine, one at a time; they are kept until they are replaced or the
/// publisher is freed, which may happen inside of them. An exception that leaves one goes to
/// set_callback_error_handler.
class publisher : public detail::with_settings<role::publisher, publisher_calls> {
public:
    /// On the process's shared engine.
    /// \throws error: errc::io when the shared engine cannot be started.
    explicit publisher(std::error_code &code = throws()) { make(nullptr, code); }
    /// On an engine of the program's, which may be freed before.
    explicit publisher(const engine &on, std::error_code &code = throws()) { make(on.native_handle(), code); }
    /// Takes over a handle of C.
    explicit publisher(::sttp_publisher *handle) noexcept { reset(handle); }

    using publisher_calls::publish;
    /// Publishes one measurement; several at once cost less.
    void publish(const measurement &one, std::error_code &code = throws()) { publish(measurements(&one, 1), code); }

    /// How late measurements were when they were queued for subscribers.
    sttp::latency_statistics latency_statistics(std::error_code &code = throws()) const {
        sttp::latency_statistics found;
        detail::check(::sttp_publisher_latency_statistics(native_handle(), &found.total, &found.recent), code);
        return found;
    }

    /// Registers who reads historical data for subscribers that ask for them, in place of what the publisher keeps
    /// (publisher_settings::history_duration).
    /// \param opens  Called as `history_reader(const history_window &window)`, which is valid during the call: gives
    ///     what reads in the window from then on. Runs on a thread of the publisher, as the reader does, which may take
    ///     its time, but must not wait for the publisher as flush does.
    ///
    /// *Ownership*: `opens` is kept until it is replaced or the publisher is freed; a reader, until its window ends.
    template <class Opens>
    void set_history_source(Opens &&opens, std::error_code &code = throws()) {
        using callable = std::decay_t<Opens>;
        static_assert(std::is_invocable_r_v<history_reader, callable &, const history_window &>,
                      "A source of history takes a history_window and gives a history_reader.");
        auto owned = std::make_unique<callable>(std::forward<Opens>(opens));
        using call = detail::history_call<callable>;
        if (detail::check(::sttp_publisher_set_history_source(native_handle(), &call::read, &call::close, owned.get(),
                                                              &detail::destroy_callable<callable>),
                          code)) {
            static_cast<void>(owned.release());
        }
    }
    /// Removes the source of historical data.
    void set_history_source(std::nullptr_t, std::error_code &code = throws()) {
        detail::check(::sttp_publisher_set_history_source(native_handle(), nullptr, nullptr, nullptr, nullptr), code);
    }

private:
    void make(::sttp_engine *on, std::error_code &code) {
        ::sttp_publisher *made = nullptr;
        detail::check(::sttp_publisher_new(on, &made), code);
        reset(made);
    }
};

}  // namespace sttp

#endif
