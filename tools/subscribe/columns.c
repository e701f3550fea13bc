#include "columns.h"

#include <stdio.h>
#include <string.h>

#include "../common/tool.h"

static const char *const names[COLUMN_COUNT] = {
    "signal_id", "key",  "tag",       "device", "type",       "unit",  "reference",
    "description", "time", "timestamp", "flags",  "flag_names", "value", "recovered",
};

static const enum column raw[] = {COLUMN_SIGNAL_ID, COLUMN_TIMESTAMP, COLUMN_FLAGS, COLUMN_VALUE};

static const enum column named[] = {COLUMN_TIME, COLUMN_DEVICE, COLUMN_TAG,       COLUMN_TYPE,
                                    COLUMN_VALUE, COLUMN_UNIT,  COLUMN_FLAG_NAMES};

const char *column_name(enum column column) {
    return names[column];
}

int column_is_of_signal(enum column column) {
    return column <= COLUMN_DESCRIPTION;
}

static void use(struct columns *columns, const enum column *list, size_t count) {
    columns->count = count;
    memcpy(columns->list, list, count * sizeof *list);
}

static int has(const struct columns *columns, enum column column) {
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->list[i] == column) {
            return 1;
        }
    }
    return 0;
}

static int wrong_name(const char *name, size_t length) {
    char known[256] = "";
    for (size_t i = 0, end = 0; i < COLUMN_COUNT; i++) {
        end += (size_t)snprintf(known + end, sizeof known - end, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    tool_error("--columns is raw, named, wide, or some of %s with commas between them, not '%.*s'", known, (int)length,
               name);
    return -1;
}

static int add_name(struct columns *columns, const char *name, size_t length) {
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0) {
            if (has(columns, (enum column)i)) {
                tool_error("--columns has %s twice", names[i]);
                return -1;
            }
            columns->list[columns->count++] = (enum column)i;
            return 0;
        }
    }
    return wrong_name(name, length);
}

int columns_parse(const char *text, struct columns *columns) {
    memset(columns, 0, sizeof *columns);
    if (strcmp(text, "raw") == 0) {
        columns->are_raw = 1;
        use(columns, raw, sizeof raw / sizeof raw[0]);
        return 0;
    }
    if (strcmp(text, "named") == 0) {
        use(columns, named, sizeof named / sizeof named[0]);
        return 0;
    }
    if (strcmp(text, "wide") == 0) {
        columns->are_wide = 1;
        return 0;
    }
    for (const char *name = text;;) {
        size_t length = strcspn(name, ",");
        if (add_name(columns, name, length) != 0) {
            return -1;
        }
        if (name[length] == '\0') {
            return 0;
        }
        name += length + 1;
    }
}

void columns_mark_recovered(struct columns *columns) {
    if (!columns->are_wide && !has(columns, COLUMN_RECOVERED)) {
        columns->list[columns->count++] = COLUMN_RECOVERED;
        columns->are_raw = 0;
    }
}
