#include "device_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define TICKS_PER_SECOND 1e7
#define WITHOUT_DEVICE "(no device)"
/* Less than that is missing something; less than so many frames are no measure of it. Some are on their way in the end,
 * and in the beginning. */
#define COMPLETE 0.99
#define LEAST_FRAMES 20.0
#define FRAMES_ON_THEIR_WAY 3.0
/* A device is silent when nothing came for so long, and for so many of its frames. */
#define SILENT_SECONDS 2.0
#define SILENT_FRAMES 5.0

/* -- reading -- */

static double read_number(const sttp_subscriber *subscriber, const char *key, double otherwise) {
    char text[64];
    char *end = NULL;
    if (sttp_subscriber_get(subscriber, key, text, sizeof text, NULL) != STTP_OK) {
        return otherwise;
    }
    double number = strtod(text, &end);
    return end != text ? number : otherwise;
}

void device_report_limits(struct device_report_plan *plan, const sttp_subscriber *subscriber) {
    char throttled[16] = "";
    sttp_subscriber_get(subscriber, STTP_SETTING_THROTTLED, throttled, sizeof throttled, NULL);
    plan->lag = read_number(subscriber, STTP_SETTING_LAG_TIME, 10.0);
    plan->lead = read_number(subscriber, STTP_SETTING_LEAD_TIME, 5.0);
    plan->has_every_frame = strcmp(throttled, "true") != 0;
}

/* The row of its device; that of `devices` when it has none. */
static size_t device_of(const sttp_metadata *metadata, const sttp_guid *signal, size_t devices) {
    size_t measurement = 0;
    size_t device = 0;
    if (metadata != NULL && sttp_metadata_find_measurement(metadata, signal, &measurement) == STTP_OK &&
        sttp_metadata_measurement_device(metadata, measurement, &device) == STTP_OK && device < devices) {
        return device;
    }
    return devices;
}

static void add_latency(struct device_line *device, const struct tally *signal) {
    const int is_first = device->timed == 0;
    const double timed = (double)signal->timed;
    double minimum = (double)signal->latency_minimum / TICKS_PER_SECOND;
    double maximum = (double)signal->latency_maximum / TICKS_PER_SECOND;
    device->latency_minimum = is_first ? minimum : fmin(device->latency_minimum, minimum);
    device->latency_maximum = is_first ? maximum : fmax(device->latency_maximum, maximum);
    device->latency_mean = (device->latency_mean * (double)device->timed + signal->latency_sum / TICKS_PER_SECOND) /
                           ((double)device->timed + timed);
    device->timed += signal->timed;
}

double device_report_expected(const struct tally *signal, int frames_per_second, double end) {
    const double frames = tally_seconds(signal, end) * frames_per_second;
    return frames >= LEAST_FRAMES ? floor(frames - FRAMES_ON_THEIR_WAY) : 0.0;
}

static void add_signal(struct device_line *device, const struct tally *signal, double end) {
    const double expected = device_report_expected(signal, device->frames_per_second, end);
    device->signals++;
    device->granted += (uint64_t)signal->is_granted;
    device->silent_signals += signal->measurements == 0;
    device->measurements += signal->measurements;
    device->flagged += signal->flagged;
    device->last = signal->last > device->last ? signal->last : device->last;
    device->expected += expected;
    device->counted += expected > 0.0 ? signal->measurements : 0;
    if (signal->timed > 0) {
        add_latency(device, signal);
    }
}

/* -- judging -- */

/* By what the metadata promise. */
static void judge_completeness(struct device_line *device, const struct device_report_plan *plan) {
    device->completeness = -1.0;
    if (!plan->has_every_frame || !plan->is_live || device->expected <= 0.0) {
        return;
    }
    device->completeness = fmin((double)device->counted / device->expected, 1.0);
    device->is_incomplete = device->completeness < COMPLETE;
}

/* Its clock may be wrong: it was silent since its last time and as long as its measurements take to come. */
static void judge_silence(struct device_line *device, const struct device_report_plan *plan) {
    device->silence = -1.0;
    if (!plan->is_live || device->granted == 0) {
        return;
    }
    if (device->measurements == 0) {
        device->is_silent = 1;
    } else if (device->timed > 0) {
        double silence = (double)(plan->end_time - device->last) / TICKS_PER_SECOND - device->latency_mean;
        double frames = device->frames_per_second > 0 ? SILENT_FRAMES / device->frames_per_second : 0.0;
        device->silence = fmax(silence, 0.0);
        device->is_silent = plan->has_every_frame && device->silence > fmax(SILENT_SECONDS, frames);
    }
}

