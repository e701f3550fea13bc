/* Sets the system's clock, for one process only: preloaded, it adds to it the seconds that a file has. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    const char *path = getenv("SET_CLOCK");
    FILE *file = clock == CLOCK_REALTIME && path != NULL ? fopen(path, "r") : NULL;
    long seconds = 0;
    if (file != NULL) {
        if (fscanf(file, "%ld", &seconds) == 1) {
            time->tv_sec += seconds;
        }
        fclose(file);
    }
    return result;
}
