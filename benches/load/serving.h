/* The publisher of a role, and the subscribers that it waits for. */
#ifndef LOAD_SERVING_H
#define LOAD_SERVING_H

#include <pthread.h>
#include <stdint.h>

#include "sttp.h"

struct serving {
    sttp_publisher *publisher;
    pthread_mutex_t lock;
    uint64_t subscriptions; /* counted under the lock */
    int warnings; /* said; written by callbacks only */
};

/* A publisher with an engine of so many threads, which listens nowhere yet; `settings` is a connection string or NULL.
 * TOOL_DONE, or TOOL_FAILED after saying why; to be freed in either case. */
int serving_new(struct serving *serving, uint64_t threads, const char *overflow, const char *settings);
void serving_free(struct serving *serving);

/* Listens, and prints where. TOOL_DONE, or TOOL_FAILED after saying why. */
int serving_start(struct serving *serving, const char *listen);

/* Ends all connections. */
void serving_stop(struct serving *serving);

sttp_publisher_counters serving_statistics(const struct serving *serving);

/* Says what operators are to read; what befalls one connection may befall thousands, so that there is an end to it. */
void serving_warn(struct serving *serving, const char *message);

/* How many subscriptions there were; connections where `idle`, as nobody is to subscribe. */
uint64_t serving_there(struct serving *serving, int idle);

/* Waits for so many. TOOL_DONE, or TOOL_FAILED after saying why when they are not there after `patience` seconds. */
int serving_wait(struct serving *serving, uint64_t wanted, double patience, int idle);

#endif
