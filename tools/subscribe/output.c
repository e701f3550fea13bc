#include "output.h"

#include <pthread.h>
#include <stdlib.h>

#include "../common/tool.h"
#include "rows.h"
#include "wide.h"

/* A packet may have very many; files are not to become much larger than they may. */
#define PART_ROWS 2048

struct output {
    struct recording *recording;
    struct row_writer *rows;  /* one of both */
    struct wide_writer *wide;
    pthread_mutex_t lock; /* of what is written */
};

static int begin_rows(struct output *output, const struct output_plan *plan, const struct signal_names *names) {
    if (plan->columns.are_wide) {
        const struct wide_plan wide = {plan->as_json, plan->marks_recovered, plan->row_wait};
        output->wide = wide_new(output->recording, names, &wide);
        return output->wide != NULL ? 0 : -1;
    }
    struct columns columns = plan->columns;
    if (plan->marks_recovered) {
        columns_mark_recovered(&columns);
    }
    output->rows = rows_new(output->recording, names, &columns, plan->as_json);
    return output->rows != NULL ? rows_begin_file(output->rows) : -1;
}

struct output *output_open(const struct output_plan *plan, const struct signal_names *names) {
    struct output *output = (struct output *)calloc(1, sizeof *output);
    if (output == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    pthread_mutex_init(&output->lock, NULL);
    output->recording = recording_open(&plan->recording);
    if (output->recording == NULL || begin_rows(output, plan, names) != 0) {
        output_close(output);
        return NULL;
    }
    return output;
}

int output_set_signals(struct output *output, const sttp_signal *const *signals, size_t count) {
    if (output->wide == NULL) {
        return 0;
    }
    pthread_mutex_lock(&output->lock);
    int result = wide_set_signals(output->wide, signals, count);
    pthread_mutex_unlock(&output->lock);
    return result;
}

int output_take_names(struct output *output) {
    if (output->wide == NULL) {
        rows_forget_names(output->rows);
        return 0;
    }
    pthread_mutex_lock(&output->lock);
    int result = wide_take_names(output->wide);
    pthread_mutex_unlock(&output->lock);
    return result;
}

/* Between rows, so that files end with whole ones. */
static int turn_if_full(struct output *output) {
    if (!recording_is_full(output->recording)) {
        return 0;
    }
    if (recording_turn(output->recording) != 0) {
        return -1;
    }
    if (output->wide != NULL) {
        wide_begin_file(output->wide);
        return 0;
    }
    return rows_begin_file(output->rows);
}

/* At most PART_ROWS measurements. */
static int take_part(struct output *output, const sttp_measurement *measurements, size_t count, int recovered) {
    int error = turn_if_full(output);
    if (error != 0 || output->wide != NULL) {
        return error != 0 ? error : wide_take(output->wide, measurements, count, recovered);
    }
    for (size_t i = 0; i < count; i++) {
        rows_add(output->rows, &measurements[i], recovered);
    }
    return rows_flush(output->rows);
}

int output_take(struct output *output, const sttp_measurement *measurements, size_t count, int recovered) {
    int error = 0;
    pthread_mutex_lock(&output->lock);
    while (count > 0 && error == 0) {
        size_t part = count < PART_ROWS ? count : PART_ROWS;
        error = take_part(output, measurements, part, recovered);
        measurements += part;
        count -= part;
    }
    pthread_mutex_unlock(&output->lock);
    return error;
}

int output_tick(struct output *output) {
    pthread_mutex_lock(&output->lock);
    int error = output->wide != NULL ? wide_take(output->wide, NULL, 0, 0) : 0;
    error = error != 0 ? error : recording_tick(output->recording);
    pthread_mutex_unlock(&output->lock);
    return error;
}

const char *output_name(const struct output *output) {
    return recording_name(output->recording);
}

int output_close(struct output *output) {
    if (output == NULL) {
        return 0;
    }
    int error = output->rows != NULL ? rows_flush(output->rows) : 0;
    if (output->wide != NULL) {
        error = wide_finish(output->wide);
    }
    rows_free(output->rows);
    wide_free(output->wide);
    int closed = recording_close(output->recording);
    pthread_mutex_destroy(&output->lock);
    free(output);
    return error != 0 ? error : closed;
}
