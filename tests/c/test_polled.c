/* An engine without a thread: everything happens inside sttp_engine_poll, on the calling thread. */
#ifndef _WIN32
#include <poll.h>
#endif

#include "fixture.h"

#define FRAMES 20

static pthread_t main_thread;

static void collect_on_main_thread(void *user_data, const sttp_measurement *measurements, size_t count) {
    CHECK(pthread_equal(pthread_self(), main_thread) != 0);
    collect(user_data, measurements, count);
}

#ifdef _WIN32

/* The engine has no descriptor there, and waits itself. */
static void turn(sttp_engine *engine, int timeout_ms) {
    int descriptor = -1;
    CHECK_STATUS(sttp_engine_descriptor(engine, &descriptor), STTP_ERR_INVALID_STATE);
    CHECK_OK(sttp_engine_poll(engine, timeout_ms));
}

#else

/* Waits on the engine's descriptor as another event loop would. */
static void turn(sttp_engine *engine, int timeout_ms) {
    struct pollfd descriptor;
    descriptor.events = POLLIN;
    descriptor.revents = 0;
    CHECK_OK(sttp_engine_descriptor(engine, &descriptor.fd));
    poll(&descriptor, 1, timeout_ms);
    CHECK_OK(sttp_engine_poll(engine, 0));
}

#endif

/* Turns until the counter has reached `wanted`. */
static int poll_until(sttp_engine *engine, const int *counter, int wanted) {
    for (int turns = 0; get(counter) < wanted && turns < 10000; turns++) {
        int timeout_ms = 0;
        CHECK_OK(sttp_engine_next_timeout(engine, &timeout_ms));
        turn(engine, timeout_ms);
    }
    return get(counter);
}

static void check_loopback(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct collection collection;
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_engine *engine = NULL;
    sttp_subscriber *subscriber = NULL;
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(sttp_engine_new_polled(&engine));
    sttp_publisher *publisher = start_publisher(engine, address, &subscriptions);
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect_on_main_thread, &collection, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(poll_until(engine, &subscriptions, 1) == 1);
    for (int number = 0; number < FRAMES; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    }
    CHECK(poll_until(engine, &collection.count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    sttp_engine_free(engine);
    check_frames(collection.measurements, (size_t)collection.count, FRAMES);
    collection_free(&collection);
}

/* An engine may go before its handles: they are then of no use, but safe to call and to free. */
static void check_engine_freed_first(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    int32_t state = -1;
    sttp_engine *engine = NULL;
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_engine_new(&engine));
    sttp_publisher *publisher = start_publisher(engine, address, &subscriptions);
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);
    sttp_engine_free(engine);
    CHECK_OK(sttp_subscriber_state(subscriber, &state));
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

static void check_timeout(void) {
    sttp_engine *engine = NULL;
    CHECK_OK(sttp_engine_new_polled(&engine));
    CHECK_OK(sttp_engine_poll(engine, 0));
    CHECK_OK(sttp_engine_poll(engine, 20));
    sttp_engine_free(engine);
}

int main(void) {
    main_thread = pthread_self();
    check_timeout();
    check_loopback();
    check_engine_freed_first();
    return check_report("test_polled");
}
