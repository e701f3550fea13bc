/* Peers that send nonsense, vanish, or do not read: their connection suffers, and nothing else does. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fixture.h"

/* -- raw peers -- */

static int raw_connect(const char *address) {
    struct sockaddr_in place;
    memset(&place, 0, sizeof place);
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    place.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(peer >= 0);
    CHECK(connect(peer, (struct sockaddr *)&place, sizeof place) == 0);
    return peer;
}

static int raw_listen(char address[ADDRESS_SIZE]) {
    struct sockaddr_in place;
    socklen_t length = sizeof place;
    memset(&place, 0, sizeof place);
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(listener >= 0);
    CHECK(bind(listener, (struct sockaddr *)&place, length) == 0);
    CHECK(listen(listener, 4) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&place, &length) == 0);
    snprintf(address, ADDRESS_SIZE, "127.0.0.1:%u", (unsigned)ntohs(place.sin_port));
    return listener;
}

/* Waits for the other side to close; it may send before it does. */
static void await_end(int peer) {
    char bytes[4096];
    struct timeval patience;
    patience.tv_sec = PATIENCE_MS / 1000;
    patience.tv_usec = 0;
    CHECK(setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    ssize_t count;
    do {
        count = recv(peer, bytes, sizeof bytes, 0);
    } while (count > 0);
    /* Closed or reset, but not still open. */
    CHECK(count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK));
}

static void fill_with_nonsense(unsigned char *bytes, size_t count, uint32_t seed) {
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525U + 1013904223U;
        bytes[i] = (unsigned char)(seed >> 24);
    }
}

/* -- against the publisher -- */

static void send_and_await_end(const char *address, const void *bytes, size_t count) {
    int peer = raw_connect(address);
    /* The publisher may close before it took everything. */
    ssize_t sent = send(peer, bytes, count, MSG_NOSIGNAL);
    (void)sent;
    await_end(peer);
    close(peer);
}

static void send_and_reset(const char *address, const void *bytes, size_t count) {
    struct linger none;
    none.l_onoff = 1;
    none.l_linger = 0;
    int peer = raw_connect(address);
    CHECK(send(peer, bytes, count, MSG_NOSIGNAL) == (ssize_t)count);
    CHECK(setsockopt(peer, SOL_SOCKET, SO_LINGER, &none, sizeof none) == 0);
    close(peer);
}

/* A subscriber beside the hostile peers still gets everything. */
static void check_still_serving(sttp_publisher *publisher, const char *address, int *subscriptions) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    struct collection collection;
    sttp_subscriber *subscriber = NULL;
    int before = get(subscriptions);
    collection_init(&collection, FIXTURE_SIGNALS);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, &collection, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(subscriptions, before + 1) == before + 1);
    fill_frame(frame, 0);
    CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    CHECK(await_count(&collection.count, FIXTURE_SIGNALS) == FIXTURE_SIGNALS);
    sttp_subscriber_free(subscriber);
    check_frames(collection.measurements, (size_t)collection.count, 1);
    collection_free(&collection);
}

static void check_publisher(void) {
    static const unsigned char huge_frame[] = {0x7f, 0xff, 0xff, 0xff, 0x06, 0x00};
    static const unsigned char half_a_frame[] = {0x00, 0x00, 0x00, 0x10, 0x02, 0x00};
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    unsigned char nonsense[65536];
    sttp_publisher_counters statistics;
    sttp_publisher *publisher = start_publisher(NULL, address, &subscriptions);
    send_and_await_end(address, huge_frame, sizeof huge_frame);
    send_and_reset(address, half_a_frame, sizeof half_a_frame);
    for (uint32_t seed = 1; seed <= 8; seed++) {
        fill_with_nonsense(nonsense, sizeof nonsense, seed);
        /* Lengths with a high bit are over every limit. */
        nonsense[0] = 0x80;
        send_and_await_end(address, nonsense, sizeof nonsense);
    }
    check_still_serving(publisher, address, &subscriptions);
    CHECK_OK(sttp_publisher_statistics(publisher, &statistics, sizeof statistics));
    CHECK(statistics.connections_accepted == 11);
    sttp_publisher_free(publisher);
}

