/* What programs that publish say of their subscribers. */
#ifndef STTP_PUBLISHING_H
#define STTP_PUBLISHING_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "outage.h"
#include "sttp.h"

/* Begins as PUBLISHING_NONE. */
struct publishing {
    struct outages outages; /* of subscribers that are connected to */
    int has_one_peer;       /* that is connected to: it is not looked for by its address, which takes time when names do */
    pthread_mutex_t lock;
    char last_problem[512]; /* behind the lock: an engine may have several threads */
};

#define PUBLISHING_NONE {OUTAGES_NONE, 0, PTHREAD_MUTEX_INITIALIZER, ""}

/* Makes a publisher that comes back to those whom it connects to, and says what is wrong, and how long they have been away.
 * `publishing` has to stay until it was freed. NULL after saying why not. */
sttp_publisher *publishing_new(struct publishing *publishing, uint64_t threads);

/* Says that a subscriber has subscribed, or has gone. */
void publishing_tell_subscribed(const sttp_connection *connection);
void publishing_tell_disconnected(const sttp_connection *connection, int32_t reason, const char *message);

/* The same, as callbacks for those that have nothing else to do then. 0, or -1 after saying why not. */
int publishing_tell_subscribers(sttp_publisher *publisher);

/* Lets it listen, and connect to subscribers; NULL, or no peers, for neither. TOOL_DONE, or TOOL_FAILED after saying
 * why. */
int publishing_link_up(struct publishing *publishing, sttp_publisher *publisher, const char *listen, const char *const *peers,
                       size_t count);

/* Once no callback can come any more. */
void publishing_free(struct publishing *publishing);

#endif
