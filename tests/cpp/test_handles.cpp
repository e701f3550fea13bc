// Handles, settings, errors, callbacks and values.
#include <algorithm>
#include <array>
#include <ctime>
#include <sstream>
#include <stdexcept>
#include <unordered_set>

#include "fixture.hpp"

using namespace fixture;
using namespace sttp::literals;

static_assert(std::is_nothrow_move_constructible_v<sttp::subscriber> && !std::is_copy_constructible_v<sttp::subscriber>);
static_assert(std::is_nothrow_move_assignable_v<sttp::publisher> && !std::is_copy_assignable_v<sttp::publisher>);
static_assert(std::is_nothrow_move_constructible_v<sttp::metadata> && !std::is_copy_constructible_v<sttp::metadata>);
static_assert(std::is_nothrow_move_constructible_v<sttp::c37118::configuration>);
static_assert(std::is_error_code_enum_v<sttp::errc>);

namespace {

template <class Handle>
void set_all(sttp::role role, Handle &handle) {
    CHECK(sttp::settings_of(role).size() > 20);
    for (const sttp::setting_info &one : sttp::settings_of(role)) {
        CHECK(sttp::find_setting(role, std::string(one.key)).key == one.key);
        const std::string before = handle.get(one.key);
        if (!one.repeats_others && one.type != sttp::setting_type::group) {
            CHECK(before == one.default_value);
        }
        // As it is, which every value can be; then, where that is known, something else and the default again.
        handle.set(one.key, before);
        CHECK(handle.get(one.key) == before);
        if (one.type == sttp::setting_type::flag && !one.repeats_others) {
            const std::string other = before == "true" ? "false" : "true";
            std::error_code code;
            handle.set(one.key, other, code);
            CHECK(code ? code == sttp::errc::invalid_argument : handle.get(one.key) == other);
        }
        handle.set(one.key, nullptr);
        CHECK(handle.get(one.key) == before);
    }
    CHECK(check::throws([&] { sttp::find_setting(role, "colour"); }, sttp::errc::invalid_argument, "colour"));
}

}  // namespace

TEST(settings_table) {
    sttp::subscriber subscriber;
    sttp::publisher publisher;
    sttp::c37118::input input(publisher);
    sttp::c37118::output output;
    set_all(sttp::role::subscriber, subscriber);
    set_all(sttp::role::publisher, publisher);
    set_all(sttp::role::c37118_input, input);
    set_all(sttp::role::c37118_output, output);

    namespace of = sttp::subscriber_settings;
    subscriber.set(of::read_queue, 1000);
    subscriber.set(of::auto_reconnect, false);
    subscriber.set(of::lag_time, 2500ms);
    subscriber.set(of::security_mode, sttp::choice::security_mode::none);
    subscriber.set(of::start_time_constraint, "*-20m");
    CHECK(subscriber.get("readQueue") == "1000" && subscriber.get(of::read_queue) == 1000);
    CHECK(subscriber.get("lagTime") == "2.5" && subscriber.get(of::lag_time) == 2500ms);
    CHECK(!subscriber.get(of::auto_reconnect) && subscriber.get(of::start_time_constraint) == "*-20m");
    CHECK(subscriber.get(of::minimum_tls_version) == sttp::choice::minimum_tls_version::v1_2);
    publisher.set(sttp::publisher_settings::overflow, sttp::choice::overflow::disconnect);
    CHECK(publisher.get("overflow") == "disconnect");
    CHECK(publisher.get(sttp::publisher_settings::overflow) == sttp::choice::overflow::disconnect);
    input.set(sttp::c37118::input_settings::access_id, 7);
    CHECK(input.get("accessID") == "7");
    output.set(sttp::c37118::output_settings::standard, sttp::choice::standard::v2011);
    CHECK(output.get("standard") == "2011");
    CHECK(check::throws([&] { subscriber.set(of::version, 9); }, sttp::errc::invalid_argument, "version"));
    CHECK(check::throws([&] { subscriber.set("lagTime", "soon"); }, sttp::errc::invalid_argument, "lagTime"));
    CHECK(check::throws([&] { subscriber.configure("colour=red"); }, sttp::errc::invalid_argument, "colour"));
}

