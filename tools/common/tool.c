#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "sttp.h"

static const char *tool_name = "sttp";
static volatile sig_atomic_t interrupted;

/* Pipes, because writing to one is what a signal handler, a callback and another thread may all do. */
static int wake_pipe[2] = {-1, -1};
static int grace_pipe[2] = {-1, -1};

static void write_byte(int descriptor) {
    int saved = errno;
    /* A full pipe already wakes who reads it. */
    ssize_t written = write(descriptor, "", 1);
    (void)written;
    errno = saved;
}

static void handle_signal(int number) {
    (void)number;
    interrupted = 1;
    tool_wake();
    write_byte(grace_pipe[1]);
}

static int catch_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = handle_signal;
    action.sa_flags = (int)SA_RESETHAND;
    if (sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0) {
        return -1;
    }
    /* A closed standard output is then an error of write(), which can be reported. */
    action.sa_handler = SIG_IGN;
    action.sa_flags = 0;
    return sigaction(SIGPIPE, &action, NULL);
}

static int open_pipe(int ends[2]) {
    return pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0;
}

int tool_start(const char *name) {
    tool_name = name;
    if (open_pipe(wake_pipe) || open_pipe(grace_pipe) || catch_signals() != 0) {
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
    write_byte(wake_pipe[1]);
}

static void drain(int descriptor) {
    char drained[64];
    while (read(descriptor, drained, sizeof drained) > 0) {
    }
}

/* Waits until a pipe has bytes, and takes them; nonzero if they came in time. No limit: NULL. */
static int wait_for_bytes(int descriptor, const struct timespec *timeout) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(descriptor, &readable);
    if (pselect(descriptor + 1, &readable, NULL, NULL, timeout, NULL) == 0) {
        return 0;
    }
    drain(descriptor);
    return 1;
}

static struct timespec to_timespec(double seconds) {
    struct timespec time;
    time.tv_sec = (time_t)seconds;
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    return time;
}

int tool_wait(double seconds) {
    struct timespec timeout = to_timespec(seconds);
    return wait_for_bytes(wake_pipe[0], &timeout);
}

int tool_wait_readable(int descriptor, double seconds) {
    double until = tool_clock() + seconds;
    while (!tool_interrupted()) {
        struct pollfd descriptors[2] = {{descriptor, POLLIN, 0}, {wake_pipe[0], POLLIN, 0}};
        double left = until - tool_clock();
        /* Rounded up, so that the time is over when this is. */
        int milliseconds = left > 0.0 ? (int)fmin(ceil(left * 1000.0), 1e6) : 0;
        int found = poll(descriptors, 2, milliseconds);
        if (found > 0 && descriptors[0].revents != 0) {
            return 1;
        }
        if (found > 0) {
            drain(wake_pipe[0]);
        } else if (left <= 0.0) {
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
    struct timespec limit;
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
        wait_for_bytes(grace_pipe[0], NULL);
    }
    while (grace_is_running()) {
        if (!wait_for_bytes(grace_pipe[0], &grace.limit)) {
            grace.action(grace.user_data);
            break;
        }
    }
    return NULL;
}

int tool_grace_begin(double seconds, void (*action)(void *user_data), void *user_data) {
    grace.limit = to_timespec(seconds);
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
    write_byte(grace_pipe[1]);
    pthread_join(grace.thread, NULL);
}

double tool_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
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
