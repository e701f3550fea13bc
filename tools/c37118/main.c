/* sttp-c37118: IEEE C37.118 and STTP: shows devices, publishes what they measure, and serves what is published. */
#include <stdio.h>
#include <string.h>

#include "../common/tool.h"
#include "commands.h"
#include "sttp.h"

/* A command: its name, which side of something it is, the name of the program with both, what it does, and who does it. */
struct command {
    const char *name;
    const char *side; /* NULL: there are no sides */
    char program[32];
    const char *text;
    int (*run)(int argc, char **argv);
};

static struct command commands[] = {
    {"show", NULL, "sttp-c37118 show", "Shows what a device is and measures.", show_command},
    {"publish", NULL, "sttp-c37118 publish", "Publishes what devices measure by STTP.", publish_command},
    {"serve", NULL, "sttp-c37118 serve", "Serves what an STTP publisher has as streams of C37.118.", serve_command},
    {"relay", "in", "sttp-c37118 relay in", "Publishes frames of devices byte by byte, where the devices are.",
     relay_in_command},
    {"relay", "out", "sttp-c37118 relay out", "Serves them as the device would, where its clients are.", relay_out_command},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static int help(void) {
    printf("Usage: sttp-c37118 COMMAND [ARGUMENT]... [OPTION]...\n"
           "Connects IEEE C37.118, the language of PMUs and PDCs, with STTP (IEEE 2664).\n"
           "\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s %s", commands[i].name, commands[i].side != NULL ? commands[i].side : "");
        printf("  %-10s %s\n", name, commands[i].text);
    }
    printf("\n'sttp-c37118 COMMAND --help' tells the arguments and options of a command.\n"
           "\nExit codes: %s.\n",
           TOOL_EXIT_CODES);
    return TOOL_DONE;
}

/* How many words of the command line name it; 0: another one. */
static int words_of(const struct command *command, int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], command->name) != 0) {
        return 0;
    }
    if (command->side == NULL) {
        return 1;
    }
    return argc > 2 && strcmp(argv[2], command->side) == 0 ? 2 : 0;
}

static int run_without_command(int argc, char **argv) {
    const char *argument = argc > 1 ? argv[1] : NULL;
    if (argument == NULL) {
        return tool_usage_error("the command is missing");
    }
    if (strcmp(argument, "relay") == 0) {
        if (argc > 2 && strcmp(argv[2], "--help") == 0) {
            return help();
        }
        return tool_usage_error("'relay' has two sides: 'relay in' where the device is, 'relay out' where its clients are");
    }
    if (strcmp(argument, "--help") == 0) {
        return help();
    }
    if (strcmp(argument, "--version") == 0) {
        printf("sttp-c37118, libsttp %s\n", sttp_version_text());
        return TOOL_DONE;
    }
    tool_error("there is no command '%s'", argument);
    return tool_usage_hint();
}

int main(int argc, char **argv) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const int words = words_of(&commands[i], argc, argv);
        if (words > 0) {
            if (tool_start(commands[i].program) != TOOL_DONE) {
                return TOOL_FAILED;
            }
            /* What getopt says begins with it. */
            argv[words] = commands[i].program;
            return tool_finish(commands[i].run(argc - words, argv + words));
        }
    }
    if (tool_start("sttp-c37118") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    return tool_finish(run_without_command(argc, argv));
}
