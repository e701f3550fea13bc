/* What sources send, on the way to the publisher. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/tool.h"
#include "relay.h"

#define REVIEW_SECONDS 0.25

/* -- publishing -- */

/* With `overflow=wait`, a thread of callbacks is told to come again, which here only holds up the sources. */
static int must_come_again(int32_t status) {
    const struct timespec moment = {0, 1000000};
    return status == STTP_ERR_WOULD_BLOCK && !tool_interrupted() && nanosleep(&moment, NULL) == 0;
}

static void tell_failure(struct source *source, int32_t status) {
    if (status != STTP_OK && !tool_interrupted() && strcmp(source->last_problem, sttp_last_error()) != 0) {
        snprintf(source->last_problem, sizeof source->last_problem, "%s", sttp_last_error());
        tool_log(STTP_LOG_ERROR, "%s: %s", source->address, source->last_problem);
    }
}

static void publish(struct source *source, const sttp_measurement *measurements, size_t count) {
    int32_t status = STTP_OK;
    if (count == 0) {
        return;
    }
    do {
        status = sttp_publisher_publish(source->relay->publisher, measurements, count);
    } while (must_come_again(status));
    tell_failure(source, status);
}

/* Room for so many measurements; NULL after saying that there is none. */
static sttp_measurement *room_for(struct relay *relay, size_t count) {
    if (count > relay->kept_capacity) {
        sttp_measurement *grown = (sttp_measurement *)realloc(relay->kept, count * sizeof *grown);
        if (grown == NULL) {
            tool_error("not enough memory: %zu measurements are not relayed", count);
            return NULL;
        }
        relay->kept = grown;
        relay->kept_capacity = count;
    }
    return relay->kept;
}

/* -- which source a signal comes from -- */

static int64_t time_of(const sttp_measurement *measurement) {
    return measurement->timestamp & STTP_TICKS_VALUE_MASK;
}

static struct route *route_of(const struct source *source, uint32_t signal_index) {
    return signal_index < source->signal_count ? &source->relay->routes.rows[source->places[signal_index]] : NULL;
}

/* How many signals have changed from a source, or nobody, to another. */
struct change {
    size_t signals[SOURCES_MOST + 1]; /* by the source before, the last for nobody */
};

static void tell_change(const struct relay *relay, const struct source *source, const struct change *change) {
    for (size_t number = 0; number < relay->source_count; number++) {
        if (change->signals[number] > 0) {
            tool_log(STTP_LOG_WARNING, "%zu signal%s that came from %s come%s from %s now", change->signals[number],
                     tool_plural(change->signals[number]), relay->sources[number].address,
                     change->signals[number] == 1 ? "s" : "", source->address);
        }
    }
}

/* Which of its signals come from sources with precedence. */
static void tell_of_others(struct source *source) {
    size_t of_others = 0;
    for (size_t i = 0; i < source->signal_count; i++) {
        const struct route *route = &source->relay->routes.rows[source->places[i]];
        of_others += route->owner != ROUTE_NOBODY && route->owner < (int)source->number;
    }
    if (of_others > 0 && of_others != source->of_others) {
        tool_log(STTP_LOG_WARNING, "%zu of the signals of %s come from publishers that are named before it", of_others,
                 source->address);
    }
    source->of_others = of_others;
}

/* What a source has held ready of signals that come from it now, which is no longer held then. */
static size_t take_standby(struct source *source, sttp_measurement *kept) {
    const int64_t now = sttp_time_now();
    struct standby *standby = &source->standby;
    size_t count = 0;
    size_t left = 0;
    for (size_t i = 0; i < source->signal_count && standby->lost != 0; i++) {
        struct route *route = route_of(source, (uint32_t)i);
        if (route->owner == (int)source->number && !route->is_flowing) {
            route_note_lost(route, standby->lost);
        }
    }
    for (size_t i = 0; i < standby->count; i++) {
        const sttp_measurement *measurement = standby_at(standby, i);
        struct route *route = route_of(source, measurement->signal_index);
        if (route != NULL && route->owner != (int)source->number) {
            standby_move(standby, i, left++);
        } else if (route != NULL && route_take_standby(route, time_of(measurement), now)) {
            kept[count++] = *measurement;
        }
    }
    standby_keep(standby, left);
    return count;
}

