#include "routes.h"

#include <stdlib.h>
#include <string.h>

#define EMPTY UINT32_MAX

/* How long after a change of sources the new one may send what the old one has sent. */
#define DOUBLES (60 * ROUTE_TICKS)
/* Clocks may be ahead by so much, and measurements may take as long to come; */
#define LEAD (5 * ROUTE_TICKS)
/* times that are no further apart than that bear each other out. */
#define STEP (10 * ROUTE_TICKS)
#define RECOVERED_STEP (60 * ROUTE_TICKS)
/* The owner is silent when it has sent nothing for so long in which others have sent so many. */
#define SILENCE (5 * ROUTE_TICKS)
#define UNHEARD_LEAST 3

static size_t slot_of(const struct routes *routes, const sttp_guid *signal_id) {
    uint64_t hash = 0xCBF29CE484222325U;
    for (size_t i = 0; i < sizeof signal_id->bytes; i++) {
        hash = (hash ^ signal_id->bytes[i]) * 0x100000001B3U;
    }
    return (size_t)(hash ^ (hash >> 32)) & (routes->slot_count - 1);
}

/* The slot of a signal, or the empty one where it belongs. */
static uint32_t *find_slot(const struct routes *routes, const sttp_guid *signal_id) {
    size_t slot = slot_of(routes, signal_id);
    while (routes->slots[slot] != EMPTY &&
           memcmp(&routes->rows[routes->slots[slot]].signal_id, signal_id, sizeof *signal_id) != 0) {
        slot = (slot + 1) & (routes->slot_count - 1);
    }
    return &routes->slots[slot];
}

const struct route *routes_find(const struct routes *routes, const sttp_guid *signal_id) {
    const uint32_t *slot = routes->slot_count > 0 ? find_slot(routes, signal_id) : NULL;
    return slot != NULL && *slot != EMPTY ? &routes->rows[*slot] : NULL;
}

static struct route new_route(const struct routes *before, const sttp_guid *signal_id) {
    const struct route *known = routes_find(before, signal_id);
    struct route route;
    memset(&route, 0, sizeof route);
    if (known != NULL) {
        route = *known;
        route.sources = 0;
    } else {
        route.signal_id = *signal_id;
        route.owner = route.owner_before = route.outgoing = route.returning = ROUTE_NOBODY;
    }
    return route;
}

int routes_set_signals(struct routes *routes, const struct route_signals *sources, size_t source_count) {
    struct routes made;
    size_t most = 0;
    memset(&made, 0, sizeof made);
    for (size_t number = 0; number < source_count; number++) {
        most += sources[number].count;
    }
    for (made.slot_count = 64; made.slot_count < 2 * most; made.slot_count *= 2) {
    }
    made.rows = (struct route *)malloc((most + 1) * sizeof *made.rows);
    made.slots = (uint32_t *)malloc(made.slot_count * sizeof *made.slots);
    if (made.rows == NULL || made.slots == NULL) {
        routes_free(&made);
        return -1;
    }
    memset(made.slots, 0xFF, made.slot_count * sizeof *made.slots);
    for (size_t number = 0; number < source_count; number++) {
        for (size_t i = 0; i < sources[number].count; i++) {
            const sttp_guid *signal_id = &sources[number].signals[i];
            uint32_t *slot = find_slot(&made, signal_id);
            if (*slot == EMPTY) {
                made.rows[made.count] = new_route(routes, signal_id);
                *slot = (uint32_t)made.count++;
            }
            made.rows[*slot].sources |= (uint64_t)1 << number;
            sources[number].places[i] = *slot;
        }
    }
    routes_free(routes);
    *routes = made;
    return 0;
}

static int first_of(uint64_t sources) {
    int number = 0;
    while (number < 64 && (sources >> number & 1) == 0) {
        number++;
    }
    return number < 64 ? number : ROUTE_NOBODY;
}

int route_decide(struct route *route, uint64_t steady, uint64_t unsteady, int64_t now) {
    /* One that was away begins anew. */
    route->silent &= steady | unsteady;
    const uint64_t heard = route->sources & ~route->silent;
    const uint64_t choices[] = {heard & steady, heard & unsteady, route->sources & steady, route->sources & unsteady};
    int owner = ROUTE_NOBODY;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0] && owner == ROUTE_NOBODY; i++) {
        owner = first_of(choices[i]);
    }
    const int before = route->owner;
    if (owner == before) {
        return 0;
    }
    if (before != ROUTE_NOBODY) {
        route->owner_before = before;
    }
    const int is_there = before != ROUTE_NOBODY && ((heard & (steady | unsteady)) >> before & 1) != 0;
    route->outgoing = owner != ROUTE_NOBODY && is_there ? before : ROUTE_NOBODY;
    if (owner == ROUTE_NOBODY) {
        route->is_broken = 1;
    } else if (route->owner_before != ROUTE_NOBODY && route->owner_before != owner) {
        route->doubles = route->last;
        route->doubles_end = now + DOUBLES;
    }
    route->owner = owner;
    route->is_flowing = 0;
    route->heard = now;
    route->unheard = 0;
    return 1;
}

/* -- what was published -- */

static struct route_span *add_span(struct route *route, int source, int is_recovered, int64_t time) {
    const size_t kept = route->span_count < ROUTE_SPANS ? route->span_count : ROUTE_SPANS - 1;
    memmove(&route->spans[1], &route->spans[0], kept * sizeof route->spans[0]);
    route->span_count = kept + 1;
    route->spans[0].source = source;
    route->spans[0].is_recovered = is_recovered;
    route->spans[0].from = route->spans[0].to = time;
    return &route->spans[0];
}

