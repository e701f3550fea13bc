/* The metadata of all sources, as one. */
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "relay.h"

/* The metadata of all sources that have some; of what several have, those of the first. NULL after saying why not. */
static sttp_metadata *combine(const struct relay *relay) {
    sttp_metadata *combined = NULL;
    for (size_t number = relay->source_count; number-- > 0;) {
        const sttp_metadata *metadata = relay->sources[number].metadata;
        sttp_metadata *before = combined;
        if (metadata == NULL) {
            continue;
        }
        int32_t status = before == NULL ? sttp_metadata_clone(metadata, &combined)
                                        : sttp_metadata_merge(before, metadata, &combined, NULL, NULL);
        if (status != STTP_OK) {
            tool_library_error("the metadata of %s cannot be combined with those of others, and are left out",
                               relay->sources[number].address);
            combined = before;
            continue;
        }
        sttp_metadata_free(before);
    }
    return combined;
}

static int are_same(const sttp_metadata *one, const sttp_metadata *other) {
    const char *xml = NULL;
    const char *other_xml = NULL;
    size_t length = 0;
    size_t other_length = 0;
    return one != NULL && sttp_metadata_to_xml(one, &xml, &length) == STTP_OK &&
           sttp_metadata_to_xml(other, &other_xml, &other_length) == STTP_OK && length == other_length &&
           memcmp(xml, other_xml, length) == 0;
}

static void tell(const struct relay *relay) {
    size_t devices = 0;
    size_t measurements = 0;
    if (sttp_metadata_device_count(relay->metadata, &devices) == STTP_OK &&
        sttp_metadata_measurement_count(relay->metadata, &measurements) == STTP_OK) {
        tool_tell("Relaying %zu measurement%s of %zu device%s\n", measurements, tool_plural(measurements), devices,
                  tool_plural(devices));
    }
}

static void fail(struct relay *relay) {
    relay->failed = 1;
    tool_wake();
}

/* Publishes what was combined. Behind the lock. */
static void set_metadata(struct relay *relay) {
    sttp_metadata *combined = combine(relay);
    if (combined == NULL || are_same(combined, relay->metadata)) {
        sttp_metadata_free(combined);
        return;
    }
    sttp_metadata_free(relay->metadata);
    relay->metadata = combined;
    if (sttp_publisher_set_metadata(relay->publisher, combined) != STTP_OK) {
        tool_library_error("cannot publish the metadata");
        fail(relay);
        return;
    }
    if (relay->is_publishing) {
        tell(relay);
    }
}

/* Behind the lock. */
static void begin(struct relay *relay) {
    const struct options *options = relay->options;
    char address[128];
    relay->is_publishing = 1;
    if (publishing_link_up(relay->publisher, options->listen, &options->connect, options->connect != NULL) != TOOL_DONE || sources_subscribe(relay) != TOOL_DONE) {
        fail(relay);
        return;
    }
    tell(relay);
    if (sttp_publisher_address(relay->publisher, address, sizeof address) == STTP_OK) {
        tool_tell("Publishing on %s\n", address);
    } else {
        tool_tell("Publishing to %s\n", options->connect);
    }
    tool_status("Relaying %zu publisher%s", relay->source_count, tool_plural(relay->source_count));
}

void combined_take(struct source *source, const sttp_metadata *metadata) {
    struct relay *relay = source->relay;
    sttp_metadata *clone = NULL;
    size_t missing = 0;
    if (sttp_metadata_clone(metadata, &clone) != STTP_OK) {
        tool_library_error("cannot keep the metadata of %s", source->address);
        return;
    }
    pthread_mutex_lock(&relay->lock);
    sttp_metadata_free(source->metadata);
    source->metadata = clone;
    set_metadata(relay);
    for (size_t number = 0; number < relay->source_count; number++) {
        missing += relay->sources[number].metadata == NULL;
    }
    if (missing == 0 && !relay->is_publishing && !relay->failed) {
        begin(relay);
    }
    pthread_mutex_unlock(&relay->lock);
}

void combined_begin(struct relay *relay) {
    pthread_mutex_lock(&relay->lock);
    if (!relay->is_publishing && !relay->failed && relay->metadata != NULL) {
        for (size_t number = 0; number < relay->source_count; number++) {
            if (relay->sources[number].metadata == NULL) {
                tool_log(STTP_LOG_WARNING, "%s has sent no metadata yet; its signals follow when it does",
                         relay->sources[number].address);
            }
        }
        begin(relay);
    }
    pthread_mutex_unlock(&relay->lock);
}

/* Whether a source sends a signal, or will as far as is known: until a publisher has granted some signals, its metadata
 * tell. */
static int has_signal(const struct source *source, const sttp_guid *signal_id) {
    size_t row = 0;
    if (source->has_answer) {
        return source->granted_count > 0 && bsearch(signal_id, source->granted, source->granted_count,
                                                    sizeof *source->granted, combined_compare) != NULL;
    }
    return source->metadata != NULL && sttp_metadata_find_measurement(source->metadata, signal_id, &row) == STTP_OK;
}

int combined_compare(const void *one, const void *other) {
    return memcmp(one, other, sizeof(sttp_guid));
}

int combined_is_of_another(const struct source *source, const sttp_guid *signal_id) {
    for (size_t number = 0; number < source->number; number++) {
        if (has_signal(&source->relay->sources[number], signal_id)) {
            return 1;
        }
    }
    return 0;
}
