#include "frames.h"

#include <stdlib.h>
#include <string.h>

#include "../../tools/common/signals.h"
#include "../../tools/common/tool.h"

/* Values repeat after so many, far enough apart that neither a codec nor a processor remembers them. */
#define VALUES_WANTED 262144
#define LEAST_FRAMES 8
#define TICKS_PER_FRAME 333333 /* 30 frames per second */

struct frames {
    size_t signals;
    size_t count; /* of frames before they repeat */
    size_t next;
    float *values; /* frame by frame */
    uint64_t *value_sums; /* of each frame */
    sttp_measurement *measurements;
    uint64_t value_sum;
    uint64_t time_sum;
};

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void make_up(struct frames *frames, struct signal_generator *generator) {
    for (size_t frame = 0; frame < frames->count; frame++) {
        const sttp_measurement *measurements = generator_frame(generator, (int64_t)frame * TICKS_PER_FRAME);
        float *values = &frames->values[frame * frames->signals];
        for (size_t i = 0; i < frames->signals; i++) {
            values[i] = (float)measurements[i].value;
            frames->value_sums[frame] += bits_of((double)values[i]);
        }
        if (frame == 0) {
            memcpy(frames->measurements, measurements, frames->signals * sizeof *measurements);
        }
    }
}

struct frames *frames_new(const sttp_metadata *metadata) {
    struct signal_generator *generator = generator_new(metadata);
    struct frames *frames = (struct frames *)calloc(1, sizeof *frames);
    if (generator == NULL || frames == NULL) {
        generator_free(generator);
        free(frames);
        return NULL;
    }
    frames->signals = generator_signal_count(generator);
    frames->count = VALUES_WANTED / (frames->signals + 1);
    frames->count = frames->count < LEAST_FRAMES ? LEAST_FRAMES : frames->count;
    frames->values = (float *)malloc(frames->count * (frames->signals + 1) * sizeof *frames->values);
    frames->value_sums = (uint64_t *)calloc(frames->count, sizeof *frames->value_sums);
    frames->measurements = (sttp_measurement *)calloc(frames->signals + 1, sizeof *frames->measurements);
    if (frames->values == NULL || frames->value_sums == NULL || frames->measurements == NULL) {
        tool_error("not enough memory for frames of %zu signals", frames->signals);
        frames_free(frames);
        frames = NULL;
    } else {
        make_up(frames, generator);
    }
    generator_free(generator);
    return frames;
}

void frames_free(struct frames *frames) {
    if (frames != NULL) {
        free(frames->values);
        free(frames->value_sums);
        free(frames->measurements);
        free(frames);
    }
}

size_t frames_signal_count(const struct frames *frames) {
    return frames->signals;
}

const sttp_measurement *frames_next(struct frames *frames) {
    const float *values = &frames->values[frames->next * frames->signals];
    for (size_t i = 0; i < frames->signals; i++) {
        frames->measurements[i].value = (double)values[i];
    }
    /* Last, because what is done before is not the library's. */
    int64_t timestamp = sttp_time_now();
    for (size_t i = 0; i < frames->signals; i++) {
        frames->measurements[i].timestamp = timestamp;
    }
    frames->value_sum += frames->value_sums[frames->next];
    frames->time_sum += (uint64_t)timestamp * frames->signals;
    frames->next = (frames->next + 1) % frames->count;
    return frames->measurements;
}

uint64_t frames_value_sum(const struct frames *frames) {
    return frames->value_sum;
}

uint64_t frames_time_sum(const struct frames *frames) {
    return frames->time_sum;
}
