/* What the library tells operators, on standard error. */
#ifndef STTP_C37118_MESSAGES_H
#define STTP_C37118_MESSAGES_H

#include <pthread.h>
#include <stdint.h>

/* What messages are about, and the latest of them. */
struct messages {
    const char *subject; /* "device" or "stream" */
    int has_several;     /* so that their numbers are told */
    pthread_mutex_t lock;
    char latest[512]; /* behind the lock; empty: there was none */
};

#define MESSAGES_OF(what) {(what), 0, PTHREAD_MUTEX_INITIALIZER, ""}

/* A callback for messages; `user_data` is a struct messages. Only warnings and errors are said, and not the same one twice
 * in a row, as each attempt to connect may meet the same problem. */
void messages_say(void *user_data, uint64_t number, int32_t level, const char *message);

/* Says that what was waited for has not come: what, from where, after how many seconds, the latest message if there was
 * any, and `advice` if it is not NULL. Returns TOOL_FAILED. */
int messages_give_up(struct messages *messages, const char *what, const char *from, double seconds, const char *advice);

#endif
