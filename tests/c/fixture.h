/* What several C tests share: a small data set, a publisher and a subscriber of it, and counters that callbacks and
 * the test look at from different threads. */
#ifndef STTP_TEST_FIXTURE_H
#define STTP_TEST_FIXTURE_H

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"

#define FIXTURE_SIGNALS 25
#define ADDRESS_SIZE 64
#define EVERYTHING "FILTER ActiveMeasurements WHERE True"

/* How long a wait may take before the test fails. It never decides whether a working library passes. */
#define PATIENCE_MS 60000

/* -- counters -- */

static inline void add_one(int *counter) {
    __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static inline int get(const int *counter) {
    return __atomic_load_n(counter, __ATOMIC_SEQ_CST);
}

static inline void nap(void) {
    struct timespec duration;
    duration.tv_sec = 0;
    duration.tv_nsec = 2000000;
    nanosleep(&duration, NULL);
}

/* Waits until the counter has reached `wanted`; what it then is. */
static inline int await_count(const int *counter, int wanted) {
    for (int waited = 0; get(counter) < wanted && waited < PATIENCE_MS; waited += 2) {
        nap();
    }
    return get(counter);
}

/* A callback or destructor that counts its calls. */
static inline void count_call(void *counter) {
    add_one((int *)counter);
}

/* -- the data set -- */

static inline sttp_guid signal_id(int number) {
    sttp_guid id;
    memset(&id, 0, sizeof id);
    id.bytes[0] = 0x7e;
    id.bytes[14] = (uint8_t)(number >> 8);
    id.bytes[15] = (uint8_t)number;
    return id;
}

static inline int same_guid(const sttp_guid *left, const sttp_guid *right) {
    return memcmp(left->bytes, right->bytes, sizeof left->bytes) == 0;
}

/* One device with FIXTURE_SIGNALS frequencies, numbered from 0. */
static inline sttp_metadata *make_metadata(void) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    CHECK_OK(sttp_metadata_builder_new(&builder));
    CHECK_OK(sttp_metadata_builder_add_device(builder, "TESTER", "Device of the tests", 30));
    for (int i = 0; i < FIXTURE_SIGNALS; i++) {
        char key[32];
        char tag[32];
        char reference[32];
        sttp_guid id = signal_id(i);
        snprintf(key, sizeof key, "TEST:%d", i + 1);
        snprintf(tag, sizeof tag, "TESTER:FREQ%d", i + 1);
        snprintf(reference, sizeof reference, "TESTER-AV%d", i + 1);
        CHECK_OK(sttp_metadata_builder_add_measurement(builder, &id, key, tag, reference, "FREQ", "TESTER", 0,
                                                       "A signal of the tests"));
    }
    CHECK_OK(sttp_metadata_builder_finish(builder, &metadata));
    sttp_metadata_builder_free(builder);
    return metadata;
}

/* Values that a float32 holds exactly, all different, and a flag that every form of the payload keeps. */
static inline void fill_frame(sttp_measurement frame[FIXTURE_SIGNALS], int number) {
    for (int i = 0; i < FIXTURE_SIGNALS; i++) {
        memset(&frame[i], 0, sizeof frame[i]);
        frame[i].signal_id = signal_id(i);
        frame[i].signal_index = (uint32_t)i;
        frame[i].timestamp = 638000000000000000LL + (int64_t)number * 333333;
        frame[i].value = (double)(number * FIXTURE_SIGNALS + i) * 0.25;
        frame[i].flags = i == 3 ? STTP_FLAG_CALCULATED_VALUE : 0;
    }
}

/* -- the publisher -- */

static inline void count_connection(void *counter, const sttp_connection *connection) {
    CHECK(connection != NULL && connection->id != 0 && strlen(connection->address) > 0);
    add_one((int *)counter);
}

/* A lossless publisher of make_metadata(), not listening yet. `subscriptions` counts the subscribers that data can flow
 * to. */
static inline sttp_publisher *new_publisher(sttp_engine *engine, int *subscriptions) {
    sttp_publisher *publisher = NULL;
    sttp_metadata *metadata = make_metadata();
    CHECK_OK(sttp_publisher_new(engine, &publisher));
    CHECK_OK(sttp_publisher_set_metadata(publisher, metadata));
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_OVERFLOW, "wait"));
    CHECK_OK(sttp_publisher_on_subscribed(publisher, count_connection, subscriptions, NULL));
    sttp_metadata_free(metadata);
    return publisher;
}

/* Listens on `address`, and writes there which one it got. */
static inline void start(sttp_publisher *publisher, char address[ADDRESS_SIZE]) {
    CHECK_OK(sttp_publisher_start(publisher, address));
    CHECK_OK(sttp_publisher_address(publisher, address, ADDRESS_SIZE));
}

static inline sttp_publisher *start_publisher(sttp_engine *engine, char address[ADDRESS_SIZE], int *subscriptions) {
    sttp_publisher *publisher = new_publisher(engine, subscriptions);
    start(publisher, address);
    return publisher;
}

/* -- the subscriber -- */

/* Every measurement that came, in order. */
struct collection {
    pthread_mutex_t lock;
    sttp_measurement *measurements;
    size_t capacity;
    int count; /* also a counter for await_count */
};

static inline void collection_init(struct collection *collection, size_t capacity) {
    memset(collection, 0, sizeof *collection);
    pthread_mutex_init(&collection->lock, NULL);
    collection->capacity = capacity;
    collection->measurements = (sttp_measurement *)calloc(capacity, sizeof(sttp_measurement));
}

static inline void collection_free(struct collection *collection) {
    free(collection->measurements);
    pthread_mutex_destroy(&collection->lock);
}

static inline void collect(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct collection *collection = (struct collection *)user_data;
    pthread_mutex_lock(&collection->lock);
    for (size_t i = 0; i < count; i++) {
        if ((size_t)get(&collection->count) < collection->capacity) {
            collection->measurements[collection->count] = measurements[i];
        }
        add_one(&collection->count);
    }
    pthread_mutex_unlock(&collection->lock);
}

/* Checks that exactly `frames` frames of fill_frame() came, in order and unchanged. */
static inline void check_frames(const sttp_measurement *received, size_t count, int frames) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    CHECK(count == (size_t)frames * FIXTURE_SIGNALS);
    size_t wrong = 0;
    for (size_t i = 0; i < count && i < (size_t)frames * FIXTURE_SIGNALS; i++) {
        const sttp_measurement *expected = &frame[i % FIXTURE_SIGNALS];
        if (i % FIXTURE_SIGNALS == 0) {
            fill_frame(frame, (int)(i / FIXTURE_SIGNALS));
        }
        wrong += !same_guid(&received[i].signal_id, &expected->signal_id) ||
                 received[i].timestamp != expected->timestamp || received[i].flags != expected->flags ||
                 received[i].value != expected->value;
    }
    CHECK(wrong == 0);
}

#endif
