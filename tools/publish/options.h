/* The command line of sttp-publish. */
#ifndef STTP_PUBLISH_OPTIONS_H
#define STTP_PUBLISH_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#define CONNECTIONS_MOST 64

/* What a policy or scope is that was not given. Such options leave alone what the connection string says. */
#define NOT_GIVEN (-1)

struct options {
    const char *connection_string; /* NULL: none; else `listen` and `connect` are not used */
    const char *listen;            /* NULL: not at all */
    const char *connect[CONNECTIONS_MOST];
    size_t connect_count;
    const char *metadata;
    const char *replay;
    const char *archive; /* NULL: none */
    const char *blocks;       /* NULL: none */
    const char *notification; /* NULL: none */
    uint64_t signals;
    uint64_t frames;           /* 0: no limit */
    uint64_t wait_subscribers; /* 0: begin at once */
    double rate;               /* 0: as fast as the subscribers take them */
    double duration;           /* 0: no limit */
    double linger;
    uint64_t history_minutes; /* 0: none is kept */
    uint64_t history_bytes;   /* 0: as many as the library finds right */
    uint64_t threads;         /* that send; 0: not given */
    int rate_given;
    int nan_filter; /* STTP_NAN_FILTER_..., or NOT_GIVEN */
    int base_times;
    int udp;
    uint64_t datagram_size;   /* 0: not given */
    uint64_t multicast_ttl;   /* 0: no multicast */
    int encryption;           /* STTP_ENCRYPTION_..., or NOT_GIVEN */
    uint64_t key_seconds;     /* for how long keys are used; 0: not given */
    int confirm_blocks;
    int echo_commands;
    int statistics;
};

/* Reads the command line. 0 to go on, or -1 with the exit code in `exit_code`, after saying what there is to say. */
int options_parse(struct options *options, int argc, char **argv, int *exit_code);

#endif
