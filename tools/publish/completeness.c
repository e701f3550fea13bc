#include "completeness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"

#define TICKS_PER_SECOND 1e7

/* A device; the last one of all is none, for signals without a device. */
struct device_count {
    char name[128];
    int frames_per_second; /* 0: the metadata do not tell */
    uint64_t signals;      /* that are enabled */
    uint64_t measurements;
    uint64_t flagged;
};

struct signal_count {
    uint32_t device;
    unsigned char is_enabled;
    unsigned char has_measurements;
};

struct completeness {
    struct device_count *devices;
    size_t device_count; /* without the last one */
    struct signal_count *signals;
    size_t signal_count;
    uint64_t frames; /* that had each enabled signal, and are not in the counts above */
    int has_times;   /* since they began last */
    int64_t first;
    int64_t last;
    double seconds; /* of earlier beginnings */
    uint64_t beginnings;
};

/* A device as it is told. */
struct device_line {
    const char *name; /* NULL: of signals without a device */
    int frames_per_second;
    uint64_t signals;
    uint64_t silent_signals;
    uint64_t measurements;
    uint64_t flagged;
    double expected; /* negative: nobody knows */
};

/* -- counting -- */

static void read_devices(struct completeness *completeness, const sttp_metadata *metadata) {
    for (size_t row = 0; row < completeness->device_count; row++) {
        sttp_device device;
        if (sttp_metadata_device(metadata, row, &device, sizeof device) == STTP_OK) {
            snprintf(completeness->devices[row].name, sizeof completeness->devices[row].name, "%s", device.acronym);
            completeness->devices[row].frames_per_second = device.frames_per_second;
        }
    }
}

static void read_signals(struct completeness *completeness, const sttp_metadata *metadata) {
    for (size_t row = 0; row < completeness->signal_count; row++) {
        struct signal_count *signal = &completeness->signals[row];
        sttp_measurement_metadata measurement;
        size_t device = 0;
        if (sttp_metadata_measurement_device(metadata, row, &device) != STTP_OK || device >= completeness->device_count) {
            device = completeness->device_count;
        }
        signal->device = (uint32_t)device;
        signal->is_enabled = sttp_metadata_measurement(metadata, row, &measurement, sizeof measurement) == STTP_OK &&
                             measurement.enabled;
        completeness->devices[device].signals += signal->is_enabled;
    }
}

struct completeness *completeness_new(const sttp_metadata *metadata) {
    struct completeness *completeness = (struct completeness *)calloc(1, sizeof *completeness);
    if (completeness == NULL || sttp_metadata_device_count(metadata, &completeness->device_count) != STTP_OK ||
        sttp_metadata_measurement_count(metadata, &completeness->signal_count) != STTP_OK) {
        completeness_free(completeness);
        tool_error("cannot count what is published of each device");
        return NULL;
    }
    completeness->devices =
        (struct device_count *)calloc(completeness->device_count + 1, sizeof *completeness->devices);
    completeness->signals =
        (struct signal_count *)calloc(completeness->signal_count + 1, sizeof *completeness->signals);
    if (completeness->devices == NULL || completeness->signals == NULL) {
        completeness_free(completeness);
        tool_error("not enough memory");
        return NULL;
    }
    read_devices(completeness, metadata);
    read_signals(completeness, metadata);
    return completeness;
}

void completeness_free(struct completeness *completeness) {
    if (completeness != NULL) {
        free(completeness->devices);
        free(completeness->signals);
        free(completeness);
    }
}

static void take_time(struct completeness *completeness, int64_t timestamp) {
    int64_t time = timestamp & STTP_TICKS_VALUE_MASK;
    if (!completeness->has_times) {
        completeness->has_times = 1;
        completeness->first = completeness->last = time;
        completeness->beginnings++;
    }
    completeness->first = time < completeness->first ? time : completeness->first;
    completeness->last = time > completeness->last ? time : completeness->last;
}

void completeness_add(struct completeness *completeness, const sttp_measurement *measurements, size_t count) {
    if (count > 0) {
        take_time(completeness, measurements[0].timestamp);
    }
    for (size_t i = 0; i < count; i++) {
        size_t index = measurements[i].signal_index;
        if (index < completeness->signal_count) {
            struct signal_count *signal = &completeness->signals[index];
            signal->has_measurements = 1;
            completeness->devices[signal->device].measurements++;
            completeness->devices[signal->device].flagged += measurements[i].flags != 0;
        }
    }
}

void completeness_add_frame(struct completeness *completeness, int64_t timestamp) {
    take_time(completeness, timestamp);
    completeness->frames++;
}

static double seconds_of(const struct completeness *completeness) {
    return completeness->has_times ? (double)(completeness->last - completeness->first) / TICKS_PER_SECOND : 0.0;
}

void completeness_begin_again(struct completeness *completeness) {
    completeness->seconds += seconds_of(completeness);
    completeness->has_times = 0;
}

/* -- telling -- */

static struct device_line line_of(const struct completeness *completeness, size_t row) {
    const struct device_count *device = &completeness->devices[row];
    struct device_line line;
    line.name = row < completeness->device_count ? device->name : NULL;
    line.frames_per_second = device->frames_per_second;
    line.signals = device->signals;
    line.silent_signals = 0;
    line.measurements = device->measurements + completeness->frames * device->signals;
    line.flagged = device->flagged;
    line.expected = -1.0;
    if (device->frames_per_second > 0) {
        /* One more than there are steps between the first time and the last. */
        double steps = (completeness->seconds + seconds_of(completeness)) * device->frames_per_second;
        line.expected = (floor(steps + 0.5) + (double)completeness->beginnings) * (double)device->signals;
    }
    return line;
}

