/* Forms of measurements: throttled, without time, base times, NaN filter; settings of both sides. */
#include <math.h>

#include "fixture.h"
#include "sttp.h"

#define FRAMES 40
#define MOST_MEASUREMENTS 100000

static void check_arguments(void) {
    sttp_publisher *publisher = NULL;
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_publisher_new(NULL, &publisher));
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_FORCE_NAN_VALUE_FILTER, "3"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_LAG_TIME, "0"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_LEAD_TIME, "0"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(configure_subscriber(subscriber, "throttled=true; publishInterval=0"));
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

/* A publisher with base times and a subscriber without TSSC; `set_up` chooses the form. */
struct pair {
    sttp_publisher *publisher;
    sttp_subscriber *subscriber;
    struct collection collection;
};

static void connect_pair(struct pair *pair, void (*set_up)(struct pair *)) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    collection_init(&pair->collection, MOST_MEASUREMENTS);
    pair->publisher = new_publisher(NULL, &subscriptions);
    CHECK_OK(sttp_publisher_set(pair->publisher, STTP_SETTING_USE_BASE_TIME_OFFSETS, "true"));
    CHECK_OK(sttp_subscriber_new(NULL, &pair->subscriber));
    CHECK_OK(sttp_subscriber_set(pair->subscriber, STTP_SETTING_COMPRESSION, "false"));
    set_up(pair);
    start(pair->publisher, address);
    CHECK_OK(sttp_subscriber_on_measurements(pair->subscriber, collect, &pair->collection, NULL));
    CHECK_OK(sttp_subscriber_subscribe(pair->subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(pair->subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);
    CHECK_OK(sttp_publisher_on_subscribed(pair->publisher, NULL, NULL, NULL));
}

static void publish_frames(sttp_publisher *publisher, int frames) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int i = 0; i < frames; i++) {
        fill_frame(frame, i);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    }
}

static void end_pair(struct pair *pair) {
    sttp_subscriber_free(pair->subscriber);
    sttp_publisher_free(pair->publisher);
    collection_free(&pair->collection);
}

/* -- times -- */

static void exact_times(struct pair *pair) {
    (void)pair;
}

static void milliseconds(struct pair *pair) {
    CHECK_OK(sttp_subscriber_set(pair->subscriber, STTP_SETTING_USE_MILLISECOND_RESOLUTION, "true"));
}

static void no_times(struct pair *pair) {
    CHECK_OK(sttp_subscriber_set(pair->subscriber, STTP_SETTING_INCLUDE_TIME, "false"));
}

static void local_clock(struct pair *pair) {
    CHECK_OK(sttp_subscriber_set(pair->subscriber, STTP_SETTING_USE_LOCAL_CLOCK_AS_REAL_TIME, "true"));
}

