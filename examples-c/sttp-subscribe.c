/* sttp-subscribe: receives measurements from an STTP publisher and shows or writes them. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blocks.h"
#include "subscribe_options.h"
#include "rows.h"
#include "sttp.h"
#include "tool.h"

#define TOTALS_SECONDS 5.0
#define LAST_MESSAGE_SECONDS 2.0
#define COMMAND_SUBSCRIBE 2

/* A running subscription. Callbacks come one at a time; the lock is for what the main thread looks at as well. */
struct reception {
    const struct options *options;
    FILE *messages; /* the text format; other formats keep their output free of it */
    struct row_writer *rows;
    FILE *blocks; /* NULL: nowhere */
    sttp_subscriber *subscriber;
    int command_sent;
    uint64_t measurements;
    double first_arrival; /* of tool_clock */
    double last_arrival;
    double next_totals;
    size_t totals_said;

    pthread_mutex_t lock;
    int subscribed; /* at least once */
    int terminated; /* the connection, by our own wish */
    int finished;
    int result; /* exit code, once finished */
    char last_problem[512];
};

/* -- the end -- */

/* The first reason to end counts. An empty `problem` needs no words. */
static void finish(struct reception *reception, int result, const char *format, ...) {
    pthread_mutex_lock(&reception->lock);
    int first = !reception->finished;
    if (first) {
        reception->finished = 1;
        reception->result = result;
    }
    pthread_mutex_unlock(&reception->lock);
    if (first && format[0] != '\0') {
        char problem[1024];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(problem, sizeof problem, format, arguments);
        va_end(arguments);
        tool_error("%s", problem);
    }
    tool_wake();
}

static int is_finished(struct reception *reception) {
    pthread_mutex_lock(&reception->lock);
    int finished = reception->finished;
    pthread_mutex_unlock(&reception->lock);
    return finished;
}

/* -- what the library says -- */

static void say(struct reception *reception, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(reception->messages, format, arguments);
    va_end(arguments);
    if (fflush(reception->messages) != 0) {
        finish(reception, TOOL_FAILED, "cannot write messages: %s", strerror(errno));
    }
}

static void take_message(void *user_data, int32_t level, const char *message) {
    struct reception *reception = (struct reception *)user_data;
    if (level > STTP_LOG_WARNING) {
        say(reception, "%s\n", message);
        return;
    }
    pthread_mutex_lock(&reception->lock);
    /* Each attempt to connect may meet the same problem. */
    int known = strcmp(reception->last_problem, message) == 0;
    snprintf(reception->last_problem, sizeof reception->last_problem, "%s", message);
    pthread_mutex_unlock(&reception->lock);
    if (!known) {
        tool_error("%s", message);
    }
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct reception *reception = (struct reception *)user_data;
    /* When this has finished, the publisher may still be the one that closes. */
    if (reason == STTP_OK || is_finished(reception)) {
        pthread_mutex_lock(&reception->lock);
        reception->terminated = 1;
        pthread_mutex_unlock(&reception->lock);
        tool_wake();
    } else if (reason == STTP_ERR_REFUSED) {
        finish(reception, TOOL_FAILED, "the publisher refused: %s", message);
    } else if (reception->options->start != NULL) {
        finish(reception, TOOL_FAILED, "the connection ended before all historical data had come: %s", message);
    } else if (reception->options->once && reception->measurements > 0) {
        finish(reception, TOOL_DONE, "");
    } else if (reception->options->once) {
        finish(reception, TOOL_FAILED, "the connection ended before a measurement came: %s", message);
    }
}

static void take_request_failed(void *user_data, int32_t command, const char *message) {
    struct reception *reception = (struct reception *)user_data;
    if (command == COMMAND_SUBSCRIBE) {
        finish(reception, TOOL_FAILED, "the publisher refused the subscription to '%s': %s",
               reception->options->filter, message);
    }
}

/* Comes after a failed subscription as well, which is the first reason to end then. */
static void take_complete(void *user_data, const char *text) {
    struct reception *reception = (struct reception *)user_data;
    (void)text;
    finish(reception, TOOL_DONE, "");
}

/* -- buffer blocks and user responses -- */

static void take_block(void *user_data, const sttp_guid *signal_id, uint32_t signal_index, const uint8_t *data,
                       size_t size) {
    struct reception *reception = (struct reception *)user_data;
    (void)signal_index;
    blocks_write(reception->blocks, signal_id, data, size);
    if (fflush(reception->blocks) != 0) {
        finish(reception, TOOL_FAILED, "cannot write to %s: %s", reception->options->blocks, strerror(errno));
    }
}

