// C37.118: frames by hand, and gateways. A stream of one gateway is the device of another one.
#include <array>
#include <cmath>

#include "fixture.hpp"

using namespace fixture;
namespace c37118 = sttp::c37118;

namespace {

sttp::metadata describe() {
    sttp::metadata_builder builder;
    builder.add_device("SHELBY", "Shelby", 30);
    builder.add_phasor("SHELBY", "Bus 1", "V", "+", 1);
    builder.add_measurement(signal_id(0), "TEST:1", "FREQ", "SHELBY-FQ", "FREQ", "SHELBY", 0);
    builder.add_measurement(signal_id(1), "TEST:2", "MAG", "SHELBY-PM1", "VPHM", "SHELBY", 1);
    builder.add_measurement(signal_id(2), "TEST:3", "ANGLE", "SHELBY-PA1", "VPHA", "SHELBY", 1);
    return builder.finish();
}

}  // namespace

TEST(c37118_frames) {
    const c37118::command_frame command = c37118::make_command(235, 1, sttp::now(), c37118::command_code::start_data);
    CHECK(command[0] == 0xAA && command[5] == 235 && command[15] == 2);
    CHECK(check::throws([] { c37118::make_command(70000, 1, 0, c37118::command_code::start_data); },
                        sttp::errc::invalid_argument));
    c37118::assembler assembler;
    int frames = 0;
    const auto take = [&](const c37118::frame &frame, c37118::configuration_view configuration) {
        frames++;
        CHECK(frame.type == c37118::frame_type::command && frame.id_code == 235 && frame.bytes.size() == 18);
        CHECK(!configuration);
    };
    assembler.receive(sttp::as_bytes("noise"), take);
    for (const std::uint8_t byte : command) {
        assembler.receive({&byte, 1}, take);
    }
    assembler.receive_datagram(command, take);
    CHECK(frames == 2);
    bool caught = false;
    try {
        assembler.receive(command, [](const c37118::frame &, c37118::configuration_view) { throw 1; });
    } catch (int) {
        caught = true;
    }
    CHECK(caught);
}

TEST(c37118_building) {
    c37118::stream_info stream;
    stream.id_code = 7;
    stream.data_rate = 50;
    stream.time_base = 1000000;
    stream.version = 2;
    c37118::configuration_builder builder(stream);
    CHECK(check::throws([&] { builder.add_analog({}); }, sttp::errc::invalid_state));
    c37118::pmu_info pmu;
    pmu.station = std::string_view("NORTH of here").substr(0, 5);
    pmu.id_code = 8;
    pmu.format = 0xf;
    pmu.nominal_frequency = 50;
    builder.add_pmu(pmu);
    c37118::pmu_details details{};
    details.latitude = 47.5;
    details.service_class = 'M';
    builder.set_details(details);
    c37118::phasor_info phasor;
    phasor.name = "Bus 1";
    phasor.per_count = 1;
    builder.add_phasor(phasor);
    c37118::analog_info analog;
    analog.name = "Oil";
    analog.factor = 1;
    builder.add_analog(analog);
    builder.add_digital({});
    const c37118::configuration built = builder.finish(3);
    CHECK(built.pmu(0).station == "NORTH" && built.analog(0, 0).name == "Oil" && built.digital(0, 0).normal == 0);
    CHECK(built.details(0).latitude == 47.5);

    const std::array<c37118::polar, 1> phasors{{{230000, 0.5}}};
    const std::array<double, 1> analogs{42};
    const std::array<std::uint16_t, 1> digitals{5};
    std::array<c37118::pmu_values, 1> values;
    values[0] = {phasors, {}, analogs, digitals, 50.01, 0, 0};
    const sttp::ticks time = sttp::parse_time("2026-11-21T08:30:00.5Z");
    const std::vector<std::uint8_t> frame = built.encode_data(time, values);
    CHECK(built.data_time(frame).time == time && built.data_analogs(frame, 0).at(0) == 42);
    CHECK(built.data_digitals(frame, 0).at(0) == 5 && built.data_raw_phasors(frame, 0).size() == 1);
    CHECK(std::abs(built.data_phasors(frame, 0).at(0).magnitude - 230000) < 1);
    values[0].analogs = {};
    CHECK(check::throws([&] { built.encode_data(time, values); }, sttp::errc::invalid_argument, "channels"));

    c37118::assembler assembler;
    std::vector<c37118::frame_type> types;
    const auto take = [&](const c37118::frame &one, c37118::configuration_view configuration) {
        types.push_back(one.type);
        CHECK(static_cast<bool>(configuration) == (one.type == c37118::frame_type::configuration_3));
        CHECK(one.type != c37118::frame_type::command || sttp::as_text(one.content) == "by agreement");
    };
    assembler.receive(built.encode(time), take);
    assembler.receive(built.encode_header(time, "A device of the tests"), take);
    assembler.receive(frame, take);
    assembler.receive(c37118::make_extended_command(7, 2, time, sttp::as_bytes("by agreement")), take);
    using frame_type = c37118::frame_type;
    CHECK(types == std::vector<frame_type>{frame_type::configuration_3, frame_type::header, frame_type::data,
                                           frame_type::command});
}

