/* Who is let in, what each may, and what is told of it. */
#include "fixture.h"

#include <unistd.h>

#define INVALID STTP_ERR_INVALID_ARGUMENT

/* What the publisher decides, and was told. */
struct gate {
    const char *refusal; /* NULL: none */
    const char *rights;  /* NULL: the file's */
    const char *mistake; /* Rights that cannot be read, and nothing else; NULL: none */
    int asked;
    int accepted;
    int refused;
    int destroyed;
    uint64_t connection_id;
    char name[64];
};

static void decide(void *user_data, const sttp_peer *peer, sttp_admission *admission) {
    struct gate *gate = (struct gate *)user_data;
    CHECK(strncmp(peer->address, "127.0.0.1:", 10) == 0 && peer->tls == NULL && peer->outgoing == 0);
    if (gate->refusal != NULL) {
        CHECK_OK(sttp_admission_refuse(admission, gate->refusal));
    } else if (gate->mistake != NULL) {
        CHECK_STATUS(sttp_admission_grant(admission, "guest", gate->mistake), INVALID);
    } else if (gate->rights != NULL) {
        CHECK_STATUS(sttp_admission_grant(admission, "guest", "signls={ALLOW WHERE True}"), INVALID);
        CHECK(strstr(sttp_last_error(), "did you mean signals?") != NULL);
        CHECK_STATUS(sttp_admission_grant(admission, "guest", "signals={ALLOW}"), INVALID);
        CHECK_STATUS(sttp_admission_grant(admission, NULL, ""), INVALID);
        CHECK_STATUS(sttp_admission_grant(NULL, "guest", ""), INVALID);
        CHECK_STATUS(sttp_admission_refuse(admission, NULL), INVALID);
        CHECK_OK(sttp_admission_grant(admission, "guest", gate->rights));
    }
    add_one(&gate->asked);
}

static void note(void *user_data, const sttp_audit *audit) {
    struct gate *gate = (struct gate *)user_data;
    CHECK(audit->time > 0 && audit->left_out == 0 && strlen(audit->reason) > 0);
    CHECK(strstr(audit->line, audit->accepted ? "accepted" : "refused") != NULL);
    CHECK(strstr(audit->line, audit->peer->address) != NULL);
    if (audit->subject == STTP_AUDIT_CONNECTION) {
        snprintf(gate->name, sizeof gate->name, "%s", audit->name);
        gate->connection_id = audit->connection_id;
    }
    add_one(audit->accepted ? &gate->accepted : &gate->refused);
}

static void count_destroy(void *user_data) {
    add_one(&((struct gate *)user_data)->destroyed);
}

/* Signals that may be had, and those that may not. */
struct signals {
    int updates;
    int signals;
    int ended;
};

static void count_signals(void *user_data, uint32_t generation, const sttp_signal *const *signals, size_t count) {
    struct signals *seen = (struct signals *)user_data;
    (void)generation;
    (void)signals;
    __atomic_store_n(&seen->signals, (int)count, __ATOMIC_SEQ_CST);
    add_one(&seen->updates);
}

static void count_end(void *user_data, int32_t reason, const char *message) {
    (void)reason;
    (void)message;
    add_one(&((struct signals *)user_data)->ended);
}

static sttp_subscriber *subscribe(const char *address, struct signals *seen) {
    sttp_subscriber *subscriber = NULL;
    memset(seen, 0, sizeof *seen);
    CHECK_OK(sttp_subscriber_new(NULL, &subscriber));
    CHECK_OK(sttp_subscriber_on_subscription_updated(subscriber, count_signals, seen, NULL));
    CHECK_OK(sttp_subscriber_on_disconnected(subscriber, count_end, seen, NULL));
    CHECK_OK(sttp_subscriber_set(subscriber, STTP_SETTING_AUTO_RECONNECT, "false"));
    CHECK_OK(sttp_subscriber_subscribe(subscriber, EVERYTHING));
    CHECK_OK(sttp_subscriber_connect(subscriber, address));
    return subscriber;
}

