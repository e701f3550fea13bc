// The same in C++, with the headers that are installed.
#include <cstdio>

#include <sttp.hpp>

int main() {
    try {
        sttp::publisher publisher;
        publisher.set_metadata(sttp::metadata::sample());
        publisher.start("127.0.0.1:0");
        sttp::subscriber subscriber;
        subscriber.subscribe("FILTER ActiveMeasurements WHERE True");
        subscriber.connect(publisher.address());
        subscriber.wait_until_subscribed(std::chrono::seconds(60));
    } catch (const sttp::error &problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 1;
    }
    std::printf("libsttp %s\n", sttp::version_text().data());
    return 0;
}
