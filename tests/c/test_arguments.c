/* Every function answers wrong arguments with a status, and says in words what was wrong. */
#include <math.h>
#include <stdint.h>

#include "fixture.h"

#define INVALID STTP_ERR_INVALID_ARGUMENT

static void check_library(void) {
    uint32_t version = sttp_version();
    char text[32];
    snprintf(text, sizeof text, "%u.%u.%u", (unsigned)(version >> 16), (unsigned)(version >> 8 & 0xff),
             (unsigned)(version & 0xff));
    CHECK_TEXT(sttp_version_text(), text);
    CHECK_TEXT(sttp_status_name(STTP_OK), "STTP_OK");
    CHECK_TEXT(sttp_status_name(STTP_ERR_TIMEOUT), "STTP_ERR_TIMEOUT");
    CHECK_TEXT(sttp_status_name(STTP_ERR_INTERNAL), "STTP_ERR_INTERNAL");
    CHECK(sttp_status_name(12345) != NULL);
    CHECK_STATUS(sttp_guid_parse(NULL, NULL), INVALID);
    CHECK(strlen(sttp_last_error()) > 0);
}

static void check_identifiers(void) {
    const char *text = "28bbb1fc-3434-48d3-87a8-bf5024c089d5";
    char formatted[STTP_GUID_TEXT_SIZE];
    sttp_guid guid;
    CHECK_OK(sttp_guid_parse(text, &guid));
    CHECK(guid.bytes[0] == 0x28 && guid.bytes[1] == 0xbb && guid.bytes[4] == 0x34 && guid.bytes[15] == 0xd5);
    CHECK_OK(sttp_guid_format(&guid, formatted, sizeof formatted));
    CHECK_TEXT(formatted, text);
    CHECK_OK(sttp_guid_parse("{28BBB1FC-3434-48D3-87A8-BF5024C089D5}", &guid));
    CHECK_STATUS(sttp_guid_parse("28bbb1fc-3434-48d3-87a8", &guid), INVALID);
    CHECK_STATUS(sttp_guid_parse("", &guid), INVALID);
    CHECK_STATUS(sttp_guid_parse("\xff\xfe", &guid), INVALID);
    CHECK_STATUS(sttp_guid_parse(text, NULL), INVALID);
    CHECK_STATUS(sttp_guid_format(NULL, formatted, sizeof formatted), INVALID);
    CHECK_STATUS(sttp_guid_format(&guid, NULL, sizeof formatted), INVALID);
    CHECK_STATUS(sttp_guid_format(&guid, formatted, STTP_GUID_TEXT_SIZE - 1), STTP_ERR_BUFFER_TOO_SMALL);
}

static void check_times(void) {
    char text[STTP_TIME_TEXT_SIZE];
    int64_t ticks = 0;
    int64_t again = 0;
    CHECK_OK(sttp_time_parse("1970-01-01T00:00:00Z", &ticks));
    CHECK(ticks == 621355968000000000LL);
    CHECK_OK(sttp_time_parse("2026-11-20T19:43:53.600Z", &ticks));
    CHECK_OK(sttp_time_format(ticks, text, sizeof text));
    CHECK_OK(sttp_time_parse(text, &again));
    CHECK(again == ticks);
    CHECK(sttp_time_now() > ticks - 621355968000000000LL);
    CHECK_STATUS(sttp_time_parse("yesterday evening", &ticks), INVALID);
    CHECK_STATUS(sttp_time_parse(NULL, &ticks), INVALID);
    CHECK_STATUS(sttp_time_parse("1970-01-01T00:00:00Z", NULL), INVALID);
    CHECK_STATUS(sttp_time_format(ticks, NULL, sizeof text), INVALID);
    CHECK_STATUS(sttp_time_format(ticks, text, 4), STTP_ERR_BUFFER_TOO_SMALL);
}

static void check_value(double value, const char *expected) {
    char text[STTP_VALUE_TEXT_SIZE];
    CHECK_OK(sttp_value_format(value, text, sizeof text));
    CHECK_TEXT(text, expected);
}

