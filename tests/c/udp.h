/* What the tests of UDP share. Frames go one by one, so that no buffer overflows. */
#ifndef STTP_TEST_UDP_H
#define STTP_TEST_UDP_H

#include <unistd.h>

#include "fixture.h"

#define FRAMES 50

/* A multicast group of this process only: datagrams of one that another run of the test uses would be received, too.
 * The last bytes of the addresses that stay within an organisation hold the number of any process. */
static inline const char *multicast_group(void) {
    static char group[ADDRESS_SIZE];
    unsigned int number = (unsigned int)getpid();
    snprintf(group, sizeof group, "239.%u.%u.%u", 192 + (number >> 16) % 64, (number >> 8) % 256, number % 256);
    return group;
}

static inline void exchange(sttp_publisher *publisher, struct collection *collections, int subscribers) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int number = 0; number < FRAMES; number++) {
        int expected = (number + 1) * FIXTURE_SIGNALS;
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
        for (int i = 0; i < subscribers; i++) {
            CHECK(await_count(&collections[i].count, expected) == expected);
        }
    }
    for (int i = 0; i < subscribers; i++) {
        check_frames(collections[i].measurements, (size_t)collections[i].count, FRAMES);
    }
}

static inline sttp_subscriber *new_subscriber(struct collection *collection) {
    sttp_subscriber *subscriber = NULL;
    collection_init(collection, FRAMES * FIXTURE_SIGNALS);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, collection, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    return subscriber;
}

#endif
