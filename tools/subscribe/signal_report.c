#include "signal_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/tool.h"

#define TICKS_PER_SECOND 1e7

static void write_signal(FILE *file, const sttp_signal_statistics *signal) {
    char id[STTP_GUID_TEXT_SIZE] = "";
    char value[STTP_VALUE_TEXT_SIZE] = "";
    const sttp_latency *latency = &signal->latency;
    sttp_guid_format(&signal->signal_id, id, sizeof id);
    sttp_value_format(signal->last_value, value, sizeof value);
    fprintf(file, "%s,%llu,%llu,%lld,%s,%.7f,%.7f,%.7f\n", id, (unsigned long long)signal->measurements,
            (unsigned long long)signal->measurements_with_flags, (long long)signal->last_timestamp, value,
            (double)latency->minimum / TICKS_PER_SECOND, (double)latency->mean / TICKS_PER_SECOND,
            (double)latency->maximum / TICKS_PER_SECOND);
}

static int write_file(const char *path, const sttp_signal_statistics *signals, size_t count) {
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        tool_error("cannot write to %s: %s", path, strerror(errno));
        return -1;
    }
    fputs("signal_id,measurements,flagged,last_timestamp,last_value,latency_minimum,latency_mean,latency_maximum\n",
          file);
    for (size_t i = 0; i < count; i++) {
        write_signal(file, &signals[i]);
    }
    int failed = ferror(file);
    if (fclose(file) != 0 || failed) {
        tool_error("cannot write to %s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

int signal_report_write(const sttp_subscriber *subscriber, const char *path) {
    size_t count = 0;
    size_t capacity = 0;
    sttp_signal_statistics *signals = NULL;
    int32_t status = sttp_subscriber_signal_statistics(subscriber, NULL, sizeof(sttp_signal_statistics), 0, &count, NULL);
    if (status == STTP_OK && count > 0) {
        capacity = count;
        signals = (sttp_signal_statistics *)calloc(capacity, sizeof *signals);
        if (signals == NULL) {
            tool_error("not enough memory");
            return -1;
        }
        status = sttp_subscriber_signal_statistics(subscriber, signals, sizeof(sttp_signal_statistics), capacity, &count, NULL);
    }
    if (status != STTP_OK) {
        tool_library_error("cannot read what came of each signal");
        free(signals);
        return -1;
    }
    int result = write_file(path, signals, count < capacity ? count : capacity);
    free(signals);
    return result;
}
