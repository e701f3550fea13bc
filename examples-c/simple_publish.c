/* Describes one device with two signals and publishes them thirty times a second for a minute.
 *
 *   cc simple_publish.c $(pkg-config --cflags --libs sttp) -o simple_publish
 *   ./simple_publish 127.0.0.1:7175
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <sttp.h>

#define FRAMES_PER_SECOND 30

static void check(int32_t status, const char *what) {
    if (status != STTP_OK) {
        fprintf(stderr, "Cannot %s: %s (%s)\n", what, sttp_last_error(), sttp_status_name(status));
        exit(1);
    }
}

/* A signal keeps its ID for ever: it is how all subscribers know it. */
static sttp_metadata *describe_signals(sttp_guid *frequency, sttp_guid *voltage) {
    sttp_metadata_builder *builder = NULL;
    sttp_metadata *metadata = NULL;
    check(sttp_guid_parse("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f01", frequency), "read a signal ID");
    check(sttp_guid_parse("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f02", voltage), "read a signal ID");
    check(sttp_metadata_builder_new(&builder), "make metadata");
    check(sttp_metadata_builder_add_device(builder, "SHELBY", "Shelby substation", FRAMES_PER_SECOND),
          "add the device");
    check(sttp_metadata_builder_add_phasor(builder, "SHELBY", "Bus 1", "V", "+", 1), "add the phasor");
    check(sttp_metadata_builder_add_measurement(builder, frequency, "DEMO:1", "SHELBY:FREQ", "SHELBY-FQ", "FREQ",
                                                "SHELBY", 0, "System frequency"), "add a measurement");
    check(sttp_metadata_builder_add_measurement(builder, voltage, "DEMO:2", "SHELBY:BUS1", "SHELBY-PM1", "VPHM",
                                                "SHELBY", 1, "Bus 1 voltage magnitude"), "add a measurement");
    check(sttp_metadata_builder_finish(builder, &metadata), "finish the metadata");
    sttp_metadata_builder_free(builder);
    return metadata;
}

int main(int argc, char **argv) {
    sttp_measurement frame[2] = {0};
    sttp_publisher *publisher = NULL;
    sttp_metadata *metadata = describe_signals(&frame[0].signal_id, &frame[1].signal_id);

    check(sttp_publisher_new(NULL, &publisher), "make a publisher");
    check(sttp_publisher_set_metadata(publisher, metadata), "set the metadata");
    sttp_metadata_free(metadata);
    check(sttp_publisher_start(publisher, argc > 1 ? argv[1] : "127.0.0.1:7175"), "start publishing");

    for (int number = 0; number < 60 * FRAMES_PER_SECOND; number++) {
        frame[0].timestamp = frame[1].timestamp = sttp_time_now();
        frame[0].value = 60.0 + (rand() % 100 - 50) * 1e-4;
        frame[1].value = 299000.0 + rand() % 300;
        check(sttp_publisher_publish(publisher, frame, 2), "publish");
        nanosleep(&(struct timespec){0, 1000000000L / FRAMES_PER_SECOND}, NULL);
    }

    check(sttp_publisher_flush(publisher, 1000), "send the last measurements");
    sttp_publisher_free(publisher);
    return 0;
}
