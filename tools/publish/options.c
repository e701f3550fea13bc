#include "options.h"

#include "../common/metrics.h"
#include "../common/signals.h"
#include "../common/tool.h"
#include "sttp.h"

#define RATE_NOT_GIVEN (-1.0)

static struct options options = {.rate = RATE_NOT_GIVEN};

static int add_connection(const char *address) {
    if (options.connect_count == CONNECTIONS_MOST) {
        tool_error("--connect may be given %d times at most", CONNECTIONS_MOST);
        return -1;
    }
    options.connect[options.connect_count++] = address;
    return 0;
}

static const struct option_choice nan_filters[] = {
    {"allowed", "allowNaNValueFilter=true; forceNaNValueFilter=false"},
    {"forbidden", "allowNaNValueFilter=false; forceNaNValueFilter=false"},
    {"forced", "forceNaNValueFilter=true"},
    {NULL, NULL},
};

static const struct option_choice encryptions[] = {
    {"udp", "encryptPayload=udp"},
    {"all", "encryptPayload=true"},
    {NULL, NULL},
};

static const struct option_choice unreadables[] = {{"fail", NULL}, {"nan", NULL}, {NULL, NULL}};

static const struct option_row rows[] = {
    OPTIONS_SECTION("What is published"),
    {"metadata", "FILE.xml", "The signals that this file describes, with made-up values.", TO_TEXT(options.metadata)},
    {"signals", "N", "N made-up signals, ten to a device.", TO_WHOLE(options.signals, 1, SIGNALS_MOST)},
    {"replay", "FILE.csv",
     "The rows `signal_id,timestamp,flags,value` of a file ('-' is standard input) in order; none is lost. A first row of "
     "names may have these columns in another order, and others, which are left out. Timestamps are ticks (100 ns since "
     "0001-01-01) or ISO 8601. Rows that follow each other with one timestamp are one batch; of a pipe, what has come is "
     "published at once.",
     TO_TEXT(options.replay)},
    {"unreadable", "POLICY",
     "With `--replay` and `--archive`, a value that is empty or no number makes its row fail (`fail`), or becomes NaN with "
     "a warning (`nan`). `--replay` ends with the first row that fails; `--archive` leaves such rows out, and tells of them.",
     TO_CHOICE(options.unreadable, unreadables), .standard = "fail"},
    {"buffer-blocks", "FILE.csv",
     "Also the rows `signal_id,bytes` of this file, in hexadecimal, as buffer blocks: one behind each frame, the rest "
     "behind the last one.",
     TO_TEXT(options.blocks)},
    {"confirm-blocks", NULL,
     "Blocks that subscribers do not confirm are sent again. Not every implementation understands such blocks.",
     TO_FLAG(options.confirm_blocks)},

    OPTIONS_SECTION("Where, when and how long"),
    {"listen", "ADDR:PORT",
     "Where subscribers connect; port 0 takes any free one, which the first line of output tells. Default, without "
     "`--connect`: `127.0.0.1:7175`.",
     TO_TEXT(options.listen)},
    {"connect", "HOST:PORT",
     "Connects to a subscriber that listens, and comes back when the connection is lost; may be repeated, up to 64 "
     "times. Without `--listen` nothing is listened on then.",
     .take = add_connection, .see = "roles.md"},
    {"connection-string", "TEXT",
     "What openPDC and openHistorian call so, as `'port=7175; overflow=wait'`, in place of `--listen` and `--connect`; "
     "the other options go over it.",
     TO_TEXT(options.connection_string), .see = "connection-strings.md"},
    {"make-certificate", "NAME",
     "Only makes a certificate NAME.cer, which the peers get, and its private key NAME.key, for a first try of TLS.",
     TO_TEXT(options.make_certificate), .see = "security.md"},
    OPTIONS_TLS("Secures connections", "the subscribers that are let in", ""),
    {"rights", "FILE",
     "Which subscribers are let in, and what each may. The file is read again when it changes.",
     TEXT_SETTING("rightsFile={%s}"), .see = "security.md"},
    {"audit-log", "FILE",
     "Appends a line to this file for each peer and each request that is accepted or refused: when, who, what, and why.",
     TO_TEXT(options.audit_log), .see = "security.md"},
    {"rate", "FPS",
     "Frames, or batches of `--replay`, a second; 0 is as fast as subscribers take them, losing none. Default: `30`; with "
     "`--replay`, `0`.",
     TO_DECIMAL(options.rate)},
    {"wait-subscribers", "K", "Begins when K subscribers are subscribed.",
     TO_WHOLE(options.wait_subscribers, 0, UINT32_MAX), .standard = "0"},
    {"frames", "K", "Ends after K frames or batches.", TO_WHOLE(options.frames, 1, UINT64_MAX)},
    {"duration", "S", "Ends after S seconds.", TO_DECIMAL(options.duration)},
    {"linger", "S", "Stays for S seconds more, for subscribers of historical data.", TO_DECIMAL(options.linger)},

    OPTIONS_SECTION("Historical data"),
    {"history", "MINUTES", "Keeps in memory what was published in the last MINUTES, and serves it.",
     WHOLE_SETTING("historyDuration=%s", 1, UINT32_MAX / 60), .scale = 60},
    {"history-bytes", "N", "The most that this may take, at least 1048576. The oldest goes first.",
     BY_KEY(STTP_SETTING_HISTORY_LIMIT)},
    {"archive", "FILE.csv",
     "Serves the rows `signal_id,timestamp,flags,value` of a file instead, which are in the order of time.",
     TO_TEXT(options.archive)},

    OPTIONS_SECTION("How it is sent"),
    {"threads", "N", "Spreads the subscribers over N threads, 1 to 256, where one core is not enough for all.",
     TO_WHOLE(options.threads, 1, 256), .standard = "1"},
    {"nan-filter", "POLICY",
     "Whether values that are not a number are left out: for subscribers that ask for it (`allowed`), for none "
     "(`forbidden`), for all (`forced`).",
     CHOICE_SETTING(nan_filters), .standard = "allowed"},
    {"base-times", NULL,
     "To subscribers without TSSC, times as offsets from base times, in 4 or 2 bytes in place of 8. `sttpapi` loses its "
     "connection when the second base time comes into use, after 7 minutes, or one with milliseconds.",
     FLAG_BY_KEY(STTP_SETTING_USE_BASE_TIME_OFFSETS, "true")},
    {"no-udp", NULL, "Refuses subscribers that ask for UDP.", FLAG_BY_KEY(STTP_SETTING_ALLOW_UDP, "false")},
    {"datagram-size", "N", "Largest datagram, 256 to 32768 bytes.", BY_KEY(STTP_SETTING_DATAGRAM_SIZE)},
    {"multicast", "TTL", "Grants multicast groups; datagrams pass up to TTL routers, 1 stays in the local network.",
     WHOLE_SETTING("allowMulticast=true; multicastTtl=%s", 1, UINT8_MAX)},
    {"encrypt", "udp|all",
     "Encrypts measurements of subscribers by UDP, or of all. The keys go to subscribers unprotected, and not every "
     "implementation can decrypt.",
     CHOICE_SETTING(encryptions)},
    {"key-rotation", "S", "New keys after S seconds.", WHOLE_SETTING("cipherKeyRotationPeriod=%s", 1, 1000000),
     .scale = 1000, .standard = "60"},

    OPTIONS_SECTION("What is said to subscribers"),
    {"notify", "TEXT",
     "A notification for each subscriber when it subscribes. The output tells who has confirmed it.",
     TO_TEXT(options.notification)},
    {"echo-commands", NULL,
     "Answers user command N with user response N and the same bytes. Without it user commands fail.",
     TO_FLAG(options.echo_commands)},

    OPTIONS_SECTION("What is counted"),
    {"stats", NULL, "At the end, one JSON object as the last line of standard error.", TO_FLAG(options.statistics)},
    OPTION_METRICS(options.metrics),
};

