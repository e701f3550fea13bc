#include "settings.h"

#include <string.h>

#include "../common/roles.h"
#include "../common/tool.h"

int settings_apply(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_configure(subscriber, TOOL_RECONNECT) != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_SOURCE, "sttp-subscribe") != STTP_OK ||
        sttp_subscriber_set(subscriber, STTP_SETTING_ASSEMBLY_INFO_VERSION, sttp_version_text()) != STTP_OK ||
        sttp_subscriber_subscribe(subscriber, EVERYTHING) != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (options->connection_string != NULL &&
        sttp_subscriber_configure(subscriber, options->connection_string) != STTP_OK) {
        return tool_library_error("--connection-string");
    }
    return options_configure(&subscribe_line, &settings_of_subscriber, subscriber);
}

int settings_recover(const sttp_subscriber *subscriber) {
    char text[8];
    return sttp_subscriber_get(subscriber, STTP_SETTING_DATA_GAP_RECOVERY_ENABLED, text, sizeof text, NULL) == STTP_OK &&
           strcmp(text, "true") == 0;
}
