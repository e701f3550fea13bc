/* Metadata of signals that are listed in a CSV file, or that a file of measurements names. */
#ifndef STTP_SIGNAL_LIST_H
#define STTP_SIGNAL_LIST_H

#include "layout.h"
#include "sttp.h"

/* Reads a list of signals: the columns tag, signal_id, key, device, type, unit, reference and description, or some of
 * them, in any order. To be freed. NULL after saying why not. */
sttp_metadata *signal_list_read(const char *path);

enum signals_named { SIGNALS_NAMED, SIGNALS_KNOWN, SIGNALS_FAILED };

/* Makes metadata of the signals that a file of measurements names, be it by nothing but their signal IDs, to be freed. Or
 * tells that its first signal ID is one of `known`, or that it has no rows; or that it failed, and was said why. */
enum signals_named signals_of_file(const char *path, const struct layout_wishes *wishes, const sttp_metadata *known,
                                   sttp_metadata **metadata);

#endif
