/* Signals by what people call them. */
#ifndef STTP_SIGNAL_FINDER_H
#define STTP_SIGNAL_FINDER_H

#include <stdint.h>

#include "sttp.h"

/* Finds a signal by its signal ID, point tag or measurement key, and its index for publishing. 0, or -1. */
int signal_find(const sttp_metadata *metadata, const char *text, sttp_guid *signal_id, uint32_t *index);

/* The same for the name of a column, which may have a unit behind it, as `Frequency [Hz]`. */
int signal_find_column(const sttp_metadata *metadata, const char *text, sttp_guid *signal_id, uint32_t *index);

/* How much of the name of a column is in front of its unit, and where that unit begins; the whole length, and NULL, when
 * there is none. */
size_t column_name_length(const char *text, const char **unit);

#endif
