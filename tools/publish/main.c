/* sttp-publish: publishes made-up, described or recorded measurements to any number of STTP subscribers. */
#include <stdio.h>
#include <string.h>

#include "../common/metrics_library.h"
#include "../common/tool.h"
#include "publication.h"
#include "published.h"

#define GRACE_SECONDS 2.0

/* Lets the subscribers take what is on its way, for as long as it takes them, or an interruption allows. */
static int flush(const struct publication *publication) {
    int32_t status = links_flush(publication->links);
    if (status == STTP_OK && !publication->options->only_links) {
        status = sttp_publisher_flush(publication->publisher, -1);
    }
    if (links_have_failed(publication->links)) {
        return TOOL_FAILED;
    }
    return status == STTP_OK || tool_interrupted() ? TOOL_DONE : tool_library_error("cannot send the last measurements");
}

/* On the thread that serves metrics. */
static void collect_metrics(struct text *text, void *user_data) {
    const struct publication *publication = (const struct publication *)user_data;
    if (!publication->options->only_links) {
        metrics_add_publisher(text, publication->publisher);
    }
    links_add_metrics(text, publication->links);
}

static uint64_t subscribed_now(const struct publication *publication) {
    sttp_publisher_counters statistics;
    int32_t status = sttp_publisher_statistics(publication->publisher, &statistics, sizeof statistics);
    return (status == STTP_OK ? statistics.subscribed : 0) + links_subscribed(publication->links);
}

static void wait_for_subscribers(const struct publication *publication) {
    while (subscribed_now(publication) < publication->options->wait_subscribers && !tool_interrupted()) {
        tool_wait(0.1);
    }
}

/* Stays for subscribers that ask for what was published. */
static void linger(const struct publication *publication) {
    wait_until(tool_clock() + publication->options->linger);
}

static void stop_waiting(void *publisher) {
    sttp_publisher_stop((sttp_publisher *)publisher);
}

static int run(struct publication *publication) {
    int result = publication_open(publication);
    if (result == TOOL_DONE) {
        result = metrics_begin(publication->options->metrics, collect_metrics, publication);
    }
    if (result == TOOL_DONE) {
        result = publication_announce(publication);
    }
    if (result != TOOL_DONE) {
        return result;
    }
    if (tool_grace_begin(GRACE_SECONDS, stop_waiting, publication->publisher) != 0) {
        return TOOL_FAILED;
    }
    wait_for_subscribers(publication);
    result = publication_send(publication);
    if (result == TOOL_DONE) {
        linger(publication);
    }
    int flushed = flush(publication);
    tool_grace_end();
    return result != TOOL_DONE ? result : flushed;
}

/* Subscribers close their connections when they have read everything. When the process ends before that, what
 * they still say, confirmations for instance, makes the system drop what they have not read. */
static void wait_for_ends(const sttp_publisher *publisher) {
    sttp_publisher_counters statistics;
    double until = tool_clock() + GRACE_SECONDS;
    while (sttp_publisher_statistics(publisher, &statistics, sizeof statistics) == STTP_OK &&
           statistics.connections > 0 && tool_clock() < until && !tool_interrupted()) {
        tool_wait(0.005);
    }
}

/* Stops, and reads the statistics only when nothing can change them any more. */
static int finish(struct publication *publication, sttp_publisher_counters *statistics, sttp_latency *latency) {
    sttp_publisher *publisher = publication->publisher;
    sttp_latency recent;
    int32_t status = sttp_publisher_for_each_connection(publisher, connection_reports_take, publication->connections);
    if (status == STTP_OK) {
        status = sttp_publisher_stop(publisher);
    }
    if (status == STTP_OK) {
        wait_for_ends(publisher);
        status = sttp_publisher_statistics(publisher, statistics, sizeof *statistics);
    }
    if (status == STTP_OK) {
        status = sttp_publisher_latency_statistics(publisher, latency, &recent);
    }
    int result = status == STTP_OK ? TOOL_DONE : tool_library_error("cannot stop the publisher");
    sttp_publisher_free(publisher);
    publication->publisher = NULL;
    publication->most_subscribers += links_most_subscribed(publication->links);
    if (publication->measurements > 0 && publication->most_subscribers == 0) {
        tool_log(STTP_LOG_WARNING, "nobody was subscribed, so nothing was sent (--wait-subscribers 1 waits for the first one)");
    }
    return result;
}

