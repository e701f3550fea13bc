/* Metadata for people: the tables, and the devices with what belongs to them. */
#ifndef STTP_METADATA_TREE_H
#define STTP_METADATA_TREE_H

#include "sttp.h"

/* Prints to standard output. An exit code, after saying what is wrong. */
int metadata_show(const sttp_metadata *metadata);

#endif
