/* Where rows go: standard output, a file, or one file after another. */
#ifndef STTP_RECORDING_H
#define STTP_RECORDING_H

#include <stddef.h>
#include <stdint.h>

struct recording_plan {
    const char *path; /* NULL: standard output. Files that end with .gz and .zst are compressed */
    int overwrites;   /* a file that is there; else it is left alone, and there is no recording */
    int appends;      /* to a file that is there, unless it is compressed and has no end: then to another one */
    uint64_t most_bytes; /* of a file, before the compression; 0: no limit */
    double seconds;      /* that a file is of; 0: no limit. Files begin at whole multiples of it in UTC */
};

struct recording;

/* Begins the first file. With a limit the time when it was begun goes into the name of each, in front of its endings.
 * NULL after saying why not. */
struct recording *recording_open(const struct recording_plan *plan);

/* Nonzero when nothing is in the file yet, so that the names of the columns belong there. */
int recording_is_empty(const struct recording *recording);

/* Whether a file that is appended to begins with these bytes, the names of the columns and the end of their line. 0, or
 * -1 after saying that it does not. */
int recording_continues(const struct recording *recording, const char *text, size_t length);

/* Nonzero when there can be one file after another. */
int recording_turns(const struct recording *recording);

/* Nonzero when this file has what it may have. */
int recording_is_full(const struct recording *recording);

/* Ends this file, and begins the next. 0, or -1 after saying why not. */
int recording_turn(struct recording *recording);

/* 0, or the errno of the first failure. */
int recording_write(struct recording *recording, const char *bytes, size_t length);

/* Makes what was written readable, should the program be killed: to be called twice a second. 0, or the errno of the first
 * failure. */
int recording_tick(struct recording *recording);

/* The file, or what stands for it. */
const char *recording_name(const struct recording *recording);

/* Ends the file. 0, or the errno of the first failure. NULL is let through. */
int recording_close(struct recording *recording);

/* A file to write to; what somebody has recorded before stays unless it is to be overwritten, or appended to. The
 * descriptor, or -1 after saying why not. */
int recording_descriptor(const char *path, int overwrites, int appends);

#endif
