/* Tables, columns and cells of metadata, rows selected from them, and expressions evaluated at them. */
#include "grid.h"

static size_t find_column(const sttp_metadata *metadata, size_t table, const char *name) {
    size_t column = SIZE_MAX;
    CHECK_OK(sttp_metadata_find_column(metadata, table, name, &column));
    return column;
}

static void check_columns(const sttp_metadata *metadata, size_t table, size_t count) {
    const char *name = NULL;
    int32_t type = 0;
    for (size_t column = 0; column < count; column++) {
        CHECK_OK(sttp_metadata_column(metadata, table, column, &name, &type));
        CHECK(find_column(metadata, table, name) == column);
        CHECK(strcmp(sttp_type_name(type), "unknown type") != 0);
    }
    CHECK_STATUS(sttp_metadata_column(metadata, table, count, &name, &type), STTP_ERR_NOT_FOUND);
}

/* Every table by its number and by its name, and each column likewise. */
static void check_names(const sttp_metadata *metadata) {
    size_t count = 0;
    const char *name = NULL;
    size_t rows = 0;
    size_t columns = 0;
    CHECK_OK(sttp_metadata_table_count(metadata, &count));
    CHECK(count == 4);
    for (size_t i = 0; i <= count; i++) {
        size_t table = i < count ? i : STTP_TABLE_ACTIVE_MEASUREMENTS;
        CHECK_OK(sttp_metadata_table(metadata, table, &name, &rows, &columns));
        CHECK(find_table(metadata, name) == table);
        check_columns(metadata, table, columns);
    }
    CHECK_TEXT(name, "ActiveMeasurements");
    CHECK(rows == GRID_SIZE - 1);
    CHECK(find_table(metadata, "activemeasurements") == STTP_TABLE_ACTIVE_MEASUREMENTS);
    CHECK_STATUS(sttp_metadata_table(metadata, count, &name, &rows, &columns), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_find_table(metadata, "Devices", &rows), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_find_column(metadata, 0, "Colour", &rows), STTP_ERR_NOT_FOUND);
    CHECK_TEXT(sttp_last_error(), "DeviceDetail has no column \"Colour\"");
}

static void check_cell(const sttp_metadata *metadata, size_t table, size_t row, const char *column, const char *type,
                       const char *text) {
    char buffer[STTP_VALUE_TEXT_SIZE];
    sttp_value value;
    CHECK_OK(sttp_metadata_cell(metadata, table, row, find_column(metadata, table, column), &value, buffer,
                                sizeof buffer));
    CHECK_TEXT(sttp_type_name(value.type), type);
    CHECK_TEXT(buffer, text);
}

