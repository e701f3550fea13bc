/* The command line of sttp-subscribe. */
#ifndef STTP_SUBSCRIBE_OPTIONS_H
#define STTP_SUBSCRIBE_OPTIONS_H

#include <stdint.h>

#include "../common/options.h"
#include "columns.h"

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSONL, FORMAT_NONE, FORMAT_JSON };

#define EVERYTHING "FILTER ActiveMeasurements WHERE True"

/* What the tool does; what the library is to do is in its settings. */
struct options {
    const char *connection_string; /* NULL: none; else there is no address */
    const char *address;
    int listens; /* on `address`, else it connects there */
    const char *link; /* a block link in place of all these; NULL: none. `address` is the same */
    const char *filter; /* NULL: that of the connection string */
    const char *output;
    int overwrite;
    int append;
    uint64_t rotate_bytes; /* 0: no limit */
    double rotate_seconds; /* 0: no limit */
    struct columns columns;
    double row_wait;
    const char *metadata_output;
    const char *blocks;  /* NULL: nowhere */
    const char *command; /* what user command `command_number` carries; NULL: none */
    uint64_t command_number;
    int format;
    uint64_t count;  /* 0: no limit */
    double duration; /* 0: no limit */
    double timeout;  /* 0: no limit */
    int once;
    const char *start; /* of historical data; NULL: live data */
    int recover;
    const char *outage_log; /* NULL: none */
    int statistics;
    const char *metrics; /* NULL: not served */
    int latency;
    const char *signal_statistics; /* NULL: nowhere */
    const char *device_report;     /* NULL: nowhere */
    int diagnose;                  /* does only that */
};

/* Its options. */
extern const struct command_line subscribe_line;

/* Reads the command line. NULL with the exit code in `exit_code`, after saying what there is to say. */
const struct options *options_parse(int argc, char **argv, int *exit_code);

#endif
