/* sttp-c37118: IEEE C37.118 and STTP: shows devices, publishes what they measure, and serves what is published. */
#include <stdio.h>
#include <string.h>

#include "../common/tool.h"
#include "commands.h"
#include "sttp.h"

/* A command: the name of the program with it, what it does, and who does it. */
struct command {
    const char *name;
    const char *program;
    const char *text;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"show", "sttp-c37118 show", "Shows what a device is and measures.", show_command},
    {"publish", "sttp-c37118 publish", "Publishes what devices measure by STTP.", publish_command},
    {"serve", "sttp-c37118 serve", "Serves what an STTP publisher has as streams of C37.118.", serve_command},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static int help(void) {
    printf("Usage: sttp-c37118 COMMAND [ARGUMENT]... [OPTION]...\n"
           "Connects IEEE C37.118, the language of PMUs and PDCs, with STTP (IEEE 2664).\n"
           "\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].text);
    }
    printf("\nByte by byte, so that clients cannot tell it from the device: 'publish DEVICE --frames' where the device is,\n"
           "and 'serve PUBLISHER --relay NAME' where its clients are.\n");
    printf("\n'sttp-c37118 COMMAND --help' tells the arguments and options of a command.\n"
           "\nExit codes: 0 done, 1 failed, 2 wrong usage.\n");
    return TOOL_DONE;
}

static int run_without_command(const char *argument) {
    if (argument != NULL && strcmp(argument, "--help") == 0) {
        return help();
    }
    if (argument != NULL && strcmp(argument, "--version") == 0) {
        printf("sttp-c37118, libsttp %s\n", sttp_version_text());
        return TOOL_DONE;
    }
    if (argument == NULL) {
        return tool_usage_error("the command is missing");
    }
    tool_error("there is no command '%s'", argument);
    return tool_usage_hint();
}

int main(int argc, char **argv) {
    for (size_t i = 0; argc > 1 && i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            if (tool_start(commands[i].program) != TOOL_DONE) {
                return TOOL_FAILED;
            }
            return tool_finish(commands[i].run(argc - 1, argv + 1));
        }
    }
    if (tool_start("sttp-c37118") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    return tool_finish(run_without_command(argc > 1 ? argv[1] : NULL));
}
