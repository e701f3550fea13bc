#include "name_set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void name_set_free(struct name_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        free(set->names[i]);
    }
    free(set->names);
    free(set->places);
    memset(set, 0, sizeof *set);
}

static uint64_t hash_of(const char *name) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    }
    return hash ^ hash >> 29;
}

/* The place of a name, or a free one for it. */
static size_t *find(const struct name_set *set, const char *name) {
    size_t at = (size_t)(hash_of(name) % set->place_count);
    while (set->places[at] != 0 && strcmp(set->names[set->places[at] - 1], name) != 0) {
        at = (at + 1) % set->place_count;
    }
    return &set->places[at];
}

/* So that at least half of the places stay free. 0, or -1 when there is no memory. */
static int grow(struct name_set *set) {
    struct name_set larger = *set;
    larger.capacity = set->capacity * 2 + 64;
    larger.place_count = larger.capacity * 2 + 1;
    larger.names = (char **)realloc(set->names, larger.capacity * sizeof *larger.names);
    if (larger.names == NULL) {
        return -1;
    }
    set->names = larger.names;
    larger.places = (size_t *)calloc(larger.place_count, sizeof *larger.places);
    if (larger.places == NULL) {
        return -1;
    }
    for (size_t i = 0; i < set->count; i++) {
        *find(&larger, set->names[i]) = i + 1;
    }
    free(set->places);
    *set = larger;
    return 0;
}

int name_set_add(struct name_set *set, const char *name) {
    if (set->count == set->capacity && grow(set) != 0) {
        return -1;
    }
    size_t *place = find(set, name);
    if (*place != 0) {
        return 0;
    }
    char *copy = (char *)malloc(strlen(name) + 1);
    if (copy == NULL) {
        return -1;
    }
    strcpy(copy, name);
    set->names[set->count++] = copy;
    *place = set->count;
    return 1;
}
