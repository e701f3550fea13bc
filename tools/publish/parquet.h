/* Apache Parquet, which sttp-parquet, a program beside this one, turns into CSV. */
#ifndef STTP_PARQUET_H
#define STTP_PARQUET_H

#include <stddef.h>

#include "sttp.h"

/* Whether bytes begin as Parquet does, and not with words as CSV. */
int parquet_begins(const char *bytes, size_t count);

/* The same of an open file, which stands at its beginning again afterwards. */
int parquet_is_open(int descriptor);

/* Whether a path is that of such a file. */
int parquet_is(const char *path);

struct parquet;

/* Begins to turn a file into CSV. NULL after saying why not. */
struct parquet *parquet_open(const char *path);

/* Where its lines come from; to be closed behind parquet_close. */
int parquet_descriptor(const struct parquet *parquet);

/* Once nothing comes any more: whether that was everything. 0, or -1 when sttp-parquet has failed, which has said why. */
int parquet_finish(struct parquet *parquet);

/* Ends it, wherever it is. NULL is let through. */
void parquet_close(struct parquet *parquet);

enum parquet_signals { PARQUET_TELLS, PARQUET_SAYS_NOTHING, PARQUET_FAILED };

/* What a file tells of its signals. The metadata, to be freed, are set when it tells; failures are said. */
enum parquet_signals parquet_metadata(const char *path, sttp_metadata **metadata);

#endif
