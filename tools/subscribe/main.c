/* sttp-subscribe: receives measurements from an STTP publisher and shows or writes them. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/blocks.h"
#include "../common/metrics_library.h"
#include "../common/report.h"
#include "../common/tool.h"
#include "options.h"
#include "reception.h"
#include "rows.h"
#include "signal_report.h"
#include "sttp.h"

#define LAST_MESSAGE_SECONDS 2.0

static int32_t configure(void *subscriber, const char *settings) {
    return sttp_subscriber_configure((sttp_subscriber *)subscriber, settings);
}

static int32_t set(void *subscriber, const char *key, const char *value) {
    return sttp_subscriber_set((sttp_subscriber *)subscriber, key, value);
}

static const struct settings_of settings_of_subscriber = {STTP_ROLE_SUBSCRIBER, configure, set};

/* What the tool does by itself, then the connection string, then what was given beside it. */
static int apply_settings(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_configure(subscriber, TOOL_RECONNECT) != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_SOURCE, "sttp-subscribe") != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_VERSION, sttp_version_text()) != STTP_OK ||
        sttp_subscriber_subscribe(subscriber, EVERYTHING) != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (options->connection_string != NULL &&
        sttp_subscriber_configure(subscriber, options->connection_string) != STTP_OK) {
        return tool_library_error("--connection-string");
    }
    return options_configure(&subscribe_line, &settings_of_subscriber, subscriber);
}

static int connect_as_asked(sttp_subscriber *subscriber, const struct options *options) {
    if (options->filter != NULL && sttp_subscriber_subscribe(subscriber, options->filter) != STTP_OK) {
        return tool_library_error("cannot subscribe to '%s'", options->filter);
    }
    if (options->connection_string != NULL) {
        return sttp_subscriber_open(subscriber, NULL) == STTP_OK ? TOOL_DONE
                                                                 : tool_library_error("--connection-string");
    }
    if (options->listens && sttp_subscriber_listen(subscriber, options->address) != STTP_OK) {
        tool_error("%s", sttp_last_error());
        return TOOL_FAILED;
    }
    if (!options->listens && sttp_subscriber_connect(subscriber, options->address) != STTP_OK) {
        return tool_library_error("cannot connect to %s", options->address);
    }
    return TOOL_DONE;
}

static void give_up(struct reception *reception) {
    char problem[sizeof reception->last_problem];
    pthread_mutex_lock(&reception->lock);
    memcpy(problem, reception->last_problem, sizeof problem);
    pthread_mutex_unlock(&reception->lock);
    const struct options *options = reception->options;
    reception_finish(reception, TOOL_FAILED,
                     "no subscription with %s%s after %g seconds (--timeout S waits longer)%s%s",
                     options->listens ? "a publisher that connects to " : "", options->address, options->timeout,
                     problem[0] != '\0' ? ": " : "", problem);
}

/* Waits until a callback, a signal, the time-out before or the duration after the subscription ends it. */
static void wait_for_end(struct reception *reception) {
    const struct options *options = reception->options;
    double start = tool_clock();
    int subscribed_before = 0;
    while (!reception_is_finished(reception) && !tool_interrupted()) {
        pthread_mutex_lock(&reception->lock);
        int subscribed = reception->subscribed;
        int has_signals = reception->has_signals;
        pthread_mutex_unlock(&reception->lock);
        if (subscribed && !subscribed_before) {
            subscribed_before = 1;
            start = tool_clock();
        }
        /* So many measurements never come of no signal. */
        int hopeless = subscribed && !has_signals && options->count != 0;
        double limit = subscribed && !hopeless ? options->duration : options->timeout;
        double left = limit == 0.0 ? 3600.0 : start + limit - tool_clock();
        if (left > 0.0) {
            tool_wait(left);
        } else if (hopeless) {
            reception_finish(reception, TOOL_FAILED, "no signal of the publisher matches '%s', so that nothing came",
                             reception_filter(reception));
        } else if (subscribed) {
            reception_finish(reception, TOOL_DONE, "");
        } else {
            give_up(reception);
        }
    }
    reception_finish(reception, TOOL_DONE, "");
}

/* Ends the connection and waits until the library has said its last words about it. */
static void disconnect(sttp_subscriber *subscriber, struct reception *reception) {
    double until = tool_clock() + LAST_MESSAGE_SECONDS;
    int32_t state = STTP_STATE_IDLE;
    sttp_subscriber_state(subscriber, &state);
    int terminated = state != STTP_STATE_CONNECTED && state != STTP_STATE_SUBSCRIBED;
    sttp_subscriber_disconnect(subscriber);
    while (!terminated && tool_clock() < until) {
        tool_wait(LAST_MESSAGE_SECONDS);
        pthread_mutex_lock(&reception->lock);
        terminated = reception->terminated;
        pthread_mutex_unlock(&reception->lock);
    }
}

/* The counts of a subscriber. */
struct counts {
    sttp_subscriber_counters statistics;
    sttp_latency latency;
};

static void read_counts(const sttp_subscriber *subscriber, struct counts *counts) {
    sttp_latency recent;
    sttp_subscriber_statistics(subscriber, &counts->statistics, sizeof counts->statistics);
    sttp_subscriber_latency_statistics(subscriber, &counts->latency, &recent);
}

/* On the thread that serves metrics. */
static void collect_metrics(struct text *text, void *user_data) {
    const sttp_subscriber *subscriber = ((const struct reception *)user_data)->subscriber;
    sttp_subscriber_counters counters;
    int32_t state = STTP_STATE_IDLE;
    if (sttp_subscriber_statistics(subscriber, &counters, sizeof counters) == STTP_OK) {
        metrics_add_subscriber(text, &counters);
    }
    sttp_subscriber_state(subscriber, &state);
    metrics_add_value(text, "sttp_subscriber_connected", "1 while a publisher is connected, else 0.", 0,
                      state == STTP_STATE_CONNECTED || state == STTP_STATE_SUBSCRIBED);
    metrics_add_value(text, "sttp_subscriber_subscribed", "1 while the publisher has granted the subscription, else 0.", 0,
                      state == STTP_STATE_SUBSCRIBED);
}

