#include "column_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "csv_line.h"

static const char *const names[ROLE_COUNT] = {"time", "date", "signal", "value", "flags", "quality"};

const char *column_role_name(enum column_role role) {
    return names[role];
}

int column_is_chosen(const struct column_choice *choice) {
    return choice->name != NULL || choice->number != 0;
}

/* `#3`, or a name. 0, or -1. */
static int parse_choice(const char *text, struct column_choice *choice) {
    char *end = NULL;
    choice->name = text;
    if (text[0] == '#' && text[1] >= '0' && text[1] <= '9') {
        unsigned long number = strtoul(text + 1, &end, 10);
        choice->number = *end == '\0' ? (size_t)number : 0;
        choice->name = *end == '\0' ? NULL : text;
    }
    return text[0] == '\0' || !column_is_chosen(choice) ? -1 : 0;
}

static int add_signal(struct column_map *map, const char *signal, const struct column_choice *choice) {
    map->signals[map->signal_count] = signal;
    map->signal_columns[map->signal_count++] = *choice;
    return 0;
}

/* A signal may have an equals sign in its name, a column seldom has: the last one counts. */
static int take_part(struct column_map *map, char *part) {
    struct column_choice choice = {NULL, 0};
    char *equals = strrchr(part, '=');
    if (equals == NULL || equals == part || parse_choice(equals + 1, &choice) != 0) {
        tool_error("--map is WHAT=COLUMN, with commas between several, where COLUMN is a name or #NUMBER, not '%s'", part);
        return -1;
    }
    *equals = '\0';
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (strcmp(part, names[role]) == 0) {
            if (column_is_chosen(&map->roles[role])) {
                tool_error("--map has %s twice", names[role]);
                return -1;
            }
            map->roles[role] = choice;
            return 0;
        }
    }
    return add_signal(map, part, &choice);
}

int column_map_parse(const char *text, struct column_map *map) {
    struct csv_line parts = {NULL, 0, 0};
    const char *problem = "there is not enough memory";
    char *copy = (char *)malloc(strlen(text) + 1);
    memset(map, 0, sizeof *map);
    if (copy == NULL || csv_split(&parts, strcpy(copy, text), ',', &problem) != 0) {
        tool_error("--map: %s", problem);
        free(copy);
        csv_line_free(&parts);
        return -1;
    }
    map->signals = (const char **)calloc(parts.count, sizeof *map->signals);
    map->signal_columns = (struct column_choice *)calloc(parts.count, sizeof *map->signal_columns);
    int result = map->signals != NULL && map->signal_columns != NULL ? 0 : -1;
    for (size_t i = 0; i < parts.count && result == 0; i++) {
        result = take_part(map, parts.fields[i]);
    }
    if (result == 0 && map->signal_count > 0 &&
        (column_is_chosen(&map->roles[ROLE_SIGNAL]) || column_is_chosen(&map->roles[ROLE_VALUE]))) {
        tool_error("--map has signal= and value= for rows of one value, or columns of signals, not both");
        result = -1;
    }
    csv_line_free(&parts);
    return result;
}
