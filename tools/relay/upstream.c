#include "upstream.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/text.h"
#include "../common/tool.h"

#define PATIENCE_SECONDS 10.0
/* So often it is asked anew without having brought anything since. */
#define FRUITLESS_MOST 2
/* Measurements that wait to be read; while so many do, the source is not read any further. */
#define QUEUE "8192"
enum { CHUNK = 2048, WORDS_SIZE = 1024 };

/* How a publisher of this library ends historical data of which nothing is missing, */
#define ALL_SENT "All historical data were sent."
/* and begins to tell that they were not taken in time: up to there, everything was sent. */
#define END_HERE "historical data end here"

struct upstream {
    struct upstream_request request; /* with memory of its own for */
    sttp_guid *signals;
    char *parameters;
    sttp_engine *engine;
    sttp_subscriber *subscriber;
    sttp_measurement chunk[CHUNK];
    size_t count;
    size_t next;
    double waiting_since; /* of tool_clock; 0: it is not waited for */
    uint64_t bytes;       /* that had come of it then */
    int has_advanced;     /* something was given since it was asked */
    int fruitless;        /* how often it was asked anew before that */
    int64_t last;         /* the newest time that was given; start - 1: none */
    sttp_guid *given;     /* signals of which something was given of that time, */
    size_t given_count;   /* so many of them */
    size_t repeated;      /* of these when it was asked anew: what comes of them again is left out */
    enum upstream_state state;
    char words[WORDS_SIZE + 256];

    pthread_mutex_t lock;
    size_t wanted;         /* signals; behind the lock, as those below */
    size_t granted;        /* of these */
    int has_failed;        /* the source said so */
    char said[WORDS_SIZE]; /* by the source, of its end or its failure */
};

/* -- what the source says; on the thread of its engine -- */

static void take_granted(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct upstream *upstream = (struct upstream *)user_data;
    (void)generation;
    (void)signals;
    pthread_mutex_lock(&upstream->lock);
    upstream->granted = count;
    pthread_mutex_unlock(&upstream->lock);
}

static void take_failed(void *user_data, int32_t command, const char *message) {
    struct upstream *upstream = (struct upstream *)user_data;
    if (command == STTP_COMMAND_SUBSCRIBE) {
        pthread_mutex_lock(&upstream->lock);
        upstream->has_failed = 1;
        snprintf(upstream->said, sizeof upstream->said, "%s", message);
        pthread_mutex_unlock(&upstream->lock);
    }
}

static void take_complete(void *user_data, const char *text) {
    struct upstream *upstream = (struct upstream *)user_data;
    pthread_mutex_lock(&upstream->lock);
    if (!upstream->has_failed && strcmp(text, ALL_SENT) != 0) {
        snprintf(upstream->said, sizeof upstream->said, "%s", text);
    }
    pthread_mutex_unlock(&upstream->lock);
}

/* -- asking -- */

static void add_time(struct text *text, const char *key, int64_t ticks) {
    char time[STTP_TIME_TEXT_SIZE] = "";
    sttp_time_format(ticks, time, sizeof time);
    /* As every implementation reads it. */
    char *letter = strchr(time, 'T');
    char *zone = strchr(time, 'Z');
    if (letter != NULL) {
        *letter = ' ';
    }
    if (zone != NULL) {
        *zone = '\0';
    }
    text_add(text, "%s={%s};", key, time);
}

static int32_t set_window(const struct upstream *upstream) {
    sttp_subscriber *subscriber = upstream->subscriber;
    struct text settings = {0};
    int32_t status = STTP_ERR_IO;
    add_time(&settings, STTP_SETTING_START_TIME_CONSTRAINT,
             upstream->last < upstream->request.start ? upstream->request.start : upstream->last);
    if (upstream->request.stop < UPSTREAM_OPEN_END) {
        add_time(&settings, STTP_SETTING_STOP_TIME_CONSTRAINT, upstream->request.stop);
    }
    text_add(&settings, "%s=0;%s=%s;%s=false;%s=false;%s=false", STTP_SETTING_PROCESSING_INTERVAL, STTP_SETTING_READ_QUEUE, QUEUE,
             STTP_SETTING_AUTO_RECONNECT, STTP_SETTING_SYNCHRONIZE_METADATA, STTP_SETTING_DATA_GAP_RECOVERY_ENABLED);
    if (!settings.failed) {
        status = sttp_subscriber_configure(subscriber, settings.bytes);
    }
    text_free(&settings);
    if (status == STTP_OK && upstream->parameters[0] != '\0') {
        status = sttp_subscriber_set(subscriber, STTP_SETTING_TIME_CONSTRAINT_PARAMETERS, upstream->parameters);
    }
    return status;
}