static const struct own_setting own_settings[] = {
    {"server", "give --connect HOST:PORT"},
    {"port", "give --listen ADDR:PORT"},
    {"interface", "give --listen ADDR:PORT"},
    {"commandChannel", "give --listen ADDR:PORT"},
    {NULL, NULL},
};

const struct command_line publish_line = {
    .name = "sttp-publish",
    .usage = "sttp-publish [OPTION]...",
    .about = "Publishes measurements over STTP (IEEE 2664) until interrupted, or as long as the options say:\n"
             "without any, lifelike values for the embedded sample of a few devices.",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .role = STTP_ROLE_PUBLISHER,
    .takes_settings = 1,
    .runs_long = 1,
    .own_settings = own_settings,
};

/* Options that exclude each other; NULL if there are none. */
static const char *find_problem(void) {
    if (options.metadata != NULL && options.signals != 0) {
        return "--metadata and --signals exclude each other";
    }
    if (options.connection_string != NULL && (options.listen != NULL || options.connect_count != 0)) {
        return "--connection-string says where; leave out --listen and --connect, or put them into it";
    }
    return NULL;
}

const struct options *options_parse(int argc, char **argv, int *exit_code) {
    if (options_read(&publish_line, argc, argv, exit_code) != 0) {
        return NULL;
    }
    const char *problem = find_problem();
    if (problem != NULL) {
        *exit_code = tool_usage_error(problem);
        return NULL;
    }
    if (options.listen == NULL && options.connect_count == 0 && options.connection_string == NULL) {
        options.listen = "127.0.0.1:7175";
    }
    if (options.rate == RATE_NOT_GIVEN) {
        options.rate = options.replay != NULL ? 0.0 : 30.0;
    }
    return &options;
}
