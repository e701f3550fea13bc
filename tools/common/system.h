/* What the tools ask of the operating system beyond the C library: system_posix.c and system_windows.c answer. */
#ifndef STTP_SYSTEM_H
#define STTP_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/* Standard streams and files carry bytes as they are, and a closed standard output is an error that can be told. Ctrl-C,
 * or what else asks the program to end, calls `interrupted`, which may only ring bells and set flags; a second time it
 * ends the program. 0, or -1 with errno set. */
int system_begin(void (*interrupted)(void));

/* Ends the current, or else the next, wait for it: one of them, however often it was rung. */
struct bell {
    intptr_t rung;    /* handles of the system */
    intptr_t watched;
};

/* 0, or -1 with errno set. */
int bell_make(struct bell *bell);

/* From a callback, another thread, or `interrupted`. */
void bell_ring(const struct bell *bell);

/* Nonzero when it was rung within so many seconds, HUGE_VAL is no limit. A signal may end the wait as the bell does. */
int bell_wait(const struct bell *bell, double seconds);

/* Nonzero when a descriptor can be read; 0 when it could not within so many seconds, or when the bell was rung. */
int bell_wait_readable(const struct bell *bell, int descriptor, double seconds);

/* Another program, whose standard output is read. */
struct child {
    intptr_t process;
    int output; /* to be closed */
};

/* Starts a program, the first of words that end with NULL, with the others as its arguments. Without a slash in its name it is
 * looked for on the PATH. It has no input, and its standard error is this program's. 0, or -1 with errno set, ENOENT when
 * there is none. */
int child_start(const char *const *words, struct child *child);

/* Waits until it has ended; its exit code, or -1 when it was ended by something else. */
int child_wait(const struct child *child);

/* Ends it. */
void child_kill(const struct child *child);

/* The path of a program of that name in the folder of this one. 0, or -1 when there is none. */
int system_beside(const char *name, char *path, size_t size);

/* Seconds of the monotonic clock. */
double system_clock(void);

/* Sends a message to the supervisor that NOTIFY_SOCKET of the environment names; without one there is nobody to tell, as
 * on Windows. 0, or -1 with errno set. */
int system_notify(const char *message);

/* Whether the system takes its clock for synchronised: 1 yes, 0 no, -1 where it does not tell. */
int system_clock_is_synchronized(void);

/* What this process has taken so far: seconds of processors, and the most bytes of memory at a time. */
double system_processor_seconds(void);
long long system_peak_memory(void);

#endif
