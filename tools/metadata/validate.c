#include <stdio.h>

#include "../common/text.h"
#include "../common/tool.h"
#include "checks.h"

/* How many tables, rows, and findings of each kind there are. */
static void add_counts(struct text *text, const sttp_metadata *metadata) {
    const char *name = NULL;
    size_t rows = 0;
    size_t columns = 0;
    size_t count = 0;
    text_add(text, "\"tables\":{");
    for (size_t table = 0; sttp_metadata_table(metadata, table, &name, &rows, &columns) == STTP_OK; table++) {
        text_add(text, table > 0 ? "," : "");
        text_add_json(text, name);
        text_add(text, ":%zu", rows);
    }
    text_add(text, "},\"counts\":{");
    int is_first = 1;
    for (int32_t kind = 0; sttp_metadata_finding_count(metadata, kind, &count) == STTP_OK; kind++) {
        if (count > 0) {
            text_add(text, "%s\"%s\":%zu", is_first ? "" : ",", sttp_finding_name(kind), count);
            is_first = 0;
        }
    }
    text_add(text, "}");
}

static void add_finding(struct text *text, const sttp_finding *finding) {
    text_add(text, "{\"kind\":\"%s\",\"table\":", sttp_finding_name(finding->kind));
    text_add_json(text, finding->table);
    text_add(text, ",\"column\":");
    text_add_json_or_null(text, finding->column[0] != '\0' ? finding->column : NULL);
    if (finding->row == STTP_FINDING_NO_ROW) {
        text_add(text, ",\"row\":null");
    } else {
        text_add(text, ",\"row\":%llu", (unsigned long long)finding->row);
    }
    text_add(text, ",\"line\":%lu,\"message\":", (unsigned long)finding->line);
    text_add_json(text, finding->message);
    text_add(text, "}");
}

static void add_object(struct text *text, const sttp_metadata *metadata, const char *name, size_t all) {
    sttp_finding finding;
    text_add(text, "{\"source\":");
    text_add_json(text, name);
    text_add(text, ",\"valid\":%s,", all == 0 ? "true" : "false");
    add_counts(text, metadata);
    text_add(text, ",\"findings\":[");
    for (size_t i = 0; sttp_metadata_finding(metadata, i, &finding, sizeof finding) == STTP_OK; i++) {
        text_add(text, i > 0 ? "," : "");
        add_finding(text, &finding);
    }
    text_add(text, "]}\n");
}

static void add_lines(struct text *text, const sttp_metadata *metadata, const char *name, size_t all) {
    sttp_finding finding;
    size_t told = 0;
    size_t devices = 0;
    size_t measurements = 0;
    size_t phasors = 0;
    for (; sttp_metadata_finding(metadata, told, &finding, sizeof finding) == STTP_OK; told++) {
        text_add(text, "%s: ", sttp_finding_name(finding.kind));
        text_add_shown(text, finding.message);
        text_add(text, "\n");
    }
    if (all > told) {
        text_add(text, "and %zu more, which are not kept\n", all - told);
    }
    sttp_metadata_device_count(metadata, &devices);
    sttp_metadata_measurement_count(metadata, &measurements);
    sttp_metadata_phasor_count(metadata, &phasors);
    text_add(text, "%s: %zu device%s, %zu measurement%s, %zu phasor%s; ", name, devices, tool_plural(devices), measurements,
             tool_plural(measurements), phasors, tool_plural(phasors));
    if (all == 0) {
        text_add(text, "nothing is wrong\n");
    } else {
        text_add(text, "%zu finding%s\n", all, tool_plural(all));
    }
}

int metadata_validate(const sttp_metadata *metadata, const char *name, int as_json) {
    struct text text = {0};
    size_t all = 0;
    if (sttp_metadata_finding_count(metadata, STTP_FINDING_ANY, &all) != STTP_OK) {
        return tool_library_error("cannot look at %s", name);
    }
    if (as_json) {
        add_object(&text, metadata, name, all);
    } else {
        add_lines(&text, metadata, name, all);
    }
    if (text_write(&text, stdout) != 0) {
        tool_error("cannot write the answer");
        return TOOL_FAILED;
    }
    return all == 0 ? TOOL_DONE : TOOL_FOUND;
}
