/* Which signals are published, and where their values come from. */
#ifndef STTP_PUBLISHED_H
#define STTP_PUBLISHED_H

#include "options.h"
#include "row_reader.h"
#include "sttp.h"

/* The metadata of the signals that the options ask for, to be freed. NULL after saying why not. */
sttp_metadata *published_metadata(const struct options *options);

/* A file of --replay or --archive, as the options say how it is read. */
struct row_source published_source(const struct options *options, const char *path, const sttp_metadata *metadata);

/* Does what --check asks for. Exit code. */
int published_check(const struct options *options);

#endif
