/* Block links over what loses and damages: UDP with loss, and a serial line; and certificates that change. All that has
 * sockets, terminals and programs of POSIX. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* for pseudo-terminals */
#endif
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "links.h"

/* -- certificates -- */

static void test_certificates_are_read_again(void) {
    char folder[] = "/tmp/sttp_link_XXXXXX", command[512], string[512], file[64];
    sttp_block_link *link = NULL;
    CHECK_OK(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, "link=tcp:127.0.0.1:9", &link));
    CHECK_STATUS(sttp_block_link_reload_certificates(link), STTP_ERR_INVALID_STATE);
    sttp_block_link_free(link);
    CHECK_STATUS(sttp_block_link_reload_certificates(NULL), STTP_ERR_INVALID_ARGUMENT);

    CHECK(mkdtemp(folder) != NULL);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=link "
             "-keyout %s/key -out %s/certificate 2>/dev/null",
             folder, folder);
    CHECK(system(command) == 0);
    snprintf(string, sizeof string,
             "link=tcp:127.0.0.1:9; linkEncryption=required; localCertificate=%s/certificate; localPrivateKey=%s/key; "
             "remoteCertificate=%s/certificate",
             folder, folder, folder);
    CHECK_OK(sttp_block_link_new(NULL, STTP_BLOCK_LINK_SERVER, string, &link));
    CHECK_OK(sttp_block_link_reload_certificates(link));
    snprintf(file, sizeof file, "%s/key", folder);
    CHECK(unlink(file) == 0);
    CHECK_STATUS(sttp_block_link_reload_certificates(link), STTP_ERR_INVALID_ARGUMENT);
    sttp_block_link_free(link);
    snprintf(file, sizeof file, "%s/certificate", folder);
    CHECK(unlink(file) == 0 && rmdir(folder) == 0);
}

/* -- UDP with loss -- */

/* Passes datagrams on, and loses every so many. */
struct relay {
    int socket;
    struct sockaddr_in to;
    int every; /* is lost; 0: none */
    int lost;
    int stop;
    pthread_t thread;
};

static void *relay_run(void *user_data) {
    struct relay *relay = (struct relay *)user_data;
    uint8_t bytes[65536];
    for (int number = 1; !get(&relay->stop); ) {
        struct pollfd ready = {relay->socket, POLLIN, 0};
        if (poll(&ready, 1, 20) <= 0) {
            continue;
        }
        ssize_t count = recv(relay->socket, bytes, sizeof bytes, 0);
        int every = get(&relay->every);
        if (every != 0 && number++ % every == 0) {
            add_one(&relay->lost);
        } else if (count > 0) {
            CHECK(sendto(relay->socket, bytes, (size_t)count, 0, (struct sockaddr *)&relay->to, sizeof relay->to) == count);
        }
    }
    return NULL;
}

/* Its port. */
static int relay_init(struct relay *relay, int port) {
    struct sockaddr_in own;
    socklen_t size = sizeof own;
    memset(relay, 0, sizeof *relay);
    memset(&own, 0, sizeof own);
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    relay->to = own;
    relay->to.sin_port = htons((uint16_t)port);
    relay->socket = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(relay->socket >= 0 && bind(relay->socket, (struct sockaddr *)&own, sizeof own) == 0 &&
          getsockname(relay->socket, (struct sockaddr *)&own, &size) == 0);
    CHECK(pthread_create(&relay->thread, NULL, relay_run, relay) == 0);
    return ntohs(own.sin_port);
}

static void relay_free(struct relay *relay) {
    add_one(&relay->stop);
    pthread_join(relay->thread, NULL);
    close(relay->socket);
}

/* Checks that what came is some of `frames` frames of fill_frame(), in order and unchanged; how many that is. */
static size_t check_some(const struct collection *collection, int frames) {
    sttp_measurement frame[FIXTURE_SIGNALS];
    const size_t count = (size_t)get(&collection->count);
    size_t next = 0;
    for (int i = 0; i < frames; i++) {
        fill_frame(frame, i);
        for (int j = 0; j < FIXTURE_SIGNALS && next < count; j++) {
            const sttp_measurement *received = &collection->measurements[next];
            next += same_guid(&received->signal_id, &frame[j].signal_id) && received->timestamp == frame[j].timestamp &&
                    received->value == frame[j].value && received->flags == frame[j].flags;
        }
    }
    CHECK(next == count);
    return count;
}

#define LOSSY_FRAMES 400

