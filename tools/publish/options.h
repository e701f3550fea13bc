/* The command line of sttp-publish. */
#ifndef STTP_PUBLISH_OPTIONS_H
#define STTP_PUBLISH_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "../common/options.h"
#include "layout.h"
#include "links.h"

#define CONNECTIONS_MOST 64

/* What the tool does; what the library is to do is in its settings. */
struct options {
    const char *make_certificate; /* NULL: none; else only that is done */
    const char *connection_string; /* NULL: none; else `listen` and `connect` are not used */
    const char *listen;            /* NULL: not at all */
    const char *connect[CONNECTIONS_MOST];
    size_t connect_count;
    const char *links[LINKS_MOST]; /* block links over which it goes, too */
    size_t link_count;
    int only_links; /* neither listens nor connects: there are links alone */
    const char *metadata;
    const char *signal_list; /* NULL: none */
    const char *replay;
    const char *archive; /* NULL: none */
    const char *blocks;       /* NULL: none */
    const char *notification; /* NULL: none */
    const char *audit_log;    /* NULL: none */
    uint64_t signals;
    uint64_t frames;           /* 0: no limit */
    uint64_t wait_subscribers; /* 0: begin at once */
    double batch; /* seconds; 0: each frame by itself */
    double rate;               /* 0: as fast as the subscribers take them */
    double duration;           /* 0: no limit */
    double linger;
    uint64_t threads; /* that send */
    int unreadable; /* enum unreadable of row_reader.h */
    struct layout_wishes wishes; /* of files */
    int check;
    uint64_t speed; /* percent of that of a recording; 0: as fast as possible */
    int times; /* 1: moved to now */
    int loop;
    int confirm_blocks;
    int echo_commands;
    int statistics;
    const char *report; /* NULL: none */
    const char *metrics; /* NULL: not served */
};

/* Its options. */
extern const struct command_line publish_line;

/* Reads the command line. NULL with the exit code in `exit_code`, after saying what there is to say. */
const struct options *options_parse(int argc, char **argv, int *exit_code);

#endif
