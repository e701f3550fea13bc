/* The subscribers' side: any number of connections, each a subscriber of its own. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/common/tool.h"
#include "connection.h"
#include "load.h"
#include "usage.h"

#define EVERYTHING "FILTER ActiveMeasurements WHERE True"
#define KEY_SIZE 16 /* of "STTP:1000000;" */
#define READ_QUEUE "65536"
#define READ_AT_ONCE 4096
/* So many connections may be on their way at a time: fewer than a publisher's backlog holds. */
#define MOST_PENDING 256
/* Less than two keep-alive periods of a publisher: an idle connection that lasts longer has had all of them. */
#define IDLE_DATA_LOSS "9"
#define END_SECONDS 5.0

/* What callbacks of several engines count together. */
static struct progress {
    pthread_mutex_t lock;
    uint64_t wanted; /* connections */
    uint64_t connected;
    uint64_t ended;
    int receiving;
    int over; /* the time is: what ends from now on is not counted as use of the machine */
    struct processor_time cpu_at_first; /* when the first measurement came */
    struct processor_time cpu; /* from then until the last connection has ended, or the time is over */
    uint64_t resident; /* when the first connection has ended, or the time is over */
} progress = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct reception {
    const struct subscribe_options *options;
    struct connection *connections;
    pthread_t *readers; /* with pull */
    uint64_t reader_count;
    uint64_t resident_alone; /* before the first connection */
};

/* -- what is measured -- */

static void note_first_arrival(void) {
    pthread_mutex_lock(&progress.lock);
    if (!progress.receiving) {
        progress.receiving = 1;
        progress.cpu_at_first = processor_time_now();
    }
    pthread_mutex_unlock(&progress.lock);
}

/* Memory while all connections are there; processor time until the last one ends. The caller has the lock. */
static void take_stock(void) {
    if (progress.ended == 0) {
        progress.resident = resident_bytes();
    }
    progress.cpu = processor_time_since(progress.cpu_at_first);
}

static void note_ended(void) {
    pthread_mutex_lock(&progress.lock);
    if (!progress.over) {
        take_stock();
    }
    progress.ended++;
    pthread_mutex_unlock(&progress.lock);
}

static void note_over(void) {
    pthread_mutex_lock(&progress.lock);
    if (progress.ended < progress.wanted) {
        take_stock();
    }
    progress.over = 1;
    pthread_mutex_unlock(&progress.lock);
}

static struct progress progress_now(void) {
    pthread_mutex_lock(&progress.lock);
    struct progress copy = progress;
    pthread_mutex_unlock(&progress.lock);
    return copy;
}

/* -- callbacks -- */

static void take_connected(void *user_data, const char *address) {
    struct connection *connection = (struct connection *)user_data;
    (void)address;
    connection->connected = tool_clock();
    pthread_mutex_lock(&progress.lock);
    progress.connected++;
    pthread_mutex_unlock(&progress.lock);
    tool_wake();
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct connection *connection = (struct connection *)user_data;
    if (connection->connected == 0.0) {
        tool_error("cannot connect: %s", message);
    } else if (reason == STTP_ERR_TIMEOUT || reason == STTP_ERR_PROTOCOL || reason == STTP_ERR_INTERNAL) {
        tool_error("a connection was lost: %s", message);
    }
    connection->ended = tool_clock();
    note_ended();
    tool_wake();
}

static void take_signals(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct connection *connection = (struct connection *)user_data;
    (void)generation;
    (void)signals;
    connection->signals = count;
}

static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    connection_take((struct connection *)user_data, measurements, count);
}

static void take_refusal(void *user_data, int32_t command, const char *message) {
    (void)user_data;
    tool_error("the publisher refused command %ld: %s", (long)command, message);
}

/* -- pull -- */

static void *read_all(void *user_data) {
    struct connection *connection = (struct connection *)user_data;
    sttp_measurement *measurements = (sttp_measurement *)malloc(READ_AT_ONCE * sizeof *measurements);
    size_t count = 0;
    if (measurements == NULL) {
        tool_error("not enough memory to read measurements");
        return NULL;
    }
    while (sttp_subscriber_read(connection->subscriber, measurements, READ_AT_ONCE, -1, &count) == STTP_OK) {
        connection_take(connection, measurements, count);
    }
    free(measurements);
    return NULL;
}