static void judge(struct device_line *device, const struct device_report_plan *plan) {
    judge_silence(device, plan);
    judge_completeness(device, plan);
    device->has_bad_clock = plan->is_live && device->timed > 0 &&
                            (device->latency_mean > plan->lag || device->latency_mean < -plan->lead);
}

int device_report_make(struct device_report *report, const struct device_report_plan *plan, const struct tallies *tallies,
                       const sttp_metadata *metadata) {
    size_t devices = 0;
    memset(report, 0, sizeof *report);
    report->plan = *plan;
    report->seconds = tallies->since > 0.0 ? plan->end - tallies->since : 0.0;
    report->began = tallies->began;
    if (metadata != NULL) {
        sttp_metadata_device_count(metadata, &devices);
    }
    struct device_line *lines = (struct device_line *)calloc(devices + 1, sizeof *lines);
    if (lines == NULL) {
        tool_error("not enough memory to tell what came of %zu devices", devices);
        return -1;
    }
    for (size_t row = 0; row < devices; row++) {
        sttp_device device;
        if (sttp_metadata_device(metadata, row, &device, sizeof device) == STTP_OK) {
            snprintf(lines[row].name, sizeof lines[row].name, "%s", device.acronym);
            lines[row].frames_per_second = device.frames_per_second;
        }
    }
    snprintf(lines[devices].name, sizeof lines[devices].name, "%s", WITHOUT_DEVICE);
    for (size_t i = 0; i < tallies->count; i++) {
        const struct tally *signal = &tallies->rows[i];
        add_signal(&lines[device_of(metadata, &signal->signal_id, devices)], signal, plan->end);
    }
    for (size_t row = 0; row <= devices; row++) {
        if (lines[row].signals > 0) {
            judge(&lines[row], plan);
            lines[report->count++] = lines[row];
        }
    }
    report->devices = lines;
    return 0;
}

void device_report_free(struct device_report *report) {
    free(report->devices);
    report->devices = NULL;
    report->count = 0;
}

static int is_wrong(const struct device_line *device) {
    return device->is_silent || device->is_incomplete || device->has_bad_clock;
}

size_t device_report_count_wrong(const struct device_report *report) {
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++) {
        count += (size_t)is_wrong(&report->devices[i]);
    }
    return count;
}

/* -- for people -- */

static void add_percent(struct text *text, double part) {
    if (part < 0.0) {
        text_add(text, "  %8s", "-");
    } else {
        text_add(text, "  %6.2f %%", floor(part * 1e4) / 1e2);
    }
}

static void add_seconds(struct text *text, double seconds, int is_known) {
    if (is_known) {
        text_add(text, "  %+10.3f s", seconds);
    } else {
        text_add(text, "  %12s", "-");
    }
}

static void add_row(struct text *text, const struct device_line *device, const struct device_report_plan *plan) {
    char count[TOOL_DIGITS_SIZE];
    struct text name = {0};
    text_add_shown(&name, device->name);
    text_add(text, "%-20s  %7llu  %14s", name.bytes != NULL ? name.bytes : "", (unsigned long long)device->signals,
             tool_group_digits(device->measurements, count));
    text_free(&name);
    add_percent(text, device->completeness);
    text_add(text, "  %14s", tool_group_digits(device->flagged, count));
    add_seconds(text, device->latency_mean, plan->is_live && device->timed > 0);
    text_add(text, "  %s\n", !is_wrong(device) ? "good" : device->is_silent ? "silent" : device->has_bad_clock ? "clock" : "incomplete");
}

static void add_sentences(struct text *text, const struct device_line *device) {
    if (device->measurements == 0) {
        text_add(text, "  nothing came of its signals: ask whether it is connected to the publisher\n");
    } else if (device->is_silent) {
        text_add(text, "  nothing came of it for %.1f s: ask whether it is connected to the publisher\n", device->silence);
    }
    if (device->has_bad_clock) {
        text_add(text, "  its times are %.3f s %s this machine's clock: check its time source, and that of this machine\n",
                 fabs(device->latency_mean), device->latency_mean < 0.0 ? "ahead of" : "behind");
    }
    if (device->is_incomplete && device->measurements > 0) {
        text_add(text, "  %.0f of %.0f measurements are missing, at the %d frames a second that the metadata tell\n",
                 device->expected - (double)device->counted, device->expected, device->frames_per_second);
    }
    if (device->measurements > 0 && device->silent_signals > 0) {
        text_add(text, "  %llu of its signals had no measurement at all\n", (unsigned long long)device->silent_signals);
    }
}

