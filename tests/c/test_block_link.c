/* Sides of block links: over TCP and over a file; each side is a handle. */
#include <unistd.h>

#include "links.h"

/* -- what is wrong -- */

static void test_wrong_links(void) {
    static const char *const wrong[] = {
        "", "link=", "link=tcp", "link=tcp:pdc", "link=http:pdc:80", "link=udp-listen:pdc:1", "link=serial:",
        "link=serial:/dev/ttyS0,fast", "link=serial:/dev/ttyS0,9600,9X1", "link=file:",
    };
    sttp_block_link *link = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_STATUS(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, wrong[i], &link), STTP_ERR_INVALID_ARGUMENT);
        CHECK(strstr(sttp_last_error(), "give ") != NULL);
    }
    CHECK_STATUS(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, "link=file:x; lonk=y", &link),
                 STTP_ERR_INVALID_ARGUMENT);
    CHECK(strstr(sttp_last_error(), "lonk") != NULL);
    CHECK_STATUS(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, "link=tcp:pdc:1; blockSize=40000", &link),
                 STTP_ERR_INVALID_ARGUMENT);
    /* Settings that do not go together with the role. */
    CHECK_STATUS(sttp_block_link_new(NULL, STTP_BLOCK_LINK_PEER, "link=file:x", &link), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, "link=udp-listen:1; oneWay=true", &link),
                 STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_block_link_new(NULL, 4, "link=file:x", &link), STTP_ERR_INVALID_ARGUMENT);
    CHECK(strstr(sttp_last_error(), "STTP_BLOCK_LINK_CLIENT") != NULL);
    CHECK_STATUS(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, NULL, &link), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, "link=file:x", NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK(link == NULL);
    sttp_block_link_free(NULL);
}

static void test_before_it_is_open(void) {
    struct side side;
    sttp_block_link_agreement agreement;
    sttp_block_link_counters counters;
    sttp_measurement frame[FIXTURE_SIGNALS];
    char text[64];
    side_init(&side, STTP_BLOCK_LINK_CLIENT, "link=udp-listen:127.0.0.1:0; oneWay=true; repeatInterval=2.5");
    CHECK(side_state(&side) == STTP_BLOCK_LINK_CLOSED);
    CHECK_STATUS(sttp_block_link_agreed(side.link, &agreement, sizeof agreement), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_block_link_address(side.link, text, sizeof text), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_block_link_subscribe(side.link, ""), STTP_ERR_INVALID_STATE);
    CHECK(strstr(sttp_last_error(), "one-way") != NULL);
    CHECK_OK(sttp_block_link_get(side.link, STTP_SETTING_REPEAT_INTERVAL, text, sizeof text, NULL));
    CHECK_TEXT(text, "2.5");
    CHECK_STATUS(sttp_block_link_get(side.link, "server", text, sizeof text, NULL), STTP_ERR_INVALID_ARGUMENT);
    side_free(&side);

    side_init(&side, STTP_BLOCK_LINK_SERVER, "link=tcp-listen:127.0.0.1:0");
    fill_frame(frame, 0);
    CHECK_OK(sttp_block_link_publish(side.link, frame, FIXTURE_SIGNALS));
    CHECK_OK(sttp_block_link_publish(side.link, NULL, 0));
    CHECK_STATUS(sttp_block_link_publish(side.link, NULL, 1), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_block_link_flush(side.link, PATIENCE_MS));
    CHECK_OK(sttp_block_link_statistics(side.link, &counters, sizeof counters, NULL, 0));
    CHECK(counters.measurements_while_closed == FIXTURE_SIGNALS && counters.openings == 0);
    CHECK_OK(sttp_block_link_open(side.link));
    CHECK_STATUS(sttp_block_link_open(side.link), STTP_ERR_INVALID_STATE);
    CHECK_OK(sttp_block_link_address(side.link, text, sizeof text));
    CHECK(strncmp(text, "127.0.0.1:", 10) == 0 && strcmp(text, "127.0.0.1:0") != 0);
    side_free(&side);
}

static void test_counters_have_names(void) {
    sttp_counter counter;
    CHECK_OK(sttp_counter_at(STTP_COUNTERS_BLOCK_LINK, 0, &counter, sizeof counter));
    CHECK_TEXT(counter.name, "openings");
    CHECK_OK(sttp_counter_at(STTP_COUNTERS_BLOCK_LINK_SESSION, 4, &counter, sizeof counter));
    CHECK_TEXT(counter.name, "blocks_lost");
    CHECK(counter.offset == offsetof(sttp_block_link_session_counters, blocks_lost));
    CHECK_OK(sttp_counter_at(STTP_COUNTERS_BLOCK_LINK_INPUT, 0, &counter, sizeof counter));
    CHECK_TEXT(counter.name, "measurements_published");
}

/* -- TCP -- */

