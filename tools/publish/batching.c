#include "batching.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"

/* More of them are published before their time. */
#define MOST_WAITING 65536

/* Room for so many more; 0 when there is no memory. */
static int make_room(struct batching *batching, size_t count) {
    if (batching->capacity - batching->count >= count) {
        return 1;
    }
    size_t capacity = batching->count + count > MOST_WAITING ? batching->count + count : MOST_WAITING;
    sttp_measurement *larger = (sttp_measurement *)realloc(batching->measurements, capacity * sizeof *larger);
    if (larger == NULL) {
        return 0;
    }
    batching->measurements = larger;
    batching->capacity = capacity;
    return 1;
}

double batching_due(const struct batching *batching) {
    return batching->count > 0 ? batching->due : HUGE_VAL;
}

int32_t batching_flush(struct batching *batching, void *target) {
    size_t count = batching->count;
    batching->count = 0;
    return count == 0 ? STTP_OK : batching->function(target, batching->measurements, count);
}

int32_t batching_add(struct batching *batching, void *target, publish_function *function,
                     const sttp_measurement *measurements, size_t count) {
    int32_t status = STTP_OK;
    if (batching->interval <= 0.0) {
        return function(target, measurements, count);
    }
    if (batching->count + count > MOST_WAITING) {
        status = batching_flush(batching, target);
    }
    if (status != STTP_OK || !make_room(batching, count)) {
        return status != STTP_OK ? status : function(target, measurements, count);
    }
    if (batching->count == 0) {
        batching->due = tool_clock() + batching->interval;
    }
    memcpy(batching->measurements + batching->count, measurements, count * sizeof *measurements);
    batching->count += count;
    batching->function = function;
    return STTP_OK;
}

void batching_free(struct batching *batching) {
    free(batching->measurements);
}
