#include "system.h"

#ifndef _WIN32

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
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
#include <sys/wait.h>
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
    /* Whoever ignored it for this program, too, would leave no exit codes of children. */
    action.sa_handler = SIG_DFL;
    action.sa_flags = 0;
    if (sigaction(SIGCHLD, &action, NULL) != 0) {
        return -1;
    }
    /* A closed standard output is then an error of write(), which can be reported. */
    action.sa_handler = SIG_IGN;
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

/* -- other programs: in a group of their own, so that what interrupts this one is for this one to decide -- */

extern char **environ;

/* Closed in whatever is started later. */
static int make_pipe(int ends[2]) {
    if (pipe(ends) != 0) {
        return -1;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

static int spawn(const char *const *words, int output, pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    posix_spawnattr_setpgroup(&attributes, 0);
    error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    error = error != 0 ? error : posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    error = error != 0 ? error : posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    /* The words are not changed, though its type would allow that. */
    error = error != 0 ? error : posix_spawnp(process, words[0], &actions, &attributes, (char *const *)words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int child_start(const char *const *words, struct child *child) {
    int ends[2];
    pid_t process = 0;
    if (make_pipe(ends) != 0) {
        return -1;
    }
    int error = spawn(words, ends[1], &process);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        errno = error;
        return -1;
    }
    child->process = process;
    child->output = ends[0];
    return 0;
}

int child_wait(const struct child *child) {
    int status = 0;
    pid_t ended = -1;
    do {
        ended = waitpid((pid_t)child->process, &status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void child_kill(const struct child *child) {
    kill((pid_t)child->process, SIGKILL);
    child_wait(child);
}

int system_beside(const char *name, char *path, size_t size) {
    ssize_t length = readlink("/proc/self/exe", path, size);
    if (length <= 0 || (size_t)length >= size) {
        return -1;
    }
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    size_t room = slash != NULL ? size - (size_t)(slash + 1 - path) : 0;
    if (slash == NULL || (size_t)snprintf(slash + 1, room, "%s", name) >= room) {
        return -1;
    }
    return access(path, X_OK);
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
