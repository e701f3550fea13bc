#include <stdio.h>
#include <string.h>

#include "../common/text.h"
#include "../common/tool.h"
#include "checks.h"

/* What was found of a filter. */
struct answer {
    struct text problem; /* empty: it can be used */
    size_t statements;
    const char *portable; /* of the filter; NULL when it cannot be read */
    size_t signals;
    size_t all_signals;
};

static size_t count_statements(const sttp_filter *filter) {
    size_t count = 0;
    double adder = 0.0;
    double multiplier = 1.0;
    while (sttp_filter_adjustment(filter, count, &adder, &multiplier) == STTP_OK) {
        count++;
    }
    return count;
}

/* Tries it on metadata; `usual`: those are the sample, whose columns count, and not its signals. */
static void try_it(const sttp_filter *filter, const sttp_metadata *metadata, int usual, struct answer *answer) {
    if (sttp_filter_select(filter, metadata, NULL, 0, &answer->signals) != STTP_OK) {
        text_add(&answer->problem, "%s%s", sttp_last_error(),
                 usual ? " (of what publishers usually have; give the metadata of yours as SOURCE)" : "");
    } else if (!usual && answer->signals == 0) {
        text_add(&answer->problem, "it matches none of the signals; 'sttp-metadata SOURCE --table ActiveMeasurements --select "
                                   "True' shows what there is");
    }
    sttp_metadata_measurement_count(metadata, &answer->all_signals);
}

static void add_object(struct text *text, const char *filter, int has_metadata, const struct answer *answer) {
    text_add(text, "{\"filter\":");
    text_add_json(text, filter);
    text_add(text, ",\"valid\":%s,\"problem\":", answer->problem.length == 0 ? "true" : "false");
    text_add_json_or_null(text, answer->problem.bytes);
    text_add(text, ",\"portable\":");
    text_add_json_or_null(text, answer->portable);
    text_add(text, ",\"statements\":%zu", answer->statements);
    if (has_metadata) {
        text_add(text, ",\"signals\":%zu,\"of\":%zu", answer->signals, answer->all_signals);
    }
    text_add(text, "}\n");
}

static void add_lines(struct text *text, const char *filter, int has_metadata, const struct answer *answer) {
    if (answer->problem.length > 0) {
        text_add(text, "Cannot be used: %s\n", answer->problem.bytes);
        return;
    }
    text_add(text, "Can be used: %zu statement%s", answer->statements, tool_plural(answer->statements));
    if (has_metadata) {
        text_add(text, ", %zu of %zu signals", answer->signals, answer->all_signals);
    }
    text_add(text, "\n");
    if (answer->portable != NULL && strcmp(answer->portable, filter) != 0) {
        text_add(text, "Is sent as: %s\n", answer->portable);
    }
}

int metadata_check_filter(const sttp_metadata *metadata, const char *expression, int as_json) {
    struct answer answer;
    struct text text = {0};
    sttp_filter *filter = NULL;
    sttp_metadata *usual = NULL;
    memset(&answer, 0, sizeof answer);
    if (metadata == NULL && sttp_metadata_sample(&usual) != STTP_OK) {
        return tool_library_error("cannot load the embedded sample");
    }
    if (sttp_filter_new(expression, &filter) != STTP_OK) {
        text_add(&answer.problem, "%s", sttp_last_error());
    } else {
        answer.statements = count_statements(filter);
        sttp_filter_portable(filter, &answer.portable);
        try_it(filter, metadata != NULL ? metadata : usual, metadata == NULL, &answer);
    }
    if (as_json) {
        add_object(&text, expression, metadata != NULL, &answer);
    } else {
        add_lines(&text, expression, metadata != NULL, &answer);
    }
    int result = answer.problem.length > 0 ? TOOL_FOUND : TOOL_DONE;
    if (text_write(&text, stdout) != 0) {
        tool_error("cannot write the answer");
        result = TOOL_FAILED;
    }
    text_free(&answer.problem);
    sttp_filter_free(filter);
    sttp_metadata_free(usual);
    return result;
}
