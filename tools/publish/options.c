#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "../common/signals.h"
#include "../common/tool.h"
#include "sttp.h"

static const char usage[] =
    "Usage: sttp-publish [OPTION]...\n"
    "Publishes measurements over STTP (IEEE 2664) until interrupted, or as long as the options say.\n"
    "\n"
    "What is published (default: lifelike values for an embedded sample of a few devices):\n"
    "  --metadata FILE.xml    describe the signals by this file, and make up values for them\n"
    "  --signals N            make up N signals: a device for every ten\n"
    "  --replay FILE.csv      publish the rows signal_id,timestamp,flags,value of this file ('-' is\n"
    "                         standard input) in order, losing none; a timestamp is ticks or\n"
    "                         ISO 8601, and consecutive rows of one timestamp are one batch\n"
    "  --buffer-blocks FILE.csv\n"
    "                         also send the rows signal_id,bytes (in hexadecimal) of this file as buffer\n"
    "                         blocks: one behind each frame, the rest behind the last one\n"
    "  --confirm-blocks       send buffer blocks again that subscribers do not confirm; not every\n"
    "                         implementation understands such blocks\n"
    "\n"
    "Where and when:\n"
    "  --listen ADDR:PORT     default 127.0.0.1:7175; port 0 picks a free one\n"
    "  --connect HOST:PORT    connect to a subscriber that listens there (sttp-subscribe --listen), and come\n"
    "                         back when the connection is lost; may be repeated. Then nothing is listened\n"
    "                         on unless --listen is given too\n"
    "  --connection-string TEXT\n"
    "                         what openPDC and openHistorian call so: 'port=PORT; ...', in place of --listen\n"
    "                         and --connect; the other options go over it\n"
    "  --rate FPS             frames (with --replay: batches) a second, default 30; 0 is as fast as\n"
    "                         the subscribers take them, losing none (the default with --replay)\n"
    "  --wait-subscribers K   begin when K subscribers are subscribed, default 0\n"
    "  --frames K             end after K frames (with --replay: batches)\n"
    "  --duration S           end after S seconds\n"
    "\n"
    "Historical data, for subscribers that ask for them (sttp-subscribe --start):\n"
    "  --history MINUTES      keep in memory what was published in the last MINUTES, and serve it\n"
    "  --history-bytes N      bytes that this may take, default 268435456, at least 1048576\n"
    "  --archive FILE.csv     serve the rows signal_id,timestamp,flags,value of this file instead, which\n"
    "                         are in the order of their timestamps\n"
    "  --linger S             stay for S seconds more after the last frame\n"
    "\n";

/* ISO C99 compilers need not take a string of more than 4095 bytes. */
static const char usage_of_sending[] =
    "How it is sent:\n"
    "  --threads N            spread the subscribers over N threads, 1 to 256, where one core is not\n"
    "                         enough for all; default 1\n"
    "  --nan-filter POLICY    values that are not a number are left out for subscribers that ask for\n"
    "                         it (allowed, the default), for none (forbidden) or for all (forced)\n"
    "  --base-times           to subscribers without TSSC compression, send timestamps as the time\n"
    "                         since a base time, in 4 bytes, or 2 if they ask for milliseconds, and\n"
    "                         not 8; the second base time, after 7 minutes or one, breaks the\n"
    "                         connection of sttpapi's subscriber\n"
    "  --no-udp               refuse subscribers that ask for measurements by UDP\n"
    "  --datagram-size N      largest datagram in bytes, 256 to 32768, default 1400\n"
    "  --multicast TTL        send once to a multicast group for all subscribers that ask for it with the\n"
    "                         same filter; past up to TTL routers, 1 stays in the local network\n"
    "  --encrypt udp|all      encrypt measurements of subscribers that ask for UDP, or all; the keys go to\n"
    "                         subscribers unprotected, and not every implementation can decrypt\n"
    "  --key-rotation S       new keys after S seconds, default 60\n"
    "\n"
    "What is said to subscribers:\n"
    "  --notify TEXT          send each subscriber this text for its operators when it subscribes\n"
    "  --echo-commands        answer user command N with user response N and the same bytes; without it\n"
    "                         user commands fail\n"
    "\n"
    "What is counted:\n"
    "  --stats                print one JSON object as the last line of standard error: measurements\n"
    "                         published, seconds from the first to the last one sent, bytes sent,\n"
    "                         measurements dropped, the most subscribers at one time, counts and latencies\n"
    "                         of each connection, and more\n"
    "\n"
    "  --help                 print this and exit\n"
    "  --version              print the version of the library and exit\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage.\n";

