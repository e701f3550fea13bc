/* What came of each source. */
#include <stdio.h>
#include <string.h>

#include "../common/device_report.h"
#include "../common/metrics_library.h"
#include "../common/report.h"
#include "../common/tool.h"
#include "relay.h"

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

/* Of all devices of a source of which it is known how many measurements should have come. */
struct completeness {
    double expected;
    double counted;
    double part; /* of 1; negative: not known */
};

static struct completeness sum_up(const struct device_report *report) {
    struct completeness sum = {0.0, 0.0, -1.0};
    for (size_t i = 0; i < report->count; i++) {
        if (report->devices[i].completeness >= 0.0) {
            sum.expected += report->devices[i].expected;
            sum.counted += (double)report->devices[i].counted;
        }
    }
    if (sum.expected > 0.0) {
        sum.part = sum.counted < sum.expected ? sum.counted / sum.expected : 1.0;
    }
    return sum;
}

static struct completeness completeness_of(struct source *source) {
    struct completeness sum = {0.0, 0.0, -1.0};
    struct device_report report;
    pthread_mutex_lock(&source->relay->lock);
    if (make_report(source, &report) == 0) {
        sum = sum_up(&report);
    }
    device_report_free(&report);
    pthread_mutex_unlock(&source->relay->lock);
    return sum;
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
    struct completeness sum = completeness_of(source);
    struct text text = {0};
    memset(&counters, 0, sizeof counters);
    sttp_subscriber_statistics(source->subscriber, &counters, sizeof counters);
    fputc('{', stderr);
    report_print_counters("counters", STTP_COUNTERS_SUBSCRIBER, &counters, sizeof counters, 1);
    text_add(&text, ",\"publisher\":");
    text_add_json(&text, source->address);
    text_add(&text, ",\"expected\":%.0f,\"counted\":%.0f,\"completeness\":", sum.expected, sum.counted);
    text_add(&text, sum.part >= 0.0 ? "%.6f}" : "null}", sum.part);
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
    double expected[SOURCES_MOST];
    double counted[SOURCES_MOST];
    double part[SOURCES_MOST];
    size_t known = 0;
    for (size_t number = 0; number < relay->source_count; number++) {
        struct completeness sum = completeness_of(&relay->sources[number]);
        if (sum.part >= 0.0) {
            records[known].labels[0] = '\0';
            records[known].counters = NULL;
            metrics_add_label(&records[known], "source", relay->sources[number].address);
            expected[known] = sum.expected;
            counted[known] = sum.counted;
            part[known++] = sum.part;
        }
    }
    metrics_add_values(text, "sttp_source_expected", "Measurements that should have come by the rate of frames in the metadata.",
                       records, expected, known);
    metrics_add_values(text, "sttp_source_counted", "Measurements of those that have come.", records, counted, known);
    metrics_add_values(text, "sttp_source_completeness", "What came of what should have come, 1 at most.", records, part, known);
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
