/* What the tests of block links share: sides of links, and pseudo-terminals that stand for a serial line. */
#ifndef STTP_TEST_LINKS_H
#define STTP_TEST_LINKS_H

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

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

/* -- a serial line -- */

/* Two pseudo-terminals with a thread between them, as two machines with a cable. */
struct line {
    int masters[2];
    int slaves[2]; /* so that neither terminal hangs up */
    char names[2][64];
    int damage; /* every so many bytes that go to the second one a bit is turned; 0: none */
    int damaged;
    int is_held; /* nothing passes */
    int stop;
    pthread_t thread;
};

static inline void line_carry(struct line *line, int from) {
    uint8_t bytes[512];
    ssize_t count = read(line->masters[from], bytes, sizeof bytes);
    for (ssize_t i = 0; i < count; i++) {
        static int passed;
        int every = get(&line->damage);
        if (from == 0 && every != 0 && ++passed % every == 0) {
            bytes[i] ^= 0x10;
            add_one(&line->damaged);
        }
    }
    for (ssize_t sent = 0; sent < count && !get(&line->stop);) {
        ssize_t written = write(line->masters[1 - from], bytes + sent, (size_t)(count - sent));
        if (written > 0) {
            sent += written;
        } else {
            nap();
        }
    }
}

static inline void *line_run(void *user_data) {
    struct line *line = (struct line *)user_data;
    while (!get(&line->stop)) {
        struct pollfd ready[2] = {{line->masters[0], POLLIN, 0}, {line->masters[1], POLLIN, 0}};
        CHECK(poll(ready, 2, 20) >= 0);
        while (get(&line->is_held) && !get(&line->stop)) {
            nap();
        }
        for (int i = 0; i < 2; i++) {
            if (ready[i].revents & POLLIN) {
                line_carry(line, i);
            }
        }
    }
    return NULL;
}

static inline void line_init(struct line *line) {
    memset(line, 0, sizeof *line);
    for (int i = 0; i < 2; i++) {
        struct termios form;
        line->masters[i] = posix_openpt(O_RDWR | O_NOCTTY);
        CHECK(line->masters[i] >= 0 && grantpt(line->masters[i]) == 0 && unlockpt(line->masters[i]) == 0);
        snprintf(line->names[i], sizeof line->names[i], "%s", ptsname(line->masters[i]));
        line->slaves[i] = open(line->names[i], O_RDWR | O_NOCTTY);
        CHECK(line->slaves[i] >= 0 && tcgetattr(line->slaves[i], &form) == 0);
        form.c_iflag = form.c_oflag = form.c_lflag = 0;
        CHECK(tcsetattr(line->slaves[i], TCSANOW, &form) == 0);
    }
    CHECK(pthread_create(&line->thread, NULL, line_run, line) == 0);
}

static inline void line_free(struct line *line) {
    add_one(&line->stop);
    pthread_join(line->thread, NULL);
    for (int i = 0; i < 2; i++) {
        close(line->slaves[i]);
        close(line->masters[i]);
    }
}

#endif
