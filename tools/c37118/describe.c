#include "describe.h"

#include <math.h>
#include <stdio.h>

#include "../common/tool.h"
#include "json.h"

#define FORMAT_POLAR 1U
#define FORMAT_FLOAT_PHASORS 2U
#define FORMAT_FLOAT_ANALOGS 4U
#define FORMAT_FLOAT_FREQUENCY 8U
#define BITS_OF_WORD 16

/* -- the words for numbers -- */

static const char *standard(int32_t version) {
    return version == 1 ? "C37.118-2005" : "C37.118.2-2011";
}

static const char *analog_kind(int32_t code) {
    switch (code) {
    case -1:
        return "analog";
    case 0:
        return "point on wave";
    case 1:
        return "RMS";
    case 2:
        return "peak";
    default:
        return "user-defined";
    }
}

static const char *service_class(int32_t code) {
    return code == 'M' ? "M" : code == 'P' ? "P" : "unknown";
}

static const char *width(uint32_t format, uint32_t flag) {
    return (format & flag) != 0 ? "float" : "16 bit";
}

static const char *coordinates(uint32_t format) {
    return (format & FORMAT_POLAR) != 0 ? "polar" : "rectangular";
}

static int is_used(const sttp_c37118_digital_word *word, int bit) {
    return ((word->valid >> bit) & 1U) != 0 || word->names[bit][0] != '\0';
}

/* -- text -- */

static void say_rate(int32_t data_rate) {
    if (data_rate >= 0) {
        printf("%ld frames/s", (long)data_rate);
    } else {
        printf("a frame every %ld s", -(long)data_rate);
    }
}

static void say_phasors(const sttp_c37118_configuration *configuration, size_t pmu, const sttp_c37118_pmu *info) {
    sttp_c37118_phasor phasor;
    for (size_t i = 0; i < info->phasor_count; i++) {
        if (sttp_c37118_configuration_phasor(configuration, pmu, i, &phasor, sizeof phasor) != STTP_OK) {
            return;
        }
        printf("    phasor %zu: ", i + 1);
        tool_print_text(phasor.name);
        printf(", %s", phasor.is_current ? "A" : "V");
        if ((info->format & FORMAT_FLOAT_PHASORS) == 0) {
            printf(", %g %s per count", phasor.per_count, phasor.is_current ? "A" : "V");
        }
        if (phasor.angle_offset != 0.0) {
            printf(", angle offset %g rad", phasor.angle_offset);
        }
        printf("\n");
    }
}

static void say_analogs(const sttp_c37118_configuration *configuration, size_t pmu, const sttp_c37118_pmu *info) {
    sttp_c37118_analog analog;
    for (size_t i = 0; i < info->analog_count; i++) {
        if (sttp_c37118_configuration_analog(configuration, pmu, i, &analog, sizeof analog) != STTP_OK) {
            return;
        }
        printf("    analog %zu: ", i + 1);
        tool_print_text(analog.name);
        printf(", %s, factor %g", analog_kind(analog.code), analog.factor);
        if (analog.offset != 0.0) {
            printf(", offset %g", analog.offset);
        }
        printf("\n");
    }
}

static void say_digitals(const sttp_c37118_configuration *configuration, size_t pmu, const sttp_c37118_pmu *info) {
    sttp_c37118_digital_word word;
    for (size_t i = 0; i < info->digital_count; i++) {
        if (sttp_c37118_configuration_digital(configuration, pmu, i, &word, sizeof word) != STTP_OK) {
            return;
        }
        printf("    digital %zu: valid 0x%04x, normally 0x%04x\n", i + 1, (unsigned)word.valid, (unsigned)word.normal);
        for (int bit = 0; bit < BITS_OF_WORD; bit++) {
            if (is_used(&word, bit)) {
                printf("      bit %d: ", bit);
                tool_print_text(word.names[bit]);
                printf("\n");
            }
        }
    }
}

static void say_details(const sttp_c37118_configuration *configuration, size_t pmu) {
    sttp_c37118_pmu_details details;
    if (sttp_c37118_configuration_details(configuration, pmu, &details, sizeof details) != STTP_OK) {
        return;
    }
    printf("    class %s, window %ld us, group delay %ld us", service_class(details.service_class), (long)details.window,
           (long)details.group_delay);
    if (isfinite(details.latitude) && isfinite(details.longitude)) {
        printf(", at %g, %g degrees", details.latitude, details.longitude);
        if (isfinite(details.elevation)) {
            printf(", %g m", details.elevation);
        }
    }
    printf("\n");
}

static void say_pmu(const sttp_c37118_configuration *configuration, size_t number) {
    sttp_c37118_pmu pmu;
    if (sttp_c37118_configuration_pmu(configuration, number, &pmu, sizeof pmu) != STTP_OK) {
        return;
    }
    printf("  PMU %zu: ", number + 1);
    tool_print_text(pmu.station);
    printf(", ID %u, %u Hz, configuration count %u\n", (unsigned)pmu.id_code, (unsigned)pmu.nominal_frequency,
           (unsigned)pmu.change_count);
    say_details(configuration, number);
    printf("    format: phasors %s %s, frequency %s, analogs %s\n", coordinates(pmu.format),
           width(pmu.format, FORMAT_FLOAT_PHASORS), width(pmu.format, FORMAT_FLOAT_FREQUENCY),
           width(pmu.format, FORMAT_FLOAT_ANALOGS));
    say_phasors(configuration, number, &pmu);
    say_analogs(configuration, number, &pmu);
    say_digitals(configuration, number, &pmu);
}

