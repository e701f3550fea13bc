/* sttp-load: puts load on a publisher or on subscribers, and measures what it costs their process. */
#include "load.h"

#include <stdio.h>
#include <string.h>

#include "../../tools/common/signals.h"
#include "../../tools/common/tool.h"

#define MOST_CONNECTIONS 100000
#define MOST_THREADS 64

static const char help[] =
    "Usage: sttp-load publish [OPTION]...\n"
    "  or:  sttp-load subscribe ADDRESS [OPTION]...\n"
    "  or:  sttp-load floor\n"
    "\n"
    "Publishes made-up signals, or receives them on any number of connections, and prints one line\n"
    "of JSON: what came, and what it took of processor and memory. Each measurement carries the time\n"
    "just before it was published. The floor is what the system alone takes from there to a\n"
    "subscriber: to bring a frame over loopback to a thread that waits for it, bare of STTP.\n"
    "\n"
    "  --threads N        threads of the engine (default: 1)\n"
    "  --patience S       give up when the connections are not there after S seconds (default: 60)\n"
    "  --seconds S        how long, once all subscribers are there (publish: default 5;\n"
    "                     subscribe: default until the publisher ends)\n"
    "  --idle             publish: publish nothing; subscribe: only connect\n"
    "\n"
    "publish:\n"
    "  --listen ADDRESS   where (default: 127.0.0.1:0, any free port, which is printed first)\n"
    "  --signals N        how many signals (default: 1000)\n"
    "  --rate FPS         frames per second; 0 for as many as subscribers take (default: 30)\n"
    "  --frames N         stop after N frames\n"
    "  --wait N           begin with N subscribers (default: 1)\n"
    "  --lossless         wait for slow subscribers, as --rate 0 does, instead of dropping\n"
    "\n"
    "subscribe:\n"
    "  --connections N    how many subscribers (default: 1)\n"
    "  --filters KIND     same: all subscribe to all signals; distinct: each to others (default: same)\n"
    "  --select N         how many signals each distinct filter selects (default: 1000)\n"
    "  --signals N        of how many signals of the publisher they are (default: 1100)\n"
    "  --receive KIND     callback, or pull: read by a thread for each connection (default: callback)\n"
    "  --compact          measurements in the compact form instead of TSSC\n"
    "  --metadata         request the metadata first\n";

/* The command line, an argument at a time. */
struct arguments {
    int count;
    char **texts;
    int next;
};

/* The value of the option just read; NULL after saying that it is missing. */
static const char *value_of(struct arguments *arguments) {
    if (arguments->next < arguments->count) {
        return arguments->texts[arguments->next++];
    }
    tool_error("%s needs a value", arguments->texts[arguments->next - 1]);
    return NULL;
}

static int take_whole(struct arguments *arguments, const char *option, uint64_t least, uint64_t most,
                      uint64_t *value) {
    const char *text = value_of(arguments);
    return text == NULL ? -1 : tool_parse_whole(option, text, least, most, value);
}

static int take_decimal(struct arguments *arguments, const char *option, double *value) {
    const char *text = value_of(arguments);
    return text == NULL ? -1 : tool_parse_decimal(option, text, value);
}

/* Sets `chosen` to whether the value is `second` instead of `first`. */
static int take_choice(struct arguments *arguments, const char *option, const char *first, const char *second,
                       int *chosen) {
    const char *text = value_of(arguments);
    if (text == NULL) {
        return -1;
    }
    *chosen = strcmp(text, second) == 0;
    if (!*chosen && strcmp(text, first) != 0) {
        tool_error("%s needs '%s' or '%s', not '%s'", option, first, second, text);
        return -1;
    }
    return 0;
}

static int unknown_option(const char *role, const char *option) {
    tool_error("%s has no option '%s'", role, option);
    return -1;
}

static int set_flag(int *flag) {
    *flag = 1;
    return 0;
}

