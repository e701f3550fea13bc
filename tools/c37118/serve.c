/* sttp-c37118 serve: what an STTP publisher has, served as streams of C37.118. And sttp-c37118 relay out: the frames of a
 * device that it passes on, byte by byte. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/metrics_library.h"
#include "../common/outage.h"
#include "../common/report.h"
#include "../common/tool.h"
#include "commands.h"
#include "describe.h"
#include "messages.h"
#include "sttp.h"
#include "subscription.h"

#define LONGEST_WAIT 3600.0
#define STREAMS_MOST 1000
#define USUAL_LISTEN "127.0.0.1:4712"
#define HOST_SIZE 128

static struct options {
    const char *publisher;
    const char *relayed; /* a device; NULL: measurements */
    const char *streams[STREAMS_MOST];
    size_t stream_count;
    const char *listen;
    int list;
    double duration; /* 0: no limit */
    double timeout;  /* 0: no limit */
    int statistics;
    const char *metrics; /* NULL: not served */
} options;

/* A running output. What callbacks know is behind the lock. */
static struct service {
    sttp_c37118_output *output;
    struct subscription *subscription;
    struct messages messages;
    struct outages outages;
    double started; /* of tool_clock */
    pthread_mutex_t lock;
    int is_listed;
} service = {.lock = PTHREAD_MUTEX_INITIALIZER, .messages = MESSAGES_OF("stream"), .outages = OUTAGES_NONE};

/* -- the command line -- */

static int take_relayed(const char *argument) {
    if (options.publisher == NULL) {
        options.publisher = argument;
    } else if (options.relayed == NULL) {
        options.relayed = argument;
    } else {
        tool_error("one NAME is enough, and '%s' is another one; 'serve' takes several, as 'port=4713; relay=%s'", argument,
                   argument);
        return -1;
    }
    return 0;
}

static int take_stream(const char *argument) {
    if (options.publisher == NULL) {
        options.publisher = argument;
        return 0;
    }
    if (options.stream_count == STREAMS_MOST) {
        tool_error("at most %d streams are possible", STREAMS_MOST);
        return -1;
    }
    options.streams[options.stream_count++] = argument;
    return 0;
}

#define OF_STREAM .role = STTP_ROLE_C37118_OUTPUT

#define OPTIONS_CLIENTS(without)                                                                                       \
    OPTIONS_SECTION("Where clients are"),                                                                              \
    {"listen", "ADDR:PORT",                                                                                            \
     "Where clients connect" without "; port 0 takes any free one, and `*:PORT` listens on all addresses. Default, "   \
     "without `--targets` and `--udp-port`: `" USUAL_LISTEN "`.",                                                      \
     TO_TEXT(options.listen)},                                                                                         \
    {"udp-port", "PORT", NULL, BY_KEY(STTP_SETTING_UDP_PORT), OF_STREAM},                                              \
    {"targets", "HOST:PORT", NULL, BY_KEY(STTP_SETTING_UDP_TARGETS), OF_STREAM}

#define OPTIONS_PUBLISHER                                                                                              \
    OPTIONS_SECTION("The publisher, and how long"),                                                                    \
    OPTIONS_TLS("Secures the connection", "the publisher", " `sttp-publish --make-certificate` makes one."),           \
    {"list", NULL, "Only shows what would be served: the configuration of the stream. Nobody can connect to it.",      \
     TO_FLAG(options.list)},                                                                                           \
    {"timeout", "S", "With `--list`: fails if there is no configuration after S seconds; 0 tries for ever.",           \
     TO_DECIMAL(options.timeout), .standard = "30"},                                                                   \
    {"duration", "S", "Ends after S seconds.", TO_DECIMAL(options.duration)},                                          \
                                                                                                                       \
    OPTIONS_SECTION("What is counted"),                                                                                \
    {"stats", NULL, "At the end, one JSON object as the last line of standard error.", TO_FLAG(options.statistics)}, \
    OPTION_METRICS(options.metrics)

