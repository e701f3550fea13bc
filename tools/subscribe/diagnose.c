#include "diagnose.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../common/system.h"
#include "../common/tool.h"
#include "../common/device_report.h"
#include "settings.h"
#include "sttp.h"
#include "../common/tally.h"

#define LOOK_SECONDS 5.0
#define ANSWER_SECONDS 3.0
/* What publishers of older versions do not confirm. */
#define CONFIRM_SECONDS 1.0
#define USUAL_TIMEOUT 30.0
#define TICKS_PER_DAY 864000000000.0
#define EXPIRES_SOON_DAYS 30.0
#define PROBLEM_SIZE 600
#define COMPLETE_BY_UDP 0.99

/* What has happened on a connection. */
struct events {
    int connected;
    int answered; /* the publisher has said something that publishers say */
    sttp_metadata *metadata;
    double metadata_at; /* of tool_clock, as all times */
    char metadata_problem[PROBLEM_SIZE];
    int subscribed;
    size_t granted;
    double subscribed_at;
    char subscription_problem[PROBLEM_SIZE];
    double first_at; /* 0: no measurement has come */
    int ended;
    int32_t end_reason;
    char end_problem[PROBLEM_SIZE];
};

/* A connection with the publisher. */
struct session {
    const struct options *options;
    struct diagnosis *diagnosis;
    sttp_subscriber *subscriber;
    double started;
    pthread_mutex_t lock;
    struct events events;   /* behind the lock, as the next two: what callbacks write */
    struct tallies tallies; /* what came of each signal */
    int tallies_failed;
    struct events seen; /* what the main thread knows of the events since it waited last */
};

/* -- what happens -- */

static void begin_event(struct session *session) {
    pthread_mutex_lock(&session->lock);
}

static void end_event(struct session *session) {
    pthread_mutex_unlock(&session->lock);
    tool_wake();
}

static void take_connected(void *user_data, const char *address) {
    struct session *session = (struct session *)user_data;
    (void)address;
    begin_event(session);
    session->events.connected = 1;
    end_event(session);
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct session *session = (struct session *)user_data;
    begin_event(session);
    if (!session->events.ended) {
        session->events.ended = 1;
        session->events.end_reason = reason;
        snprintf(session->events.end_problem, sizeof session->events.end_problem, "%s", message);
    }
    end_event(session);
}

static void take_succeeded(void *user_data, int32_t command, const char *message) {
    struct session *session = (struct session *)user_data;
    (void)command;
    (void)message;
    begin_event(session);
    session->events.answered = 1;
    end_event(session);
}

static void take_failed(void *user_data, int32_t command, const char *message) {
    struct session *session = (struct session *)user_data;
    begin_event(session);
    session->events.answered = 1;
    if (command == STTP_COMMAND_METADATA_REFRESH) {
        snprintf(session->events.metadata_problem, sizeof session->events.metadata_problem, "%s", message);
    } else if (command == STTP_COMMAND_SUBSCRIBE) {
        snprintf(session->events.subscription_problem, sizeof session->events.subscription_problem, "%s", message);
    }
    end_event(session);
}

static void take_metadata(void *user_data, const sttp_metadata *metadata) {
    struct session *session = (struct session *)user_data;
    begin_event(session);
    session->events.answered = 1;
    if (session->events.metadata == NULL && sttp_metadata_clone(metadata, &session->events.metadata) == STTP_OK) {
        session->events.metadata_at = tool_clock();
    }
    end_event(session);
}

static void take_subscription(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct session *session = (struct session *)user_data;
    (void)generation;
    begin_event(session);
    session->tallies_failed |= tallies_set_signals(&session->tallies, signals, count) != 0;
    session->events.answered = 1;
    session->events.subscribed = 1;
    session->events.granted = count;
    session->events.subscribed_at = tool_clock();
    end_event(session);
}

static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct session *session = (struct session *)user_data;
    pthread_mutex_lock(&session->lock);
    tallies_add(&session->tallies, measurements, count, 0);
    int is_first = session->events.first_at == 0.0;
    if (is_first) {
        session->events.first_at = tool_clock();
    }
    pthread_mutex_unlock(&session->lock);
    if (is_first) {
        tool_wake();
    }
}

/* -- waiting, on the main thread -- */

/* Whether something has come that a step waits for. */
typedef int has_come(const struct events *events);

static int has_answer(const struct events *events) {
    return events->answered || events->ended;
}

