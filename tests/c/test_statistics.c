/* How late measurements are, measurements per second, counts of each signal and of each connection. */
#include "fixture.h"

#define FRAMES 40
#define INVALID STTP_ERR_INVALID_ARGUMENT

static void check_latency(const sttp_subscriber *subscriber) {
    sttp_latency total;
    sttp_latency interval;
    memset(&interval, 0xff, sizeof interval);
    CHECK_OK(sttp_subscriber_latency_statistics(subscriber, &total, &interval));
    CHECK(total.measurements == FRAMES * FIXTURE_SIGNALS);
    /* The frames are years old. */
    CHECK(total.minimum > 0 && total.minimum < total.mean && total.mean < total.maximum);
    CHECK(interval.measurements <= total.measurements);
    CHECK_STATUS(sttp_subscriber_latency_statistics(NULL, &total, &interval), INVALID);
    CHECK_STATUS(sttp_subscriber_latency_statistics(subscriber, NULL, &interval), INVALID);
    CHECK_STATUS(sttp_subscriber_latency_statistics(subscriber, &total, NULL), INVALID);
}

/* Of one element. */
#define SIZE sizeof(sttp_signal_statistics)

static void check_signals(const sttp_subscriber *subscriber) {
    sttp_signal_statistics signals[FIXTURE_SIGNALS];
    sttp_measurement last[FIXTURE_SIGNALS];
    size_t count = 0;
    uint32_t generation = 0;
    fill_frame(last, FRAMES - 1);
    CHECK_OK(sttp_subscriber_signal_statistics(subscriber, signals, SIZE, FIXTURE_SIGNALS, &count, &generation));
    CHECK(count == FIXTURE_SIGNALS && generation != 0);
    for (int i = 0; i < FIXTURE_SIGNALS; i++) {
        CHECK(same_guid(&signals[i].signal_id, &last[i].signal_id));
        CHECK(signals[i].measurements == FRAMES && signals[i].latency.measurements == FRAMES);
        CHECK(signals[i].measurements_with_flags == (last[i].flags != 0 ? FRAMES : 0));
        CHECK(signals[i].last_timestamp == last[i].timestamp && signals[i].last_value == last[i].value);
        CHECK(signals[i].latency.minimum > 0 && signals[i].latency.minimum < signals[i].latency.maximum);
    }

    memset(signals, 0, sizeof signals);
    count = 0;
    CHECK_OK(sttp_subscriber_signal_statistics(subscriber, signals, SIZE, 1, &count, NULL));
    CHECK(count == FIXTURE_SIGNALS && signals[0].measurements == FRAMES && signals[1].measurements == 0);
    CHECK_OK(sttp_subscriber_signal_statistics(subscriber, NULL, SIZE, 0, &count, NULL));
    CHECK_STATUS(sttp_subscriber_signal_statistics(subscriber, NULL, SIZE, 1, &count, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_signal_statistics(subscriber, signals, SIZE, 1, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_signal_statistics(NULL, signals, SIZE, 1, &count, NULL), INVALID);
}

static void check_settings(sttp_subscriber *subscriber) {
    size_t count = 0;
    CHECK_STATUS(sttp_subscriber_signal_statistics(subscriber, NULL, SIZE, 0, &count, NULL), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_STATISTICS_INTERVAL, "0.009"), INVALID);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_LATENCY_STATISTICS, "true"));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_SIGNAL_STATISTICS, "true"));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_STATISTICS_INTERVAL, "0.01"));
}

struct copy {
    sttp_connection connection;
    sttp_connection_counters counters;
};

static void copy_connection(void *user_data, const sttp_connection *connection) {
    struct copy *copy = (struct copy *)user_data;
    copy->connection = *connection;
    copy->counters = *connection->counters;
}

static void check_connection(const sttp_publisher *publisher, int64_t before) {
    struct copy copy;
    sttp_connection connection;
    sttp_connection_counters counters;
    sttp_publisher_counters all;
    sttp_latency total;
    sttp_latency recent;
    memset(&copy, 0, sizeof copy);
    CHECK_OK(sttp_publisher_for_each_connection(publisher, copy_connection, &copy));
    connection = copy.connection;
    counters = copy.counters;
    CHECK_OK(sttp_publisher_statistics(publisher, &all, sizeof all));
    CHECK(connection.connected_since >= before && connection.connected_since <= sttp_time_now());
    CHECK(counters.packets_sent >= 1 && counters.packets_sent == all.packets_sent);
    CHECK(counters.bytes_received > 0 && counters.bytes_received == all.bytes_received);
    CHECK(counters.measurements_per_second >= 0.0 && all.measurements_per_second >= 0.0);
    CHECK(counters.datagrams_sent == 0 && counters.datagrams_dropped == 0);
    CHECK(counters.buffer_blocks_sent == 1 && counters.buffer_blocks_repeated == 0);
    CHECK(counters.buffer_blocks_dropped == 0 && counters.buffer_blocks_unconfirmed == 0);
    CHECK(connection.latency.measurements >= 2 && connection.latency.measurements <= 2 * counters.packets_sent);
    /* The frames are years old. */
    CHECK(connection.latency.minimum > 0 && connection.latency.minimum < connection.latency.maximum);
    CHECK(connection.latency.mean >= connection.latency.minimum);
    CHECK(connection.latency.mean <= connection.latency.maximum);
    CHECK(connection.recent_latency.measurements <= connection.latency.measurements);

    CHECK_OK(sttp_publisher_latency_statistics(publisher, &total, &recent));
    CHECK(memcmp(&total, &connection.latency, sizeof total) == 0);
    CHECK_STATUS(sttp_publisher_latency_statistics(NULL, &total, &recent), INVALID);
    CHECK_STATUS(sttp_publisher_latency_statistics(publisher, NULL, &recent), INVALID);
    CHECK_STATUS(sttp_publisher_latency_statistics(publisher, &total, NULL), INVALID);
}

int main(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct collection collection;
    sttp_subscriber *subscriber = NULL;
    sttp_subscriber_counters statistics;
    sttp_measurement frame[FIXTURE_SIGNALS];
    const sttp_guid signal = signal_id(0);
    const int64_t before = sttp_time_now();
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    collection_init(&collection, 1);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    check_settings(subscriber);
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, &collection, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);
    for (int number = 0; number < FRAMES; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    }
    CHECK(await_count(&collection.count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(sttp_publisher_send_buffer_block(publisher, &signal, (const uint8_t *)"block", 5, 0));
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));
    check_connection(publisher, before);
    check_latency(subscriber);
    check_signals(subscriber);
    CHECK_OK(sttp_subscriber_statistics(subscriber, &statistics, sizeof statistics));
    CHECK(statistics.measurements_per_second >= 0.0);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    collection_free(&collection);
    return check_report("test_statistics");
}
