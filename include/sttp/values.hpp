/// \file
/// Measurements, GUIDs and times, and their texts.
#ifndef STTP_VALUES_HPP
#define STTP_VALUES_HPP

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <ostream>
#include <ratio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "errors.hpp"
#include "views.hpp"

/// Bytewise, which is the order of the texts.
inline bool operator==(const ::sttp_guid &left, const ::sttp_guid &right) noexcept {
    return std::memcmp(left.bytes, right.bytes, sizeof left.bytes) == 0;
}
inline bool operator!=(const ::sttp_guid &left, const ::sttp_guid &right) noexcept {
    return !(left == right);
}
inline bool operator<(const ::sttp_guid &left, const ::sttp_guid &right) noexcept {
    return std::memcmp(left.bytes, right.bytes, sizeof left.bytes) < 0;
}

/// So that GUIDs are keys of unordered containers.
template <>
struct std::hash<::sttp_guid> {
    std::size_t operator()(const ::sttp_guid &guid) const noexcept {
        return std::hash<std::string_view>()({reinterpret_cast<const char *>(guid.bytes), sizeof guid.bytes});
    }
};

namespace sttp {

namespace detail {

/// Reads bytes whose number is told also when there is no room for them. `reads(buffer, size, length)` gives the status.
template <class Reads>
std::vector<std::uint8_t> read_bytes(const Reads &reads, std::error_code &code) {
    std::vector<std::uint8_t> buffer(512);
    std::size_t length = 0;
    std::int32_t status = reads(buffer.data(), buffer.size(), &length);
    if (status == STTP_ERR_BUFFER_TOO_SMALL) {
        buffer.resize(length);
        status = reads(buffer.data(), buffer.size(), &length);
    }
    buffer.resize(check(status, code) ? length : 0);
    return buffer;
}

}  // namespace detail

// -- GUIDs --

/// A GUID: `bytes` in the order of its text. Compares, hashes, and is written to streams.
using guid = ::sttp_guid;

/// The GUID of 16 bytes in the order of its text.
inline guid make_guid(const std::array<std::uint8_t, 16> &in_order) noexcept {
    guid made;
    std::memcpy(made.bytes, in_order.data(), in_order.size());
    return made;
}

/// Its 16 bytes in the order of its text.
inline std::array<std::uint8_t, 16> to_array(const guid &of) noexcept {
    std::array<std::uint8_t, 16> in_order;
    std::memcpy(in_order.data(), of.bytes, in_order.size());
    return in_order;
}

/// Reads a GUID: `01234567-89ab-cdef-0123-456789abcdef` in any case, also in braces or without hyphens.
inline guid parse_guid(const text &characters, std::error_code &code = throws()) {
    guid parsed{};
    detail::check(::sttp_guid_parse(characters.c_str(), &parsed), code);
    return parsed;
}

/// `01234567-89ab-cdef-0123-456789abcdef`.
inline std::string to_string(const guid &of) {
    char buffer[STTP_GUID_TEXT_SIZE];
    detail::check(::sttp_guid_format(&of, buffer, sizeof buffer), throws());
    return buffer;
}

/// `using namespace sttp::literals` gives `"01234567-89ab-cdef-0123-456789abcdef"_guid`, read by the compiler.
inline namespace literals {

constexpr guid operator""_guid(const char *characters, std::size_t length) {
    guid parsed{};
    std::size_t digits = 0;
    for (std::size_t at = 0; at < length; at++) {
        const char digit = characters[at];
        const bool after_group = digits == 8 || digits == 12 || digits == 16 || digits == 20;
        if (digit == '-' && after_group) {
            continue;
        }
        const int value = digit >= '0' && digit <= '9'   ? digit - '0'
                          : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                          : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                         : -1;
        if (value < 0 || digits == 32) {
            throw std::invalid_argument("not a GUID");
        }
        std::uint8_t &byte = parsed.bytes[digits / 2];
        byte = static_cast<std::uint8_t>(byte * 16 + value);
        digits++;
    }
    if (digits != 32) {
        throw std::invalid_argument("not a GUID");
    }
    return parsed;
}

}  // namespace literals

// -- times --

/// Units of 100 ns since 0001-01-01T00:00:00 UTC, as measurements have them: the time proper in the lower 62 bits, and
/// above them two marks for leap seconds.
using ticks = std::int64_t;

/// The unit of ticks.
using tick_duration = std::chrono::duration<std::int64_t, std::ratio<1, 10000000>>;

/// A time of the system clock, exact to the tick. It knows no leap seconds.
using sys_ticks = std::chrono::time_point<std::chrono::system_clock, tick_duration>;

/// The current time of the system clock.
inline ticks now() noexcept {
    return ::sttp_time_now();
}

/// Whether a time lies in an inserted leap second: second 60.
constexpr bool is_leap_second(ticks time) noexcept {
    return ((static_cast<std::uint64_t>(time) >> STTP_TICKS_LEAP_SECOND_BIT) & 1) != 0;
}

/// Whether the next second after a time is deleted, so that second 58 is followed by 0.
constexpr bool is_before_deleted_second(ticks time) noexcept {
    return ((static_cast<std::uint64_t>(time) >> STTP_TICKS_SECOND_DELETED_BIT) & 1) != 0;
}

/// The ticks without the marks for leap seconds.
constexpr ticks without_marks(ticks time) noexcept {
    return time & STTP_TICKS_VALUE_MASK;
}

/// A time of Unix, as `struct timespec` has it; negative before 1970.
struct unix_time {
    /// Seconds since 1970 without leap seconds, as `tv_sec`.
    std::int64_t seconds = 0;
    /// Nanoseconds after that second, as `tv_nsec`.
    std::uint32_t nanoseconds = 0;
};

/// The time as `struct timespec` has it. A leap second has the seconds of the second before: see is_leap_second.
inline unix_time to_unix(ticks time, std::error_code &code = throws()) {
    unix_time converted;
    detail::check(::sttp_time_to_unix(time, &converted.seconds, &converted.nanoseconds), code);
    return converted;
}

/// The ticks of a time of `struct timespec`. Nanoseconds that are no whole ticks are cut.
/// \throws error with errc::invalid_argument outside years 1 to 9999.
inline ticks from_unix(unix_time time, std::error_code &code = throws()) {
    ticks converted = 0;
    detail::check(::sttp_time_from_unix(time.seconds, time.nanoseconds, &converted), code);
    return converted;
}

/// Nanoseconds since 1970. A leap second has those of the second before.
/// \throws error with errc::invalid_argument outside years 1678 to 2262.
inline std::chrono::nanoseconds to_unix_nanoseconds(ticks time, std::error_code &code = throws()) {
    std::int64_t converted = 0;
    detail::check(::sttp_time_to_unix_nanoseconds(time, &converted), code);
    return std::chrono::nanoseconds(converted);
}

/// The ticks of a time since 1970, cut to whole ones.
inline ticks from_unix_nanoseconds(std::chrono::nanoseconds time) noexcept {
    return ::sttp_time_from_unix_nanoseconds(time.count());
}

/// The time as one of the system clock, which has no leap seconds: such a second has the time of the one before. Ask
/// is_leap_second first where that matters.
inline sys_ticks to_sys(ticks time, std::error_code &code = throws()) {
    const unix_time converted = to_unix(time, code);
    return sys_ticks(std::chrono::seconds(converted.seconds) + tick_duration(converted.nanoseconds / 100));
}

/// The ticks of a time of the system clock, cut to whole ones; without marks for leap seconds.
/// \throws error with errc::invalid_argument outside years 1 to 9999.
template <class Duration>
ticks from_sys(std::chrono::time_point<std::chrono::system_clock, Duration> time, std::error_code &code = throws()) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - whole);
    return from_unix({whole.time_since_epoch().count(), static_cast<std::uint32_t>(rest.count())}, code);
}

