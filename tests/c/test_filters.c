/* Filters and expressions, compiled once and used with several metadata and rows. */
#include "grid.h"

static sttp_filter *compile(const char *text) {
    sttp_filter *filter = NULL;
    CHECK_OK(sttp_filter_new(text, &filter));
    return filter;
}

static void check_selection(const sttp_metadata *grid) {
    sttp_metadata *other = make_metadata();
    sttp_filter *filter = compile("FILTER ActiveMeasurements WHERE SignalType = 'FREQ' ORDER BY ID DESC; G:1");
    sttp_guid found[FIXTURE_SIGNALS];
    sttp_guid first = signal_id(GRID_LOST);
    sttp_guid last = signal_id(GRID_MAGNITUDE);
    sttp_row rows[4];
    size_t count = 0;
    CHECK_OK(sttp_filter_select(filter, grid, found, FIXTURE_SIGNALS, &count));
    CHECK(count == 3 && same_guid(&found[0], &first) && same_guid(&found[2], &last));
    CHECK_OK(sttp_filter_select(filter, other, NULL, 0, &count));
    CHECK(count == FIXTURE_SIGNALS);
    sttp_filter_free(filter);

    filter = compile("Acronym = 'A' OR Acronym = 'B'");
    CHECK_OK(sttp_filter_select_rows(filter, grid, find_table(grid, "DeviceDetail"), rows, 4, &count));
    CHECK(count == 2 && rows[0].row == 1 && rows[1].row == 2);
    CHECK_OK(sttp_filter_select_rows(filter, other, find_table(other, "DeviceDetail"), rows, 4, &count));
    CHECK(count == 0);
    CHECK_STATUS(sttp_filter_select_rows(filter, grid, find_table(grid, "SchemaVersion"), rows, 4, &count),
                 STTP_ERR_FILTER);
    CHECK_STATUS(sttp_filter_select_rows(filter, grid, 99, rows, 4, &count), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_filter_select_rows(NULL, grid, 0, rows, 4, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_filter_select(filter, NULL, NULL, 0, &count), STTP_ERR_INVALID_ARGUMENT);
    sttp_filter_free(filter);
    sttp_metadata_free(other);
}

static void check_syntax(void) {
    sttp_filter *filter = NULL;
    sttp_expression *expression = NULL;
    CHECK_STATUS(sttp_filter_new("FILTER ActiveMeasurements WHERE", &filter), STTP_ERR_FILTER);
    CHECK(strstr(sttp_last_error(), "line 1, column ") != NULL);
    CHECK_STATUS(sttp_filter_new(NULL, &filter), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_filter_new("True", NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_expression_new("1 +", &expression), STTP_ERR_FILTER);
    CHECK_STATUS(sttp_expression_new(NULL, &expression), STTP_ERR_INVALID_ARGUMENT);
    CHECK(filter == NULL && expression == NULL);
    sttp_filter_free(filter);
    sttp_expression_free(expression);
}

static void check_lists(void) {
    sttp_filter *filter = compile("PPA:1, 0.5, 2; SHELBY:FREQ; \"A:B\"");
    const char *text = NULL;
    double adder = -1;
    double multiplier = -1;
    CHECK_OK(sttp_filter_portable(filter, &text));
    CHECK_TEXT(text, "PPA:1; \"SHELBY:FREQ\"; \"A:B\"");
    CHECK_OK(sttp_filter_adjustment(filter, 0, &adder, &multiplier));
    CHECK(adder == 0.5 && multiplier == 2);
    CHECK_OK(sttp_filter_adjustment(filter, 1, &adder, &multiplier));
    CHECK(adder == 0 && multiplier == 1);
    CHECK_STATUS(sttp_filter_adjustment(filter, 3, &adder, &multiplier), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_filter_adjustment(filter, 0, NULL, &multiplier), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_filter_portable(NULL, &text), STTP_ERR_INVALID_ARGUMENT);
    sttp_filter_free(filter);
}

static void check_expression(const sttp_metadata *grid) {
    sttp_expression *expression = NULL;
    sttp_value value;
    char text[STTP_VALUE_TEXT_SIZE];
    size_t measurements = find_table(grid, "MeasurementDetail");
    int frequencies = 0;
    CHECK_OK(sttp_expression_new("SignalAcronym = 'FREQ'", &expression));
    for (size_t row = 0; row < GRID_SIZE; row++) {
        CHECK_OK(sttp_expression_evaluate(expression, grid, measurements, row, &value, NULL, 0));
        CHECK(value.type == STTP_TYPE_BOOLEAN && !value.is_null);
        frequencies += (int)value.integer;
    }
    CHECK(frequencies == 2);
    CHECK_STATUS(sttp_expression_evaluate(expression, grid, measurements, GRID_SIZE, &value, NULL, 0),
                 STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_expression_evaluate(expression, grid, find_table(grid, "DeviceDetail"), 0, &value, NULL, 0),
                 STTP_ERR_FILTER);
    CHECK_STATUS(sttp_expression_evaluate(expression, NULL, 0, 0, &value, NULL, 0), STTP_ERR_FILTER);
    CHECK_STATUS(sttp_expression_evaluate(NULL, grid, measurements, 0, &value, NULL, 0), STTP_ERR_INVALID_ARGUMENT);
    sttp_expression_free(expression);
    CHECK_OK(sttp_expression_new("1 + 2 * 3", &expression));
    CHECK_OK(sttp_expression_evaluate(expression, NULL, 0, 0, NULL, text, sizeof text));
    CHECK_TEXT(text, "9");
    sttp_expression_free(expression);
}

int main(void) {
    sttp_metadata *grid = make_grid();
    check_selection(grid);
    check_syntax();
    check_lists();
    check_expression(grid);
    sttp_metadata_free(grid);
    return check_report("test_filters");
}
