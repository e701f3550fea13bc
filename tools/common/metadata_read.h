/* Metadata from a file of XML. */
#ifndef STTP_METADATA_READ_H
#define STTP_METADATA_READ_H

#include "sttp.h"

/* The metadata in a file, or on standard input for '-'; to be freed. NULL after saying why not. */
sttp_metadata *metadata_read(const char *path);

#endif