static int has_metadata(const struct events *events) {
    return events->metadata != NULL || events->metadata_problem[0] != '\0' || events->subscribed ||
           events->subscription_problem[0] != '\0' || events->ended;
}

static int has_subscription(const struct events *events) {
    return events->subscribed || events->subscription_problem[0] != '\0' || events->ended;
}

static int has_data(const struct events *events) {
    return events->first_at > 0.0 || events->ended;
}

static int has_ended(const struct events *events) {
    return events->ended;
}

/* Nonzero when it has come within so many seconds. */
static int wait_for(struct session *session, has_come *condition, double seconds) {
    double until = tool_clock() + seconds;
    for (;;) {
        pthread_mutex_lock(&session->lock);
        session->seen = session->events;
        pthread_mutex_unlock(&session->lock);
        int come = condition(&session->seen);
        double left = until - tool_clock();
        if (come || left <= 0.0 || tool_interrupted()) {
            return come;
        }
        tool_wait(left);
    }
}

/* -- steps -- */

static void judge_tls(void *user_data, const sttp_tls *tls) {
    struct diagnosis *diagnosis = ((struct session *)user_data)->diagnosis;
    char until[STTP_TIME_TEXT_SIZE] = "";
    double days = (double)(tls->not_after - sttp_time_now()) / TICKS_PER_DAY;
    sttp_time_format(tls->not_after, until, sizeof until);
    if (tls->not_after != 0 && days < EXPIRES_SOON_DAYS) {
        diagnosis_add(diagnosis, STEP_TLS, WRONG, "have the publisher's certificate renewed, and trust the new one beside it",
                      "%s with %s, whose certificate is valid until %s only", tls->version, tls->subject, until);
    } else if (tls->tolerated > 0) {
        diagnosis_add(diagnosis, STEP_TLS, NOTED, "docs/security.md tells what is tolerated, and how not to",
                      "%s with %s, whose certificate lacks %lu thing%s", tls->version, tls->subject,
                      (unsigned long)tls->tolerated, tool_plural(tls->tolerated));
    } else {
        diagnosis_add(diagnosis, STEP_TLS, GOOD, NULL, "%s, %s, with %s until %s", tls->version, tls->cipher_suite,
                      tls->subject[0] != '\0' ? tls->subject : "a peer without a certificate", until);
    }
}

static void look_at_tls(struct session *session) {
    if (sttp_subscriber_tls(session->subscriber, judge_tls, session) != STTP_OK) {
        diagnosis_add(session->diagnosis, STEP_TLS, NOTED,
                      "where others can listen on the way, secure it: --certificate and --trust, docs/security.md",
                      "the connection is not secured");
    }
}

static void describe_modes(void *user_data, const sttp_publisher_info *publisher) {
    struct diagnosis *diagnosis = ((struct session *)user_data)->diagnosis;
    diagnosis_add(diagnosis, STEP_MODES, GOOD, NULL, "STTP version %ld, texts in UTF-%s%s%s; %s",
                  (long)publisher->protocol_version, publisher->encoding == STTP_ENCODING_UTF8 ? "8" : "16",
                  publisher->metadata_compression_asked ? ", metadata by GZip" : "",
                  publisher->payload_compression_asked ? ", measurements by TSSC" : "",
                  publisher->modes_confirmed ? "confirmed" : "not confirmed, as older publishers do");
}

static void take_confirmed(void *user_data, const sttp_publisher_info *publisher) {
    *(int *)user_data = publisher->modes_confirmed;
}

/* Callbacks come first: what is known of a publisher is told once all that came together has been dealt with. */
static void wait_for_modes(struct session *session, double timeout) {
    const double until = tool_clock() + CONFIRM_SECONDS;
    int confirmed = 0;
    wait_for(session, has_metadata, fmin(timeout, ANSWER_SECONDS));
    while (!confirmed && !session->seen.ended && tool_clock() < until && !tool_interrupted() &&
           sttp_subscriber_publisher_info(session->subscriber, take_confirmed, &confirmed) == STTP_OK) {
        wait_for(session, has_ended, confirmed ? 0.0 : 0.01);
    }
}

/* Who it is that is no publisher. Some serve one connection at a time. */
static const char *ask_stranger(struct session *session) {
    sttp_subscriber_disconnect(session->subscriber);
    return diagnose_stranger(session->options->address);
}

