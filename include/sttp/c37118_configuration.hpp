/// \file
/// C37.118: what data frames carry, and what they say.
#ifndef STTP_C37118_CONFIGURATION_HPP
#define STTP_C37118_CONFIGURATION_HPP

#include <cstdint>
#include <utility>
#include <vector>

#include "generated/c37118_configuration.hpp"

namespace sttp::c37118 {

class configuration;

/// The time of a data frame.
struct frame_time {
    /// When it was measured.
    ticks time = 0;
    /// The high byte of FRACSEC: leap seconds and the quality of the clock.
    std::uint32_t quality = 0;
};

/// What a PMU measures, as its channels are in the configuration.
struct pmu_values {
    /// Its phasors; none where there are raw_phasors.
    span<const polar> phasors;
    /// Its phasors without scale, in place of the others.
    span<const raw_phasor> raw_phasors;
    /// Its analog values, unscaled; NaN for absent ones.
    span<const double> analogs;
    /// Its words of digital values.
    span<const std::uint16_t> digitals;
    /// Frequency.
    double frequency = 0;
    /// Rate of its change.
    double rate_of_change = 0;
    /// STAT.
    std::uint32_t status = 0;
};

/// A configuration that belongs to somebody else, as one that a callback is handed; keep it with clone(). Any number of
/// threads may read it.
class configuration_view : public configuration_calls {
public:
    /// None.
    configuration_view() noexcept = default;
    /// That of a handle of C, as valid as that.
    explicit configuration_view(const ::sttp_c37118_configuration *handle) noexcept : configuration_calls(handle) {}

    /// Another handle of the same configuration, which lives on.
    configuration clone(std::error_code &code = throws()) const;

    /// Reads the time of a data frame.
    /// \throws error: errc::protocol when it is no undamaged data frame of this configuration.
    frame_time data_time(bytes frame, std::error_code &code = throws()) const {
        frame_time found;
        detail::check(::sttp_c37118_data_time(native_handle(), frame.data(), frame.size(), &found.time, &found.quality), code);
        return found;
    }
    /// Reads the phasors of a PMU in a data frame.
    /// \param frame  The whole frame.
    /// \param pmu    Number of the PMU, from 0.
    /// \throws error: errc::protocol when it is no undamaged data frame of this configuration; errc::not_found when
    ///     there is no such PMU.
    std::vector<polar> data_phasors(bytes frame, std::size_t pmu, std::error_code &code = throws()) const {
        return values<polar>(frame, pmu, &pmu_info::phasor_count, ::sttp_c37118_data_phasors, code);
    }
    /// Reads the phasors of a PMU in a data frame as they were sent, without scale. Otherwise as data_phasors.
    std::vector<raw_phasor> data_raw_phasors(bytes frame, std::size_t pmu, std::error_code &code = throws()) const {
        return values<raw_phasor>(frame, pmu, &pmu_info::phasor_count, ::sttp_c37118_data_raw_phasors, code);
    }
    /// Reads the analog values of a PMU in a data frame, unscaled; NaN for absent ones. Otherwise as data_phasors.
    std::vector<double> data_analogs(bytes frame, std::size_t pmu, std::error_code &code = throws()) const {
        return values<double>(frame, pmu, &pmu_info::analog_count, ::sttp_c37118_data_analogs, code);
    }
    /// Reads the words of digital values of a PMU in a data frame. Otherwise as data_phasors.
    std::vector<std::uint16_t> data_digitals(bytes frame, std::size_t pmu, std::error_code &code = throws()) const {
        return values<std::uint16_t>(frame, pmu, &pmu_info::digital_count, ::sttp_c37118_data_digitals, code);
    }

    // -- frames of this configuration --