TEST(errors) {
    sttp::subscriber subscriber;
    CHECK(check::throws([&] { subscriber.connect("nowhere"); }, sttp::errc::invalid_argument, "nowhere"));
    CHECK(check::throws([&] { subscriber.request_metadata(); }, sttp::errc::not_connected));
    CHECK(check::throws([&] { subscriber.subscribe(nullptr); }, sttp::errc::invalid_argument));
    CHECK(check::throws([&] { subscriber.subscribe(std::string("a\0b", 3)); }, sttp::errc::invalid_argument, "UTF-8"));
    CHECK(check::throws([&] { subscriber.subscribe(std::string_view("a\0b", 3)); }, sttp::errc::invalid_argument, "UTF-8"));
    CHECK(check::throws([&] { subscriber.subscribe("\xff"); }, sttp::errc::invalid_argument, "UTF-8"));

    std::error_code code = std::make_error_code(std::errc::io_error);
    subscriber.subscribe(std::string_view("TEST:1 and more").substr(0, 6), code);
    CHECK(!code);
    subscriber.connect("nowhere", code);
    CHECK(code == sttp::errc::invalid_argument && code == std::errc::invalid_argument);
    CHECK(sttp::last_error().find("nowhere") != std::string_view::npos);
    CHECK(code.category() == sttp::category() && code.message() == "STTP_ERR_INVALID_ARGUMENT");
    CHECK(sttp::name(sttp::errc::timeout) == "STTP_ERR_TIMEOUT");
    CHECK(std::error_code(sttp::errc::timeout) == std::errc::timed_out);
    CHECK(std::error_code(sttp::errc::complete) != std::errc::timed_out);
    CHECK(!sttp::publisher().signal_index(signal_id(0), code) && code == sttp::errc::not_found);

    sttp::publisher closed;
    CHECK(check::throws([&] { closed.publish(frame(0)); }, sttp::errc::closed));
    CHECK(check::throws([&] { closed.address(); }, sttp::errc::invalid_state));
    sttp::publisher moved = std::move(closed);
    CHECK(moved && !closed);
    CHECK(check::throws([&] { closed.publish(frame(0)); }, sttp::errc::invalid_argument));
    moved.reset();
    CHECK(check::throws([&] { moved.start(anywhere); }, sttp::errc::invalid_argument));
    closed.stop(code);
    CHECK(code == sttp::errc::invalid_argument);
    const sttp::filter none("(", code);
    CHECK(code == sttp::errc::filter && !none);
    CHECK(check::throws([] { sttp::engine::with_threads(0); }, sttp::errc::invalid_argument));
}

TEST(free_inside_callback) {
    // Each inside another of its own callbacks, also one that holds the only reference to the handle.
    station from;
    from.start();
    std::atomic<int> freed{0};
    struct counted {
        std::atomic<int> *count;
        explicit counted(std::atomic<int> *of) : count(of) {}
        counted(counted &&other) noexcept : count(std::exchange(other.count, nullptr)) {}
        ~counted() {
            if (count != nullptr) {
                (*count)++;
            }
        }
    };
    auto subscriber = std::make_shared<sttp::subscriber>();
    std::weak_ptr<sttp::subscriber> watched = subscriber;
    subscriber->on_message([mark = counted(&freed)](sttp::log_level, std::string_view) {});
    subscriber->on_measurements([subscriber, mark = counted(&freed)](sttp::measurements) { subscriber->reset(); });
    subscriber->subscribe(everything);
    subscriber->connect(from.address());
    subscriber.reset();
    CHECK(from.await_subscriptions(1));
    from.publish(0, 3);
    CHECK(check::await([&] { return freed == 2 && watched.expired(); }));

    sttp::subscriber other;
    std::atomic<bool> done{false};
    other.on_connected([&](std::string_view) {
        other = sttp::subscriber();
        done = true;
    });
    other.connect(from.address());
    CHECK(check::await([&] { return done.load(); }));
    CHECK(other.state() == sttp::state::idle);

    auto publisher = std::make_unique<sttp::publisher>();
    std::atomic<bool> gone{false};
    publisher->set_metadata(make_metadata());
    publisher->start(anywhere);
    publisher->on_connected([&](const sttp::connection &) {
        publisher.reset();
        gone = true;
    });
    sttp::subscriber last;
    last.set(sttp::subscriber_settings::auto_reconnect, false);
    last.connect(publisher->address());
    CHECK(check::await([&] { return gone.load(); }));
}

