/* The publishers that are relayed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/roles.h"
#include "../common/text.h"
#include "../common/tool.h"
#include "relay.h"

/* -- what happens to a source -- */

static void change_state(struct source *source, enum source_state state) {
    pthread_mutex_lock(&source->relay->lock);
    int has_changed = source->state != state;
    source->state = state;
    pthread_mutex_unlock(&source->relay->lock);
    if (has_changed) {
        feed_decide(source->relay);
    }
}

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
        change_state(source, SOURCE_AWAY);
    }
}

static void take_reconnecting(void *user_data, uint32_t attempt, uint32_t delay_ms) {
    struct source *source = (struct source *)user_data;
    outage_attempt(&source->relay->outages, source->address, attempt, delay_ms);
}

/* -- its signals -- */

/* Metadata come before the signals of a subscription that follows them. */
static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    struct source *source = (struct source *)user_data;
    combined_take(source, metadata);
    if (source->state == SOURCE_EXPECTED) {
        feed_decide(source->relay);
    }
}

static void forget_signals(struct source *source) {
    free(source->signals);
    free(source->places);
    source->signals = NULL;
    source->places = NULL;
    source->signal_count = 0;
    standby_clear(&source->standby);
}

/* Behind the lock. */
static void keep_signals(struct source *source, const sttp_signal *const *signals, size_t count) {
    forget_signals(source);
    source->signals = (sttp_guid *)malloc(count * sizeof *source->signals + 1);
    source->places = (uint32_t *)calloc(count + 1, sizeof *source->places);
    if (source->signals == NULL || source->places == NULL) {
        forget_signals(source);
        tool_error("not enough memory for the signals of %s", source->address);
        return;
    }
    source->signal_count = count;
    for (size_t i = 0; i < count; i++) {
        source->signals[i] = signals[i]->signal_id;
    }
}

/* A source that comes first, or comes again, has to stay for a while before it takes signals from others. */
static void note_answer(struct source *source) {
    const struct relay *relay = source->relay;
    const double now = tool_clock();
    if (source->state == SOURCE_EXPECTED && now < relay->begun + relay->options->patience) {
        source->state = SOURCE_STEADY;
    } else if (source->state == SOURCE_EXPECTED || source->state == SOURCE_AWAY) {
        source->state = SOURCE_BACK;
        source->steady_at = now + relay->options->return_after;
        source->first_time = 0;
    }
}

static void take_signals(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct source *source = (struct source *)user_data;
    (void)generation;
    pthread_mutex_lock(&source->relay->lock);
    note_answer(source);
    keep_signals(source, signals, count);
    tallies_set_signals(&source->tallies, signals, count);
    counted_note_rates(source);
    pthread_mutex_unlock(&source->relay->lock);
    feed_decide(source->relay);
    combined_review(source->relay);
    tool_tell("Subscribed to %zu signal%s of %s\n", count, tool_plural(count), source->address);
}

static void take_request_failed(void *user_data, int32_t command, const char *message) {
    struct source *source = (struct source *)user_data;
    tool_log(STTP_LOG_WARNING, "%s refused %s: %s", source->address, sttp_command_name(command), message);
    if (command == STTP_COMMAND_SUBSCRIBE) {
        pthread_mutex_lock(&source->relay->lock);
        forget_signals(source);
        pthread_mutex_unlock(&source->relay->lock);
        change_state(source, SOURCE_AWAY);
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

int source_configure(sttp_subscriber *subscriber) {
    if (sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_SOURCE, "sttp-relay") != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_VERSION, sttp_version_text()) != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    return options_configure(&relay_line, &settings_of_subscriber, subscriber);
}

static int apply_settings(const struct source *source) {
    sttp_subscriber *subscriber = source->subscriber;
    if (sttp_subscriber_configure(subscriber, TOOL_RECONNECT) != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_FOLLOW_CONFIGURATION, "true") != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    return source_configure(subscriber) == TOOL_DONE ? set_outage_log(source) : TOOL_FAILED;
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
        sttp_subscriber_on_measurements(subscriber, feed_take_measurements, source, NULL) != STTP_OK ||
        sttp_subscriber_on_recovered_measurements(subscriber, feed_take_recovered, source, NULL) != STTP_OK ||
        sttp_subscriber_on_buffer_block(subscriber, feed_take_block, source, NULL) != STTP_OK) {
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
    relay->begun = tool_clock();
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
        standby_free(&source->standby);
        tallies_free(&source->tallies);
    }
    routes_free(&relay->routes);
    free(relay->kept);
}
