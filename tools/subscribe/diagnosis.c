#include "diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../common/tool.h"

static const char *const names[STEP_COUNT] = {
    "name",   "route",        "connect", "tls",   "modes",  "metadata",
    "rights", "subscription", "data",    "clock", "losses", "devices",
};

static const char *const outcomes[] = {"not reached", "good", "noted", "wrong"};

void diagnosis_add(struct diagnosis *diagnosis, enum step step, enum outcome outcome, const char *advice,
                   const char *format, ...) {
    char found[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(found, sizeof found, format, arguments);
    va_end(arguments);
    text_free(&diagnosis->found[step]);
    text_add(&diagnosis->found[step], "%s", found);
    diagnosis->outcomes[step] = outcome;
    diagnosis->advice[step] = advice;
    if (!diagnosis->as_json) {
        struct text line = {0};
        text_add(&line, "%-5s  %-12s  ", outcomes[outcome], names[step]);
        text_add_shown(&line, found);
        text_add(&line, "\n");
        if (advice != NULL) {
            text_add(&line, "%-5s  %-12s  -> %s\n", "", "", advice);
        }
        tool_say("%s", line.failed ? "" : line.bytes);
        text_free(&line);
    }
}

static int is_wrong(const struct diagnosis *diagnosis) {
    for (int step = 0; step < STEP_COUNT; step++) {
        if (diagnosis->outcomes[step] == WRONG) {
            return 1;
        }
    }
    return 0;
}

static void add_step(struct text *text, const struct diagnosis *diagnosis, int step) {
    text_add(text, "%s{\"step\":\"%s\",\"outcome\":\"%s\",\"found\":", step > 0 ? "," : "", names[step],
             outcomes[diagnosis->outcomes[step]]);
    text_add_json_or_null(text, diagnosis->found[step].bytes);
    text_add(text, ",\"advice\":");
    text_add_json_or_null(text, diagnosis->advice[step]);
    text_add(text, "}");
}

/* What it comes to: where something is left, nobody knows that all is good. */
static enum outcome outcome_of(const struct diagnosis *diagnosis) {
    return is_wrong(diagnosis) ? WRONG : diagnosis->is_cut ? NOT_REACHED : GOOD;
}

/* TOOL_DONE, or TOOL_FAILED after saying why. */
static int say_object(const struct diagnosis *diagnosis) {
    struct text text = {0};
    int result = TOOL_DONE;
    text_add(&text, "{\"address\":");
    text_add_json(&text, diagnosis->address);
    text_add(&text, ",\"outcome\":\"%s\",\"steps\":[", outcomes[outcome_of(diagnosis)]);
    for (int step = 0; step < STEP_COUNT; step++) {
        add_step(&text, diagnosis, step);
    }
    text_add(&text, "],\"devices\":%s}\n", diagnosis->devices.bytes != NULL ? diagnosis->devices.bytes : "null");
    if (!text.failed) {
        tool_say("%s", text.bytes);
    } else {
        tool_error("not enough memory");
        result = TOOL_FAILED;
    }
    text_free(&text);
    return result;
}

static void say_end(const struct diagnosis *diagnosis) {
    const enum outcome outcome = outcome_of(diagnosis);
    tool_say(outcome == WRONG ? "Something is wrong: see above\n"
             : outcome == GOOD ? "Nothing is wrong\n"
                               : "Not everything was looked at\n");
}

int diagnosis_end(struct diagnosis *diagnosis) {
    int result = diagnosis->is_cut ? TOOL_FAILED : is_wrong(diagnosis) ? TOOL_FOUND : TOOL_DONE;
    if (!diagnosis->as_json) {
        say_end(diagnosis);
    } else if (say_object(diagnosis) != TOOL_DONE) {
        result = TOOL_FAILED;
    }
    for (int step = 0; step < STEP_COUNT; step++) {
        text_free(&diagnosis->found[step]);
    }
    text_free(&diagnosis->devices);
    return result;
}
