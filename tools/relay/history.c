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
/* Seconds that sources may take to grant a window: together, from its beginning on, and each at least. Who asks this relay has
 * more patience, since it has granted the window then, and so has a subscriber that recovers. */
#define PATIENCE_OF_ALL 4.0
#define PATIENCE_LEAST 1.5
/* What is told of the end of a window. */
#define WORDS_MOST 4096

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
    double begun;   /* of tool_clock */
    const sttp_guid *signals; /* of the library, as the parameters; valid during a call */
    size_t signal_count;
    const char *parameters;
    const char *without; /* address of a source that had nothing, and nobody else either; NULL: none */
    uint64_t looked_at; /* sources of which it is known from when on they have something */
    struct upstream *upstreams[2 * SOURCES_MOST];
    size_t upstream_count;
    struct text words; /* what is missing, */
    int has_more_words; /* or the first of it */
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
    if (window->words.length + strlen(words) < WORDS_MOST) {
        text_add(&window->words, "%s%s", window->words.length > 0 ? "; " : "", words);
    } else if (!window->has_more_words) {
        window->has_more_words = 1;
        text_add(&window->words, "; and more, which is in the log of the relay");
    }
}

/* The source to ask for a signal, as 1 + its number: the first that grants it, has not been tried, and is there, or else is
 * not. 0: none. */
static unsigned char choose_source(const struct relay *relay, const sttp_guid *signal_id, uint64_t tried) {
    const struct route *route = routes_find(&relay->routes, signal_id);
    unsigned char away = 0;
    for (size_t number = 0; route != NULL && number < relay->source_count; number++) {
        const enum source_state state = relay->sources[number].state;
        if ((route->sources & ~tried) >> number & 1) {
            if (state == SOURCE_STEADY || state == SOURCE_BACK) {
                return (unsigned char)(number + 1);
            }
            away = away == 0 ? (unsigned char)(number + 1) : away;
        }
    }
    return away;
}

static void open_upstream(struct window *window, const struct upstream_request *request) {
    struct upstream *upstream = window->upstream_count < sizeof window->upstreams / sizeof window->upstreams[0]
                                    ? upstream_open(request, window->relay->history_engine)
                                    : NULL;
    if (upstream == NULL) {
        window->has_failed = 1;
        note(window, "not every publisher can be asked for them");
        return;
    }
    window->upstreams[window->upstream_count++] = upstream;
}

/* Asks for signals, each of one source that has not been tried. Returns how many nobody can be asked for, or -1 when there is
 * no memory. */
static long ask(struct window *window, const struct upstream_request *wanted) {
    struct relay *relay = window->relay;
    unsigned char *chosen = (unsigned char *)calloc(wanted->signal_count + 1, 1);
    sttp_guid *signals = (sttp_guid *)malloc(wanted->signal_count * sizeof *signals + 1);
    const double patience = window->begun + PATIENCE_OF_ALL - tool_clock();
    long left = chosen != NULL && signals != NULL ? 0 : -1;
    pthread_mutex_lock(&relay->lock);
    for (size_t i = 0; i < wanted->signal_count && left >= 0; i++) {
        chosen[i] = choose_source(relay, &wanted->signals[i], wanted->tried);
        left += chosen[i] == 0;
    }
    pthread_mutex_unlock(&relay->lock);
    for (size_t number = 0; number < relay->source_count && left >= 0; number++) {
        struct upstream_request request = *wanted;
        request.source = &relay->sources[number];
        request.tried |= (uint64_t)1 << number;
        request.patience = patience > PATIENCE_LEAST ? patience : PATIENCE_LEAST;
        request.parameters = window->parameters;
        request.signals = signals;
        request.signal_count = 0;
        for (size_t i = 0; i < wanted->signal_count; i++) {
            if (chosen[i] == number + 1) {
                signals[request.signal_count++] = wanted->signals[i];
            }
        }
        if (request.signal_count > 0) {
            open_upstream(window, &request);
        }
    }
    free(chosen);
    free(signals);
    return left;
}

static void ask_all(struct window *window) {
    struct upstream_request wanted;
    char words[128];
    memset(&wanted, 0, sizeof wanted);
    wanted.start = window->start;
    wanted.stop = window->stop < window->whole_from ? window->stop : window->whole_from - 1;
    wanted.signals = window->signals;
    wanted.signal_count = window->signal_count;
    long left = ask(window, &wanted);
    if (left != 0) {
        window->has_failed |= left < 0;
        snprintf(words, sizeof words, left < 0 ? "the relay has not enough memory" : "%ld of the signals come from no publisher",
                 left);
        note(window, words);
    }
}