TEST(c37118_gateways) {
    sttp::publisher source;
    source.set_metadata(describe());
    source.start(anywhere);

    std::atomic<bool> has_stream{false};
    std::atomic<int> clients{0};
    c37118::output output;
    output.on_configuration([&](std::uint64_t, c37118::configuration_view) { has_stream = true; });
    output.on_client_connected([&](std::uint64_t, std::string_view) { clients++; });
    output.on_metadata([](sttp::metadata_view metadata) { CHECK(metadata.measurements().size() == 3); });
    const std::uint64_t stream = output.add("port=0; interface=127.0.0.1; accessID=235; waitBy=arrival");
    CHECK(output.streams() == std::vector<std::uint64_t>{stream});
    output.open("server=" + source.address());
    CHECK(check::await([&] { return has_stream.load(); }));

    sttp::publisher again;
    std::mutex lock;
    c37118::configuration configuration;
    std::atomic<int> data_frames{0};
    c37118::input input(again, "AGAIN");
    input.on_configuration([&](std::uint64_t, c37118::configuration_view of) {
        const std::lock_guard<std::mutex> hold(lock);
        configuration = of.clone();
    });
    input.on_data([&](std::uint64_t, c37118::configuration_view of, sttp::bytes frame) {
        CHECK(of.data_time(frame).time > 0);
        CHECK(of.data_phasors(frame, 0).size() == 1 && of.data_phasors(frame, 0)[0].magnitude > 100);
        CHECK(of.data_analogs(frame, 0).empty() && of.data_digitals(frame, 0).size() <= 1);
        CHECK(of.data_pmu(frame, 0).frequency > 59);
        data_frames++;
    });
    again.start(anywhere);
    const std::uint64_t device = input.add("device=" + output.address(stream) + "; accessID=235");
    CHECK(check::await([&] { return clients == 1; }));
    CHECK(input.devices() == std::vector<std::uint64_t>{device});

    std::int64_t number = 0;
    const sttp::ticks start = sttp::now() / 10000000 * 10000000;
    CHECK(check::await([&] {
        const sttp::ticks time = start + ++number * 10000000 / 30;
        source.publish(std::vector<sttp::measurement>{sttp::make_measurement(signal_id(0), 60.0, time),
                                                      sttp::make_measurement(signal_id(1), 130000.0, time),
                                                      sttp::make_measurement(signal_id(2), 12.0, time)});
        return data_frames >= 3;
    }));
    CHECK(input.device(device).state == c37118::device_state::running && input.device(device).pmu_count == 1);
    CHECK(check::await([&] { return input.statistics(device).session.data_frames >= 3; }));
    CHECK(check::await([&] { return output.statistics(stream).stream.frames >= 3; }));
    CHECK(output.statistics(stream).server.clients == 1);
    CHECK(!sttp::counters_by_name(input.statistics(device).device).empty());
    CHECK(!sttp::counters_by_name(output.relay_statistics(stream)).empty());
    CHECK(output.subscription_statistics().measurements >= 9);
    {
        const std::lock_guard<std::mutex> hold(lock);
        CHECK(configuration.stream().id_code == 235 && configuration.stream().pmu_count == 1);
        CHECK(configuration.pmu(0).station == "SHELBY" || configuration.pmu(0).station == "Shelby");
        CHECK(configuration.phasor(0, 0).name == "Bus 1" && !configuration.phasor(0, 0).is_current);
        CHECK(check::throws([&] { configuration.pmu(1); }, sttp::errc::not_found));
    }
    input.remove(device);
    output.remove(stream);
    output.close();
}
