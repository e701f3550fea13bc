/* sttp-publish: publishes made-up, described or recorded measurements to any number of STTP subscribers. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../common/blocks.h"
#include "../common/metrics_library.h"
#include "../common/outage.h"
#include "../common/report.h"
#include "../common/signals.h"
#include "../common/text.h"
#include "../common/tool.h"
#include "archive.h"
#include "batching.h"
#include "options.h"
#include "pace.h"
#include "published.h"
#include "replay.h"
#include "sttp.h"

#define PROGRESS_SECONDS 5.0
#define GRACE_SECONDS 2.0
/* How much later than --duration the last frames may be that were due before. */
#define LATE_SECONDS 1.0
#define MOST_WAIT_SECONDS 3600.0

/* A running publication. */
struct publication {
    const struct options *options;
    sttp_metadata *metadata;
    sttp_publisher *publisher;
    struct archive *archive;     /* NULL: none */
    const struct replay *replay; /* NULL: none, or no more */
    struct block_reader *blocks; /* NULL: none, or no more */
    FILE *audit_log;             /* NULL: none; of callbacks */
    struct connection_reports *connections;
    struct outages outages;
    uint64_t most_subscribers; /* written by callbacks only, read when there can be none any more */
    uint64_t frames;
    uint64_t measurements;
    struct pace pace;
    struct batching batching;
    double started; /* of tool_clock; 0: not yet */
    double end;     /* of tool_clock, as --duration has it; HUGE_VAL: none */
    double next_progress;
    char last_problem[512]; /* of callbacks */
};

/* -- what happens to the publisher's subscribers -- */

static void say_subscribed(void *user_data, const sttp_connection *connection) {
    struct publication *publication = (struct publication *)user_data;
    sttp_publisher_counters statistics;
    tool_tell("Subscriber %s%s%s subscribed to %llu signal%s: %s\n", connection->address,
             connection->identity[0] != '\0' ? ", " : "", connection->identity,
             (unsigned long long)connection->counters->signal_count, tool_plural(connection->counters->signal_count), connection->filter);
    if (sttp_publisher_statistics(publication->publisher, &statistics, sizeof statistics) == STTP_OK &&
        statistics.subscribed > publication->most_subscribers) {
        publication->most_subscribers = statistics.subscribed;
    }
    if (publication->options->notification != NULL &&
        sttp_publisher_notify(publication->publisher, connection->id, publication->options->notification, NULL) !=
            STTP_OK) {
        tool_library_error("cannot notify %s", connection->address);
    }
    tool_wake();
}

static void say_disconnected(void *user_data, const sttp_connection *connection, int32_t reason,
                             const char *message) {
    struct publication *publication = (struct publication *)user_data;
    connection_reports_take(publication->connections, connection);
    tool_tell("Subscriber %s disconnected%s%s\n", connection->address, reason == STTP_OK ? "" : ": ", message);
}

static void say_confirmed(void *user_data, uint64_t connection_id, uint32_t notification_id, int32_t confirmed) {
    (void)user_data;
    (void)notification_id;
    tool_tell("Subscriber of connection %llu %s the notification\n", (unsigned long long)connection_id,
             confirmed ? "has confirmed" : "did not confirm");
}

static void echo_command(void *user_data, uint64_t connection_id, int32_t command, const uint8_t *data, size_t size) {
    const struct publication *publication = (const struct publication *)user_data;
    if (sttp_publisher_send_user_response(publication->publisher, connection_id, command, command, data, size) !=
        STTP_OK) {
        tool_library_error("cannot answer user command %ld", (long)command);
    }
}

static void say_problem(void *user_data, int32_t level, const char *message) {
    struct publication *publication = (struct publication *)user_data;
    /* Each attempt to connect may meet the same problem. */
    if (level <= STTP_LOG_WARNING && strcmp(publication->last_problem, message) != 0) {
        snprintf(publication->last_problem, sizeof publication->last_problem, "%s", message);
        tool_log(level, "%s", message);
    }
}

static void take_connected(void *user_data, const sttp_connection *connection) {
    struct publication *publication = (struct publication *)user_data;
    outage_end(&publication->outages, connection->address);
}

