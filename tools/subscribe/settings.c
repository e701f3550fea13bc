#include "settings.h"

#include <stddef.h>
#include <stdio.h>

#include "../common/tool.h"

/* Only what was given is set, so that the rest is as the connection string, or the library, has it. */

static int set_seconds(sttp_subscriber *subscriber, const char *before, uint32_t milliseconds, const char *behind) {
    char text[128];
    snprintf(text, sizeof text, "%s%lu.%03lu%s", before, (unsigned long)milliseconds / 1000,
             (unsigned long)milliseconds % 1000, behind);
    return sttp_subscriber_configure(subscriber, text);
}

/* What the tool does by itself, and then the connection string. */
static int choose_string(sttp_subscriber *subscriber, const struct options *options) {
    if (sttp_subscriber_set_reconnect(subscriber, 1, TOOL_FIRST_RECONNECT_MS, TOOL_LAST_RECONNECT_MS, 0) != STTP_OK ||
        sttp_subscriber_subscribe(subscriber, EVERYTHING) != STTP_OK) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (options->connection_string != NULL &&
        sttp_subscriber_configure(subscriber, options->connection_string) != STTP_OK) {
        tool_error("--connection-string: %s", sttp_last_error());
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

static int choose_transport(sttp_subscriber *subscriber, const struct options *options) {
    if ((options->protocol != 0 &&
         sttp_subscriber_set_protocol_version(subscriber, (int32_t)options->protocol) != STTP_OK) ||
        (!options->tssc && sttp_subscriber_set_payload_compression(subscriber, 0) != STTP_OK) ||
        (!options->gzip && sttp_subscriber_set_gzip(subscriber, 0) != STTP_OK) ||
        (options->udp && sttp_subscriber_set_udp(subscriber, 1, (uint16_t)options->udp_port,
                                                 (size_t)options->receive_buffer) != STTP_OK) ||
        (options->follows && sttp_subscriber_set_follow_configuration(subscriber, 1) != STTP_OK)) {
        return tool_library_error("cannot set up the subscriber");
    }
    if (options->group != NULL &&
        sttp_subscriber_set_multicast(subscriber, options->group, options->interface) != STTP_OK) {
        tool_error("--multicast: %s", sttp_last_error());
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

static int choose_form(sttp_subscriber *subscriber, const struct options *options) {
    if ((options->throttled && sttp_subscriber_set_throttled(subscriber, 1, options->interval_ms) != STTP_OK) ||
        (options->nan_filter && sttp_subscriber_set_nan_filter(subscriber, 1) != STTP_OK) ||
        (!options->with_time && sttp_subscriber_set_include_time(subscriber, 0) != STTP_OK) ||
        (options->milliseconds && sttp_subscriber_set_millisecond_resolution(subscriber, 1) != STTP_OK) ||
        (options->local_clock && sttp_subscriber_set_local_clock(subscriber, 1) != STTP_OK) ||
        (options->check_times &&
         sttp_subscriber_configure(subscriber, "enableTimeReasonabilityCheck=true") != STTP_OK) ||
        (options->lag_time_ms != 0 && set_seconds(subscriber, "lagTime=", options->lag_time_ms, "") != STTP_OK) ||
        (options->lead_time_ms != 0 && set_seconds(subscriber, "leadTime=", options->lead_time_ms, "") != STTP_OK)) {
        return tool_library_error("cannot set the form of the measurements");
    }
    return TOOL_DONE;
}

static int choose_time(sttp_subscriber *subscriber, const struct options *options) {
    if (options->start != NULL &&
        sttp_subscriber_set_history_window(subscriber, options->start, options->stop) != STTP_OK) {
        tool_error("--%s", sttp_last_error());
        return TOOL_FAILED;
    }
    if ((options->processing_interval != INTERVAL_NOT_GIVEN &&
         sttp_subscriber_set_processing_interval(subscriber, options->processing_interval) != STTP_OK) ||
        (options->time_parameters != NULL &&
         sttp_subscriber_set_history_parameters(subscriber, options->time_parameters) != STTP_OK)) {
        return tool_library_error("cannot ask for historical data");
    }
    return TOOL_DONE;
}

static int choose_recovery(sttp_subscriber *subscriber, const struct options *options) {
    if ((options->recover && sttp_subscriber_set_recovery(subscriber, 1) != STTP_OK) ||
        (options->recovery_delay_ms != DELAY_NOT_GIVEN &&
         set_seconds(subscriber, "dataGapRecovery={recoveryStartDelay=", options->recovery_delay_ms, "}") !=
             STTP_OK) ||
        (options->outage_log != NULL && sttp_subscriber_set_outage_log(subscriber, options->outage_log) != STTP_OK)) {
        return tool_library_error("cannot set up the recovery");
    }
    return TOOL_DONE;
}

static int choose_statistics(sttp_subscriber *subscriber, const struct options *options) {
    if ((options->latency && sttp_subscriber_set_latency_statistics(subscriber, 1) != STTP_OK) ||
        (options->signal_statistics != NULL && sttp_subscriber_set_signal_statistics(subscriber, 1) != STTP_OK)) {
        return tool_library_error("cannot set up the statistics");
    }
    return TOOL_DONE;
}

int settings_apply(sttp_subscriber *subscriber, const struct options *options) {
    int (*const choices[])(sttp_subscriber *, const struct options *) = {
        choose_string, choose_transport, choose_form, choose_time, choose_recovery, choose_statistics,
    };
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (choices[i](subscriber, options) != TOOL_DONE) {
            return TOOL_FAILED;
        }
    }
    return TOOL_DONE;
}
