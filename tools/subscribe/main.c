/* sttp-subscribe: receives measurements from an STTP publisher and shows or writes them. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/blocks.h"
#include "../common/metrics_library.h"
#include "../common/report.h"
#include "../common/silence.h"
#include "../common/tool.h"
#include "../common/device_report.h"
#include "diagnose.h"
#include "link_reception.h"
#include "options.h"
#include "output.h"
#include "reception.h"
#include "recording.h"
#include "signal_names.h"
#include "settings.h"
#include "signal_report.h"
#include "sttp.h"

#define LAST_MESSAGE_SECONDS 2.0
#define TICK_SECONDS 0.5

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
    struct silence silence;
    memset(&silence, 0, sizeof silence);
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
            tool_wait(fmin(left, TICK_SECONDS));
            /* Of the past, and of what is throttled, nobody can tell when it comes. */
            if (reception->subscriber != NULL && options->start == NULL && !options_given(&subscribe_line, "throttle")) {
                silence_watch(&silence, reception->subscriber, reception_peer(reception));
            }
            if (link_reception_gave_up(reception)) {
                reception_finish(reception, TOOL_FAILED, "link %s has ended, and no further attempt to open it is made",
                                 options->link);
            }
            if (reception->output != NULL) {
                reception_check_output(reception, output_tick(reception->output));
            }
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
    const struct reception *reception = (const struct reception *)user_data;
    const struct metrics_subscriber subscriber = {NULL, reception->subscriber};
    if (reception->link != NULL) {
        link_reception_add_metrics(text, reception);
    } else {
        metrics_add_subscribers(text, NULL, &subscriber, 1);
    }
}

/* What --report tells, if it is asked for; once no callback can come any more. 0, or -1 after saying why not. */
static int write_device_report(struct reception *reception, double end, int64_t end_time) {
    const char *path = reception->options->device_report;
    struct device_report_plan plan;
    struct device_report report;
    struct text text = {0};
    if (path == NULL) {
        return 0;
    }
    memset(&plan, 0, sizeof plan);
    plan.peer = reception_peer(reception);
    plan.connections = reception->connections;
    plan.end = end;
    plan.end_time = end_time;
    plan.is_live = reception->link != NULL ? link_reception_is_live(reception) : reception->options->start == NULL;
    device_report_limits(&plan, reception->subscriber);
    if (device_report_make(&report, &plan, &reception->tallies, reception->metadata) != 0) {
        return -1;
    }
    const size_t length = strlen(path);
    if (length > 5 && strcmp(path + length - 5, ".json") == 0) {
        device_report_add_json(&text, &report);
        text_add(&text, "\n");
    } else {
        device_report_add_text(&text, &report);
    }
    device_report_free(&report);
    return text_write_file(&text, path);
}