static void take_response(void *user_data, int32_t response, int32_t command, const uint8_t *data, size_t size) {
    struct reception *reception = (struct reception *)user_data;
    (void)command;
    say(reception, "Received user response %ld: ", (long)response);
    for (size_t i = 0; i < size; i++) {
        say(reception, data[i] >= 0x20 && data[i] < 0x7F ? "%c" : "\\x%02x", data[i]);
    }
    say(reception, "\n");
}

static void send_command(struct reception *reception) {
    const struct options *options = reception->options;
    if (options->command == NULL || reception->command_sent) {
        return;
    }
    reception->command_sent = 1;
    if (sttp_subscriber_send_user_command(reception->subscriber, (int32_t)options->command_number,
                                          (const uint8_t *)options->command, strlen(options->command)) != STTP_OK) {
        tool_library_error("cannot send the user command");
    }
}

/* -- the subscription -- */

static void take_subscription(void *user_data, uint32_t generation, const sttp_signal *signals, size_t count) {
    struct reception *reception = (struct reception *)user_data;
    (void)generation;
    (void)signals;
    if (count == 0) {
        tool_error("the filter matches no signal of the publisher (--metadata-out FILE shows what it has)");
    }
    pthread_mutex_lock(&reception->lock);
    reception->subscribed = 1;
    pthread_mutex_unlock(&reception->lock);
    send_command(reception);
    tool_wake();
}

/* -- metadata -- */

static void say_metadata(struct reception *reception, const sttp_metadata *metadata) {
    size_t tables = 0;
    int32_t version = 0;
    sttp_metadata_table_count(metadata, &tables);
    say(reception, "    Discovered:\n");
    for (size_t i = 0; i < tables; i++) {
        const char *name = "";
        size_t rows = 0;
        size_t columns = 0;
        char digits[TOOL_DIGITS_SIZE];
        if (sttp_metadata_table(metadata, i, &name, &rows, &columns) == STTP_OK) {
            say(reception, "        %s %s records\n", tool_group_digits(rows, digits), name);
        }
    }
    if (sttp_metadata_schema_version(metadata, &version) == STTP_OK) {
        say(reception, "Metadata schema version: %ld\n", (long)version);
    }
}

static void write_metadata(struct reception *reception, const sttp_metadata *metadata) {
    const char *path = reception->options->metadata_output;
    const char *xml = NULL;
    size_t length = 0;
    if (sttp_metadata_to_xml(metadata, &xml, &length) != STTP_OK) {
        finish(reception, TOOL_FAILED, "cannot turn the metadata into XML: %s", sttp_last_error());
        return;
    }
    FILE *file = fopen(path, "wb");
    int complete = file != NULL && fwrite(xml, 1, length, file) == length;
    if (file != NULL && fclose(file) != 0) {
        complete = 0;
    }
    if (!complete) {
        finish(reception, TOOL_FAILED, "cannot write the metadata to %s: %s", path, strerror(errno));
    }
}

static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    struct reception *reception = (struct reception *)user_data;
    say_metadata(reception, metadata);
    if (reception->options->metadata_output != NULL) {
        write_metadata(reception, metadata);
    }
}

/* -- measurements -- */

/* HH:MM:SS.mmm. The two top bits of a timestamp mark leap seconds. */
static void format_time_of_day(int64_t timestamp, char *text, size_t size) {
    const uint64_t value = (uint64_t)timestamp & 0x3FFFFFFFFFFFFFFFu;
    const unsigned milliseconds = (unsigned)(value / 10000 % 86400000);
    const unsigned seconds = milliseconds / 1000;
    snprintf(text, size, "%02u:%02u:%02u.%03u", seconds / 3600, seconds / 60 % 60, seconds % 60, milliseconds % 1000);
}

static void say_measurement(struct reception *reception, const sttp_measurement *measurement) {
    char signal[STTP_GUID_TEXT_SIZE] = "";
    char time_of_day[32];
    char flags[16] = "Normal";
    sttp_guid_format(&measurement->signal_id, signal, sizeof signal);
    format_time_of_day(measurement->timestamp, time_of_day, sizeof time_of_day);
    if (measurement->flags != 0) {
        snprintf(flags, sizeof flags, "0x%08lX", (unsigned long)measurement->flags);
    }
    say(reception, "    %s @ %s = %.3f (%s)\n", signal, time_of_day, measurement->value, flags);
}

