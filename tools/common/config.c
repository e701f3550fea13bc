#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "tool.h"

#define BLANKS " \t\r"
/* A file of options is small; what is larger is another one, or has no end. */
#define MOST_BYTES 1000000

/* What was read stays until the program ends, because options keep what they were given. */
struct content {
    struct content *next;
    char bytes[];
};
static struct content *contents;

/* The whole file, with a NUL behind it, or NULL after saying why not. */
static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        tool_error("cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    struct content *content = (struct content *)malloc(sizeof *content + MOST_BYTES + 1);
    size_t length = content != NULL ? fread(content->bytes, 1, MOST_BYTES + 1, file) : 0;
    int failed = ferror(file);
    int error = errno;
    fclose(file);
    if (content == NULL || failed || length > MOST_BYTES || memchr(content->bytes, '\0', length) != NULL) {
        tool_error("cannot read %s: %s", path,
                   content == NULL         ? "not enough memory"
                   : failed                ? strerror(error)
                   : length > MOST_BYTES   ? "it is too large for a file of options"
                                           : "it is no text");
        free(content);
        return NULL;
    }
    content->bytes[length] = '\0';
    struct content *smaller = (struct content *)realloc(content, sizeof *content + length + 1);
    content = smaller != NULL ? smaller : content;
    content->next = contents;
    contents = content;
    return content->bytes;
}

static char *trim(char *text) {
    text += strspn(text, BLANKS);
    size_t length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL) {
        length--;
    }
    text[length] = '\0';
    return text;
}

/* `name = value`, or `name`; the name may have the dashes that it has on the command line. */
static void split(char *line, struct config_entry *entry) {
    char *equals = strchr(line, '=');
    entry->value = NULL;
    if (equals != NULL) {
        *equals = '\0';
        entry->value = trim(equals + 1);
    }
    line = trim(line);
    entry->name = strncmp(line, "--", 2) == 0 ? line + 2 : line;
}

int config_read(const char *path, int (*take)(const struct config_entry *entry, void *user_data), void *user_data) {
    int result = 0;
    size_t number = 0;
    char *next = read_file(path);
    if (next == NULL) {
        return -1;
    }
    while (next != NULL && result == 0) {
        struct config_entry entry;
        char *line = next;
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        number++;
        line = trim(line);
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        split(line, &entry);
        snprintf(entry.place, sizeof entry.place, "%s:%zu", path, number);
        log_place(entry.place);
        result = take(&entry, user_data);
        log_place(NULL);
    }
    return result;
}
