/* Which source of a relay each signal comes from, and what of it is published. */
#include "check.h"

/* A part of the program, as it is. */
#include "../../tools/relay/routes.c"

enum { FIRST, SECOND, THIRD, SIGNALS = 1000 };

/* It is now, and the same as a clock that is an hour ahead has it. */
#define NOW (INT64_C(1000000) * ROUTE_TICKS)
#define AHEAD (NOW + 3600 * ROUTE_TICKS)

static uint64_t with(int source) { return (uint64_t)1 << source; }

static struct route shared_by(uint64_t sources) {
    struct route route;
    memset(&route, 0, sizeof route);
    route.sources = sources;
    route.owner = route.owner_before = route.outgoing = route.returning = ROUTE_NOBODY;
    return route;
}

static sttp_guid signal_id(uint32_t number) {
    sttp_guid id;
    memset(&id, 0, sizeof id);
    memcpy(id.bytes, &number, sizeof number);
    return id;
}

static void decide(struct route *route, uint64_t steady, uint64_t unsteady) { route_decide(route, steady, unsteady, NOW); }

/* Something happens at a time of `seconds` after now, and is known at once. */
static int live_at(struct route *route, int seconds) {
    return route_take_live(route, NOW + seconds * ROUTE_TICKS, NOW + seconds * ROUTE_TICKS);
}

static int standby_at(struct route *route, int seconds) {
    return route_take_standby(route, NOW + seconds * ROUTE_TICKS, NOW + seconds * ROUTE_TICKS);
}

static int recovered_at(struct route *route, int source, int seconds) {
    return route_take_recovered(route, source, NOW + seconds * ROUTE_TICKS);
}

static void check_precedence(void) {
    struct route route = shared_by(with(SECOND) | with(THIRD));
    CHECK(route_decide(&route, with(FIRST) | with(SECOND) | with(THIRD), 0, NOW) && route.owner == SECOND);
    CHECK(!route_decide(&route, with(SECOND) | with(THIRD), 0, NOW));
    CHECK(route_decide(&route, with(THIRD), 0, NOW) && route.owner == THIRD);
    /* One that is back, and not steady yet, has only what nobody else has. */
    CHECK(!route_decide(&route, with(THIRD), with(SECOND), NOW));
    CHECK(route_decide(&route, with(FIRST), with(SECOND), NOW) && route.owner == SECOND);
    CHECK(route_decide(&route, with(FIRST), 0, NOW) && route.owner == ROUTE_NOBODY);
    CHECK(route_decide(&route, 0, with(SECOND) | with(THIRD), NOW) && route.owner == SECOND);
}

/* What one source has published, another does not publish again, and nothing of it is missing. */
static void check_doubles(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(live_at(&route, 100) && live_at(&route, 90) && live_at(&route, 110));
    decide(&route, with(SECOND), 0);
    /* What was held ready may be out of order. */
    CHECK(!standby_at(&route, 110) && standby_at(&route, 113) && standby_at(&route, 112) && !standby_at(&route, 100));
    CHECK(!route_take_live(&route, NOW + 110 * ROUTE_TICKS, NOW));
    CHECK(route_take_live(&route, NOW + 111 * ROUTE_TICKS, NOW + 111 * ROUTE_TICKS));
    route_decide(&route, with(FIRST) | with(SECOND), 0, NOW + 111 * ROUTE_TICKS);
    CHECK(!live_at(&route, 113) && live_at(&route, 114));

    /* A clock that was set back is not waited for longer than for a minute, however often anything is decided. */
    route_decide(&route, with(SECOND), 0, NOW + 120 * ROUTE_TICKS);
    CHECK(!route_take_live(&route, NOW, NOW + 179 * ROUTE_TICKS));
    route_decide(&route, with(SECOND), 0, NOW + 179 * ROUTE_TICKS);
    CHECK(route_take_live(&route, NOW, NOW + 180 * ROUTE_TICKS));

    /* The same source again sends nothing twice, whatever its clock does. */
    route = shared_by(with(FIRST));
    decide(&route, with(FIRST), 0);
    CHECK(live_at(&route, 100));
    decide(&route, 0, 0);
    decide(&route, with(FIRST), 0);
    CHECK(live_at(&route, 60));
}

static int outgoing_at(struct route *route, int second) {
    return route_take_outgoing(route, NOW + second * ROUTE_TICKS, NOW + second * ROUTE_TICKS);
}

