#include "replay.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/tool.h"

#define LINE_SIZE 1024
#define MOST_IN_BATCH 65536
#define COLUMNS 4

enum reading { READING_ROW, READING_END, READING_FAILED };

struct replay {
    const sttp_publisher *publisher;
    const char *path;
    FILE *file;
    uint64_t line_number;
    enum reading last; /* what reading on after the batch gave */
    sttp_measurement next; /* the row after the batch, if that is READING_ROW */
    sttp_measurement batch[MOST_IN_BATCH];
};

static enum reading fail(const struct replay *replay, const char *what, const char *text) {
    tool_error("%s, line %llu: %s%s%s%s", replay->path, (unsigned long long)replay->line_number, what,
               text[0] != '\0' ? " '" : "", text, text[0] != '\0' ? "'" : "");
    return READING_FAILED;
}

/* Removes blanks around a field, in place. */
static char *trim(char *text) {
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

/* Cuts a line at its commas; the number of columns, or COLUMNS + 1 if there are more. */
static int split(char *line, char *fields[COLUMNS]) {
    int count = 0;
    for (char *field = line; field != NULL;) {
        char *comma = strchr(field, ',');
        if (comma != NULL) {
            *comma++ = '\0';
        }
        if (count == COLUMNS) {
            return COLUMNS + 1;
        }
        fields[count++] = trim(field);
        field = comma;
    }
    return count;
}

static int parse_timestamp(const char *text, int64_t *ticks) {
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) {
        return sttp_time_parse(text, ticks) == STTP_OK ? 0 : -1;
    }
    errno = 0;
    *ticks = strtoll(text, NULL, 10);
    return errno == 0 ? 0 : -1;
}

static int parse_flags(const char *text, uint32_t *flags) {
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) {
        return -1;
    }
    errno = 0;
    unsigned long long number = strtoull(text, NULL, 10);
    *flags = (uint32_t)number;
    return errno == 0 && number <= UINT32_MAX ? 0 : -1;
}

/* A number that float32 can hold, "nan" or "inf". Read as a float at once: by way of a double it would be rounded twice. */
static int parse_value(const char *text, double *value) {
    char *end = NULL;
    errno = 0;
    float number = strtof(text, &end);
    *value = (double)number;
    return end == text || *end != '\0' || (isinf(number) && errno == ERANGE) ? -1 : 0;
}

static enum reading parse_row(const struct replay *replay, char *line, sttp_measurement *row) {
    char *fields[COLUMNS];
    if (split(line, fields) != COLUMNS) {
        return fail(replay, "a row is signal_id,timestamp,flags,value", "");
    }
    if (sttp_guid_parse(fields[0], &row->signal_id) != STTP_OK) {
        return fail(replay, "the signal ID must be a GUID, not", fields[0]);
    }
    if (sttp_publisher_signal_index(replay->publisher, &row->signal_id, &row->signal_index) != STTP_OK) {
        return fail(replay, "the metadata (see --metadata) has no signal", fields[0]);
    }
    if (parse_timestamp(fields[1], &row->timestamp) != 0) {
        return fail(replay, "the timestamp must be ticks or ISO 8601, not", fields[1]);
    }
    if (parse_flags(fields[2], &row->flags) != 0) {
        return fail(replay, "the flags must be a whole number below 2^32, not", fields[2]);
    }
    if (parse_value(fields[3], &row->value) != 0) {
        return fail(replay, "the value must be a number that float32 can hold, not", fields[3]);
    }
    return READING_ROW;
}

static int is_header(const char *line) {
    static const char column[] = "signal_id,";
    return strncasecmp(line, column, sizeof column - 1) == 0;
}

static enum reading read_row(struct replay *replay, sttp_measurement *row) {
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    char line[LINE_SIZE];
    while (fgets(line, sizeof line, replay->file) != NULL) {
        replay->line_number++;
        if (strchr(line, '\n') == NULL && !feof(replay->file)) {
            return fail(replay, "the line is longer than 1,022 bytes or has a zero byte: is this a CSV file?", "");
        }
        char *text = line;
        if (replay->line_number == 1) {
            text += strncmp(text, byte_order_mark, 3) == 0 ? 3 : 0;
            if (is_header(text)) {
                continue;
            }
        }
        text = trim(text);
        if (text[0] != '\0') {
            return parse_row(replay, text, row);
        }
    }
    if (ferror(replay->file)) {
        return fail(replay, strerror(errno), "");
    }
    return READING_END;
}

struct replay *replay_open(const char *path, const sttp_publisher *publisher) {
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (file == NULL) {
        tool_error("cannot open %s: %s", path, strerror(errno));
        return NULL;
    }
    struct replay *replay = (struct replay *)calloc(1, sizeof *replay);
    if (replay == NULL) {
        tool_error("not enough memory to read %s", path);
        fclose(file);
        return NULL;
    }
    replay->publisher = publisher;
    replay->path = path;
    replay->file = file;
    replay->last = read_row(replay, &replay->next);
    return replay;
}

void replay_close(struct replay *replay) {
    if (replay != NULL) {
        fclose(replay->file);
        free(replay);
    }
}

int replay_next(struct replay *replay, const sttp_measurement **measurements, size_t *count) {
    size_t length = 0;
    int64_t timestamp = replay->next.timestamp;
    while (replay->last == READING_ROW && replay->next.timestamp == timestamp && length < MOST_IN_BATCH) {
        replay->batch[length++] = replay->next;
        replay->last = read_row(replay, &replay->next);
    }
    *measurements = replay->batch;
    *count = length;
    if (length > 0) {
        return 1;
    }
    return replay->last == READING_END ? 0 : -1;
}
