#include "row_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/tool.h"
#include "flag_text.h"
#include "signal_finder.h"

#define MOST_TOLD 5
#define LONGEST_TIME 120

/* A signal that has a column of its own. */
struct wide_signal {
    sttp_guid id;
    uint32_t index;
    int is_known;
    uint32_t flags; /* of the row */
};

struct row_reader {
    struct row_source source;
    struct table *table;
    const struct csv_line *line;
    uint64_t unreadable_count;
    uint64_t unreadable_line;
    char time_text[LONGEST_TIME]; /* of which `time` is the time: neighbours mostly share it */
    int64_t time;
    struct wide_signal *wide;
    size_t wide_next; /* of the signals in the present row; their number when it has no more */
    uint32_t wide_flags; /* of all of them */
};

struct row_reader *row_reader_open(const struct row_source *source) {
    struct table *table = table_open(source->path, source->wishes, 0);
    if (table == NULL) {
        return NULL;
    }
    struct row_reader *reader = (struct row_reader *)calloc(1, sizeof *reader);
    if (reader == NULL) {
        tool_error("not enough memory to read %s", source->path);
        table_close(table);
        return NULL;
    }
    reader->source = *source;
    reader->table = table;
    return reader;
}

void row_reader_close(struct row_reader *reader) {
    if (reader != NULL) {
        table_close(reader->table);
        free(reader->wide);
        free(reader);
    }
}

const struct table *row_reader_table(const struct row_reader *reader) {
    return reader->table;
}

uint64_t row_reader_unreadable(const struct row_reader *reader, uint64_t *line) {
    *line = reader->unreadable_line;
    return reader->unreadable_count;
}

int row_reader_has_column(const struct row_reader *reader, size_t signal) {
    return reader->wide != NULL && reader->wide[signal].is_known;
}

/* -- fields -- */

static const char *field(const struct row_reader *reader, enum column_role role) {
    return csv_field(reader->line, table_layout(reader->table)->columns[role]);
}

static int has(const struct row_reader *reader, enum column_role role) {
    return table_layout(reader->table)->columns[role] != NO_COLUMN;
}

static int parse_time(struct row_reader *reader) {
    const struct layout *layout = table_layout(reader->table);
    char text[LONGEST_TIME];
    const char *problem = NULL;
    struct time_form form = layout->times;
    const char *day = has(reader, ROLE_DATE) ? field(reader, ROLE_DATE) : "";
    if (day[0] == '\0' && reader->time_text[0] != '\0' && strcmp(field(reader, ROLE_TIME), reader->time_text) == 0) {
        return 0;
    }
    if (snprintf(text, sizeof text, "%s%s%s", day, day[0] != '\0' ? " " : "", field(reader, ROLE_TIME)) >=
        (int)sizeof text) {
        table_complain(reader->table, "the time is longer than any");
        return -1;
    }
    if (reader->time_text[0] != '\0' && strcmp(text, reader->time_text) == 0) {
        return 0;
    }
    /* In recordings of this program, numbers are ticks, however small. */
    form.unit = layout->is_raw && form.unit == TIME_BY_SIZE ? TIME_TICKS : form.unit;
    reader->time_text[0] = '\0';
    if (time_form_parse(&form, text, &reader->time, &problem) != 0) {
        if (layout->is_raw) {
            table_complain(reader->table, "the timestamp must be ticks or ISO 8601, not '%s'", text);
        } else {
            table_complain(reader->table, "the time '%s' %s", text, problem);
        }
        return -1;
    }
    strcpy(reader->time_text, text);
    return 0;
}

static int parse_flags(struct row_reader *reader, uint32_t *flags) {
    const struct layout *layout = table_layout(reader->table);
    *flags = 0;
    if (has(reader, ROLE_FLAGS)) {
        const char *text = field(reader, ROLE_FLAGS);
        if ((layout->is_raw && text[0] == '\0') || flags_parse(text, flags) != 0) {
            table_complain(reader->table, "the flags must be a whole number below 2^32%s, not '%s'",
                           layout->is_raw ? "" : ", or names as BAD_DATA SUSPECT_TIME", text);
            return -1;
        }
    }
    uint32_t quality = 0;
    if (has(reader, ROLE_QUALITY) && quality_parse(field(reader, ROLE_QUALITY), &quality) != 0) {
        table_complain(reader->table, "the quality must be good, bad, suspect or a number of OPC below 256, not '%s'",
                       field(reader, ROLE_QUALITY));
        return -1;
    }
    *flags |= quality;
    return 0;
}