void device_report_add_text(struct text *text, const struct device_report *report) {
    char began[STTP_TIME_TEXT_SIZE] = "";
    text_add(text, "%s, %.1f s", report->plan.peer, report->seconds);
    if (report->began != 0 && sttp_time_format(report->began, began, sizeof began) == STTP_OK) {
        text_add(text, " since %s", began);
    }
    if (report->plan.connections > 1) {
        text_add(text, ", in %llu connections", (unsigned long long)report->plan.connections);
    }
    text_add(text, "\n\n");
    text_add(text, "%-20s  %7s  %14s  %8s  %14s  %12s  %s\n", "device", "signals", "measurements", "complete", "flagged",
             "latency", "");
    for (size_t i = 0; i < report->count; i++) {
        add_row(text, &report->devices[i], &report->plan);
    }
    text_add(text, "\n");
    for (size_t i = 0; i < report->count; i++) {
        const struct device_line *device = &report->devices[i];
        if (is_wrong(device) || (device->silent_signals > 0 && device->measurements > 0)) {
            text_add_shown(text, device->name);
            text_add(text, ":\n");
            add_sentences(text, device);
        }
    }
    if (report->count == 0) {
        text_add(text, "no signal was subscribed to\n");
    } else if (device_report_count_wrong(report) == 0) {
        text_add(text, "%zu device%s, nothing is wrong\n", report->count, tool_plural(report->count));
    }
}

/* -- for programs -- */

static void add_number_or_null(struct text *text, const char *name, double value, int is_known) {
    text_add(text, ",\"%s\":", name);
    text_add_json_number(text, is_known ? value : NAN, 6);
}

static void add_time_or_null(struct text *text, const char *name, int64_t time) {
    char shown[STTP_TIME_TEXT_SIZE] = "";
    int is_known = time != 0 && sttp_time_format(time, shown, sizeof shown) == STTP_OK;
    text_add(text, ",\"%s\":", name);
    text_add_json_or_null(text, is_known ? shown : NULL);
}

static void add_problems(struct text *text, const struct device_line *device) {
    const char *const names[] = {device->is_silent ? "silent" : NULL, device->has_bad_clock ? "clock" : NULL,
                                 device->is_incomplete ? "incomplete" : NULL};
    int is_first = 1;
    text_add(text, ",\"problems\":[");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i] != NULL) {
            text_add(text, "%s\"%s\"", is_first ? "" : ",", names[i]);
            is_first = 0;
        }
    }
    text_add(text, "]}");
}

static void add_device(struct text *text, const struct device_line *device, const struct device_report_plan *plan) {
    text_add(text, "{\"device\":");
    text_add_json_or_null(text, strcmp(device->name, WITHOUT_DEVICE) == 0 ? NULL : device->name);
    text_add(text, ",\"signals\":%llu,\"silent_signals\":%llu,\"measurements\":%llu,\"flagged\":%llu",
             (unsigned long long)device->signals, (unsigned long long)device->silent_signals,
             (unsigned long long)device->measurements, (unsigned long long)device->flagged);
    add_number_or_null(text, "expected", device->expected, device->completeness >= 0.0);
    add_number_or_null(text, "completeness", device->completeness, device->completeness >= 0.0);
    add_number_or_null(text, "silence", device->silence, device->silence >= 0.0);
    add_number_or_null(text, "latency_minimum", device->latency_minimum, plan->is_live && device->timed > 0);
    add_number_or_null(text, "latency_mean", device->latency_mean, plan->is_live && device->timed > 0);
    add_number_or_null(text, "latency_maximum", device->latency_maximum, plan->is_live && device->timed > 0);
    add_time_or_null(text, "last", device->last);
    add_problems(text, device);
}

void device_report_add_json(struct text *text, const struct device_report *report) {
    text_add(text, "{\"publisher\":");
    text_add_json(text, report->plan.peer);
    add_time_or_null(text, "began", report->began);
    text_add(text, ",\"seconds\":%.6f,\"connections\":%llu,\"wrong\":%zu,\"devices\":[", report->seconds,
             (unsigned long long)report->plan.connections, device_report_count_wrong(report));
    for (size_t i = 0; i < report->count; i++) {
        text_add(text, i > 0 ? "," : "");
        add_device(text, &report->devices[i], &report->plan);
    }
    text_add(text, "]}");
}
