#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "../common/tool.h"
#include "sttp.h"

#define MOST_SECONDS 4e6

static const char usage[] =
    "Usage: sttp-subscribe HOST:PORT [OPTION]...\n"
    "       sttp-subscribe --listen ADDR:PORT [OPTION]...\n"
    "       sttp-subscribe --connection-string TEXT [OPTION]...\n"
    "Receives measurements over STTP (IEEE 2664) until interrupted, or as long as the options say.\n"
    "\n"
    "Where from:\n"
    "  --connect HOST:PORT    connect to a publisher that listens there, and come back when the connection is\n"
    "                         lost; the same as HOST:PORT alone\n"
    "  --listen ADDR:PORT     wait for a publisher that connects (sttp-publish --connect), one at a time, and\n"
    "                         for the next one when it has gone; port 0 picks a free one\n"
    "  --connection-string TEXT\n"
    "                         what openPDC and openHistorian call so: 'server=HOST:PORT; ...'; the other\n"
    "                         options go over it\n"
    "\n"
    "What is received:\n"
    "  --filter EXPR          signal IDs, measurement keys or point tags separated by semicolons, or an\n"
    "                         expression; default: FILTER ActiveMeasurements WHERE True\n"
    "  --count N              end after exactly N measurements\n"
    "  --duration S           end S seconds after the first subscription\n"
    "  --once                 end when the connection is lost; that is a failure if nothing was received\n"
    "  --timeout S            fail if not subscribed after S seconds, default 30; 0: try for ever\n"
    "  --throttle S           only the latest value of each signal, every S seconds; 0: as often as the\n"
    "                         publisher finds right\n"
    "  --start TIME           historical data in place of live ones, from this time on, and end when all have\n"
    "                         come: * is now, *-20m or '* - 1 h' before it (units s, m, h, d), or absolute,\n"
    "                         as '2026-01-31 08:30:00.5', UTC unless a zone follows\n"
    "  --stop TIME            up to this time; both ends are included. Default: what is there\n"
    "  --processing-interval MS\n"
    "                         play historical data back with one timestamp every MS milliseconds; 0 is as\n"
    "                         fast as possible, -1 (default) as the publisher does it, mostly as recorded\n"
    "  --time-parameters TEXT for the publisher's source of historical data\n"
    "  --nan-filter           without values that are not a number, unless the publisher forbids it\n"
    "\n"
    "What is missed while the connection is lost:\n"
    "  --recover              fetch it from the publisher's historical data (sttp-publish --history) once\n"
    "                         measurements flow again; rows then have one more column or member, recovered\n"
    "  --recover-delay S      S seconds after measurements flow again, default 20, since an archive may be\n"
    "                         behind; for --history 0 will do\n"
    "  --outage-log FILE      remember in this file what is still missing, for the next time that this is run\n"
    "\n";

