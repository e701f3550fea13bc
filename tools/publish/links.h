/* The block links over which a publication goes, too. */
#ifndef STTP_PUBLISH_LINKS_H
#define STTP_PUBLISH_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "../common/text.h"
#include "sttp.h"

#define LINKS_MOST 16

struct links;

/* Opens links by their texts, to send what these metadata describe. What cannot be opened at all is a failure; to whom it
 * connects, it tries again. With `lossless`, publishing waits until links have taken what came before. NULL after saying
 * why not. */
struct links *links_open(const char *const *texts, size_t count, const sttp_metadata *metadata, int lossless);

/* Where they are, with commas between them. */
void links_add_places(struct text *text, const struct links *links);

/* Over how many of them measurements go now: who is at the other end has subscribed, or cannot. */
size_t links_subscribed(struct links *links);

/* The most there were at a time. */
size_t links_most_subscribed(struct links *links);

/* Whether a file cannot be written, which was said. What else is lost is opened again. */
int links_have_failed(struct links *links);

/* A status of the library. NULL is let through, here and below. */
int32_t links_publish(struct links *links, const sttp_measurement *measurements, size_t count);

/* Waits until everything was sent, for as long as it takes, or some seconds after an interruption. */
int32_t links_flush(struct links *links);

/* Closes them, and waits until what is left is in files. Nothing is told of them any more. */
void links_close(struct links *links);

/* What they count, as metrics; on any thread. */
void links_add_metrics(struct text *text, const struct links *links);

/* A member of the object of --stats on standard error, with a comma in front. */
void links_print(const struct links *links);

void links_free(struct links *links);

#endif
