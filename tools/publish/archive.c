#include "archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "row_reader.h"

struct archive {
    struct row_source source;
};

static void close_window(void *user_data, void *reader) {
    (void)user_data;
    row_reader_close((struct row_reader *)reader);
}

/* A row that cannot be read is told, and left out. */
static int32_t read_window(void *user_data, const sttp_history_window *window, void **reader,
                           sttp_measurement *measurements, size_t capacity, size_t *count) {
    const struct archive *archive = (const struct archive *)user_data;
    if (*reader == NULL) {
        *reader = row_reader_open(&archive->source);
    }
    struct row_reader *rows = (struct row_reader *)*reader;
    enum row_status status = rows != NULL ? ROW_READ : ROW_FAILED;
    *count = 0;
    while (*count < capacity && (status == ROW_READ || status == ROW_BAD)) {
        status = row_reader_next(rows, 0.0, &measurements[*count]);
        int64_t time = measurements[*count].timestamp & STTP_TICKS_VALUE_MASK;
        *count += status == ROW_READ && time >= window->start && time <= window->stop;
    }
    return status == ROW_FAILED ? STTP_ERR_IO : STTP_OK;
}

struct archive *archive_open(const struct row_source *source, sttp_publisher *publisher) {
    FILE *file = fopen(source->path, "r");
    if (file == NULL) {
        tool_error("cannot read %s: %s", source->path, strerror(errno));
        return NULL;
    }
    fclose(file);
    struct archive *archive = (struct archive *)malloc(sizeof *archive);
    if (archive == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    archive->source = *source;
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
