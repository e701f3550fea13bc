#include "tool.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sttp.h"
#include "system.h"

static const char *tool_name = "sttp";
static volatile sig_atomic_t interrupted;

static struct bell wake;
static struct bell grace_bell;

static void interrupt(void) {
    interrupted = 1;
    bell_ring(&wake);
    bell_ring(&grace_bell);
}

int tool_start(const char *name) {
    tool_name = name;
    if (bell_make(&wake) != 0 || bell_make(&grace_bell) != 0 || system_begin(interrupt) != 0) {
        tool_error("the operating system refused: %s", strerror(errno));
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

static void print_message(const char *format, va_list arguments) {
    fprintf(stderr, "%s: ", tool_name);
    vfprintf(stderr, format, arguments);
}

void tool_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

int tool_library_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
    fprintf(stderr, ": %s\n", sttp_last_error());
    return TOOL_FAILED;
}

/* What was printed so far has to be where it belongs; `error` is the errno of an earlier failure. Nonzero when it is not,
 * which is told once. */
static int flush_output(int error) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int failed;
    pthread_mutex_lock(&lock);
    if (error == 0 && fflush(stdout) != 0) {
        error = errno;
    }
    if ((error != 0 || ferror(stdout)) && !failed) {
        failed = 1;
        tool_error("cannot write to standard output: %s", error != 0 ? strerror(error) : "output was lost");
    }
    int result = failed;
    pthread_mutex_unlock(&lock);
    return result;
}

void tool_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int error = vprintf(format, arguments) < 0 ? errno : 0;
    va_end(arguments);
    flush_output(error);
}

void tool_print_text(const char *text) {
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        putchar(byte < 0x20 || byte == 0x7f ? '?' : byte);
    }
}

int tool_finish(int result) {
    int lost = flush_output(0) || fflush(stderr) != 0 || ferror(stderr);
    return lost && result == TOOL_DONE ? TOOL_FAILED : result;
}

const char *tool_plural(uint64_t number) {
    return number == 1 ? "" : "s";
}

int tool_usage_hint(void) {
    fprintf(stderr, "Try '%s --help'.\n", tool_name);
    return TOOL_USAGE;
}

int tool_usage_error(const char *problem) {
    tool_error("%s", problem);
    return tool_usage_hint();
}

int tool_interrupted(void) {
    return interrupted != 0;
}

void tool_wake(void) {
    bell_ring(&wake);
}

int tool_wait(double seconds) {
    return bell_wait(&wake, seconds);
}

int tool_wait_readable(int descriptor, double seconds) {
    double until = tool_clock() + seconds;
    while (!tool_interrupted()) {
        double left = until - tool_clock();
        if (bell_wait_readable(&wake, descriptor, fmax(left, 0.0))) {
            return 1;
        }
        if (left <= 0.0) {
            return 0;
        }
    }
    return 0;
}

/* -- a limit for the time between an interruption and the end -- */

static struct grace {
    pthread_t thread;
    pthread_mutex_t lock;
    int running;
    double limit; /* seconds */
    void (*action)(void *user_data);
    void *user_data;
} grace = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int grace_is_running(void) {
    pthread_mutex_lock(&grace.lock);
    int running = grace.running;
    pthread_mutex_unlock(&grace.lock);
    return running;
}

static void *keep_grace(void *unused) {
    (void)unused;
    while (grace_is_running() && !tool_interrupted()) {
        bell_wait(&grace_bell, HUGE_VAL);
    }
    while (grace_is_running()) {
        if (!bell_wait(&grace_bell, grace.limit)) {
            grace.action(grace.user_data);
            break;
        }
    }
    return NULL;
}

int tool_grace_begin(double seconds, void (*action)(void *user_data), void *user_data) {
    grace.limit = seconds;
    grace.action = action;
    grace.user_data = user_data;
    grace.running = 1;
    int error = pthread_create(&grace.thread, NULL, keep_grace, NULL);
    if (error != 0) {
        grace.running = 0;
        tool_error("cannot start a thread: %s", strerror(error));
        return -1;
    }
    return 0;
}

void tool_grace_end(void) {
    if (!grace_is_running()) {
        return;
    }
    pthread_mutex_lock(&grace.lock);
    grace.running = 0;
    pthread_mutex_unlock(&grace.lock);
    bell_ring(&grace_bell);
    pthread_join(grace.thread, NULL);
}

double tool_clock(void) {
    return system_clock();
}

const char *tool_group_digits(uint64_t number, char buffer[TOOL_DIGITS_SIZE]) {
    char digits[TOOL_DIGITS_SIZE];
    int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *out = buffer;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) {
            *out++ = ',';
        }
        *out++ = digits[i];
    }
    *out = '\0';
    return buffer;
}
