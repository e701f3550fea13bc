#include "system.h"

#ifndef _WIN32

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#ifdef __linux__
#include <sys/timex.h>
#endif
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void (*on_interruption)(void);

static void handle_signal(int number) {
    int saved = errno;
    (void)number;
    on_interruption();
    errno = saved;
}

int system_begin(void (*interrupted)(void)) {
    struct sigaction action;
    on_interruption = interrupted;
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

/* -- bells: pipes, because writing to one is what a signal handler, a callback and another thread may all do -- */

int bell_make(struct bell *bell) {
    int ends[2];
    if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) {
        return -1;
    }
    bell->watched = ends[0];
    bell->rung = ends[1];
    return 0;
}

void bell_ring(const struct bell *bell) {
    int saved = errno;
    /* A full pipe already wakes who reads it. */
    ssize_t written = write((int)bell->rung, "", 1);
    (void)written;
    errno = saved;
}

static void drain(const struct bell *bell) {
    char drained[64];
    while (read((int)bell->watched, drained, sizeof drained) > 0) {
    }
}

int bell_wait(const struct bell *bell, double seconds) {
    int descriptor = (int)bell->watched;
    struct timespec limit = {0, 0};
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(descriptor, &readable);
    if (!isinf(seconds)) {
        limit.tv_sec = (time_t)seconds;
        limit.tv_nsec = (long)((seconds - (double)limit.tv_sec) * 1e9);
    }
    if (pselect(descriptor + 1, &readable, NULL, NULL, isinf(seconds) ? NULL : &limit, NULL) == 0) {
        return 0;
    }
    drain(bell);
    return 1;
}

int bell_wait_readable(const struct bell *bell, int descriptor, double seconds) {
    struct pollfd descriptors[2] = {{descriptor, POLLIN, 0}, {(int)bell->watched, POLLIN, 0}};
    /* Rounded up, so that the time is over when this is. */
    int milliseconds = (int)fmin(ceil(seconds * 1000.0), 1e6);
    int found = poll(descriptors, 2, milliseconds);
    if (found > 0 && descriptors[0].revents != 0) {
        return 1;
    }
    if (found > 0) {
        drain(bell);
    }
    return 0;
}

/* -- supervisors: a datagram to a socket with a name in the file system, or of Linux alone with @ in front -- */

int system_notify(const char *message) {
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    if (name == NULL || name[0] == '\0') {
        return 0;
    }
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    size_t length = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || length >= sizeof address.sun_path) {
        errno = EINVAL;
        return -1;
    }
    memcpy(address.sun_path, name, length);
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    }
    int sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (sender < 0) {
        return -1;
    }
    ssize_t sent = sendto(sender, message, strlen(message), MSG_DONTWAIT, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    int error = errno;
    close(sender);
    errno = error;
    return sent < 0 ? -1 : 0;
}

/* -- time and memory -- */

double system_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int system_clock_is_synchronized(void) {
#ifdef __linux__
    struct timex timex;
    memset(&timex, 0, sizeof timex);
    int state = adjtimex(&timex);
    return state < 0 ? -1 : state != TIME_ERROR && (timex.status & STA_UNSYNC) == 0;
#else
    return -1;
#endif
}

double system_processor_seconds(void) {
    struct rusage usage;
    memset(&usage, 0, sizeof usage);
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec * 1e-6;
}

/* From Linux itself where it tells: what getrusage counts there includes the program that started this one. */
long long system_peak_memory(void) {
    struct rusage usage;
    FILE *status = fopen("/proc/self/status", "r");
    long long kibibytes = 0;
    char line[256];
    while (status != NULL && kibibytes == 0 && fgets(line, sizeof line, status) != NULL) {
        sscanf(line, "VmHWM: %lld", &kibibytes);
    }
    if (status != NULL) {
        fclose(status);
    }
    memset(&usage, 0, sizeof usage);
    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    return usage.ru_maxrss;
#else
    return (kibibytes > 0 ? kibibytes : usage.ru_maxrss) * 1024LL;
#endif
}

#endif
