#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/link.h"
#include "../common/metrics.h"
#include "../common/packed.h"
#include "../common/tool.h"
#include "sttp.h"

static struct options options;
static uint64_t udp_port;
static int without_time;

static int use_address(const char *address, int listens) {
    if (options.address != NULL) {
        tool_error("one of HOST:PORT, --connect, --listen, --connection-string and --link is enough");
        return -1;
    }
    options.address = address;
    options.listens = listens;
    return 0;
}

static int connect_to(const char *address) {
    return use_address(address, 0);
}

static int listen_on(const char *address) {
    return use_address(address, 1);
}

static int use_connection_string(const char *text) {
    options.connection_string = text;
    return use_address(text, 0);
}

static int use_link(const char *text) {
    options.link = text;
    return use_address(text, 0);
}

/* N=TEXT */
static int take_command(const char *value) {
    const char *equals = strchr(value, '=');
    size_t digits = strspn(value, "0123456789");
    if (equals == NULL || digits == 0 || digits > 2 || value + digits != equals || atoi(value) > 15) {
        tool_error("--command is N=TEXT with N from 0 to 15, not '%s'", value);
        return -1;
    }
    options.command = equals + 1;
    options.command_number = (uint64_t)atoi(value);
    return 0;
}

/* A number and a letter that stands for so many of them. 0 for what is none. */
static double parse_amount(const char *text, const char *letters, const double factors[]) {
    char *end = NULL;
    double number = strtod(text, &end);
    const char *letter = *end != '\0' ? strchr(letters, *end) : NULL;
    if (end == text || !(number > 0.0) || number > 1e15 || (*end != '\0' && (letter == NULL || end[1] != '\0'))) {
        return 0.0;
    }
    return number * (letter != NULL ? factors[letter - letters] : 1.0);
}

static int take_rotate_size(const char *value) {
    static const double factors[] = {1e3, 1e6, 1e9};
    double bytes = parse_amount(value, "kMG", factors);
    if (bytes < 1.0) {
        tool_error("--rotate-size is a number of bytes, with k, M or G behind it for thousands, millions or billions, "
                   "not '%s'", value);
        return -1;
    }
    options.rotate_bytes = (uint64_t)bytes;
    return 0;
}

static int take_rotate_time(const char *value) {
    static const double factors[] = {1.0, 60.0, 3600.0, 86400.0};
    options.rotate_seconds = parse_amount(value, "smhd", factors);
    if (options.rotate_seconds < 1.0) {
        tool_error("--rotate-time is a number of seconds, or of minutes, hours or days with m, h or d behind it, not '%s'",
                   value);
        return -1;
    }
    return 0;
}

static int take_columns(const char *value) {
    return columns_parse(value, &options.columns);
}

static const struct option_choice formats[] = {
    {"text", NULL}, {"csv", NULL}, {"jsonl", NULL}, {"none", NULL}, {"json", NULL}, {NULL, NULL},
};

