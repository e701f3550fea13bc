#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../common/packed.h"
#include "../common/tool.h"
#include "sttp.h"

#define LONGEST_PATH 4096

/* How often what is compressed is made readable, should the program be killed: up to a second ago, as recording_tick comes
 * as often. */
#define SYNC_SECONDS 0.5

/* Files of one second that may have the same name but for a number. */
#define MOST_NAMESAKES 10000

struct recording {
    struct recording_plan plan;
    int descriptor; /* -1: none */
    struct pack_writer *writer;
    int is_empty;
    int error;
    uint64_t bytes; /* of this file, those that were there before included */
    double until;   /* seconds since 1970: when the next file begins; HUGE_VAL: never */
    double synced;  /* of tool_clock: when everything was readable */
    int is_behind;  /* something has been written since then */
    char path[LONGEST_PATH];
};

static int has_limit(const struct recording_plan *plan) {
    return plan->most_bytes != 0 || plan->seconds > 0.0;
}

/* -- names -- */

/* Where the endings of a path begin: `.csv.gz` of `a/b.csv.gz`. */
static size_t length_without_endings(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t length = strlen(path);
    if (packing_of(path) != PACKING_NONE) {
        length = (size_t)(strrchr(path, '.') - path);
    }
    for (size_t at = length; at > (size_t)(name - path) + 1; at--) {
        if (path[at - 1] == '.') {
            return at - 1;
        }
    }
    return length;
}

/* 20261130T083000Z */
static int format_stamp(time_t begun, char stamp[STTP_TIME_TEXT_SIZE]) {
    char text[STTP_TIME_TEXT_SIZE];
    int64_t ticks = 0;
    if (sttp_time_from_unix((int64_t)begun, 0, &ticks) != STTP_OK || sttp_time_format(ticks, text, sizeof text) != STTP_OK) {
        return -1;
    }
    for (const char *byte = text; *byte != '\0'; byte++) {
        *stamp = *byte;
        stamp += *byte != '-' && *byte != ':';
    }
    *stamp = '\0';
    return 0;
}

/* recording-20261130T083000Z.csv, or recording-20261130T083000Z-2.csv for a second one. */
static int name_file(const struct recording_plan *plan, time_t begun, int number, char path[LONGEST_PATH]) {
    char stamp[STTP_TIME_TEXT_SIZE] = "";
    char count[16] = "";
    if (format_stamp(begun, stamp) != 0) {
        return -1;
    }
    if (number > 1) {
        snprintf(count, sizeof count, "-%d", number);
    }
    size_t length = length_without_endings(plan->path);
    int needed = snprintf(path, LONGEST_PATH, "%.*s-%s%s%s", (int)length, plan->path, stamp, count, plan->path + length);
    return needed < LONGEST_PATH ? 0 : -1;
}

/* -- files -- */