static void check_values(void) {
    char text[STTP_VALUE_TEXT_SIZE];
    check_value(0.1, "0.1");
    check_value(59.98, "59.98");
    check_value(-0.25, "-0.25");
    check_value((double)NAN, "nan");
    check_value((double)INFINITY, "inf");
    check_value(-(double)INFINITY, "-inf");
    CHECK_OK(sttp_value_format(3.4028234663852886e38, text, sizeof text));
    CHECK(strtof(text, NULL) == 3.4028234663852886e38F);
    CHECK_OK(sttp_value_format(1.401298464324817e-45, text, sizeof text));
    CHECK(strtof(text, NULL) == 1.401298464324817e-45F);
    CHECK_STATUS(sttp_value_format(1.0, NULL, sizeof text), INVALID);
    CHECK_STATUS(sttp_value_format(1.5, text, 2), STTP_ERR_BUFFER_TOO_SMALL);
}

static void check_engine(void) {
    int32_t descriptor = 0;
    CHECK_STATUS(sttp_engine_new(NULL), INVALID);
    CHECK_STATUS(sttp_engine_new_polled(NULL), INVALID);
    CHECK_STATUS(sttp_engine_new_threads(2, NULL), INVALID);
    CHECK_STATUS(sttp_engine_poll(NULL, 0), INVALID);
    CHECK_STATUS(sttp_engine_descriptor(NULL, &descriptor), INVALID);
    CHECK_STATUS(sttp_engine_next_timeout(NULL, &descriptor), INVALID);
    sttp_engine *engine = NULL;
    CHECK_STATUS(sttp_engine_new_threads(0, &engine), INVALID);
    CHECK_STATUS(sttp_engine_new_threads(-1, &engine), INVALID);
    CHECK_STATUS(sttp_engine_new_threads(257, &engine), INVALID);
    CHECK_OK(sttp_engine_new(&engine));
    CHECK_STATUS(sttp_engine_poll(engine, 0), STTP_ERR_INVALID_STATE);
    sttp_engine_free(engine);
    CHECK_OK(sttp_engine_new_polled(&engine));
    CHECK_STATUS(sttp_engine_descriptor(engine, NULL), INVALID);
#ifdef _WIN32
    CHECK_STATUS(sttp_engine_descriptor(engine, &descriptor), STTP_ERR_INVALID_STATE);
#else
    CHECK_OK(sttp_engine_descriptor(engine, &descriptor));
    CHECK(descriptor >= 0);
#endif
    CHECK_OK(sttp_engine_poll(engine, 0));
    sttp_engine_free(engine);
    sttp_engine_free(NULL);
}

