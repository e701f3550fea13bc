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
    size_t room = 0;
    sttp_c37118_input_devices(input, NULL, 0, &count);
    uint64_t *devices = (uint64_t *)calloc(count + 1, sizeof *devices);
    if (devices == NULL) {
        tool_error("not enough memory");
        return TOOL_FAILED;
    }
    room = count;
    if (sttp_c37118_input_devices(input, devices, room, &count) != STTP_OK) {
        free(devices);
        return tool_library_error("cannot read the counters");
    }
    fputs("\"devices\":[", stderr);
    for (size_t i = 0; i < count && i < room; i++) {
        report_device(input, devices[i], i == 0);
    }
    fputc(']', stderr);
    free(devices);
    return TOOL_DONE;
}
