/* What subscribers ask for of the past: out of the memory of the relay where that is whole, else from the sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/text.h"
#include "../common/tool.h"
#include "relay.h"
#include "upstream.h"

/* A call of the callback waits for so long; other subscribers have their turn meanwhile. */
#define WAIT_MS 50

enum window_phase {
    WINDOW_BEGINS, /* nobody knows yet from when on the sources have something */
    WINDOW_FLOWS,  /* what sources send */
    WINDOW_RESTS,  /* what memory has behind that */
    WINDOW_ENDS,
};

/* Historical data for one subscriber. */
struct window {
    struct relay *relay;
    enum window_phase phase;
    int64_t start; /* ticks, both included */
    int64_t stop;
    int64_t whole_from; /* everything from then on is in memory */
    int64_t first;      /* what sources have before is left out, since memory has it */
    int64_t last;       /* time of the last one that was given; start - 1: none */
    int has_memory;
    int has_given;  /* something, or has left something to memory */
    int has_failed; /* something is missing that may be there later */
    const sttp_guid *signals; /* of the library, as the parameters; valid during a call */
    size_t signal_count;
    const char *parameters;
    unsigned char *asked; /* of each signal: 1 + number of the source that it is asked of; 0: none */
    uint64_t tried;       /* sources that have refused, or failed with nothing given: a bit for each */
    struct upstream *upstreams[2 * SOURCES_MOST];
    size_t upstream_count;
    struct text words; /* what is missing */
};

/* -- what is in memory -- */

static int keeps_history(const struct relay *relay) {
    char seconds[64] = "";
    return sttp_publisher_get(relay->publisher, STTP_SETTING_HISTORY_DURATION, seconds, sizeof seconds, NULL) == STTP_OK &&
           strtod(seconds, NULL) > 0.0;
}

/* From when on memory has everything of a signal up to `stop`. Of signals that nobody grants, the sources have nothing. */
static int64_t whole_from(const struct relay *relay, const sttp_guid *signal_id, int64_t stop) {
    const struct route *route = routes_find(&relay->routes, signal_id);
    if (route == NULL) {
        return INT64_MIN;
    }
    if (route->since != 0) {
        return route->is_broken && stop > route->last ? INT64_MAX : route->since;
    }
    const struct source *owner = route->owner != ROUTE_NOBODY ? &relay->sources[route->owner] : NULL;
    return owner != NULL && owner->first_time != 0 ? owner->first_time : INT64_MAX;
}

/* Begins with the memory as it is now. */
static void look_at_memory(struct window *window) {
    struct relay *relay = window->relay;
    sttp_history_extent extent;
    window->has_memory = keeps_history(relay);
    if (!window->has_memory || sttp_publisher_history_extent(relay->publisher, &extent, sizeof extent) != STTP_OK ||
        extent.measurements == 0) {
        window->whole_from = INT64_MAX;
        return;
    }
    window->whole_from = extent.dropped != 0 ? extent.dropped + 1 : INT64_MIN;
    pthread_mutex_lock(&relay->lock);
    for (size_t i = 0; i < window->signal_count; i++) {
        int64_t from = whole_from(relay, &window->signals[i], window->stop);
        window->whole_from = from > window->whole_from ? from : window->whole_from;
    }
    pthread_mutex_unlock(&relay->lock);
}

/* What memory keeps of these times comes next. */
static int32_t leave_to_memory(struct window *window, int64_t start, int64_t stop) {
    window->has_given = 1;
    return sttp_history_from_memory(start, stop);
}

/* -- asking sources -- */

static void note(struct window *window, const char *words) {
    tool_log(STTP_LOG_WARNING, "historical data for a subscriber: %s", words);
    text_add(&window->words, "%s%s", window->words.length > 0 ? "; " : "", words);
}

/* The source to ask for a signal: the first that grants it, has not been tried in vain, and is there, or else is not. */
static unsigned char choose_source(const struct window *window, const sttp_guid *signal_id) {
    const struct relay *relay = window->relay;
    const struct route *route = routes_find(&relay->routes, signal_id);
    unsigned char away = 0;
    for (size_t number = 0; route != NULL && number < relay->source_count; number++) {
        const enum source_state state = relay->sources[number].state;
        if ((route->sources & ~window->tried) >> number & 1) {
            if (state == SOURCE_STEADY || state == SOURCE_BACK) {
                return (unsigned char)(number + 1);
            }
            away = away == 0 ? (unsigned char)(number + 1) : away;
        }
    }
    return away;
}

