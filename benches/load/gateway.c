/* The gateway's side: what devices of `sttp-load devices` send, published, until they hang up. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../../tools/common/tool.h"
#include "load.h"
#include "pmu.h"
#include "serving.h"
#include "usage.h"

/* Devices hold their data back until every subscriber is there; then they send until their end. */
#define DEVICE_SETTINGS "configurationFrame=cfg2; stopDataFirst=false; silenceTimeout=3600; autoReconnect=false"
#define DEVICE_SIZE 512

struct gateway {
    const struct gateway_options *options;
    struct serving serving;
    sttp_c37118_input *input;
    pthread_mutex_t lock;
    uint64_t signals; /* in the metadata; under the lock, as what follows */
    uint64_t ended; /* connections to devices */
};

struct gateway_report {
    struct processor_time cpu;
    uint64_t resident_alone; /* before the first connection */
    uint64_t resident; /* at the end of the period */
    uint64_t connections; /* when all were there */
    sttp_publisher_counters end;
    sttp_c37118_device_counters published; /* of all devices */
    sttp_c37118_client_counters received;
};

/* -- callbacks -- */

static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    struct gateway *gateway = (struct gateway *)user_data;
    size_t signals = 0;
    sttp_metadata_measurement_count(metadata, &signals);
    pthread_mutex_lock(&gateway->lock);
    gateway->signals = signals;
    pthread_mutex_unlock(&gateway->lock);
    tool_wake();
}

static void take_disconnected(void *user_data, uint64_t device, int32_t reason, const char *message) {
    struct gateway *gateway = (struct gateway *)user_data;
    (void)reason;
    pthread_mutex_lock(&gateway->lock);
    if (gateway->signals < gateway->options->devices * PMU_MEASUREMENTS) {
        tool_error("device %llu: %s", (unsigned long long)device, message);
    }
    gateway->ended++;
    pthread_mutex_unlock(&gateway->lock);
    tool_wake();
}

static void take_message(void *user_data, uint64_t device, int32_t level, const char *message) {
    struct gateway *gateway = (struct gateway *)user_data;
    (void)device;
    if (level <= STTP_LOG_ERROR) {
        serving_warn(&gateway->serving, message);
    }
}

/* -- setting up -- */

static int add_devices(struct gateway *gateway) {
    for (uint64_t i = 0; i < gateway->options->devices; i++) {
        char device[DEVICE_SIZE];
        int length = snprintf(device, sizeof device, "device={%s}; accessID=%llu; %s", gateway->options->address,
                              (unsigned long long)i + 1, DEVICE_SETTINGS);
        if (length >= DEVICE_SIZE || sttp_c37118_input_add(gateway->input, device, NULL) != STTP_OK) {
            return tool_library_error("cannot add a device at %s", gateway->options->address);
        }
    }
    return TOOL_DONE;
}

