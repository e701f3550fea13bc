/* Receives in a program that has an event loop of its own: the library has no thread, and its callbacks come only where
 * the loop lets it work. Ends with the end of standard input. Linux.
 *
 *   cc epoll_loop.c $(pkg-config --cflags --libs sttp) -o epoll_loop
 *   ./epoll_loop localhost:7175
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <sttp.h>

static void check(int32_t status, const char *what) {
    if (status != STTP_OK) {
        fprintf(stderr, "Cannot %s: %s (%s)\n", what, sttp_last_error(), sttp_status_name(status));
        exit(1);
    }
}

static void check_system(int result, const char *what) {
    if (result < 0) {
        fprintf(stderr, "Cannot %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static void say(void *user_data, int32_t level, const char *message) {
    (void)user_data;
    (void)level;
    fprintf(stderr, "%s\n", message);
}

/* On this program's only thread, inside sttp_engine_poll: no lock is needed. */
static void count(void *user_data, const sttp_measurement *measurements, size_t length) {
    (void)measurements;
    *(unsigned long long *)user_data += length;
}

static void watch(int loop, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    check_system(epoll_ctl(loop, EPOLL_CTL_ADD, descriptor, &event), "watch a descriptor");
}

/* A descriptor that is readable every second. */
static int start_clock(void) {
    const struct itimerspec every_second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
    int clock = timerfd_create(CLOCK_MONOTONIC, 0);
    check_system(clock, "make a timer");
    check_system(timerfd_settime(clock, 0, &every_second, NULL), "start a timer");
    return clock;
}

int main(int argc, char **argv) {
    unsigned long long received = 0;
    sttp_engine *engine = NULL;
    sttp_subscriber *subscriber = NULL;
    int32_t library = -1;
    int loop = epoll_create1(0);
    int clock = start_clock();
    int running = 1;

    check_system(loop, "make an event loop");
    check(sttp_engine_new_polled(&engine), "make an engine");
    check(sttp_engine_descriptor(engine, &library), "get the engine's descriptor");
    check(sttp_subscriber_new(engine, &subscriber), "make a subscriber");
    check(sttp_subscriber_on_message(subscriber, say, NULL, NULL), "register a callback");
    check(sttp_subscriber_on_measurements(subscriber, count, &received, NULL), "register a callback");
    check(sttp_subscriber_subscribe(subscriber, "FILTER ActiveMeasurements WHERE True"), "subscribe");
    check(sttp_subscriber_connect(subscriber, argc > 1 ? argv[1] : "localhost:7175"), "connect");
    watch(loop, library);
    watch(loop, clock);
    watch(loop, STDIN_FILENO);

    while (running) {
        struct epoll_event events[8];
        int32_t timeout = -1;
        /* Some of the library's work is due by time: a reconnect, a keep-alive. -1 means that nothing is. */
        check(sttp_engine_next_timeout(engine, &timeout), "ask what is due");
        int ready = epoll_wait(loop, events, 8, timeout);
        check_system(ready < 0 && errno == EINTR ? 0 : ready, "wait for events");
        for (int i = 0; i < ready; i++) {
            char bytes[256];
            if (events[i].data.fd == clock && read(clock, bytes, sizeof bytes) > 0) {
                printf("%llu measurements\n", received);
                fflush(stdout);
            } else if (events[i].data.fd == STDIN_FILENO && read(STDIN_FILENO, bytes, sizeof bytes) <= 0) {
                running = 0;
            }
        }
        /* What is ready, and what is due; costs little when that is nothing. */
        check(sttp_engine_poll(engine, 0), "let the library work");
    }

    printf("%llu measurements in all\n", received);
    sttp_subscriber_free(subscriber);
    sttp_engine_free(engine);
    close(clock);
    close(loop);
    return 0;
}
