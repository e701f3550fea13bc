/* What a stream of C37.118 carries, in words. */
#ifndef STTP_C37118_DESCRIBE_H
#define STTP_C37118_DESCRIBE_H

#include "sttp.h"

/* Prints a configuration: stream, PMUs, channels, units. */
void describe_text(const sttp_c37118_configuration *configuration);

/* The same as one JSON object on a line. */
void describe_json(const sttp_c37118_configuration *configuration);

#endif
