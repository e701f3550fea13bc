/* Handles, callbacks and their user data begin and end as the API promises, whoever ends them and when. */
#include <stdint.h>

#include "fixture.h"

/* -- user data -- */

static void ignore_connected(void *user_data, const char *address) {
    (void)user_data;
    (void)address;
}

static void check_destructors(void) {
    int first = 0;
    int second = 0;
    int third = 0;
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_connected(subscriber, ignore_connected, &first, count_call));
    CHECK(get(&first) == 0);
    CHECK_OK(sttp_subscriber_on_connected(subscriber, ignore_connected, &second, count_call));
    CHECK(await_count(&first, 1) == 1);
    CHECK_OK(sttp_subscriber_on_connected(subscriber, NULL, NULL, NULL));
    CHECK(await_count(&second, 1) == 1);
    CHECK_OK(sttp_subscriber_on_connected(subscriber, ignore_connected, &third, count_call));
    sttp_subscriber_free(subscriber);
    CHECK(await_count(&third, 1) == 1);
    CHECK(get(&first) == 1 && get(&second) == 1);
}

static void check_publisher_destructors(void) {
    int subscribed = 0;
    int connected = 0;
    sttp_publisher *publisher = NULL;
    CHECK_OK(sttp_publisher_new(NULL, &publisher));
    CHECK_OK(sttp_publisher_on_subscribed(publisher, count_connection, &subscribed, count_call));
    CHECK_OK(sttp_publisher_on_connected(publisher, count_connection, &connected, count_call));
    sttp_publisher_free(publisher);
    CHECK(await_count(&subscribed, 1) == 1);
    CHECK(await_count(&connected, 1) == 1);
}

static void ignore_log(void *user_data, int32_t level, const char *target, const char *message) {
    CHECK(level >= STTP_LOG_ERROR && level <= STTP_LOG_DEBUG && target != NULL && message != NULL);
    (void)user_data;
}

static void check_log_sink(void) {
    int first = 0;
    int second = 0;
    CHECK_OK(sttp_set_log_sink(STTP_LOG_DEBUG, ignore_log, &first, count_call));
    CHECK_OK(sttp_set_log_sink(STTP_LOG_DEBUG, ignore_log, &second, count_call));
    CHECK(await_count(&first, 1) == 1);
    CHECK_OK(sttp_set_log_sink(STTP_LOG_ERROR, NULL, NULL, NULL));
    CHECK(await_count(&second, 1) == 1);
}

/* -- wrong states, and ending what has ended -- */

static void check_wrong_states(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_publisher *second = NULL;
    fill_frame(frame, 0);
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    CHECK_STATUS(sttp_publisher_start(publisher, address), STTP_ERR_INVALID_STATE);
    CHECK_OK(sttp_publisher_new(NULL, &second));
    CHECK_STATUS(sttp_publisher_start(second, address), STTP_ERR_IO);
    CHECK(strstr(sttp_last_error(), address) != NULL);
    CHECK_STATUS(sttp_publisher_publish(second, frame, 1), STTP_ERR_CLOSED);
    CHECK_STATUS(sttp_publisher_flush(second, 0), STTP_ERR_CLOSED);
    CHECK_STATUS(sttp_publisher_address(second, address, sizeof address), STTP_ERR_INVALID_STATE);
    sttp_publisher_free(second);
    CHECK_OK(sttp_publisher_stop(publisher));
    CHECK_OK(sttp_publisher_stop(publisher));
    CHECK_STATUS(sttp_publisher_publish(publisher, frame, 1), STTP_ERR_CLOSED);
    sttp_publisher_free(publisher);

    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_STATUS(sttp_subscriber_request_metadata(subscriber, NULL), STTP_ERR_NOT_CONNECTED);
    CHECK(strstr(sttp_last_error(), "not connected") != NULL);
    CHECK_STATUS(sttp_subscriber_rotate_cipher_keys(subscriber), STTP_ERR_NOT_CONNECTED);
    CHECK_STATUS(sttp_subscriber_request_schema(subscriber, STTP_SCHEMA_METADATA), STTP_ERR_NOT_CONNECTED);
    CHECK_STATUS(sttp_subscriber_send_user_command(subscriber, 0, NULL, 0), STTP_ERR_NOT_CONNECTED);
    CHECK_STATUS(sttp_subscriber_update_processing_interval(subscriber, 10), STTP_ERR_NOT_CONNECTED);
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK_STATUS(sttp_subscriber_connect(subscriber, address), STTP_ERR_INVALID_STATE);
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    sttp_subscriber_free(subscriber);
}

/* -- from inside callbacks -- */

struct inside {
    sttp_subscriber *subscriber;
    sttp_publisher *publisher;
    struct collection collection;
    int calls;
    int frees;
    int destructions;
};

static void free_subscriber_inside(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct inside *inside = (struct inside *)user_data;
    (void)measurements;
    (void)count;
    add_one(&inside->calls);
    sttp_subscriber_free(inside->subscriber);
    add_one(&inside->frees);
}

static void free_publisher_inside(void *user_data, const sttp_connection *connection) {
    struct inside *inside = (struct inside *)user_data;
    (void)connection;
    sttp_publisher_free(inside->publisher);
    add_one(&inside->frees);
}

