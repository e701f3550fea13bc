/* The publishers that are relayed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/roles.h"
#include "../common/text.h"
#include "../common/tool.h"
#include "relay.h"

/* -- what happens to a source -- */

static void take_message(void *user_data, int32_t level, const char *message) {
    struct source *source = (struct source *)user_data;
    if (level > STTP_LOG_WARNING) {
        tool_tell("%s: %s\n", source->address, message);
    } else if (strcmp(source->last_problem, message) != 0) {
        /* Each attempt to connect may meet the same problem. */
        snprintf(source->last_problem, sizeof source->last_problem, "%s", message);
        tool_log(level, "%s: %s", source->address, message);
    }
}

static void take_connected(void *user_data, const char *address) {
    struct source *source = (struct source *)user_data;
    (void)address;
    outage_end(&source->relay->outages, source->address);
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct source *source = (struct source *)user_data;
    if (reason != STTP_OK) {
        take_message(source, STTP_LOG_WARNING, message);
    }
}

static void take_reconnecting(void *user_data, uint32_t attempt, uint32_t delay_ms) {
    struct source *source = (struct source *)user_data;
    outage_attempt(&source->relay->outages, source->address, attempt, delay_ms);
}

/* -- its signals -- */

/* Which signals others have precedence for. Behind the lock. */
static void divide(struct source *source) {
    size_t before = source->of_others;
    source->of_others = 0;
    for (size_t i = 0; i < source->signal_count; i++) {
        source->are_of_others[i] = (unsigned char)combined_is_of_another(source, &source->signals[i]);
        source->of_others += source->are_of_others[i];
    }
    if (source->of_others > 0 && source->of_others != before) {
        tool_log(STTP_LOG_WARNING, "%zu of the signals of %s come from publishers that are named before it", source->of_others,
                 source->address);
    }
}

/* A source has more or fewer signals than before, which leaves others to those behind it. Behind the lock. */
static void divide_behind(const struct source *source) {
    struct relay *relay = source->relay;
    for (size_t number = source->number + 1; number < relay->source_count; number++) {
        divide(&relay->sources[number]);
    }
}

/* Metadata come before the signals of a subscription that follows them. */
static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    struct source *source = (struct source *)user_data;
    combined_take(source, metadata);
    pthread_mutex_lock(&source->relay->lock);
    divide_behind(source);
    pthread_mutex_unlock(&source->relay->lock);
}

static void forget_signals(struct source *source) {
    free(source->granted);
    free(source->signals);
    free(source->are_of_others);
    source->granted = source->signals = NULL;
    source->are_of_others = NULL;
    source->granted_count = source->signal_count = source->of_others = 0;
}

/* Behind the lock. */
static void keep_signals(struct source *source, const sttp_signal *const *signals, size_t count) {
    forget_signals(source);
    source->granted = (sttp_guid *)malloc(count * sizeof *source->granted + 1);
    source->signals = (sttp_guid *)malloc(count * sizeof *source->signals + 1);
    source->are_of_others = (unsigned char *)malloc(count + 1);
    if (source->granted == NULL || source->signals == NULL || source->are_of_others == NULL) {
        forget_signals(source);
        tool_error("not enough memory for the signals of %s", source->address);
        return;
    }
    source->granted_count = source->signal_count = count;
    for (size_t i = 0; i < count; i++) {
        source->granted[i] = source->signals[i] = signals[i]->signal_id;
    }
    qsort(source->granted, count, sizeof *source->granted, combined_compare);
}

static void take_signals(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct source *source = (struct source *)user_data;
    (void)generation;
    pthread_mutex_lock(&source->relay->lock);
    source->has_answer = 1;
    keep_signals(source, signals, count);
    divide(source);
    divide_behind(source);
    pthread_mutex_unlock(&source->relay->lock);
    tool_tell("Subscribed to %zu signal%s of %s\n", count, tool_plural(count), source->address);
}

static void take_request_failed(void *user_data, int32_t command, const char *message) {
    struct source *source = (struct source *)user_data;
    tool_log(STTP_LOG_WARNING, "%s refused %s: %s", source->address, sttp_command_name(command), message);
    if (command == STTP_COMMAND_SUBSCRIBE) {
        pthread_mutex_lock(&source->relay->lock);
        source->has_answer = 1;
        forget_signals(source);
        divide_behind(source);
        pthread_mutex_unlock(&source->relay->lock);
    }
}

/* -- what it sends -- */

/* With `overflow=wait`, a thread of callbacks is told to come again, which here only holds up the sources. */
static int must_come_again(int32_t status) {
    const struct timespec moment = {0, 1000000};
    return status == STTP_ERR_WOULD_BLOCK && !tool_interrupted() && nanosleep(&moment, NULL) == 0;
}