    /// Writes a configuration frame.
    /// \param time     When it is sent.
    /// \param quality  The high byte of FRACSEC: leap seconds and the quality of the clock.
    /// \return The frame. A CFG-3 that a frame cannot hold is several, one behind the other; bytes 2 and 3 of each say its
    ///     length, big-endian.
    /// \throws error: errc::invalid_argument when the quality is none, or a CFG-1 or CFG-2 would be longer than a frame
    ///     can be.
    std::vector<std::uint8_t> encode(ticks time, std::uint32_t quality = 0, std::error_code &code = throws()) const {
        return detail::read_bytes(
            [&](std::uint8_t *buffer, std::size_t size, std::size_t *length) {
                return ::sttp_c37118_configuration_encode(native_handle(), time, quality, buffer, size, length);
            },
            code);
    }
    /// Writes a data frame.
    /// \param time     The time of the measurements.
    /// \param pmus     What the PMUs measure, in the order of the configuration and with as many channels as it has.
    /// \param quality  The high byte of FRACSEC.
    /// \throws error: errc::invalid_argument when the PMUs or channels are not as many, or a quality or status is none.
    std::vector<std::uint8_t> encode_data(ticks time, span<const pmu_values> pmus, std::uint32_t quality = 0,
                                          std::error_code &code = throws()) const;
    /// Writes a header frame.
    /// \param time        When it is sent.
    /// \param characters  A text for people, in ASCII, of at most 65519 bytes.
    /// \param quality     The high byte of FRACSEC.
    std::vector<std::uint8_t> encode_header(ticks time, std::string_view characters, std::uint32_t quality = 0,
                                            std::error_code &code = throws()) const {
        const bytes data = as_bytes(characters);
        return detail::read_bytes(
            [&](std::uint8_t *buffer, std::size_t size, std::size_t *length) {
                return ::sttp_c37118_header_encode(native_handle(), time, quality, data.data(), data.size(), buffer,
                                                   size, length);
            },
            code);
    }

private:
    template <class Value, class Reads>
    std::vector<Value> values(bytes frame, std::size_t number, std::uint32_t pmu_info::*count, Reads reads,
                              std::error_code &code) const {
        ::sttp_c37118_pmu found{};
        if (!detail::check(::sttp_c37118_configuration_pmu(native_handle(), number, &found, sizeof found), code)) {
            return {};
        }
        std::vector<Value> read(pmu_info(found).*count);
        if (!detail::check(reads(native_handle(), frame.data(), frame.size(), number, read.data(), read.size()), code)) {
            return {};
        }
        return read;
    }
};

/// A configuration that is the program's own: moved, and copied by clone(). Moved from, it is empty.
class configuration : public configuration_view {
public:
    /// None.
    configuration() noexcept = default;
    /// Takes over a handle of C, which is freed with this object.
    explicit configuration(::sttp_c37118_configuration *handle) noexcept : configuration_view(handle) {}
    configuration(configuration &&other) noexcept : configuration_view(other.release()) {}
    configuration &operator=(configuration &&other) noexcept {
        if (this != &other) {
            reset(other.release());
        }
        return *this;
    }
    ~configuration() { reset(); }

    /// Gives the handle away, to be freed with sttp_c37118_configuration_free.
    ::sttp_c37118_configuration *release() noexcept {
        return const_cast<::sttp_c37118_configuration *>(std::exchange(handle_, nullptr));
    }
    /// Frees the handle, and with it its texts, unless a clone lives.
    void reset(::sttp_c37118_configuration *handle = nullptr) noexcept {
        ::sttp_c37118_configuration *before = release();
        handle_ = handle;
        ::sttp_c37118_configuration_free(before);
    }
};

inline configuration configuration_view::clone(std::error_code &code) const {
    ::sttp_c37118_configuration *made = nullptr;
    detail::check(::sttp_c37118_configuration_clone(native_handle(), &made), code);
    return configuration(made);
}

inline std::vector<std::uint8_t> configuration_view::encode_data(ticks time, span<const pmu_values> pmus,
                                                                 std::uint32_t quality, std::error_code &code) const {
    std::vector<::sttp_c37118_pmu_values> given;
    given.reserve(pmus.size());
    for (const pmu_values &one : pmus) {
        // The library reads as many as the configuration has.
        const pmu_info expected = pmu(given.size(), code);
        const std::size_t phasors = one.raw_phasors.empty() ? one.phasors.size() : one.raw_phasors.size();
        if (!native_handle() || phasors != expected.phasor_count || one.analogs.size() != expected.analog_count ||
            one.digitals.size() != expected.digital_count) {
            detail::fail(errc::invalid_argument, "the PMU has other channels than the configuration", code);
            return {};
        }
        given.push_back({one.raw_phasors.empty() ? one.phasors.data() : nullptr,
                         one.raw_phasors.empty() ? nullptr : one.raw_phasors.data(), one.analogs.data(),
                         one.digitals.data(), one.frequency, one.rate_of_change, one.status, 0});
    }
    return detail::read_bytes(
        [&](std::uint8_t *buffer, std::size_t size, std::size_t *length) {
            return ::sttp_c37118_data_encode(native_handle(), time, quality, given.data(), given.size(),
                                             sizeof(::sttp_c37118_pmu_values), buffer, size, length);
        },
        code);
}

/// Builds configurations: make it with what holds for the stream, add PMUs and after each its channels, then finish().
class configuration_builder : public detail::owner<::sttp_c37118_builder, ::sttp_c37118_builder_free> {
public:
    /// \param stream  ID code, data rate, time base and version; the rest is left out.
    /// \throws error: errc::invalid_argument when there is no such ID code, data rate, time base or version.
    explicit configuration_builder(const stream_info &stream, std::error_code &code = throws()) {
        const ::sttp_c37118_stream given{stream.id_code,   stream.pmu_count, stream.data_rate,
                                         stream.time_base, stream.version,   stream.form};
        ::sttp_c37118_builder *made = nullptr;
        detail::check(::sttp_c37118_builder_new(&given, sizeof given, &made), code);
        reset(made);
    }

