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
    if (standby->count == STANDBY_MOST) {
        const int64_t time = standby->rows[standby->first].timestamp & STTP_TICKS_VALUE_MASK;
        standby->lost = time > standby->lost ? time : standby->lost;
        standby->first = (standby->first + 1) % STANDBY_MOST;
        standby->count--;
    }
    standby->rows[(standby->first + standby->count) % STANDBY_MOST] = *measurement;
    standby->count++;
}

const sttp_measurement *standby_at(const struct standby *standby, size_t number) {
    return &standby->rows[(standby->first + number) % STANDBY_MOST];
}

void standby_move(struct standby *standby, size_t number, size_t to) {
    standby->rows[(standby->first + to) % STANDBY_MOST] = *standby_at(standby, number);
}

void standby_keep(struct standby *standby, size_t count) {
    standby->count = count;
}

void standby_clear(struct standby *standby) {
    standby->first = standby->count = 0;
    standby->lost = 0;
}

void standby_free(struct standby *standby) {
    free(standby->rows);
    standby->rows = NULL;
    standby_clear(standby);
}
