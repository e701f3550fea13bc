#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"

#define DEEPEST_INDENT 16

/* Numbers of records that belong to another one. */
struct list {
    size_t *indexes;
    size_t capacity;
    size_t count;
};

typedef int32_t list_function(const sttp_metadata *metadata, size_t device, size_t *indexes, size_t capacity,
                              size_t *count);

/* A device whose turn comes. */
struct place {
    size_t device;
    int depth;
};

struct tree {
    const sttp_metadata *metadata;
    size_t device_count;
    unsigned char *known; /* by device: 1 once it has a place */
    struct place *places; /* a stack; each device is on it once at most */
    size_t place_count;
    struct list list;
};

/* -- text -- */

static void indent(int depth) {
    printf("%*s", 4 * (depth < DEEPEST_INDENT ? depth : DEEPEST_INDENT), "");
}

/* -- tables -- */

static int show_table(const sttp_metadata *metadata, size_t table, const char *remark) {
    const char *name = NULL;
    size_t rows = 0;
    size_t columns = 0;
    char digits[TOOL_DIGITS_SIZE];
    if (sttp_metadata_table(metadata, table, &name, &rows, &columns) != STTP_OK) {
        return tool_library_error("cannot read table %zu", table);
    }
    printf("%14s %s  ", tool_group_digits(rows, digits), rows == 1 ? "row " : "rows");
    tool_print_text(name);
    printf("%s\n", remark);
    return TOOL_DONE;
}

static int show_tables(const sttp_metadata *metadata) {
    size_t count = 0;
    size_t active = 0;
    int32_t version = 0;
    int result = TOOL_DONE;
    sttp_metadata_table_count(metadata, &count);
    puts("Tables:");
    for (size_t table = 0; table < count && result == TOOL_DONE; table++) {
        result = show_table(metadata, table, "");
    }
    if (result == TOOL_DONE && sttp_metadata_find_table(metadata, "ActiveMeasurements", &active) == STTP_OK &&
        active == STTP_TABLE_ACTIVE_MEASUREMENTS) {
        result = show_table(metadata, active, ", what subscriptions select from");
    }
    if (sttp_metadata_schema_version(metadata, &version) == STTP_OK) {
        printf("Schema version: %ld\n", (long)version);
    }
    return result;
}

/* -- lists -- */

/* Fills the list; 0, or -1 after saying why not. */
static int fill(struct list *list, list_function *function, const sttp_metadata *metadata, size_t device) {
    size_t count = 0;
    int32_t status = function(metadata, device, list->indexes, list->capacity, &count);
    if (status == STTP_OK && count > list->capacity) {
        size_t *larger = (size_t *)realloc(list->indexes, count * sizeof *larger);
        if (larger == NULL) {
            tool_error("not enough memory");
            return -1;
        }
        list->indexes = larger;
        list->capacity = count;
        status = function(metadata, device, list->indexes, list->capacity, &count);
    }
    list->count = count;
    if (status != STTP_OK) {
        tool_library_error("cannot read device %zu", device);
        return -1;
    }
    return 0;
}

/* -- measurements and phasors -- */

static void show_measurement(const sttp_metadata *metadata, size_t index, int depth, const char *role) {
    sttp_measurement_metadata measurement;
    char signal[STTP_GUID_TEXT_SIZE] = "";
    if (sttp_metadata_measurement(metadata, index, &measurement, sizeof measurement) != STTP_OK) {
        return;
    }
    sttp_guid_format(&measurement.signal_id, signal, sizeof signal);
    indent(depth);
    if (role != NULL) {
        printf("%-10s", role);
    }
    tool_print_text(measurement.signal_type);
    printf(" %s ", signal);
    tool_print_text(measurement.id);
    putchar(' ');
    tool_print_text(measurement.point_tag);
    puts(measurement.enabled ? "" : " (not enabled)");
}

/* The part of a phasor that `find` finds, if it knows the phasor as its own: several may claim it. */
static int find_part(const sttp_metadata *metadata, size_t phasor,
                     int32_t (*find)(const sttp_metadata *, size_t, size_t *), size_t *part) {
    size_t owner = 0;
    return find(metadata, phasor, part) == STTP_OK &&
           sttp_metadata_measurement_phasor(metadata, *part, &owner) == STTP_OK && owner == phasor;
}

static int is_part(const sttp_metadata *metadata, size_t measurement) {
    size_t phasor = 0;
    size_t part = 0;
    if (sttp_metadata_measurement_phasor(metadata, measurement, &phasor) != STTP_OK) {
        return 0;
    }
    return (sttp_metadata_phasor_magnitude(metadata, phasor, &part) == STTP_OK && part == measurement) ||
           (sttp_metadata_phasor_angle(metadata, phasor, &part) == STTP_OK && part == measurement);
}

static void show_phasor(const sttp_metadata *metadata, size_t index, int depth) {
    sttp_phasor phasor;
    size_t part = 0;
    if (sttp_metadata_phasor(metadata, index, &phasor, sizeof phasor) != STTP_OK) {
        return;
    }
    indent(depth);
    printf("Phasor %ld: ", (long)phasor.source_index);
    tool_print_text(phasor.label);
    printf(" (");
    tool_print_text(phasor.type);
    putchar(' ');
    tool_print_text(phasor.phase);
    puts(")");
    if (find_part(metadata, index, sttp_metadata_phasor_magnitude, &part)) {
        show_measurement(metadata, part, depth + 1, "magnitude");
    }
    if (find_part(metadata, index, sttp_metadata_phasor_angle, &part)) {
        show_measurement(metadata, part, depth + 1, "angle");
    }
}

