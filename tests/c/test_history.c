/* Historical data: kept in memory by the publisher, or read by its program. */
#include "fixture.h"

#define FRAMES 200
#define ARCHIVED 20000

/* -- a subscriber of historical data -- */

struct told {
    int complete;
    int failed;
    int paced;
    char failure[512];
    char end[512];
};

static void take_complete(void *user_data, const char *text) {
    struct told *told = (struct told *)user_data;
    CHECK(text != NULL);
    snprintf(told->end, sizeof told->end, "%s", text);
    add_one(&told->complete);
}

static void take_failed(void *user_data, int32_t request, const char *text) {
    struct told *told = (struct told *)user_data;
    CHECK(request == 0x02);
    snprintf(told->failure, sizeof told->failure, "%s", text);
    add_one(&told->failed);
}

static void take_succeeded(void *user_data, int32_t request, const char *text) {
    struct told *told = (struct told *)user_data;
    CHECK(text != NULL);
    if (request == 0x05) {
        add_one(&told->paced);
    }
}

static sttp_subscriber *historical_subscriber(sttp_engine *engine, const char *address, const char *start,
                                              const char *stop, int32_t interval, struct told *told,
                                              struct collection *collection) {
    sttp_subscriber *subscriber = NULL;
    memset(told, 0, sizeof *told);
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, collection, NULL));
    CHECK_OK(sttp_subscriber_on_processing_complete(subscriber, take_complete, told, NULL));
    CHECK_OK(sttp_subscriber_on_request_failed(subscriber, take_failed, told, NULL));
    CHECK_OK(sttp_subscriber_on_request_succeeded(subscriber, take_succeeded, told, NULL));
    CHECK_OK(configure_subscriber(subscriber,
                                  "startTimeConstraint={%s}; stopTimeConstraint={%s}; processingInterval=%d; "
                                  "timeConstraintParameters={table = archive}",
                                  start, stop != NULL ? stop : "", (int)interval));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    return subscriber;
}

/* -- memory -- */

static void publish_frames(sttp_publisher *publisher, int count) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int number = 0; number < count; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish_indexed(publisher, frame, FIXTURE_SIGNALS));
    }
}

static void check_memory(sttp_engine *engine) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct told told;
    struct collection collection;
    sttp_history_extent extent;
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    sttp_subscriber *subscriber;

    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_HISTORY_DURATION, "600"));
    start(publisher, address);
    publish_frames(publisher, FRAMES);
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));

    /* Ticks 638000000000000000 and 19 frames later, both included. */
    subscriber = historical_subscriber(engine, address, "2022-09-28 22:13:20", "2022-09-28 22:13:20.6333327", 0, &told,
                                       &collection);
    CHECK(await_count(&told.complete, 1) == 1);
    CHECK(get(&collection.count) == 20 * FIXTURE_SIGNALS);
    for (int i = 0; i < collection.count; i++) {
        sttp_measurement frame[FIXTURE_SIGNALS];
        fill_frame(frame, i / FIXTURE_SIGNALS);
        CHECK(collection.measurements[i].timestamp == frame[i % FIXTURE_SIGNALS].timestamp);
        CHECK(collection.measurements[i].value == frame[i % FIXTURE_SIGNALS].value);
    }
    CHECK(told.failed == 0);

    CHECK_OK(sttp_publisher_history_extent(publisher, &extent, sizeof extent));
    CHECK(extent.measurements == (uint64_t)FRAMES * FIXTURE_SIGNALS);
    CHECK(extent.bytes > 0);
    CHECK(extent.earliest == 638000000000000000LL && extent.dropped == 0);
    CHECK(extent.latest == 638000000000000000LL + (FRAMES - 1) * 333333LL);

    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    collection_free(&collection);
}

struct pace {
    int changes;
    int32_t milliseconds;
    uint64_t connection_id;
};

static void take_pace(void *user_data, uint64_t connection_id, int32_t milliseconds) {
    struct pace *pace = (struct pace *)user_data;
    pace->connection_id = connection_id;
    pace->milliseconds = milliseconds;
    add_one(&pace->changes);
}

