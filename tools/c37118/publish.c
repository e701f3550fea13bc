/* sttp-c37118 publish: what C37.118 devices measure, published by STTP. And sttp-c37118 relay in: their frames, byte by
 * byte. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/metrics_library.h"
#include "../common/outage.h"
#include "../common/publishing.h"
#include "../common/report.h"
#include "../common/roles.h"
#include "../common/text.h"
#include "../common/tool.h"
#include "commands.h"
#include "devices.h"
#include "messages.h"

#define LONGEST_WAIT 0.25
#define FLUSH_MILLISECONDS 2000
#define DEVICES_MOST 10000
#define DEVICES_SAID 20

static struct options {
    const char **devices;
    size_t device_count;
    const char *listen;
    const char *connect;
    const char *source;
    uint64_t threads;
    double duration; /* 0: no limit */
    int statistics;
    const char *metrics; /* NULL: not served */
} options;

/* A running publication. */
struct publication {
    sttp_publisher *publisher;
    sttp_c37118_input *input;
    struct messages messages;
    struct outages outages; /* of devices */
    struct publishing publishing;
    double started; /* of tool_clock */
    pthread_mutex_t lock;
    int failed; /* a device; behind the lock */
};

/* -- the command line -- */

static int take_device(const char *device) {
    if (options.device_count == DEVICES_MOST) {
        tool_error("at most %d devices are possible", DEVICES_MOST);
        return -1;
    }
    const char **larger = (const char **)realloc(options.devices, (options.device_count + 1) * sizeof *larger);
    if (larger == NULL) {
        tool_error("not enough memory");
        return -1;
    }
    options.devices = larger;
    options.devices[options.device_count++] = device;
    return 0;
}

/* Where subscribers and devices are, for both commands. */
#define OPTIONS_SUBSCRIBERS_AND_DEVICES                                                                                 \
    OPTIONS_SECTION("Where subscribers are"),                                                                          \
    {"listen", "ADDR:PORT",                                                                                            \
     "Where subscribers connect; port 0 takes any free one, which the first line of output tells. Default, without "   \
     "`--connect`: `127.0.0.1:7175`.",                                                                                 \
     TO_TEXT(options.listen)},                                                                                         \
    {"connect", "HOST:PORT", "Connects to a subscriber that listens, and comes back when the connection is lost.",     \
     TO_TEXT(options.connect), .see = "roles.md"},                                                                     \
    OPTIONS_TLS("Secures connections", "the subscribers that are let in",                                              \
                " `sttp-publish --make-certificate` makes one."),                                                      \
    {"rights", "FILE",                                                                                                 \
     "Which subscribers are let in, and what each may. The file is read again when it changes.",                       \
     TEXT_SETTING("rightsFile={%s}"), .see = "security.md"},                                                           \
    {"threads", "N",                                                                                                   \
     "Spreads devices and subscribers over N threads, 1 to 256, where one core is not enough for all.",                \
     TO_WHOLE(options.threads, 1, 256), .standard = "1"},                                                              \
    {"duration", "S", "Ends after S seconds.", TO_DECIMAL(options.duration)},                                          \
                                                                                                                       \
    OPTIONS_SECTION("Devices that do not say otherwise"),                                                              \
    OPTIONS_DEVICE,                                                                                                    \
                                                                                                                       \
    OPTIONS_SECTION("A capture in place of a device"),                                                                 \
    OPTIONS_CAPTURE

#define OPTION_NAME {"name", "NAME", NULL, BY_KEY(STTP_SETTING_NAME), .role = STTP_ROLE_C37118_INPUT}

#define OPTIONS_COUNTED                                                                                                \
    OPTIONS_SECTION("What is counted"),                                                                                \
    {"stats", NULL, "At the end, one JSON object as the last line of standard error.", TO_FLAG(options.statistics)}, \
    OPTION_METRICS(options.metrics)