static int take_publish_option(struct publish_options *options, struct arguments *arguments, const char *option) {
    if (strcmp(option, "--listen") == 0) {
        options->listen = value_of(arguments);
        return options->listen == NULL ? -1 : 0;
    }
    if (strcmp(option, "--signals") == 0) {
        return take_whole(arguments, option, 1, SIGNALS_MOST, &options->signals);
    }
    if (strcmp(option, "--rate") == 0) {
        return take_decimal(arguments, option, &options->rate);
    }
    if (strcmp(option, "--seconds") == 0) {
        return take_decimal(arguments, option, &options->seconds);
    }
    if (strcmp(option, "--frames") == 0) {
        return take_whole(arguments, option, 1, UINT32_MAX, &options->frames);
    }
    if (strcmp(option, "--wait") == 0) {
        return take_whole(arguments, option, 0, MOST_CONNECTIONS, &options->wait);
    }
    if (strcmp(option, "--patience") == 0) {
        return take_decimal(arguments, option, &options->patience);
    }
    if (strcmp(option, "--threads") == 0) {
        return take_whole(arguments, option, 1, MOST_THREADS, &options->threads);
    }
    if (strcmp(option, "--idle") == 0) {
        return set_flag(&options->idle);
    }
    if (strcmp(option, "--lossless") == 0) {
        return set_flag(&options->lossless);
    }
    return unknown_option("publish", option);
}

static int take_subscribe_option(struct subscribe_options *options, struct arguments *arguments,
                                 const char *option) {
    if (strcmp(option, "--connections") == 0) {
        return take_whole(arguments, option, 1, MOST_CONNECTIONS, &options->connections);
    }
    if (strcmp(option, "--filters") == 0) {
        return take_choice(arguments, option, "same", "distinct", &options->distinct);
    }
    if (strcmp(option, "--select") == 0) {
        return take_whole(arguments, option, 1, SIGNALS_MOST, &options->selected);
    }
    if (strcmp(option, "--signals") == 0) {
        return take_whole(arguments, option, 1, SIGNALS_MOST, &options->signals);
    }
    if (strcmp(option, "--receive") == 0) {
        return take_choice(arguments, option, "callback", "pull", &options->pull);
    }
    if (strcmp(option, "--seconds") == 0) {
        return take_decimal(arguments, option, &options->seconds);
    }
    if (strcmp(option, "--patience") == 0) {
        return take_decimal(arguments, option, &options->patience);
    }
    if (strcmp(option, "--threads") == 0) {
        return take_whole(arguments, option, 1, MOST_THREADS, &options->threads);
    }
    if (strcmp(option, "--compact") == 0) {
        return set_flag(&options->compact);
    }
    if (strcmp(option, "--idle") == 0) {
        return set_flag(&options->idle);
    }
    if (strcmp(option, "--metadata") == 0) {
        return set_flag(&options->metadata);
    }
    if (option[0] != '-' && options->address == NULL) {
        options->address = option;
        return 0;
    }
    return unknown_option("subscribe", option);
}

static int run_publish(struct arguments *arguments) {
    struct publish_options options = {"127.0.0.1:0", 1000, 30.0, 5.0, 0, 1, 60.0, 0, 0, 0};
    while (arguments->next < arguments->count) {
        if (take_publish_option(&options, arguments, value_of(arguments)) != 0) {
            return tool_usage_hint();
        }
    }
    return publish_load(&options);
}

static int run_subscribe(struct arguments *arguments) {
    struct subscribe_options options = {NULL, 1, 1100, 1000, 0.0, 60.0, 0, 0, 0, 0, 0, 0};
    while (arguments->next < arguments->count) {
        if (take_subscribe_option(&options, arguments, value_of(arguments)) != 0) {
            return tool_usage_hint();
        }
    }
    if (options.address == NULL) {
        tool_error("subscribe needs the address of the publisher, as 127.0.0.1:7175");
        return tool_usage_hint();
    }
    if (options.distinct && options.selected > options.signals) {
        tool_error("--select %llu is more than --signals %llu", (unsigned long long)options.selected,
                   (unsigned long long)options.signals);
        return tool_usage_hint();
    }
    return subscribe_load(&options);
}

int make_engine(uint64_t threads, sttp_engine **engine) {
    *engine = NULL;
    if (threads == 0) {
        return 0;
    }
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

int main(int argc, char **argv) {
    struct arguments arguments = {argc, argv, 2};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (tool_start("sttp-load") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            return TOOL_DONE;
        }
    }
    if (argc > 1 && strcmp(argv[1], "publish") == 0) {
        return run_publish(&arguments);
    }
    if (argc > 1 && strcmp(argv[1], "subscribe") == 0) {
        return run_subscribe(&arguments);
    }
    if (argc == 2 && strcmp(argv[1], "floor") == 0) {
        return floor_load();
    }
    tool_error("say first whether to 'publish', to 'subscribe' or to measure the 'floor'");
    return tool_usage_hint();
}
