#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "time_form.h"

#define PROGRESS_SECONDS 5.0
#define MOST_COLUMNS_TOLD 24
/* What the rows were. */
struct account {
    uint64_t values;
    uint64_t flagged;
    uint64_t times; /* rows whose time is not that of the one before */
    uint64_t back;  /* times that are before the one before */
    int64_t first;
    int64_t last;
    int64_t before;
    uint64_t bad;
    size_t signal_count;
    size_t signals_seen;
    unsigned char *seen; /* by signal index */
};

static void take(struct account *account, const sttp_measurement *row) {
    int64_t time = row->timestamp & STTP_TICKS_VALUE_MASK;
    if (account->values == 0) {
        account->first = time;
        account->last = time;
    }
    account->times += account->values == 0 || time != account->before;
    account->back += account->values > 0 && time < account->before;
    account->first = time < account->first ? time : account->first;
    account->last = time > account->last ? time : account->last;
    account->before = time;
    account->flagged += row->flags != 0;
    account->values++;
    if (row->signal_index < account->signal_count && !account->seen[row->signal_index]) {
        account->seen[row->signal_index] = 1;
        account->signals_seen++;
    }
}

/* Whether it was read to its end. */
static int read_all(struct row_reader *reader, const char *path, struct account *account) {
    double next_progress = tool_clock() + PROGRESS_SECONDS;
    sttp_measurement row;
    while (!tool_interrupted()) {
        switch (row_reader_next(reader, 1.0, &row)) {
        case ROW_READ:
            take(account, &row);
            break;
        case ROW_BAD:
            account->bad++;
            break;
        case ROW_LATER:
            break;
        case ROW_END:
            return 1;
        case ROW_FAILED:
            return 0;
        }
        if (account->values % 4096 == 0 && tool_clock() > next_progress) {
            char digits[TOOL_DIGITS_SIZE];
            char done[TOOL_DONE_SIZE];
            tool_log(STTP_LOG_INFO, "%s: %s values so far%s", path, tool_group_digits(account->values, digits),
                     tool_part_done(table_part(row_reader_table(reader)), done));
            next_progress = tool_clock() + PROGRESS_SECONDS;
        }
    }
    return 0;
}

/* -- what was understood -- */

static const char *name_of(char separator) {
    switch (separator) {
    case '\t':
        return "tabs";
    case ';':
        return "semicolons";
    case '|':
        return "vertical bars";
    default:
        return "commas";
    }
}

/* What a role has, and how it is read. */
static const char *words_of(const struct layout *layout, enum column_role role) {
    switch (role) {
    case ROLE_TIME:
        return layout->columns[ROLE_DATE] != NO_COLUMN ? "the time of day" : "the time";
    case ROLE_DATE:
        return "the day";
    case ROLE_SIGNAL:
        return "the signal";
    case ROLE_VALUE:
        return "the value";
    case ROLE_FLAGS:
        return "the flags";
    default:
        return "the quality";
    }
}

static void say_column(const struct row_reader *reader, const struct layout *layout, size_t column) {
    tool_say("  column %zu", column + 1);
    if (layout->names != NULL && layout->names[column][0] != '\0') {
        tool_say(", ");
        tool_print_text(layout->names[column]);
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (layout->columns[role] == column) {
            tool_say(": %s\n", words_of(layout, (enum column_role)role));
            return;
        }
    }
    for (size_t i = 0; layout->is_wide && i < layout->signal_count; i++) {
        if (layout->signals[i].column == column && row_reader_has_column(reader, i)) {
            tool_say(": values of the signal ");
            tool_print_text(layout->signals[i].name);
            tool_say("\n");
            return;
        }
    }
    tool_say(": left out\n");
}

static void say_forms(const struct layout *layout) {
    if (layout->is_raw) {
        return;
    }
    if (layout->times.is_local) {
        tool_say("  times without a zone are of this machine's zone\n");
    } else if (layout->times.offset_minutes != 0) {
        tool_say("  times without a zone are ahead of UTC by %+d minutes\n", layout->times.offset_minutes);
    } else {
        tool_say("  times without a zone are UTC (--time-zone says otherwise)\n");
    }
    tool_say("  dates have %s\n", layout->order_is_assumed ? "the month first where they could be read two ways (--dates dmy: the day)"
                                   : layout->times.order == DATES_DAY_FIRST ? "the day first"
                                                                           : "the month first");
    if (layout->decimal != '\0') {
        tool_say("  numbers have a decimal %s (--decimal says otherwise)\n", layout->decimal == ',' ? "comma" : "point");
    }
}

