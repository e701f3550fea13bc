/* The command lines of the roles. */
#include "../../tools/common/options.h"

#include <stdio.h>

#include "../../tools/common/options_help.h"
#include "../../tools/common/signals.h"
#include "../../tools/common/tool.h"
#include "load.h"

#define MOST_CONNECTIONS 100000
#define MOST_THREADS 64
/* ID codes are from 1 to 65534. */
#define MOST_DEVICES 65534
#define FASTEST_DEVICE 1000

static struct publish_options publishing;
static struct subscribe_options subscribing;
static struct devices_options sending;
static struct gateway_options passing_on;

static const struct option_row publish_rows[] = {
    OPTIONS_SECTION("publish"),
    {"listen", "ADDRESS", "Where; port 0 takes any free one, which is printed first.", TO_TEXT(publishing.listen),
     .standard = "127.0.0.1:0"},
    {"signals", "N", "How many signals.", TO_WHOLE(publishing.signals, 1, SIGNALS_MOST), .standard = "1000"},
    {"stream", "FILE", "Publishes frames of this file, which `cargo bench --bench codec` writes, with their order and times.",
     TO_TEXT(publishing.stream)},
    {"by-id", NULL, "Publishes by signal ID instead of by row.", TO_FLAG(publishing.by_id)},
    {"rate", "FPS", "Frames per second; 0 for as many as subscribers take.", TO_DECIMAL(publishing.rate),
     .standard = "30"},
    {"seconds", "S", "How long, once all subscribers are there.", TO_DECIMAL(publishing.seconds), .standard = "5"},
    {"frames", "N", "Stops after N frames.", TO_WHOLE(publishing.frames, 1, UINT32_MAX)},
    {"wait", "N", "Begins with N subscribers.", TO_WHOLE(publishing.wait, 0, MOST_CONNECTIONS), .standard = "1"},
    {"patience", "S", "Gives up when the connections are not there after S seconds.", TO_DECIMAL(publishing.patience),
     .standard = "60"},
    {"threads", "N", "Threads of the engine.", TO_WHOLE(publishing.threads, 1, MOST_THREADS), .standard = "1"},
    {"idle", NULL, "Publishes nothing.", TO_FLAG(publishing.idle)},
    {"settings", "STRING", "Further settings, as a connection string.", TO_TEXT(publishing.settings)},
    {"lossless", NULL, "Waits for slow subscribers, as `--rate 0` does, instead of dropping.",
     TO_FLAG(publishing.lossless)},
};

static const struct option_choice filters[] = {{"same", NULL}, {"distinct", NULL}, {NULL, NULL}};
static const struct option_choice ways[] = {{"callback", NULL}, {"pull", NULL}, {NULL, NULL}};

static const struct option_row subscribe_rows[] = {
    OPTIONS_SECTION("subscribe"),
    {"connections", "N", "How many subscribers.", TO_WHOLE(subscribing.connections, 1, MOST_CONNECTIONS),
     .standard = "1"},
    {"filters", "KIND", "`same`: all subscribe to all signals; `distinct`: each to others.",
     TO_CHOICE(subscribing.distinct, filters), .standard = "same"},
    {"select", "N", "How many signals each distinct filter selects.", TO_WHOLE(subscribing.selected, 1, SIGNALS_MOST),
     .standard = "1000"},
    {"signals", "N", "Of how many signals of the publisher they are.", TO_WHOLE(subscribing.signals, 1, SIGNALS_MOST),
     .standard = "1100"},
    {"receive", "KIND", "`callback`, or `pull`: read by a thread for each connection.", TO_CHOICE(subscribing.pull, ways),
     .standard = "callback"},
    {"seconds", "S", "How long, once all subscribers are there; without it, until the publisher ends.",
     TO_DECIMAL(subscribing.seconds)},
    {"patience", "S", "Gives up when the connections are not there after S seconds.",
     TO_DECIMAL(subscribing.patience), .standard = "60"},
    {"threads", "N", "Threads of the engine.", TO_WHOLE(subscribing.threads, 1, MOST_THREADS), .standard = "1"},
    {"compact", NULL, "Measurements in the compact form instead of TSSC.", TO_FLAG(subscribing.compact)},
    {"idle", NULL, "Only connects.", TO_FLAG(subscribing.idle)},
    {"settings", "STRING", "Further settings, as a connection string.", TO_TEXT(subscribing.settings)},
    {"metadata", NULL, "Requests the metadata first.", TO_FLAG(subscribing.metadata)},
};

