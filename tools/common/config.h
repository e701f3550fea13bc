/* Files of options, in place of a long command line: a line for each, `name = value`, or `name` alone. */
#ifndef STTP_CONFIG_H
#define STTP_CONFIG_H

#include <stddef.h>

/* One line of a file that says something. */
struct config_entry {
    const char *name;
    const char *value; /* NULL: there is none */
    char place[256];   /* FILE:LINE */
};

/* Reads a file, and hands on its lines in order until one is refused by -1, with log lines beginning with their place.
 * Texts stay valid until the program ends. 0, or -1 after saying what is wrong. */
int config_read(const char *path, int (*take)(const struct config_entry *entry, void *user_data), void *user_data);

#endif