/* Shows one of the measurements that just came, each time another signal. */
static void say_totals(struct reception *reception, const sttp_measurement *measurements, size_t count) {
    char digits[TOOL_DIGITS_SIZE];
    if (reception->last_arrival < reception->next_totals) {
        return;
    }
    reception->next_totals = reception->last_arrival + TOTALS_SECONDS;
    say(reception, "%s measurements received so far. Current measurement:\n",
        tool_group_digits(reception->measurements, digits));
    say_measurement(reception, &measurements[reception->totals_said++ % count]);
}

static void write_rows(struct reception *reception, const sttp_measurement *measurements, size_t count) {
    void (*add)(struct row_writer *, const sttp_measurement *) =
        reception->options->format == FORMAT_CSV ? rows_add_csv : rows_add_json;
    for (size_t i = 0; i < count; i++) {
        add(reception->rows, &measurements[i]);
    }
    int error = rows_flush(reception->rows);
    if (error != 0) {
        const char *path = reception->options->output;
        finish(reception, TOOL_FAILED, "cannot write to %s: %s", path != NULL ? path : "standard output",
               strerror(error));
    }
}

static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct reception *reception = (struct reception *)user_data;
    uint64_t wanted = reception->options->count;
    if (count == 0 || is_finished(reception)) {
        return;
    }
    if (wanted != 0 && count > wanted - reception->measurements) {
        count = (size_t)(wanted - reception->measurements);
    }
    reception->last_arrival = tool_clock();
    if (reception->measurements == 0) {
        say(reception, "Receiving measurements...\n");
        reception->first_arrival = reception->last_arrival;
        reception->next_totals = reception->last_arrival + TOTALS_SECONDS;
    }
    reception->measurements += count;
    if (reception->rows != NULL) {
        write_rows(reception, measurements, count);
    }
    say_totals(reception, measurements, count);
    if (wanted != 0 && reception->measurements == wanted) {
        finish(reception, TOOL_DONE, "");
    }
}

/* -- running -- */

static int choose_form(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_throttled(subscriber, options->throttled, options->interval_ms) != STTP_OK ||
        sttp_subscriber_set_nan_filter(subscriber, options->nan_filter) != STTP_OK ||
        sttp_subscriber_set_include_time(subscriber, options->with_time) != STTP_OK ||
        sttp_subscriber_set_millisecond_resolution(subscriber, options->milliseconds) != STTP_OK ||
        sttp_subscriber_set_local_clock(subscriber, options->local_clock) != STTP_OK ||
        sttp_subscriber_set_time_reasonability(subscriber, options->check_times, options->lag_time_ms,
                                               options->lead_time_ms) != STTP_OK) {
        return tool_library_error("cannot set the form of the measurements");
    }
    return TOOL_DONE;
}

static int choose_time(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_history_window(subscriber, options->start, options->stop) != STTP_OK) {
        tool_error("--%s", sttp_last_error());
        return TOOL_FAILED;
    }
    if (sttp_subscriber_set_processing_interval(subscriber, options->processing_interval) != STTP_OK ||
        sttp_subscriber_set_history_parameters(subscriber, options->time_parameters) != STTP_OK) {
        return tool_library_error("cannot ask for historical data");
    }
    return TOOL_DONE;
}