static int32_t set_signals(const struct upstream *upstream) {
    struct text filter = {0};
    int32_t status = STTP_ERR_IO;
    for (size_t i = 0; i < upstream->wanted; i++) {
        char id[STTP_GUID_TEXT_SIZE];
        sttp_guid_format(&upstream->signals[i], id, sizeof id);
        text_add(&filter, "%s;", id);
    }
    if (!filter.failed) {
        status = sttp_subscriber_subscribe(upstream->subscriber, filter.bytes);
    }
    text_free(&filter);
    return status;
}

/* Asks for everything from the newest time on that was given. 0, or -1 after saying why that cannot be done. */
static int begin(struct upstream *upstream) {
    const char *address = upstream->request.source->address;
    upstream->granted = 0;
    upstream->has_failed = 0;
    upstream->said[0] = '\0';
    upstream->has_advanced = 0;
    upstream->repeated = upstream->given_count;
    upstream->bytes = 0;
    upstream->waiting_since = tool_clock();
    if (sttp_subscriber_new(upstream->engine, &upstream->subscriber) != STTP_OK) {
        upstream->subscriber = NULL;
        tool_error("not enough memory to ask %s for historical data", address);
        return -1;
    }
    sttp_subscriber *subscriber = upstream->subscriber;
    if (source_configure(subscriber) != TOOL_DONE || set_window(upstream) != STTP_OK ||
        sttp_subscriber_on_subscription_updated(subscriber, take_granted, upstream, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_failed, upstream, NULL) != STTP_OK ||
        sttp_subscriber_on_processing_complete(subscriber, take_complete, upstream, NULL) != STTP_OK ||
        set_signals(upstream) != STTP_OK || sttp_subscriber_connect(subscriber, address) != STTP_OK) {
        tool_library_error("cannot ask %s for historical data", address);
        return -1;
    }
    return 0;
}

static int keep_request(struct upstream *upstream, const struct upstream_request *request) {
    const size_t size = request->signal_count * sizeof *request->signals;
    const size_t length = strlen(request->parameters) + 1;
    upstream->signals = (sttp_guid *)malloc(size + 1);
    upstream->given = (sttp_guid *)malloc(size + 1);
    upstream->parameters = (char *)malloc(length);
    if (upstream->signals == NULL || upstream->given == NULL || upstream->parameters == NULL) {
        tool_error("not enough memory to ask %s for historical data", request->source->address);
        return -1;
    }
    memcpy(upstream->signals, request->signals, size);
    memcpy(upstream->parameters, request->parameters, length);
    upstream->request = *request;
    upstream->request.signals = upstream->signals;
    upstream->request.parameters = upstream->parameters;
    upstream->last = request->start - 1;
    upstream->wanted = request->signal_count;
    return 0;
}

struct upstream *upstream_open(const struct upstream_request *request, sttp_engine *engine) {
    struct upstream *upstream = (struct upstream *)calloc(1, sizeof *upstream);
    if (upstream == NULL) {
        tool_error("not enough memory to ask %s for historical data", request->source->address);
        return NULL;
    }
    pthread_mutex_init(&upstream->lock, NULL);
    upstream->engine = engine;
    upstream->state = UPSTREAM_WAITS;
    if (keep_request(upstream, request) != 0 || begin(upstream) != 0) {
        upstream_close(upstream);
        return NULL;
    }
    return upstream;
}

/* -- reading -- */

static void say(struct upstream *upstream, const char *format, const char *more) {
    snprintf(upstream->words, sizeof upstream->words, format, upstream->request.source->address, more);
    size_t length = strlen(upstream->words);
    while (length > 0 && (upstream->words[length - 1] == '.' || upstream->words[length - 1] == '\n')) {
        upstream->words[--length] = '\0';
    }
}

/* Nothing will come any more. `problem` is the library's sentence. */
static enum upstream_state end(struct upstream *upstream, int32_t status, const char *problem) {
    pthread_mutex_lock(&upstream->lock);
    if (upstream->has_failed) {
        say(upstream, upstream->granted > 0 ? "%s: %s" : "%s gives none: %s", upstream->said);
        upstream->state = upstream->granted > 0 ? UPSTREAM_FAILED : UPSTREAM_REFUSED;
    } else if (status == STTP_ERR_COMPLETE) {
        if (upstream->said[0] != '\0') {
            say(upstream, "%s: %s", upstream->said);
        } else if (upstream->granted < upstream->wanted) {
            say(upstream, "%s does not grant all of the signals%s", "");
        }
        upstream->state = UPSTREAM_ENDED;
    } else {
        say(upstream, "%s: %s", problem);
        upstream->state = status == STTP_ERR_NO_SIGNALS ? UPSTREAM_REFUSED : UPSTREAM_FAILED;
    }
    pthread_mutex_unlock(&upstream->lock);
    return upstream->state;
}

int upstream_has_holes(struct upstream *upstream) {
    pthread_mutex_lock(&upstream->lock);
    const int has_holes = upstream->has_failed && strncmp(upstream->said, END_HERE, strlen(END_HERE)) != 0;
    pthread_mutex_unlock(&upstream->lock);
    return has_holes;
}

