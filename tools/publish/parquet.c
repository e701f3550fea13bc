#include "parquet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/metadata_read.h"
#include "../common/system.h"
#include "../common/tool.h"

#define PROGRAM "sttp-parquet"
#define MAGIC "PAR1"
#define MAGIC_SIZE 4
/* Its exit code when a file does not tell what its signals are. */
#define CODE_NOTHING 3

struct parquet {
    const char *path;
    struct child child;
    int is_running;
};

/* A column may be called so, but there is no control character in its name. */
int parquet_begins(const char *bytes, size_t count) {
    return count > MAGIC_SIZE && memcmp(bytes, MAGIC, MAGIC_SIZE) == 0 && (unsigned char)bytes[MAGIC_SIZE] < 0x20 &&
           strchr("\t\r\n", bytes[MAGIC_SIZE]) == NULL;
}

int parquet_is_open(int descriptor) {
    char first[MAGIC_SIZE + 1];
    ssize_t count = read(descriptor, first, sizeof first);
    return lseek(descriptor, 0, SEEK_SET) == 0 && count > 0 && parquet_begins(first, (size_t)count);
}

int parquet_is(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
        return 0;
    }
    int descriptor = open(path, O_RDONLY);
    int is_it = descriptor >= 0 && parquet_is_open(descriptor);
    if (descriptor >= 0) {
        close(descriptor);
    }
    return is_it;
}

static void complain(const char *path, int error) {
    if (error == ENOENT) {
        tool_error("%s is Apache Parquet, which " PROGRAM " reads: install that beside this program or on the PATH ('make parquet' "
                   "and 'make install-parquet' of libsttp), or turn the file into CSV elsewhere: " PROGRAM " %s FILE.csv",
                   path, path);
    } else {
        tool_error("%s is Apache Parquet, and " PROGRAM ", which reads it, cannot be started: %s", path, strerror(error));
    }
}

/* Starts it over a file, with one or two words more. 0, or -1 after saying why not. */
static int start(const char *path, const char *first, const char *second, struct child *child) {
    char beside[4096];
    char name[4096];
    /* What begins with a hyphen would be an option. */
    if (snprintf(name, sizeof name, "%s%s", path[0] == '-' ? "./" : "", path) >= (int)sizeof name) {
        tool_error("the name of %s is too long", path);
        return -1;
    }
    const char *program = system_beside(PROGRAM, beside, sizeof beside) == 0 ? beside : PROGRAM;
    const char *const words[] = {program, "--quiet", "--log-format", log_format_name(), name, first, second, NULL};
    if (child_start(words, child) != 0) {
        complain(path, errno);
        return -1;
    }
    return 0;
}

struct parquet *parquet_open(const char *path) {
    struct parquet *parquet = (struct parquet *)calloc(1, sizeof *parquet);
    if (parquet == NULL) {
        tool_error("not enough memory to read %s", path);
        return NULL;
    }
    parquet->path = path;
    if (start(path, "-", NULL, &parquet->child) != 0) {
        free(parquet);
        return NULL;
    }
    parquet->is_running = 1;
    return parquet;
}

int parquet_descriptor(const struct parquet *parquet) {
    return parquet->child.output;
}

int parquet_finish(struct parquet *parquet) {
    if (parquet->is_running) {
        parquet->is_running = 0;
        return child_wait(&parquet->child) == TOOL_DONE ? 0 : -1;
    }
    return 0;
}

void parquet_close(struct parquet *parquet) {
    if (parquet != NULL && parquet->is_running) {
        child_kill(&parquet->child);
    }
    free(parquet);
}

enum parquet_signals parquet_metadata(const char *path, sttp_metadata **metadata) {
    struct child child;
    if (start(path, "--metadata-out", "-", &child) != 0) {
        return PARQUET_FAILED;
    }
    FILE *output = fdopen(child.output, "rb");
    if (output == NULL) {
        tool_error("not enough memory to read %s", path);
        child_kill(&child);
        close(child.output);
        return PARQUET_FAILED;
    }
    int first = getc(output);
    *metadata = NULL;
    if (first != EOF) {
        ungetc(first, output);
        *metadata = metadata_read_stream(output, path);
    }
    fclose(output);
    int code = child_wait(&child);
    if (code == TOOL_DONE && *metadata != NULL) {
        return PARQUET_TELLS;
    }
    sttp_metadata_free(*metadata);
    *metadata = NULL;
    return code == CODE_NOTHING ? PARQUET_SAYS_NOTHING : PARQUET_FAILED;
}