static const struct option_row publish_rows[] = {
    OPTIONS_SUBSCRIBERS_AND_DEVICES,

    OPTIONS_SECTION("How what is published is called"),
    OPTION_NAME,
    {"source", "NAME", "In front of measurement keys, as PMU in PMU:1.", TO_TEXT(options.source), .standard = "C37118"},
    {"company", "NAME", NULL, BY_KEY(STTP_SETTING_COMPANY_ACRONYM), .role = STTP_ROLE_C37118_INPUT},
    {"vendor", "NAME", NULL, BY_KEY(STTP_SETTING_VENDOR_ACRONYM), .role = STTP_ROLE_C37118_INPUT},

    OPTIONS_COUNTED,
};

static const struct option_row relay_rows[] = {
    OPTIONS_SUBSCRIBERS_AND_DEVICES,

    OPTIONS_SECTION("How the device is called"),
    OPTION_NAME,

    OPTIONS_COUNTED,
};

static const struct own_setting own_settings[] = {
    {"server", "give --connect HOST:PORT"},
    {"port", "give --listen ADDR:PORT"},
    {"interface", "give --listen ADDR:PORT"},
    {"commandChannel", "give --listen ADDR:PORT"},
    {NULL, NULL},
};

#define OF_ONE_DEVICE                                                                                                  \
    "--set is for the side of STTP; what holds for one device only goes into its connection string, as\n"

static const struct command_line publish_line = {
    .name = "sttp-c37118 publish",
    .usage = "sttp-c37118 publish DEVICE... [OPTION]...\n"
             "       sttp-c37118 publish --capture FILE [OPTION]...",
    .about = "Connects to C37.118 devices, PMUs or PDCs, and publishes what they measure by STTP (IEEE 2664) until\n"
             "interrupted. Metadata follow the configurations of the devices, named as openPDC does it.\n"
             "\n" DEVICE_SYNTAX,
    .notes = OF_ONE_DEVICE "'device=192.0.2.20; accessID=235; devicePrefix=NORTH_'.",
    .rows = publish_rows,
    .row_count = sizeof publish_rows / sizeof publish_rows[0],
    .take_argument = take_device,
    .role = STTP_ROLE_PUBLISHER,
    .takes_settings = 1,
    .runs_long = 1,
    .own_settings = own_settings,
};

static const struct command_line relay_line = {
    .name = "sttp-c37118 relay in",
    .usage = "sttp-c37118 relay in DEVICE... [OPTION]...\n"
             "       sttp-c37118 relay in --capture FILE [OPTION]...",
    .about = "Connects to C37.118 devices, PMUs or PDCs, and publishes their frames by STTP (IEEE 2664), byte by byte,\n"
             "until interrupted: for 'sttp-c37118 relay out' at another place, whose clients get what the device has\n"
             "sent, configuration and header included.\n"
             "\n" DEVICE_SYNTAX,
    .notes = OF_ONE_DEVICE "'device=192.0.2.20; accessID=235; name=NORTH'; 'publish=both' publishes measurements as well.",
    .rows = relay_rows,
    .row_count = sizeof relay_rows / sizeof relay_rows[0],
    .take_argument = take_device,
    .role = STTP_ROLE_PUBLISHER,
    .takes_settings = 1,
    .runs_long = 1,
    .own_settings = own_settings,
};

/* The command that is run. */
static const struct command_line *line;

/* -- what happens -- */

static void name_device(uint64_t device, char name[32]) {
    snprintf(name, 32, "device %llu", (unsigned long long)device);
}

static void say_connected(void *user_data, uint64_t device, const char *address) {
    struct publication *publication = (struct publication *)user_data;
    char name[32];
    name_device(device, name);
    outage_end(&publication->outages, name);
    tool_tell("Device %llu is connected: %s\n", (unsigned long long)device, address);
}

static void take_disconnected(void *user_data, uint64_t device, int32_t reason, const char *message) {
    struct publication *publication = (struct publication *)user_data;
    (void)device;
    (void)message;
    pthread_mutex_lock(&publication->lock);
    publication->failed |= reason != STTP_OK;
    pthread_mutex_unlock(&publication->lock);
    tool_wake();
}