/* ISO C99 compilers need not take a string of more than 4095 bytes. */
static const char usage_of_output[] =
    "Where it goes:\n"
    "  --format FORMAT        text   messages, every 5 seconds the total and the latest measurement\n"
    "                                (default)\n"
    "                         csv    rows signal_id,timestamp,flags,value: timestamps in ticks (100 ns\n"
    "                                since 0001-01-01), values in the shortest form that reads back\n"
    "                                to the same float32\n"
    "                         jsonl  an object a line with the same members; null for NaN and infinity\n"
    "                         none   nothing, only count\n"
    "  --output FILE          default: standard output\n"
    "  --metadata-out FILE    also write the publisher's metadata, as XML, to this file\n"
    "  --buffer-blocks FILE   also write buffer blocks, as rows signal_id,bytes (in hexadecimal), to this file\n"
    "\n"
    "What is said to the publisher:\n"
    "  --command N=TEXT       send user command N, 0 to 15, when first subscribed, and show the answer\n"
    "  --follow-changes       when the publisher's configuration changes, ask for its metadata and subscribe\n"
    "                         once more\n"
    "\n"
    "How it is sent:\n"
    "  --protocol 1|2|3       version of the protocol, default 2\n"
    "  --no-tssc              without the TSSC compression of measurements\n"
    "  --no-gzip              without the GZip compression of metadata and signal index cache\n"
    "  --no-time              with --no-tssc: without timestamps; they are shown as 0\n"
    "  --milliseconds         with --no-tssc, from a publisher with base times: timestamps of whole\n"
    "                         milliseconds, in 2 bytes\n"
    "  --local-clock          the same, with base times from the publisher's clock, not its data\n"
    "  --udp PORT             measurements by UDP to this port, without TSSC; 0 picks a free one\n"
    "  --receive-buffer N     with --udp: ask the system to keep N bytes that are not read yet\n"
    "  --multicast GROUP      with --udp: share measurements with other subscribers that have the same\n"
    "                         filter, by this multicast group and the port of --udp; the publisher must\n"
    "                         be sttp-publish --multicast, or another of this library\n"
    "  --interface ADDR       with --multicast: the IPv4 address, or the number, of the network interface\n"
    "  --check-times          with --throttle: the publisher marks (flag 0x10000) values whose times\n"
    "                         are not within the lag time before and the lead time after its clock\n"
    "  --lag-time S           lag time in seconds, default 10\n"
    "  --lead-time S          lead time in seconds, default 5\n"
    "\n"
    "What is counted:\n"
    "  --stats                print one JSON object as the last line of standard error: measurements\n"
    "                         received, seconds from the first to the last one, bytes received,\n"
    "                         measurements dropped, and more\n"
    "  --latency              with --stats: how late measurements came, in seconds by the clock here\n"
    "  --signal-stats FILE    at the end, write a row for each signal to this file, of the last connection:\n"
    "                         signal_id,measurements,flagged,last_timestamp,last_value,latency_minimum,\n"
    "                         latency_mean,latency_maximum\n"
    "\n"
    "  --help                 print this and exit\n"
    "  --version              print the version of the library and exit\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage.\n";

