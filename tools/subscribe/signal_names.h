/* What the publisher's metadata say about signals, for people. */
#ifndef STTP_SIGNAL_NAMES_H
#define STTP_SIGNAL_NAMES_H

#include "sttp.h"

/* Texts are never NULL; what is not known is empty. They are valid until there are other metadata. */
struct signal_name {
    const char *key;
    const char *tag;
    const char *device;
    const char *type;
    const char *unit;
    const char *reference;
    const char *description;
};

struct signal_names;

/* Without metadata at first. NULL when there is no memory. */
struct signal_names *signal_names_new(void);
void signal_names_free(struct signal_names *names);

/* Takes note of metadata, in place of earlier ones. 0, or -1 after saying why not. */
int signal_names_set(struct signal_names *names, const sttp_metadata *metadata);

/* Looks a signal up. Nonzero when the metadata have it. */
int signal_names_find(const struct signal_names *names, const sttp_guid *signal_id, struct signal_name *name);

#endif