void describe_text(const sttp_c37118_configuration *configuration) {
    sttp_c37118_stream stream;
    if (sttp_c37118_configuration_stream(configuration, &stream, sizeof stream) != STTP_OK) {
        tool_library_error("cannot read the configuration");
        return;
    }
    printf("Stream %u: %s by CFG-%ld, %u PMU%s, ", (unsigned)stream.id_code, standard(stream.version), (long)stream.form,
           (unsigned)stream.pmu_count, tool_plural(stream.pmu_count));
    say_rate(stream.data_rate);
    printf(", time base %u\n", (unsigned)stream.time_base);
    for (size_t number = 0; number < stream.pmu_count; number++) {
        say_pmu(configuration, number);
    }
}

/* -- JSON -- */

static void json_phasors(const sttp_c37118_configuration *configuration, size_t pmu, size_t count) {
    sttp_c37118_phasor phasor;
    printf(",\"phasors\":[");
    for (size_t i = 0; i < count; i++) {
        if (sttp_c37118_configuration_phasor(configuration, pmu, i, &phasor, sizeof phasor) == STTP_OK) {
            printf("%s{\"name\":", i == 0 ? "" : ",");
            json_text(phasor.name);
            printf(",\"unit\":\"%s\",\"per_count\":", phasor.is_current ? "A" : "V");
            json_number(phasor.per_count);
            printf(",\"angle_offset\":");
            json_number(phasor.angle_offset);
            printf("}");
        }
    }
    printf("]");
}

static void json_analogs(const sttp_c37118_configuration *configuration, size_t pmu, size_t count) {
    sttp_c37118_analog analog;
    printf(",\"analogs\":[");
    for (size_t i = 0; i < count; i++) {
        if (sttp_c37118_configuration_analog(configuration, pmu, i, &analog, sizeof analog) == STTP_OK) {
            printf("%s{\"name\":", i == 0 ? "" : ",");
            json_text(analog.name);
            printf(",\"kind\":\"%s\",\"factor\":", analog_kind(analog.code));
            json_number(analog.factor);
            printf(",\"offset\":");
            json_number(analog.offset);
            printf("}");
        }
    }
    printf("]");
}

static void json_digitals(const sttp_c37118_configuration *configuration, size_t pmu, size_t count) {
    sttp_c37118_digital_word word;
    printf(",\"digitals\":[");
    for (size_t i = 0; i < count; i++) {
        if (sttp_c37118_configuration_digital(configuration, pmu, i, &word, sizeof word) == STTP_OK) {
            printf("%s{\"normal\":%u,\"valid\":%u,\"names\":[", i == 0 ? "" : ",", (unsigned)word.normal,
                   (unsigned)word.valid);
            for (int bit = 0; bit < BITS_OF_WORD; bit++) {
                printf("%s", bit == 0 ? "" : ",");
                json_text(word.names[bit]);
            }
            printf("]}");
        }
    }
    printf("]");
}

static void json_details(const sttp_c37118_configuration *configuration, size_t pmu) {
    sttp_c37118_pmu_details details;
    if (sttp_c37118_configuration_details(configuration, pmu, &details, sizeof details) != STTP_OK) {
        return;
    }
    printf(",\"service_class\":\"%s\",\"window_us\":%ld,\"group_delay_us\":%ld",
           service_class(details.service_class), (long)details.window, (long)details.group_delay);
    printf(",\"latitude\":");
    json_number(details.latitude);
    printf(",\"longitude\":");
    json_number(details.longitude);
    printf(",\"elevation\":");
    json_number(details.elevation);
}

static void json_pmu(const sttp_c37118_configuration *configuration, size_t number) {
    sttp_c37118_pmu pmu;
    if (sttp_c37118_configuration_pmu(configuration, number, &pmu, sizeof pmu) != STTP_OK) {
        return;
    }
    printf("%s{\"station\":", number == 0 ? "" : ",");
    json_text(pmu.station);
    printf(",\"id_code\":%u,\"nominal_frequency\":%u,\"configuration_count\":%u,\"coordinates\":\"%s\"",
           (unsigned)pmu.id_code, (unsigned)pmu.nominal_frequency, (unsigned)pmu.change_count, coordinates(pmu.format));
    printf(",\"float_phasors\":%s,\"float_analogs\":%s,\"float_frequency\":%s",
           json_flag((pmu.format & FORMAT_FLOAT_PHASORS) != 0), json_flag((pmu.format & FORMAT_FLOAT_ANALOGS) != 0),
           json_flag((pmu.format & FORMAT_FLOAT_FREQUENCY) != 0));
    json_details(configuration, number);
    json_phasors(configuration, number, pmu.phasor_count);
    json_analogs(configuration, number, pmu.analog_count);
    json_digitals(configuration, number, pmu.digital_count);
    printf("}");
}

void describe_json(const sttp_c37118_configuration *configuration) {
    sttp_c37118_stream stream;
    if (sttp_c37118_configuration_stream(configuration, &stream, sizeof stream) != STTP_OK) {
        tool_library_error("cannot read the configuration");
        return;
    }
    printf("{\"type\":\"configuration\",\"id_code\":%u,\"standard\":\"%s\",\"configuration_frame\":%ld,\"data_rate\":%ld,"
           "\"time_base\":%u,\"pmus\":[",
           (unsigned)stream.id_code, standard(stream.version), (long)stream.form, (long)stream.data_rate,
           (unsigned)stream.time_base);
    for (size_t number = 0; number < stream.pmu_count; number++) {
        json_pmu(configuration, number);
    }
    printf("]}\n");
}