static const struct option_row serve_rows[] = {
    OPTIONS_CLIENTS(", without STREAM"),

    OPTIONS_SECTION("Streams that do not say otherwise"),
    {"id", "N", NULL, BY_KEY(STTP_SETTING_ACCESS_I_D), OF_STREAM},
    {"devices", "NAMES", NULL, BY_KEY(STTP_SETTING_DEVICES), OF_STREAM},
    {"filter", "EXPR", NULL, BY_KEY(STTP_SETTING_FILTER_EXPRESSION), OF_STREAM},
    {"rate", "FPS", NULL, BY_KEY(STTP_SETTING_DATA_RATE), OF_STREAM},
    {"standard", "YEAR", NULL, BY_KEY(STTP_SETTING_STANDARD), OF_STREAM},
    {"format", "FORMAT", NULL, BY_KEY(STTP_SETTING_FORMAT), OF_STREAM},
    {"nominal-frequency", "HZ", NULL, BY_KEY(STTP_SETTING_NOMINAL_FREQUENCY), OF_STREAM},
    {"header-text", "TEXT", NULL, BY_KEY(STTP_SETTING_HEADER_TEXT), OF_STREAM},
    {"lag-time", "S", NULL, BY_KEY(STTP_SETTING_LAG_TIME), OF_STREAM},
    {"lead-time", "S", NULL, BY_KEY(STTP_SETTING_LEAD_TIME), OF_STREAM},
    {"wait-by", "WHAT", NULL, BY_KEY(STTP_SETTING_WAIT_BY), OF_STREAM},

    OPTIONS_PUBLISHER,
};

static const struct option_row relay_rows[] = {OPTIONS_CLIENTS(""), OPTIONS_PUBLISHER};

static const struct own_setting own_settings[] = {
    {"server", "give HOST:PORT"},
    {"filterExpression", "give --filter EXPR"},
    {"readQueue", "this program has callbacks"},
    {NULL, NULL},
};

#define PUBLISHER_SYNTAX                                                                                               \
    "PUBLISHER is HOST:PORT, or what connection strings say of a subscriber; 'commandChannel={port=7175}' listens for\n" \
    "a publisher that connects by itself.\n"

static const struct command_line serve_line = {
    .name = "sttp-c37118 serve",
    .usage = "sttp-c37118 serve PUBLISHER [STREAM]... [OPTION]...",
    .about = "Subscribes to an STTP (IEEE 2664) publisher and serves what it has as streams of C37.118 until\n"
             "interrupted: to clients that connect, and to UDP addresses.\n"
             "\n"
             PUBLISHER_SYNTAX
             "STREAM is what connection strings say of a C37.118 output, as 'port=4712; accessID=235; devices=SHELBY';\n"
             "docs/connection-strings.md. Without any STREAM there is one, of all devices, that the options describe.",
    .notes = "--set is for the side of STTP.",
    .rows = serve_rows,
    .row_count = sizeof serve_rows / sizeof serve_rows[0],
    .take_argument = take_stream,
    .role = STTP_ROLE_SUBSCRIBER,
    .takes_settings = 1,
    .runs_long = 1,
    .own_settings = own_settings,
};

static const struct command_line relay_line = {
    .name = "sttp-c37118 relay out",
    .usage = "sttp-c37118 relay out PUBLISHER NAME [OPTION]...",
    .about = "Subscribes to an STTP (IEEE 2664) publisher that passes on the frames of C37.118 devices, and serves those of\n"
             "one device, byte by byte, until interrupted: to clients that connect, and to UDP addresses. They cannot tell\n"
             "it from the device, and have to use its ID code.\n"
             "\n"
             PUBLISHER_SYNTAX
             "NAME is that of the device: 'sttp-c37118 relay in' tells it, and has --name to choose it.",
    .notes = "--set is for the side of STTP. Several devices: 'sttp-c37118 serve PUBLISHER' with a stream for each, as\n"
             "'port=4712; relay=SHELBY' 'port=4713; relay=NORTH'.",
    .rows = relay_rows,
    .row_count = sizeof relay_rows / sizeof relay_rows[0],
    .take_argument = take_relayed,
    .role = STTP_ROLE_SUBSCRIBER,
    .takes_settings = 1,
    .runs_long = 1,
    .own_settings = own_settings,
};

/* The command that is run. */
static const struct command_line *line;

/* NULL when the command line can be done. */
static const char *find_problem(void) {
    if (options.publisher == NULL) {
        return "the PUBLISHER is missing: HOST:PORT, or what connection strings say of one";
    }
    if (line == &relay_line && options.relayed == NULL) {
        return "the NAME of the device is missing, which 'sttp-c37118 relay in' tells";
    }
    if (options.listen != NULL && options.stream_count != 0) {
        return "a STREAM says itself where clients are; leave out --listen";
    }
    if (options.list && (options.listen != NULL || options.stream_count != 0)) {
        return "--list shows what the options describe; leave out STREAM and --listen";
    }
    return NULL;
}

