/* A running relay: its publisher, and the sources that it subscribes to. */
#ifndef STTP_RELAY_H
#define STTP_RELAY_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/outage.h"
#include "../common/publishing.h"
#include "../common/silence.h"
#include "options.h"
#include "sttp.h"

struct relay;

/* A publisher that is relayed. Its callbacks come one at a time, on the one thread of all sources. */
struct source {
    struct relay *relay;
    size_t number;       /* its place among the sources; those before it have precedence */
    const char *address; /* as it was given */
    sttp_subscriber *subscriber;
    sttp_metadata *metadata;  /* behind the lock of the relay; NULL: none yet */
    int has_answer;           /* the publisher has granted signals, or refused all; behind the lock, as those below */
    sttp_guid *granted;       /* those that it has granted, sorted by combined_compare */
    size_t granted_count;
    sttp_guid *signals;       /* the same, in the order of their indexes */
    unsigned char *are_of_others; /* of each of these: a source with precedence has it */
    size_t signal_count;
    size_t of_others; /* how many */
    struct silence silence; /* of the main thread */
    char last_problem[512];
};

struct relay {
    const struct options *options;
    sttp_publisher *publisher;
    struct source sources[SOURCES_MOST];
    size_t source_count;
    struct outages outages; /* of sources */
    struct publishing publishing;
    double started; /* of tool_clock */

    pthread_mutex_t lock;
    sttp_metadata *metadata; /* of all sources together; NULL: none yet */
    int is_publishing;
    int failed; /* something that ends the relay, which was said */
};

/* -- sources.c -- */

/* Makes the subscriber of a source and lets it connect. It asks for measurements once sources_subscribe was called.
 * TOOL_DONE, or TOOL_FAILED after saying why. */
int source_open(struct relay *relay, size_t number, sttp_engine *engine);

/* Asks all sources for measurements. TOOL_DONE, or TOOL_FAILED after saying why. */
int sources_subscribe(struct relay *relay);

/* Says which of them are connected and send nothing; to be called again and again. */
void sources_watch(struct relay *relay);

/* No callback comes any more when this returns. */
void sources_close(struct relay *relay);

/* -- combined.c -- */

/* Takes the metadata of a source into those of the relay, and publishes them if anything has changed. Begins to publish
 * once every source has sent some. */
void combined_take(struct source *source, const sttp_metadata *metadata);

/* Begins to publish with what there is, if there is anything. */
void combined_begin(struct relay *relay);

/* Whether a source with precedence over this one sends the signal, too. Behind the lock. */
int combined_is_of_another(const struct source *source, const sttp_guid *signal_id);

/* The order of signal IDs, for qsort. */
int combined_compare(const void *one, const void *other);

#endif
