/* What a program learns that reads on a thread or in an event loop of its own: whether the line is just quiet, or why
 * nothing comes; and when to read. */
#ifndef _WIN32
#include <poll.h>
#endif

#include "fixture.h"

static sttp_subscriber *new_reader(void) {
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(configure_subscriber(subscriber, "readQueue=1000; retryInterval=10; maxRetryInterval=50"));
    return subscriber;
}

static int32_t read_one(sttp_subscriber *subscriber, int timeout_ms) {
    sttp_measurement measurement;
    size_t count = 0;
    return sttp_subscriber_read(subscriber, &measurement, 1, timeout_ms, &count);
}

static int last_error_tells(const char *text) {
    return strstr(sttp_last_error(), text) != NULL;
}

#ifdef _WIN32

/* There are no descriptors of handles, so that nothing of them is checked. */
static int descriptor_of(sttp_subscriber *subscriber) {
    int descriptor = -1;
    CHECK_STATUS(sttp_subscriber_read_descriptor(subscriber, &descriptor), STTP_ERR_INVALID_STATE);
    return descriptor;
}

static void check_readable(int descriptor, int timeout_ms, int expected) {
    CHECK(descriptor == -1 && timeout_ms >= 0 && (expected == 0 || expected == 1));
}

#else

static int descriptor_of(sttp_subscriber *subscriber) {
    int descriptor = -1;
    CHECK_OK(sttp_subscriber_read_descriptor(subscriber, &descriptor));
    return descriptor;
}

static int is_readable(int descriptor, int timeout_ms) {
    struct pollfd watched;
    watched.fd = descriptor;
    watched.events = POLLIN;
    watched.revents = 0;
    CHECK(poll(&watched, 1, timeout_ms) >= 0);
    return (watched.revents & POLLIN) != 0;
}

static void check_readable(int descriptor, int timeout_ms, int expected) {
    CHECK(is_readable(descriptor, timeout_ms) == expected);
}

#endif

static void check_connecting(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    sttp_subscriber *subscriber = new_reader();
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, 0), STTP_ERR_CLOSED);
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    /* Nobody listens there any more. */
    sttp_publisher_free(start_publisher(NULL, address, &subscriptions));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    /* The first attempt may take a while to fail. */
    CHECK_STATUS(read_one(subscriber, 200), STTP_ERR_NOT_CONNECTED);
    for (int waited = 0; !last_error_tells(address) && waited < PATIENCE_MS; waited += 200) {
        CHECK_STATUS(read_one(subscriber, 200), STTP_ERR_NOT_CONNECTED);
    }
    CHECK(last_error_tells(address));
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, 10), STTP_ERR_NOT_CONNECTED);
    CHECK(last_error_tells(address));

    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    CHECK_OK(sttp_subscriber_wait_until_subscribed(subscriber, PATIENCE_MS));
    CHECK_STATUS(read_one(subscriber, 10), STTP_ERR_TIMEOUT);
    CHECK_OK(sttp_subscriber_unsubscribe(subscriber));
    CHECK_STATUS(read_one(subscriber, 10), STTP_ERR_INVALID_STATE);
    CHECK(last_error_tells("nothing is subscribed"));
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    CHECK_STATUS(read_one(subscriber, PATIENCE_MS), STTP_ERR_CLOSED);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

static void check_giving_up(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    sttp_publisher_free(start_publisher(NULL, address, &subscriptions));
    sttp_subscriber *subscriber = new_reader();
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_MAX_RETRIES, "2"));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, -1), STTP_ERR_CLOSED);
    CHECK(last_error_tells(address));
    CHECK_STATUS(read_one(subscriber, -1), STTP_ERR_CLOSED);
    CHECK(last_error_tells(address));
    sttp_subscriber_free(subscriber);
}

static void check_refusals(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = new_reader();
    const int descriptor = descriptor_of(subscriber);
    CHECK_OK(sttp_subscriber_subscribe(subscriber, "FILTER Nothing WHERE True"));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, -1), STTP_ERR_REFUSED);
    CHECK(last_error_tells("Nothing"));
    check_readable(descriptor, PATIENCE_MS, 1);
    CHECK_STATUS(read_one(subscriber, -1), STTP_ERR_REFUSED);
    CHECK(last_error_tells("Nothing"));

    CHECK_OK(sttp_subscriber_subscribe(subscriber, "FILTER ActiveMeasurements WHERE SignalType = 'NONE'"));
    check_readable(descriptor, 0, 0);
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, -1), STTP_ERR_NO_SIGNALS);
    CHECK_STATUS(read_one(subscriber, 10), STTP_ERR_NO_SIGNALS);
    check_readable(descriptor, 0, 0);

    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_wait_until_subscribed(subscriber, -1));
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

#ifndef _WIN32

static void check_event_loop(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    size_t total = 0;
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_measurement received[7];
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    sttp_subscriber *subscriber = new_reader();
    const int descriptor = descriptor_of(subscriber);
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK_OK(sttp_subscriber_wait_until_subscribed(subscriber, PATIENCE_MS));
    CHECK(!is_readable(descriptor, 0));
    /* Measurements flow once the publisher knows that the subscriber has its signals, a moment after the grant. */
    for (int number = 0; total < 3 * FIXTURE_SIGNALS && number < PATIENCE_MS / 20; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish_indexed(publisher, frame, FIXTURE_SIGNALS));
        while (is_readable(descriptor, 20)) {
            size_t count = 0;
            CHECK_OK(sttp_subscriber_read(subscriber, received, 7, 0, &count));
            total += count;
        }
    }
    CHECK(total >= 3 * FIXTURE_SIGNALS);
    while (is_readable(descriptor, 500)) {
        size_t count = 0;
        CHECK_OK(sttp_subscriber_read(subscriber, received, 7, 0, &count));
    }
    CHECK_OK(sttp_subscriber_disconnect(subscriber));
    CHECK(is_readable(descriptor, PATIENCE_MS));
    CHECK_STATUS(read_one(subscriber, 0), STTP_ERR_CLOSED);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

#endif

static void check_the_past(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    size_t total = 0;
    int32_t status = STTP_OK;
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_measurement received[7];
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_HISTORY_DURATION, "600"));
    start(publisher, address);
    fill_frame(frame, 0);
    CHECK_OK(sttp_publisher_publish_indexed(publisher, frame, FIXTURE_SIGNALS));
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));
    sttp_subscriber *subscriber = new_reader();
    CHECK_OK(sttp_subscriber_configure(subscriber, "startTimeConstraint=2000-01-01; processingInterval=0"));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    while (status == STTP_OK) {
        size_t count = 0;
        status = sttp_subscriber_read(subscriber, received, 7, -1, &count);
        total += status == STTP_OK ? count : 0;
    }
    CHECK_STATUS(status, STTP_ERR_COMPLETE);
    CHECK(total == FIXTURE_SIGNALS);
    CHECK_STATUS(sttp_subscriber_wait_until_subscribed(subscriber, -1), STTP_ERR_COMPLETE);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

int main(void) {
    check_connecting();
    check_giving_up();
    check_refusals();
#ifndef _WIN32
    check_event_loop();
#endif
    check_the_past();
    return check_report("test_reading");
}
