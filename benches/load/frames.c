#include "frames.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/common/signals.h"
#include "../../tools/common/tool.h"

/* Values repeat after so many, far enough apart that neither a codec nor a processor remembers them. */
#define VALUES_WANTED 262144
#define LEAST_FRAMES 8
#define TICKS_PER_FRAME 333333 /* 30 frames per second */
#define RECORD_SIZE 20

struct frames {
    size_t signals;
    size_t count; /* of frames before they repeat */
    size_t next;
    float *values; /* frame by frame; NULL when frames were read */
    sttp_measurement *read; /* frame by frame, of a file; NULL when values are made up */
    int64_t span; /* of the times that were read: what is added when they repeat */
    int64_t shift; /* what is added to them now */
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

static int allocate(struct frames *frames) {
    frames->value_sums = (uint64_t *)calloc(frames->count, sizeof *frames->value_sums);
    frames->measurements = (sttp_measurement *)calloc(frames->signals + 1, sizeof *frames->measurements);
    if (frames->value_sums == NULL || frames->measurements == NULL) {
        tool_error("not enough memory for frames of %zu signals", frames->signals);
        return -1;
    }
    return 0;
}

struct frames *frames_new(const sttp_metadata *metadata, uint64_t most) {
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
    frames->count = most != 0 && most < frames->count ? (size_t)most : frames->count;
    frames->values = (float *)malloc(frames->count * (frames->signals + 1) * sizeof *frames->values);
    if (frames->values == NULL || allocate(frames) != 0) {
        frames_free(frames);
        frames = NULL;
    } else {
        make_up(frames, generator);
    }
    generator_free(generator);
    return frames;
}

/* -- frames of a file -- */

static uint64_t number_at(const unsigned char *bytes, size_t size) {
    uint64_t number = 0;
    while (size-- > 0) {
        number = number << 8 | bytes[size];
    }
    return number;
}

/* The measurement of a record, whose signals are those of a frame of the generator. -1: there is no such row. */
static int read_record(const unsigned char *record, const sttp_measurement *signals, size_t count,
                       sttp_measurement *measurement) {
    uint64_t row = number_at(record + 8, 4);
    uint32_t bits = (uint32_t)number_at(record + 16, 4);
    float value;
    if (row >= count) {
        return -1;
    }
    memcpy(&value, &bits, sizeof value);
    *measurement = signals[row];
    measurement->timestamp = (int64_t)number_at(record, 8);
    measurement->flags = (uint32_t)number_at(record + 12, 4);
    measurement->value = (double)value;
    return 0;
}

/* All measurements of a file, one behind the other; how many they are. NULL after saying why. */
static sttp_measurement *read_records(FILE *file, const char *path, const sttp_measurement *signals, size_t count,
                                      size_t *found) {
    size_t room = 0;
    sttp_measurement *all = NULL;
    unsigned char record[RECORD_SIZE];
    for (*found = 0; fread(record, sizeof record, 1, file) == 1; (*found)++) {
        if (*found == room) {
            room = room == 0 ? 4096 : 2 * room;
            sttp_measurement *more = (sttp_measurement *)realloc(all, room * sizeof *all);
            if (more == NULL) {
                tool_error("not enough memory for %s", path);
                free(all);
                return NULL;
            }
            all = more;
        }
        if (read_record(record, signals, count, &all[*found]) != 0) {
            tool_error("%s is of more signals than %zu; --signals says how many there are", path, count);
            free(all);
            return NULL;
        }
    }
    if (*found < LEAST_FRAMES * count || *found % count != 0) {
        tool_error("%s has %zu measurements, which are not %d or more frames of %zu signals", path, *found,
                   LEAST_FRAMES, count);
        free(all);
        return NULL;
    }
    return all;
}

static void take_records(struct frames *frames) {
    size_t signals = frames->signals;
    for (size_t i = 0; i < frames->count * signals; i++) {
        frames->value_sums[i / signals] += bits_of(frames->read[i].value);
    }
    int64_t first = frames->read[0].timestamp;
    int64_t to_last = frames->read[(frames->count - 1) * signals].timestamp - first;
    frames->span = to_last / (int64_t)(frames->count - 1) * (int64_t)frames->count;
    frames->shift = sttp_time_now() - first;
}

struct frames *frames_read(const sttp_metadata *metadata, const char *path) {
    struct signal_generator *generator = generator_new(metadata);
    struct frames *frames = (struct frames *)calloc(1, sizeof *frames);
    FILE *file = fopen(path, "rb");
    size_t found = 0;
    if (file == NULL) {
        tool_error("cannot read %s: %s", path, strerror(errno));
    } else if (generator != NULL && frames != NULL) {
        frames->signals = generator_signal_count(generator);
        frames->read = read_records(file, path, generator_frame(generator, 0), frames->signals, &found);
    }
    int is_read = frames != NULL && frames->read != NULL;
    if (is_read) {
        frames->count = found / frames->signals;
    }
    if (is_read && allocate(frames) == 0) {
        take_records(frames);
    } else {
        frames_free(frames);
        frames = NULL;
    }
    if (file != NULL) {
        fclose(file);
    }
    generator_free(generator);
    return frames;
}

void frames_free(struct frames *frames) {
    if (frames != NULL) {
        free(frames->values);
        free(frames->read);
        free(frames->value_sums);
        free(frames->measurements);
        free(frames);
    }
}

size_t frames_signal_count(const struct frames *frames) {
    return frames->signals;
}

static void next_made_up(struct frames *frames) {
    const float *values = &frames->values[frames->next * frames->signals];
    for (size_t i = 0; i < frames->signals; i++) {
        frames->measurements[i].value = (double)values[i];
    }
    /* Last, because what is done before is not the library's. */
    int64_t timestamp = sttp_time_now();
    for (size_t i = 0; i < frames->signals; i++) {
        frames->measurements[i].timestamp = timestamp;
    }
    frames->time_sum += (uint64_t)timestamp * frames->signals;
}

static void next_read(struct frames *frames) {
    const sttp_measurement *read = &frames->read[frames->next * frames->signals];
    uint64_t times = 0;
    for (size_t i = 0; i < frames->signals; i++) {
        frames->measurements[i] = read[i];
        frames->measurements[i].timestamp += frames->shift;
        times += (uint64_t)frames->measurements[i].timestamp;
    }
    frames->time_sum += times;
    if (frames->next + 1 == frames->count) {
        frames->shift += frames->span;
    }
}

const sttp_measurement *frames_next(struct frames *frames) {
    if (frames->read != NULL) {
        next_read(frames);
    } else {
        next_made_up(frames);
    }
    frames->value_sum += frames->value_sums[frames->next];
    frames->next = (frames->next + 1) % frames->count;
    return frames->measurements;
}

uint64_t frames_value_sum(const struct frames *frames) {
    return frames->value_sum;
}

uint64_t frames_time_sum(const struct frames *frames) {
    return frames->time_sum;
}
