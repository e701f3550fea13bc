/* Reverse connections: publishers that connect, subscribers that listen. */
#include "fixture.h"

#define FRAMES 40

/* -- a subscriber that listens -- */

struct events {
    int connected;
    int disconnected;
    int subscriptions;
    int32_t reason;
};

static void take_connected(void *user_data, const char *address) {
    struct events *events = (struct events *)user_data;
    CHECK(strncmp(address, "127.0.0.1:", 10) == 0);
    add_one(&events->connected);
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct events *events = (struct events *)user_data;
    CHECK(message != NULL);
    events->reason = reason;
    add_one(&events->disconnected);
}

static sttp_subscriber *new_subscriber(sttp_engine *engine, struct events *events, struct collection *collection) {
    sttp_subscriber *subscriber = NULL;
    memset(events, 0, sizeof *events);
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_subscriber_on_connected(subscriber, take_connected, events, NULL));
    CHECK_OK(sttp_subscriber_on_disconnected(subscriber, take_disconnected, events, NULL));
    if (collection != NULL) {
        CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, collection, NULL));
    }
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    return subscriber;
}

/* Listens on `address`, and writes there which one it got. */
static void listen_on(sttp_subscriber *subscriber, char address[ADDRESS_SIZE]) {
    CHECK_OK(sttp_subscriber_listen(subscriber, address));
    CHECK_OK(sttp_subscriber_address(subscriber, address, ADDRESS_SIZE));
}

static int32_t state_of(const sttp_subscriber *subscriber) {
    int32_t state = -1;
    CHECK_OK(sttp_subscriber_state(subscriber, &state));
    return state;
}

static int32_t await_state(const sttp_subscriber *subscriber, int32_t wanted) {
    int32_t state = state_of(subscriber);
    for (int waited = 0; state != wanted && waited < PATIENCE_MS; waited += 2) {
        nap();
        CHECK_OK(sttp_subscriber_state(subscriber, &state));
    }
    return state;
}

/* -- a publisher that connects -- */

struct attempts {
    int reconnecting;
    int gave_up;
    int32_t reason;
    char address[ADDRESS_SIZE];
};

static void take_reconnecting(void *user_data, const char *address, uint32_t attempt, uint32_t delay_ms) {
    struct attempts *attempts = (struct attempts *)user_data;
    CHECK(attempt > 0 && delay_ms <= 50);
    CHECK_TEXT(address, attempts->address);
    add_one(&attempts->reconnecting);
}

static void take_gave_up(void *user_data, const char *address, int32_t reason, const char *message) {
    struct attempts *attempts = (struct attempts *)user_data;
    CHECK_TEXT(address, attempts->address);
    CHECK(strlen(message) > 0);
    attempts->reason = reason;
    add_one(&attempts->gave_up);
}

static sttp_publisher *connect_publisher(sttp_engine *engine, const char *address, int *subscriptions,
                                         struct attempts *attempts, int max_attempts) {
    sttp_publisher *publisher = new_publisher(engine, subscriptions);
    memset(attempts, 0, sizeof *attempts);
    snprintf(attempts->address, sizeof attempts->address, "%s", address);
    CHECK_OK(sttp_publisher_on_reconnecting(publisher, take_reconnecting, attempts, NULL));
    CHECK_OK(sttp_publisher_on_gave_up(publisher, take_gave_up, attempts, NULL));
    CHECK_OK(configure_publisher(publisher, "retryInterval=10; maxRetryInterval=50; maxRetries=%d", max_attempts));
    CHECK_OK(sttp_publisher_connect(publisher, address));
    return publisher;
}

/* An address that was just listened on, and no longer is. */
static void find_free_address(char address[ADDRESS_SIZE]) {
    int subscriptions = 0;
    snprintf(address, ADDRESS_SIZE, "127.0.0.1:0");
    sttp_publisher_free(start_publisher(NULL, address, &subscriptions));
}

static void list(void *user_data, const sttp_connection *connection) {
    CHECK_TEXT(connection->address, (const char *)user_data);
    CHECK(connection->outgoing == 1 && connection->subscribed == 1);
    CHECK(connection->counters->signal_count == FIXTURE_SIGNALS);
}

/* -- tests -- */

static void publish_frames(sttp_publisher *publisher, int first, int count) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int number = first; number < first + count; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    }
}

