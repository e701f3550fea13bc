/* What publishers and subscribers say beside measurements: buffer blocks, notifications, user commands, schemas, changes
 * of the configuration. */
#include "fixture.h"

#define BLOCKS 200
#define INVALID STTP_ERR_INVALID_ARGUMENT

/* Everything that came to the subscriber, and what the publisher was told. Callbacks of both run on one engine. */
struct received {
    int blocks;
    int wrong_blocks;
    int measurements;
    int notifications;
    int confirmed;
    int unconfirmed;
    uint32_t last_confirmed;
    int responses;
    int succeeded;
    int failed;
    int schemas;
    int metadata;
    int documents;
    int updates;
    int changes;
    sttp_publisher *publisher;
};

/* -- buffer blocks -- */

/* Block `number`: its number, then so many bytes of it. */
static size_t fill_block(uint8_t *block, int number) {
    size_t size = (size_t)(number % 7) * 1000;
    block[0] = (uint8_t)number;
    memset(block + 1, number, size);
    return size + 1;
}

/* Blocks come in order, each behind the frame of the same number. */
static void take_block(void *user_data, const sttp_guid *id, uint32_t signal_index, const uint8_t *data, size_t size) {
    struct received *received = (struct received *)user_data;
    uint8_t expected[8000];
    sttp_guid signal = signal_id(received->blocks % FIXTURE_SIGNALS);
    size_t expected_size = fill_block(expected, received->blocks);
    received->wrong_blocks += !same_guid(id, &signal) || signal_index >= FIXTURE_SIGNALS || size != expected_size ||
                              memcmp(data, expected, size) != 0 ||
                              received->measurements != (received->blocks + 1) * FIXTURE_SIGNALS;
    add_one(&received->blocks);
}

static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    (void)measurements;
    ((struct received *)user_data)->measurements += (int)count;
}

static void check_blocks(sttp_publisher *publisher, struct received *received, sttp_subscriber *subscriber) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_publisher_counters sent;
    sttp_subscriber_counters statistics;
    uint8_t block[8000];
    for (int number = 0; number < BLOCKS; number++) {
        sttp_guid id = signal_id(number % FIXTURE_SIGNALS);
        size_t size = fill_block(block, number);
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
        CHECK_OK(sttp_publisher_send_buffer_block(publisher, &id, block, size, number % 2));
    }
    CHECK(await_count(&received->blocks, BLOCKS) == BLOCKS);
    CHECK(received->wrong_blocks == 0);
    CHECK_OK(sttp_subscriber_statistics(subscriber, &statistics, sizeof statistics));
    CHECK(statistics.buffer_blocks == BLOCKS && statistics.buffer_blocks_dropped == 0 &&
          statistics.buffer_blocks_lost == 0);
    CHECK_OK(sttp_publisher_statistics(publisher, &sent, sizeof sent));
    CHECK(sent.buffer_blocks_sent == BLOCKS && sent.buffer_blocks_dropped == 0);

    sttp_guid unknown = signal_id(FIXTURE_SIGNALS);
    sttp_guid known = signal_id(0);
    CHECK_STATUS(sttp_publisher_send_buffer_block(publisher, &unknown, block, 1, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_send_buffer_block(publisher, NULL, block, 1, 0), INVALID);
    CHECK_STATUS(sttp_publisher_send_buffer_block(publisher, &known, NULL, 1, 0), INVALID);
    CHECK_STATUS(sttp_publisher_send_buffer_block(NULL, &known, block, 1, 0), INVALID);
    uint8_t *large = (uint8_t *)calloc(1, (8 << 20) + 1);
    CHECK_STATUS(sttp_publisher_send_buffer_block(publisher, &known, large, (8 << 20) + 1, 0), INVALID);
    free(large);
}

/* -- notifications -- */

static void take_notification(void *user_data, const char *text) {
    CHECK(text[0] == '[' && strstr(text, "Z] maintenance at noon, été") != NULL);
    add_one(&((struct received *)user_data)->notifications);
}