enum option_code {
    OPTION_LISTEN = 1,
    OPTION_CONNECT,
    OPTION_CONNECTION_STRING,
    OPTION_METADATA,
    OPTION_SIGNALS,
    OPTION_RATE,
    OPTION_FRAMES,
    OPTION_DURATION,
    OPTION_REPLAY,
    OPTION_WAIT_SUBSCRIBERS,
    OPTION_HISTORY,
    OPTION_HISTORY_BYTES,
    OPTION_ARCHIVE,
    OPTION_LINGER,
    OPTION_THREADS,
    OPTION_NAN_FILTER,
    OPTION_BASE_TIMES,
    OPTION_NO_UDP,
    OPTION_DATAGRAM_SIZE,
    OPTION_MULTICAST,
    OPTION_ENCRYPT,
    OPTION_KEY_ROTATION,
    OPTION_BUFFER_BLOCKS,
    OPTION_CONFIRM_BLOCKS,
    OPTION_NOTIFY,
    OPTION_ECHO_COMMANDS,
    OPTION_STATISTICS,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"connect", required_argument, NULL, OPTION_CONNECT},
    {"connection-string", required_argument, NULL, OPTION_CONNECTION_STRING},
    {"metadata", required_argument, NULL, OPTION_METADATA},
    {"signals", required_argument, NULL, OPTION_SIGNALS},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"frames", required_argument, NULL, OPTION_FRAMES},
    {"duration", required_argument, NULL, OPTION_DURATION},
    {"replay", required_argument, NULL, OPTION_REPLAY},
    {"wait-subscribers", required_argument, NULL, OPTION_WAIT_SUBSCRIBERS},
    {"history", required_argument, NULL, OPTION_HISTORY},
    {"history-bytes", required_argument, NULL, OPTION_HISTORY_BYTES},
    {"archive", required_argument, NULL, OPTION_ARCHIVE},
    {"linger", required_argument, NULL, OPTION_LINGER},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"nan-filter", required_argument, NULL, OPTION_NAN_FILTER},
    {"base-times", no_argument, NULL, OPTION_BASE_TIMES},
    {"no-udp", no_argument, NULL, OPTION_NO_UDP},
    {"datagram-size", required_argument, NULL, OPTION_DATAGRAM_SIZE},
    {"multicast", required_argument, NULL, OPTION_MULTICAST},
    {"encrypt", required_argument, NULL, OPTION_ENCRYPT},
    {"key-rotation", required_argument, NULL, OPTION_KEY_ROTATION},
    {"buffer-blocks", required_argument, NULL, OPTION_BUFFER_BLOCKS},
    {"confirm-blocks", no_argument, NULL, OPTION_CONFIRM_BLOCKS},
    {"notify", required_argument, NULL, OPTION_NOTIFY},
    {"echo-commands", no_argument, NULL, OPTION_ECHO_COMMANDS},
    {"stats", no_argument, NULL, OPTION_STATISTICS},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int add_connection(struct options *options, const char *address) {
    if (options->connect_count == CONNECTIONS_MOST) {
        tool_error("--connect may be given %d times at most", CONNECTIONS_MOST);
        return -1;
    }
    options->connect[options->connect_count++] = address;
    return 0;
}

static int parse_nan_filter(const char *name, int *policy) {
    static const char *const names[] = {"allowed", "forbidden", "forced"};
    static const int policies[] = {STTP_NAN_FILTER_ALLOWED, STTP_NAN_FILTER_FORBIDDEN, STTP_NAN_FILTER_FORCED};
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            *policy = policies[i];
            return 0;
        }
    }
    tool_error("--nan-filter is allowed, forbidden or forced, not '%s'", name);
    return -1;
}

/* Options about historical data. */
static int parse_history(struct options *options, int code) {
    switch (code) {
    case OPTION_HISTORY:
        return tool_parse_whole("--history", optarg, 1, UINT32_MAX / 60, &options->history_minutes);
    case OPTION_HISTORY_BYTES:
        return tool_parse_whole("--history-bytes", optarg, 1 << 20, SIZE_MAX, &options->history_bytes);
    case OPTION_ARCHIVE:
        options->archive = optarg;
        return 0;
    case OPTION_LINGER:
        return tool_parse_decimal("--linger", optarg, &options->linger);
    default:
        return -1;
    }
}