/* All devices that have signals, and one for those without a device; to be freed. NULL when there is no memory. */
static struct device_line *make_lines(const struct completeness *completeness, size_t *count) {
    struct device_line *lines = (struct device_line *)calloc(completeness->device_count + 1, sizeof *lines);
    *count = 0;
    if (lines == NULL) {
        return NULL;
    }
    for (size_t row = 0; row <= completeness->device_count; row++) {
        lines[row] = line_of(completeness, row);
    }
    for (size_t i = 0; i < completeness->signal_count; i++) {
        const struct signal_count *signal = &completeness->signals[i];
        lines[signal->device].silent_signals +=
            signal->is_enabled && !signal->has_measurements && completeness->frames == 0;
    }
    for (size_t row = 0; row <= completeness->device_count; row++) {
        if (lines[row].signals > 0 || lines[row].measurements > 0) {
            lines[(*count)++] = lines[row];
        }
    }
    return lines;
}

/* Of 1; negative: nobody knows. */
static double part_of(const struct device_line *line) {
    return line->expected > 0.0 ? fmin((double)line->measurements / line->expected, 1.0) : -1.0;
}

/* Sums; what is expected, and what came of that, are those of the devices of which it is known. */
struct totals {
    struct device_line all;
    struct device_line known;
};

static struct totals sum_up(const struct device_line *lines, size_t count) {
    struct totals totals;
    memset(&totals, 0, sizeof totals);
    for (size_t i = 0; i < count; i++) {
        const struct device_line *line = &lines[i];
        totals.all.signals += line->signals;
        totals.all.silent_signals += line->silent_signals;
        totals.all.measurements += line->measurements;
        totals.all.flagged += line->flagged;
        if (line->expected > 0.0) {
            totals.known.measurements += line->measurements;
            totals.known.expected += line->expected;
        }
    }
    totals.all.expected = totals.known.expected > 0.0 ? totals.known.expected : -1.0;
    return totals;
}

static void add_members(struct text *text, const struct device_line *line, double part) {
    text_add(text, "\"signals\":%llu,\"silent_signals\":%llu,\"measurements\":%llu,\"flagged\":%llu,\"expected\":",
             (unsigned long long)line->signals, (unsigned long long)line->silent_signals,
             (unsigned long long)line->measurements, (unsigned long long)line->flagged);
    text_add_json_number(text, line->expected >= 0.0 ? line->expected : NAN, 0);
    text_add(text, ",\"completeness\":");
    text_add_json_number(text, part >= 0.0 ? part : NAN, 6);
}

static void add_totals(struct text *text, const struct completeness *completeness, const struct device_line *lines,
                       size_t count) {
    struct totals totals = sum_up(lines, count);
    text_add(text, "\"seconds\":%.6f,\"device_count\":%zu,", completeness->seconds + seconds_of(completeness), count);
    add_members(text, &totals.all, part_of(&totals.known));
}

void completeness_add_totals(struct text *text, const struct completeness *completeness) {
    size_t count = 0;
    struct device_line *lines = make_lines(completeness, &count);
    text->failed |= lines == NULL;
    text_add(text, "{");
    add_totals(text, completeness, lines, count);
    text_add(text, "}");
    free(lines);
}

void completeness_add_json(struct text *text, const struct completeness *completeness) {
    size_t count = 0;
    struct device_line *lines = make_lines(completeness, &count);
    text->failed |= lines == NULL;
    text_add(text, "{");
    add_totals(text, completeness, lines, count);
    text_add(text, ",\"devices\":[");
    for (size_t i = 0; i < count; i++) {
        text_add(text, "%s{\"device\":", i > 0 ? "," : "");
        text_add_json_or_null(text, lines[i].name);
        text_add(text, ",\"frames_per_second\":%d,", lines[i].frames_per_second);
        add_members(text, &lines[i], part_of(&lines[i]));
        text_add(text, "}");
    }
    text_add(text, "]}\n");
    free(lines);
}

static void add_row(struct text *text, const char *name, const struct device_line *line, double part) {
    char digits[TOOL_DIGITS_SIZE];
    struct text shown = {0};
    text_add_shown(&shown, name);
    text_add(text, "%-20s  %7llu", shown.bytes != NULL ? shown.bytes : "", (unsigned long long)line->signals);
    text_free(&shown);
    text_add(text, "  %14s", tool_group_digits(line->measurements, digits));
    text_add(text, "  %14s", line->expected >= 0.0 ? tool_group_digits((uint64_t)line->expected, digits) : "-");
    if (part >= 0.0) {
        text_add(text, "  %7.2f %%", floor(part * 1e4) / 1e2);
    } else {
        text_add(text, "  %9s", "-");
    }
    text_add(text, "  %14s", tool_group_digits(line->flagged, digits));
    if (line->silent_signals > 0) {
        text_add(text, "  nothing of %llu signal%s", (unsigned long long)line->silent_signals,
                 tool_plural(line->silent_signals));
    }
    text_add(text, "\n");
}

void completeness_add_text(struct text *text, const struct completeness *completeness) {
    size_t count = 0;
    struct device_line *lines = make_lines(completeness, &count);
    struct totals totals = sum_up(lines, count);
    text->failed |= lines == NULL;
    text_add(text, "published: %.1f s\n\n", completeness->seconds + seconds_of(completeness));
    text_add(text, "%-20s  %7s  %14s  %14s  %9s  %14s\n", "device", "signals", "measurements", "expected", "complete", "flagged");
    for (size_t i = 0; i < count; i++) {
        add_row(text, lines[i].name != NULL ? lines[i].name : "(no device)", &lines[i], part_of(&lines[i]));
    }
    add_row(text, "all", &totals.all, part_of(&totals.known));
    free(lines);
}
