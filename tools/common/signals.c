#include "signals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define SIGNALS_PER_DEVICE 10
#define PHASORS_PER_DEVICE 4
#define TICKS_PER_SECOND 1e7
#define TWO_PI 6.283185307179586

/* -- the data set -- */

struct phasor_kind {
    const char *label;
    const char *type;
    const char *phase;
    const char *magnitude_type;
    const char *angle_type;
};

static const struct phasor_kind phasor_kinds[PHASORS_PER_DEVICE] = {
    {"Bus voltage", "V", "+", "VPHM", "VPHA"},
    {"Bus voltage A", "V", "A", "VPHM", "VPHA"},
    {"Line current", "I", "+", "IPHM", "IPHA"},
    {"Line current A", "I", "A", "IPHM", "IPHA"},
};

/* A version 8 identifier (RFC 9562) that spells its origin and ends with the number of the signal. */
static sttp_guid made_up_id(uint64_t number) {
    sttp_guid id = {{'s', 't', 't', 'p', 'm', 'a', 0x80, 'd', 0x80, 'e', 0, 0, 0, 0, 0, 0}};
    for (int i = 0; i < 6; i++) {
        id.bytes[15 - i] = (uint8_t)(number >> (8 * i));
    }
    return id;
}

struct made_up_signal {
    const char *type;
    char suffix[8]; /* of the signal reference: FQ, DF, PM1, PA1, ... */
    int32_t phasor; /* 0: not of a phasor */
};

static struct made_up_signal describe_signal(uint64_t position) {
    struct made_up_signal signal = {"FREQ", "FQ", 0};
    if (position == 1) {
        signal.type = "DFDT";
        strcpy(signal.suffix, "DF");
    } else if (position > 1) {
        int phasor = (int)(position - 2) / 2;
        int is_angle = position % 2 != 0;
        signal.type = is_angle ? phasor_kinds[phasor].angle_type : phasor_kinds[phasor].magnitude_type;
        signal.phasor = phasor + 1;
        snprintf(signal.suffix, sizeof signal.suffix, "%s%d", is_angle ? "PA" : "PM", phasor + 1);
    }
    return signal;
}

static int32_t add_signal(sttp_metadata_builder *builder, uint64_t index, const char *device) {
    struct made_up_signal signal = describe_signal(index % SIGNALS_PER_DEVICE);
    sttp_guid id = made_up_id(index + 1);
    char key[32];
    char tag[48];
    char reference[48];
    char description[80];
    snprintf(key, sizeof key, "STTP:%llu", (unsigned long long)index + 1);
    snprintf(tag, sizeof tag, "STTP_%s:%s", device, signal.suffix);
    snprintf(reference, sizeof reference, "%s-%s", device, signal.suffix);
    snprintf(description, sizeof description, "Made-up %s of %s", signal.type, device);
    return sttp_metadata_builder_add_measurement(builder, &id, key, tag, reference, signal.type, device,
                                                 signal.phasor, description);
}

static int32_t add_phasor(sttp_metadata_builder *builder, const char *device, uint64_t position) {
    const struct phasor_kind *kind = &phasor_kinds[(position - 2) / 2];
    return sttp_metadata_builder_add_phasor(builder, device, kind->label, kind->type, kind->phase,
                                            (int32_t)(position - 2) / 2 + 1);
}

static int32_t add_signals(sttp_metadata_builder *builder, uint64_t count) {
    char device[32] = "";
    for (uint64_t index = 0; index < count; index++) {
        uint64_t position = index % SIGNALS_PER_DEVICE;
        int32_t status = STTP_OK;
        if (position == 0) {
            snprintf(device, sizeof device, "PMU%04llu", (unsigned long long)(index / SIGNALS_PER_DEVICE + 1));
            status = sttp_metadata_builder_add_device(builder, device, device, 30);
        } else if (position >= 2 && position % 2 == 0) {
            status = add_phasor(builder, device, position);
        }
        if (status == STTP_OK) {
            status = add_signal(builder, index, device);
        }
        if (status != STTP_OK) {
            return status;
        }
    }
    return STTP_OK;
}

sttp_metadata *signals_make_up(uint64_t count) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    if (sttp_metadata_builder_new(&builder) != STTP_OK || add_signals(builder, count) != STTP_OK ||
        sttp_metadata_builder_finish(builder, &metadata) != STTP_OK) {
        tool_library_error("cannot make up %llu signals", (unsigned long long)count);
    }
    sttp_metadata_builder_free(builder);
    return metadata;
}

/* -- the values -- */

#define NOISE_COUNT 8192U
#define NOISE_STRIDE 7919U /* odd, so that it takes NOISE_COUNT frames until a signal meets the same noise again */

/* What a signal follows besides its own noise: the power system as a whole. */
enum follows { FOLLOWS_NOTHING, FOLLOWS_FREQUENCY, FOLLOWS_RATE_OF_CHANGE, FOLLOWS_ANGLE, FOLLOWS_COUNT };

/* Floats, because that is what travels, and so that the compiler can do several at a time. */
struct signal_model {
    float base;
    float noise;
    float half_turn; /* where the value wraps: 180 for angles, else never */
    uint32_t follows;
};