/* What the one before has sent and comes behind the first of the owner is neither missing nor there twice. */
static void check_outgoing(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(SECOND), 0);
    CHECK(live_at(&route, 1) && route.outgoing == ROUTE_NOBODY);
    decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(route.owner == FIRST && route.outgoing == SECOND);
    CHECK(outgoing_at(&route, 2) && outgoing_at(&route, 3));
    CHECK(!live_at(&route, 2) && !live_at(&route, 3) && live_at(&route, 6) && live_at(&route, 7));
    CHECK(outgoing_at(&route, 4) && outgoing_at(&route, 5));
    CHECK(!route_take_recovered(&route, FIRST, NOW + 5 * ROUTE_TICKS));
    CHECK(!outgoing_at(&route, 6) && route.outgoing == ROUTE_NOBODY);

    /* One that is gone, or does not have the signal any more, sends nothing. */
    decide(&route, with(SECOND), 0);
    CHECK(route.owner == SECOND && route.outgoing == ROUTE_NOBODY);
    route.sources = with(FIRST);
    decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(route.owner == FIRST && route.outgoing == ROUTE_NOBODY);
    /* It is not waited for longer than for a minute. */
    route.sources = with(FIRST) | with(SECOND);
    decide(&route, with(SECOND), 0);
    decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(route.outgoing == SECOND && !route_take_outgoing(&route, NOW, NOW + 60 * ROUTE_TICKS));
}

/* A single time in the future, or long ago, silences nobody. */
static void check_wrong_times(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(route_take_live(&route, 1, NOW));
    CHECK(route.since == NOW);
    CHECK(live_at(&route, 1) && route_take_live(&route, AHEAD, NOW) && live_at(&route, 2));
    CHECK(route.last == NOW + 2 * ROUTE_TICKS);
    CHECK(route_take_live(&route, AHEAD, NOW + 2 * ROUTE_TICKS));
    decide(&route, with(SECOND), 0);
    CHECK(!live_at(&route, 2) && live_at(&route, 3));

    /* One that comes of the other source lets no doubles through. */
    decide(&route, with(FIRST), 0);
    CHECK(route_take_live(&route, AHEAD, NOW) && !live_at(&route, 3) && live_at(&route, 4));

    /* A clock that is ahead all the time is as good as another. */
    route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST) | with(SECOND), 0);
    for (int i = 0; i < 10; i++) {
        CHECK(route_take_live(&route, AHEAD + i * ROUTE_TICKS, NOW + i * ROUTE_TICKS));
    }
    decide(&route, with(SECOND), 0);
    CHECK(!route_take_live(&route, AHEAD + 9 * ROUTE_TICKS, NOW) && route_take_live(&route, AHEAD + 10 * ROUTE_TICKS, NOW));
    /* Until it is right again. */
    route.doubles = 0;
    CHECK(live_at(&route, 11) && route.last == NOW + 11 * ROUTE_TICKS);

    /* The first one long ago is followed by those of now: what lies between was not published. */
    route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST), 0);
    CHECK(route_take_live(&route, 1, NOW) && live_at(&route, 1) && live_at(&route, 2));
    CHECK(recovered_at(&route, SECOND, -100) && !recovered_at(&route, SECOND, 1));
}

