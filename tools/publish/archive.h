/* A CSV file as the source of a publisher's historical data. */
#ifndef STTP_ARCHIVE_H
#define STTP_ARCHIVE_H

#include "sttp.h"

struct archive;

/* Has `publisher` read historical data from the rows `signal_id,timestamp,flags,value` of a file, which are in the order
 * of time. NULL after saying why not on stderr. */
struct archive *archive_open(const char *path, sttp_publisher *publisher);

/* After the publisher was freed. */
void archive_close(struct archive *archive);

#endif
