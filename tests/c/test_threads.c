/* An engine with several threads: many subscribers of one publisher, callbacks of different handles at one time. */
#include "fixture.h"

#define THREADS 3
#define SUBSCRIBERS 8
#define FRAMES 200

struct receiver {
    sttp_subscriber *subscriber;
    struct collection collection;
    pthread_t thread;
    int calls;
    int calls_elsewhere;
};

/* All measurements of a subscriber come on the same thread. */
static void receive(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct receiver *receiver = (struct receiver *)user_data;
    if (receiver->calls++ == 0) {
        receiver->thread = pthread_self();
    }
    receiver->calls_elsewhere += pthread_equal(pthread_self(), receiver->thread) == 0;
    collect(&receiver->collection, measurements, count);
}

static size_t different_threads(const struct receiver receivers[SUBSCRIBERS]) {
    size_t different = 0;
    for (size_t i = 0; i < SUBSCRIBERS; i++) {
        size_t same = 0;
        while (!pthread_equal(receivers[same].thread, receivers[i].thread)) {
            same++;
        }
        different += same == i;
    }
    return different;
}

static void connect_all(struct receiver receivers[SUBSCRIBERS], sttp_engine *engine, const char *address) {
    for (size_t i = 0; i < SUBSCRIBERS; i++) {
        struct receiver *receiver = &receivers[i];
        memset(receiver, 0, sizeof *receiver);
        collection_init(&receiver->collection, FRAMES * FIXTURE_SIGNALS);
        CHECK_OK(sttp_subscriber_new(engine, &receiver->subscriber));
        CHECK_OK(sttp_subscriber_on_measurements(receiver->subscriber, receive, receiver, NULL));
        CHECK_OK(sttp_subscriber_subscribe(receiver->subscriber, EVERYTHING));
        CHECK_OK(sttp_subscriber_connect(receiver->subscriber, address));
    }
}

static void check_loopback(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    static struct receiver receivers[SUBSCRIBERS];
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_engine *engine = NULL;
    CHECK_OK(sttp_engine_new_threads(THREADS, &engine));
    sttp_publisher *publisher = start_publisher(engine, address, &subscriptions);
    connect_all(receivers, engine, address);
    CHECK(await_count(&subscriptions, SUBSCRIBERS) == SUBSCRIBERS);
    for (int number = 0; number < FRAMES; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    }
    for (size_t i = 0; i < SUBSCRIBERS; i++) {
        struct receiver *receiver = &receivers[i];
        CHECK(await_count(&receiver->collection.count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
        sttp_subscriber_free(receiver->subscriber);
        CHECK(receiver->calls_elsewhere == 0);
        check_frames(receiver->collection.measurements, (size_t)receiver->collection.count, FRAMES);
        collection_free(&receiver->collection);
    }
    CHECK(different_threads(receivers) == THREADS);
    sttp_publisher_free(publisher);
    sttp_engine_free(engine);
}

/* Waiting for subscribers in a callback of any of the threads could wait for ever. */
static void publish_in_callback(void *user_data, const sttp_measurement *measurements, size_t count) {
    sttp_publisher *publisher = (sttp_publisher *)user_data;
    (void)measurements;
    (void)count;
    CHECK_STATUS(sttp_publisher_flush(publisher, -1), STTP_ERR_WOULD_BLOCK);
}

static void ignore_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    (void)user_data;
    (void)measurements;
    (void)count;
}

static void check_waiting_in_callbacks(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    int freed = 0;
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_subscriber *subscribers[THREADS];
    sttp_engine *engine = NULL;
    CHECK_OK(sttp_engine_new_threads(THREADS, &engine));
    sttp_publisher *publisher = start_publisher(engine, address, &subscriptions);
    for (int i = 0; i < THREADS; i++) {
        CHECK_OK(sttp_subscriber_new(engine, &subscribers[i]));
        CHECK_OK(sttp_subscriber_on_measurements(subscribers[i], publish_in_callback, publisher, NULL));
        CHECK_OK(sttp_subscriber_subscribe(subscribers[i], EVERYTHING));
        CHECK_OK(sttp_subscriber_connect(subscribers[i], address));
    }
    CHECK(await_count(&subscriptions, THREADS) == THREADS);
    fill_frame(frame, 0);
    CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));
    for (int i = 0; i < THREADS; i++) {
        CHECK_OK(sttp_subscriber_on_measurements(subscribers[i], ignore_measurements, &freed, count_call));
        sttp_subscriber_free(subscribers[i]);
    }
    CHECK(await_count(&freed, THREADS) == THREADS);
    sttp_publisher_free(publisher);
    sttp_engine_free(engine);
}

int main(void) {
    check_loopback();
    check_waiting_in_callbacks();
    return check_report("test_threads");
}
