#include "signal_list.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/signals.h"
#include "../common/tool.h"
#include "line_reader.h"
#include "name_set.h"
#include "signal_finder.h"
#include "table.h"

#define PROGRESS_SECONDS 5.0

/* Names of columns, and others that they may have. */
enum list_column {
    LIST_TAG,
    LIST_SIGNAL_ID,
    LIST_KEY,
    LIST_DEVICE,
    LIST_TYPE,
    LIST_UNIT,
    LIST_REFERENCE,
    LIST_DESCRIPTION,
    LIST_COLUMNS
};

struct list_name {
    enum list_column column;
    const char *name;
};

static const struct list_name list_names[] = {
    {LIST_TAG, "tag"},
    {LIST_TAG, "point_tag"},
    {LIST_TAG, "PointTag"},
    {LIST_TAG, "name"},
    {LIST_TAG, "signal"},
    {LIST_SIGNAL_ID, "signal_id"},
    {LIST_SIGNAL_ID, "SignalID"},
    {LIST_KEY, "key"},
    {LIST_KEY, "ID"},
    {LIST_DEVICE, "device"},
    {LIST_DEVICE, "DeviceAcronym"},
    {LIST_TYPE, "type"},
    {LIST_TYPE, "signal_type"},
    {LIST_TYPE, "SignalAcronym"},
    {LIST_UNIT, "unit"},
    {LIST_UNIT, "EngineeringUnits"},
    {LIST_REFERENCE, "reference"},
    {LIST_REFERENCE, "SignalReference"},
    {LIST_DESCRIPTION, "description"},
};

/* -- a signal -- */

struct maker {
    sttp_metadata_builder *builder;
    struct name_set devices;
    struct name_set tags;
    struct name_set ids;
};

/* A version 8 identifier (RFC 9562) made of the name alone, so that a signal has the same one every time. */
static sttp_guid id_of(const char *name) {
    sttp_guid id;
    uint64_t halves[2] = {UINT64_C(14695981039346656037), UINT64_C(0x5354545073696721)};
    for (const char *byte = name; *byte != '\0'; byte++) {
        for (int i = 0; i < 2; i++) {
            halves[i] = (halves[i] ^ (unsigned char)*byte) * UINT64_C(1099511628211);
            halves[i] ^= halves[i] >> 31;
        }
    }
    for (int i = 0; i < 16; i++) {
        id.bytes[i] = (uint8_t)(halves[i / 8] >> 8 * (i % 8));
    }
    id.bytes[6] = (uint8_t)(0x80 | (id.bytes[6] & 0x0F));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3F));
    return id;
}

