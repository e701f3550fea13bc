#include "rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)
#define LONGEST_ROW 256
#define GUID_LENGTH (STTP_GUID_TEXT_SIZE - 1)

/* Signals with a higher index than this are formatted anew for each row, so that no peer can make the cache huge. */
#define MOST_CACHED_SIGNALS (1U << 20)

/* The text of a signal ID, kept because formatting one costs more than the rest of its row. */
struct signal_text {
    sttp_guid signal_id;
    char text[STTP_GUID_TEXT_SIZE];
};

struct row_writer {
    int descriptor;
    int as_json;
    int marks_recovered;
    int error;
    size_t length;
    struct signal_text *signals; /* by signal index */
    uint32_t signal_count;
    int64_t timestamp; /* of which `timestamp_text` is the text: neighbours mostly share it */
    size_t timestamp_length;
    char timestamp_text[STTP_TIME_TEXT_SIZE + 2];
    char bytes[BUFFER_SIZE];
};

struct row_writer *rows_new(int descriptor, int as_json, int marks_recovered) {
    struct row_writer *writer = (struct row_writer *)calloc(1, sizeof *writer);
    if (writer != NULL) {
        writer->descriptor = descriptor;
        writer->as_json = as_json;
        writer->marks_recovered = marks_recovered;
    }
    return writer;
}

void rows_free(struct row_writer *writer) {
    if (writer != NULL) {
        free(writer->signals);
        free(writer);
    }
}

static char *append(char *out, const char *text, size_t length) {
    memcpy(out, text, length);
    return out + length;
}

#define APPEND_LITERAL(out, literal) append((out), (literal), sizeof(literal) - 1)

static char *append_unsigned(char *out, uint64_t number) {
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return append(out, digits + first, sizeof digits - first);
}

static char *append_signed(char *out, int64_t number) {
    if (number < 0) {
        *out++ = '-';
        return append_unsigned(out, 0 - (uint64_t)number);
    }
    return append_unsigned(out, (uint64_t)number);
}

/* In quotes. Times that ISO 8601 does not have, after the year 9999, are ticks. */
static char *append_time(char *out, int64_t timestamp) {
    *out++ = '"';
    if (sttp_time_format(timestamp, out, STTP_TIME_TEXT_SIZE) == STTP_OK) {
        out += strlen(out);
    } else {
        out = append_signed(out, timestamp);
    }
    *out++ = '"';
    return out;
}

static char *append_timestamp(struct row_writer *writer, char *out, int64_t timestamp) {
    if (writer->timestamp_length == 0 || writer->timestamp != timestamp) {
        char *end = (writer->as_json ? append_time : append_signed)(writer->timestamp_text, timestamp);
        writer->timestamp_length = (size_t)(end - writer->timestamp_text);
        writer->timestamp = timestamp;
    }
    return append(out, writer->timestamp_text, writer->timestamp_length);
}

/* Grows the cache so that it has a place for `index`; 0 if it has none. */
static int make_place(struct row_writer *writer, uint32_t index) {
    if (index < writer->signal_count) {
        return 1;
    }
    if (index >= MOST_CACHED_SIGNALS) {
        return 0;
    }
    uint32_t count = index + index / 2 + 64;
    struct signal_text *signals = (struct signal_text *)realloc(writer->signals, count * sizeof *signals);
    if (signals == NULL) {
        return 0;
    }
    memset(signals + writer->signal_count, 0, (count - writer->signal_count) * sizeof *signals);
    writer->signals = signals;
    writer->signal_count = count;
    return 1;
}

static char *append_signal_id(struct row_writer *writer, char *out, const sttp_measurement *measurement) {
    if (!make_place(writer, measurement->signal_index)) {
        char text[STTP_GUID_TEXT_SIZE];
        sttp_guid_format(&measurement->signal_id, text, sizeof text);
        return append(out, text, GUID_LENGTH);
    }
    struct signal_text *known = &writer->signals[measurement->signal_index];
    /* An index means another signal after the publisher sent a new signal index cache. */
    if (known->text[0] == '\0' || memcmp(&known->signal_id, &measurement->signal_id, sizeof(sttp_guid)) != 0) {
        known->signal_id = measurement->signal_id;
        sttp_guid_format(&known->signal_id, known->text, sizeof known->text);
    }
    return append(out, known->text, GUID_LENGTH);
}

static char *append_value(char *out, double value) {
    sttp_value_format(value, out, STTP_VALUE_TEXT_SIZE);
    return out + strlen(out);
}

static char *append_json_value(char *out, double value) {
    if (isnan(value)) {
        return APPEND_LITERAL(out, "\"NaN\"");
    }
    if (isinf(value)) {
        return value > 0.0 ? APPEND_LITERAL(out, "\"Infinity\"") : APPEND_LITERAL(out, "\"-Infinity\"");
    }
    /* As a whole number it would lose its sign. */
    if (value == 0.0 && signbit(value)) {
        return APPEND_LITERAL(out, "-0.0");
    }
    return append_value(out, value);
}

static char *begin_row(struct row_writer *writer) {
    if (BUFFER_SIZE - writer->length < LONGEST_ROW) {
        rows_flush(writer);
    }
    return writer->bytes + writer->length;
}

static void end_row(struct row_writer *writer, const char *end) {
    writer->length = (size_t)(end - writer->bytes);
}

void rows_add_csv_header(struct row_writer *writer) {
    char *out = APPEND_LITERAL(begin_row(writer), "signal_id,timestamp,flags,value");
    out = writer->marks_recovered ? APPEND_LITERAL(out, ",recovered\n") : APPEND_LITERAL(out, "\n");
    end_row(writer, out);
}

static void add_csv(struct row_writer *writer, const sttp_measurement *measurement, int recovered) {
    char *out = append_signal_id(writer, begin_row(writer), measurement);
    *out++ = ',';
    out = append_timestamp(writer, out, measurement->timestamp);
    *out++ = ',';
    out = append_unsigned(out, measurement->flags);
    *out++ = ',';
    out = append_value(out, measurement->value);
    if (writer->marks_recovered) {
        out = recovered ? APPEND_LITERAL(out, ",1") : APPEND_LITERAL(out, ",0");
    }
    *out++ = '\n';
    end_row(writer, out);
}

static void add_json(struct row_writer *writer, const sttp_measurement *measurement, int recovered) {
    char *out = APPEND_LITERAL(begin_row(writer), "{\"signal_id\":\"");
    out = append_signal_id(writer, out, measurement);
    out = APPEND_LITERAL(out, "\",\"timestamp\":");
    out = append_timestamp(writer, out, measurement->timestamp);
    out = APPEND_LITERAL(out, ",\"flags\":");
    out = append_unsigned(out, measurement->flags);
    out = APPEND_LITERAL(out, ",\"value\":");
    out = append_json_value(out, measurement->value);
    if (writer->marks_recovered) {
        out = recovered ? APPEND_LITERAL(out, ",\"recovered\":true") : APPEND_LITERAL(out, ",\"recovered\":false");
    }
    out = APPEND_LITERAL(out, "}\n");
    end_row(writer, out);
}

void rows_add(struct row_writer *writer, const sttp_measurement *measurement, int recovered) {
    (writer->as_json ? add_json : add_csv)(writer, measurement, recovered);
}

int rows_flush(struct row_writer *writer) {
    size_t done = 0;
    while (done < writer->length && writer->error == 0) {
        ssize_t written = write(writer->descriptor, writer->bytes + done, writer->length - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            writer->error = written == 0 ? EIO : errno;
        }
    }
    writer->length = 0;
    return writer->error;
}