static const struct option_row rows[] = {
    OPTIONS_SECTION("Where from, and how long"),
    {"connect", "HOST:PORT",
     "Connects to a publisher, and comes back when the connection is lost. `HOST:PORT` alone is the same.",
     .take = connect_to},
    {"listen", "ADDR:PORT", "Waits for publishers that connect, one at a time; port 0 takes any free one.",
     .take = listen_on, .see = "roles.md"},
    {"connection-string", "TEXT",
     "What openPDC and openHistorian call so, as `'server=pdc.example.com:7165; compression=false'`, in place of an "
     "address; the other options go over it.",
     .take = use_connection_string, .see = "connection-strings.md"},
    {"link", "PLACE",
     "Receives over a block link in place of a connection, where TCP is not to be had: " LINK_PLACES " Where nobody can "
     "answer, the sender decides what comes, and there is no `--filter`; a file is read to its end.",
     .take = use_link, .see = "block-links.md"},
    OPTIONS_TLS("Secures the connection", "the publisher", " `sttp-publish --make-certificate` makes one."),
    {"count", "N", "Ends after exactly N measurements, or with `--timeout` when the filter matches no signal.", TO_WHOLE(options.count, 1, UINT64_MAX)},
    {"duration", "S", "Ends S seconds after the first subscription.", TO_DECIMAL(options.duration)},
    {"once", NULL, "Ends when the connection is lost; a failure if nothing was received.", TO_FLAG(options.once)},
    {"timeout", "S", "Fails if not subscribed after S seconds; 0 tries for ever.", TO_DECIMAL(options.timeout),
     .standard = "30"},

    OPTIONS_SECTION("What is received"),
    {"filter", "EXPR", "Signal IDs, measurement keys or point tags separated by semicolons, or an expression.",
     TO_TEXT(options.filter), .standard = EVERYTHING},
    {"throttle", "S", "The latest value of each signal every S seconds; 0 is as often as the publisher finds right.",
     SECONDS_SETTING("throttled=true; publishInterval=%s", 0)},
    {"check-times", NULL,
     "With `--throttle`: the publisher marks (flag 0x10000) values whose time is too far from its clock.",
     FLAG_BY_KEY(STTP_SETTING_ENABLE_TIME_REASONABILITY_CHECK, "true")},
    {"lag-time", "S", NULL, BY_KEY(STTP_SETTING_LAG_TIME)},
    {"lead-time", "S", NULL, BY_KEY(STTP_SETTING_LEAD_TIME)},
    {"nan-filter", NULL, "Without values that are not a number, unless the publisher forbids it.",
     FLAG_BY_KEY(STTP_SETTING_REQUEST_NAN_VALUE_FILTER, "true")},

    OPTIONS_SECTION("Historical data, and what was missed"),
    {"start", "TIME",
     "Historical data from this time on, in place of live ones; ends when all have come. `*` is now, `*-20m` before it "
     "(units s, m, h, d), or absolute, as `'2026-01-31 08:30:00.5'`, UTC unless a zone follows.",
     TO_TEXT(options.start), .key = STTP_SETTING_START_TIME_CONSTRAINT, .see = "history.md"},
    {"stop", "TIME", "Up to this time, which is included; without it, what is there.",
     BY_KEY(STTP_SETTING_STOP_TIME_CONSTRAINT), .needs = "start"},
    {"processing-interval", "MS", NULL, BY_KEY(STTP_SETTING_PROCESSING_INTERVAL)},
    {"time-parameters", "TEXT", "For the publisher's source of historical data.",
     BY_KEY(STTP_SETTING_TIME_CONSTRAINT_PARAMETERS)},
    {"recover", NULL,
     "What is missed while the connection is lost is fetched from the publisher's historical data, once measurements "
     "flow again. Rows get a column `recovered` of 0 or 1, or a member of true or false. The publisher must be the side "
     "that listens.",
     TO_FLAG(options.recover), .key = STTP_SETTING_DATA_GAP_RECOVERY_ENABLED, .to = "true"},
    {"recover-delay", "S",
     "Fetches it S seconds after that, since an archive may be behind. For `--history` 0 will do.",
     BY_KEY(STTP_SETTING_DATA_GAP_RECOVERY_RECOVERY_START_DELAY), .needs = "recover"},
    {"outage-log", "FILE",
     "Remembers in this file what is still missing, so that the next run fetches it, the time in between included. Not "
     "with `--count`.",
     TO_TEXT(options.outage_log), .key = STTP_SETTING_OUTAGE_LOG, .needs = "recover"},

    OPTIONS_SECTION("Where it goes"),
    {"format", "FORMAT",
     "`text`: messages, and every five seconds the total and a measurement. `csv`: rows "
     "`signal_id,timestamp,flags,value`; timestamps are ticks (100 ns since 0001-01-01), values are in the shortest form "
     "that reads back to the same float32. `jsonl`: an object a line with these members; timestamps are "
     "ISO 8601 in UTC, values that are no numbers are `\"NaN\"`, `\"Infinity\"` and `\"-Infinity\"`. `none`: nothing. "
     "`json`: the object of `--diagnose`.",
     TO_CHOICE(options.format, formats), .standard = "text"},
    {"columns", "COLUMNS",
     "What rows have. `raw`: `signal_id,timestamp,flags,value`. `named`: `time,device,tag,type,value,unit,flag_names`, "
     "times in ISO 8601 and flags by their names. `wide`: a row for each time, with a column for each signal, which has "
     "its point tag; the last one has the flags. Or a list of `signal_id`, `key`, `tag`, `device`, `type`, `unit`, "
     "`reference`, `description`, `time`, `timestamp`, `flags`, `flag_names`, `value` and `recovered`. With "
     "`--format text`, `raw` or `named`. Default: `raw`; of `--format text`, `named`.",
     .take = take_columns, .see = "recordings.md"},
    {"row-wait", "S", "How long a row of `--columns wide` waits for the rest of its values.", TO_DECIMAL(options.row_wait),
     .standard = "1"},
    {"output", "FILE",
     "In place of standard output. A file that has something in it already is left alone. `.gz` and `.zst` at its end "
     "compress rows.",
     TO_TEXT(options.output), .see = "recordings.md"},
    {"overwrite", NULL, "The files of `--output` and `--buffer-blocks` are replaced if they are there already.",
     TO_FLAG(options.overwrite)},
    {"append", NULL, "They are written on, if they are there already. Their columns must be the same.",
     TO_FLAG(options.append)},
    {"rotate-time", "TIME",
     "A new file every so many seconds, or minutes, hours or days, as `15m`, `1h` or `1d`, at whole multiples of it in "
     "UTC. The time when it was begun goes into the name, as in `recording-20261130T080000Z.csv`.",
     .take = take_rotate_time, .needs = "output"},
    {"rotate-size", "SIZE",
     "A new file, called the same way, once this one has so many bytes, as `100M`, before they are compressed.",
     .take = take_rotate_size, .needs = "output"},
    {"metadata-out", "FILE", "Also the publisher's metadata, as XML.", TO_TEXT(options.metadata_output)},
    {"buffer-blocks", "FILE", "Also buffer blocks, as rows `signal_id,bytes`, in hexadecimal.", TO_TEXT(options.blocks)},

    OPTIONS_SECTION("How it is sent"),
    {"protocol", "1|2|3", NULL, BY_KEY(STTP_SETTING_VERSION)},
    {"no-tssc", NULL, "Without the TSSC compression of measurements.", FLAG_BY_KEY(STTP_SETTING_COMPRESSION, "false")},
    {"no-gzip", NULL, "Without the GZip compression of metadata and signal index caches.",
     FLAG_BY_KEY(STTP_SETTING_GZIP, "false")},
    {"no-time", NULL, "With `--no-tssc`: without times, which are shown as 0.", TO_FLAG(without_time),
     .key = STTP_SETTING_INCLUDE_TIME, .to = "false"},
    {"milliseconds", NULL,
     "With `--no-tssc`, from a publisher with base times: times of whole milliseconds, in 2 bytes.",
     FLAG_BY_KEY(STTP_SETTING_USE_MILLISECOND_RESOLUTION, "true")},
    {"local-clock", NULL, "The same, with base times from the publisher's clock in place of its data.",
     FLAG_BY_KEY(STTP_SETTING_USE_LOCAL_CLOCK_AS_REAL_TIME, "true")},
    {"udp", "PORT", "Measurements by UDP to this port, without TSSC; 0 takes any free one.",
     TO_WHOLE(udp_port, 0, UINT16_MAX), .key = STTP_SETTING_DATA_CHANNEL_PORT, .see = "udp.md"},
    {"receive-buffer", "N", NULL,
     BY_KEY(STTP_SETTING_DATA_CHANNEL_RECEIVE_BUFFER_SIZE), .needs = "udp"},
    {"multicast", "GROUP",
     "By this group, together with others of the same filter. The publisher must grant it, as `sttp-publish --multicast` "
     "does.",
     BY_KEY(STTP_SETTING_DATA_CHANNEL_MULTICAST_GROUP), .needs = "udp"},
    {"interface", "ADDR", "The network interface, by its IPv4 address or its number.",
     BY_KEY(STTP_SETTING_DATA_CHANNEL_INTERFACE), .needs = "multicast"},

    OPTIONS_SECTION("What is said to the publisher"),
    {"command", "N=TEXT", "Sends user command N, 0 to 15, when first subscribed, and shows the answer.",
     .take = take_command},
    {"follow-changes", NULL, "Asks for metadata and subscribes once more when the publisher's configuration changes.",
     FLAG_BY_KEY(STTP_SETTING_FOLLOW_CONFIGURATION, "true")},

    OPTIONS_SECTION("What is counted"),
    {"stats", NULL, "At the end, one JSON object as the last line of standard error.", TO_FLAG(options.statistics)},
    {"latency", NULL, "How late measurements came, by the clock of this machine.", TO_FLAG(options.latency),
     .key = STTP_SETTING_LATENCY_STATISTICS, .to = "true", .needs = "stats"},
    {"signal-stats", "FILE",
     "At the end, a row for each signal, of the last connection or since its signals changed: "
     "`signal_id,measurements,flagged,last_timestamp,last_value`, and in seconds "
     "`latency_minimum,latency_mean,latency_maximum`.",
     TO_TEXT(options.signal_statistics), .key = STTP_SETTING_SIGNAL_STATISTICS, .to = "true"},
    OPTION_METRICS(options.metrics),

    OPTIONS_SECTION("What is wrong"),
    {"diagnose", NULL,
     "Goes through name, route, connection, TLS, modes, metadata, rights, subscription, first data, clock, losses and devices, and "
     "says at each step what it found and what to do. Looks at the data for `--duration`, else 5 seconds. Exit code 3 when "
     "something is wrong.",
     TO_FLAG(options.diagnose), .see = "operation.md"},
    {"report", "FILE",
     "At the end, what came of each device over all connections, or openings of a link: completeness, clock, silence, flags. An object where FILE ends with `.json`, else a "
     "table; '-' is standard output.",
     TO_TEXT(options.device_report), .see = "operation.md"},
};

