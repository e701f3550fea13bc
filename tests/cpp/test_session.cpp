// What happens on a connection besides measurements.
#include "fixture.hpp"

using namespace fixture;

namespace {

/// Texts that callbacks were told.
class texts {
public:
    void add(std::string_view one) {
        const std::lock_guard<std::mutex> hold(lock_);
        all_.emplace_back(one);
    }
    std::size_t size() const {
        const std::lock_guard<std::mutex> hold(lock_);
        return all_.size();
    }
    std::string last() const {
        const std::lock_guard<std::mutex> hold(lock_);
        return all_.empty() ? std::string() : all_.back();
    }
    bool await(std::string_view words) const {
        return check::await([&] {
            const std::lock_guard<std::mutex> hold(lock_);
            for (const std::string &one : all_) {
                if (one.find(words) != one.npos) {
                    return true;
                }
            }
            return false;
        });
    }

private:
    mutable std::mutex lock_;
    std::vector<std::string> all_;
};

}  // namespace

TEST(tls) {
    const folder keys;
    const auto make = [&](const char *name) {
        sttp::make_certificate(name, "127.0.0.1", 1, keys.file(name) + ".pem", keys.file(name) + ".key");
    };
    for (const char *name : {"publisher", "friend", "stranger"}) {
        make(name);
    }
    CHECK(check::throws([&] { make("friend"); }, sttp::errc::io, "friend"));
    const auto settings = [&](const std::string &own, const std::string &peer) {
        return "securityMode=TLS; localCertificate=" + keys.file(own.c_str()) + ".pem; localPrivateKey=" +
               keys.file(own.c_str()) + ".key; remoteCertificate=" + keys.file(peer.c_str()) + ".pem";
    };
    station from;
    from.publisher.configure(settings("publisher", "friend"));
    from.start();

    collection received;
    sttp::subscriber admitted;
    admitted.configure(settings("friend", "publisher"));
    admitted.on_measurements(std::ref(received));
    admitted.subscribe(everything);
    admitted.connect(from.address());
    CHECK(from.await_subscriptions(1));
    from.publish(0, 3);
    CHECK(received.await(3 * signals));
    CHECK(are_frames(received.all(), 3));
    std::string subject;
    admitted.tls([&](const sttp::tls_info &tls) {
        CHECK(tls.pinned && tls.version == "TLS 1.3");
        subject = tls.subject;
    });
    CHECK(subject.find("publisher") != subject.npos);

    texts ends;
    sttp::subscriber refused;
    refused.configure(settings("stranger", "publisher"));
    refused.set(sttp::subscriber_settings::auto_reconnect, false);
    refused.on_disconnected([&](sttp::errc reason, std::string_view message) {
        CHECK(reason != sttp::errc::ok);
        ends.add(message);
    });
    refused.subscribe(everything);
    refused.connect(from.address());
    CHECK(ends.await("certificate"));
    CHECK(from.subscriptions == 1);
    admitted.reload_certificates();
    from.publisher.reload_certificates();
}

TEST(rights) {
    station from;
    from.publisher.on_admit([](const sttp::peer &peer, sttp::admission &admission) {
        CHECK(peer.address.substr(0, 10) == "127.0.0.1:" && !peer.tls && !peer.outgoing);
        CHECK(check::throws([&] { admission.grant("guest", "signls={ALLOW WHERE True}"); },
                            sttp::errc::invalid_argument, "signals"));
        admission.grant("guest", "signals={ALLOW WHERE True}; deny={TEST:2; TEST:3}; udp=false");
    });
    std::atomic<int> accepted{0};
    texts lines;
    from.publisher.on_audit([&](const sttp::audit_record &audit) {
        accepted += audit.accepted && audit.subject == sttp::audit_subject::subscription;
        CHECK(audit.peer.address.substr(0, 10) == "127.0.0.1:");
        lines.add(audit.line);
    });
    from.start();
    std::atomic<std::size_t> in_metadata{0};
    std::atomic<std::size_t> in_subscription{0};
    sttp::subscriber subscriber;
    subscriber.on_metadata([&](sttp::metadata_view metadata) { in_metadata = metadata.measurements().size(); });
    subscriber.on_subscription_updated([&](std::uint32_t, sttp::signal_list list) { in_subscription = list.size(); });
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(check::await([&] { return in_metadata == signals - 2 && in_subscription == signals - 2; }));
    CHECK(check::await([&] { return accepted == 1; }));
    CHECK(lines.await("guest"));
    std::uint64_t id = 0;
    from.publisher.for_each_connection([&](const sttp::connection &one) {
        id = one.id;
        CHECK(one.rights == "guest");
    });
    from.publisher.set_rights(id, "friend", "allow=TEST:1");
    CHECK(check::await([&] { return in_subscription == 1; }));

    from.publisher.on_admit([](const sttp::peer &, sttp::admission &admission) { admission.refuse("not on Sundays"); });
    std::atomic<int> ended{0};
    sttp::subscriber refused;
    refused.set(sttp::subscriber_settings::auto_reconnect, false);
    refused.on_disconnected([&](sttp::errc, std::string_view) { ended++; });
    refused.connect(from.address());
    CHECK(check::await([&] { return ended > 0; }));
    CHECK(lines.await("not on Sundays"));
}