static void test_udp_with_loss(void) {
    struct side publisher, subscriber;
    struct relay relay;
    char string[128];
    int port = 0;
    side_init(&subscriber, STTP_BLOCK_LINK_CLIENT, "link=udp-listen:127.0.0.1:0; oneWay=true");
    CHECK_OK(sttp_block_link_open(subscriber.link));
    CHECK(await_count(&subscriber.opened, 1) == 1);
    CHECK(sscanf(subscriber.address, "UDP port %d", &port) == 1);
    snprintf(string, sizeof string, "link=udp:127.0.0.1:%d; oneWay=true; repeatInterval=0.2", relay_init(&relay, port));
    side_init(&publisher, STTP_BLOCK_LINK_SERVER, string);
    CHECK_OK(sttp_block_link_open(publisher.link));
    CHECK(await_count(&publisher.opened, 1) == 1 && await_count(&subscriber.agreed, 1) == 1);
    CHECK(await_count(&subscriber.metadata, 1) == 1);
    /* The first frame says what all signals are. */
    side_publish(&publisher, 0, 1);
    CHECK(await_count(&subscriber.collection.count, FIXTURE_SIGNALS) == FIXTURE_SIGNALS);
    __atomic_store_n(&relay.every, 10, __ATOMIC_SEQ_CST);
    side_publish(&publisher, 1, LOSSY_FRAMES);
    CHECK(await_count(&relay.lost, 5) >= 5);
    __atomic_store_n(&relay.every, 0, __ATOMIC_SEQ_CST);
    await_blocks(&publisher, &subscriber);
    const sttp_block_link_session_counters sent = side_counters(&publisher), came = side_counters(&subscriber);
    const size_t delivered = check_some(&subscriber.collection, LOSSY_FRAMES);
    CHECK(sent.points_sent == (uint64_t)LOSSY_FRAMES * FIXTURE_SIGNALS && sent.points_dropped == 0);
    CHECK(came.points_received == delivered && delivered < sent.points_sent && delivered > sent.points_sent / 2);
    CHECK(came.blocks_lost >= (uint64_t)get(&relay.lost) && came.bytes_skipped == 0 && came.bad_checks == 0);
    CHECK(side_state(&subscriber) == STTP_BLOCK_LINK_RUNNING);
    relay_free(&relay);
    side_free(&publisher);
    side_free(&subscriber);
}

/* -- a serial line -- */

/* Two pseudo-terminals with a thread between them, as two machines with a cable. */
struct line {
    int masters[2];
    int slaves[2]; /* so that neither terminal hangs up */
    char names[2][64];
    int damage; /* every so many bytes that go to the second one a bit is turned; 0: none */
    int damaged;
    int is_held; /* nothing passes */
    int stop;
    pthread_t thread;
};

static void line_carry(struct line *line, int from) {
    uint8_t bytes[512];
    ssize_t count = read(line->masters[from], bytes, sizeof bytes);
    for (ssize_t i = 0; i < count; i++) {
        static int passed;
        int every = get(&line->damage);
        if (from == 0 && every != 0 && ++passed % every == 0) {
            bytes[i] ^= 0x10;
            add_one(&line->damaged);
        }
    }
    for (ssize_t sent = 0; sent < count && !get(&line->stop);) {
        ssize_t written = write(line->masters[1 - from], bytes + sent, (size_t)(count - sent));
        if (written > 0) {
            sent += written;
        } else {
            nap();
        }
    }
}

static void *line_run(void *user_data) {
    struct line *line = (struct line *)user_data;
    while (!get(&line->stop)) {
        struct pollfd ready[2] = {{line->masters[0], POLLIN, 0}, {line->masters[1], POLLIN, 0}};
        CHECK(poll(ready, 2, 20) >= 0);
        while (get(&line->is_held) && !get(&line->stop)) {
            nap();
        }
        for (int i = 0; i < 2; i++) {
            if (ready[i].revents & POLLIN) {
                line_carry(line, i);
            }
        }
    }
    return NULL;
}

static void line_init(struct line *line) {
    memset(line, 0, sizeof *line);
    for (int i = 0; i < 2; i++) {
        struct termios form;
        line->masters[i] = posix_openpt(O_RDWR | O_NOCTTY);
        CHECK(line->masters[i] >= 0 && grantpt(line->masters[i]) == 0 && unlockpt(line->masters[i]) == 0);
        snprintf(line->names[i], sizeof line->names[i], "%s", ptsname(line->masters[i]));
        line->slaves[i] = open(line->names[i], O_RDWR | O_NOCTTY);
        CHECK(line->slaves[i] >= 0 && tcgetattr(line->slaves[i], &form) == 0);
        form.c_iflag = form.c_oflag = form.c_lflag = 0;
        CHECK(tcsetattr(line->slaves[i], TCSANOW, &form) == 0);
    }
    CHECK(pthread_create(&line->thread, NULL, line_run, line) == 0);
}

