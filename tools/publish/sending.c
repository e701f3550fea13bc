/* What is published, and when. */
#include <math.h>

#include "../common/signals.h"
#include "../common/tool.h"
#include "publication.h"
#include "published.h"

#define PROGRESS_SECONDS 5.0
/* How much later than --duration the last frames may be that were due before. */
#define LATE_SECONDS 1.0
#define MOST_WAIT_SECONDS 3600.0

/* How much is done of what is to be done, between 0 and 1; negative when there is no end. */
static double part_done(const struct publication *publication) {
    const struct options *options = publication->options;
    double by_frames = options->frames != 0 ? (double)publication->frames / (double)options->frames : -1.0;
    double by_time = options->duration > 0.0 ? (tool_clock() - publication->started) / options->duration : -1.0;
    double by_file = publication->replay != NULL ? replay_part(publication->replay) : -1.0;
    return fmin(fmax(fmax(by_frames, by_time), by_file), 1.0);
}

static void print_progress(struct publication *publication) {
    double now = tool_clock();
    sttp_publisher_counters statistics;
    if (now < publication->next_progress ||
        sttp_publisher_statistics(publication->publisher, &statistics, sizeof statistics) != STTP_OK) {
        return;
    }
    uint64_t subscribed = statistics.subscribed + links_subscribed(publication->links);
    char published[TOOL_DIGITS_SIZE];
    char dropped[TOOL_DIGITS_SIZE];
    char done[TOOL_DONE_SIZE];
    tool_log(STTP_LOG_INFO, "%s measurements published so far%s, %s dropped, %llu subscriber%s",
             tool_group_digits(publication->measurements, published), tool_part_done(part_done(publication), done),
             tool_group_digits(statistics.measurements_dropped, dropped), (unsigned long long)subscribed,
             tool_plural(subscribed));
    publication->next_progress = now + PROGRESS_SECONDS;
}

static int check_published(int32_t status) {
    /* An interruption may have stopped the publisher while this waited for a subscriber. */
    return status == STTP_OK || tool_interrupted() ? TOOL_DONE : tool_library_error("cannot publish");
}

void wait_until(double due) {
    for (double left = due - tool_clock(); left > 0.0 && !tool_interrupted(); left = due - tool_clock()) {
        tool_wait(left);
    }
}

/* Whether no frame comes any more. One that was due before the end comes, unless this machine is too slow. */
static int is_last(const struct publication *publication) {
    const struct options *options = publication->options;
    double due = options->rate > 0.0 ? pace_due(&publication->pace, publication->frames) : tool_clock();
    return (options->frames != 0 && publication->frames >= options->frames) || due >= publication->end ||
           links_have_failed(publication->links) ||
           tool_clock() > publication->end + LATE_SECONDS;
}

static void begin(struct publication *publication) {
    const struct options *options = publication->options;
    const int made_up = options->replay == NULL;
    pace_begin(&publication->pace, options->rate > 0.0 ? options->rate : 30.0, options->rate > 0.0 && made_up);
    wait_until(publication->pace.clock);
    publication->started = tool_clock();
    publication->end = options->duration > 0.0 ? publication->pace.clock + options->duration : HUGE_VAL;
    publication->next_progress = publication->started + PROGRESS_SECONDS;
}

static int32_t publish_by_id(void *target, const sttp_measurement *measurements, size_t count) {
    struct publication *publication = (struct publication *)target;
    int32_t status = publication->options->only_links
                         ? STTP_OK
                         : sttp_publisher_publish(publication->publisher, measurements, count);
    return status == STTP_OK ? links_publish(publication->links, measurements, count) : status;
}

static int32_t publish_by_index(void *target, const sttp_measurement *measurements, size_t count) {
    struct publication *publication = (struct publication *)target;
    int32_t status = publication->options->only_links
                         ? STTP_OK
                         : sttp_publisher_publish_indexed(publication->publisher, measurements, count);
    return status == STTP_OK ? links_publish(publication->links, measurements, count) : status;
}

/* Publishes what waits for its time. */
static int publish_waiting(struct publication *publication) {
    return check_published(batching_flush(&publication->batching, publication));
}

/* Sends the next buffer block, if there is one: behind the frames before it, which then wait no longer. */
static int send_block(struct publication *publication) {
    sttp_guid signal_id;
    const uint8_t *data = NULL;
    size_t size = 0;
    if (publication->blocks == NULL) {
        return TOOL_DONE;
    }
    int found = blocks_next(publication->blocks, &signal_id, &data, &size);
    if (found <= 0) {
        blocks_close(publication->blocks);
        publication->blocks = NULL;
        return found < 0 ? TOOL_FAILED : TOOL_DONE;
    }
    int result = publish_waiting(publication);
    if (result != TOOL_DONE) {
        return result;
    }
    if (sttp_publisher_send_buffer_block(publication->publisher, &signal_id, data, size,
                                         publication->options->confirm_blocks) != STTP_OK) {
        return tool_interrupted() ? TOOL_DONE : tool_library_error("cannot send a buffer block");
    }
    return TOOL_DONE;
}