/* The source cannot go on: asks anew for what is behind that which it has brought. Nonzero if it does. */
static int resume(struct upstream *upstream, int32_t status) {
    pthread_mutex_lock(&upstream->lock);
    const int has_ended = status == STTP_ERR_COMPLETE && !upstream->has_failed;
    /* What had come and was not read when the connection broke has to come again. */
    const int has_broken_off = status == STTP_ERR_CLOSED && upstream->granted > 0 && upstream->fruitless < FRUITLESS_MOST;
    pthread_mutex_unlock(&upstream->lock);
    if (has_ended || upstream_has_holes(upstream) || (!upstream->has_advanced && !has_broken_off) || tool_interrupted()) {
        return 0;
    }
    upstream->fruitless = upstream->has_advanced ? 0 : upstream->fruitless + 1;
    sttp_subscriber_free(upstream->subscriber);
    upstream->subscriber = NULL;
    return begin(upstream) == 0;
}

/* How long to wait for it yet; less than zero: no longer. */
static double patience_left(struct upstream *upstream) {
    sttp_subscriber_counters counters;
    const double now = tool_clock();
    memset(&counters, 0, sizeof counters);
    sttp_subscriber_statistics(upstream->subscriber, &counters, sizeof counters);
    pthread_mutex_lock(&upstream->lock);
    const int is_granted = upstream->granted > 0;
    pthread_mutex_unlock(&upstream->lock);
    if (upstream->waiting_since == 0.0 || (!is_granted && counters.bytes_received != upstream->bytes)) {
        upstream->bytes = counters.bytes_received;
        upstream->waiting_since = now;
    }
    return upstream->waiting_since + (is_granted ? PATIENCE_SECONDS : upstream->request.patience) - now;
}

/* Leaves out what was given before it was asked anew. Nonzero if something is left. */
static int skip_given(struct upstream *upstream) {
    while (upstream->next < upstream->count) {
        const sttp_measurement *next = upstream_next(upstream);
        const int64_t time = next->timestamp & STTP_TICKS_VALUE_MASK;
        int is_given = upstream->repeated > 0 && time < upstream->last;
        for (size_t i = 0; i < upstream->repeated && time == upstream->last && !is_given; i++) {
            is_given = memcmp(&upstream->given[i], &next->signal_id, sizeof next->signal_id) == 0;
        }
        if (!is_given) {
            return 1;
        }
        upstream->next++;
    }
    return 0;
}

enum upstream_state upstream_wait(struct upstream *upstream, int32_t timeout_ms) {
    if (skip_given(upstream)) {
        return UPSTREAM_HAS;
    }
    if (upstream->state != UPSTREAM_WAITS) {
        return upstream->state;
    }
    upstream->next = upstream->count = 0;
    int32_t status = sttp_subscriber_read(upstream->subscriber, upstream->chunk, CHUNK, timeout_ms, &upstream->count);
    if (status == STTP_OK && upstream->count > 0) {
        upstream->waiting_since = 0.0;
        return skip_given(upstream) ? UPSTREAM_HAS : UPSTREAM_WAITS;
    }
    if (status != STTP_OK && status != STTP_ERR_TIMEOUT && status != STTP_ERR_NOT_CONNECTED) {
        char problem[WORDS_SIZE];
        snprintf(problem, sizeof problem, "%s", sttp_last_error());
        return resume(upstream, status) ? UPSTREAM_WAITS : end(upstream, status, problem);
    }
    if (patience_left(upstream) <= 0.0) {
        return end(upstream, STTP_ERR_TIMEOUT, "it has sent nothing for a while");
    }
    return UPSTREAM_WAITS;
}

const sttp_measurement *upstream_next(const struct upstream *upstream) {
    return &upstream->chunk[upstream->next];
}

void upstream_take(struct upstream *upstream) {
    const sttp_measurement *taken = &upstream->chunk[upstream->next++];
    const int64_t time = taken->timestamp & STTP_TICKS_VALUE_MASK;
    upstream->has_advanced = 1;
    if (time > upstream->last) {
        upstream->last = time;
        upstream->given_count = upstream->repeated = 0;
    }
    if (time == upstream->last && upstream->given_count < upstream->wanted) {
        upstream->given[upstream->given_count++] = taken->signal_id;
    }
}

const char *upstream_words(const struct upstream *upstream) {
    return upstream->words;
}

const struct upstream_request *upstream_asked(const struct upstream *upstream) {
    return &upstream->request;
}

int64_t upstream_last(const struct upstream *upstream) {
    return upstream->last;
}

void upstream_close(struct upstream *upstream) {
    sttp_subscriber_free(upstream->subscriber);
    pthread_mutex_destroy(&upstream->lock);
    free(upstream->signals);
    free(upstream->given);
    free(upstream->parameters);
    free(upstream);
}
