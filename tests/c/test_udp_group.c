/* Measurements by multicast. */
#include "udp.h"

static void check_multicast(void) {
    enum { MEMBERS = 2, PORT = 27593 };
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct collection collections[MEMBERS];
    sttp_subscriber *subscribers[MEMBERS];
    sttp_publisher_counters sent;
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_ALLOW_MULTICAST, "true"));
    start(publisher, address);
    for (int i = 0; i < MEMBERS; i++) {
        subscribers[i] = new_subscriber(&collections[i]);
        CHECK_OK(configure_subscriber(subscribers[i], "dataChannel={port=%d; multicastGroup=%s; interface=%s}", (int)PORT,
                                      multicast_group(), i == 0 ? "" : "127.0.0.1"));
        CHECK_OK(sttp_subscriber_connect(subscribers[i], address));
    }
    CHECK(await_count(&subscriptions, MEMBERS) == MEMBERS);
    exchange(publisher, collections, MEMBERS);
    CHECK_OK(sttp_publisher_statistics(publisher, &sent, sizeof sent));
    for (int i = 0; i < MEMBERS; i++) {
        sttp_subscriber_counters received;
        CHECK_OK(sttp_subscriber_statistics(subscribers[i], &received, sizeof received));
        CHECK(received.datagrams == sent.datagrams_sent);
        sttp_subscriber_free(subscribers[i]);
        collection_free(&collections[i]);
    }
    sttp_publisher_free(publisher);
}

int main(void) {
    check_multicast();
    return check_report("test_udp_group");
}