static void check_pace(sttp_engine *engine) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct told told;
    struct pace pace = {0, -7, 0};
    struct collection collection;
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    sttp_subscriber *subscriber;

    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(configure_publisher(publisher, "historyDuration=600; historyLimit=1048576"));
    CHECK_OK(sttp_publisher_on_processing_interval(publisher, take_pace, &pace, NULL));
    start(publisher, address);
    publish_frames(publisher, FRAMES);
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));
    subscriber = historical_subscriber(engine, address, "*-20000d", NULL, 2147483647, &told, &collection);
    CHECK(await_count(&collection.count, FIXTURE_SIGNALS) == FIXTURE_SIGNALS);
    CHECK_OK(sttp_subscriber_update_processing_interval(subscriber, 1000000));
    CHECK(await_count(&pace.changes, 1) == 1);
    CHECK(pace.milliseconds == 1000000 && pace.connection_id != 0);
    CHECK_OK(sttp_subscriber_update_processing_interval(subscriber, 0));
    CHECK(await_count(&told.complete, 1) == 1);
    CHECK(told.paced == 2);
    CHECK(get(&collection.count) == FRAMES * FIXTURE_SIGNALS);

    /* The publisher ends one. */
    int before = get(&collection.count);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_PROCESSING_INTERVAL, "2147483647"));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK(await_count(&collection.count, before + FIXTURE_SIGNALS) == before + FIXTURE_SIGNALS);
    CHECK_OK(sttp_publisher_end_playback(publisher, pace.connection_id, "the archive is closed"));
    CHECK(await_count(&told.complete, 2) == 2);

    /* Live again. */
    CHECK_OK(configure_subscriber(subscriber, "startTimeConstraint=; stopTimeConstraint="));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK(await_count(&subscriptions, 3) == 3);

    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    collection_free(&collection);
}

/* -- an archive -- */

struct archive {
    int opened;
    int closed;
    int destroyed;
    int reads;
    /* What a read returns in place of data, if not 0. */
    int32_t status;
    /* Where to call sttp_publisher_free from inside. */
    sttp_publisher *victim;
};

struct cursor {
    int next;
};

static int32_t read_archive(void *user_data, const sttp_history_window *window, void **reader,
                            sttp_measurement *measurements, size_t capacity, size_t *count) {
    struct archive *archive = (struct archive *)user_data;
    struct cursor *cursor = (struct cursor *)*reader;
    add_one(&archive->reads);
    CHECK(get(&archive->destroyed) == 0);
    CHECK(window->connection_id != 0 && window->start <= window->stop);
    CHECK(window->signal_count == FIXTURE_SIGNALS);
    CHECK_TEXT(window->parameters, "table = archive");
    CHECK(capacity >= 1000);
    if (cursor == NULL) {
        cursor = (struct cursor *)calloc(1, sizeof *cursor);
        *reader = cursor;
        add_one(&archive->opened);
    }
    if (archive->victim != NULL) {
        sttp_publisher_free(archive->victim);
        archive->victim = NULL;
    }
    if (archive->status != 0) {
        return archive->status;
    }
    *count = 0;
    while (*count < 1000 && cursor->next < ARCHIVED) {
        sttp_measurement *measurement = &measurements[*count];
        int number = cursor->next++;
        measurement->signal_id = window->signals[number % FIXTURE_SIGNALS];
        measurement->signal_index = number % 2 == 0 ? (uint32_t)(number % FIXTURE_SIGNALS) : 9999;
        measurement->timestamp = 638000000000000000LL + number;
        measurement->value = number;
        measurement->flags = 0;
        *count += 1;
    }
    return STTP_OK;
}

static void close_archive(void *user_data, void *reader) {
    struct archive *archive = (struct archive *)user_data;
    CHECK(get(&archive->destroyed) == 0);
    free(reader);
    add_one(&archive->closed);
}

static void destroy_archive(void *user_data) {
    struct archive *archive = (struct archive *)user_data;
    CHECK(get(&archive->opened) == get(&archive->closed));
    add_one(&archive->destroyed);
}

static sttp_publisher *start_archive(sttp_engine *engine, char address[ADDRESS_SIZE], int *subscriptions,
                                     struct archive *archive) {
    sttp_publisher *publisher = start_publisher(engine, address, subscriptions);
    memset(archive, 0, sizeof *archive);
    CHECK_OK(sttp_publisher_set_history_source(publisher, read_archive, close_archive, archive, destroy_archive));
    return publisher;
}

