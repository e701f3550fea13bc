/* The commands of sttp-c37118. */
#ifndef STTP_C37118_COMMANDS_H
#define STTP_C37118_COMMANDS_H

/* Each is run with the program and its own name in argv[0]. The exit code. */
int show_command(int argc, char **argv);
int publish_command(int argc, char **argv);
int serve_command(int argc, char **argv);
int relay_in_command(int argc, char **argv);
int relay_out_command(int argc, char **argv);

#endif
