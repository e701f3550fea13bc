#include "routes.h"

#include <stdlib.h>
#include <string.h>

#define EMPTY UINT32_MAX

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
        route.owner = route.owner_before = route.lost_by = ROUTE_NOBODY;
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

int route_decide(struct route *route, uint64_t steady, uint64_t unsteady) {
    int owner = first_of(route->sources & steady);
    if (owner == ROUTE_NOBODY) {
        owner = first_of(route->sources & unsteady);
    }
    const int before = route->owner;
    if (owner == before) {
        return 0;
    }
    /* The most important one that was lost: what a less important one recovers is not published while others have the signal. */
    if (before != ROUTE_NOBODY && (route->lost_by == ROUTE_NOBODY || route->lost_by >= before)) {
        route->lost_by = before;
        route->stood_in_from = route->stood_in_to = 0;
    }
    if (before != ROUTE_NOBODY) {
        route->owner_before = before;
    }
    if (owner == ROUTE_NOBODY) {
        route->is_broken = 1;
    } else if (route->owner_before != ROUTE_NOBODY && route->owner_before != owner) {
        route->doubles = route->last;
    }
    route->owner = owner;
    return 1;
}

int route_take_live(struct route *route, int64_t time) {
    if (time <= route->doubles) {
        return 0;
    }
    route->doubles = 0;
    if (route->since == 0 || route->is_broken) {
        route->since = time;
        route->is_broken = 0;
    }
    if (time > route->last) {
        route->last = time;
    }
    if (route->lost_by != ROUTE_NOBODY && route->owner != route->lost_by) {
        route->stood_in_from = route->stood_in_from == 0 || time < route->stood_in_from ? time : route->stood_in_from;
        route->stood_in_to = time > route->stood_in_to ? time : route->stood_in_to;
    }
    return 1;
}

int route_takes_recovered(const struct route *route, int source, int64_t time) {
    if (route->owner != source) {
        return 0;
    }
    return route->lost_by != source || time < route->stood_in_from || time > route->stood_in_to;
}

void routes_free(struct routes *routes) {
    free(routes->rows);
    free(routes->slots);
    memset(routes, 0, sizeof *routes);
}