enum option_code {
    OPTION_CONNECT = 1,
    OPTION_LISTEN,
    OPTION_CONNECTION_STRING,
    OPTION_FILTER,
    OPTION_COUNT,
    OPTION_DURATION,
    OPTION_ONCE,
    OPTION_TIMEOUT,
    OPTION_THROTTLE,
    OPTION_START,
    OPTION_STOP,
    OPTION_PROCESSING_INTERVAL,
    OPTION_TIME_PARAMETERS,
    OPTION_NAN_FILTER,
    OPTION_RECOVER,
    OPTION_RECOVER_DELAY,
    OPTION_OUTAGE_LOG,
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_METADATA_OUTPUT,
    OPTION_BUFFER_BLOCKS,
    OPTION_COMMAND,
    OPTION_FOLLOW_CHANGES,
    OPTION_PROTOCOL,
    OPTION_NO_TSSC,
    OPTION_NO_GZIP,
    OPTION_NO_TIME,
    OPTION_MILLISECONDS,
    OPTION_LOCAL_CLOCK,
    OPTION_CHECK_TIMES,
    OPTION_LAG_TIME,
    OPTION_LEAD_TIME,
    OPTION_UDP,
    OPTION_RECEIVE_BUFFER,
    OPTION_MULTICAST,
    OPTION_INTERFACE,
    OPTION_STATISTICS,
    OPTION_LATENCY,
    OPTION_SIGNAL_STATISTICS,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"connect", required_argument, NULL, OPTION_CONNECT},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"connection-string", required_argument, NULL, OPTION_CONNECTION_STRING},
    {"filter", required_argument, NULL, OPTION_FILTER},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"duration", required_argument, NULL, OPTION_DURATION},
    {"once", no_argument, NULL, OPTION_ONCE},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"throttle", required_argument, NULL, OPTION_THROTTLE},
    {"start", required_argument, NULL, OPTION_START},
    {"stop", required_argument, NULL, OPTION_STOP},
    {"processing-interval", required_argument, NULL, OPTION_PROCESSING_INTERVAL},
    {"time-parameters", required_argument, NULL, OPTION_TIME_PARAMETERS},
    {"nan-filter", no_argument, NULL, OPTION_NAN_FILTER},
    {"recover", no_argument, NULL, OPTION_RECOVER},
    {"recover-delay", required_argument, NULL, OPTION_RECOVER_DELAY},
    {"outage-log", required_argument, NULL, OPTION_OUTAGE_LOG},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"metadata-out", required_argument, NULL, OPTION_METADATA_OUTPUT},
    {"buffer-blocks", required_argument, NULL, OPTION_BUFFER_BLOCKS},
    {"command", required_argument, NULL, OPTION_COMMAND},
    {"follow-changes", no_argument, NULL, OPTION_FOLLOW_CHANGES},
    {"protocol", required_argument, NULL, OPTION_PROTOCOL},
    {"no-tssc", no_argument, NULL, OPTION_NO_TSSC},
    {"no-gzip", no_argument, NULL, OPTION_NO_GZIP},
    {"no-time", no_argument, NULL, OPTION_NO_TIME},
    {"milliseconds", no_argument, NULL, OPTION_MILLISECONDS},
    {"local-clock", no_argument, NULL, OPTION_LOCAL_CLOCK},
    {"check-times", no_argument, NULL, OPTION_CHECK_TIMES},
    {"lag-time", required_argument, NULL, OPTION_LAG_TIME},
    {"lead-time", required_argument, NULL, OPTION_LEAD_TIME},
    {"udp", required_argument, NULL, OPTION_UDP},
    {"receive-buffer", required_argument, NULL, OPTION_RECEIVE_BUFFER},
    {"multicast", required_argument, NULL, OPTION_MULTICAST},
    {"interface", required_argument, NULL, OPTION_INTERFACE},
    {"stats", no_argument, NULL, OPTION_STATISTICS},
    {"latency", no_argument, NULL, OPTION_LATENCY},
    {"signal-stats", required_argument, NULL, OPTION_SIGNAL_STATISTICS},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int parse_format(const char *name, enum format *format) {
    static const char *const names[] = {"text", "csv", "jsonl", "none"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (enum format)i;
            return 0;
        }
    }
    tool_error("--format is text, csv, jsonl or none, not '%s'", name);
    return -1;
}

static int use_address(struct options *options, const char *address, int listens) {
    if (options->address != NULL) {
        tool_error("one of HOST:PORT, --connect, --listen and --connection-string is enough");
        return -1;
    }
    options->address = address;
    options->listens = listens;
    return 0;
}

/* Seconds with a fraction, as whole milliseconds. */
static int parse_seconds(const char *option, uint32_t least_ms, uint32_t *milliseconds) {
    double seconds = 0.0;
    if (tool_parse_decimal(option, optarg, &seconds) != 0) {
        return -1;
    }
    if (seconds > MOST_SECONDS || seconds * 1000.0 + 0.5 < least_ms) {
        tool_error("%s needs a number of seconds from %g to %.0f, not '%s'", option, least_ms / 1000.0, MOST_SECONDS,
                   optarg);
        return -1;
    }
    *milliseconds = (uint32_t)(seconds * 1000.0 + 0.5);
    return 0;
}

static int parse_interval(struct options *options) {
    uint64_t milliseconds = 0;
    if (strcmp(optarg, "-1") == 0) {
        options->processing_interval = -1;
        return 0;
    }
    if (tool_parse_whole("--processing-interval", optarg, 0, INT32_MAX, &milliseconds) != 0) {
        return -1;
    }
    options->processing_interval = (int32_t)milliseconds;
    return 0;
}

/* Options about historical data; -1 also for all others. */
static int parse_history(struct options *options, int code) {
    switch (code) {
    case OPTION_START:
        options->start = optarg;
        return 0;
    case OPTION_STOP:
        options->stop = optarg;
        return 0;
    case OPTION_PROCESSING_INTERVAL:
        return parse_interval(options);
    case OPTION_TIME_PARAMETERS:
        options->time_parameters = optarg;
        return 0;
    default:
        return -1;
    }
}

