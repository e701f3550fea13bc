/* Bytes of rows on their way to a recording, and how what rows have is written. Several million rows a second. */
#ifndef STTP_ROW_TEXT_H
#define STTP_ROW_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "recording.h"
#include "sttp.h"

#define ROW_TEXT_SIZE (256 * 1024)

/* The text of a time is kept: neighbours mostly share it. */
struct time_text {
    int64_t ticks;
    size_t length; /* 0: there is none yet */
    char text[STTP_TIME_TEXT_SIZE + 2];
};

struct row_text {
    struct recording *recording;
    int error; /* errno of the first write that failed */
    size_t length;
    struct time_text ticks;
    struct time_text iso;
    uint32_t flags; /* of which `flag_names` are the names */
    size_t flag_names_length;
    char flag_names[STTP_FLAGS_TEXT_SIZE];
    char bytes[ROW_TEXT_SIZE];
};

/* Bytes that any of the functions below writes at most. */
#define ROW_TEXT_LONGEST 1024

/* A place for `needed` bytes, at most ROW_TEXT_SIZE; what is there may be handed to the recording. What was written is
 * taken by row_text_take, which is told its end. */
char *row_text_place(struct row_text *text, size_t needed);
void row_text_take(struct row_text *text, const char *end);

/* Adds any number of bytes. */
void row_text_add(struct row_text *text, const char *bytes, size_t length);

/* Hands everything to the recording. 0, or the errno of the first write that failed. */
int row_text_flush(struct row_text *text);

/* The rest writes behind `out`, and returns the end. */
static inline char *append_bytes(char *out, const char *bytes, size_t length) {
    memcpy(out, bytes, length);
    return out + length;
}

#define APPEND_LITERAL(out, literal) append_bytes((out), (literal), sizeof(literal) - 1)

static inline char *append_unsigned(char *out, uint64_t number) {
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return append_bytes(out, digits + first, sizeof digits - first);
}

char *append_ticks(struct row_text *text, char *out, int64_t ticks);

/* ISO 8601 in UTC. Times that it does not have, after the year 9999, are ticks. */
char *append_iso(struct row_text *text, char *out, int64_t ticks);

/* With spaces in between; nothing when none is set. */
char *append_flag_names(struct row_text *text, char *out, uint32_t flags);

/* In the shortest form that reads back to the same float32. */
char *append_value(char *out, double value);

/* The same; "NaN", "Infinity" and "-Infinity" with their quotes, since JSON has no such numbers. */
char *append_json_value(char *out, double value);

/* How many bytes a text takes as a field of CSV; written there unless `out` is NULL. Of JSON, see text.h. */
size_t write_csv_text(char *out, const char *text);

#endif