// Neither a decision that fails nor a callback that throws lets somebody in.
TEST(rights_after_a_callback_error) {
    station from;
    texts errors;
    sttp::set_callback_error_handler([&](std::string_view callback, std::exception_ptr) { errors.add(callback); });
    texts refused;
    from.publisher.on_audit([&](const sttp::audit_record &audit) {
        CHECK(!audit.accepted);
        refused.add(audit.reason);
    });
    from.start();
    const auto await_refusal = [&](std::string_view reason) {
        std::atomic<int> ended{0};
        sttp::subscriber subscriber;
        subscriber.set(sttp::subscriber_settings::auto_reconnect, false);
        subscriber.on_disconnected([&](sttp::errc, std::string_view) { ended++; });
        subscriber.connect(from.address());
        CHECK(check::await([&] { return ended > 0; }));
        CHECK(refused.await(reason));
    };
    from.publisher.on_admit([](const sttp::peer &, sttp::admission &admission) {
        std::error_code ignored;
        admission.grant("guest", "signls={ALLOW WHERE True}", ignored);
    });
    await_refusal("signls");
    from.publisher.on_admit([](const sttp::peer &, sttp::admission &admission) {
        admission.grant("guest", "sginals={ALLOW WHERE True}");
    });
    await_refusal("sginals");
    from.publisher.on_admit([](const sttp::peer &, sttp::admission &admission) {
        admission.grant("guest", "signals={ALLOW WHERE True}");
        throw std::runtime_error("too late");
    });
    await_refusal("the callback that decides has failed");
    CHECK(errors.await("admit"));
    sttp::set_callback_error_handler(nullptr);
}

TEST(user_commands) {
    station from;
    from.publisher.on_user_command([&](std::uint64_t id, std::int32_t command, sttp::bytes data) {
        if (command == 3) {
            std::string answer(sttp::as_text(data));
            answer += '!';
            from.publisher.send_user_response(id, command, 5, sttp::as_bytes(answer));
        } else if (command == 4) {
            from.publisher.succeed_user_command(id, command, "done");
        } else {
            from.publisher.fail_user_command(id, command, "no such command here");
        }
    });
    from.start();
    texts responses;
    texts successes;
    texts failures;
    sttp::subscriber subscriber;
    subscriber.on_user_response([&](std::int32_t response, std::int32_t command, sttp::bytes data) {
        CHECK(response == 5 && command == 3);
        responses.add(sttp::as_text(data));
    });
    subscriber.on_request_succeeded([&](sttp::command command, std::string_view message) {
        if (command >= sttp::command::user) {
            CHECK(sttp::name(command) == "STTP_COMMAND_USER");
            successes.add(message);
        }
    });
    subscriber.on_request_failed([&](sttp::command, std::string_view message) { failures.add(message); });
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    subscriber.wait_until_subscribed(60s);
    subscriber.send_user_command(3, sttp::as_bytes(std::string_view("a\0b", 3)));
    CHECK(check::await([&] { return responses.size() == 1; }));
    CHECK(responses.last() == std::string("a\0b!", 4));
    subscriber.send_user_command(4, {});
    CHECK(successes.await("done"));
    subscriber.send_user_command(6, {});
    CHECK(failures.await("no such command here"));
    CHECK(check::throws([&] { subscriber.send_user_command(16, {}); }, sttp::errc::invalid_argument));
}

