/* The command line of sttp-relay. */
#ifndef STTP_RELAY_OPTIONS_H
#define STTP_RELAY_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "../common/options.h"

enum { SOURCES_MOST = 64, PUBLISH_SETTINGS_MOST = 64 };

struct options {
    const char *sources[SOURCES_MOST]; /* HOST:PORT of publishers */
    size_t source_count;
    const char *filter;
    const char *publish_settings[PUBLISH_SETTINGS_MOST]; /* KEY=VALUE */
    size_t publish_setting_count;
    int recover;
    const char *outage_log; /* NULL: none */
    const char *listen;     /* NULL: nowhere */
    const char *connect;    /* NULL: to nobody */
    uint64_t threads;
    double patience; /* seconds, as the next one */
    double return_after;
    int own_history;
    const char *report; /* NULL: none */
    double duration; /* seconds; 0: no limit */
    int statistics;
    const char *metrics; /* NULL: not served */
};

extern const struct command_line relay_line;

/* NULL when there is nothing to do any more, with the exit code in `exit_code`. */
const struct options *options_parse(int argc, char **argv, int *exit_code);

#endif
