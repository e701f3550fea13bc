/* A running publication: its publisher, and how far it is. */
#ifndef STTP_PUBLICATION_H
#define STTP_PUBLICATION_H

#include <stdint.h>
#include <stdio.h>

#include "../common/blocks.h"
#include "../common/publishing.h"
#include "../common/report.h"
#include "archive.h"
#include "batching.h"
#include "completeness.h"
#include "links.h"
#include "options.h"
#include "pace.h"
#include "replay.h"
#include "sttp.h"

/* A running publication. */
struct publication {
    const struct options *options;
    sttp_metadata *metadata;
    sttp_publisher *publisher;
    struct links *links;         /* NULL: none */
    struct archive *archive;     /* NULL: none */
    const struct replay *replay; /* NULL: none, or no more */
    struct block_reader *blocks; /* NULL: none, or no more */
    FILE *audit_log;             /* NULL: none; of callbacks */
    struct connection_reports *connections;
    struct completeness *completeness; /* NULL: it is not asked for */
    struct publishing publishing;
    uint64_t most_subscribers; /* written by callbacks only, read when there can be none any more */
    uint64_t frames;
    uint64_t measurements;
    struct pace pace;
    struct batching batching;
    double started; /* of tool_clock; 0: not yet */
    double end;     /* of tool_clock, as --duration has it; HUGE_VAL: none */
    double next_progress;
};

/* -- opening.c -- */

/* Makes the publisher, and lets it listen and connect. TOOL_DONE, or TOOL_FAILED after saying why. */
int publication_open(struct publication *publication);

/* Says what is published, and where. */
int publication_announce(const struct publication *publication);

/* -- sending.c -- */

/* Publishes everything that the options ask for, the buffer blocks included. */
int publication_send(struct publication *publication);

/* Waits until a time of tool_clock, or an interruption. */
void wait_until(double due);

#endif
