#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "line_reader.h"
#include "sttp.h"

#define MOST_PROBLEMS 5 /* that are told one by one */

/* Lines that may stand in front of the names of the columns. */
#define MOST_PREAMBLE 200

/* Rows that are looked at for dates and numbers that can only be read one way. */
#define MOST_SAMPLES 20000

struct table {
    const char *path;
    int is_quiet;
    struct line_reader *lines;
    struct layout layout;
    struct csv_line line;
    size_t needed; /* fields of a row */
    uint64_t problems;
    uint64_t others;
    uint64_t preamble;
    int has_rows;
    int is_settled; /* how dates and numbers are read */
};

struct table *table_open(const char *path, const struct layout_wishes *wishes, int is_quiet) {
    struct line_reader *lines = lines_open(path);
    if (lines == NULL) {
        return NULL;
    }
    struct table *table = (struct table *)calloc(1, sizeof *table);
    if (table == NULL) {
        tool_error("not enough memory to read %s", path);
        lines_close(lines);
        return NULL;
    }
    table->path = path;
    table->lines = lines;
    table->is_quiet = is_quiet;
    layout_begin(&table->layout, wishes);
    return table;
}

void table_close(struct table *table) {
    if (table == NULL) {
        return;
    }
    if (table->problems > MOST_PROBLEMS && !table->is_quiet) {
        tool_error("%s: %llu more lines like these", table->path, (unsigned long long)(table->problems - MOST_PROBLEMS));
    }
    lines_close(table->lines);
    layout_free(&table->layout);
    csv_line_free(&table->line);
    free(table);
}

const struct layout *table_layout(const struct table *table) {
    return &table->layout;
}

int table_is_converted(const struct table *table) {
    return lines_are_converted(table->lines);
}

uint64_t table_problems(const struct table *table) {
    return table->problems;
}

uint64_t table_other_lines(const struct table *table) {
    return table->others;
}

uint64_t table_line(const struct table *table) {
    return lines_number(table->lines);
}

double table_part(const struct table *table) {
    return lines_part(table->lines);
}

void table_complain(struct table *table, const char *format, ...) {
    char problem[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem, sizeof problem, format, arguments);
    va_end(arguments);
    if (table->problems++ < MOST_PROBLEMS && !table->is_quiet) {
        tool_error("%s, line %llu: %s", table->path, (unsigned long long)lines_number(table->lines), problem);
    }
}

/* -- dates and numbers that can be read two ways -- */

/* Takes note of the order of dates, and of the mark of decimals, from a row that leaves no choice. */
static void learn(struct layout *layout, const struct csv_line *line) {
    size_t day = layout->columns[ROLE_DATE] != NO_COLUMN ? layout->columns[ROLE_DATE] : layout->columns[ROLE_TIME];
    if (layout->times.order == DATES_BY_SIGHT) {
        layout->times.order = time_form_order(csv_field(line, day));
    }
    if (layout->decimal == '\0' && !layout->is_wide) {
        layout->decimal = layout_decimal_of(csv_field(line, layout->columns[ROLE_VALUE]));
    }
    for (size_t i = 0; layout->decimal == '\0' && layout->is_wide && i < layout->signal_count; i++) {
        layout->decimal = layout_decimal_of(csv_field(line, layout->signals[i].column));
    }
}

/* Looks at the rows from that line on. */
static void look_ahead(const char *path, uint64_t first, struct layout *layout) {
    struct line_reader *lines = lines_open(path);
    struct csv_line line = {NULL, 0, 0};
    char *text = NULL;
    const char *problem = NULL;
    int is_known = 0;
    while (lines != NULL && lines_number(lines) < first + MOST_SAMPLES && !is_known) {
        enum line_status status = lines_next(lines, 0.0, &text);
        if (status != LINE_READ && status != LINE_BAD) {
            break;
        }
        if (status == LINE_READ && lines_number(lines) >= first && csv_split(&line, text, layout->separator, &problem) == 0) {
            learn(layout, &line);
        }
        is_known = layout->times.order != DATES_BY_SIGHT && layout->decimal != '\0';
    }
    csv_line_free(&line);
    lines_close(lines);
}

/* Before the first row is read. All rows are read in one way then, or not at all: of dates that have told nothing, the month
 * is first. */
static void settle(struct table *table) {
    struct layout *layout = &table->layout;
    table->is_settled = 1;
    if (layout->is_raw) {
        return;
    }
    if (lines_are_kept(table->path)) {
        look_ahead(table->path, lines_number(table->lines), layout);
    } else {
        learn(layout, &table->line);
    }
    if (layout->times.order == DATES_BY_SIGHT) {
        layout->times.order = DATES_MONTH_FIRST;
        layout->order_is_assumed = 1;
    }
}

/* -- lines -- */

static int is_empty(const struct csv_line *line) {
    for (size_t i = 0; i < line->count; i++) {
        if (line->fields[i][0] != '\0') {
            return 0;
        }
    }
    return 1;
}

/* Behind the last column there may be empty fields, and in front of its end there may be less than nobody reads. */
static int has_the_columns(const struct table *table, const struct csv_line *line) {
    size_t count = line->count;
    while (count > table->layout.column_count && line->fields[count - 1][0] == '\0') {
        count--;
    }
    return count <= table->layout.column_count && count >= table->needed;
}