/* The connection has ended, or never came to be: at which step, and what to do. */
static void tell_end(struct session *session) {
    struct diagnosis *diagnosis = session->diagnosis;
    const char *problem = session->seen.end_problem;
    if (options_given(&subscribe_line, "certificate") ? !session->seen.connected : strstr(problem, "TLS") != NULL) {
        diagnosis_add(diagnosis, STEP_TLS, WRONG,
                      session->seen.connected ? "it takes TLS only: give --certificate and --trust, docs/security.md"
                                         : "use TLS on both sides or on neither, and let each trust the other's certificate, "
                                           "docs/security.md",
                      "%s", problem);
        return;
    }
    if (session->seen.answered) {
        diagnosis_add(diagnosis, session->seen.subscribed ? STEP_DATA : STEP_RIGHTS, WRONG,
                      session->seen.end_reason == STTP_ERR_REFUSED ? "ask whoever runs the publisher"
                                                              : "see the publisher's log for why it let us go",
                      "the connection has ended: %s", problem);
        return;
    }
    const char *stranger = ask_stranger(session);
    if (stranger != NULL) {
        diagnosis_add(diagnosis, STEP_MODES, WRONG, "check the port", "the port belongs to %s", stranger);
    } else if (session->seen.end_reason == STTP_ERR_REFUSED || session->seen.end_reason == STTP_ERR_PROTOCOL) {
        diagnosis_add(diagnosis, STEP_MODES, WRONG, "check the port, and --protocol", "%s", problem);
    } else {
        diagnosis_add(diagnosis, STEP_RIGHTS, WRONG,
                      "the publisher may not let us in: have this machine's address, or our certificate, added to its rights "
                      "(rightsFile, allowedAddresses), see its log, and docs/security.md",
                      "it closed the connection before it said anything: %s", problem);
    }
}

/* Steps up to the first answer of the publisher. 0 to go on. */
static int look_at_answer(struct session *session, double timeout) {
    int answered = wait_for(session, has_answer, fmin(timeout, ANSWER_SECONDS));
    if (answered && !session->seen.ended) {
        look_at_tls(session);
        wait_for_modes(session, timeout);
        if (sttp_subscriber_publisher_info(session->subscriber, describe_modes, session) == STTP_OK) {
            return 0;
        }
        answered = wait_for(session, has_ended, ANSWER_SECONDS);
    }
    if (answered) {
        tell_end(session);
        return -1;
    }
    const char *stranger = ask_stranger(session);
    if (!tool_interrupted()) {
        diagnosis_add(session->diagnosis, STEP_MODES, WRONG,
                      stranger != NULL ? "check the port"
                                       : "check that a publisher of STTP listens there, and that it is not overloaded",
                      stranger != NULL ? "the port belongs to %s" : "nothing answers the commands of STTP%s",
                      stranger != NULL ? stranger : "");
    }
    return -1;
}

static void look_at_metadata(struct session *session, double timeout) {
    struct diagnosis *diagnosis = session->diagnosis;
    size_t devices = 0;
    size_t measurements = 0;
    size_t findings = 0;
    wait_for(session, has_metadata, timeout);
    if (session->seen.metadata_problem[0] != '\0') {
        diagnosis_add(diagnosis, STEP_METADATA, WRONG, "ask whoever runs the publisher for the right to have metadata",
                      "refused: %s", session->seen.metadata_problem);
        return;
    }
    if (session->seen.metadata == NULL) {
        diagnosis_add(diagnosis, STEP_METADATA, session->seen.subscribed ? NOTED : WRONG,
                      "without them signals have no names; see the publisher's log, and --metadata-out", "none have come");
        return;
    }
    sttp_metadata_device_count(session->seen.metadata, &devices);
    sttp_metadata_measurement_count(session->seen.metadata, &measurements);
    sttp_metadata_finding_count(session->seen.metadata, STTP_FINDING_ANY, &findings);
    diagnosis_add(diagnosis, STEP_METADATA, measurements == 0 ? WRONG : findings > 0 ? NOTED : GOOD,
                  measurements == 0 ? "the publisher has no signals, or none that we may have: ask whoever runs it"
                  : findings > 0    ? "sttp-metadata HOST:PORT --validate tells all of it"
                                    : NULL,
                  "%zu measurement%s of %zu device%s after %.3f s; %zu thing%s wrong in them", measurements,
                  tool_plural(measurements), devices, tool_plural(devices), session->seen.metadata_at - session->started, findings,
                  findings == 1 ? " is" : "s are");
}