TEST(callback_error) {
    station from;
    from.start();
    std::mutex lock;
    std::vector<std::string> told;
    sttp::set_callback_error_handler([&](std::string_view callback, std::exception_ptr thrown) {
        const std::lock_guard<std::mutex> hold(lock);
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception &problem) {
            told.push_back(std::string(callback) + ": " + problem.what());
        } catch (int number) {
            told.push_back(std::string(callback) + ": " + std::to_string(number));
        }
    });
    collection received;
    sttp::subscriber subscriber;
    subscriber.on_connected([](std::string_view) { throw 7; });
    subscriber.on_measurements([&](sttp::measurements batch) {
        received(batch);
        throw std::runtime_error("no room");
    });
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    from.publish(0, 4);
    CHECK(received.await(4 * signals));
    CHECK(are_frames(received.all(), 4));
    CHECK(check::await([&] {
        const std::lock_guard<std::mutex> hold(lock);
        return told.size() >= 2;
    }));
    subscriber.disconnect();
    sttp::set_callback_error_handler(nullptr);
    const std::lock_guard<std::mutex> hold(lock);
    CHECK(std::count(told.begin(), told.end(), "connected: 7") == 1);
    CHECK(std::count(told.begin(), told.end(), "measurements: no room") >= 1);

    // What is only visited during a call comes out of it.
    bool caught = false;
    try {
        from.publisher.for_each_connection([](const sttp::connection &) { throw std::logic_error("mine"); });
        caught = from.publisher.statistics().connections == 0;
    } catch (const std::logic_error &) {
        caught = true;
    }
    CHECK(caught);
}

TEST(many_handles) {
    constexpr int many = 100;
    station from;
    from.start();
    const sttp::engine engine = sttp::engine::with_threads(2);
    std::vector<sttp::subscriber> subscribers;
    std::vector<std::atomic<std::size_t>> counts(many);
    for (int i = 0; i < many; i++) {
        subscribers.emplace_back(engine);
        subscribers.back().on_measurements([&, i](sttp::measurements batch) {
            counts[static_cast<std::size_t>(i)] += batch.size();
        });
        subscribers.back().subscribe(everything);
        subscribers.back().connect(from.address());
    }
    CHECK(from.await_subscriptions(many));
    std::atomic<bool> end{false};
    std::thread publishes([&] {
        for (int number = 0; !end; number++) {
            from.publish(number % 100, 1);
            std::this_thread::sleep_for(1ms);
        }
    });
    CHECK(check::await([&] {
        return std::all_of(counts.begin(), counts.end(), [](const auto &count) { return count >= signals; });
    }));
    // In an order of its own, while data flow: each count stays as it is from then on.
    std::vector<std::size_t> frozen(many);
    for (int step = 0; step < many; step++) {
        const auto place = static_cast<std::size_t>(step * 37 % many);
        subscribers[place].reset();
        frozen[place] = counts[place];
    }
    CHECK(check::await([&] { return from.publisher.statistics().connections == 0; }));
    end = true;
    publishes.join();
    CHECK(std::equal(frozen.begin(), frozen.end(), counts.begin()));
}

TEST(polled_engine) {
    sttp::engine engine = sttp::engine::polled();
    station from(&engine);
    from.start();
    collection received;
    const std::thread::id here = std::this_thread::get_id();
    bool elsewhere = false;
    sttp::subscriber subscriber(engine);
    subscriber.on_measurements([&](sttp::measurements batch) {
        elsewhere = elsewhere || std::this_thread::get_id() != here;
        received(batch);
    });
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(engine.descriptor() >= 0);
    const auto polled_until = [&](auto predicate) {
        return check::await([&] {
            CHECK(engine.next_timeout() >= -1ms);
            engine.poll(2ms);
            return predicate();
        });
    };
    CHECK(polled_until([&] { return from.subscriptions == 1; }));
    from.publish(0, 5);
    CHECK(polled_until([&] { return received.size() == 5 * signals; }));
    CHECK(are_frames(received.all(), 5) && !elsewhere);
    // Handles keep it alive.
    engine.reset();
    subscriber.disconnect();
}

