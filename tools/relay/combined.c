/* The metadata of all sources, as one. */
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"
#include "relay.h"

#define MEASUREMENTS "MeasurementDetail"

/* The metadata of all sources that have some; of what several have, those of the first. What does not fit to those before is
 * left out, which is said once. NULL when there are none. */
static sttp_metadata *combine(struct relay *relay) {
    sttp_metadata *combined = NULL;
    for (size_t number = 0; number < relay->source_count; number++) {
        struct source *source = &relay->sources[number];
        const sttp_metadata *metadata = source->metadata;
        sttp_metadata *before = combined;
        if (metadata == NULL) {
            continue;
        }
        int32_t status = before == NULL ? sttp_metadata_clone(metadata, &combined)
                                        : sttp_metadata_merge(metadata, before, &combined, NULL, NULL);
        if (status != STTP_OK && !source->is_left_out) {
            tool_library_error("the metadata of %s cannot be combined with those of others, and are left out", source->address);
        }
        source->is_left_out = status != STTP_OK;
        if (status == STTP_OK) {
            sttp_metadata_free(before);
        } else {
            combined = before;
        }
    }
    return combined;
}

/* -- of signals that do not come from the first source which describes them -- */

static int describes(const struct source *source, const sttp_guid *signal_id, size_t *row) {
    return source->metadata != NULL && sttp_metadata_find_measurement(source->metadata, signal_id, row) == STTP_OK;
}

/* The first source that grants a signal; one that is away for a while still counts. NULL when none does. */
static const struct source *granting(const struct relay *relay, const sttp_guid *signal_id) {
    const struct route *route = routes_find(&relay->routes, signal_id);
    for (size_t number = 0; route != NULL && number < relay->source_count; number++) {
        if ((route->sources >> number & 1) != 0) {
            return &relay->sources[number];
        }
    }
    return NULL;
}

static int is_described_before(const struct source *source, const sttp_guid *signal_id) {
    size_t row = 0;
    for (size_t number = 0; number < source->number; number++) {
        if (describes(&source->relay->sources[number], signal_id, &row)) {
            return 1;
        }
    }
    return 0;
}

/* Writes a row of the table of measurements over another. 0, or -1 when it does not fit. */
static int copy_row(sttp_metadata_builder *builder, size_t to, const sttp_metadata *metadata, size_t from) {
    size_t table = 0;
    size_t rows = 0;
    size_t columns = 0;
    const char *name = NULL;
    int32_t type = 0;
    if (sttp_metadata_find_table(metadata, MEASUREMENTS, &table) != STTP_OK ||
        sttp_metadata_table(metadata, table, &name, &rows, &columns) != STTP_OK) {
        return -1;
    }
    for (size_t column = 0; column < columns; column++) {
        sttp_value value;
        char number[STTP_VALUE_TEXT_SIZE];
        const char *text = number;
        if (sttp_metadata_column(metadata, table, column, &name, &type) != STTP_OK) {
            return -1;
        }
        int32_t status = type == STTP_TYPE_STRING
                             ? sttp_metadata_cell_string(metadata, table, from, column, &text)
                             : sttp_metadata_cell(metadata, table, from, column, &value, number, sizeof number);
        if (type != STTP_TYPE_STRING && status == STTP_OK && value.is_null) {
            text = NULL;
        }
        if (status != STTP_OK || sttp_metadata_builder_set_at(builder, MEASUREMENTS, to, name, text) != STTP_OK) {
            return -1;
        }
    }
    return 0;
}

/* Gives the signals of a source its own rows where a source before it describes them, and does not grant them. */
static int describe_granted(const struct source *source, const sttp_metadata *combined, sttp_metadata_builder *builder) {
    size_t changed = 0;
    for (size_t i = 0; i < source->signal_count; i++) {
        const sttp_guid *signal_id = &source->signals[i];
        size_t from = 0;
        size_t to = 0;
        if (granting(source->relay, signal_id) == source && is_described_before(source, signal_id) &&
            describes(source, signal_id, &from) && sttp_metadata_find_measurement(combined, signal_id, &to) == STTP_OK) {
            if (copy_row(builder, to, source->metadata, from) != 0) {
                tool_library_error("what %s says of its signals cannot be combined with what others say", source->address);
                return 0;
            }
            changed++;
        }
    }
    return changed > 0;
}

/* The same metadata, in which each signal is described by the source that grants it. */
static sttp_metadata *describe(const struct relay *relay, sttp_metadata *combined) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *described = NULL;
    int has_changed = 0;
    if (combined == NULL || relay->source_count == 1 || sttp_metadata_builder_new_from(combined, &builder) != STTP_OK) {
        return combined;
    }
    for (size_t number = 1; number < relay->source_count; number++) {
        has_changed |= describe_granted(&relay->sources[number], combined, builder);
    }
    if (has_changed && sttp_metadata_builder_finish(builder, &described) == STTP_OK) {
        sttp_metadata_free(combined);
        combined = described;
    }
    sttp_metadata_builder_free(builder);
    return combined;
}

/* -- publishing them -- */

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
    sttp_metadata *combined = describe(relay, combine(relay));
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
    if (publishing_link_up(&relay->publishing, relay->publisher, options->listen, &options->connect, options->connect != NULL) !=
            TOOL_DONE ||
        sources_subscribe(relay) != TOOL_DONE) {
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
    counted_note_rates(source);
    source->is_left_out = 0;
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

void combined_review(struct relay *relay) {
    if (relay->source_count == 1) {
        return;
    }
    pthread_mutex_lock(&relay->lock);
    set_metadata(relay);
    pthread_mutex_unlock(&relay->lock);
}
