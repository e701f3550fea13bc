/* A running relay: its publisher, and the sources that it subscribes to. */
#ifndef STTP_RELAY_H
#define STTP_RELAY_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/outage.h"
#include "../common/publishing.h"
#include "../common/silence.h"
#include "../common/tally.h"
#include "../common/text.h"
#include "options.h"
#include "routes.h"
#include "standby.h"
#include "sttp.h"

struct relay;

enum source_state {
    SOURCE_EXPECTED, /* has not answered yet; its metadata tell which signals it is going to have */
    SOURCE_STEADY,   /* has granted signals */
    SOURCE_BACK,     /* the same, after it was away: it has precedence once it has been there for a while */
    SOURCE_AWAY,     /* no connection, or it refuses */
};

/* Of all signals of a source of which it is known how many measurements should have come: so many since the start, and how many
 * of them came. */
struct completeness {
    double expected;
    double counted;
};

enum { SAMPLES_MOST = 31 };

/* A publisher that is relayed. Its callbacks come one at a time, on the one thread of all sources. */
struct source {
    struct relay *relay;
    size_t number;       /* its place among the sources; those before it have precedence */
    const char *address; /* as it was given */
    sttp_subscriber *subscriber;

    /* Behind the lock of the relay. */
    sttp_metadata *metadata; /* NULL: none yet */
    int is_left_out;         /* they do not fit to those of others, which was said */
    enum source_state state;
    double steady_at;   /* of tool_clock: when it has been back for long enough */
    sttp_guid *signals; /* those that it has granted last, in the order of their indexes */
    uint32_t *places;   /* the route of each */
    size_t signal_count;
    int64_t first_time; /* of the first measurement on this connection; 0: none yet */
    struct tallies tallies;
    struct completeness samples[SAMPLES_MOST]; /* of the last minutes, the latest first */
    size_t sample_count;

    size_t of_others; /* signals that come from sources with precedence, when that was told last */
    struct standby standby;
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
    sttp_engine *history_engine; /* of subscriptions for historical data */
    double started;              /* of tool_clock, */
    double begun;                /* and when it asked for measurements */
    double next_sample; /* of tool_clock; of the main thread */
    double next_review; /* of tool_clock: when a source may become steady, or be expected no longer; of the sources' thread */
    int has_silence;    /* which source a signal comes from is to be decided, since one is silent; of the sources' thread */
    sttp_measurement *kept; /* room for what is published of a packet; of the sources' thread */
    size_t kept_capacity;

    pthread_mutex_t lock;
    struct routes routes;
    sttp_metadata *metadata; /* of all sources together; NULL: none yet */
    int is_publishing;
    int failed; /* something that ends the relay, which was said */
};

/* -- sources.c -- */

/* Makes the subscriber of a source and lets it connect. It asks for measurements once sources_subscribe was called.
 * TOOL_DONE, or TOOL_FAILED after saying why. */
int source_open(struct relay *relay, size_t number, sttp_engine *engine);

/* What a subscriber of this source has in any case, by the options. TOOL_DONE, or TOOL_FAILED after saying why. */
int source_configure(sttp_subscriber *subscriber);

/* Asks all sources for measurements. Behind the lock. TOOL_DONE, or TOOL_FAILED after saying why. */
int sources_subscribe(struct relay *relay);

/* Says which of them are connected and send nothing; to be called again and again. */
void sources_watch(struct relay *relay);

/* No callback comes any more when this returns. */
void sources_close(struct relay *relay);

/* -- feed.c: what sources send -- */

void feed_take_measurements(void *user_data, const sttp_measurement *measurements, size_t count);
void feed_take_recovered(void *user_data, const sttp_measurement *measurements, size_t count);
void feed_take_block(void *user_data, const sttp_guid *signal_id, uint32_t signal_index, const uint8_t *data, size_t size);

/* A source has other signals, is away, or is back: which one each signal comes from is decided anew, and what others have
 * held ready of them is published. */
void feed_decide(struct relay *relay);

/* -- combined.c -- */

/* Takes the metadata of a source into those of the relay, and publishes them if anything has changed. Begins to publish
 * once every source has sent some. */
void combined_take(struct source *source, const sttp_metadata *metadata);

/* Begins to publish with what there is, if there is anything. */
void combined_begin(struct relay *relay);

/* A source grants other signals than before: whose metadata a signal has goes by that. */
void combined_review(struct relay *relay);

/* -- history.c -- */

/* Serves what subscribers ask for of the past. TOOL_DONE, or TOOL_FAILED after saying why. */
int history_begin(struct relay *relay);

/* Nobody is served any more when this returns. */
void history_end(struct relay *relay);

/* -- counted.c: what came of each source -- */

/* A source has other signals or metadata: notes how many measurements of them should come. Behind the lock. */
void counted_note_rates(struct source *source);

/* Notes what has come up to now; to be called again and again. Of the main thread. */
void counted_watch(struct relay *relay);

/* Writes --report. TOOL_DONE, or TOOL_FAILED after saying why not. */
int counted_write_report(struct relay *relay);

/* The object of --stats. */
void counted_print(struct relay *relay);

/* Metrics; on the thread that serves them. */
void counted_collect(struct text *text, void *user_data);

#endif