/* Rights, and then the subscription. 0 to go on. */
static int look_at_subscription(struct session *session, double timeout) {
    struct diagnosis *diagnosis = session->diagnosis;
    const char *filter = session->options->filter;
    size_t matching = 0;
    int knows_matching = 0;
    if (!wait_for(session, has_subscription, timeout)) {
        diagnosis_add(diagnosis, STEP_SUBSCRIPTION, WRONG, "see the publisher's log; --timeout S waits longer",
                      "no answer after %g s", timeout);
        return -1;
    }
    if (session->seen.subscription_problem[0] != '\0') {
        diagnosis_add(diagnosis, STEP_SUBSCRIPTION, WRONG, "sttp-metadata HOST:PORT --check-filter EXPR says whether the filter is right",
                      "the publisher refused '%s': %s", filter, session->seen.subscription_problem);
        return -1;
    }
    if (!session->seen.subscribed) {
        tell_end(session);
        return -1;
    }
    knows_matching =
        session->seen.metadata != NULL && sttp_metadata_select(session->seen.metadata, filter, NULL, 0, &matching) == STTP_OK;
    if (knows_matching && session->seen.granted < matching) {
        diagnosis_add(diagnosis, STEP_RIGHTS, WRONG, "ask whoever runs the publisher for the right to have the others",
                      "%zu of %zu signals that match are granted", session->seen.granted, matching);
    } else if (knows_matching) {
        diagnosis_add(diagnosis, STEP_RIGHTS, GOOD, NULL, "everything that matches is granted");
    } else {
        diagnosis_add(diagnosis, STEP_RIGHTS, NOTED, NULL, "without metadata it cannot be told what else there is");
    }
    if (session->seen.granted == 0) {
        diagnosis_add(diagnosis, STEP_SUBSCRIPTION, WRONG, "see what there is with sttp-metadata HOST:PORT, and mend --filter",
                      "'%s' matches no signal that we may have", filter);
        return -1;
    }
    diagnosis_add(diagnosis, STEP_SUBSCRIPTION, GOOD, NULL, "%zu signal%s after %.3f s", session->seen.granted,
                  tool_plural(session->seen.granted), session->seen.subscribed_at - session->started);
    return 0;
}

static int look_at_data(struct session *session, double seconds) {
    struct diagnosis *diagnosis = session->diagnosis;
    if (!wait_for(session, has_data, fmax(seconds, LOOK_SECONDS))) {
        diagnosis_add(diagnosis, STEP_DATA, WRONG,
                      "ask whether the devices are connected to the publisher; by UDP, whether a firewall drops the datagrams",
                      "subscribed, and no measurement has come for %.0f s", fmax(seconds, LOOK_SECONDS));
        return -1;
    }
    if (session->seen.first_at == 0.0) {
        tell_end(session);
        return -1;
    }
    diagnosis_add(diagnosis, STEP_DATA, GOOD, NULL, "the first measurement came %.3f s after the subscription",
                  session->seen.first_at - session->seen.subscribed_at);
    return 0;
}

static const char *clock_of_machine(void) {
    int is_synchronized = system_clock_is_synchronized();
    return is_synchronized > 0    ? "this machine's clock is synchronised, as the system says"
           : is_synchronized == 0 ? "this machine's clock is not synchronised, as the system says"
                                  : "the system does not tell whether this machine's clock is synchronised";
}

static void look_at_clock(struct session *session, const struct device_report *report) {
    struct diagnosis *diagnosis = session->diagnosis;
    const struct device_line *worst = NULL;
    double least = HUGE_VAL;
    double most = -HUGE_VAL;
    size_t timed = 0;
    size_t bad = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct device_line *device = &report->devices[i];
        if (device->timed > 0) {
            timed++;
            bad += (size_t)device->has_bad_clock;
            least = fmin(least, device->latency_minimum);
            most = fmax(most, device->latency_maximum);
            worst = worst == NULL || fabs(device->latency_mean) > fabs(worst->latency_mean) ? device : worst;
        }
    }
    if (timed == 0) {
        diagnosis_add(diagnosis, STEP_CLOCK, NOTED, NULL, "measurements come without times");
    } else if (bad == 0) {
        diagnosis_add(diagnosis, STEP_CLOCK, system_clock_is_synchronized() == 0 ? NOTED : GOOD,
                      system_clock_is_synchronized() == 0 ? "start a service that sets it, as chrony or systemd-timesyncd" : NULL,
                      "latency of %.3f to %.3f s by this machine's clock; %s", least, most, clock_of_machine());
    } else {
        diagnosis_add(diagnosis, STEP_CLOCK, WRONG,
                      bad == timed ? "all of them are: check this machine's clock first, then the publisher's ('timedatectl')"
                                   : "other devices are right, so check the time source of those: see the step devices",
                      "times of %zu of %zu device%s are wrong, those of %s %.3f s %s this machine's clock; %s", bad, timed,
                      tool_plural(timed), worst->name, fabs(worst->latency_mean), worst->latency_mean < 0.0 ? "ahead of" : "behind",
                      clock_of_machine());
    }
}

