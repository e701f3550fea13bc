#include "subscription.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/tool.h"
#include "sttp.h"

#define MOST_PARTS 128

/* A part of the string. */
struct part {
    char *key; /* NULL: `text` is several settings */
    char *text;
};

struct subscription {
    struct part parts[MOST_PARTS];
    size_t count;
    char *string;
};

static char *copy(const char *text) {
    char *copied = (char *)malloc(strlen(text) + 1);
    if (copied != NULL) {
        memcpy(copied, text, strlen(text) + 1);
    }
    return copied;
}

static int32_t add(struct subscription *subscription, const char *key, const char *text) {
    struct part *part = &subscription->parts[subscription->count];
    if (subscription->count == MOST_PARTS) {
        return STTP_ERR_INVALID_ARGUMENT;
    }
    part->key = key != NULL ? copy(key) : NULL;
    part->text = copy(text);
    subscription->count++;
    return part->text != NULL && (key == NULL || part->key != NULL) ? STTP_OK : STTP_ERR_INTERNAL;
}

static int32_t configure(void *handle, const char *settings) {
    return add((struct subscription *)handle, NULL, settings);
}

/* What is set later goes over what was set before; a string must not say it twice. */
static int32_t set(void *handle, const char *key, const char *value) {
    struct subscription *subscription = (struct subscription *)handle;
    for (size_t i = 0; i < subscription->count; i++) {
        struct part *part = &subscription->parts[i];
        if (part->key != NULL && strcasecmp(part->key, key) == 0) {
            char *text = copy(value);
            if (text == NULL) {
                return STTP_ERR_INTERNAL;
            }
            free(part->text);
            part->text = text;
            return STTP_OK;
        }
    }
    return add(subscription, key, value);
}

const struct settings_of settings_of_subscription = {STTP_ROLE_SUBSCRIBER, configure, set};

struct subscription *subscription_new(const char *publisher) {
    struct subscription *subscription = (struct subscription *)calloc(1, sizeof *subscription);
    if (subscription == NULL) {
        return NULL;
    }
    int32_t status = strchr(publisher, '=') != NULL ? configure(subscription, publisher)
                                                    : set(subscription, STTP_SETTING_SERVER, publisher);
    if (status != STTP_OK) {
        subscription_free(subscription);
        return NULL;
    }
    return subscription;
}

void subscription_free(struct subscription *subscription) {
    if (subscription == NULL) {
        return;
    }
    for (size_t i = 0; i < subscription->count; i++) {
        free(subscription->parts[i].key);
        free(subscription->parts[i].text);
    }
    free(subscription->string);
    free(subscription);
}

const char *subscription_string(struct subscription *subscription) {
    size_t size = 1;
    size_t length = 0;
    for (size_t i = 0; i < subscription->count; i++) {
        const struct part *part = &subscription->parts[i];
        size += (part->key != NULL ? strlen(part->key) : 0) + strlen(part->text) + sizeof "; ={}";
    }
    free(subscription->string);
    subscription->string = (char *)calloc(size, 1);
    for (size_t i = 0; subscription->string != NULL && i < subscription->count; i++) {
        const struct part *part = &subscription->parts[i];
        const char *between = i == 0 ? "" : "; ";
        char *end = subscription->string + length;
        int written = part->key != NULL ? snprintf(end, size - length, "%s%s={%s}", between, part->key, part->text)
                                        : snprintf(end, size - length, "%s%s", between, part->text);
        length += (size_t)written;
    }
    return subscription->string;
}
