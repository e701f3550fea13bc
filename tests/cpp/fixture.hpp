// What the C++ tests share: a small data set, a publisher and subscribers of it.
#ifndef STTP_TEST_FIXTURE_HPP
#define STTP_TEST_FIXTURE_HPP

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

#include <unistd.h>

#include "check.hpp"

namespace fixture {

using namespace std::chrono_literals;

inline constexpr int signals = 25;
inline constexpr const char *everything = "FILTER ActiveMeasurements WHERE True";
inline constexpr const char *anywhere = "127.0.0.1:0";

inline sttp::guid signal_id(int number) {
    sttp::guid id{};
    id.bytes[0] = 0x7e;
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

/// One device with 25 frequencies, numbered from 0.
inline sttp::metadata make_metadata() {
    sttp::metadata_builder builder;
    builder.add_device("TESTER", "Device of the tests", 30);
    for (int i = 0; i < signals; i++) {
        const std::string number = std::to_string(i + 1);
        builder.add_measurement(signal_id(i), "TEST:" + number, "TESTER:FREQ" + number, "TESTER-AV" + number, "FREQ",
                                "TESTER", 0, "A signal of the tests");
    }
    return builder.finish();
}

/// Values that a float32 holds exactly, all different, and a flag that every form of the payload keeps.
inline std::vector<sttp::measurement> frame(int number) {
    std::vector<sttp::measurement> made;
    for (int i = 0; i < signals; i++) {
        made.push_back({signal_id(i), 638000000000000000 + std::int64_t{number} * 333333,
                        (number * signals + i) * 0.25, i == 3 ? sttp::flag::calculated_value : 0,
                        static_cast<std::uint32_t>(i)});
    }
    return made;
}

inline bool same(const sttp::measurement &left, const sttp::measurement &right) {
    return left.signal_id == right.signal_id && left.timestamp == right.timestamp && left.value == right.value &&
           left.flags == right.flags;
}

/// Everything that came, in order.
class collection {
public:
    void operator()(sttp::measurements batch) {
        const std::lock_guard<std::mutex> hold(lock_);
        all_.insert(all_.end(), batch.begin(), batch.end());
    }
    std::vector<sttp::measurement> all() const {
        const std::lock_guard<std::mutex> hold(lock_);
        return all_;
    }
    std::size_t size() const {
        const std::lock_guard<std::mutex> hold(lock_);
        return all_.size();
    }
    bool await(std::size_t wanted) const {
        return check::await([&] { return size() >= wanted; });
    }

private:
    mutable std::mutex lock_;
    std::vector<sttp::measurement> all_;
};

/// Whether these are `frames` frames from number `first` on, in order and unchanged.
inline bool are_frames(const std::vector<sttp::measurement> &received, int frames, int first = 0) {
    std::size_t at = 0;
    for (int number = first; number < first + frames; number++) {
        for (const sttp::measurement &expected : frame(number)) {
            if (at >= received.size() || !same(received[at], expected)) {
                return false;
            }
            at++;
        }
    }
    return at == received.size();
}

/// A publisher that listens, and loses nothing; it counts the subscribers that data can flow to.
struct station {
    std::atomic<int> subscriptions{0};
    sttp::publisher publisher;

    /// Not started yet.
    explicit station(const sttp::engine *on = nullptr) {
        if (on != nullptr) {
            publisher = sttp::publisher(*on);
        }
        publisher.set_metadata(make_metadata());
        publisher.set(sttp::publisher_settings::overflow, sttp::choice::overflow::wait);
        publisher.on_subscribed([this](const sttp::connection &) { subscriptions++; });
    }
    station &start() {
        publisher.start(anywhere);
        return *this;
    }
    std::string address() const { return publisher.address(); }
    bool await_subscriptions(int wanted) {
        return check::await([&] { return subscriptions >= wanted; });
    }
    void publish(int first, int frames) {
        for (int number = first; number < first + frames; number++) {
            publisher.publish(frame(number));
        }
    }
};

/// A folder that is removed in the end.
struct folder {
    std::string path = (std::filesystem::temp_directory_path() / "sttp-cpp-XXXXXX").string();

    folder() { CHECK(mkdtemp(path.data()) != nullptr); }
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string file(const char *name) const { return path + "/" + name; }
};

}  // namespace fixture

#endif