TEST(values) {
    // GUIDs.
    constexpr sttp::guid id = "01234567-89AB-cdef-0123-456789abcdef"_guid;
    static_assert(id.bytes[0] == 0x01 && id.bytes[4] == 0x89 && id.bytes[15] == 0xef);
    CHECK(sttp::to_string(id) == "01234567-89ab-cdef-0123-456789abcdef");
    CHECK(sttp::parse_guid("{01234567-89ab-CDEF-0123-456789abcdef}") == id);
    CHECK(sttp::make_guid(sttp::to_array(id)) == id && id != sttp::guid{} && sttp::guid{} < id);
    CHECK(check::throws([] { sttp::parse_guid("0123"); }, sttp::errc::invalid_argument));
    std::ostringstream stream;
    stream << id;
    CHECK(stream.str() == sttp::to_string(id));
    const std::unordered_set<sttp::guid> set{id, sttp::guid{}, id};
    CHECK(set.size() == 2 && signal_id(1) != signal_id(2) && signal_id(1) < signal_id(2));
    bool refused = false;
    try {
        static_cast<void>(sttp::operator""_guid("0123", 4));
    } catch (const std::invalid_argument &) {
        refused = true;
    }
    CHECK(refused);

    // Times.
    const sttp::ticks time = sttp::parse_time("2026-11-21T08:30:00.0333333Z");
    CHECK(sttp::format_time(time) == "2026-11-21T08:30:00.0333333Z");
    const std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(sttp::to_sys(time)));
    CHECK(seconds == 1795249800 && sttp::to_unix(time).nanoseconds == 33333300);
    CHECK(sttp::from_sys(sttp::to_sys(time)) == time && sttp::from_unix(sttp::to_unix(time)) == time);
    CHECK(sttp::from_unix_nanoseconds(sttp::to_unix_nanoseconds(time)) == time);
    const sttp::ticks early = sttp::parse_time("1850-01-01T00:00:00.5Z");
    CHECK(sttp::from_sys(sttp::to_sys(early)) == early && sttp::to_sys(early).time_since_epoch().count() < 0);
    const sttp::ticks now = sttp::from_sys(std::chrono::system_clock::now());
    CHECK(now - sttp::now() < 600000000 && sttp::now() - now < 600000000);
    const sttp::ticks leap = sttp::parse_time("2016-12-31T23:59:60.25Z");
    CHECK(sttp::is_leap_second(leap) && !sttp::is_leap_second(time) && !sttp::is_before_deleted_second(leap));
    CHECK(sttp::format_time(leap) == "2016-12-31T23:59:60.25Z" && sttp::without_marks(leap) > 0);
    CHECK(sttp::to_sys(leap) == sttp::to_sys(sttp::parse_time("2016-12-31T23:59:59.25Z")));
    CHECK(sttp::compare_times(leap, sttp::parse_time("2017-01-01")) < 0);
    CHECK(sttp::from_datetime2(sttp::unpack_datetime2(sttp::pack(sttp::to_datetime2(leap)))) == leap);
    CHECK(check::throws([] { sttp::from_unix({INT64_MAX, 0}); }, sttp::errc::invalid_argument));

    // Measurements, flags, views.
    CHECK(sttp::format_value(60.02) == "60.02" && sttp::format_flags(0).empty());
    CHECK(sttp::format_flags(sttp::flag::bad_data | sttp::flag::suspect_time) == "BAD_DATA SUSPECT_TIME");
    CHECK(sttp::flag_name(sttp::flag::bad_data) == "STTP_FLAG_BAD_DATA");
    std::array<sttp::measurement, 3> three{};
    three[1] = sttp::make_measurement(std::uint32_t{4}, 1.5, time);
    const sttp::measurements view = three;
    CHECK(view.size() == 3 && view[1].signal_index == 4 && view.data() == three.data() && view.back().value == 0);
    CHECK(view.subspan(1).front().value == 1.5 && view.first(1).size() == 1 && sttp::measurements().empty());
#if __cplusplus >= 202002L
    const std::span<const sttp::measurement> standard = view;
    const sttp::measurements back = standard;
    CHECK(back.data() == three.data() && standard.size() == 3);
#endif

    // The library.
    CHECK(sttp::version_text() == std::to_string(STTP_VERSION_MAJOR) + "." + std::to_string(STTP_VERSION_MINOR) + "." +
                                      std::to_string(STTP_VERSION_PATCH));
    CHECK(sttp::version().major_part == STTP_VERSION_MAJOR && sttp::version().minor_part == STTP_VERSION_MINOR);
    CHECK(sttp::name(sttp::log_level::warning) == "warning" && sttp::name(sttp::state::subscribed) == "STTP_STATE_SUBSCRIBED");
    std::atomic<int> logged{0};
    sttp::set_log_sink(sttp::log_level::debug, [&](sttp::log_level, std::string_view target, std::string_view message) {
        logged += !target.empty() && !message.empty();
    });
    {
        station from;
        from.start();
        sttp::subscriber subscriber;
        subscriber.subscribe(everything);
        subscriber.connect(from.address());
        CHECK(from.await_subscriptions(1));
    }
    sttp::set_log_sink(nullptr);
    CHECK(logged > 0);
}