/* Its metadata tell of what a source is going to have; only signals that others have granted matter. */
static void expect_signals(const struct source *source) {
    struct routes *routes = &source->relay->routes;
    size_t row = 0;
    for (size_t i = 0; i < routes->count && source->metadata != NULL; i++) {
        if (sttp_metadata_find_measurement(source->metadata, &routes->rows[i].signal_id, &row) == STTP_OK) {
            routes->rows[i].sources |= (uint64_t)1 << source->number;
        }
    }
}

static int list_signals(struct relay *relay) {
    struct route_signals signals[SOURCES_MOST];
    for (size_t number = 0; number < relay->source_count; number++) {
        signals[number].signals = relay->sources[number].signals;
        signals[number].places = relay->sources[number].places;
        signals[number].count = relay->sources[number].signal_count;
    }
    if (routes_set_signals(&relay->routes, signals, relay->source_count) != 0) {
        tool_error("not enough memory to know which signal comes from which publisher");
        for (size_t number = 0; number < relay->source_count; number++) {
            relay->sources[number].signal_count = 0;
        }
        relay->failed = 1;
        tool_wake();
        return -1;
    }
    for (size_t number = 0; number < relay->source_count; number++) {
        if (relay->sources[number].state == SOURCE_EXPECTED) {
            expect_signals(&relay->sources[number]);
        }
    }
    return 0;
}

/* Which routes have changed, as counts for the source that each has now. */
static void decide_all(struct relay *relay, struct change *changes) {
    const int64_t now = sttp_time_now();
    uint64_t steady = 0;
    uint64_t unsteady = 0;
    for (size_t number = 0; number < relay->source_count; number++) {
        const enum source_state state = relay->sources[number].state;
        steady |= (uint64_t)(state == SOURCE_STEADY || state == SOURCE_EXPECTED) << number;
        unsteady |= (uint64_t)(state == SOURCE_BACK) << number;
    }
    for (size_t i = 0; i < relay->routes.count; i++) {
        struct route *route = &relay->routes.rows[i];
        if (route_decide(route, steady, unsteady, now) && route->owner != ROUTE_NOBODY && route->owner != route->owner_before) {
            size_t before = route->owner_before == ROUTE_NOBODY ? SOURCES_MOST : (size_t)route->owner_before;
            changes[route->owner].signals[before]++;
        }
    }
}

void feed_decide(struct relay *relay) {
    struct change changes[SOURCES_MOST];
    memset(changes, 0, sizeof changes);
    pthread_mutex_lock(&relay->lock);
    int failed = list_signals(relay);
    if (!failed) {
        decide_all(relay, changes);
    }
    pthread_mutex_unlock(&relay->lock);
    if (failed) {
        return;
    }
    for (size_t number = 0; number < relay->source_count; number++) {
        struct source *source = &relay->sources[number];
        size_t count = 0;
        tell_change(relay, source, &changes[number]);
        tell_of_others(source);
        sttp_measurement *kept = source->standby.count > 0 ? room_for(relay, source->standby.count) : NULL;
        if (kept != NULL) {
            pthread_mutex_lock(&relay->lock);
            count = take_standby(source, kept);
            pthread_mutex_unlock(&relay->lock);
            publish(source, kept, count);
        }
    }
}

/* A source that was away is steady after a while, one that never answers is not waited for for ever, and what one is silent of
 * comes from another. */