/* The subscriber goes in the middle, and another one takes its port. */
static void check_subscriber_restart(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct events events;
    struct attempts attempts;
    struct collection collection;
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    sttp_subscriber *subscriber = new_subscriber(NULL, &events, &collection);
    listen_on(subscriber, address);
    CHECK(state_of(subscriber) == STTP_STATE_LISTENING);
    sttp_publisher *publisher = connect_publisher(NULL, address, &subscriptions, &attempts, -1);
    CHECK(await_count(&subscriptions, 1) == 1);
    CHECK_OK(sttp_publisher_for_each_connection(publisher, list, address));
    publish_frames(publisher, 0, FRAMES / 2);
    CHECK(await_count(&collection.count, FRAMES / 2 * FIXTURE_SIGNALS) == FRAMES / 2 * FIXTURE_SIGNALS);
    sttp_subscriber_free(subscriber);
    CHECK(await_count(&attempts.reconnecting, 1) >= 1);
    subscriber = new_subscriber(NULL, &events, &collection);
    listen_on(subscriber, address);
    CHECK(await_count(&subscriptions, 2) == 2);
    publish_frames(publisher, FRAMES / 2, FRAMES / 2);
    CHECK(await_count(&collection.count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
    CHECK(get(&attempts.gave_up) == 0);
    sttp_publisher_free(publisher);
    sttp_subscriber_free(subscriber);
    check_frames(collection.measurements, (size_t)collection.count, FRAMES);
    collection_free(&collection);
}

/* The publisher goes, and another one comes: the subscriber just listens on. */
static void check_publisher_restart(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct events events;
    struct attempts attempts;
    sttp_subscriber *subscriber = new_subscriber(NULL, &events, NULL);
    listen_on(subscriber, address);
    for (int round = 1; round <= 3; round++) {
        sttp_publisher *publisher = connect_publisher(NULL, address, &subscriptions, &attempts, -1);
        CHECK(await_count(&subscriptions, round) == round);
        CHECK(get(&events.connected) == round);
        sttp_publisher_free(publisher);
        CHECK(await_count(&events.disconnected, round) == round);
        CHECK(events.reason == STTP_ERR_CLOSED);
        CHECK(await_state(subscriber, STTP_STATE_LISTENING) == STTP_STATE_LISTENING);
    }
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    CHECK(await_state(subscriber, STTP_STATE_IDLE) == STTP_STATE_IDLE);
    CHECK(get(&events.disconnected) == 3);
    sttp_subscriber_free(subscriber);
}

static void check_second_publisher(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int served = 0;
    int refused = 0;
    struct events events;
    struct attempts first_attempts;
    struct attempts second_attempts;
    sttp_subscriber_counters statistics;
    sttp_subscriber *subscriber = new_subscriber(NULL, &events, NULL);
    listen_on(subscriber, address);
    sttp_publisher *first = connect_publisher(NULL, address, &served, &first_attempts, -1);
    CHECK(await_count(&served, 1) == 1);
    sttp_publisher *second = connect_publisher(NULL, address, &refused, &second_attempts, 2);
    CHECK(await_count(&second_attempts.gave_up, 1) == 1);
    CHECK(second_attempts.reason == STTP_ERR_CLOSED || second_attempts.reason == STTP_ERR_IO);
    CHECK(get(&refused) == 0 && get(&first_attempts.reconnecting) == 0);
    CHECK_OK(sttp_subscriber_statistics(subscriber, &statistics, sizeof statistics));
    CHECK(statistics.connections == 1 && statistics.connections_refused == 3);
    /* Its place becomes free, and the other is asked again. */
    CHECK_OK(sttp_publisher_disconnect_from(first, address));
    CHECK(await_state(subscriber, STTP_STATE_LISTENING) == STTP_STATE_LISTENING);
    CHECK_OK(sttp_publisher_connect(second, address));
    CHECK(await_count(&refused, 1) == 1);
    sttp_publisher_free(first);
    sttp_publisher_free(second);
    sttp_subscriber_free(subscriber);
}

static void check_giving_up(void) {
    char address[ADDRESS_SIZE];
    int subscriptions = 0;
    struct attempts attempts;
    find_free_address(address);
    sttp_publisher *publisher = connect_publisher(NULL, address, &subscriptions, &attempts, 2);
    CHECK(await_count(&attempts.gave_up, 1) == 1);
    CHECK(attempts.reason == STTP_ERR_IO);
    CHECK(get(&attempts.reconnecting) == 2);
    CHECK_STATUS(sttp_publisher_disconnect_from(publisher, address), STTP_ERR_NOT_FOUND);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_AUTO_RECONNECT, "false"));
    CHECK_OK(sttp_publisher_connect(publisher, address));
    CHECK(await_count(&attempts.gave_up, 2) == 2);
    CHECK(get(&attempts.reconnecting) == 2);
    sttp_publisher_free(publisher);
}

