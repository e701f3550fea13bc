#include "layout.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sttp.h"

/* A name that columns have in files of others, in lower case and without what is no letter or digit. */
struct known_name {
    enum column_role role;
    const char *name;
};

/* Of a role, the first one that there is counts. */
static const struct known_name known_names[] = {
    {ROLE_TIME, "timestamp"},  {ROLE_TIME, "time"},       {ROLE_TIME, "datetime"},     {ROLE_TIME, "timestamputc"},
    {ROLE_TIME, "timeutc"},    {ROLE_TIME, "utctime"},    {ROLE_TIME, "datetimeutc"},  {ROLE_TIME, "utc"},
    {ROLE_TIME, "ts"},         {ROLE_TIME, "localtime"},  {ROLE_TIME, "sampletime"},   {ROLE_TIME, "zeitstempel"},
    {ROLE_TIME, "zeit"},       {ROLE_TIME, "uhrzeit"},    {ROLE_TIME, "datumzeit"},    {ROLE_TIME, "datumuhrzeit"},
    {ROLE_TIME, "horodatage"}, {ROLE_TIME, "fechahora"},  {ROLE_TIME, "xvalue"},       {ROLE_TIME, "times"},
    {ROLE_DATE, "date"},       {ROLE_DATE, "datum"},      {ROLE_DATE, "fecha"},        {ROLE_SIGNAL, "signalid"},
    {ROLE_SIGNAL, "key"},      {ROLE_SIGNAL, "tag"},      {ROLE_SIGNAL, "pointtag"},   {ROLE_SIGNAL, "tagname"},
    {ROLE_SIGNAL, "signal"},   {ROLE_SIGNAL, "point"},    {ROLE_SIGNAL, "measurementkey"},
    {ROLE_SIGNAL, "pointname"}, {ROLE_SIGNAL, "channel"}, {ROLE_SIGNAL, "variable"},   {ROLE_SIGNAL, "field"},
    {ROLE_SIGNAL, "name"},     {ROLE_VALUE, "value"},     {ROLE_VALUE, "val"},         {ROLE_VALUE, "wert"},
    {ROLE_VALUE, "valor"},     {ROLE_VALUE, "valeur"},    {ROLE_VALUE, "reading"},     {ROLE_FLAGS, "flags"},
    {ROLE_FLAGS, "flagnames"}, {ROLE_FLAGS, "stateflags"},
};

#define KNOWN_NAMES (sizeof known_names / sizeof known_names[0])

/* -- numbers -- */

char layout_decimal_of(const char *text) {
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    const char *first = strpbrk(digits, ".,");
    const char *last = strrchr(digits, ',');
    const char *point = strrchr(digits, '.');
    if (first == NULL || digits[strspn(digits, "0123456789.,eE+-")] != '\0') {
        return '\0';
    }
    last = last == NULL || (point != NULL && point > last) ? point : last;
    if (first != last) {
        /* Of two marks the last one is that of decimals, unless both are of thousands. Points alone may be a date, too. */
        return *first != *last ? (strchr(first, *last) == last ? *last : '\0') : *first == ',' ? '.' : '\0';
    }
    size_t in_front = (size_t)(first - digits);
    size_t behind = strspn(first + 1, "0123456789");
    /* A mark of thousands has one to three digits in front, of which the first is not zero, and three behind. */
    return behind == 3 && first[4] == '\0' && in_front >= 1 && in_front <= 3 && digits[0] != '0' ? '\0' : *first;
}

/* Brings a number into the form that strtof reads: without marks of thousands, with a point. */
static int plain_number(const char *text, char decimal, char *out, size_t size) {
    char other = decimal == '.' ? ',' : '.';
    size_t length = 0;
    for (; *text != '\0' && length + 1 < size; text++) {
        if (*text == other && length > 0) {
            /* A mark of thousands has three digits behind it, and no more. */
            if (strspn(text + 1, "0123456789") != 3) {
                return -1;
            }
        } else {
            out[length++] = *text == decimal ? '.' : *text;
        }
    }
    out[length] = '\0';
    return *text == '\0' ? 0 : -1;
}

