#include "messages.h"

#include <stdio.h>
#include <string.h>

#include "../common/tool.h"
#include "sttp.h"

/* Keeps a message; zero when it is the latest one anyway. */
static int keep(struct messages *messages, const char *message) {
    pthread_mutex_lock(&messages->lock);
    const int is_new = strcmp(messages->latest, message) != 0;
    snprintf(messages->latest, sizeof messages->latest, "%s", message);
    pthread_mutex_unlock(&messages->lock);
    return is_new;
}

void messages_say(void *user_data, uint64_t number, int32_t level, const char *message) {
    struct messages *messages = (struct messages *)user_data;
    if (level > STTP_LOG_WARNING || !keep(messages, message)) {
        return;
    }
    if (messages->has_several && number != 0) {
        tool_error("%s %llu: %s", messages->subject, (unsigned long long)number, message);
    } else {
        tool_error("%s", message);
    }
}

int messages_give_up(struct messages *messages, const char *what, const char *from, double seconds, const char *advice) {
    char latest[sizeof messages->latest];
    pthread_mutex_lock(&messages->lock);
    memcpy(latest, messages->latest, sizeof latest);
    pthread_mutex_unlock(&messages->lock);
    tool_error("no %s from %s after %g seconds (--timeout S waits longer)%s%s%s%s", what, from, seconds,
               latest[0] != '\0' ? ": " : "", latest, advice != NULL ? "; " : "", advice != NULL ? advice : "");
    return TOOL_FAILED;
}