/* Ticks by which received times may be too early; -1 when there are none. Returns the bytes that came. */
static uint64_t check_times(void (*set_up)(struct pair *), int64_t lost) {
    struct pair pair;
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_subscriber_counters statistics;
    int wrong = 0;
    connect_pair(&pair, set_up);
    publish_frames(pair.publisher, FRAMES);
    CHECK(await_count(&pair.collection.count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
    for (int i = 0; i < FRAMES * FIXTURE_SIGNALS; i++) {
        const sttp_measurement *received = &pair.collection.measurements[i];
        fill_frame(frame, i / FIXTURE_SIGNALS);
        int64_t sent = frame[i % FIXTURE_SIGNALS].timestamp;
        wrong += received->value != frame[i % FIXTURE_SIGNALS].value;
        wrong += lost < 0 ? received->timestamp != 0 : received->timestamp > sent || received->timestamp < sent - lost;
    }
    CHECK(wrong == 0);
    CHECK_OK(sttp_subscriber_statistics(pair.subscriber, &statistics, sizeof statistics));
    end_pair(&pair);
    return statistics.bytes_received;
}

static void check_all_times(void) {
    uint64_t full = check_times(local_clock, 0);
    uint64_t ticks = check_times(exact_times, 0);
    uint64_t shorter = check_times(milliseconds, 9999);
    uint64_t none = check_times(no_times, -1);
    CHECK(full > ticks && ticks > shorter && shorter > none);
}

/* -- throttled -- */

static void throttle(struct pair *pair) {
    CHECK_OK(configure_subscriber(pair->subscriber, "throttled=true; publishInterval=0.05"));
    CHECK_OK(configure_subscriber(pair->subscriber, "enableTimeReasonabilityCheck=true; lagTime=1; leadTime=1"));
}

/* Copies the newest set, which has every signal, if there is one. */
static void newest_set(struct collection *collection, sttp_measurement set[FIXTURE_SIGNALS]) {
    pthread_mutex_lock(&collection->lock);
    int count = collection->count;
    if (count >= FIXTURE_SIGNALS && count <= MOST_MEASUREMENTS) {
        memcpy(set, &collection->measurements[count - FIXTURE_SIGNALS], FIXTURE_SIGNALS * sizeof *set);
    }
    pthread_mutex_unlock(&collection->lock);
}

static void check_throttled(void) {
    struct pair pair;
    sttp_measurement last[FIXTURE_SIGNALS];
    sttp_measurement set[FIXTURE_SIGNALS];
    int wrong = 0;
    connect_pair(&pair, throttle);
    publish_frames(pair.publisher, FRAMES);
    fill_frame(last, FRAMES - 1);
    memset(set, 0, sizeof set);
    for (int waited = 0; set[0].value != last[0].value && waited < PATIENCE_MS; waited += 2) {
        nap();
        newest_set(&pair.collection, set);
    }
    for (int i = 0; i < FIXTURE_SIGNALS; i++) {
        const sttp_measurement *received = &set[i];
        const sttp_measurement *expected = &last[i];
        wrong += !same_guid(&received->signal_id, &expected->signal_id) || received->value != expected->value ||
                 received->timestamp != expected->timestamp || (received->flags & STTP_FLAG_BAD_TIME) == 0;
    }
    CHECK(wrong == 0);
    end_pair(&pair);
}

/* -- NaN -- */

static void ask_for_numbers(struct pair *pair) {
    CHECK_OK(sttp_subscriber_set(pair->subscriber, STTP_SETTING_REQUEST_NAN_VALUE_FILTER, "true"));
}

static void forbid_filter(struct pair *pair) {
    ask_for_numbers(pair);
    CHECK_OK(sttp_publisher_set(pair->publisher, STTP_SETTING_ALLOW_NAN_VALUE_FILTER, "false"));
}

static void force_filter(struct pair *pair) {
    CHECK_OK(sttp_publisher_set(pair->publisher, STTP_SETTING_FORCE_NAN_VALUE_FILTER, "true"));
}

static void check_nan(void (*set_up)(struct pair *), int expected) {
    struct pair pair;
    sttp_measurement frame[FIXTURE_SIGNALS];
    int nan_values = 0;
    connect_pair(&pair, set_up);
    fill_frame(frame, 1);
    frame[0].value = (double)NAN;
    frame[7].value = (double)NAN;
    CHECK_OK(sttp_publisher_publish(pair.publisher, frame, FIXTURE_SIGNALS));
    publish_frames(pair.publisher, 1);
    int wanted = 2 * FIXTURE_SIGNALS - 2 + expected;
    CHECK(await_count(&pair.collection.count, wanted) == wanted);
    for (int i = 0; i < wanted; i++) {
        nan_values += isnan(pair.collection.measurements[i].value) ? 1 : 0;
    }
    CHECK(nan_values == expected);
    end_pair(&pair);
}

int main(void) {
    check_arguments();
    check_all_times();
    check_throttled();
    check_nan(exact_times, 2);
    check_nan(ask_for_numbers, 0);
    check_nan(forbid_filter, 2);
    check_nan(force_filter, 0);
    return check_report("test_forms");
}
