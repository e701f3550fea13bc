/* What a fork of the process can and cannot do, and that signals stay with the program's own threads. */
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#define FRAMES 20

struct pair {
    sttp_publisher *publisher;
    sttp_subscriber *subscriber;
    struct collection collection;
    int subscriptions;
};

static void pair_start(struct pair *pair, sttp_engine *engine) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    memset(pair, 0, sizeof *pair);
    collection_init(&pair->collection, 2 * FRAMES * FIXTURE_SIGNALS);
    pair->publisher = start_publisher(engine, address, &pair->subscriptions);
    CHECK_OK(sttp_subscriber_new(engine, &pair->subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(pair->subscriber, collect, &pair->collection, NULL));
    CHECK_OK(sttp_subscriber_subscribe(pair->subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(pair->subscriber, address));
    CHECK(await_count(&pair->subscriptions, 1) == 1);
}

/* Publishes frames, and awaits them: `before` have come so far. */
static void pair_exchange(struct pair *pair, int before) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int number = 0; number < FRAMES; number++) {
        fill_frame(frame, before + number);
        CHECK_OK(sttp_publisher_publish_indexed(pair->publisher, frame, FIXTURE_SIGNALS));
    }
    const int wanted = (before + FRAMES) * FIXTURE_SIGNALS;
    CHECK(await_count(&pair->collection.count, wanted) == wanted);
}

static void pair_free(struct pair *pair) {
    sttp_subscriber_free(pair->subscriber);
    sttp_publisher_free(pair->publisher);
    collection_free(&pair->collection);
}

#define CHECK_FORKED(call)                                                \
    do {                                                                  \
        CHECK_STATUS(call, STTP_ERR_FORKED);                              \
        CHECK(strstr(sttp_last_error(), "after the fork") != NULL);       \
    } while (0)

/* What the parent made answers in the child what to do, and is left alone. */
static void check_inherited(struct pair *pair, sttp_engine *polled) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    sttp_subscriber_counters received;
    sttp_publisher_counters sent;
    sttp_subscriber *another = NULL;
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int32_t state = -1;
    size_t count = 0;
    fill_frame(frame, 0);
    CHECK_FORKED(sttp_subscriber_connect(pair->subscriber, "127.0.0.1:7165"));
    CHECK_FORKED(sttp_subscriber_disconnect(pair->subscriber));
    CHECK_FORKED(sttp_subscriber_subscribe(pair->subscriber, EVERYTHING));
    CHECK_FORKED(sttp_subscriber_unsubscribe(pair->subscriber));
    CHECK_FORKED(sttp_subscriber_request_metadata(pair->subscriber, NULL));
    CHECK_FORKED(sttp_subscriber_state(pair->subscriber, &state));
    CHECK_FORKED(sttp_subscriber_statistics(pair->subscriber, &received, sizeof received));
    CHECK_FORKED(sttp_subscriber_read(pair->subscriber, frame, 1, -1, &count));
    CHECK_FORKED(sttp_subscriber_wait_until_subscribed(pair->subscriber, -1));
    CHECK_FORKED(sttp_subscriber_on_measurements(pair->subscriber, NULL, NULL, NULL));
    CHECK_FORKED(sttp_publisher_publish(pair->publisher, frame, 1));
    CHECK_FORKED(sttp_publisher_publish_indexed(pair->publisher, frame, 1));
    CHECK_FORKED(sttp_publisher_start(pair->publisher, address));
    CHECK_FORKED(sttp_publisher_stop(pair->publisher));
    CHECK_FORKED(sttp_publisher_flush(pair->publisher, -1));
    CHECK_FORKED(sttp_publisher_statistics(pair->publisher, &sent, sizeof sent));
    CHECK_FORKED(sttp_engine_poll(polled, -1));
    CHECK_FORKED(sttp_subscriber_new(polled, &another));
    sttp_subscriber_free(pair->subscriber);
    sttp_publisher_free(pair->publisher);
    sttp_engine_free(polled);
}

static void check_fork(void) {
    struct pair pair;
    sttp_engine *polled = NULL;
    int report[2];
    pair_start(&pair, NULL);
    CHECK_OK(sttp_engine_new_polled(&polled));
    pair_exchange(&pair, 0);
    CHECK(pipe(report) == 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct pair own;
        check_inherited(&pair, polled);
        /* What it makes itself works, on a shared engine of its own. */
        pair_start(&own, NULL);
        pair_exchange(&own, 0);
        pair_free(&own);
        fflush(NULL);
        _exit(write(report[1], &check_failed, sizeof check_failed) == (ssize_t)sizeof check_failed ? 0 : 1);
    }
    /* Not its exit code: valgrind finds there that memory of threads which the child does not have is lost. */
    int failed = -1;
    int status = -1;
    CHECK(read(report[0], &failed, sizeof failed) == (ssize_t)sizeof failed && failed == 0);
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    close(report[0]);
    close(report[1]);
    /* The parent goes on as if nothing had happened. */
    pair_exchange(&pair, FRAMES);
    pair_free(&pair);
    CHECK_OK(sttp_engine_poll(polled, 0));
    sttp_engine_free(polled);
}

/* A signal that the program blocks stays blocked: the library's threads would take it, which would end the process. */
static void check_signals(void) {
    struct pair pair;
    sigset_t signals;
    int taken = 0;
    pair_start(&pair, NULL);
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    pair_exchange(&pair, 0);
    CHECK(sigwait(&signals, &taken) == 0 && taken == SIGUSR1);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &signals, NULL) == 0);
    pair_free(&pair);
}

int main(void) {
    check_fork();
    check_signals();
    return check_report("test_fork");
}
