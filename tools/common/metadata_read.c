#include "metadata_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* The rest of a file, to be freed. NULL, with errno set, when it cannot be read. */
static char *read_rest(FILE *file, size_t *length) {
    char *content = NULL;
    size_t capacity = 0;
    *length = 0;
    while (!feof(file) && !ferror(file)) {
        if (*length == capacity) {
            char *larger = (char *)realloc(content, capacity = capacity * 2 + 65536);
            if (larger == NULL) {
                break;
            }
            content = larger;
        }
        *length += fread(content + *length, 1, capacity - *length, file);
    }
    if (!feof(file) || ferror(file)) {
        free(content);
        return NULL;
    }
    return content;
}

sttp_metadata *metadata_read(const char *path) {
    int is_input = strcmp(path, "-") == 0;
    const char *name = is_input ? "standard input" : path;
    FILE *file = is_input ? stdin : fopen(path, "rb");
    size_t length = 0;
    sttp_metadata *metadata = NULL;
    char *xml = file != NULL ? read_rest(file, &length) : NULL;
    if (xml == NULL) {
        tool_error("cannot read the metadata from %s: %s", name, strerror(errno));
    } else if (sttp_metadata_parse(xml, length, &metadata) != STTP_OK) {
        tool_library_error("%s is not STTP metadata", name);
    }
    if (file != NULL && !is_input) {
        fclose(file);
    }
    free(xml);
    return metadata;
}
