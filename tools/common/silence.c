#include "silence.h"

#include <math.h>
#include <string.h>

#include "tool.h"

#define LEAST_SECONDS 10.0
#define MOST_SECONDS 300.0
#define TIMES_THE_LONGEST 3.0

/* Measurements have come, or are waited for from now on. */
static void begin(struct silence *silence, uint64_t measurements, double now) {
    silence->measurements = measurements;
    silence->since = now;
    silence->next_sign = now + fmax(LEAST_SECONDS, TIMES_THE_LONGEST * silence->longest);
    silence->is_told = 0;
}

void silence_watch(struct silence *silence, const sttp_subscriber *subscriber, const char *peer) {
    sttp_subscriber_counters counters;
    int32_t state = STTP_STATE_IDLE;
    char duration[TOOL_DURATION_SIZE];
    double now = tool_clock();
    double lasted = now - silence->since;
    memset(&counters, 0, sizeof counters);
    sttp_subscriber_state(subscriber, &state);
    sttp_subscriber_statistics(subscriber, &counters, sizeof counters);
    if (state != STTP_STATE_SUBSCRIBED || counters.signal_count == 0) {
        silence->since = 0.0;
    } else if (silence->since == 0.0) {
        begin(silence, counters.measurements, now);
    } else if (counters.measurements != silence->measurements) {
        if (silence->is_told) {
            tool_log(STTP_LOG_INFO, "measurements of %s come again after %s", peer, tool_duration(lasted, duration));
            tool_status("Measurements of %s come", peer);
        } else {
            silence->longest = fmax(silence->longest, lasted);
        }
        begin(silence, counters.measurements, now);
    } else if (now >= silence->next_sign) {
        tool_log(STTP_LOG_WARNING, "%s is connected, and has sent no measurement for %s", peer, tool_duration(lasted, duration));
        tool_status("%s is connected, and has sent no measurement for %s", peer, duration);
        silence->is_told = 1;
        silence->next_sign = now + fmin(fmax(lasted, LEAST_SECONDS), MOST_SECONDS);
    }
}
