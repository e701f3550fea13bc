/* Answers about metadata and filters, as text for people or as an object of JSON. Each returns TOOL_DONE, TOOL_FOUND when
 * there is something wrong or other, or TOOL_FAILED after saying why there is no answer. */
#ifndef STTP_METADATA_CHECKS_H
#define STTP_METADATA_CHECKS_H

#include "sttp.h"

/* Everything that is wrong with metadata of that name. */
int metadata_validate(const sttp_metadata *metadata, const char *name, int as_json);

/* What is other in `newer`. */
int metadata_diff(const sttp_metadata *older, const char *older_name, const sttp_metadata *newer, const char *newer_name,
                  int as_json);

/* Whether a filter can be subscribed to, and which signals it matches; without metadata, with what publishers usually
 * have. */
int metadata_check_filter(const sttp_metadata *metadata, const char *filter, int as_json);

#endif
