#include "reception.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "../common/blocks.h"
#include "../common/log.h"
#include "../common/text.h"
#include "../common/tool.h"

#define TOTALS_SECONDS 5.0
/* Measurements of metadata that are kept beside newer ones. */
#define MOST_KEPT (1U << 20)
#define COMMAND_SUBSCRIBE 2

/* -- the end -- */

void reception_finish(struct reception *reception, int result, const char *format, ...) {
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

const char *reception_filter(const struct reception *reception) {
    const struct options *options = reception->options;
    return options->filter != NULL ? options->filter : options->connection_string;
}

const char *reception_peer(const struct reception *reception) {
    const struct options *options = reception->options;
    return options->address != NULL ? options->address : options->connection_string;
}

int reception_is_finished(struct reception *reception) {
    pthread_mutex_lock(&reception->lock);
    int finished = reception->finished;
    pthread_mutex_unlock(&reception->lock);
    return finished;
}

/* -- what the library says -- */

/* Beside rows, what happens goes where the log is, when that takes it. */
static int goes_to_log(const struct reception *reception) {
    return reception->options->format != FORMAT_TEXT && log_takes_events();
}

static void say(struct reception *reception, const char *format, ...) {
    va_list arguments;
    if (!log_tells(STTP_LOG_INFO) || goes_to_log(reception)) {
        return;
    }
    va_start(arguments, format);
    vfprintf(reception->messages, format, arguments);
    va_end(arguments);
    if (fflush(reception->messages) != 0) {
        reception_finish(reception, TOOL_FAILED, "cannot write messages: %s", strerror(errno));
    }
}

/* Something that happens, in a line. At the level debug the library's own log tells it. */
static void say_event(struct reception *reception, const char *message) {
    if (log_tells(STTP_LOG_DEBUG)) {
        return;
    }
    if (log_takes_events()) {
        tool_log(STTP_LOG_INFO, "%s", message);
    } else {
        say(reception, "%s\n", message);
    }
}

void reception_tell(struct reception *reception, const char *format, ...) {
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    say_event(reception, message);
}

void reception_take_message(struct reception *reception, int32_t level, const char *message) {
    if (level > STTP_LOG_WARNING) {
        say_event(reception, message);
        return;
    }
    pthread_mutex_lock(&reception->lock);
    /* Each attempt to connect may meet the same problem. */
    int known = strcmp(reception->last_problem, message) == 0;
    snprintf(reception->last_problem, sizeof reception->last_problem, "%s", message);
    pthread_mutex_unlock(&reception->lock);
    if (!known) {
        tool_log(level, "%s", message);
    }
}

static void take_message(void *user_data, int32_t level, const char *message) {
    reception_take_message((struct reception *)user_data, level, message);
}

static void take_connected(void *user_data, const char *address) {
    struct reception *reception = (struct reception *)user_data;
    outage_end(&reception->outages, reception_peer(reception));
    tool_status("Connected to %s", address);
    pthread_mutex_lock(&reception->lock);
    reception->connected = 1;
    reception->connections++;
    pthread_mutex_unlock(&reception->lock);
}

static void take_reconnecting(void *user_data, uint32_t attempt, uint32_t delay_ms) {
    struct reception *reception = (struct reception *)user_data;
    outage_attempt(&reception->outages, reception_peer(reception), attempt, delay_ms);
}

/* Whether this was an attempt to connect that others follow. */
static int will_try_again(struct reception *reception) {
    int32_t state = STTP_STATE_IDLE;
    pthread_mutex_lock(&reception->lock);
    int connected = reception->connected;
    reception->connected = 0;
    pthread_mutex_unlock(&reception->lock);
    sttp_subscriber_state(reception->subscriber, &state);
    return !connected && state != STTP_STATE_IDLE;
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct reception *reception = (struct reception *)user_data;
    int tries_again = will_try_again(reception);
    /* When this has finished, the publisher may still be the one that closes. */
    if (reason == STTP_OK || reception_is_finished(reception)) {
        pthread_mutex_lock(&reception->lock);
        reception->terminated = 1;
        pthread_mutex_unlock(&reception->lock);
        tool_wake();
    } else if (reason == STTP_ERR_REFUSED) {
        reception_finish(reception, TOOL_FAILED, "the publisher refused: %s", message);
    } else if (tries_again) {
        return;
    } else if (reception->options->start != NULL) {
        reception_finish(reception, TOOL_FAILED, "the connection ended before all historical data had come: %s",
                         message);
    } else if (reception->options->once && reception->measurements > 0) {
        reception_finish(reception, TOOL_DONE, "");
    } else if (reception->options->once) {
        reception_finish(reception, TOOL_FAILED, "the connection ended before a measurement came: %s", message);
    }
}

static void take_request_failed(void *user_data, int32_t command, const char *message) {
    struct reception *reception = (struct reception *)user_data;
    if (command == COMMAND_SUBSCRIBE) {
        reception_finish(reception, TOOL_FAILED, "the publisher refused the subscription to '%s': %s",
                         reception_filter(reception), message);
    }
}

/* Comes after a failed subscription as well, which is the first reason to end then. */
static void take_complete(void *user_data, const char *text) {
    struct reception *reception = (struct reception *)user_data;
    (void)text;
    reception_finish(reception, TOOL_DONE, "");
}

/* -- buffer blocks and user responses -- */

static void take_block(void *user_data, const sttp_guid *signal_id, uint32_t signal_index, const uint8_t *data,
                       size_t size) {
    struct reception *reception = (struct reception *)user_data;
    (void)signal_index;
    blocks_write(reception->blocks, signal_id, data, size);
    if (fflush(reception->blocks) != 0) {
        reception_finish(reception, TOOL_FAILED, "cannot write to %s: %s", reception->options->blocks, strerror(errno));
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

void reception_take_signals(struct reception *reception, const sttp_signal *const *signals, size_t count) {
    if (count == 0) {
        tool_log(STTP_LOG_WARNING, "the filter matches no signal of the publisher (--metadata-out FILE shows what it has)");
    }
    if (reception->output != NULL && output_set_signals(reception->output, signals, count) != 0) {
        reception_finish(reception, TOOL_FAILED, "");
    }
    if (reception->options->device_report != NULL && tallies_set_signals(&reception->tallies, signals, count) != 0) {
        reception_finish(reception, TOOL_FAILED, "");
    }
}

void reception_subscribed(struct reception *reception, int has_signals) {
    pthread_mutex_lock(&reception->lock);
    reception->subscribed = 1;
    reception->has_signals = has_signals;
    pthread_mutex_unlock(&reception->lock);
}

static void take_subscription(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct reception *reception = (struct reception *)user_data;
    (void)generation;
    reception_take_signals(reception, signals, count);
    reception_subscribed(reception, count != 0);
    tool_status("Subscribed to %zu signal%s of %s", count, tool_plural(count), reception_peer(reception));
    send_command(reception);
    tool_wake();
}

/* -- metadata -- */

static void log_metadata(const sttp_metadata *metadata) {
    size_t devices = 0;
    size_t measurements = 0;
    sttp_metadata_device_count(metadata, &devices);
    sttp_metadata_measurement_count(metadata, &measurements);
    tool_log(STTP_LOG_INFO, "metadata have %zu measurement%s of %zu device%s", measurements, tool_plural(measurements),
             devices, tool_plural(devices));
}

static void say_metadata(struct reception *reception, const sttp_metadata *metadata) {
    size_t tables = 0;
    int32_t version = 0;
    if (log_takes_events()) {
        log_metadata(metadata);
        return;
    }
    sttp_metadata_table_count(metadata, &tables);
    say(reception, "    Discovered:\n");
    for (size_t i = 0; i < tables; i++) {
        const char *name = "";
        size_t rows = 0;
        size_t columns = 0;
        char digits[TOOL_DIGITS_SIZE];
        if (sttp_metadata_table(metadata, i, &name, &rows, &columns) == STTP_OK) {
            say(reception, "        %s %s record%s\n", tool_group_digits(rows, digits), name, tool_plural(rows));
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
        reception_finish(reception, TOOL_FAILED, "cannot turn the metadata into XML: %s", sttp_last_error());
        return;
    }
    FILE *file = fopen(path, "wb");
    int complete = file != NULL && fwrite(xml, 1, length, file) == length;
    if (file != NULL && fclose(file) != 0) {
        complete = 0;
    }
    if (!complete) {
        reception_finish(reception, TOOL_FAILED, "cannot write the metadata to %s: %s", path, strerror(errno));
    }
}

/* For the report: what earlier ones have besides stays known, of signals that were there for a time. */
static void keep_metadata(struct reception *reception, const sttp_metadata *metadata) {
    sttp_metadata *kept = NULL;
    size_t known = 0;
    if (reception->metadata != NULL) {
        sttp_metadata_measurement_count(reception->metadata, &known);
    }
    int merges = known > 0 && known < MOST_KEPT;
    if ((!merges || sttp_metadata_merge(reception->metadata, metadata, &kept, NULL, NULL) != STTP_OK) &&
        sttp_metadata_clone(metadata, &kept) != STTP_OK) {
        tool_library_error("cannot keep the metadata for --report");
        return;
    }
    sttp_metadata_free(reception->metadata);
    reception->metadata = kept;
}

void reception_take_metadata(struct reception *reception, const sttp_metadata *metadata) {
    say_metadata(reception, metadata);
    if (signal_names_set(reception->names, metadata) != 0 ||
        (reception->output != NULL && output_take_names(reception->output) != 0)) {
        reception_finish(reception, TOOL_FAILED, "");
    }
    if (reception->options->device_report != NULL) {
        keep_metadata(reception, metadata);
    }
    if (reception->options->metadata_output != NULL) {
        write_metadata(reception, metadata);
    }
}

static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    reception_take_metadata((struct reception *)user_data, metadata);
}

/* -- measurements -- */

/* HH:MM:SS.mmm. The two top bits of a timestamp mark leap seconds. */
static void format_time_of_day(int64_t timestamp, char *text, size_t size) {
    const uint64_t value = (uint64_t)timestamp & STTP_TICKS_VALUE_MASK;
    const unsigned milliseconds = (unsigned)(value / 10000 % 86400000);
    const unsigned seconds = milliseconds / 1000;
    snprintf(text, size, "%02u:%02u:%02u.%03u", seconds / 3600, seconds / 60 % 60, seconds % 60, milliseconds % 1000);
}

static void say_raw(struct reception *reception, const sttp_measurement *measurement) {
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

static void say_named(struct reception *reception, const sttp_measurement *measurement, const struct signal_name *name) {
    struct text line = {0};
    char time[STTP_TIME_TEXT_SIZE], flags[STTP_FLAGS_TEXT_SIZE] = "Normal";
    if (sttp_time_format(measurement->timestamp, time, sizeof time) != STTP_OK) {
        format_time_of_day(measurement->timestamp, time, sizeof time);
    }
    if (measurement->flags != 0) {
        sttp_flags_format(measurement->flags, flags, sizeof flags);
    }
    text_add_shown(&line, name->tag[0] != '\0' ? name->tag : name->key);
    text_add(&line, "%s", name->device[0] != '\0' ? " of " : "");
    text_add_shown(&line, name->device);
    text_add(&line, ", ");
    text_add_shown(&line, name->type);
    text_add(&line, " @ %s = %.3f%s%s (%s)", time, measurement->value, name->unit[0] != '\0' ? " " : "", name->unit, flags);
    if (!line.failed) {
        say(reception, "    %s\n", line.bytes);
    }
    text_free(&line);
}

static void say_measurement(struct reception *reception, const sttp_measurement *measurement) {
    struct signal_name name;
    if (reception->options->columns.are_raw || !signal_names_find(reception->names, &measurement->signal_id, &name)) {
        say_raw(reception, measurement);
    } else {
        say_named(reception, measurement, &name);
    }
}

/* How much has come of what is wanted; negative when there is no end to it. */
static double part_done(const struct reception *reception) {
    const struct options *options = reception->options;
    double by_count = options->count != 0 ? (double)reception->measurements / (double)options->count : -1.0;
    double by_time =
        options->duration > 0.0 ? (reception->last_arrival - reception->first_arrival) / options->duration : -1.0;
    return fmax(by_count, by_time);
}

/* Shows one of the measurements that just came, each time another signal. */
static void say_totals(struct reception *reception, const sttp_measurement *measurements, size_t count) {
    char digits[TOOL_DIGITS_SIZE];
    char done[TOOL_DONE_SIZE];
    if (reception->last_arrival < reception->next_totals) {
        return;
    }
    reception->next_totals = reception->last_arrival + TOTALS_SECONDS;
    tool_part_done(part_done(reception), done);
    if (goes_to_log(reception)) {
        tool_log(STTP_LOG_INFO, "%s measurements received so far%s", tool_group_digits(reception->measurements, digits), done);
        return;
    }
    say(reception, "%s measurements received so far%s. Current measurement:\n",
        tool_group_digits(reception->measurements, digits), done);
    say_measurement(reception, &measurements[reception->totals_said++ % count]);
}

/* What was said already has no error. */
void reception_check_output(struct reception *reception, int error) {
    if (error > 0) {
        reception_finish(reception, TOOL_FAILED, "cannot write to %s: %s", output_name(reception->output),
                         strerror(error));
    } else if (error < 0) {
        reception_finish(reception, TOOL_FAILED, "");
    }
}

/* What an outage log takes for received is not to be lost, though the end is near. */
static int is_wanted(struct reception *reception) {
    return reception->options->outage_log != NULL || !reception_is_finished(reception);
}

static void take(struct reception *reception, const sttp_measurement *measurements, size_t count, int recovered) {
    uint64_t wanted = reception->options->count;
    if (reception->options->device_report != NULL) {
        tallies_add(&reception->tallies, measurements, count, recovered);
    }
    if (wanted != 0 && count > wanted - reception->measurements) {
        count = (size_t)(wanted - reception->measurements);
    }
    reception->last_arrival = tool_clock();
    if (reception->measurements == 0) {
        say_event(reception, "Receiving measurements...");
        reception->first_arrival = reception->last_arrival;
        reception->next_totals = reception->last_arrival + TOTALS_SECONDS;
    }
    reception->measurements += count;
    if (reception->output != NULL) {
        reception_check_output(reception, output_take(reception->output, measurements, count, recovered));
    }
    say_totals(reception, measurements, count);
    if (wanted != 0 && reception->measurements == wanted) {
        reception_finish(reception, TOOL_DONE, "");
    }
}

void reception_take(struct reception *reception, const sttp_measurement *measurements, size_t count, int recovered) {
    if (count != 0 && is_wanted(reception)) {
        take(reception, measurements, count, recovered);
    }
}

void reception_take_last(struct reception *reception, const sttp_measurement *measurements, size_t count) {
    take(reception, measurements, count, 0);
}

static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    reception_take((struct reception *)user_data, measurements, count, 0);
}

static void take_recovered(void *user_data, const sttp_measurement *measurements, size_t count) {
    reception_take((struct reception *)user_data, measurements, count, 1);
}

/* -- all of it -- */

int reception_register(struct reception *reception) {
    sttp_subscriber *subscriber = reception->subscriber;
    if ((reception->blocks != NULL &&
         sttp_subscriber_on_buffer_block(subscriber, take_block, reception, NULL) != STTP_OK) ||
        sttp_subscriber_on_user_response(subscriber, take_response, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_message(subscriber, take_message, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_connected(subscriber, take_connected, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_reconnecting(subscriber, take_reconnecting, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_disconnected(subscriber, take_disconnected, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_request_failed, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_processing_complete(subscriber, take_complete, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_subscription_updated(subscriber, take_subscription, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_metadata(subscriber, take_metadata, reception, NULL) != STTP_OK ||
        sttp_subscriber_on_measurements(subscriber, take_measurements, reception, NULL) != STTP_OK ||
        (reception->recovers &&
         sttp_subscriber_on_recovered_measurements(subscriber, take_recovered, reception, NULL) != STTP_OK)) {
        return tool_library_error("cannot set up the subscriber");
    }
    return TOOL_DONE;
}
