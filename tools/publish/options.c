#include "options.h"

#include <stdio.h>
#include <string.h>

#include "../common/link.h"
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

static int add_link(const char *link) {
    if (options.link_count == LINKS_MOST) {
        tool_error("--link may be given %d times at most", LINKS_MOST);
        return -1;
    }
    options.links[options.link_count++] = link;
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

static int take_map(const char *value) {
    return column_map_parse(value, &options.wishes.map);
}

static int take_zone(const char *value) {
    if (time_form_zone(value, &options.wishes.times) != 0) {
        tool_error("--time-zone is UTC, local, or an offset as +01:00, not '%s'", value);
        return -1;
    }
    return 0;
}

static int take_start(const char *value) {
    if (sttp_time_parse(value, &options.wishes.times.start) != STTP_OK) {
        tool_error("--time-start is a time as '2026-01-31 08:30:00', not '%s'", value);
        return -1;
    }
    options.wishes.times.has_start = 1;
    return 0;
}

/* The one of several names that was given; -1 after saying that it is none of them. */
static int place_of(const char *option, const char *const names[], const char *value) {
    char allowed[128] = "";
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], value) == 0) {
            return i;
        }
        strcat(strcat(allowed, i > 0 ? ", " : ""), names[i]);
    }
    tool_error("--%s is one of %s, not '%s'", option, allowed, value);
    return -1;
}

static int take_separator(const char *value) {
    static const char *const names[] = {"comma", "semicolon", "tab", "bar", NULL};
    int place = place_of("separator", names, value);
    options.wishes.separator = place < 0 ? '\0' : ",;\t|"[place];
    return place < 0 ? -1 : 0;
}

static int take_decimal(const char *value) {
    static const char *const names[] = {"point", "comma", NULL};
    int place = place_of("decimal", names, value);
    options.wishes.decimal = place < 0 ? '\0' : ".,"[place];
    return place < 0 ? -1 : 0;
}

static int take_dates(const char *value) {
    static const char *const names[] = {"dmy", "mdy", NULL};
    int place = place_of("dates", names, value);
    options.wishes.times.order = place == 0 ? DATES_DAY_FIRST : DATES_MONTH_FIRST;
    return place < 0 ? -1 : 0;
}

static int take_unit(const char *value) {
    static const char *const names[] = {"auto", "ticks", "s", "ms", "us", "ns", "days", NULL};
    int place = place_of("time-unit", names, value);
    options.wishes.times.unit = place < 0 ? TIME_BY_SIZE : (enum time_unit)place;
    return place < 0 ? -1 : 0;
}

static const struct option_choice unreadables[] = {{"fail", NULL}, {"nan", NULL}, {"skip", NULL}, {NULL, NULL}};

static const struct option_choice times[] = {{"recorded", NULL}, {"now", NULL}, {NULL, NULL}};

