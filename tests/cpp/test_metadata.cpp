// Metadata, filters and expressions.
#include <algorithm>
#include <numeric>

#include "fixture.hpp"

using namespace fixture;
using namespace sttp::literals;

#if __cplusplus >= 202002L
static_assert(std::ranges::contiguous_range<sttp::measurements>);
static_assert(std::ranges::borrowed_range<sttp::measurements>);
static_assert(std::ranges::view<sttp::measurements>);
static_assert(std::ranges::random_access_range<decltype(sttp::metadata_view().devices())>);
static_assert(std::ranges::random_access_range<sttp::signal_list>);
static_assert(std::ranges::borrowed_range<sttp::signal_list>);
static_assert(std::ranges::sized_range<decltype(sttp::table_view().rows())>);
#endif

namespace {

constexpr sttp::guid frequency = "5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f01"_guid;
constexpr sttp::guid magnitude = "5E0C6A1E-8D44-4C5E-9C2E-0B1D5C8A7F02"_guid;
constexpr sttp::guid angle = "5e0c6a1e8d444c5e9c2e0b1d5c8a7f03"_guid;

sttp::metadata make_two_devices() {
    sttp::metadata_builder builder;
    builder.add_device("PDC", "Konzentrator", 30);
    builder.set("DeviceDetail", "IsConcentrator", "true");
    builder.add_device("ZÜRICH", "Umspannwerk Zürich — 変電所", 50);
    builder.set("DeviceDetail", "ParentAcronym", "PDC");
    builder.set_at("DeviceDetail", 1, "Longitude", "8.55");
    builder.add_phasor("ZÜRICH", "Bus 1", "V", "+", 1);
    builder.add_measurement(frequency, "Z:1", "ZÜRICH:FQ", "ZÜRICH-FQ", "FREQ", "ZÜRICH", 0, "Netzfrequenz");
    builder.add_measurement(magnitude, "Z:2", "ZÜRICH:BUS1", "ZÜRICH-PM1", "VPHM", "ZÜRICH", 1);
    builder.add_measurement(angle, "Z:3", "ZÜRICH:BUS1A", "ZÜRICH-PA1", "VPHA", "ZÜRICH", 1, nullptr);
    return builder.finish();
}

void check_two_devices(sttp::metadata_view metadata) {
    std::vector<std::string> names;
    for (const sttp::device &device : metadata.devices()) {
        names.emplace_back(device.name);
        CHECK(device.enabled && device.row + 1 == names.size());
    }
    CHECK(names == std::vector<std::string>{"Konzentrator", "Umspannwerk Zürich — 変電所"});
    const sttp::device concentrator = metadata.devices()[0];
    const sttp::device device = metadata.device(metadata.find_device("ZÜRICH").value());
    CHECK(concentrator.is_concentrator && !device.is_concentrator);
    CHECK(device.longitude > 8.54 && device.longitude < 8.56 && device.frames_per_second == 50);
    CHECK(metadata.parent_of(device)->acronym == "PDC" && !metadata.parent_of(concentrator));
    CHECK(metadata.children_of(concentrator).size() == 1);
    const std::vector<sttp::measurement_info> of_device = metadata.measurements_of(device);
    CHECK(of_device.size() == 3 && of_device[0].signal_id == frequency && of_device[0].description == "Netzfrequenz");
    const sttp::phasor phasor = metadata.phasors_of(device).at(0);
    CHECK(phasor.label == "Bus 1" && phasor.phase == "+" && metadata.device_of(phasor)->row == device.row);
    CHECK(metadata.magnitude_of(phasor)->signal_id == magnitude && metadata.angle_of(phasor)->signal_id == angle);
    CHECK(metadata.phasor_of(of_device[1])->row == phasor.row && !metadata.phasor_of(of_device[0]));
    CHECK(metadata.device_of(of_device[2])->acronym == "ZÜRICH");
    CHECK(metadata.find_measurement(angle) == std::size_t{2} && !metadata.find_measurement(signal_id(1)));
    CHECK(metadata.find_measurement_by_key("z:2") == std::size_t{1} && metadata.find_measurement_by_tag("ZÜRICH:FQ"));
    CHECK(metadata.find_device_by_name("Konzentrator") == std::size_t{0} && metadata.find_phasor(device.row, "Bus 1"));
}

}  // namespace

