/* --diagnose: the way to a publisher, step by step. */
#ifndef STTP_DIAGNOSE_H
#define STTP_DIAGNOSE_H

#include "diagnosis.h"
#include "options.h"

/* All of it. An exit code. */
int diagnose(const struct options *options);

/* Name, route, and connection by TCP. 0 when there is one to be had, else -1. */
int diagnose_network(struct diagnosis *diagnosis, const char *address, double timeout);

/* What answers there, when it does not speak as a publisher does: NULL when that cannot be told. */
const char *diagnose_stranger(const char *address);

#endif