static int64_t time_of(const struct upstream *upstream) {
    return upstream_next(upstream)->timestamp & STTP_TICKS_VALUE_MASK;
}

static struct upstream *remove_upstream(struct window *window, size_t place) {
    struct upstream *upstream = window->upstreams[place];
    window->upstreams[place] = window->upstreams[--window->upstream_count];
    return upstream;
}

/* A source has nothing more. Others are asked for what it has not given, if that is not everything. */
static void finish_upstream(struct window *window, size_t place, enum upstream_state state) {
    struct upstream *upstream = remove_upstream(window, place);
    struct upstream_request rest = *upstream_asked(upstream);
    const char *words = upstream_words(upstream);
    const int has_given = upstream_last(upstream) >= rest.start;
    const int has_holes = has_given && upstream_has_holes(upstream);
    long left = 1;
    rest.start = has_given ? upstream_last(upstream) + 1 : rest.start;
    if ((state != UPSTREAM_ENDED || !has_given) && rest.start <= rest.stop) {
        left = ask(window, &rest);
    }
    if ((left != 0 || has_holes) && words[0] != '\0' && !(rest.is_extra && state == UPSTREAM_REFUSED)) {
        note(window, words);
        window->has_failed |= state == UPSTREAM_FAILED;
    } else if (left != 0 && state == UPSTREAM_ENDED && !has_given && !rest.is_extra) {
        window->without = rest.source->address;
    }
    upstream_close(upstream);
}

/* Sources that cannot be asked just now. */
static uint64_t away(struct relay *relay) {
    uint64_t sources = 0;
    pthread_mutex_lock(&relay->lock);
    for (size_t number = 0; number < relay->source_count; number++) {
        const enum source_state state = relay->sources[number].state;
        sources |= (uint64_t)(state != SOURCE_STEADY && state != SOURCE_BACK) << number;
    }
    pthread_mutex_unlock(&relay->lock);
    return sources;
}

/* A source may begin later than was asked for, as one that was started anew does: others that are there are asked for what
 * lies before that. */
static void ask_for_before(struct window *window, const struct upstream *upstream) {
    struct upstream_request before = *upstream_asked(upstream);
    before.stop = time_of(upstream) - 1;
    before.tried |= away(window->relay);
    before.is_extra = 1;
    if (before.start <= before.stop) {
        ask(window, &before);
    }
}

/* Asks for what lies before the first measurements of sources, once for each of them. Nonzero if somebody was asked. */
static int look_at_first(struct window *window) {
    const size_t count = window->upstream_count;
    for (size_t place = 0; place < count && window->relay->source_count > 1; place++) {
        const struct upstream *upstream = window->upstreams[place];
        const uint64_t bit = (uint64_t)1 << upstream_asked(upstream)->source->number;
        if ((window->looked_at & bit) == 0) {
            window->looked_at |= bit;
            ask_for_before(window, upstream);
        }
    }
    return window->upstream_count > count;
}

/* Waits until each source has something, or has ended. Zero while one has not. */
static int have_something(struct window *window, int32_t timeout_ms) {
    int is_waiting = 0;
    for (size_t place = 0; place < window->upstream_count;) {
        /* All of them are waited for at the same time. */
        enum upstream_state state = upstream_wait(window->upstreams[place], is_waiting ? 0 : timeout_ms);
        if (state == UPSTREAM_HAS || state == UPSTREAM_WAITS) {
            is_waiting |= state == UPSTREAM_WAITS;
            place++;
        } else {
            finish_upstream(window, place, state);
        }
    }
    return !is_waiting;
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
    if (window == NULL) {
        return NULL;
    }
    window->relay = relay;
    window->begun = tool_clock();
    window->start = wanted->start;
    window->stop = wanted->stop;
    window->last = wanted->start - 1;
    return window;
}

/* Memory is of all signals together: where one source has nothing and others have, theirs are taken. */
static void tell_of_nothing(struct window *window) {
    char words[512];
    snprintf(words, sizeof words, "%.200s has none of these times; what this relay may have of its signals is left out",
             window->without);
    note(window, words);
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
        if (window->without != NULL && upstream != NULL && window->has_memory) {
            tell_of_nothing(window);
        }
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
    if (window->phase == WINDOW_BEGINS && look_at_first(window)) {
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
