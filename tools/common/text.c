#include "text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Room for so many bytes more and a NUL; zero when there is none. */
static int make_room(struct text *text, size_t more) {
    if (text->failed) {
        return 0;
    }
    if (text->length + more + 1 > text->capacity) {
        size_t capacity = (text->length + more + 1) * 2;
        char *larger = (char *)realloc(text->bytes, capacity);
        if (larger == NULL) {
            text->failed = 1;
            return 0;
        }
        text->bytes = larger;
        text->capacity = capacity;
    }
    return 1;
}

void text_add(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !make_room(text, (size_t)length)) {
        text->failed = 1;
        return;
    }
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_add_shown(struct text *text, const char *value) {
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        text_add(text, "%c", byte < 0x20 || byte == 0x7F ? '?' : byte);
    }
}

/* Bytes of the UTF-8 character that begins here; 0 when none does. */
static size_t character_length(const unsigned char *bytes) {
    size_t length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : bytes[0] < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    /* Longer forms than needed, halves of pairs, and what is beyond the last character. */
    if ((bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xED && bytes[1] >= 0xA0) ||
        (bytes[0] == 0xF0 && bytes[1] < 0x90) || (bytes[0] == 0xF4 && bytes[1] >= 0x90)) {
        return 0;
    }
    return length;
}

static size_t put(char *out, size_t length, const char *bytes, size_t count) {
    if (out != NULL) {
        memcpy(out + length, bytes, count);
    }
    return length + count;
}

size_t write_json_text(char *out, const char *value) {
    const unsigned char *bytes = (const unsigned char *)value;
    size_t done = put(out, 0, "\"", 1);
    while (*bytes != '\0') {
        char escaped[8];
        size_t length = character_length(bytes);
        if (length == 0) {
            done = put(out, done, "?", 1);
            length = 1;
        } else if (*bytes < 0x20 || *bytes == 0x7F) {
            done = put(out, done, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", *bytes));
        } else {
            done = put(out, done, "\\", *bytes == '"' || *bytes == '\\' ? 1 : 0);
            done = put(out, done, (const char *)bytes, length);
        }
        bytes += length;
    }
    return put(out, done, "\"", 1);
}

void text_add_json(struct text *text, const char *value) {
    const size_t length = write_json_text(NULL, value);
    if (make_room(text, length)) {
        text->length += write_json_text(text->bytes + text->length, value);
        text->bytes[text->length] = '\0';
    }
}

void text_add_json_or_null(struct text *text, const char *value) {
    if (value == NULL) {
        text_add(text, "null");
    } else {
        text_add_json(text, value);
    }
}

void text_add_json_number(struct text *text, double value, int decimals) {
    if (isfinite(value)) {
        text_add(text, "%.*f", decimals, value);
    } else {
        text_add(text, "null");
    }
}

int text_write(struct text *text, FILE *stream) {
    int complete = !text->failed && fwrite(text->bytes, 1, text->length, stream) == text->length;
    if (text->failed) {
        errno = ENOMEM;
    }
    int error = errno;
    text_free(text);
    errno = error;
    return complete ? 0 : -1;
}

int text_write_file(struct text *text, const char *path) {
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    int failed = file == NULL || text_write(text, file) != 0;
    if (file != NULL && file != stdout && fclose(file) != 0) {
        failed = 1;
    }
    if (failed) {
        tool_error("cannot write to %s: %s", path, strerror(errno));
    }
    text_free(text);
    return failed ? -1 : 0;
}

void text_free(struct text *text) {
    free(text->bytes);
    memset(text, 0, sizeof *text);
}
