#include "line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/packed.h"
#include "../common/tool.h"
#include "parquet.h"

#define LONGEST_LINE (1024 * 1024)
#define FIRST_CAPACITY 65536

struct line_reader {
    int descriptor;
    struct pack_reader *source;
    struct parquet *parquet; /* that the lines come from; its descriptor is the reader's */
    uint64_t size; /* of the file; 0: nobody knows */
    int comes_slowly; /* somebody else may still be writing it */
    int ended;
    int skips; /* what is left of a line that was too long */
    uint64_t number;
    size_t begin;
    size_t end;
    size_t capacity;
    char *bytes; /* one more than the capacity */
};

/* Takes the descriptor. NULL when there is no memory. */
static struct line_reader *make_reader(int descriptor, enum packing packing) {
    struct line_reader *reader = (struct line_reader *)calloc(1, sizeof *reader);
    if (reader != NULL) {
        reader->descriptor = descriptor;
        reader->capacity = FIRST_CAPACITY;
        reader->bytes = (char *)malloc(FIRST_CAPACITY + 1);
        reader->source = pack_reader_new(descriptor, packing);
    }
    if (reader == NULL) {
        close(descriptor);
    }
    if (reader != NULL && (reader->bytes == NULL || reader->source == NULL)) {
        lines_close(reader);
        return NULL;
    }
    return reader;
}

/* Of Parquet, the lines that it is turned into: all of them, from the first one on, each time. */
static struct line_reader *open_parquet(const char *path) {
    struct parquet *parquet = parquet_open(path);
    struct line_reader *reader = parquet != NULL ? make_reader(parquet_descriptor(parquet), PACKING_NONE) : NULL;
    if (reader != NULL) {
        reader->parquet = parquet;
    } else if (parquet != NULL) {
        tool_error("not enough memory to read %s", path);
        parquet_close(parquet);
    }
    return reader;
}

struct line_reader *lines_open(const char *path) {
    struct stat status;
    if (packing_check(path) != 0) {
        return NULL;
    }
    int descriptor = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        tool_error("cannot open %s: %s", path, strerror(errno));
        return NULL;
    }
    if (S_ISREG(status.st_mode) && packing_of(path) == PACKING_NONE && strcmp(path, "-") != 0 && parquet_is_open(descriptor)) {
        close(descriptor);
        return open_parquet(path);
    }
    struct line_reader *reader = make_reader(descriptor, packing_of(path));
    if (reader == NULL) {
        tool_error("not enough memory to read %s", path);
        return NULL;
    }
    /* Of what is compressed, nobody knows how much of it makes a line. */
    reader->comes_slowly = !S_ISREG(status.st_mode) && packing_of(path) == PACKING_NONE;
    reader->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    return reader;
}

void lines_close(struct line_reader *reader) {
    if (reader != NULL) {
        parquet_close(reader->parquet);
        close(reader->descriptor);
        pack_reader_free(reader->source);
        free(reader->bytes);
        free(reader);
    }
}

int lines_are_kept(const char *path) {
    struct stat status;
    return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

int lines_are_converted(const struct line_reader *reader) {
    return reader->parquet != NULL;
}

double lines_part(const struct line_reader *reader) {
    off_t place = reader->size > 0 ? lseek(reader->descriptor, 0, SEEK_CUR) : -1;
    return place >= 0 ? (double)place / (double)reader->size : -1.0;
}

uint64_t lines_number(const struct line_reader *reader) {
    return reader->number;
}

/* Leaves out the mark that some editors put in front of the first line. */
static char *skip_byte_order_mark(char *first, size_t *length) {
    static const char mark[] = "\xEF\xBB\xBF";
    size_t skipped = *length >= 3 && memcmp(first, mark, 3) == 0 ? 3 : 0;
    *length -= skipped;
    return first + skipped;
}

/* Takes what is there up to `length`, and the end of the line behind it. */
static enum line_status take(struct line_reader *reader, size_t length, char **line) {
    *line = reader->bytes + reader->begin;
    reader->begin += length + (reader->begin + length < reader->end);
    reader->number++;
    *line = reader->number == 1 ? skip_byte_order_mark(*line, &length) : *line;
    length -= length > 0 && (*line)[length - 1] == '\r';
    if (reader->number == 1 && parquet_begins(*line, length)) {
        *line = (char *)"it is Apache Parquet, which cannot be read from a pipe; give the name of the file";
        return LINE_FAILED;
    }
    (*line)[length] = '\0';
    if (length > LONGEST_LINE) {
        *line = (char *)"the line is longer than 1,048,576 bytes: is this a CSV file?";
        return LINE_BAD;
    }
    if (strlen(*line) < length) {
        *line = (char *)"there is a zero byte in it: is this a CSV file?";
        return LINE_BAD;
    }
    if (strchr(*line, '\r') != NULL) {
        *line = (char *)"carriage returns alone do not end lines here; turn them into line feeds";
        return LINE_BAD;
    }
    return LINE_READ;
}

/* Makes room for more behind what is there; 0 when there is no memory. */
static int make_room(struct line_reader *reader) {
    memmove(reader->bytes, reader->bytes + reader->begin, reader->end - reader->begin);
    reader->end -= reader->begin;
    reader->begin = 0;
    if (reader->end < reader->capacity) {
        return 1;
    }
    char *larger = (char *)realloc(reader->bytes, reader->capacity * 2 + 1);
    if (larger != NULL) {
        reader->bytes = larger;
        reader->capacity *= 2;
    }
    return larger != NULL;
}

/* Reads more behind what is there; what else than LINE_READ ends lines_next. */
static enum line_status fill(struct line_reader *reader, double seconds, char **problem) {
    if (!make_room(reader)) {
        *problem = strerror(ENOMEM);
        return LINE_FAILED;
    }
    if (reader->comes_slowly && !tool_wait_readable(reader->descriptor, seconds)) {
        return LINE_LATER;
    }
    ssize_t count = pack_reader_read(reader->source, reader->bytes + reader->end, reader->capacity - reader->end);
    if (count < 0) {
        *problem = errno == EILSEQ ? (char *)"what is compressed ends too early, or is none of that kind; is all of it there?"
                                   : strerror(errno);
        return errno == EINTR ? LINE_LATER : LINE_FAILED;
    }
    reader->end += (size_t)count;
    reader->ended = count == 0;
    if (reader->ended && reader->parquet != NULL && parquet_finish(reader->parquet) != 0) {
        *problem = (char *)"sttp-parquet has failed, and says why above";
        return LINE_FAILED;
    }
    return LINE_READ;
}

enum line_status lines_next(struct line_reader *reader, double seconds, char **line) {
    for (;;) {
        const char *bytes = reader->bytes + reader->begin;
        size_t there = reader->end - reader->begin;
        const char *feed = (const char *)memchr(bytes, '\n', there);
        size_t length = feed != NULL ? (size_t)(feed - bytes) : there;
        if (reader->skips) {
            reader->begin += length + (feed != NULL);
            reader->skips = feed == NULL;
        } else if (feed != NULL || there > LONGEST_LINE || (reader->ended && there > 0)) {
            reader->skips = feed == NULL && !reader->ended;
            return take(reader, length, line);
        }
        if (feed == NULL && reader->ended) {
            return LINE_END;
        }
        if (feed == NULL) {
            enum line_status status = fill(reader, seconds, line);
            if (status != LINE_READ) {
                return status;
            }
        }
    }
}
