/* Checks for the C tests. Compiles as C99 and as C++17. */
#ifndef STTP_TEST_CHECK_H
#define STTP_TEST_CHECK_H

#include <stdio.h>
#include <string.h>

#include "settings.h"
#include "sttp.h"

static int check_passed;
static int check_failed;

/* Callbacks check as well, on other threads. */
static inline int check_count(int success) {
    __atomic_add_fetch(success ? &check_passed : &check_failed, 1, __ATOMIC_SEQ_CST);
    return success;
}

#define CHECK(condition)                                                                     \
    (check_count((condition) ? 1 : 0) ? (void)0                                              \
                                      : (void)fprintf(stderr, "%s:%d: %s is false\n", __FILE__, __LINE__, #condition))

static inline void check_status(const char *file, int line, const char *call, int32_t status, int32_t expected) {
    if (!check_count(status == expected)) {
        fprintf(stderr, "%s:%d: %s gave %s, not %s (%s)\n", file, line, call, sttp_status_name(status),
                sttp_status_name(expected), sttp_last_error());
    }
}

#define CHECK_STATUS(call, expected) check_status(__FILE__, __LINE__, #call, (call), (expected))
#define CHECK_OK(call) CHECK_STATUS(call, STTP_OK)

static inline void check_text(const char *file, int line, const char *what, const char *text, const char *expected) {
    if (!check_count(text != NULL && strcmp(text, expected) == 0)) {
        fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", file, line, what, text != NULL ? text : "NULL", expected);
    }
}

#define CHECK_TEXT(text, expected) check_text(__FILE__, __LINE__, #text, (text), (expected))

/* The last line of a test program, and its exit code. */
static inline int check_report(const char *program) {
    printf("%s: %d passed, %d failed\n", program, check_passed, check_failed);
    return check_failed == 0 ? 0 : 1;
}

#endif
