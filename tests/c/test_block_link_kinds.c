/* Block links: frames of C37.118, and peers. TLS, of which valgrind cannot follow the ciphers, the tests of the
 * tools have. */
#include "links.h"

#define FRAMES 50
#define FRAME_SIZE 256

/* -- frames of C37.118 -- */

/* What came, of frames and of their configuration. */
struct frames {
    uint8_t bytes[FRAMES][FRAME_SIZE];
    size_t lengths[FRAMES];
    int count;
    uint8_t configuration[FRAME_SIZE];
    size_t configuration_length;
    int configurations;
    int metadata;
    int messages;
};

static void take_frame(void *user_data, uint64_t link, const uint8_t *frame, size_t length) {
    struct frames *frames = (struct frames *)user_data;
    CHECK(link <= 1 && length <= FRAME_SIZE && frames->count < FRAMES);
    if (length <= FRAME_SIZE && frames->count < FRAMES) {
        memcpy(frames->bytes[frames->count], frame, length);
        frames->lengths[frames->count] = length;
    }
    add_one(&frames->count);
}

static void take_configuration(void *user_data, uint64_t link, uint32_t id_code, const uint8_t *bytes, size_t length) {
    struct frames *frames = (struct frames *)user_data;
    CHECK(link <= 1 && id_code == 7 && length <= FRAME_SIZE);
    if (length <= FRAME_SIZE) {
        memcpy(frames->configuration, bytes, length);
        frames->configuration_length = length;
    }
    add_one(&frames->configurations);
}

static void count_metadata(void *user_data, uint64_t link, const sttp_metadata *metadata) {
    CHECK(link == 1 && metadata != NULL);
    add_one(&((struct frames *)user_data)->metadata);
}

static void count_message(void *user_data, uint64_t link, int32_t level, const char *message) {
    CHECK(link <= 1 && level <= STTP_LOG_DEBUG && message[0] != '\0');
    add_one(&((struct frames *)user_data)->messages);
}

static sttp_c37118_configuration *configure(void) {
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_builder *builder = NULL;
    sttp_c37118_stream stream;
    sttp_c37118_pmu pmu;
    sttp_c37118_phasor phasor;
    memset(&stream, 0, sizeof stream);
    memset(&pmu, 0, sizeof pmu);
    memset(&phasor, 0, sizeof phasor);
    stream.id_code = 7;
    stream.data_rate = 50;
    stream.time_base = 1000000;
    stream.version = 1;
    pmu.station = "Aldermoor";
    pmu.id_code = 7;
    pmu.format = 15;
    pmu.nominal_frequency = 50;
    phasor.name = "Bus 1";
    CHECK_OK(sttp_c37118_builder_new(&stream, sizeof stream, &builder));
    CHECK_OK(sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu));
    CHECK_OK(sttp_c37118_builder_add_phasor(builder, &phasor, sizeof phasor));
    CHECK_OK(sttp_c37118_builder_finish(builder, 2, &configuration));
    sttp_c37118_builder_free(builder);
    return configuration;
}

/* Publishes frames, each when the one before has left, and keeps them. */
static void publish_frames(struct side *side, const sttp_c37118_configuration *configuration, struct frames *sent) {
    for (sent->count = 0; sent->count < FRAMES; sent->count++) {
        const int number = sent->count;
        const sttp_c37118_polar voltage = {1000.0 + number, -30.0};
        sttp_c37118_pmu_values values;
        memset(&values, 0, sizeof values);
        values.phasors = &voltage;
        values.frequency = 50.0 + number;
        values.rate_of_change = 0.5;
        CHECK_OK(sttp_c37118_data_encode(configuration, 638000000000000000LL + number * 200000LL, 0, &values, 1, sizeof values,
                                         sent->bytes[number], FRAME_SIZE, &sent->lengths[number]));
        CHECK_OK(sttp_block_link_publish_frame(side->link, sent->bytes[number], sent->lengths[number]));
        CHECK_OK(sttp_block_link_flush(side->link, PATIENCE_MS));
    }
}

static void check_same(const struct frames *sent, const struct frames *came) {
    size_t wrong = 0;
    for (int i = 0; i < FRAMES; i++) {
        wrong += sent->lengths[i] != came->lengths[i] || memcmp(sent->bytes[i], came->bytes[i], sent->lengths[i]) != 0;
    }
    CHECK(wrong == 0);
}

/* A side that listens, and sends a stream of C37.118; its address. */
static void init_sender(struct side *side, const sttp_c37118_configuration *configuration, struct frames *sent, char address[64]) {
    side_init(side, STTP_BLOCK_LINK_SERVER, "link=tcp-listen:127.0.0.1:0");
    CHECK_OK(sttp_block_link_on_message(side->link, count_message, sent, NULL));
    CHECK_OK(sttp_c37118_configuration_encode(configuration, 638000000000000000LL, 0, sent->configuration, FRAME_SIZE,
                                              &sent->configuration_length));
    CHECK_OK(sttp_block_link_set_configuration(side->link, sent->configuration, sent->configuration_length));
    CHECK_OK(sttp_block_link_open(side->link));
    CHECK_OK(sttp_block_link_address(side->link, address, 64));
}

