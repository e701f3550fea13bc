/* How settings of publishers and subscribers are made. */
#ifndef STTP_ROLES_H
#define STTP_ROLES_H

#include "options.h"

/* For options_configure; the handle is a sttp_publisher, or a sttp_subscriber. */
extern const struct settings_of settings_of_publisher;
extern const struct settings_of settings_of_subscriber;

#endif
