#include "metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "http_server.h"
#include "sttp.h"
#include "system.h"
#include "tool.h"

#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define UNIX_EPOCH_TICKS 621355968000000000.0
#define TICKS_PER_SECOND 1e7

static struct {
    void (*collect)(struct text *text, void *user_data);
    void *user_data;
} source;

/* -- the text format -- */

static void add_escaped(struct text *text, const char *value, int with_quotes) {
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            text_add(text, "\\n");
        } else if (*value == '\\' || (with_quotes && *value == '"')) {
            text_add(text, "\\%c", *value);
        } else {
            text_add(text, "%c", *value);
        }
    }
}

static void add_family(struct text *text, const char *name, const char *help, int is_total) {
    text_add(text, "# HELP %s ", name);
    add_escaped(text, help, 0);
    text_add(text, "\n# TYPE %s %s\n", name, is_total ? "counter" : "gauge");
}

static void add_number(struct text *text, double value) {
    if (isnan(value)) {
        text_add(text, " NaN\n");
    } else if (isinf(value)) {
        text_add(text, value > 0.0 ? " +Inf\n" : " -Inf\n");
    } else {
        text_add(text, " %.17g\n", value);
    }
}

/* Times are seconds since 1970 there; a time of 0 is none yet. */
static void add_counter_value(struct text *text, const sttp_counter *counter, const char *value) {
    uint64_t integer = 0;
    double number = 0.0;
    memcpy(&integer, value, sizeof integer);
    memcpy(&number, value, sizeof number);
    if (counter->type == STTP_TYPE_DOUBLE) {
        add_number(text, number);
    } else if (counter->type == STTP_TYPE_DATETIME) {
        /* The two top bits mark leap seconds. */
        double ticks = (double)(integer & STTP_TICKS_VALUE_MASK);
        add_number(text, ticks == 0.0 ? 0.0 : (ticks - UNIX_EPOCH_TICKS) / TICKS_PER_SECOND);
    } else {
        text_add(text, " %llu\n", (unsigned long long)integer);
    }
}

static void add_sample(struct text *text, const char *name, const struct metrics_record *record) {
    text_add(text, record->labels[0] != '\0' ? "%s{%s}" : "%s%s", name, record->labels);
}

void metrics_add_counters(struct text *text, const char *prefix, int32_t kind, const struct metrics_record *records,
                          size_t count, size_t size) {
    sttp_counter counter;
    for (size_t row = 0; count > 0 && sttp_counter_at(kind, row, &counter, sizeof counter) == STTP_OK; row++) {
        char name[128];
        if (counter.offset + sizeof(uint64_t) > size) {
            break;
        }
        snprintf(name, sizeof name, "%s_%s%s", prefix, counter.name,
                 counter.is_total ? "_total" : counter.type == STTP_TYPE_DATETIME ? "_seconds" : "");
        add_family(text, name, counter.document, counter.is_total);
        for (size_t i = 0; i < count; i++) {
            add_sample(text, name, &records[i]);
            add_counter_value(text, &counter, (const char *)records[i].counters + counter.offset);
        }
    }
}

void metrics_add_value(struct text *text, const char *name, const char *help, int is_total, double value) {
    add_family(text, name, help, is_total);
    text_add(text, "%s", name);
    add_number(text, value);
}

void metrics_add_values(struct text *text, const char *name, const char *help, int is_total,
                        const struct metrics_record *records, const double *values, size_t count) {
    if (count == 0) {
        return;
    }
    add_family(text, name, help, is_total);
    for (size_t i = 0; i < count; i++) {
        add_sample(text, name, &records[i]);
        add_number(text, values[i]);
    }
}

void metrics_add_label(struct metrics_record *record, const char *name, const char *value) {
    struct text label = {0};
    size_t length = strlen(record->labels);
    text_add(&label, "%s%s=\"", length > 0 ? "," : "", name);
    /* Names that peers give themselves may be no UTF-8, which the format is. */
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        char shown[2] = {(char)(byte < 0x20 || byte >= 0x7F ? '?' : byte), '\0'};
        add_escaped(&label, shown, 1);
    }
    text_add(&label, "\"");
    if (!label.failed && length + label.length < sizeof record->labels) {
        memcpy(record->labels + length, label.bytes, label.length + 1);
    }
    text_free(&label);
}

/* -- answers -- */

static void add_process(struct text *text) {
    metrics_add_value(text, "process_cpu_seconds_total", "Seconds of processors that this process has taken.", 1,
                      system_processor_seconds());
    metrics_add_value(text, "sttp_process_peak_memory_bytes", "The most memory that this process has had at a time.", 0,
                      (double)system_peak_memory());
    add_family(text, "sttp_build_info", "The library's version, as a label.", 0);
    text_add(text, "sttp_build_info{version=\"%s\"} 1\n", sttp_version_text());
}

static void respond(const char *path, size_t length, struct http_answer *answer) {
    if (length == 8 && strncmp(path, "/metrics", 8) == 0) {
        answer->status = "200 OK";
        answer->type = CONTENT_TYPE;
        source.collect(&answer->body, source.user_data);
        add_process(&answer->body);
    } else {
        answer->status = "404 Not Found";
        answer->type = "text/plain";
        text_add(&answer->body, "What is counted is at /metrics.\n");
    }
}

/* Where to listen, from ADDR:PORT or PORT. */
static int find_address(const char *address, struct net_address *found) {
    struct net_address addresses[NET_MOST_ADDRESSES];
    char host[NET_HOST_SIZE];
    char port[NET_PORT_SIZE];
    char problem[256] = "there is no such address";
    if (net_split(address, host, port) != 0) {
        tool_error("--metrics is ADDR:PORT, [ADDR]:PORT for IPv6, or PORT, not '%s'", address);
        return -1;
    }
    const char *name = host[0] == '\0' ? "127.0.0.1" : strcmp(host, "*") == 0 ? "0.0.0.0" : host;
    if (net_begin() != 0 || net_resolve(name, port, addresses, problem, sizeof problem) <= 0) {
        tool_error("--metrics %s: %s", address, problem);
        return -1;
    }
    *found = addresses[0];
    return 0;
}

int metrics_begin(const char *address, void (*collect)(struct text *text, void *user_data), void *user_data) {
    struct net_address found;
    char bound[NET_TEXT_SIZE + NET_PORT_SIZE];
    char problem[256];
    if (address == NULL) {
        return TOOL_DONE;
    }
    if (find_address(address, &found) != 0) {
        return TOOL_FAILED;
    }
    source.collect = collect;
    source.user_data = user_data;
    if (http_server_begin(&found, respond, bound, problem, sizeof problem) != 0) {
        tool_error("--metrics %s: cannot listen there: %s", address, problem);
        return TOOL_FAILED;
    }
    tool_log(STTP_LOG_INFO, "metrics are at http://%s/metrics", bound);
    return TOOL_DONE;
}

void metrics_end(void) {
    http_server_end();
}
