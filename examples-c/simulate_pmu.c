/* A PMU with sockets of its own: it answers the commands of one client at a time, and sends it 50 data frames a second.
 *
 *   simulate_pmu PORT                              simulate_pmu 4712
 *   sttp-c37118 show 127.0.0.1:4712 --id 7
 *
 * It runs until its input ends. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sttp.h"

#define ID_CODE 7
#define RATE 50
#define TICKS_PER_SECOND 10000000

static struct {
    sttp_c37118_configuration *able;       /* CFG-1 */
    sttp_c37118_configuration *short_form; /* CFG-2 */
    sttp_c37118_configuration *long_form;  /* CFG-3 */
    sttp_c37118_assembler *assembler;
    int client; /* -1: none */
    int sends_data;
    int64_t next; /* frame of the epoch of ticks */
} pmu = {NULL, NULL, NULL, NULL, -1, 0, 0};

static struct {
    uint8_t bytes[65535];
    size_t length;
} frame;

static int failed(const char *what) {
    fprintf(stderr, "%s: %s\n", what, sttp_last_error());
    return 1;
}

static int32_t configure(void) {
    sttp_c37118_builder *builder = NULL;
    sttp_c37118_stream stream = {.id_code = ID_CODE, .data_rate = RATE, .time_base = 1000000, .version = 2};
    /* Phasors polar, everything as floating point. */
    sttp_c37118_pmu one = {.station = "Aldermoor", .id_code = ID_CODE, .format = 15, .nominal_frequency = 50};
    sttp_c37118_phasor voltage = {.name = "Bus 1 V+", .component = '+'};
    sttp_c37118_phasor current = {.name = "Line 1 I+", .is_current = 1, .component = '+'};
    int32_t status = sttp_c37118_builder_new(&stream, sizeof stream, &builder);
    if (status == STTP_OK) status = sttp_c37118_builder_add_pmu(builder, &one, sizeof one);
    if (status == STTP_OK) status = sttp_c37118_builder_add_phasor(builder, &voltage, sizeof voltage);
    if (status == STTP_OK) status = sttp_c37118_builder_add_phasor(builder, &current, sizeof current);
    if (status == STTP_OK) status = sttp_c37118_builder_finish(builder, 1, &pmu.able);
    if (status == STTP_OK) status = sttp_c37118_builder_finish(builder, 2, &pmu.short_form);
    if (status == STTP_OK) status = sttp_c37118_builder_finish(builder, 3, &pmu.long_form);
    sttp_c37118_builder_free(builder);
    return status;
}

static void drop_client(void) {
    close(pmu.client);
    pmu.client = -1;
    pmu.sends_data = 0;
    sttp_c37118_assembler_free(pmu.assembler);
    pmu.assembler = NULL;
}

/* Sends the frame that was written. A client that does not keep up is left. */
static void send_frame(int32_t status) {
    if (status != STTP_OK) {
        failed("Cannot write a frame");
    } else if (send(pmu.client, frame.bytes, frame.length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)frame.length) {
        pmu.sends_data = 0;
        shutdown(pmu.client, SHUT_RDWR);
    }
}