/* Options of the UDP channel and of encryption. */
static int parse_channel(struct options *options, int code) {
    switch (code) {
    case OPTION_NO_UDP:
        options->udp = 0;
        return 0;
    case OPTION_DATAGRAM_SIZE:
        return tool_parse_whole("--datagram-size", optarg, 256, 32768, &options->datagram_size);
    case OPTION_MULTICAST:
        return tool_parse_whole("--multicast", optarg, 1, UINT8_MAX, &options->multicast_ttl);
    case OPTION_ENCRYPT:
        if (strcmp(optarg, "udp") != 0 && strcmp(optarg, "all") != 0) {
            tool_error("--encrypt is udp or all, not '%s'", optarg);
            return -1;
        }
        options->encryption = optarg[0] == 'u' ? STTP_ENCRYPTION_UDP : STTP_ENCRYPTION_ALL;
        return 0;
    case OPTION_KEY_ROTATION:
        return tool_parse_whole("--key-rotation", optarg, 1, 1000000, &options->key_seconds);
    default:
        return -1;
    }
}

static int parse_option(struct options *options, int code) {
    switch (code) {
    case OPTION_LISTEN:
        options->listen = optarg;
        return 0;
    case OPTION_CONNECT:
        return add_connection(options, optarg);
    case OPTION_CONNECTION_STRING:
        options->connection_string = optarg;
        return 0;
    case OPTION_METADATA:
        options->metadata = optarg;
        return 0;
    case OPTION_SIGNALS:
        return tool_parse_whole("--signals", optarg, 1, SIGNALS_MOST, &options->signals);
    case OPTION_RATE:
        options->rate_given = 1;
        return tool_parse_decimal("--rate", optarg, &options->rate);
    case OPTION_FRAMES:
        return tool_parse_whole("--frames", optarg, 1, UINT64_MAX, &options->frames);
    case OPTION_DURATION:
        return tool_parse_decimal("--duration", optarg, &options->duration);
    case OPTION_REPLAY:
        options->replay = optarg;
        return 0;
    case OPTION_WAIT_SUBSCRIBERS:
        return tool_parse_whole("--wait-subscribers", optarg, 0, UINT32_MAX, &options->wait_subscribers);
    case OPTION_THREADS:
        return tool_parse_whole("--threads", optarg, 1, 256, &options->threads);
    case OPTION_NAN_FILTER:
        return parse_nan_filter(optarg, &options->nan_filter);
    case OPTION_BASE_TIMES:
        options->base_times = 1;
        return 0;
    case OPTION_BUFFER_BLOCKS:
        options->blocks = optarg;
        return 0;
    case OPTION_CONFIRM_BLOCKS:
        options->confirm_blocks = 1;
        return 0;
    case OPTION_NOTIFY:
        options->notification = optarg;
        return 0;
    case OPTION_ECHO_COMMANDS:
        options->echo_commands = 1;
        return 0;
    case OPTION_STATISTICS:
        options->statistics = 1;
        return 0;
    case OPTION_HISTORY:
    case OPTION_HISTORY_BYTES:
    case OPTION_ARCHIVE:
    case OPTION_LINGER:
        return parse_history(options, code);
    default:
        return parse_channel(options, code);
    }
}

int options_parse(struct options *options, int argc, char **argv, int *exit_code) {
    int code;
    memset(options, 0, sizeof *options);
    options->rate = 30.0;
    options->nan_filter = NOT_GIVEN;
    options->udp = 1;
    options->encryption = NOT_GIVEN;
    *exit_code = TOOL_DONE;
    while ((code = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (code == OPTION_HELP) {
            fputs(usage, stdout);
            fputs(usage_of_sending, stdout);
            return -1;
        }
        if (code == OPTION_VERSION) {
            printf("sttp-publish, libsttp %s\n", sttp_version_text());
            return -1;
        }
        if (parse_option(options, code) != 0) {
            *exit_code = tool_usage_hint();
            return -1;
        }
    }
    if (optind < argc) {
        tool_error("'%s' is not an option", argv[optind]);
        *exit_code = tool_usage_hint();
        return -1;
    }
    if (options->metadata != NULL && options->signals != 0) {
        tool_error("--metadata and --signals exclude each other");
        *exit_code = tool_usage_hint();
        return -1;
    }
    if (options->connection_string != NULL && (options->listen != NULL || options->connect_count != 0)) {
        tool_error("--connection-string says where; leave out --listen and --connect, or put them into it");
        *exit_code = tool_usage_hint();
        return -1;
    }
    if (options->listen == NULL && options->connect_count == 0 && options->connection_string == NULL) {
        options->listen = "127.0.0.1:7175";
    }
    if (options->replay != NULL && !options->rate_given) {
        options->rate = 0.0;
    }
    return 0;
}