/* -- against the subscriber -- */

struct ending {
    int count;
    int32_t reason;
};

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct ending *ending = (struct ending *)user_data;
    CHECK(message != NULL && strlen(message) > 0);
    ending->reason = reason;
    add_one(&ending->count);
}

static void check_subscriber_against(const unsigned char *bytes, size_t count, int32_t expected) {
    char address[ADDRESS_SIZE];
    struct ending ending = {0, 0};
    sttp_subscriber *subscriber = NULL;
    int listener = raw_listen(address);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_AUTO_RECONNECT, "false"));
    CHECK_OK(sttp_subscriber_on_disconnected(subscriber, take_disconnected, &ending, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    int peer = accept(listener, NULL, NULL);
    CHECK(peer >= 0);
    ssize_t sent = send(peer, bytes, count, MSG_NOSIGNAL);
    (void)sent;
    if (expected == STTP_ERR_CLOSED) {
        /* And not close(): with bytes unread that would be a reset. */
        CHECK(shutdown(peer, SHUT_WR) == 0);
    }
    CHECK(await_count(&ending.count, 1) == 1);
    CHECK(ending.reason == expected);
    sttp_subscriber_free(subscriber);
    close(peer);
    close(listener);
}

static void check_subscriber(void) {
    static const unsigned char huge_frame[] = {0xff, 0xff, 0xff, 0xff, 0x82, 0x02};
    static const unsigned char short_response[] = {0x00, 0x00, 0x00, 0x03, 0x80, 0x02, 0x00};
    check_subscriber_against(huge_frame, sizeof huge_frame, STTP_ERR_PROTOCOL);
    check_subscriber_against(short_response, sizeof short_response, STTP_ERR_PROTOCOL);
    check_subscriber_against(huge_frame, 3, STTP_ERR_CLOSED);
}

/* -- a subscriber that does not read -- */

struct stall {
    pthread_mutex_t until_released;
    int calls;
};

static void stall(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct stall *stall = (struct stall *)user_data;
    (void)measurements;
    (void)count;
    add_one(&stall->calls);
    pthread_mutex_lock(&stall->until_released);
    pthread_mutex_unlock(&stall->until_released);
}

#define QUEUE_LIMIT 262144
#define LARGEST_PACKET 32768

static void take_counters(void *user_data, const sttp_connection *connection) {
    *(sttp_connection_counters *)user_data = *connection->counters;
}

/* The default: publishing goes on, what does not fit is dropped and counted. */
static void check_stalled_subscriber(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct stall stalled;
    sttp_engine *engine = NULL;
    sttp_subscriber *subscriber = NULL;
    sttp_connection_counters counters;
    sttp_measurement frame[FIXTURE_SIGNALS];
    memset(&stalled, 0, sizeof stalled);
    memset(&counters, 0, sizeof counters);
    pthread_mutex_init(&stalled.until_released, NULL);
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_OVERFLOW, "dropOldest"));
    CHECK_OK(configure_publisher(publisher, "sendQueueLimit=%d", QUEUE_LIMIT));
    start(publisher, address);
    /* On an engine of its own, so that only its own thread is held up. */
    CHECK_OK(sttp_engine_new(&engine));
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_COMPRESSION, "false"));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, stall, &stalled, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);

    pthread_mutex_lock(&stalled.until_released);
    int number = 0;
    while (counters.measurements_dropped == 0 && number < 1000000) {
        fill_frame(frame, number++);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
        if (number % 1000 == 0) {
            CHECK(await_count(&stalled.calls, 1) == 1);
            CHECK_OK(sttp_publisher_for_each_connection(publisher, take_counters, &counters));
            CHECK(counters.queued_bytes <= QUEUE_LIMIT + LARGEST_PACKET);
        }
    }
    CHECK(counters.measurements_dropped > 0);
    pthread_mutex_unlock(&stalled.until_released);
    sttp_subscriber_free(subscriber);
    sttp_engine_free(engine);
    sttp_publisher_free(publisher);
    pthread_mutex_destroy(&stalled.until_released);
}

int main(void) {
    check_publisher();
    check_subscriber();
    check_stalled_subscriber();
    return check_report("test_hostile");
}
