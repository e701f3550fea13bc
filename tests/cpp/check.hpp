// Checks for the C++ tests, which are named by the scenarios of bindings/scenarios.toml.
#ifndef STTP_TEST_CHECK_HPP
#define STTP_TEST_CHECK_HPP

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sttp.hpp>

namespace check {

inline std::atomic<int> passed{0};
inline std::atomic<int> failed{0};

/// Callbacks check as well, on other threads.
inline void that(bool success, const char *file, int line, const char *what) {
    (success ? passed : failed)++;
    if (!success) {
        std::fprintf(stderr, "%s:%d: %s is false\n", file, line, what);
    }
}

inline std::vector<std::pair<const char *, std::function<void()>>> &tests() {
    static std::vector<std::pair<const char *, std::function<void()>>> all;
    return all;
}

struct test {
    test(const char *name, std::function<void()> body) { tests().emplace_back(name, std::move(body)); }
};

/// How long a wait may take before the test fails. It never decides whether a working library passes.
inline constexpr std::chrono::seconds patience{60};

/// Waits until something is true; whether it became so.
template <class Predicate>
bool await(Predicate predicate) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!predicate()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

/// Whether a call throws an sttp::error with this status, and `words` in what it says.
template <class Call>
bool throws(Call call, sttp::errc status, std::string_view words = {}) {
    try {
        call();
    } catch (const sttp::error &problem) {
        const bool as_wanted = problem.status() == status && std::string_view(problem.what()).find(words) != words.npos;
        if (!as_wanted) {
            std::fprintf(stderr, "thrown: %s\n", problem.what());
        }
        return as_wanted;
    }
    return false;
}

}  // namespace check

#define CHECK(...) check::that(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
#define TEST(name)                               \
    static void name();                          \
    static const check::test test_##name(#name, name); \
    static void name()

#endif
