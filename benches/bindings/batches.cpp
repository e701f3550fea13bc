// A subscriber by batches, in C and in C++ with the same work for each: what the C++ header costs.
//
//     sttp-batches c|c++ ADDRESS
//
// Receives until the publisher ends, and prints what has come as 'sttp-load subscribe' does.
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string_view>

#include <sttp.hpp>

namespace {

constexpr const char *everything = "FILTER ActiveMeasurements WHERE True";

struct sums {
    std::uint64_t measurements = 0;
    std::uint64_t values = 0;
    std::uint64_t times = 0;
    std::chrono::steady_clock::time_point first;
    std::chrono::steady_clock::time_point last;

    void note_batch() {
        last = std::chrono::steady_clock::now();
        if (measurements == 0) {
            first = last;
        }
    }
    void print() const {
        const std::chrono::duration<double> seconds = last - first;
        std::printf("{\"role\":\"subscribe\",\"connections\":1,\"measurements\":%" PRIu64 ",\"least\":%" PRIu64
                    ",\"most\":%" PRIu64 ",\"seconds\":%.6f,\"value_sum\":%" PRIu64 ",\"time_sum\":%" PRIu64 "}\n",
                    measurements, measurements, measurements, seconds.count(), values, times);
    }
};

class end_of_connection {
public:
    void note() {
        const std::lock_guard<std::mutex> hold(lock_);
        ended_ = true;
        changed_.notify_all();
    }
    void await() {
        std::unique_lock<std::mutex> hold(lock_);
        changed_.wait(hold, [this] { return ended_; });
    }

private:
    std::mutex lock_;
    std::condition_variable changed_;
    bool ended_ = false;
};

std::uint64_t bits_of(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

// -- in C --

struct reception {
    sums counted;
    end_of_connection end;
};

void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    sums &counted = static_cast<reception *>(user_data)->counted;
    counted.note_batch();
    for (size_t i = 0; i < count; i++) {
        counted.values += bits_of(measurements[i].value);
        counted.times += static_cast<std::uint64_t>(measurements[i].timestamp);
    }
    counted.measurements += count;
}

void take_end(void *user_data, int32_t, const char *) {
    static_cast<reception *>(user_data)->end.note();
}

void receive_in_c(const char *address) {
    reception here;
    sttp_subscriber *subscriber = nullptr;
    if (sttp_subscriber_new(nullptr, &subscriber) != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_AUTO_RECONNECT, "false") != STTP_OK ||
        sttp_subscriber_on_measurements(subscriber, take_measurements, &here, nullptr) != STTP_OK ||
        sttp_subscriber_on_disconnected(subscriber, take_end, &here, nullptr) != STTP_OK ||
        sttp_subscriber_subscribe(subscriber, everything) != STTP_OK ||
        sttp_subscriber_connect(subscriber, address) != STTP_OK) {
        throw std::runtime_error(sttp_last_error());
    }
    here.end.await();
    sttp_subscriber_free(subscriber);
    here.counted.print();
}

// -- in C++ --

void receive_in_cpp(const char *address) {
    sums counted;
    end_of_connection end;
    sttp::subscriber subscriber;
    subscriber.set(sttp::subscriber_settings::auto_reconnect, false);
    subscriber.on_measurements([&counted](sttp::measurements batch) {
        counted.note_batch();
        for (const sttp::measurement &one : batch) {
            counted.values += bits_of(one.value);
            counted.times += static_cast<std::uint64_t>(one.timestamp);
        }
        counted.measurements += batch.size();
    });
    subscriber.on_disconnected([&end](sttp::errc, std::string_view) { end.note(); });
    subscriber.subscribe(everything);
    subscriber.connect(address);
    end.await();
    subscriber.reset();
    counted.print();
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: sttp-batches c|c++ ADDRESS\n");
        return 2;
    }
    try {
        (std::string_view(argv[1]) == "c" ? receive_in_c : receive_in_cpp)(argv[2]);
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "sttp-batches: %s\n", problem.what());
        return 1;
    }
    return 0;
}
