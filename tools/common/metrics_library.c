#include "metrics_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More of them would take long to read, and have no place in a time series. */
#define MOST_CONNECTIONS 1000
#define MOST_SUBSCRIBERS 64
#define MOST_LINKS 64

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

void metrics_add_links(struct text *text, const struct metrics_link *links, size_t count) {
    struct metrics_record own[MOST_LINKS];
    struct metrics_record of_session[MOST_LINKS];
    sttp_block_link_counters counters[MOST_LINKS];
    sttp_block_link_session_counters session[MOST_LINKS];
    double is_open[MOST_LINKS];
    double has_agreed[MOST_LINKS];
    double waiting[MOST_LINKS];
    count = count < MOST_LINKS ? count : MOST_LINKS;
    for (size_t i = 0; i < count; i++) {
        sttp_block_link_info info;
        memset(&info, 0, sizeof info);
        memset(&counters[i], 0, sizeof counters[i]);
        memset(&session[i], 0, sizeof session[i]);
        sttp_block_link_statistics(links[i].link, &counters[i], sizeof counters[i], &session[i], sizeof session[i]);
        sttp_block_link_state(links[i].link, &info, sizeof info);
        is_open[i] = info.state == STTP_BLOCK_LINK_OPEN || info.state == STTP_BLOCK_LINK_RUNNING;
        has_agreed[i] = info.state == STTP_BLOCK_LINK_RUNNING;
        waiting[i] = (double)info.waiting_points;
        own[i].labels[0] = '\0';
        metrics_add_label(&own[i], "link", links[i].place);
        of_session[i] = own[i];
        own[i].counters = &counters[i];
        of_session[i].counters = &session[i];
    }
    metrics_add_counters(text, "sttp_block_link", STTP_COUNTERS_BLOCK_LINK, own, count, sizeof counters[0]);
    metrics_add_counters(text, "sttp_block_link", STTP_COUNTERS_BLOCK_LINK_SESSION, of_session, count, sizeof session[0]);
    metrics_add_values(text, "sttp_block_link_open", "1 while the link is open, else 0.", 0, own, is_open, count);
    metrics_add_values(text, "sttp_block_link_agreed", "1 while both sides have agreed how they talk, else 0.", 0, own, has_agreed,
                       count);
    metrics_add_values(text, "sttp_block_link_waiting_points", "Data points that wait to be sent.", 0, own, waiting, count);
}
