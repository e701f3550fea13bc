/* The structs that cross the boundary have the layout that bindings in other languages are written against. */
#include "check.h"

#define CHECK_SIZE(type, bytes) CHECK(sizeof(type) == (bytes))
#define CHECK_OFFSET(type, field, bytes) CHECK(offsetof(type, field) == (bytes))

static void check_measurement(void) {
    CHECK_SIZE(sttp_guid, 16);
    CHECK_SIZE(sttp_measurement, 40);
    CHECK_OFFSET(sttp_measurement, signal_id, 0);
    CHECK_OFFSET(sttp_measurement, timestamp, 16);
    CHECK_OFFSET(sttp_measurement, value, 24);
    CHECK_OFFSET(sttp_measurement, flags, 32);
    CHECK_OFFSET(sttp_measurement, signal_index, 36);
}

static void check_signal(void) {
    CHECK_SIZE(sttp_signal, 32 + sizeof(void *));
    CHECK_OFFSET(sttp_signal, signal_id, 0);
    CHECK_OFFSET(sttp_signal, key_number, 16);
    CHECK_OFFSET(sttp_signal, key_source, 24);
    CHECK_OFFSET(sttp_signal, wire_index, 24 + sizeof(void *));
}

static void check_connection(void) {
    const size_t texts = 3 * sizeof(const char *);
    CHECK_OFFSET(sttp_connection, id, 0);
    CHECK_OFFSET(sttp_connection, subscriber_id, 8);
    CHECK_OFFSET(sttp_connection, address, 24);
    CHECK_OFFSET(sttp_connection, identity, 24 + sizeof(const char *));
    CHECK_OFFSET(sttp_connection, filter, 24 + 2 * sizeof(const char *));
    CHECK_OFFSET(sttp_connection, signal_count, 24 + texts);
    CHECK_OFFSET(sttp_connection, measurements_sent, 32 + texts);
    CHECK_OFFSET(sttp_connection, measurements_dropped, 40 + texts);
    CHECK_OFFSET(sttp_connection, bytes_sent, 48 + texts);
    CHECK_OFFSET(sttp_connection, queued_bytes, 56 + texts);
    CHECK_OFFSET(sttp_connection, protocol_version, 64 + texts);
    CHECK_OFFSET(sttp_connection, subscribed, 68 + texts);
    CHECK_OFFSET(sttp_connection, outgoing, 72 + texts);
    CHECK_OFFSET(sttp_connection, data_channel, 80 + texts);
    CHECK_OFFSET(sttp_connection, connected_since, 88 + texts);
    CHECK_OFFSET(sttp_connection, measurements_per_second, 160 + texts);
    CHECK_OFFSET(sttp_connection, latency, 168 + texts);
    CHECK_OFFSET(sttp_connection, recent_latency, 200 + texts);
    CHECK_SIZE(sttp_connection, 232 + texts);
}

static void check_records(void) {
    const size_t pointer = sizeof(const char *);
    CHECK_OFFSET(sttp_device, acronym, 0);
    CHECK_OFFSET(sttp_device, interconnection_name, 7 * pointer);
    CHECK_OFFSET(sttp_device, unique_id, 8 * pointer);
    CHECK_OFFSET(sttp_device, longitude, 8 * pointer + 16);
    CHECK_OFFSET(sttp_device, latitude, 8 * pointer + 24);
    CHECK_OFFSET(sttp_device, access_id, 8 * pointer + 32);
    CHECK_OFFSET(sttp_device, enabled, 8 * pointer + 44);
    CHECK_OFFSET(sttp_device, measurement_count, 8 * pointer + 48);
    CHECK_SIZE(sttp_device, 8 * pointer + 64);

    CHECK_OFFSET(sttp_measurement_metadata, signal_id, 0);
    CHECK_OFFSET(sttp_measurement_metadata, id, 16);
    CHECK_OFFSET(sttp_measurement_metadata, description, 16 + 5 * pointer);
    CHECK_OFFSET(sttp_measurement_metadata, phasor_source_index, 16 + 6 * pointer);
    CHECK_OFFSET(sttp_measurement_metadata, updated_on, 32 + 6 * pointer);
    CHECK_SIZE(sttp_measurement_metadata, 40 + 6 * pointer);

    CHECK_OFFSET(sttp_phasor, device_acronym, 0);
    CHECK_OFFSET(sttp_phasor, phase, 3 * pointer);
    CHECK_OFFSET(sttp_phasor, id, 4 * pointer);
    CHECK_OFFSET(sttp_phasor, updated_on, 4 * pointer + 16);
    CHECK_SIZE(sttp_phasor, 4 * pointer + 24);
}

static void check_values(void) {
    CHECK_OFFSET(sttp_value, guid, 0);
    CHECK_OFFSET(sttp_value, integer, 16);
    CHECK_OFFSET(sttp_value, number, 24);
    CHECK_OFFSET(sttp_value, text_length, 32);
    CHECK_OFFSET(sttp_value, type, 40);
    CHECK_OFFSET(sttp_value, is_null, 44);
    CHECK_SIZE(sttp_value, 48);
    CHECK_OFFSET(sttp_row, table, 0);
    CHECK_OFFSET(sttp_row, row, 8);
    CHECK_SIZE(sttp_row, 16);
}

static void check_statistics(void) {
    CHECK_SIZE(sttp_subscriber_counters, 22 * 8);
    CHECK_OFFSET(sttp_subscriber_counters, measurements, 0);
    CHECK_OFFSET(sttp_subscriber_counters, bytes_received, 16);
    CHECK_OFFSET(sttp_subscriber_counters, last_timestamp, 72);
    CHECK_OFFSET(sttp_subscriber_counters, connections_refused, 80);
    CHECK_OFFSET(sttp_subscriber_counters, measurements_per_second, 20 * 8);
    CHECK_OFFSET(sttp_subscriber_counters, outage_log_failures, 21 * 8);
    CHECK_SIZE(sttp_latency, 4 * 8);
    CHECK_OFFSET(sttp_latency, measurements, 0);
    CHECK_OFFSET(sttp_latency, maximum, 24);
    CHECK_SIZE(sttp_signal_statistics, 80);
    CHECK_OFFSET(sttp_signal_statistics, measurements, 16);
    CHECK_OFFSET(sttp_signal_statistics, latency, 48);
    CHECK_SIZE(sttp_publisher_counters, 18 * 8);
    CHECK_OFFSET(sttp_publisher_counters, measurements_published, 0);
    CHECK_OFFSET(sttp_publisher_counters, bytes_sent, 40);
    CHECK_OFFSET(sttp_publisher_counters, subscribed, 80);
    CHECK_OFFSET(sttp_publisher_counters, measurements_per_second, 17 * 8);
}

int main(void) {
    check_measurement();
    check_signal();
    check_connection();
    check_records();
    check_values();
    check_statistics();
    return check_report("test_layout");
}
