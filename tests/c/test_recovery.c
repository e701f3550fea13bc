/* Recovery of what was missed while a connection was lost: marked as recovered, and delivered once, also by another
 * run of the program with an outage log. */
#include <unistd.h>

#include "fixture.h"

#define PART 30 /* frames that are published at a time */
#define MOST_FRAMES (6 * PART)
#define PATH_SIZE 256
#define INVALID STTP_ERR_INVALID_ARGUMENT

/* -- a subscriber that counts how often each measurement came -- */

struct tally {
    int live;
    int recovered;
    int strange; /* of no frame that was published */
    int disconnected;
    char message[512]; /* the latest problem */
    unsigned char counts[MOST_FRAMES * FIXTURE_SIGNALS];
    unsigned char recoveries[MOST_FRAMES * FIXTURE_SIGNALS];
};

/* The value of a measurement tells which one it is. */
static void count_each(struct tally *tally, const sttp_measurement *measurements, size_t count, int recovered) {
    for (size_t i = 0; i < count; i++) {
        const double number = measurements[i].value * 4.0;
        if (number < 0.0 || number >= MOST_FRAMES * FIXTURE_SIGNALS) {
            add_one(&tally->strange);
        } else {
            tally->counts[(size_t)number]++;
            tally->recoveries[(size_t)number] += recovered;
        }
    }
}

static void take_live(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct tally *tally = (struct tally *)user_data;
    count_each(tally, measurements, count, 0);
    tally->live += (int)count;
}

static void take_recovered(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct tally *tally = (struct tally *)user_data;
    count_each(tally, measurements, count, 1);
    tally->recovered += (int)count;
}

static void take_disconnected(void *user_data, int32_t reason, const char *message) {
    struct tally *tally = (struct tally *)user_data;
    (void)reason;
    CHECK(message != NULL);
    add_one(&tally->disconnected);
}

static void take_message(void *user_data, int32_t level, const char *message) {
    struct tally *tally = (struct tally *)user_data;
    if (level <= STTP_LOG_WARNING) {
        snprintf(tally->message, sizeof tally->message, "%s", message);
    }
}

/* How many measurements of a part came, or came as recovered. */
static int of_part(const unsigned char counts[MOST_FRAMES * FIXTURE_SIGNALS], int part) {
    int came = 0;
    for (int i = part * PART * FIXTURE_SIGNALS; i < (part + 1) * PART * FIXTURE_SIGNALS; i++) {
        came += counts[i] > 0;
    }
    return came;
}

/* Everything of these parts came once, and nothing else did. */
static void check_once(const struct tally *tally, int first_part, int last_part) {
    int wrong = 0;
    for (int i = 0; i < MOST_FRAMES * FIXTURE_SIGNALS; i++) {
        const int part = i / (PART * FIXTURE_SIGNALS);
        wrong += tally->counts[i] != (part >= first_part && part <= last_part);
    }
    CHECK(wrong == 0);
    CHECK(tally->strange == 0);
}

/* -- a publisher that remembers, and a subscriber on an engine that runs only when it is polled -- */

struct scene {
    char address[ADDRESS_SIZE];
    int subscriptions; /* to live data */
    sttp_publisher *publisher;
    sttp_engine *engine;
    sttp_subscriber *subscriber;
    struct tally *tally;
};

/* Recovery subscribes, too: at a pace, which live data have not. */
static void count_live(void *counter, const sttp_connection *connection) {
    if (connection->granted->processing_interval == -1) {
        count_connection(counter, connection);
    }
}

static void open_scene(struct scene *scene) {
    memset(scene, 0, sizeof *scene);
    snprintf(scene->address, sizeof scene->address, "127.0.0.1:0");
    scene->publisher = new_publisher(NULL, NULL);
    CHECK_OK(sttp_publisher_on_subscribed(scene->publisher, count_live, &scene->subscriptions, NULL));
    CHECK_OK(sttp_publisher_set(scene->publisher, STTP_SETTING_HISTORY_DURATION, "600"));
    start(scene->publisher, scene->address);
    CHECK_OK(sttp_engine_new_polled(&scene->engine));
}

static void close_scene(struct scene *scene) {
    sttp_publisher_free(scene->publisher);
    sttp_engine_free(scene->engine);
}

static void connect_scene(struct scene *scene, struct tally *tally, const char *outage_log) {
    sttp_subscriber *subscriber = NULL;
    memset(tally, 0, sizeof *tally);
    CHECK_OK(sttp_subscriber_new(scene->engine, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, take_live, tally, NULL));
    CHECK_OK(sttp_subscriber_on_recovered_measurements(subscriber, take_recovered, tally, NULL));
    CHECK_OK(sttp_subscriber_on_disconnected(subscriber, take_disconnected, tally, NULL));
    CHECK_OK(sttp_subscriber_on_message(subscriber, take_message, tally, NULL));
    CHECK_OK(configure_subscriber(subscriber,
                                  "retryInterval=10; maxRetryInterval=100; dataGapRecovery={enabled=true; "
                                  "recoveryStartDelay=0; dataMonitoringInterval=%d; maximumRecoverySpan=3600; "
                                  "startRecoveryBuffer=-1; endRecoveryBuffer=1}",
                                  PATIENCE_MS / 1000));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_OUTAGE_LOG, outage_log));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, scene->address));
    scene->subscriber = subscriber;
    scene->tally = tally;
}