/// Reads a time as people write it: `2026-11-21T08:30:00Z`, `11/21/2026 8:30:00 AM`, or from now on, as `*-20m`.
/// Second 60 sets the mark of a leap second.
inline ticks parse_time(const text &characters, std::error_code &code = throws()) {
    ticks parsed = 0;
    detail::check(::sttp_time_parse(characters.c_str(), &parsed), code);
    return parsed;
}

/// ISO 8601 in UTC, as `2026-11-21T08:30:00.0333333Z`; a leap second is second 60.
inline std::string format_time(ticks time, std::error_code &code = throws()) {
    char buffer[STTP_TIME_TEXT_SIZE] = "";
    detail::check(::sttp_time_format(time, buffer, sizeof buffer), code);
    return buffer;
}

/// Which of two times is earlier, leap seconds in their places: below 0 for `left`, above 0 for `right`.
inline int compare_times(ticks left, ticks right) noexcept {
    return ::sttp_ticks_compare(left, right);
}

/// DateTime2 of the STTP design notes, for storing times: sorts, leap seconds in their places.
using datetime2 = ::sttp_datetime2;

/// A time as DateTime2.
inline datetime2 to_datetime2(ticks time, std::error_code &code = throws()) {
    datetime2 converted{};
    detail::check(::sttp_ticks_to_datetime2(time, &converted), code);
    return converted;
}

