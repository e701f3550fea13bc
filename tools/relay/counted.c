/* What came of each source. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../common/device_report.h"
#include "../common/metrics_library.h"
#include "../common/report.h"
#include "../common/tool.h"
#include "relay.h"

/* The last minutes are SAMPLES_MOST of these. */
#define SAMPLE_SECONDS 10.0

/* Of a source, up to now. Behind the lock. 0, or -1 after saying why not; to be freed in any case. */
static int make_report(const struct source *source, struct device_report *report) {
    struct device_report_plan plan;
    sttp_subscriber_counters counters;
    memset(&plan, 0, sizeof plan);
    memset(&counters, 0, sizeof counters);
    sttp_subscriber_statistics(source->subscriber, &counters, sizeof counters);
    plan.peer = source->address;
    plan.connections = counters.connections;
    plan.end = tool_clock();
    plan.end_time = sttp_time_now();
    plan.is_live = 1;
    device_report_limits(&plan, source->subscriber);
    return device_report_make(report, &plan, &source->tallies, source->metadata);
}

/* -- how complete it is -- */

static int frames_of(const sttp_metadata *metadata, const sttp_guid *signal_id) {
    size_t row = 0;
    size_t device_row = 0;
    sttp_device device;
    if (metadata == NULL || sttp_metadata_find_measurement(metadata, signal_id, &row) != STTP_OK ||
        sttp_metadata_measurement_device(metadata, row, &device_row) != STTP_OK ||
        sttp_metadata_device(metadata, device_row, &device, sizeof device) != STTP_OK) {
        return 0;
    }
    return device.frames_per_second;
}

void counted_note_rates(struct source *source) {
    for (size_t i = 0; i < source->tallies.count; i++) {
        struct tally *signal = &source->tallies.rows[i];
        signal->frames_per_second = frames_of(source->metadata, &signal->signal_id);
    }
}

/* Measurements wait while the lock is held: nothing is looked up here. Nothing is known of what is throttled. */
static struct completeness completeness_of(struct source *source) {
    struct completeness sum = {0.0, 0.0};
    struct device_report_plan plan;
    const double now = tool_clock();
    device_report_limits(&plan, source->subscriber);
    pthread_mutex_lock(&source->relay->lock);
    for (size_t i = 0; i < source->tallies.count && plan.has_every_frame; i++) {
        const double expected = device_report_expected(&source->tallies.rows[i], source->tallies.rows[i].frames_per_second, now);
        sum.expected += expected;
        sum.counted += expected > 0.0 ? (double)source->tallies.rows[i].measurements : 0.0;
    }
    pthread_mutex_unlock(&source->relay->lock);
    return sum;
}

/* What came of what should have come, between two of them; negative: not known. */
static double part_of(const struct completeness *from, const struct completeness *to) {
    const double expected = to->expected - from->expected;
    return expected > 0.0 ? fmax(0.0, fmin((to->counted - from->counted) / expected, 1.0)) : -1.0;
}

void counted_watch(struct relay *relay) {
    const double now = tool_clock();
    if (relay->options->metrics == NULL || now < relay->next_sample) {
        return;
    }
    relay->next_sample = now + SAMPLE_SECONDS;
    for (size_t number = 0; number < relay->source_count; number++) {
        struct source *source = &relay->sources[number];
        const struct completeness sample = completeness_of(source);
        pthread_mutex_lock(&relay->lock);
        source->sample_count += source->sample_count < SAMPLES_MOST;
        memmove(&source->samples[1], &source->samples[0], (source->sample_count - 1) * sizeof sample);
        source->samples[0] = sample;
        pthread_mutex_unlock(&relay->lock);
    }
}

/* Of the last minutes. */
static double latest_part(struct source *source, const struct completeness *now) {
    struct completeness before = {0.0, 0.0};
    pthread_mutex_lock(&source->relay->lock);
    if (source->sample_count > 0) {
        before = source->samples[source->sample_count - 1];
    }
    pthread_mutex_unlock(&source->relay->lock);
    return part_of(&before, now);
}

/* -- the report -- */

