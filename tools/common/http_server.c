#include "http_server.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "system.h"

/* So many are served at a time, each with an answer in memory. When one more comes, the one that was accepted first gives
 * way. */
#define MOST_CONNECTIONS 16
/* How long somebody may take to ask, to take the answer, and to close after it. */
#define REQUEST_SECONDS 5.0
#define ANSWER_SECONDS 10.0
#define CLOSE_SECONDS 0.5
/* How often the thread looks whether it is to end. */
#define LOOK_SECONDS 0.2
#define REQUEST_SIZE 4096

enum stage { FREE, ASKING, TAKING, CLOSING };

struct connection {
    enum stage stage;
    net_socket socket;
    uint64_t number; /* in the order in which they were accepted */
    double until;    /* when the stage has to be over */
    size_t length;   /* of the request so far */
    size_t sent;     /* of the answer */
    struct text answer;
    char request[REQUEST_SIZE];
};

static struct server {
    pthread_t thread;
    pthread_mutex_t lock;
    int running; /* behind the lock */
    net_socket listener;
    http_respond respond;
    uint64_t accepted;
    double accepts_at; /* not before, because the system had no connection for who waited */
    struct connection connections[MOST_CONNECTIONS];
} server = {.lock = PTHREAD_MUTEX_INITIALIZER, .listener = NET_NONE};

static void enter(struct connection *connection, enum stage stage, double seconds) {
    connection->stage = stage;
    connection->until = system_clock() + seconds;
}

static void drop(struct connection *connection) {
    net_close(connection->socket);
    text_free(&connection->answer);
    connection->stage = FREE;
}

/* -- the answer -- */

static void write_answer(struct text *text, const char *status, const char *type, const char *header,
                         const struct text *body, int with_body) {
    text_add(text, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n", status, type,
             body->length, header);
    if (with_body && body->length > 0) {
        text_add(text, "%s", body->bytes);
    }
}

static void make_answer(struct connection *connection) {
    const char *request = connection->request;
    int is_head = strncmp(request, "HEAD ", 5) == 0;
    const char *path = strncmp(request, "GET ", 4) == 0 ? request + 4 : is_head ? request + 5 : NULL;
    struct http_answer answer = {"405 Method Not Allowed", "text/plain", {0}};
    if (path == NULL) {
        text_add(&answer.body, "Only GET and HEAD are answered.\n");
    } else {
        server.respond(path, strcspn(path, " ?\r\n"), &answer);
    }
    if (answer.body.failed) {
        text_free(&answer.body);
        answer.status = "500 Internal Server Error";
    }
    write_answer(&connection->answer, answer.status, answer.type, path == NULL ? "Allow: GET, HEAD\r\n" : "", &answer.body,
                 !is_head);
    text_free(&answer.body);
}

/* -- stages; each goes as far as it can without waiting -- */

/* What came after the request is read and forgotten, so that closing does not take back the answer. */
static void go_on_closing(struct connection *connection) {
    char ignored[1024];
    int count = net_receive(connection->socket, ignored, sizeof ignored, 0.0);
    if (count == 0) {
        drop(connection);
    }
}

static void go_on_taking(struct connection *connection) {
    struct text *answer = &connection->answer;
    while (connection->sent < answer->length) {
        int count = net_send_some(connection->socket, answer->bytes + connection->sent, answer->length - connection->sent);
        if (count < 0) {
            drop(connection);
            return;
        }
        if (count == 0) {
            return;
        }
        connection->sent += (size_t)count;
    }
    net_end_sending(connection->socket);
    enter(connection, CLOSING, CLOSE_SECONDS);
}

static void go_on_asking(struct connection *connection) {
    size_t room = REQUEST_SIZE - 1 - connection->length;
    int count = net_receive(connection->socket, connection->request + connection->length, room, 0.0);
    if (count == 0) {
        drop(connection);
        return;
    }
    connection->length += count > 0 ? (size_t)count : 0;
    connection->request[connection->length] = '\0';
    /* Of a head that is longer the beginning is enough. */
    if (strstr(connection->request, "\r\n\r\n") == NULL && connection->length + 1 < REQUEST_SIZE) {
        return;
    }
    make_answer(connection);
    if (connection->answer.failed) {
        drop(connection);
        return;
    }
    enter(connection, TAKING, ANSWER_SECONDS);
    go_on_taking(connection);
}

