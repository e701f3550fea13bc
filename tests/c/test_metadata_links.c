/* From devices to their measurements, phasors and children, and back. */
#include "grid.h"

static size_t find_device(const sttp_metadata *metadata, const char *acronym) {
    size_t device = SIZE_MAX;
    CHECK_OK(sttp_metadata_find_device(metadata, acronym, &device));
    return device;
}

static void check_devices(const sttp_metadata *metadata) {
    size_t pdc = find_device(metadata, "pdc");
    size_t a = find_device(metadata, "A");
    size_t b = find_device(metadata, "B");
    size_t index = SIZE_MAX;
    size_t found[8] = {0};
    size_t count = 0;
    CHECK(pdc == 0 && a == 1 && b == 2);
    CHECK_STATUS(sttp_metadata_find_device(metadata, "LOST", &index), STTP_ERR_NOT_FOUND);
    CHECK_OK(sttp_metadata_device_children(metadata, pdc, found, 8, &count));
    CHECK(count == 2 && found[0] == a && found[1] == b);
    CHECK_OK(sttp_metadata_device_children(metadata, a, found, 8, &count));
    CHECK(count == 0);
    CHECK_OK(sttp_metadata_device_parent(metadata, b, &index));
    CHECK(index == pdc);
    index = 77;
    CHECK_STATUS(sttp_metadata_device_parent(metadata, pdc, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_device_parent(metadata, 3, &index), STTP_ERR_NOT_FOUND);
    CHECK(index == 77);
}

static void check_parts(const sttp_metadata *metadata) {
    size_t a = find_device(metadata, "A");
    size_t found[8] = {0};
    size_t count = 0;
    CHECK_OK(sttp_metadata_device_measurements(metadata, a, found, 8, &count));
    CHECK(count == 4 && found[0] == GRID_MAGNITUDE && found[3] == GRID_DISABLED);
    found[1] = 77;
    CHECK_OK(sttp_metadata_device_measurements(metadata, a, found, 1, &count));
    CHECK(count == 4 && found[0] == GRID_MAGNITUDE && found[1] == 77);
    CHECK_OK(sttp_metadata_device_measurements(metadata, a, NULL, 0, &count));
    CHECK(count == 4);
    CHECK_OK(sttp_metadata_device_phasors(metadata, a, found, 8, &count));
    CHECK(count == 1 && found[0] == 0);
    CHECK_OK(sttp_metadata_device_phasors(metadata, 0, found, 8, &count));
    CHECK(count == 0);
    CHECK_STATUS(sttp_metadata_device_phasors(metadata, 3, found, 8, &count), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_device_measurements(metadata, 3, found, 8, &count), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_device_children(metadata, 3, found, 8, &count), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_device_children(metadata, 0, NULL, 8, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_device_children(metadata, 0, found, 8, NULL), STTP_ERR_INVALID_ARGUMENT);
}

static void check_phasors(const sttp_metadata *metadata) {
    sttp_measurement_metadata record;
    sttp_guid id = signal_id(GRID_MAGNITUDE);
    size_t index = SIZE_MAX;
    CHECK_OK(sttp_metadata_phasor_magnitude(metadata, 0, &index));
    CHECK(index == GRID_MAGNITUDE);
    CHECK_OK(sttp_metadata_measurement(metadata, index, &record, sizeof record));
    CHECK(same_guid(&record.signal_id, &id));
    CHECK_OK(sttp_metadata_phasor_angle(metadata, 0, &index));
    CHECK(index == GRID_ANGLE);
    CHECK_OK(sttp_metadata_phasor_device(metadata, 0, &index));
    CHECK(index == find_device(metadata, "A"));
    CHECK_STATUS(sttp_metadata_phasor_device(metadata, 1, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_phasor_magnitude(metadata, 1, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_phasor_angle(metadata, 1, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_phasor_angle(metadata, 2, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_phasor_angle(metadata, 0, NULL), STTP_ERR_INVALID_ARGUMENT);
}

static void check_measurements(const sttp_metadata *metadata) {
    sttp_guid id = signal_id(GRID_ANGLE);
    size_t measurement = SIZE_MAX;
    size_t index = SIZE_MAX;
    CHECK_OK(sttp_metadata_find_measurement(metadata, &id, &measurement));
    CHECK(measurement == GRID_ANGLE);
    CHECK_OK(sttp_metadata_measurement_device(metadata, measurement, &index));
    CHECK(index == find_device(metadata, "A"));
    CHECK_OK(sttp_metadata_measurement_phasor(metadata, measurement, &index));
    CHECK(index == 0);
    CHECK_STATUS(sttp_metadata_measurement_phasor(metadata, GRID_FREQUENCY, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_measurement_device(metadata, GRID_LOST, &index), STTP_ERR_NOT_FOUND);
    CHECK_TEXT(sttp_last_error(), "the metadata have no device for measurement 4");
    CHECK_STATUS(sttp_metadata_measurement_device(metadata, GRID_SIZE, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_measurement_phasor(metadata, SIZE_MAX, &index), STTP_ERR_NOT_FOUND);
}

static void check_names(const sttp_metadata *metadata) {
    size_t row = SIZE_MAX;
    CHECK_OK(sttp_metadata_find_device_by_name(metadata, "CONCENTRATOR", &row));
    CHECK(row == 0);
    CHECK_OK(sttp_metadata_find_measurement_by_key(metadata, "g:3", &row));
    CHECK(row == GRID_FREQUENCY);
    CHECK_OK(sttp_metadata_find_measurement_by_tag(metadata, "a:va", &row));
    CHECK(row == GRID_ANGLE);
    CHECK_OK(sttp_metadata_find_phasor(metadata, find_device(metadata, "A"), "bus 1", &row));
    CHECK(row == 0);
    row = 77;
    CHECK_STATUS(sttp_metadata_find_device_by_name(metadata, "none", &row), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_find_measurement_by_key(metadata, "G:99", &row), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_find_measurement_by_tag(metadata, "none", &row), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_find_phasor(metadata, 0, "Bus 1", &row), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_find_phasor(metadata, 99, "Bus 1", &row), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_find_phasor(metadata, 0, NULL, &row), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_find_measurement_by_tag(NULL, "x", &row), STTP_ERR_INVALID_ARGUMENT);
    CHECK(row == 77);
}

static void check_without_handle(void) {
    size_t index = 0;
    CHECK_STATUS(sttp_metadata_find_device(NULL, "A", &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_device_measurements(NULL, 0, &index, 1, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_device_phasors(NULL, 0, &index, 1, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_device_children(NULL, 0, &index, 1, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_device_parent(NULL, 0, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_measurement_device(NULL, 0, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_measurement_phasor(NULL, 0, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_phasor_device(NULL, 0, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_phasor_magnitude(NULL, 0, &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_phasor_angle(NULL, 0, &index), STTP_ERR_INVALID_ARGUMENT);
}

int main(void) {
    sttp_metadata *metadata = make_grid();
    check_devices(metadata);
    check_parts(metadata);
    check_phasors(metadata);
    check_measurements(metadata);
    check_names(metadata);
    check_without_handle();
    sttp_metadata_free(metadata);
    return check_report("test_metadata_links");
}