/* -- what happens -- */

static void say_connected(void *user_data, const char *address) {
    (void)user_data;
    outage_end(&service.outages, options.publisher);
    if (!options.list) {
        tool_tell("Connected to %s\n", address);
        tool_status("Connected to %s", address);
    }
}

static void take_reconnecting(void *user_data, uint32_t attempt, uint32_t delay_ms) {
    (void)user_data;
    outage_attempt(&service.outages, options.publisher, attempt, delay_ms);
}

static void take_configuration(void *user_data, uint64_t number, const sttp_c37118_configuration *configuration) {
    sttp_c37118_stream stream;
    (void)user_data;
    if (options.list) {
        describe_text(configuration);
        pthread_mutex_lock(&service.lock);
        service.is_listed = 1;
        pthread_mutex_unlock(&service.lock);
        tool_wake();
    } else if (sttp_c37118_configuration_stream(configuration, &stream, sizeof stream) == STTP_OK) {
        tool_tell("Stream %llu has %u PMU%s: ID code %u, data rate %ld\n", (unsigned long long)number,
                 (unsigned)stream.pmu_count, tool_plural(stream.pmu_count), (unsigned)stream.id_code,
                 (long)stream.data_rate);
    }
}

static void say_client_connected(void *user_data, uint64_t stream, const char *address) {
    (void)user_data;
    tool_tell("Client %s of stream %llu is connected\n", address, (unsigned long long)stream);
}

static void say_client_disconnected(void *user_data, uint64_t stream, const char *address, const char *message) {
    (void)user_data;
    tool_tell("Client %s of stream %llu is disconnected: %s\n", address, (unsigned long long)stream, message);
}

/* -- the streams -- */

static int32_t configure(void *output, const char *settings) {
    (void)output;
    (void)settings;
    /* Options of streams have keys. */
    return STTP_ERR_INVALID_ARGUMENT;
}

static int32_t set(void *output, const char *key, const char *value) {
    return sttp_c37118_output_set((sttp_c37118_output *)output, key, value);
}

static const struct settings_of settings_of_streams = {STTP_ROLE_C37118_OUTPUT, configure, set};

/* ADDR:PORT, [ADDR]:PORT for IPv6 or *:PORT, as settings of a stream. */
static int set_listening(const char *listen) {
    char host[HOST_SIZE];
    const char *colon = strrchr(listen, ':');
    size_t length = colon != NULL ? (size_t)(colon - listen) : 0;
    if (colon == NULL || length == 0 || length >= sizeof host) {
        tool_error("--listen is ADDR:PORT, not '%s'", listen);
        return TOOL_FAILED;
    }
    int is_bracketed = length > 2 && listen[0] == '[' && listen[length - 1] == ']';
    snprintf(host, sizeof host, "%.*s", (int)(is_bracketed ? length - 2 : length), listen + is_bracketed);
    if (sttp_c37118_output_set(service.output, STTP_SETTING_PORT, colon + 1) != STTP_OK ||
        (strcmp(host, "*") != 0 &&
         sttp_c37118_output_set(service.output, STTP_SETTING_INTERFACE, host) != STTP_OK)) {
        return tool_library_error("--listen %s", listen);
    }
    return TOOL_DONE;
}

static int add_stream(const char *string) {
    char address[HOST_SIZE];
    uint64_t stream = 0;
    if (sttp_c37118_output_add(service.output, string, &stream) != STTP_OK) {
        return string[0] != '\0' ? tool_library_error("%s", string) : tool_library_error("cannot serve");
    }
    if (options.list) {
        return TOOL_DONE;
    }
    if (sttp_c37118_output_address(service.output, stream, address, sizeof address) == STTP_OK) {
        tool_tell("Stream %llu listens on %s\n", (unsigned long long)stream, address);
    } else {
        tool_tell("Stream %llu is sent by UDP\n", (unsigned long long)stream);
    }
    return TOOL_DONE;
}