static const struct own_setting own_settings[] = {
    {"server", "give HOST:PORT"},
    {"port", "give --listen ADDR:PORT"},
    {"interface", "give --listen ADDR:PORT"},
    {"commandChannel", "give HOST:PORT or --listen ADDR:PORT"},
    {"filterExpression", "give --filter EXPR"},
    {"outputMeasurements", "give --filter EXPR"},
    {"inputMeasurementKeys", "give --filter EXPR"},
    {"readQueue", "this program has callbacks"},
    {NULL, NULL},
};

const struct command_line subscribe_line = {
    .name = "sttp-subscribe",
    .usage = "sttp-subscribe HOST:PORT [OPTION]...\n"
             "       sttp-subscribe --listen ADDR:PORT [OPTION]...\n"
             "       sttp-subscribe --connection-string TEXT [OPTION]...\n"
             "       sttp-subscribe --link PLACE [OPTION]...\n"
             "       sttp-subscribe --diagnose HOST:PORT [OPTION]...",
    .about = "Receives measurements over STTP (IEEE 2664) until interrupted, or as long as the options say.",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .take_argument = connect_to,
    .role = STTP_ROLE_SUBSCRIBER,
    .takes_settings = 1,
    .runs_long = 1,
    .own_settings = own_settings,
};

