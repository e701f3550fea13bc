/* Which source of a relay each signal comes from, and what of it is published. */
#include "check.h"

/* A part of the program, as it is. */
#include "../../tools/relay/routes.c"

enum { FIRST, SECOND, THIRD, SIGNALS = 1000 };

static uint64_t with(int source) { return (uint64_t)1 << source; }

static struct route shared_by(uint64_t sources) {
    struct route route;
    memset(&route, 0, sizeof route);
    route.sources = sources;
    route.owner = route.owner_before = route.lost_by = ROUTE_NOBODY;
    return route;
}

static sttp_guid signal_id(uint32_t number) {
    sttp_guid id;
    memset(&id, 0, sizeof id);
    memcpy(id.bytes, &number, sizeof number);
    return id;
}

static void check_precedence(void) {
    struct route route = shared_by(with(SECOND) | with(THIRD));
    CHECK(route_decide(&route, with(FIRST) | with(SECOND) | with(THIRD), 0) && route.owner == SECOND);
    CHECK(!route_decide(&route, with(SECOND) | with(THIRD), 0));
    CHECK(route_decide(&route, with(THIRD), 0) && route.owner == THIRD);
    /* One that is back, and not steady yet, has only what nobody else has. */
    CHECK(!route_decide(&route, with(THIRD), with(SECOND)));
    CHECK(route_decide(&route, with(FIRST), with(SECOND)) && route.owner == SECOND);
    CHECK(route_decide(&route, with(FIRST), 0) && route.owner == ROUTE_NOBODY);
    CHECK(route_decide(&route, 0, with(SECOND) | with(THIRD)) && route.owner == SECOND);
}

/* What one source has published, another does not publish again, and nothing of it is missing. */
static void check_doubles(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    route_decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(route_take_live(&route, 100) && route_take_live(&route, 90) && route_take_live(&route, 110));
    route_decide(&route, with(SECOND), 0);
    CHECK(!route_take_live(&route, 100) && !route_take_live(&route, 110));
    CHECK(route_take_live(&route, 111));
    /* Behind that, one that goes back goes its own way. */
    CHECK(route_take_live(&route, 50));
    route_decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(!route_take_live(&route, 111) && route_take_live(&route, 112));

    /* The same source again sends nothing twice, whatever its clock does. */
    route_decide(&route, 0, 0);
    route_decide(&route, with(FIRST), 0);
    CHECK(route_take_live(&route, 60));
}

/* What others have published in its place, a source does not recover; what nobody has, it does. */
static void check_recovered(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    route_decide(&route, with(FIRST) | with(SECOND), 0);
    route_take_live(&route, 100);
    route_decide(&route, with(SECOND), 0);
    CHECK(route_take_live(&route, 200) && route_take_live(&route, 300));
    CHECK(!route_takes_recovered(&route, FIRST, 150));
    route_decide(&route, with(SECOND), with(FIRST));
    route_decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(route_take_live(&route, 400));
    CHECK(route_takes_recovered(&route, FIRST, 199) && !route_takes_recovered(&route, FIRST, 200));
    CHECK(!route_takes_recovered(&route, FIRST, 300) && route_takes_recovered(&route, FIRST, 301));
    CHECK(!route_takes_recovered(&route, SECOND, 199));

    /* It is lost once more, which makes what came before it no matter. */
    route_decide(&route, with(SECOND), 0);
    CHECK(route_take_live(&route, 500));
    route_decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(route_takes_recovered(&route, FIRST, 450) && !route_takes_recovered(&route, FIRST, 500));

    /* The other one has lost it before, and more important is who comes first. */
    route = shared_by(with(FIRST) | with(SECOND));
    route_decide(&route, with(SECOND), 0);
    route_take_live(&route, 100);
    route_decide(&route, 0, 0);
    route_decide(&route, with(FIRST), 0);
    route_take_live(&route, 200);
    route_decide(&route, with(SECOND), 0);
    CHECK(route_take_live(&route, 300));
    route_decide(&route, with(FIRST) | with(SECOND), 0);
    CHECK(!route_takes_recovered(&route, FIRST, 300) && route_takes_recovered(&route, FIRST, 250));
}

/* From when on everything was published. */
static void check_whole(void) {
    struct route route = shared_by(with(FIRST) | with(SECOND));
    route_decide(&route, with(FIRST), 0);
    route_take_live(&route, 100);
    route_take_live(&route, 200);
    CHECK(route.since == 100 && route.last == 200 && !route.is_broken);
    route_decide(&route, with(SECOND), 0);
    route_take_live(&route, 300);
    CHECK(route.since == 100 && !route.is_broken);
    route_decide(&route, 0, 0);
    CHECK(route.since == 100 && route.last == 300 && route.is_broken);
    route_decide(&route, 0, with(SECOND));
    route_take_live(&route, 400);
    CHECK(route.since == 400 && !route.is_broken);
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
    check_recovered();
    check_whole();
    check_signals();
    return check_report("test_relay_routes");
}