static void check_archive(sttp_engine *engine) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct told told;
    struct archive archive;
    struct collection collection;
    sttp_publisher *publisher = start_archive(engine, address, &subscriptions, &archive);
    sttp_subscriber *subscriber;

    collection_init(&collection, ARCHIVED);
    subscriber = historical_subscriber(engine, address, "2022-01-01", "*", 0, &told, &collection);
    CHECK(await_count(&told.complete, 1) == 1);
    CHECK(get(&collection.count) == ARCHIVED);
    for (int i = 0; i < collection.count; i++) {
        sttp_guid id = signal_id(i % FIXTURE_SIGNALS);
        CHECK(collection.measurements[i].timestamp == 638000000000000000LL + i);
        CHECK(collection.measurements[i].value == i);
        CHECK(same_guid(&collection.measurements[i].signal_id, &id));
    }
    CHECK(archive.reads == ARCHIVED / 1000 + 1);
    CHECK(await_count(&archive.closed, 1) == 1);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    CHECK(archive.opened == 1 && archive.closed == 1 && archive.destroyed == 1);
    collection_free(&collection);
}

static void check_failing_archive(sttp_engine *engine) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct told told;
    struct archive archive;
    struct collection collection;
    sttp_publisher *publisher = start_archive(engine, address, &subscriptions, &archive);
    sttp_subscriber *subscriber;

    archive.status = STTP_ERR_IO;
    collection_init(&collection, 1);
    subscriber = historical_subscriber(engine, address, "*-1h", "*", 0, &told, &collection);
    CHECK(await_count(&told.complete, 1) == 1);
    CHECK(told.failed == 1);
    CHECK(strstr(told.failure, "could not read them") != NULL);
    CHECK(await_count(&archive.closed, 1) == 1);

    /* Without a source the publisher refuses. */
    CHECK_OK(sttp_publisher_set_history_source(publisher, NULL, NULL, NULL, NULL));
    CHECK(archive.destroyed == 1);
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK(await_count(&told.failed, 2) == 2);
    CHECK(strstr(told.failure, "no historical data") != NULL);

    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    collection_free(&collection);
}

/* -- an archive of what is older than memory -- */

/* Something comes a moment later, then memory goes on. */
static int32_t read_older(void *user_data, const sttp_history_window *window, void **reader, sttp_measurement *measurements,
                          size_t capacity, size_t *count) {
    int *calls = (int *)user_data;
    CHECK(capacity > 0 && *reader == NULL);
    *count = 0;
    add_one(calls);
    switch (get(calls)) {
        case 1:
            return STTP_ERR_WOULD_BLOCK;
        case 2:
            memset(measurements, 0, sizeof *measurements);
            measurements->signal_id = window->signals[0];
            measurements->timestamp = 638000000000000000LL - 1;
            measurements->value = -1.0;
            *count = 1;
            return STTP_OK;
        case 3:
            CHECK_OK(sttp_history_tell("is forgotten"));
            return sttp_history_from_memory(638000000000000000LL, window->stop);
        case 4:
            CHECK_OK(sttp_history_tell("the tape begins in May"));
            return STTP_OK;
        default:
            CHECK_OK(sttp_history_tell("the tape is torn"));
            return STTP_ERR_IO;
    }
}

static void check_older_archive(sttp_engine *engine) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    int calls = 0;
    struct told told;
    struct collection collection;
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS + 1);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_HISTORY_DURATION, "600"));
    CHECK_OK(sttp_publisher_set_history_source(publisher, read_older, NULL, &calls, NULL));
    start(publisher, address);
    publish_frames(publisher, FRAMES);
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));

    sttp_subscriber *subscriber = historical_subscriber(engine, address, "2022-01-01", NULL, 0, &told, &collection);
    CHECK(await_count(&told.complete, 1) == 1);
    CHECK(get(&calls) == 4);
    CHECK(get(&collection.count) == FRAMES * FIXTURE_SIGNALS + 1);
    CHECK(collection.measurements[0].value == -1.0);
    for (int i = 0; i < FRAMES * FIXTURE_SIGNALS; i++) {
        sttp_measurement frame[FIXTURE_SIGNALS];
        fill_frame(frame, i / FIXTURE_SIGNALS);
        CHECK(collection.measurements[1 + i].timestamp == frame[i % FIXTURE_SIGNALS].timestamp);
    }
    CHECK(told.failed == 0);
    CHECK_TEXT(told.end, "All historical data were sent that there are; the tape begins in May.");

    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK(await_count(&told.failed, 1) == 1);
    CHECK(strstr(told.failure, "the tape is torn") != NULL);

    CHECK_STATUS(sttp_history_tell("too early"), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_history_tell(NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_history_from_memory(0, 1), STTP_ERR_INVALID_STATE);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    collection_free(&collection);
}

