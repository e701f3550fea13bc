/* Records grow: a program that was compiled with fewer or with more fields gets what fits. And what can be listed or
 * named: counters, flags, states, commands. */
#include "fixture.h"

/* The counters of a subscriber as an earlier version had them. */
struct early_counters {
    uint64_t measurements;
    uint64_t packets;
};

/* As a later version may have them. */
struct late_counters {
    sttp_subscriber_counters known;
    uint64_t added;
};

/* A device as an earlier version had it. */
struct early_device {
    const char *acronym;
    const char *name;
};

static void check_counters(void) {
    struct early_counters early[2];
    struct late_counters late;
    sttp_subscriber *subscriber = NULL;
    memset(early, 0x55, sizeof early);
    memset(&late, 0x55, sizeof late);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_statistics(subscriber, (sttp_subscriber_counters *)(void *)early, sizeof early[0]));
    CHECK(early[0].measurements == 0 && early[0].packets == 0);
    CHECK(early[1].measurements == UINT64_C(0x5555555555555555));
    CHECK_OK(sttp_subscriber_statistics(subscriber, (sttp_subscriber_counters *)(void *)&late, sizeof late));
    CHECK(late.known.measurements_per_second == 0 && late.added == 0);
    CHECK_STATUS(sttp_subscriber_statistics(subscriber, &late.known, 0), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_statistics(subscriber, &late.known, 7), STTP_ERR_INVALID_ARGUMENT);
    sttp_subscriber_free(subscriber);
}

static void check_device(void) {
    struct early_device early[2];
    sttp_metadata *metadata = NULL;
    memset(early, 0, sizeof early);
    CHECK_OK(sttp_metadata_sample(&metadata));
    CHECK_OK(sttp_metadata_device(metadata, 0, (sttp_device *)(void *)early, sizeof early[0]));
    CHECK(early[0].acronym[0] != '\0' && early[0].name != NULL);
    CHECK(early[1].acronym == NULL && early[1].name == NULL);
    sttp_metadata_free(metadata);
}

/* Each record can be gone through, and its counters lie side by side. */
static void check_list(int32_t record, size_t size, const char *first) {
    sttp_counter counter;
    size_t row = 0;
    CHECK_OK(sttp_counter_at(record, 0, &counter, sizeof counter));
    CHECK_TEXT(counter.name, first);
    while (sttp_counter_at(record, row, &counter, sizeof counter) == STTP_OK) {
        CHECK(counter.offset == 8 * row);
        CHECK(counter.unit[0] != '\0' && counter.document[0] != '\0' && counter.document[0] != ' ');
        CHECK(counter.type == STTP_TYPE_UINT64 || counter.type == STTP_TYPE_DOUBLE || counter.type == STTP_TYPE_DATETIME);
        row++;
    }
    CHECK(size == 8 * row);
    CHECK_STATUS(sttp_counter_at(record, row, &counter, sizeof counter), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_counter_at(record, 0, NULL, sizeof counter), STTP_ERR_INVALID_ARGUMENT);
}

static void check_names(void) {
    char text[STTP_FLAGS_TEXT_SIZE];
    CHECK_TEXT(sttp_flag_name(STTP_FLAG_BAD_TIME), "STTP_FLAG_BAD_TIME");
    CHECK_TEXT(sttp_flag_name(0), "unknown flag");
    CHECK_OK(sttp_flags_format(STTP_FLAG_BAD_DATA | STTP_FLAG_MEASUREMENT_ERROR, text, sizeof text));
    CHECK_TEXT(text, "BAD_DATA MEASUREMENT_ERROR");
    CHECK_OK(sttp_flags_format(0, text, 1));
    CHECK_TEXT(text, "");
    CHECK_OK(sttp_flags_format(UINT32_MAX, text, sizeof text));
    CHECK_STATUS(sttp_flags_format(UINT32_MAX, text, 600 - 200), STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_STATUS(sttp_flags_format(1, NULL, 9), STTP_ERR_INVALID_ARGUMENT);
    CHECK_TEXT(sttp_state_name(STTP_STATE_LISTENING), "STTP_STATE_LISTENING");
    CHECK_TEXT(sttp_state_name(-1), "unknown state");
    CHECK_TEXT(sttp_command_name(STTP_COMMAND_SUBSCRIBE), "STTP_COMMAND_SUBSCRIBE");
    CHECK_TEXT(sttp_command_name(STTP_COMMAND_USER + 15), "STTP_COMMAND_USER");
    CHECK_TEXT(sttp_command_name(STTP_COMMAND_USER + 16), "unknown command");
}

int main(void) {
    sttp_counter counter;
    check_counters();
    check_device();
    check_list(STTP_COUNTERS_SUBSCRIBER, sizeof(sttp_subscriber_counters), "measurements");
    check_list(STTP_COUNTERS_PUBLISHER, sizeof(sttp_publisher_counters), "measurements_published");
    check_list(STTP_COUNTERS_CONNECTION, sizeof(sttp_connection_counters), "measurements_sent");
    check_list(STTP_COUNTERS_C37118_DEVICE, sizeof(sttp_c37118_device_counters), "bytes_sent");
    check_list(STTP_COUNTERS_C37118_CLIENT, sizeof(sttp_c37118_client_counters), "data_frames");
    check_list(STTP_COUNTERS_C37118_STREAM, sizeof(sttp_c37118_stream_counters), "measurements");
    check_list(STTP_COUNTERS_C37118_SERVER, sizeof(sttp_c37118_server_counters), "published_frames");
    check_list(STTP_COUNTERS_C37118_RELAY, sizeof(sttp_c37118_relay_counters), "data_frames");
    check_list(STTP_COUNTERS_BLOCK_LINK, sizeof(sttp_block_link_counters), "openings");
    check_list(STTP_COUNTERS_BLOCK_LINK_SESSION, sizeof(sttp_block_link_session_counters), "blocks_sent");
    check_list(STTP_COUNTERS_BLOCK_LINK_INPUT, sizeof(sttp_block_link_input_counters), "measurements_published");
    CHECK_STATUS(sttp_counter_at(STTP_COUNTERS_BLOCK_LINK_INPUT + 1, 0, &counter, sizeof counter), STTP_ERR_INVALID_ARGUMENT);
    check_names();
    return check_report("test_records");
}