static const struct option_row devices_rows[] = {
    OPTIONS_SECTION("devices"),
    {"devices", "N", "How many, with the ID codes from 1.", TO_WHOLE(sending.devices, 1, MOST_DEVICES),
     .standard = "1"},
    {"rate", "FPS", "Frames per second of each.", TO_WHOLE(sending.rate, 1, FASTEST_DEVICE), .standard = "60"},
    {"seconds", "S", "How long, once all of them are wanted and standard input has a line or ends.",
     TO_DECIMAL(sending.seconds), .standard = "5"},
    {"frames", "N", "Each stops after N frames.", TO_WHOLE(sending.frames, 1, UINT32_MAX)},
    {"spread", "S", "How long after the first of them the last one sends its frame of the same time.",
     TO_DECIMAL(sending.spread), .standard = "0"},
    {"patience", "S", "Gives up when not all are wanted after S seconds.", TO_DECIMAL(sending.patience),
     .standard = "60"},
};

static const struct option_row gateway_rows[] = {
    OPTIONS_SECTION("gateway"),
    {"devices", "N", "How many there are at the address.", TO_WHOLE(passing_on.devices, 1, MOST_DEVICES),
     .standard = "1"},
    {"listen", "ADDRESS", "Where subscribers connect; port 0 takes any free one, which is printed first.",
     TO_TEXT(passing_on.listen), .standard = "127.0.0.1:0"},
    {"wait", "N", "Begins with N subscribers.", TO_WHOLE(passing_on.wait, 0, MOST_CONNECTIONS), .standard = "1"},
    {"patience", "S", "Gives up when devices or subscribers are not there after S seconds.",
     TO_DECIMAL(passing_on.patience), .standard = "60"},
    {"threads", "N", "Threads of the engine.", TO_WHOLE(passing_on.threads, 1, MOST_THREADS), .standard = "1"},
    {"settings", "STRING", "Further settings of the publisher, as a connection string.",
     TO_TEXT(passing_on.settings)},
};

static int take_one(const char **place, const char *address) {
    if (*place != NULL) {
        tool_error("there is one address, and '%s' is another one", address);
        return -1;
    }
    *place = address;
    return 0;
}

static int take_publisher(const char *address) {
    return take_one(&subscribing.address, address);
}

static int take_devices(const char *address) {
    return take_one(&passing_on.address, address);
}

static const struct command_line publish_line = {
    .name = "sttp-load",
    .usage = "sttp-load publish [OPTION]...",
    .about = "Publishes made-up signals, and prints what it took.",
    .rows = publish_rows,
    .row_count = sizeof publish_rows / sizeof publish_rows[0],
};

static const struct command_line subscribe_line = {
    .name = "sttp-load",
    .usage = "sttp-load subscribe ADDRESS [OPTION]...",
    .about = "Receives measurements on any number of connections, and prints what came and what it took.",
    .rows = subscribe_rows,
    .row_count = sizeof subscribe_rows / sizeof subscribe_rows[0],
    .take_argument = take_publisher,
};

static const struct command_line devices_line = {
    .name = "sttp-load",
    .usage = "sttp-load devices [OPTION]...",
    .about = "Is devices that speak C37.118, each with 20 values, and prints what they have sent.",
    .rows = devices_rows,
    .row_count = sizeof devices_rows / sizeof devices_rows[0],
};

static const struct command_line gateway_line = {
    .name = "sttp-load",
    .usage = "sttp-load gateway ADDRESS [OPTION]...",
    .about = "Publishes what devices at an address send, until they hang up, and prints what it took.",
    .rows = gateway_rows,
    .row_count = sizeof gateway_rows / sizeof gateway_rows[0],
    .take_argument = take_devices,
};

void list_options(void) {
    options_list(&publish_line);
    options_list(&subscribe_line);
    options_list(&devices_line);
    options_list(&gateway_line);
}

int publish_command(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    return options_read(&publish_line, argc, argv, &exit_code) == 0 ? publish_load(&publishing) : exit_code;
}

int subscribe_command(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    if (options_read(&subscribe_line, argc, argv, &exit_code) != 0) {
        return exit_code;
    }
    if (subscribing.address == NULL) {
        return tool_usage_error("subscribe needs the address of the publisher, as 127.0.0.1:7175");
    }
    if (subscribing.distinct && subscribing.selected > subscribing.signals) {
        return tool_usage_error("--select is more than --signals");
    }
    return subscribe_load(&subscribing);
}

int devices_command(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    if (options_read(&devices_line, argc, argv, &exit_code) != 0) {
        return exit_code;
    }
    if (sending.spread * (double)sending.rate >= 1.0) {
        return tool_usage_error("--spread is longer than the time between frames");
    }
    return devices_load(&sending);
}

int gateway_command(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    if (options_read(&gateway_line, argc, argv, &exit_code) != 0) {
        return exit_code;
    }
    if (passing_on.address == NULL) {
        return tool_usage_error("gateway needs the address of the devices, which they print first");
    }
    return gateway_load(&passing_on);
}