static void ask(struct window *window, size_t number, const unsigned char *chosen, sttp_guid *wanted) {
    struct upstream_request request;
    memset(&request, 0, sizeof request);
    request.source = &window->relay->sources[number];
    request.start = window->start;
    request.stop = window->stop < window->whole_from ? window->stop : window->whole_from - 1;
    request.signals = wanted;
    request.parameters = window->parameters;
    for (size_t i = 0; i < window->signal_count; i++) {
        if (chosen[i] == number + 1) {
            wanted[request.signal_count++] = window->signals[i];
        }
    }
    if (request.signal_count == 0) {
        return;
    }
    struct upstream *upstream = window->upstream_count < sizeof window->upstreams / sizeof window->upstreams[0]
                                    ? upstream_open(&request, window->relay->history_engine)
                                    : NULL;
    if (upstream == NULL) {
        window->has_failed = 1;
        note(window, "not every publisher can be asked for them");
        return;
    }
    window->upstreams[window->upstream_count++] = upstream;
}

/* Asks for the signals that were asked of a source, 0 for those that nobody was asked for yet. Returns how many nobody else
 * can be asked for, or -1 when there is no memory. */
static long ask_others(struct window *window, unsigned char before) {
    unsigned char *chosen = (unsigned char *)calloc(window->signal_count + 1, 1);
    sttp_guid *wanted = (sttp_guid *)malloc(window->signal_count * sizeof *wanted + 1);
    long left = 0;
    if (chosen != NULL && wanted != NULL) {
        pthread_mutex_lock(&window->relay->lock);
        for (size_t i = 0; i < window->signal_count; i++) {
            if (window->asked[i] == before) {
                chosen[i] = choose_source(window, &window->signals[i]);
                window->asked[i] = chosen[i] != 0 ? chosen[i] : window->asked[i];
                left += chosen[i] == 0;
            }
        }
        pthread_mutex_unlock(&window->relay->lock);
        for (size_t number = 0; number < window->relay->source_count; number++) {
            ask(window, number, chosen, wanted);
        }
    } else {
        left = -1;
    }
    free(chosen);
    free(wanted);
    return left;
}

static void ask_all(struct window *window) {
    char words[128];
    long left = ask_others(window, 0);
    if (left != 0) {
        window->has_failed |= left < 0;
        snprintf(words, sizeof words, left < 0 ? "the relay has not enough memory" : "%ld of the signals come from no publisher",
                 left);
        note(window, words);
    }
}

static struct upstream *remove_upstream(struct window *window, size_t place) {
    struct upstream *upstream = window->upstreams[place];
    window->upstreams[place] = window->upstreams[--window->upstream_count];
    return upstream;
}

/* A source has nothing more. Others are asked in its place if it has given nothing. */
static void finish_upstream(struct window *window, size_t place, enum upstream_state state) {
    struct upstream *upstream = remove_upstream(window, place);
    const size_t number = upstream_source(upstream)->number;
    const char *words = upstream_words(upstream);
    long left = 1;
    if (state != UPSTREAM_ENDED && window->phase == WINDOW_BEGINS) {
        window->tried |= (uint64_t)1 << number;
        left = ask_others(window, (unsigned char)(number + 1));
    }
    if (left != 0 && words[0] != '\0') {
        note(window, words);
        window->has_failed |= state == UPSTREAM_FAILED;
    }
    upstream_close(upstream);
}

/* Waits until each source has something, or has ended. Zero while one has not. */
static int have_something(struct window *window, int32_t timeout_ms) {
    for (size_t place = 0; place < window->upstream_count;) {
        enum upstream_state state = upstream_wait(window->upstreams[place], timeout_ms);
        if (state == UPSTREAM_WAITS) {
            return 0;
        }
        if (state == UPSTREAM_HAS) {
            place++;
        } else {
            finish_upstream(window, place, state);
        }
    }
    return 1;
}

static int64_t time_of(const struct upstream *upstream) {
    return upstream_next(upstream)->timestamp & STTP_TICKS_VALUE_MASK;
}

/* Of the sources, that with the earliest measurement; NULL when all have ended. */
static struct upstream *earliest(const struct window *window) {
    struct upstream *found = NULL;
    for (size_t place = 0; place < window->upstream_count; place++) {
        struct upstream *upstream = window->upstreams[place];
        found = found == NULL || time_of(upstream) < time_of(found) ? upstream : found;
    }
    return found;
}

/* -- the callback -- */

static struct window *open_window(struct relay *relay, const sttp_history_window *wanted) {
    struct window *window = (struct window *)calloc(1, sizeof *window);
    if (window == NULL || (window->asked = (unsigned char *)calloc(wanted->signal_count + 1, 1)) == NULL) {
        free(window);
        return NULL;
    }
    window->relay = relay;
    window->start = wanted->start;
    window->stop = wanted->stop;
    window->last = wanted->start - 1;
    return window;
}

