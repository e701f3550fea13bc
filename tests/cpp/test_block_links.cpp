// Block links: a side at either end, a file, and links out of a publisher into another one.
#include "fixture.hpp"

using namespace fixture;
using sttp::block_link;
using sttp::block_link_role;
using sttp::block_link_state;

TEST(block_links) {
    CHECK(check::throws([] { block_link(block_link_role::server, "link=http:pdc:80"); }, sttp::errc::invalid_argument,
                        "give "));
    block_link sender(block_link_role::server, "link=tcp-listen:127.0.0.1:0; repeatInterval=2.5");
    CHECK(sender.get(sttp::block_link_settings::repeat_interval) == 2500ms);
    CHECK(sender.get("repeatinterval") == "2.5" && sender.state().state == block_link_state::closed);
    CHECK(check::throws([&] { sender.agreed(); }, sttp::errc::invalid_state));
    std::mutex lock;
    std::vector<std::string> wanted;
    std::atomic<std::size_t> subscribed{0};
    sender.on_subscribed([&](std::uint64_t, std::size_t matching, std::optional<std::string_view> filter) {
        const std::lock_guard<std::mutex> hold(lock);
        wanted.emplace_back(filter ? std::to_string(matching) + std::string(*filter) : "nothing");
        subscribed = wanted.size();
    });
    sender.set_metadata(make_metadata());
    sender.open();
    CHECK(check::throws([&] { sender.open(); }, sttp::errc::invalid_state));

    collection received;
    std::atomic<std::size_t> known{0};
    std::atomic<int> accepted{0}, refused{0}, closed{0};
    block_link receiver(block_link_role::client, "link=tcp:" + sender.address());
    receiver.on_measurements(std::ref(received));
    receiver.on_metadata([&](std::uint64_t, sttp::metadata_view metadata) { known = metadata.measurements().size(); });
    receiver.on_answered([&](std::uint64_t, sttp::block_link_answer answer, std::uint32_t, std::string_view) {
        (answer == sttp::block_link_answer::accepted ? accepted : refused)++;
    });
    receiver.on_closed([&](std::uint64_t, sttp::errc reason, std::string_view) {
        CHECK(reason == sttp::errc::ok);
        closed++;
    });
    receiver.subscribe("");
    receiver.open();
    CHECK(check::await([&] { return accepted == 1 && known == signals && subscribed == 1; }));
    for (int number = 0; number < 20; number++) {
        sender.publish(frame(number));
    }
    sender.flush(60s);
    CHECK(received.await(20 * signals) && are_frames(received.all(), 20));
    const sttp::block_link_agreement agreement = receiver.agreed();
    CHECK(agreement.peer == block_link_role::server && agreement.blocks == sttp::block_link_form::compact &&
          agreement.stream == sttp::block_link_stream::standard && !agreement.is_encrypted);
    CHECK((agreement.levels & sttp::block_link_level::gateway) != 0 &&
          (agreement.features & sttp::block_link_feature::points) != 0);

    receiver.subscribe("FILTER (");
    CHECK(check::await([&] { return refused == 1; }));
    receiver.subscribe("FILTER ActiveMeasurements WHERE ID = 'TEST:4'");
    CHECK(check::await([&] { return accepted == 2; }));
    sender.publish(frame(20));
    sender.flush(60s);
    CHECK(received.await(20 * signals + 1) && received.all().back().signal_id == signal_id(3));
    receiver.unsubscribe();
    CHECK(check::await([&] {
        const std::lock_guard<std::mutex> hold(lock);
        return wanted.back() == "nothing";
    }));
    {
        const std::lock_guard<std::mutex> hold(lock);
        CHECK(wanted.front() == "25" && wanted[wanted.size() - 2].rfind("1FILTER", 0) == 0);
    }
    const sttp::block_link_statistics counted = receiver.statistics();
    CHECK(counted.link.openings == 1 && counted.session.points_received == 20 * signals + 1);
    CHECK(!sttp::counters_by_name(counted.session).empty());
    receiver.close();
    CHECK(check::await([&] { return closed == 1; }));
}

TEST(block_link_files) {
    const folder scratch;
    const std::string place = "link=file:" + scratch.file("frames");
    std::atomic<int> written{0}, read{0};
    block_link sender(block_link_role::server, place);
    sender.on_closed([&](std::uint64_t, sttp::errc reason, std::string_view) { written += reason == sttp::errc::ok; });
    sender.set_metadata(make_metadata());
    sender.open();
    for (int number = 0; number < 100; number++) {
        sender.publish(frame(number));
    }
    sender.flush(60s);
    sender.close();
    CHECK(check::await([&] { return written == 1; }));

    const sttp::engine engine;
    collection received;
    block_link receiver(engine, block_link_role::client, place);
    receiver.on_measurements(std::ref(received));
    receiver.on_closed([&](std::uint64_t, sttp::errc, std::string_view) { read++; });
    receiver.open();
    CHECK(check::await([&] { return read == 1; }) && are_frames(received.all(), 100));
}

TEST(block_link_bridge) {
    station source;
    source.start();
    sttp::block_link_output output;
    output.set(sttp::block_link_settings::repeat_interval, 1s);
    const std::uint64_t out = output.add("link=tcp-listen:127.0.0.1:0");
    output.open("server=" + source.address());

    sttp::publisher again;
    again.start(anywhere);
    sttp::block_link_input input(again);
    std::atomic<int> told{0};
    input.on_metadata([&](std::uint64_t, sttp::metadata_view) { told++; });
    const std::uint64_t in = input.add("link=tcp:" + output.address(out));
    CHECK(input.links() == std::vector<std::uint64_t>{in} && output.links() == std::vector<std::uint64_t>{out});
    CHECK(check::await([&] { return told > 0; }));

    collection received;
    sttp::subscriber subscriber;
    subscriber.on_measurements(std::ref(received));
    subscriber.subscribe(everything);
    subscriber.connect(again.address());
    CHECK(source.await_subscriptions(1));
    int number = 0;
    CHECK(check::await([&] {
        source.publish(number++, 1);
        return received.size() >= 100;
    }));
    CHECK(input.statistics(in).session.points_received >= 100 && input.statistics(in).published.measurements_published > 0);
    CHECK(output.statistics(out).session.points_sent >= 100 && output.statistics(out).not_taken == 0);
    CHECK(output.subscription_statistics().measurements >= 100);
    input.remove(in);
    CHECK(check::throws([&] { input.statistics(in); }, sttp::errc::not_found));
}
