/* What --check says of a file of measurements, before anything of it is sent. */
#ifndef STTP_CHECK_H
#define STTP_CHECK_H

#include "row_reader.h"

/* Reads all of it, and says on standard output what was understood. TOOL_DONE, or TOOL_FAILED when some of it was not. */
int check_file(const struct row_source *source);

#endif