static void say_layout(const struct row_reader *reader, const struct layout *layout) {
    size_t told = layout->column_count < MOST_COLUMNS_TOLD ? layout->column_count : MOST_COLUMNS_TOLD;
    if (table_is_converted(row_reader_table(reader))) {
        tool_say("  it is Apache Parquet, whose first row is told as line 2\n");
    } else {
        tool_say("  fields are separated by %s; there %s names of columns\n", name_of(layout->separator),
                 layout->has_names ? "are" : "are no");
    }
    for (size_t column = 0; column < told; column++) {
        say_column(reader, layout, column);
    }
    if (layout->column_count > told) {
        tool_say("  and %zu columns more\n", layout->column_count - told);
    }
    say_forms(layout);
}

static void say_account(const struct row_source *source, const struct account *account) {
    char first[STTP_TIME_TEXT_SIZE] = "", last[STTP_TIME_TEXT_SIZE] = "";
    char values[TOOL_DIGITS_SIZE], times[TOOL_DIGITS_SIZE];
    sttp_time_format(account->first, first, sizeof first);
    sttp_time_format(account->last, last, sizeof last);
    tool_say("%s: %s value%s of %zu signal%s at %s time%s, from %s to %s\n", source->path,
             tool_group_digits(account->values, values), tool_plural(account->values), account->signals_seen,
             tool_plural(account->signals_seen), tool_group_digits(account->times, times), tool_plural(account->times),
             account->values > 0 ? first : "never", account->values > 0 ? last : "never");
}

static void say_doubts(const struct row_reader *reader, const struct account *account) {
    uint64_t line = 0;
    uint64_t unreadable = row_reader_unreadable(reader, &line);
    if (account->signal_count > account->signals_seen) {
        tool_say("  %zu signal%s of the metadata %s no values\n", account->signal_count - account->signals_seen,
                 tool_plural(account->signal_count - account->signals_seen),
                 account->signal_count - account->signals_seen == 1 ? "has" : "have");
    }
    if (account->flagged > 0) {
        tool_say("  %llu value%s flags\n", (unsigned long long)account->flagged, account->flagged == 1 ? " has" : "s have");
    }
    if (account->back > 0) {
        tool_say("  the time goes back %llu time%s\n", (unsigned long long)account->back, tool_plural(account->back));
    }
    if (unreadable > 0) {
        tool_say("  %llu value%s no number%s, the first one in line %llu\n", (unsigned long long)unreadable,
                 unreadable == 1 ? " is" : "s are", tool_plural(unreadable), (unsigned long long)line);
    }
    uint64_t problems = table_problems(row_reader_table(reader));
    if (problems > unreadable) {
        tool_say("  %llu line%s cannot be read\n", (unsigned long long)(problems - unreadable), tool_plural(problems - unreadable));
    }
}

int check_file(const struct row_source *source) {
    struct account account;
    memset(&account, 0, sizeof account);
    sttp_metadata_measurement_count(source->metadata, &account.signal_count);
    account.seen = (unsigned char *)calloc(account.signal_count + 1, 1);
    struct row_reader *reader = account.seen != NULL ? row_reader_open(source) : NULL;
    if (reader == NULL) {
        free(account.seen);
        return TOOL_FAILED;
    }
    int is_whole = read_all(reader, source->path, &account);
    const struct layout *layout = table_layout(row_reader_table(reader));
    if (layout->is_known) {
        say_account(source, &account);
        say_layout(reader, layout);
        say_doubts(reader, &account);
    } else if (is_whole) {
        tool_error("%s has no rows", source->path);
    }
    /* What --unreadable lets through is understood; what it leaves out was told. */
    int is_understood = is_whole && account.values > 0 && account.bad == 0;
    row_reader_close(reader);
    free(account.seen);
    return is_understood ? TOOL_DONE : TOOL_FAILED;
}
