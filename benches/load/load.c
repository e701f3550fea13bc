/* sttp-load: puts load on a publisher or on subscribers, and measures what it costs their process. */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../tools/common/tool.h"

static const char help[] =
    "Usage: sttp-load publish [OPTION]...\n"
    "  or:  sttp-load subscribe ADDRESS [OPTION]...\n"
    "  or:  sttp-load devices [OPTION]...\n"
    "  or:  sttp-load gateway ADDRESS [OPTION]...\n"
    "  or:  sttp-load floor\n"
    "\n"
    "Publishes made-up signals, or receives them on any number of connections, and prints one line\n"
    "of JSON: what came, and what it took of processor and memory. Each measurement carries the time\n"
    "just before it was published. The devices are made up, too, and speak C37.118; the gateway\n"
    "publishes what they send, with the time just before it was sent. The floor is what the system\n"
    "alone takes from there to a subscriber: to bring a frame over loopback to a thread that waits\n"
    "for it, bare of STTP.\n";

int make_engine(uint64_t threads, sttp_engine **engine) {
    *engine = NULL;
    if (sttp_engine_new_threads((int32_t)threads, engine) != STTP_OK) {
        tool_library_error("cannot make an engine");
        return -1;
    }
    return 0;
}

int is_patience_over(double since, double patience, uint64_t connections, uint64_t wanted) {
    if (tool_clock() - since < patience) {
        return 0;
    }
    tool_error("only %llu of %llu connections are there after %g seconds (--patience S waits longer)",
               (unsigned long long)connections, (unsigned long long)wanted, patience);
    return 1;
}

void wait_until(double time) {
    struct timespec due;
    due.tv_sec = (time_t)time;
    due.tv_nsec = (long)((time - (double)due.tv_sec) * 1e9);
    while (!tool_interrupted() && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {
    }
}

static int floor_command(int argc, char **argv) {
    (void)argv;
    return argc == 1 ? floor_load() : tool_usage_error("floor has no options");
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } roles[] = {{"publish", publish_command}, {"subscribe", subscribe_command}, {"devices", devices_command},
                 {"gateway", gateway_command}, {"floor", floor_command}};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (tool_start("sttp-load") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        list_options();
        return TOOL_DONE;
    }
    for (size_t i = 0; argc > 1 && i < sizeof roles / sizeof roles[0]; i++) {
        if (strcmp(argv[1], roles[i].name) == 0) {
            argv[1] = argv[0];
            return roles[i].run(argc - 1, argv + 1);
        }
    }
    return tool_usage_error("say first whether to 'publish', to 'subscribe', to be 'devices' or a 'gateway', or to "
                            "measure the 'floor'");
}
