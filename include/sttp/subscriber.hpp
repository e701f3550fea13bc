/// \file
/// Subscribers.
#ifndef STTP_SUBSCRIBER_HPP
#define STTP_SUBSCRIBER_HPP

#include <chrono>
#include <cstdint>
#include <vector>

#include "engine.hpp"
#include "generated/settings.hpp"
#include "generated/subscriber.hpp"

namespace sttp {

/// How late measurements are.
struct latency_statistics {
    /// Since the subscriber or publisher was made.
    latency total{};
    /// In the latest complete interval: for subscribers that of subscriber_settings::statistics_interval, for
    /// publishers a second.
    latency recent{};
};

/// What came of each signal.
struct numbered_signal_statistics {
    /// In the order of the signals.
    std::vector<signal_statistics> signals;
    /// Number of the list of signals; 0 before the first.
    std::uint32_t generation = 0;
};

/// Receives the measurements of one publisher at a time. Make it, register callbacks, say what is wanted
/// (subscribe), and connect; settings hold from the next connect or subscribe on. Measurements come by
/// on_measurements, or, with subscriber_settings::read_queue, by read.
///
/// Callbacks are called on the thread of the engine, one at a time; they are kept until they are replaced or the
/// subscriber is freed, which may happen inside of them. An exception that leaves one goes to
/// set_callback_error_handler.
class subscriber : public detail::with_settings<role::subscriber, subscriber_calls> {
public:
    /// On the process's shared engine.
    /// \throws error: errc::io when the shared engine cannot be started.
    explicit subscriber(std::error_code &code = throws()) { make(nullptr, code); }
    /// On an engine of the program's, which may be freed before.
    explicit subscriber(const engine &on, std::error_code &code = throws()) { make(on.native_handle(), code); }
    /// Takes over a handle of C.
    explicit subscriber(::sttp_subscriber *handle) noexcept { reset(handle); }

    /// Takes received measurements out of the read queue, in the order they came. Waits for the first one.
    /// \param room     Receives as many as have come and fit.
    /// \param timeout  How long to wait; sttp::forever without end, 0 not at all.
    /// \return How many were read; 0 when nothing came in time and all is well.
    /// \throws error: errc::complete when historical data have ended and all were read; errc::closed when
    ///     disconnected, or given up; errc::refused when the publisher refused the subscription; when nothing came in
    ///     time: errc::not_connected, errc::no_signals, errc::invalid_state when nothing is subscribed or without a
    ///     read queue. errc::would_block when it would have to wait in a callback.
    ///
    /// *Ownership*: do not free the subscriber while another thread reads.
    std::size_t read(span<measurement> room, std::chrono::milliseconds timeout, std::error_code &code = throws()) {
        std::size_t count = 0;
        const std::int32_t status =
            ::sttp_subscriber_read(native_handle(), room.data(), room.size(), detail::milliseconds(timeout), &count);
        detail::check(status == STTP_ERR_TIMEOUT ? STTP_OK : status, code);
        return count;
    }

    /// The signals of what read() gave last: `signal_index` is the index here. Valid until this is called after a read
    /// of other signals, or the subscriber is freed.
    numbered_signals read_signals(std::error_code &code = throws()) {
        return list(::sttp_subscriber_read_signals, code);
    }

    /// The current signals, as on_subscription_updated was told last on this connection. Valid until this is called
    /// once there are others, or the subscriber is freed.
    ///
    /// *Thread*: one at a time, as long as the signals are looked at.
    numbered_signals signals(std::error_code &code = throws()) { return list(::sttp_subscriber_signals, code); }

    /// How late measurements arrive (subscriber_settings::latency_statistics).
    sttp::latency_statistics latency_statistics(std::error_code &code = throws()) const {
        sttp::latency_statistics found;
        detail::check(::sttp_subscriber_latency_statistics(native_handle(), &found.total, &found.recent), code);
        return found;
    }

    /// What came of each signal (subscriber_settings::signal_statistics) since the current signals came into use.
    /// \throws error: errc::invalid_state when the signals were not to be counted at the latest connect.
    numbered_signal_statistics signal_statistics(std::error_code &code = throws()) const {
        numbered_signal_statistics found;
        const auto reads = [&](sttp::signal_statistics *elements, std::size_t capacity, std::size_t *count) {
            return ::sttp_subscriber_signal_statistics(native_handle(), elements, sizeof *elements, capacity, count,
                                                       &found.generation);
        };
        detail::check(detail::read_list(found.signals, reads), code);
        return found;
    }

private:
    void make(::sttp_engine *on, std::error_code &code) {
        ::sttp_subscriber *made = nullptr;
        detail::check(::sttp_subscriber_new(on, &made), code);
        reset(made);
    }

    template <class Lists>
    numbered_signals list(Lists lists, std::error_code &code) {
        const ::sttp_signal *const *found = nullptr;
        std::size_t count = 0;
        numbered_signals result;
        detail::check(lists(native_handle(), &found, &count, &result.generation), code);
        result.signals = signal_list({found}, count);
        return result;
    }
};

}  // namespace sttp

#endif
