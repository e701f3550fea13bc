#include "options.h"

#include <string.h>

#include "../common/metrics.h"
#include "../common/tool.h"
#include "sttp.h"

static struct options options;

static int take_source(const char *address) {
    if (options.source_count == SOURCES_MOST) {
        tool_error("at most %d publishers are possible", SOURCES_MOST);
        return -1;
    }
    options.sources[options.source_count++] = address;
    return 0;
}

static int take_publish_setting(const char *setting) {
    if (strchr(setting, '=') == NULL) {
        tool_error("--publish-set is KEY=VALUE, not '%s'", setting);
        return -1;
    }
    if (options.publish_setting_count == PUBLISH_SETTINGS_MOST) {
        tool_error("--publish-set may be given %d times at most", PUBLISH_SETTINGS_MOST);
        return -1;
    }
    options.publish_settings[options.publish_setting_count++] = setting;
    return 0;
}

#define OF_PUBLISHER .role = STTP_ROLE_PUBLISHER

static const struct option_row rows[] = {
    OPTIONS_SECTION("Where it comes from"),
    {"filter", "EXPR",
     "What is relayed of each publisher: signal IDs, measurement keys or point tags separated by semicolons, or an "
     "expression. Metadata are relayed as a whole.",
     TO_TEXT(options.filter), .standard = "FILTER ActiveMeasurements WHERE True"},
    OPTIONS_TLS_OF("source-", "Secures the connections to the publishers", "the publishers",
                   " `sttp-publish --make-certificate` makes one.", 0),

    OPTIONS_SECTION("What was missed"),
    {"recover", NULL,
     "What is missed while a publisher is not connected is fetched from its historical data, once measurements flow again, "
     "and published with its old times.",
     TO_FLAG(options.recover), .key = STTP_SETTING_DATA_GAP_RECOVERY_ENABLED, .to = "true", .see = "history.md"},
    {"recover-delay", "S", "Fetches it S seconds after that. Each relay of a chain needs more than the one before it.",
     BY_KEY(STTP_SETTING_DATA_GAP_RECOVERY_RECOVERY_START_DELAY), .needs = "recover"},
    {"outage-log", "FILE",
     "Remembers in this file what is still missing, so that the next run fetches it, the time in between included. Of several "
     "publishers each has its own, with `.2`, `.3` and so on behind the name.",
     TO_TEXT(options.outage_log), .needs = "recover"},
    {"history", "MINUTES", "Keeps in memory what was relayed in the last MINUTES, and serves it.",
     WHOLE_SETTING("historyDuration=%s", 1, UINT32_MAX / 60), .scale = 60, OF_PUBLISHER},
    {"history-bytes", "N", "The most that this may take, at least 1048576. The oldest goes first.",
     BY_KEY(STTP_SETTING_HISTORY_LIMIT), OF_PUBLISHER},
    {"own-history", NULL,
     "Serves of the past only what `--history` keeps. Without it, what the relay was not there for, or has forgotten, is asked "
     "for from the publishers, for each subscriber that wants it.",
     TO_FLAG(options.own_history), .see = "history.md"},

    OPTIONS_SECTION("Which publisher a signal comes from"),
    {"return-after", "S",
     "A publisher that was away, and is named before others that have its signals, relays them again once it has been back for "
     "S seconds.",
     TO_DECIMAL(options.return_after), .standard = "10"},

    OPTIONS_SECTION("Where it goes"),
    {"listen", "ADDR:PORT",
     "Where subscribers connect; port 0 takes any free one, which the output tells. Default, without `--connect`: "
     "`127.0.0.1:7175`.",
     TO_TEXT(options.listen)},
    {"connect", "HOST:PORT", "Connects to a subscriber that listens, and comes back when the connection is lost.",
     TO_TEXT(options.connect), .see = "roles.md"},
    {"patience", "S",
     "Begins to publish after S seconds though some publishers have not sent their metadata yet, but not before the first one "
     "has.",
     TO_DECIMAL(options.patience), .standard = "10"},
    OPTIONS_TLS_OF("", "Secures the connections of subscribers", "the subscribers that are let in", "", STTP_ROLE_PUBLISHER),
    {"rights", "FILE", "Which subscribers are let in, and what each may. The file is read again when it changes.",
     TEXT_SETTING("rightsFile={%s}"), OF_PUBLISHER, .see = "security.md"},
    {"cached-values", NULL,
     "The latest value of each signal goes to a new subscriber at once, with its own time, marked by the flag LateTimeAlarm "
     "(0x00040000).",
     FLAG_BY_KEY(STTP_SETTING_CACHED_VALUES, "true"), OF_PUBLISHER},
    {"threads", "N", "Spreads the subscribers over N threads, 1 to 256, where one core is not enough for all.",
     TO_WHOLE(options.threads, 1, 256), .standard = "1"},
    {"publish-set", "KEY=VALUE",
     "Any setting of the publishing side, by its key in a connection string; may be repeated, and goes over the other "
     "options of this section. `--set` is for the subscriptions.",
     .take = take_publish_setting, .see = "connection-strings.md"},
    {"duration", "S", "Ends after S seconds.", TO_DECIMAL(options.duration)},

    OPTIONS_SECTION("What is counted"),
    {"stats", NULL, "At the end, one JSON object as the last line of standard error.", TO_FLAG(options.statistics)},
    {"report", "FILE",
     "At the end, what came of each device of each publisher, and what should have come. An array of objects where FILE ends "
     "with `.json`, else tables; '-' is standard output.",
     TO_TEXT(options.report), .see = "operation.md"},
    OPTION_METRICS(options.metrics),
};

static const struct own_setting own_settings[] = {
    {"server", "give HOST:PORT"},
    {"commandChannel", "give HOST:PORT"},
    {"filterExpression", "give --filter EXPR"},
    {"outputMeasurements", "give --filter EXPR"},
    {"inputMeasurementKeys", "give --filter EXPR"},
    {"outageLog", "give --outage-log FILE"},
    {"readQueue", "this program has callbacks"},
    {NULL, NULL},
};

const struct command_line relay_line = {
    .name = "sttp-relay",
    .usage = "sttp-relay HOST:PORT... [OPTION]...",
    .about = "Subscribes to one or several STTP (IEEE 2664) publishers, and publishes what they send, until interrupted.\n"
             "Their metadata become one; a signal that several have is relayed of the first one named that grants it and is there.",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .take_argument = take_source,
    .role = STTP_ROLE_SUBSCRIBER,
    .takes_settings = 1,
    .runs_long = 1,
    .own_settings = own_settings,
};

const struct options *options_parse(int argc, char **argv, int *exit_code) {
    if (options_read(&relay_line, argc, argv, exit_code) != 0) {
        return NULL;
    }
    if (options.source_count == 0) {
        *exit_code = tool_usage_error("the address HOST:PORT of a publisher is missing");
        return NULL;
    }
    if (options.listen == NULL && options.connect == NULL) {
        options.listen = "127.0.0.1:7175";
    }
    return &options;
}
