#include "values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/tool.h"
#include "json.h"
#include "status.h"

#define BITS_OF_WORD 16
#define MILLISECONDS 1000.0
#define LABEL_WIDTH 20

/* -- reading -- */

/* The channels of a PMU. */
struct channels {
    sttp_c37118_pmu pmu;
    sttp_c37118_pmu_data data;
    sttp_c37118_polar *phasors;
    double *analogs;
    uint16_t *digitals;
};

static void free_channels(struct channels *channels) {
    free(channels->phasors);
    free(channels->analogs);
    free(channels->digitals);
}

/* 0, or -1 after saying why not; free_channels in any case. */
static int read_channels(const struct values *values, size_t number, struct channels *channels) {
    const sttp_c37118_configuration *configuration = values->configuration;
    const uint8_t *frame = values->frame;
    size_t length = values->length;
    channels->phasors = NULL;
    channels->analogs = NULL;
    channels->digitals = NULL;
    if (sttp_c37118_configuration_pmu(configuration, number, &channels->pmu, sizeof channels->pmu) != STTP_OK) {
        tool_library_error("PMU %zu", number + 1);
        return -1;
    }
    /* One more, so that none is not NULL. */
    channels->phasors = (sttp_c37118_polar *)calloc(channels->pmu.phasor_count + 1, sizeof *channels->phasors);
    channels->analogs = (double *)calloc(channels->pmu.analog_count + 1, sizeof *channels->analogs);
    channels->digitals = (uint16_t *)calloc(channels->pmu.digital_count + 1, sizeof *channels->digitals);
    if (channels->phasors == NULL || channels->analogs == NULL || channels->digitals == NULL) {
        tool_error("not enough memory");
        return -1;
    }
    if (sttp_c37118_data_pmu(configuration, frame, length, number, &channels->data, sizeof channels->data) != STTP_OK ||
        sttp_c37118_data_phasors(configuration, frame, length, number, channels->phasors,
                                 channels->pmu.phasor_count) != STTP_OK ||
        sttp_c37118_data_analogs(configuration, frame, length, number, channels->analogs,
                                 channels->pmu.analog_count) != STTP_OK ||
        sttp_c37118_data_digitals(configuration, frame, length, number, channels->digitals,
                                  channels->pmu.digital_count) != STTP_OK) {
        tool_library_error("PMU %zu", number + 1);
        return -1;
    }
    return 0;
}

static uint32_t pmu_count(const struct values *values) {
    sttp_c37118_stream stream;
    return sttp_c37118_configuration_stream(values->configuration, &stream, sizeof stream) == STTP_OK ? stream.pmu_count
                                                                                                     : 0;
}

/* -- text -- */

static void say_label(const char *kind, size_t number, const char *name) {
    char label[32];
    snprintf(label, sizeof label, "%s %zu", kind, number + 1);
    printf("    %-12s", label);
    tool_print_text(name);
    for (size_t width = 0; width + 1 < LABEL_WIDTH && *name != '\0'; width++) {
        name++;
    }
    if (*name != '\0') {
        printf(" ");
    }
    printf(" ");
}

static void say_number(double number, const char *format, const char *unit) {
    if (isfinite(number)) {
        printf(format, number);
        printf(" %s", unit);
    } else {
        printf("absent");
    }
}

static void say_phasors(const struct values *values, size_t pmu, const struct channels *channels) {
    sttp_c37118_phasor phasor;
    for (size_t i = 0; i < channels->pmu.phasor_count; i++) {
        if (sttp_c37118_configuration_phasor(values->configuration, pmu, i, &phasor, sizeof phasor) != STTP_OK) {
            return;
        }
        say_label("phasor", i, phasor.name);
        say_number(channels->phasors[i].magnitude, "%.3f", phasor.is_current ? "A" : "V");
        printf(", ");
        say_number(channels->phasors[i].angle, "%.3f", "degrees");
        printf("\n");
    }
}

static void say_analogs(const struct values *values, size_t pmu, const struct channels *channels) {
    sttp_c37118_analog analog;
    for (size_t i = 0; i < channels->pmu.analog_count; i++) {
        if (sttp_c37118_configuration_analog(values->configuration, pmu, i, &analog, sizeof analog) != STTP_OK) {
            return;
        }
        say_label("analog", i, analog.name);
        if (isfinite(channels->analogs[i])) {
            printf("%.7g\n", channels->analogs[i]);
        } else {
            printf("absent\n");
        }
    }
}

static void say_digitals(const struct values *values, size_t pmu, const struct channels *channels) {
    sttp_c37118_digital_word word;
    for (size_t i = 0; i < channels->pmu.digital_count; i++) {
        unsigned value = channels->digitals[i];
        const char *between = "";
        if (sttp_c37118_configuration_digital(values->configuration, pmu, i, &word, sizeof word) != STTP_OK) {
            return;
        }
        printf("    digital %-4zu0x%04x ", i + 1, value);
        for (int bit = 0; bit < BITS_OF_WORD; bit++) {
            if (((value >> bit) & 1U) != 0 && word.names[bit][0] != '\0') {
                printf("%s", between);
                tool_print_text(word.names[bit]);
                between = ", ";
            }
        }
        printf("\n");
    }
}