static int receive(struct reception *reception, struct counts *counts) {
    const char *signals = reception->options->signal_statistics;
    sttp_subscriber *subscriber = reception->subscriber;
    if (reception_register(reception) != TOOL_DONE || connect_as_asked(subscriber, reception->options) != TOOL_DONE ||
        metrics_begin(reception->options->metrics, collect_metrics, reception) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    tool_ready("%s %s", reception->options->listens ? "Listening on" : "Connecting to", reception_peer(reception));
    wait_for_end(reception);
    metrics_end();
    disconnect(subscriber, reception);
    read_counts(subscriber, counts);
    if (signals != NULL && signal_report_write(subscriber, signals) != 0) {
        return TOOL_FAILED;
    }
    /* Its messages have told why. */
    if (counts->statistics.outage_log_failures > 0 && reception->result == TOOL_DONE) {
        return TOOL_FAILED;
    }
    return reception->result;
}

/* A file to write to; what somebody has recorded before stays unless it is to be overwritten. -1 after saying why not. */
static int open_recording(const char *path, int overwrite) {
    struct stat status;
    int descriptor = open(path, O_WRONLY | O_CREAT | (overwrite ? O_TRUNC : 0), 0666);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        tool_error("cannot write to %s: %s", path, strerror(errno));
        return -1;
    }
    if (S_ISREG(status.st_mode) && status.st_size > 0) {
        tool_error("%s is there already (--overwrite replaces it)", path);
        close(descriptor);
        return -1;
    }
    return descriptor;
}

static int open_output(const struct options *options) {
    if (options->output == NULL || options->format == FORMAT_NONE) {
        return STDOUT_FILENO;
    }
    return open_recording(options->output, options->overwrite);
}

/* Gives the messages and the rows their places; 0, or -1 after saying why not. */
static int open_places(struct reception *reception, int descriptor) {
    int format = reception->options->format;
    reception->messages = format == FORMAT_TEXT ? fdopen(descriptor, "w") : stderr;
    if (format == FORMAT_CSV || format == FORMAT_JSONL) {
        reception->rows = rows_new(descriptor, format == FORMAT_JSONL, reception->options->recover);
    }
    if (reception->messages == NULL || (reception->rows == NULL && format != FORMAT_TEXT && format != FORMAT_NONE)) {
        tool_error("not enough memory");
        return -1;
    }
    if (reception->options->blocks != NULL) {
        int blocks = open_recording(reception->options->blocks, reception->options->overwrite);
        reception->blocks = blocks < 0 ? NULL : fdopen(blocks, "w");
        if (reception->blocks == NULL) {
            return -1;
        }
        blocks_write_header(reception->blocks);
    }
    if (format == FORMAT_CSV) {
        rows_add_csv_header(reception->rows);
    }
    return 0;
}

static int close_places(struct reception *reception, int descriptor) {
    int error = reception->rows != NULL ? rows_flush(reception->rows) : 0;
    rows_free(reception->rows);
    if (reception->blocks != NULL && fclose(reception->blocks) != 0 && error == 0) {
        error = errno;
    }
    if (reception->options->format == FORMAT_TEXT) {
        error = fclose(reception->messages) != 0 ? errno : 0;
    } else if (close(descriptor) != 0 && error == 0) {
        error = errno;
    }
    if (error != 0 && reception->result == TOOL_DONE) {
        tool_error("cannot write the output: %s", strerror(error));
        return TOOL_FAILED;
    }
    return reception->result;
}

static void print_report(const struct reception *reception, const struct counts *counts) {
    struct report report;
    memset(&report, 0, sizeof report);
    report.measurements = reception->measurements;
    report.seconds = reception->last_arrival - reception->first_arrival;
    report.record = STTP_COUNTERS_SUBSCRIBER;
    report.counters = &counts->statistics;
    report.counters_size = sizeof counts->statistics;
    report.latency = reception->options->latency ? &counts->latency : NULL;
    report_print(&report);
}

/* Files are opened only when nothing is wrong with what was asked. The subscriber has gone before they are closed. */
static int subscribe_as_asked(const struct options *options) {
    struct reception reception;
    struct counts counts;
    memset(&reception, 0, sizeof reception);
    pthread_mutex_init(&reception.outages.lock, NULL);
    memset(&counts, 0, sizeof counts);
    reception.options = options;
    if (sttp_subscriber_new(NULL, &reception.subscriber) != STTP_OK) {
        return tool_library_error("cannot make a subscriber");
    }
    int descriptor = apply_settings(reception.subscriber, options) == TOOL_DONE ? open_output(options) : -1;
    if (descriptor < 0 || open_places(&reception, descriptor) != 0) {
        sttp_subscriber_free(reception.subscriber);
        return TOOL_FAILED;
    }
    pthread_mutex_init(&reception.lock, NULL);
    reception.result = receive(&reception, &counts);
    sttp_subscriber_free(reception.subscriber);
    int result = close_places(&reception, descriptor);
    pthread_mutex_destroy(&reception.lock);
    outages_free(&reception.outages);
    if (options->statistics) {
        print_report(&reception, &counts);
    }
    return result;
}

int main(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    if (tool_start("sttp-subscribe") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    const struct options *options = options_parse(argc, argv, &exit_code);
    return tool_finish(options != NULL ? subscribe_as_asked(options) : exit_code);
}