static void take_reconnecting(void *user_data, const char *address, uint32_t attempt, uint32_t delay_ms) {
    struct publication *publication = (struct publication *)user_data;
    outage_attempt(&publication->outages, address, attempt, delay_ms);
}

static void log_audit(void *user_data, const sttp_audit *audit) {
    struct publication *publication = (struct publication *)user_data;
    /* Each line at once: what was refused matters most when something goes wrong soon after. */
    if (fprintf(publication->audit_log, "%s\n", audit->line) < 0 || fflush(publication->audit_log) != 0) {
        tool_error("cannot write to %s", publication->options->audit_log);
    }
}

static int open_audit_log(struct publication *publication) {
    const char *path = publication->options->audit_log;
    if (path == NULL) {
        return TOOL_DONE;
    }
    publication->audit_log = fopen(path, "a");
    if (publication->audit_log == NULL) {
        tool_error("cannot write to %s: %s", path, strerror(errno));
        return TOOL_FAILED;
    }
    if (sttp_publisher_on_audit(publication->publisher, log_audit, publication, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the publisher");
    }
    return TOOL_DONE;
}

/* -- publishing -- */

static int32_t configure(void *publisher, const char *settings) {
    return sttp_publisher_configure((sttp_publisher *)publisher, settings);
}

static int32_t set(void *publisher, const char *key, const char *value) {
    return sttp_publisher_set((sttp_publisher *)publisher, key, value);
}

static const struct settings_of settings_of_publisher = {STTP_ROLE_PUBLISHER, configure, set};

/* What the tool does by itself, then the connection string, then what was given beside it. */
static int apply_settings(sttp_publisher *publisher, const struct options *options) {
    int lossless = options->rate == 0.0 || options->replay != NULL;
    if (sttp_publisher_set(publisher, STTP_SETTING_OVERFLOW, lossless ? "wait" : "dropOldest") != STTP_OK ||
        sttp_publisher_configure(publisher, TOOL_RECONNECT) != STTP_OK) {
        return tool_library_error("cannot set up the publisher");
    }
    if (options->connection_string != NULL &&
        sttp_publisher_configure(publisher, options->connection_string) != STTP_OK) {
        return tool_library_error("--connection-string");
    }
    return options_configure(&publish_line, &settings_of_publisher, publisher);
}

/* Listens and connects as the connection string or the options say. */
static int link_up(sttp_publisher *publisher, const struct options *options) {
    if (options->connection_string != NULL) {
        return sttp_publisher_open(publisher, NULL) == STTP_OK ? TOOL_DONE
                                                               : tool_library_error("--connection-string");
    }
    if (options->listen != NULL && sttp_publisher_start(publisher, options->listen) != STTP_OK) {
        tool_error("%s (--listen chooses another address)", sttp_last_error());
        return TOOL_FAILED;
    }
    for (size_t i = 0; i < options->connect_count; i++) {
        if (sttp_publisher_connect(publisher, options->connect[i]) != STTP_OK) {
            return tool_library_error("--connect %s", options->connect[i]);
        }
    }
    return TOOL_DONE;
}

static int open_publisher(struct publication *publication) {
    const struct options *options = publication->options;
    sttp_engine *engine = NULL;
    if (sttp_engine_new_threads((int32_t)options->threads, &engine) != STTP_OK) {
        return tool_library_error("cannot start %llu threads", (unsigned long long)options->threads);
    }
    int32_t status = sttp_publisher_new(engine, &publication->publisher);
    sttp_engine_free(engine);
    sttp_publisher *publisher = publication->publisher;
    if (status != STTP_OK || sttp_publisher_set_metadata(publisher, publication->metadata) != STTP_OK ||
        sttp_publisher_on_connected(publisher, take_connected, publication, NULL) != STTP_OK ||
        sttp_publisher_on_reconnecting(publisher, take_reconnecting, publication, NULL) != STTP_OK ||
        sttp_publisher_on_subscribed(publisher, say_subscribed, publication, NULL) != STTP_OK ||
        sttp_publisher_on_disconnected(publisher, say_disconnected, publication, NULL) != STTP_OK ||
        sttp_publisher_on_notification(publisher, say_confirmed, publication, NULL) != STTP_OK ||
        (options->echo_commands &&
         sttp_publisher_on_user_command(publisher, echo_command, publication, NULL) != STTP_OK) ||
        sttp_publisher_on_message(publisher, say_problem, publication, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the publisher");
    }
    if (open_audit_log(publication) != TOOL_DONE || apply_settings(publisher, options) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (options->archive != NULL) {
        struct row_source source = published_source(options, options->archive, publication->metadata);
        publication->archive = archive_open(&source, publisher);
        if (publication->archive == NULL) {
            return TOOL_FAILED;
        }
    }
    return link_up(publisher, options);
}

static int announce(const struct publication *publication) {
    const struct options *options = publication->options;
    char address[128];
    size_t devices = 0;
    size_t measurements = 0;
    if (sttp_metadata_device_count(publication->metadata, &devices) != STTP_OK ||
        sttp_metadata_measurement_count(publication->metadata, &measurements) != STTP_OK) {
        return tool_library_error("cannot describe the publisher");
    }
    struct text line = {0};
    text_add(&line, "Publishing %zu measurement%s of %zu device%s", measurements, tool_plural(measurements), devices,
             tool_plural(devices));
    int listens = sttp_publisher_address(publication->publisher, address, sizeof address) == STTP_OK;
    if (listens) {
        text_add(&line, " on %s", address);
    } else if (options->connection_string != NULL) {
        text_add(&line, " as '%s' says", options->connection_string);
    }
    for (size_t i = 0; i < options->connect_count; i++) {
        text_add(&line, "%s %s", i == 0 ? (listens ? ", connecting to" : " to") : ",", options->connect[i]);
    }
    if (!line.failed) {
        tool_tell("%s\n", line.bytes);
        tool_ready("%s", line.bytes);
    }
    text_free(&line);
    return TOOL_DONE;
}

/* On the thread that serves metrics. */
static void collect_metrics(struct text *text, void *user_data) {
    metrics_add_publisher(text, ((const struct publication *)user_data)->publisher);
}

static uint64_t subscribed_now(const struct publication *publication) {
    sttp_publisher_counters statistics;
    int32_t status = sttp_publisher_statistics(publication->publisher, &statistics, sizeof statistics);
    return status == STTP_OK ? statistics.subscribed : 0;
}

static void wait_for_subscribers(const struct publication *publication) {
    while (subscribed_now(publication) < publication->options->wait_subscribers && !tool_interrupted()) {
        tool_wait(0.1);
    }
}

/* How much is done of what is to be done, between 0 and 1; negative when there is no end. */
static double part_done(const struct publication *publication) {
    const struct options *options = publication->options;
    double by_frames = options->frames != 0 ? (double)publication->frames / (double)options->frames : -1.0;
    double by_time = options->duration > 0.0 ? (tool_clock() - publication->started) / options->duration : -1.0;
    double by_file = publication->replay != NULL ? replay_part(publication->replay) : -1.0;
    return fmin(fmax(fmax(by_frames, by_time), by_file), 1.0);
}

static void print_progress(struct publication *publication) {
    double now = tool_clock();
    sttp_publisher_counters statistics;
    if (now < publication->next_progress ||
        sttp_publisher_statistics(publication->publisher, &statistics, sizeof statistics) != STTP_OK) {
        return;
    }
    char published[TOOL_DIGITS_SIZE];
    char dropped[TOOL_DIGITS_SIZE];
    char done[TOOL_DONE_SIZE];
    tool_log(STTP_LOG_INFO, "%s measurements published so far%s, %s dropped, %llu subscriber%s",
             tool_group_digits(publication->measurements, published), tool_part_done(part_done(publication), done),
             tool_group_digits(statistics.measurements_dropped, dropped), (unsigned long long)statistics.subscribed,
             tool_plural(statistics.subscribed));
    publication->next_progress = now + PROGRESS_SECONDS;
}

static int check_published(int32_t status) {
    /* An interruption may have stopped the publisher while this waited for a subscriber. */
    return status == STTP_OK || tool_interrupted() ? TOOL_DONE : tool_library_error("cannot publish");
}

/* Waits until a time of tool_clock. */
static void wait_until(double due) {
    for (double left = due - tool_clock(); left > 0.0 && !tool_interrupted(); left = due - tool_clock()) {
        tool_wait(left);
    }
}

/* Whether no frame comes any more. One that was due before the end comes, unless this machine is too slow. */
static int is_last(const struct publication *publication) {
    const struct options *options = publication->options;
    double due = options->rate > 0.0 ? pace_due(&publication->pace, publication->frames) : tool_clock();
    return (options->frames != 0 && publication->frames >= options->frames) || due >= publication->end ||
           tool_clock() > publication->end + LATE_SECONDS;
}

static void begin(struct publication *publication) {
    const struct options *options = publication->options;
    const int made_up = options->replay == NULL;
    pace_begin(&publication->pace, options->rate > 0.0 ? options->rate : 30.0, options->rate > 0.0 && made_up);
    wait_until(publication->pace.clock);
    publication->started = tool_clock();
    publication->end = options->duration > 0.0 ? publication->pace.clock + options->duration : HUGE_VAL;
    publication->next_progress = publication->started + PROGRESS_SECONDS;
}

/* Sends the next buffer block, if there is one. */
static int send_block(struct publication *publication) {
    sttp_guid signal_id;
    const uint8_t *data = NULL;
    size_t size = 0;
    if (publication->blocks == NULL) {
        return TOOL_DONE;
    }
    int found = blocks_next(publication->blocks, &signal_id, &data, &size);
    if (found <= 0) {
        blocks_close(publication->blocks);
        publication->blocks = NULL;
        return found < 0 ? TOOL_FAILED : TOOL_DONE;
    }
    if (sttp_publisher_send_buffer_block(publication->publisher, &signal_id, data, size,
                                         publication->options->confirm_blocks) != STTP_OK) {
        return tool_interrupted() ? TOOL_DONE : tool_library_error("cannot send a buffer block");
    }
    return TOOL_DONE;
}

static int send_blocks_left(struct publication *publication) {
    int result = TOOL_DONE;
    while (result == TOOL_DONE && publication->blocks != NULL && !tool_interrupted()) {
        result = send_block(publication);
    }
    return result;
}

/* The same, and publishes meanwhile what has waited for its time. */
static int wait_for_frame(struct publication *publication, double due) {
    struct batching *batching = &publication->batching;
    int result = TOOL_DONE;
    if (batching->count > 0 && batching->due <= due) {
        wait_until(batching->due);
        result = check_published(batching_flush(batching, publication->publisher));
    }
    wait_until(due);
    return result;
}

static int publish(struct publication *publication, publish_function *function,
                   const sttp_measurement *measurements, size_t count) {
    int32_t status = batching_add(&publication->batching, publication->publisher, function, measurements, count);
    if (status != STTP_OK) {
        return check_published(status);
    }
    publication->frames++;
    publication->measurements += count;
    print_progress(publication);
    return send_block(publication);
}

static int publish_made_up(struct publication *publication) {
    struct signal_generator *generator = generator_new(publication->metadata);
    struct pace *pace = &publication->pace;
    int result = generator == NULL ? TOOL_FAILED : TOOL_DONE;
    while (result == TOOL_DONE && !is_last(publication) && !tool_interrupted()) {
        uint64_t number = publication->frames;
        if (publication->options->rate > 0.0) {
            result = wait_for_frame(publication, pace_due(pace, number));
            if (result == TOOL_DONE && pace_was_disturbed(pace, number)) {
                continue;
            }
        }
        if (result == TOOL_DONE && !tool_interrupted()) {
            const sttp_measurement *frame = generator_frame(generator, pace_ticks(pace, number));
            result = publish(publication, sttp_publisher_publish_indexed, frame,
                             generator_signal_count(generator));
        }
    }
    generator_free(generator);
    return result;
}

/* When a batch is to be sent. */
static double due_of(struct publication *publication, const struct replay_batch *batch) {
    if (publication->options->rate <= 0.0) {
        return batch->due;
    }
    pace_forgive(&publication->pace, publication->frames);
    return pace_due(&publication->pace, publication->frames);
}

static int publish_replay(struct publication *publication) {
    const struct options *options = publication->options;
    struct replay_plan plan = {published_source(options, options->replay, publication->metadata), options->speed,
                               options->times, options->loop};
    struct replay *replay = replay_open(&plan);
    enum replay_status status = replay == NULL ? REPLAY_FAILED : REPLAY_LATER;
    int result = TOOL_DONE;
    publication->replay = replay;
    while (result == TOOL_DONE && (status == REPLAY_BATCH || status == REPLAY_LATER) && !is_last(publication) &&
           !tool_interrupted()) {
        struct replay_batch batch;
        status = replay_next(replay, fmin(publication->end - tool_clock(), MOST_WAIT_SECONDS), &batch);
        double due = status == REPLAY_BATCH ? due_of(publication, &batch) : 0.0;
        result = wait_for_frame(publication, fmin(due, publication->end));
        if (result == TOOL_DONE && status == REPLAY_BATCH && due <= publication->end && !tool_interrupted()) {
            result = publish(publication, sttp_publisher_publish, batch.measurements, batch.count);
        }
    }
    publication->replay = NULL;
    replay_close(replay);
    return status == REPLAY_FAILED ? TOOL_FAILED : result;
}

/* The rest of --duration, when the last frame came before its end. */
static void stay(const struct publication *publication) {
    if (publication->options->frames == 0 && publication->options->replay == NULL && publication->end < HUGE_VAL) {
        wait_until(publication->end);
    }
}

/* Lets the subscribers take what is on its way, for as long as it takes them, or an interruption allows. */
static int flush(const struct publication *publication) {
    if (sttp_publisher_flush(publication->publisher, -1) != STTP_OK && !tool_interrupted()) {
        return tool_library_error("cannot send the last measurements");
    }
    return TOOL_DONE;
}

/* Stays for subscribers that ask for what was published. */
static void linger(const struct publication *publication) {
    wait_until(tool_clock() + publication->options->linger);
}

static void stop_waiting(void *publisher) {
    sttp_publisher_stop((sttp_publisher *)publisher);
}

static int run(struct publication *publication) {
    int result = open_publisher(publication);
    if (result == TOOL_DONE) {
        result = metrics_begin(publication->options->metrics, collect_metrics, publication);
    }
    if (result == TOOL_DONE) {
        result = announce(publication);
    }
    if (result != TOOL_DONE) {
        return result;
    }
    if (tool_grace_begin(GRACE_SECONDS, stop_waiting, publication->publisher) != 0) {
        return TOOL_FAILED;
    }
    wait_for_subscribers(publication);
    begin(publication);
    result = publication->options->replay != NULL ? publish_replay(publication) : publish_made_up(publication);
    if (result == TOOL_DONE) {
        result = check_published(batching_flush(&publication->batching, publication->publisher));
    }
    if (result == TOOL_DONE) {
        stay(publication);
        result = send_blocks_left(publication);
    }
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
    if (publication->measurements > 0 && publication->most_subscribers == 0) {
        tool_log(STTP_LOG_WARNING, "nobody was subscribed, so nothing was sent (--wait-subscribers 1 waits for the first one)");
    }
    return result;
}

/* Finishes what was begun, and tells --stats. */
static int conclude(struct publication *publication) {
    int result = TOOL_DONE;
    sttp_publisher_counters statistics;
    sttp_latency latency;
    struct report report;
    memset(&statistics, 0, sizeof statistics);
    memset(&latency, 0, sizeof latency);
    memset(&report, 0, sizeof report);
    metrics_end();
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
    if (publication->options->statistics) {
        report_print(&report);
    }
    return result;
}

static int publish_as_asked(const struct options *options) {
    struct publication publication = {.options = options, .outages = OUTAGES_NONE, .batching = {.interval = options->batch}};
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
    if (options->blocks != NULL) {
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
    outages_free(&publication.outages);
    batching_free(&publication.batching);
    archive_close(publication.archive);
    blocks_close(publication.blocks);
    connection_reports_free(publication.connections);
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
