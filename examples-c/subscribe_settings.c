#include "subscribe_settings.h"

#include <stddef.h>

#include "tool.h"

/* A recovery that gets nothing for so long is given up. */
#define RECOVERY_MONITOR_MS 10000

static int choose_transport(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_protocol_version(subscriber, (int32_t)options->protocol) != STTP_OK ||
        sttp_subscriber_set_payload_compression(subscriber, options->tssc) != STTP_OK ||
        sttp_subscriber_set_gzip(subscriber, options->gzip) != STTP_OK ||
        sttp_subscriber_set_udp(subscriber, options->udp, (uint16_t)options->udp_port,
                                (size_t)options->receive_buffer) != STTP_OK ||
        sttp_subscriber_set_reconnect(subscriber, 1, TOOL_FIRST_RECONNECT_MS, TOOL_LAST_RECONNECT_MS, 0) != STTP_OK ||
        sttp_subscriber_set_follow_configuration(subscriber, options->follows) != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (sttp_subscriber_set_multicast(subscriber, options->group, options->interface) != STTP_OK) {
        tool_error("--multicast: %s", sttp_last_error());
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

static int choose_form(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_throttled(subscriber, options->throttled, options->interval_ms) != STTP_OK ||
        sttp_subscriber_set_nan_filter(subscriber, options->nan_filter) != STTP_OK ||
        sttp_subscriber_set_include_time(subscriber, options->with_time) != STTP_OK ||
        sttp_subscriber_set_millisecond_resolution(subscriber, options->milliseconds) != STTP_OK ||
        sttp_subscriber_set_local_clock(subscriber, options->local_clock) != STTP_OK ||
        sttp_subscriber_set_time_reasonability(subscriber, options->check_times, options->lag_time_ms,
                                               options->lead_time_ms) != STTP_OK) {
        return tool_library_error("cannot set the form of the measurements");
    }
    return TOOL_DONE;
}

static int choose_time(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_history_window(subscriber, options->start, options->stop) != STTP_OK) {
        tool_error("--%s", sttp_last_error());
        return TOOL_FAILED;
    }
    if (sttp_subscriber_set_processing_interval(subscriber, options->processing_interval) != STTP_OK ||
        sttp_subscriber_set_history_parameters(subscriber, options->time_parameters) != STTP_OK) {
        return tool_library_error("cannot ask for historical data");
    }
    return TOOL_DONE;
}

static int choose_recovery(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_recovery(subscriber, options->recover) != STTP_OK ||
        sttp_subscriber_set_recovery_delay(subscriber, options->recovery_delay_ms, RECOVERY_MONITOR_MS) != STTP_OK ||
        sttp_subscriber_set_outage_log(subscriber, options->outage_log) != STTP_OK) {
        return tool_library_error("cannot set up the recovery");
    }
    return TOOL_DONE;
}

static int choose_statistics(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_latency_statistics(subscriber, options->latency) != STTP_OK ||
        sttp_subscriber_set_signal_statistics(subscriber, options->signal_statistics != NULL) != STTP_OK) {
        return tool_library_error("cannot set up the statistics");
    }
    return TOOL_DONE;
}

int settings_apply(sttp_subscriber *subscriber, const struct options *options) {
    int (*const choices[])(sttp_subscriber *, const struct options *) = {
        choose_transport, choose_form, choose_time, choose_recovery, choose_statistics,
    };
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (choices[i](subscriber, options) != TOOL_DONE) {
            return TOOL_FAILED;
        }
    }
    return TOOL_DONE;
}