/* What --report tells. */
static int write_report(const struct publication *publication) {
    const char *path = publication->options->report;
    struct text text = {0};
    const size_t length = strlen(path);
    if (length > 5 && strcmp(path + length - 5, ".json") == 0) {
        completeness_add_json(&text, publication->completeness);
    } else {
        completeness_add_text(&text, publication->completeness);
    }
    return text_write_file(&text, path) == 0 ? TOOL_DONE : TOOL_FAILED;
}

static void print_more(const void *user_data) {
    const struct publication *publication = (const struct publication *)user_data;
    struct text text = {0};
    if (publication->completeness != NULL) {
        text_add(&text, ",\"completeness\":");
        completeness_add_totals(&text, publication->completeness);
        text_write(&text, stderr);
    }
    links_print(publication->links);
}

/* Finishes what was begun, and tells --stats and --report. */
static int conclude(struct publication *publication) {
    int result = TOOL_DONE;
    sttp_publisher_counters statistics;
    sttp_latency latency;
    struct report report;
    memset(&statistics, 0, sizeof statistics);
    memset(&latency, 0, sizeof latency);
    memset(&report, 0, sizeof report);
    metrics_end();
    links_close(publication->links);
    if (publication->started > 0.0) {
        report.seconds = tool_clock() - publication->started;
        result = finish(publication, &statistics, &latency);
    }
    report.measurements = publication->measurements;
    report.record = STTP_COUNTERS_PUBLISHER;
    report.counters = &statistics;
    report.counters_size = sizeof statistics;
    report.latency = &latency;
    report.connections = publication->connections;
    report.subscribers = publication->most_subscribers;
    report.print_more = print_more;
    report.more = publication;
    if (publication->options->report != NULL && publication->completeness != NULL && write_report(publication) != TOOL_DONE) {
        result = TOOL_FAILED;
    }
    if (publication->options->statistics) {
        report_print(&report);
    }
    return result;
}

static int publish_as_asked(const struct options *options) {
    struct publication publication = {.options = options, .publishing = PUBLISHING_NONE, .batching = {.interval = options->batch}};
    publication.metadata = published_metadata(options);
    if (publication.metadata == NULL) {
        return TOOL_FAILED;
    }
    publication.connections = connection_reports_new();
    if (publication.connections == NULL) {
        tool_error("not enough memory");
        sttp_metadata_free(publication.metadata);
        return TOOL_FAILED;
    }
    int result = TOOL_DONE;
    if (options->statistics || options->report != NULL) {
        publication.completeness = completeness_new(publication.metadata);
        result = publication.completeness == NULL ? TOOL_FAILED : TOOL_DONE;
    }
    if (result == TOOL_DONE && options->blocks != NULL) {
        publication.blocks = blocks_open(options->blocks);
        result = publication.blocks == NULL ? TOOL_FAILED : TOOL_DONE;
    }
    if (result == TOOL_DONE) {
        result = run(&publication);
    }
    int concluded = conclude(&publication);
    result = result != TOOL_DONE ? result : concluded;
    sttp_publisher_free(publication.publisher);
    if (publication.audit_log != NULL) {
        fclose(publication.audit_log);
    }
    publishing_free(&publication.publishing);
    batching_free(&publication.batching);
    links_free(publication.links);
    archive_close(publication.archive);
    blocks_close(publication.blocks);
    connection_reports_free(publication.connections);
    completeness_free(publication.completeness);
    sttp_metadata_free(publication.metadata);
    return result;
}

/* A certificate and its private key, in files beside each other. */
static int make_certificate(const char *name) {
    enum { DAYS = 3650 };
    char certificate[1024], key[1024];
    if (snprintf(certificate, sizeof certificate, "%s.cer", name) >= (int)sizeof certificate ||
        snprintf(key, sizeof key, "%s.key", name) >= (int)sizeof key) {
        return tool_usage_error("the name of --make-certificate is too long");
    }
    const char *slash = strrchr(name, '/');
    if (sttp_make_certificate(slash != NULL ? slash + 1 : name, NULL, DAYS, certificate, key) != STTP_OK) {
        return tool_library_error("--make-certificate");
    }
    tool_say("Made %s, which the peers get, and %s, which stays\n", certificate, key);
    return TOOL_DONE;
}

int main(int argc, char **argv) {
    int exit_code = TOOL_DONE;
    if (tool_start("sttp-publish") != TOOL_DONE) {
        return TOOL_FAILED;
    }
    const struct options *options = options_parse(argc, argv, &exit_code);
    if (options != NULL && options->make_certificate != NULL) {
        return tool_finish(make_certificate(options->make_certificate));
    }
    if (options != NULL && options->check) {
        return tool_finish(published_check(options));
    }
    return tool_finish(options != NULL ? publish_as_asked(options) : exit_code);
}