static void take_reconnecting(void *user_data, uint64_t device, uint32_t attempt, uint32_t delay_ms) {
    struct publication *publication = (struct publication *)user_data;
    char name[32];
    name_device(device, name);
    outage_attempt(&publication->outages, name, attempt, delay_ms);
}

static void say_configuration(void *user_data, uint64_t device, const sttp_c37118_configuration *configuration) {
    sttp_c37118_stream stream;
    (void)user_data;
    if (sttp_c37118_configuration_stream(configuration, &stream, sizeof stream) == STTP_OK) {
        tool_tell("Device %llu has %u PMU%s: stream %u, data rate %ld\n", (unsigned long long)device,
                 (unsigned)stream.pmu_count, tool_plural(stream.pmu_count), (unsigned)stream.id_code,
                 (long)stream.data_rate);
    }
}

static void say_metadata(void *user_data, const sttp_metadata *metadata) {
    size_t devices = 0;
    size_t measurements = 0;
    (void)user_data;
    if (sttp_metadata_device_count(metadata, &devices) == STTP_OK &&
        sttp_metadata_measurement_count(metadata, &measurements) == STTP_OK) {
        struct text said = {0};
        if (line == &publish_line) {
            text_add(&said, "Publishing %zu measurement%s of ", measurements, tool_plural(measurements));
        } else {
            text_add(&said, "Relaying ");
        }
        text_add(&said, "%zu device%s", devices, tool_plural(devices));
        for (size_t row = 0; row < devices && row < DEVICES_SAID; row++) {
            sttp_device device;
            if (sttp_metadata_device(metadata, row, &device, sizeof device) == STTP_OK) {
                text_add(&said, "%s ", row == 0 ? ":" : ",");
                text_add_shown(&said, device.acronym);
            }
        }
        if (!said.failed) {
            tool_tell("%s%s\n", said.bytes, devices > DEVICES_SAID ? "..." : "");
            tool_status("%s", said.bytes);
        }
        text_free(&said);
    }
}

/* -- the course of it -- */

