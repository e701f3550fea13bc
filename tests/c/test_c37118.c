/* C37.118: frames by hand, and gateways. A stream of one gateway is the device of another one. */
#include "fixture.h"

#define RATE 30

/* -- frames -- */

struct found {
    int frames;
    int32_t type;
    uint32_t id_code;
    sttp_c37118_configuration *configuration;
};

static void take_frame(void *user_data, const sttp_c37118_frame *frame, const sttp_c37118_configuration *configuration) {
    struct found *found = (struct found *)user_data;
    CHECK(frame->bytes != NULL && frame->length >= 16 && frame->bytes[0] == 0xAA);
    found->type = frame->type;
    found->id_code = frame->id_code;
    found->frames++;
    if (configuration != NULL) {
        sttp_c37118_configuration_free(found->configuration);
        CHECK_OK(sttp_c37118_configuration_clone(configuration, &found->configuration));
    }
}

static void test_commands(void) {
    uint8_t command[18];
    struct found found;
    sttp_c37118_assembler *assembler = NULL;
    memset(&found, 0, sizeof found);
    CHECK_OK(sttp_c37118_command(235, 1, sttp_time_now(), STTP_C37118_START_DATA, command, sizeof command));
    CHECK(command[0] == 0xAA && command[1] == 0x41 && command[3] == 18 && command[5] == 235 && command[15] == 2);
    CHECK_STATUS(sttp_c37118_command(235, 1, 0, STTP_C37118_START_DATA, command, 17), STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_STATUS(sttp_c37118_command(70000, 1, 0, STTP_C37118_START_DATA, command, 18), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_c37118_command(235, 3, 0, STTP_C37118_START_DATA, command, 18), STTP_ERR_INVALID_ARGUMENT);

    CHECK_OK(sttp_c37118_assembler_new(&assembler));
    CHECK_OK(sttp_c37118_assembler_receive(assembler, (const uint8_t *)"noise", 5, take_frame, &found));
    for (size_t i = 0; i < sizeof command; i++) {
        CHECK_OK(sttp_c37118_assembler_receive(assembler, command + i, 1, take_frame, &found));
    }
    CHECK(found.frames == 1 && found.type == STTP_C37118_COMMAND && found.id_code == 235);
    CHECK(found.configuration == NULL);
    /* A cut frame takes nothing of the next datagram, nor of what is behind it in its own. */
    uint8_t cut[10 + sizeof command];
    memcpy(cut, command, 10);
    memcpy(cut + 10, command, sizeof command);
    CHECK_OK(sttp_c37118_assembler_receive_datagram(assembler, command, 10, take_frame, &found));
    CHECK(found.frames == 1);
    CHECK_OK(sttp_c37118_assembler_receive_datagram(assembler, cut, sizeof cut, take_frame, &found));
    CHECK(found.frames == 2 && found.id_code == 235);
    CHECK_STATUS(sttp_c37118_assembler_receive_datagram(NULL, command, 1, take_frame, &found),
                 STTP_ERR_INVALID_ARGUMENT);
    /* Another version is told where a stream begins with it; later on only a frame with a right check is one. */
    command[1] = 0x43;
    CHECK_OK(sttp_c37118_assembler_receive(assembler, command, sizeof command, take_frame, &found));
    sttp_c37118_assembler_free(assembler);
    CHECK_OK(sttp_c37118_assembler_new(&assembler));
    CHECK_STATUS(sttp_c37118_assembler_receive(assembler, command, sizeof command, take_frame, &found),
                 STTP_ERR_PROTOCOL);
    CHECK_STATUS(sttp_c37118_assembler_receive(assembler, command, 1, NULL, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_c37118_assembler_receive(NULL, command, 1, take_frame, &found), STTP_ERR_INVALID_ARGUMENT);
    sttp_c37118_assembler_free(assembler);
    sttp_c37118_assembler_free(NULL);
    sttp_c37118_configuration_free(NULL);
}

/* -- gateways -- */

/* Frequency, magnitude and angle of one PMU. */
static const char *const REFERENCES[3] = {"SHELBY-FQ", "SHELBY-PM1", "SHELBY-PA1"};
static const char *const TYPES[3] = {"FREQ", "VPHM", "VPHA"};

static sttp_metadata *describe(void) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    CHECK_OK(sttp_metadata_builder_new(&builder));
    CHECK_OK(sttp_metadata_builder_add_device(builder, "SHELBY", "Shelby", RATE));
    CHECK_OK(sttp_metadata_builder_add_phasor(builder, "SHELBY", "Bus 1", "V", "+", 1));
    for (int i = 0; i < 3; i++) {
        char key[32];
        sttp_guid id = signal_id(i);
        snprintf(key, sizeof key, "TEST:%d", i + 1);
        CHECK_OK(sttp_metadata_builder_add_measurement(builder, &id, key, REFERENCES[i], REFERENCES[i], TYPES[i],
                                                       "SHELBY", i == 0 ? 0 : 1, "A signal of the tests"));
    }
    CHECK_OK(sttp_metadata_builder_finish(builder, &metadata));
    sttp_metadata_builder_free(builder);
    return metadata;
}

struct told {
    int connected;
    int disconnected;
    int configurations;
    int data;
    int metadata;
    int clients;
    int clients_gone;
    int destroyed;
    double frequency;
    double magnitude;
};

static void take_connected(void *user_data, uint64_t device, const char *address) {
    CHECK(device == 1 && strncmp(address, "127.0.0.1:", 10) == 0);
    add_one(&((struct told *)user_data)->connected);
}

static void take_disconnected(void *user_data, uint64_t device, int32_t reason, const char *message) {
    CHECK(device == 1 && reason == STTP_OK && message[0] == '\0');
    add_one(&((struct told *)user_data)->disconnected);
}

static void take_configuration(void *user_data, uint64_t number, const sttp_c37118_configuration *configuration) {
    sttp_c37118_stream stream;
    sttp_c37118_pmu pmu;
    sttp_c37118_phasor phasor;
    sttp_c37118_analog analog;
    sttp_c37118_digital_word word;
    CHECK(number == 1);
    CHECK_OK(sttp_c37118_configuration_stream(configuration, &stream, sizeof stream));
    CHECK(stream.id_code == 7 && stream.pmu_count == 1 && stream.data_rate == RATE);
    CHECK_OK(sttp_c37118_configuration_pmu(configuration, 0, &pmu, sizeof pmu));
    CHECK_TEXT(pmu.station, "Shelby");
    CHECK(pmu.phasor_count == 1 && pmu.analog_count == 0 && pmu.digital_count == 0);
    CHECK_OK(sttp_c37118_configuration_phasor(configuration, 0, 0, &phasor, sizeof phasor));
    CHECK(phasor.is_current == 0 && strncmp(phasor.name, "Bus 1", 5) == 0);
    CHECK_STATUS(sttp_c37118_configuration_pmu(configuration, 1, &pmu, sizeof pmu), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_c37118_configuration_phasor(configuration, 0, 1, &phasor, sizeof phasor), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_c37118_configuration_analog(configuration, 0, 0, &analog, sizeof analog), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_c37118_configuration_digital(configuration, 0, 0, &word, sizeof word), STTP_ERR_NOT_FOUND);
    add_one(&((struct told *)user_data)->configurations);
}

static void take_data(void *user_data, uint64_t device, const sttp_c37118_configuration *configuration,
                      const uint8_t *frame, size_t length) {
    struct told *told = (struct told *)user_data;
    int64_t timestamp = 0;
    uint32_t quality = 0;
    sttp_c37118_pmu_data values;
    sttp_c37118_polar phasor;
    CHECK(device == 1);
    CHECK_OK(sttp_c37118_data_time(configuration, frame, length, &timestamp, &quality));
    CHECK(timestamp > 0);
    CHECK_OK(sttp_c37118_data_pmu(configuration, frame, length, 0, &values, sizeof values));
    CHECK_OK(sttp_c37118_data_phasors(configuration, frame, length, 0, &phasor, 1));
    CHECK_OK(sttp_c37118_data_analogs(configuration, frame, length, 0, NULL, 0));
    CHECK_OK(sttp_c37118_data_digitals(configuration, frame, length, 0, NULL, 0));
    CHECK_STATUS(sttp_c37118_data_pmu(configuration, frame, length, 1, &values, sizeof values), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_c37118_data_pmu(configuration, frame, length - 1, 0, &values, sizeof values), STTP_ERR_PROTOCOL);
    if (get(&told->data) == 0) {
        told->frequency = values.frequency;
        told->magnitude = phasor.magnitude;
    }
    add_one(&told->data);
}

static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    CHECK(metadata != NULL);
    add_one(&((struct told *)user_data)->metadata);
}

