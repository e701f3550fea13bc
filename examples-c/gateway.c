/* A gateway in both directions: C37.118 devices are published by STTP, and what an STTP publisher has is served as
 * C37.118.
 *
 *   gateway in  LISTEN_ADDRESS DEVICE...           gateway in 0.0.0.0:7175 "device=192.0.2.20; accessID=7"
 *   gateway out SUBSCRIBER STREAM...               gateway out server=localhost:7175 "port=4712; accessID=235"
 *
 * It runs until its input ends. */
#include <stdio.h>
#include <string.h>

#include "sttp.h"

static void print_message(void *user_data, uint64_t number, int32_t level, const char *message) {
    (void)user_data;
    if (level <= STTP_LOG_INFO) {
        printf("%llu: %s\n", (unsigned long long)number, message);
        fflush(stdout);
    }
}

static void print_stream(void *user_data, uint64_t number, const sttp_c37118_configuration *configuration) {
    sttp_c37118_stream stream;
    (void)user_data;
    if (sttp_c37118_configuration_stream(configuration, &stream, sizeof stream) == STTP_OK) {
        printf("%llu: ID code %u, %u PMUs, data rate %d\n", (unsigned long long)number, stream.id_code, stream.pmu_count,
               stream.data_rate);
        fflush(stdout);
    }
}

static int failed(const char *what) {
    fprintf(stderr, "%s: %s\n", what, sttp_last_error());
    return 1;
}

static void wait_for_end(void) {
    while (getchar() != EOF) {
    }
}

/* Devices in, STTP out. */
static int publish(const char *address, int count, char **devices) {
    sttp_publisher *publisher = NULL;
    sttp_c37118_input *input = NULL;
    int32_t status = sttp_publisher_new(NULL, &publisher);
    if (status == STTP_OK) status = sttp_c37118_input_new(publisher, "PMU", &input);
    if (status == STTP_OK) status = sttp_c37118_input_on_message(input, print_message, NULL, NULL);
    if (status == STTP_OK) status = sttp_c37118_input_on_configuration(input, print_stream, NULL, NULL);
    if (status == STTP_OK) status = sttp_publisher_start(publisher, address);
    for (int i = 0; status == STTP_OK && i < count; i++) {
        status = sttp_c37118_input_add(input, devices[i], NULL);
    }
    if (status == STTP_OK) wait_for_end();
    const int code = status == STTP_OK ? 0 : failed("Cannot publish");
    sttp_c37118_input_free(input);
    sttp_publisher_free(publisher);
    return code;
}

/* STTP in, C37.118 out. */
static int serve(const char *source, int count, char **streams) {
    sttp_c37118_output *output = NULL;
    int32_t status = sttp_c37118_output_new(NULL, &output);
    if (status == STTP_OK) status = sttp_c37118_output_on_message(output, print_message, NULL, NULL);
    if (status == STTP_OK) status = sttp_c37118_output_on_configuration(output, print_stream, NULL, NULL);
    for (int i = 0; status == STTP_OK && i < count; i++) {
        uint64_t stream = 0;
        char address[64];
        status = sttp_c37118_output_add(output, streams[i], &stream);
        if (status == STTP_OK && sttp_c37118_output_address(output, stream, address, sizeof address) == STTP_OK) {
            printf("%llu: listens on %s\n", (unsigned long long)stream, address);
            fflush(stdout);
        }
    }
    if (status == STTP_OK) status = sttp_c37118_output_open(output, source);
    if (status == STTP_OK) wait_for_end();
    const int code = status == STTP_OK ? 0 : failed("Cannot serve");
    sttp_c37118_output_free(output);
    return code;
}

int main(int argc, char **argv) {
    if (argc >= 4 && strcmp(argv[1], "in") == 0) {
        return publish(argv[2], argc - 3, argv + 3);
    }
    if (argc >= 4 && strcmp(argv[1], "out") == 0) {
        return serve(argv[2], argc - 3, argv + 3);
    }
    fprintf(stderr, "usage: gateway in LISTEN_ADDRESS DEVICE... | gateway out SUBSCRIBER STREAM...\n");
    return 2;
}
