/* What was found on the way to a publisher, step by step, and what to do about it: lines for people as they are known, or
 * one object in the end. */
#ifndef STTP_DIAGNOSIS_H
#define STTP_DIAGNOSIS_H

#include "../common/text.h"

enum step {
    STEP_NAME,
    STEP_ROUTE,
    STEP_CONNECT,
    STEP_TLS,
    STEP_MODES,
    STEP_METADATA,
    STEP_RIGHTS,
    STEP_SUBSCRIPTION,
    STEP_DATA,
    STEP_CLOCK,
    STEP_LOSSES,
    STEP_DEVICES,
    STEP_COUNT
};

/* `NOTED`: it works, and something is worth knowing. */
enum outcome { NOT_REACHED, GOOD, NOTED, WRONG };

struct diagnosis {
    const char *address;
    int as_json;
    enum outcome outcomes[STEP_COUNT];
    struct text found[STEP_COUNT];
    const char *advice[STEP_COUNT]; /* NULL: none */
    struct text devices;            /* an object, or empty */
    int is_cut;                     /* not everything could be looked at, which has been said */
};

/* What was found at a step, and `advice` that is valid for ever, or NULL. */
void diagnosis_add(struct diagnosis *diagnosis, enum step step, enum outcome outcome, const char *advice,
                   const char *format, ...);

/* Says what is left to say, and frees it. TOOL_DONE when nothing is wrong, TOOL_FOUND when something is, TOOL_FAILED when
 * not everything could be looked at, or there is no memory to say it. */
int diagnosis_end(struct diagnosis *diagnosis);

#endif
