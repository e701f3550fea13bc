#include "pmu.h"

#include <stdio.h>
#include <string.h>

#include "sttp.h"

#define PI 3.14159265358979323846
#define SYNC_DATA 0xAA01
#define SYNC_CONFIGURATION_2 0xAA31
#define SYNC_COMMAND 0xAA40
#define SYNC_WITHOUT_VERSION 0xFFF0
#define TICKS_PER_SECOND 10000000 /* and so times have them in the frames, too */
#define SIZE_AT 2
#define ID_CODE_AT 4
#define NAME_SIZE 16
#define FORMAT_FLOAT_POLAR 0x000F
#define ANALOG_RMS 0x01000000
#define DIGITAL_MASKS 0x0000FFFF
#define NOMINAL_60_HZ 0
#define NOMINAL_RADIANS (2.0 * PI / 60.0) /* a frame at 60 frames per second, for one hertz more */
#define CURRENT 0x01000000

/* -- bytes -- */

struct writer {
    uint8_t *frame;
    size_t size;
};

static void put(struct writer *writer, unsigned bytes, uint32_t number) {
    while (bytes-- > 0) {
        writer->frame[writer->size++] = (uint8_t)(number >> 8 * bytes);
    }
}

static void put_name(struct writer *writer, const char *what, unsigned number) {
    char name[NAME_SIZE + 1];
    int length = snprintf(name, sizeof name, "%s %u", what, number);
    memset(writer->frame + writer->size, ' ', NAME_SIZE);
    memcpy(writer->frame + writer->size, name, (size_t)length);
    writer->size += NAME_SIZE;
}

/* CRC-CCITT, from all ones. */
static uint16_t check_word(const uint8_t *frame, size_t size) {
    static uint16_t table[256];
    if (table[1] == 0) {
        for (unsigned i = 0; i < 256; i++) {
            unsigned rest = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                rest = rest & 0x8000 ? rest << 1 ^ 0x1021 : rest << 1;
            }
            table[i] = (uint16_t)rest;
        }
    }
    uint16_t check = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        check = (uint16_t)(check << 8 ^ table[check >> 8 ^ frame[i]]);
    }
    return check;
}

static struct writer begin(uint8_t *frame, uint16_t sync, uint16_t id_code, int64_t ticks) {
    struct writer writer = {frame, 0};
    int64_t seconds = 0;
    uint32_t nanoseconds = 0;
    sttp_time_to_unix(ticks, &seconds, &nanoseconds);
    put(&writer, 2, sync);
    put(&writer, 2, 0);
    put(&writer, 2, id_code);
    put(&writer, 4, (uint32_t)seconds);
    put(&writer, 4, nanoseconds / (1000000000 / TICKS_PER_SECOND));
    return writer;
}

static size_t finish(struct writer *writer) {
    struct writer size = {writer->frame, SIZE_AT};
    put(&size, 2, (uint32_t)writer->size + 2);
    put(writer, 2, check_word(writer->frame, writer->size));
    return writer->size;
}

/* -- frames -- */

void pmu_new(struct pmu *pmu, uint16_t id_code) {
    pmu->id_code = id_code;
    pmu->random = id_code * UINT64_C(0x9E3779B97F4A7C15);
    pmu->angle = 0.0;
}