/* The part that has come of what the metadata promise; negative when they promise nothing. */
static double completeness_of(const struct device_report *report) {
    double expected = 0.0;
    double come = 0.0;
    for (size_t i = 0; i < report->count; i++) {
        if (report->devices[i].completeness >= 0.0 && !report->devices[i].is_silent) {
            expected += report->devices[i].expected;
            come += report->devices[i].expected * report->devices[i].completeness;
        }
    }
    return expected > 0.0 ? come / expected : -1.0;
}

static void look_at_losses(struct session *session, const struct device_report *report) {
    const double seconds = report->seconds;
    const double completeness = completeness_of(report);
    sttp_subscriber_counters counters;
    struct diagnosis *diagnosis = session->diagnosis;
    memset(&counters, 0, sizeof counters);
    sttp_subscriber_statistics(session->subscriber, &counters, sizeof counters);
    uint64_t missing = counters.packets_missing + counters.packets_dropped + counters.datagrams_lost;
    uint64_t dropped = counters.measurements_dropped_by_publisher;
    if (dropped > 0) {
        diagnosis_add(diagnosis, STEP_LOSSES, WRONG,
                      "this machine or the way to it is too slow: ask for fewer signals, --throttle, or more bandwidth",
                      "the publisher has dropped %llu measurements that were not taken fast enough", (unsigned long long)dropped);
    } else if (missing > 0 || counters.measurements_dropped > 0) {
        diagnosis_add(diagnosis, STEP_LOSSES, WRONG,
                      counters.datagrams > 0
                          ? "datagrams are lost on the way: --receive-buffer, less load on the network, or TCP in place of --udp"
                          : "see the log of both sides",
                      "%llu packets and %llu measurements were lost, of %llu packets in %.1f s", (unsigned long long)missing,
                      (unsigned long long)counters.measurements_dropped, (unsigned long long)(counters.packets + missing), seconds);
    } else if (counters.datagrams > 0 && completeness >= 0.0 && completeness < COMPLETE_BY_UDP) {
        /* What is lost by UDP leaves no trace but that it is missing. */
        diagnosis_add(diagnosis, STEP_LOSSES, WRONG,
                      "datagrams seem to be lost on the way: --receive-buffer, less load on the network, or TCP in place of --udp",
                      "%.1f %% of what the metadata promise have come by UDP, in %.1f s", completeness * 100.0, seconds);
    } else {
        diagnosis_add(diagnosis, STEP_LOSSES, GOOD, NULL, "none in %llu packets with %llu measurements, in %.1f s",
                      (unsigned long long)counters.packets, (unsigned long long)counters.measurements, seconds);
    }
}

/* The first names of some devices. */
#define NAMES_MOST 8

static void look_at_devices(struct session *session, const struct device_report *report) {
    struct text names = {0};
    size_t silent = 0;
    size_t incomplete = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct device_line *device = &report->devices[i];
        if (device->is_silent || device->is_incomplete) {
            const size_t told = silent + incomplete;
            if (told < NAMES_MOST) {
                text_add(&names, "%s%s", told > 0 ? ", " : "", device->name);
            } else if (told == NAMES_MOST) {
                text_add(&names, "...");
            }
            silent += (size_t)device->is_silent;
            incomplete += (size_t)!device->is_silent;
        }
    }
    if (silent + incomplete > 0) {
        diagnosis_add(session->diagnosis, STEP_DEVICES, WRONG,
                      silent > 0 ? "ask whether they are connected to the publisher; --report FILE tells what came of each"
                                 : "compare with the frames a second that the metadata tell: --report FILE tells what came of each",
                      "%zu of %zu device%s silent, and %zu without all measurements: %s", silent, report->count,
                      report->count == 1 ? " is" : "s are", incomplete, names.bytes != NULL ? names.bytes : "");
    } else {
        diagnosis_add(session->diagnosis, STEP_DEVICES, GOOD, NULL, "%zu device%s, and each sends", report->count,
                      tool_plural(report->count));
    }
    device_report_add_json(&session->diagnosis->devices, report);
    text_free(&names);
}