static int poll_until(const struct scene *scene, const int *counter, int wanted) {
    for (int waited = 0; get(counter) < wanted && waited < PATIENCE_MS; waited += 2) {
        CHECK_OK(sttp_engine_poll(scene->engine, 2));
    }
    return get(counter);
}

static void publish_part(const struct scene *scene, int part) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int number = part * PART; number < (part + 1) * PART; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish_indexed(scene->publisher, frame, FIXTURE_SIGNALS));
    }
}

/* Lets the subscriber take a part, which comes live or as recovered. */
static void take_part(const struct scene *scene, int part) {
    for (int waited = 0; of_part(scene->tally->counts, part) < PART * FIXTURE_SIGNALS && waited < PATIENCE_MS; waited += 2) {
        CHECK_OK(sttp_engine_poll(scene->engine, 2));
    }
    CHECK(of_part(scene->tally->counts, part) == PART * FIXTURE_SIGNALS);
}

/* Publishes a part to a subscriber, and lets it take it. It comes live, unless what was missed before is asked for until
 * now and is there first. */
static void exchange_part(const struct scene *scene, int part) {
    publish_part(scene, part);
    take_part(scene, part);
}

/* What was published of a part was missed, and comes as recovered. */
static void check_recovered(const struct scene *scene, int part) {
    take_part(scene, part);
    CHECK(of_part(scene->tally->recoveries, part) == PART * FIXTURE_SIGNALS);
}

static void cut_connection(void *publisher, const sttp_connection *connection) {
    CHECK_OK(sttp_publisher_disconnect((sttp_publisher *)publisher, connection->id));
}

/* The subscriber does not notice before it is polled again. */
static void cut(const struct scene *scene) {
    sttp_publisher_counters statistics;
    CHECK_OK(sttp_publisher_for_each_connection(scene->publisher, cut_connection, scene->publisher));
    memset(&statistics, 0, sizeof statistics);
    statistics.connections = 1;
    for (int waited = 0; statistics.connections > 0 && waited < PATIENCE_MS; waited += 2) {
        nap();
        CHECK_OK(sttp_publisher_statistics(scene->publisher, &statistics, sizeof statistics));
    }
    CHECK(statistics.connections == 0);
}

/* Ends the subscriber as a program should that uses an outage log. */
static void end(struct scene *scene) {
    const int wanted = scene->tally->disconnected + 1;
    CHECK_OK(sttp_subscriber_disconnect(scene->subscriber));
    CHECK(poll_until(scene, &scene->tally->disconnected, wanted) == wanted);
    sttp_subscriber_free(scene->subscriber);
    scene->subscriber = NULL;
}

/* -- what is recovered -- */

static void check_cut_connections(void) {
    static struct tally tally;
    struct scene scene;
    sttp_subscriber_counters statistics;
    open_scene(&scene);
    connect_scene(&scene, &tally, NULL);
    CHECK(poll_until(&scene, &scene.subscriptions, 1) == 1);
    exchange_part(&scene, 0);
    for (int part = 1; part <= 3; part += 2) {
        cut(&scene);
        publish_part(&scene, part);
        const int wanted = scene.subscriptions + 1;
        CHECK(poll_until(&scene, &scene.subscriptions, wanted) == wanted);
        exchange_part(&scene, part + 1);
    }
    check_recovered(&scene, 1);
    check_recovered(&scene, 3);
    check_once(&tally, 0, 4);
    CHECK(of_part(tally.recoveries, 0) == 0);
    CHECK_OK(sttp_subscriber_statistics(scene.subscriber, &statistics, sizeof statistics));
    CHECK(statistics.gaps == 2 && statistics.gaps_abandoned == 0);
    CHECK(statistics.measurements_recovered == (uint64_t)tally.recovered);
    CHECK(statistics.measurements == (uint64_t)tally.live);
    end(&scene);
    close_scene(&scene);
}

/* Without recovery, what is missed is missed. */
static void check_switched_off(void) {
    static struct tally tally;
    struct scene scene;
    open_scene(&scene);
    connect_scene(&scene, &tally, NULL);
    CHECK_OK(sttp_subscriber_disconnect(scene.subscriber));
    CHECK_OK(sttp_subscriber_set(scene.subscriber, STTP_SETTING_DATA_GAP_RECOVERY_ENABLED, "false"));
    CHECK_OK(sttp_subscriber_connect(scene.subscriber, scene.address));
    CHECK(poll_until(&scene, &scene.subscriptions, 1) == 1);
    exchange_part(&scene, 0);
    cut(&scene);
    publish_part(&scene, 1);
    CHECK(poll_until(&scene, &scene.subscriptions, 2) == 2);
    exchange_part(&scene, 2);
    CHECK(tally.recovered == 0);
    end(&scene);
    close_scene(&scene);
}

