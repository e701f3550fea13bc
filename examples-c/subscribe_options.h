/* The command line of sttp-subscribe. */
#ifndef STTP_SUBSCRIBE_OPTIONS_H
#define STTP_SUBSCRIBE_OPTIONS_H

#include <stdint.h>

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSONL, FORMAT_NONE };

struct options {
    const char *address;
    int listens; /* on `address`, else it connects there */
    const char *filter;
    const char *output;
    const char *metadata_output;
    enum format format;
    uint64_t count;  /* 0: no limit */
    double duration; /* 0: no limit */
    double timeout;  /* 0: no limit */
    uint64_t protocol;
    int once;
    int tssc;
    int gzip;
    int statistics;
};

/* Reads the command line. 0 to go on, or -1 with the exit code in `exit_code`, after saying what there is to say. */
int options_parse(struct options *options, int argc, char **argv, int *exit_code);

#endif
