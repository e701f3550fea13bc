// Measurements from publisher to subscriber.
#include "fixture.hpp"

using namespace fixture;

namespace {

constexpr int frames_sent = 40;

}  // namespace

TEST(publish_and_subscribe) {
    station from;
    from.start();
    collection received;
    std::atomic<bool> connected{false};
    sttp::subscriber subscriber;
    subscriber.on_connected([&](std::string_view address) { connected = address == from.address(); });
    subscriber.on_measurements(std::ref(received));
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    from.publish(0, frames_sent);
    CHECK(received.await(frames_sent * signals));
    CHECK(are_frames(received.all(), frames_sent));
    CHECK(connected);
    CHECK(subscriber.state() == sttp::state::subscribed);

    int connections = 0;
    from.publisher.for_each_connection([&](const sttp::connection &one) {
        connections++;
        CHECK(one.subscribed && !one.outgoing && one.filter == everything && !one.tls);
        CHECK(one.granted && one.granted->compressed && one.modes && one.modes->encoding == sttp::encoding::utf8);
        CHECK(one.counters.measurements_sent == frames_sent * signals);
    });
    CHECK(connections == 1);
    bool told = false;
    subscriber.publisher_info([&](const sttp::publisher_info &info) {
        told = info.address == from.address() && info.payload_compressed == true && !info.incoming;
    });
    CHECK(told);

    // One measurement, and the callback removed.
    from.publisher.publish(sttp::make_measurement(signal_id(1), 50.25));
    CHECK(received.await(frames_sent * signals + 1));
    subscriber.on_measurements(nullptr);
    from.publish(0, 1);
    from.publisher.flush(60s);
    CHECK(check::await([&] { return subscriber.statistics().measurements == frames_sent * signals + 1 + signals; }));
    CHECK(received.size() == frames_sent * signals + 1);
}

TEST(read_from_queue) {
    station from;
    from.start();
    sttp::subscriber subscriber;
    subscriber.set(sttp::subscriber_settings::read_queue, 100000);
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    subscriber.wait_until_subscribed(60s);
    CHECK(subscriber.read_descriptor() >= 0);

    std::vector<sttp::measurement> room(7 * signals);
    CHECK(subscriber.read(room, 0ms) == 0);
    from.publish(0, frames_sent);
    std::vector<sttp::measurement> received;
    while (received.size() < frames_sent * signals) {
        const std::size_t count = subscriber.read(room, sttp::forever);
        CHECK(count > 0 && count <= room.size());
        received.insert(received.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(count));
    }
    CHECK(are_frames(received, frames_sent));
    const sttp::numbered_signals of = subscriber.read_signals();
    CHECK(of.generation > 0 && of.signals.size() == signals);
    CHECK(of.signals[received[5].signal_index].signal_id == received[5].signal_id);
    CHECK(of.signals.begin()->key_source == "TEST" && of.signals[4].key_number == 5);
    CHECK(subscriber.signals().signals.size() == signals);

    subscriber.disconnect();
    CHECK(check::throws([&] { subscriber.read(room, 60s); }, sttp::errc::closed));
    std::error_code code;
    CHECK(subscriber.read(room, 60s, code) == 0 && code == sttp::errc::closed);
}

TEST(publish_by_index) {
    station from;
    from.start();
    collection received;
    sttp::subscriber subscriber;
    subscriber.set(sttp::subscriber_settings::compression, false);
    subscriber.on_measurements(std::ref(received));
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    CHECK(from.publisher.signal_index(signal_id(7)) == 7);
    for (int number = 0; number < frames_sent; number++) {
        std::vector<sttp::measurement> batch = frame(number);
        for (sttp::measurement &one : batch) {
            one.signal_id = {};
        }
        from.publisher.publish_indexed(batch);
    }
    CHECK(received.await(frames_sent * signals));
    CHECK(are_frames(received.all(), frames_sent));

    std::uint64_t id = 0;
    from.publisher.for_each_connection([&](const sttp::connection &one) { id = one.id; });
    from.publisher.publish_to(id, frame(frames_sent));
    CHECK(received.await((frames_sent + 1) * signals));
    CHECK(check::throws([&] { from.publisher.publish_to(id + 1000, frame(0)); }, sttp::errc::not_found));
}

