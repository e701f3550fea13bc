/* The publisher's side: frames at a steady rate or as fast as they are taken, or connections only. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../tools/common/signals.h"
#include "../../tools/common/tool.h"
#include "frames.h"
#include "load.h"
#include "usage.h"

#define TICKS_PER_SECOND 1e7
#define SETTLE_SECONDS 0.5
#define STOP_SECONDS 5.0
#define MOST_WARNINGS 5

struct publication {
    const struct publish_options *options;
    sttp_publisher *publisher;
    sttp_metadata *metadata;
    struct frames *frames;
    pthread_mutex_t lock;
    uint64_t subscriptions; /* counted under the lock */
    int warnings; /* said; written by callbacks only */
    uint64_t published; /* frames */
    double latest; /* how many seconds a frame came after its time, at most */
};

struct publish_report {
    double seconds;
    struct processor_time cpu;
    uint64_t resident_alone; /* before the first connection */
    uint64_t resident; /* at the end of the period */
    uint64_t connections; /* when all were there */
    sttp_publisher_counters end;
};

/* -- setting up -- */

static void count_subscription(void *user_data, const sttp_connection *connection) {
    struct publication *publication = (struct publication *)user_data;
    (void)connection;
    pthread_mutex_lock(&publication->lock);
    publication->subscriptions++;
    pthread_mutex_unlock(&publication->lock);
    tool_wake();
}

/* What befalls one connection may befall thousands. */
static void say_warning(void *user_data, int32_t level, const char *message) {
    struct publication *publication = (struct publication *)user_data;
    if (level > STTP_LOG_WARNING || publication->warnings > MOST_WARNINGS) {
        return;
    }
    tool_error("%s", publication->warnings < MOST_WARNINGS ? message : "further warnings are not shown");
    publication->warnings++;
}

static int open_publisher(struct publication *publication) {
    const struct publish_options *options = publication->options;
    int lossless = options->lossless || options->rate == 0.0;
    char address[64];
    sttp_engine *engine = NULL;
    if (make_engine(options->threads, &engine) != 0) {
        return TOOL_FAILED;
    }
    int32_t status = sttp_publisher_new(engine, &publication->publisher);
    sttp_engine_free(engine);
    if (status != STTP_OK || sttp_publisher_set_metadata(publication->publisher, publication->metadata) != STTP_OK ||
        sttp_publisher_set(publication->publisher, STTP_SETTING_OVERFLOW, lossless ? "wait" : "dropOldest") != STTP_OK ||
        (options->settings != NULL &&
         sttp_publisher_configure(publication->publisher, options->settings) != STTP_OK) ||
        sttp_publisher_on_subscribed(publication->publisher, count_subscription, publication, NULL) != STTP_OK ||
        sttp_publisher_on_message(publication->publisher, say_warning, publication, NULL) != STTP_OK ||
        sttp_publisher_start(publication->publisher, options->listen) != STTP_OK ||
        sttp_publisher_address(publication->publisher, address, sizeof address) != STTP_OK) {
        return tool_library_error("cannot publish on %s", options->listen);
    }
    printf("Publishing on %s\n", address);
    return TOOL_DONE;
}

static sttp_publisher_counters statistics_of(const struct publication *publication) {
    sttp_publisher_counters statistics;
    memset(&statistics, 0, sizeof statistics);
    sttp_publisher_statistics(publication->publisher, &statistics, sizeof statistics);
    return statistics;
}

/* Those that count: subscriptions, or connections where nobody is to subscribe. */
static uint64_t there_now(struct publication *publication) {
    if (publication->options->idle) {
        return statistics_of(publication).connections;
    }
    pthread_mutex_lock(&publication->lock);
    uint64_t subscriptions = publication->subscriptions;
    pthread_mutex_unlock(&publication->lock);
    return subscriptions;
}

static int wait_for_all(struct publication *publication) {
    const struct publish_options *options = publication->options;
    double began = tool_clock();
    while (there_now(publication) < options->wait) {
        if (tool_interrupted() || is_patience_over(began, options->patience, there_now(publication), options->wait)) {
            return TOOL_FAILED;
        }
        tool_wait(0.02);
    }
    return TOOL_DONE;
}

/* -- the period that is measured -- */

