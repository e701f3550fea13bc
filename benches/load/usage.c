#include "usage.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../tools/common/tool.h"

/* For standard streams, pipes, listening and what the engines wait with. */
#define OTHER_DESCRIPTORS 64

static double to_seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

struct processor_time processor_time_now(void) {
    struct rusage usage;
    struct processor_time now = {0.0, 0.0};
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        now.user = to_seconds(usage.ru_utime);
        now.system = to_seconds(usage.ru_stime);
    }
    return now;
}

struct processor_time processor_time_since(struct processor_time start) {
    struct processor_time now = processor_time_now();
    now.user -= start.user;
    now.system -= start.system;
    return now;
}

uint64_t resident_bytes(void) {
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        if (fscanf(file, "%*u %llu", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t peak_resident_bytes(void) {
    unsigned long long kibibytes = 0;
    char line[256];
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && kibibytes == 0 && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "VmHWM: %llu", &kibibytes) != 1) {
            kibibytes = 0;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return (uint64_t)kibibytes * 1024;
}

int allow_connections(uint64_t connections) {
    struct rlimit limit;
    rlim_t needed = (rlim_t)(connections + OTHER_DESCRIPTORS);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) {
        return 0;
    }
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < needed) {
        tool_error("%llu connections need %llu file descriptors, but this system allows %llu: raise the hard limit "
                   "('nofile' in /etc/security/limits.conf, then log in again) or ask for fewer connections",
                   (unsigned long long)connections, (unsigned long long)needed,
                   (unsigned long long)limit.rlim_max);
        return -1;
    }
    limit.rlim_cur = needed;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        tool_error("cannot raise the limit of file descriptors to %llu: try 'ulimit -n %llu' before",
                   (unsigned long long)needed, (unsigned long long)needed);
        return -1;
    }
    return 0;
}