TEST(metadata) {
    const sttp::metadata made = make_two_devices();
    check_two_devices(made);
    CHECK(made.findings().empty() && made.finding_count_of_all() == 0);

    sttp::publisher publisher;
    publisher.set_metadata(made);
    publisher.start(anywhere);
    std::mutex lock;
    sttp::metadata received;
    std::atomic<bool> came{false};
    sttp::subscriber subscriber;
    subscriber.on_metadata([&](sttp::metadata_view metadata) {
        const std::lock_guard<std::mutex> hold(lock);
        received = metadata.clone();
        came = true;
    });
    subscriber.subscribe(everything);
    subscriber.connect(publisher.address());
    CHECK(check::await([&] { return came.load(); }));
    const std::lock_guard<std::mutex> hold(lock);
    check_two_devices(received);
    CHECK(received.schema_version() == 14);

    // Tables, as ranges.
    const sttp::table_view table = received.table("MeasurementDetail");
    CHECK(table.rows().size() == 3 && table.name() == "MeasurementDetail");
    const auto columns = table.columns();
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [](const sttp::column_info &column) { return column.name == "SignalID"; });
    CHECK(found != columns.end() && (*found).type == sttp::value_type::guid);
    for (const sttp::row_view &row : table.rows()) {
        CHECK(row.at("SignalID").guid() == received.measurement(row.index()).signal_id);
        CHECK(row.text_at("PointTag") == received.measurement(row.index()).point_tag);
    }
    CHECK(table.rows()[0].at(found->index).text() == sttp::to_string(frequency));
    CHECK(table.rows()[2].at("Description").is_null());
    CHECK(!table.rows()[2].text_at("Description"));
    CHECK(received.tables().size() >= 3 && received.active_measurements().rows().size() == 3);
    CHECK(check::throws([&] { table.rows()[0].at("Colour"); }, sttp::errc::not_found));
    CHECK(check::throws([&] { received.table("Colours"); }, sttp::errc::not_found));
#if __cplusplus >= 202002L
    const auto is_fast = [](const sttp::device &one) { return one.frames_per_second > 30; };
    CHECK(std::ranges::count_if(received.devices(), is_fast) == 1);
#if !defined(__clang__) || __clang_major__ >= 16
    // Earlier ones cannot compile the views of GCC's library.
    CHECK(std::ranges::distance(received.devices() | std::views::filter(is_fast)) == 1);
#endif
#endif
}

TEST(metadata_of_others) {
    // XML there and back, and combined.
    const sttp::metadata made = make_two_devices();
    const sttp::metadata again = sttp::metadata::parse(made.to_xml());
    check_two_devices(again);
    CHECK(check::throws([] { sttp::metadata::parse("<no"); }, sttp::errc::metadata));
    const sttp::metadata other = make_metadata();
    sttp::combined_metadata both = sttp::append(made, other);
    CHECK(both.metadata.measurements().size() == 3 + signals && both.added == 1 + signals);
    const sttp::combined_metadata same_ones = sttp::merge(both.metadata, made);
    CHECK(same_ones.added == 0 && same_ones.replaced == 6 && same_ones.metadata.devices().size() == 3);
    CHECK(sttp::metadata::sample().devices().size() > 0);

    sttp::metadata_builder builder(other);
    builder.add_measurement(signal_id(0), "TEST:26", "TESTER:AGAIN", "TESTER-AV26", "FREQ", "NOBODY", 0);
    const sttp::metadata wrong = builder.finish();
    std::vector<sttp::finding_kind> kinds;
    for (const sttp::finding &finding : wrong.findings()) {
        kinds.push_back(finding.kind);
        CHECK(finding.table == "MeasurementDetail" && !finding.message.empty() && !sttp::name(finding.kind).empty());
    }
    CHECK(std::count(kinds.begin(), kinds.end(), sttp::finding_kind::repeated_signal_id) == 1);
    CHECK(std::count(kinds.begin(), kinds.end(), sttp::finding_kind::unknown_device) == 1);
    CHECK(wrong.finding_count(sttp::finding_kind::unknown_device) == 1 && wrong.finding_count_of_all() == kinds.size());

    sttp::metadata_builder own = sttp::metadata_builder::empty("Colours");
    own.add_table("Colour");
    own.add_column("Colour", "Name", sttp::value_type::string);
    own.add_column("Colour", "Light", sttp::value_type::double_);
    own.add_row("Colour");
    own.set("Colour", "Name", "red");
    own.set("Colour", "Light", "0.5");
    const sttp::metadata colours = own.finish();
    CHECK(colours.to_xml().find("<Colours>") != std::string_view::npos);
    const sttp::value light = colours.table("Colour").rows()[0].at("Light");
    CHECK(light.number() == 0.5 && light.type() == sttp::value_type::double_);
    const sttp::value name = colours.evaluate(0, 0, "Name + '-ish'");
    CHECK(name.text() == "red-ish" && name.type() == sttp::value_type::string);
    CHECK(sttp::expression("Light * 4").evaluate(colours, 0, 0).number() == 2.0);
    CHECK(sttp::expression("1 + 2 * 3").evaluate({}, 0, 0).integer() == 9);

    const sttp::signal_reference reference = sttp::parse_signal_reference("SHELBY-PM1");
    CHECK(reference.device == "SHELBY" && reference.kind == sttp::signal_kind::magnitude && reference.index == 1);
    CHECK(sttp::name(reference.kind) == "PM");
}