/* Where sources have less than memory, as after they were started anew, memory comes first. */
static int begin_flow(struct window *window) {
    const struct upstream *upstream = earliest(window);
    const int64_t behind = window->stop < window->whole_from ? window->stop : window->whole_from - 1;
    sttp_history_extent extent;
    window->phase = WINDOW_FLOWS;
    window->first = upstream != NULL ? time_of(upstream) : behind == UPSTREAM_OPEN_END ? behind : behind + 1;
    if (!window->has_memory || sttp_publisher_history_extent(window->relay->publisher, &extent, sizeof extent) != STTP_OK ||
        extent.measurements == 0 || extent.earliest >= window->first || window->start >= window->first) {
        window->first = window->start;
        return 0;
    }
    return 1;
}

/* Gives what sources have, as far as there is room. */
static int32_t flow(struct window *window, sttp_measurement *measurements, size_t capacity, size_t *count) {
    while (*count < capacity) {
        if (!have_something(window, 0)) {
            return *count == 0 ? STTP_ERR_WOULD_BLOCK : STTP_OK;
        }
        struct upstream *upstream = earliest(window);
        if (upstream == NULL) {
            window->phase = WINDOW_RESTS;
            return STTP_OK;
        }
        const int64_t time = time_of(upstream);
        if (time >= window->first && time < window->whole_from) {
            window->last = time > window->last ? time : window->last;
            window->has_given = 1;
            measurements[*count] = *upstream_next(upstream);
            measurements[(*count)++].signal_index = UINT32_MAX;
        }
        upstream_take(upstream);
    }
    return STTP_OK;
}

static int32_t end(const struct window *window) {
    if (window->words.length > 0) {
        sttp_history_tell(window->words.bytes);
    }
    return window->has_failed || (!window->has_given && window->words.length > 0) ? STTP_ERR_IO : STTP_OK;
}

static int32_t advance(struct window *window, sttp_measurement *measurements, size_t capacity, size_t *count) {
    if (window->phase <= WINDOW_FLOWS && !have_something(window, WAIT_MS)) {
        return STTP_ERR_WOULD_BLOCK;
    }
    if (window->phase == WINDOW_BEGINS && begin_flow(window)) {
        return leave_to_memory(window, window->start, window->first - 1);
    }
    if (window->phase == WINDOW_FLOWS) {
        int32_t status = flow(window, measurements, capacity, count);
        if (status != STTP_OK || *count > 0) {
            return status;
        }
    }
    if (window->phase == WINDOW_RESTS) {
        /* What a source could not give that failed on the way may be in memory. */
        const int64_t from = window->has_failed && window->last + 1 > window->first ? window->last + 1 : window->whole_from;
        window->phase = WINDOW_ENDS;
        if (window->has_memory && from <= window->stop) {
            return leave_to_memory(window, from > window->start ? from : window->start, window->stop);
        }
    }
    return end(window);
}

static int32_t read_window(void *user_data, const sttp_history_window *wanted, void **reader, sttp_measurement *measurements,
                           size_t capacity, size_t *count) {
    struct relay *relay = (struct relay *)user_data;
    struct window *window = (struct window *)*reader;
    const int is_new = window == NULL;
    *count = 0;
    if (is_new) {
        *reader = window = open_window(relay, wanted);
    }
    if (window == NULL) {
        tool_error("not enough memory to serve historical data");
        sttp_history_tell("the relay has not enough memory");
        return STTP_ERR_IO;
    }
    window->signals = wanted->signals;
    window->signal_count = wanted->signal_count;
    window->parameters = wanted->parameters;
    if (is_new) {
        look_at_memory(window);
        if (window->start >= window->whole_from) {
            window->whole_from = INT64_MIN;
            window->phase = WINDOW_RESTS;
        } else {
            ask_all(window);
        }
    }
    return advance(window, measurements, capacity, count);
}

static void close_window(void *user_data, void *reader) {
    struct window *window = (struct window *)reader;
    (void)user_data;
    if (window == NULL) {
        return;
    }
    while (window->upstream_count > 0) {
        upstream_close(remove_upstream(window, 0));
    }
    text_free(&window->words);
    free(window->asked);
    free(window);
}

int history_begin(struct relay *relay) {
    if (relay->options->own_history) {
        return TOOL_DONE;
    }
    if (sttp_engine_new(&relay->history_engine) != STTP_OK ||
        sttp_publisher_set_history_source(relay->publisher, read_window, close_window, relay, NULL) != STTP_OK) {
        return tool_library_error("cannot serve historical data");
    }
    return TOOL_DONE;
}

void history_end(struct relay *relay) {
    if (relay->publisher != NULL && relay->history_engine != NULL) {
        sttp_publisher_set_history_source(relay->publisher, NULL, NULL, NULL, NULL);
    }
    sttp_engine_free(relay->history_engine);
}
