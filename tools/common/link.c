#include "link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"
#include "tool.h"

#define LEVELS 3
/* In the order of their bits. */
static const char *const level_names[LEVELS] = {"application", "gateway", "concentrator"};

/* `link=` belongs in front of what begins with a place. */
static int names_its_key(const char *text) {
    size_t word = strcspn(text, ":=");
    return text[word] == '=';
}

sttp_block_link *link_new(int32_t role, const char *text) {
    sttp_block_link *link = NULL;
    size_t size = strlen(text) + sizeof "link=";
    char *string = (char *)malloc(size);
    if (string == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    snprintf(string, size, "%s%s", names_its_key(text) ? "" : "link=", text);
    if (sttp_block_link_new(NULL, role, string, &link) != STTP_OK) {
        tool_library_error("--link %s", text);
    }
    free(string);
    return link;
}

const char *link_place(const char *text, char *buffer, size_t size) {
    snprintf(buffer, size, "%.*s", (int)strcspn(text, ";"), text);
    return buffer;
}

/* "application, gateway and concentrator" */
static const char *name_levels(int32_t levels, char *buffer, size_t size) {
    size_t length = 0;
    int left = 0;
    for (size_t i = 0; i < LEVELS; i++) {
        left += (levels >> i) & 1;
    }
    snprintf(buffer, size, "none");
    for (size_t i = 0; i < LEVELS && length < size; i++) {
        if ((levels >> i) & 1) {
            left--;
            length += (size_t)snprintf(buffer + length, size - length, "%s%s", level_names[i],
                                       left > 1 ? ", " : left == 1 ? " and " : "");
        }
    }
    return buffer;
}

const char *link_agreement(const sttp_block_link_agreement *agreement, char *buffer, size_t size) {
    char levels[64];
    snprintf(buffer, size, "the other side %s, and has the levels of compliance %s; %s blocks of %lu bytes at most, %s stream%s",
             agreement->peer == STTP_BLOCK_LINK_CLIENT   ? "receives"
             : agreement->peer == STTP_BLOCK_LINK_SERVER ? "sends"
                                                         : "sends and receives",
             name_levels(agreement->levels, levels, sizeof levels),
             agreement->blocks == STTP_BLOCK_LINK_COMPACT_BLOCKS ? "compact" : "standard",
             (unsigned long)agreement->largest_block,
             agreement->stream == STTP_BLOCK_LINK_STANDARD_STREAM ? "Standard" : "Raw", agreement->is_encrypted ? ", TLS" : "");
    return buffer;
}

void link_print(const sttp_block_link *link, const char *place, int has_told) {
    sttp_block_link_agreement agreement;
    sttp_block_link_counters counters;
    sttp_block_link_session_counters session;
    struct text text = {0};
    memset(&agreement, 0, sizeof agreement);
    memset(&counters, 0, sizeof counters);
    memset(&session, 0, sizeof session);
    if (has_told) {
        sttp_block_link_agreed(link, &agreement, sizeof agreement);
    }
    sttp_block_link_statistics(link, &counters, sizeof counters, &session, sizeof session);
    text_add(&text, "{\"link\":");
    text_add_json(&text, place);
    text_add(&text, ",\"levels\":[");
    for (size_t i = 0, count = 0; i < LEVELS; i++) {
        if ((agreement.levels >> i) & 1) {
            text_add(&text, "%s\"%s\"", count++ > 0 ? "," : "", level_names[i]);
        }
    }
    text_add(&text, "]");
    text_write(&text, stderr);
    report_print_counters("counters", STTP_COUNTERS_BLOCK_LINK, &counters, sizeof counters, 0);
    report_print_counters("session", STTP_COUNTERS_BLOCK_LINK_SESSION, &session, sizeof session, 0);
    fputc('}', stderr);
}