static void publish(struct source *source, const sttp_measurement *measurements, size_t count) {
    int32_t status;
    do {
        status = sttp_publisher_publish(source->relay->publisher, measurements, count);
    } while (must_come_again(status));
    if (status != STTP_OK && !tool_interrupted()) {
        take_message(source, STTP_LOG_ERROR, sttp_last_error());
    }
}

static int is_of_another(const struct source *source, const sttp_measurement *measurement) {
    return measurement->signal_index < source->signal_count && source->are_of_others[measurement->signal_index];
}

static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct source *source = (struct source *)user_data;
    if (source->of_others == 0) {
        publish(source, measurements, count);
        return;
    }
    for (size_t first = 0; first < count;) {
        size_t end = first;
        while (end < count && !is_of_another(source, &measurements[end])) {
            end++;
        }
        if (end > first) {
            publish(source, measurements + first, end - first);
        }
        first = end + 1;
    }
}

static void take_block(void *user_data, const sttp_guid *signal_id, uint32_t signal_index, const uint8_t *data,
                       size_t size) {
    struct source *source = (struct source *)user_data;
    int32_t status;
    if (signal_index < source->signal_count && source->are_of_others[signal_index]) {
        return;
    }
    do {
        status = sttp_publisher_send_buffer_block(source->relay->publisher, signal_id, data, size, 0);
    } while (must_come_again(status));
    if (status != STTP_OK && !tool_interrupted()) {
        take_message(source, STTP_LOG_ERROR, sttp_last_error());
    }
}

/* -- all of it -- */

static int set_outage_log(const struct source *source) {
    const char *path = source->relay->options->outage_log;
    struct text own = {0};
    if (path == NULL) {
        return TOOL_DONE;
    }
    text_add(&own, "%s", path);
    if (source->number > 0) {
        text_add(&own, ".%zu", source->number + 1);
    }
    int32_t status = own.failed ? STTP_ERR_IO : sttp_subscriber_set(source->subscriber, STTP_SETTING_OUTAGE_LOG, own.bytes);
    text_free(&own);
    return status == STTP_OK ? TOOL_DONE : tool_library_error("--outage-log %s", path);
}

static int apply_settings(const struct source *source) {
    sttp_subscriber *subscriber = source->subscriber;
    if (sttp_subscriber_configure(subscriber, TOOL_RECONNECT) != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_SOURCE, "sttp-relay") != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_VERSION, sttp_version_text()) != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_FOLLOW_CONFIGURATION, "true") != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (options_configure(&relay_line, &settings_of_subscriber, subscriber) != TOOL_DONE ||
        set_outage_log(source) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

int source_open(struct relay *relay, size_t number, sttp_engine *engine) {
    struct source *source = &relay->sources[number];
    source->relay = relay;
    source->number = number;
    source->address = relay->options->sources[number];
    if (sttp_subscriber_new(engine, &source->subscriber) != STTP_OK) {
        return tool_library_error("cannot make a subscriber");
    }
    sttp_subscriber *subscriber = source->subscriber;
    if (sttp_subscriber_on_message(subscriber, take_message, source, NULL) != STTP_OK ||
        sttp_subscriber_on_connected(subscriber, take_connected, source, NULL) != STTP_OK ||
        sttp_subscriber_on_disconnected(subscriber, take_disconnected, source, NULL) != STTP_OK ||
        sttp_subscriber_on_reconnecting(subscriber, take_reconnecting, source, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_request_failed, source, NULL) != STTP_OK ||
        sttp_subscriber_on_metadata(subscriber, take_metadata, source, NULL) != STTP_OK ||
        sttp_subscriber_on_subscription_updated(subscriber, take_signals, source, NULL) != STTP_OK ||
        sttp_subscriber_on_measurements(subscriber, take_measurements, source, NULL) != STTP_OK ||
        sttp_subscriber_on_recovered_measurements(subscriber, take_measurements, source, NULL) != STTP_OK ||
        sttp_subscriber_on_buffer_block(subscriber, take_block, source, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (apply_settings(source) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (sttp_subscriber_connect(subscriber, source->address) != STTP_OK) {
        return tool_library_error("cannot connect to %s", source->address);
    }
    return TOOL_DONE;
}

int sources_subscribe(struct relay *relay) {
    for (size_t number = 0; number < relay->source_count; number++) {
        if (sttp_subscriber_subscribe(relay->sources[number].subscriber, relay->options->filter) != STTP_OK) {
            return tool_library_error("cannot subscribe to '%s'", relay->options->filter);
        }
    }
    return TOOL_DONE;
}

void sources_watch(struct relay *relay) {
    for (size_t number = 0; number < relay->source_count; number++) {
        struct source *source = &relay->sources[number];
        silence_watch(&source->silence, source->subscriber, source->address);
    }
}

void sources_close(struct relay *relay) {
    for (size_t number = 0; number < relay->source_count; number++) {
        struct source *source = &relay->sources[number];
        sttp_subscriber_free(source->subscriber);
        sttp_metadata_free(source->metadata);
        forget_signals(source);
    }
}
