/* The connection string of the subscription that streams are made of. */
#ifndef STTP_C37118_SUBSCRIPTION_H
#define STTP_C37118_SUBSCRIPTION_H

#include "../common/options.h"

struct subscription;

/* Of a publisher as it stands on the command line: HOST:PORT, or a connection string. NULL when there is no memory. */
struct subscription *subscription_new(const char *publisher);
void subscription_free(struct subscription *subscription);

/* How settings are added; the handle is a struct subscription. */
extern const struct settings_of settings_of_subscription;

/* All of it; valid until the next call for it. NULL when there is no memory. */
const char *subscription_string(struct subscription *subscription);

#endif