/* What is seen of the data within some seconds. TOOL_DONE, or TOOL_FAILED after saying why it cannot be told. */
static int look_at_stream(struct session *session, double seconds) {
    struct device_report_plan plan;
    struct device_report report;
    wait_for(session, has_ended, seconds);
    memset(&plan, 0, sizeof plan);
    plan.peer = session->options->address;
    plan.connections = 1;
    plan.is_live = 1;
    device_report_limits(&plan, session->subscriber);
    if (session->seen.ended) {
        tell_end(session);
        return TOOL_DONE;
    }
    pthread_mutex_lock(&session->lock);
    plan.end = tool_clock();
    plan.end_time = sttp_time_now();
    int failed = session->tallies_failed ||
                 device_report_make(&report, &plan, &session->tallies, session->seen.metadata) != 0;
    pthread_mutex_unlock(&session->lock);
    if (failed) {
        return TOOL_FAILED;
    }
    look_at_clock(session, &report);
    look_at_losses(session, &report);
    look_at_devices(session, &report);
    device_report_free(&report);
    return TOOL_DONE;
}

/* -- all of it -- */

static int open_session(struct session *session) {
    sttp_subscriber *subscriber = session->subscriber;
    if (settings_apply(subscriber, session->options) != TOOL_DONE) {
        return -1;
    }
    if (sttp_subscriber_set(subscriber, STTP_SETTING_AUTO_RECONNECT, "false") != STTP_OK ||
        sttp_subscriber_on_connected(subscriber, take_connected, session, NULL) != STTP_OK ||
        sttp_subscriber_on_disconnected(subscriber, take_disconnected, session, NULL) != STTP_OK ||
        sttp_subscriber_on_request_succeeded(subscriber, take_succeeded, session, NULL) != STTP_OK ||
        sttp_subscriber_on_request_failed(subscriber, take_failed, session, NULL) != STTP_OK ||
        sttp_subscriber_on_metadata(subscriber, take_metadata, session, NULL) != STTP_OK ||
        sttp_subscriber_on_subscription_updated(subscriber, take_subscription, session, NULL) != STTP_OK ||
        sttp_subscriber_on_measurements(subscriber, take_measurements, session, NULL) != STTP_OK ||
        sttp_subscriber_subscribe(subscriber, session->options->filter) != STTP_OK) {
        tool_library_error("cannot set up the subscriber");
        return -1;
    }
    session->started = tool_clock();
    if (sttp_subscriber_connect(subscriber, session->options->address) != STTP_OK) {
        tool_library_error("cannot connect to %s", session->options->address);
        return -1;
    }
    return 0;
}

static int walk(struct session *session) {
    const struct options *options = session->options;
    double timeout = options->timeout > 0.0 ? options->timeout : USUAL_TIMEOUT;
    double seconds = options->duration > 0.0 ? options->duration : LOOK_SECONDS;
    if (look_at_answer(session, timeout) != 0) {
        return TOOL_DONE;
    }
    look_at_metadata(session, timeout);
    if (look_at_subscription(session, timeout) != 0 || look_at_data(session, seconds) != 0) {
        return TOOL_DONE;
    }
    return look_at_stream(session, seconds);
}

static int run_session(struct diagnosis *diagnosis, const struct options *options) {
    struct session session;
    memset(&session, 0, sizeof session);
    session.options = options;
    session.diagnosis = diagnosis;
    pthread_mutex_init(&session.lock, NULL);
    if (sttp_subscriber_new(NULL, &session.subscriber) != STTP_OK) {
        return tool_library_error("cannot make a subscriber");
    }
    int result = open_session(&session) == 0 ? walk(&session) : TOOL_FAILED;
    sttp_subscriber_free(session.subscriber);
    sttp_metadata_free(session.events.metadata);
    tallies_free(&session.tallies);
    pthread_mutex_destroy(&session.lock);
    return result;
}

int diagnose(const struct options *options) {
    struct diagnosis diagnosis;
    int result = TOOL_DONE;
    memset(&diagnosis, 0, sizeof diagnosis);
    diagnosis.address = options->address;
    diagnosis.as_json = options->format == FORMAT_JSON;
    double timeout = options->timeout > 0.0 ? options->timeout : USUAL_TIMEOUT;
    if (diagnose_network(&diagnosis, options->address, timeout) == 0) {
        result = run_session(&diagnosis, options);
    }
    if (tool_interrupted()) {
        tool_error("interrupted before all was looked at");
        result = TOOL_FAILED;
    }
    diagnosis.is_cut = result != TOOL_DONE;
    return diagnosis_end(&diagnosis);
}