/* -- the outage log -- */

static void make_path(char path[PATH_SIZE]) {
    const char *folder = getenv("TMPDIR");
    snprintf(path, PATH_SIZE, "%s/sttp-recovery-XXXXXX", folder != NULL ? folder : "/tmp");
    const int descriptor = mkstemp(path);
    CHECK(descriptor >= 0);
    close(descriptor);
}

static void read_log(const char *path, char text[PATH_SIZE]) {
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    text[file != NULL ? fread(text, 1, PATH_SIZE - 1, file) : 0] = '\0';
    if (file != NULL) {
        fclose(file);
    }
}

/* The log of a subscriber that misses nothing but what comes after the last frame of a part. */
static void check_log(const char *path, int part) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    char time[STTP_TIME_TEXT_SIZE];
    char expected[PATH_SIZE];
    char text[PATH_SIZE];
    fill_frame(frame, (part + 1) * PART - 1);
    CHECK_OK(sttp_time_format(frame[0].timestamp, time, sizeof time));
    snprintf(expected, sizeof expected, "%s;\n", time);
    read_log(path, text);
    CHECK_TEXT(text, expected);
}

static void check_outage_log(void) {
    static struct tally tally;
    struct scene scene;
    char path[PATH_SIZE];
    make_path(path);
    open_scene(&scene);
    connect_scene(&scene, &tally, path);
    CHECK(poll_until(&scene, &scene.subscriptions, 1) == 1);
    exchange_part(&scene, 0);
    end(&scene);
    check_once(&tally, 0, 0);
    check_log(path, 0);

    /* What was published while the program did not run is missed by its next run. */
    publish_part(&scene, 1);
    connect_scene(&scene, &tally, path);
    CHECK(poll_until(&scene, &scene.subscriptions, 2) == 2);
    exchange_part(&scene, 2);
    check_recovered(&scene, 1);
    check_once(&tally, 1, 2);
    sttp_subscriber_counters statistics;
    memset(&statistics, 0, sizeof statistics);
    for (int waited = 0; statistics.gaps_recovered == 0 && waited < PATIENCE_MS; waited += 2) {
        CHECK_OK(sttp_engine_poll(scene.engine, 2));
        CHECK_OK(sttp_subscriber_statistics(scene.subscriber, &statistics, sizeof statistics));
    }
    CHECK(statistics.gaps == 1 && statistics.gaps_recovered == 1);
    end(&scene);
    check_log(path, 2);
    close_scene(&scene);
    CHECK(remove(path) == 0);
}

/* A file of somebody else is left alone, and measurements come all the same. */
static void check_other_file(void) {
    static struct tally tally;
    struct scene scene;
    char path[PATH_SIZE];
    char text[PATH_SIZE];
    make_path(path);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs("my diary\n", file) >= 0 && fclose(file) == 0);
    open_scene(&scene);
    connect_scene(&scene, &tally, path);
    CHECK(poll_until(&scene, &scene.subscriptions, 1) == 1);
    CHECK(strstr(tally.message, path) != NULL && strstr(tally.message, "no outage log") != NULL);
    exchange_part(&scene, 0);
    end(&scene);
    close_scene(&scene);
    read_log(path, text);
    CHECK_TEXT(text, "my diary\n");
    CHECK(remove(path) == 0);
}

static void check_arguments(void) {
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_DATA_GAP_RECOVERY_DATA_MONITORING_INTERVAL, "0.099"), INVALID);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_DATA_GAP_RECOVERY_START_RECOVERY_BUFFER, "1"), INVALID);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_DATA_GAP_RECOVERY, "minimumRecoverySpan=2; maximumRecoverySpan=1"),
                 INVALID);
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_DATA_GAP_RECOVERY_RECOVERY_PROCESSING_INTERVAL, "-2"), INVALID);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_DATA_GAP_RECOVERY_RECOVERY_PROCESSING_INTERVAL, "2147483647"));
    CHECK_STATUS(sttp_subscriber_set(subscriber, STTP_SETTING_OUTAGE_LOG, "\xff"), INVALID);
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_OUTAGE_LOG, NULL));
    CHECK_STATUS(sttp_subscriber_on_recovered_measurements(NULL, take_recovered, NULL, NULL), INVALID);
    int destroyed = 0;
    CHECK_OK(sttp_subscriber_on_recovered_measurements(subscriber, take_recovered, &destroyed, count_call));
    CHECK_OK(sttp_subscriber_on_recovered_measurements(subscriber, NULL, NULL, NULL));
    CHECK(await_count(&destroyed, 1) == 1);
    sttp_subscriber_free(subscriber);
}

int main(void) {
    check_arguments();
    check_cut_connections();
    check_switched_off();
    check_outage_log();
    check_other_file();
    return check_report("test_recovery");
}
