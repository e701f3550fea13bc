/// \file
/// The library as a whole: version, log, certificates.
#ifndef STTP_LIBRARY_HPP
#define STTP_LIBRARY_HPP

#include <cstdint>
#include <string_view>
#include <utility>

#include "generated/callbacks.hpp"

namespace sttp {

/// The version of the library in use.
struct version_number {
    /// Another one may break programs.
    std::uint32_t major_part = 0;
    /// Grows with what is new.
    std::uint32_t minor_part = 0;
    /// Grows with what is mended.
    std::uint32_t patch_part = 0;
};

/// The version of the library in use; STTP_VERSION_MAJOR and so on are those of the header.
inline version_number version() noexcept {
    const std::uint32_t packed = ::sttp_version();
    return {packed >> 16, (packed >> 8) & 0xff, packed & 0xff};
}

/// The version of the library in use as text, as `0.1.0`.
inline std::string_view version_text() noexcept {
    return ::sttp_version_text();
}

/// Sends the log of the whole library to a callback, instead of an earlier one.
/// \param least  Least important level that is logged.
/// \param sink   Called as `(log_level level, std::string_view target, std::string_view message)`: from every thread
///     that works in the library, also from several at once.
template <class F>
void set_log_sink(log_level least, F &&sink, std::error_code &code = throws()) {
    detail::install<detail::log_call>(static_cast<std::int32_t>(least), ::sttp_set_log_sink, std::forward<F>(sink), code);
}

/// Switches the log off.
inline void set_log_sink(std::nullptr_t, std::error_code &code = throws()) {
    detail::check(::sttp_set_log_sink(STTP_LOG_ERROR, nullptr, nullptr, nullptr), code);
}

/// Makes a self-signed certificate and its private key for both sides of TLS, as PEM in files that do not exist yet.
/// \param name         Whom the certificate is of, as `North gateway`.
/// \param hosts        Host names and addresses with commas between them; nullptr for none.
/// \param days         How long it is valid, 1 or more.
/// \param certificate  File for the certificate, which goes to the peers.
/// \param private_key  File for the key, which stays.
/// \throws error: errc::invalid_argument when there can be no such certificate; errc::io when a file exists already,
///     or cannot be written.
inline void make_certificate(const text &name, const text &hosts, std::uint32_t days, const text &certificate,
                             const text &private_key, std::error_code &code = throws()) {
    detail::check(::sttp_make_certificate(name.c_str(), hosts.c_str(), days, certificate.c_str(), private_key.c_str()),
                  code);
}

}  // namespace sttp

#endif
