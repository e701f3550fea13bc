#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Signals that are no longer granted are kept, but a publisher that always has other ones does not fill the memory. */
#define MOST_WITHDRAWN (1U << 20)

/* A signal of a list, on its way to a row. */
struct listed {
    sttp_guid signal_id;
    size_t index;
};

static int compare_listed(const void *left, const void *right) {
    return memcmp(&((const struct listed *)left)->signal_id, &((const struct listed *)right)->signal_id, sizeof(sttp_guid));
}

double tally_seconds(const struct tally *tally, double end) {
    return tally->seconds + (tally->since > 0.0 ? end - tally->since : 0.0);
}

static void withdraw(struct tally *row, double now) {
    row->seconds = tally_seconds(row, now);
    row->since = 0.0;
    row->is_granted = 0;
}

/* Joins the rows that there are with those of a list, both in the order of the signal IDs. */
static void merge(struct tallies *tallies, struct tally *rows, const struct listed *listed, size_t listed_count) {
    const double now = tool_clock();
    size_t count = 0, withdrawn = 0, forgotten = 0;
    for (size_t old = 0, next = 0; old < tallies->count || next < listed_count;) {
        int order = old == tallies->count  ? 1
                    : next == listed_count ? -1
                                           : memcmp(&tallies->rows[old].signal_id, &listed[next].signal_id, sizeof(sttp_guid));
        struct tally *row = &rows[count];
        if (order > 0) {
            row->signal_id = listed[next].signal_id;
        } else {
            *row = tallies->rows[old++];
        }
        if (order < 0 && withdrawn == MOST_WITHDRAWN) {
            memset(row, 0, sizeof *row);
            forgotten++;
            continue;
        }
        if (order < 0) {
            withdraw(row, now);
            withdrawn++;
        } else {
            row->is_granted = 1;
            tallies->has_new |= row->since == 0.0;
            /* A list may have a signal twice. */
            const sttp_guid id = row->signal_id;
            for (; next < listed_count && memcmp(&listed[next].signal_id, &id, sizeof id) == 0; next++) {
                tallies->by_index[listed[next].index] = (uint32_t)count;
            }
        }
        count++;
    }
    if (forgotten > 0) {
        tool_log(STTP_LOG_WARNING, "--report leaves out %zu signal%s that the publisher no longer has", forgotten,
                 tool_plural(forgotten));
    }
    free(tallies->rows);
    tallies->rows = rows;
    tallies->count = count;
}

int tallies_set_signals(struct tallies *tallies, const sttp_signal *const *signals, size_t count) {
    struct listed *listed = (struct listed *)malloc((count + 1) * sizeof *listed);
    struct tally *rows = (struct tally *)calloc(tallies->count + count + 1, sizeof *rows);
    uint32_t *by_index = (uint32_t *)calloc(count + 1, sizeof *by_index);
    if (listed == NULL || rows == NULL || by_index == NULL) {
        tool_error("not enough memory to count what comes of %zu signals", count);
        free(listed);
        free(rows);
        free(by_index);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        listed[i].signal_id = signals[i]->signal_id;
        listed[i].index = i;
    }
    qsort(listed, count, sizeof *listed, compare_listed);
    free(tallies->by_index);
    tallies->by_index = by_index;
    tallies->index_count = count;
    merge(tallies, rows, listed, count);
    free(listed);
    return 0;
}

/* From now on they are waited for: a publisher may send nothing for a while after a subscription. */
static void begin_new(struct tallies *tallies, int64_t arrived) {
    const double now = tool_clock();
    if (tallies->since == 0.0) {
        tallies->since = now;
        tallies->began = arrived;
    }
    for (size_t i = 0; i < tallies->count; i++) {
        struct tally *row = &tallies->rows[i];
        row->since = row->is_granted && row->since == 0.0 ? now : row->since;
    }
    tallies->has_new = 0;
}

static void add_latency(struct tally *row, int64_t latency) {
    const int is_first = row->timed == 0;
    row->latency_minimum = is_first || latency < row->latency_minimum ? latency : row->latency_minimum;
    row->latency_maximum = is_first || latency > row->latency_maximum ? latency : row->latency_maximum;
    row->latency_sum += (double)latency;
    row->timed++;
}

void tallies_add(struct tallies *tallies, const sttp_measurement *measurements, size_t count, int recovered) {
    const int64_t arrived = sttp_time_now();
    if (tallies->has_new && !recovered) {
        begin_new(tallies, arrived);
    }
    for (size_t i = 0; i < count; i++) {
        const sttp_measurement *measurement = &measurements[i];
        const int64_t time = measurement->timestamp & STTP_TICKS_VALUE_MASK;
        if (measurement->signal_index >= tallies->index_count || (recovered && time < tallies->began)) {
            continue;
        }
        struct tally *row = &tallies->rows[tallies->by_index[measurement->signal_index]];
        row->measurements++;
        row->flagged += measurement->flags != 0;
        row->last = time > row->last ? time : row->last;
        if (time != 0 && !recovered) {
            add_latency(row, arrived - time);
        }
    }
}

void tallies_free(struct tallies *tallies) {
    free(tallies->rows);
    free(tallies->by_index);
    memset(tallies, 0, sizeof *tallies);
}
