/// \file
/// The signals of a subscription.
#ifndef STTP_SIGNALS_HPP
#define STTP_SIGNALS_HPP

#include <cstddef>
#include <cstdint>

#include "generated/records.hpp"

namespace sttp {

namespace detail {

struct signal_at {
    const ::sttp_signal *const *signals = nullptr;
    signal_info operator()(std::size_t index) const { return signal_info(*signals[index]); }
};

}  // namespace detail

/// Signals in the order of their signal indexes: a range of signal_info, made when they are looked at.
using signal_list = indexed_range<detail::signal_at>;

/// A list of signals and its number on the connection.
struct numbered_signals {
    /// The signals.
    signal_list signals;
    /// Their number, as subscriber::on_subscription_updated is told; 0 when no list has come.
    std::uint32_t generation = 0;
};

}  // namespace sttp

#endif