static int send_blocks_left(struct publication *publication) {
    int result = TOOL_DONE;
    while (result == TOOL_DONE && publication->blocks != NULL && !tool_interrupted()) {
        result = send_block(publication);
    }
    return result;
}

/* Waits until a time of tool_clock, and publishes meanwhile what has waited for its own; also what has before. */
static int wait_for_frame(struct publication *publication, double due) {
    int result = TOOL_DONE;
    if (batching_due(&publication->batching) <= fmax(due, tool_clock())) {
        wait_until(batching_due(&publication->batching));
        result = publish_waiting(publication);
    }
    wait_until(due);
    return result;
}

static int publish(struct publication *publication, publish_function *function,
                   const sttp_measurement *measurements, size_t count) {
    int32_t status = batching_add(&publication->batching, publication, function, measurements, count);
    if (status != STTP_OK) {
        return check_published(status);
    }
    publication->frames++;
    publication->measurements += count;
    print_progress(publication);
    return send_block(publication);
}

static int publish_made_up(struct publication *publication) {
    struct signal_generator *generator = generator_new(publication->metadata);
    struct pace *pace = &publication->pace;
    int result = generator == NULL ? TOOL_FAILED : TOOL_DONE;
    while (result == TOOL_DONE && !is_last(publication) && !tool_interrupted()) {
        uint64_t number = publication->frames;
        int is_paced = publication->options->rate > 0.0;
        result = wait_for_frame(publication, is_paced ? pace_due(pace, number) : 0.0);
        if (result == TOOL_DONE && is_paced && pace_was_disturbed(pace, number)) {
            continue;
        }
        if (result == TOOL_DONE && !tool_interrupted()) {
            const sttp_measurement *frame = generator_frame(generator, pace_ticks(pace, number));
            result = publish(publication, publish_by_index, frame,
                             generator_signal_count(generator));
            if (publication->completeness != NULL && publication->frames > number) {
                completeness_add_frame(publication->completeness, pace_ticks(pace, number));
            }
        }
    }
    generator_free(generator);
    return result;
}

/* When a batch is to be sent. */
static double due_of(struct publication *publication, const struct replay_batch *batch) {
    if (publication->options->rate <= 0.0) {
        return batch->due;
    }
    pace_forgive(&publication->pace, publication->frames);
    return pace_due(&publication->pace, publication->frames);
}

static int publish_batch(struct publication *publication, const struct replay_batch *batch) {
    struct completeness *completeness = publication->completeness;
    uint64_t number = publication->frames;
    int result = publish(publication, publish_by_id, batch->measurements, batch->count);
    if (completeness == NULL || publication->frames == number) {
        return result;
    }
    if (batch->begins_again) {
        completeness_begin_again(completeness);
    }
    completeness_add(completeness, batch->measurements, batch->count);
    return result;
}

static int publish_replay(struct publication *publication) {
    const struct options *options = publication->options;
    struct replay_plan plan = {published_source(options, options->replay, publication->metadata), options->speed,
                               options->times, options->loop};
    struct replay *replay = replay_open(&plan);
    enum replay_status status = replay == NULL ? REPLAY_FAILED : REPLAY_LATER;
    int result = TOOL_DONE;
    publication->replay = replay;
    while (result == TOOL_DONE && (status == REPLAY_BATCH || status == REPLAY_LATER) && !is_last(publication) &&
           !tool_interrupted()) {
        struct replay_batch batch;
        double until = fmin(publication->end, batching_due(&publication->batching));
        status = replay_next(replay, fmin(until - tool_clock(), MOST_WAIT_SECONDS), &batch);
        double due = status == REPLAY_BATCH ? due_of(publication, &batch) : 0.0;
        result = wait_for_frame(publication, fmin(due, publication->end));
        if (result == TOOL_DONE && status == REPLAY_BATCH && due <= publication->end && !tool_interrupted()) {
            result = publish_batch(publication, &batch);
        }
    }
    publication->replay = NULL;
    replay_close(replay);
    return status == REPLAY_FAILED ? TOOL_FAILED : result;
}

/* The rest of --duration, when the last frame came before its end. */
static void stay(const struct publication *publication) {
    if (publication->options->frames == 0 && publication->options->replay == NULL && publication->end < HUGE_VAL) {
        wait_until(publication->end);
    }
}

int publication_send(struct publication *publication) {
    begin(publication);
    int result = publication->options->replay != NULL ? publish_replay(publication) : publish_made_up(publication);
    if (result == TOOL_DONE) {
        result = publish_waiting(publication);
    }
    if (result == TOOL_DONE) {
        stay(publication);
        result = send_blocks_left(publication);
    }
    return result;
}
