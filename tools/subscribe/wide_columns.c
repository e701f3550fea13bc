#include "wide_columns.h"

#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"

void wide_columns_clear(struct wide_columns *columns) {
    for (size_t i = 0; columns->list != NULL && i < columns->count; i++) {
        free(columns->list[i].name);
    }
    free(columns->list);
    free(columns->by_id);
    free(columns->by_index);
    memset(columns, 0, sizeof *columns);
}

/* qsort has no place for what is compared besides, and there is one recording. */
static const struct wide_column *compared;

static int compare_ids(const void *left, const void *right) {
    return memcmp(&compared[*(const uint32_t *)left].signal_id, &compared[*(const uint32_t *)right].signal_id,
                  sizeof(sttp_guid));
}

static int compare_names(const void *left, const void *right) {
    return strcmp(compared[*(const uint32_t *)left].name, compared[*(const uint32_t *)right].name);
}

static uint32_t find_id(const struct wide_columns *columns, const sttp_guid *signal_id) {
    size_t low = 0;
    size_t high = columns->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(signal_id, &columns->list[columns->by_id[middle]].signal_id, sizeof *signal_id);
        if (order == 0) {
            return columns->by_id[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return WIDE_NO_COLUMN;
}

/* -- names -- */

/* 0, or -1 when there is no memory. */
static int name_by_id(struct wide_column *column) {
    char id[STTP_GUID_TEXT_SIZE] = "";
    sttp_guid_format(&column->signal_id, id, sizeof id);
    free(column->name);
    column->name = strdup(id);
    return column->name != NULL ? 0 : -1;
}

/* Signals that are called alike are called by their signal IDs. */
static int tell_apart(struct wide_columns *columns) {
    uint32_t *order = (uint32_t *)malloc((columns->count + 1) * sizeof *order);
    int result = order != NULL ? 0 : -1;
    for (uint32_t i = 0; order != NULL && i < columns->count; i++) {
        order[i] = i;
    }
    if (order != NULL) {
        compared = columns->list;
        qsort(order, columns->count, sizeof *order, compare_names);
    }
    for (size_t i = 0; result == 0 && i + 1 < columns->count;) {
        size_t end = i + 1;
        while (end < columns->count &&
               strcmp(columns->list[order[i]].name, columns->list[order[end]].name) == 0) {
            end++;
        }
        for (size_t j = i; end > i + 1 && j < end && result == 0; j++) {
            /* The first one keeps the name until the others are compared with it. */
            result = name_by_id(&columns->list[order[j]]);
        }
        i = end;
    }
    free(order);
    return result;
}

/* What metadata call a signal; empty when they do not. */
static const char *known_name(const struct signal_names *names, const sttp_guid *signal_id) {
    struct signal_name name;
    signal_names_find(names, signal_id, &name);
    return name.tag[0] != '\0' ? name.tag : name.key;
}

static int name_column(struct wide_column *column, const struct signal_names *names, const sttp_guid *signal_id) {
    const char *text = known_name(names, signal_id);
    column->signal_id = *signal_id;
    if (text[0] == '\0') {
        return name_by_id(column);
    }
    free(column->name);
    column->name = strdup(text);
    return column->name != NULL ? 0 : -1;
}

int wide_columns_rename(struct wide_columns *columns, const struct signal_names *names) {
    int result = 0;
    for (size_t i = 0; i < columns->count && result == 0; i++) {
        result = name_column(&columns->list[i], names, &columns->list[i].signal_id);
    }
    if (result != 0 || tell_apart(columns) != 0) {
        tool_error("not enough memory for %zu columns", columns->count);
        return -1;
    }
    return 0;
}

int wide_columns_are_renamed(const struct wide_columns *columns, const struct signal_names *names) {
    struct wide_columns fresh;
    int renamed = 0;
    memset(&fresh, 0, sizeof fresh);
    fresh.list = (struct wide_column *)calloc(columns->count + 1, sizeof *fresh.list);
    fresh.count = fresh.list != NULL ? columns->count : 0;
    for (size_t i = 0; i < fresh.count; i++) {
        fresh.list[i].signal_id = columns->list[i].signal_id;
    }
    if (fresh.list != NULL && wide_columns_rename(&fresh, names) == 0) {
        for (size_t i = 0; i < fresh.count && !renamed; i++) {
            renamed = strcmp(fresh.list[i].name, columns->list[i].name) != 0;
        }
    }
    wide_columns_clear(&fresh);
    return renamed;
}

static int make_all(struct wide_columns *columns, const struct signal_names *names,
                    const sttp_signal *const *signals, size_t count) {
    columns->list = (struct wide_column *)calloc(count + 1, sizeof *columns->list);
    columns->by_id = (uint32_t *)malloc((count + 1) * sizeof *columns->by_id);
    if (columns->list == NULL || columns->by_id == NULL) {
        return -1;
    }
    columns->count = count;
    for (uint32_t i = 0; i < count; i++) {
        columns->by_id[i] = i;
        if (name_column(&columns->list[i], names, &signals[i]->signal_id) != 0) {
            return -1;
        }
    }
    compared = columns->list;
    qsort(columns->by_id, count, sizeof *columns->by_id, compare_ids);
    return tell_apart(columns);
}

int wide_columns_make(struct wide_columns *columns, const struct signal_names *names,
                      const sttp_signal *const *signals, size_t count) {
    wide_columns_clear(columns);
    if (make_all(columns, names, signals, count) != 0) {
        tool_error("not enough memory for %zu columns", count);
        wide_columns_clear(columns);
        return -1;
    }
    return wide_columns_index(columns, signals, count) < 0 ? -1 : 0;
}

/* -- measurements -- */

long wide_columns_index(struct wide_columns *columns, const sttp_signal *const *signals, size_t count) {
    long unknown = 0;
    /* Should it fail, no index is taken for one of before. */
    columns->index_count = 0;
    uint32_t *by_index = (uint32_t *)realloc(columns->by_index, (count + 1) * sizeof *by_index);
    if (by_index == NULL) {
        tool_error("not enough memory for %zu columns", count);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        by_index[i] = find_id(columns, &signals[i]->signal_id);
        unknown += by_index[i] == WIDE_NO_COLUMN;
    }
    columns->by_index = by_index;
    columns->index_count = count;
    return unknown;
}

uint32_t wide_columns_find(const struct wide_columns *columns, const sttp_measurement *measurement) {
    return measurement->signal_index < columns->index_count ? columns->by_index[measurement->signal_index] : WIDE_NO_COLUMN;
}