/* Until a time of tool_clock, with less work than tool_wait: what the program itself takes is measured as well. */
static void wait_until(double time) {
    struct timespec due;
    due.tv_sec = (time_t)time;
    due.tv_nsec = (long)((time - (double)due.tv_sec) * 1e9);
    while (!tool_interrupted() && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {
    }
}

static int is_over(const struct publication *publication, double began) {
    const struct publish_options *options = publication->options;
    if (tool_interrupted()) {
        return 1;
    }
    if (options->frames != 0) {
        return publication->published >= options->frames;
    }
    double elapsed = options->rate > 0.0 ? (double)publication->published / options->rate : tool_clock() - began;
    return elapsed >= options->seconds;
}

static int publish_frames(struct publication *publication) {
    int by_id = publication->options->by_id;
    int32_t (*publish)(sttp_publisher *, const sttp_measurement *, size_t) =
        by_id ? sttp_publisher_publish : sttp_publisher_publish_indexed;
    double rate = publication->options->rate;
    double began = tool_clock();
    size_t signals = frames_signal_count(publication->frames);
    while (!is_over(publication, began)) {
        if (rate > 0.0) {
            double due = began + (double)publication->published / rate;
            wait_until(due);
            publication->latest = fmax(publication->latest, tool_clock() - due);
        }
        const sttp_measurement *frame = frames_next(publication->frames);
        if (publish(publication->publisher, frame, signals) != STTP_OK) {
            return tool_library_error("cannot publish");
        }
        publication->published++;
    }
    if (sttp_publisher_flush(publication->publisher, -1) != STTP_OK) {
        return tool_library_error("cannot send the last frames");
    }
    return TOOL_DONE;
}

static int hold_connections(const struct publication *publication) {
    wait_until(tool_clock() + publication->options->seconds);
    return TOOL_DONE;
}

static int measure(struct publication *publication, struct publish_report *report) {
    report->resident_alone = resident_bytes();
    if (wait_for_all(publication) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (publication->options->idle) {
        tool_wait(SETTLE_SECONDS);
    }
    report->connections = there_now(publication);
    struct processor_time cpu = processor_time_now();
    double began = tool_clock();
    int result = publication->options->idle ? hold_connections(publication) : publish_frames(publication);
    report->seconds = tool_clock() - began;
    report->cpu = processor_time_since(cpu);
    report->resident = resident_bytes();
    report->end = statistics_of(publication);
    return result;
}

/* -- the end -- */

static void stop(struct publication *publication) {
    double until = tool_clock() + STOP_SECONDS;
    sttp_publisher_stop(publication->publisher);
    while (statistics_of(publication).connections > 0 && tool_clock() < until) {
        tool_wait(0.01);
    }
}

static void print_report(const struct publication *publication, const struct publish_report *report) {
    size_t signals = frames_signal_count(publication->frames);
    printf("{\"role\":\"publish\",\"signals\":%zu,\"frames\":%llu,\"measurements\":%llu,\"seconds\":%.6f,"
           "\"cpu_seconds\":%.6f,\"user_seconds\":%.6f,\"system_seconds\":%.6f,\"latest_frame_seconds\":%.6f,",
           signals, (unsigned long long)publication->published,
           (unsigned long long)(publication->published * signals), report->seconds,
           report->cpu.user + report->cpu.system, report->cpu.user, report->cpu.system, publication->latest);
    printf("\"rss_alone_bytes\":%llu,\"rss_bytes\":%llu,\"peak_rss_bytes\":%llu,",
           (unsigned long long)report->resident_alone, (unsigned long long)report->resident,
           (unsigned long long)peak_resident_bytes());
    printf("\"connections\":%llu,\"connections_at_end\":%llu,\"sent\":%llu,\"dropped\":%llu,\"packets\":%llu,"
           "\"bytes\":%llu,\"value_sum\":%llu,\"time_sum\":%llu}\n",
           (unsigned long long)report->connections, (unsigned long long)report->end.connections,
           (unsigned long long)report->end.measurements_sent, (unsigned long long)report->end.measurements_dropped,
           (unsigned long long)report->end.packets_sent, (unsigned long long)report->end.bytes_sent,
           (unsigned long long)frames_value_sum(publication->frames),
           (unsigned long long)frames_time_sum(publication->frames));
}

int publish_load(const struct publish_options *options) {
    struct publication publication;
    struct publish_report report;
    memset(&publication, 0, sizeof publication);
    memset(&report, 0, sizeof report);
    publication.options = options;
    pthread_mutex_init(&publication.lock, NULL);
    if (allow_connections(options->wait) == 0) {
        publication.metadata = signals_make_up(options->signals);
    }
    if (publication.metadata != NULL) {
        publication.frames = options->stream == NULL ? frames_new(publication.metadata)
                                                     : frames_read(publication.metadata, options->stream);
    }
    int result = publication.frames == NULL ? TOOL_FAILED : open_publisher(&publication);
    if (result == TOOL_DONE) {
        result = measure(&publication, &report);
        stop(&publication);
    }
    if (result == TOOL_DONE) {
        print_report(&publication, &report);
    }
    sttp_publisher_free(publication.publisher);
    frames_free(publication.frames);
    sttp_metadata_free(publication.metadata);
    pthread_mutex_destroy(&publication.lock);
    return result;
}
