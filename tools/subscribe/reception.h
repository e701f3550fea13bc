/* A running subscription of sttp-subscribe: what its callbacks do with what comes. */
#ifndef STTP_RECEPTION_H
#define STTP_RECEPTION_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../common/outage.h"
#include "options.h"
#include "output.h"
#include "signal_names.h"
#include "sttp.h"
#include "../common/tally.h"

struct link_reception;

/* A running subscription. Callbacks come one at a time; the lock is for what the main thread looks at as well. */
struct reception {
    const struct options *options;
    FILE *messages; /* the text format; other formats keep their output free of it */
    struct signal_names *names;
    struct output *output; /* of rows; NULL: none */
    FILE *blocks; /* NULL: nowhere */
    sttp_subscriber *subscriber; /* NULL: there is a link */
    struct link_reception *link; /* NULL: there is a subscriber */
    int recovers;                 /* what was missed is fetched, and marked in the rows */
    struct outages outages;
    sttp_metadata *metadata; /* for a report of devices; NULL: not kept, or none have come */
    struct tallies tallies;  /* for the same */
    uint64_t connections;
    int command_sent;
    uint64_t measurements;
    double first_arrival; /* of tool_clock */
    double last_arrival;
    double next_totals;
    size_t totals_said;

    pthread_mutex_t lock;
    int connected;
    int subscribed; /* at least once */
    int has_signals; /* the latest subscription */
    int terminated; /* the connection, by our own wish or at the end */
    int finished;
    int result; /* exit code, once finished */
    char last_problem[512];
};

/* The first reason to end counts. An empty `problem` needs no words. */
void reception_finish(struct reception *reception, int result, const char *format, ...);

/* Whom it is from, in words. */
const char *reception_peer(const struct reception *reception);

/* What was asked for, in words. */
const char *reception_filter(const struct reception *reception);

int reception_is_finished(struct reception *reception);

/* Ends with a failure unless `error`, which an output has returned, is 0. */
void reception_check_output(struct reception *reception, int error);

/* What callbacks do, whatever they are of: with a message, metadata, the signals that may come, measurements. */
void reception_take_message(struct reception *reception, int32_t level, const char *message);
void reception_take_metadata(struct reception *reception, const sttp_metadata *metadata);
void reception_take_signals(struct reception *reception, const sttp_signal *const *signals, size_t count);
void reception_take(struct reception *reception, const sttp_measurement *measurements, size_t count, int recovered);

/* Takes measurements that came before the end, though it has come. */
void reception_take_last(struct reception *reception, const sttp_measurement *measurements, size_t count);

/* A subscription is in force, with signals or without. */
void reception_subscribed(struct reception *reception, int has_signals);

/* Something that happens, in a line. */
void reception_tell(struct reception *reception, const char *format, ...);

/* Registers the callbacks of the subscriber. TOOL_DONE, or TOOL_FAILED after saying why. */
int reception_register(struct reception *reception);

#endif
