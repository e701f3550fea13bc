#include "blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char header[] = "signal_id,bytes";

struct block_reader {
    const char *path;
    FILE *file;
    char *line;
    size_t capacity;
    unsigned long number;
    int has_rows;
};

struct block_reader *blocks_open(const char *path) {
    struct block_reader *reader = (struct block_reader *)calloc(1, sizeof *reader);
    if (reader == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    reader->path = path;
    reader->file = fopen(path, "r");
    if (reader->file == NULL) {
        tool_error("cannot read %s: %s", path, strerror(errno));
        free(reader);
        return NULL;
    }
    return reader;
}

void blocks_close(struct block_reader *reader) {
    if (reader != NULL) {
        fclose(reader->file);
        free(reader->line);
        free(reader);
    }
}

static int digit(char character) {
    static const char digits[] = "0123456789abcdef";
    const char *found = character == '\0' ? NULL : strchr(digits, character | 0x20);
    return found != NULL ? (int)(found - digits) : -1;
}

/* Turns digits into bytes where they stand. The number of bytes, or -1. */
static long decode(char *digits) {
    size_t count = 0;
    for (; digits[2 * count] != '\0'; count++) {
        int high = digit(digits[2 * count]);
        int low = high < 0 ? -1 : digit(digits[2 * count + 1]);
        if (low < 0) {
            return -1;
        }
        digits[count] = (char)(high << 4 | low);
    }
    return (long)count;
}

static int wrong_line(const struct block_reader *reader) {
    tool_error("%s, line %lu: not a signal ID, a comma and pairs of hexadecimal digits", reader->path, reader->number);
    return -1;
}

/* Reads a line, without what ends it. 1, 0 at the end of the file, or -1 with errno set. */
static int read_line(struct block_reader *reader) {
    size_t length = 0;
    int character = '\0';
    for (;;) {
        if (length == reader->capacity) {
            size_t capacity = reader->capacity * 2 + 256;
            char *grown = (char *)realloc(reader->line, capacity);
            if (grown == NULL) {
                return -1;
            }
            reader->line = grown;
            reader->capacity = capacity;
        }
        character = getc(reader->file);
        if (character == EOF || character == '\n') {
            break;
        }
        reader->line[length++] = (char)character;
    }
    length -= length > 0 && reader->line[length - 1] == '\r';
    reader->line[length] = '\0';
    return ferror(reader->file) ? -1 : length > 0 || character == '\n';
}

int blocks_next(struct block_reader *reader, sttp_guid *signal_id, const uint8_t **data, size_t *size) {
    int found = read_line(reader);
    if (found < 0) {
        tool_error("cannot read %s: %s", reader->path, strerror(errno));
        return -1;
    }
    if (found == 0 && !reader->has_rows) {
        tool_error("%s has no rows signal_id,bytes", reader->path);
        return -1;
    }
    if (found == 0) {
        return 0;
    }
    reader->number++;
    if (reader->number == 1 && strcmp(reader->line, header) == 0) {
        return blocks_next(reader, signal_id, data, size);
    }
    reader->has_rows = 1;
    char *comma = strchr(reader->line, ',');
    if (comma == NULL) {
        return wrong_line(reader);
    }
    *comma = '\0';
    long count = decode(comma + 1);
    if (count < 0 || sttp_guid_parse(reader->line, signal_id) != STTP_OK) {
        return wrong_line(reader);
    }
    *data = (const uint8_t *)comma + 1;
    *size = (size_t)count;
    return 1;
}

void blocks_write_header(FILE *file) {
    fprintf(file, "%s\n", header);
}

void blocks_write(FILE *file, const sttp_guid *signal_id, const uint8_t *data, size_t size) {
    char text[STTP_GUID_TEXT_SIZE] = "";
    sttp_guid_format(signal_id, text, sizeof text);
    fprintf(file, "%s,", text);
    for (size_t i = 0; i < size; i++) {
        fprintf(file, "%02x", data[i]);
    }
    fputc('\n', file);
}