static void go_on(struct connection *connection) {
    switch (connection->stage) {
    case FREE: break;
    case ASKING: go_on_asking(connection); break;
    case TAKING: go_on_taking(connection); break;
    case CLOSING: go_on_closing(connection); break;
    }
}

/* -- the server -- */

/* A free place, or that of the connection that was accepted first. */
static struct connection *place(void) {
    struct connection *first = server.connections;
    for (size_t i = 0; i < MOST_CONNECTIONS; i++) {
        struct connection *each = &server.connections[i];
        if (each->stage == FREE) {
            return each;
        }
        if (each->number < first->number) {
            first = each;
        }
    }
    drop(first);
    return first;
}

/* Who waits to be accepted. No more than there are places, so that those who have asked get their turn. */
static void accept_all(void) {
    for (size_t i = 0; i < MOST_CONNECTIONS; i++) {
        net_socket socket = net_accept(server.listener, 0.0);
        if (socket == NET_NONE) {
            if (i == 0) {
                /* No descriptors, perhaps: that does not pass at once. */
                server.accepts_at = system_clock() + LOOK_SECONDS;
            }
            return;
        }
        struct connection *connection = place();
        connection->socket = socket;
        connection->number = server.accepted++;
        connection->length = 0;
        connection->sent = 0;
        enter(connection, ASKING, REQUEST_SECONDS);
        /* Mostly the request is there already: answered before anybody can take the place. */
        go_on(connection);
    }
}

static void turn(void) {
    struct net_wanted wanted[MOST_CONNECTIONS + 1];
    struct connection *connections[MOST_CONNECTIONS + 1];
    size_t count = 0;
    for (size_t i = 0; i < MOST_CONNECTIONS; i++) {
        struct connection *each = &server.connections[i];
        if (each->stage != FREE) {
            wanted[count] = (struct net_wanted){each->socket, each->stage == TAKING, 0};
            connections[count++] = each;
        }
    }
    /* Behind the others. */
    int accepts = system_clock() >= server.accepts_at;
    wanted[count] = (struct net_wanted){server.listener, 0, 0};
    net_wait(wanted, count + (size_t)accepts, LOOK_SECONDS);
    for (size_t i = 0; i < count; i++) {
        if (wanted[i].is_ready) {
            go_on(connections[i]);
        }
        /* A stage that is not over in time, even if something comes all the while. */
        if (connections[i]->stage != FREE && system_clock() >= connections[i]->until) {
            drop(connections[i]);
        }
    }
    if (wanted[count].is_ready) {
        accept_all();
    }
}

static int is_running(void) {
    pthread_mutex_lock(&server.lock);
    int running = server.running;
    pthread_mutex_unlock(&server.lock);
    return running;
}

static void *run(void *unused) {
    (void)unused;
    while (is_running()) {
        turn();
    }
    for (size_t i = 0; i < MOST_CONNECTIONS; i++) {
        if (server.connections[i].stage != FREE) {
            drop(&server.connections[i]);
        }
    }
    return NULL;
}

int http_server_begin(const struct net_address *address, http_respond respond, char bound[NET_TEXT_SIZE + NET_PORT_SIZE],
                      char *problem, size_t size) {
    server.listener = net_listen(address, bound, problem, size);
    if (server.listener == NET_NONE) {
        return -1;
    }
    server.respond = respond;
    server.running = 1;
    int error = pthread_create(&server.thread, NULL, run, NULL);
    if (error != 0) {
        server.running = 0;
        net_close(server.listener);
        snprintf(problem, size, "cannot start a thread: %s", strerror(error));
        return -1;
    }
    return 0;
}

void http_server_end(void) {
    if (!is_running()) {
        return;
    }
    pthread_mutex_lock(&server.lock);
    server.running = 0;
    pthread_mutex_unlock(&server.lock);
    pthread_join(server.thread, NULL);
    net_close(server.listener);
}