enum number_read layout_number(const struct layout *layout, const char *text, double *value) {
    char plain[64];
    char *end = NULL;
    if (strchr(text, ',') != NULL || layout->decimal == ',') {
        char decimal = layout->decimal != '\0' ? layout->decimal : layout_decimal_of(text);
        if (decimal == '\0') {
            return text[strspn(text, "0123456789.,+-")] == '\0' ? NUMBER_IS_EITHER : NUMBER_IS_NONE;
        }
        if (plain_number(text, decimal, plain, sizeof plain) != 0) {
            return NUMBER_IS_NONE;
        }
        text = plain;
    }
    errno = 0;
    /* Read as a float at once: by way of a double it would be rounded twice. */
    float number = strtof(text, &end);
    *value = (double)number;
    return end == text || *end != '\0' || (isinf(number) && errno == ERANGE) ? NUMBER_IS_NONE : NUMBER_READ;
}

/* -- the beginning -- */

void layout_begin(struct layout *layout, const struct layout_wishes *wishes) {
    memset(layout, 0, sizeof *layout);
    layout->wishes = wishes;
    layout->separator = wishes->separator;
    layout->decimal = wishes->decimal;
    layout->times = wishes->times;
    for (int role = 0; role < ROLE_COUNT; role++) {
        layout->columns[role] = NO_COLUMN;
    }
}

static void forget_names(struct layout *layout) {
    for (size_t i = 0; layout->names != NULL && i < layout->column_count; i++) {
        free(layout->names[i]);
    }
    free(layout->names);
    layout->names = NULL;
}

void layout_free(struct layout *layout) {
    forget_names(layout);
    free(layout->signals);
    free(layout->said);
    memset(layout, 0, sizeof *layout);
}

/* 0, or -1 when there is no memory. */
static int keep_names(struct layout *layout, const struct csv_line *line) {
    forget_names(layout);
    layout->column_count = line->count;
    layout->names = (char **)calloc(line->count, sizeof *layout->names);
    if (layout->names == NULL) {
        return -1;
    }
    for (size_t i = 0; i < line->count; i++) {
        layout->names[i] = strdup(line->fields[i]);
        if (layout->names[i] == NULL) {
            return -1;
        }
    }
    return 0;
}

/* -- the names of the columns -- */

/* Compares with letters and digits of a name alone, since others write Time Stamp, time_stamp and Time-Stamp. */
static int is_called(const char *name, const char *known) {
    for (; *name != '\0'; name++) {
        if (isalnum((unsigned char)*name)) {
            if (tolower((unsigned char)*name) != *known) {
                return 0;
            }
            known++;
        } else if ((unsigned char)*name >= 0x80 || *name == '(' || *name == '[') {
            return 0;
        }
    }
    return *known == '\0';
}

static size_t find_known(const struct csv_line *line, enum column_role role) {
    for (size_t i = 0; i < KNOWN_NAMES; i++) {
        for (size_t column = 0; known_names[i].role == role && column < line->count; column++) {
            if (is_called(line->fields[column], known_names[i].name)) {
                return column;
            }
        }
    }
    return NO_COLUMN;
}

static size_t find_chosen(const struct csv_line *line, const struct column_choice *choice) {
    if (choice->number != 0) {
        return choice->number <= line->count ? choice->number - 1 : NO_COLUMN;
    }
    for (size_t column = 0; column < line->count; column++) {
        if (strcasecmp(line->fields[column], choice->name) == 0) {
            return column;
        }
    }
    return NO_COLUMN;
}

/* Nonzero for what is a number or a time of day, which no column is called. */
static int is_value(const char *text) {
    return text[0] != '\0' && strspn(text, "0123456789.,:+-/ TZeE") == strlen(text) && strpbrk(text, "0123456789") != NULL;
}

static int names_may_be(const struct csv_line *line) {
    for (size_t i = 0; i < line->count; i++) {
        if (is_value(line->fields[i])) {
            return 0;
        }
    }
    return line->count > 1;
}

/* Whether all columns that --map names are there. */
static int has_chosen(const struct layout *layout, const struct csv_line *line) {
    const struct column_map *map = &layout->wishes->map;
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (column_is_chosen(&map->roles[role]) && find_chosen(line, &map->roles[role]) == NO_COLUMN) {
            return 0;
        }
    }
    for (size_t i = 0; i < map->signal_count; i++) {
        if (find_chosen(line, &map->signal_columns[i]) == NO_COLUMN) {
            return 0;
        }
    }
    return 1;
}

