#include "system.h"

#ifdef _WIN32

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <mmsystem.h>
#define PSAPI_VERSION 2
#include <psapi.h>

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <math.h>
#include <stdlib.h>

/* How often a pipe is looked at, which the system cannot wait for together with something else. */
#define LOOK_SECONDS 0.01

static void (*on_interruption)(void);
static UINT code_page;

/* On a thread of the system's. What is not handled ends the program. */
static BOOL WINAPI handle_control(DWORD control) {
    static LONG calls;
    int is_first = InterlockedIncrement(&calls) == 1;
    if (is_first) {
        on_interruption();
    }
    if (control == CTRL_CLOSE_EVENT || control == CTRL_LOGOFF_EVENT || control == CTRL_SHUTDOWN_EVENT) {
        /* The system ends the program when this returns, and some seconds later when it does not. */
        Sleep(INFINITE);
    }
    return is_first;
}

static void restore_code_page(void) {
    SetConsoleOutputCP(code_page);
}

int system_begin(void (*interrupted)(void)) {
    on_interruption = interrupted;
    /* Files that are opened later, and those that are open. */
    _fmode = _O_BINARY;
    _setmode(0, _O_BINARY);
    _setmode(1, _O_BINARY);
    _setmode(2, _O_BINARY);
    code_page = GetConsoleOutputCP();
    /* Without a console there is nothing to set, and nothing to restore. */
    if (code_page != 0 && SetConsoleOutputCP(CP_UTF8)) {
        atexit(restore_code_page);
    }
    /* Else waits end with the ticks of the system's clock, 15.6 ms apart. */
    timeBeginPeriod(1);
    if (!SetConsoleCtrlHandler(handle_control, TRUE)) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

/* -- bells: events that wake one wait -- */

int bell_make(struct bell *bell) {
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    if (event == NULL) {
        errno = ENOMEM;
        return -1;
    }
    bell->rung = (intptr_t)event;
    bell->watched = (intptr_t)event;
    return 0;
}

void bell_ring(const struct bell *bell) {
    SetEvent((HANDLE)bell->rung);
}

/* Rounded up, so that the time is over when a wait is. */
static DWORD to_milliseconds(double seconds) {
    return isinf(seconds) ? INFINITE : (DWORD)fmin(ceil(seconds * 1000.0), 1e9);
}

int bell_wait(const struct bell *bell, double seconds) {
    return WaitForSingleObject((HANDLE)bell->watched, to_milliseconds(seconds)) == WAIT_OBJECT_0;
}

static int wait_for_pipe(const struct bell *bell, HANDLE pipe, double seconds) {
    double until = system_clock() + seconds;
    for (;;) {
        DWORD there = 0;
        /* Of a pipe that has ended, reading tells. */
        if (!PeekNamedPipe(pipe, NULL, 0, NULL, &there, NULL) || there > 0) {
            return 1;
        }
        double left = until - system_clock();
        if (left <= 0.0 || bell_wait(bell, fmin(left, LOOK_SECONDS))) {
            return 0;
        }
    }
}

int bell_wait_readable(const struct bell *bell, int descriptor, double seconds) {
    HANDLE file = (HANDLE)_get_osfhandle(descriptor);
    switch (GetFileType(file)) {
    case FILE_TYPE_PIPE:
        return wait_for_pipe(bell, file, seconds);
    case FILE_TYPE_CHAR: {
        HANDLE handles[2] = {file, (HANDLE)bell->watched};
        return WaitForMultipleObjects(2, handles, FALSE, to_milliseconds(seconds)) == WAIT_OBJECT_0;
    }
    default:
        return 1;
    }
}

/* -- supervisors -- */

int system_notify(const char *message) {
    (void)message;
    return 0;
}

/* -- other programs: there are none to start here -- */

int child_start(const char *const *words, struct child *child) {
    (void)words;
    (void)child;
    errno = ENOSYS;
    return -1;
}

int child_wait(const struct child *child) {
    (void)child;
    return -1;
}

void child_kill(const struct child *child) {
    (void)child;
}

int system_beside(const char *name, char *path, size_t size) {
    (void)name;
    (void)path;
    (void)size;
    return -1;
}

/* -- time and memory -- */

double system_clock(void) {
    LARGE_INTEGER frequency;
    LARGE_INTEGER now;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return (double)now.QuadPart / (double)frequency.QuadPart;
}

static double seconds_of(FILETIME time) {
    return ((double)time.dwHighDateTime * 4294967296.0 + (double)time.dwLowDateTime) * 1e-7;
}

int system_clock_is_synchronized(void) {
    return -1;
}

double system_processor_seconds(void) {
    FILETIME created;
    FILETIME ended;
    FILETIME kernel;
    FILETIME user;
    if (!GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user)) {
        return 0.0;
    }
    return seconds_of(kernel) + seconds_of(user);
}

long long system_peak_memory(void) {
    PROCESS_MEMORY_COUNTERS counters;
    if (!GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters)) {
        return 0;
    }
    return (long long)counters.PeakWorkingSetSize;
}

#endif
