/* Text that grows as it is made: log lines, metrics, and JSON. */
#ifndef STTP_TEXT_H
#define STTP_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Begins as {0}. What there was no memory for is missing, and `failed` says so. */
struct text {
    char *bytes; /* ends with a NUL; NULL while it is empty */
    size_t length;
    size_t capacity;
    int failed;
};

void text_add(struct text *text, const char *format, ...);

/* A text from elsewhere, without what would move the cursor of a terminal. */
void text_add_shown(struct text *text, const char *value);

/* How many bytes a text takes in JSON, with its quotes; written there unless `out` is NULL. Bytes that are no UTF-8 become
 * question marks. */
size_t write_json_text(char *out, const char *value);

/* The same. */
void text_add_json(struct text *text, const char *value);

/* The same, or null for NULL. */
void text_add_json_or_null(struct text *text, const char *value);

/* A number of JSON in so many decimals; null for what is no number. */
void text_add_json_number(struct text *text, double value, int decimals);

/* Writes it to a stream in one piece, and frees it. 0, or -1 with errno set. */
int text_write(struct text *text, FILE *stream);

/* Writes it to a file, "-" for standard output, and frees it. 0, or -1 after saying why not. */
int text_write_file(struct text *text, const char *path);

void text_free(struct text *text);

#endif