static void take_confirmation(void *user_data, uint64_t connection_id, uint32_t notification_id, int32_t confirmed) {
    struct received *received = (struct received *)user_data;
    CHECK(connection_id != 0);
    received->last_confirmed = notification_id;
    add_one(confirmed != 0 ? &received->confirmed : &received->unconfirmed);
}

static void check_notifications(sttp_publisher *publisher, struct received *received) {
    uint32_t id = 0;
    CHECK_OK(sttp_publisher_notify(publisher, 0, "maintenance at noon, été", &id));
    CHECK(await_count(&received->confirmed, 1) == 1);
    CHECK(received->last_confirmed == id && received->unconfirmed == 0);
    CHECK(get(&received->notifications) == 1);
    CHECK_OK(sttp_publisher_notify(publisher, 1, "maintenance at noon, été", NULL));
    CHECK(await_count(&received->confirmed, 2) == 2);
    CHECK_STATUS(sttp_publisher_notify(publisher, 99, "nobody", NULL), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_notify(publisher, 0, "", NULL), INVALID);
    CHECK_STATUS(sttp_publisher_notify(publisher, 0, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_notify(NULL, 0, "nobody", NULL), INVALID);
}

/* -- user commands -- */

/* Command 1 is answered here, others by the main thread. */
static void take_command(void *user_data, uint64_t connection_id, int32_t command, const uint8_t *data, size_t size) {
    struct received *received = (struct received *)user_data;
    if (command == 1) {
        CHECK_OK(sttp_publisher_send_user_response(received->publisher, connection_id, command, 15, data, size));
    }
}

static void take_response(void *user_data, int32_t response, int32_t command, const uint8_t *data, size_t size) {
    struct received *received = (struct received *)user_data;
    CHECK(response == 15 && command == 1);
    CHECK(received->responses == 0 ? size == 3 && memcmp(data, "\0hi", 3) == 0 : size == 0 && data == NULL);
    add_one(&received->responses);
}

static void take_success(void *user_data, int32_t command, const char *message) {
    if (command == 0xD2) {
        CHECK_TEXT(message, "switched");
        add_one(&((struct received *)user_data)->succeeded);
    }
}

static void take_failure(void *user_data, int32_t command, const char *message) {
    CHECK(command >= 0xD0 && command <= 0xDF && strlen(message) > 0);
    add_one(&((struct received *)user_data)->failed);
}

static void check_commands(sttp_publisher *publisher, sttp_subscriber *subscriber, struct received *received) {
    const uint8_t payload[] = {0, 'h', 'i'};
    CHECK_OK(sttp_subscriber_send_user_command(subscriber, 0, NULL, 0));
    CHECK(await_count(&received->failed, 1) == 1);

    CHECK_OK(sttp_publisher_on_user_command(publisher, take_command, received, NULL));
    CHECK_OK(sttp_subscriber_send_user_command(subscriber, 1, payload, sizeof payload));
    CHECK(await_count(&received->responses, 1) == 1);
    CHECK_OK(sttp_subscriber_send_user_command(subscriber, 1, NULL, 0));
    CHECK(await_count(&received->responses, 2) == 2);
    CHECK_OK(sttp_publisher_succeed_user_command(publisher, 1, 2, "switched"));
    CHECK(await_count(&received->succeeded, 1) == 1);
    CHECK_OK(sttp_publisher_fail_user_command(publisher, 1, 3, "stuck"));
    CHECK(await_count(&received->failed, 2) == 2);

    /* To all, though nobody has asked. */
    CHECK_OK(sttp_publisher_send_user_response(publisher, 0, 1, 15, NULL, 0));
    CHECK(await_count(&received->responses, 3) == 3);

    CHECK_STATUS(sttp_subscriber_send_user_command(subscriber, 16, NULL, 0), INVALID);
    CHECK_STATUS(sttp_subscriber_send_user_command(subscriber, -1, NULL, 0), INVALID);
    CHECK_STATUS(sttp_subscriber_send_user_command(subscriber, 0, NULL, 1), INVALID);
    CHECK_STATUS(sttp_subscriber_send_user_command(NULL, 0, NULL, 0), INVALID);
    CHECK_STATUS(sttp_publisher_send_user_response(publisher, 1, 0, 16, NULL, 0), INVALID);
    CHECK_STATUS(sttp_publisher_send_user_response(publisher, 1, 256, 0, NULL, 0), INVALID);
    CHECK_STATUS(sttp_publisher_send_user_response(publisher, 99, 0, 0, NULL, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_succeed_user_command(publisher, 1, 0, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_fail_user_command(NULL, 1, 0, ""), INVALID);
}

/* -- one connection -- */

static void check_one_connection(sttp_publisher *publisher, struct received *received) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    int before = get(&received->measurements);
    fill_frame(frame, BLOCKS);
    CHECK_OK(sttp_publisher_publish_to(publisher, 1, frame, FIXTURE_SIGNALS));
    CHECK(await_count(&received->measurements, before + FIXTURE_SIGNALS) == before + FIXTURE_SIGNALS);
    CHECK_STATUS(sttp_publisher_publish_to(publisher, 99, frame, 1), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_publish_to(NULL, 1, frame, 1), INVALID);
    CHECK_STATUS(sttp_publisher_publish_to(publisher, 1, NULL, 1), INVALID);
    CHECK_STATUS(sttp_publisher_end_playback(publisher, 1, "there is none"), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_publisher_end_playback(publisher, 99, ""), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_end_playback(publisher, 1, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_end_playback(NULL, 1, ""), INVALID);
}

/* -- schemas and changes -- */

static void take_schema(void *user_data, int32_t schema, const sttp_metadata *tables) {
    const char *wanted = schema == STTP_SCHEMA_METADATA ? "MeasurementDetail" : "ActiveMeasurements";
    const char *name = "";
    size_t count = 0;
    size_t rows = 1;
    size_t columns = 0;
    int found = 0;
    CHECK_OK(sttp_metadata_table_count(tables, &count));
    for (size_t i = 0; i < count; i++) {
        CHECK_OK(sttp_metadata_table(tables, i, &name, &rows, &columns));
        CHECK(rows == 0 && columns > 0);
        found |= strcmp(name, wanted) == 0;
    }
    CHECK(found);
    add_one(&((struct received *)user_data)->schemas);
}

static void check_schemas(sttp_subscriber *subscriber, struct received *received) {
    CHECK_OK(sttp_subscriber_request_schema(subscriber, STTP_SCHEMA_METADATA));
    CHECK_OK(sttp_subscriber_request_schema(subscriber, STTP_SCHEMA_SIGNAL_SELECTION));
    CHECK(await_count(&received->schemas, 2) == 2);
    CHECK_STATUS(sttp_subscriber_request_schema(subscriber, 2), INVALID);
    CHECK_STATUS(sttp_subscriber_request_schema(NULL, 0), INVALID);
}

static void count_metadata(void *user_data, const sttp_metadata *metadata) {
    (void)metadata;
    add_one(&((struct received *)user_data)->metadata);
}

/* The document comes before what it says. */
static void take_document(void *user_data, const char *xml, size_t length) {
    struct received *received = (struct received *)user_data;
    sttp_metadata *metadata = NULL;
    size_t count = 0;
    CHECK(get(&received->documents) == get(&received->metadata));
    CHECK_OK(sttp_metadata_parse(xml, length, &metadata));
    CHECK_OK(sttp_metadata_measurement_count(metadata, &count));
    CHECK(count == FIXTURE_SIGNALS);
    sttp_metadata_free(metadata);
    add_one(&received->documents);
}

static void count_update(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    (void)generation;
    CHECK(signals != NULL && count == FIXTURE_SIGNALS);
    add_one(&((struct received *)user_data)->updates);
}

static void count_change(void *user_data) {
    add_one(&((struct received *)user_data)->changes);
}

/* The subscriber follows by itself: it asks for the metadata and subscribes once more. */
static void check_changes(sttp_publisher *publisher, struct received *received, const int *subscriptions) {
    int metadata = get(&received->metadata);
    int before = get(subscriptions);
    CHECK_OK(sttp_publisher_announce_configuration_change(publisher));
    CHECK(await_count(&received->changes, 1) == 1);
    CHECK(await_count(&received->metadata, metadata + 1) == metadata + 1);
    CHECK(get(&received->documents) == metadata + 1);
    CHECK(await_count(subscriptions, before + 1) == before + 1);
    CHECK_STATUS(sttp_publisher_announce_configuration_change(NULL), INVALID);
}

static void check_handles(void) {
    CHECK_STATUS(sttp_subscriber_on_buffer_block(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_notification(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_user_response(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_schema(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_request_succeeded(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_notification(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_user_command(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_processing_interval(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_subscriber_on_metadata_document(NULL, NULL, NULL, NULL), INVALID);

    sttp_subscriber *subscriber = NULL;
    sttp_publisher *publisher = NULL;
    sttp_guid id = signal_id(0);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_STATUS(sttp_subscriber_send_user_command(subscriber, 0, NULL, 0), STTP_ERR_NOT_CONNECTED);
    CHECK_STATUS(sttp_subscriber_request_schema(subscriber, STTP_SCHEMA_METADATA), STTP_ERR_NOT_CONNECTED);
    sttp_subscriber_free(subscriber);
    CHECK_OK(sttp_publisher_new(NULL, &publisher));
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_BUFFER_BLOCK_RETRANSMISSION_TIMEOUT, "0.1"));
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_BUFFER_BLOCK_RETRANSMISSION_TIMEOUT, "0.099"), INVALID);
    CHECK_STATUS(sttp_publisher_send_buffer_block(publisher, &id, NULL, 0, 0), STTP_ERR_CLOSED);
    CHECK_OK(sttp_publisher_notify(publisher, 0, "nobody is there", NULL));
    sttp_publisher_free(publisher);
}

int main(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct received received;
    sttp_engine *engine = NULL;
    sttp_subscriber *subscriber = NULL;
    memset(&received, 0, sizeof received);
    check_handles();
    CHECK_OK(sttp_engine_new(&engine));
    sttp_publisher *publisher = start_publisher(engine, address, &subscriptions);
    received.publisher = publisher;
    CHECK_OK(sttp_publisher_on_notification(publisher, take_confirmation, &received, NULL));
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, take_measurements, &received, NULL));
    CHECK_OK(sttp_subscriber_on_buffer_block(subscriber, take_block, &received, NULL));
    CHECK_OK(sttp_subscriber_on_notification(subscriber, take_notification, &received, NULL));
    CHECK_OK(sttp_subscriber_on_user_response(subscriber, take_response, &received, NULL));
    CHECK_OK(sttp_subscriber_on_request_succeeded(subscriber, take_success, &received, NULL));
    CHECK_OK(sttp_subscriber_on_request_failed(subscriber, take_failure, &received, NULL));
    CHECK_OK(sttp_subscriber_on_schema(subscriber, take_schema, &received, NULL));
    CHECK_OK(sttp_subscriber_on_metadata(subscriber, count_metadata, &received, NULL));
    CHECK_OK(sttp_subscriber_on_metadata_document(subscriber, take_document, &received, NULL));
    CHECK_OK(sttp_subscriber_on_subscription_updated(subscriber, count_update, &received, NULL));
    CHECK_OK(sttp_subscriber_on_configuration_changed(subscriber, count_change, &received, NULL));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_FOLLOW_CONFIGURATION, "true"));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);
    check_blocks(publisher, &received, subscriber);
    check_notifications(publisher, &received);
    check_commands(publisher, subscriber, &received);
    check_one_connection(publisher, &received);
    check_schemas(subscriber, &received);
    check_changes(publisher, &received, &subscriptions);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    sttp_engine_free(engine);
    return check_report("test_messages");
}