static void check_decisions(sttp_publisher *publisher, const char *address, struct gate *gate) {
    struct signals seen;
    gate->refusal = "not on Sundays";
    sttp_subscriber *refused = subscribe(address, &seen);
    CHECK(await_count(&seen.ended, 1) == 1);
    CHECK(await_count(&gate->refused, 1) == 1);
    CHECK(seen.updates == 0);
    sttp_subscriber_free(refused);

    gate->refusal = NULL;
    gate->rights = "signals={ALLOW WHERE True}; deny={\"TESTER:FREQ1\"; TEST:2}; udp=false";
    sttp_subscriber *guest = subscribe(address, &seen);
    CHECK(await_count(&seen.updates, 1) == 1);
    CHECK(get(&seen.signals) == FIXTURE_SIGNALS - 2);
    CHECK(await_count(&gate->accepted, 2) >= 2);
    CHECK(strcmp(gate->name, "guest") == 0 && gate->connection_id != 0);

    CHECK_OK(sttp_publisher_set_rights(publisher, gate->connection_id, "friend", "allow=TEST:1"));
    CHECK(await_count(&seen.updates, 2) == 2);
    CHECK(get(&seen.signals) == 1);
    CHECK_STATUS(sttp_publisher_set_rights(publisher, gate->connection_id, NULL, "allow={"), INVALID);
    CHECK_STATUS(sttp_publisher_set_rights(publisher, UINT64_MAX, NULL, NULL), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_publisher_set_rights(NULL, 1, NULL, NULL), INVALID);
    CHECK_OK(sttp_publisher_set_rights(publisher, gate->connection_id, NULL, NULL));
    CHECK(await_count(&seen.updates, 3) == 3);
    CHECK(get(&seen.signals) == FIXTURE_SIGNALS);
    sttp_subscriber_free(guest);
    gate->rights = NULL;
}

/* A decision that fails lets nobody in. */
static void check_failed_decision(const char *address, struct gate *gate) {
    struct signals seen;
    int refused = get(&gate->refused);
    gate->mistake = "signls={ALLOW WHERE True}";
    sttp_subscriber *subscriber = subscribe(address, &seen);
    CHECK(await_count(&gate->refused, refused + 1) == refused + 1);
    CHECK(await_count(&seen.ended, 1) == 1);
    CHECK(seen.updates == 0);
    sttp_subscriber_free(subscriber);
    gate->mistake = NULL;
}

static void write_rights(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void check_file(sttp_engine *engine) {
    char path[] = "/tmp/sttp-test-rights-XXXXXX";
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    int subscriptions = 0;
    struct signals seen;
    int descriptor = mkstemp(path);
    CHECK(descriptor >= 0 && close(descriptor) == 0);
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    CHECK_STATUS(sttp_publisher_reload_rights(publisher), STTP_ERR_INVALID_STATE);
    CHECK_OK(sttp_publisher_set(publisher, STTP_SETTING_RIGHTS_FILE, path));
    write_rights(path, "[others]\nudp = true\n");
    CHECK_STATUS(sttp_publisher_start(publisher, address), INVALID);
    CHECK(strstr(sttp_last_error(), ":1: nothing tells which signals [others] may have") != NULL);
    write_rights(path, "[others]\nsignals = ALLOW WHERE True\ndeny = TEST:1\n");
    start(publisher, address);
    sttp_subscriber *subscriber = subscribe(address, &seen);
    CHECK(await_count(&seen.updates, 1) == 1);
    CHECK(get(&seen.signals) == FIXTURE_SIGNALS - 1);
    write_rights(path, "[others]\nsignals = ALLOW WHERE True\ndeny = TEST:1; TEST:2; TEST:3\n");
    CHECK_OK(sttp_publisher_reload_rights(publisher));
    CHECK(await_count(&seen.updates, 2) == 2);
    CHECK(get(&seen.signals) == FIXTURE_SIGNALS - 3);
    write_rights(path, "nonsense\n");
    CHECK_STATUS(sttp_publisher_reload_rights(publisher), INVALID);
    CHECK(strstr(sttp_last_error(), ":1: \"nonsense\" is neither a section nor key = value") != NULL);
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    unlink(path);
}

int main(void) {
    char address[ADDRESS_SIZE] = "127.0.0.1:0";
    struct gate gate;
    int subscriptions = 0;
    sttp_engine *engine = NULL;
    memset(&gate, 0, sizeof gate);
    CHECK_OK(sttp_engine_new(&engine));
    sttp_publisher *publisher = new_publisher(engine, &subscriptions);
    CHECK_OK(sttp_publisher_on_admit(publisher, decide, &gate, count_destroy));
    CHECK_OK(sttp_publisher_on_audit(publisher, note, &gate, count_destroy));
    CHECK_STATUS(sttp_publisher_on_admit(NULL, decide, NULL, NULL), INVALID);
    CHECK_STATUS(sttp_publisher_on_audit(NULL, note, NULL, NULL), INVALID);
    start(publisher, address);
    check_decisions(publisher, address, &gate);
    check_failed_decision(address, &gate);
    sttp_publisher_free(publisher);
    CHECK(gate.destroyed == 2 && gate.asked == 3);
    check_file(engine);
    sttp_engine_free(engine);
    return check_report("test_rights");
}
