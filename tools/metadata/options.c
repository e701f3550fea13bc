#include "options.h"

#include "../common/tool.h"
#include "sttp.h"

static struct options options;

static int choose_action(enum action action, const char *expression) {
    if (options.action != ACTION_SHOW) {
        tool_error("--select, --signals, --eval, --xml, --validate, --diff and --check-filter exclude each other");
        return -1;
    }
    options.action = action;
    options.expression = expression;
    return 0;
}

static int choose_select(const char *expression) {
    return choose_action(ACTION_SELECT, expression);
}

static int choose_signals(const char *expression) {
    return choose_action(ACTION_SIGNALS, expression);
}

static int choose_evaluate(const char *expression) {
    return choose_action(ACTION_EVALUATE, expression);
}

static int choose_xml(const char *nothing) {
    return choose_action(ACTION_XML, nothing);
}

static int choose_validate(const char *nothing) {
    return choose_action(ACTION_VALIDATE, nothing);
}

static int choose_diff(const char *other) {
    return choose_action(ACTION_DIFF, other);
}

static int choose_check_filter(const char *filter) {
    return choose_action(ACTION_CHECK_FILTER, filter);
}

static int take_source(const char *source) {
    if (options.source != NULL) {
        tool_error("one SOURCE is enough, and '%s' is another one", source);
        return -1;
    }
    options.source = source;
    return 0;
}

static const struct option_choice formats[] = {{"text", NULL}, {"json", NULL}, {NULL, NULL}};

static const struct option_row rows[] = {
    OPTIONS_SECTION("What is shown instead"),
    {"select", "EXPR",
     "Rows as CSV in place of the tree: a header line with the names of the columns, then the rows in the order of the "
     "filter. EXPR is a condition, or statements like `FILTER TOP 5 DeviceDetail WHERE True ORDER BY Acronym` separated "
     "by semicolons. Fields are quoted where they must be (RFC 4180); null is an empty field, an empty text is `\"\"`.",
     .take = choose_select},
    {"signals", "EXPR", "The signal IDs that a subscription with this filter gets, one a line, in its order.",
     .take = choose_signals},
    {"eval", "EXPR", "Type and value of an expression at a row; without SOURCE, of one that names no columns.",
     .take = choose_evaluate},
    {"xml", NULL, "The metadata as XML.", .take = choose_xml},
    {"table", "T",
     "Table of `--select` and `--eval`. `ActiveMeasurements` is what subscription filters select from.",
     TO_TEXT(options.table), .standard = "MeasurementDetail"},
    {"row", "N", "Row of `--eval`, from 0.", TO_WHOLE(options.row, 0, SIZE_MAX), .standard = "0"},

    OPTIONS_SECTION("What is checked instead"),
    {"validate", NULL, "Everything that is wrong with them. Exit code 3 when something is.", .take = choose_validate},
    {"diff", "OTHER",
     "What OTHER, a file or a publisher, has otherwise: rows that are new (`+`), gone (`-`) and changed (`~`), by signal ID, "
     "acronym, or device and source index. When a row was written (`UpdatedOn`) does not matter. Exit code 3 when something "
     "is other.",
     .take = choose_diff},
    {"check-filter", "EXPR",
     "Whether a subscription with this filter can be made, and how many signals it gets; without SOURCE, by the tables and "
     "columns that publishers usually have. Exit code 3 when it cannot, or matches nothing.",
     .take = choose_check_filter},
    {"format", "FORMAT", "How these three answer: `text`, or `json` for an object.", TO_CHOICE(options.as_json, formats),
     .standard = "text"},

    OPTIONS_SECTION("How they are fetched"),
    {"metadata-filter", "EXPR", "Asks the publisher only for what these FILTER statements select.",
     TO_TEXT(options.metadata_filter)},
    {"timeout", "S", "Fails if the metadata did not come within S seconds; 0 tries for ever.",
     TO_DECIMAL(options.timeout), .standard = "30"},
    OPTIONS_TLS("Secures the connection", "the publisher", " `sttp-publish --make-certificate` makes one."),
};

static const struct own_setting own_settings[] = {
    {"server", "give SOURCE"},
    {"port", "give SOURCE"},
    {"commandChannel", "give SOURCE"},
    {"metadataFilters", "give --metadata-filter EXPR"},
    {NULL, NULL},
};

const struct command_line metadata_line = {
    .name = "sttp-metadata",
    .usage = "sttp-metadata SOURCE [OPTION]...\n"
             "       sttp-metadata --eval EXPR\n"
             "       sttp-metadata --check-filter EXPR",
    .about = "Shows STTP (IEEE 2664) metadata: their tables, and the devices with their measurements and phasors.\n"
             "\n"
             "SOURCE is a file of XML, '-' for standard input, or HOST:PORT of a publisher ([ADDRESS]:PORT for\n"
             "IPv6) to fetch them from. What is the name of a file is that file.\n"
             "\n"
             "What is wrong with them but can be lived with, such as cells that cannot be read or two rows of one\n"
             "signal ID, is told on standard error, with its place; of each kind the first three.",
    .notes = "Values of --eval and fields of --select: true or false; a Decimal with all its digits; a Double in the\n"
             "shortest form that reads back to the same number; GUIDs in lower case; times as 2026-11-21T08:30:00Z;\n"
             "texts as they are. --eval prints Type: value, and Type: NULL for null. Arithmetic operators apply from\n"
             "left to right, as in the other STTP implementations: 1 + 2 * 3 is 9.",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .take_argument = take_source,
    .role = STTP_ROLE_SUBSCRIBER,
    .takes_settings = 1,
    .own_settings = own_settings,
};

/* NULL when the command line can be done. */
static const char *find_problem(void) {
    if (options.source == NULL && options.action != ACTION_EVALUATE && options.action != ACTION_CHECK_FILTER) {
        return "the SOURCE of the metadata is missing: a file, '-', or HOST:PORT of a publisher";
    }
    if (options.source == NULL && (options_given(&metadata_line, "table") || options_given(&metadata_line, "row"))) {
        return "--table and --row need a SOURCE of metadata";
    }
    if (options.as_json && options.action < ACTION_VALIDATE) {
        return "--format json is for --validate, --diff and --check-filter";
    }
    return NULL;
}

const struct options *options_parse(int argc, char **argv, int *exit_code) {
    if (options_read(&metadata_line, argc, argv, exit_code) != 0) {
        return NULL;
    }
    const char *problem = find_problem();
    if (problem != NULL) {
        *exit_code = tool_usage_error(problem);
        return NULL;
    }
    return &options;
}