TEST(resubscription) {
    station from;
    from.start();
    std::mutex lock;
    std::vector<sttp::guid> known;
    std::uint32_t generation = 0;
    std::atomic<int> wrong{0};
    std::atomic<int> of_first{0};
    std::atomic<int> of_second{0};
    sttp::subscriber subscriber;
    subscriber.on_subscription_updated([&](std::uint32_t number, sttp::signal_list list) {
        const std::lock_guard<std::mutex> hold(lock);
        CHECK(number > generation);
        generation = number;
        known.clear();
        for (const sttp::signal_info &signal : list) {
            known.push_back(signal.signal_id);
        }
    });
    subscriber.on_measurements([&](sttp::measurements batch) {
        const std::lock_guard<std::mutex> hold(lock);
        for (const sttp::measurement &one : batch) {
            const bool fits = one.signal_index < known.size() && known[one.signal_index] == one.signal_id;
            // The value tells the signal, whatever it is sent under.
            const auto row = static_cast<int>(one.value * 4.0) % signals;
            wrong += !fits || one.signal_id != signal_id(row);
            (known.size() == 2 ? of_second : of_first)++;
        }
    });
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    std::atomic<bool> end{false};
    std::thread publishes([&] {
        for (int number = 0; !end; number++) {
            from.publish(number % 1000, 1);
            std::this_thread::sleep_for(1ms);
        }
    });
    CHECK(check::await([&] { return of_first > 3 * signals; }));
    for (int round = 0; round < 4; round++) {
        const int before = round % 2 == 0 ? of_second : of_first;
        subscriber.subscribe(round % 2 == 0 ? "TEST:20; TEST:3" : everything);
        CHECK(check::await([&] { return (round % 2 == 0 ? of_second : of_first) > before + 10; }));
    }
    end = true;
    publishes.join();
    CHECK(wrong == 0);
    CHECK(generation >= 5);
}

TEST(reverse_connection) {
    collection received;
    sttp::subscriber subscriber;
    subscriber.on_measurements(std::ref(received));
    subscriber.subscribe(everything);
    subscriber.listen(anywhere);
    CHECK(subscriber.state() == sttp::state::listening);
    station from;
    from.publisher.connect(subscriber.address());
    CHECK(from.await_subscriptions(1));
    from.publisher.for_each_connection([](const sttp::connection &one) { CHECK(one.outgoing); });
    from.publish(0, frames_sent);
    CHECK(received.await(frames_sent * signals));
    CHECK(are_frames(received.all(), frames_sent));
    from.publisher.disconnect_from(subscriber.address());
    CHECK(check::await([&] { return subscriber.state() == sttp::state::listening; }));
}

TEST(udp) {
    station from;
    from.publisher.set(sttp::publisher_settings::allow_clear_udp, true);
    from.start();
    collection received;
    sttp::subscriber subscriber;
    // Port 0: one that the system chooses.
    subscriber.set(sttp::subscriber_settings::data_channel_port, "0");
    subscriber.on_measurements(std::ref(received));
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    bool by_udp = false;
    subscriber.publisher_info([&](const sttp::publisher_info &info) { by_udp = info.data_port > 0; });
    CHECK(by_udp);
    // Datagrams may be lost, also on this machine.
    CHECK(check::await([&] {
        from.publish(0, 1);
        return received.size() >= signals;
    }));
    bool known = true;
    for (const sttp::measurement &one : received.all()) {
        const auto row = static_cast<std::size_t>(one.value * 4.0);
        known = known && row < signals && same(one, frame(0)[row]);
    }
    CHECK(known);
    CHECK(subscriber.statistics().datagrams > 0);
}

