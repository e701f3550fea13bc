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
    /// Reads the analog values of a PMU in a data frame, unscaled; NaN for absent ones. Otherwise as data_phasors.
    std::vector<double> data_analogs(bytes frame, std::size_t pmu, std::error_code &code = throws()) const {
        return values<double>(frame, pmu, &pmu_info::analog_count, ::sttp_c37118_data_analogs, code);
    }
    /// Reads the words of digital values of a PMU in a data frame. Otherwise as data_phasors.
    std::vector<std::uint16_t> data_digitals(bytes frame, std::size_t pmu, std::error_code &code = throws()) const {
        return values<std::uint16_t>(frame, pmu, &pmu_info::digital_count, ::sttp_c37118_data_digitals, code);
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

}  // namespace sttp::c37118

#endif