/* The place of the span of what the owner sends, which recovered ones may have come before; span_count: there is none yet. */
static size_t live_place(const struct route *route) {
    size_t place = 0;
    while (place < route->span_count && route->spans[place].is_recovered) {
        place++;
    }
    return route->is_flowing ? place : route->span_count;
}

/* A time later than now is that of a clock which is ahead, or a single wrong one: only the next one beside it tells. Returns
 * zero if it may be wrong. */
static int note_last(struct route *route, int64_t time, int64_t now) {
    const int64_t limit = now + LEAD;
    const int was_ahead = route->last > limit;
    if (time <= limit) {
        route->ahead = 0;
        route->last = was_ahead || time > route->last ? time : route->last;
        return 1;
    }
    const int is_borne_out = route->ahead != 0 && time <= route->ahead + STEP && time >= route->ahead - STEP;
    route->ahead = time;
    if (is_borne_out && (time > route->last || time < route->last - STEP)) {
        route->last = time;
    }
    return is_borne_out;
}

static void note_published(struct route *route, int64_t time, int64_t now) {
    if (route->since == 0 || route->is_broken) {
        route->since = route_whole_from(time, now);
        route->is_broken = 0;
    }
    if (!note_last(route, time, now)) {
        return;
    }
    const size_t place = live_place(route);
    struct route_span *span = place < route->span_count ? &route->spans[place] : NULL;
    if (span == NULL) {
        add_span(route, route->owner, 0, time);
        route->is_flowing = 1;
    } else if (time > span->to) {
        /* A single first one that is far behind says nothing of the times between. */
        span->from = span->from == span->to && time > span->to + STEP ? time : span->from;
        span->to = time;
    } else if (time < span->from && time >= span->from - STEP) {
        span->from = time;
    }
}

int route_take_live(struct route *route, int64_t time, int64_t now) {
    route->heard = now;
    route->unheard = 0;
    route->silent &= ~((uint64_t)1 << route->owner);
    route->doubles = now < route->doubles_end ? route->doubles : 0;
    if (time <= route->doubles) {
        return 0;
    }
    if (time <= now + LEAD) {
        route->doubles = 0;
    }
    note_published(route, time, now);
    return 1;
}

int route_take_outgoing(struct route *route, int64_t time, int64_t now) {
    const size_t live = live_place(route);
    if (now >= route->doubles_end || (live < route->span_count && time >= route->spans[live].from)) {
        route->outgoing = ROUTE_NOBODY;
        return 0;
    }
    for (size_t place = 0; place < route->span_count; place++) {
        struct route_span *span = &route->spans[place];
        if (span->source == route->outgoing && !span->is_recovered) {
            span->to = time > span->to ? time : span->to;
            break;
        }
    }
    if (live == route->span_count && note_last(route, time, now) && time > route->doubles) {
        route->doubles = time;
    }
    return 1;
}

int route_take_standby(struct route *route, int64_t time, int64_t now) {
    if (time <= route->doubles) {
        return 0;
    }
    note_published(route, time, now);
    return 1;
}

void route_note_lost(struct route *route, int64_t time) {
    route->is_broken |= time > route->doubles;
}

int route_hear_other(struct route *route, int source, int64_t return_after, int64_t now) {
    const uint64_t bit = (uint64_t)1 << source;
    if ((route->silent & bit) != 0) {
        if (route->returning == ROUTE_NOBODY || source < route->returning) {
            route->returning = source;
            route->returned = now;
        }
        if (route->returning != source || now < route->returned + return_after) {
            return 0;
        }
        route->silent &= ~bit;
        route->returning = ROUTE_NOBODY;
        return 1;
    }
    if (route->owner == ROUTE_NOBODY || ++route->unheard < UNHEARD_LEAST || now < route->heard + SILENCE ||
        (route->silent >> route->owner & 1) != 0) {
        return 0;
    }
    route->silent |= (uint64_t)1 << route->owner;
    route->returning = ROUTE_NOBODY;
    return 1;
}

/* Whether another source has published what was there at a time. What a source itself has sent, it does not recover. */
static int is_published(const struct route *route, int source, int64_t time) {
    const size_t live = live_place(route);
    for (size_t place = 0; place < route->span_count; place++) {
        const struct route_span *span = &route->spans[place];
        /* What comes of the owner may be behind what another one knows already. */
        if (span->source != source && time >= span->from && (place == live || time <= span->to)) {
            return 1;
        }
    }
    return 0;
}

int route_take_recovered(struct route *route, int source, int64_t time) {
    if ((route->sources & (route->sources - 1)) == 0) {
        return 1;
    }
    if (is_published(route, source, time)) {
        return 0;
    }
    for (size_t i = 0; i < route->span_count; i++) {
        struct route_span *span = &route->spans[i];
        if (span->is_recovered && span->source == source) {
            if (time >= span->from && time <= span->to + RECOVERED_STEP) {
                span->to = time > span->to ? time : span->to;
                return 1;
            }
            break;
        }
    }
    add_span(route, source, 1, time);
    return 1;
}

int64_t route_whole_from(int64_t time, int64_t now) {
    return time >= now - LEAD && time <= now + LEAD ? time : now;
}

void routes_free(struct routes *routes) {
    free(routes->rows);
    free(routes->slots);
    memset(routes, 0, sizeof *routes);
}