/* Options of recovery; the rest are about historical data. */
static int parse_recovery(struct options *options, int code) {
    switch (code) {
    case OPTION_RECOVER:
        options->recover = 1;
        return 0;
    case OPTION_RECOVER_DELAY:
        options->recovery_detailed = 1;
        return parse_seconds("--recover-delay", 0, &options->recovery_delay_ms);
    case OPTION_OUTAGE_LOG:
        options->recovery_detailed = 1;
        options->outage_log = optarg;
        return 0;
    default:
        return parse_history(options, code);
    }
}

/* Options that tell in which form measurements are to come; -1 also for all others. */
static int parse_form(struct options *options, int code) {
    switch (code) {
    case OPTION_THROTTLE:
        options->throttled = 1;
        return parse_seconds("--throttle", 0, &options->interval_ms);
    case OPTION_NAN_FILTER:
        options->nan_filter = 1;
        return 0;
    case OPTION_NO_TIME:
        options->with_time = 0;
        return 0;
    case OPTION_MILLISECONDS:
        options->milliseconds = 1;
        return 0;
    case OPTION_LOCAL_CLOCK:
        options->local_clock = 1;
        return 0;
    case OPTION_CHECK_TIMES:
        options->check_times = 1;
        return 0;
    case OPTION_LAG_TIME:
        return parse_seconds("--lag-time", 1, &options->lag_time_ms);
    case OPTION_LEAD_TIME:
        return parse_seconds("--lead-time", 1, &options->lead_time_ms);
    default:
        return parse_recovery(options, code);
    }
}

/* Options of the UDP channel; the rest are those of the form. */
static int parse_channel(struct options *options, int code) {
    switch (code) {
    case OPTION_UDP:
        options->udp = 1;
        return tool_parse_whole("--udp", optarg, 0, UINT16_MAX, &options->udp_port);
    case OPTION_RECEIVE_BUFFER:
        return tool_parse_whole("--receive-buffer", optarg, 1, INT32_MAX, &options->receive_buffer);
    case OPTION_MULTICAST:
        options->group = optarg;
        return 0;
    case OPTION_INTERFACE:
        options->interface = optarg;
        return 0;
    default:
        return parse_form(options, code);
    }
}

/* N=TEXT */
static int parse_command(struct options *options, const char *argument) {
    char number[8] = "";
    const char *equals = strchr(argument, '=');
    if (equals == NULL || equals - argument >= (int)sizeof number) {
        tool_error("--command is N=TEXT, not '%s'", argument);
        return -1;
    }
    memcpy(number, argument, (size_t)(equals - argument));
    options->command = equals + 1;
    return tool_parse_whole("--command", number, 0, 15, &options->command_number);
}

static int parse_option(struct options *options, int code) {
    switch (code) {
    case OPTION_CONNECT:
        return use_address(options, optarg, 0);
    case OPTION_LISTEN:
        return use_address(options, optarg, 1);
    case OPTION_CONNECTION_STRING:
        options->connection_string = optarg;
        return use_address(options, optarg, 0);
    case OPTION_FILTER:
        options->filter = optarg;
        return 0;
    case OPTION_COUNT:
        return tool_parse_whole("--count", optarg, 1, UINT64_MAX, &options->count);
    case OPTION_DURATION:
        return tool_parse_decimal("--duration", optarg, &options->duration);
    case OPTION_ONCE:
        options->once = 1;
        return 0;
    case OPTION_TIMEOUT:
        return tool_parse_decimal("--timeout", optarg, &options->timeout);
    case OPTION_FORMAT:
        return parse_format(optarg, &options->format);
    case OPTION_OUTPUT:
        options->output = optarg;
        return 0;
    case OPTION_METADATA_OUTPUT:
        options->metadata_output = optarg;
        return 0;
    case OPTION_BUFFER_BLOCKS:
        options->blocks = optarg;
        return 0;
    case OPTION_COMMAND:
        return parse_command(options, optarg);
    case OPTION_FOLLOW_CHANGES:
        options->follows = 1;
        return 0;
    case OPTION_PROTOCOL:
        return tool_parse_whole("--protocol", optarg, 1, 3, &options->protocol);
    case OPTION_NO_TSSC:
        options->tssc = 0;
        return 0;
    case OPTION_NO_GZIP:
        options->gzip = 0;
        return 0;
    case OPTION_STATISTICS:
        options->statistics = 1;
        return 0;
    case OPTION_LATENCY:
        options->latency = 1;
        return 0;
    case OPTION_SIGNAL_STATISTICS:
        options->signal_statistics = optarg;
        return 0;
    default:
        return parse_channel(options, code);
    }
}

