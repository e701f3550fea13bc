/* From STTP over links to STTP: outputs and inputs of block links. */
#include "fixture.h"

#define FRAMES 40

/* What an output and an input told of their links. */
struct told {
    int connected;
    int metadata;
    int opened[2]; /* of the output, and of the input */
    int agreed[2];
    int closed[2];
    int subscribed;
    size_t signals;
    int messages;
    int destroyed;
    int32_t levels;
};

static void out_connected(void *user_data, const char *address) {
    CHECK(strncmp(address, "127.0.0.1:", 10) == 0);
    add_one(&((struct told *)user_data)->connected);
}

static void out_metadata(void *user_data, const sttp_metadata *metadata) {
    size_t count = 0;
    CHECK_OK(sttp_metadata_measurement_count(metadata, &count));
    CHECK(count == FIXTURE_SIGNALS);
    add_one(&((struct told *)user_data)->metadata);
}

static void out_opened(void *user_data, uint64_t link, const char *address) {
    CHECK(link == 1 && strlen(address) > 0);
    add_one(&((struct told *)user_data)->opened[0]);
}

static void in_opened(void *user_data, uint64_t link, const char *address) {
    CHECK(link == 1 && strlen(address) > 0);
    add_one(&((struct told *)user_data)->opened[1]);
}

static void out_agreed(void *user_data, uint64_t link, const sttp_block_link_agreement *agreement) {
    CHECK(link == 1 && agreement->peer == STTP_BLOCK_LINK_CLIENT);
    add_one(&((struct told *)user_data)->agreed[0]);
}

static void in_agreed(void *user_data, uint64_t link, const sttp_block_link_agreement *agreement) {
    CHECK(link == 1 && agreement->peer == STTP_BLOCK_LINK_SERVER);
    ((struct told *)user_data)->levels = agreement->levels;
    add_one(&((struct told *)user_data)->agreed[1]);
}

static void out_closed(void *user_data, uint64_t link, int32_t reason, const char *message) {
    CHECK(link == 1 && (reason == STTP_OK) == (message[0] == '\0'));
    add_one(&((struct told *)user_data)->closed[0]);
}

static void in_closed(void *user_data, uint64_t link, int32_t reason, const char *message) {
    CHECK(link == 1 && (reason == STTP_OK) == (message[0] == '\0'));
    add_one(&((struct told *)user_data)->closed[1]);
}

static void out_subscribed(void *user_data, uint64_t link, size_t signals, const char *filter) {
    struct told *told = (struct told *)user_data;
    CHECK(link == 1 && filter != NULL);
    told->signals = signals;
    /* Again when the metadata have come. */
    add_one(&told->subscribed);
}

static void in_message(void *user_data, uint64_t link, int32_t level, const char *message) {
    CHECK(link <= 1 && level >= STTP_LOG_ERROR && level <= STTP_LOG_DEBUG && message[0] != '\0');
    add_one(&((struct told *)user_data)->messages);
}

static void count_destroyed(void *user_data) {
    add_one(&((struct told *)user_data)->destroyed);
}

static void take_signals(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    (void)generation;
    (void)signals;
    if (count == FIXTURE_SIGNALS) {
        add_one((int *)user_data);
    }
}

static sttp_block_link_output *new_output(struct told *told) {
    sttp_block_link_output *output = NULL;
    CHECK_OK(sttp_block_link_output_new(NULL, &output));
    CHECK_OK(sttp_block_link_output_on_connected(output, out_connected, told, NULL));
    CHECK_OK(sttp_block_link_output_on_metadata(output, out_metadata, told, NULL));
    CHECK_OK(sttp_block_link_output_on_opened(output, out_opened, told, NULL));
    CHECK_OK(sttp_block_link_output_on_agreed(output, out_agreed, told, NULL));
    CHECK_OK(sttp_block_link_output_on_closed(output, out_closed, told, NULL));
    CHECK_OK(sttp_block_link_output_on_subscribed(output, out_subscribed, told, count_destroyed));
    return output;
}

