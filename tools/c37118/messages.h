/* What the library tells operators, on standard error. */
#ifndef STTP_C37118_MESSAGES_H
#define STTP_C37118_MESSAGES_H

#include <pthread.h>
#include <stdint.h>

/* What messages are about, and the latest of them. What is behind the lock ends with messages_end. */
struct messages {
    const char *subject; /* "device" or "stream" */
    int has_several;     /* so that their numbers are told */
    pthread_mutex_t lock;
    char **latest;  /* behind the lock: by number, 0 for what is about none of them; NULL where there was none */
    size_t count;   /* behind the lock: how many of these */
    size_t told_by; /* behind the lock: whose message was the last */
};

#define MESSAGES_OF(what) {(what), 0, PTHREAD_MUTEX_INITIALIZER, NULL, 0, 0}

/* A callback for messages; `user_data` is a struct messages. Only warnings and errors are said, and not the same one of a
 * device or stream twice in a row, as each attempt to connect may meet the same problem. */
void messages_say(void *user_data, uint64_t number, int32_t level, const char *message);

/* Says that what was waited for has not come: what, from where, after how many seconds, the latest message if there was
 * any, and `advice` if it is not NULL. Returns TOOL_FAILED. */
int messages_give_up(struct messages *messages, const char *what, const char *from, double seconds, const char *advice);

/* Frees what is kept, once no callback can come any more. */
void messages_end(struct messages *messages);

#endif