static int open_input(struct gateway *gateway) {
    const struct gateway_options *options = gateway->options;
    if (serving_new(&gateway->serving, options->threads, "dropOldest", options->settings) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (sttp_c37118_input_new(gateway->serving.publisher, NULL, &gateway->input) != STTP_OK ||
        sttp_c37118_input_on_metadata(gateway->input, take_metadata, gateway, NULL) != STTP_OK ||
        sttp_c37118_input_on_disconnected(gateway->input, take_disconnected, gateway, NULL) != STTP_OK ||
        sttp_c37118_input_on_message(gateway->input, take_message, gateway, NULL) != STTP_OK) {
        return tool_library_error("cannot make an input");
    }
    return add_devices(gateway);
}

static uint64_t count_now(struct gateway *gateway, const uint64_t *number) {
    pthread_mutex_lock(&gateway->lock);
    uint64_t copy = *number;
    pthread_mutex_unlock(&gateway->lock);
    return copy;
}

/* Whoever subscribes afterwards, subscribes to all that there will be. */
static int wait_for_devices(struct gateway *gateway) {
    uint64_t wanted = gateway->options->devices;
    double began = tool_clock();
    uint64_t there = 0;
    while (there < wanted) {
        tool_wait(0.1);
        there = count_now(gateway, &gateway->signals) / PMU_MEASUREMENTS;
        if (tool_interrupted() || count_now(gateway, &gateway->ended) > 0 ||
            (there < wanted && is_patience_over(began, gateway->options->patience, there, wanted))) {
            return TOOL_FAILED;
        }
    }
    return TOOL_DONE;
}

/* -- the period that is measured -- */

static void add_up_devices(const struct gateway *gateway, struct gateway_report *report) {
    /* Devices have the numbers from 1. */
    for (uint64_t device = 1; device <= gateway->options->devices; device++) {
        sttp_c37118_device_counters published;
        sttp_c37118_client_counters received;
        if (sttp_c37118_input_statistics(gateway->input, device, &published, sizeof published, &received,
                                         sizeof received) == STTP_OK) {
            report->received.data_frames += received.data_frames;
            report->received.missing_frames += received.missing_frames;
            report->published.measurements_published += published.measurements_published;
            report->published.frames_not_mapped += published.frames_not_mapped;
            report->published.frames_not_taken += published.frames_not_taken;
        }
    }
}

static int measure(struct gateway *gateway, struct gateway_report *report) {
    const struct gateway_options *options = gateway->options;
    report->resident_alone = resident_bytes();
    if (wait_for_devices(gateway) != TOOL_DONE || serving_start(&gateway->serving, options->listen) != TOOL_DONE ||
        serving_wait(&gateway->serving, options->wait, options->patience, 0) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    report->connections = serving_there(&gateway->serving, 0);
    struct processor_time cpu = processor_time_now();
    printf("Everybody is there\n");
    while (!tool_interrupted() && count_now(gateway, &gateway->ended) < options->devices) {
        tool_wait(1.0);
    }
    if (sttp_publisher_flush(gateway->serving.publisher, -1) != STTP_OK) {
        return tool_library_error("cannot send the last frames");
    }
    report->cpu = processor_time_since(cpu);
    report->resident = resident_bytes();
    report->end = serving_statistics(&gateway->serving);
    add_up_devices(gateway, report);
    return TOOL_DONE;
}

/* -- the end -- */

static void print_report(const struct gateway *gateway, const struct gateway_report *report) {
    printf("{\"role\":\"gateway\",\"devices\":%llu,\"frames\":%llu,\"missing\":%llu,\"not_mapped\":%llu,"
           "\"not_taken\":%llu,\"measurements\":%llu,\"cpu_seconds\":%.6f,\"user_seconds\":%.6f,"
           "\"system_seconds\":%.6f,",
           (unsigned long long)gateway->options->devices, (unsigned long long)report->received.data_frames,
           (unsigned long long)report->received.missing_frames,
           (unsigned long long)report->published.frames_not_mapped,
           (unsigned long long)report->published.frames_not_taken,
           (unsigned long long)report->published.measurements_published, report->cpu.user + report->cpu.system,
           report->cpu.user, report->cpu.system);
    printf("\"rss_alone_bytes\":%llu,\"rss_bytes\":%llu,\"peak_rss_bytes\":%llu,\"connections\":%llu,"
           "\"connections_at_end\":%llu,\"sent\":%llu,\"dropped\":%llu,\"packets\":%llu,\"bytes\":%llu}\n",
           (unsigned long long)report->resident_alone, (unsigned long long)report->resident,
           (unsigned long long)peak_resident_bytes(), (unsigned long long)report->connections,
           (unsigned long long)report->end.connections, (unsigned long long)report->end.measurements_sent,
           (unsigned long long)report->end.measurements_dropped, (unsigned long long)report->end.packets_sent,
           (unsigned long long)report->end.bytes_sent);
}

int gateway_load(const struct gateway_options *options) {
    struct gateway gateway;
    struct gateway_report report;
    memset(&gateway, 0, sizeof gateway);
    memset(&report, 0, sizeof report);
    gateway.options = options;
    if (allow_connections(options->devices + options->wait) != 0) {
        return TOOL_FAILED;
    }
    pthread_mutex_init(&gateway.lock, NULL);
    int result = open_input(&gateway);
    if (result == TOOL_DONE) {
        result = measure(&gateway, &report);
        serving_stop(&gateway.serving);
    }
    if (result == TOOL_DONE) {
        print_report(&gateway, &report);
    }
    sttp_c37118_input_free(gateway.input);
    serving_free(&gateway.serving);
    pthread_mutex_destroy(&gateway.lock);
    return result;
}
