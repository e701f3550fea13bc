/* Metadata from a file of XML, and what is wrong with metadata. */
#ifndef STTP_METADATA_READ_H
#define STTP_METADATA_READ_H

#include <stdio.h>

#include "sttp.h"

/* The metadata in a file, or on standard input for '-'; to be freed. NULL after saying why not. */
sttp_metadata *metadata_read(const char *path);

/* The same of an open file, which stays the caller's and is called `name`; NULL where opening it failed. */
sttp_metadata *metadata_read_stream(FILE *file, const char *name);

/* Says what is wrong with metadata of that name, the first of each kind. */
void metadata_complain(const sttp_metadata *metadata, const char *name);

#endif
