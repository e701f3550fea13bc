/* The command line of sttp-metadata. */
#ifndef STTP_METADATA_OPTIONS_H
#define STTP_METADATA_OPTIONS_H

#include <stdint.h>

#include "../common/options.h"

enum action { ACTION_SHOW, ACTION_SELECT, ACTION_SIGNALS, ACTION_EVALUATE, ACTION_XML, ACTION_VALIDATE, ACTION_DIFF, ACTION_CHECK_FILTER };

struct options {
    enum action action;
    const char *source; /* NULL: none */
    const char *expression; /* of the action; for ACTION_DIFF another source */
    int as_json;            /* the answer of the last three actions */
    const char *table;
    const char *metadata_filter; /* NULL: none */
    uint64_t row;
    double timeout; /* 0: no limit */
};

/* Its options. */
extern const struct command_line metadata_line;

/* Reads the command line. NULL with the exit code in `exit_code`, after saying what there is to say. */
const struct options *options_parse(int argc, char **argv, int *exit_code);

#endif