struct signal_generator {
    size_t count;
    struct signal_model *models;
    sttp_measurement *measurements;
    uint32_t noise_start;
    float noise[NOISE_COUNT];
};

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Uniform in [0, 1). */
static double next_fraction(uint64_t *state) {
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

static struct signal_model model_of(const char *signal_type, uint64_t *random) {
    struct signal_model model = {1.0F, 0.01F, INFINITY, FOLLOWS_NOTHING};
    double fraction = next_fraction(random);
    if (strcmp(signal_type, "FREQ") == 0) {
        model.base = 60.0F;
        model.noise = 0.0008F;
        model.follows = FOLLOWS_FREQUENCY;
    } else if (strcmp(signal_type, "DFDT") == 0) {
        model.base = 0.0F;
        model.noise = 0.005F;
        model.follows = FOLLOWS_RATE_OF_CHANGE;
    } else if (strcmp(signal_type, "VPHM") == 0) {
        model.base = (float)(299000.0 + 3000.0 * fraction);
        model.noise = 60.0F;
    } else if (strcmp(signal_type, "IPHM") == 0) {
        model.base = (float)(200.0 + 600.0 * fraction);
        model.noise = 1.5F;
    } else if (strcmp(signal_type, "VPHA") == 0 || strcmp(signal_type, "IPHA") == 0) {
        model.base = (float)(360.0 * fraction - 180.0);
        model.noise = 0.01F;
        model.half_turn = 180.0F;
        model.follows = FOLLOWS_ANGLE;
    } else if (strcmp(signal_type, "DIGI") == 0) {
        model.base = 0.0F;
        model.noise = 0.0F;
    }
    return model;
}

static int32_t add_models(struct signal_generator *generator, const sttp_metadata *metadata, size_t rows) {
    uint64_t random = 0x9E3779B97F4A7C15U;
    for (size_t row = 0; row < rows; row++) {
        sttp_measurement_metadata record;
        int32_t status = sttp_metadata_measurement(metadata, row, &record, sizeof record);
        if (status != STTP_OK) {
            return status;
        }
        if (record.enabled) {
            sttp_measurement *measurement = &generator->measurements[generator->count];
            measurement->signal_id = record.signal_id;
            measurement->signal_index = (uint32_t)row;
            generator->models[generator->count] = model_of(record.signal_type, &random);
            generator->count++;
        }
    }
    return STTP_OK;
}

/* Sums of four uniform numbers: close enough to the bell curve of measuring noise, with a deviation of about 1. */
static void fill_noise(float noise[NOISE_COUNT]) {
    uint64_t random = 0xD1B54A32D192ED03U;
    for (size_t i = 0; i < NOISE_COUNT; i++) {
        double sum = -2.0;
        for (int part = 0; part < 4; part++) {
            sum += next_fraction(&random);
        }
        noise[i] = (float)(sum * 1.73);
    }
}

struct signal_generator *generator_new(const sttp_metadata *metadata) {
    size_t rows = 0;
    struct signal_generator *generator = (struct signal_generator *)calloc(1, sizeof *generator);
    if (generator == NULL || sttp_metadata_measurement_count(metadata, &rows) != STTP_OK) {
        tool_library_error("cannot read the metadata");
        generator_free(generator);
        return NULL;
    }
    generator->models = (struct signal_model *)calloc(rows + 1, sizeof *generator->models);
    generator->measurements = (sttp_measurement *)calloc(rows + 1, sizeof *generator->measurements);
    if (generator->models == NULL || generator->measurements == NULL ||
        add_models(generator, metadata, rows) != STTP_OK) {
        tool_library_error("cannot prepare values for %zu signals", rows);
        generator_free(generator);
        return NULL;
    }
    fill_noise(generator->noise);
    return generator;
}

void generator_free(struct signal_generator *generator) {
    if (generator != NULL) {
        free(generator->models);
        free(generator->measurements);
        free(generator);
    }
}

size_t generator_signal_count(const struct signal_generator *generator) {
    return generator->count;
}

/* One of the slow swings of the system frequency around 60 Hz. */
struct swing {
    double hertz;
    double period;
};

/* Frequency, its derivative and its integral (the angle), all in closed form, so that frames may be at any time. */
static void power_system_at(int64_t timestamp, float state[FOLLOWS_COUNT]) {
    static const struct swing swings[] = {{0.018, 53.0}, {0.006, 7.1}};
    double seconds = (double)timestamp / TICKS_PER_SECOND;
    double frequency = 0.0;
    double rate_of_change = 0.0;
    double turns = 0.0;
    for (size_t i = 0; i < sizeof swings / sizeof swings[0]; i++) {
        double speed = TWO_PI / swings[i].period;
        double sine = sin(speed * seconds);
        double cosine = cos(speed * seconds);
        frequency += swings[i].hertz * sine;
        rate_of_change += swings[i].hertz * speed * cosine;
        turns -= swings[i].hertz / speed * cosine;
    }
    state[FOLLOWS_NOTHING] = 0.0F;
    state[FOLLOWS_FREQUENCY] = (float)frequency;
    state[FOLLOWS_RATE_OF_CHANGE] = (float)rate_of_change;
    state[FOLLOWS_ANGLE] = (float)(360.0 * turns);
}

const sttp_measurement *generator_frame(struct signal_generator *generator, int64_t timestamp) {
    float state[FOLLOWS_COUNT];
    power_system_at(timestamp, state);
    for (size_t i = 0; i < generator->count; i++) {
        const struct signal_model *model = &generator->models[i];
        float noise = generator->noise[(generator->noise_start + i) % NOISE_COUNT];
        float value = model->base + state[model->follows] + model->noise * noise;
        value -= value > model->half_turn ? 360.0F : 0.0F;
        value += value < -model->half_turn ? 360.0F : 0.0F;
        generator->measurements[i].value = (double)value;
        generator->measurements[i].timestamp = timestamp;
    }
    generator->noise_start += NOISE_STRIDE;
    return generator->measurements;
}
