#include "upstream.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/text.h"
#include "../common/tool.h"

#define PATIENCE_SECONDS 10.0
/* Measurements that wait to be read; while so many do, the source is not read any further. */
#define QUEUE "8192"
enum { CHUNK = 2048, WORDS_SIZE = 1024 };

/* How a publisher of this library ends historical data of which nothing is missing. */
#define ALL_SENT "All historical data were sent."

struct upstream {
    const struct source *source;
    sttp_subscriber *subscriber;
    sttp_measurement chunk[CHUNK];
    size_t count;
    size_t next;
    double waiting_since; /* of tool_clock; 0: it is not waited for */
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

static int32_t set_window(sttp_subscriber *subscriber, const struct upstream_request *request) {
    struct text settings = {0};
    int32_t status = STTP_ERR_IO;
    add_time(&settings, STTP_SETTING_START_TIME_CONSTRAINT, request->start);
    if (request->stop < UPSTREAM_OPEN_END) {
        add_time(&settings, STTP_SETTING_STOP_TIME_CONSTRAINT, request->stop);
    }
    text_add(&settings, "%s=0;%s=%s;%s=false;%s=false;%s=false", STTP_SETTING_PROCESSING_INTERVAL, STTP_SETTING_READ_QUEUE, QUEUE,
             STTP_SETTING_AUTO_RECONNECT, STTP_SETTING_SYNCHRONIZE_METADATA, STTP_SETTING_DATA_GAP_RECOVERY_ENABLED);
    if (!settings.failed) {
        status = sttp_subscriber_configure(subscriber, settings.bytes);
    }
    text_free(&settings);
    if (status == STTP_OK && request->parameters[0] != '\0') {
        status = sttp_subscriber_set(subscriber, STTP_SETTING_TIME_CONSTRAINT_PARAMETERS, request->parameters);
    }
    return status;
}

static int32_t set_signals(sttp_subscriber *subscriber, const struct upstream_request *request) {
    struct text filter = {0};
    int32_t status = STTP_ERR_IO;
    for (size_t i = 0; i < request->signal_count; i++) {
        char id[STTP_GUID_TEXT_SIZE];
        sttp_guid_format(&request->signals[i], id, sizeof id);
        text_add(&filter, "%s;", id);
    }
    if (!filter.failed) {
        status = sttp_subscriber_subscribe(subscriber, filter.bytes);
    }
    text_free(&filter);
    return status;
}

struct upstream *upstream_open(const struct upstream_request *request, sttp_engine *engine) {
    struct upstream *upstream = (struct upstream *)calloc(1, sizeof *upstream);
    if (upstream == NULL || sttp_subscriber_new(engine, &upstream->subscriber) != STTP_OK) {
        free(upstream);
        tool_error("not enough memory to ask %s for historical data", request->source->address);
        return NULL;
    }
    pthread_mutex_init(&upstream->lock, NULL);
    upstream->source = request->source;
    upstream->state = UPSTREAM_WAITS;
    upstream->wanted = request->signal_count;
    sttp_subscriber *subscriber = upstream->subscriber;
    if (source_configure(subscriber) != TOOL_DONE || set_window(subscriber, request) != STTP_OK ||
        sttp_subscriber_on_subscription_updated(subscriber, take_granted, upstream, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_failed, upstream, NULL) != STTP_OK ||
        sttp_subscriber_on_processing_complete(subscriber, take_complete, upstream, NULL) != STTP_OK ||
        set_signals(subscriber, request) != STTP_OK ||
        sttp_subscriber_connect(subscriber, request->source->address) != STTP_OK) {
        tool_library_error("cannot ask %s for historical data", request->source->address);
        upstream_close(upstream);
        return NULL;
    }
    return upstream;
}

/* -- reading -- */

static void say(struct upstream *upstream, const char *format, const char *more) {
    snprintf(upstream->words, sizeof upstream->words, format, upstream->source->address, more);
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

enum upstream_state upstream_wait(struct upstream *upstream, int32_t timeout_ms) {
    if (upstream->next < upstream->count) {
        return UPSTREAM_HAS;
    }
    if (upstream->state != UPSTREAM_WAITS) {
        return upstream->state;
    }
    upstream->next = upstream->count = 0;
    int32_t status = sttp_subscriber_read(upstream->subscriber, upstream->chunk, CHUNK, timeout_ms, &upstream->count);
    if (status == STTP_OK && upstream->count > 0) {
        upstream->waiting_since = 0.0;
        return UPSTREAM_HAS;
    }
    if (status != STTP_OK && status != STTP_ERR_TIMEOUT && status != STTP_ERR_NOT_CONNECTED) {
        return end(upstream, status, sttp_last_error());
    }
    upstream->waiting_since = upstream->waiting_since > 0.0 ? upstream->waiting_since : tool_clock();
    if (tool_clock() >= upstream->waiting_since + PATIENCE_SECONDS) {
        return end(upstream, STTP_ERR_TIMEOUT, "it has sent nothing for 10 s");
    }
    return UPSTREAM_WAITS;
}

const sttp_measurement *upstream_next(const struct upstream *upstream) {
    return &upstream->chunk[upstream->next];
}

void upstream_take(struct upstream *upstream) {
    upstream->next++;
}

const char *upstream_words(const struct upstream *upstream) {
    return upstream->words;
}

const struct source *upstream_source(const struct upstream *upstream) {
    return upstream->source;
}

void upstream_close(struct upstream *upstream) {
    sttp_subscriber_free(upstream->subscriber);
    pthread_mutex_destroy(&upstream->lock);
    free(upstream);
}
