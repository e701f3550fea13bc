#include "messages.h"

#include "../common/tool.h"
#include "sttp.h"

void messages_say(void *user_data, uint64_t number, int32_t level, const char *message) {
    const struct messages *messages = (const struct messages *)user_data;
    if (level > STTP_LOG_WARNING) {
        return;
    }
    if (messages->has_several && number != 0) {
        tool_error("%s %llu: %s", messages->subject, (unsigned long long)number, message);
    } else {
        tool_error("%s", message);
    }
}
