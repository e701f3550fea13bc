/* Metadata appended and merged: IDs stay unique, links right. And signal references read. */
#include "grid.h"

static sttp_metadata *station(const char *acronym, int signal, const char *label) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    sttp_guid id = signal_id(signal);
    CHECK_OK(sttp_metadata_builder_new(&builder));
    CHECK_OK(sttp_metadata_builder_add_device(builder, acronym, "A station", 60));
    CHECK_OK(sttp_metadata_builder_add_phasor(builder, acronym, label, "V", "+", 1));
    CHECK_OK(sttp_metadata_builder_add_measurement(builder, &id, "S:9", NULL, NULL, "VPHM", acronym, 1, NULL));
    CHECK_OK(sttp_metadata_builder_finish(builder, &metadata));
    sttp_metadata_builder_free(builder);
    return metadata;
}

static void check_append(const sttp_metadata *grid) {
    sttp_metadata *other = station("NEW", 100, "Bus 9");
    sttp_metadata *both = NULL;
    sttp_phasor phasor;
    sttp_guid id = signal_id(100);
    size_t added = 0;
    size_t row = 0;
    size_t linked = 0;
    int32_t version = 0;
    CHECK_OK(sttp_metadata_append(grid, other, &both, &added));
    CHECK(added == 3);
    CHECK_OK(sttp_metadata_find_measurement(both, &id, &row));
    CHECK(row == GRID_SIZE);
    CHECK_OK(sttp_metadata_measurement_phasor(both, row, &linked));
    CHECK_OK(sttp_metadata_phasor(both, linked, &phasor, sizeof phasor));
    CHECK_TEXT(phasor.label, "Bus 9");
    for (size_t i = 0; i < linked; i++) {
        sttp_phasor earlier;
        CHECK_OK(sttp_metadata_phasor(both, i, &earlier, sizeof earlier));
        CHECK(earlier.id != phasor.id);
    }
    CHECK_OK(sttp_metadata_schema_version(both, &version));
    CHECK(version == 14);
    sttp_metadata_free(both);
    CHECK_OK(sttp_metadata_append(grid, other, &both, NULL));
    sttp_metadata_free(both);
    sttp_metadata_free(other);
}

static void check_merge(void) {
    sttp_metadata *old = station("A", 1, "old");
    sttp_metadata *new_one = station("A", 1, "new");
    sttp_metadata *merged = NULL;
    sttp_phasor phasor;
    size_t added = 7;
    size_t replaced = 7;
    size_t count = 0;
    CHECK_OK(sttp_metadata_merge(old, new_one, &merged, &added, &replaced));
    CHECK(added == 0 && replaced == 3);
    CHECK_OK(sttp_metadata_measurement_count(merged, &count));
    CHECK(count == 1);
    CHECK_OK(sttp_metadata_phasor(merged, 0, &phasor, sizeof phasor));
    CHECK_TEXT(phasor.label, "new");
    sttp_metadata_free(merged);
    merged = NULL;
    CHECK_STATUS(sttp_metadata_merge(old, NULL, &merged, NULL, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_merge(old, new_one, NULL, NULL, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_append(NULL, new_one, &merged, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK(merged == NULL);
    sttp_metadata_free(old);
    sttp_metadata_free(new_one);
}

static void check_references(void) {
    char device[32];
    int32_t kind = 0;
    uint32_t index = 77;
    CHECK_OK(sttp_signal_reference_parse("NORTH-SIDE-PM12", &kind, &index, device, sizeof device));
    CHECK(kind == STTP_SIGNAL_MAGNITUDE && index == 12);
    CHECK_TEXT(device, "NORTH-SIDE");
    CHECK_OK(sttp_signal_reference_parse("SHELBY-FQ", &kind, &index, NULL, 0));
    CHECK(kind == STTP_SIGNAL_FREQUENCY && index == 0);
    CHECK_STATUS(sttp_signal_reference_parse("NORTH-SIDE-PM1", &kind, &index, device, 10), STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_STATUS(sttp_signal_reference_parse("SHELBY", &kind, &index, NULL, 0), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_signal_reference_parse("SHELBY-PM1", NULL, &index, NULL, 0), STTP_ERR_INVALID_ARGUMENT);
    CHECK(kind == STTP_SIGNAL_FREQUENCY && index == 0);
    CHECK_TEXT(sttp_signal_kind_code(STTP_SIGNAL_QUALITY), "QF");
    CHECK_TEXT(sttp_signal_kind_code(0), "");
}

int main(void) {
    sttp_metadata *grid = make_grid();
    check_append(grid);
    check_merge();
    check_references();
    sttp_metadata_free(grid);
    return check_report("test_metadata_combine");
}