    /// Adds a PMU, of which the counts of channels are left out; longer names than the form of the frames holds are cut.
    /// \throws error: errc::invalid_argument when there is no such ID code, format or nominal frequency.
    void add_pmu(const pmu_info &pmu, std::error_code &code = throws()) {
        const text station(pmu.station);
        ::sttp_c37118_pmu given{};
        given.station = station.c_str();
        given.id_code = pmu.id_code;
        given.format = pmu.format;
        given.nominal_frequency = pmu.nominal_frequency;
        given.change_count = pmu.change_count;
        detail::check(::sttp_c37118_builder_add_pmu(native_handle(), &given, sizeof given), code);
    }
    /// Says what CFG-3 tells of the PMU that was last added.
    /// \throws error: errc::invalid_state when no PMU was added; errc::invalid_argument when there is no such service
    ///     class.
    void set_details(const pmu_details &details, std::error_code &code = throws()) {
        detail::check(::sttp_c37118_builder_set_details(native_handle(), &details, sizeof details), code);
    }
    /// Adds a phasor to the PMU that was last added.
    /// \throws error: errc::invalid_state when no PMU was added; errc::invalid_argument when a field is none of those
    ///     possible. So do the others.
    void add_phasor(const phasor_info &phasor, std::error_code &code = throws()) {
        const text name(phasor.name);
        const ::sttp_c37118_phasor given{name.c_str(),
                                         phasor.per_count,
                                         phasor.angle_offset,
                                         phasor.is_current ? 1 : 0,
                                         phasor.component,
                                         phasor.flags,
                                         phasor.user};
        detail::check(::sttp_c37118_builder_add_phasor(native_handle(), &given, sizeof given), code);
    }
    /// Adds an analog value to the PMU that was last added.
    void add_analog(const analog_info &analog, std::error_code &code = throws()) {
        const text name(analog.name);
        const ::sttp_c37118_analog given{name.c_str(), analog.factor, analog.offset, analog.code, 0};
        detail::check(::sttp_c37118_builder_add_analog(native_handle(), &given, sizeof given), code);
    }
    /// Adds a word of sixteen digital values to the PMU that was last added.
    void add_digital(const digital_word_info &word, std::error_code &code = throws()) {
        const ::sttp_c37118_digital_word given{word.names, word.normal, word.valid};
        detail::check(::sttp_c37118_builder_add_digital(native_handle(), &given, sizeof given), code);
    }

    /// Makes a configuration of what was added so far; a builder may make several.
    /// \param form  1 to 3 for CFG-1 to CFG-3. What a form has no room for is left out.
    /// \throws error: errc::invalid_argument when there is no such form, a scale does not fit into it, or data frames of
    ///     it would be longer than a frame can be.
    configuration finish(std::int32_t form, std::error_code &code = throws()) const {
        ::sttp_c37118_configuration *made = nullptr;
        detail::check(::sttp_c37118_builder_finish(native_handle(), form, &made), code);
        return configuration(made);
    }
};

}  // namespace sttp::c37118

#endif