/* What others have published, a source does not recover; what nobody has, any source does, once. */
static void check_recovered(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST) | with(SECOND), 0);
    live_at(&route, 100);
    decide(&route, with(SECOND), 0);
    CHECK(live_at(&route, 200) && live_at(&route, 201) && live_at(&route, 300));
    /* What comes later of the one that stands in is on its way. */
    CHECK(recovered_at(&route, FIRST, 150) && !recovered_at(&route, FIRST, 250) && !recovered_at(&route, FIRST, 301));
    decide(&route, with(SECOND), with(FIRST));
    decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(live_at(&route, 400));
    CHECK(recovered_at(&route, FIRST, 199) && !recovered_at(&route, FIRST, 200));
    CHECK(!recovered_at(&route, FIRST, 300) && recovered_at(&route, FIRST, 301));

    /* Away while another one has published everything; it recovers once it stands in for that. */
    route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST), 0);
    for (int i = 100; i <= 200; i++) {
        live_at(&route, i);
    }
    decide(&route, with(FIRST), with(SECOND));
    decide(&route, 0, with(SECOND));
    CHECK(live_at(&route, 205));
    CHECK(!recovered_at(&route, SECOND, 150) && !recovered_at(&route, SECOND, 200) && recovered_at(&route, SECOND, 203));

    /* Three of them, one after another: the second does not recover what the third has sent in its place. */
    route = shared_by(with(FIRST) | with(SECOND) | with(THIRD));
    decide(&route, with(FIRST) | with(SECOND) | with(THIRD), 0);
    live_at(&route, 100);
    decide(&route, with(SECOND) | with(THIRD), 0);
    live_at(&route, 200);
    decide(&route, with(THIRD), 0);
    CHECK(live_at(&route, 300) && live_at(&route, 301) && live_at(&route, 309));
    decide(&route, with(SECOND) | with(THIRD), 0);
    live_at(&route, 400);
    CHECK(!recovered_at(&route, SECOND, 305) && recovered_at(&route, SECOND, 250) && recovered_at(&route, FIRST, 150));

    /* Both were away, and the less important one is back first: the other one recovers nevertheless, and once. */
    route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST) | with(SECOND), 0);
    live_at(&route, 100);
    decide(&route, 0, 0);
    decide(&route, 0, with(SECOND));
    live_at(&route, 200);
    decide(&route, 0, with(FIRST) | with(SECOND));
    decide(&route, with(SECOND), with(FIRST));
    for (int i = 101; i < 200; i++) {
        CHECK(recovered_at(&route, FIRST, i));
    }
    CHECK(!recovered_at(&route, SECOND, 101) && !recovered_at(&route, SECOND, 199) && recovered_at(&route, FIRST, 150));

    /* Where nobody else has a signal, nothing is left out. */
    route = shared_by(with(SECOND));
    decide(&route, with(SECOND), 0);
    live_at(&route, 100);
    CHECK(recovered_at(&route, SECOND, 100) && recovered_at(&route, SECOND, 50));

    /* However many changes there were. */
    route = shared_by(with(FIRST) | with(SECOND));
    for (int i = 0; i < 3 * ROUTE_SPANS; i++) {
        decide(&route, with(i % 2), 0);
        CHECK(live_at(&route, 100 + i));
    }
    CHECK(route.span_count == ROUTE_SPANS);
    CHECK(!recovered_at(&route, FIRST, 100 + 3 * ROUTE_SPANS - 1) && recovered_at(&route, SECOND, 100 + 3 * ROUTE_SPANS - 1));
}

/* One that is connected and sends nothing of a signal that another one sends. */
static void check_silence(void) {
    const int64_t wait = 10 * ROUTE_TICKS;
    struct route route = shared_by(with(FIRST) | with(SECOND));
    const uint64_t both = with(FIRST) | with(SECOND);
    decide(&route, both, 0);
    for (int i = 0; i < 100; i++) {
        CHECK(live_at(&route, i));
        CHECK(!route_hear_other(&route, SECOND, wait, NOW + i * ROUTE_TICKS));
    }
    CHECK(!route_hear_other(&route, SECOND, wait, NOW + 103 * ROUTE_TICKS));
    CHECK(route_hear_other(&route, SECOND, wait, NOW + 104 * ROUTE_TICKS));
    CHECK(route_decide(&route, both, 0, NOW + 104 * ROUTE_TICKS) && route.owner == SECOND);
    CHECK(!standby_at(&route, 99) && standby_at(&route, 100));
    /* It sends again, and has to go on for a while. */
    CHECK(!route_hear_other(&route, FIRST, wait, NOW + 200 * ROUTE_TICKS) && route.owner == SECOND);
    CHECK(!route_hear_other(&route, FIRST, wait, NOW + 209 * ROUTE_TICKS));
    CHECK(route_hear_other(&route, FIRST, wait, NOW + 210 * ROUTE_TICKS));
    CHECK(route_decide(&route, both, 0, NOW + 210 * ROUTE_TICKS) && route.owner == FIRST);

    /* One that reports seldom is not silent because another one was first. */
    route = shared_by(both);
    decide(&route, both, 0);
    for (int i = 0; i < 10; i++) {
        CHECK(!route_hear_other(&route, SECOND, wait, NOW + (60 * i - 1) * ROUTE_TICKS));
        CHECK(live_at(&route, 60 * i));
    }

    /* A silent one is better than none, and one that was away begins anew. */
    route.silent = with(FIRST);
    CHECK(!route_decide(&route, with(FIRST), 0, NOW) && route.owner == FIRST);
    CHECK(route_decide(&route, with(SECOND), 0, NOW) && route.silent == 0);
    CHECK(route_decide(&route, both, 0, NOW) && route.owner == FIRST);
}