static int set_up(sttp_subscriber *subscriber, struct reception *reception) {
    const struct options *options = reception->options;
    if (sttp_subscriber_set_protocol_version(subscriber, (int32_t)options->protocol) != STTP_OK ||
        sttp_subscriber_set_payload_compression(subscriber, options->tssc) != STTP_OK ||
        sttp_subscriber_set_gzip(subscriber, options->gzip) != STTP_OK ||
        sttp_subscriber_set_udp(subscriber, options->udp, (uint16_t)options->udp_port,
                                (size_t)options->receive_buffer) != STTP_OK ||
        sttp_subscriber_set_reconnect(subscriber, 1, TOOL_FIRST_RECONNECT_MS, TOOL_LAST_RECONNECT_MS, 0) != STTP_OK ||
        sttp_subscriber_set_follow_configuration(subscriber, options->follows) != STTP_OK ||
        (reception->blocks != NULL &&
         sttp_subscriber_on_buffer_block(subscriber, take_block, reception, NULL) != STTP_OK) ||
        sttp_subscriber_on_user_response(subscriber, take_response, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_message(subscriber, take_message, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_disconnected(subscriber, take_disconnected, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_request_failed, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_processing_complete(subscriber, take_complete, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_subscription_updated(subscriber, take_subscription, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_metadata(subscriber, take_metadata, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_measurements(subscriber, take_measurements, reception, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (sttp_subscriber_set_multicast(subscriber, options->group, options->interface) != STTP_OK) {
        tool_error("--multicast: %s", sttp_last_error());
        return TOOL_FAILED;
    }
    if (choose_form(subscriber, options) != TOOL_DONE || choose_time(subscriber, options) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (sttp_subscriber_subscribe(subscriber, options->filter) != STTP_OK) {
        return tool_library_error("cannot subscribe to '%s'", options->filter);
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
    finish(reception, TOOL_FAILED, "no subscription with %s%s after %g seconds (--timeout S waits longer)%s%s",
           reception->options->listens ? "a publisher that connects to " : "", reception->options->address, reception->options->timeout, problem[0] != '\0' ? ": " : "", problem);
}

/* Waits until a callback, a signal, the time-out before or the duration after the subscription ends it. */
static void wait_for_end(struct reception *reception) {
    const struct options *options = reception->options;
    double start = tool_clock();
    int subscribed_before = 0;
    while (!is_finished(reception) && !tool_interrupted()) {
        pthread_mutex_lock(&reception->lock);
        int subscribed = reception->subscribed;
        pthread_mutex_unlock(&reception->lock);
        if (subscribed && !subscribed_before) {
            subscribed_before = 1;
            start = tool_clock();
        }
        double limit = subscribed ? options->duration : options->timeout;
        double left = limit == 0.0 ? 3600.0 : start + limit - tool_clock();
        if (left > 0.0) {
            tool_wait(left);
        } else if (subscribed) {
            finish(reception, TOOL_DONE, "");
        } else {
            give_up(reception);
        }
    }
    finish(reception, TOOL_DONE, "");
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

static int receive(struct reception *reception, struct tool_statistics *report) {
    sttp_subscriber *subscriber = NULL;
    sttp_subscriber_statistics statistics;
    memset(&statistics, 0, sizeof statistics);
    if (sttp_subscriber_new(NULL, &subscriber) != STTP_OK) {
        return tool_library_error("cannot make a subscriber");
    }
    reception->subscriber = subscriber;
    int result = set_up(subscriber, reception);
    if (result == TOOL_DONE) {
        wait_for_end(reception);
        disconnect(subscriber, reception);
        sttp_subscriber_get_statistics(subscriber, &statistics, sizeof statistics);
        result = reception->result;
    }
    sttp_subscriber_free(subscriber);
    report->measurements = reception->measurements;
    report->seconds = reception->last_arrival - reception->first_arrival;
    report->bytes = statistics.bytes_received;
    report->dropped = statistics.measurements_dropped;
    report->datagrams = statistics.datagrams;
    return result;
}

static int open_output(const struct options *options) {
    if (options->output == NULL || options->format == FORMAT_NONE) {
        return STDOUT_FILENO;
    }
    int descriptor = open(options->output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (descriptor < 0) {
        tool_error("cannot write to %s: %s", options->output, strerror(errno));
    }
    return descriptor;
}

/* Gives the messages and the rows their places; 0, or -1 after saying why not. */
static int open_places(struct reception *reception, int descriptor) {
    enum format format = reception->options->format;
    reception->messages = format == FORMAT_TEXT ? fdopen(descriptor, "w") : stderr;
    if (format == FORMAT_CSV || format == FORMAT_JSONL) {
        reception->rows = rows_new(descriptor);
    }
    if (reception->messages == NULL || (reception->rows == NULL && format != FORMAT_TEXT && format != FORMAT_NONE)) {
        tool_error("not enough memory");
        return -1;
    }
    if (reception->options->blocks != NULL) {
        reception->blocks = fopen(reception->options->blocks, "w");
        if (reception->blocks == NULL) {
            tool_error("cannot write to %s: %s", reception->options->blocks, strerror(errno));
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

static int subscribe_as_asked(const struct options *options) {
    struct reception reception;
    struct tool_statistics report;
    memset(&reception, 0, sizeof reception);
    memset(&report, 0, sizeof report);
    reception.options = options;
    report.subscribers = -1;
    int descriptor = open_output(options);
    if (descriptor < 0 || open_places(&reception, descriptor) != 0) {
        return TOOL_FAILED;
    }
    pthread_mutex_init(&reception.lock, NULL);
    reception.result = receive(&reception, &report);
    int result = close_places(&reception, descriptor);
    pthread_mutex_destroy(&reception.lock);
    if (options->statistics) {
        tool_print_statistics(&report);
    }
    return result;
}

int main(int argc, char **argv) {
    struct options options;
    int exit_code = TOOL_DONE;
    if (tool_start("sttp-subscribe") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (options_parse(&options, argc, argv, &exit_code) != 0) {
        return exit_code;
    }
    return subscribe_as_asked(&options);
}