static int start_reader(struct reception *reception, struct connection *connection) {
    int error = pthread_create(&reception->readers[reception->reader_count], NULL, read_all, connection);
    if (error != 0) {
        tool_error("cannot start a thread to read: %s", strerror(error));
        return TOOL_FAILED;
    }
    reception->reader_count++;
    return TOOL_DONE;
}

/* -- filters -- */

/* Keys of `selected` of `signals`, spread over all, others for each `seed`. NULL without memory. */
static char *distinct_filter(uint64_t signals, uint64_t selected, uint64_t seed) {
    char *filter = (char *)malloc((size_t)selected * KEY_SIZE + 1);
    char *end = filter;
    uint64_t random = (seed + 1) * 0x9E3779B97F4A7C15U;
    for (uint64_t key = 1; filter != NULL && selected > 0; key++) {
        uint64_t left = signals - key + 1;
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        if ((random >> 11) % left < selected) {
            end += snprintf(end, KEY_SIZE + 1, "STTP:%llu;", (unsigned long long)key);
            selected--;
        }
    }
    return filter;
}

static int subscribe(const struct reception *reception, struct connection *connection) {
    const struct subscribe_options *options = reception->options;
    if (options->idle) {
        return TOOL_DONE;
    }
    if (!options->distinct) {
        return sttp_subscriber_subscribe(connection->subscriber, EVERYTHING) == STTP_OK
                   ? TOOL_DONE
                   : tool_library_error("cannot subscribe");
    }
    char *filter = distinct_filter(options->signals, options->selected,
                                   (uint64_t)(connection - reception->connections));
    int result = TOOL_DONE;
    if (filter == NULL) {
        tool_error("not enough memory for a filter");
        result = TOOL_FAILED;
    } else if (sttp_subscriber_subscribe(connection->subscriber, filter) != STTP_OK) {
        result = tool_library_error("cannot subscribe");
    }
    free(filter);
    return result;
}

/* -- connecting -- */

static int open_connection(struct reception *reception, struct connection *connection, sttp_engine *engine) {
    const struct subscribe_options *options = reception->options;
    if (sttp_subscriber_new(engine, &connection->subscriber) != STTP_OK) {
        return tool_library_error("cannot make a subscriber");
    }
    sttp_subscriber *subscriber = connection->subscriber;
    if (sttp_subscriber_set(subscriber, STTP_SETTING_SYNCHRONIZE_METADATA, options->metadata ? "true" : "false") !=
            STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_COMPRESSION, options->compact ? "false" : "true") != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_AUTO_RECONNECT, "false") != STTP_OK ||
        (options->settings != NULL && sttp_subscriber_configure(subscriber, options->settings) != STTP_OK) ||
        (options->idle && sttp_subscriber_set(subscriber, STTP_SETTING_DATA_LOSS_INTERVAL, IDLE_DATA_LOSS) != STTP_OK) ||
        (options->pull && sttp_subscriber_set(subscriber, STTP_SETTING_READ_QUEUE, READ_QUEUE) != STTP_OK) ||
        sttp_subscriber_on_connected(subscriber, take_connected, connection, NULL) != STTP_OK ||
        sttp_subscriber_on_disconnected(subscriber, take_disconnected, connection, NULL) != STTP_OK ||
        sttp_subscriber_on_subscription_updated(subscriber, take_signals, connection, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_refusal, connection, NULL) != STTP_OK ||
        sttp_subscriber_on_measurements(subscriber, take_measurements, connection, NULL) != STTP_OK) {
        return tool_library_error("cannot set up a subscriber");
    }
    if (subscribe(reception, connection) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    connection->began = tool_clock();
    if (sttp_subscriber_connect(subscriber, options->address) != STTP_OK) {
        return tool_library_error("cannot connect to %s", options->address);
    }
    return options->pull ? start_reader(reception, connection) : TOOL_DONE;
}

