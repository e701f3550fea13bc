#include "csv_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void csv_line_free(struct csv_line *line) {
    free(line->fields);
    memset(line, 0, sizeof *line);
}

const char *csv_field(const struct csv_line *line, size_t column) {
    return column < line->count ? line->fields[column] : "";
}

char csv_separator(const char *text) {
    static const char separators[] = "\t;|,";
    size_t counts[sizeof separators - 1] = {0};
    int is_quoted = 0;
    size_t best = sizeof separators - 2;
    for (; *text != '\0'; text++) {
        const char *found = is_quoted ? NULL : strchr(separators, *text);
        is_quoted ^= *text == '"';
        if (found != NULL) {
            counts[found - separators]++;
        }
    }
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return separators[best];
}

static int add_field(struct csv_line *line, char *field) {
    if (line->count == line->capacity) {
        size_t capacity = line->capacity * 2 + 32;
        char **fields = (char **)realloc(line->fields, capacity * sizeof *fields);
        if (fields == NULL) {
            return -1;
        }
        line->fields = fields;
        line->capacity = capacity;
    }
    line->fields[line->count++] = field;
    return 0;
}

static int is_blank(char byte, char separator) {
    return byte != separator && isspace((unsigned char)byte);
}

/* Ends a field that ends there, before blanks. */
static void trim(char *begin, char *end) {
    while (end > begin && isspace((unsigned char)end[-1])) {
        end--;
    }
    *end = '\0';
}

/* Takes a quoted field, whose quotes and doubled quotes go; what follows it, or NULL when it does not end. */
static char *take_quoted(char *text, char **field) {
    char *out = text;
    *field = text;
    for (char *in = text + 1; *in != '\0'; in++) {
        if (in[0] == '"' && in[1] != '"') {
            *out = '\0';
            return in + 1;
        }
        in += in[0] == '"';
        *out++ = *in;
    }
    return NULL;
}

int csv_split(struct csv_line *line, char *text, char separator, const char **problem) {
    line->count = 0;
    for (int is_last = 0; !is_last;) {
        char *field = NULL;
        char *end = NULL;
        while (is_blank(*text, separator)) {
            text++;
        }
        if (*text == '"') {
            end = take_quoted(text, &field);
            while (end != NULL && is_blank(*end, separator)) {
                end++;
            }
            if (end == NULL || (*end != separator && *end != '\0')) {
                *problem = end == NULL ? "a quote does not end in this line; texts of several lines cannot be read"
                                       : "something follows the quote that ends a field; a quote in a text is doubled";
                return -1;
            }
            is_last = *end == '\0';
        } else {
            field = text;
            end = strchr(text, separator);
            end = end != NULL ? end : text + strlen(text);
            is_last = *end == '\0';
            trim(field, end);
        }
        if (add_field(line, field) != 0) {
            *problem = "there is not enough memory for its fields";
            return -1;
        }
        text = end + 1;
    }
    return 0;
}