TEST(notifications) {
    station from;
    std::atomic<std::uint32_t> confirmed{0};
    from.publisher.on_notification(
        [&](std::uint64_t, std::uint32_t id, bool arrived) { confirmed = arrived ? id : 0; });
    from.start();
    texts told;
    std::mutex lock;
    std::vector<std::uint8_t> block;
    std::atomic<bool> has_block{false};
    sttp::subscriber subscriber;
    subscriber.on_notification([&](std::string_view text) { told.add(text); });
    subscriber.on_buffer_block([&](const sttp::guid &signal, std::uint32_t index, sttp::bytes data) {
        CHECK(signal == signal_id(2) && index < signals);
        const std::lock_guard<std::mutex> hold(lock);
        block.assign(data.begin(), data.end());
        has_block = true;
    });
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    const std::uint32_t id = from.publisher.notify(0, "Wartung um zwölf");
    CHECK(told.await("Wartung um zwölf"));
    CHECK(check::await([&] { return confirmed == id; }));
    std::vector<std::uint8_t> sent(3000);
    for (std::size_t i = 0; i < sent.size(); i++) {
        sent[i] = static_cast<std::uint8_t>(i * 7);
    }
    from.publisher.send_buffer_block(signal_id(2), sent, true);
    CHECK(check::await([&] { return has_block.load(); }));
    const std::lock_guard<std::mutex> hold(lock);
    CHECK(block == sent);
}

TEST(statistics) {
    station from;
    from.start();
    collection received;
    sttp::subscriber subscriber;
    subscriber.set(sttp::subscriber_settings::signal_statistics, true);
    subscriber.set(sttp::subscriber_settings::latency_statistics, true);
    subscriber.on_measurements(std::ref(received));
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    std::vector<sttp::measurement> batch = frame(0);
    for (sttp::measurement &one : batch) {
        one.timestamp = sttp::now();
    }
    from.publisher.publish(batch);
    CHECK(received.await(signals));
    CHECK(check::await([&] { return subscriber.statistics().measurements == signals; }));

    std::unordered_map<std::string, std::uint64_t> found;
    for (const sttp::counter_value &one : sttp::counters_by_name(subscriber.statistics())) {
        CHECK(!one.about.document.empty());
        if (const auto *number = std::get_if<std::uint64_t>(&one.value)) {
            found[std::string(one.about.name)] = *number;
        }
    }
    CHECK(found.at("measurements") == signals && found.at("signal_count") == signals);
    bool has_rate = false;
    for (const sttp::counter_value &one : sttp::counters_by_name(from.publisher.statistics())) {
        has_rate = has_rate || (one.about.name == "measurements_per_second" && one.value.index() == 2);
        found[std::string(one.about.name)] = 1;
    }
    CHECK(has_rate && found.count("measurements_published") == 1);
    CHECK(from.publisher.statistics().measurements_published == signals);
    from.publisher.for_each_connection(
        [&](const sttp::connection &one) { CHECK(!sttp::counters_by_name(one.counters).empty()); });

    const sttp::numbered_signal_statistics of = subscriber.signal_statistics();
    CHECK(of.signals.size() == signals && of.generation > 0);
    CHECK(of.signals.at(3).measurements == 1 && of.signals.at(3).measurements_with_flags == 1);
    CHECK(subscriber.latency_statistics().total.measurements == signals);
    CHECK(from.publisher.latency_statistics().total.measurements > 0);
}

TEST(configuration_changes) {
    station from;
    from.start();
    std::atomic<int> changes{0};
    std::atomic<int> schemas{0};
    texts failures;
    texts documents;
    sttp::subscriber subscriber;
    subscriber.on_configuration_changed([&] { changes++; });
    subscriber.on_schema([&](sttp::schema what, sttp::metadata_view tables) {
        schemas += what == sttp::schema::metadata && tables.tables().size() > 0;
    });
    subscriber.on_metadata_document([&](std::string_view xml) { documents.add(xml); });
    subscriber.on_request_failed([&](sttp::command, std::string_view message) { failures.add(message); });
    subscriber.subscribe(everything);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    CHECK(documents.await("TESTER:FREQ25"));
    from.publisher.announce_configuration_change();
    CHECK(check::await([&] { return changes == 1; }));
    subscriber.request_schema(sttp::schema::metadata);
    CHECK(check::await([&] { return schemas == 1; }));
    from.publisher.refuse_metadata(0, "closed for repair");
    subscriber.request_metadata();
    CHECK(failures.await("closed for repair"));
}
