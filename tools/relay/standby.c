#include "standby.h"

#include <stdlib.h>

#include "../common/tool.h"

void standby_add(struct standby *standby, const sttp_measurement *measurement, const char *address) {
    if (standby->rows == NULL && !standby->failed) {
        standby->rows = (sttp_measurement *)malloc(STANDBY_MOST * sizeof *standby->rows);
        standby->failed = standby->rows == NULL;
        if (standby->failed) {
            tool_error("not enough memory to hold measurements of %s ready", address);
        }
    }
    if (standby->rows == NULL) {
        return;
    }
    standby->rows[(standby->first + standby->count) % STANDBY_MOST] = *measurement;
    if (standby->count < STANDBY_MOST) {
        standby->count++;
    } else {
        standby->first = (standby->first + 1) % STANDBY_MOST;
    }
}

const sttp_measurement *standby_at(const struct standby *standby, size_t number) {
    return &standby->rows[(standby->first + number) % STANDBY_MOST];
}

void standby_clear(struct standby *standby) {
    standby->first = standby->count = 0;
}

void standby_free(struct standby *standby) {
    free(standby->rows);
    standby->rows = NULL;
    standby_clear(standby);
}
