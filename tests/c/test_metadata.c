/* Metadata built row by row, read from XML, written to XML, iterated and selected from. */
#include "fixture.h"

/* A device with a phasor (magnitude and angle), and columns set beyond what the functions take. */
static sttp_metadata *build(void) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    sttp_guid magnitude = signal_id(1);
    sttp_guid angle = signal_id(2);
    CHECK_OK(sttp_metadata_builder_new(&builder));
    CHECK_OK(sttp_metadata_builder_add_device(builder, "SHELBY", "Shelby <north> & \"south\"", 60));
    CHECK_OK(sttp_metadata_builder_set(builder, "DeviceDetail", "Longitude", "-89.5"));
    CHECK_OK(sttp_metadata_builder_set(builder, "DeviceDetail", "VendorAcronym", "SEL"));
    CHECK_OK(sttp_metadata_builder_add_phasor(builder, "SHELBY", "Bus 1", "V", "+", 1));
    CHECK_OK(sttp_metadata_builder_add_measurement(builder, &magnitude, "PPA:12", "SHELBY:VM", "SHELBY-PM1", "VPHM",
                                                   "SHELBY", 1, "magnitude \xc3\xa9"));
    CHECK_OK(sttp_metadata_builder_add_measurement(builder, &angle, "PPA:13", "SHELBY:VA", "SHELBY-PA1", "VPHA",
                                                   "SHELBY", 1, "angle"));
    CHECK_STATUS(sttp_metadata_builder_set(builder, "DeviceDetail", "NoSuchColumn", "1"), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_builder_set(builder, "NoSuchTable", "Name", "1"), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_builder_set(builder, "DeviceDetail", "Longitude", "far west"), STTP_ERR_METADATA);
    CHECK_OK(sttp_metadata_builder_finish(builder, &metadata));
    sttp_metadata_builder_free(builder);
    return metadata;
}

static void check_device(const sttp_metadata *metadata) {
    sttp_device device;
    size_t count = 0;
    CHECK_OK(sttp_metadata_device_count(metadata, &count));
    CHECK(count == 1);
    CHECK_OK(sttp_metadata_device(metadata, 0, &device, sizeof device));
    CHECK_TEXT(device.acronym, "SHELBY");
    CHECK_TEXT(device.name, "Shelby <north> & \"south\"");
    CHECK_TEXT(device.vendor_acronym, "SEL");
    CHECK_TEXT(device.parent_acronym, "");
    CHECK(device.longitude == -89.5);
    CHECK(device.frames_per_second == 60);
    CHECK(device.enabled == 1);
    CHECK(device.measurement_count == 2);
    CHECK(device.phasor_count == 1);
    CHECK_STATUS(sttp_metadata_device(metadata, 1, &device, sizeof device), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_device(metadata, 0, NULL, sizeof device), STTP_ERR_INVALID_ARGUMENT);
}

static void check_measurements(const sttp_metadata *metadata) {
    sttp_measurement_metadata measurement;
    sttp_guid id = signal_id(2);
    size_t count = 0;
    size_t index = 0;
    CHECK_OK(sttp_metadata_measurement_count(metadata, &count));
    CHECK(count == 2);
    CHECK_OK(sttp_metadata_measurement(metadata, 0, &measurement, sizeof measurement));
    CHECK_TEXT(measurement.id, "PPA:12");
    CHECK_TEXT(measurement.point_tag, "SHELBY:VM");
    CHECK_TEXT(measurement.signal_reference, "SHELBY-PM1");
    CHECK_TEXT(measurement.signal_type, "VPHM");
    CHECK_TEXT(measurement.device_acronym, "SHELBY");
    CHECK_TEXT(measurement.description, "magnitude \xc3\xa9");
    CHECK(measurement.phasor_source_index == 1);
    CHECK(measurement.enabled == 1);
    CHECK(measurement.adder == 0 && measurement.multiplier == 1);
    CHECK_OK(sttp_metadata_find_measurement(metadata, &id, &index));
    CHECK(index == 1);
    id = signal_id(3);
    CHECK_STATUS(sttp_metadata_find_measurement(metadata, &id, &index), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_measurement(metadata, 2, &measurement, sizeof measurement), STTP_ERR_NOT_FOUND);
}

static void check_phasors(const sttp_metadata *metadata) {
    sttp_phasor phasor;
    size_t count = 0;
    CHECK_OK(sttp_metadata_phasor_count(metadata, &count));
    CHECK(count == 1);
    CHECK_OK(sttp_metadata_phasor(metadata, 0, &phasor, sizeof phasor));
    CHECK_TEXT(phasor.device_acronym, "SHELBY");
    CHECK_TEXT(phasor.label, "Bus 1");
    CHECK_TEXT(phasor.type, "V");
    CHECK_TEXT(phasor.phase, "+");
    CHECK(phasor.source_index == 1);
    CHECK_STATUS(sttp_metadata_phasor(metadata, 1, &phasor, sizeof phasor), STTP_ERR_NOT_FOUND);
}

static void check_contents(const sttp_metadata *metadata) {
    check_device(metadata);
    check_measurements(metadata);
    check_phasors(metadata);
}

