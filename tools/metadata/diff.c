#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/text.h"
#include "../common/tool.h"
#include "checks.h"

#define MOST_COLUMNS 200
/* When a row was last written says nothing of what is in it. */
#define NOT_COMPARED "UpdatedOn"
#define NO_COLUMN ((size_t)-1)

/* By what rows of the standard tables are the same, in both metadata; other rows are so when all their cells are. */
static const struct table_key {
    const char *table;
    const char *columns[2];
    const char *label; /* a column that people know the row by; NULL: the key will do */
} table_keys[] = {
    {"DeviceDetail", {"Acronym", NULL}, NULL},
    {"MeasurementDetail", {"SignalID", NULL}, "PointTag"},
    {"PhasorDetail", {"DeviceAcronym", "SourceIndex"}, "Label"},
    {"SchemaVersion", {NULL, NULL}, NULL},
};

/* A table of one of both. */
struct side {
    const sttp_metadata *metadata;
    size_t table;
    size_t rows;
    size_t columns;
    struct row *sorted;
};

/* A row with what it is found by: the cells of its key, and how many rows of the same key stand before it. */
struct row {
    char *key;
    size_t number;
};

struct comparison {
    const char *table;
    const struct table_key *key; /* NULL: whole rows */
    struct side older;
    struct side newer;
    /* Columns that both have, by name: numbers of each side. */
    size_t older_columns[MOST_COLUMNS];
    size_t newer_columns[MOST_COLUMNS];
    const char *names[MOST_COLUMNS];
    size_t column_count;
    int as_json;
    struct text *added;
    struct text *removed;
    struct text *changed;
    size_t added_count;
    size_t removed_count;
    size_t changed_count;
};

/* -- cells -- */

/* The text of a cell in `buffer`, or of the library; NULL for null. */
static const char *cell_text(const struct side *side, size_t row, size_t column, char buffer[STTP_VALUE_TEXT_SIZE]) {
    const char *text = NULL;
    sttp_value value;
    if (sttp_metadata_cell_string(side->metadata, side->table, row, column, &text) == STTP_OK) {
        return text;
    }
    if (sttp_metadata_cell(side->metadata, side->table, row, column, &value, buffer, STTP_VALUE_TEXT_SIZE) != STTP_OK ||
        value.is_null) {
        return NULL;
    }
    return buffer;
}

static void add_cell(struct text *text, const struct side *side, size_t row, size_t column) {
    char buffer[STTP_VALUE_TEXT_SIZE];
    const char *cell = column != NO_COLUMN ? cell_text(side, row, column, buffer) : NULL;
    text_add(text, "%s", cell != NULL ? cell : "");
}

static size_t find_column(const struct side *side, const char *name) {
    size_t column = NO_COLUMN;
    return name != NULL && sttp_metadata_find_column(side->metadata, side->table, name, &column) == STTP_OK ? column
                                                                                                            : NO_COLUMN;
}

/* -- rows in the order of their keys -- */

static void add_key(struct text *text, const struct comparison *comparison, const struct side *side, size_t row) {
    if (comparison->key != NULL) {
        for (size_t i = 0; i < 2 && comparison->key->columns[i] != NULL; i++) {
            text_add(text, i > 0 ? ":" : "");
            add_cell(text, side, row, find_column(side, comparison->key->columns[i]));
        }
        return;
    }
    const size_t *columns = side == &comparison->older ? comparison->older_columns : comparison->newer_columns;
    for (size_t i = 0; i < comparison->column_count; i++) {
        text_add(text, i > 0 ? ", " : "");
        add_cell(text, side, row, columns[i]);
    }
}

static int compare_rows(const void *left, const void *right) {
    const struct row *first = (const struct row *)left;
    const struct row *second = (const struct row *)right;
    int order = strcasecmp(first->key, second->key);
    return order != 0 ? order : first->number < second->number ? -1 : first->number > second->number;
}

static int sort_rows(const struct comparison *comparison, struct side *side) {
    side->sorted = (struct row *)calloc(side->rows + 1, sizeof *side->sorted);
    for (size_t row = 0; side->sorted != NULL && row < side->rows; row++) {
        struct text key = {0};
        add_key(&key, comparison, side, row);
        if (key.failed || key.bytes == NULL) {
            text_add(&key, "%s", "");
        }
        if (key.failed) {
            return -1;
        }
        side->sorted[row].key = key.bytes;
        side->sorted[row].number = row;
    }
    if (side->sorted == NULL) {
        return -1;
    }
    qsort(side->sorted, side->rows, sizeof *side->sorted, compare_rows);
    return 0;
}

static void free_rows(struct side *side) {
    for (size_t row = 0; side->sorted != NULL && row < side->rows; row++) {
        free(side->sorted[row].key);
    }
    free(side->sorted);
}

/* -- what is other -- */

