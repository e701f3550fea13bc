/* Receiving over a block link in place of a connection of STTP: what comes is taken in the same way. */
#ifndef STTP_LINK_RECEPTION_H
#define STTP_LINK_RECEPTION_H

#include "../common/text.h"
#include "reception.h"

/* Opens the link of the options, and subscribes where somebody can. TOOL_DONE, or TOOL_FAILED after saying why. */
int link_reception_begin(struct reception *reception);

/* Closes it. No callback can come any more; what was counted stays until link_reception_free. */
void link_reception_end(struct reception *reception);

/* Whether nothing can come over it any more, as things are. */
int link_reception_gave_up(const struct reception *reception);

/* What it counts, as metrics; on any thread between the beginning and link_reception_free. */
void link_reception_add_metrics(struct text *text, const struct reception *reception);

/* Whether what comes is of now: a file is of some time or other. */
int link_reception_is_live(const struct reception *reception);

/* What --stats tells, as `print_more` of a report has it: `reception` is a struct reception. */
void link_reception_print(const void *reception);

void link_reception_free(struct reception *reception);

#endif
