/* A publisher and its subscribers in one process: everything published arrives, in order and unchanged. */
#include "fixture.h"

#define FRAMES 200

/* One way to subscribe. */
struct way {
    int protocol;
    int tssc;
    int gzip;
};

static void publish_frames(sttp_publisher *publisher, int frames) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int number = 0; number < frames; number++) {
        fill_frame(frame, number);
        /* Both ways of naming a signal must do the same. */
        CHECK_OK(number % 2 == 0 ? sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS)
                                 : sttp_publisher_publish_indexed(publisher, frame, FIXTURE_SIGNALS));
    }
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));
}

static sttp_subscriber *new_subscriber(struct way way) {
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(configure_subscriber(subscriber, "version=%d; compression=%d; gzip=%d", way.protocol, way.tssc, way.gzip));
    return subscriber;
}

static void check_statistics(const sttp_publisher *publisher, const sttp_subscriber *subscriber) {
    const uint64_t measurements = (uint64_t)FRAMES * FIXTURE_SIGNALS;
    sttp_publisher_counters published;
    sttp_subscriber_counters received;
    memset(&published, 0, sizeof published);
    memset(&received, 0, sizeof received);
    CHECK_OK(sttp_publisher_statistics(publisher, &published, sizeof published));
    /* The counters of a turn of the engine follow its callbacks. */
    for (int waited = 0; received.measurements < measurements && waited < PATIENCE_MS; waited += 2) {
        nap();
        CHECK_OK(sttp_subscriber_statistics(subscriber, &received, sizeof received));
    }
    CHECK(published.measurements_published == measurements);
    CHECK(published.measurements_sent == measurements);
    CHECK(published.measurements_dropped == 0);
    CHECK(published.measurements_unknown == 0);
    CHECK(published.connections_accepted == 1 && published.connections == 1 && published.subscribed == 1);
    CHECK(published.packets_sent > 0 && published.bytes_sent > 0 && published.bytes_received > 0);
    CHECK(received.measurements == measurements);
    CHECK(received.measurements_dropped == 0 && received.packets_dropped == 0);
    CHECK(received.packets > 0 && received.bytes_received > 0 && received.bytes_sent > 0);
    CHECK(received.connections == 1 && received.reconnects == 0);
    CHECK(received.signal_count == FIXTURE_SIGNALS);
    CHECK(received.last_timestamp == 638000000000000000LL + (int64_t)(FRAMES - 1) * 333333);
}

static void check_callbacks(struct way way) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    int32_t state = -1;
    struct collection collection;
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = new_subscriber(way);
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, &collection, NULL));
    CHECK_OK(sttp_subscriber_state(subscriber, &state));
    CHECK(state == STTP_STATE_IDLE);
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);

    publish_frames(publisher, FRAMES);
    CHECK(await_count(&collection.count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(sttp_subscriber_state(subscriber, &state));
    CHECK(state == STTP_STATE_SUBSCRIBED);
    check_statistics(publisher, subscriber);
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    check_frames(collection.measurements, (size_t)collection.count, FRAMES);
    collection_free(&collection);
}

/* Reading pulls the same data, more than the queue holds at a time. */
static void check_reading(struct way way) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    size_t total = 0;
    size_t count = 0;
    sttp_measurement *received = (sttp_measurement *)calloc(FRAMES * FIXTURE_SIGNALS, sizeof *received);
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = new_subscriber(way);
    CHECK_OK(configure_subscriber(subscriber, "readQueue=%d", 4 * FIXTURE_SIGNALS));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK_OK(sttp_subscriber_wait_until_subscribed(subscriber, PATIENCE_MS));
    /* Measurements flow once the publisher knows that the subscriber has its signals, a moment after the grant. */
    CHECK(await_count(&subscriptions, 1) == 1);
    CHECK_STATUS(sttp_subscriber_read(subscriber, received, 10, 10, &count), STTP_ERR_TIMEOUT);
    const sttp_signal *const *signals = NULL;
    size_t signal_count = 1;
    uint32_t generation = 1;
    CHECK_OK(sttp_subscriber_read_signals(subscriber, &signals, &signal_count, &generation));
    CHECK(signals == NULL && signal_count == 0 && generation == 0);

    publish_frames(publisher, FRAMES);
    int32_t status = STTP_OK;
    while (total < FRAMES * FIXTURE_SIGNALS && status == STTP_OK) {
        size_t room = FRAMES * FIXTURE_SIGNALS - total;
        status = sttp_subscriber_read(subscriber, received + total, room < 64 ? room : 64, PATIENCE_MS, &count);
        total += status == STTP_OK ? count : 0;
    }
    CHECK_OK(status);
    CHECK_OK(sttp_subscriber_read_signals(subscriber, &signals, &signal_count, &generation));
    CHECK(signal_count >= FIXTURE_SIGNALS && generation > 0);
    for (size_t i = 0; i < total; i++) {
        CHECK(received[i].signal_index < signal_count);
        CHECK(memcmp(&signals[received[i].signal_index]->signal_id, &received[i].signal_id, sizeof(sttp_guid)) == 0);
    }
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    CHECK_STATUS(sttp_subscriber_read(subscriber, received, 1, PATIENCE_MS, &count), STTP_ERR_CLOSED);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    check_frames(received, total, FRAMES);
    free(received);
}