static sttp_block_link_input *new_input(sttp_publisher *publisher, struct told *told) {
    sttp_block_link_input *input = NULL;
    CHECK_OK(sttp_block_link_input_new(publisher, &input));
    CHECK_OK(sttp_block_link_input_on_opened(input, in_opened, told, NULL));
    CHECK_OK(sttp_block_link_input_on_agreed(input, in_agreed, told, NULL));
    CHECK_OK(sttp_block_link_input_on_closed(input, in_closed, told, NULL));
    CHECK_OK(sttp_block_link_input_on_message(input, in_message, told, count_destroyed));
    return input;
}

/* Waits until a subscriber behind everything has all signals. */
static sttp_subscriber *subscribe(const char *address, struct collection *collection, int *ready) {
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_FOLLOW_CONFIGURATION, "true"));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, collection, NULL));
    CHECK_OK(sttp_subscriber_on_subscription_updated(subscriber, take_signals, ready, NULL));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    return subscriber;
}

static void check_statistics(const sttp_block_link_output *output, const sttp_block_link_input *input) {
    sttp_block_link_session_counters sent, came;
    sttp_block_link_input_counters published;
    sttp_block_link_counters counters;
    sttp_subscriber_counters subscription;
    uint64_t not_taken = 1;
    CHECK_OK(sttp_block_link_output_statistics(output, 1, &not_taken, &counters, sizeof counters, &sent, sizeof sent));
    CHECK_OK(sttp_block_link_input_statistics(input, 1, &published, sizeof published, NULL, 0, &came, sizeof came));
    CHECK_OK(sttp_block_link_output_subscription_statistics(output, &subscription, sizeof subscription));
    CHECK(not_taken == 0 && counters.openings == 1 && sent.points_dropped == 0);
    CHECK(sent.points_sent == came.points_received && came.blocks_lost == 0 && subscription.measurements >= sent.points_sent);
    CHECK(published.measurements_published + published.measurements_not_taken == came.points_received);
    CHECK_STATUS(sttp_block_link_output_statistics(output, 2, NULL, NULL, 0, NULL, 0), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_block_link_input_statistics(input, 2, NULL, 0, NULL, 0, NULL, 0), STTP_ERR_NOT_FOUND);
}

static void check_links(sttp_block_link_output *output, sttp_block_link_input *input) {
    sttp_block_link_info info;
    sttp_block_link_agreement agreement;
    uint64_t links[2] = {0, 0};
    size_t count = 0;
    CHECK_OK(sttp_block_link_output_links(output, links, 2, &count));
    CHECK(count == 1 && links[0] == 1);
    CHECK_OK(sttp_block_link_input_links(input, NULL, 0, &count));
    CHECK(count == 1);
    CHECK_OK(sttp_block_link_output_state(output, 1, &info, sizeof info));
    CHECK(info.id == 1 && info.state == STTP_BLOCK_LINK_RUNNING && info.is_two_way == 1);
    CHECK_OK(sttp_block_link_input_state(input, 1, &info, sizeof info));
    CHECK(info.id == 1 && info.state == STTP_BLOCK_LINK_RUNNING);
    CHECK_OK(sttp_block_link_output_agreed(output, 1, &agreement, sizeof agreement));
    CHECK(agreement.peer == STTP_BLOCK_LINK_CLIENT && agreement.stream == STTP_BLOCK_LINK_RAW_STREAM);
    CHECK_OK(sttp_block_link_input_agreed(input, 1, &agreement, sizeof agreement));
    CHECK(agreement.levels != 0);
    CHECK_STATUS(sttp_block_link_output_state(output, 7, &info, sizeof info), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_block_link_input_agreed(input, 7, &agreement, sizeof agreement), STTP_ERR_NOT_FOUND);
}