static void check_tables(const sttp_metadata *metadata) {
    size_t tables = 0;
    size_t records = 0;
    int32_t version = 0;
    CHECK_OK(sttp_metadata_schema_version(metadata, &version));
    CHECK(version == 14);
    CHECK_OK(sttp_metadata_table_count(metadata, &tables));
    CHECK(tables >= 3);
    for (size_t i = 0; i < tables; i++) {
        const char *name = NULL;
        size_t rows = 0;
        size_t columns = 0;
        CHECK_OK(sttp_metadata_table(metadata, i, &name, &rows, &columns));
        CHECK(name != NULL && strlen(name) > 0 && columns > 0);
        if (strcmp(name, "MeasurementDetail") == 0) {
            records += rows;
        }
    }
    CHECK(records == 2);
    const char *name = NULL;
    size_t size = 0;
    CHECK_STATUS(sttp_metadata_table(metadata, tables, &name, &size, &size), STTP_ERR_NOT_FOUND);
}

static void check_xml(const sttp_metadata *metadata) {
    const char *xml = NULL;
    size_t length = 0;
    sttp_metadata *again = NULL;
    CHECK_OK(sttp_metadata_to_xml(metadata, &xml, &length));
    CHECK(length > 0 && xml[length] == '\0' && strlen(xml) == length);
    CHECK_OK(sttp_metadata_parse(xml, length, &again));
    check_contents(again);

    const char *xml_again = NULL;
    size_t length_again = 0;
    CHECK_OK(sttp_metadata_to_xml(again, &xml_again, &length_again));
    CHECK(length_again == length && memcmp(xml, xml_again, length) == 0);
    sttp_metadata_free(again);

    again = NULL;
    CHECK_STATUS(sttp_metadata_parse(xml, length / 2, &again), STTP_ERR_METADATA);
    CHECK_STATUS(sttp_metadata_parse("not XML at all", 14, &again), STTP_ERR_METADATA);
    CHECK_STATUS(sttp_metadata_parse("", 0, &again), STTP_ERR_METADATA);
    CHECK(again == NULL);
}

static void check_selection(const sttp_metadata *metadata) {
    sttp_guid magnitude = signal_id(1);
    sttp_guid angle = signal_id(2);
    sttp_guid found[4];
    size_t count = 0;
    CHECK_OK(sttp_metadata_select(metadata, EVERYTHING, found, 4, &count));
    CHECK(count == 2);
    CHECK_OK(sttp_metadata_select(metadata, "FILTER ActiveMeasurements WHERE SignalType = 'VPHA'", found, 4, &count));
    CHECK(count == 1 && same_guid(&found[0], &angle));
    CHECK_OK(sttp_metadata_select(metadata, "PPA:13;\"shelby:vm\"", found, 4, &count));
    CHECK(count == 2 && same_guid(&found[0], &angle) && same_guid(&found[1], &magnitude));
    memset(found, 0, sizeof found);
    CHECK_OK(sttp_metadata_select(metadata, "PPA:13;PPA:12", found, 1, &count));
    CHECK(count == 2 && same_guid(&found[0], &angle) && found[1].bytes[0] == 0);
    CHECK_OK(sttp_metadata_select(metadata, EVERYTHING, NULL, 0, &count));
    CHECK(count == 2);
    CHECK_STATUS(sttp_metadata_select(metadata, EVERYTHING, NULL, 1, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_select(metadata, NULL, found, 4, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_select(metadata, "FILTER ActiveMeasurements WHERE (", found, 4, &count),
                 STTP_ERR_FILTER);
    CHECK(strlen(sttp_last_error()) > 0);
}

/* A clone outlives what it was cloned from. */
static void check_clone(sttp_metadata *metadata) {
    sttp_metadata *clone = NULL;
    CHECK_OK(sttp_metadata_clone(metadata, &clone));
    sttp_metadata_free(metadata);
    check_contents(clone);
    sttp_metadata_free(clone);
}

static void check_sample(void) {
    sttp_metadata *sample = NULL;
    size_t devices = 0;
    size_t measurements = 0;
    size_t selected = 0;
    CHECK_OK(sttp_metadata_sample(&sample));
    CHECK_OK(sttp_metadata_device_count(sample, &devices));
    CHECK_OK(sttp_metadata_measurement_count(sample, &measurements));
    CHECK_OK(sttp_metadata_select(sample, EVERYTHING, NULL, 0, &selected));
    CHECK(devices == 3);
    CHECK(measurements > 3 && selected > 0 && selected <= measurements);
    sttp_metadata_free(sample);
}

/* After finish the builder is empty, and may be used for the next data set. */
static void check_builder_reuse(void) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *first = NULL;
    sttp_metadata *second = NULL;
    size_t count = 1;
    CHECK_OK(sttp_metadata_builder_new(&builder));
    CHECK_OK(sttp_metadata_builder_add_device(builder, "A", "A", 30));
    CHECK_OK(sttp_metadata_builder_finish(builder, &first));
    CHECK_OK(sttp_metadata_builder_finish(builder, &second));
    CHECK_OK(sttp_metadata_device_count(first, &count));
    CHECK(count == 1);
    CHECK_OK(sttp_metadata_device_count(second, &count));
    CHECK(count == 0);
    sttp_metadata_free(first);
    sttp_metadata_free(second);
    sttp_metadata_builder_free(builder);
}

int main(void) {
    sttp_metadata *metadata = build();
    check_contents(metadata);
    check_tables(metadata);
    check_xml(metadata);
    check_selection(metadata);
    check_clone(metadata);
    check_sample();
    check_builder_reuse();
    return check_report("test_metadata");
}
