// Subscribes to twenty signals of a publisher and prints what comes until Enter is pressed.
//
//   c++ -std=c++17 simple_subscribe.cpp $(pkg-config --cflags --libs sttp) -o simple_subscribe
//   ./simple_subscribe localhost:7175
#include <cstdio>
#include <iostream>

#include <sttp.hpp>

int main(int argc, char **argv) {
    try {
        sttp::subscriber subscriber;
        subscriber.on_message([](sttp::log_level level, std::string_view message) {
            (level <= sttp::log_level::warning ? std::cerr : std::cout) << message << std::endl;
        });
        // Called on the library's thread, once per packet. Return soon: the next packet waits.
        subscriber.on_measurements([](sttp::measurements batch) {
            for (const sttp::measurement &one : batch) {
                std::printf("%s @ %s = %.3f\n", sttp::to_string(one.signal_id).c_str(),
                            sttp::format_time(one.timestamp).c_str(), one.value);
            }
        });
        subscriber.subscribe("FILTER TOP 20 ActiveMeasurements WHERE True");
        subscriber.connect(argc > 1 ? argv[1] : "localhost:7175");

        // The library connects, and reconnects, on a thread of its own.
        std::getchar();
    } catch (const sttp::error &problem) {
        std::cerr << "Cannot subscribe: " << problem.what() << std::endl;
        return 1;
    }
    return 0;
}
