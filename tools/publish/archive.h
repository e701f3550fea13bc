/* A CSV file as the source of a publisher's historical data. */
#ifndef STTP_ARCHIVE_H
#define STTP_ARCHIVE_H

#include "row_reader.h"
#include "sttp.h"

struct archive;

/* Has `publisher` read historical data from a file, whose rows are in the order of time. The source's metadata and wishes
 * stay the caller's, and there. NULL after saying why not on stderr. */
struct archive *archive_open(const struct row_source *source, sttp_publisher *publisher);

/* After the publisher was freed. */
void archive_close(struct archive *archive);

#endif
