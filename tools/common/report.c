#include "report.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

#define TICKS_PER_SECOND 1e7
#define TEXT_SIZE 128

/* Connections beyond this are counted only: who connects again and again must not fill the memory. */
#define MOST_CONNECTIONS 1000

/* A connection with room for its texts. */
struct connection_report {
    sttp_connection connection;
    sttp_connection_counters counters;
    char address[TEXT_SIZE];
    char identity[TEXT_SIZE];
};

struct connection_reports {
    pthread_mutex_t lock;
    struct connection_report *reports;
    size_t count;
    size_t capacity;
    uint64_t left_out;
};

/* -- connections -- */

struct connection_reports *connection_reports_new(void) {
    struct connection_reports *reports = (struct connection_reports *)calloc(1, sizeof *reports);
    if (reports != NULL) {
        pthread_mutex_init(&reports->lock, NULL);
    }
    return reports;
}

void connection_reports_free(struct connection_reports *reports) {
    if (reports != NULL) {
        pthread_mutex_destroy(&reports->lock);
        free(reports->reports);
        free(reports);
    }
}

/* The place of a connection, perhaps a new one; NULL if there is none for it. */
static struct connection_report *find_place(struct connection_reports *reports, uint64_t id) {
    for (size_t i = 0; i < reports->count; i++) {
        if (reports->reports[i].connection.id == id) {
            return &reports->reports[i];
        }
    }
    if (reports->count == reports->capacity && reports->count < MOST_CONNECTIONS) {
        size_t capacity = reports->capacity + reports->capacity / 2 + 8;
        void *grown = realloc(reports->reports, capacity * sizeof *reports->reports);
        if (grown != NULL) {
            reports->reports = (struct connection_report *)grown;
            reports->capacity = capacity;
        }
    }
    if (reports->count == reports->capacity || reports->count >= MOST_CONNECTIONS) {
        return NULL;
    }
    return &reports->reports[reports->count++];
}

void connection_reports_take(void *user_data, const sttp_connection *connection) {
    struct connection_reports *reports = (struct connection_reports *)user_data;
    pthread_mutex_lock(&reports->lock);
    struct connection_report *place = find_place(reports, connection->id);
    if (place != NULL) {
        place->connection = *connection;
        place->counters = *connection->counters;
        snprintf(place->address, sizeof place->address, "%s", connection->address);
        snprintf(place->identity, sizeof place->identity, "%s", connection->identity);
    } else {
        reports->left_out++;
    }
    pthread_mutex_unlock(&reports->lock);
}

/* -- JSON -- */

static void print_count(const char *name, uint64_t count) {
    fprintf(stderr, ",\"%s\":%llu", name, (unsigned long long)count);
}

/* Every counter of a record, those too that the library has and this program does not know of yet. */
void report_print_counters(const char *name, int32_t record, const void *counters, size_t size, int is_first) {
    fprintf(stderr, "%s\"%s\":{", is_first ? "" : ",", name);
    sttp_counter counter;
    for (size_t row = 0; sttp_counter_at(record, row, &counter, sizeof counter) == STTP_OK; row++) {
        const char *value = (const char *)counters + counter.offset;
        uint64_t integer = 0;
        double number = 0.0;
        if (counter.offset + sizeof integer > size) {
            break;
        }
        memcpy(&integer, value, sizeof integer);
        memcpy(&number, value, sizeof number);
        fprintf(stderr, "%s\"%s\":", row == 0 ? "" : ",", counter.name);
        if (counter.type == STTP_TYPE_DOUBLE) {
            fprintf(stderr, "%.1f", number);
        } else {
            fprintf(stderr, "%llu", (unsigned long long)integer);
        }
    }
    fputc('}', stderr);
}

/* A peer may name itself as it likes. What is cut within a character, or no text, becomes question marks. */
static void print_text(const char *name, const char *text) {
    fprintf(stderr, ",\"%s\":\"", name);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte >= 0x7F) {
            fputc('?', stderr);
        } else {
            fprintf(stderr, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
        }
    }
    fputc('"', stderr);
}

/* Seconds. */
static void print_latency(const sttp_latency *latency) {
    fprintf(stderr, ",\"latency\":{\"measurements\":%llu,\"minimum\":%.7f,\"mean\":%.7f,\"maximum\":%.7f}",
            (unsigned long long)latency->measurements, (double)latency->minimum / TICKS_PER_SECOND,
            (double)latency->mean / TICKS_PER_SECOND, (double)latency->maximum / TICKS_PER_SECOND);
}

static void print_connection(const struct connection_report *report) {
    const sttp_connection *connection = &report->connection;
    char since[STTP_TIME_TEXT_SIZE] = "";
    sttp_time_format(connection->connected_since, since, sizeof since);
    fprintf(stderr, "{\"id\":%llu", (unsigned long long)connection->id);
    print_text("address", report->address);
    print_text("identity", report->identity);
    print_text("connected_since", since);
    print_count("protocol", (uint64_t)connection->protocol_version);
    report_print_counters("counters", STTP_COUNTERS_CONNECTION, &report->counters, sizeof report->counters, 0);
    print_latency(&connection->latency);
    fputc('}', stderr);
}

static void print_connections(const struct connection_reports *connections) {
    fputs(",\"connections\":[", stderr);
    for (size_t i = 0; i < connections->count; i++) {
        fputs(i == 0 ? "" : ",", stderr);
        print_connection(&connections->reports[i]);
    }
    fputc(']', stderr);
    if (connections->left_out > 0) {
        print_count("connections_left_out", connections->left_out);
    }
}

void report_print(const struct report *report) {
    double per_second = report->seconds > 0.0 ? (double)report->measurements / report->seconds : 0.0;
    fprintf(stderr, "{\"measurements\":%llu,\"seconds\":%.6f,\"per_second\":%.1f",
            (unsigned long long)report->measurements, report->seconds, per_second);
    if (report->counters != NULL) {
        report_print_counters("counters", report->record, report->counters, report->counters_size, 0);
    }
    if (report->latency != NULL) {
        print_latency(report->latency);
    }
    fprintf(stderr, ",\"cpu_seconds\":%.6f,\"peak_rss_bytes\":%lld", system_processor_seconds(),
            system_peak_memory());
    if (report->connections != NULL) {
        print_count("subscribers", report->subscribers);
        print_connections(report->connections);
    }
    if (report->print_more != NULL) {
        report->print_more(report->more);
    }
    fputs("}\n", stderr);
}
