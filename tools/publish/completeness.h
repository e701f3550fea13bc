/* How much was published of what should have been: of each device, by its frames a second and its signals in the metadata. */
#ifndef STTP_COMPLETENESS_H
#define STTP_COMPLETENESS_H

#include <stddef.h>
#include <stdint.h>

#include "../common/text.h"
#include "sttp.h"

/* What was published since the beginning. */
struct completeness;

/* The metadata stay the caller's, and are read here only. NULL after saying why not. */
struct completeness *completeness_new(const sttp_metadata *metadata);
void completeness_free(struct completeness *completeness);

/* Counts measurements of one timestamp. */
void completeness_add(struct completeness *completeness, const sttp_measurement *measurements, size_t count);

/* Counts one measurement of each enabled signal, none with flags, at that time. */
void completeness_add_frame(struct completeness *completeness, int64_t timestamp);

/* Times begin again with what follows, or jump: what is in between is not expected. */
void completeness_begin_again(struct completeness *completeness);

/* Totals, as an object. */
void completeness_add_totals(struct text *text, const struct completeness *completeness);

/* All devices: an object with totals and an array of them, or a table for people. */
void completeness_add_json(struct text *text, const struct completeness *completeness);
void completeness_add_text(struct text *text, const struct completeness *completeness);

#endif