static void check_many_subscribers(void) {
    enum { SUBSCRIBERS = 4 };
    static const struct way ways[SUBSCRIBERS] = {{2, 1, 1}, {2, 1, 1}, {2, 0, 0}, {1, 1, 0}};
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct collection collections[SUBSCRIBERS];
    sttp_subscriber *subscribers[SUBSCRIBERS];
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    for (int i = 0; i < SUBSCRIBERS; i++) {
        collection_init(&collections[i], FRAMES * FIXTURE_SIGNALS);
        subscribers[i] = new_subscriber(ways[i]);
        CHECK_OK(sttp_subscriber_on_measurements(subscribers[i], collect, &collections[i], NULL));
        CHECK_OK(sttp_subscriber_subscribe(subscribers[i], EVERYTHING));
        CHECK_OK(sttp_subscriber_connect(subscribers[i], address));
    }
    CHECK(await_count(&subscriptions, SUBSCRIBERS) == SUBSCRIBERS);
    publish_frames(publisher, FRAMES);
    for (int i = 0; i < SUBSCRIBERS; i++) {
        CHECK(await_count(&collections[i].count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
        sttp_subscriber_free(subscribers[i]);
        check_frames(collections[i].measurements, (size_t)collections[i].count, FRAMES);
        collection_free(&collections[i]);
    }
    sttp_publisher_free(publisher);
}

/* What the last signal index cache held. */
struct cache {
    int updates;
    size_t count;
    int right; /* whether it was TEST:5 and TEST:2 */
};

static void take_cache(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct cache *cache = (struct cache *)user_data;
    (void)generation;
    cache->count = count;
    cache->right = count == 2;
    for (size_t i = 0; i < count; i++) {
        sttp_guid id = signal_id((int)signals[i]->key_number - 1);
        cache->right = cache->right && strcmp(signals[i]->key_source, "TEST") == 0 &&
                       (signals[i]->key_number == 5 || signals[i]->key_number == 2) &&
                       same_guid(&signals[i]->signal_id, &id);
    }
    add_one(&cache->updates);
}

/* Whether every measurement is of signal 4 or 1 (keys TEST:5 and TEST:2). */
static int only_chosen(const struct collection *collection) {
    sttp_guid first = signal_id(4);
    sttp_guid second = signal_id(1);
    int right = 1;
    for (int i = 0; i < collection->count; i++) {
        const sttp_guid *id = &collection->measurements[i].signal_id;
        right = right && (same_guid(id, &first) || same_guid(id, &second));
    }
    return right;
}

static void check_resubscribing(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    int unsubscriptions = 0;
    struct cache cache;
    struct collection collection;
    memset(&cache, 0, sizeof cache);
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    CHECK_OK(sttp_publisher_on_unsubscribed(publisher, count_connection, &unsubscriptions, NULL));
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_subscription_updated(subscriber, take_cache, &cache, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&cache.updates, 1) == 1);
    CHECK(await_count(&subscriptions, 1) == 1);

    CHECK_OK(sttp_subscriber_subscribe(subscriber, "TEST:5;TEST:2"));
    CHECK(await_count(&cache.updates, 2) == 2);
    CHECK(await_count(&subscriptions, 2) == 2);
    CHECK(cache.count == 2 && cache.right);

    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, &collection, NULL));
    publish_frames(publisher, 10);
    CHECK(await_count(&collection.count, 20) == 20);

    CHECK_OK(sttp_subscriber_unsubscribe(subscriber));
    CHECK(await_count(&unsubscriptions, 1) == 1);
    publish_frames(publisher, 10);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    CHECK(collection.count == 20 && only_chosen(&collection));
    collection_free(&collection);
}

/* What came of the metadata. */
struct arrival {
    int count;
    size_t measurements;
    sttp_metadata *kept;
};

static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    struct arrival *arrival = (struct arrival *)user_data;
    CHECK_OK(sttp_metadata_measurement_count(metadata, &arrival->measurements));
    if (arrival->kept == NULL) {
        CHECK_OK(sttp_metadata_clone(metadata, &arrival->kept));
    }
    add_one(&arrival->count);
}

static void check_metadata_exchange(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct arrival arrival;
    const char *sent = NULL;
    const char *received = NULL;
    size_t sent_length = 0;
    size_t received_length = 0;
    memset(&arrival, 0, sizeof arrival);
    sttp_metadata *metadata = make_metadata();
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_publisher_set_metadata(publisher, metadata));
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_metadata(subscriber, take_metadata, &arrival, NULL));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&arrival.count, 1) == 1);
    CHECK(arrival.measurements == FIXTURE_SIGNALS);
    CHECK_OK(sttp_metadata_to_xml(metadata, &sent, &sent_length));
    CHECK_OK(sttp_metadata_to_xml(arrival.kept, &received, &received_length));
    CHECK(sent_length == received_length && memcmp(sent, received, sent_length) == 0);

    CHECK_OK(sttp_subscriber_request_metadata(subscriber, "FILTER TOP 3 MeasurementDetail WHERE True"));
    CHECK(await_count(&arrival.count, 2) == 2);
    CHECK(arrival.measurements == 3);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    sttp_metadata_free(metadata);
    sttp_metadata_free(arrival.kept);
}

int main(void) {
    static const struct way ways[] = {{2, 1, 1}, {2, 1, 0}, {2, 0, 1}, {2, 0, 0}, {1, 1, 1}, {1, 0, 0}, {3, 1, 1}, {3, 0, 0}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        check_callbacks(ways[i]);
        check_reading(ways[i]);
    }
    check_many_subscribers();
    check_resubscribing();
    check_metadata_exchange();
    return check_report("test_loopback");
}