static void obey(void *user_data, const sttp_c37118_frame *got, const sttp_c37118_configuration *configuration) {
    static const char text[] = "A PMU made up by libsttp";
    const int64_t now = sttp_time_now();
    (void)user_data;
    (void)configuration;
    if (got->type != STTP_C37118_COMMAND || got->id_code != ID_CODE) return;
    switch (got->command) {
    case STTP_C37118_START_DATA:
    case STTP_C37118_STOP_DATA:
        pmu.sends_data = got->command == STTP_C37118_START_DATA;
        pmu.next = now / (TICKS_PER_SECOND / RATE) + 1;
        break;
    case STTP_C37118_SEND_HEADER:
        send_frame(sttp_c37118_header_encode(pmu.short_form, now, 0, (const uint8_t *)text, sizeof text - 1, frame.bytes,
                                             sizeof frame.bytes, &frame.length));
        break;
    case STTP_C37118_SEND_CONFIGURATION_1: /* What it is able to give is what it gives. */
        send_frame(sttp_c37118_configuration_encode(pmu.able, now, 0, frame.bytes, sizeof frame.bytes, &frame.length));
        break;
    case STTP_C37118_SEND_CONFIGURATION_2:
        send_frame(sttp_c37118_configuration_encode(pmu.short_form, now, 0, frame.bytes, sizeof frame.bytes,
                                                    &frame.length));
        break;
    case STTP_C37118_SEND_CONFIGURATION_3:
        send_frame(sttp_c37118_configuration_encode(pmu.long_form, now, 0, frame.bytes, sizeof frame.bytes,
                                                    &frame.length));
        break;
    default:
        break;
    }
}

static void receive(void) {
    uint8_t bytes[4096];
    const ssize_t count = recv(pmu.client, bytes, sizeof bytes, 0);
    if (count <= 0) {
        drop_client();
    } else if (sttp_c37118_assembler_receive(pmu.assembler, bytes, (size_t)count, obey, NULL) != STTP_OK) {
        failed("The client says what cannot be read");
    }
}

/* Sends the frames whose time has come. */
static void measure(void) {
    while (pmu.sends_data && pmu.next * (TICKS_PER_SECOND / RATE) <= sttp_time_now()) {
        const int64_t timestamp = pmu.next++ * (TICKS_PER_SECOND / RATE);
        const double seconds = (double)(timestamp % (60LL * TICKS_PER_SECOND)) / TICKS_PER_SECOND;
        /* The frequency swings about 50 Hz in a minute, and the angle is its integral. */
        const double swing = 6.28318530717959 / 60 * seconds;
        const double angle = -0.02 * 360 * 60 / 6.28318530717959 * cos(swing);
        const sttp_c37118_polar phasors[2] = {{132790, remainder(angle, 360)}, {810, remainder(angle - 20, 360)}};
        const sttp_c37118_pmu_values values = {
            .phasors = phasors, .frequency = 50 + 0.02 * sin(swing), .rate_of_change = 0.02 * 0.1047 * cos(swing)};
        send_frame(sttp_c37118_data_encode(pmu.long_form, timestamp, 0, &values, 1, sizeof values, frame.bytes,
                                           sizeof frame.bytes, &frame.length));
    }
}

static int serve(int listener) {
    struct pollfd ready[3] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = listener}, {.events = POLLIN}};
    for (;;) {
        ready[1].events = pmu.client == -1 ? POLLIN : 0;
        ready[2].fd = pmu.client;
        if (poll(ready, 3, pmu.sends_data ? 1000 / RATE / 4 : -1) < 0) return 1;
        if (ready[0].revents != 0 && getchar() == EOF) return 0;
        if (pmu.client != -1 && ready[2].revents != 0) receive();
        if (pmu.client == -1 && ready[1].revents != 0) {
            pmu.client = accept(listener, NULL, NULL);
            if (pmu.client == -1) {
                if (errno == ECONNABORTED) continue; /* It has gone already. */
                perror("Cannot accept a client");
                return 1;
            }
            if (sttp_c37118_assembler_new(&pmu.assembler) != STTP_OK) return failed("Cannot receive");
        }
        measure();
    }
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    if (argc != 2) {
        fprintf(stderr, "usage: simulate_pmu PORT\n");
        return 2;
    }
    if (configure() != STTP_OK) return failed("Cannot describe the PMU");
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        perror("Cannot listen");
        return 1;
    }
    printf("Listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    const int code = serve(listener);
    if (pmu.client != -1) drop_client();
    close(listener);
    sttp_c37118_configuration_free(pmu.long_form);
    sttp_c37118_configuration_free(pmu.short_form);
    sttp_c37118_configuration_free(pmu.able);
    return code;
}
