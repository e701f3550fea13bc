/// \file
/// Block links: sides of links, links into a publisher, a publisher's measurements out over links.
#ifndef STTP_BLOCK_LINK_HPP
#define STTP_BLOCK_LINK_HPP

#include <cstdint>

#include "engine.hpp"
#include "generated/block_links.hpp"
#include "generated/settings.hpp"
#include "publisher.hpp"

namespace sttp {

/// What was counted of a block link over all openings.
struct block_link_statistics {
    /// Of the link itself.
    block_link_counters link{};
    /// Of blocks, bytes and data points.
    block_link_session_counters session{};
};

/// One side of a block link, for programs that send measurements of their own over a serial line, UDP, TCP or a file, or
/// want those that come over it, without any publisher or subscriber. Make it, register callbacks, subscribe or set
/// metadata, and open it.
class block_link : public detail::with_readable_settings<role::block_link, block_link_calls> {
public:
    /// On the process's shared engine, not open yet.
    /// \param as                 block_link_role::client to receive, block_link_role::server to send,
    ///     block_link_role::peer for both, which one-way links do not have.
    /// \param connection_string  As `link=serial:/dev/ttyS0,115200,8N1; repeatInterval=5`; docs/block-links.md lists
    ///     the keys.
    /// \throws error: errc::invalid_argument when something is wrong with the string, it does not say where the link
    ///     is, or its settings and the role do not go together; errc::io when the shared engine cannot be started.
    block_link(block_link_role as, const text &connection_string, std::error_code &code = throws()) {
        make(nullptr, as, connection_string, code);
    }
    /// On an engine of the program's, which may be freed before.
    block_link(const engine &on, block_link_role as, const text &connection_string, std::error_code &code = throws()) {
        make(on.native_handle(), as, connection_string, code);
    }
    /// Takes over a handle of C.
    explicit block_link(::sttp_block_link *handle) noexcept { reset(handle); }

    /// What was counted since it was made.
    block_link_statistics statistics(std::error_code &code = throws()) const {
        block_link_statistics found;
        detail::check(::sttp_block_link_statistics(native_handle(), &found.link, sizeof found.link, &found.session,
                                                   sizeof found.session),
                      code);
        return found;
    }

private:
    void make(::sttp_engine *on, block_link_role as, const text &connection_string, std::error_code &code) {
        ::sttp_block_link *made = nullptr;
        detail::check(::sttp_block_link_new(on, static_cast<std::int32_t>(as), connection_string.c_str(), &made), code);
        reset(made);
    }
};

/// What was counted of a link of an input.
struct block_link_input_statistics : block_link_statistics {
    /// Of what was published of it.
    block_link_input_counters published{};
};

/// Publishes what comes over block links, any number of them, with one publisher, whose metadata it makes of theirs.
class block_link_input : public detail::with_settings<role::block_link, block_link_input_calls> {
public:
    /// Without links yet, on the engine of the publisher.
    /// \param with  What it publishes with; may be freed before, and then nothing more is published.
    explicit block_link_input(const publisher &with, std::error_code &code = throws()) {
        ::sttp_block_link_input *made = nullptr;
        detail::check(::sttp_block_link_input_new(with.native_handle(), &made), code);
        reset(made);
    }

    /// What was counted of a link since it was added.
    /// \throws error: errc::not_found when there is no such link.
    block_link_input_statistics statistics(std::uint64_t link, std::error_code &code = throws()) const {
        block_link_input_statistics found;
        detail::check(::sttp_block_link_input_statistics(native_handle(), link, &found.published, sizeof found.published,
                                                         &found.link, sizeof found.link, &found.session,
                                                         sizeof found.session),
                      code);
        return found;
    }
};

/// What was counted of a link of an output.
struct block_link_output_statistics : block_link_statistics {
    /// How many measurements it did not take because too much waited for the engine.
    std::uint64_t not_taken = 0;
};

/// Subscribes, and sends what it receives over block links, any number of them, each what its other side wants.
class block_link_output : public detail::with_settings<role::block_link, block_link_output_calls> {
public:
    /// Without links yet, on the process's shared engine.
    explicit block_link_output(std::error_code &code = throws()) { make(nullptr, code); }
    /// On an engine of the program's, which may be freed before.
    explicit block_link_output(const engine &on, std::error_code &code = throws()) { make(on.native_handle(), code); }

    /// What was counted of a link since it was added.
    /// \throws error: errc::not_found when there is no such link.
    block_link_output_statistics statistics(std::uint64_t link, std::error_code &code = throws()) const {
        block_link_output_statistics found;
        detail::check(::sttp_block_link_output_statistics(native_handle(), link, &found.not_taken, &found.link,
                                                          sizeof found.link, &found.session, sizeof found.session),
                      code);
        return found;
    }

private:
    void make(::sttp_engine *on, std::error_code &code) {
        ::sttp_block_link_output *made = nullptr;
        detail::check(::sttp_block_link_output_new(on, &made), code);
        reset(made);
    }
};

}  // namespace sttp

#endif
