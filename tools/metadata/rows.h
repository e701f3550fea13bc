/* Rows that a filter selects, as CSV. */
#ifndef STTP_METADATA_ROWS_H
#define STTP_METADATA_ROWS_H

#include "sttp.h"

/* Prints the rows, below a line of the names of their columns, to standard output. `table` is the name of the table
 * that conditions alone are about. An exit code, after saying what is wrong. */
int metadata_print_rows(const sttp_metadata *metadata, const char *table, const char *filter);

#endif
