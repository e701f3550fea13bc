/// \file
/// Errors: as exceptions, or as codes for who hands in a place for one.
#ifndef STTP_ERRORS_HPP
#define STTP_ERRORS_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "generated/names.hpp"

namespace sttp {

/// The message of the calling thread's latest call that failed: a sentence that says what to do. Valid until the
/// thread's next call that fails.
inline std::string_view last_error() noexcept {
    return ::sttp_last_error();
}

namespace detail {

class category_of_library final : public std::error_category {
public:
    const char *name() const noexcept override { return "sttp"; }
    std::string message(int status) const override { return ::sttp_status_name(status); }
    std::error_condition default_error_condition(int status) const noexcept override {
        switch (static_cast<errc>(status)) {
        case errc::invalid_argument: return std::errc::invalid_argument;
        case errc::timeout: return std::errc::timed_out;
        case errc::would_block: return std::errc::resource_unavailable_try_again;
        case errc::io: return std::errc::io_error;
        case errc::protocol: return std::errc::protocol_error;
        case errc::buffer_too_small: return std::errc::no_buffer_space;
        case errc::not_connected: return std::errc::not_connected;
        default: return {status, *this};
        }
    }
};

inline std::error_code marker_of_throws;

}  // namespace detail

/// The category of the library's codes. Those that the standard library has a condition for compare equal with it, as
/// `code == std::errc::timed_out`.
inline const std::error_category &category() noexcept {
    static const detail::category_of_library instance;
    return instance;
}

/// So that an errc is a std::error_code, and compares with one.
inline std::error_code make_error_code(errc status) noexcept {
    return {static_cast<int>(status), category()};
}

/// What a call that fails throws when it is handed no std::error_code.
class error : public std::system_error {
public:
    /// \param status   What went wrong.
    /// \param message  It as a sentence.
    error(errc status, const std::string &message) : std::system_error(make_error_code(status), message) {}

    /// The status.
    errc status() const noexcept { return static_cast<errc>(code().value()); }
};

/// The default of the parameter `code` that all calls have which can fail: throw sttp::error. Who hands in a
/// std::error_code of their own gets the status there, cleared on success, and sttp_last_error's message by
/// last_error(); then nothing of the library's is thrown, and what a call would return is empty.
inline std::error_code &throws() noexcept {
    return detail::marker_of_throws;
}

namespace detail {

/// Tells a failure by `code`, or throws it. True on success.
inline bool check(std::int32_t status, std::error_code &code) {
    const bool by_throwing = &code == &throws();
    if (status == STTP_OK) {
        if (!by_throwing) {
            code.clear();
        }
        return true;
    }
    if (by_throwing) {
        throw error(static_cast<errc>(status), ::sttp_last_error());
    }
    code = make_error_code(static_cast<errc>(status));
    return false;
}

/// Tells a failure that the library has no part in.
inline void fail(errc status, const char *message, std::error_code &code) {
    if (&code == &throws()) {
        throw error(status, message);
    }
    code = make_error_code(status);
}

/// A row that need not be there: then it is nothing, and no failure. By reference, because the call that gives the
/// status may write it after the arguments are taken.
inline std::optional<std::size_t> optional_row(std::int32_t status, const std::size_t &row, std::error_code &code) {
    const bool found = check(status == STTP_ERR_NOT_FOUND ? STTP_OK : status, code) && status == STTP_OK;
    return found ? std::optional<std::size_t>(row) : std::nullopt;
}

}  // namespace detail

/// Is told of an exception that left a callback: which callback, as `measurements`, and what was thrown.
using callback_error_handler = std::function<void(std::string_view callback, std::exception_ptr thrown)>;

namespace detail {

struct place_of_handler {
    std::mutex lock;
    std::shared_ptr<const callback_error_handler> handler;
};

inline place_of_handler &handler_of_callback_errors() {
    static place_of_handler place;
    return place;
}

inline void print_callback_error(std::string_view callback, const std::exception_ptr &thrown) noexcept {
    const int length = static_cast<int>(callback.size());
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "sttp: the callback %.*s threw: %s\n", length, callback.data(), problem.what());
    } catch (...) {
        std::fprintf(stderr, "sttp: the callback %.*s threw what is no std::exception\n", length, callback.data());
    }
}

