/* What a table of options says to people: --help, and the tables of docs/tools.md. */
#ifndef STTP_OPTIONS_HELP_H
#define STTP_OPTIONS_HELP_H

#include "options.h"

/* Prints all options in a form: NULL for --help, "markdown", or "list". Exit code; TOOL_USAGE after saying that there is no such
 * form. */
int options_help(const struct command_line *line, const char *form);

/* Prints the program's own options alone, as --help does. */
void options_list(const struct command_line *line);

#endif