static const struct option_row rows[] = {
    OPTIONS_SECTION("What is published"),
    {"metadata", "FILE.xml", "The signals that this file describes, with made-up values.", TO_TEXT(options.metadata)},
    {"signals", "N", "N made-up signals, ten to a device.", TO_WHOLE(options.signals, 1, SIGNALS_MOST)},
    {"signal-list", "FILE.csv",
     "The signals of this list, whose first line names its columns: `tag`, `signal_id`, `key`, `device`, `type`, `unit`, "
     "`reference`, `description`, or some of them.",
     TO_TEXT(options.signal_list), .see = "recordings.md"},
    {"replay", "FILE",
     "The rows of a file ('-' is standard input) in order; none is lost: `signal_id,timestamp,flags,value`, as "
     "`sttp-subscribe` writes them, or what other programs export, for which see below. Rows that follow each other with "
     "one timestamp are one batch; of a pipe, what has come is published at once. Files that end with `.gz` and `.zst` are "
     "decompressed; Apache Parquet is read by `sttp-parquet`, which is beside this program or on the PATH. Without "
     "`--metadata`, `--signals` and `--signal-list`, signals are those that the file names, those of a pipe the embedded "
     "sample.",
     TO_TEXT(options.replay), .see = "recordings.md"},
    {"buffer-blocks", "FILE.csv",
     "Also the rows `signal_id,bytes` of this file, in hexadecimal, as buffer blocks: one behind each frame, the rest "
     "behind the last one.",
     TO_TEXT(options.blocks)},
    {"confirm-blocks", NULL,
     "Blocks that subscribers do not confirm are sent again. Not every implementation understands such blocks.",
     TO_FLAG(options.confirm_blocks)},

    OPTIONS_SECTION("How a file is read"),
    {"check", NULL,
     "Only reads the file of `--replay` or `--archive`, and tells what was understood. Exit code 1 when some of it was not.",
     TO_FLAG(options.check)},
    {"map", "WHAT=COLUMN,...",
     "Which column has what: `time`, `date` beside a time of day, `signal`, `value`, `flags`, `quality`, or the name of a "
     "signal, where each has a column of its own. COLUMN is its name, or `#3` for the third one. What is not named is "
     "found by the usual names. Quotes, as `'\"time=Date, UTC\",value=Y'`, go around a part with a comma.",
     .take = take_map, .see = "recordings.md"},
    {"separator", "KIND", "Fields are separated by `comma`, `semicolon`, `tab` or `bar`. Default: as the names of the columns are.",
     .take = take_separator},
    {"decimal", "KIND", "Numbers have a decimal `point` or `comma`. Default: as the first number that "
     "leaves no choice.",
     .take = take_decimal},
    {"dates", "ORDER",
     "Dates as 3/4/2026 have the day (`dmy`) or the month (`mdy`) first. Default: as the first date that leaves no choice, else "
     "the month.",
     .take = take_dates},
    {"time-zone", "ZONE", "Times without a zone are `UTC`, `local`, or ahead of UTC by `+HH:MM`. Default: `UTC`.",
     .take = take_zone},
    {"time-unit", "UNIT",
     "Times that are numbers are `ticks`, or `s`, `ms`, `us` or `ns` since 1970, or `days` as spreadsheets have them. Default: "
     "`auto`, as large as they are.",
     .take = take_unit},
    {"time-start", "TIME", "They count from this time on, in seconds unless `--time-unit` says otherwise.", .take = take_start},
    {"unreadable", "POLICY",
     "A value that is empty or no number makes its row fail (`fail`), becomes NaN with a warning (`nan`), or is left out, as "
     "other rows that cannot be read are (`skip`). `--replay` ends with the first row that fails; `--archive` leaves such rows "
     "out. All are counted, and the first ones told.",
     TO_CHOICE(options.unreadable, unreadables), .standard = "fail"},

    OPTIONS_SECTION("Where, when and how long"),
    {"listen", "ADDR:PORT",
     "Where subscribers connect; port 0 takes any free one, which the first line of output tells. Default, without "
     "`--connect` and `--link`: `127.0.0.1:7175`.",
     TO_TEXT(options.listen)},
    {"connect", "HOST:PORT",
     "Connects to a subscriber that listens, and comes back when the connection is lost; may be repeated, up to 64 "
     "times. Without `--listen` nothing is listened on then.",
     .take = add_connection, .see = "roles.md"},
    {"link", "PLACE",
     "Goes over a block link, too, where TCP is not to be had: " LINK_PLACES " May be repeated, up to 16 times. Without `--listen` and "
     "`--connect` it goes over links only.",
     .take = add_link, .see = "block-links.md"},
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
    {"speed", "PERCENT",
     "Batches of `--replay` come at this part of the speed at which they were recorded; 0 is as fast as subscribers take "
     "them. Default: `0`; with `--times now`, `100`.",
     TO_WHOLE(options.speed, 0, 1000000), .needs = "replay"},
    {"times", "KIND",
     "Times of `--replay` are those `recorded`, or moved by whole seconds so that the file begins `now`.",
     TO_CHOICE(options.times, times), .standard = "recorded", .needs = "replay"},
    {"loop", NULL, "Begins the file of `--replay` again at its end.", TO_FLAG(options.loop), .needs = "replay"},
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
    {"batch", "S",
     "Frames of S seconds are published together, in fewer and larger packets; each then comes up to so much later.",
     TO_DECIMAL(options.batch)},
    {"nan-filter", "POLICY",
     "Whether values that are not a number are left out: for subscribers that ask for it (`allowed`), for none "
     "(`forbidden`), for all (`forced`).",
     CHOICE_SETTING(nan_filters), .standard = "allowed"},
    {"base-times", NULL,
     "To subscribers without TSSC, times as offsets from base times, in 4 or 2 bytes in place of 8. `sttpapi` loses its "
     "connection when the second base time comes into use, after 7 minutes, or one with milliseconds.",
     FLAG_BY_KEY(STTP_SETTING_USE_BASE_TIME_OFFSETS, "true")},
    {"cached-values", NULL,
     "The latest value of each signal goes to a new subscriber at once, with its own time, marked by the flag LateTimeAlarm "
     "(0x00040000).",
     FLAG_BY_KEY(STTP_SETTING_CACHED_VALUES, "true")},
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
    {"report", "FILE",
     "At the end, what was published of each device, and how much that is of what its frames a second and its signals have one "
     "expect: an object when the name ends with `.json`, else a table; '-' is standard output.",
     TO_TEXT(options.report), .see = "operation.md"},
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

/* What links do not carry; NULL if nothing of that is asked for. */
static const char *find_problem_of_links(void) {
    static char problem[128];
    const char *setting = options_first_setting(&publish_line);
    const char *other = options.blocks != NULL          ? "buffer-blocks"
                        : options.archive != NULL       ? "archive"
                        : options.notification != NULL  ? "notify"
                        : options.echo_commands         ? "echo-commands"
                        : options.audit_log != NULL     ? "audit-log"
                                                        : setting;
    if (other == NULL) {
        return NULL;
    }
    snprintf(problem, sizeof problem, "--%s is about connections of STTP, not about links; add --listen ADDR:PORT, or leave it out",
             other);
    return problem;
}

/* Options that exclude each other; NULL if there are none. */
static const char *find_problem(void) {
    if ((options.metadata != NULL) + (options.signals != 0) + (options.signal_list != NULL) > 1) {
        return "--metadata, --signals and --signal-list exclude each other";
    }
    if (options.check && options.replay == NULL && options.archive == NULL) {
        return "--check reads a file: --replay FILE.csv or --archive FILE.csv";
    }
    if (options_given(&publish_line, "rate") && (options_given(&publish_line, "speed") || options.times != 0)) {
        return "--rate spaces batches evenly, --speed and --times now by their times; leave out one of them";
    }
    if (options.connection_string != NULL && (options.listen != NULL || options.connect_count != 0)) {
        return "--connection-string says where; leave out --listen and --connect, or put them into it";
    }
    options.only_links =
        options.link_count > 0 && options.listen == NULL && options.connect_count == 0 && options.connection_string == NULL;
    return options.only_links ? find_problem_of_links() : NULL;
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
    if (options.listen == NULL && options.connect_count == 0 && options.connection_string == NULL && !options.only_links) {
        options.listen = "127.0.0.1:7175";
    }
    if (options.times != 0 && !options_given(&publish_line, "speed")) {
        options.speed = 100;
    }
    if (options.rate == RATE_NOT_GIVEN) {
        options.rate = options.replay != NULL ? 0.0 : 30.0;
    }
    return &options;
}
