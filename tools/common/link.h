/* Block links of the tools: how they are written, and what is said of them. */
#ifndef STTP_TOOL_LINK_H
#define STTP_TOOL_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

/* What may stand for PLACE in --link, for people. */
#define LINK_PLACES                                                                                                   \
    "`tcp:HOST:PORT`, `tcp-listen:PORT`, `udp:HOST:PORT`, `udp-listen:PORT`, `serial:DEVICE,RATE,8N1` or `file:PATH`; " \
    "settings may follow, as in `'udp:192.0.2.7:7170; oneWay=true'`."

/* A side of a link that `text` is the place of, with `; key=value` behind it as docs/block-links.md has them. NULL after
 * saying why not. */
sttp_block_link *link_new(int32_t role, const char *text);

/* The place alone, in `buffer`, which it returns. */
const char *link_place(const char *text, char *buffer, size_t size);

/* What was agreed, in words, in `buffer`, which it returns. */
const char *link_agreement(const sttp_block_link_agreement *agreement, char *buffer, size_t size);

/* Prints an object of --stats on standard error: place, levels of compliance of the other side where that can tell,
 * counters. */
void link_print(const sttp_block_link *link, const char *place, int has_told);

#endif
