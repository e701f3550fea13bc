#include "row_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* -- bytes -- */

char *row_text_place(struct row_text *text, size_t needed) {
    if (ROW_TEXT_SIZE - text->length < needed) {
        row_text_flush(text);
    }
    return text->bytes + text->length;
}

void row_text_take(struct row_text *text, const char *end) {
    text->length = (size_t)(end - text->bytes);
}

void row_text_add(struct row_text *text, const char *bytes, size_t length) {
    while (length > 0) {
        if (text->length == ROW_TEXT_SIZE) {
            row_text_flush(text);
        }
        size_t room = ROW_TEXT_SIZE - text->length;
        size_t part = length < room ? length : room;
        memcpy(text->bytes + text->length, bytes, part);
        text->length += part;
        bytes += part;
        length -= part;
    }
}

int row_text_flush(struct row_text *text) {
    if (text->error == 0) {
        text->error = recording_write(text->recording, text->bytes, text->length);
    }
    text->length = 0;
    return text->error;
}

/* -- what rows have -- */

static char *write_ticks(char *out, int64_t ticks) {
    if (ticks < 0) {
        *out++ = '-';
        return append_unsigned(out, 0 - (uint64_t)ticks);
    }
    return append_unsigned(out, (uint64_t)ticks);
}

static char *write_iso(char *out, int64_t ticks) {
    return sttp_time_format(ticks, out, STTP_TIME_TEXT_SIZE) == STTP_OK ? out + strlen(out) : write_ticks(out, ticks);
}

static char *append_time(struct time_text *known, char *out, int64_t ticks, char *(*write)(char *out, int64_t ticks)) {
    if (known->length == 0 || known->ticks != ticks) {
        known->length = (size_t)(write(known->text, ticks) - known->text);
        known->ticks = ticks;
    }
    /* All of it, whose size the compiler knows, is copied faster than what there is. */
    memcpy(out, known->text, sizeof known->text);
    return out + known->length;
}

char *append_ticks(struct row_text *text, char *out, int64_t ticks) {
    return append_time(&text->ticks, out, ticks, write_ticks);
}

char *append_iso(struct row_text *text, char *out, int64_t ticks) {
    return append_time(&text->iso, out, ticks, write_iso);
}

char *append_flag_names(struct row_text *text, char *out, uint32_t flags) {
    if (text->flags != flags) {
        sttp_flags_format(flags, text->flag_names, sizeof text->flag_names);
        text->flag_names_length = strlen(text->flag_names);
        text->flags = flags;
    }
    return append_bytes(out, text->flag_names, text->flag_names_length);
}

char *append_value(char *out, double value) {
    sttp_value_format(value, out, STTP_VALUE_TEXT_SIZE);
    return out + strlen(out);
}

char *append_json_value(char *out, double value) {
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

/* -- texts -- */

static size_t put(char *out, size_t length, const char *bytes, size_t count) {
    if (out != NULL) {
        memcpy(out + length, bytes, count);
    }
    return length + count;
}

/* RFC 4180: what contains a separator, a quote or a line break is quoted. */
size_t write_csv_text(char *out, const char *text) {
    size_t length = 0;
    if (strpbrk(text, ",\"\r\n") == NULL) {
        return put(out, 0, text, strlen(text));
    }
    length = put(out, length, "\"", 1);
    for (; *text != '\0'; text++) {
        length = put(out, length, "\"\"", *text == '"' ? 1 : 0);
        length = put(out, length, text, 1);
    }
    return put(out, length, "\"", 1);
}