/* From when on everything was published: that of which the first measurement was there, whatever its time. */
static void check_whole(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    decide(&route, with(FIRST), 0);
    live_at(&route, 100);
    live_at(&route, 200);
    CHECK(route.since == NOW + 100 * ROUTE_TICKS && route.last == NOW + 200 * ROUTE_TICKS && !route.is_broken);
    decide(&route, with(SECOND), 0);
    live_at(&route, 300);
    CHECK(route.since == NOW + 100 * ROUTE_TICKS && !route.is_broken);
    decide(&route, 0, 0);
    CHECK(route.since == NOW + 100 * ROUTE_TICKS && route.last == NOW + 300 * ROUTE_TICKS && route.is_broken);
    decide(&route, 0, with(SECOND));
    live_at(&route, 400);
    CHECK(route.since == NOW + 400 * ROUTE_TICKS && !route.is_broken);
    CHECK(route_whole_from(NOW + ROUTE_TICKS, NOW) == NOW + ROUTE_TICKS);
    CHECK(route_whole_from(NOW - ROUTE_TICKS, NOW) == NOW - ROUTE_TICKS);
    CHECK(route_whole_from(NOW - 60 * ROUTE_TICKS, NOW) == NOW && route_whole_from(AHEAD, NOW) == NOW);

    /* More than could be held ready: what lies before is not known to be whole. */
    decide(&route, with(FIRST), 0);
    route_note_lost(&route, NOW + 400 * ROUTE_TICKS);
    CHECK(!route.is_broken);
    route_note_lost(&route, NOW + 401 * ROUTE_TICKS);
    CHECK(route.is_broken && live_at(&route, 500) && route.since == NOW + 500 * ROUTE_TICKS);
}

/* Signals come and go; those that stay keep what is known of them. */
static void check_signals(void) {
    struct routes routes;
    struct route_signals sources[2];
    static sttp_guid signals[2][SIGNALS];
    static uint32_t places[2][SIGNALS];
    memset(&routes, 0, sizeof routes);
    for (uint32_t i = 0; i < SIGNALS; i++) {
        signals[0][i] = signal_id(i);
        signals[1][i] = signal_id(SIGNALS - 1 + i);
    }
    for (int number = 0; number < 2; number++) {
        sources[number].signals = signals[number];
        sources[number].places = places[number];
        sources[number].count = SIGNALS;
    }
    const sttp_guid shared = signal_id(SIGNALS - 1);
    CHECK(routes_find(&routes, &shared) == NULL);
    CHECK(routes_set_signals(&routes, sources, 2) == 0);
    CHECK(routes.count == 2 * SIGNALS - 1);
    CHECK(routes_find(&routes, &shared)->sources == (with(FIRST) | with(SECOND)));
    CHECK(places[0][SIGNALS - 1] == places[1][0]);
    for (uint32_t i = 0; i < SIGNALS; i++) {
        CHECK(memcmp(&routes.rows[places[1][i]].signal_id, &signals[1][i], sizeof(sttp_guid)) == 0);
    }
    routes.rows[places[0][7]].last = 77;

    sources[0].count = 8;
    CHECK(routes_set_signals(&routes, sources, 2) == 0);
    CHECK(routes.count == SIGNALS + 8);
    CHECK(routes.rows[places[0][7]].last == 77 && routes.rows[places[0][7]].sources == with(FIRST));
    CHECK(routes_find(&routes, &signals[0][8]) == NULL);
    CHECK(routes_find(&routes, &shared)->sources == with(SECOND));
    sources[0].count = sources[1].count = 0;
    CHECK(routes_set_signals(&routes, sources, 2) == 0 && routes.count == 0);
    routes_free(&routes);
}

int main(void) {
    check_precedence();
    check_doubles();
    check_outgoing();
    check_wrong_times();
    check_recovered();
    check_silence();
    check_whole();
    check_signals();
    return check_report("test_relay_routes");
}
