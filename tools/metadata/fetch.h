/* Metadata from a publisher. */
#ifndef STTP_METADATA_FETCH_H
#define STTP_METADATA_FETCH_H

#include "sttp.h"

/* What the publisher at `address` answers to `filters` (NULL: everything) within `timeout` seconds (0: however long it
 * takes), trying again until then; to be freed. NULL after saying why not. */
sttp_metadata *metadata_fetch(const char *address, const char *filters, double timeout);

#endif