static int receive_over_link(struct reception *reception) {
    if (link_reception_begin(reception) != TOOL_DONE ||
        metrics_begin(reception->options->metrics, collect_metrics, reception) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    tool_ready("Receiving over %s", reception->options->link);
    wait_for_end(reception);
    double end = tool_clock();
    int64_t end_time = sttp_time_now();
    metrics_end();
    link_reception_end(reception);
    return write_device_report(reception, end, end_time) == 0 ? reception->result : TOOL_FAILED;
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
    double end = tool_clock();
    int64_t end_time = sttp_time_now();
    metrics_end();
    disconnect(subscriber, reception);
    read_counts(subscriber, counts);
    if (signals != NULL && signal_report_write(subscriber, signals) != 0) {
        return TOOL_FAILED;
    }
    if (write_device_report(reception, end, end_time) != 0) {
        return TOOL_FAILED;
    }
    /* Its messages have told why. */
    if (counts->statistics.outage_log_failures > 0 && reception->result == TOOL_DONE) {
        return TOOL_FAILED;
    }
    return reception->result;
}

static int has_rows(const struct options *options) {
    return options->format == FORMAT_CSV || options->format == FORMAT_JSONL;
}

/* Messages go to the output themselves, or to standard error. 0, or -1 after saying why not. */
static int open_messages(struct reception *reception) {
    const struct options *options = reception->options;
    int descriptor = STDOUT_FILENO;
    reception->messages = stderr;
    if (options->format != FORMAT_TEXT) {
        return 0;
    }
    if (options->output != NULL) {
        descriptor = recording_descriptor(options->output, options->overwrite, options->append);
    }
    reception->messages = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    return reception->messages != NULL ? 0 : -1;
}

static int open_rows(struct reception *reception) {
    const struct options *options = reception->options;
    struct output_plan plan;
    memset(&plan, 0, sizeof plan);
    plan.recording.path = options->output;
    plan.recording.overwrites = options->overwrite;
    plan.recording.appends = options->append;
    plan.recording.most_bytes = options->rotate_bytes;
    plan.recording.seconds = options->rotate_seconds;
    plan.columns = options->columns;
    plan.as_json = options->format == FORMAT_JSONL;
    plan.marks_recovered = reception->recovers;
    plan.row_wait = options->row_wait;
    reception->output = output_open(&plan, reception->names);
    return reception->output != NULL ? 0 : -1;
}

static int open_blocks(struct reception *reception) {
    const struct options *options = reception->options;
    int descriptor = recording_descriptor(options->blocks, options->overwrite, options->append);
    reception->blocks = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (reception->blocks == NULL) {
        return -1;
    }
    if (fseek(reception->blocks, 0, SEEK_END) != 0 || ftell(reception->blocks) <= 0) {
        blocks_write_header(reception->blocks);
    }
    return 0;
}

/* Gives the messages and the rows their places; 0, or -1 after saying why not. */
static int open_places(struct reception *reception) {
    reception->names = signal_names_new();
    if (reception->names == NULL) {
        tool_error("not enough memory");
        return -1;
    }
    if (open_messages(reception) != 0 || (has_rows(reception->options) && open_rows(reception) != 0)) {
        return -1;
    }
    return reception->options->blocks != NULL ? open_blocks(reception) : 0;
}

static int close_places(struct reception *reception) {
    int error = output_close(reception->output);
    signal_names_free(reception->names);
    if (reception->blocks != NULL && fclose(reception->blocks) != 0 && error == 0) {
        error = errno;
    }
    if (reception->messages != NULL && reception->messages != stderr && fclose(reception->messages) != 0 && error == 0) {
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
    if (reception->link != NULL) {
        report.print_more = link_reception_print;
        report.more = reception;
        report_print(&report);
        return;
    }
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
    if (options->link == NULL && sttp_subscriber_new(NULL, &reception.subscriber) != STTP_OK) {
        return tool_library_error("cannot make a subscriber");
    }
    int is_set = options->link != NULL || settings_apply(reception.subscriber, options) == TOOL_DONE;
    reception.recovers = options->link == NULL && is_set && settings_recover(reception.subscriber);
    if (!is_set || open_places(&reception) != 0) {
        reception.result = TOOL_FAILED;
        sttp_subscriber_free(reception.subscriber);
        return close_places(&reception);
    }
    pthread_mutex_init(&reception.lock, NULL);
    reception.result = options->link != NULL ? receive_over_link(&reception) : receive(&reception, &counts);
    sttp_subscriber_free(reception.subscriber);
    int result = close_places(&reception);
    pthread_mutex_destroy(&reception.lock);
    sttp_metadata_free(reception.metadata);
    tallies_free(&reception.tallies);
    outages_free(&reception.outages);
    if (options->statistics) {
        print_report(&reception, &counts);
    }
    link_reception_free(&reception);
    return result;
}

int main(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    if (tool_start("sttp-subscribe") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    const struct options *options = options_parse(argc, argv, &exit_code);
    if (options != NULL && options->diagnose) {
        return tool_finish(diagnose(options));
    }
    return tool_finish(options != NULL ? subscribe_as_asked(options) : exit_code);
}
