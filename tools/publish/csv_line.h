/* Lines of CSV: their fields, with the separators and quotes of many programs. */
#ifndef STTP_CSV_LINE_H
#define STTP_CSV_LINE_H

#include <stddef.h>

struct csv_line {
    char **fields; /* without blanks around them; where the line was */
    size_t count;
    size_t capacity;
};

void csv_line_free(struct csv_line *line);

/* A field; empty when the line has not as many. */
const char *csv_field(const struct csv_line *line, size_t column);

/* What separates the fields of a line: a tab, a semicolon, a vertical bar or a comma, whatever there is most of. */
char csv_separator(const char *text);

/* Cuts a line, which is changed, at its separators. 0, or -1 with a sentence that says what is wrong in `problem`. */
int csv_split(struct csv_line *line, char *text, char separator, const char **problem);

#endif