/* Waits until no more than `pending` of the connections begun are still being made. */
static int wait_for_connections(const struct reception *reception, uint64_t begun, uint64_t pending, double began) {
    struct progress now = progress_now();
    while (now.connected + pending < begun) {
        if (tool_interrupted() || now.ended > 0 ||
            is_patience_over(began, reception->options->patience, now.connected, reception->options->connections)) {
            return TOOL_FAILED;
        }
        tool_wait(0.1);
        now = progress_now();
    }
    return TOOL_DONE;
}

static int open_connections(struct reception *reception) {
    uint64_t count = reception->options->connections;
    double began = tool_clock();
    sttp_engine *engine = NULL;
    int result = make_engine(reception->options->threads, &engine) == 0 ? TOOL_DONE : TOOL_FAILED;
    for (uint64_t i = 0; i < count && result == TOOL_DONE; i++) {
        result = open_connection(reception, &reception->connections[i], engine);
        if (result == TOOL_DONE) {
            result = wait_for_connections(reception, i + 1, i + 1 < count ? MOST_PENDING : 0, began);
        }
    }
    sttp_engine_free(engine);
    return result;
}

/* -- the end -- */

static void wait_for_end(const struct reception *reception) {
    const struct subscribe_options *options = reception->options;
    double until = options->seconds > 0.0 ? tool_clock() + options->seconds : HUGE_VAL;
    while (!tool_interrupted() && tool_clock() < until && progress_now().ended < options->connections) {
        tool_wait(fmin(until - tool_clock(), 1.0));
    }
    note_over();
}

static void close_connections(struct reception *reception) {
    for (uint64_t i = 0; i < reception->options->connections; i++) {
        sttp_subscriber_disconnect(reception->connections[i].subscriber);
    }
    for (uint64_t i = 0; i < reception->reader_count; i++) {
        pthread_join(reception->readers[i], NULL);
    }
}

/* -- the report -- */

struct totals {
    uint64_t measurements;
    uint64_t least;
    uint64_t most;
    uint64_t lost;
    uint64_t packets;
    uint64_t value_sum;
    uint64_t time_sum;
    uint64_t index_sum;
    double first_measurement; /* seconds since connecting, of the slowest connection */
    double first_frame;
    double begin;
    double end;
    double least_connected; /* seconds, of the connection that ended first */
    double first_began;     /* connecting */
    double last_connected;
    struct histogram latency;
};

static void add_connection(struct totals *totals, const struct connection *connection) {
    sttp_subscriber_counters statistics;
    if (sttp_subscriber_statistics(connection->subscriber, &statistics, sizeof statistics) == STTP_OK) {
        totals->lost += statistics.measurements_dropped + statistics.packets_dropped + statistics.datagrams_lost;
        totals->packets += statistics.packets;
    }
    totals->measurements += connection->measurements;
    totals->least = connection->measurements < totals->least ? connection->measurements : totals->least;
    totals->most = connection->measurements > totals->most ? connection->measurements : totals->most;
    totals->value_sum += connection->value_sum;
    totals->time_sum += connection->time_sum;
    totals->index_sum += connection->index_sum;
    totals->least_connected = fmin(totals->least_connected, connection->ended - connection->connected);
    totals->first_began = fmin(totals->first_began, connection->began);
    totals->last_connected = fmax(totals->last_connected, connection->connected);
    if (connection->measurements > 0) {
        totals->begin = fmin(totals->begin, connection->first_measurement);
        totals->end = fmax(totals->end, connection->last_measurement);
        totals->first_measurement = fmax(totals->first_measurement, connection->first_measurement - connection->began);
        totals->first_frame = fmax(totals->first_frame, connection->first_frame - connection->began);
    }
    histogram_merge(&totals->latency, &connection->latency);
}