static void assign_roles(struct layout *layout, const struct csv_line *line) {
    const struct column_map *map = &layout->wishes->map;
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct column_choice *choice = &map->roles[role];
        layout->columns[role] =
            column_is_chosen(choice) ? find_chosen(line, choice) : find_known(line, (enum column_role)role);
    }
    size_t *columns = layout->columns;
    if (columns[ROLE_TIME] == NO_COLUMN) {
        /* A date alone is the time; so is a first column without a name, as the index of a table. */
        columns[ROLE_TIME] = columns[ROLE_DATE];
        columns[ROLE_DATE] = NO_COLUMN;
        if (columns[ROLE_TIME] == NO_COLUMN && line->count > 1 && line->fields[0][0] == '\0') {
            columns[ROLE_TIME] = 0;
        }
    }
    if (column_is_chosen(&map->roles[ROLE_TIME]) && !column_is_chosen(&map->roles[ROLE_DATE])) {
        columns[ROLE_DATE] = NO_COLUMN;
    }
    if (map->signal_count > 0) {
        columns[ROLE_SIGNAL] = NO_COLUMN;
        columns[ROLE_VALUE] = NO_COLUMN;
    }
}

static int has_role(const struct layout *layout, size_t column) {
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (layout->columns[role] == column) {
            return 1;
        }
    }
    return 0;
}

/* Every column that is nothing else may be one of a signal; those of --map are. 0, or -1 when there is no memory. */
static int find_signals(struct layout *layout, const struct csv_line *line) {
    const struct column_map *map = &layout->wishes->map;
    free(layout->signals);
    layout->signal_count = 0;
    layout->signals = (struct layout_signal *)calloc(line->count + map->signal_count + 1, sizeof *layout->signals);
    if (layout->signals == NULL) {
        return -1;
    }
    for (size_t i = 0; i < map->signal_count; i++) {
        struct layout_signal *signal = &layout->signals[layout->signal_count++];
        signal->column = find_chosen(line, &map->signal_columns[i]);
        signal->name = map->signals[i];
    }
    for (size_t column = 0; map->signal_count == 0 && layout->names != NULL && column < line->count; column++) {
        if (!has_role(layout, column) && layout->names[column][0] != '\0') {
            struct layout_signal *signal = &layout->signals[layout->signal_count++];
            signal->column = column;
            signal->name = layout->names[column];
        }
    }
    return 0;
}

/* Whether two columns are called like the same thing, exactly: it cannot be told then which one counts. */
static const char *find_twice(const struct csv_line *line) {
    static const char *const ours[] = {"signal_id", "timestamp", "flags", "value"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        int count = 0;
        for (size_t column = 0; column < line->count; column++) {
            count += strcasecmp(line->fields[column], ours[i]) == 0;
        }
        if (count > 1) {
            return ours[i];
        }
    }
    return NULL;
}

static int is_called_by_us(const struct layout *layout, enum column_role role, const char *name) {
    return layout->columns[role] != NO_COLUMN && strcasecmp(layout->names[layout->columns[role]], name) == 0;
}

static enum layout_found take_names(struct layout *layout, const struct csv_line *line, char *problem, size_t size) {
    const char *twice = find_twice(line);
    if (twice != NULL) {
        snprintf(problem, size, "there are two columns %s", twice);
        return LAYOUT_WRONG;
    }
    layout->is_wide = layout->columns[ROLE_SIGNAL] == NO_COLUMN || layout->columns[ROLE_VALUE] == NO_COLUMN;
    if (layout->is_wide) {
        layout->columns[ROLE_SIGNAL] = NO_COLUMN;
        layout->columns[ROLE_VALUE] = NO_COLUMN;
    }
    layout->has_names = 1;
    if (keep_names(layout, line) != 0 || (layout->is_wide && find_signals(layout, line) != 0)) {
        snprintf(problem, size, "there is not enough memory for its columns");
        return LAYOUT_WRONG;
    }
    layout->is_raw = is_called_by_us(layout, ROLE_SIGNAL, "signal_id") && is_called_by_us(layout, ROLE_TIME, "timestamp");
    layout->is_known = 1;
    return LAYOUT_NAMES;
}

/* -- without names -- */

