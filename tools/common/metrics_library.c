#include "metrics_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More of them would take long to read, and have no place in a time series. */
#define MOST_CONNECTIONS 1000
#define MOST_SUBSCRIBERS 64

/* The connections that are there now, which are copied because their counters are lent for a moment only. */
struct connections {
    struct metrics_record *records;
    sttp_connection_counters *counters;
    size_t count;
};

static void take_connection(void *user_data, const sttp_connection *connection) {
    struct connections *connections = (struct connections *)user_data;
    if (connections->count == MOST_CONNECTIONS) {
        return;
    }
    size_t number = connections->count++;
    struct metrics_record *record = &connections->records[number];
    char id[24];
    connections->counters[number] = *connection->counters;
    snprintf(id, sizeof id, "%llu", (unsigned long long)connection->id);
    record->counters = &connections->counters[number];
    record->labels[0] = '\0';
    metrics_add_label(record, "connection", id);
    metrics_add_label(record, "address", connection->address);
    metrics_add_label(record, "identity", connection->identity);
}

void metrics_add_publisher(struct text *text, const sttp_publisher *publisher) {
    sttp_publisher_counters counters;
    struct metrics_record record = {"", &counters};
    struct connections connections = {NULL, NULL, 0};
    if (sttp_publisher_statistics(publisher, &counters, sizeof counters) == STTP_OK) {
        metrics_add_counters(text, "sttp_publisher", STTP_COUNTERS_PUBLISHER, &record, 1, sizeof counters);
    }
    connections.records = (struct metrics_record *)calloc(MOST_CONNECTIONS, sizeof *connections.records);
    connections.counters = (sttp_connection_counters *)calloc(MOST_CONNECTIONS, sizeof *connections.counters);
    if (connections.records == NULL || connections.counters == NULL) {
        text->failed = 1;
    } else if (sttp_publisher_for_each_connection(publisher, take_connection, &connections) == STTP_OK) {
        metrics_add_counters(text, "sttp_connection", STTP_COUNTERS_CONNECTION, connections.records, connections.count,
                             sizeof *connections.counters);
    }
    free(connections.records);
    free(connections.counters);
}

void metrics_add_subscriber(struct text *text, const sttp_subscriber_counters *counters) {
    struct metrics_record record = {"", counters};
    metrics_add_counters(text, "sttp_subscriber", STTP_COUNTERS_SUBSCRIBER, &record, 1, sizeof *counters);
}

void metrics_add_subscribers(struct text *text, const char *label, const struct metrics_subscriber *subscribers, size_t count) {
    struct metrics_record records[MOST_SUBSCRIBERS];
    sttp_subscriber_counters counters[MOST_SUBSCRIBERS];
    double connected[MOST_SUBSCRIBERS];
    double subscribed[MOST_SUBSCRIBERS];
    count = count < MOST_SUBSCRIBERS ? count : MOST_SUBSCRIBERS;
    for (size_t i = 0; i < count; i++) {
        int32_t state = STTP_STATE_IDLE;
        memset(&counters[i], 0, sizeof counters[i]);
        sttp_subscriber_statistics(subscribers[i].subscriber, &counters[i], sizeof counters[i]);
        sttp_subscriber_state(subscribers[i].subscriber, &state);
        connected[i] = state == STTP_STATE_CONNECTED || state == STTP_STATE_SUBSCRIBED;
        subscribed[i] = state == STTP_STATE_SUBSCRIBED;
        records[i].labels[0] = '\0';
        records[i].counters = &counters[i];
        if (label != NULL) {
            metrics_add_label(&records[i], label, subscribers[i].name);
        }
    }
    metrics_add_counters(text, "sttp_subscriber", STTP_COUNTERS_SUBSCRIBER, records, count, sizeof counters[0]);
    metrics_add_values(text, "sttp_subscriber_connected", "1 while a publisher is connected, else 0.", 0, records, connected,
                       count);
    metrics_add_values(text, "sttp_subscriber_subscribed", "1 while the publisher has granted the subscription, else 0.", 0, records,
                       subscribed, count);
}