static void take_client(void *user_data, uint64_t stream, const char *address) {
    CHECK(stream == 1 && strncmp(address, "127.0.0.1:", 10) == 0);
    add_one(&((struct told *)user_data)->clients);
}

static void take_client_gone(void *user_data, uint64_t stream, const char *address, const char *message) {
    CHECK(stream == 1 && address[0] != '\0' && message[0] != '\0');
    add_one(&((struct told *)user_data)->clients_gone);
}

static void take_message(void *user_data, uint64_t number, int32_t level, const char *message) {
    (void)user_data;
    CHECK(number <= 1 && level >= STTP_LOG_ERROR && message[0] != '\0');
}

static void destroy(void *user_data) {
    add_one(&((struct told *)user_data)->destroyed);
}

static sttp_c37118_output *make_device(struct told *told, const char *publisher, char address[ADDRESS_SIZE]) {
    sttp_c37118_output *output = NULL;
    uint64_t stream = 0;
    uint64_t streams[2];
    size_t count = 0;
    char source[128];
    char value[16];
    CHECK_OK(sttp_c37118_output_new(NULL, &output));
    CHECK_OK(sttp_c37118_output_on_configuration(output, take_configuration, told, NULL));
    CHECK_OK(sttp_c37118_output_on_metadata(output, take_metadata, told, NULL));
    CHECK_OK(sttp_c37118_output_on_client_connected(output, take_client, told, NULL));
    CHECK_OK(sttp_c37118_output_on_client_disconnected(output, take_client_gone, told, NULL));
    CHECK_OK(sttp_c37118_output_on_message(output, take_message, NULL, NULL));
    CHECK_OK(sttp_c37118_output_set(output, STTP_SETTING_LAG_TIME, "0.2"));
    CHECK_OK(sttp_c37118_output_get(output, STTP_SETTING_LAG_TIME, value, sizeof value, NULL));
    CHECK_TEXT(value, "0.2");
    CHECK_STATUS(sttp_c37118_output_set(output, STTP_SETTING_DEVICE, "x"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_c37118_output_add(output, "accessID=7", &stream), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_c37118_output_add(output, "port=0; interface=127.0.0.1; accessID=7; standard=2011; waitBy=arrival", &stream));
    CHECK_OK(sttp_c37118_output_streams(output, streams, 2, &count));
    CHECK(stream == 1 && count == 1 && streams[0] == stream);
    CHECK_OK(sttp_c37118_output_address(output, stream, address, ADDRESS_SIZE));
    CHECK_STATUS(sttp_c37118_output_address(output, 2, address, ADDRESS_SIZE), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_c37118_output_remove(output, 2), STTP_ERR_NOT_FOUND);
    snprintf(source, sizeof source, "server=%s; readQueue=10", publisher);
    CHECK_STATUS(sttp_c37118_output_open(output, source), STTP_ERR_INVALID_ARGUMENT);
    snprintf(source, sizeof source, "server=%s", publisher);
    CHECK_OK(sttp_c37118_output_open(output, source));
    CHECK_STATUS(sttp_c37118_output_open(output, source), STTP_ERR_INVALID_STATE);
    return output;
}

static sttp_c37118_input *make_input(struct told *told, sttp_publisher *publisher, const char *address) {
    sttp_c37118_input *input = NULL;
    uint64_t device = 0;
    uint64_t devices[2];
    size_t count = 0;
    char text[128];
    char value[16];
    CHECK_OK(sttp_c37118_input_new(publisher, NULL, &input));
    CHECK_OK(sttp_c37118_input_on_connected(input, take_connected, told, NULL));
    CHECK_OK(sttp_c37118_input_on_disconnected(input, take_disconnected, told, destroy));
    CHECK_OK(sttp_c37118_input_on_configuration(input, take_configuration, told, NULL));
    CHECK_OK(sttp_c37118_input_on_data(input, take_data, told, NULL));
    CHECK_OK(sttp_c37118_input_on_metadata(input, take_metadata, told, NULL));
    CHECK_OK(sttp_c37118_input_on_message(input, take_message, NULL, NULL));
    CHECK_OK(sttp_c37118_input_on_reconnecting(input, NULL, NULL, NULL));
    CHECK_OK(sttp_c37118_input_on_header(input, NULL, NULL, NULL));
    CHECK_OK(sttp_c37118_input_set(input, STTP_SETTING_SETTLING_TIME, "0"));
    CHECK_OK(sttp_c37118_input_get(input, STTP_SETTING_SETTLING_TIME, value, sizeof value, NULL));
    CHECK_TEXT(value, "0");
    CHECK_STATUS(sttp_c37118_input_add(input, "accessID=7", &device), STTP_ERR_INVALID_ARGUMENT);
    snprintf(text, sizeof text, "device=%s; accessID=7; devicePrefix=N_; silenceTimeout=60", address);
    CHECK_OK(sttp_c37118_input_add(input, text, &device));
    CHECK_OK(sttp_c37118_input_devices(input, devices, 2, &count));
    CHECK(device == 1 && count == 1 && devices[0] == device);
    CHECK_STATUS(sttp_c37118_input_remove(input, 2), STTP_ERR_NOT_FOUND);
    return input;
}

static void publish_one(sttp_publisher *publisher, int64_t frame) {
    sttp_measurement values[3];
    memset(values, 0, sizeof values);
    for (int i = 0; i < 3; i++) {
        values[i].signal_id = signal_id(i);
        values[i].timestamp = frame / RATE * 10000000 + frame % RATE * 10000000 / RATE;
        values[i].value = i == 0 ? 59.5 : i == 1 ? 1000 : 90;
    }
    CHECK_OK(sttp_publisher_publish(publisher, values, 3));
}

static void test_gateways(void) {
    struct told device_told;
    struct told told;
    struct collection collection;
    sttp_publisher *source = NULL;
    sttp_publisher *publisher = NULL;
    sttp_subscriber *subscriber = NULL;
    sttp_metadata *metadata = describe();
    char source_address[ADDRESS_SIZE];
    char address[ADDRESS_SIZE];
    sttp_c37118_device info;
    sttp_c37118_device_counters counters;
    sttp_c37118_client_counters session;
    sttp_c37118_stream_counters stream_counters;
    sttp_c37118_server_counters server;
    sttp_c37118_relay_counters relay;
    sttp_subscriber_counters subscription;
    memset(&device_told, 0, sizeof device_told);
    memset(&told, 0, sizeof told);

    CHECK_OK(sttp_publisher_new(NULL, &source));
    CHECK_OK(sttp_publisher_set_metadata(source, metadata));
    CHECK_OK(sttp_publisher_start(source, "127.0.0.1:0"));
    CHECK_OK(sttp_publisher_address(source, source_address, sizeof source_address));
    sttp_c37118_output *output = make_device(&device_told, source_address, address);
    CHECK(await_count(&device_told.configurations, 1) == 1);

    CHECK_OK(sttp_publisher_new(NULL, &publisher));
    CHECK_OK(sttp_publisher_start(publisher, "127.0.0.1:0"));
    sttp_c37118_input *input = make_input(&told, publisher, address);
    CHECK(await_count(&told.metadata, 1) == 1);
    CHECK(get(&told.connected) == 1 && get(&told.configurations) == 1);
    CHECK_OK(sttp_publisher_address(publisher, address, sizeof address));
    collection_init(&collection, 100000);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, &collection, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK_OK(sttp_subscriber_wait_until_subscribed(subscriber, PATIENCE_MS));

    /* What is published now, a frame each. */
    const int64_t first = sttp_time_now() / 10000000 * RATE;
    for (int64_t frame = first; get(&collection.count) < 60 && frame < first + 3000; frame++) {
        publish_one(source, frame);
        nap();
    }
    CHECK(get(&collection.count) >= 60 && get(&told.data) >= 10);
    CHECK(told.frequency == 59.5 && told.magnitude == 1000);

    CHECK_OK(sttp_c37118_input_device(input, 1, &info, sizeof info));
    CHECK(info.id == 1 && info.state == STTP_C37118_RUNNING && info.pmu_count == 1 && info.id_code == 7 &&
          info.data_rate == RATE);
    CHECK_OK(sttp_c37118_input_statistics(input, 1, &counters, sizeof counters, &session, sizeof session));
    CHECK(counters.frames_published > 0 && counters.bytes_sent > 0 && session.data_frames > 0);
    CHECK_OK(sttp_c37118_input_statistics(input, 1, NULL, 0, NULL, 0));
    CHECK_STATUS(sttp_c37118_input_device(input, 2, &info, sizeof info), STTP_ERR_NOT_FOUND);
    CHECK_OK(sttp_c37118_output_statistics(output, 1, &stream_counters, sizeof stream_counters, &server, sizeof server));
    CHECK(stream_counters.frames > 0 && server.clients == 1 && server.commands >= 2);
    CHECK_OK(sttp_c37118_output_relay_statistics(output, 1, &relay, sizeof relay));
    CHECK(relay.data_frames == 0);
    CHECK_STATUS(sttp_c37118_output_relay_statistics(output, 2, &relay, sizeof relay), STTP_ERR_NOT_FOUND);
    CHECK_OK(sttp_c37118_output_subscription_statistics(output, &subscription, sizeof subscription));
    CHECK(subscription.measurements > 0);

    CHECK_OK(sttp_c37118_input_remove(input, 1));
    CHECK(await_count(&told.disconnected, 1) == 1);
    CHECK(await_count(&device_told.clients_gone, 1) == 1 && get(&device_told.clients) == 1);
    sttp_subscriber_free(subscriber);
    collection_free(&collection);
    sttp_publisher_free(publisher);
    CHECK(get(&told.destroyed) == 0);
    sttp_c37118_input_free(input);
    CHECK(get(&told.destroyed) == 1);
    sttp_c37118_input_free(NULL);
    CHECK_OK(sttp_c37118_output_close(output));
    CHECK_OK(sttp_c37118_output_remove(output, 1));
    sttp_c37118_output_free(output);
    sttp_c37118_output_free(NULL);
    sttp_publisher_free(source);
    sttp_metadata_free(metadata);
}

int main(void) {
    test_commands();
    test_gateways();
    return check_report("test_c37118");
}
