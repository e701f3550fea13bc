#include "publishing.h"

#include <stdio.h>
#include <string.h>

#include "tool.h"

static void say_problem(void *user_data, int32_t level, const char *message) {
    struct publishing *publishing = (struct publishing *)user_data;
    if (level > STTP_LOG_WARNING) {
        return;
    }
    /* Each attempt to connect may meet the same problem. */
    pthread_mutex_lock(&publishing->lock);
    int is_new = strcmp(publishing->last_problem, message) != 0;
    snprintf(publishing->last_problem, sizeof publishing->last_problem, "%s", message);
    pthread_mutex_unlock(&publishing->lock);
    if (is_new) {
        tool_log(level, "%s", message);
    }
}

static void take_connected(void *user_data, const sttp_connection *connection) {
    struct publishing *publishing = (struct publishing *)user_data;
    if (connection->outgoing && publishing->has_one_peer) {
        outage_end_only(&publishing->outages);
    } else if (connection->outgoing) {
        outage_end_at(&publishing->outages, connection->address);
    }
}

static void take_reconnecting(void *user_data, const char *address, uint32_t attempt, uint32_t delay_ms) {
    struct publishing *publishing = (struct publishing *)user_data;
    outage_attempt(&publishing->outages, address, attempt, delay_ms);
}

sttp_publisher *publishing_new(struct publishing *publishing, uint64_t threads) {
    sttp_engine *engine = NULL;
    sttp_publisher *publisher = NULL;
    if (sttp_engine_new_threads((int32_t)threads, &engine) != STTP_OK) {
        tool_library_error("cannot start %llu threads", (unsigned long long)threads);
        return NULL;
    }
    int32_t status = sttp_publisher_new(engine, &publisher);
    sttp_engine_free(engine);
    if (status != STTP_OK || sttp_publisher_configure(publisher, TOOL_RECONNECT) != STTP_OK ||
        sttp_publisher_on_message(publisher, say_problem, publishing, NULL) != STTP_OK ||
        sttp_publisher_on_connected(publisher, take_connected, publishing, NULL) != STTP_OK ||
        sttp_publisher_on_reconnecting(publisher, take_reconnecting, publishing, NULL) != STTP_OK) {
        tool_library_error("cannot set up the publisher");
        sttp_publisher_free(publisher);
        return NULL;
    }
    return publisher;
}

void publishing_tell_subscribed(const sttp_connection *connection) {
    tool_tell("Subscriber %s%s%s subscribed to %llu signal%s: %s\n", connection->address,
              connection->identity[0] != '\0' ? ", " : "", connection->identity,
              (unsigned long long)connection->counters->signal_count, tool_plural(connection->counters->signal_count),
              connection->filter);
}

void publishing_tell_disconnected(const sttp_connection *connection, int32_t reason, const char *message) {
    tool_tell("Subscriber %s disconnected%s%s\n", connection->address, reason == STTP_OK ? "" : ": ", message);
}

static void say_subscribed(void *user_data, const sttp_connection *connection) {
    (void)user_data;
    publishing_tell_subscribed(connection);
}

static void say_disconnected(void *user_data, const sttp_connection *connection, int32_t reason, const char *message) {
    (void)user_data;
    publishing_tell_disconnected(connection, reason, message);
}

int publishing_tell_subscribers(sttp_publisher *publisher) {
    if (sttp_publisher_on_subscribed(publisher, say_subscribed, NULL, NULL) != STTP_OK ||
        sttp_publisher_on_disconnected(publisher, say_disconnected, NULL, NULL) != STTP_OK) {
        tool_library_error("cannot set up the publisher");
        return -1;
    }
    return 0;
}

int publishing_link_up(struct publishing *publishing, sttp_publisher *publisher, const char *listen, const char *const *peers,
                       size_t count) {
    publishing->has_one_peer = count == 1;
    if (listen != NULL && sttp_publisher_start(publisher, listen) != STTP_OK) {
        tool_error("%s (--listen chooses another address)", sttp_last_error());
        return TOOL_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        if (sttp_publisher_connect(publisher, peers[i]) != STTP_OK) {
            return tool_library_error("--connect %s", peers[i]);
        }
    }
    return TOOL_DONE;
}

void publishing_free(struct publishing *publishing) {
    outages_free(&publishing->outages);
    pthread_mutex_destroy(&publishing->lock);
}