/* The options of the channel build on each other. */
static int check_channel(const struct options *options) {
    if (!options->udp && (options->group != NULL || options->receive_buffer != 0)) {
        tool_error("--multicast and --receive-buffer need --udp PORT");
        return -1;
    }
    if (options->group != NULL && options->udp_port == 0) {
        tool_error("--multicast needs a port that all members use: --udp PORT");
        return -1;
    }
    if (options->group == NULL && options->interface != NULL) {
        tool_error("--interface needs --multicast GROUP");
        return -1;
    }
    return 0;
}

/* Options that make no sense without others, or beside them. */
static int check_combinations(const struct options *options) {
    const char *problem = NULL;
    if (options->stop != NULL && options->start == NULL) {
        problem = "--stop is the end of historical data; --start TIME, their beginning, is missing";
    } else if (options->recovery_detailed && !options->recover) {
        problem = "--recover-delay and --outage-log need --recover";
    } else if (options->outage_log != NULL && options->count != 0) {
        problem = "--outage-log takes what comes behind the last one of --count for received; leave out one of them";
    } else if (options->recover && options->start != NULL) {
        problem = "--recover is for live data; historical data, --start TIME, come whole or fail";
    } else if (options->recover && options->listens) {
        problem = "--recover fetches what was missed by a connection of its own; the publisher must listen for it";
    } else if (options->recover && !options->with_time) {
        problem = "--recover needs measurements with their times; leave out --no-time";
    } else if (options->latency && !options->statistics) {
        problem = "--latency is told by --stats, which is missing";
    }
    if (problem != NULL) {
        tool_error("%s", problem);
        return -1;
    }
    return 0;
}

int options_parse(struct options *options, int argc, char **argv, int *exit_code) {
    int code;
    memset(options, 0, sizeof *options);
    options->timeout = 30.0;
    options->tssc = 1;
    options->gzip = 1;
    options->with_time = 1;
    options->processing_interval = INTERVAL_NOT_GIVEN;
    options->recovery_delay_ms = DELAY_NOT_GIVEN;
    *exit_code = TOOL_DONE;
    while ((code = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (code == OPTION_HELP) {
            fputs(usage, stdout);
            fputs(usage_of_output, stdout);
            return -1;
        }
        if (code == OPTION_VERSION) {
            printf("sttp-subscribe, libsttp %s\n", sttp_version_text());
            return -1;
        }
        if (parse_option(options, code) != 0) {
            *exit_code = tool_usage_hint();
            return -1;
        }
    }
    for (; optind < argc; optind++) {
        if (use_address(options, argv[optind], 0) != 0) {
            *exit_code = tool_usage_hint();
            return -1;
        }
    }
    if (options->address == NULL) {
        tool_error("the address HOST:PORT of the publisher, or --listen ADDR:PORT, is missing");
        *exit_code = tool_usage_hint();
        return -1;
    }
    if (options->filter == NULL && options->connection_string == NULL) {
        options->filter = EVERYTHING;
    }
    if (check_channel(options) != 0 || check_combinations(options) != 0) {
        *exit_code = tool_usage_hint();
        return -1;
    }
    return 0;
}
