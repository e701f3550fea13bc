#include "fetch.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../common/roles.h"
#include "../common/tool.h"
#include "options.h"

#define COMMAND_METADATA_REFRESH 1

/* What callbacks tell the main thread. */
struct fetch {
    pthread_mutex_t lock;
    sttp_metadata *metadata;
    int refused;
    char problem[512]; /* the latest */
};

static void note_problem(struct fetch *fetch, int refused, const char *message) {
    pthread_mutex_lock(&fetch->lock);
    fetch->refused |= refused;
    snprintf(fetch->problem, sizeof fetch->problem, "%s", message);
    pthread_mutex_unlock(&fetch->lock);
    tool_wake();
}

static void take_message(void *user_data, int32_t level, const char *message) {
    if (level <= STTP_LOG_WARNING) {
        note_problem((struct fetch *)user_data, 0, message);
    }
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    if (reason == STTP_ERR_REFUSED) {
        note_problem((struct fetch *)user_data, 1, message);
    }
}

static void take_request_failed(void *user_data, int32_t command, const char *message) {
    if (command == COMMAND_METADATA_REFRESH) {
        note_problem((struct fetch *)user_data, 1, message);
    }
}

static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    struct fetch *fetch = (struct fetch *)user_data;
    pthread_mutex_lock(&fetch->lock);
    if (fetch->metadata == NULL) {
        sttp_metadata_clone(metadata, &fetch->metadata);
    }
    pthread_mutex_unlock(&fetch->lock);
    tool_wake();
}

static int open_subscriber(sttp_subscriber *subscriber, const char *address, const char *filters,
                           struct fetch *fetch) {
    if (sttp_subscriber_set(subscriber, STTP_SETTING_METADATA_FILTERS, filters) != STTP_OK ||
        sttp_subscriber_configure(subscriber, TOOL_RECONNECT) != STTP_OK ||
        sttp_subscriber_on_message(subscriber, take_message, fetch, NULL) != STTP_OK ||
        sttp_subscriber_on_disconnected(subscriber, take_disconnected, fetch, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_request_failed, fetch, NULL) != STTP_OK ||
        sttp_subscriber_on_metadata(subscriber, take_metadata, fetch, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the connection");
    }
    if (options_configure(&metadata_line, &settings_of_subscriber, subscriber) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (sttp_subscriber_connect(subscriber, address) != STTP_OK) {
        return tool_library_error("cannot connect to %s", address);
    }
    return TOOL_DONE;
}

static int is_over(struct fetch *fetch) {
    pthread_mutex_lock(&fetch->lock);
    int over = fetch->metadata != NULL || fetch->refused;
    pthread_mutex_unlock(&fetch->lock);
    return over || tool_interrupted();
}

static void wait_for_metadata(struct fetch *fetch, double timeout) {
    double start = tool_clock();
    while (!is_over(fetch)) {
        double left = timeout == 0.0 ? 3600.0 : start + timeout - tool_clock();
        if (left <= 0.0) {
            return;
        }
        tool_wait(left);
    }
}

/* Called when there can be no callback any more. */
static void say_why_not(const struct fetch *fetch, const char *address, double timeout) {
    if (fetch->refused) {
        tool_error("%s refused to send its metadata: %s", address, fetch->problem);
    } else if (tool_interrupted()) {
        tool_error("interrupted before the metadata of %s came", address);
    } else {
        tool_error("no metadata from %s after %g seconds (--timeout S waits longer)%s%s", address, timeout,
                   fetch->problem[0] != '\0' ? ": " : "", fetch->problem);
    }
}

sttp_metadata *metadata_fetch(const char *address, const char *filters, double timeout) {
    sttp_subscriber *subscriber = NULL;
    struct fetch fetch;
    memset(&fetch, 0, sizeof fetch);
    if (sttp_subscriber_new(NULL, &subscriber) != STTP_OK) {
        tool_library_error("cannot make a connection");
        return NULL;
    }
    pthread_mutex_init(&fetch.lock, NULL);
    int result = open_subscriber(subscriber, address, filters, &fetch);
    if (result == TOOL_DONE) {
        wait_for_metadata(&fetch, timeout);
    }
    sttp_subscriber_free(subscriber);
    pthread_mutex_destroy(&fetch.lock);
    if (result == TOOL_DONE && fetch.metadata == NULL) {
        say_why_not(&fetch, address, timeout);
    }
    return fetch.metadata;
}
