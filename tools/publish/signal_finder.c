#include "signal_finder.h"

#include <stdio.h>
#include <string.h>

int signal_find(const sttp_metadata *metadata, const char *text, sttp_guid *signal_id, uint32_t *index) {
    sttp_measurement_metadata measurement;
    size_t row = 0;
    if (sttp_guid_parse(text, signal_id) == STTP_OK) {
        int32_t status = sttp_metadata_find_measurement(metadata, signal_id, &row);
        *index = (uint32_t)row;
        return status == STTP_OK ? 0 : -1;
    }
    if (text[0] == '\0' || (sttp_metadata_find_measurement_by_tag(metadata, text, &row) != STTP_OK &&
                            sttp_metadata_find_measurement_by_key(metadata, text, &row) != STTP_OK)) {
        return -1;
    }
    if (sttp_metadata_measurement(metadata, row, &measurement, sizeof measurement) != STTP_OK) {
        return -1;
    }
    *signal_id = measurement.signal_id;
    *index = (uint32_t)row;
    return 0;
}

size_t column_name_length(const char *text, const char **unit) {
    size_t length = strlen(text);
    *unit = NULL;
    if (length < 3 || (text[length - 1] != ']' && text[length - 1] != ')')) {
        return length;
    }
    const char *begin = strrchr(text, text[length - 1] == ']' ? '[' : '(');
    if (begin == NULL || begin == text) {
        return length;
    }
    *unit = begin + 1;
    while (begin > text && begin[-1] == ' ') {
        begin--;
    }
    return (size_t)(begin - text);
}

int signal_find_column(const sttp_metadata *metadata, const char *text, sttp_guid *signal_id, uint32_t *index) {
    const char *unit = NULL;
    char name[512];
    size_t length = column_name_length(text, &unit);
    if (signal_find(metadata, text, signal_id, index) == 0) {
        return 0;
    }
    if (unit == NULL || length >= sizeof name) {
        return -1;
    }
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    return signal_find(metadata, name, signal_id, index);
}