int recording_descriptor(const char *path, int overwrites, int appends) {
    struct stat status;
    int descriptor = open(path, O_WRONLY | O_CREAT | (overwrites ? O_TRUNC : 0) | (appends ? O_APPEND : 0), 0666);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        tool_error("cannot write to %s: %s", path, strerror(errno));
        return -1;
    }
    if (!appends && S_ISREG(status.st_mode) && status.st_size > 0) {
        tool_error("%s is there already (--overwrite replaces it, --append writes behind it)", path);
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* How a file ends that is to be written on. */
enum end { END_WHOLE, END_CUT_ROW, END_CUT_PACKING };

static enum end read_packed_end(int descriptor, enum packing packing) {
    char bytes[4096];
    char last = '\n';
    struct pack_reader *reader = pack_reader_new(descriptor, packing);
    ssize_t count = reader != NULL ? 1 : -1;
    while (count > 0) {
        count = pack_reader_read(reader, bytes, sizeof bytes);
        last = count > 0 ? bytes[count - 1] : last;
    }
    pack_reader_free(reader);
    return count < 0 ? END_CUT_PACKING : last == '\n' ? END_WHOLE : END_CUT_ROW;
}

static enum end read_end(const char *path) {
    const enum packing packing = packing_of(path);
    struct stat status;
    char last = '\n';
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) {
        return END_WHOLE;
    }
    int descriptor = open(path, O_RDONLY);
    enum end end = END_WHOLE;
    if (descriptor >= 0 && packing != PACKING_NONE) {
        end = read_packed_end(descriptor, packing);
    } else if (descriptor >= 0 && lseek(descriptor, -1, SEEK_END) >= 0 && read(descriptor, &last, 1) == 1) {
        end = last == '\n' ? END_WHOLE : END_CUT_ROW;
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return end;
}

static int begin_file(struct recording *recording, int overwrites, int appends) {
    struct stat status;
    recording->descriptor = recording_descriptor(recording->path, overwrites, appends);
    if (recording->descriptor < 0) {
        return -1;
    }
    recording->writer = pack_writer_new(recording->descriptor, packing_of(recording->path));
    if (recording->writer == NULL || fstat(recording->descriptor, &status) != 0) {
        tool_error("cannot write to %s: %s", recording->path, recording->writer == NULL ? "not enough memory"
                                                                                       : strerror(errno));
        return -1;
    }
    recording->is_empty = !S_ISREG(status.st_mode) || status.st_size == 0;
    recording->bytes = recording->is_empty ? 0 : (uint64_t)status.st_size;
    recording->synced = tool_clock();
    recording->is_behind = 0;
    return 0;
}

/* A file whose name nobody has. */
static int begin_named_file(struct recording *recording) {
    time_t now = time(NULL);
    double period = recording->plan.seconds;
    recording->until = period > 0.0 ? (floor((double)now / period) + 1.0) * period : HUGE_VAL;
    for (int number = 1; number < MOST_NAMESAKES; number++) {
        struct stat status;
        if (name_file(&recording->plan, now, number, recording->path) != 0) {
            tool_error("the name of --output is too long");
            return -1;
        }
        if (stat(recording->path, &status) != 0) {
            return begin_file(recording, 0, 0);
        }
    }
    tool_error("%s is there already, and so are those that are called like it", recording->path);
    return -1;
}

/* A file that is written on, when there is one. Its program may have been killed: then what comes now is a row of its own,
 * or, behind what is compressed and has no end, where nobody could read it, a file of its own. */
static int begin_on(struct recording *recording) {
    const char *path = recording->plan.path;
    const enum end end = read_end(path);
    if (end == END_CUT_PACKING) {
        if (begin_named_file(recording) != 0) {
            return -1;
        }
        tool_error("%s has no end, as when a program is killed, or is damaged; what would be appended goes to %s", path, recording->path);
        return 0;
    }
    if (begin_file(recording, 0, 1) != 0) {
        return -1;
    }
    if (end == END_CUT_ROW) {
        tool_error("%s: its last row is cut off; what is appended begins with a new line", path);
        recording->error = pack_writer_write(recording->writer, "\n", 1);
    }
    return 0;
}

static int begin(struct recording *recording) {
    const struct recording_plan *plan = &recording->plan;
    recording->descriptor = -1;
    recording->until = HUGE_VAL;
    if (plan->path == NULL) {
        recording->descriptor = STDOUT_FILENO;
        recording->is_empty = 1;
        recording->writer = pack_writer_new(STDOUT_FILENO, PACKING_NONE);
        snprintf(recording->path, sizeof recording->path, "standard output");
        return recording->writer != NULL ? 0 : -1;
    }
    if (packing_check(plan->path) != 0) {
        return -1;
    }
    if (has_limit(plan)) {
        return begin_named_file(recording);
    }
    if (strlen(plan->path) >= sizeof recording->path) {
        tool_error("the name of --output is too long");
        return -1;
    }
    strcpy(recording->path, plan->path);
    return plan->appends ? begin_on(recording) : begin_file(recording, plan->overwrites, 0);
}

struct recording *recording_open(const struct recording_plan *plan) {
    struct recording *recording = (struct recording *)calloc(1, sizeof *recording);
    if (recording == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    recording->plan = *plan;
    if (begin(recording) != 0) {
        recording_close(recording);
        return NULL;
    }
    return recording;
}

static void end(struct recording *recording) {
    int error = pack_writer_end(recording->writer);
    recording->writer = NULL;
    if (recording->descriptor >= 0 && close(recording->descriptor) != 0 && error == 0) {
        error = errno;
    }
    recording->descriptor = -1;
    recording->error = recording->error != 0 ? recording->error : error;
}

int recording_is_empty(const struct recording *recording) {
    return recording->is_empty;
}

int recording_continues(const struct recording *recording, const char *text, size_t length) {
    char *there = (char *)malloc(length + 1);
    int descriptor = open(recording->path, O_RDONLY);
    struct pack_reader *reader = descriptor >= 0 ? pack_reader_new(descriptor, packing_of(recording->path)) : NULL;
    size_t done = 0;
    ssize_t count = 1;
    while (there != NULL && reader != NULL && done < length && count > 0) {
        count = pack_reader_read(reader, there + done, length - done);
        done += count > 0 ? (size_t)count : 0;
    }
    int is_same = done == length && memcmp(there, text, length) == 0;
    pack_reader_free(reader);
    if (descriptor >= 0) {
        close(descriptor);
    }
    free(there);
    if (!is_same) {
        tool_error("%s cannot be appended to: its first row is not '%.*s', as --columns asks for", recording->path,
                   (int)(length < 200 ? length - 1 : 200), text);
        return -1;
    }
    return 0;
}

int recording_turns(const struct recording *recording) {
    return has_limit(&recording->plan);
}

int recording_is_full(const struct recording *recording) {
    return (recording->plan.most_bytes != 0 && recording->bytes >= recording->plan.most_bytes) ||
           (recording->until < HUGE_VAL && (double)time(NULL) >= recording->until);
}

int recording_turn(struct recording *recording) {
    end(recording);
    if (recording->error != 0) {
        tool_error("cannot write to %s: %s", recording->path, strerror(recording->error));
        return -1;
    }
    return begin_named_file(recording);
}

int recording_write(struct recording *recording, const char *bytes, size_t length) {
    if (length == 0 || recording->error != 0 || recording->writer == NULL) {
        return recording->error;
    }
    recording->is_empty = 0;
    recording->bytes += length;
    recording->error = pack_writer_write(recording->writer, bytes, length);
    recording->is_behind = 1;
    return recording_tick(recording);
}

int recording_tick(struct recording *recording) {
    if (recording->is_behind && packing_of(recording->path) != PACKING_NONE && recording->error == 0 &&
        tool_clock() - recording->synced > SYNC_SECONDS) {
        recording->synced = tool_clock();
        recording->is_behind = 0;
        recording->error = pack_writer_sync(recording->writer);
    }
    return recording->error;
}

const char *recording_name(const struct recording *recording) {
    return recording->path;
}

int recording_close(struct recording *recording) {
    if (recording == NULL) {
        return 0;
    }
    end(recording);
    int error = recording->error;
    free(recording);
    return error;
}