static void check_cells(const sttp_metadata *metadata) {
    size_t devices = find_table(metadata, "DeviceDetail");
    size_t active = find_table(metadata, "ActiveMeasurements");
    size_t longitude = find_column(metadata, devices, "Longitude");
    sttp_value value;
    char buffer[8];
    check_cell(metadata, devices, 0, "IsConcentrator", "Boolean", "true");
    check_cell(metadata, devices, 1, "Longitude", "Decimal", "-89.5");
    check_cell(metadata, devices, 0, "Longitude", "Decimal", "");
    check_cell(metadata, active, 2, "FramesPerSecond", "Int32", "60");
    check_cell(metadata, active, 2, "Multiplier", "Double", "1");
    check_cell(metadata, active, 2, "SignalID", "Guid", "7e000000-0000-0000-0000-000000000002");
    CHECK_OK(sttp_metadata_cell(metadata, devices, 1, longitude, &value, NULL, 0));
    CHECK(value.number == -89.5 && value.integer == -89 && value.is_null == 0 && value.text_length == 0);
    CHECK_OK(sttp_metadata_cell(metadata, devices, 0, longitude, &value, NULL, 0));
    CHECK(value.is_null == 1 && value.type == STTP_TYPE_DECIMAL && value.number == 0.0);
    CHECK_OK(sttp_metadata_cell(metadata, devices, 0, find_column(metadata, devices, "Name"), &value, NULL, 0));
    CHECK(value.text_length == strlen("Concentrator") && value.type == STTP_TYPE_STRING);
    value.type = 4711;
    CHECK_STATUS(sttp_metadata_cell(metadata, devices, 0, find_column(metadata, devices, "Name"), &value, buffer,
                                    sizeof buffer),
                 STTP_ERR_BUFFER_TOO_SMALL);
    CHECK(value.type == 4711);
    CHECK_STATUS(sttp_metadata_cell(metadata, devices, 3, 0, &value, NULL, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_cell(metadata, devices, 0, 99, &value, NULL, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_cell(metadata, 99, 0, 0, &value, NULL, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_cell(metadata, devices, 0, 0, &value, NULL, 4), STTP_ERR_INVALID_ARGUMENT);
}

/* Texts are handed out as they lie in memory. */
static void check_strings(const sttp_metadata *metadata) {
    size_t devices = find_table(metadata, "DeviceDetail");
    size_t name = find_column(metadata, devices, "Name");
    const char *text = NULL;
    const char *again = NULL;
    CHECK_OK(sttp_metadata_cell_string(metadata, devices, 0, name, &text));
    CHECK_TEXT(text, "Concentrator");
    CHECK_OK(sttp_metadata_cell_string(metadata, devices, 0, name, &again));
    CHECK(text == again);
    CHECK_OK(sttp_metadata_cell_string(metadata, devices, 1, name, &text));
    CHECK(text == NULL);
    CHECK_OK(sttp_metadata_cell_string(metadata, devices, 2, name, &text));
    CHECK_TEXT(text, "");
    CHECK_STATUS(sttp_metadata_cell_string(metadata, devices, 3, name, &text), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_cell_string(metadata, devices, 0, find_column(metadata, devices, "Enabled"), &text),
                 STTP_ERR_INVALID_ARGUMENT);
    CHECK_TEXT(sttp_last_error(), "the column Enabled holds Boolean values; read them with sttp_metadata_cell");
}

/* `expected` are the rows that the filter selects from one table, as digits. */
static void check_rows(const sttp_metadata *metadata, const char *table, const char *filter, const char *selected,
                       const char *expected) {
    sttp_row rows[16];
    char found[16] = "";
    size_t count = 0;
    size_t index = SIZE_MAX;
    CHECK_OK(sttp_metadata_select_rows(metadata, find_table(metadata, table), filter, rows, 15, &count));
    CHECK_OK(sttp_metadata_filter_table(metadata, find_table(metadata, table), filter, &index));
    CHECK(index == find_table(metadata, selected));
    for (size_t i = 0; i < count && i < 15; i++) {
        CHECK(rows[i].table == index);
        found[i] = (char)('0' + rows[i].row);
    }
    CHECK_TEXT(found, expected);
}

static void check_selection(const sttp_metadata *metadata) {
    check_rows(metadata, "MeasurementDetail", "SignalAcronym = 'FREQ'", "MeasurementDetail", "24");
    check_rows(metadata, "DeviceDetail", "True", "DeviceDetail", "012");
    check_rows(metadata, "DeviceDetail", "Acronym LIKE 'X%'", "DeviceDetail", "");
    check_rows(metadata, "MeasurementDetail", "FILTER TOP 2 DeviceDetail WHERE True ORDER BY Acronym DESC",
               "DeviceDetail", "01");
    check_rows(metadata, "DeviceDetail",
               "FILTER MeasurementDetail WHERE Enabled ORDER BY SignalAcronym, ID DESC; "
               "FILTER MeasurementDetail WHERE True",
               "MeasurementDetail", "42103");
    check_rows(metadata, "MeasurementDetail", "G:4; \"a:vm\"; 7e000000-0000-0000-0000-000000000001",
               "MeasurementDetail", "301");
    check_rows(metadata, "ActiveMeasurements", "G:4; G:5; \"a:vm\"; Device = 'A'", "ActiveMeasurements", "3012");
    check_rows(metadata, "PhasorDetail", "FILTER ActiveMeasurements WHERE PhasorType = 'V'", "ActiveMeasurements",
               "01");
}

/* A list of statements may select from several tables. */
static void check_several_tables(const sttp_metadata *metadata) {
    const char *filter = "FILTER PhasorDetail WHERE True; FILTER TOP 1 DeviceDetail WHERE True";
    sttp_row rows[3];
    size_t count = 0;
    size_t table = 77;
    memset(rows, 0, sizeof rows);
    CHECK_OK(sttp_metadata_select_rows(metadata, 0, filter, rows, 3, &count));
    CHECK(count == 3 && rows[0].table == find_table(metadata, "PhasorDetail") && rows[1].row == 1);
    CHECK(rows[2].table == find_table(metadata, "DeviceDetail") && rows[2].row == 0);
    rows[1].row = 77;
    CHECK_OK(sttp_metadata_select_rows(metadata, 0, filter, rows, 1, &count));
    CHECK(count == 3 && rows[1].row == 77);
    CHECK_STATUS(sttp_metadata_filter_table(metadata, 0, filter, &table), STTP_ERR_FILTER);
    CHECK_STATUS(sttp_metadata_filter_table(metadata, 0, "FILTER Devices WHERE True", &table), STTP_ERR_FILTER);
    CHECK(table == 77);
}

static void check_refusals(const sttp_metadata *metadata) {
    sttp_row row;
    size_t count = 0;
    CHECK_STATUS(sttp_metadata_select_rows(metadata, 0, "Acronym =\n= 1", &row, 1, &count), STTP_ERR_FILTER);
    CHECK(strstr(sttp_last_error(), "line 2, column 1") != NULL);
    CHECK_STATUS(sttp_metadata_select_rows(metadata, 0, "Colour = 1", &row, 1, &count), STTP_ERR_FILTER);
    CHECK_STATUS(sttp_metadata_select_rows(metadata, 0, "G:1", &row, 1, &count), STTP_ERR_FILTER);
    CHECK_STATUS(sttp_metadata_select_rows(metadata, 5, "True", &row, 1, &count), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_select_rows(metadata, 0, "True", NULL, 1, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_select_rows(metadata, 0, NULL, &row, 1, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_select_rows(NULL, 0, "True", &row, 1, &count), STTP_ERR_INVALID_ARGUMENT);
}

static void check_value(const sttp_metadata *metadata, const char *table, size_t row, const char *expression,
                        const char *type, const char *text) {
    char buffer[STTP_VALUE_TEXT_SIZE];
    sttp_value value;
    size_t index = metadata != NULL ? find_table(metadata, table) : 0;
    CHECK_OK(sttp_metadata_evaluate(metadata, index, row, expression, &value, buffer, sizeof buffer));
    CHECK_TEXT(sttp_type_name(value.type), type);
    CHECK_TEXT(value.is_null ? "NULL" : buffer, text);
}

static void check_evaluation(const sttp_metadata *metadata) {
    sttp_value value;
    char buffer[4];
    check_value(NULL, NULL, 99, "1 + 0.5", "Decimal", "1.5");
    check_value(NULL, NULL, 0, "'a' + 'b' LIKE 'A%'", "Boolean", "true");
    check_value(NULL, NULL, 0, "#2026-11-21#", "DateTime", "2026-11-21T00:00:00Z");
    check_value(metadata, "DeviceDetail", 1, "FramesPerSecond * 2", "Int32", "120");
    check_value(metadata, "DeviceDetail", 1, "Longitude", "Decimal", "-89.5");
    check_value(metadata, "DeviceDetail", 2, "Longitude", "Decimal", "NULL");
    check_value(metadata, "ActiveMeasurements", 0, "Upper(Device + '-x')", "String", "A-X");
    check_value(metadata, "ActiveMeasurements", 1, "SignalID", "Guid", "7e000000-0000-0000-0000-000000000001");
    CHECK_OK(sttp_metadata_evaluate(NULL, 0, 0, "'four'", &value, NULL, 0));
    CHECK(value.text_length == 4);
    CHECK_STATUS(sttp_metadata_evaluate(NULL, 0, 0, "'four'", &value, buffer, 4), STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_OK(sttp_metadata_evaluate(NULL, 0, 0, "'abc'", NULL, buffer, 4));
    CHECK_TEXT(buffer, "abc");
    CHECK_STATUS(sttp_metadata_evaluate(NULL, 0, 0, "Acronym", &value, NULL, 0), STTP_ERR_FILTER);
    CHECK_STATUS(sttp_metadata_evaluate(metadata, 0, 0, "1 +", &value, NULL, 0), STTP_ERR_FILTER);
    CHECK(strstr(sttp_last_error(), "line 1, column 4") != NULL);
    CHECK_STATUS(sttp_metadata_evaluate(metadata, 0, 3, "1", &value, NULL, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_evaluate(metadata, 5, 0, "1", &value, NULL, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_evaluate(metadata, 0, 0, NULL, &value, NULL, 0), STTP_ERR_INVALID_ARGUMENT);
}

static void check_without_handle(void) {
    const char *text = NULL;
    size_t index = 0;
    int32_t type = 0;
    CHECK_STATUS(sttp_metadata_find_table(NULL, "DeviceDetail", &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_column(NULL, 0, 0, &text, &type), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_find_column(NULL, 0, "Name", &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_cell(NULL, 0, 0, 0, NULL, NULL, 0), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_cell_string(NULL, 0, 0, 0, &text), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_filter_table(NULL, 0, "True", &index), STTP_ERR_INVALID_ARGUMENT);
    CHECK_TEXT(sttp_type_name(STTP_TYPE_UINT16), "UInt16");
    CHECK_TEXT(sttp_type_name(0), "unknown type");
}

int main(void) {
    sttp_metadata *metadata = make_grid();
    check_names(metadata);
    check_cells(metadata);
    check_strings(metadata);
    check_selection(metadata);
    check_several_tables(metadata);
    check_refusals(metadata);
    check_evaluation(metadata);
    check_without_handle();
    sttp_metadata_free(metadata);
    return check_report("test_metadata_tables");
}
