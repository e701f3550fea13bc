/* What the library tells operators, on standard error. */
#ifndef STTP_C37118_MESSAGES_H
#define STTP_C37118_MESSAGES_H

#include <stdint.h>

/* What messages are about. */
struct messages {
    const char *subject; /* "device" or "stream" */
    int has_several;     /* so that their numbers are told */
};

/* A callback for messages; `user_data` is a struct messages. Only warnings and errors are said. */
void messages_say(void *user_data, uint64_t number, int32_t level, const char *message);

#endif