static void review(struct relay *relay, double now) {
    const double patience = relay->options->patience;
    int has_changed = relay->has_silence;
    relay->has_silence = 0;
    pthread_mutex_lock(&relay->lock);
    for (size_t number = 0; number < relay->source_count; number++) {
        struct source *source = &relay->sources[number];
        if (source->state == SOURCE_BACK && now >= source->steady_at) {
            source->state = SOURCE_STEADY;
            has_changed = 1;
        } else if (source->state == SOURCE_EXPECTED && now >= relay->begun + patience) {
            source->state = SOURCE_AWAY;
            has_changed = 1;
        }
    }
    pthread_mutex_unlock(&relay->lock);
    relay->next_review = now + REVIEW_SECONDS;
    if (has_changed) {
        feed_decide(relay);
    }
}

/* -- what they send -- */

/* Another source has precedence, which may be silent. */
static void hold_ready(struct source *source, const sttp_measurement *measurement, struct route *route, int64_t now) {
    struct relay *relay = source->relay;
    standby_add(&source->standby, measurement, source->address);
    if (route->owner != ROUTE_NOBODY && relay->sources[route->owner].state != SOURCE_EXPECTED) {
        int64_t return_after = (int64_t)(relay->options->return_after * (double)ROUTE_TICKS);
        relay->has_silence |= route_hear_other(route, (int)source->number, return_after, now);
    }
}

/* Those of a packet that are to be published; the others are held ready. Behind the lock. */
static size_t choose(struct source *source, const sttp_measurement *measurements, size_t count, sttp_measurement *kept,
                     int64_t now) {
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        struct route *route = route_of(source, measurements[i].signal_index);
        if (route == NULL) {
            continue;
        }
        if (route->outgoing == (int)source->number && route_take_outgoing(route, time_of(&measurements[i]), now)) {
            kept[taken++] = measurements[i];
        } else if (route->owner != (int)source->number) {
            hold_ready(source, &measurements[i], route, now);
        } else if (route_take_live(route, time_of(&measurements[i]), now)) {
            kept[taken++] = measurements[i];
        }
    }
    return taken;
}

void feed_take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct source *source = (struct source *)user_data;
    struct relay *relay = source->relay;
    const int64_t now = sttp_time_now();
    const double clock = tool_clock();
    if (clock >= relay->next_review) {
        review(relay, clock);
    }
    sttp_measurement *kept = room_for(relay, count);
    if (kept == NULL) {
        return;
    }
    pthread_mutex_lock(&relay->lock);
    source->first_time = source->first_time == 0 ? route_whole_from(time_of(&measurements[0]), now) : source->first_time;
    tallies_add(&source->tallies, measurements, count, 0);
    size_t taken = choose(source, measurements, count, kept, now);
    pthread_mutex_unlock(&relay->lock);
    publish(source, kept, taken);
}

void feed_take_recovered(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct source *source = (struct source *)user_data;
    sttp_measurement *kept = room_for(source->relay, count);
    size_t taken = 0;
    if (kept == NULL) {
        return;
    }
    pthread_mutex_lock(&source->relay->lock);
    tallies_add(&source->tallies, measurements, count, 1);
    for (size_t i = 0; i < count; i++) {
        struct route *route = route_of(source, measurements[i].signal_index);
        if (route != NULL && route_take_recovered(route, (int)source->number, time_of(&measurements[i]))) {
            kept[taken++] = measurements[i];
        }
    }
    pthread_mutex_unlock(&source->relay->lock);
    publish(source, kept, taken);
}

void feed_take_block(void *user_data, const sttp_guid *signal_id, uint32_t signal_index, const uint8_t *data, size_t size) {
    struct source *source = (struct source *)user_data;
    const struct route *route = route_of(source, signal_index);
    int32_t status = STTP_OK;
    if (route == NULL || route->owner != (int)source->number) {
        return;
    }
    do {
        status = sttp_publisher_send_buffer_block(source->relay->publisher, signal_id, data, size, 0);
    } while (must_come_again(status));
    tell_failure(source, status);
}