static void test_there_and_out_again(void) {
    char near[ADDRESS_SIZE] = "127.0.0.1:0", far[ADDRESS_SIZE] = "127.0.0.1:0";
    char text[128], string[160];
    int near_subscriptions = 0, far_subscriptions = 0, ready = 0;
    struct told told;
    struct collection collection;
    sttp_publisher *far_publisher = NULL;
    sttp_measurement frame[FIXTURE_SIGNALS];
    uint64_t link = 0;
    memset(&told, 0, sizeof told);
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS + 1);
    sttp_publisher *publisher = start_publisher(NULL, near, &near_subscriptions);

    sttp_block_link_output *output = new_output(&told);
    CHECK_OK(sttp_block_link_output_set(output, STTP_SETTING_STANDARD_STREAM, "false"));
    CHECK_STATUS(sttp_block_link_output_set(output, STTP_SETTING_STANDARD_STREAM, "perhaps"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_block_link_output_get(output, STTP_SETTING_STANDARD_STREAM, text, sizeof text, NULL));
    CHECK_TEXT(text, "false");
    /* A machine that is too busy for a heartbeat must not end the link. */
    CHECK_OK(sttp_block_link_output_add(output, "link=tcp-listen:127.0.0.1:0; silenceTimeout=60", &link));
    CHECK(link == 1);
    CHECK_STATUS(sttp_block_link_output_add(output, "link=nowhere", &link), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_block_link_output_address(output, 1, text, sizeof text));
    snprintf(string, sizeof string, "server=%s", near);
    CHECK_OK(sttp_block_link_output_open(output, string));
    CHECK_STATUS(sttp_block_link_output_open(output, string), STTP_ERR_INVALID_STATE);

    CHECK_OK(sttp_publisher_new(NULL, &far_publisher));
    CHECK_OK(sttp_publisher_on_subscribed(far_publisher, count_connection, &far_subscriptions, NULL));
    start(far_publisher, far);
    sttp_block_link_input *input = new_input(far_publisher, &told);
    CHECK_OK(sttp_block_link_input_set(input, STTP_SETTING_TIMES, "dateTime2"));
    CHECK_OK(sttp_block_link_input_get(input, STTP_SETTING_TIMES, string, sizeof string, NULL));
    CHECK_TEXT(string, "dateTime2");
    snprintf(string, sizeof string, "link=tcp:%s; silenceTimeout=60", text);
    link = 0;
    CHECK_OK(sttp_block_link_input_add(input, string, NULL, &link));
    CHECK(link == 1);
    CHECK_STATUS(sttp_block_link_input_add(input, "link=udp-listen:0; oneWay=true", "x", &link), STTP_ERR_INVALID_STATE);

    sttp_subscriber *subscriber = subscribe(far, &collection, &ready);
    CHECK(await_count(&near_subscriptions, 1) >= 1 && await_count(&told.agreed[1], 1) >= 1);
    for (int waited = 0; told.signals != FIXTURE_SIGNALS && waited < PATIENCE_MS; waited += 2) {
        nap();
    }
    CHECK(told.signals == FIXTURE_SIGNALS && await_count(&ready, 1) >= 1);
    for (int i = 0; i < FRAMES; i++) {
        fill_frame(frame, i);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    }
    CHECK(await_count(&collection.count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
    check_frames(collection.measurements, (size_t)get(&collection.count), FRAMES);
    CHECK(get(&told.connected) == 1 && get(&told.metadata) >= 1 && get(&told.opened[0]) == 1 && get(&told.opened[1]) == 1);
    check_links(output, input);
    check_statistics(output, input);

    CHECK_OK(sttp_block_link_input_remove(input, 1));
    CHECK_STATUS(sttp_block_link_input_remove(input, 1), STTP_ERR_NOT_FOUND);
    CHECK(await_count(&told.closed[0], 1) == 1 && await_count(&told.closed[1], 1) == 1);
    CHECK_OK(sttp_block_link_output_remove(output, 1));
    CHECK_STATUS(sttp_block_link_output_remove(output, 1), STTP_ERR_NOT_FOUND);
    CHECK_OK(sttp_block_link_output_close(output));
    sttp_subscriber_free(subscriber);
    /* A publisher may go before the input that publishes with it. */
    sttp_publisher_free(far_publisher);
    sttp_block_link_input_free(input);
    sttp_block_link_output_free(output);
    CHECK(get(&told.destroyed) == 2);
    sttp_publisher_free(publisher);
    collection_free(&collection);
}

/* -- what ends, and is tried again -- */

struct again {
    int opened[2]; /* of the output, and of the input */
    int reopening[2];
    int disconnected;
    int reconnecting;
    int messages[2]; /* of the connection to the publisher, and of links */
    int destroyed;
};

static void again_out_opened(void *user_data, uint64_t link, const char *address) {
    CHECK((link == 1 || link == 2) && address[0] != '\0');
    add_one(&((struct again *)user_data)->opened[0]);
}

static void again_in_opened(void *user_data, uint64_t link, const char *address) {
    CHECK((link == 1 || link == 2) && address[0] != '\0');
    add_one(&((struct again *)user_data)->opened[1]);
}

/* Only the side that connects tries again: the output's second link, and the input's first one. */
static void again_out_reopening(void *user_data, uint64_t link, uint32_t attempt, uint32_t delay_ms) {
    CHECK(link == 2 && attempt >= 1 && delay_ms > 0);
    add_one(&((struct again *)user_data)->reopening[0]);
}

static void again_in_reopening(void *user_data, uint64_t link, uint32_t attempt, uint32_t delay_ms) {
    CHECK(link == 1 && attempt >= 1 && delay_ms > 0);
    add_one(&((struct again *)user_data)->reopening[1]);
}

static void again_disconnected(void *user_data, int32_t reason, const char *message) {
    CHECK((reason == STTP_OK) == (message[0] == '\0'));
    add_one(&((struct again *)user_data)->disconnected);
}

static void again_reconnecting(void *user_data, uint32_t attempt, uint32_t delay_ms) {
    CHECK(attempt >= 1 && delay_ms > 0);
    add_one(&((struct again *)user_data)->reconnecting);
}

static void again_message(void *user_data, uint64_t link, int32_t level, const char *message) {
    CHECK(link <= 2 && level >= STTP_LOG_ERROR && level <= STTP_LOG_DEBUG && message[0] != '\0');
    add_one(&((struct again *)user_data)->messages[link != 0]);
}

static void again_destroyed(void *user_data) {
    add_one(&((struct again *)user_data)->destroyed);
}

static void test_what_ends_is_tried_again_and_told(void) {
    char near[ADDRESS_SIZE] = "127.0.0.1:0", text[128], string[160];
    int subscriptions = 0;
    struct again again;
    sttp_publisher *far_publisher = NULL;
    sttp_block_link_output *output = NULL;
    sttp_block_link_input *input = NULL;
    memset(&again, 0, sizeof again);
    sttp_publisher *publisher = start_publisher(NULL, near, &subscriptions);

    CHECK_OK(sttp_block_link_output_new(NULL, &output));
    CHECK_OK(sttp_block_link_output_on_opened(output, again_out_opened, &again, again_destroyed));
    CHECK_OK(sttp_block_link_output_on_reopening(output, again_out_reopening, &again, again_destroyed));
    CHECK_OK(sttp_block_link_output_on_disconnected(output, again_disconnected, &again, again_destroyed));
    CHECK_OK(sttp_block_link_output_on_reconnecting(output, again_reconnecting, &again, again_destroyed));
    CHECK_OK(sttp_block_link_output_on_message(output, again_message, &again, again_destroyed));
    CHECK_OK(sttp_publisher_new(NULL, &far_publisher));
    CHECK_OK(sttp_block_link_input_new(far_publisher, &input));
    CHECK_OK(sttp_block_link_input_on_opened(input, again_in_opened, &again, again_destroyed));
    CHECK_OK(sttp_block_link_input_on_reopening(input, again_in_reopening, &again, again_destroyed));

    /* Of the first link the input connects, of the second one the output. */
    CHECK_OK(sttp_block_link_output_add(output, "link=tcp-listen:127.0.0.1:0", NULL));
    CHECK_OK(sttp_block_link_output_address(output, 1, text, sizeof text));
    snprintf(string, sizeof string, "link=tcp:%s", text);
    CHECK_OK(sttp_block_link_input_add(input, string, NULL, NULL));
    CHECK_OK(sttp_block_link_input_add(input, "link=tcp-listen:127.0.0.1:0", "SECOND_", NULL));
    CHECK_OK(sttp_block_link_input_address(input, 2, text, sizeof text));
    snprintf(string, sizeof string, "link=tcp:%s", text);
    CHECK_OK(sttp_block_link_output_add(output, string, NULL));
    snprintf(string, sizeof string, "server=%s", near);
    CHECK_OK(sttp_block_link_output_open(output, string));
    CHECK(await_count(&again.opened[0], 2) >= 2 && await_count(&again.opened[1], 2) >= 2);
    CHECK(await_count(&subscriptions, 1) >= 1);

    CHECK_OK(sttp_block_link_output_remove(output, 1));
    CHECK(await_count(&again.reopening[1], 1) >= 1);
    CHECK_OK(sttp_block_link_input_remove(input, 2));
    CHECK(await_count(&again.reopening[0], 1) >= 1);
    sttp_publisher_free(publisher);
    CHECK(await_count(&again.disconnected, 1) >= 1 && await_count(&again.reconnecting, 1) >= 1);
    CHECK(await_count(&again.messages[0], 1) >= 1 && await_count(&again.messages[1], 1) >= 1);

    sttp_block_link_input_free(input);
    sttp_block_link_output_free(output);
    sttp_publisher_free(far_publisher);
    CHECK(get(&again.destroyed) == 7);
}

/* -- freed inside callbacks -- */

struct freed {
    sttp_block_link_output *output;
    sttp_block_link_input *input;
    int outputs;
    int inputs;
};

static void free_input(void *user_data, uint64_t link, const sttp_block_link_agreement *agreement) {
    struct freed *freed = (struct freed *)user_data;
    CHECK(link == 1 && agreement != NULL);
    sttp_block_link_input_free(freed->input);
}

static void free_output(void *user_data, uint64_t link, const sttp_block_link_agreement *agreement) {
    struct freed *freed = (struct freed *)user_data;
    CHECK(link == 1 && agreement != NULL);
    sttp_block_link_output_free(freed->output);
}

static void count_input(void *user_data) {
    add_one(&((struct freed *)user_data)->inputs);
}

static void count_output(void *user_data) {
    add_one(&((struct freed *)user_data)->outputs);
}

static void test_free_inside_callbacks(void) {
    char text[64], string[96];
    struct freed freed;
    sttp_publisher *publisher = NULL;
    memset(&freed, 0, sizeof freed);
    CHECK_OK(sttp_block_link_output_new(NULL, &freed.output));
    CHECK_OK(sttp_block_link_output_on_agreed(freed.output, free_output, &freed, count_output));
    CHECK_OK(sttp_block_link_output_add(freed.output, "link=tcp-listen:127.0.0.1:0", NULL));
    CHECK_OK(sttp_block_link_output_address(freed.output, 1, text, sizeof text));
    CHECK_OK(sttp_publisher_new(NULL, &publisher));
    CHECK_OK(sttp_block_link_input_new(publisher, &freed.input));
    CHECK_OK(sttp_block_link_input_on_agreed(freed.input, free_input, &freed, count_input));
    snprintf(string, sizeof string, "link=tcp:%s", text);
    CHECK_OK(sttp_block_link_input_add(freed.input, string, "", NULL));
    CHECK(await_count(&freed.inputs, 1) == 1 && await_count(&freed.outputs, 1) == 1);
    sttp_publisher_free(publisher);
    sttp_block_link_input_free(NULL);
    sttp_block_link_output_free(NULL);
}

int main(void) {
    test_there_and_out_again();
    test_what_ends_is_tried_again_and_told();
    test_free_inside_callbacks();
    return check_report("test_block_link_bridge");
}