/* ROW_READ, also for NaN in place of what is none; ROW_BAD. */
static enum row_status parse_value(struct row_reader *reader, const char *text, double *value) {
    const char *becomes = reader->source.unreadable == UNREADABLE_IS_NAN       ? "; it becomes NaN"
                          : reader->source.unreadable == UNREADABLE_IS_SKIPPED ? "; it is left out"
                                                                               : " (--unreadable nan or skip goes on)";
    enum number_read read = layout_number(table_layout(reader->table), text, value);
    if (read == NUMBER_READ) {
        return ROW_READ;
    }
    if (reader->unreadable_count++ == 0) {
        reader->unreadable_line = table_line(reader->table);
    }
    if (read == NUMBER_IS_EITHER) {
        table_complain(reader->table, "the comma of the value '%s' may be one of decimals or of thousands: give --decimal comma or "
                                      "--decimal point%s", text, becomes);
    } else {
        table_complain(reader->table, "the value must be a number that float32 can hold, not '%s'%s", text, becomes);
    }
    *value = NAN;
    return reader->source.unreadable == UNREADABLE_IS_NAN ? ROW_READ : ROW_BAD;
}

/* -- rows of one value -- */

static int find_signal(struct row_reader *reader, sttp_measurement *row) {
    const char *text = field(reader, ROLE_SIGNAL);
    if (signal_find(reader->source.metadata, text, &row->signal_id, &row->signal_index) != 0) {
        sttp_guid id;
        if (table_layout(reader->table)->is_raw && sttp_guid_parse(text, &id) != STTP_OK) {
            table_complain(reader->table, "the signal ID must be a GUID, not '%s'", text);
            return -1;
        }
        table_complain(reader->table, "the metadata (see --metadata, --signal-list) has no signal '%s'", text);
        return -1;
    }
    return 0;
}

static enum row_status parse_row(struct row_reader *reader, sttp_measurement *row) {
    if (find_signal(reader, row) != 0 || parse_time(reader) != 0 || parse_flags(reader, &row->flags) != 0) {
        return ROW_BAD;
    }
    row->timestamp = reader->time;
    return parse_value(reader, field(reader, ROLE_VALUE), &row->value);
}

/* -- rows of several values -- */

/* Looks the signals up that have columns. 0, or -1 after saying that there are none. */
static int find_columns(struct row_reader *reader) {
    const struct layout *layout = table_layout(reader->table);
    size_t unknown = 0;
    size_t used = 0;
    char names[300] = "";
    reader->wide = (struct wide_signal *)calloc(layout->signal_count + 1, sizeof *reader->wide);
    if (reader->wide == NULL) {
        tool_error("not enough memory to read %s", reader->source.path);
        return -1;
    }
    for (size_t i = 0; i < layout->signal_count; i++) {
        struct wide_signal *signal = &reader->wide[i];
        signal->is_known =
            signal_find_column(reader->source.metadata, layout->signals[i].name, &signal->id, &signal->index) == 0;
        if (signal->is_known) {
            table_need(reader->table, layout->signals[i].column + 1);
        }
        if (!signal->is_known && unknown++ < MOST_TOLD) {
            used += (size_t)snprintf(names + used, 56, "%s'%.50s'", used > 0 ? ", " : "", layout->signals[i].name);
        }
    }
    reader->wide_next = layout->signal_count;
    if (unknown == layout->signal_count) {
        tool_error("%s: no column has the name of a signal, a point tag or measurement key of the metadata%s%s; give the "
                   "metadata with --metadata or --signal-list, or --map SIGNAL=COLUMN,...",
                   reader->source.path, unknown > 0 ? ": " : "", names);
        return -1;
    }
    if (unknown > 0) {
        tool_log(STTP_LOG_WARNING, "%s: %zu column%s left out, of no signal of the metadata: %s%s", reader->source.path,
                 unknown, unknown == 1 ? " is" : "s are", names, unknown > MOST_TOLD ? ", ..." : "");
    }
    return 0;
}

