#include "archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "replay.h"

/* The two top bits of a timestamp mark leap seconds. */
#define TICKS_MASK 0x3FFFFFFFFFFFFFFFLL

struct archive {
    const char *path;
    sttp_publisher *publisher;
};

/* Where the reading of one window has got to. */
struct cursor {
    struct replay *replay;
    const sttp_measurement *batch;
    size_t count;
    size_t used;
};

static void close_window(void *user_data, void *reader) {
    struct cursor *cursor = (struct cursor *)reader;
    (void)user_data;
    if (cursor != NULL) {
        replay_close(cursor->replay);
        free(cursor);
    }
}

static struct cursor *open_window(const struct archive *archive) {
    struct cursor *cursor = (struct cursor *)calloc(1, sizeof *cursor);
    if (cursor == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    cursor->replay = replay_open(archive->path, archive->publisher);
    if (cursor->replay == NULL) {
        free(cursor);
        return NULL;
    }
    return cursor;
}

/* The batch has one timestamp: 1 when it is wanted. */
static int is_wanted(const struct cursor *cursor, const sttp_history_window *window) {
    int64_t time = cursor->batch[0].timestamp & TICKS_MASK;
    return time >= window->start && time <= window->stop;
}

static int32_t read_window(void *user_data, const sttp_history_window *window, void **reader,
                           sttp_measurement *measurements, size_t capacity, size_t *count) {
    const struct archive *archive = (const struct archive *)user_data;
    if (*reader == NULL) {
        *reader = open_window(archive);
    }
    struct cursor *cursor = (struct cursor *)*reader;
    if (cursor == NULL) {
        return STTP_ERR_IO;
    }
    *count = 0;
    while (*count < capacity) {
        if (cursor->used == cursor->count) {
            int found = replay_next(cursor->replay, &cursor->batch, &cursor->count);
            cursor->used = 0;
            if (found <= 0) {
                cursor->count = 0;
                return found < 0 ? STTP_ERR_IO : STTP_OK;
            }
            if (!is_wanted(cursor, window)) {
                cursor->used = cursor->count;
                continue;
            }
        }
        size_t left = cursor->count - cursor->used;
        size_t taken = left < capacity - *count ? left : capacity - *count;
        memcpy(&measurements[*count], &cursor->batch[cursor->used], taken * sizeof *measurements);
        cursor->used += taken;
        *count += taken;
    }
    return STTP_OK;
}

struct archive *archive_open(const char *path, sttp_publisher *publisher) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        tool_error("cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    fclose(file);
    struct archive *archive = (struct archive *)malloc(sizeof *archive);
    if (archive == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    archive->path = path;
    archive->publisher = publisher;
    if (sttp_publisher_set_history_source(publisher, read_window, close_window, archive, NULL) != STTP_OK) {
        tool_library_error("cannot serve historical data");
        free(archive);
        return NULL;
    }
    return archive;
}

void archive_close(struct archive *archive) {
    free(archive);
}
