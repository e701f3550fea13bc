/* Block links to a multicast group. */
#include "links.h"

/* Of a side that is gone again. */
static int free_port(void) {
    struct side side;
    int port = 0;
    side_init(&side, STTP_BLOCK_LINK_CLIENT, "link=udp-listen:127.0.0.1:0");
    CHECK_OK(sttp_block_link_open(side.link));
    CHECK(await_count(&side.opened, 1) == 1 && sscanf(side.address, "UDP port %d", &port) == 1);
    side_free(&side);
    return port;
}

static void test_group(void) {
    struct side publisher, subscribers[2];
    char string[128];
    int port = free_port();
    for (int i = 0; i < 2; i++) {
        snprintf(string, sizeof string, "link=udp-listen:239.255.71.7:%d; linkInterface=127.0.0.1", port);
        side_init(&subscribers[i], STTP_BLOCK_LINK_CLIENT, string);
        CHECK_OK(sttp_block_link_open(subscribers[i].link));
        CHECK(await_count(&subscribers[i].opened, 1) == 1);
    }
    snprintf(string, sizeof string, "link=udp:239.255.71.7:%d; linkInterface=127.0.0.1; repeatInterval=0.2", port);
    side_init(&publisher, STTP_BLOCK_LINK_SERVER, string);
    CHECK_OK(sttp_block_link_open(publisher.link));
    CHECK(await_count(&publisher.opened, 1) == 1);
    for (int i = 0; i < 2; i++) {
        CHECK(await_count(&subscribers[i].agreed, 1) >= 1 && await_count(&subscribers[i].metadata, 1) >= 1);
    }
    for (int i = 0; i < 20; i++) {
        side_publish(&publisher, i, i + 1);
        for (int j = 0; j < 2; j++) {
            CHECK(await_count(&subscribers[j].collection.count, (i + 1) * FIXTURE_SIGNALS) == (i + 1) * FIXTURE_SIGNALS);
        }
    }
    for (int i = 0; i < 2; i++) {
        check_frames(subscribers[i].collection.measurements, (size_t)get(&subscribers[i].collection.count), 20);
        side_free(&subscribers[i]);
    }
    side_free(&publisher);
}

int main(void) {
    test_group();
    return check_report("test_block_link_group");
}