static void print_totals(const struct reception *reception, const struct totals *totals, uint64_t ended_early) {
    struct progress end = progress_now();
    double seconds = totals->measurements > 0 ? totals->end - totals->begin : 0.0;
    printf("{\"role\":\"subscribe\",\"connections\":%llu,\"disconnected\":%llu,\"least_connected_seconds\":%.3f,"
           "\"connecting_seconds\":%.6f,"
           "\"measurements\":%llu,\"least\":%llu,\"most\":%llu,\"lost\":%llu,\"packets\":%llu,\"seconds\":%.6f,",
           (unsigned long long)end.connected, (unsigned long long)ended_early, totals->least_connected,
           totals->last_connected - totals->first_began,
           (unsigned long long)totals->measurements, (unsigned long long)totals->least,
           (unsigned long long)totals->most, (unsigned long long)totals->lost, (unsigned long long)totals->packets,
           seconds);
    printf("\"cpu_seconds\":%.6f,\"user_seconds\":%.6f,\"system_seconds\":%.6f,\"rss_alone_bytes\":%llu,"
           "\"rss_bytes\":%llu,\"peak_rss_bytes\":%llu,",
           end.cpu.user + end.cpu.system, end.cpu.user, end.cpu.system,
           (unsigned long long)reception->resident_alone, (unsigned long long)end.resident,
           (unsigned long long)peak_resident_bytes());
    printf("\"latency_us\":{\"count\":%llu,\"p50\":%.1f,\"p99\":%.1f,\"p99_9\":%.1f,\"max\":%.1f},"
           "\"first_measurement_seconds\":%.6f,\"first_frame_seconds\":%.6f,"
           "\"value_sum\":%llu,\"time_sum\":%llu,\"index_sum\":%llu}\n",
           (unsigned long long)totals->latency.count, histogram_quantile(&totals->latency, 0.5),
           histogram_quantile(&totals->latency, 0.99), histogram_quantile(&totals->latency, 0.999),
           histogram_most(&totals->latency), totals->first_measurement, totals->first_frame,
           (unsigned long long)totals->value_sum, (unsigned long long)totals->time_sum,
           (unsigned long long)totals->index_sum);
}

static void print_report(const struct reception *reception, uint64_t ended_early) {
    struct totals totals;
    memset(&totals, 0, sizeof totals);
    totals.least = UINT64_MAX;
    totals.begin = HUGE_VAL;
    totals.least_connected = HUGE_VAL;
    totals.first_began = HUGE_VAL;
    for (uint64_t i = 0; i < reception->options->connections; i++) {
        add_connection(&totals, &reception->connections[i]);
    }
    print_totals(reception, &totals, ended_early);
}

static int receive(struct reception *reception) {
    reception->resident_alone = resident_bytes();
    int result = open_connections(reception);
    if (result == TOOL_DONE) {
        wait_for_end(reception);
    }
    uint64_t ended = progress_now().ended;
    double until = tool_clock() + END_SECONDS;
    close_connections(reception);
    while (result == TOOL_DONE && progress_now().ended < reception->options->connections && tool_clock() < until) {
        tool_wait(0.1);
    }
    if (result == TOOL_DONE) {
        print_report(reception, ended);
    }
    for (uint64_t i = 0; i < reception->options->connections; i++) {
        sttp_subscriber_free(reception->connections[i].subscriber);
    }
    return result;
}

/* Writes to every page of the connections, so that what grows later is the library's. */
static void prepare(struct reception *reception) {
    for (uint64_t i = 0; i < reception->options->connections; i++) {
        reception->connections[i].first_arrival = note_first_arrival;
    }
}

int subscribe_load(const struct subscribe_options *options) {
    struct reception reception;
    memset(&reception, 0, sizeof reception);
    reception.options = options;
    progress.wanted = options->connections;
    if (allow_connections(options->connections) != 0) {
        return TOOL_FAILED;
    }
    reception.connections =
        (struct connection *)calloc((size_t)options->connections, sizeof *reception.connections);
    reception.readers = (pthread_t *)calloc((size_t)options->connections, sizeof *reception.readers);
    int result = TOOL_FAILED;
    if (reception.connections == NULL || reception.readers == NULL) {
        tool_error("not enough memory for %llu connections", (unsigned long long)options->connections);
    } else {
        prepare(&reception);
        result = receive(&reception);
    }
    free(reception.connections);
    free(reception.readers);
    return result;
}