/* -- devices -- */

static int show_phasors(struct tree *tree, size_t device, int depth) {
    struct list *list = &tree->list;
    size_t owner = device;
    if (fill(list, sttp_metadata_device_phasors, tree->metadata, device) != 0) {
        return TOOL_FAILED;
    }
    /* Devices that share an acronym share what belongs to it; the first one shows it. */
    if (list->count > 0) {
        sttp_metadata_phasor_device(tree->metadata, list->indexes[0], &owner);
    }
    for (size_t i = 0; i < list->count && owner == device; i++) {
        show_phasor(tree->metadata, list->indexes[i], depth);
    }
    return TOOL_DONE;
}

static int show_measurements(struct tree *tree, size_t device, int depth) {
    struct list *list = &tree->list;
    size_t owner = device;
    if (fill(list, sttp_metadata_device_measurements, tree->metadata, device) != 0) {
        return TOOL_FAILED;
    }
    if (list->count > 0) {
        sttp_metadata_measurement_device(tree->metadata, list->indexes[0], &owner);
    }
    for (size_t i = 0; i < list->count && owner == device; i++) {
        if (!is_part(tree->metadata, list->indexes[i])) {
            show_measurement(tree->metadata, list->indexes[i], depth, NULL);
        }
    }
    return TOOL_DONE;
}

static int show_device(struct tree *tree, const struct place *place) {
    sttp_device device;
    if (sttp_metadata_device(tree->metadata, place->device, &device, sizeof device) != STTP_OK) {
        return tool_library_error("cannot read device %zu", place->device);
    }
    indent(place->depth);
    tool_print_text(device.acronym);
    if (device.name[0] != '\0') {
        printf(": ");
        tool_print_text(device.name);
    }
    printf("%s, %ld frames a second%s\n", device.is_concentrator ? ", concentrator" : "",
           (long)device.frames_per_second, device.enabled ? "" : " (not enabled)");
    int result = show_phasors(tree, place->device, place->depth + 1);
    return result != TOOL_DONE ? result : show_measurements(tree, place->device, place->depth + 1);
}

static void add_place(struct tree *tree, size_t device, int depth) {
    if (!tree->known[device]) {
        tree->known[device] = 1;
        tree->places[tree->place_count].device = device;
        tree->places[tree->place_count].depth = depth;
        tree->place_count++;
    }
}

/* Shows a device and all that are below it, however deep. */
static int show_branch(struct tree *tree, size_t root) {
    struct list *list = &tree->list;
    add_place(tree, root, 1);
    while (tree->place_count > 0 && !tool_interrupted()) {
        struct place place = tree->places[--tree->place_count];
        if (show_device(tree, &place) != TOOL_DONE ||
            fill(list, sttp_metadata_device_children, tree->metadata, place.device) != 0) {
            return TOOL_FAILED;
        }
        for (size_t i = list->count; i-- > 0;) {
            add_place(tree, list->indexes[i], place.depth + 1);
        }
    }
    return TOOL_DONE;
}

/* First the devices without concentrator; those left over then report to each other in a circle. */
static int show_devices(struct tree *tree) {
    size_t parent = 0;
    int result = TOOL_DONE;
    puts(tree->device_count > 0 ? "\nDevices:" : "\nNo devices.");
    for (int circles = 0; circles <= 1; circles++) {
        for (size_t device = 0; device < tree->device_count && result == TOOL_DONE; device++) {
            int is_root = circles || sttp_metadata_device_parent(tree->metadata, device, &parent) != STTP_OK;
            if (is_root && !tree->known[device]) {
                result = show_branch(tree, device);
            }
        }
    }
    return result;
}

static void show_lost_measurements(const sttp_metadata *metadata) {
    size_t count = 0;
    size_t device = 0;
    int found = 0;
    sttp_metadata_measurement_count(metadata, &count);
    for (size_t i = 0; i < count && !tool_interrupted(); i++) {
        if (sttp_metadata_measurement_device(metadata, i, &device) != STTP_OK) {
            if (!found) {
                puts("\nMeasurements without device:");
                found = 1;
            }
            show_measurement(metadata, i, 1, NULL);
        }
    }
}

int metadata_show(const sttp_metadata *metadata) {
    struct tree tree;
    memset(&tree, 0, sizeof tree);
    tree.metadata = metadata;
    int result = show_tables(metadata);
    if (result != TOOL_DONE) {
        return result;
    }
    sttp_metadata_device_count(metadata, &tree.device_count);
    tree.known = (unsigned char *)calloc(tree.device_count + 1, 1);
    tree.places = (struct place *)calloc(tree.device_count + 1, sizeof *tree.places);
    if (tree.known == NULL || tree.places == NULL) {
        tool_error("not enough memory");
        result = TOOL_FAILED;
    } else {
        result = show_devices(&tree);
    }
    if (result == TOOL_DONE) {
        show_lost_measurements(metadata);
    }
    free(tree.known);
    free(tree.places);
    free(tree.list.indexes);
    return result;
}
