/* What each side knows of the other: how both speak, what is asked for and granted, which signals; metadata that are
 * refused, and the node ID that they get. */
#include "fixture.h"

static void note_publisher(void *user_data, const sttp_publisher_info *publisher) {
    sttp_publisher_info *noted = (sttp_publisher_info *)user_data;
    *noted = *publisher;
    CHECK(strlen(publisher->address) > 0 && publisher->reserved == 0);
    noted->address = NULL;
}

static void check_terms(void *user_data, const sttp_connection *connection) {
    CHECK(connection->modes != NULL && connection->asked != NULL && connection->granted != NULL);
    CHECK_TEXT(connection->program, "SCADA");
    CHECK_TEXT(connection->program_version, "7");
    CHECK_TEXT(connection->program_updated_on, "today");
    if (connection->modes == NULL || connection->asked == NULL || connection->granted == NULL) {
        return;
    }
    CHECK(connection->modes->protocol_version == 2 && connection->modes->encoding == STTP_ENCODING_UTF8);
    CHECK(connection->modes->metadata_compression_asked == 0 && connection->modes->metadata_compressed == 0);
    CHECK(connection->modes->cache_compression_asked == 1 && connection->modes->cache_compressed == 1);
    CHECK(connection->modes->payload_compression_asked == 1 && connection->modes->payload_compressed == 1);
    CHECK(connection->modes->internal_metadata == 1 && connection->modes->external_metadata == 1);
    CHECK(connection->asked->throttled == 1 && connection->asked->publish_interval == 0.001);
    CHECK(connection->granted->throttled == 1 && connection->granted->publish_interval == 0.01);
    CHECK(connection->asked->nan_filter == 1 && connection->granted->nan_filter == 0);
    CHECK(connection->granted->compressed == 1 && connection->granted->by_udp == 0);
    CHECK(connection->asked->lag_time == 3 && connection->asked->processing_interval == -1);
    /* Nobody checks times. */
    CHECK(connection->granted->lag_time == 0);
    CHECK(connection->granted->largest_packet > 0 && connection->asked->largest_packet == 0);
    CHECK_TEXT(connection->asked->start_time_text, "");
    CHECK_TEXT(connection->granted->time_parameters, "");
    *(sttp_guid *)user_data = connection->subscriber_id;
}

