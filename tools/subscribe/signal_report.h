/* The file of --signal-stats. */
#ifndef STTP_SIGNAL_REPORT_H
#define STTP_SIGNAL_REPORT_H

#include "sttp.h"

/* Writes what came of each signal as CSV. 0, or -1 after saying why not. */
int signal_report_write(const sttp_subscriber *subscriber, const char *path);

#endif