TEST(history) {
    station from;
    from.publisher.set(sttp::publisher_settings::history_duration, 10min);
    from.start();
    // Within the last ten minutes.
    const sttp::ticks start = sttp::parse_time("*-60s");
    const auto at = [&](int number) {
        std::vector<sttp::measurement> batch = frame(number);
        for (sttp::measurement &one : batch) {
            one.timestamp = start + number * 10000000;
        }
        return batch;
    };
    for (int number = 0; number < frames_sent; number++) {
        from.publisher.publish(at(number));
    }
    CHECK(check::await([&] { return from.publisher.history_extent().measurements == frames_sent * signals; }));

    collection received;
    std::atomic<int> ends{0};
    sttp::subscriber subscriber;
    subscriber.on_measurements(std::ref(received));
    subscriber.on_processing_complete([&](std::string_view) { ends++; });
    subscriber.set(sttp::subscriber_settings::start_time_constraint, sttp::format_time(start + 5 * 10000000));
    subscriber.set(sttp::subscriber_settings::stop_time_constraint, sttp::format_time(start + 14 * 10000000));
    subscriber.set(sttp::subscriber_settings::processing_interval, 0);
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(check::await([&] { return ends == 1; }));
    const std::vector<sttp::measurement> played = received.all();
    CHECK(played.size() == 10 * signals);
    for (std::size_t i = 0; i < played.size() && i < 10 * signals; i++) {
        const std::size_t row = i % signals;
        CHECK(same(played[i], at(5 + static_cast<int>(i) / signals)[row]));
    }

    // The same from a source of the program's, one that fails after its second chunk, and one that cannot be opened.
    std::atomic<int> opened{0};
    from.publisher.set_history_source([&](const sttp::history_window &window) -> sttp::history_reader {
        CHECK(window.signals.size() == signals && window.start == start + 5 * 10000000);
        if (++opened == 2) {
            throw std::runtime_error("the archive is closed");
        }
        return [&, next = 5](sttp::span<sttp::measurement> room) mutable -> std::size_t {
            const std::vector<sttp::measurement> batch = at(next++);
            if (next > 12) {
                return 0;
            }
            CHECK(room.size() >= batch.size());
            std::copy(batch.begin(), batch.end(), room.begin());
            return batch.size();
        };
    });
    subscriber.subscribe(everything);
    CHECK(check::await([&] { return ends == 2; }));
    CHECK(opened == 1 && received.size() == 17 * signals);
    std::atomic<int> told{0};
    sttp::set_callback_error_handler([&](std::string_view callback, std::exception_ptr) { told += callback == "history"; });
    subscriber.subscribe(everything);
    CHECK(check::await([&] { return ends == 3; }));
    CHECK(told == 1 && received.size() == 17 * signals);
    sttp::set_callback_error_handler(nullptr);

    // A source that leaves everything to memory.
    from.publisher.set_history_source([](const sttp::history_window &window) -> sttp::history_reader {
        return [begin = window.start, end = window.stop, left = true](sttp::span<sttp::measurement>) mutable -> std::size_t {
            if (left) {
                sttp::history_from_memory(begin, end);
            } else {
                sttp::history_tell("there is no more");
            }
            left = false;
            return 0;
        };
    });
    subscriber.subscribe(everything);
    CHECK(check::await([&] { return ends == 4; }));
    CHECK(received.size() == 27 * signals);
    from.publisher.set_history_source(nullptr);
}

TEST(recovery) {
    // The subscriber runs only when it is polled, so that what is published while it is cut off is missed.
    constexpr int part = 30;
    station from;
    from.publisher.set(sttp::publisher_settings::history_duration, 10min);
    from.start();
    sttp::engine engine = sttp::engine::polled();
    collection live;
    collection recovered;
    sttp::subscriber subscriber(engine);
    subscriber.configure(
        "retryInterval=10; maxRetryInterval=100; dataGapRecovery={enabled=true; recoveryStartDelay=0; "
        "dataMonitoringInterval=60; maximumRecoverySpan=3600; startRecoveryBuffer=-1; endRecoveryBuffer=1}");
    subscriber.on_measurements(std::ref(live));
    subscriber.on_recovered_measurements(std::ref(recovered));
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    const auto polled_until = [&](auto predicate) {
        return check::await([&] {
            engine.poll(2ms);
            return predicate();
        });
    };
    CHECK(polled_until([&] { return from.subscriptions == 1; }));
    from.publish(0, part);
    CHECK(polled_until([&] { return live.size() == part * signals; }));
    from.publisher.for_each_connection([&](const sttp::connection &one) { from.publisher.disconnect(one.id); });
    CHECK(check::await([&] { return from.publisher.statistics().connections == 0; }));
    from.publish(part, part);
    CHECK(polled_until([&] { return from.subscriptions == 2; }));
    from.publish(2 * part, part);
    CHECK(polled_until([&] { return live.size() == 2 * part * signals && recovered.size() >= part * signals; }));
    std::set<double> values;
    for (const collection *of : {&live, &recovered}) {
        for (const sttp::measurement &one : of->all()) {
            values.insert(one.value);
        }
    }
    CHECK(recovered.size() == part * signals && values.size() == 3 * part * signals);
    CHECK(are_frames(recovered.all(), part, part));
    CHECK(subscriber.statistics().gaps == 1 && subscriber.statistics().gaps_abandoned == 0);
}