static int is_for_text(const struct columns *columns) {
    struct columns named;
    return columns->are_raw || (columns_parse("named", &named) == 0 && memcmp(columns, &named, sizeof named) == 0);
}

/* What links do not carry; NULL if nothing of that is asked for. */
static const char *find_problem_of_link(void) {
    static char problem[128];
    const char *setting = options_first_setting(&subscribe_line);
    const char *other = options.command != NULL  ? "command"
                        : options.blocks != NULL ? "buffer-blocks"
                                                 : setting;
    if (options.diagnose) {
        return "--diagnose goes the way to a publisher of STTP; of a link, --report FILE tells what came of each device, and "
               "--stats and --metrics what was lost on the way";
    }
    if (other == NULL) {
        return NULL;
    }
    snprintf(problem, sizeof problem, "--%s is about connections of STTP, not about links; leave it out", other);
    return problem;
}

/* Options that make no sense beside others; NULL if there are none. */
static const char *find_problem(void) {
    if (options.address == NULL) {
        return "the address HOST:PORT of the publisher, or --listen ADDR:PORT or --link PLACE, is missing";
    }
    if (options.link != NULL && find_problem_of_link() != NULL) {
        return find_problem_of_link();
    }
    if (options.diagnose && (options.listens || options.connection_string != NULL)) {
        return "--diagnose goes to a publisher that listens: give HOST:PORT";
    }
    if (options.diagnose && (options.start != NULL || options.recover)) {
        return "--diagnose is about live data; leave out --start and --recover";
    }
    if (options.diagnose ? options.format != FORMAT_TEXT && options.format != FORMAT_JSON : options.format == FORMAT_JSON) {
        return options.diagnose ? "the answer of --diagnose is --format text or json"
                                : "--format json is for --diagnose; measurements are --format jsonl";
    }
    if (options_given(&subscribe_line, "multicast") && udp_port == 0) {
        return "--multicast needs a port that all members use: --udp PORT";
    }
    if (options.outage_log != NULL && options.count != 0) {
        return "--outage-log takes what comes behind the last one of --count for received; leave out one of them";
    }
    if (options.recover && options.start != NULL) {
        return "--recover is for live data; historical data, --start TIME, come whole or fail";
    }
    if (options.recover && options.listens) {
        return "--recover fetches what was missed by a connection of its own; the publisher must listen for it";
    }
    const int has_rows = options.format == FORMAT_CSV || options.format == FORMAT_JSONL;
    const int rotates = options.rotate_bytes != 0 || options.rotate_seconds > 0.0;
    if (!has_rows && (rotates || (options.output != NULL && packing_of(options.output) != PACKING_NONE))) {
        return "only rows are compressed, and split into files; add --format csv or --format jsonl";
    }
    if (options.append && (options.overwrite || rotates)) {
        return "--append writes on in a file; leave out --overwrite, --rotate-time and --rotate-size";
    }
    if (options.overwrite && rotates) {
        return "--rotate-time and --rotate-size make files that nobody has; leave out --overwrite";
    }
    if (options.format == FORMAT_TEXT && options_given(&subscribe_line, "columns") && !is_for_text(&options.columns)) {
        return "--columns of --format text is raw or named; rows need --format csv or --format jsonl";
    }
    if (options.recover && without_time) {
        return "--recover needs measurements with their times; leave out --no-time";
    }
    return NULL;
}

const struct options *options_parse(int argc, char **argv, int *exit_code) {
    if (options_read(&subscribe_line, argc, argv, exit_code) != 0) {
        return NULL;
    }
    const char *problem = find_problem();
    if (problem != NULL) {
        *exit_code = tool_usage_error(problem);
        return NULL;
    }
    if (options_given(&subscribe_line, "filter") == 0 && options.connection_string != NULL) {
        options.filter = NULL;
    }
    if (!options_given(&subscribe_line, "columns") &&
        columns_parse(options.format == FORMAT_TEXT ? "named" : "raw", &options.columns) != 0) {
        *exit_code = TOOL_FAILED;
        return NULL;
    }
    return &options;
}