static void say_losses(const sttp_c37118_client_counters *counters) {
    const struct {
        const char *name;
        uint64_t count;
    } losses[] = {
        {"missing frame", counters->missing_frames},       {"bad check word", counters->bad_checks},
        {"duplicate frame", counters->duplicate_frames},   {"late frame", counters->late_frames},
        {"jump of the time", counters->time_jumps},        {"frame of another ID", counters->other_ids},
        {"unusable frame", counters->unusable_frames},     {"frame that does not fit", counters->misfit_frames},
        {"frame not taken in time", counters->overflown_frames},
    };
    int has_losses = 0;
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        if (losses[i].count > 0) {
            printf("; %s: %llu", losses[i].name, (unsigned long long)losses[i].count);
            has_losses = 1;
        }
    }
    if (!has_losses) {
        printf("; no losses");
    }
}

static void say_frame(const struct values *values) {
    char time[STTP_TIME_TEXT_SIZE] = "";
    const char *leap = leap_words(values->quality);
    sttp_time_format(values->timestamp, time, sizeof time);
    printf("%s  clock %s%s%s", time, clock_words(values->quality), leap != NULL ? ", " : "", leap != NULL ? leap : "");
    if (values->reading != NULL) {
        printf("; %.2f frames/s, delay %.1f ms, jitter %.2f ms", values->reading->rate,
               values->reading->delay * MILLISECONDS, values->reading->jitter * MILLISECONDS);
    }
    if (values->counters != NULL) {
        say_losses(values->counters);
    }
    printf("\n");
}

void values_text(const struct values *values) {
    uint32_t count = pmu_count(values);
    say_frame(values);
    for (size_t number = 0; number < count; number++) {
        struct channels channels;
        if (read_channels(values, number, &channels) == 0) {
            printf("  ");
            tool_print_text(channels.pmu.station);
            printf(": STAT 0x%04x, ", (unsigned)channels.data.status);
            status_print(channels.data.status);
            printf("\n    frequency   ");
            say_number(channels.data.frequency, "%.4f", "Hz");
            printf(", ");
            say_number(channels.data.rate_of_change, "%+.3f", "Hz/s");
            printf("\n");
            say_phasors(values, number, &channels);
            say_analogs(values, number, &channels);
            say_digitals(values, number, &channels);
        }
        free_channels(&channels);
    }
}

/* -- JSON -- */

static void json_status(uint32_t status) {
    struct status_words words = status_words(status);
    printf(",\"status\":{\"word\":%u,\"data\":\"%s\",\"synchronized\":%s,\"sorted_by_arrival\":%s,\"trigger\":",
           (unsigned)status, words.data, json_flag(words.is_synchronized), json_flag(words.is_sorted_by_arrival));
    json_text_or_null(words.trigger);
    printf(",\"configuration_changes\":%s,\"modified\":%s,\"time_error\":", json_flag(words.changes_soon),
           json_flag(words.is_modified));
    json_text_or_null(words.time_quality);
    printf(",\"unlocked\":");
    json_text_or_null(words.unlocked);
    printf("}");
}

static void json_channels(const struct channels *channels) {
    printf(",\"frequency\":");
    json_number(channels->data.frequency);
    printf(",\"rate_of_change\":");
    json_number(channels->data.rate_of_change);
    printf(",\"phasors\":[");
    for (size_t i = 0; i < channels->pmu.phasor_count; i++) {
        printf("%s[", i == 0 ? "" : ",");
        json_number(channels->phasors[i].magnitude);
        printf(",");
        json_number(channels->phasors[i].angle);
        printf("]");
    }
    printf("],\"analogs\":[");
    for (size_t i = 0; i < channels->pmu.analog_count; i++) {
        printf("%s", i == 0 ? "" : ",");
        json_number(channels->analogs[i]);
    }
    printf("],\"digitals\":[");
    for (size_t i = 0; i < channels->pmu.digital_count; i++) {
        printf("%s%u", i == 0 ? "" : ",", (unsigned)channels->digitals[i]);
    }
    printf("]");
}

static void json_frame(const struct values *values) {
    char time[STTP_TIME_TEXT_SIZE] = "";
    sttp_time_format(values->timestamp, time, sizeof time);
    printf("{\"type\":\"data\",\"time\":\"%s\",\"clock\":\"%s\",\"leap_second\":", time, clock_words(values->quality));
    json_text_or_null(leap_words(values->quality));
    if (values->reading != NULL) {
        printf(",\"frames_per_second\":%.3f,\"delay\":%.6f,\"jitter\":%.6f", values->reading->rate,
               values->reading->delay, values->reading->jitter);
    }
    if (values->counters != NULL) {
        printf(",\"missing_frames\":%llu", (unsigned long long)values->counters->missing_frames);
    }
}

void values_json(const struct values *values) {
    uint32_t count = pmu_count(values);
    json_frame(values);
    printf(",\"pmus\":[");
    for (size_t number = 0; number < count; number++) {
        struct channels channels;
        if (read_channels(values, number, &channels) == 0) {
            printf("%s{\"station\":", number == 0 ? "" : ",");
            json_text(channels.pmu.station);
            json_status(channels.data.status);
            json_channels(&channels);
            printf("}");
        }
        free_channels(&channels);
    }
    printf("]}\n");
}
