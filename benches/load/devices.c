/* The devices' side: made-up PMUs behind one port, which hold their data back until they are all wanted. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/common/tool.h"
#include "load.h"
#include "loopback.h"
#include "pmu.h"
#include "usage.h"

#define LOOK_SECONDS 0.2
#define END_SECONDS 10.0

/* A connection, which is that of the device whose ID code its commands have. */
struct caller {
    int socket;
    uint8_t command[PMU_COMMAND_SIZE];
    size_t length;
    struct pmu pmu;
    int is_on;
};

struct devices {
    const struct devices_options *options;
    int listener;
    struct caller *callers;
    size_t count; /* of callers */
    struct pollfd *polled; /* the listener, and the callers */
    uint64_t rounds; /* sent: a frame of each */
    double began;
    double ended;
    double latest; /* how many seconds a round began after its time, at most */
    uint64_t value_sum; /* of all frames, as a subscriber receives them */
    uint64_t time_sum;
};

/* -- commands -- */

static int send_frame(const struct caller *caller, const uint8_t *frame, size_t size) {
    ssize_t sent = send(caller->socket, frame, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != (ssize_t)size) {
        tool_error("device %u cannot send: %s", caller->pmu.id_code,
                   sent < 0 ? strerror(errno) : "its connection takes no more");
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

static int obey(struct devices *devices, struct caller *caller) {
    uint8_t frame[PMU_MOST_SIZE];
    uint16_t id_code, command;
    if (pmu_read_command(caller->command, &id_code, &command) != 0 || id_code == 0 ||
        id_code > devices->options->devices || (caller->pmu.id_code != 0 && caller->pmu.id_code != id_code)) {
        tool_error("what came is no command for a device from 1 to %llu",
                   (unsigned long long)devices->options->devices);
        return TOOL_FAILED;
    }
    if (caller->pmu.id_code == 0) {
        pmu_new(&caller->pmu, id_code);
    }
    if (command == STTP_C37118_START_DATA || command == STTP_C37118_STOP_DATA) {
        caller->is_on = command == STTP_C37118_START_DATA;
    } else if (command == STTP_C37118_SEND_CONFIGURATION_2) {
        return send_frame(caller, frame,
                          pmu_configuration(&caller->pmu, devices->options->rate, sttp_time_now(), frame));
    }
    return TOOL_DONE;
}

static int hear(struct devices *devices, struct caller *caller) {
    ssize_t come = recv(caller->socket, caller->command + caller->length, PMU_COMMAND_SIZE - caller->length, 0);
    if (come <= 0) {
        tool_error("who had called device %u has hung up before there were data", caller->pmu.id_code);
        return TOOL_FAILED;
    }
    caller->length += (size_t)come;
    if (caller->length < PMU_COMMAND_SIZE) {
        return TOOL_DONE;
    }
    caller->length = 0;
    return obey(devices, caller);
}

static int answer_call(struct devices *devices) {
    int socket = accept(devices->listener, NULL, NULL);
    if (socket < 0 || devices->count == devices->options->devices || send_at_once(socket) != 0) {
        tool_error("cannot accept a connection beside %zu others: %s", devices->count,
                   socket < 0 ? strerror(errno) : "there are no more devices");
        if (socket >= 0) {
            close(socket);
        }
        return TOOL_FAILED;
    }
    devices->callers[devices->count].socket = socket;
    devices->polled[++devices->count] = (struct pollfd){socket, POLLIN, 0};
    return TOOL_DONE;
}

static uint64_t wanted_now(const struct devices *devices) {
    uint64_t wanted = 0;
    for (size_t i = 0; i < devices->count; i++) {
        wanted += devices->callers[i].is_on != 0;
    }
    return wanted;
}

static int serve_commands(struct devices *devices) {
    const struct devices_options *options = devices->options;
    double began = tool_clock();
    while (wanted_now(devices) < options->devices) {
        if (tool_interrupted() || is_patience_over(began, options->patience, wanted_now(devices), options->devices)) {
            return TOOL_FAILED;
        }
        size_t known = devices->count;
        poll(devices->polled, known + 1, (int)(LOOK_SECONDS * 1000.0));
        for (size_t i = 0; i <= known; i++) {
            if (devices->polled[i].revents != 0 &&
                (i == 0 ? answer_call(devices) : hear(devices, &devices->callers[i - 1])) != TOOL_DONE) {
                return TOOL_FAILED;
            }
        }
    }
    return TOOL_DONE;
}

/* Whoever wants the data says when everything else is ready for them. */
static int wait_for_word(const struct devices *devices) {
    if (!tool_wait_readable(STDIN_FILENO, devices->options->patience)) {
        tool_error("standard input says nothing for %g seconds (--patience S waits longer)",
                   devices->options->patience);
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

/* -- data -- */

/* A frame of each device, all of one time: just before the first of them is sent. */
static int send_round(struct devices *devices, double due) {
    uint8_t frame[PMU_MOST_SIZE];
    double step = devices->options->spread / (double)devices->count;
    int64_t ticks = sttp_time_now();
    for (size_t i = 0; i < devices->count; i++) {
        struct caller *caller = &devices->callers[i];
        size_t size = pmu_data(&caller->pmu, ticks, frame, &devices->value_sum);
        double its_due = due + step * (double)i;
        if (step > 0.0 && tool_clock() < its_due) {
            wait_until(its_due);
        }
        if (send_frame(caller, frame, size) != TOOL_DONE) {
            return TOOL_FAILED;
        }
        devices->time_sum += (uint64_t)ticks * PMU_MEASUREMENTS;
    }
    devices->rounds++;
    return TOOL_DONE;
}

static int send_all(struct devices *devices) {
    const struct devices_options *options = devices->options;
    double interval = 1.0 / (double)options->rate;
    uint64_t wanted = options->frames != 0 ? options->frames : (uint64_t)(options->seconds / interval);
    devices->began = tool_clock();
    while (!tool_interrupted() && devices->rounds < wanted) {
        double due = devices->began + interval * (double)devices->rounds;
        wait_until(due);
        devices->latest = fmax(devices->latest, tool_clock() - due);
        if (send_round(devices, due) != TOOL_DONE) {
            return TOOL_FAILED;
        }
    }
    wait_until(devices->began + interval * (double)devices->rounds);
    devices->ended = tool_clock();
    return TOOL_DONE;
}

/* Ends connections so that nothing that is under way is lost: commands that nobody has read would reset them. */
static void hang_up(const struct devices *devices) {
    double until = tool_clock() + END_SECONDS;
    for (size_t i = 0; i < devices->count; i++) {
        shutdown(devices->callers[i].socket, SHUT_WR);
    }
    for (size_t i = 0; i < devices->count; i++) {
        char rest[PMU_COMMAND_SIZE];
        while (tool_wait_readable(devices->callers[i].socket, until - tool_clock()) &&
               recv(devices->callers[i].socket, rest, sizeof rest, 0) > 0) {
        }
    }
}

/* -- the end -- */

static void print_report(const struct devices *devices) {
    uint64_t frames = devices->rounds * devices->options->devices;
    struct processor_time cpu = processor_time_now();
    printf("{\"role\":\"devices\",\"devices\":%llu,\"frames\":%llu,\"measurements\":%llu,\"seconds\":%.6f,"
           "\"cpu_seconds\":%.6f,\"latest_frame_seconds\":%.6f,\"value_sum\":%llu,\"time_sum\":%llu}\n",
           (unsigned long long)devices->options->devices, (unsigned long long)frames,
           (unsigned long long)(frames * PMU_MEASUREMENTS), devices->ended - devices->began, cpu.user + cpu.system,
           devices->latest, (unsigned long long)devices->value_sum, (unsigned long long)devices->time_sum);
}

static int run(struct devices *devices) {
    struct sockaddr_in address;
    devices->listener = listen_on_loopback((int)devices->options->devices, &address);
    if (devices->listener < 0) {
        return TOOL_FAILED;
    }
    devices->polled[0] = (struct pollfd){devices->listener, POLLIN, 0};
    printf("Devices on 127.0.0.1:%u\n", ntohs(address.sin_port));
    if (serve_commands(devices) != TOOL_DONE || wait_for_word(devices) != TOOL_DONE ||
        send_all(devices) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    hang_up(devices);
    print_report(devices);
    return TOOL_DONE;
}

int devices_load(const struct devices_options *options) {
    struct devices devices;
    memset(&devices, 0, sizeof devices);
    devices.options = options;
    if (allow_connections(options->devices) != 0) {
        return TOOL_FAILED;
    }
    devices.callers = (struct caller *)calloc((size_t)options->devices, sizeof *devices.callers);
    devices.polled = (struct pollfd *)calloc((size_t)options->devices + 1, sizeof *devices.polled);
    int result = TOOL_FAILED;
    if (devices.callers == NULL || devices.polled == NULL) {
        tool_error("not enough memory for %llu devices", (unsigned long long)options->devices);
    } else {
        result = run(&devices);
    }
    /* The process ends, and with it its sockets. */
    free(devices.callers);
    free(devices.polled);
    return result;
}
