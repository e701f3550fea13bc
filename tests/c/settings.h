/* Settings of a test, with numbers and texts put in as printf does. Compiles as C99 and as C++17. */
#ifndef STTP_TEST_SETTINGS_H
#define STTP_TEST_SETTINGS_H

#include <stdarg.h>
#include <stdio.h>

#include "sttp.h"

enum { SETTINGS_SIZE = 512 };

static inline int32_t configure_subscriber(sttp_subscriber *subscriber, const char *format, ...) {
    char settings[SETTINGS_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(settings, sizeof settings, format, arguments);
    va_end(arguments);
    return sttp_subscriber_configure(subscriber, settings);
}

static inline int32_t configure_publisher(sttp_publisher *publisher, const char *format, ...) {
    char settings[SETTINGS_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(settings, sizeof settings, format, arguments);
    va_end(arguments);
    return sttp_publisher_configure(publisher, settings);
}

#endif
