/* The load program's roles and their options. */
#ifndef LOAD_H
#define LOAD_H

#include <stdint.h>

#include "sttp.h"

struct publish_options {
    const char *listen;
    const char *settings; /* further ones, as a connection string */
    const char *stream; /* the file that frames are read from; NULL: they are made up */
    uint64_t signals;
    double rate; /* frames per second; 0: as many as possible, and none lost */
    double seconds;
    uint64_t frames; /* 0: as long as `seconds` */
    uint64_t wait; /* for so many subscribers */
    double patience; /* how long, in seconds */
    uint64_t threads; /* of the engine */
    int idle; /* only hold the connections */
    int by_id; /* publish by signal ID instead of by row */
    int lossless; /* publishing waits for slow subscribers */
};

struct subscribe_options {
    const char *address;
    const char *settings; /* further ones, as a connection string */
    uint64_t connections;
    uint64_t signals; /* of the publisher, for distinct filters */
    uint64_t selected; /* of them, by each distinct filter */
    double seconds; /* 0: until the publisher ends */
    double patience;
    uint64_t threads;
    int distinct;
    int pull;
    int compact;
    int idle; /* connect, but do not subscribe */
    int metadata;
};

struct devices_options {
    uint64_t devices;
    uint64_t rate; /* frames per second */
    double seconds;
    uint64_t frames; /* of each device; 0: as many as `seconds` have */
    double spread; /* from the first device's frame to the last one's, of each time; seconds */
    double patience;
};

struct gateway_options {
    const char *address; /* of the devices */
    const char *listen;
    const char *settings; /* of the publisher, as a connection string */
    uint64_t devices;
    uint64_t wait; /* for so many subscribers */
    double patience;
    uint64_t threads;
};

/* Run a role; an exit code of tool.h. */
int publish_load(const struct publish_options *options);
int subscribe_load(const struct subscribe_options *options);
int devices_load(const struct devices_options *options);
int gateway_load(const struct gateway_options *options);
int floor_load(void);

/* The command lines of the roles, which read their options, check them, and run the role; exit codes. */
int publish_command(int argc, char **argv);
int subscribe_command(int argc, char **argv);
int devices_command(int argc, char **argv);
int gateway_command(int argc, char **argv);

/* What --help says of their options. */
void list_options(void);

/* The engine that the handles of a role share. 0, or -1 after saying why not. */
int make_engine(uint64_t threads, sttp_engine **engine);

/* Whether to wait no longer for the connections that were asked for; says how many are missing then. */
int is_patience_over(double since, double patience, uint64_t connections, uint64_t wanted);

/* Until a time of tool_clock, with less work than tool_wait: what the program itself takes is measured as well. */
void wait_until(double time);

#endif
