#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "../common/tool.h"
#include "sttp.h"

static const char usage[] =
    "Usage: sttp-metadata SOURCE [OPTION]...\n"
    "       sttp-metadata --eval EXPR\n"
    "Shows STTP (IEEE 2664) metadata: their tables, and the devices with their measurements and phasors.\n"
    "\n"
    "SOURCE is a file of XML, '-' for standard input, or HOST:PORT of a publisher ([ADDRESS]:PORT for\n"
    "IPv6) to fetch them from. What is the name of a file is that file.\n"
    "\n"
    "What is shown instead:\n"
    "  --select EXPR          rows as CSV: a header line with the names of the columns, then the rows in the\n"
    "                         order of the filter. EXPR is a condition, or statements like FILTER TOP 5\n"
    "                         DeviceDetail WHERE True ORDER BY Acronym separated by semicolons. Fields are\n"
    "                         quoted where they must be (RFC 4180); null is an empty field, an empty text\n"
    "                         is \"\"\n"
    "  --signals EXPR         the signal IDs that a subscription with this filter gets, one a line, in its\n"
    "                         order\n"
    "  --eval EXPR            type and value of an expression at a row of a table; without SOURCE, of one\n"
    "                         that names no columns\n"
    "  --xml                  the metadata as XML\n"
    "  --table T              table of --select and --eval, default MeasurementDetail; ActiveMeasurements\n"
    "                         is what subscription filters select from\n"
    "  --row N                row of --eval, from 0, default 0\n"
    "\n"
    "How they are fetched:\n"
    "  --metadata-filter EXPR ask the publisher only for what these FILTER statements select\n"
    "  --timeout S            fail if the metadata did not come within S seconds, default 30; 0: try for\n"
    "                         ever\n"
    "\n"
    "  --help                 print this and exit\n"
    "  --version              print the version of the library and exit\n"
    "\n"
    "Values of --eval and fields of --select: true or false; a Decimal with all its digits; a Double in the\n"
    "shortest form that reads back to the same number; GUIDs in lower case; times as 2026-11-21T08:30:00Z; texts\n"
    "as they are. --eval prints Type: value, and Type: NULL for null. Arithmetic operators apply from left to\n"
    "right, as in the other STTP implementations: 1 + 2 * 3 is 9.\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage.\n";

enum option_code {
    OPTION_SELECT = 1,
    OPTION_SIGNALS,
    OPTION_EVALUATE,
    OPTION_XML,
    OPTION_TABLE,
    OPTION_ROW,
    OPTION_METADATA_FILTER,
    OPTION_TIMEOUT,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"select", required_argument, NULL, OPTION_SELECT},
    {"signals", required_argument, NULL, OPTION_SIGNALS},
    {"eval", required_argument, NULL, OPTION_EVALUATE},
    {"xml", no_argument, NULL, OPTION_XML},
    {"table", required_argument, NULL, OPTION_TABLE},
    {"row", required_argument, NULL, OPTION_ROW},
    {"metadata-filter", required_argument, NULL, OPTION_METADATA_FILTER},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int choose_action(struct options *options, enum action action) {
    if (options->action != ACTION_SHOW) {
        tool_error("--select, --signals, --eval and --xml exclude each other");
        return -1;
    }
    options->action = action;
    options->expression = optarg;
    return 0;
}

static int parse_option(struct options *options, int code) {
    switch (code) {
    case OPTION_SELECT:
        return choose_action(options, ACTION_SELECT);
    case OPTION_SIGNALS:
        return choose_action(options, ACTION_SIGNALS);
    case OPTION_EVALUATE:
        return choose_action(options, ACTION_EVALUATE);
    case OPTION_XML:
        return choose_action(options, ACTION_XML);
    case OPTION_TABLE:
        options->table = optarg;
        options->place_given = 1;
        return 0;
    case OPTION_ROW:
        options->place_given = 1;
        return tool_parse_whole("--row", optarg, 0, SIZE_MAX, &options->row);
    case OPTION_METADATA_FILTER:
        options->metadata_filter = optarg;
        return 0;
    case OPTION_TIMEOUT:
        return tool_parse_decimal("--timeout", optarg, &options->timeout);
    default:
        return -1;
    }
}

/* The arguments that are not options; 0, or -1 after saying what is wrong. */
static int take_source(struct options *options, int count, char **arguments) {
    if (count > 1) {
        tool_error("one SOURCE is enough, and '%s' is another one", arguments[1]);
        return -1;
    }
    options->source = count == 1 ? arguments[0] : NULL;
    if (options->source == NULL && options->action != ACTION_EVALUATE) {
        tool_error("the SOURCE of the metadata is missing: a file, '-', or HOST:PORT of a publisher");
        return -1;
    }
    if (options->source == NULL && options->place_given) {
        tool_error("--table and --row need a SOURCE of metadata");
        return -1;
    }
    return 0;
}

int options_parse(struct options *options, int argc, char **argv, int *exit_code) {
    int code;
    memset(options, 0, sizeof *options);
    options->table = "MeasurementDetail";
    options->timeout = 30.0;
    *exit_code = TOOL_DONE;
    while ((code = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (code == OPTION_HELP) {
            fputs(usage, stdout);
            return -1;
        }
        if (code == OPTION_VERSION) {
            printf("sttp-metadata, libsttp %s\n", sttp_version_text());
            return -1;
        }
        if (parse_option(options, code) != 0) {
            *exit_code = tool_usage_hint();
            return -1;
        }
    }
    if (take_source(options, argc - optind, argv + optind) != 0) {
        *exit_code = tool_usage_hint();
        return -1;
    }
    return 0;
}
