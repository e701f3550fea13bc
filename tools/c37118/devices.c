#include "devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/report.h"
#include "../common/tool.h"

static int32_t configure(void *input, const char *settings) {
    (void)input;
    (void)settings;
    /* Options of devices have keys. */
    return STTP_ERR_INVALID_ARGUMENT;
}

static int32_t set(void *input, const char *key, const char *value) {
    return sttp_c37118_input_set((sttp_c37118_input *)input, key, value);
}

const struct settings_of settings_of_devices = {STTP_ROLE_C37118_INPUT, configure, set};

int devices_add(sttp_c37118_input *input, const char *device) {
    if (device == NULL) {
        return sttp_c37118_input_add(input, "", NULL) == STTP_OK ? TOOL_DONE : tool_library_error("cannot begin");
    }
    const int is_string = strchr(device, '=') != NULL;
    size_t size = strlen(device) + sizeof "device={}";
    char *string = (char *)malloc(size);
    if (string == NULL) {
        tool_error("not enough memory");
        return TOOL_FAILED;
    }
    snprintf(string, size, is_string ? "%s" : "device={%s}", device);
    int32_t status = sttp_c37118_input_add(input, string, NULL);
    free(string);
    return status == STTP_OK ? TOOL_DONE : tool_library_error("%s", device);
}

/* All devices; NULL when there is no memory. */
static uint64_t *list_devices(const sttp_c37118_input *input, size_t *count) {
    size_t room = 0;
    sttp_c37118_input_devices(input, NULL, 0, &room);
    uint64_t *devices = (uint64_t *)calloc(room + 1, sizeof *devices);
    if (devices == NULL) {
        tool_error("not enough memory");
    } else if (sttp_c37118_input_devices(input, devices, room, count) != STTP_OK || *count > room) {
        *count = 0;
    }
    return devices;
}

int devices_have_ended(const sttp_c37118_input *input) {
    size_t count = 0;
    uint64_t *devices = list_devices(input, &count);
    int ended = 1;
    for (size_t i = 0; i < count && ended; i++) {
        sttp_c37118_device device;
        ended = sttp_c37118_input_device(input, devices[i], &device, sizeof device) == STTP_OK &&
                device.state == STTP_C37118_GAVE_UP;
    }
    free(devices);
    return ended;
}

static void report_device(const sttp_c37118_input *input, uint64_t device, int is_first) {
    sttp_c37118_device_counters counters;
    sttp_c37118_client_counters session;
    if (sttp_c37118_input_statistics(input, device, &counters, sizeof counters, &session, sizeof session) != STTP_OK) {
        return;
    }
    fprintf(stderr, "%s{\"id\":%llu", is_first ? "" : ",", (unsigned long long)device);
    report_print_counters("counters", STTP_COUNTERS_C37118_DEVICE, &counters, sizeof counters, 0);
    report_print_counters("session", STTP_COUNTERS_C37118_CLIENT, &session, sizeof session, 0);
    fputc('}', stderr);
}

int devices_report(const sttp_c37118_input *input) {
    size_t count = 0;
    uint64_t *devices = list_devices(input, &count);
    if (devices == NULL) {
        return TOOL_FAILED;
    }
    fputs("\"devices\":[", stderr);
    for (size_t i = 0; i < count; i++) {
        report_device(input, devices[i], i == 0);
    }
    fputc(']', stderr);
    free(devices);
    return TOOL_DONE;
}

void devices_add_metrics(struct text *text, const sttp_c37118_input *input) {
    size_t count = 0;
    uint64_t *devices = list_devices(input, &count);
    struct metrics_record *records = (struct metrics_record *)calloc(2 * count + 1, sizeof *records);
    sttp_c37118_device_counters *counters = (sttp_c37118_device_counters *)calloc(count + 1, sizeof *counters);
    sttp_c37118_client_counters *sessions = (sttp_c37118_client_counters *)calloc(count + 1, sizeof *sessions);
    if (devices == NULL || records == NULL || counters == NULL || sessions == NULL) {
        text->failed = 1;
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        char number[24];
        snprintf(number, sizeof number, "%llu", (unsigned long long)devices[i]);
        sttp_c37118_input_statistics(input, devices[i], &counters[i], sizeof *counters, &sessions[i], sizeof *sessions);
        metrics_add_label(&records[i], "device", number);
        records[count + i] = records[i];
        records[i].counters = &counters[i];
        records[count + i].counters = &sessions[i];
    }
    if (count > 0) {
        metrics_add_counters(text, "sttp_c37118_device", STTP_COUNTERS_C37118_DEVICE, records, count, sizeof *counters);
        metrics_add_counters(text, "sttp_c37118_client", STTP_COUNTERS_C37118_CLIENT, records + count, count,
                             sizeof *sessions);
    }
    free(devices);
    free(records);
    free(counters);
    free(sessions);
}