static int open_publisher(struct publication *publication) {
    publication->publisher = publishing_new(&publication->publishing, options.threads);
    if (publication->publisher == NULL || publishing_tell_subscribers(publication->publisher) != 0) {
        return TOOL_FAILED;
    }
    if (options_configure(line, &settings_of_publisher, publication->publisher) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    return publishing_link_up(&publication->publishing, publication->publisher, options.listen, &options.connect,
                              options.connect != NULL);
}

static void announce(const struct publication *publication) {
    char address[128];
    const size_t count = options.device_count != 0 ? options.device_count : 1;
    if (sttp_publisher_address(publication->publisher, address, sizeof address) == STTP_OK) {
        tool_tell("Publishing %zu device%s on %s\n", count, tool_plural(count), address);
    } else {
        tool_tell("Publishing %zu device%s to %s\n", count, tool_plural(count), options.connect);
    }
    tool_ready("Publishing %zu device%s", count, tool_plural(count));
}

static int open_input(struct publication *publication) {
    if (sttp_c37118_input_new(publication->publisher, options.source, &publication->input) != STTP_OK ||
        sttp_c37118_input_on_connected(publication->input, say_connected, publication, NULL) != STTP_OK ||
        sttp_c37118_input_on_reconnecting(publication->input, take_reconnecting, publication, NULL) != STTP_OK ||
        sttp_c37118_input_on_disconnected(publication->input, take_disconnected, publication, NULL) != STTP_OK ||
        sttp_c37118_input_on_configuration(publication->input, say_configuration, NULL, NULL) != STTP_OK ||
        sttp_c37118_input_on_metadata(publication->input, say_metadata, NULL, NULL) != STTP_OK ||
        sttp_c37118_input_on_message(publication->input, messages_say, &publication->messages, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the input");
    }
    if (line == &relay_line &&
        sttp_c37118_input_set(publication->input, STTP_SETTING_PUBLISH, "frames") != STTP_OK) {
        return tool_library_error("cannot set up the input");
    }
    int result = options_configure(line, &settings_of_devices, publication->input);
    if (result == TOOL_DONE && options.device_count == 0) {
        result = devices_add(publication->input, NULL);
    }
    for (size_t i = 0; i < options.device_count && result == TOOL_DONE; i++) {
        result = devices_add(publication->input, options.devices[i]);
    }
    return result;
}

static int wait_for_end(struct publication *publication) {
    double end = tool_clock() + options.duration;
    while (!tool_interrupted()) {
        double left = options.duration == 0.0 ? LONGEST_WAIT : end - tool_clock();
        if (left <= 0.0) {
            break;
        }
        if (devices_have_ended(publication->input)) {
            pthread_mutex_lock(&publication->lock);
            int failed = publication->failed;
            pthread_mutex_unlock(&publication->lock);
            /* What came last is on its way. */
            sttp_publisher_flush(publication->publisher, FLUSH_MILLISECONDS);
            return failed ? TOOL_FAILED : TOOL_DONE;
        }
        tool_wait(left < LONGEST_WAIT ? left : LONGEST_WAIT);
    }
    return TOOL_DONE;
}

static void report_devices(const void *input) {
    fputc(',', stderr);
    devices_report((const sttp_c37118_input *)input);
}

static void report(const struct publication *publication) {
    sttp_publisher_counters counters;
    struct report report;
    memset(&report, 0, sizeof report);
    memset(&counters, 0, sizeof counters);
    sttp_publisher_statistics(publication->publisher, &counters, sizeof counters);
    report.measurements = counters.measurements_published;
    report.seconds = tool_clock() - publication->started;
    report.record = STTP_COUNTERS_PUBLISHER;
    report.counters = &counters;
    report.counters_size = sizeof counters;
    report.print_more = report_devices;
    report.more = publication->input;
    report_print(&report);
}

/* On the thread that serves metrics. */
static void collect_metrics(struct text *text, void *user_data) {
    const struct publication *publication = (const struct publication *)user_data;
    metrics_add_publisher(text, publication->publisher);
    devices_add_metrics(text, publication->input);
}

static int run(struct publication *publication) {
    int result = open_publisher(publication);
    if (result != TOOL_DONE) {
        return result;
    }
    announce(publication);
    publication->started = tool_clock();
    result = open_input(publication);
    if (result == TOOL_DONE) {
        result = metrics_begin(options.metrics, collect_metrics, publication);
    }
    if (result == TOOL_DONE) {
        result = wait_for_end(publication);
    }
    metrics_end();
    if (options.statistics && publication->input != NULL) {
        report(publication);
    }
    return result;
}

static int run_command(int argc, char **argv) {
    struct publication publication = {.lock = PTHREAD_MUTEX_INITIALIZER, .messages = MESSAGES_OF("device"), .outages = OUTAGES_NONE,
                                      .publishing = PUBLISHING_NONE};
    int exit_code = TOOL_DONE;
    if (options_read(line, argc, argv, &exit_code) != 0) {
        return exit_code;
    }
    if (options.device_count == 0 && !options_given(line, "capture") && !options_given(line, "transport")) {
        return tool_usage_error("a DEVICE is missing: HOST:PORT, or what connection strings say of one, or --capture FILE");
    }
    if (options.listen == NULL && options.connect == NULL) {
        options.listen = "127.0.0.1:7175";
    }
    publication.messages.has_several = options.device_count > 1;
    int result = run(&publication);
    sttp_c37118_input_free(publication.input);
    sttp_publisher_free(publication.publisher);
    messages_end(&publication.messages);
    outages_free(&publication.outages);
    publishing_free(&publication.publishing);
    free((void *)options.devices);
    return result;
}

int publish_command(int argc, char **argv) {
    line = &publish_line;
    return run_command(argc, argv);
}

int relay_in_command(int argc, char **argv) {
    line = &relay_line;
    return run_command(argc, argv);
}
