#include "wide.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/text.h"
#include "../common/tool.h"
#include "row_text.h"
#include "wide_columns.h"

/* Rows that wait at a time: bounded by their number, and by that of their cells. */
#define MOST_OPEN 1024
#define MOST_CELLS (1U << 22)
#define LEAST_OPEN 4

struct cell {
    double value;
    uint32_t flags;
    uint32_t is_there;
};

struct open_row {
    int64_t time;
    double begun; /* of tool_clock */
    size_t filled;
    int is_flagged;
    int recovered;
    struct cell *cells;
};

struct wide_writer {
    struct wide_plan plan;
    const struct signal_names *names;
    struct wide_columns columns;
    int has_header; /* the file, so that its columns are what they are */
    size_t expected; /* values of a complete row */
    size_t open_count;
    size_t open_most;
    struct open_row rows[MOST_OPEN + 1]; /* in the order of time; behind those that are open, spare ones */
    int has_written;
    int64_t written; /* the latest time that was written */
    double now;      /* of tool_clock, when the present packet came */
    unsigned long long late;
    unsigned long long replaced;
    unsigned long long left_out;
    char *scratch; /* the names of the columns, or the flags of a row */
    size_t scratch_size;
    struct row_text text;
};

struct wide_writer *wide_new(struct recording *recording, const struct signal_names *names,
                             const struct wide_plan *plan) {
    struct wide_writer *writer = (struct wide_writer *)calloc(1, sizeof *writer);
    if (writer == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    writer->text.recording = recording;
    writer->names = names;
    writer->plan = *plan;
    writer->now = tool_clock();
    return writer;
}

static void forget_rows(struct wide_writer *writer) {
    for (size_t i = 0; i <= MOST_OPEN; i++) {
        free(writer->rows[i].cells);
        writer->rows[i].cells = NULL;
    }
    writer->open_count = 0;
}

void wide_free(struct wide_writer *writer) {
    if (writer == NULL) {
        return;
    }
    const char *name = recording_name(writer->text.recording);
    if (writer->late > 0) {
        tool_error("%s: %llu row%s more than one for a time, because values came later than --row-wait", name,
                   writer->late, writer->late == 1 ? " is" : "s are");
    }
    if (writer->replaced > 0) {
        tool_error("%s: %llu value%s replaced by another one of the same signal and time", name, writer->replaced,
                   writer->replaced == 1 ? " was" : "s were");
    }
    if (writer->left_out > 0) {
        tool_error("%s: %llu measurement%s left out, of signals without a column", name, writer->left_out,
                   writer->left_out == 1 ? " was" : "s were");
    }
    forget_rows(writer);
    wide_columns_clear(&writer->columns);
    free(writer->scratch);
    free(writer);
}

/* -- writing rows -- */

static void add_field(struct wide_writer *writer, const char *text) {
    size_t (*write)(char *out, const char *text) = writer->plan.as_json ? write_json_text : write_csv_text;
    size_t length = write(NULL, text);
    if (length <= ROW_TEXT_SIZE) {
        char *out = row_text_place(&writer->text, length);
        row_text_take(&writer->text, out + write(out, text));
        return;
    }
    /* The flags of thousands of signals, when a clock has failed. */
    char *field = (char *)malloc(length);
    if (field == NULL) {
        writer->text.error = ENOMEM;
        return;
    }
    row_text_add(&writer->text, field, write(field, text));
    free(field);
}

static void add_literal(struct wide_writer *writer, const char *text) {
    row_text_add(&writer->text, text, strlen(text));
}

/* Grows the place for a text; NULL when there is no memory. */
static char *scratch_of(struct wide_writer *writer, size_t size) {
    if (size > writer->scratch_size) {
        char *larger = (char *)realloc(writer->scratch, size * 2);
        if (larger == NULL) {
            writer->text.error = ENOMEM;
            return NULL;
        }
        writer->scratch = larger;
        writer->scratch_size = size * 2;
    }
    return writer->scratch;
}

/* The names of the columns; a file that is appended to has them. */
static void add_header(struct wide_writer *writer) {
    const char *end = writer->plan.marks_recovered ? ",flags,recovered\n" : ",flags\n";
    size_t length = strlen("time");
    char *out = scratch_of(writer, 64);
    if (out != NULL) {
        memcpy(out, "time", length);
    }
    for (size_t i = 0; out != NULL && i < writer->columns.count; i++) {
        const char *name = writer->columns.list[i].name;
        out = scratch_of(writer, length + write_csv_text(NULL, name) + 64);
        if (out != NULL) {
            out[length++] = ',';
            length += write_csv_text(out + length, name);
        }
    }
    if (out == NULL) {
        return;
    }
    memcpy(out + length, end, strlen(end));
    length += strlen(end);
    if (recording_is_empty(writer->text.recording)) {
        row_text_add(&writer->text, out, length);
    } else if (recording_continues(writer->text.recording, out, length) != 0) {
        writer->text.error = EINVAL;
    }
}

/* `NAME=BAD_DATA SUSPECT_TIME;NAME=...`, of the values that have flags. */
static void add_csv_flags(struct wide_writer *writer, const struct open_row *row) {
    size_t length = 0;
    for (size_t i = 0; row->is_flagged && i < writer->columns.count; i++) {
        const char *name = writer->columns.list[i].name;
        if (row->cells[i].is_there && row->cells[i].flags != 0) {
            char *out = scratch_of(writer, length + strlen(name) + STTP_FLAGS_TEXT_SIZE + 3);
            if (out == NULL) {
                return;
            }
            char *end = out + length;
            end = length > 0 ? APPEND_LITERAL(end, ";") : end;
            end = append_bytes(end, name, strlen(name));
            *end++ = '=';
            end = append_flag_names(&writer->text, end, row->cells[i].flags);
            *end = '\0';
            length = (size_t)(end - out);
        }
    }
    if (length > 0) {
        add_field(writer, writer->scratch);
    }
}

static void add_time(struct wide_writer *writer, int64_t time) {
    char *out = row_text_place(&writer->text, ROW_TEXT_LONGEST);
    row_text_take(&writer->text, append_iso(&writer->text, out, time));
}

static void add_value(struct wide_writer *writer, double value) {
    char *out = row_text_place(&writer->text, ROW_TEXT_LONGEST);
    row_text_take(&writer->text, (writer->plan.as_json ? append_json_value : append_value)(out, value));
}

static void add_csv(struct wide_writer *writer, const struct open_row *row) {
    add_time(writer, row->time);
    for (size_t i = 0; i < writer->columns.count; i++) {
        add_literal(writer, ",");
        if (row->cells[i].is_there) {
            add_value(writer, row->cells[i].value);
        }
    }
    add_literal(writer, ",");
    add_csv_flags(writer, row);
    if (writer->plan.marks_recovered) {
        add_literal(writer, row->recovered ? ",1" : ",0");
    }
    add_literal(writer, "\n");
}

static void add_json(struct wide_writer *writer, const struct open_row *row) {
    const char *between = "";
    add_literal(writer, "{\"time\":\"");
    add_time(writer, row->time);
    add_literal(writer, "\",\"values\":{");
    for (size_t i = 0; i < writer->columns.count; i++) {
        if (row->cells[i].is_there) {
            add_literal(writer, between);
            add_field(writer, writer->columns.list[i].name);
            add_literal(writer, ":");
            add_value(writer, row->cells[i].value);
            between = ",";
        }
    }
    add_literal(writer, "},\"flags\":{");
    between = "";
    for (size_t i = 0; row->is_flagged && i < writer->columns.count; i++) {
        if (row->cells[i].is_there && row->cells[i].flags != 0) {
            add_literal(writer, between);
            add_field(writer, writer->columns.list[i].name);
            add_literal(writer, ":\"");
            char *out = row_text_place(&writer->text, ROW_TEXT_LONGEST);
            row_text_take(&writer->text, append_flag_names(&writer->text, out, row->cells[i].flags));
            add_literal(writer, "\"");
            between = ",";
        }
    }
    add_literal(writer, "}");
    if (writer->plan.marks_recovered) {
        add_literal(writer, row->recovered ? ",\"recovered\":true" : ",\"recovered\":false");
    }
    add_literal(writer, "}\n");
}

/* Writes the row in that place, which is a spare one then. */
static void write_row(struct wide_writer *writer, size_t place) {
    struct open_row row = writer->rows[place];
    if (!writer->has_header) {
        writer->has_header = 1;
        if (!writer->plan.as_json) {
            add_header(writer);
        }
    }
    (writer->plan.as_json ? add_json : add_csv)(writer, &row);
    if (!writer->has_written || sttp_ticks_compare(row.time, writer->written) > 0) {
        writer->written = row.time;
        writer->has_written = 1;
    }
    writer->open_count--;
    memmove(writer->rows + place, writer->rows + place + 1, (writer->open_count - place) * sizeof row);
    writer->rows[writer->open_count] = row;
}

/* -- open rows -- */

/* A row of that time; NULL when there is no memory. */
static struct open_row *open_row(struct wide_writer *writer, int64_t time) {
    size_t place = writer->open_count;
    while (place > 0 && sttp_ticks_compare(writer->rows[place - 1].time, time) > 0) {
        place--;
    }
    if (place > 0 && writer->rows[place - 1].time == time) {
        return &writer->rows[place - 1];
    }
    if (writer->open_count == writer->open_most) {
        write_row(writer, 0);
        place -= place > 0;
    }
    struct open_row row = writer->rows[writer->open_count];
    if (row.cells == NULL) {
        row.cells = (struct cell *)malloc((writer->columns.count + 1) * sizeof *row.cells);
        if (row.cells == NULL) {
            writer->text.error = ENOMEM;
            return NULL;
        }
    }
    memset(row.cells, 0, (writer->columns.count + 1) * sizeof *row.cells);
    row.time = time;
    row.begun = writer->now;
    row.filled = 0;
    row.is_flagged = 0;
    row.recovered = 0;
    writer->late += writer->has_written && sttp_ticks_compare(time, writer->written) <= 0;
    memmove(writer->rows + place + 1, writer->rows + place, (writer->open_count - place) * sizeof row);
    writer->rows[place] = row;
    writer->open_count++;
    return &writer->rows[place];
}

static void add(struct wide_writer *writer, const sttp_measurement *measurement, int recovered) {
    uint32_t column = wide_columns_find(&writer->columns, measurement);
    struct open_row *row = column != WIDE_NO_COLUMN ? open_row(writer, measurement->timestamp) : NULL;
    if (row == NULL) {
        writer->left_out++;
        return;
    }
    struct cell *cell = &row->cells[column];
    row->filled += !cell->is_there;
    writer->replaced += cell->is_there;
    cell->is_there = 1;
    cell->value = measurement->value;
    cell->flags = measurement->flags;
    row->is_flagged |= measurement->flags != 0;
    row->recovered |= recovered;
}

int wide_take(struct wide_writer *writer, const sttp_measurement *measurements, size_t count, int recovered) {
    writer->now = tool_clock();
    for (size_t i = 0; i < count; i++) {
        add(writer, &measurements[i], recovered);
    }
    double oldest = writer->now - writer->plan.wait;
    while (writer->open_count > 0 &&
           (writer->rows[0].filled >= writer->expected || writer->rows[0].begun <= oldest)) {
        write_row(writer, 0);
    }
    /* Those behind one with a clock that is far ahead do not wait for it. */
    for (size_t i = writer->open_count; i > 0; i--) {
        if (writer->rows[i - 1].begun <= oldest) {
            write_row(writer, i - 1);
        }
    }
    return row_text_flush(&writer->text);
}

int wide_finish(struct wide_writer *writer) {
    while (writer->open_count > 0) {
        write_row(writer, 0);
    }
    return row_text_flush(&writer->text);
}

void wide_begin_file(struct wide_writer *writer) {
    writer->has_header = 0;
}

/* -- signals -- */

static int make_columns(struct wide_writer *writer, const sttp_signal *const *signals, size_t count) {
    forget_rows(writer);
    if (wide_columns_make(&writer->columns, writer->names, signals, count) != 0) {
        return -1;
    }
    size_t most = count > 0 ? MOST_CELLS / count : MOST_OPEN;
    writer->open_most = most > MOST_OPEN ? MOST_OPEN : most < LEAST_OPEN ? LEAST_OPEN : most;
    writer->expected = count;
    return 0;
}

int wide_set_signals(struct wide_writer *writer, const sttp_signal *const *signals, size_t count) {
    if (!writer->has_header) {
        wide_finish(writer);
    }
    if (!writer->has_header) {
        return make_columns(writer, signals, count);
    }
    long unknown = wide_columns_index(&writer->columns, signals, count);
    writer->expected = count - (size_t)(unknown > 0 ? unknown : 0);
    if (unknown <= 0) {
        return unknown < 0 ? -1 : 0;
    }
    if (recording_turns(writer->text.recording)) {
        wide_finish(writer);
        if (recording_turn(writer->text.recording) != 0) {
            return -1;
        }
        writer->has_header = 0;
        return make_columns(writer, signals, count);
    }
    tool_error("%s has no column for %ld new signal%s of the publisher, which %s left out (with --rotate-time or "
               "--rotate-size a file begins for them)",
               recording_name(writer->text.recording), unknown, tool_plural((uint64_t)unknown),
               unknown == 1 ? "is" : "are");
    return 0;
}

int wide_take_names(struct wide_writer *writer) {
    if (writer->has_header && recording_turns(writer->text.recording) &&
        wide_columns_are_renamed(&writer->columns, writer->names)) {
        wide_finish(writer);
        if (recording_turn(writer->text.recording) != 0) {
            return -1;
        }
        writer->has_header = 0;
    }
    return writer->has_header ? 0 : wide_columns_rename(&writer->columns, writer->names);
}