static void add_name(struct text *text, const struct comparison *comparison, const struct side *side, const struct row *row) {
    struct text name = {0};
    text_add(&name, "%s", row->key);
    if (comparison->key != NULL && comparison->key->label != NULL) {
        text_add(&name, " ");
        add_cell(&name, side, row->number, find_column(side, comparison->key->label));
    }
    if (name.failed) {
        text->failed = 1;
    } else if (comparison->as_json) {
        text_add_json(text, comparison->key != NULL ? row->key : name.bytes);
    } else {
        text_add_shown(text, name.bytes);
    }
    text_free(&name);
}

static void add_row(struct text *text, size_t *count, char mark, const struct comparison *comparison,
                    const struct side *side, const struct row *row) {
    if (comparison->as_json) {
        text_add(text, *count > 0 ? "," : "");
        add_name(text, comparison, side, row);
    } else {
        text_add(text, "%c %s ", mark, comparison->table);
        add_name(text, comparison, side, row);
        text_add(text, "\n");
    }
    ++*count;
}

static void add_change(struct text *text, const struct comparison *comparison, const struct row *newer, size_t column,
                       const char *before, const char *after, int is_first) {
    if (comparison->as_json) {
        text_add(text, is_first ? "" : ",");
        text_add_json(text, comparison->names[column]);
        text_add(text, ":[");
        text_add_json_or_null(text, before);
        text_add(text, ",");
        text_add_json_or_null(text, after);
        text_add(text, "]");
        return;
    }
    text_add(text, "~ %s ", comparison->table);
    add_name(text, comparison, &comparison->newer, newer);
    text_add(text, ", %s: ", comparison->names[column]);
    text_add_shown(text, before != NULL ? before : "NULL");
    text_add(text, " -> ");
    text_add_shown(text, after != NULL ? after : "NULL");
    text_add(text, "\n");
}

static void compare_cells(struct comparison *comparison, const struct row *older, const struct row *newer) {
    struct text changes = {0};
    int is_first = 1;
    for (size_t i = 0; i < comparison->column_count; i++) {
        char older_buffer[STTP_VALUE_TEXT_SIZE];
        char newer_buffer[STTP_VALUE_TEXT_SIZE];
        const char *before = cell_text(&comparison->older, older->number, comparison->older_columns[i], older_buffer);
        const char *after = cell_text(&comparison->newer, newer->number, comparison->newer_columns[i], newer_buffer);
        if (before == NULL || after == NULL ? before != after : strcmp(before, after) != 0) {
            add_change(&changes, comparison, newer, i, before, after, is_first);
            is_first = 0;
        }
    }
    if (!is_first && comparison->as_json) {
        text_add(comparison->changed, "%s{\"row\":", comparison->changed_count > 0 ? "," : "");
        add_name(comparison->changed, comparison, &comparison->newer, newer);
        text_add(comparison->changed, ",\"columns\":{%s}}", changes.failed ? "" : changes.bytes);
    } else if (!is_first) {
        text_add(comparison->changed, "%s", changes.failed ? "" : changes.bytes);
    }
    comparison->changed->failed |= changes.failed;
    comparison->changed_count += !is_first;
    text_free(&changes);
}

/* Goes through both in the order of their keys. */
static void merge(struct comparison *comparison) {
    struct side *older = &comparison->older;
    struct side *newer = &comparison->newer;
    size_t i = 0;
    size_t j = 0;
    while (i < older->rows || j < newer->rows) {
        int order = i == older->rows   ? 1
                    : j == newer->rows ? -1
                                       : strcasecmp(older->sorted[i].key, newer->sorted[j].key);
        if (order == 0) {
            compare_cells(comparison, &older->sorted[i++], &newer->sorted[j++]);
        } else if (order < 0) {
            add_row(comparison->removed, &comparison->removed_count, '-', comparison, older, &older->sorted[i++]);
        } else {
            add_row(comparison->added, &comparison->added_count, '+', comparison, newer, &newer->sorted[j++]);
        }
    }
}

/* -- tables -- */

static const struct table_key *find_key(const char *table) {
    for (size_t i = 0; i < sizeof table_keys / sizeof table_keys[0]; i++) {
        if (strcasecmp(table_keys[i].table, table) == 0) {
            return &table_keys[i];
        }
    }
    return NULL;
}

/* The table of that name; an empty one where there is none. */
static int open_side(struct side *side, const sttp_metadata *metadata, const char *table) {
    const char *name = NULL;
    memset(side, 0, sizeof *side);
    side->metadata = metadata;
    return sttp_metadata_find_table(metadata, table, &side->table) == STTP_OK &&
           sttp_metadata_table(metadata, side->table, &name, &side->rows, &side->columns) == STTP_OK;
}

