/* What the system alone takes for the way of a frame: one thread sends as many bytes by TCP over loopback as a frame of
 * 1,000 signals has, to another one, which waits for them. */
#include "load.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/common/tool.h"
#include "histogram.h"
#include "loopback.h"

#define FRAMES 300
#define FRAME_BYTES 2400
#define FRAME_INTERVAL_NS 33333333L

struct way {
    int sending; /* a connection */
    int receiving;
    int64_t begun[FRAMES]; /* written before a frame is sent, read after it has come */
    struct histogram latency;
    int failed;
};

static int connect_over_loopback(struct way *way) {
    struct sockaddr_in address;
    int listener = listen_on_loopback(1, &address);
    if (listener < 0) {
        return -1;
    }
    way->sending = socket(AF_INET, SOCK_STREAM, 0);
    int result = connect(way->sending, (struct sockaddr *)&address, sizeof address);
    way->receiving = result != 0 ? -1 : accept(listener, NULL, NULL);
    close(listener);
    if (way->receiving < 0 || send_at_once(way->sending) != 0) {
        tool_error("cannot connect over loopback");
        return -1;
    }
    return 0;
}

static void *receive_frames(void *argument) {
    struct way *way = (struct way *)argument;
    static char frame[FRAME_BYTES];
    for (int i = 0; i < FRAMES; i++) {
        if (recv(way->receiving, frame, sizeof frame, MSG_WAITALL) != FRAME_BYTES) {
            way->failed = 1;
            break;
        }
        histogram_add(&way->latency, sttp_time_now() - way->begun[i]);
    }
    return NULL;
}

static void send_frames(struct way *way) {
    const struct timespec interval = {0, FRAME_INTERVAL_NS};
    static const char frame[FRAME_BYTES];
    for (int i = 0; i < FRAMES; i++) {
        nanosleep(&interval, NULL);
        way->begun[i] = sttp_time_now();
        if (send(way->sending, frame, sizeof frame, MSG_NOSIGNAL) != FRAME_BYTES) {
            break;
        }
    }
    shutdown(way->sending, SHUT_WR);
}

int floor_load(void) {
    static struct way way;
    pthread_t receiver;
    if (connect_over_loopback(&way) != 0) {
        return TOOL_FAILED;
    }
    if (pthread_create(&receiver, NULL, receive_frames, &way) != 0) {
        tool_error("the system gives no more threads");
        return TOOL_FAILED;
    }
    send_frames(&way);
    pthread_join(receiver, NULL);
    if (way.failed) {
        tool_error("the connection over loopback failed");
        return TOOL_FAILED;
    }
    printf("{\"role\":\"floor\",\"latency_us\":{\"count\":%llu,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}}\n",
           (unsigned long long)way.latency.count, histogram_quantile(&way.latency, 0.5),
           histogram_quantile(&way.latency, 0.99), histogram_most(&way.latency));
    return TOOL_DONE;
}
