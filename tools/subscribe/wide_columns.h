/* The signals that have a column in a wide recording. */
#ifndef STTP_WIDE_COLUMNS_H
#define STTP_WIDE_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "signal_names.h"
#include "sttp.h"

struct wide_column {
    sttp_guid signal_id;
    char *name; /* point tag, or else measurement key, or else signal ID: what no other column is called */
};

struct wide_columns {
    struct wide_column *list;
    size_t count;
    uint32_t *by_id;    /* places in `list`, in the order of the signal IDs */
    uint32_t *by_index; /* places in `list` of the signals of the subscription; WIDE_NO_COLUMN: not there */
    size_t index_count;
};

#define WIDE_NO_COLUMN UINT32_MAX

/* A column for each signal. 0, or -1 after saying why not. */
int wide_columns_make(struct wide_columns *columns, const struct signal_names *names,
                      const sttp_signal *const *signals, size_t count);
void wide_columns_clear(struct wide_columns *columns);

/* Whether signals are called otherwise by now. */
int wide_columns_are_renamed(const struct wide_columns *columns, const struct signal_names *names);

/* Calls them by these names. 0, or -1 after saying why not. */
int wide_columns_rename(struct wide_columns *columns, const struct signal_names *names);

/* The signals have other indexes from now on. Tells how many of them have no column, or -1 after saying what is wrong. */
long wide_columns_index(struct wide_columns *columns, const sttp_signal *const *signals, size_t count);

/* The column of a measurement, or WIDE_NO_COLUMN. */
uint32_t wide_columns_find(const struct wide_columns *columns, const sttp_measurement *measurement);

#endif
