#include "roles.h"

#include "sttp.h"

static int32_t configure_publisher(void *publisher, const char *settings) {
    return sttp_publisher_configure((sttp_publisher *)publisher, settings);
}

static int32_t set_of_publisher(void *publisher, const char *key, const char *value) {
    return sttp_publisher_set((sttp_publisher *)publisher, key, value);
}

static int32_t configure_subscriber(void *subscriber, const char *settings) {
    return sttp_subscriber_configure((sttp_subscriber *)subscriber, settings);
}

static int32_t set_of_subscriber(void *subscriber, const char *key, const char *value) {
    return sttp_subscriber_set((sttp_subscriber *)subscriber, key, value);
}

const struct settings_of settings_of_publisher = {STTP_ROLE_PUBLISHER, configure_publisher, set_of_publisher};
const struct settings_of settings_of_subscriber = {STTP_ROLE_SUBSCRIBER, configure_subscriber, set_of_subscriber};