static void call_inside(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct inside *inside = (struct inside *)user_data;
    sttp_subscriber_counters statistics;
    int32_t state = 0;
    (void)measurements;
    (void)count;
    CHECK_STATUS(sttp_publisher_flush(inside->publisher, 1000), STTP_ERR_WOULD_BLOCK);
    CHECK_OK(sttp_subscriber_state(inside->subscriber, &state));
    CHECK(state == STTP_STATE_SUBSCRIBED);
    CHECK_OK(sttp_subscriber_statistics(inside->subscriber, &statistics, sizeof statistics));
    /* Its own registration, replaced from inside: the next packet goes to the new one. */
    CHECK_OK(sttp_subscriber_on_measurements(inside->subscriber, collect, &inside->collection, NULL));
    add_one(&inside->calls);
}

static void begin_inside(struct inside *inside, int *subscriptions) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    memset(inside, 0, sizeof *inside);
    collection_init(&inside->collection, FIXTURE_SIGNALS);
    inside->publisher = start_publisher(NULL, address, subscriptions);
    CHECK_OK(sttp_subscriber_new(NULL, &inside->subscriber));
    CHECK_OK(sttp_subscriber_subscribe(inside->subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(inside->subscriber, address));
    CHECK(await_count(subscriptions, 1) == 1);
}

static void publish_frame(sttp_publisher *publisher, int number) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    fill_frame(frame, number);
    CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
}

static void check_free_inside(void) {
    int subscriptions = 0;
    struct inside inside;
    begin_inside(&inside, &subscriptions);
    CHECK_OK(sttp_subscriber_on_measurements(inside.subscriber, free_subscriber_inside, &inside, NULL));
    publish_frame(inside.publisher, 0);
    CHECK(await_count(&inside.frees, 1) == 1);
    publish_frame(inside.publisher, 1);
    CHECK_OK(sttp_publisher_flush(inside.publisher, PATIENCE_MS));
    sttp_publisher_free(inside.publisher);
    CHECK(get(&inside.calls) == 1);
    collection_free(&inside.collection);
}

static void check_free_publisher_inside(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct inside inside;
    memset(&inside, 0, sizeof inside);
    inside.publisher = start_publisher(NULL, address, &subscriptions);
    CHECK_OK(sttp_publisher_on_subscribed(inside.publisher, free_publisher_inside, &inside, NULL));
    CHECK_OK(sttp_subscriber_new(NULL, &inside.subscriber));
    CHECK_OK(sttp_subscriber_subscribe(inside.subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(inside.subscriber, address));
    CHECK(await_count(&inside.frees, 1) == 1);
    sttp_subscriber_free(inside.subscriber);
}

static void check_calls_inside(void) {
    int subscriptions = 0;
    struct inside inside;
    begin_inside(&inside, &subscriptions);
    CHECK_OK(sttp_subscriber_on_measurements(inside.subscriber, call_inside, &inside, NULL));
    publish_frame(inside.publisher, 0);
    CHECK(await_count(&inside.calls, 1) == 1);
    publish_frame(inside.publisher, 1);
    CHECK(await_count(&inside.collection.count, FIXTURE_SIGNALS) == FIXTURE_SIGNALS);
    CHECK(get(&inside.calls) == 1);
    sttp_subscriber_free(inside.subscriber);
    sttp_publisher_free(inside.publisher);
    collection_free(&inside.collection);
}

static void read_inside(void *user_data, const char *address) {
    struct inside *inside = (struct inside *)user_data;
    sttp_measurement measurement;
    size_t count = 0;
    (void)address;
    CHECK_STATUS(sttp_subscriber_read(inside->subscriber, &measurement, 1, 1000, &count), STTP_ERR_WOULD_BLOCK);
    CHECK_STATUS(sttp_subscriber_read(inside->subscriber, &measurement, 1, 0, &count), STTP_ERR_TIMEOUT);
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(inside->subscriber, 1000), STTP_ERR_WOULD_BLOCK);
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(inside->subscriber, 0), STTP_ERR_TIMEOUT);
    add_one(&inside->calls);
}

static void check_read_inside(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct inside inside;
    memset(&inside, 0, sizeof inside);
    inside.publisher = start_publisher(NULL, address, &subscriptions);
    CHECK_OK(sttp_subscriber_new(NULL, &inside.subscriber));
    CHECK_OK(sttp_subscriber_set(inside.subscriber, STTP_SETTING_READ_QUEUE, "100"));
    CHECK_OK(sttp_subscriber_on_connected(inside.subscriber, read_inside, &inside, NULL));
    CHECK_OK(sttp_subscriber_subscribe(inside.subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(inside.subscriber, address));
    CHECK(await_count(&inside.calls, 1) == 1);
    sttp_subscriber_free(inside.subscriber);
    sttp_publisher_free(inside.publisher);
}

int main(void) {
    check_destructors();
    check_publisher_destructors();
    check_log_sink();
    check_wrong_states();
    check_free_inside();
    check_free_publisher_inside();
    check_calls_inside();
    check_read_inside();
    return check_report("test_lifetime");
}
