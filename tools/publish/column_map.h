/* Which column of a file has what: the value of --map. */
#ifndef STTP_COLUMN_MAP_H
#define STTP_COLUMN_MAP_H

#include <stddef.h>

enum column_role {
    ROLE_TIME,
    ROLE_DATE, /* its day, when `ROLE_TIME` is only a time of day */
    ROLE_SIGNAL,
    ROLE_VALUE,
    ROLE_FLAGS,
    ROLE_QUALITY, /* as other systems tell it, in place of flags */
    ROLE_COUNT
};

/* What the column of a role is called in --map. */
const char *column_role_name(enum column_role role);

/* A column by its name, or by its number. */
struct column_choice {
    const char *name; /* NULL: by its number, or none */
    size_t number;    /* from 1; 0: by its name, or none */
};

struct column_map {
    struct column_choice roles[ROLE_COUNT];
    /* Signals that have a column of their own. */
    size_t signal_count;
    const char **signals;
    struct column_choice *signal_columns;
};

/* Reads `WHAT=COLUMN,...`. The map lives as long as the program. 0, or -1 after saying what is wrong. */
int column_map_parse(const char *text, struct column_map *map);

/* Whether a column was chosen. */
int column_is_chosen(const struct column_choice *choice);

#endif