static void check_subscriber_without_handle(void) {
    char text[16];
    sttp_measurement measurement;
    sttp_subscriber_counters statistics;
    int32_t state = 0;
    size_t count = 0;
    CHECK_STATUS(sttp_subscriber_new(NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_set(NULL, STTP_SETTING_VERSION, "2"), INVALID);
    CHECK_STATUS(sttp_subscriber_get(NULL, STTP_SETTING_VERSION, text, sizeof text, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_connected(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_disconnected(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_reconnecting(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_metadata(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_subscription_updated(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_measurements(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_data_start_time(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_configuration_changed(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_request_failed(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_message(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_connect(NULL, "127.0.0.1:1"), INVALID);
    CHECK_STATUS(sttp_subscriber_disconnect(NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_subscribe(NULL, EVERYTHING), INVALID);
    CHECK_STATUS(sttp_subscriber_unsubscribe(NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_request_metadata(NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_state(NULL, &state), INVALID);
    CHECK_STATUS(sttp_subscriber_read(NULL, &measurement, 1, 0, &count), INVALID);
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(NULL, 0), INVALID);
    CHECK_STATUS(sttp_subscriber_read_descriptor(NULL, &state), INVALID);
    CHECK_STATUS(sttp_subscriber_statistics(NULL, &statistics, sizeof statistics), INVALID);
    sttp_subscriber_free(NULL);
}

static void check_subscriber(void) {
    char text[16];
    sttp_measurement measurement;
    size_t count = 0;
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_VERSION, "0"), INVALID);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_VERSION, "4"), INVALID);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_MAX_CONNECTIONS, "4"), INVALID);
    CHECK_STATUS(sttp_subscriber_set(subscriber, NULL, "true"), INVALID);
    CHECK_STATUS(sttp_subscriber_get(subscriber, STTP_SETTING_VERSION, NULL, sizeof text, NULL), INVALID);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_VERSION, "3"));
    CHECK_OK(sttp_subscriber_get(subscriber, STTP_SETTING_VERSION, text, sizeof text, NULL));
    CHECK_TEXT(text, "3");
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_VERSION, NULL));
    CHECK_OK(sttp_subscriber_get(subscriber, STTP_SETTING_VERSION, text, sizeof text, NULL));
    CHECK_TEXT(text, "2");
    CHECK_STATUS(sttp_subscriber_connect(subscriber, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_connect(subscriber, ""), INVALID);
    CHECK_STATUS(sttp_subscriber_connect(subscriber, "localhost"), INVALID);
    CHECK_STATUS(sttp_subscriber_connect(subscriber, "localhost:70000"), INVALID);
    CHECK_STATUS(sttp_subscriber_connect(subscriber, "\xc3\x28:7175"), INVALID);
    CHECK_STATUS(sttp_subscriber_subscribe(subscriber, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_state(subscriber, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_statistics(subscriber, NULL, 80), INVALID);
    CHECK_STATUS(sttp_subscriber_read(subscriber, &measurement, 1, 0, &count), STTP_ERR_INVALID_STATE);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_READ_QUEUE, "10"));
    CHECK_STATUS(sttp_subscriber_read(subscriber, NULL, 1, 0, &count), INVALID);
    CHECK_STATUS(sttp_subscriber_read(subscriber, &measurement, 1, 0, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_read_signals(subscriber, NULL, &count, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, -2), INVALID);
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, 0), STTP_ERR_CLOSED);
    CHECK_STATUS(sttp_subscriber_read_descriptor(subscriber, NULL), INVALID);
    sttp_subscriber_free(subscriber);
}

static void check_publisher_without_handle(void) {
    sttp_measurement measurement;
    sttp_publisher_counters statistics;
    sttp_guid guid = signal_id(0);
    char address[ADDRESS_SIZE];
    uint32_t index = 0;
    memset(&measurement, 0, sizeof measurement);
    CHECK_STATUS(sttp_publisher_new(NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_set_metadata(NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_set(NULL, STTP_SETTING_OVERFLOW, "wait"), INVALID);
    CHECK_STATUS(sttp_publisher_get(NULL, STTP_SETTING_OVERFLOW, address, sizeof address, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_connected(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_disconnected(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_subscribed(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_unsubscribed(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_message(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_start(NULL, "127.0.0.1:0"), INVALID);
    CHECK_STATUS(sttp_publisher_stop(NULL), INVALID);
    CHECK_STATUS(sttp_publisher_address(NULL, address, sizeof address), INVALID);
    CHECK_STATUS(sttp_publisher_publish(NULL, &measurement, 1), INVALID);
    CHECK_STATUS(sttp_publisher_publish_indexed(NULL, &measurement, 1), INVALID);
    CHECK_STATUS(sttp_publisher_signal_index(NULL, &guid, &index), INVALID);
    CHECK_STATUS(sttp_publisher_flush(NULL, 0), INVALID);
    CHECK_STATUS(sttp_publisher_for_each_connection(NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_disconnect(NULL, 1), INVALID);
    CHECK_STATUS(sttp_publisher_statistics(NULL, &statistics, sizeof statistics), INVALID);
    sttp_publisher_free(NULL);
}

static void check_publisher(void) {
    sttp_guid guid = signal_id(FIXTURE_SIGNALS);
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    uint32_t index = 0;
    int subscriptions = 0;
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    CHECK_STATUS(sttp_publisher_set_metadata(publisher, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_OVERFLOW, "9"), INVALID);
    CHECK_STATUS(sttp_publisher_publish(publisher, NULL, 1), INVALID);
    CHECK_STATUS(sttp_publisher_publish_indexed(publisher, NULL, 1), INVALID);
    CHECK_OK(sttp_publisher_publish(publisher, NULL, 0));
    CHECK_STATUS(sttp_publisher_signal_index(publisher, NULL, &index), INVALID);
    CHECK_STATUS(sttp_publisher_signal_index(publisher, &guid, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_signal_index(publisher, &guid, &index), STTP_ERR_NOT_FOUND);
    guid = signal_id(7);
    CHECK_OK(sttp_publisher_signal_index(publisher, &guid, &index));
    CHECK(index == 7);
    CHECK_STATUS(sttp_publisher_address(publisher, NULL, sizeof address), INVALID);
    CHECK_STATUS(sttp_publisher_address(publisher, address, 3), STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_STATUS(sttp_publisher_for_each_connection(publisher, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_disconnect(publisher, 4711), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_statistics(publisher, NULL, 88), INVALID);
    sttp_publisher_free(publisher);
}

static void check_metadata_without_handle(void) {
    sttp_metadata *metadata = NULL;
    sttp_device device;
    sttp_measurement_metadata measurement;
    sttp_phasor phasor;
    sttp_guid guid = signal_id(0);
    const char *text = NULL;
    size_t size = 0;
    int32_t version = 0;
    CHECK_STATUS(sttp_metadata_parse(NULL, 4, &metadata), INVALID);
    CHECK_STATUS(sttp_metadata_parse("<a/>", 4, NULL), INVALID);
    CHECK_STATUS(sttp_metadata_sample(NULL), INVALID);
    CHECK_STATUS(sttp_metadata_clone(NULL, &metadata), INVALID);
    CHECK_STATUS(sttp_metadata_to_xml(NULL, &text, &size), INVALID);
    CHECK_STATUS(sttp_metadata_device_count(NULL, &size), INVALID);
    CHECK_STATUS(sttp_metadata_device(NULL, 0, &device, sizeof device), INVALID);
    CHECK_STATUS(sttp_metadata_measurement_count(NULL, &size), INVALID);
    CHECK_STATUS(sttp_metadata_measurement(NULL, 0, &measurement, sizeof measurement), INVALID);
    CHECK_STATUS(sttp_metadata_find_measurement(NULL, &guid, &size), INVALID);
    CHECK_STATUS(sttp_metadata_phasor_count(NULL, &size), INVALID);
    CHECK_STATUS(sttp_metadata_phasor(NULL, 0, &phasor, sizeof phasor), INVALID);
    CHECK_STATUS(sttp_metadata_schema_version(NULL, &version), INVALID);
    CHECK_STATUS(sttp_metadata_table_count(NULL, &size), INVALID);
    CHECK_STATUS(sttp_metadata_table(NULL, 0, &text, &size, &size), INVALID);
    CHECK_STATUS(sttp_metadata_select(NULL, EVERYTHING, &guid, 1, &size), INVALID);
    CHECK(metadata == NULL);
    sttp_metadata_free(NULL);
}

static void check_builder_without_handle(void) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    sttp_guid guid = signal_id(0);
    CHECK_STATUS(sttp_metadata_builder_new(NULL), INVALID);
    CHECK_STATUS(sttp_metadata_builder_add_device(NULL, "A", "A", 30), INVALID);
    CHECK_STATUS(sttp_metadata_builder_add_measurement(NULL, &guid, "A:1", "A", "A-FQ", "FREQ", "A", 0, ""), INVALID);
    CHECK_STATUS(sttp_metadata_builder_add_phasor(NULL, "A", "Bus", "V", "+", 1), INVALID);
    CHECK_STATUS(sttp_metadata_builder_set(NULL, "DeviceDetail", "Name", "A"), INVALID);
    CHECK_STATUS(sttp_metadata_builder_finish(NULL, &metadata), INVALID);
    CHECK_OK(sttp_metadata_builder_new(&builder));
    CHECK_STATUS(sttp_metadata_builder_finish(builder, NULL), INVALID);
    CHECK_STATUS(sttp_metadata_builder_add_device(builder, NULL, "A", 30), INVALID);
    CHECK_STATUS(sttp_metadata_builder_add_measurement(builder, NULL, "A:1", "A", "A-FQ", "FREQ", "A", 0, ""), INVALID);
    CHECK_STATUS(sttp_metadata_builder_add_phasor(builder, "A", NULL, "V", "+", 1), INVALID);
    CHECK_STATUS(sttp_metadata_builder_set(builder, NULL, "Name", "A"), INVALID);
    sttp_metadata_builder_free(builder);
    sttp_metadata_builder_free(NULL);
}

int main(void) {
    check_library();
    check_identifiers();
    check_times();
    check_values();
    check_engine();
    check_subscriber_without_handle();
    check_subscriber();
    check_publisher_without_handle();
    check_publisher();
    check_metadata_without_handle();
    check_builder_without_handle();
    return check_report("test_arguments");
}
