/* Connections that end, and come again: by either side's wish, by a restart, or because nobody is there. */
#include "fixture.h"

struct events {
    int connected;
    int disconnected;
    int reconnecting;
    int32_t reason;
};

static void take_connected(void *user_data, const char *address) {
    struct events *events = (struct events *)user_data;
    CHECK(strlen(address) > 0);
    add_one(&events->connected);
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct events *events = (struct events *)user_data;
    CHECK(message != NULL);
    events->reason = reason;
    add_one(&events->disconnected);
}

static void take_reconnecting(void *user_data, uint32_t attempt, uint32_t delay_ms) {
    struct events *events = (struct events *)user_data;
    CHECK(attempt > 0);
    (void)delay_ms;
    add_one(&events->reconnecting);
}

static sttp_subscriber *connect_subscriber(const char *address, struct events *events, int max_attempts) {
    sttp_subscriber *subscriber = NULL;
    memset(events, 0, sizeof *events);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(configure_subscriber(subscriber, "retryInterval=10; maxRetryInterval=50; maxRetries=%d", max_attempts));
    CHECK_OK(sttp_subscriber_on_connected(subscriber, take_connected, events, NULL));
    CHECK_OK(sttp_subscriber_on_disconnected(subscriber, take_disconnected, events, NULL));
    CHECK_OK(sttp_subscriber_on_reconnecting(subscriber, take_reconnecting, events, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    return subscriber;
}

struct listing {
    int count;
    uint64_t id;
};

static void list(void *user_data, const sttp_connection *connection) {
    struct listing *listing = (struct listing *)user_data;
    listing->count++;
    listing->id = connection->id;
    CHECK(strncmp(connection->address, "127.0.0.1:", 10) == 0);
    CHECK_TEXT(connection->filter, EVERYTHING);
    CHECK(connection->counters->signal_count == FIXTURE_SIGNALS);
    CHECK(connection->protocol_version == 2);
    CHECK(connection->subscribed == 1);
}

static void check_disconnect_by_publisher(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct events events;
    struct listing listing = {0, 0};
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = connect_subscriber(address, &events, -1);
    CHECK(await_count(&subscriptions, 1) == 1);
    CHECK_OK(sttp_publisher_for_each_connection(publisher, list, &listing));
    CHECK(listing.count == 1);
    CHECK_OK(sttp_publisher_disconnect(publisher, listing.id));
    CHECK(await_count(&events.disconnected, 1) == 1);
    CHECK(events.reason != STTP_OK);
    /* The subscriber comes again, and subscribes again, by itself. */
    CHECK(await_count(&subscriptions, 2) == 2);
    CHECK(get(&events.connected) == 2);
    CHECK(get(&events.reconnecting) >= 1);
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    CHECK(await_count(&events.disconnected, 2) == 2);
    CHECK(events.reason == STTP_OK);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

static void check_publisher_restart(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct events events;
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = connect_subscriber(address, &events, -1);
    for (int restarts = 1; restarts <= 3; restarts++) {
        CHECK(await_count(&subscriptions, restarts) == restarts);
        if (restarts % 2 == 0) {
            CHECK_OK(sttp_publisher_stop(publisher));
            CHECK_OK(sttp_publisher_start(publisher, address));
        } else {
            sttp_publisher_free(publisher);
            publisher = start_publisher(NULL, address, &subscriptions);
        }
    }
    CHECK(await_count(&subscriptions, 4) == 4);
    /* Attempts that met nobody in between were told, too. */
    CHECK(get(&events.disconnected) >= 3);
    CHECK(get(&events.disconnected) == get(&events.reconnecting));
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

static void check_nobody_there(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    int32_t state = -1;
    struct events events;
    /* An address that was just listened on, and no longer is. */
    sttp_publisher_free(start_publisher(NULL, address, &subscriptions));
    sttp_subscriber *subscriber = connect_subscriber(address, &events, 2);
    /* The first attempt and both that follow are told. */
    CHECK(await_count(&events.disconnected, 3) == 3);
    CHECK(events.reason == STTP_ERR_IO);
    CHECK(get(&events.connected) == 0);
    CHECK(get(&events.reconnecting) == 2);
    CHECK_OK(sttp_subscriber_state(subscriber, &state));
    CHECK(state == STTP_STATE_IDLE);
    sttp_subscriber_free(subscriber);
}

static void check_connection_limit(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct events first;
    struct events second;
    sttp_publisher_counters statistics;
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_MAX_CONNECTIONS, "1"));
    start(publisher, address);
    sttp_subscriber *one = connect_subscriber(address, &first, -1);
    CHECK(await_count(&subscriptions, 1) == 1);
    sttp_subscriber *two = connect_subscriber(address, &second, -1);
    CHECK(await_count(&second.disconnected, 1) >= 1);
    CHECK_OK(sttp_publisher_statistics(publisher, &statistics, sizeof statistics));
    CHECK(statistics.subscribed == 1 && statistics.connections_refused >= 1);
    /* Its place becomes free. */
    sttp_subscriber_free(one);
    CHECK(await_count(&subscriptions, 2) == 2);
    sttp_subscriber_free(two);
    sttp_publisher_free(publisher);
}

static void check_configuration_change(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    int changes = 0;
    struct events events;
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = connect_subscriber(address, &events, -1);
    sttp_metadata *sample = NULL;
    CHECK_OK(sttp_subscriber_on_configuration_changed(subscriber, count_call, &changes, NULL));
    CHECK(await_count(&subscriptions, 1) == 1);
    CHECK_OK(sttp_metadata_sample(&sample));
    CHECK_OK(sttp_publisher_set_metadata(publisher, sample));
    CHECK(await_count(&changes, 1) == 1);
    sttp_metadata_free(sample);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

int main(void) {
    check_disconnect_by_publisher();
    check_publisher_restart();
    check_nobody_there();
    check_connection_limit();
    check_configuration_change();
    return check_report("test_connection");
}
