/* Names, each once. */
#ifndef STTP_NAME_SET_H
#define STTP_NAME_SET_H

#include <stddef.h>

/* Begins as {0}. */
struct name_set {
    char **names; /* in the order in which they came */
    size_t count;
    size_t capacity;
    size_t *places; /* of names, from 1; by their hash */
    size_t place_count;
};

void name_set_free(struct name_set *set);

/* Adds a name. 1, or 0 when it is there already, or -1 when there is no memory. */
int name_set_add(struct name_set *set, const char *name);

#endif
