#include "tool.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sttp.h"
#include "system.h"
#include "text.h"

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
    log_name(name);
    if (bell_make(&wake) != 0 || bell_make(&grace_bell) != 0 || system_begin(interrupt) != 0) {
        tool_error("the operating system refused: %s", strerror(errno));
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

/* A message of any length, to be freed. NULL when there is no memory. */
static char *format_message(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *message = length < 0 ? NULL : (char *)malloc((size_t)length + 1);
    if (message != NULL) {
        vsnprintf(message, (size_t)length + 1, format, arguments);
    }
    return message;
}

/* Takes the message. */
static void log_message(int32_t level, char *message) {
    log_line(level, message != NULL ? message : "not enough memory");
    free(message);
}

void tool_log(int32_t level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_message(level, format_message(format, arguments));
    va_end(arguments);
}

void tool_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_message(STTP_LOG_ERROR, format_message(format, arguments));
    va_end(arguments);
}

int tool_library_error(const char *format, ...) {
    struct text line = {0};
    va_list arguments;
    va_start(arguments, format);
    char *message = format_message(format, arguments);
    va_end(arguments);
    text_add(&line, "%s: %s", message != NULL ? message : "not enough memory", sttp_last_error());
    log_line(STTP_LOG_ERROR, line.failed ? sttp_last_error() : line.bytes);
    free(message);
    text_free(&line);
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

void tool_tell(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *message = format_message(format, arguments);
    va_end(arguments);
    if (message != NULL && log_takes_events()) {
        message[strcspn(message, "\n")] = '\0';
        log_line(STTP_LOG_INFO, message);
    } else if (message != NULL && log_tells(STTP_LOG_INFO)) {
        tool_say("%s", message);
    }
    free(message);
}

/* Says it to systemd in its words, with the control characters of what comes from elsewhere taken out. */
static void notify(const char *state, char *status) {
    struct text message = {0};
    for (char *byte = status; byte != NULL && *byte != '\0'; byte++) {
        *byte = (unsigned char)*byte < 0x20 ? ' ' : *byte;
    }
    text_add(&message, "%s%s%s", state, status != NULL ? "STATUS=" : "", status != NULL ? status : "");
    if (!message.failed && system_notify(message.bytes) != 0) {
        tool_log(STTP_LOG_WARNING, "systemd, which has started this, cannot be told that: %s", strerror(errno));
    }
    text_free(&message);
    free(status);
}

void tool_ready(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    notify("READY=1\n", format_message(format, arguments));
    va_end(arguments);
}

void tool_status(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    notify("", format_message(format, arguments));
    va_end(arguments);
}

void tool_print_text(const char *text) {
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        putchar(byte < 0x20 || byte == 0x7f ? '?' : byte);
    }
}

int tool_finish(int result) {
    notify("STOPPING=1\n", NULL);
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

const char *tool_duration(double seconds, char buffer[TOOL_DURATION_SIZE]) {
    unsigned long long whole = (unsigned long long)(seconds + 0.5);
    if (whole >= 3600) {
        snprintf(buffer, TOOL_DURATION_SIZE, "%llu h %llu min", whole / 3600, whole / 60 % 60);
    } else if (whole >= 60) {
        snprintf(buffer, TOOL_DURATION_SIZE, "%llu min %llu s", whole / 60, whole % 60);
    } else {
        snprintf(buffer, TOOL_DURATION_SIZE, "%llu s", whole);
    }
    return buffer;
}

const char *tool_part_done(double part, char buffer[TOOL_DONE_SIZE]) {
    buffer[0] = '\0';
    if (part >= 0.0) {
        snprintf(buffer, TOOL_DONE_SIZE, " (%.0f %%)", floor(fmin(part, 1.0) * 100.0));
    }
    return buffer;
}