static void check_arguments(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    char short_buffer[4];
    struct events events;
    sttp_publisher *publisher = NULL;
    sttp_subscriber *other = NULL;
    sttp_subscriber *subscriber = new_subscriber(NULL, &events, NULL);
    CHECK_STATUS(sttp_subscriber_listen(NULL, address), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_listen(subscriber, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_listen(subscriber, "127.0.0.1"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_address(subscriber, address, sizeof address), STTP_ERR_INVALID_STATE);
    listen_on(subscriber, address);
    CHECK_STATUS(sttp_subscriber_listen(subscriber, address), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_subscriber_connect(subscriber, address), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_subscriber_address(subscriber, short_buffer, sizeof short_buffer), STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_STATUS(sttp_subscriber_address(subscriber, NULL, 64), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_subscriber_new(NULL, &other));
    CHECK_STATUS(sttp_subscriber_listen(other, address), STTP_ERR_IO);
    CHECK(strstr(sttp_last_error(), address) != NULL);
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    /* The port is free at once. */
    CHECK_OK(sttp_subscriber_listen(other, address));
    sttp_subscriber_free(other);
    sttp_subscriber_free(subscriber);

    CHECK_OK(sttp_publisher_new(NULL, &publisher));
    CHECK_STATUS(sttp_publisher_connect(NULL, address), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_connect(publisher, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_connect(publisher, "127.0.0.1:0"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_disconnect_from(publisher, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_disconnect_from(publisher, address), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_RETRY_INTERVAL, "0"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_configure(publisher, "retryInterval=2; maxRetryInterval=1"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_on_reconnecting(NULL, take_reconnecting, NULL, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_on_gave_up(NULL, take_gave_up, NULL, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_publisher_connect(publisher, address));
    CHECK_STATUS(sttp_publisher_connect(publisher, address), STTP_ERR_INVALID_STATE);
    CHECK_OK(sttp_publisher_disconnect_from(publisher, address));
    CHECK_OK(sttp_publisher_connect(publisher, address));
    sttp_publisher_free(publisher);
}

static void check_polled(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct events events;
    struct attempts attempts;
    struct collection collection;
    sttp_engine *engine = NULL;
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(sttp_engine_new_polled(&engine));
    sttp_subscriber *subscriber = new_subscriber(engine, &events, &collection);
    listen_on(subscriber, address);
    sttp_publisher *publisher = connect_publisher(engine, address, &subscriptions, &attempts, -1);
    for (int turns = 0; subscriptions == 0 && turns < 10000; turns++) {
        CHECK_OK(sttp_engine_poll(engine, 100));
    }
    publish_frames(publisher, 0, FRAMES);
    for (int turns = 0; collection.count < FRAMES * FIXTURE_SIGNALS && turns < 10000; turns++) {
        CHECK_OK(sttp_engine_poll(engine, 100));
    }
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    sttp_engine_free(engine);
    check_frames(collection.measurements, (size_t)collection.count, FRAMES);
    collection_free(&collection);
}

/* -- handles that end inside their own callbacks -- */

struct ending {
    sttp_publisher *publisher;
    sttp_subscriber *subscriber;
    int ready;
    int freed;
};

static void wait_for_handle(const struct ending *ending) {
    while (get(&ending->ready) == 0) {
        nap();
    }
}

static void free_in_reconnecting(void *user_data, const char *address, uint32_t attempt, uint32_t delay_ms) {
    struct ending *ending = (struct ending *)user_data;
    (void)address;
    (void)attempt;
    (void)delay_ms;
    wait_for_handle(ending);
    sttp_publisher_free(ending->publisher);
}

static void free_in_gave_up(void *user_data, const char *address, int32_t reason, const char *message) {
    struct ending *ending = (struct ending *)user_data;
    (void)address;
    (void)reason;
    (void)message;
    wait_for_handle(ending);
    sttp_publisher_free(ending->publisher);
}

static void free_in_connected(void *user_data, const char *address) {
    struct ending *ending = (struct ending *)user_data;
    (void)address;
    wait_for_handle(ending);
    sttp_subscriber_free(ending->subscriber);
}

static void count_freed(void *user_data) {
    add_one(&((struct ending *)user_data)->freed);
}

static void check_free_in_callbacks(void) {
    char address[ADDRESS_SIZE];
    find_free_address(address);
    for (int attempts = 0; attempts <= 1; attempts++) {
        struct ending ending;
        memset(&ending, 0, sizeof ending);
        CHECK_OK(sttp_publisher_new(NULL, &ending.publisher));
        if (attempts != 0) {
            CHECK_OK(sttp_publisher_on_reconnecting(ending.publisher, free_in_reconnecting, &ending, count_freed));
        } else {
            CHECK_OK(sttp_publisher_on_gave_up(ending.publisher, free_in_gave_up, &ending, count_freed));
        }
        CHECK_OK(configure_publisher(ending.publisher, "autoReconnect=%d; retryInterval=10; maxRetryInterval=50", attempts));
        CHECK_OK(sttp_publisher_connect(ending.publisher, address));
        add_one(&ending.ready);
        CHECK(await_count(&ending.freed, 1) == 1);
    }

    int subscriptions = 0;
    struct attempts attempts;
    struct ending ending;
    memset(&ending, 0, sizeof ending);
    CHECK_OK(sttp_subscriber_new(NULL, &ending.subscriber));
    CHECK_OK(sttp_subscriber_on_connected(ending.subscriber, free_in_connected, &ending, count_freed));
    listen_on(ending.subscriber, address);
    add_one(&ending.ready);
    sttp_publisher *publisher = connect_publisher(NULL, address, &subscriptions, &attempts, -1);
    CHECK(await_count(&ending.freed, 1) == 1);
    CHECK(await_count(&attempts.reconnecting, 1) >= 1);
    sttp_publisher_free(publisher);
}

int main(void) {
    check_subscriber_restart();
    check_publisher_restart();
    check_second_publisher();
    check_giving_up();
    check_arguments();
    check_polled();
    check_free_in_callbacks();
    return check_report("test_reverse");
}