/* What rows need at least. */
static size_t fields_needed(const struct layout *layout) {
    size_t needed = layout->is_raw ? layout->column_count : 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (layout->columns[role] != NO_COLUMN && layout->columns[role] >= needed) {
            needed = layout->columns[role] + 1;
        }
    }
    return needed;
}

void table_need(struct table *table, size_t fields) {
    table->needed = fields > table->needed ? fields : table->needed;
}

/* A second line of names, as where several tables follow each other. */
static int repeats_names(const struct layout *layout, const struct csv_line *line) {
    size_t time = layout->columns[ROLE_TIME];
    return layout->has_names && time < line->count && line->count == layout->column_count &&
           layout->names[time][0] != '\0' && strcmp(line->fields[time], layout->names[time]) == 0;
}

/* A line of units below the names: no time, and no number at all. */
static int has_units(const struct layout *layout, const struct csv_line *line) {
    int64_t ticks = 0;
    double value = 0.0;
    const char *problem = NULL;
    if (time_form_parse(&layout->times, csv_field(line, layout->columns[ROLE_TIME]), &ticks, &problem) == 0) {
        return 0;
    }
    for (size_t i = 0; i < line->count; i++) {
        if (layout_number(layout, line->fields[i], &value) != NUMBER_IS_NONE) {
            return 0;
        }
    }
    return 1;
}

static enum table_status take_beginning(struct table *table) {
    char problem[1000];
    switch (layout_take(&table->layout, &table->line, problem, sizeof problem)) {
    case LAYOUT_ROW:
    case LAYOUT_NAMES:
        if (table->preamble > 0 && !table->is_quiet) {
            tool_log(STTP_LOG_WARNING, "%s: the first %llu line%s left out, in front of the %s", table->path,
                     (unsigned long long)table->preamble, table->preamble == 1 ? " is" : "s are",
                     table->layout.has_names ? "names of the columns" : "rows");
        }
        if (table->layout.has_names) {
            table->others++;
            return TABLE_LATER;
        }
        return TABLE_ROW;
    case LAYOUT_WRONG:
        tool_error("%s, line %llu: %s", table->path, (unsigned long long)lines_number(table->lines), problem);
        return TABLE_FAILED;
    case LAYOUT_NOTHING:
        break;
    }
    table->others++;
    if (++table->preamble > MOST_PREAMBLE) {
        layout_explain(&table->layout, problem, sizeof problem);
        tool_error("%s: %s", table->path, problem);
        return TABLE_FAILED;
    }
    return TABLE_LATER;
}

/* Whether a line is a row; TABLE_LATER for what is neither a row nor wrong. */
static enum table_status take_line(struct table *table, char *text) {
    struct layout *layout = &table->layout;
    const char *problem = NULL;
    if (text[0] == '#') {
        table->others++;
        return TABLE_LATER;
    }
    char separator = layout->separator != '\0' ? layout->separator : csv_separator(text);
    if (csv_split(&table->line, text, separator, &problem) != 0) {
        table_complain(table, "%s", problem);
        return TABLE_BAD;
    }
    if (is_empty(&table->line)) {
        table->others++;
        return TABLE_LATER;
    }
    if (!layout->is_known) {
        enum table_status status = take_beginning(table);
        if (layout->is_known) {
            layout->separator = separator;
            table->needed = fields_needed(layout);
        }
        return status;
    }
    if (repeats_names(layout, &table->line)) {
        table->others++;
        return TABLE_LATER;
    }
    if (!has_the_columns(table, &table->line)) {
        table_complain(table, "there are %zu fields in place of %zu%s", table->line.count, layout->column_count,
                       layout->is_raw ? "; a row is signal_id,timestamp,flags,value" : "");
        return TABLE_BAD;
    }
    int is_first = !table->has_rows;
    table->has_rows = 1;
    if (is_first && layout->has_names && has_units(layout, &table->line)) {
        table->others++;
        return TABLE_LATER;
    }
    return TABLE_ROW;
}

/* A file that ends before its columns are known has no rows; where it has lines, it is to be told why. */
static enum table_status end(struct table *table) {
    char problem[1000];
    if (table->layout.is_known || table->preamble == 0) {
        return TABLE_END;
    }
    layout_explain(&table->layout, problem, sizeof problem);
    tool_error("%s: %s", table->path, problem);
    return TABLE_FAILED;
}

enum table_status table_next(struct table *table, double seconds, const struct csv_line **line) {
    *line = &table->line;
    for (;;) {
        char *text = NULL;
        enum table_status status = TABLE_LATER;
        switch (lines_next(table->lines, seconds, &text)) {
        case LINE_LATER:
            return TABLE_LATER;
        case LINE_END:
            return end(table);
        case LINE_BAD:
            table_complain(table, "%s", text);
            return TABLE_BAD;
        case LINE_FAILED:
            tool_error("cannot read %s: %s", table->path, text);
            return TABLE_FAILED;
        case LINE_READ:
            status = take_line(table, text);
            break;
        }
        if (status == TABLE_ROW && !table->is_settled) {
            settle(table);
        }
        if (status != TABLE_LATER) {
            return status;
        }
    }
}