/* `NAME=FLAGS;NAME=FLAGS`, as sttp-subscribe writes them. 0, or -1 after saying what is wrong. */
static int parse_flags_of_signals(struct row_reader *reader, char *text) {
    const struct layout *layout = table_layout(reader->table);
    for (char *part = text; part != NULL && *part != '\0';) {
        char *end = strchr(part, ';');
        char *equals = NULL;
        size_t i = 0;
        if (end != NULL) {
            *end++ = '\0';
        }
        equals = strrchr(part, '=');
        if (equals != NULL) {
            *equals++ = '\0';
            while (i < layout->signal_count && strcmp(layout->signals[i].name, part) != 0) {
                i++;
            }
        }
        if (equals == NULL || i == layout->signal_count || flags_parse(equals, &reader->wide[i].flags) != 0) {
            table_complain(reader->table, "the flags of a row of several values are NAME=FLAGS with semicolons between "
                                          "them, not '%s'", part);
            return -1;
        }
        part = end;
    }
    return 0;
}

static enum row_status begin_wide_row(struct row_reader *reader) {
    const struct layout *layout = table_layout(reader->table);
    size_t column = layout->columns[ROLE_FLAGS];
    reader->wide_next = layout->signal_count;
    reader->wide_flags = 0;
    for (size_t i = 0; i < layout->signal_count; i++) {
        reader->wide[i].flags = 0;
    }
    if (parse_time(reader) != 0) {
        return ROW_BAD;
    }
    if (column != NO_COLUMN && column < reader->line->count && strchr(reader->line->fields[column], '=') != NULL) {
        if (parse_flags_of_signals(reader, reader->line->fields[column]) != 0) {
            return ROW_BAD;
        }
    } else if (parse_flags(reader, &reader->wide_flags) != 0) {
        return ROW_BAD;
    }
    reader->wide_next = 0;
    return ROW_READ;
}

/* The next value of the present row; ROW_LATER when it has no more. */
static enum row_status next_wide_value(struct row_reader *reader, sttp_measurement *row) {
    const struct layout *layout = table_layout(reader->table);
    while (reader->wide_next < layout->signal_count) {
        size_t place = reader->wide_next++;
        const struct wide_signal *signal = &reader->wide[place];
        const char *text = csv_field(reader->line, layout->signals[place].column);
        if (signal->is_known && text[0] != '\0') {
            row->signal_id = signal->id;
            row->signal_index = signal->index;
            row->timestamp = reader->time;
            row->flags = reader->wide_flags | signal->flags;
            return parse_value(reader, text, &row->value);
        }
    }
    return ROW_LATER;
}

/* -- both -- */

static enum row_status of_table(enum table_status status) {
    switch (status) {
    case TABLE_ROW:
        return ROW_READ;
    case TABLE_LATER:
        return ROW_LATER;
    case TABLE_END:
        return ROW_END;
    case TABLE_BAD:
        return ROW_BAD;
    case TABLE_FAILED:
        break;
    }
    return ROW_FAILED;
}

static enum row_status next_row(struct row_reader *reader, double seconds, sttp_measurement *row) {
    const struct layout *layout = table_layout(reader->table);
    for (;;) {
        if (layout->is_wide && reader->wide != NULL) {
            enum row_status status = next_wide_value(reader, row);
            if (status != ROW_LATER) {
                return status;
            }
        }
        enum row_status status = of_table(table_next(reader->table, seconds, &reader->line));
        if (status != ROW_READ) {
            return status;
        }
        if (!layout->is_wide) {
            return parse_row(reader, row);
        }
        if (reader->wide == NULL && find_columns(reader) != 0) {
            return ROW_FAILED;
        }
        status = begin_wide_row(reader);
        if (status != ROW_READ) {
            return status;
        }
    }
}

enum row_status row_reader_next(struct row_reader *reader, double seconds, sttp_measurement *row) {
    enum row_status status = next_row(reader, seconds, row);
    while (status == ROW_BAD && reader->source.unreadable == UNREADABLE_IS_SKIPPED) {
        status = next_row(reader, seconds, row);
    }
    return status;
}
