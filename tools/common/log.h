/* Log lines on standard error: levels, and for programs that run for long the times. */
#ifndef STTP_TOOL_LOG_H
#define STTP_TOOL_LOG_H

#include <stdint.h>

#include "options.h"

/* What general options say of the log. */
struct log_settings {
    int quiet;
    int level;  /* a place in log_levels, or -1 */
    int format; /* a place in log_formats, or -1 */
};
extern struct log_settings log_settings;
extern const struct option_choice log_levels[];
extern const struct option_choice log_formats[];

/* Makes `name` that of the program, in each line. */
void log_name(const char *name);

/* Lines begin with `place` from now on, as FILE:LINE; NULL: with nothing. */
void log_place(const char *place);

/* From now on lines are as the options and the environment say; before, they are plain. Times are told by default when
 * the program runs for long. 0, or -1 after saying what is wrong with the environment. */
int log_begin(int runs_long);

/* A line of a level, STTP_LOG_... */
void log_line(int32_t level, const char *message);

/* Whether lines of a level are told. */
int log_tells(int32_t level);

/* How lines are, as --log-format has it. */
const char *log_format_name(void);

/* Whether what happens, which else goes to standard output, is told in the log. */
int log_takes_events(void);

#endif
