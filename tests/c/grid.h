/* Metadata of a small grid: the concentrator PDC with the devices A and B, of which A has a phasor, a frequency and a
 * measurement that is not enabled, and a measurement without device. */
#ifndef STTP_TEST_GRID_H
#define STTP_TEST_GRID_H

#include "fixture.h"

/* Numbers of measurements; the signal IDs are signal_id() of the same. */
enum { GRID_MAGNITUDE, GRID_ANGLE, GRID_FREQUENCY, GRID_DISABLED, GRID_LOST, GRID_SIZE };

static inline sttp_metadata *make_grid(void) {
    static const struct {
        const char *key, *tag, *reference, *type, *device;
        int32_t phasor;
    } rows[GRID_SIZE] = {
        {"G:1", "A:VM", "A-PM1", "VPHM", "A", 1},       {"G:2", "A:VA", "A-PA1", "VPHA", "A", 1},
        {"G:3", "A:F", "A-FQ", "FREQ", "A", 0},         {"G:4", "A:ALOG", "A-AV1", "ALOG", "A", 0},
        {"G:5", "LOST:F", "LOST-FQ", "FREQ", "LOST", 0},
    };
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    CHECK_OK(sttp_metadata_builder_new(&builder));
    CHECK_OK(sttp_metadata_builder_add_device(builder, "PDC", "Concentrator", 30));
    CHECK_OK(sttp_metadata_builder_set(builder, "DeviceDetail", "IsConcentrator", "true"));
    CHECK_OK(sttp_metadata_builder_add_device(builder, "A", NULL, 60));
    CHECK_OK(sttp_metadata_builder_set(builder, "DeviceDetail", "ParentAcronym", "PDC"));
    CHECK_OK(sttp_metadata_builder_set(builder, "DeviceDetail", "Longitude", "-89.500"));
    CHECK_OK(sttp_metadata_builder_add_device(builder, "B", "", 30));
    CHECK_OK(sttp_metadata_builder_set(builder, "DeviceDetail", "ParentAcronym", "PDC"));
    CHECK_OK(sttp_metadata_builder_add_phasor(builder, "A", "Bus 1", "V", "+", 1));
    CHECK_OK(sttp_metadata_builder_add_phasor(builder, "LOST", "Bus 2", "I", "A", 1));
    for (int i = 0; i < GRID_SIZE; i++) {
        sttp_guid id = signal_id(i);
        CHECK_OK(sttp_metadata_builder_add_measurement(builder, &id, rows[i].key, rows[i].tag, rows[i].reference,
                                                       rows[i].type, rows[i].device, rows[i].phasor, NULL));
    }
    CHECK_OK(sttp_metadata_builder_set_at(builder, "MeasurementDetail", GRID_DISABLED, "Enabled", "false"));
    CHECK_OK(sttp_metadata_builder_finish(builder, &metadata));
    sttp_metadata_builder_free(builder);
    return metadata;
}

static inline size_t find_table(const sttp_metadata *metadata, const char *name) {
    size_t table = SIZE_MAX;
    CHECK_OK(sttp_metadata_find_table(metadata, name, &table));
    return table;
}

#endif
