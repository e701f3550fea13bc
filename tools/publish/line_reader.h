/* Lines of a file, a pipe or standard input, as they come: what has arrived can be used while the rest is waited for. */
#ifndef STTP_LINE_READER_H
#define STTP_LINE_READER_H

#include <stdint.h>

struct line_reader;

enum line_status {
    LINE_READ,
    LINE_LATER,   /* nothing complete has come in time */
    LINE_END,     /* of the file */
    LINE_BAD,     /* not a line of text; the next one can be read */
    LINE_FAILED   /* the system cannot read on */
};

/* Opens a file; "-" is standard input. Files that end with .gz and .zst are compressed; of
 * Parquet the lines are those that sttp-parquet makes of it. NULL after saying why on stderr. */
struct line_reader *lines_open(const char *path);
void lines_close(struct line_reader *reader);

/* The next line, NUL-terminated and without its end, in `line`, where it may be changed until the next call. With
 * LINE_BAD and LINE_FAILED, `line` says what is wrong. Waits up to `seconds`; a regular file is there at once. */
enum line_status lines_next(struct line_reader *reader, double seconds, char **line);

/* Number of the line that lines_next gave last, from 1. */
uint64_t lines_number(const struct line_reader *reader);

/* How much of the file has been read, from 0 to 1; negative when nobody knows. */
double lines_part(const struct line_reader *reader);

/* Whether they are made of a file that has none, Parquet. */
int lines_are_converted(const struct line_reader *reader);

/* Whether it is a file that can be read more than once. */
int lines_are_kept(const char *path);

#endif