static void test_frames(void) {
    struct frames *sent = (struct frames *)calloc(2, sizeof *sent), *came = sent + 1;
    struct side publisher, subscriber;
    sttp_block_link_counters counters;
    char address[64], string[96];
    sttp_c37118_configuration *configuration = configure();
    init_sender(&publisher, configuration, sent, address);
    snprintf(string, sizeof string, "link=tcp:%s", address);
    side_init(&subscriber, STTP_BLOCK_LINK_CLIENT, string);
    CHECK_OK(sttp_block_link_on_frame(subscriber.link, take_frame, came, NULL));
    CHECK_OK(sttp_block_link_on_configuration(subscriber.link, take_configuration, came, NULL));
    CHECK_OK(sttp_block_link_open(subscriber.link));
    CHECK(await_count(&publisher.agreed, 1) == 1 && await_count(&came->configurations, 1) == 1);
    CHECK(came->configuration_length == sent->configuration_length &&
          memcmp(came->configuration, sent->configuration, sent->configuration_length) == 0);
    publish_frames(&publisher, configuration, sent);
    CHECK(await_count(&came->count, FRAMES) == FRAMES);
    check_same(sent, came);
    /* What is no frame, and a frame of another stream, are counted and told. */
    CHECK_OK(sttp_block_link_publish_frame(publisher.link, (const uint8_t *)"nonsense", 8));
    sent->bytes[0][5]++;
    CHECK_OK(sttp_block_link_publish_frame(publisher.link, sent->bytes[0], sent->lengths[0]));
    CHECK_OK(sttp_block_link_flush(publisher.link, PATIENCE_MS));
    CHECK_OK(sttp_block_link_statistics(publisher.link, &counters, sizeof counters, NULL, 0));
    CHECK(counters.frames_refused == 2 && await_count(&sent->messages, 1) >= 1);
    CHECK(side_counters(&subscriber).frames_whole == FRAMES);
    side_free(&subscriber);
    side_free(&publisher);
    sttp_c37118_configuration_free(configuration);
    free(sent);
}

static void test_frames_into_an_input(void) {
    struct frames *sent = (struct frames *)calloc(2, sizeof *sent), *came = sent + 1;
    struct side sender;
    char address[64], string[96];
    sttp_publisher *publisher = NULL;
    sttp_block_link_input *input = NULL;
    sttp_block_link_input_counters counters;
    sttp_c37118_configuration *configuration = configure();
    init_sender(&sender, configuration, sent, address);
    CHECK_OK(sttp_publisher_new(NULL, &publisher));
    CHECK_OK(sttp_publisher_start(publisher, "127.0.0.1:0"));
    CHECK_OK(sttp_block_link_input_new(publisher, &input));
    CHECK_OK(sttp_block_link_input_on_frame(input, take_frame, came, NULL));
    CHECK_OK(sttp_block_link_input_on_configuration(input, take_configuration, came, NULL));
    CHECK_OK(sttp_block_link_input_on_metadata(input, count_metadata, came, NULL));
    CHECK_OK(sttp_block_link_input_on_message(input, count_message, came, NULL));
    snprintf(string, sizeof string, "link=tcp:%s", address);
    CHECK_OK(sttp_block_link_input_add(input, string, NULL, NULL));
    CHECK(await_count(&sender.subscribed, 1) >= 1 && await_count(&came->configurations, 1) == 1);
    CHECK(await_count(&came->metadata, 1) >= 1 && await_count(&came->messages, 1) >= 1);
    CHECK_OK(sttp_block_link_input_address(input, 1, string, sizeof string));
    CHECK_TEXT(string, address);
    publish_frames(&sender, configuration, sent);
    CHECK(await_count(&came->count, FRAMES) == FRAMES);
    check_same(sent, came);
    CHECK_OK(sttp_block_link_input_statistics(input, 1, &counters, sizeof counters, NULL, 0, NULL, 0));
    CHECK(counters.frames == FRAMES);
    sttp_block_link_input_free(input);
    sttp_publisher_free(publisher);
    side_free(&sender);
    sttp_c37118_configuration_free(configuration);
    free(sent);
}

/* -- both send, and both receive -- */

static void test_peers(void) {
    struct side sides[2];
    sttp_block_link_agreement agreement;
    char address[64], string[96];
    side_init(&sides[0], STTP_BLOCK_LINK_PEER, "link=tcp-listen:127.0.0.1:0");
    CHECK_OK(sttp_block_link_subscribe(sides[0].link, ""));
    CHECK_OK(sttp_block_link_open(sides[0].link));
    CHECK_OK(sttp_block_link_address(sides[0].link, address, sizeof address));
    snprintf(string, sizeof string, "link=tcp:%s", address);
    side_init(&sides[1], STTP_BLOCK_LINK_PEER, string);
    CHECK_OK(sttp_block_link_subscribe(sides[1].link, ""));
    CHECK_OK(sttp_block_link_open(sides[1].link));
    for (int i = 0; i < 2; i++) {
        CHECK(await_count(&sides[i].subscribed, 1) >= 1 && await_count(&sides[i].metadata, 1) >= 1);
        CHECK_OK(sttp_block_link_agreed(sides[i].link, &agreement, sizeof agreement));
        CHECK(agreement.peer == STTP_BLOCK_LINK_PEER);
    }
    side_publish(&sides[0], 0, 20);
    side_publish(&sides[1], 0, 20);
    for (int i = 0; i < 2; i++) {
        CHECK(await_count(&sides[i].collection.count, 20 * FIXTURE_SIGNALS) == 20 * FIXTURE_SIGNALS);
        check_frames(sides[i].collection.measurements, (size_t)get(&sides[i].collection.count), 20);
    }
    side_free(&sides[0]);
    side_free(&sides[1]);
}

int main(void) {
    test_frames();
    test_frames_into_an_input();
    test_peers();
    return check_report("test_block_link_kinds");
}