static void line_free(struct line *line) {
    add_one(&line->stop);
    pthread_join(line->thread, NULL);
    for (int i = 0; i < 2; i++) {
        close(line->slaves[i]);
        close(line->masters[i]);
    }
}

static void test_serial(void) {
    struct line line;
    struct side publisher, subscriber;
    char string[160];
    sttp_block_link_agreement agreement;
    line_init(&line);
    snprintf(string, sizeof string, "link=serial:%s,115200,8N1; repeatInterval=0.5", line.names[0]);
    side_init(&publisher, STTP_BLOCK_LINK_SERVER, string);
    snprintf(string, sizeof string, "link=serial:%s,115200,8N1", line.names[1]);
    side_init(&subscriber, STTP_BLOCK_LINK_CLIENT, string);
    CHECK_OK(sttp_block_link_open(publisher.link));
    CHECK_OK(sttp_block_link_subscribe(subscriber.link, "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"));
    CHECK_OK(sttp_block_link_open(subscriber.link));
    CHECK(await_count(&publisher.subscribed, 1) >= 1);
    CHECK(await_count(&subscriber.metadata, 1) >= 1);
    side_publish(&publisher, 0, 50);
    CHECK(await_count(&subscriber.collection.count, 50 * FIXTURE_SIGNALS) == 50 * FIXTURE_SIGNALS);
    check_frames(subscriber.collection.measurements, (size_t)get(&subscriber.collection.count), 50);
    CHECK_OK(sttp_block_link_agreed(publisher.link, &agreement, sizeof agreement));
    CHECK(agreement.blocks == STTP_BLOCK_LINK_STANDARD_BLOCKS && agreement.stream == STTP_BLOCK_LINK_RAW_STREAM &&
          agreement.largest_block == 512 && agreement.peer == STTP_BLOCK_LINK_CLIENT);

    /* What waits for the line is waited for. */
    __atomic_store_n(&line.is_held, 1, __ATOMIC_SEQ_CST);
    for (int i = 50; i < 100; i++) {
        sttp_measurement frame[FIXTURE_SIGNALS];
        fill_frame(frame, i);
        CHECK_OK(sttp_block_link_publish(publisher.link, frame, FIXTURE_SIGNALS));
    }
    CHECK_STATUS(sttp_block_link_flush(publisher.link, 20), STTP_ERR_TIMEOUT);
    __atomic_store_n(&line.is_held, 0, __ATOMIC_SEQ_CST);
    CHECK_OK(sttp_block_link_flush(publisher.link, PATIENCE_MS));
    CHECK(await_count(&subscriber.collection.count, 100 * FIXTURE_SIGNALS) == 100 * FIXTURE_SIGNALS);
    check_frames(subscriber.collection.measurements, (size_t)get(&subscriber.collection.count), 100);

    /* From now on a bit is wrong now and then: what is hit is lost and counted, and nothing comes changed. */
    __atomic_store_n(&line.damage, 4001, __ATOMIC_SEQ_CST);
    side_publish(&publisher, 100, 200);
    __atomic_store_n(&line.damage, 0, __ATOMIC_SEQ_CST);
    await_blocks(&publisher, &subscriber);
    const sttp_block_link_session_counters sent = side_counters(&publisher), came = side_counters(&subscriber);
    const size_t delivered = check_some(&subscriber.collection, 200);
    CHECK(get(&line.damaged) > 3);
    CHECK(sent.points_sent == 200 * FIXTURE_SIGNALS && came.points_received == delivered && delivered < sent.points_sent);
    CHECK(came.blocks_lost > 0 && came.bytes_skipped > 0);
    side_free(&publisher);
    side_free(&subscriber);
    line_free(&line);

    /* A device that is not there is tried again, or given up. */
    side_init(&publisher, STTP_BLOCK_LINK_SERVER, "link=serial:/dev/no such line; autoReconnect=false");
    CHECK_OK(sttp_block_link_open(publisher.link));
    CHECK(await_count(&publisher.closed, 1) == 1 && publisher.reason == STTP_ERR_IO);
    CHECK(side_state(&publisher) == STTP_BLOCK_LINK_GAVE_UP);
    side_free(&publisher);
}

int main(void) {
    test_certificates_are_read_again();
    test_udp_with_loss();
    test_serial();
    return check_report("test_block_link_media");
}
