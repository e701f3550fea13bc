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

sttp_metadata *metadata_read_stream(FILE *file, const char *name) {
    size_t length = 0;
    sttp_metadata *metadata = NULL;
    char *xml = file != NULL ? read_rest(file, &length) : NULL;
    if (xml == NULL) {
        tool_error("cannot read the metadata from %s: %s", name, strerror(errno));
    } else if (sttp_metadata_parse(xml, length, &metadata) != STTP_OK) {
        tool_library_error("%s is not STTP metadata", name);
    }
    free(xml);
    return metadata;
}

sttp_metadata *metadata_read(const char *path) {
    int is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : fopen(path, "rb");
    sttp_metadata *metadata = metadata_read_stream(file, is_input ? "standard input" : path);
    if (file != NULL && !is_input) {
        fclose(file);
    }
    return metadata;
}

/* Findings of one kind that are told, and kinds that may be told apart. */
#define MOST_TOLD 3
#define KINDS 64

void metadata_complain(const sttp_metadata *metadata, const char *name) {
    size_t told[KINDS] = {0};
    sttp_finding finding;
    for (size_t index = 0; sttp_metadata_finding(metadata, index, &finding, sizeof finding) == STTP_OK; index++) {
        if (finding.kind >= 0 && finding.kind < KINDS && told[finding.kind]++ < MOST_TOLD) {
            tool_error("%s: %s", name, finding.message);
        }
    }
    size_t count = 0;
    for (int32_t kind = 0; sttp_metadata_finding_count(metadata, kind, &count) == STTP_OK; kind++) {
        if (count > MOST_TOLD) {
            tool_error("%s: %zu more findings of the kind %s", name, count - MOST_TOLD, sttp_finding_name(kind));
        }
    }
}
