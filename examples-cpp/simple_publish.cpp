// Describes one device with two signals and publishes them thirty times a second for a minute.
//
//   c++ -std=c++17 simple_publish.cpp $(pkg-config --cflags --libs sttp) -o simple_publish
//   ./simple_publish 127.0.0.1:7175
#include <array>
#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include <sttp.hpp>

using namespace sttp::literals;
using namespace std::chrono_literals;

namespace {

// A signal keeps its ID for ever: it is how all subscribers know it.
constexpr sttp::guid frequency = "5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f01"_guid;
constexpr sttp::guid voltage = "5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f02"_guid;
constexpr int frames_per_second = 30;

sttp::metadata describe_signals() {
    sttp::metadata_builder builder;
    builder.add_device("SHELBY", "Shelby substation", frames_per_second);
    builder.add_phasor("SHELBY", "Bus 1", "V", "+", 1);
    builder.add_measurement(frequency, "DEMO:1", "SHELBY:FREQ", "SHELBY-FQ", "FREQ", "SHELBY", 0, "System frequency");
    builder.add_measurement(voltage, "DEMO:2", "SHELBY:BUS1", "SHELBY-PM1", "VPHM", "SHELBY", 1,
                            "Bus 1 voltage magnitude");
    return builder.finish();
}

}  // namespace

int main(int argc, char **argv) {
    try {
        sttp::publisher publisher;
        publisher.set_metadata(describe_signals());
        publisher.start(argc > 1 ? argv[1] : "127.0.0.1:7175");

        std::minstd_rand random;
        std::uniform_int_distribution<int> noise(0, 299);
        for (int number = 0; number < 60 * frames_per_second; number++) {
            const sttp::ticks now = sttp::now();
            publisher.publish(std::array{sttp::make_measurement(frequency, 59.99 + noise(random) * 5e-5, now),
                                         sttp::make_measurement(voltage, 299000 + noise(random), now)});
            std::this_thread::sleep_for(1s / static_cast<double>(frames_per_second));
        }
        publisher.flush(1s);
    } catch (const sttp::error &problem) {
        std::cerr << "Cannot publish: " << problem.what() << std::endl;
        return 1;
    }
    return 0;
}