int counted_write_report(struct relay *relay) {
    const char *path = relay->options->report;
    const size_t length = strlen(path);
    const int is_json = length > 5 && strcmp(path + length - 5, ".json") == 0;
    struct text text = {0};
    text_add(&text, is_json ? "[" : "");
    for (size_t number = 0; number < relay->source_count; number++) {
        struct device_report report;
        pthread_mutex_lock(&relay->lock);
        text.failed |= make_report(&relay->sources[number], &report) != 0;
        pthread_mutex_unlock(&relay->lock);
        text_add(&text, number == 0 ? "" : is_json ? "," : "\n");
        if (is_json) {
            device_report_add_json(&text, &report);
        } else {
            device_report_add_text(&text, &report);
        }
        device_report_free(&report);
    }
    text_add(&text, is_json ? "]\n" : "");
    return text_write_file(&text, path) == 0 ? TOOL_DONE : TOOL_FAILED;
}

/* -- statistics -- */

static void print_source(struct source *source) {
    sttp_subscriber_counters counters;
    const struct completeness nothing = {0.0, 0.0};
    const struct completeness sum = completeness_of(source);
    const double part = part_of(&nothing, &sum);
    struct text text = {0};
    memset(&counters, 0, sizeof counters);
    sttp_subscriber_statistics(source->subscriber, &counters, sizeof counters);
    fputc('{', stderr);
    report_print_counters("counters", STTP_COUNTERS_SUBSCRIBER, &counters, sizeof counters, 1);
    text_add(&text, ",\"publisher\":");
    text_add_json(&text, source->address);
    text_add(&text, ",\"expected\":%.0f,\"counted\":%.0f,\"completeness\":", sum.expected, sum.counted);
    text_add(&text, part >= 0.0 ? "%.6f}" : "null}", part);
    text_write(&text, stderr);
}

static void print_sources(const void *user_data) {
    struct relay *relay = *(struct relay *const *)user_data;
    fputs(",\"sources\":[", stderr);
    for (size_t number = 0; number < relay->source_count; number++) {
        fputs(number == 0 ? "" : ",", stderr);
        print_source(&relay->sources[number]);
    }
    fputc(']', stderr);
}

void counted_print(struct relay *relay) {
    sttp_publisher_counters counters;
    struct report report;
    memset(&report, 0, sizeof report);
    memset(&counters, 0, sizeof counters);
    sttp_publisher_statistics(relay->publisher, &counters, sizeof counters);
    report.measurements = counters.measurements_published;
    report.seconds = tool_clock() - relay->started;
    report.record = STTP_COUNTERS_PUBLISHER;
    report.counters = &counters;
    report.counters_size = sizeof counters;
    report.print_more = print_sources;
    report.more = &relay;
    report_print(&report);
}

/* -- metrics -- */

static void add_completeness(struct text *text, struct relay *relay) {
    struct metrics_record records[SOURCES_MOST];
    struct metrics_record judged[SOURCES_MOST];
    double expected[SOURCES_MOST];
    double counted[SOURCES_MOST];
    double part[SOURCES_MOST];
    size_t known = 0;
    size_t judged_count = 0;
    for (size_t number = 0; number < relay->source_count; number++) {
        struct source *source = &relay->sources[number];
        const struct completeness sum = completeness_of(source);
        const double latest = latest_part(source, &sum);
        if (sum.expected <= 0.0) {
            continue;
        }
        records[known].labels[0] = '\0';
        records[known].counters = NULL;
        metrics_add_label(&records[known], "source", source->address);
        expected[known] = sum.expected;
        counted[known] = sum.counted;
        if (latest >= 0.0) {
            judged[judged_count] = records[known];
            part[judged_count++] = latest;
        }
        known++;
    }
    metrics_add_values(text, "sttp_source_expected_total",
                       "Measurements that should have come by the rate of frames in the metadata.", 1, records, expected, known);
    metrics_add_values(text, "sttp_source_counted_total", "Measurements of those that have come.", 1, records, counted, known);
    metrics_add_values(text, "sttp_source_completeness", "What came of what should have come in the last five minutes, 1 at most.", 0,
                       judged, part, judged_count);
}

void counted_collect(struct text *text, void *user_data) {
    struct relay *relay = (struct relay *)user_data;
    struct metrics_subscriber sources[SOURCES_MOST];
    metrics_add_publisher(text, relay->publisher);
    for (size_t number = 0; number < relay->source_count; number++) {
        sources[number].name = relay->sources[number].address;
        sources[number].subscriber = relay->sources[number].subscriber;
    }
    metrics_add_subscribers(text, "source", sources, relay->source_count);
    add_completeness(text, relay);
}
