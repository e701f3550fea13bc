/* sttp-metadata: shows, selects from and evaluates expressions over STTP metadata. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/metadata_read.h"
#include "../common/tool.h"
#include "checks.h"
#include "fetch.h"
#include "options.h"
#include "rows.h"
#include "sttp.h"
#include "tree.h"

/* True for HOST:PORT, unless there is a file of that name. */
static int is_address(const char *source) {
    const char *colon = strrchr(source, ':');
    if (colon == NULL || colon == source || strchr(source, '/') != NULL || access(source, F_OK) == 0) {
        return 0;
    }
    return colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0';
}

static sttp_metadata *load_metadata(const struct options *options, const char *source) {
    if (is_address(source)) {
        return metadata_fetch(source, options->metadata_filter, options->timeout);
    }
    /* Of two sources that are compared the other one may be a publisher. */
    if (options->action == ACTION_DIFF) {
        return metadata_read(source);
    }
    if (options->metadata_filter != NULL) {
        tool_error("--metadata-filter is for publishers, and %s is none (--select selects from a file)",
                   options->source);
        return NULL;
    }
    if (options_given(&metadata_line, "set")) {
        tool_error("--set is for the connection to a publisher, and %s is none", options->source);
        return NULL;
    }
    return metadata_read(source);
}

static int compare(const struct options *options, const sttp_metadata *metadata) {
    sttp_metadata *other = load_metadata(options, options->expression);
    if (other == NULL) {
        return TOOL_FAILED;
    }
    int result = metadata_diff(metadata, options->source, other, options->expression, options->as_json);
    sttp_metadata_free(other);
    return result;
}

static int print_signals(const sttp_metadata *metadata, const char *filter) {
    size_t count = 0;
    size_t found = 0;
    if (sttp_metadata_select(metadata, filter, NULL, 0, &count) != STTP_OK) {
        return tool_library_error("cannot select '%s'", filter);
    }
    sttp_guid *signals = (sttp_guid *)calloc(count + 1, sizeof *signals);
    if (signals == NULL) {
        tool_error("not enough memory");
        return TOOL_FAILED;
    }
    int result = TOOL_DONE;
    if (sttp_metadata_select(metadata, filter, signals, count, &found) != STTP_OK) {
        result = tool_library_error("cannot select '%s'", filter);
    }
    for (size_t i = 0; i < count && i < found && !tool_interrupted(); i++) {
        char text[STTP_GUID_TEXT_SIZE];
        sttp_guid_format(&signals[i], text, sizeof text);
        puts(text);
    }
    free(signals);
    return result;
}

/* Prints the value of an expression at a row, or without metadata of one that needs none. */
static int evaluate(const sttp_metadata *metadata, const struct options *options) {
    const char *expression = options->expression;
    size_t row = (size_t)options->row;
    size_t table = 0;
    sttp_value value;
    memset(&value, 0, sizeof value);
    if (metadata != NULL && sttp_metadata_find_table(metadata, options->table, &table) != STTP_OK) {
        return tool_library_error("--table %s", options->table);
    }
    if (sttp_metadata_evaluate(metadata, table, row, expression, &value, NULL, 0) != STTP_OK) {
        return tool_library_error("cannot evaluate '%s'", expression);
    }
    size_t size = (size_t)value.text_length + STTP_VALUE_TEXT_SIZE;
    char *text = (char *)malloc(size);
    int result = TOOL_DONE;
    if (text == NULL) {
        tool_error("not enough memory");
        result = TOOL_FAILED;
    } else if (sttp_metadata_evaluate(metadata, table, row, expression, &value, text, size) != STTP_OK) {
        result = tool_library_error("cannot evaluate '%s'", expression);
    } else {
        printf("%s: %s\n", sttp_type_name(value.type), value.is_null ? "NULL" : text);
    }
    free(text);
    return result;
}

static int print_xml(const sttp_metadata *metadata) {
    const char *xml = NULL;
    size_t length = 0;
    if (sttp_metadata_to_xml(metadata, &xml, &length) != STTP_OK) {
        return tool_library_error("cannot turn the metadata into XML");
    }
    fwrite(xml, 1, length, stdout);
    return TOOL_DONE;
}

static int act(const struct options *options, const sttp_metadata *metadata) {
    switch (options->action) {
    case ACTION_SELECT:
        return metadata_print_rows(metadata, options->table, options->expression);
    case ACTION_SIGNALS:
        return print_signals(metadata, options->expression);
    case ACTION_EVALUATE:
        return evaluate(metadata, options);
    case ACTION_XML:
        return print_xml(metadata);
    case ACTION_VALIDATE:
        return metadata_validate(metadata, options->source, options->as_json);
    case ACTION_DIFF:
        return compare(options, metadata);
    case ACTION_CHECK_FILTER:
        return metadata_check_filter(metadata, options->expression, options->as_json);
    default:
        return metadata_show(metadata);
    }
}

static int finish(int result) {
    result = tool_finish(result);
    if (tool_interrupted() && result == TOOL_DONE) {
        tool_error("interrupted");
        return TOOL_FAILED;
    }
    return result;
}

int main(int argc, char **argv) {
    sttp_metadata *metadata = NULL;
    int exit_code = TOOL_DONE;
    if (tool_start("sttp-metadata") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    const struct options *options = options_parse(argc, argv, &exit_code);
    if (options == NULL) {
        return tool_finish(exit_code);
    }
    if (options->source != NULL) {
        metadata = load_metadata(options, options->source);
        if (metadata == NULL) {
            return TOOL_FAILED;
        }
        if (options->action != ACTION_VALIDATE) {
            metadata_complain(metadata, options->source);
        }
    }
    int result = finish(act(options, metadata));
    sttp_metadata_free(metadata);
    return result;
}
