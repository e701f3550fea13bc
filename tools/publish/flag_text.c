#include "flag_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sttp.h"

static const char prefix[] = "STTP_FLAG_";

/* The flag of a name, with STTP_FLAG_ in front or without; 0 when there is none. */
static uint32_t flag_of(const char *name, size_t length) {
    for (int bit = 0; bit < 32; bit++) {
        const char *known = sttp_flag_name((uint32_t)1 << bit);
        if (strncmp(known, prefix, sizeof prefix - 1) == 0 && strncasecmp(name, prefix, sizeof prefix - 1) != 0) {
            known += sizeof prefix - 1;
        }
        if (strlen(known) == length && strncasecmp(known, name, length) == 0) {
            return (uint32_t)1 << bit;
        }
    }
    return 0;
}

static int parse_names(const char *text, uint32_t *flags) {
    static const char between[] = " |+";
    *flags = 0;
    for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
        size_t length = strcspn(text, between);
        uint32_t flag = flag_of(text, length);
        if (flag == 0) {
            return -1;
        }
        *flags |= flag;
        text += length;
    }
    return 0;
}

int flags_parse(const char *text, uint32_t *flags) {
    int is_hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9') {
        return parse_names(text, flags);
    }
    errno = 0;
    unsigned long long number = strtoull(text, &end, is_hexadecimal ? 16 : 10);
    *flags = (uint32_t)number;
    return errno == 0 && *end == '\0' && number <= UINT32_MAX ? 0 : -1;
}

struct quality_word {
    const char *word;
    uint32_t flags;
};

static const struct quality_word words[] = {
    {"", 0},
    {"good", 0},
    {"ok", 0},
    {"normal", 0},
    {"valid", 0},
    {"true", 0},
    {"gut", 0},
    {"bad", STTP_FLAG_BAD_DATA},
    {"invalid", STTP_FLAG_BAD_DATA},
    {"false", STTP_FLAG_BAD_DATA},
    {"error", STTP_FLAG_BAD_DATA},
    {"schlecht", STTP_FLAG_BAD_DATA},
    {"suspect", STTP_FLAG_SUSPECT_DATA},
    {"questionable", STTP_FLAG_SUSPECT_DATA},
    {"uncertain", STTP_FLAG_SUSPECT_DATA},
    {"doubtful", STTP_FLAG_SUSPECT_DATA},
    {"substituted", STTP_FLAG_SUSPECT_DATA},
    {"unsicher", STTP_FLAG_SUSPECT_DATA},
};

/* The two top ones of eight bits tell it. */
static uint32_t of_opc(unsigned long quality) {
    return quality >= 192 ? 0 : quality >= 64 ? STTP_FLAG_SUSPECT_DATA : STTP_FLAG_BAD_DATA;
}

int quality_parse(const char *text, uint32_t *flags) {
    char *end = NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i].word) == 0) {
            *flags = words[i].flags;
            return 0;
        }
    }
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number > 255) {
        return -1;
    }
    *flags = of_opc(number);
    return 0;
}