TEST(filters) {
    station from;
    from.start();
    const sttp::metadata metadata = make_metadata();
    const char *const text = "FILTER TOP 4 ActiveMeasurements WHERE PointTag LIKE '%FREQ1%' ORDER BY PointTag DESC; TEST:25";
    const std::vector<sttp::guid> selected = metadata.select(text);
    CHECK(selected.size() == 5);
    const sttp::filter compiled(text);
    CHECK(compiled.select(metadata) == selected);
    CHECK(compiled.select_rows(metadata, STTP_TABLE_ACTIVE_MEASUREMENTS).size() == 5);
    CHECK(metadata.select_rows(STTP_TABLE_ACTIVE_MEASUREMENTS, text).size() == 5);
    CHECK(metadata.filter_table(STTP_TABLE_ACTIVE_MEASUREMENTS, text) == STTP_TABLE_ACTIVE_MEASUREMENTS);
    CHECK(compiled.portable() == text);
    CHECK(sttp::filter("TEST:1, 0.5, 2").adjustment(0).multiplier == 2.0);

    collection received;
    sttp::subscriber subscriber;
    subscriber.on_measurements(std::ref(received));
    subscriber.subscribe(text);
    subscriber.connect(from.address());
    CHECK(from.await_subscriptions(1));
    from.publish(0, 1);
    CHECK(received.await(selected.size()));
    std::set<sttp::guid> wanted(selected.begin(), selected.end());
    std::set<sttp::guid> came;
    for (const sttp::measurement &one : received.all()) {
        came.insert(one.signal_id);
    }
    CHECK(came == wanted && received.size() == selected.size());

    CHECK(check::throws([&] { metadata.select("FILTER ActiveMeasurements WHERE Colour = 'red'"); },
                        sttp::errc::filter, "Colour"));
    CHECK(check::throws([&] { sttp::filter("FILTER ActiveMeasurements WHERE (PointTag = 'x'"); }, sttp::errc::filter,
                        "1"));
    std::mutex lock;
    std::string refusal;
    std::atomic<bool> refused{false};
    sttp::subscriber wrong;
    wrong.on_request_failed([&](sttp::command command, std::string_view message) {
        const std::lock_guard<std::mutex> hold(lock);
        refusal = message;
        refused = command == sttp::command::subscribe;
    });
    wrong.subscribe("FILTER ActiveMeasurements WHERE Colour = 'red'");
    wrong.connect(from.address());
    CHECK(check::await([&] { return refused.load(); }));
    CHECK(check::throws([&] { wrong.wait_until_subscribed(60s); }, sttp::errc::refused));
    const std::lock_guard<std::mutex> hold(lock);
    CHECK(refusal.find("Colour") != refusal.npos);
}
