/* A substation without a network: its measurements go over a serial line, to whoever subscribes at the other end, as
 *
 *   sttp-subscribe --link serial:/dev/ttyS0,115200,8N1
 *
 *   cc substation_link.c $(pkg-config --cflags --libs sttp) -o substation_link
 *   ./substation_link "link=serial:/dev/ttyS0,115200,8N1" metadata.xml
 *
 * The XML describes the signals, of which the values are made up. It runs until its input ends. */
#define _POSIX_C_SOURCE 200809L
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sttp.h>

#define MOST_SIGNALS 100
#define FRAME_MS 200 /* of a line of 115,200 baud, 100 signals so often are two thirds */

static void check(int32_t status, const char *what) {
    if (status != STTP_OK) {
        fprintf(stderr, "Cannot %s: %s\n", what, sttp_last_error());
        exit(1);
    }
}

static void say_agreed(void *user_data, uint64_t link, const sttp_block_link_agreement *agreement) {
    (void)user_data, (void)link;
    printf("The other side is %s\n", agreement->levels & STTP_BLOCK_LINK_GATEWAY ? "a gateway" : "an application");
    fflush(stdout);
}

static void say_subscribed(void *user_data, uint64_t link, size_t signals, const char *filter) {
    (void)user_data, (void)link;
    printf("It wants %zu signals: %s\n", signals, filter != NULL ? filter : "none");
    fflush(stdout);
}

static void say_message(void *user_data, uint64_t link, int32_t level, const char *message) {
    (void)user_data, (void)link;
    if (level <= STTP_LOG_WARNING) fprintf(stderr, "%s\n", message);
}

static sttp_metadata *read_metadata(const char *path) {
    static char xml[4 << 20];
    sttp_metadata *metadata = NULL;
    FILE *file = fopen(path, "rb");
    size_t length = file != NULL ? fread(xml, 1, sizeof xml, file) : 0;
    if (file != NULL) fclose(file);
    check(sttp_metadata_parse(xml, length, &metadata), "read the metadata");
    return metadata;
}

int main(int argc, char **argv) {
    sttp_measurement frame[MOST_SIGNALS] = {0};
    sttp_guid ids[MOST_SIGNALS];
    sttp_block_link *link = NULL;
    size_t count = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: substation_link LINK METADATA.xml\n");
        return 2;
    }
    sttp_metadata *metadata = read_metadata(argv[2]);
    check(sttp_metadata_select(metadata, "FILTER TOP 100 ActiveMeasurements WHERE True", ids, MOST_SIGNALS, &count), "find signals");
    check(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, argv[1], &link), "make the link");
    check(sttp_block_link_on_agreed(link, say_agreed, NULL, NULL), "listen to the link");
    check(sttp_block_link_on_subscribed(link, say_subscribed, NULL, NULL), "listen to the link");
    check(sttp_block_link_on_message(link, say_message, NULL, NULL), "listen to the link");
    check(sttp_block_link_set_metadata(link, metadata), "set the metadata");
    sttp_metadata_free(metadata);
    check(sttp_block_link_open(link), "open the link");

    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    char byte;
    while (poll(&input, 1, FRAME_MS) == 0 || read(STDIN_FILENO, &byte, 1) > 0) {
        for (size_t i = 0; i < count; i++) {
            frame[i].signal_id = ids[i];
            frame[i].timestamp = sttp_time_now();
            frame[i].value = 60.0 + (rand() % 100 - 50) * 1e-4;
        }
        check(sttp_block_link_publish(link, frame, count), "publish");
    }

    check(sttp_block_link_flush(link, 5000), "send the last measurements");
    sttp_block_link_session_counters counters;
    check(sttp_block_link_statistics(link, NULL, 0, &counters, sizeof counters), "count");
    printf("%llu measurements sent, %llu dropped\n", (unsigned long long)counters.points_sent,
           (unsigned long long)counters.points_dropped);
    sttp_block_link_free(link);
    return 0;
}
