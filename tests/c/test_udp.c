/* Measurements by UDP, also encrypted. */
#include "udp.h"

static void see_channel(void *user_data, const sttp_connection *connection) {
    snprintf((char *)user_data, ADDRESS_SIZE, "%s", connection->data_channel);
}

static void check_udp(const char *encryption) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    char channel[ADDRESS_SIZE] = "";
    int subscriptions = 0;
    struct collection collection;
    sttp_publisher_counters sent;
    sttp_subscriber_counters received;
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    sttp_subscriber *subscriber = new_subscriber(&collection);
    CHECK_OK(configure_publisher(publisher, "datagramSize=512; encryptPayload=%s; cipherKeyRotationPeriod=1000", encryption));
    start(publisher, address);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_DATA_CHANNEL, "port=0; receiveBufferSize=1048576"));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);
    exchange(publisher, &collection, 1);
    CHECK_OK(sttp_publisher_for_each_connection(publisher, see_channel, channel));
    CHECK(strncmp(channel, "127.0.0.1:", 10) == 0);
    CHECK_OK(sttp_publisher_statistics(publisher, &sent, sizeof sent));
    CHECK_OK(sttp_subscriber_statistics(subscriber, &received, sizeof received));
    CHECK(sent.datagrams_sent >= FRAMES && sent.datagrams_dropped == 0);
    CHECK(received.datagrams == sent.datagrams_sent && received.datagrams_rejected == 0);
    CHECK(received.packets_dropped == 0);
    CHECK_OK(sttp_subscriber_rotate_cipher_keys(subscriber));
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    collection_free(&collection);
}

static void note_failure(void *user_data, int32_t request, const char *message) {
    (void)request;
    CHECK(strlen(message) > 0);
    add_one((int *)user_data);
}

/* A publisher that does not send by UDP, and one that does not send by multicast. */
static void check_refusals(void) {
    for (int multicast = 0; multicast < 2; multicast++) {
        char address[ADDRESS_SIZE] = "127.0.0.1:0";
        int subscriptions = 0;
        int failures = 0;
        struct collection collection;
        sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
        sttp_subscriber *subscriber = new_subscriber(&collection);
        CHECK_OK(configure_publisher(publisher, "allowUdp=%d", multicast));
        start(publisher, address);
        CHECK_OK(sttp_subscriber_on_request_failed(subscriber, note_failure, &failures, NULL));
        CHECK_OK(configure_subscriber(subscriber, "dataChannel={port=%d; multicastGroup=%s}", multicast ? (int)27594 : 0,
                                      multicast ? multicast_group() : ""));
        CHECK_OK(sttp_subscriber_connect(subscriber, address));
        CHECK(await_count(&failures, 1) == 1);
        CHECK(get(&subscriptions) == 0);
        sttp_subscriber_free(subscriber);
        sttp_publisher_free(publisher);
        collection_free(&collection);
    }
}

static void check_arguments(void) {
    const int32_t invalid = STTP_ERR_INVALID_ARGUMENT;
    int subscriptions = 0;
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_STATUS(configure_subscriber(subscriber, "dataChannel={port=1; multicastGroup=192.0.2.1}"), invalid);
    CHECK_STATUS(configure_subscriber(subscriber, "dataChannel={port=1; multicastGroup=239.1.2.3; interface=eth0}"), invalid);
    CHECK_STATUS(configure_subscriber(subscriber, "dataChannel={multicastGroup=239.1.2.3}"), invalid); /* no port */
    CHECK_OK(configure_subscriber(subscriber, "dataChannel={port=1; multicastGroup=ff15::7; interface=2}"));
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_EXTRA_PARAMETERS, "dataChannel={localport=1}"), invalid);
    CHECK_STATUS(sttp_subscriber_rotate_cipher_keys(NULL), invalid);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_DATAGRAM_SIZE, "255"), invalid);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_DATAGRAM_SIZE, "32769"), invalid);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_MULTICAST_TTL, "0"), invalid);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_ENCRYPT_PAYLOAD, "3"), invalid);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_CIPHER_KEY_ROTATION_PERIOD, "999"), invalid);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

int main(void) {
    check_udp("false");
    check_udp("udp");
    check_udp("true");
    check_refusals();
    check_arguments();
    return check_report("test_udp");
}
