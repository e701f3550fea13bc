/* What the tests of block links share: sides of links. */
#ifndef STTP_TEST_LINKS_H
#define STTP_TEST_LINKS_H

#include "fixture.h"

#define ROOM 200000

/* A side of a link, and what it told. */
struct side {
    sttp_block_link *link;
    struct collection collection;
    int opened;
    int agreed;
    int closed;
    int subscribed;
    int answered;
    int metadata;
    int destroyed;
    int32_t reason; /* of the last end */
    int32_t answer; /* the last one */
    size_t signals; /* of the last subscription of the other side */
    char address[128];
};

static inline void side_opened(void *user_data, uint64_t link, const char *address) {
    struct side *side = (struct side *)user_data;
    CHECK(link == 0 && strlen(address) > 0 && strlen(address) < sizeof side->address);
    snprintf(side->address, sizeof side->address, "%s", address);
    add_one(&side->opened);
}

static inline void side_agreed(void *user_data, uint64_t link, const sttp_block_link_agreement *agreement) {
    CHECK(link == 0 && agreement->levels != 0 && (agreement->features & STTP_BLOCK_LINK_POINTS) != 0);
    add_one(&((struct side *)user_data)->agreed);
}

static inline void side_closed(void *user_data, uint64_t link, int32_t reason, const char *message) {
    struct side *side = (struct side *)user_data;
    CHECK(link == 0 && (reason == STTP_OK) == (message[0] == '\0'));
    side->reason = reason;
    add_one(&side->closed);
}

static inline void side_metadata(void *user_data, uint64_t link, const sttp_metadata *metadata) {
    size_t count = 0;
    CHECK_OK(sttp_metadata_measurement_count(metadata, &count));
    CHECK(link == 0 && count == FIXTURE_SIGNALS);
    add_one(&((struct side *)user_data)->metadata);
}

static inline void side_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    collect(&((struct side *)user_data)->collection, measurements, count);
}

static inline void side_subscribed(void *user_data, uint64_t link, size_t signals, const char *filter) {
    struct side *side = (struct side *)user_data;
    CHECK(link == 0 && (filter != NULL || signals == 0));
    side->signals = signals;
    add_one(&side->subscribed);
}

static inline void side_answered(void *user_data, uint64_t link, int32_t answer, uint32_t signals, const char *message) {
    struct side *side = (struct side *)user_data;
    CHECK(link == 0 && (answer == STTP_BLOCK_LINK_ACCEPTED || (signals == 0 && message[0] != '\0')));
    side->answer = answer;
    add_one(&side->answered);
}

static inline void side_init(struct side *side, int32_t role, const char *connection_string) {
    memset(side, 0, sizeof *side);
    collection_init(&side->collection, ROOM);
    CHECK_OK(sttp_block_link_new(NULL, role, connection_string, &side->link));
    CHECK_OK(sttp_block_link_on_opened(side->link, side_opened, side, NULL));
    CHECK_OK(sttp_block_link_on_agreed(side->link, side_agreed, side, NULL));
    CHECK_OK(sttp_block_link_on_closed(side->link, side_closed, side, NULL));
    CHECK_OK(sttp_block_link_on_metadata(side->link, side_metadata, side, NULL));
    CHECK_OK(sttp_block_link_on_measurements(side->link, side_measurements, side, NULL));
    CHECK_OK(sttp_block_link_on_subscribed(side->link, side_subscribed, side, NULL));
    CHECK_OK(sttp_block_link_on_answered(side->link, side_answered, side, NULL));
    if (role != STTP_BLOCK_LINK_CLIENT) {
        sttp_metadata *metadata = make_metadata();
        CHECK_OK(sttp_block_link_set_metadata(side->link, metadata));
        sttp_metadata_free(metadata);
    }
}

static inline void side_free(struct side *side) {
    sttp_block_link_free(side->link);
    collection_free(&side->collection);
}

/* Publishes frames `from` to `to` less 1 of the fixture, each when the one before has left. */
static inline void side_publish(struct side *side, int from, int to) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int i = from; i < to; i++) {
        fill_frame(frame, i);
        CHECK_OK(sttp_block_link_publish(side->link, frame, FIXTURE_SIGNALS));
        CHECK_OK(sttp_block_link_flush(side->link, PATIENCE_MS));
    }
}

static inline sttp_block_link_session_counters side_counters(const struct side *side) {
    sttp_block_link_session_counters counters;
    memset(&counters, 0, sizeof counters);
    CHECK_OK(sttp_block_link_statistics(side->link, NULL, 0, &counters, sizeof counters));
    return counters;
}

static inline int32_t side_state(const struct side *side) {
    sttp_block_link_info info;
    memset(&info, 0, sizeof info);
    CHECK_OK(sttp_block_link_state(side->link, &info, sizeof info));
    return info.state;
}

/* Waits until every block that one side has sent has come to the other, or is known to be lost. */
static inline void await_blocks(const struct side *from, const struct side *to) {
    uint64_t missing = 1;
    for (int waited = 0; missing != 0 && waited < PATIENCE_MS; waited += 2) {
        const sttp_block_link_session_counters came = side_counters(to);
        missing = side_counters(from).blocks_sent - came.blocks_received - came.blocks_lost;
        nap();
    }
    CHECK(missing == 0);
}

#endif