static enum layout_found take_raw_row(struct layout *layout, const struct csv_line *line) {
    static const enum column_role roles[] = {ROLE_SIGNAL, ROLE_TIME, ROLE_FLAGS, ROLE_VALUE};
    layout->is_raw = 1;
    layout->is_known = 1;
    layout->column_count = line->count < 4 ? 4 : line->count > 5 ? 4 : line->count;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        layout->columns[roles[i]] = i;
    }
    return LAYOUT_ROW;
}

/* A row of a file whose columns --map has by their numbers alone. */
static enum layout_found take_numbered_row(struct layout *layout, const struct csv_line *line) {
    int64_t ticks = 0;
    const char *problem = NULL;
    assign_roles(layout, line);
    size_t time = layout->columns[ROLE_DATE] != NO_COLUMN ? layout->columns[ROLE_DATE] : layout->columns[ROLE_TIME];
    if (time == NO_COLUMN || time_form_parse(&layout->times, line->fields[time], &ticks, &problem) != 0) {
        return LAYOUT_NOTHING;
    }
    layout->is_wide = layout->columns[ROLE_SIGNAL] == NO_COLUMN || layout->columns[ROLE_VALUE] == NO_COLUMN;
    layout->column_count = line->count;
    layout->is_known = !layout->is_wide || find_signals(layout, line) == 0;
    return layout->is_known ? LAYOUT_ROW : LAYOUT_NOTHING;
}

/* Whether --map has columns, and by their numbers alone. */
static int has_numbers_alone(const struct column_map *map) {
    int count = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (map->roles[role].name != NULL) {
            return 0;
        }
        count += map->roles[role].number != 0;
    }
    for (size_t i = 0; i < map->signal_count; i++) {
        if (map->signal_columns[i].name != NULL) {
            return 0;
        }
    }
    return count > 0 && map->roles[ROLE_TIME].number != 0;
}

static int has_map(const struct column_map *map) {
    int count = (int)(map->signal_count > 0);
    for (int role = 0; role < ROLE_COUNT; role++) {
        count += column_is_chosen(&map->roles[role]);
    }
    return count > 0;
}

/* -- both -- */

static void note(struct layout *layout, const struct csv_line *line) {
    size_t length = 0;
    if (layout->said != NULL || line->count < 2) {
        return;
    }
    layout->said = (char *)calloc(1, 400);
    for (size_t i = 0; layout->said != NULL && i < line->count && length < 300; i++) {
        length += (size_t)snprintf(layout->said + length, 60, "%s%.50s", i > 0 ? ", " : "", line->fields[i]);
    }
}

enum layout_found layout_take(struct layout *layout, const struct csv_line *line, char *problem, size_t size) {
    sttp_guid id;
    if (has_numbers_alone(&layout->wishes->map)) {
        enum layout_found found = take_numbered_row(layout, line);
        if (found == LAYOUT_ROW) {
            return found;
        }
    } else if (names_may_be(line) && has_chosen(layout, line)) {
        assign_roles(layout, line);
        if (layout->columns[ROLE_TIME] != NO_COLUMN) {
            return take_names(layout, line, problem, size);
        }
    } else if (!has_map(&layout->wishes->map) && sttp_guid_parse(line->fields[0], &id) == STTP_OK) {
        return take_raw_row(layout, line);
    }
    note(layout, line);
    return LAYOUT_NOTHING;
}

void layout_explain(const struct layout *layout, char *problem, size_t size) {
    char wanted[300] = "";
    size_t length = 0;
    const struct column_map *map = &layout->wishes->map;
    for (int role = 0; role < ROLE_COUNT; role++) {
        const char *name = map->roles[role].name;
        if (name != NULL && length < sizeof wanted - 80) {
            length += (size_t)snprintf(wanted + length, 80, "%s'%.60s'", length > 0 ? ", " : "", name);
        }
    }
    if (layout->said == NULL) {
        snprintf(problem, size, "there is no line with the names of columns; is this a CSV file?");
    } else if (has_numbers_alone(map)) {
        snprintf(problem, size, "there is no row with a time in column %zu, as --map says; the first line has: %s",
                 map->roles[ROLE_TIME].number, layout->said);
    } else if (length > 0) {
        snprintf(problem, size, "no line has the columns of --map, %s, which it may be another --separator for; the first "
                                "one has: %s", wanted, layout->said);
    } else {
        snprintf(problem, size, "no line names a column of times; say which columns there are with --map time=COLUMN,...; "
                                "the first one has: %s", layout->said);
    }
}
