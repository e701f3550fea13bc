/* What the tools share: messages, option values, signals and waiting. */
#ifndef STTP_TOOL_H
#define STTP_TOOL_H

#include <stddef.h>
#include <stdint.h>

/* Exit codes of the tools. */
#define TOOL_DONE 0
#define TOOL_FAILED 1
#define TOOL_USAGE 2
#define TOOL_FOUND 3
#define TOOL_EXIT_CODES "0 done, 1 failed, 2 wrong usage, 3 done, and found what was looked for: a fault or a difference"

#define TOOL_DIGITS_SIZE 32
#define TOOL_DONE_SIZE 16
#define TOOL_DURATION_SIZE 48

/* How soon a lost connection is opened again, as a connection string. */
#define TOOL_RECONNECT "retryInterval=250; maxRetryInterval=5000"

/* Makes `name` the start of every message, and SIGINT and SIGTERM a request to end cleanly; a second one kills.
 * Returns TOOL_DONE, or TOOL_FAILED after saying why. */
int tool_start(const char *name);

/* A line of the log, of a level STTP_LOG_...: see log.h. */
void tool_log(int32_t level, const char *format, ...);

/* The same, for errors. */
void tool_error(const char *format, ...);

/* The same followed by the library's own sentence about its last failure. Returns TOOL_FAILED. */
int tool_library_error(const char *format, ...);

/* Text on stdout, at once. When that cannot be written, it is said once, and tool_finish fails. */
void tool_say(const char *format, ...);

/* What happens: lines of text on stdout, or a line of the log where that takes them. */
void tool_tell(const char *format, ...);

/* Text from elsewhere on stdout, without what would move the cursor of a terminal. */
void tool_print_text(const char *text);

/* Tells systemd, where it has started the program, that it is ready, and how it stands; later how it stands now. */
void tool_ready(const char *format, ...);
void tool_status(const char *format, ...);

/* The exit code of a program that has come to `result`: TOOL_FAILED, after saying why, when what it said on stdout is not
 * where it belongs. */
int tool_finish(int result);

/* What a word needs for so many. */
const char *tool_plural(uint64_t number);

/* "Try 'NAME --help'" on stderr. Returns TOOL_USAGE. */
int tool_usage_hint(void);

/* The same after a problem. */
int tool_usage_error(const char *problem);

/* Nonzero once SIGINT or SIGTERM arrived. */
int tool_interrupted(void);

/* From now on an interruption that has not led to tool_grace_end within `seconds` calls `action` once, on a thread of
 * its own, so that what waits for somebody else ends too. 0, or -1 after saying why not. */
int tool_grace_begin(double seconds, void (*action)(void *user_data), void *user_data);
void tool_grace_end(void);

/* Ends the current, or else the next, tool_wait. Callable from any thread. */
void tool_wake(void);

/* Sleeps until tool_wake, a signal, or `seconds` have passed. Returns nonzero if it was woken early. */
int tool_wait(double seconds);

/* Waits until a descriptor can be read; 0 when `seconds` have passed, or at an interruption. */
int tool_wait_readable(int descriptor, double seconds);

/* Seconds of the monotonic clock. */
double tool_clock(void);

/* 1234567 as "1,234,567", in `buffer`, which it returns. */
const char *tool_group_digits(uint64_t number, char buffer[TOOL_DIGITS_SIZE]);

/* 95 as "1 min 35 s", in `buffer`, which it returns. */
const char *tool_duration(double seconds, char buffer[TOOL_DURATION_SIZE]);

/* 0.5 as " (50 %)", and nothing for a negative part, in `buffer`, which it returns. */
const char *tool_part_done(double part, char buffer[TOOL_DONE_SIZE]);

#endif
