/* Data sets of a program's own tables and columns of every type, and such that go on from others. */
#include "grid.h"

/* A column of each type, and a value that its XML text and the text of the cell agree on. */
static const struct {
    const char *name;
    int32_t type;
    const char *value;
    const char *refused;
} columns[] = {
    {"Truth", STTP_TYPE_BOOLEAN, "true", "maybe"},
    {"Tiny", STTP_TYPE_INT8, "-128", "128"},
    {"Small", STTP_TYPE_INT16, "-32768", "32768"},
    {"Whole", STTP_TYPE_INT32, "-2147483648", "2147483648"},
    {"Large", STTP_TYPE_INT64, "-9223372036854775808", "9223372036854775808"},
    {"Octet", STTP_TYPE_UINT8, "255", "-1"},
    {"Port", STTP_TYPE_UINT16, "65535", "65536"},
    {"Count", STTP_TYPE_UINT32, "4294967295", "-1"},
    {"Huge", STTP_TYPE_UINT64, "18446744073709551615", "-1"},
    {"Short value", STTP_TYPE_SINGLE, "0.1", "0,1"},
    {"Value", STTP_TYPE_DOUBLE, "-1.7976931348623157e308", "x"},
    {"Price", STTP_TYPE_DECIMAL, "79228162514264337593543950335", "12 EUR"},
    {"Note <1>", STTP_TYPE_STRING, "a \"b\" <c> & \xc3\xa9", NULL},
    {"Key", STTP_TYPE_GUID, "01234567-89ab-cdef-0123-456789abcdef", "01234567"},
    {"Time", STTP_TYPE_DATETIME, "2026-11-21T08:30:00.1234567Z", "soon"},
};

#define COLUMNS (sizeof columns / sizeof columns[0])
#define TABLE "Every type"

static void fill(sttp_metadata_builder *builder) {
    CHECK_OK(sttp_metadata_builder_add_table(builder, TABLE));
    for (size_t i = 0; i < COLUMNS; i++) {
        /* The first row is there before the second half of the columns. */
        if (i == COLUMNS / 2) {
            CHECK_OK(sttp_metadata_builder_add_row(builder, TABLE));
        }
        CHECK_OK(sttp_metadata_builder_add_column(builder, TABLE, columns[i].name, columns[i].type));
    }
    CHECK_OK(sttp_metadata_builder_add_row(builder, TABLE));
    for (size_t i = 0; i < COLUMNS; i++) {
        CHECK_OK(sttp_metadata_builder_set(builder, TABLE, columns[i].name, columns[i].value));
        CHECK_OK(sttp_metadata_builder_set_at(builder, TABLE, 0, columns[i].name, columns[i].value));
        CHECK_OK(sttp_metadata_builder_set_at(builder, TABLE, 0, columns[i].name, NULL));
        if (columns[i].refused != NULL) {
            CHECK_STATUS(sttp_metadata_builder_set(builder, TABLE, columns[i].name, columns[i].refused),
                         STTP_ERR_METADATA);
        }
    }
}

/* Two rows: one of nulls, and one of the values. */
static void check_every_type(const sttp_metadata *metadata) {
    const char *name = NULL;
    size_t rows = 0;
    size_t count = 0;
    CHECK_OK(sttp_metadata_table(metadata, 0, &name, &rows, &count));
    CHECK_TEXT(name, TABLE);
    CHECK(rows == 2 && count == COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++) {
        char text[STTP_VALUE_TEXT_SIZE];
        sttp_value value;
        int32_t type = 0;
        CHECK_OK(sttp_metadata_column(metadata, 0, i, &name, &type));
        CHECK_TEXT(name, columns[i].name);
        CHECK(type == columns[i].type);
        CHECK_OK(sttp_metadata_cell(metadata, 0, 0, i, &value, text, sizeof text));
        CHECK(value.is_null == 1 && value.type == type && text[0] == '\0');
        CHECK_OK(sttp_metadata_cell(metadata, 0, 1, i, &value, text, sizeof text));
        CHECK(value.is_null == 0 && value.type == type);
        CHECK_TEXT(text, columns[i].value);
    }
}

