/// \file
/// Counters by their names.
#ifndef STTP_COUNTERS_HPP
#define STTP_COUNTERS_HPP

#include <cstdint>
#include <cstring>
#include <variant>
#include <vector>

#include "generated/records.hpp"

namespace sttp {

/// A counter of a record, and what it is.
struct counter_value {
    /// Its name, unit and document.
    counter about;
    /// A number; ticks are an int64_t.
    std::variant<std::uint64_t, std::int64_t, double> value;
};

namespace detail {

constexpr counters_of what_counts(const subscriber_counters &) { return counters_of::subscriber; }
constexpr counters_of what_counts(const publisher_counters &) { return counters_of::publisher; }
constexpr counters_of what_counts(const connection_counters &) { return counters_of::connection; }
constexpr counters_of what_counts(const c37118::device_counters &) { return counters_of::c37118_device; }
constexpr counters_of what_counts(const c37118::client_counters &) { return counters_of::c37118_client; }
constexpr counters_of what_counts(const c37118::stream_counters &) { return counters_of::c37118_stream; }
constexpr counters_of what_counts(const c37118::server_counters &) { return counters_of::c37118_server; }
constexpr counters_of what_counts(const c37118::relay_counters &) { return counters_of::c37118_relay; }
constexpr counters_of what_counts(const block_link_counters &) { return counters_of::block_link; }
constexpr counters_of what_counts(const block_link_session_counters &) { return counters_of::block_link_session; }
constexpr counters_of what_counts(const block_link_input_counters &) { return counters_of::block_link_input; }

template <class Value>
Value read_counter(const void *record, std::uint64_t offset) noexcept {
    Value value{};
    std::memcpy(&value, static_cast<const char *>(record) + offset, sizeof value);
    return value;
}

}  // namespace detail

/// All counters of a record by their names, for who prints or exports them all.
/// \param record  As subscriber::statistics gives it.
template <class Record>
std::vector<counter_value> counters_by_name(const Record &record) {
    const auto of = static_cast<std::int32_t>(detail::what_counts(record));
    std::vector<counter_value> found;
    ::sttp_counter about{};
    // A library newer than this header has more, behind what this record has room for.
    for (std::size_t row = 0; ::sttp_counter_at(of, row, &about, sizeof about) == STTP_OK &&
                              about.offset + sizeof(std::uint64_t) <= sizeof record;
         row++) {
        counter_value value{counter(about), {}};
        if (about.type == STTP_TYPE_DOUBLE) {
            value.value = detail::read_counter<double>(&record, about.offset);
        } else if (about.type == STTP_TYPE_DATETIME) {
            value.value = detail::read_counter<std::int64_t>(&record, about.offset);
        } else {
            value.value = detail::read_counter<std::uint64_t>(&record, about.offset);
        }
        found.push_back(value);
    }
    return found;
}

}  // namespace sttp

#endif
