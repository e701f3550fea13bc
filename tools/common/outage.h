/* A sign of life while there is no connection: how long there has been none, how many attempts have failed, and when the
 * next one comes. */
#ifndef STTP_OUTAGE_H
#define STTP_OUTAGE_H

#include <pthread.h>
#include <stdint.h>

struct outage;

/* The outages of all peers of a program. For callbacks, also of several threads. */
struct outages {
    pthread_mutex_t lock;
    struct outage *first; /* behind the lock */
};

#define OUTAGES_NONE {PTHREAD_MUTEX_INITIALIZER, NULL}

/* An attempt of that number to connect with a peer follows after a delay. Says so after a while, and then again and
 * again. */
void outage_attempt(struct outages *outages, const char *peer, uint32_t attempt, uint32_t delay_ms);

/* There is a connection. Says how long there was none, when that was said. */
void outage_end(struct outages *outages, const char *peer);

/* The same when an address IP:PORT is known in place of what the peer is called: of the peers without a connection it is the
 * one that is there, for which names may have to be resolved. */
void outage_end_at(struct outages *outages, const char *address);

/* The same when there is but one peer, whatever its address. */
void outage_end_only(struct outages *outages);

/* Frees them, once no callback can come any more. */
void outages_free(struct outages *outages);

#endif
