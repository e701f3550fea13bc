/* sttp-relay: subscribes to publishers, and publishes what they send. */
#include <math.h>

#include "../common/metrics.h"
#include "../common/roles.h"
#include "../common/tool.h"
#include "relay.h"

#define LONGEST_WAIT 0.25
#define FLUSH_MILLISECONDS 2000

/* -- the course of it -- */

static int open_publisher(struct relay *relay) {
    relay->publisher = publishing_new(&relay->publishing, relay->options->threads);
    if (relay->publisher == NULL || publishing_tell_subscribers(relay->publisher) != 0) {
        return TOOL_FAILED;
    }
    if (options_configure(&relay_line, &settings_of_publisher, relay->publisher) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    for (size_t i = 0; i < relay->options->publish_setting_count; i++) {
        const char *setting = relay->options->publish_settings[i];
        if (sttp_publisher_configure(relay->publisher, setting) != STTP_OK) {
            return tool_library_error("--publish-set %s", setting);
        }
    }
    return TOOL_DONE;
}

/* One thread for all sources, so that what several of them do comes one at a time. */
static int open_sources(struct relay *relay) {
    sttp_engine *engine = NULL;
    int result = TOOL_DONE;
    if (sttp_engine_new(&engine) != STTP_OK) {
        return tool_library_error("cannot start a thread");
    }
    relay->source_count = relay->options->source_count;
    for (size_t number = 0; number < relay->source_count; number++) {
        relay->sources[number].relay = relay;
        relay->sources[number].number = number;
        relay->sources[number].address = relay->options->sources[number];
    }
    for (size_t number = 0; number < relay->source_count && result == TOOL_DONE; number++) {
        result = source_open(relay, number, engine);
    }
    sttp_engine_free(engine);
    return result;
}

static int has_failed(struct relay *relay) {
    pthread_mutex_lock(&relay->lock);
    int failed = relay->failed;
    pthread_mutex_unlock(&relay->lock);
    return failed;
}

static int wait_for_end(struct relay *relay) {
    const struct options *options = relay->options;
    const double patience = relay->started + options->patience;
    const double end = options->duration > 0.0 ? relay->started + options->duration : HUGE_VAL;
    while (!tool_interrupted() && tool_clock() < end) {
        if (has_failed(relay)) {
            return TOOL_FAILED;
        }
        if (tool_clock() >= patience) {
            combined_begin(relay);
        }
        sources_watch(relay);
        counted_watch(relay);
        tool_wait(fmin(end - tool_clock(), LONGEST_WAIT));
    }
    return TOOL_DONE;
}

/* -- all of it -- */

static int run(struct relay *relay) {
    if (open_publisher(relay) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    relay->started = tool_clock();
    if (history_begin(relay) != TOOL_DONE || open_sources(relay) != TOOL_DONE ||
        metrics_begin(relay->options->metrics, counted_collect, relay) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    /* A publisher that is away does not hold up the start of the machine. */
    tool_ready("Connecting to %zu publisher%s", relay->source_count, tool_plural(relay->source_count));
    return wait_for_end(relay);
}

/* What a source has sent is on its way to subscribers when its outage log takes it for received. */
static int finish(struct relay *relay, int result) {
    metrics_end();
    for (size_t number = 0; number < relay->source_count; number++) {
        sttp_subscriber_disconnect(relay->sources[number].subscriber);
    }
    if (relay->is_publishing) {
        sttp_publisher_flush(relay->publisher, FLUSH_MILLISECONDS);
    }
    /* One of an earlier run is not written over when nothing began. */
    if (relay->options->report != NULL && relay->source_count > 0 && counted_write_report(relay) != TOOL_DONE) {
        result = TOOL_FAILED;
    }
    if (relay->options->statistics && relay->publisher != NULL) {
        counted_print(relay);
    }
    history_end(relay);
    sources_close(relay);
    sttp_publisher_stop(relay->publisher);
    sttp_publisher_free(relay->publisher);
    sttp_metadata_free(relay->metadata);
    outages_free(&relay->outages);
    publishing_free(&relay->publishing);
    return result;
}

int main(int argc, char **argv) {
    static struct relay relay = {.outages = OUTAGES_NONE, .publishing = PUBLISHING_NONE, .lock = PTHREAD_MUTEX_INITIALIZER};
    int exit_code = TOOL_DONE;
    if (tool_start("sttp-relay") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    relay.options = options_parse(argc, argv, &exit_code);
    if (relay.options == NULL) {
        return tool_finish(exit_code);
    }
    return tool_finish(finish(&relay, run(&relay)));
}
