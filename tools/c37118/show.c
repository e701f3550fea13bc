/* sttp-c37118 show: what a device is and measures. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../common/tool.h"
#include "commands.h"
#include "describe.h"
#include "devices.h"
#include "json.h"
#include "messages.h"
#include "meter.h"
#include "values.h"

#define LONGEST_WAIT 0.25

enum format { FORMAT_TEXT, FORMAT_JSONL };

static struct options {
    const char *device;
    int format;
    int once;
    double interval;
    double duration; /* 0: no limit */
    double timeout;  /* 0: no limit */
    int statistics;
} options;

/* What callbacks know, which come one at a time; the lock is for what the main thread looks at as well. */
static struct show {
    sttp_c37118_input *input;
    struct meter meter;
    struct meter_reading reading;
    int has_reading;
    double next; /* of tool_clock: when a frame is shown again */
    pthread_mutex_t lock;
    int has_connected;
    int has_data;
    int finished;
    int failed; /* the device, as far as is known */
    struct messages messages;
} show = {.lock = PTHREAD_MUTEX_INITIALIZER, .messages = MESSAGES_OF("device")};

/* -- the command line -- */

static int take_device(const char *device) {
    if (options.device != NULL) {
        tool_error("one DEVICE is enough, and '%s' is another one", device);
        return -1;
    }
    options.device = device;
    return 0;
}

static const struct option_choice formats[] = {{"text", NULL}, {"jsonl", NULL}, {NULL, NULL}};

static const struct option_row rows[] = {
    OPTIONS_SECTION("Which device"),
    OPTIONS_DEVICE,

    OPTIONS_SECTION("A capture in place of a device"),
    OPTIONS_CAPTURE,

    OPTIONS_SECTION("What is shown"),
    {"once", NULL, "The configuration and one data frame.", TO_FLAG(options.once)},
    {"interval", "S", "A data frame every S seconds, and how regularly all arrived; 0 shows each of them.",
     TO_DECIMAL(options.interval), .standard = "1"},
    {"header", NULL, "Also the text of the header frame.", FLAG_BY_KEY(STTP_SETTING_REQUEST_HEADER, "true"),
     .role = STTP_ROLE_C37118_INPUT},
    {"format", "FORMAT",
     "`text`: lines for people. `jsonl`: an object a line with `type`: `configuration`, `data` or `header`. Phasors of "
     "`data` are magnitude in volts or amperes and angle in degrees; absent values are null.",
     TO_CHOICE(options.format, formats), .standard = "text"},
    {"duration", "S", "Ends S seconds after the first data frame.", TO_DECIMAL(options.duration)},
    {"timeout", "S", "Fails if no data frame has come after S seconds; 0 tries for ever.", TO_DECIMAL(options.timeout),
     .standard = "30"},

    OPTIONS_SECTION("What is counted"),
    {"stats", NULL, "At the end, one JSON object as the last line of standard error.", TO_FLAG(options.statistics)},
};

static const struct own_setting own_settings[] = {{"device", "give DEVICE"}, {NULL, NULL}};

static const struct command_line line = {
    .name = "sttp-c37118 show",
    .usage = "sttp-c37118 show DEVICE [OPTION]...\n"
             "       sttp-c37118 show --capture FILE [OPTION]...",
    .about = "Connects to a C37.118 device, a PMU or a PDC, and shows its configuration and what it measures until\n"
             "interrupted: values, status words, quality of the clock, frame rate, jitter and losses.\n"
             "\n" DEVICE_SYNTAX,
    .notes = "Delay is the time from that of a frame to its arrival, by the clock of this machine, on average; jitter is\n"
             "the standard deviation of that. Analog values are shown as they come, without their factor.",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .take_argument = take_device,
    .role = STTP_ROLE_C37118_INPUT,
    .takes_settings = 1,
    .own_settings = own_settings,
};

/* -- what the device tells -- */

static void finish(void) {
    pthread_mutex_lock(&show.lock);
    show.finished = 1;
    pthread_mutex_unlock(&show.lock);
    tool_wake();
}

static int is_finished(void) {
    pthread_mutex_lock(&show.lock);
    int finished = show.finished;
    pthread_mutex_unlock(&show.lock);
    return finished;
}

static void take_message(void *user_data, uint64_t device, int32_t level, const char *message) {
    /* What is about no device is about measurements that are not published, which is meant so. */
    if (device != 0) {
        messages_say(user_data, device, level, message);
    }
}

static void take_connected(void *user_data, uint64_t device, const char *address) {
    (void)user_data;
    (void)device;
    if (options.format == FORMAT_TEXT) {
        tool_say(options.device != NULL ? "Connected to %s\n" : "Playing %s\n", address);
    }
    pthread_mutex_lock(&show.lock);
    show.has_connected = 1;
    show.failed = 0;
    pthread_mutex_unlock(&show.lock);
}

static void take_disconnected(void *user_data, uint64_t device, int32_t reason, const char *message) {
    (void)user_data;
    (void)device;
    (void)message;
    pthread_mutex_lock(&show.lock);
    show.failed = reason != STTP_OK;
    pthread_mutex_unlock(&show.lock);
    tool_wake();
}

static void take_configuration(void *user_data, uint64_t device, const sttp_c37118_configuration *configuration) {
    (void)user_data;
    (void)device;
    (options.format == FORMAT_TEXT ? describe_text : describe_json)(configuration);
    tool_say("%s", "");
}

