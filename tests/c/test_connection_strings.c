/* Connection strings: publishers and subscribers that are opened by them, and strings that are wrong. */
#include "fixture.h"

#define FRAMES 20
#define STRING_SIZE 256

static sttp_subscriber *new_subscriber(sttp_engine *engine, struct collection *collection) {
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_subscriber_on_measurements(subscriber, collect, collection, NULL));
    return subscriber;
}

/* The port of an address as sttp_publisher_address writes it. */
static const char *port_of(const char *address) {
    const char *colon = strrchr(address, ':');
    CHECK(colon != NULL);
    return colon != NULL ? colon + 1 : "0";
}

static void publish_frames(sttp_publisher *publisher) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    for (int number = 0; number < FRAMES; number++) {
        fill_frame(frame, number);
        CHECK_OK(sttp_publisher_publish(publisher, frame, FIXTURE_SIGNALS));
    }
    CHECK_OK(sttp_publisher_flush(publisher, PATIENCE_MS));
}

static void check_all_arrived(struct collection *collection) {
    CHECK(await_count(&collection->count, FRAMES * FIXTURE_SIGNALS) == FRAMES * FIXTURE_SIGNALS);
    pthread_mutex_lock(&collection->lock);
    check_frames(collection->measurements, (size_t)collection->count, FRAMES);
    pthread_mutex_unlock(&collection->lock);
}

/* Strings say everything; the subscriber connects. */
static void open_and_receive(sttp_engine *engine) {
    char address[ADDRESS_SIZE], string[STRING_SIZE];
    struct collection collection;
    int subscriptions = 0;
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    sttp_subscriber *subscriber;
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    subscriber = new_subscriber(engine, &collection);

    CHECK_OK(sttp_publisher_open(publisher, "port=0; interface=127.0.0.1; overflow=wait"));
    CHECK_OK(sttp_publisher_address(publisher, address, sizeof address));
    snprintf(string, sizeof string,
             "Server=127.0.0.1; Port=%s; securityMode=None; compression=false; outputMeasurements={" EVERYTHING "}",
             port_of(address));
    CHECK_OK(sttp_subscriber_open(subscriber, string));
    CHECK_STATUS(sttp_subscriber_open(subscriber, string), STTP_ERR_INVALID_STATE);
    CHECK_STATUS(sttp_publisher_open(publisher, NULL), STTP_ERR_INVALID_STATE);
    CHECK(await_count(&subscriptions, 1) == 1);
    publish_frames(publisher);
    check_all_arrived(&collection);

    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    collection_free(&collection);
}

/* What was configured, set, and subscribed before is opened with NULL; the publisher connects. */
static void configure_and_open(sttp_engine *engine) {
    char address[ADDRESS_SIZE], string[STRING_SIZE];
    struct collection collection;
    int subscriptions = 0;
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    sttp_subscriber *subscriber;
    collection_init(&collection, FRAMES * FIXTURE_SIGNALS);
    subscriber = new_subscriber(engine, &collection);

    CHECK_OK(sttp_subscriber_configure(subscriber, "server=nobody.invalid:1; version=3"));
    CHECK_OK(sttp_subscriber_configure(subscriber, "server=; port=0; interface=127.0.0.1"));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_COMPRESSION, "false"));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_open(subscriber, NULL));
    CHECK_OK(sttp_subscriber_address(subscriber, address, sizeof address));
    snprintf(string, sizeof string, "server=127.0.0.1:%s; retryInterval=10; maxRetryInterval=50", port_of(address));
    CHECK_OK(sttp_publisher_configure(publisher, string));
    CHECK_OK(sttp_publisher_open(publisher, NULL));
    CHECK_STATUS(sttp_publisher_open(publisher, string), STTP_ERR_INVALID_STATE);
    CHECK(await_count(&subscriptions, 1) == 1);
    publish_frames(publisher);
    check_all_arrived(&collection);

    sttp_publisher_free(publisher);
    sttp_subscriber_free(subscriber);
    collection_free(&collection);
}