size_t pmu_configuration(const struct pmu *pmu, uint64_t rate, int64_t ticks, uint8_t *frame) {
    struct writer writer = begin(frame, SYNC_CONFIGURATION_2, pmu->id_code, ticks);
    put(&writer, 4, TICKS_PER_SECOND);
    put(&writer, 2, 1);
    put_name(&writer, "STATION", pmu->id_code);
    put(&writer, 2, pmu->id_code);
    put(&writer, 2, FORMAT_FLOAT_POLAR);
    put(&writer, 2, PMU_PHASORS);
    put(&writer, 2, PMU_ANALOGS);
    put(&writer, 2, 1);
    for (unsigned i = 0; i < PMU_PHASORS; i++) {
        put_name(&writer, i < PMU_PHASORS / 2 ? "BUS" : "LINE", i + 1);
    }
    for (unsigned i = 0; i < PMU_ANALOGS; i++) {
        put_name(&writer, "MW", i + 1);
    }
    for (unsigned bit = 0; bit < 16; bit++) {
        put_name(&writer, "BREAKER", bit + 1);
    }
    for (unsigned i = 0; i < PMU_PHASORS; i++) {
        put(&writer, 4, i < PMU_PHASORS / 2 ? 0 : CURRENT);
    }
    for (unsigned i = 0; i < PMU_ANALOGS; i++) {
        put(&writer, 4, ANALOG_RMS);
    }
    put(&writer, 4, DIGITAL_MASKS);
    put(&writer, 2, NOMINAL_60_HZ);
    put(&writer, 2, 1);
    put(&writer, 2, (uint32_t)rate);
    return finish(&writer);
}

/* -1 to 1, by the noise of a measurement. */
static double noise(struct pmu *pmu) {
    pmu->random ^= pmu->random << 13;
    pmu->random ^= pmu->random >> 7;
    pmu->random ^= pmu->random << 17;
    return (double)(pmu->random >> 11) / (double)(UINT64_C(1) << 52) - 1.0;
}

/* A subscriber gets values as floats, and hands them on as doubles. */
static void add_value(uint64_t *sum, double value) {
    double rounded = (float)value;
    uint64_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    *sum += bits;
}

static float put_float(struct writer *writer, double value) {
    float number = (float)value;
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    put(writer, 4, bits);
    return number;
}

size_t pmu_data(struct pmu *pmu, int64_t ticks, uint8_t *frame, uint64_t *value_sum) {
    struct writer writer = begin(frame, SYNC_DATA, pmu->id_code, ticks);
    double deviation = 0.02 + 0.001 * noise(pmu);
    uint16_t digital = (uint16_t)pmu->id_code;
    pmu->angle += NOMINAL_RADIANS * deviation;
    pmu->angle -= pmu->angle > PI ? 2.0 * PI : 0.0;
    put(&writer, 2, 0); /* the status: all is well */
    for (int i = 0; i < PMU_PHASORS; i++) {
        double magnitude = i < PMU_PHASORS / 2 ? 132000.0 : 400.0;
        double angle = pmu->angle + 2.0 * PI / 3.0 * (i % 3 - 1) + 0.0001 * noise(pmu);
        angle -= angle > PI ? 2.0 * PI : angle < -PI ? -2.0 * PI : 0.0;
        add_value(value_sum, put_float(&writer, magnitude * (1.0 + 0.0001 * noise(pmu))));
        add_value(value_sum, (double)put_float(&writer, angle) * (180.0 / PI));
    }
    add_value(value_sum, put_float(&writer, 60.0 + deviation));
    add_value(value_sum, put_float(&writer, 0.01 * noise(pmu)));
    for (int i = 0; i < PMU_ANALOGS; i++) {
        add_value(value_sum, put_float(&writer, 100.0 * (i + 1) + 0.01 * noise(pmu)));
    }
    put(&writer, 2, digital);
    add_value(value_sum, digital);
    return finish(&writer);
}

static uint16_t word_at(const uint8_t *frame, size_t place) {
    return (uint16_t)(frame[place] << 8 | frame[place + 1]);
}

int pmu_read_command(const uint8_t *frame, uint16_t *id_code, uint16_t *command) {
    const size_t check_at = PMU_COMMAND_SIZE - 2;
    *id_code = word_at(frame, ID_CODE_AT);
    *command = word_at(frame, check_at - 2);
    int is_whole =
        word_at(frame, SIZE_AT) == PMU_COMMAND_SIZE && word_at(frame, check_at) == check_word(frame, check_at);
    return is_whole && (word_at(frame, 0) & SYNC_WITHOUT_VERSION) == SYNC_COMMAND ? 0 : -1;
}