static void check_own_tables(void) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    sttp_metadata *again = NULL;
    const char *xml = NULL;
    size_t length = 0;
    size_t count = 1;
    CHECK_OK(sttp_metadata_builder_new_empty("Own data", &builder));
    fill(builder);
    CHECK_OK(sttp_metadata_builder_finish(builder, &metadata));
    check_every_type(metadata);
    CHECK_OK(sttp_metadata_to_xml(metadata, &xml, &length));
    CHECK(strstr(xml, "<Own_x0020_data>") != NULL);
    CHECK_OK(sttp_metadata_parse(xml, length, &again));
    check_every_type(again);
    sttp_metadata_free(again);
    CHECK_OK(sttp_metadata_device_count(metadata, &count));
    CHECK(count == 0);
    sttp_metadata_free(metadata);
    CHECK_OK(sttp_metadata_builder_finish(builder, &metadata));
    CHECK_OK(sttp_metadata_table_count(metadata, &count));
    CHECK(count == 0);
    sttp_metadata_free(metadata);
    sttp_metadata_builder_free(builder);
}

static void check_refusals(void) {
    sttp_metadata_builder *builder = NULL;
    CHECK_STATUS(sttp_metadata_builder_new_empty(NULL, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_builder_new_from(NULL, &builder), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_metadata_builder_new_empty(NULL, &builder));
    CHECK_STATUS(sttp_metadata_builder_add_device(builder, "A", "A", 30), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_builder_add_row(builder, "T"), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_builder_add_column(builder, "T", "C", STTP_TYPE_INT32), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_builder_add_table(builder, ""), STTP_ERR_METADATA);
    CHECK_OK(sttp_metadata_builder_add_table(builder, "T"));
    CHECK_STATUS(sttp_metadata_builder_add_table(builder, "t"), STTP_ERR_METADATA);
    CHECK_OK(sttp_metadata_builder_add_column(builder, "T", "C", STTP_TYPE_INT32));
    CHECK_STATUS(sttp_metadata_builder_add_column(builder, "T", "c", STTP_TYPE_INT32), STTP_ERR_METADATA);
    CHECK_STATUS(sttp_metadata_builder_add_column(builder, "T", "D", 0), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_builder_set(builder, "T", "C", "1"), STTP_ERR_NOT_FOUND);
    CHECK_OK(sttp_metadata_builder_add_row(builder, "T"));
    CHECK_STATUS(sttp_metadata_builder_set_at(builder, "T", 1, "C", "1"), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_builder_set_at(builder, "T", 0, "D", "1"), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_builder_set_at(NULL, "T", 0, "C", "1"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_builder_add_table(NULL, "T"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_builder_add_column(NULL, "T", "C", 1), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_builder_add_row(builder, NULL), STTP_ERR_INVALID_ARGUMENT);
    sttp_metadata_builder_free(builder);
}

static size_t count_measurements(const sttp_metadata *metadata) {
    size_t count = 0;
    CHECK_OK(sttp_metadata_measurement_count(metadata, &count));
    return count;
}

/* The original does not change, and the builder begins with it again after it has finished. */
static void check_going_on(void) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *grid = make_grid();
    sttp_metadata *more = NULL;
    sttp_metadata *same = NULL;
    sttp_guid id = signal_id(99);
    size_t count = 0;
    CHECK_OK(sttp_metadata_builder_new_from(grid, &builder));
    CHECK_OK(sttp_metadata_builder_add_measurement(builder, &id, "G:9", NULL, NULL, "CALC", "B", 0, NULL));
    CHECK_OK(sttp_metadata_builder_set_at(builder, "MeasurementDetail", GRID_DISABLED, "Enabled", "true"));
    CHECK_OK(sttp_metadata_builder_finish(builder, &more));
    CHECK(count_measurements(grid) == GRID_SIZE && count_measurements(more) == GRID_SIZE + 1);
    CHECK_OK(sttp_metadata_select(grid, "G:4; G:9", NULL, 0, &count));
    CHECK(count == 0);
    sttp_metadata_free(grid);
    CHECK_OK(sttp_metadata_select(more, "G:4; G:9", NULL, 0, &count));
    CHECK(count == 2);
    CHECK_OK(sttp_metadata_builder_finish(builder, &same));
    CHECK(count_measurements(same) == GRID_SIZE);
    sttp_metadata_builder_free(builder);
    sttp_metadata_free(more);
    sttp_metadata_free(same);
}

int main(void) {
    check_own_tables();
    check_refusals();
    check_going_on();
    return check_report("test_metadata_builder");
}