/* The program frees the publisher while it reads for it. */
static void check_free_inside(sttp_engine *engine) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct told told;
    struct archive archive;
    struct collection collection;
    sttp_publisher *publisher = start_archive(engine, address, &subscriptions, &archive);
    sttp_subscriber *subscriber;

    archive.victim = publisher;
    collection_init(&collection, ARCHIVED);
    subscriber = historical_subscriber(engine, address, "*-1h", "*", 0, &told, &collection);
    CHECK(await_count(&archive.destroyed, 1) == 1);
    CHECK(archive.opened == 1 && archive.closed == 1 && archive.reads == 1);
    sttp_subscriber_free(subscriber);
    collection_free(&collection);
}

static void check_unused_source(sttp_engine *engine) {
    int subscriptions = 0;
    int destroyed = 0;
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    CHECK_OK(sttp_publisher_set_history_source(publisher, NULL, NULL, &destroyed, count_call));
    CHECK(destroyed == 1);
    CHECK_OK(sttp_publisher_set_history_source(publisher, read_archive, NULL, &destroyed, count_call));
    CHECK(destroyed == 1);
    CHECK_OK(sttp_publisher_set_history_source(publisher, read_archive, close_archive, &destroyed, count_call));
    CHECK(destroyed == 2);
    sttp_publisher_free(publisher);
    CHECK(destroyed == 3);
}

static void check_arguments(sttp_engine *engine) {
    sttp_subscriber *subscriber = NULL;
    sttp_publisher *publisher = NULL;
    sttp_history_extent extent;
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_publisher_new(engine, &publisher));
    const int32_t INVALID = STTP_ERR_INVALID_ARGUMENT;
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_START_TIME_CONSTRAINT, "yesterday"), INVALID);
    CHECK(strstr(sttp_last_error(), "startTimeConstraint is \"yesterday\"; give * for now") != NULL);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_STOP_TIME_CONSTRAINT, "later"), INVALID);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_START_TIME_CONSTRAINT, "* - 1 h"));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_STOP_TIME_CONSTRAINT, "1/31/2026 08:00:00"));
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_PROCESSING_INTERVAL, "-2"), INVALID);
    CHECK_STATUS(sttp_subscriber_update_processing_interval(NULL, 0), INVALID);
    CHECK_STATUS(sttp_subscriber_update_processing_interval(subscriber, -2), INVALID);
    CHECK_STATUS(sttp_subscriber_update_processing_interval(subscriber, 0), STTP_ERR_NOT_CONNECTED);
    CHECK_STATUS(sttp_subscriber_on_processing_complete(NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_set_history_source(NULL, NULL, NULL, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_history_extent(NULL, &extent, sizeof extent), INVALID);
    CHECK_STATUS(sttp_publisher_history_extent(publisher, NULL, sizeof extent), INVALID);
    CHECK_STATUS(sttp_publisher_history_extent(publisher, &extent, 3), INVALID);
    CHECK_OK(sttp_publisher_history_extent(publisher, &extent, sizeof extent));
    CHECK(extent.measurements == 0 && extent.bytes == 0 && extent.earliest == 0 && extent.latest == 0);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

int main(void) {
    sttp_engine *engine = NULL;
    CHECK_OK(sttp_engine_new(&engine));
    check_memory(engine);
    check_pace(engine);
    check_archive(engine);
    check_older_archive(engine);
    check_failing_archive(engine);
    check_free_inside(engine);
    check_unused_source(engine);
    check_arguments(engine);
    sttp_engine_free(engine);
    return check_report("test_history");
}