/// The ticks of a DateTime2.
inline ticks from_datetime2(const datetime2 &time, std::error_code &code = throws()) {
    ticks converted = 0;
    detail::check(::sttp_datetime2_to_ticks(&time, &converted), code);
    return converted;
}

/// A DateTime2 in 64 bits.
inline std::uint64_t pack(const datetime2 &time, std::error_code &code = throws()) {
    std::uint64_t packed = 0;
    detail::check(::sttp_datetime2_pack(&time, &packed), code);
    return packed;
}

/// The DateTime2 of such 64 bits.
inline datetime2 unpack_datetime2(std::uint64_t packed, std::error_code &code = throws()) {
    datetime2 unpacked{};
    detail::check(::sttp_datetime2_unpack(packed, &unpacked), code);
    return unpacked;
}

// -- measurements --

/// One measurement of one signal at one time, as it lies in the library's memory: `signal_id`, `timestamp` (ticks),
/// `value`, `flags` (sttp::flag) and `signal_index`.
using measurement = ::sttp_measurement;

/// Measurements that are looked at where they lie.
using measurements = span<const measurement>;

/// A measurement of a signal, now and in good quality unless said otherwise.
inline measurement make_measurement(const guid &signal_id, double value, ticks time = now(),
                                    std::uint32_t flags = 0) noexcept {
    return {signal_id, time, value, flags, 0};
}

/// A measurement by signal index, for publisher::publish_indexed.
inline measurement make_measurement(std::uint32_t signal_index, double value, ticks time = now(),
                                    std::uint32_t flags = 0) noexcept {
    return {guid{}, time, value, flags, signal_index};
}

/// The value as the shortest text that reads back to the same single-precision number.
inline std::string format_value(double value) {
    char buffer[STTP_VALUE_TEXT_SIZE];
    detail::check(::sttp_value_format(value, buffer, sizeof buffer), throws());
    return buffer;
}

/// The names of all flags that are set, as `BAD_DATA SUSPECT_TIME`.
inline std::string format_flags(std::uint32_t flags) {
    char buffer[STTP_FLAGS_TEXT_SIZE];
    detail::check(::sttp_flags_format(flags, buffer, sizeof buffer), throws());
    return buffer;
}

/// The name of one flag, as `STTP_FLAG_BAD_DATA`.
inline std::string_view flag_name(std::uint32_t flag) noexcept {
    return ::sttp_flag_name(flag);
}

}  // namespace sttp

/// Writes a GUID as text.
inline std::ostream &operator<<(std::ostream &stream, const ::sttp_guid &guid) {
    return stream << sttp::to_string(guid);
}

#endif
