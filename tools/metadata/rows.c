#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"

/* RFC 4180: what contains a separator, a quote or a line break is quoted. The quotes of an empty text tell it from
 * null. */
static void print_text(const char *text) {
    if (text[0] != '\0' && strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            putchar('"');
        }
        putchar(*text);
    }
    putchar('"');
}

/* The types of the columns, to be freed. NULL after saying why not. */
static int32_t *print_header(const sttp_metadata *metadata, size_t table, size_t columns) {
    int32_t *types = (int32_t *)calloc(columns + 1, sizeof *types);
    if (types == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    for (size_t column = 0; column < columns; column++) {
        const char *name = NULL;
        if (sttp_metadata_column(metadata, table, column, &name, &types[column]) != STTP_OK) {
            tool_library_error("cannot read column %zu", column);
            free(types);
            return NULL;
        }
        fputs(column > 0 ? "," : "", stdout);
        print_text(name);
    }
    putchar('\n');
    return types;
}

static int print_cell(const sttp_metadata *metadata, const sttp_row *row, size_t column, int32_t type) {
    const char *text = NULL;
    char buffer[STTP_VALUE_TEXT_SIZE];
    size_t table = (size_t)row->table;
    int32_t status =
        type == STTP_TYPE_STRING
            ? sttp_metadata_cell_string(metadata, table, (size_t)row->row, column, &text)
            : sttp_metadata_cell(metadata, table, (size_t)row->row, column, NULL, buffer, sizeof buffer);
    if (status != STTP_OK) {
        return tool_library_error("cannot read row %zu", (size_t)row->row);
    }
    if (type != STTP_TYPE_STRING) {
        fputs(buffer, stdout);
    } else if (text != NULL) {
        print_text(text);
    }
    return TOOL_DONE;
}

static int print_rows(const sttp_metadata *metadata, size_t table, const sttp_row *rows, size_t count) {
    const char *name = NULL;
    size_t row_count = 0;
    size_t columns = 0;
    if (sttp_metadata_table(metadata, table, &name, &row_count, &columns) != STTP_OK) {
        return tool_library_error("cannot read the table");
    }
    int32_t *types = print_header(metadata, table, columns);
    int result = types == NULL ? TOOL_FAILED : TOOL_DONE;
    for (size_t i = 0; i < count && result == TOOL_DONE && !tool_interrupted(); i++) {
        for (size_t column = 0; column < columns && result == TOOL_DONE; column++) {
            fputs(column > 0 ? "," : "", stdout);
            result = print_cell(metadata, &rows[i], column, types[column]);
        }
        putchar('\n');
    }
    free(types);
    return result;
}

int metadata_print_rows(const sttp_metadata *metadata, const char *table, const char *filter) {
    size_t primary = 0;
    size_t selected = 0;
    size_t count = 0;
    size_t found = 0;
    if (sttp_metadata_find_table(metadata, table, &primary) != STTP_OK) {
        return tool_library_error("--table %s", table);
    }
    if (sttp_metadata_select_rows(metadata, primary, filter, NULL, 0, &count) != STTP_OK ||
        sttp_metadata_filter_table(metadata, primary, filter, &selected) != STTP_OK) {
        return tool_library_error("cannot select '%s'", filter);
    }
    sttp_row *rows = (sttp_row *)calloc(count + 1, sizeof *rows);
    if (rows == NULL) {
        tool_error("not enough memory");
        return TOOL_FAILED;
    }
    int result;
    if (sttp_metadata_select_rows(metadata, primary, filter, rows, count, &found) != STTP_OK) {
        result = tool_library_error("cannot select '%s'", filter);
    } else {
        /* A filter with Now() may match another number of rows the second time. */
        result = print_rows(metadata, selected, rows, found < count ? found : count);
    }
    free(rows);
    return result;
}
