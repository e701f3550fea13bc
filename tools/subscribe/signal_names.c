#include "signal_names.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/tool.h"

struct signal_names {
    sttp_metadata *metadata; /* NULL: none have come */
};

struct unit {
    const char *type;
    const char *unit;
};

/* Of the signal types that have one unit. */
static const struct unit units[] = {
    {"FREQ", "Hz"}, {"DFDT", "Hz/s"}, {"VPHM", "V"}, {"IPHM", "A"}, {"VPHA", "deg"}, {"IPHA", "deg"},
};

struct signal_names *signal_names_new(void) {
    return (struct signal_names *)calloc(1, sizeof(struct signal_names));
}

void signal_names_free(struct signal_names *names) {
    if (names != NULL) {
        sttp_metadata_free(names->metadata);
        free(names);
    }
}

int signal_names_set(struct signal_names *names, const sttp_metadata *metadata) {
    sttp_metadata *clone = NULL;
    if (sttp_metadata_clone(metadata, &clone) != STTP_OK) {
        tool_library_error("cannot keep the metadata");
        return -1;
    }
    sttp_metadata_free(names->metadata);
    names->metadata = clone;
    return 0;
}

static const char *unit_of(const char *type) {
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcasecmp(type, units[i].type) == 0) {
            return units[i].unit;
        }
    }
    return "";
}

int signal_names_find(const struct signal_names *names, const sttp_guid *signal_id, struct signal_name *name) {
    static const struct signal_name unknown = {"", "", "", "", "", "", ""};
    sttp_measurement_metadata measurement;
    size_t row = 0;
    *name = unknown;
    if (names->metadata == NULL || sttp_metadata_find_measurement(names->metadata, signal_id, &row) != STTP_OK ||
        sttp_metadata_measurement(names->metadata, row, &measurement, sizeof measurement) != STTP_OK) {
        return 0;
    }
    name->key = measurement.id;
    name->tag = measurement.point_tag;
    name->device = measurement.device_acronym;
    name->type = measurement.signal_type;
    name->unit = unit_of(measurement.signal_type);
    name->reference = measurement.signal_reference;
    name->description = measurement.description;
    return 1;
}
