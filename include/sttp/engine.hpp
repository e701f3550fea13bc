/// \file
/// Engines.
#ifndef STTP_ENGINE_HPP
#define STTP_ENGINE_HPP

#include <cstdint>

#include "generated/engine.hpp"

namespace sttp {

/// What subscribers and publishers run on; without one of their own they share one that the process has. They keep
/// their engine alive: free them in any order.
class engine : public engine_calls {
public:
    /// With a thread of its own.
    explicit engine(std::error_code &code = throws()) {
        take([](::sttp_engine **made) { return ::sttp_engine_new(made); }, code);
    }
    /// With several threads: callbacks of different handles may run at the same time.
    static engine with_threads(std::int32_t threads, std::error_code &code = throws()) {
        engine made(no_handle{});
        made.take([&](::sttp_engine **handle) { return ::sttp_engine_new_threads(threads, handle); }, code);
        return made;
    }
    /// Without threads: everything is done, and callbacks come, during poll(), which the program calls in a loop of
    /// its own.
    static engine polled(std::error_code &code = throws()) {
        engine made(no_handle{});
        made.take([](::sttp_engine **handle) { return ::sttp_engine_new_polled(handle); }, code);
        return made;
    }

private:
    struct no_handle {};
    explicit engine(no_handle) noexcept {}

    template <class Makes>
    void take(const Makes &makes, std::error_code &code) {
        ::sttp_engine *made = nullptr;
        detail::check(makes(&made), code);
        reset(made);
    }
};

}  // namespace sttp

#endif
