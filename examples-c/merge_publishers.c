/* Takes a frequency from each of two publishers, merges them by time, and publishes their difference as a signal of its
 * own. Ends when Enter is pressed.
 *
 *   cc merge_publishers.c $(pkg-config --cflags --libs sttp) -lm -o merge_publishers
 *   ./merge_publishers north:7175 south:7175 0.0.0.0:7180
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <sttp.h>

#define FRAMES_PER_SECOND 30
#define TICKS_PER_SECOND 1e7
#define FREQUENCY "FILTER TOP 1 ActiveMeasurements WHERE SignalType = 'FREQ'"

#define MOST_SECONDS_OFF 60.0

/* Frames that wait for the other publisher: about two seconds. Whoever is later than that is left out. */
#define FRAMES 64

struct frame {
    int64_t number; /* frames since the year 1; 0 for none yet */
    int present;    /* bit 0: the first publisher; bit 1: the second one */
    double values[2];
    uint32_t flags;
};

struct merger {
    struct frame frames[FRAMES];
    sttp_publisher *publisher;
    sttp_guid difference;
    unsigned long long merged;
    unsigned long long incomplete; /* frames that the other publisher did not have in time */
    unsigned long long late;       /* measurements whose frame was given up before */
    unsigned long long doubtful;   /* measurements whose clock is wrong */
};

/* One of the two; what its callbacks get. */
struct source {
    struct merger *merger;
    int side;
};

static void check(int32_t status, const char *what) {
    if (status != STTP_OK) {
        fprintf(stderr, "Cannot %s: %s (%s)\n", what, sttp_last_error(), sttp_status_name(status));
        exit(1);
    }
}

static void publish_difference(struct merger *merger, const struct frame *frame) {
    sttp_measurement measurement = {0};
    measurement.signal_id = merger->difference;
    measurement.timestamp = llround((double)frame->number * (TICKS_PER_SECOND / FRAMES_PER_SECOND));
    measurement.value = frame->values[0] - frame->values[1];
    measurement.flags = frame->flags; /* a doubtful value makes a doubtful difference */
    check(sttp_publisher_publish(merger->publisher, &measurement, 1), "publish");
    merger->merged++;
}

static void take(struct merger *merger, int side, const sttp_measurement *measurement) {
    /* One clock that is wrong must not make all others late. */
    if (fabs((double)(measurement->timestamp - sttp_time_now())) > MOST_SECONDS_OFF * TICKS_PER_SECOND) {
        merger->doubtful++;
        return;
    }
    /* Times of one moment may differ by their rounding, to microseconds or milliseconds. */
    int64_t number = llround((double)measurement->timestamp / (TICKS_PER_SECOND / FRAMES_PER_SECOND));
    struct frame *frame = &merger->frames[(uint64_t)number % FRAMES];
    if (number < frame->number) {
        merger->late++;
        return;
    }
    if (number > frame->number) {
        merger->incomplete += frame->present == 1 || frame->present == 2;
        *frame = (struct frame){.number = number};
    }
    frame->values[side] = measurement->value;
    frame->flags |= measurement->flags;
    int was_present = frame->present;
    frame->present |= 1 << side;
    if (frame->present == 3 && was_present != 3) {
        publish_difference(merger, frame);
    }
}

/* Both subscribers have the same engine of one thread, so that their callbacks come one at a time. */
static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    const struct source *source = (const struct source *)user_data;
    for (size_t i = 0; i < count; i++) {
        take(source->merger, source->side, &measurements[i]);
    }
}

static void say(void *user_data, int32_t level, const char *message) {
    const struct source *source = (const struct source *)user_data;
    if (level <= STTP_LOG_WARNING) {
        fprintf(stderr, "publisher %d: %s\n", source->side + 1, message);
    }
}

static sttp_publisher *start_publisher(const char *address, sttp_guid *difference) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    sttp_publisher *publisher = NULL;
    check(sttp_guid_parse("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f10", difference), "read a signal ID");
    check(sttp_metadata_builder_new(&builder), "make metadata");
    check(sttp_metadata_builder_add_device(builder, "CALC", "Calculated values", FRAMES_PER_SECOND), "add the device");
    check(sttp_metadata_builder_add_measurement(builder, difference, "CALC:1", "CALC:DIFFERENCE", "CALC-CV1", "CALC",
                                                "CALC", 0, "Difference of two frequencies"), "add a measurement");
    check(sttp_metadata_builder_finish(builder, &metadata), "finish the metadata");
    sttp_metadata_builder_free(builder);
    check(sttp_publisher_new(NULL, &publisher), "make a publisher");
    check(sttp_publisher_set_metadata(publisher, metadata), "set the metadata");
    sttp_metadata_free(metadata);
    check(sttp_publisher_start(publisher, address), "start publishing");
    return publisher;
}

int main(int argc, char **argv) {
    static struct merger merger;
    struct source sources[2] = {{&merger, 0}, {&merger, 1}};
    sttp_subscriber *subscribers[2] = {NULL, NULL};
    sttp_engine *engine = NULL;
    char address[64];

    if (argc != 4) {
        fprintf(stderr, "usage: merge_publishers PUBLISHER PUBLISHER LISTEN_ADDRESS\n");
        return 2;
    }
    merger.publisher = start_publisher(argv[3], &merger.difference);
    check(sttp_publisher_address(merger.publisher, address, sizeof address), "get the address");
    printf("Publishing on %s\n", address);
    fflush(stdout);
    check(sttp_engine_new(&engine), "make an engine");
    for (int side = 0; side < 2; side++) {
        check(sttp_subscriber_new(engine, &subscribers[side]), "make a subscriber");
        check(sttp_subscriber_on_message(subscribers[side], say, &sources[side], NULL), "register a callback");
        check(sttp_subscriber_on_measurements(subscribers[side], take_measurements, &sources[side], NULL),
              "register a callback");
        check(sttp_subscriber_subscribe(subscribers[side], FREQUENCY), "subscribe");
        check(sttp_subscriber_connect(subscribers[side], argv[side + 1]), "connect");
    }

    getchar();

    /* Once these have returned no callback comes any more. */
    sttp_subscriber_free(subscribers[0]);
    sttp_subscriber_free(subscribers[1]);
    sttp_engine_free(engine);
    sttp_publisher_free(merger.publisher);
    printf("%llu merged, %llu incomplete, %llu late, %llu of a wrong clock\n", merger.merged, merger.incomplete,
           merger.late, merger.doubtful);
    return 0;
}