/* Pairs the columns of one name, and tells those that one side has alone. */
static void pair_columns(struct comparison *comparison) {
    struct side *older = &comparison->older;
    for (size_t column = 0; column < older->columns && comparison->column_count < MOST_COLUMNS; column++) {
        const char *name = NULL;
        int32_t type = 0;
        size_t other = NO_COLUMN;
        if (sttp_metadata_column(older->metadata, older->table, column, &name, &type) != STTP_OK ||
            strcasecmp(name, NOT_COMPARED) == 0) {
            continue;
        }
        other = find_column(&comparison->newer, name);
        if (other != NO_COLUMN) {
            comparison->names[comparison->column_count] = name;
            comparison->older_columns[comparison->column_count] = column;
            comparison->newer_columns[comparison->column_count++] = other;
        }
    }
}

/* Columns that `side` has and the other one has not. */
static size_t add_lone_columns(struct text *text, const struct comparison *comparison, const struct side *side,
                               const struct side *other, char mark) {
    size_t count = 0;
    for (size_t column = 0; column < side->columns; column++) {
        const char *name = NULL;
        int32_t type = 0;
        if (sttp_metadata_column(side->metadata, side->table, column, &name, &type) != STTP_OK ||
            find_column(other, name) != NO_COLUMN) {
            continue;
        }
        if (comparison->as_json) {
            text_add(text, count > 0 ? "," : "");
            text_add_json(text, name);
        } else {
            text_add(text, "%c %s, the column %s\n", mark, comparison->table, name);
        }
        count++;
    }
    return count;
}

/* Everything that is other in a table, added to `text`; how much that is. */
static size_t compare_table(struct text *text, const char *table, const sttp_metadata *older, const sttp_metadata *newer,
                            int as_json, int is_first) {
    struct text added = {0};
    struct text removed = {0};
    struct text changed = {0};
    struct text lost = {0};
    struct text gained = {0};
    struct comparison comparison;
    memset(&comparison, 0, sizeof comparison);
    comparison.table = table;
    comparison.key = find_key(table);
    comparison.as_json = as_json;
    comparison.added = &added;
    comparison.removed = &removed;
    comparison.changed = &changed;
    int in_both = open_side(&comparison.older, older, table) & open_side(&comparison.newer, newer, table);
    size_t lone = 0;
    if (in_both) {
        pair_columns(&comparison);
        lone += add_lone_columns(&lost, &comparison, &comparison.older, &comparison.newer, '-');
        lone += add_lone_columns(&gained, &comparison, &comparison.newer, &comparison.older, '+');
    }
    if (sort_rows(&comparison, &comparison.older) != 0 || sort_rows(&comparison, &comparison.newer) != 0) {
        text->failed = 1;
    } else {
        merge(&comparison);
    }
    size_t all = comparison.added_count + comparison.removed_count + comparison.changed_count + lone;
    struct text *parts[] = {&lost, &gained, &removed, &added, &changed};
    static const char *const names[] = {"columns_removed", "columns_added", "removed", "added", "changed"};
    if (as_json && all > 0) {
        text_add(text, "%s{\"name\":", is_first ? "" : ",");
        text_add_json(text, table);
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && all > 0; i++) {
        text_add(text, as_json ? ",\"%s\":[%s]" : "%.0s%s", names[i], parts[i]->bytes != NULL ? parts[i]->bytes : "");
        text->failed |= parts[i]->failed;
        text_free(parts[i]);
    }
    text_add(text, as_json && all > 0 ? "}" : "");
    free_rows(&comparison.older);
    free_rows(&comparison.newer);
    return all;
}

int metadata_diff(const sttp_metadata *older, const char *older_name, const sttp_metadata *newer, const char *newer_name,
                  int as_json) {
    struct text text = {0};
    size_t all = 0;
    if (as_json) {
        text_add(&text, "{\"from\":");
        text_add_json(&text, older_name);
        text_add(&text, ",\"to\":");
        text_add_json(&text, newer_name);
        text_add(&text, ",\"tables\":[");
    }
    for (int is_newer = 0; is_newer < 2; is_newer++) {
        const sttp_metadata *metadata = is_newer ? newer : older;
        const char *name = NULL;
        size_t rows = 0;
        size_t columns = 0;
        for (size_t table = 0; sttp_metadata_table(metadata, table, &name, &rows, &columns) == STTP_OK; table++) {
            size_t found = 0;
            if (!is_newer || sttp_metadata_find_table(older, name, &found) != STTP_OK) {
                all += compare_table(&text, name, older, newer, as_json, all == 0);
            }
        }
    }
    if (as_json) {
        text_add(&text, "],\"same\":%s}\n", all == 0 ? "true" : "false");
    } else {
        text_add(&text, all == 0 ? "The same\n" : "");
    }
    if (text_write(&text, stdout) != 0) {
        tool_error("cannot write the answer");
        return TOOL_FAILED;
    }
    return all == 0 ? TOOL_DONE : TOOL_FOUND;
}