static int has_part(const char *text, const char *part) {
    size_t length = strlen(part);
    for (; *text != '\0'; text++) {
        if (strncasecmp(text, part, length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* What a signal is that nobody says it of. */
static const char *guess_type(const char *tag, const char *unit) {
    if (strncasecmp(unit, "hz/s", 4) == 0 || has_part(tag, "dfdt") || has_part(tag, "df/dt") || has_part(tag, "rocof")) {
        return "DFDT";
    }
    return strncasecmp(unit, "hz", 2) == 0 || has_part(tag, "freq") ? "FREQ" : "ALOG";
}

static const char *suffix_of(const char *type) {
    return strcasecmp(type, "FREQ") == 0 ? "FQ" : strcasecmp(type, "DFDT") == 0 ? "DF" : NULL;
}

/* Texts of a signal, by enum list_column; empty for what is not known. 0, or -1 with what is wrong in `problem`. */
static int add_signal(struct maker *maker, const char *const texts[LIST_COLUMNS], char *problem, size_t size) {
    const char *tag = texts[LIST_TAG];
    const char *name = tag[0] != '\0' ? tag : texts[LIST_KEY];
    const char *device = texts[LIST_DEVICE][0] != '\0' ? texts[LIST_DEVICE] : "IMPORTED";
    const char *type = texts[LIST_TYPE][0] != '\0' ? texts[LIST_TYPE] : guess_type(tag, texts[LIST_UNIT]);
    const char *reference = texts[LIST_REFERENCE];
    char key[32];
    char made_reference[256];
    char id_text[STTP_GUID_TEXT_SIZE];
    sttp_guid id = id_of(name);
    if (name[0] == '\0' && texts[LIST_SIGNAL_ID][0] == '\0') {
        snprintf(problem, size, "there is no tag, no key and no signal_id");
        return -1;
    }
    if (texts[LIST_SIGNAL_ID][0] != '\0' && sttp_guid_parse(texts[LIST_SIGNAL_ID], &id) != STTP_OK) {
        snprintf(problem, size, "the signal ID must be a GUID, not '%.100s'", texts[LIST_SIGNAL_ID]);
        return -1;
    }
    sttp_guid_format(&id, id_text, sizeof id_text);
    int is_new = name_set_add(&maker->ids, id_text);
    is_new = is_new > 0 && tag[0] != '\0' ? name_set_add(&maker->tags, tag) : is_new;
    int is_new_device = is_new > 0 ? name_set_add(&maker->devices, device) : 0;
    if (is_new < 0 || is_new_device < 0) {
        snprintf(problem, size, "there is not enough memory");
        return -1;
    }
    if (is_new == 0) {
        snprintf(problem, size, "the signal '%.200s' stands there already", name[0] != '\0' ? name : id_text);
        return -1;
    }
    /* Nobody has said how many frames a second it has. */
    if (is_new_device && sttp_metadata_builder_add_device(maker->builder, device, device, 0) != STTP_OK) {
        snprintf(problem, size, "%s", sttp_last_error());
        return -1;
    }
    snprintf(key, sizeof key, "IMPORT:%zu", maker->ids.count);
    if (reference[0] == '\0' && suffix_of(type) != NULL) {
        snprintf(made_reference, sizeof made_reference, "%.200s-%s", device, suffix_of(type));
        reference = made_reference;
    }
    if (sttp_metadata_builder_add_measurement(maker->builder, &id, texts[LIST_KEY][0] != '\0' ? texts[LIST_KEY] : key, tag,
                                              reference, type, device, 0, texts[LIST_DESCRIPTION]) != STTP_OK) {
        snprintf(problem, size, "%s", sttp_last_error());
        return -1;
    }
    return 0;
}

static int begin(struct maker *maker) {
    memset(maker, 0, sizeof *maker);
    if (sttp_metadata_builder_new(&maker->builder) != STTP_OK) {
        tool_library_error("cannot make metadata");
        return -1;
    }
    return 0;
}

/* The metadata, unless that has failed already. */
static sttp_metadata *finish(struct maker *maker, int failed) {
    sttp_metadata *metadata = NULL;
    if (!failed && sttp_metadata_builder_finish(maker->builder, &metadata) != STTP_OK) {
        tool_library_error("cannot make metadata");
    }
    sttp_metadata_builder_free(maker->builder);
    name_set_free(&maker->devices);
    name_set_free(&maker->tags);
    name_set_free(&maker->ids);
    return metadata;
}

/* -- a list -- */

struct list_reader {
    const char *path;
    struct line_reader *lines;
    struct csv_line line;
    char separator;
    size_t columns[LIST_COLUMNS];
};

static int list_problem(const struct list_reader *reader, const char *problem) {
    tool_error("%s, line %llu: %s", reader->path, (unsigned long long)lines_number(reader->lines), problem);
    return -1;
}

/* 1 with the fields of a line that has any, 0 at the end, -1 after saying what is wrong. */
static int next_line(struct list_reader *reader) {
    for (;;) {
        char *text = NULL;
        const char *problem = NULL;
        enum line_status status = lines_next(reader->lines, 3600.0, &text);
        if (status == LINE_END || status == LINE_LATER) {
            return 0;
        }
        if (status == LINE_BAD || status == LINE_FAILED) {
            return list_problem(reader, text);
        }
        reader->separator = reader->separator != '\0' ? reader->separator : csv_separator(text);
        if (csv_split(&reader->line, text, reader->separator, &problem) != 0) {
            return list_problem(reader, problem);
        }
        if (text[0] != '#' && (reader->line.count > 1 || reader->line.fields[0][0] != '\0')) {
            return 1;
        }
    }
}

static int read_header(struct list_reader *reader) {
    int found = next_line(reader);
    if (found <= 0) {
        return found < 0 ? -1 : list_problem(reader, "there are no signals in it");
    }
    for (size_t i = 0; i < LIST_COLUMNS; i++) {
        reader->columns[i] = NO_COLUMN;
    }
    for (size_t i = 0; i < sizeof list_names / sizeof list_names[0]; i++) {
        for (size_t column = 0; column < reader->line.count; column++) {
            if (reader->columns[list_names[i].column] == NO_COLUMN &&
                strcasecmp(reader->line.fields[column], list_names[i].name) == 0) {
                reader->columns[list_names[i].column] = column;
            }
        }
    }
    if (reader->columns[LIST_TAG] == NO_COLUMN && reader->columns[LIST_KEY] == NO_COLUMN &&
        reader->columns[LIST_SIGNAL_ID] == NO_COLUMN) {
        return list_problem(reader, "the first line of a list of signals names its columns, of which tag, key or signal_id "
                                    "is one; others are device, type, unit, reference and description");
    }
    return 0;
}

static int read_signals(struct list_reader *reader, struct maker *maker) {
    int found = 0;
    int result = read_header(reader);
    while (result == 0 && (found = next_line(reader)) > 0) {
        char problem[400];
        const char *texts[LIST_COLUMNS];
        for (int i = 0; i < LIST_COLUMNS; i++) {
            texts[i] = csv_field(&reader->line, reader->columns[i]);
        }
        if (maker->ids.count >= SIGNALS_MOST) {
            result = list_problem(reader, "there are more than a million signals");
        } else if (add_signal(maker, texts, problem, sizeof problem) != 0) {
            result = list_problem(reader, problem);
        }
    }
    return found < 0 ? -1 : result;
}

sttp_metadata *signal_list_read(const char *path) {
    struct maker maker;
    struct list_reader reader;
    memset(&reader, 0, sizeof reader);
    reader.path = path;
    reader.lines = lines_open(path);
    if (reader.lines == NULL || begin(&maker) != 0) {
        lines_close(reader.lines);
        return NULL;
    }
    int failed = read_signals(&reader, &maker) != 0;
    lines_close(reader.lines);
    csv_line_free(&reader.line);
    return finish(&maker, failed);
}

/* -- a file of measurements -- */

/* A signal ID in the one form that it is kept in; `text` for other names; NULL for what is none where only IDs may be. */
static const char *name_of(const struct layout *layout, const char *text, char id_text[STTP_GUID_TEXT_SIZE]) {
    sttp_guid id;
    if (sttp_guid_parse(text, &id) == STTP_OK) {
        sttp_guid_format(&id, id_text, STTP_GUID_TEXT_SIZE);
        return id_text;
    }
    return layout->is_raw || text[0] == '\0' ? NULL : text;
}

/* 0, or -1 when there is no memory, or there are too many. */
static int collect(struct name_set *names, const struct layout *layout, const struct csv_line *line) {
    if (!layout->is_wide) {
        char id_text[STTP_GUID_TEXT_SIZE];
        const char *name = name_of(layout, csv_field(line, layout->columns[ROLE_SIGNAL]), id_text);
        return name != NULL && name_set_add(names, name) < 0 ? -1 : names->count > SIGNALS_MOST ? -1 : 0;
    }
    for (size_t i = 0; i < layout->signal_count; i++) {
        double value = 0.0;
        const char *text = csv_field(line, layout->signals[i].column);
        /* A column of words is none of a signal. */
        if (layout_number(layout, text, &value) != NUMBER_IS_NONE && name_set_add(names, layout->signals[i].name) < 0) {
            return -1;
        }
    }
    return names->count > SIGNALS_MOST ? -1 : 0;
}

static int is_known(const sttp_metadata *known, const char *name) {
    sttp_guid id;
    size_t row = 0;
    return sttp_guid_parse(name, &id) == STTP_OK && sttp_metadata_find_measurement(known, &id, &row) == STTP_OK;
}

static enum signals_named collect_all(struct table *table, const char *path, const sttp_metadata *known,
                                      struct name_set *names) {
    double next_progress = tool_clock() + PROGRESS_SECONDS;
    const struct csv_line *line = NULL;
    for (;;) {
        enum table_status status = table_next(table, 0.0, &line);
        const struct layout *layout = table_layout(table);
        if (status == TABLE_END) {
            return !layout->is_known || (layout->is_raw && names->count == 0) ? SIGNALS_KNOWN : SIGNALS_NAMED;
        }
        if (status == TABLE_FAILED || status == TABLE_LATER || tool_interrupted()) {
            return SIGNALS_FAILED;
        }
        size_t before = names->count;
        if (status == TABLE_ROW && collect(names, layout, line) != 0) {
            tool_error("%s names more than a million signals", path);
            return SIGNALS_FAILED;
        }
        if (before == 0 && names->count > 0 && !layout->is_wide && is_known(known, names->names[0])) {
            return SIGNALS_KNOWN;
        }
        if (tool_clock() > next_progress) {
            char done[TOOL_DONE_SIZE];
            tool_log(STTP_LOG_INFO, "%s: looking for signals, %zu so far%s", path, names->count,
                     tool_part_done(table_part(table), done));
            next_progress = tool_clock() + PROGRESS_SECONDS;
        }
    }
}

/* A name with a unit behind it is split into both. */
static int add_name(struct maker *maker, const char *name) {
    char problem[400];
    char tag[512];
    char unit[32] = "";
    const char *unit_begin = NULL;
    size_t length = column_name_length(name, &unit_begin);
    if (length >= sizeof tag) {
        tool_error("the name of a signal, '%.60s...', is too long", name);
        return -1;
    }
    snprintf(tag, sizeof tag, "%.*s", (int)length, name);
    if (unit_begin != NULL) {
        snprintf(unit, sizeof unit, "%.*s", (int)(strlen(unit_begin) < 30 ? strlen(unit_begin) - 1 : 30), unit_begin);
    }
    sttp_guid id;
    int is_id = sttp_guid_parse(name, &id) == STTP_OK;
    const char *texts[LIST_COLUMNS] = {is_id ? "" : tag, is_id ? name : "", "", "", "", unit, "", ""};
    if (add_signal(maker, texts, problem, sizeof problem) != 0) {
        tool_error("%s: %s", name, problem);
        return -1;
    }
    return 0;
}

static sttp_metadata *describe(const struct name_set *names) {
    struct maker maker;
    int failed = 0;
    if (begin(&maker) != 0) {
        return NULL;
    }
    for (size_t i = 0; i < names->count && !failed; i++) {
        failed = add_name(&maker, names->names[i]) != 0;
    }
    return finish(&maker, failed);
}

enum signals_named signals_of_file(const char *path, const struct layout_wishes *wishes, const sttp_metadata *known,
                                   sttp_metadata **metadata) {
    struct name_set names = {NULL, 0, 0, NULL, 0};
    struct table *table = table_open(path, wishes, 1);
    if (table == NULL) {
        return SIGNALS_FAILED;
    }
    enum signals_named result = collect_all(table, path, known, &names);
    table_close(table);
    if (result == SIGNALS_NAMED && names.count == 0) {
        tool_error("%s has no rows", path);
        result = SIGNALS_FAILED;
    }
    if (result == SIGNALS_NAMED) {
        *metadata = describe(&names);
        result = *metadata != NULL ? SIGNALS_NAMED : SIGNALS_FAILED;
    }
    name_set_free(&names);
    return result;
}