static const char *const wrong[] = {
    "servr=localhost:1",
    "server",
    "=",
    "a=b=c",
    "server=localhost:1; server=localhost:1",
    "server={localhost:1",
    "server=localhost:1}",
    "server=localhost",
    "server=localhost:99999",
    "port=-1",
    "interface=everywhere; port=1",
    "securityMode=SSL; server=localhost:1",
    "commandChannel={commandChannel={server=localhost:1}}",
    "bufferBlockRetransmissionTimeout=NaN",
    "bufferBlockRetransmissionTimeout=1e400",
    "maxRetries=99999999999999999999",
    "retryInterval=2; maxRetryInterval=1",
    "\xff\xfe=\x80",
    "key\xc3=1",
};

/* Nothing of a string with a mistake is used, and the error says what it is. */
static void refuse_what_is_wrong(sttp_engine *engine) {
    sttp_subscriber *subscriber = NULL;
    sttp_publisher *publisher = NULL;
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    CHECK_OK(sttp_publisher_new(engine, &publisher));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_STATUS(sttp_subscriber_configure(subscriber, wrong[i]), STTP_ERR_INVALID_ARGUMENT);
        CHECK(strlen(sttp_last_error()) > 20);
        CHECK_STATUS(sttp_subscriber_open(subscriber, wrong[i]), STTP_ERR_INVALID_ARGUMENT);
        CHECK_STATUS(sttp_publisher_configure(publisher, wrong[i]), STTP_ERR_INVALID_ARGUMENT);
        CHECK(strlen(sttp_last_error()) > 20);
        CHECK_STATUS(sttp_publisher_open(publisher, wrong[i]), STTP_ERR_INVALID_ARGUMENT);
    }
    CHECK_STATUS(sttp_subscriber_configure(subscriber, "servr=localhost:1"), STTP_ERR_INVALID_ARGUMENT);
    CHECK(strstr(sttp_last_error(), "did you mean server?") != NULL);

    /* Neither says where. */
    CHECK_OK(sttp_subscriber_configure(subscriber, ""));
    CHECK_STATUS(sttp_subscriber_open(subscriber, ""), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_open(subscriber, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_open(publisher, " ; "), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_open(publisher, NULL), STTP_ERR_INVALID_ARGUMENT);

    CHECK_STATUS(sttp_subscriber_configure(NULL, ""), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_configure(subscriber, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_subscriber_open(NULL, "server=localhost:1"), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_configure(NULL, ""), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_configure(publisher, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_publisher_open(NULL, "port=0"), STTP_ERR_INVALID_ARGUMENT);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
}

/* A megabyte of braces, of one key, of many keys. */
static void refuse_what_is_long(sttp_engine *engine) {
    const size_t size = 1u << 20;
    const char *const patterns[] = {"{", "}", "x", "a=1;", "server=;", ";", "={}"};
    char *text = (char *)malloc(size + 1);
    sttp_subscriber *subscriber = NULL;
    CHECK_OK(sttp_subscriber_new(engine, &subscriber));
    for (size_t i = 0; text != NULL && i < sizeof patterns / sizeof patterns[0]; i++) {
        const size_t length = strlen(patterns[i]);
        const size_t used = size / length * length;
        for (size_t at = 0; at < used; at++) {
            text[at] = patterns[i][at % length];
        }
        text[used] = '\0';
        /* Semicolons alone say nothing, which is no mistake. */
        CHECK_STATUS(sttp_subscriber_configure(subscriber, text),
                     strcmp(patterns[i], ";") == 0 ? STTP_OK : STTP_ERR_INVALID_ARGUMENT);
    }
    free(text);
    sttp_subscriber_free(subscriber);
}

int main(void) {
    sttp_engine *engine = NULL;
    CHECK_OK(sttp_engine_new(&engine));
    open_and_receive(engine);
    configure_and_open(engine);
    refuse_what_is_wrong(engine);
    refuse_what_is_long(engine);
    sttp_engine_free(engine);
    return check_report("test_connection_strings");
}