static int add_streams(void) {
    if (options.list) {
        return set_listening("127.0.0.1:0") == TOOL_DONE ? add_stream("") : TOOL_FAILED;
    }
    if (options.stream_count == 0) {
        const char *listen = options.listen;
        if (listen == NULL && !options_given(line, "targets") && !options_given(line, "udp-port")) {
            listen = USUAL_LISTEN;
        }
        return listen == NULL || set_listening(listen) == TOOL_DONE ? add_stream("") : TOOL_FAILED;
    }
    int result = TOOL_DONE;
    for (size_t i = 0; i < options.stream_count && result == TOOL_DONE; i++) {
        result = add_stream(options.streams[i]);
    }
    return result;
}

/* -- the course of it -- */

static int open_output(void) {
    service.messages.has_several = options.stream_count > 1;
    if (sttp_c37118_output_new(NULL, &service.output) != STTP_OK ||
        sttp_c37118_output_on_connected(service.output, say_connected, NULL, NULL) != STTP_OK ||
        sttp_c37118_output_on_reconnecting(service.output, take_reconnecting, NULL, NULL) != STTP_OK ||
        sttp_c37118_output_on_configuration(service.output, take_configuration, NULL, NULL) != STTP_OK ||
        sttp_c37118_output_on_client_connected(service.output, say_client_connected, NULL, NULL) != STTP_OK ||
        sttp_c37118_output_on_client_disconnected(service.output, say_client_disconnected, NULL, NULL) != STTP_OK ||
        sttp_c37118_output_on_message(service.output, messages_say, &service.messages, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the output");
    }
    if (options.relayed != NULL && sttp_c37118_output_set(service.output, STTP_SETTING_RELAY, options.relayed) != STTP_OK) {
        return tool_library_error("%s", options.relayed);
    }
    if (options_configure(line, &settings_of_streams, service.output) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    return add_streams();
}

static int open_subscription(void) {
    service.subscription = subscription_new(options.publisher);
    if (service.subscription == NULL) {
        tool_error("not enough memory");
        return TOOL_FAILED;
    }
    if (options_configure(line, &settings_of_subscription, service.subscription) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    const char *string = subscription_string(service.subscription);
    if (string == NULL) {
        tool_error("not enough memory");
        return TOOL_FAILED;
    }
    if (sttp_c37118_output_open(service.output, string) != STTP_OK) {
        return tool_library_error("cannot connect to %s", options.publisher);
    }
    return TOOL_DONE;
}

static int is_listed(void) {
    pthread_mutex_lock(&service.lock);
    int listed = service.is_listed;
    pthread_mutex_unlock(&service.lock);
    return listed;
}

static int wait_for_end(void) {
    double limit = options.list ? options.timeout : options.duration;
    double end = service.started + limit;
    while (!tool_interrupted() && !is_listed()) {
        double left = limit == 0.0 ? LONGEST_WAIT : end - tool_clock();
        if (left <= 0.0) {
            break;
        }
        tool_wait(left);
    }
    if (options.list && !is_listed()) {
        return messages_give_up(&service.messages, "configuration", options.publisher, options.timeout, NULL);
    }
    return TOOL_DONE;
}

static void report_streams(const void *output) {
    uint64_t streams[STREAMS_MOST];
    size_t count = 0;
    sttp_c37118_output_streams((const sttp_c37118_output *)output, streams, STREAMS_MOST, &count);
    fputs(",\"streams\":[", stderr);
    for (size_t i = 0; i < count && i < STREAMS_MOST; i++) {
        sttp_c37118_stream_counters counters;
        sttp_c37118_server_counters server;
        sttp_c37118_relay_counters relay;
        if (sttp_c37118_output_statistics((const sttp_c37118_output *)output, streams[i], &counters, sizeof counters,
                                          &server, sizeof server) == STTP_OK) {
            fprintf(stderr, "%s{\"id\":%llu", i == 0 ? "" : ",", (unsigned long long)streams[i]);
            report_print_counters("counters", STTP_COUNTERS_C37118_STREAM, &counters, sizeof counters, 0);
            report_print_counters("server", STTP_COUNTERS_C37118_SERVER, &server, sizeof server, 0);
            if (sttp_c37118_output_relay_statistics((const sttp_c37118_output *)output, streams[i], &relay,
                                                    sizeof relay) == STTP_OK) {
                report_print_counters("relay", STTP_COUNTERS_C37118_RELAY, &relay, sizeof relay, 0);
            }
            fputc('}', stderr);
        }
    }
    fputc(']', stderr);
}

static void print_report(void) {
    sttp_subscriber_counters counters;
    struct report report;
    memset(&counters, 0, sizeof counters);
    memset(&report, 0, sizeof report);
    sttp_c37118_output_subscription_statistics(service.output, &counters, sizeof counters);
    report.measurements = counters.measurements;
    report.seconds = tool_clock() - service.started;
    report.record = STTP_COUNTERS_SUBSCRIBER;
    report.counters = &counters;
    report.counters_size = sizeof counters;
    report.print_more = report_streams;
    report.more = service.output;
    report_print(&report);
}

/* What is counted of streams, for metrics. */
struct stream_records {
    struct metrics_record streams[STREAMS_MOST];
    struct metrics_record servers[STREAMS_MOST];
    struct metrics_record relays[STREAMS_MOST];
    sttp_c37118_stream_counters stream_counters[STREAMS_MOST];
    sttp_c37118_server_counters server_counters[STREAMS_MOST];
    sttp_c37118_relay_counters relay_counters[STREAMS_MOST];
    size_t count;
    size_t relay_count;
};

static void collect_stream(struct stream_records *records, uint64_t stream) {
    const size_t number = records->count;
    const size_t relay = records->relay_count;
    struct metrics_record label = {"", NULL};
    char text[24];
    if (sttp_c37118_output_statistics(service.output, stream, &records->stream_counters[number],
                                      sizeof records->stream_counters[number], &records->server_counters[number],
                                      sizeof records->server_counters[number]) != STTP_OK) {
        return;
    }
    snprintf(text, sizeof text, "%llu", (unsigned long long)stream);
    metrics_add_label(&label, "stream", text);
    records->streams[number] = records->servers[number] = label;
    records->streams[number].counters = &records->stream_counters[number];
    records->servers[number].counters = &records->server_counters[number];
    records->count++;
    if (sttp_c37118_output_relay_statistics(service.output, stream, &records->relay_counters[relay],
                                            sizeof records->relay_counters[relay]) == STTP_OK) {
        records->relays[relay] = label;
        records->relays[relay].counters = &records->relay_counters[relay];
        records->relay_count++;
    }
}

/* On the thread that serves metrics. */
static void collect_metrics(struct text *text, void *unused) {
    sttp_subscriber_counters subscription;
    uint64_t streams[STREAMS_MOST];
    size_t count = 0;
    (void)unused;
    if (sttp_c37118_output_subscription_statistics(service.output, &subscription, sizeof subscription) == STTP_OK) {
        metrics_add_subscriber(text, &subscription);
    }
    struct stream_records *records = (struct stream_records *)calloc(1, sizeof *records);
    if (records == NULL) {
        text->failed = 1;
        return;
    }
    sttp_c37118_output_streams(service.output, streams, STREAMS_MOST, &count);
    for (size_t i = 0; i < count && i < STREAMS_MOST; i++) {
        collect_stream(records, streams[i]);
    }
    metrics_add_counters(text, "sttp_c37118_stream", STTP_COUNTERS_C37118_STREAM, records->streams, records->count,
                         sizeof records->stream_counters[0]);
    metrics_add_counters(text, "sttp_c37118_server", STTP_COUNTERS_C37118_SERVER, records->servers, records->count,
                         sizeof records->server_counters[0]);
    if (records->relay_count > 0) {
        metrics_add_counters(text, "sttp_c37118_relay", STTP_COUNTERS_C37118_RELAY, records->relays, records->relay_count,
                             sizeof records->relay_counters[0]);
    }
    free(records);
}

static int run_command(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    if (options_read(line, argc, argv, &exit_code) != 0) {
        return exit_code;
    }
    const char *problem = find_problem();
    if (problem != NULL) {
        return tool_usage_error(problem);
    }
    service.started = tool_clock();
    int result = open_output();
    if (result == TOOL_DONE) {
        result = open_subscription();
    }
    if (result == TOOL_DONE) {
        result = metrics_begin(options.metrics, collect_metrics, NULL);
    }
    if (result == TOOL_DONE) {
        tool_ready("Connecting to %s", options.publisher);
        result = wait_for_end();
    }
    metrics_end();
    if (options.statistics && service.output != NULL) {
        print_report();
    }
    sttp_c37118_output_free(service.output);
    messages_end(&service.messages);
    outages_free(&service.outages);
    subscription_free(service.subscription);
    return result;
}

int serve_command(int argc, char **argv) {
    line = &serve_line;
    return run_command(argc, argv);
}

int relay_out_command(int argc, char **argv) {
    line = &relay_line;
    return run_command(argc, argv);
}
