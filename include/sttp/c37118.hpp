/// \file
/// C37.118: frames, devices in, streams out.
#ifndef STTP_C37118_HPP
#define STTP_C37118_HPP

#include <array>
#include <cstdint>
#include <vector>

#include "engine.hpp"
#include "generated/c37118_assembler.hpp"
#include "generated/c37118_gateways.hpp"
#include "generated/settings.hpp"
#include "publisher.hpp"

namespace sttp::c37118 {

/// A command frame.
using command_frame = std::array<std::uint8_t, 18>;

/// Writes a command frame.
/// \param id_code  The data stream that it is for.
/// \param version  1 for C37.118-2005, 2 for C37.118.2-2011.
/// \param time     When it is sent.
/// \param what     The command; other codes than the named ones may be cast to it.
/// \throws error: errc::invalid_argument when an ID code, version or command is none.
inline command_frame make_command(std::uint32_t id_code, std::int32_t version, ticks time, command_code what,
                                  std::error_code &code = throws()) {
    command_frame frame{};
    const auto number = static_cast<std::uint32_t>(what);
    detail::check(::sttp_c37118_command(id_code, version, time, number, frame.data(), frame.size()), code);
    return frame;
}

/// Writes an extended command frame, whose content the user has agreed on with the device.
/// \param content  What it carries, at most 65517 bytes. Otherwise as make_command.
inline std::vector<std::uint8_t> make_extended_command(std::uint32_t id_code, std::int32_t version, ticks time,
                                                       bytes content, std::error_code &code = throws()) {
    return detail::read_bytes(
        [&](std::uint8_t *buffer, std::size_t size, std::size_t *length) {
            return ::sttp_c37118_extended_command(id_code, version, time, content.data(), content.size(), buffer, size,
                                                  length);
        },
        code);
}

/// Finds frames in what comes from a device, for programs with sockets of their own. One thread uses it at a time.
class assembler : public assembler_calls {
public:
    /// Nothing received yet.
    explicit assembler(std::error_code &code = throws()) {
        ::sttp_c37118_assembler *made = nullptr;
        detail::check(::sttp_c37118_assembler_new(&made), code);
        reset(made);
    }
};

/// What was counted of a device.
struct input_statistics {
    /// Of its frames.
    device_counters device{};
    /// Of the connections to it.
    client_counters session{};
};

/// Connects to devices, any number of them, and publishes what they measure with one publisher, whose metadata it makes
/// of what the devices are.
class input : public detail::with_settings<role::c37118_input, input_calls> {
public:
    /// Without devices yet, on the engine of the publisher.
    /// \param with    What it publishes with; may be freed before, and then nothing more is published.
    /// \param source  In front of measurement keys, as `PMU` in `PMU:1`; nullptr for `C37118`.
    explicit input(const publisher &with, const text &source = nullptr, std::error_code &code = throws()) {
        ::sttp_c37118_input *made = nullptr;
        detail::check(::sttp_c37118_input_new(with.native_handle(), source.c_str(), &made), code);
        reset(made);
    }

    /// What was counted of a device since it was added.
    /// \throws error: errc::not_found when there is no such device.
    input_statistics statistics(std::uint64_t device, std::error_code &code = throws()) const {
        input_statistics found;
        detail::check(::sttp_c37118_input_statistics(native_handle(), device, &found.device, sizeof found.device, &found.session,
                                                     sizeof found.session),
                      code);
        return found;
    }
};

/// What was counted of a stream.
struct output_statistics {
    /// Of its frames.
    stream_counters stream{};
    /// Of its clients.
    server_counters server{};
};

/// Subscribes, and serves what it receives as streams of C37.118, any number of them, each with clients of its own.
class output : public detail::with_settings<role::c37118_output, output_calls> {
public:
    /// Without streams yet, on the process's shared engine.
    explicit output(std::error_code &code = throws()) { make(nullptr, code); }
    /// On an engine of the program's, which may be freed before.
    explicit output(const engine &on, std::error_code &code = throws()) { make(on.native_handle(), code); }

    /// What was counted of a stream since it was added.
    /// \throws error: errc::not_found when there is no such stream.
    output_statistics statistics(std::uint64_t stream, std::error_code &code = throws()) const {
        output_statistics found;
        detail::check(::sttp_c37118_output_statistics(native_handle(), stream, &found.stream, sizeof found.stream, &found.server,
                                                      sizeof found.server),
                      code);
        return found;
    }

private:
    void make(::sttp_engine *on, std::error_code &code) {
        ::sttp_c37118_output *made = nullptr;
        detail::check(::sttp_c37118_output_new(on, &made), code);
        reset(made);
    }
};

}  // namespace sttp::c37118

#endif