/// Tells the exception that is being handled, and lets nothing out.
inline void tell_callback_error(std::string_view callback) noexcept {
    const std::exception_ptr thrown = std::current_exception();
    try {
        std::shared_ptr<const callback_error_handler> handler;
        {
            place_of_handler &place = handler_of_callback_errors();
            const std::lock_guard<std::mutex> hold(place.lock);
            handler = place.handler;
        }
        if (handler) {
            (*handler)(callback, thrown);
            return;
        }
    } catch (...) {
        print_callback_error("for errors of callbacks", std::current_exception());
    }
    print_callback_error(callback, thrown);
}

/// Runs what a callback does, and says whether it has succeeded. No exception may reach the library, which is no C++.
template <class Body>
bool guarded(std::string_view callback, Body &&body) noexcept {
    try {
        body();
        return true;
    } catch (...) {
        tell_callback_error(callback);
        return false;
    }
}

/// A callable that is called during one call of the library only: what it throws goes on from there.
template <class F>
class visitor {
public:
    explicit visitor(F &callable) : callable_(callable) {}

    template <class... Arguments>
    void operator()(Arguments &&...arguments) noexcept {
        if (thrown_) {
            return;
        }
        try {
            callable_(std::forward<Arguments>(arguments)...);
        } catch (...) {
            thrown_ = std::current_exception();
        }
    }

    void rethrow() const {
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
    }

private:
    F &callable_;
    std::exception_ptr thrown_;
};

/// Has a callable called during one call of the library: `invokes(callback, user_data)` gives its status.
template <template <class> class Call, class Invokes, class F>
void visit(const Invokes &invokes, F &callable, std::error_code &code) {
    static_assert(Call<F>::fits, "The callable does not take what it is told: see the document of this function.");
    visitor<F> visits(callable);
    const std::int32_t status = invokes(&Call<visitor<F>>::call, &visits);
    visits.rethrow();
    check(status, code);
}

template <class F>
void destroy_callable(void *callable) noexcept {
    delete static_cast<F *>(callable);
}

/// Registers a callable, which is the library's from then on, by a function of C that is about `subject`: a handle, but
/// for the log.
template <template <class> class Call, class Subject, class Registers, class F>
void install(Subject subject, Registers registers, F &&callable, std::error_code &code) {
    using callable_type = std::decay_t<F>;
    static_assert(Call<callable_type>::fits, "The callable does not take what this callback is told: see its document.");
    auto owned = std::make_unique<callable_type>(std::forward<F>(callable));
    const auto destroy = &destroy_callable<callable_type>;
    if (check(registers(subject, &Call<callable_type>::call, owned.get(), destroy), code)) {
        static_cast<void>(owned.release());
    }
}

}  // namespace detail

/// Registers who is told of exceptions that leave callbacks; such an exception ends neither the process nor a session.
/// Without one, or with an empty one, they are written to the standard error output.
///
/// *Thread*: any. The handler is called on the thread of the callback, also on several at once.
inline void set_callback_error_handler(callback_error_handler handler) {
    std::shared_ptr<const callback_error_handler> shared;
    if (handler) {
        shared = std::make_shared<const callback_error_handler>(std::move(handler));
    }
    detail::place_of_handler &place = detail::handler_of_callback_errors();
    const std::lock_guard<std::mutex> hold(place.lock);
    place.handler.swap(shared);
}

}  // namespace sttp

template <>
struct std::is_error_code_enum<sttp::errc> : std::true_type {};

#endif
