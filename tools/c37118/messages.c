#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "sttp.h"

/* More devices than a command takes. */
#define NUMBERS_MOST 100000

/* Where the latest message of that number is kept; NULL when there is no room for it. */
static char **place_of(struct messages *messages, uint64_t number) {
    if (number >= messages->count) {
        const size_t count = (size_t)number + 1;
        char **larger = number < NUMBERS_MOST ? (char **)realloc(messages->latest, count * sizeof *larger) : NULL;
        if (larger == NULL) {
            return NULL;
        }
        memset(larger + messages->count, 0, (count - messages->count) * sizeof *larger);
        messages->latest = larger;
        messages->count = count;
    }
    messages->told_by = (size_t)number;
    return &messages->latest[number];
}

/* Keeps a message; zero when it is the latest one of that number anyway. One that cannot be kept is new each time. */
static int keep(struct messages *messages, uint64_t number, const char *message) {
    pthread_mutex_lock(&messages->lock);
    char **latest = place_of(messages, number);
    const int is_new = latest == NULL || *latest == NULL || strcmp(*latest, message) != 0;
    if (latest != NULL && is_new) {
        free(*latest);
        *latest = strdup(message);
    }
    pthread_mutex_unlock(&messages->lock);
    return is_new;
}

void messages_say(void *user_data, uint64_t number, int32_t level, const char *message) {
    struct messages *messages = (struct messages *)user_data;
    if (level > STTP_LOG_WARNING || !keep(messages, number, message)) {
        return;
    }
    if (messages->has_several && number != 0) {
        tool_log(level, "%s %llu: %s", messages->subject, (unsigned long long)number, message);
    } else {
        tool_log(level, "%s", message);
    }
}

int messages_give_up(struct messages *messages, const char *what, const char *from, double seconds, const char *advice) {
    pthread_mutex_lock(&messages->lock);
    const char *latest = messages->count != 0 ? messages->latest[messages->told_by] : NULL;
    tool_error("no %s from %s after %g seconds (--timeout S waits longer)%s%s%s%s", what, from, seconds,
               latest != NULL ? ": " : "", latest != NULL ? latest : "", advice != NULL ? "; " : "",
               advice != NULL ? advice : "");
    pthread_mutex_unlock(&messages->lock);
    return TOOL_FAILED;
}

void messages_end(struct messages *messages) {
    for (size_t number = 0; number < messages->count; number++) {
        free(messages->latest[number]);
    }
    free(messages->latest);
    pthread_mutex_destroy(&messages->lock);
}
