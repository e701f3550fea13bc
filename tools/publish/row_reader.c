#include "row_reader.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/tool.h"
#include "line_reader.h"

#define MOST_COLUMNS 32
#define MOST_PROBLEMS 5 /* that are told one by one */

/* What a column has. */
enum column { COLUMN_SIGNAL, COLUMN_TIMESTAMP, COLUMN_FLAGS, COLUMN_VALUE, COLUMN_NONE };

static const char *const names[] = {"signal_id", "timestamp", "flags", "value"};

struct row_reader {
    const sttp_publisher *publisher;
    const char *path;
    struct line_reader *lines;
    enum unreadable unreadable;
    unsigned long long problems;
    int column_count;
    enum column columns[MOST_COLUMNS];
};

/* Says what is wrong with the line that was read last. */
static enum row_status complain(struct row_reader *reader, const char *format, ...) {
    char problem[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem, sizeof problem, format, arguments);
    va_end(arguments);
    if (reader->problems++ < MOST_PROBLEMS) {
        tool_error("%s, line %llu: %s", reader->path, (unsigned long long)lines_number(reader->lines), problem);
    }
    return ROW_BAD;
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

/* Cuts a line at its commas; the number of fields, or MOST_COLUMNS + 1 if there are more. */
static int split(char *line, char *fields[MOST_COLUMNS]) {
    int count = 0;
    for (char *field = line; field != NULL;) {
        char *comma = strchr(field, ',');
        if (comma != NULL) {
            *comma++ = '\0';
        }
        if (count == MOST_COLUMNS) {
            return MOST_COLUMNS + 1;
        }
        fields[count++] = trim(field);
        field = comma;
    }
    return count;
}

/* -- the names of the columns -- */

static enum column column_of(const char *name) {
    for (int i = 0; i < COLUMN_NONE; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return (enum column)i;
        }
    }
    return COLUMN_NONE;
}

static enum row_status read_names(struct row_reader *reader, char *fields[MOST_COLUMNS], int count) {
    int found = 0;
    if (count > MOST_COLUMNS) {
        complain(reader, "there are more than %d columns", MOST_COLUMNS);
        return ROW_FAILED;
    }
    reader->column_count = count;
    for (int i = 0; i < count; i++) {
        reader->columns[i] = column_of(fields[i]);
        if (reader->columns[i] != COLUMN_NONE && (found & 1 << reader->columns[i]) != 0) {
            complain(reader, "there are two columns %s", fields[i]);
            return ROW_FAILED;
        }
        found |= reader->columns[i] == COLUMN_NONE ? 0 : 1 << reader->columns[i];
    }
    for (int i = 0; i < COLUMN_NONE; i++) {
        if ((found & 1 << i) == 0) {
            complain(reader, "the column %s is missing", names[i]);
            return ROW_FAILED;
        }
    }
    return ROW_READ;
}

/* -- fields -- */

/* Whole numbers are ticks; those of leap seconds, whose topmost bits are a mark, are written with a minus sign. */
static int parse_timestamp(const char *text, int64_t *ticks) {
    const char *digits = text + (text[0] == '-');
    if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits)) {
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

static enum row_status parse_row(struct row_reader *reader, char *fields[MOST_COLUMNS], int count,
                                 sttp_measurement *row) {
    const char *texts[COLUMN_NONE] = {"", "", "", ""};
    if (count != reader->column_count) {
        return complain(reader, "there are %d fields in place of %d; a row is signal_id,timestamp,flags,value", count,
                        reader->column_count);
    }
    for (int i = 0; i < count; i++) {
        if (reader->columns[i] != COLUMN_NONE) {
            texts[reader->columns[i]] = fields[i];
        }
    }
    if (sttp_guid_parse(texts[COLUMN_SIGNAL], &row->signal_id) != STTP_OK) {
        return complain(reader, "the signal ID must be a GUID, not '%s'", texts[COLUMN_SIGNAL]);
    }
    if (sttp_publisher_signal_index(reader->publisher, &row->signal_id, &row->signal_index) != STTP_OK) {
        return complain(reader, "the metadata (see --metadata) has no signal '%s'", texts[COLUMN_SIGNAL]);
    }
    if (parse_timestamp(texts[COLUMN_TIMESTAMP], &row->timestamp) != 0) {
        return complain(reader, "the timestamp must be ticks or ISO 8601, not '%s'", texts[COLUMN_TIMESTAMP]);
    }
    if (parse_flags(texts[COLUMN_FLAGS], &row->flags) != 0) {
        return complain(reader, "the flags must be a whole number below 2^32, not '%s'", texts[COLUMN_FLAGS]);
    }
    if (parse_value(texts[COLUMN_VALUE], &row->value) != 0) {
        complain(reader, "the value must be a number that float32 can hold, not '%s'%s", texts[COLUMN_VALUE],
                 reader->unreadable == UNREADABLE_IS_NAN ? "; it becomes NaN" : "");
        row->value = NAN;
        return reader->unreadable == UNREADABLE_IS_NAN ? ROW_READ : ROW_BAD;
    }
    return ROW_READ;
}

/* -- rows -- */

/* The first line, without the mark that some editors put before it. */
static char *skip_byte_order_mark(char *text) {
    static const char mark[] = "\xEF\xBB\xBF";
    return strncmp(text, mark, 3) == 0 ? text + 3 : text;
}

enum row_status row_reader_next(struct row_reader *reader, double seconds, sttp_measurement *row) {
    for (;;) {
        char *fields[MOST_COLUMNS];
        char *text = NULL;
        enum line_status status = lines_next(reader->lines, seconds, &text);
        switch (status) {
        case LINE_LATER:
            return ROW_LATER;
        case LINE_END:
            return ROW_END;
        case LINE_BAD:
            return complain(reader, "%s", text);
        case LINE_FAILED:
            tool_error("cannot read %s: %s", reader->path, text);
            return ROW_FAILED;
        case LINE_READ:
            break;
        }
        int is_first = lines_number(reader->lines) == 1;
        int count = split(is_first ? skip_byte_order_mark(text) : text, fields);
        if (is_first && column_of(fields[0]) != COLUMN_NONE) {
            if (read_names(reader, fields, count) != ROW_READ) {
                return ROW_FAILED;
            }
        } else if (count > 1 || fields[0][0] != '\0') {
            return parse_row(reader, fields, count, row);
        }
    }
}

struct row_reader *row_reader_open(const char *path, const sttp_publisher *publisher, enum unreadable unreadable) {
    struct line_reader *lines = lines_open(path);
    if (lines == NULL) {
        return NULL;
    }
    struct row_reader *reader = (struct row_reader *)calloc(1, sizeof *reader);
    if (reader == NULL) {
        tool_error("not enough memory to read %s", path);
        lines_close(lines);
        return NULL;
    }
    reader->publisher = publisher;
    reader->path = path;
    reader->lines = lines;
    reader->unreadable = unreadable;
    reader->column_count = COLUMN_NONE;
    for (int i = 0; i < COLUMN_NONE; i++) {
        reader->columns[i] = (enum column)i;
    }
    return reader;
}

void row_reader_close(struct row_reader *reader) {
    if (reader == NULL) {
        return;
    }
    if (reader->problems > MOST_PROBLEMS) {
        tool_error("%s: %llu more lines like these", reader->path, reader->problems - MOST_PROBLEMS);
    }
    lines_close(reader->lines);
    free(reader);
}