/* A side that listens, and one that connects to it. */
static void init_tcp(struct side *publisher, struct side *subscriber) {
    char address[64];
    char string[128];
    side_init(publisher, STTP_BLOCK_LINK_SERVER, "link=tcp-listen:127.0.0.1:0");
    CHECK_OK(sttp_block_link_open(publisher->link));
    CHECK_OK(sttp_block_link_address(publisher->link, address, sizeof address));
    snprintf(string, sizeof string, "link=tcp:%s; times=dateTime2", address);
    side_init(subscriber, STTP_BLOCK_LINK_CLIENT, string);
}

static void test_tcp(void) {
    struct side publisher, subscriber;
    sttp_block_link_agreement agreement;
    sttp_block_link_info info;
    init_tcp(&publisher, &subscriber);
    CHECK_OK(sttp_block_link_subscribe(subscriber.link, ""));
    CHECK_OK(sttp_block_link_open(subscriber.link));
    CHECK(await_count(&publisher.subscribed, 1) == 1 && publisher.signals == FIXTURE_SIGNALS);
    CHECK(await_count(&subscriber.answered, 1) == 1 && subscriber.answer == STTP_BLOCK_LINK_ACCEPTED);
    CHECK(await_count(&subscriber.metadata, 1) == 1);
    side_publish(&publisher, 0, 100);
    CHECK(await_count(&subscriber.collection.count, 100 * FIXTURE_SIGNALS) == 100 * FIXTURE_SIGNALS);
    check_frames(subscriber.collection.measurements, (size_t)get(&subscriber.collection.count), 100);

    CHECK_OK(sttp_block_link_agreed(subscriber.link, &agreement, sizeof agreement));
    CHECK(agreement.peer == STTP_BLOCK_LINK_SERVER && agreement.blocks == STTP_BLOCK_LINK_COMPACT_BLOCKS &&
          agreement.stream == STTP_BLOCK_LINK_STANDARD_STREAM && agreement.is_encrypted == 0 &&
          agreement.is_authenticated == 0);
    CHECK(agreement.levels ==
          (STTP_BLOCK_LINK_APPLICATION | STTP_BLOCK_LINK_GATEWAY | STTP_BLOCK_LINK_CONCENTRATOR));
    CHECK(agreement.features == (STTP_BLOCK_LINK_POINTS | STTP_BLOCK_LINK_SIGNALS | STTP_BLOCK_LINK_DOCUMENTS |
                                 STTP_BLOCK_LINK_SUBSCRIPTION | STTP_BLOCK_LINK_C37118));
    CHECK_OK(sttp_block_link_state(publisher.link, &info, sizeof info));
    CHECK(info.id == 0 && info.state == STTP_BLOCK_LINK_RUNNING && info.is_two_way == 1 && info.waiting_points == 0);

    /* A filter that is none, another one, and nothing any more. */
    CHECK_OK(sttp_block_link_subscribe(subscriber.link, "FILTER ("));
    CHECK(await_count(&subscriber.answered, 2) == 2 && subscriber.answer == STTP_BLOCK_LINK_BAD_FILTER);
    CHECK_OK(sttp_block_link_subscribe(subscriber.link, "FILTER ActiveMeasurements WHERE ID = 'TEST:4'"));
    CHECK(await_count(&subscriber.answered, 3) == 3 && subscriber.answer == STTP_BLOCK_LINK_ACCEPTED);
    CHECK(publisher.signals == 1);
    side_publish(&publisher, 100, 110);
    CHECK(await_count(&subscriber.collection.count, 100 * FIXTURE_SIGNALS + 10) == 100 * FIXTURE_SIGNALS + 10);
    CHECK_OK(sttp_block_link_request_metadata(subscriber.link));
    CHECK(await_count(&subscriber.metadata, 2) == 2);
    int before = get(&publisher.subscribed);
    CHECK_OK(sttp_block_link_unsubscribe(subscriber.link));
    CHECK(await_count(&publisher.subscribed, before + 1) == before + 1);
    side_publish(&publisher, 110, 120);

    await_blocks(&publisher, &subscriber);
    const sttp_block_link_session_counters sent = side_counters(&publisher), came = side_counters(&subscriber);
    CHECK(sent.points_sent == 100 * FIXTURE_SIGNALS + 10 && sent.points_dropped == 0);
    CHECK(came.points_received == sent.points_sent && came.blocks_lost == 0 && came.bytes_skipped == 0 &&
          came.points_unknown == 0 && came.bad_checks == 0);
    CHECK_OK(sttp_block_link_close(subscriber.link));
    CHECK(await_count(&subscriber.closed, 1) == 1 && subscriber.reason == STTP_OK);
    CHECK(await_count(&publisher.closed, 1) == 1 && publisher.reason != STTP_OK);
    side_free(&subscriber);
    side_free(&publisher);
}

/* -- a file -- */

