/* The publisher's side: frames at a steady rate or as fast as they are taken, or connections only. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tools/common/signals.h"
#include "../../tools/common/tool.h"
#include "frames.h"
#include "load.h"
#include "serving.h"
#include "usage.h"

#define TICKS_PER_SECOND 1e7
#define SETTLE_SECONDS 0.5

struct publication {
    const struct publish_options *options;
    struct serving serving;
    sttp_metadata *metadata;
    struct frames *frames;
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

static int open_publisher(struct publication *publication) {
    const struct publish_options *options = publication->options;
    int lossless = options->lossless || options->rate == 0.0;
    if (serving_new(&publication->serving, options->threads, lossless ? "wait" : "dropOldest", options->settings) !=
        TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (sttp_publisher_set_metadata(publication->serving.publisher, publication->metadata) != STTP_OK) {
        return tool_library_error("cannot publish the metadata");
    }
    return serving_start(&publication->serving, options->listen);
}

/* -- the period that is measured -- */

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
        if (publish(publication->serving.publisher, frame, signals) != STTP_OK) {
            return tool_library_error("cannot publish");
        }
        publication->published++;
    }
    if (sttp_publisher_flush(publication->serving.publisher, -1) != STTP_OK) {
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
    int idle = publication->options->idle;
    if (serving_wait(&publication->serving, publication->options->wait, publication->options->patience, idle) !=
        TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (idle) {
        tool_wait(SETTLE_SECONDS);
    }
    report->connections = serving_there(&publication->serving, idle);
    struct processor_time cpu = processor_time_now();
    double began = tool_clock();
    int result = idle ? hold_connections(publication) : publish_frames(publication);
    report->seconds = tool_clock() - began;
    report->cpu = processor_time_since(cpu);
    report->resident = resident_bytes();
    report->end = serving_statistics(&publication->serving);
    return result;
}

/* -- the end -- */

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

static int publish(struct publication *publication) {
    struct publish_report report;
    memset(&report, 0, sizeof report);
    int result = open_publisher(publication);
    if (result == TOOL_DONE) {
        result = measure(publication, &report);
        serving_stop(&publication->serving);
    }
    if (result == TOOL_DONE) {
        print_report(publication, &report);
    }
    serving_free(&publication->serving);
    return result;
}

int publish_load(const struct publish_options *options) {
    struct publication publication;
    memset(&publication, 0, sizeof publication);
    publication.options = options;
    if (allow_connections(options->wait) == 0) {
        publication.metadata = signals_make_up(options->signals);
    }
    if (publication.metadata != NULL) {
        publication.frames = options->stream == NULL ? frames_new(publication.metadata, options->frames)
                                                     : frames_read(publication.metadata, options->stream);
    }
    int result = publication.frames == NULL ? TOOL_FAILED : publish(&publication);
    frames_free(publication.frames);
    sttp_metadata_free(publication.metadata);
    return result;
}