static void check_sides(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    sttp_publisher_info known;
    sttp_guid subscriber_id;
    const sttp_signal *const *signals = NULL;
    size_t count = 7;
    uint32_t generation = 7;
    sttp_subscriber *subscriber = NULL;
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    CHECK_OK(configure_publisher(publisher, "allowNaNValueFilter=false"));
    start(publisher, address);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(configure_subscriber(subscriber,
                                  "compressMetadata=false; throttled=true; publishInterval=0.001; lagTime=3; "
                                  "requestNaNValueFilter=true; "
                                  "assemblyInfo={source=SCADA; version=7; updatedOn=today}"));
    memset(&known, 0, sizeof known);
    CHECK_STATUS(sttp_subscriber_publisher_info(subscriber, note_publisher, &known), STTP_ERR_NOT_CONNECTED);
    CHECK_OK(sttp_subscriber_signals(subscriber, &signals, &count, &generation));
    CHECK(signals == NULL && count == 0 && generation == 0);
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    CHECK(await_count(&subscriptions, 1) == 1);
    for (int waited = 0; count == 0 && waited < PATIENCE_MS; waited += 2) {
        nap();
        CHECK_OK(sttp_subscriber_signals(subscriber, &signals, &count, NULL));
    }
    CHECK(count == FIXTURE_SIGNALS);
    for (int i = 0; i < FIXTURE_SIGNALS && (size_t)i < count; i++) {
        sttp_guid id = signal_id(i);
        CHECK(same_guid(&signals[i]->signal_id, &id));
    }
    const sttp_signal *const *again = NULL;
    CHECK_OK(sttp_subscriber_signals(subscriber, &again, &count, &generation));
    CHECK(again == signals && generation == 1);
    CHECK_OK(sttp_subscriber_publisher_info(subscriber, note_publisher, &known));
    CHECK(known.protocol_version == 2 && known.encoding == STTP_ENCODING_UTF8 && known.modes_confirmed == 1);
    CHECK(known.incoming == 0 && known.data_port == -1 && known.connected_since > 0);
    CHECK(known.metadata_compression_asked == 0 && known.metadata_compressed == 0);
    CHECK(known.cache_compression_asked == 1 && known.cache_compressed == 1);
    CHECK(known.payload_compression_asked == 1 && known.payload_compressed == -1);
    memset(&subscriber_id, 0, sizeof subscriber_id);
    CHECK_OK(sttp_publisher_for_each_connection(publisher, check_terms, &subscriber_id));
    CHECK(same_guid(&subscriber_id, &known.subscriber_id));
    CHECK_STATUS(sttp_subscriber_publisher_info(subscriber, NULL, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_signals(subscriber, NULL, &count, NULL), STTP_ERR_INVALID_ARGUMENT);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

/* -- metadata -- */

struct answers {
    int given;
    int refused;
    int refused_in_our_words;
    int of_our_node;
};

static void on_metadata(void *user_data, const sttp_metadata *metadata) {
    static const uint8_t node[16] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0,
                                     0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0};
    struct answers *answers = (struct answers *)user_data;
    sttp_value value;
    size_t table = 0;
    memset(&value, 0, sizeof value);
    CHECK_OK(sttp_metadata_find_table(metadata, "DeviceDetail", &table));
    CHECK_OK(sttp_metadata_evaluate(metadata, table, 0, "NodeID", &value, NULL, 0));
    if (memcmp(value.guid.bytes, node, sizeof node) == 0) {
        add_one(&answers->of_our_node);
    }
    add_one(&answers->given);
}

static void on_refusal(void *user_data, int32_t command, const char *message) {
    struct answers *answers = (struct answers *)user_data;
    if (command == STTP_COMMAND_METADATA_REFRESH) {
        if (strstr(message, "ask the head office") != NULL) {
            add_one(&answers->refused_in_our_words);
        }
        add_one(&answers->refused);
    }
}

/* Subscribes to everything at an address, which asks for the metadata first; what becomes of that is counted. */
static sttp_subscriber *ask_for_metadata(const char *address, struct answers *answers) {
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_metadata(subscriber, on_metadata, answers, NULL));
    CHECK_OK(sttp_subscriber_on_request_failed(subscriber, on_refusal, answers, NULL));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    return subscriber;
}

static void check_metadata(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct answers answers;
    sttp_subscriber *subscriber = NULL;
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    memset(&answers, 0, sizeof answers);
    CHECK_STATUS(sttp_publisher_set(publisher, STTP_SETTING_NODE_ID, "mine"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_NODE_ID, "12345678-9abc-def0-1234-56789abcdef0"));
    CHECK_OK(sttp_publisher_refuse_metadata(publisher, 0, "ask the head office"));
    CHECK_STATUS(sttp_publisher_refuse_metadata(publisher, 77, NULL), STTP_ERR_NOT_FOUND);
    start(publisher, address);
    subscriber = ask_for_metadata(address, &answers);
    CHECK(await_count(&answers.refused_in_our_words, 1) == 1);
    CHECK(await_count(&subscriptions, 1) == 1);
    CHECK_OK(sttp_publisher_refuse_metadata(publisher, 0, NULL));
    CHECK_OK(sttp_subscriber_request_metadata(subscriber, NULL));
    CHECK(await_count(&answers.given, 1) == 1);
    CHECK(get(&answers.of_our_node) == 1 && get(&answers.refused) == 1);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

static void check_setting(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct answers answers;
    sttp_subscriber *subscriber = NULL;
    sttp_publisher *publisher = new_publisher(NULL, &subscriptions);
    memset(&answers, 0, sizeof answers);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_ALLOW_METADATA_REFRESH, "false"));
    start(publisher, address);
    subscriber = ask_for_metadata(address, &answers);
    CHECK(await_count(&answers.refused, 1) == 1);
    CHECK(await_count(&subscriptions, 1) == 1);
    CHECK(get(&answers.given) == 0);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

int main(void) {
    check_sides();
    check_metadata();
    check_setting();
    return check_report("test_known");
}