static void test_file(void) {
    struct side publisher, subscriber;
    char path[] = "/tmp/sttp-link-XXXXXX";
    char string[64];
    int descriptor = mkstemp(path);
    CHECK(descriptor >= 0);
    close(descriptor);
    snprintf(string, sizeof string, "link=file:%s", path);
    side_init(&publisher, STTP_BLOCK_LINK_SERVER, string);
    CHECK_OK(sttp_block_link_open(publisher.link));
    CHECK(await_count(&publisher.opened, 1) == 1);
    CHECK_TEXT(publisher.address, path);
    side_publish(&publisher, 0, 200);
    CHECK_OK(sttp_block_link_close(publisher.link));
    CHECK(await_count(&publisher.closed, 1) == 1 && publisher.reason == STTP_OK);

    side_init(&subscriber, STTP_BLOCK_LINK_CLIENT, string);
    CHECK_OK(sttp_block_link_open(subscriber.link));
    CHECK(await_count(&subscriber.closed, 1) == 1 && subscriber.reason == STTP_OK);
    CHECK(get(&subscriber.metadata) == 1);
    CHECK(side_state(&subscriber) == STTP_BLOCK_LINK_CLOSED);
    check_frames(subscriber.collection.measurements, (size_t)get(&subscriber.collection.count), 200);
    const sttp_block_link_session_counters sent = side_counters(&publisher), came = side_counters(&subscriber);
    CHECK(sent.blocks_sent == came.blocks_received && sent.bytes_sent == came.bytes_received && came.blocks_lost == 0);
    /* Nothing is overwritten. */
    CHECK_OK(sttp_block_link_open(publisher.link));
    CHECK(await_count(&publisher.closed, 2) == 2 && publisher.reason == STTP_ERR_IO);
    side_free(&subscriber);
    side_free(&publisher);
    unlink(path);
}

/* -- freed inside callbacks -- */

struct freed {
    sttp_block_link *link;
    int freed;
    int destroyed;
};

static void free_it(struct freed *freed) {
    CHECK_STATUS(sttp_block_link_flush(freed->link, 0), STTP_ERR_WOULD_BLOCK);
    sttp_block_link_free(freed->link);
    CHECK(get(&freed->destroyed) == 0);
    add_one(&freed->freed);
}

static void free_when_agreed(void *user_data, uint64_t link, const sttp_block_link_agreement *agreement) {
    CHECK(link == 0 && agreement != NULL);
    free_it((struct freed *)user_data);
}

static void free_when_opened(void *user_data, uint64_t link, const char *address) {
    CHECK(link == 0 && address != NULL);
    free_it((struct freed *)user_data);
}

static void free_when_closed(void *user_data, uint64_t link, int32_t reason, const char *message) {
    CHECK(link == 0 && reason != STTP_OK && message[0] != '\0');
    free_it((struct freed *)user_data);
}

static void free_when_measured(void *user_data, const sttp_measurement *measurements, size_t count) {
    CHECK(count > 0 && measurements != NULL);
    free_it((struct freed *)user_data);
}

static void free_when_told(void *user_data, uint64_t link, const sttp_metadata *metadata) {
    CHECK(link == 0 && metadata != NULL);
    free_it((struct freed *)user_data);
}

static void count_destroyed(void *user_data) {
    add_one(&((struct freed *)user_data)->destroyed);
}

static void test_free_inside_callbacks(void) {
    for (int which = 0; which < 5; which++) {
        struct side publisher, subscriber;
        struct freed freed;
        memset(&freed, 0, sizeof freed);
        init_tcp(&publisher, &subscriber);
        freed.link = subscriber.link;
        CHECK_OK(sttp_block_link_subscribe(subscriber.link, ""));
        CHECK_OK(which == 0   ? sttp_block_link_on_opened(freed.link, free_when_opened, &freed, count_destroyed)
                 : which == 1 ? sttp_block_link_on_agreed(freed.link, free_when_agreed, &freed, count_destroyed)
                 : which == 2 ? sttp_block_link_on_metadata(freed.link, free_when_told, &freed, count_destroyed)
                 : which == 3 ? sttp_block_link_on_measurements(freed.link, free_when_measured, &freed, count_destroyed)
                              : sttp_block_link_on_closed(freed.link, free_when_closed, &freed, count_destroyed));
        CHECK_OK(sttp_block_link_open(subscriber.link));
        if (which >= 3) {
            CHECK(await_count(&publisher.subscribed, 1) == 1);
            side_publish(&publisher, 0, 1);
        }
        if (which == 4) {
            CHECK_OK(sttp_block_link_close(publisher.link));
        }
        CHECK(await_count(&freed.destroyed, 1) == 1 && get(&freed.freed) == 1);
        collection_free(&subscriber.collection);
        side_free(&publisher);
    }
}

int main(void) {
    test_wrong_links();
    test_before_it_is_open();
    test_counters_have_names();
    test_tcp();
    test_file();
    test_free_inside_callbacks();
    return check_report("test_block_link");
}