static void take_header(void *user_data, uint64_t device, const uint8_t *text, size_t length) {
    char shown[1024];
    (void)user_data;
    (void)device;
    size_t shown_length = 0;
    for (; shown_length < length && shown_length + 1 < sizeof shown; shown_length++) {
        /* No standard says what other bytes than those of ASCII mean. */
        shown[shown_length] = text[shown_length] != 0 && text[shown_length] < 0x80 ? (char)text[shown_length] : '?';
    }
    shown[shown_length] = '\0';
    if (options.format == FORMAT_TEXT) {
        printf("Header: ");
        tool_print_text(shown);
        tool_say("\n");
    } else {
        printf("{\"type\":\"header\",\"text\":");
        json_text(shown);
        tool_say("}\n");
    }
}

static void show_frame(const sttp_c37118_configuration *configuration, const uint8_t *frame, size_t length,
                       int64_t timestamp, uint32_t quality, const sttp_c37118_client_counters *counters) {
    struct values values;
    memset(&values, 0, sizeof values);
    values.configuration = configuration;
    values.frame = frame;
    values.length = length;
    values.timestamp = timestamp;
    values.quality = quality;
    values.reading = show.has_reading ? &show.reading : NULL;
    values.counters = counters;
    (options.format == FORMAT_TEXT ? values_text : values_json)(&values);
    tool_say("%s", "");
}

static void take_data(void *user_data, uint64_t device, const sttp_c37118_configuration *configuration,
                      const uint8_t *frame, size_t length) {
    double now = tool_clock();
    int64_t timestamp = 0;
    uint32_t quality = 0;
    sttp_c37118_client_counters counters;
    (void)user_data;
    if (is_finished() ||
        sttp_c37118_data_time(configuration, frame, length, &timestamp, &quality) != STTP_OK) {
        return;
    }
    meter_count(&show.meter, timestamp, now, sttp_time_now());
    if (now < show.next) {
        return;
    }
    /* So that what comes a little late once does not shift all that follow. */
    show.next = show.next + options.interval > now ? show.next + options.interval : now + options.interval;
    show.has_reading = meter_read(&show.meter, now, &show.reading);
    int32_t status = sttp_c37118_input_statistics(show.input, device, NULL, 0, &counters, sizeof counters);
    show_frame(configuration, frame, length, timestamp, quality, status == STTP_OK ? &counters : NULL);
    pthread_mutex_lock(&show.lock);
    show.has_data = 1;
    show.finished |= options.once;
    pthread_mutex_unlock(&show.lock);
    tool_wake();
}

/* -- the course of it -- */

static int open_device(sttp_publisher *publisher) {
    if (sttp_c37118_input_new(publisher, NULL, &show.input) != STTP_OK ||
        sttp_c37118_input_on_connected(show.input, take_connected, NULL, NULL) != STTP_OK ||
        sttp_c37118_input_on_disconnected(show.input, take_disconnected, NULL, NULL) != STTP_OK ||
        sttp_c37118_input_on_configuration(show.input, take_configuration, NULL, NULL) != STTP_OK ||
        sttp_c37118_input_on_header(show.input, take_header, NULL, NULL) != STTP_OK ||
        sttp_c37118_input_on_data(show.input, take_data, NULL, NULL) != STTP_OK ||
        sttp_c37118_input_on_message(show.input, take_message, &show.messages, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the connection");
    }
    if (options_configure(&line, &settings_of_devices, show.input) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    return devices_add(show.input, options.device);
}

/* Waits until what was asked for is shown, the time is over, or an interruption. */
static int wait_for_end(void) {
    double start = tool_clock();
    int had_data = 0;
    while (!is_finished() && !tool_interrupted()) {
        pthread_mutex_lock(&show.lock);
        int has_data = show.has_data;
        int failed = show.failed;
        int connected = show.has_connected;
        pthread_mutex_unlock(&show.lock);
        if (has_data && !had_data) {
            had_data = 1;
            start = tool_clock();
        }
        double limit = has_data ? options.duration : options.timeout;
        double left = limit == 0.0 ? LONGEST_WAIT : start + limit - tool_clock();
        if (devices_have_ended(show.input)) {
            return failed ? TOOL_FAILED : TOOL_DONE;
        }
        if (left > 0.0) {
            tool_wait(left < LONGEST_WAIT ? left : LONGEST_WAIT);
        } else if (has_data) {
            break;
        } else {
            return messages_give_up(&show.messages, "data frame",
                                    options.device != NULL ? options.device : "the capture", options.timeout,
                                    connected ? "most devices answer to their own ID code only, which --id says" : NULL);
        }
    }
    return TOOL_DONE;
}

static void report(void) {
    fputc('{', stderr);
    devices_report(show.input);
    fputs("}\n", stderr);
}

int show_command(int argc, char **argv) {
    sttp_publisher *publisher = NULL;
    int exit_code = TOOL_DONE;
    if (options_read(&line, argc, argv, &exit_code) != 0) {
        return exit_code;
    }
    if (options.device == NULL && !options_given(&line, "capture") && !options_given(&line, "transport")) {
        return tool_usage_error("the DEVICE is missing: HOST:PORT, or what connection strings say of one, or --capture FILE");
    }
    /* It is never started: what the device measures goes nowhere but to the callbacks. */
    if (sttp_publisher_new(NULL, &publisher) != STTP_OK) {
        return tool_library_error("cannot make a connection");
    }
    int result = open_device(publisher);
    if (result == TOOL_DONE) {
        result = wait_for_end();
        finish();
    }
    if (options.statistics && show.input != NULL) {
        report();
    }
    sttp_c37118_input_free(show.input);
    sttp_publisher_free(publisher);
    messages_end(&show.messages);
    return result;
}
