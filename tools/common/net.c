#ifdef _WIN32
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

#include "net.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "system.h"

/* Who waits to be accepted. */
#define BACKLOG 128

/* -- what Windows calls otherwise -- */

#ifdef _WIN32

#define WOULD_BLOCK WSAEWOULDBLOCK
#define IN_PROGRESS WSAEWOULDBLOCK
#define REFUSED WSAECONNREFUSED
#define TIMED_OUT WSAETIMEDOUT
#define NO_NETWORK WSAENETUNREACH
#define NO_HOST WSAEHOSTUNREACH
#define SEND_FLAGS 0
typedef int socket_size;
typedef SOCKET system_socket;
typedef WSAPOLLFD poll_entry;
typedef ULONG poll_count;
#define poll WSAPoll

static int last_error(void) {
    return WSAGetLastError();
}

static void describe(int error, char *problem, size_t size) {
    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, (DWORD)error, 0, problem,
                                  (DWORD)size, NULL);
    while (length > 0 && (problem[length - 1] == '\r' || problem[length - 1] == '\n' || problem[length - 1] == '.')) {
        problem[--length] = '\0';
    }
    if (length == 0) {
        snprintf(problem, size, "error %d of the system", error);
    }
}

static int do_not_block(net_socket socket) {
    u_long on = 1;
    return ioctlsocket((SOCKET)socket, FIONBIO, &on);
}

static void close_at_once(net_socket socket) {
    closesocket((SOCKET)socket);
}

int net_begin(void) {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0 ? 0 : -1;
}

#else

#define WOULD_BLOCK EWOULDBLOCK
#define IN_PROGRESS EINPROGRESS
#define REFUSED ECONNREFUSED
#define TIMED_OUT ETIMEDOUT
#define NO_NETWORK ENETUNREACH
#define NO_HOST EHOSTUNREACH
#define SEND_FLAGS MSG_NOSIGNAL
#define SD_SEND SHUT_WR
typedef socklen_t socket_size;
typedef int system_socket;
typedef struct pollfd poll_entry;
typedef nfds_t poll_count;

static int last_error(void) {
    return errno;
}

static void describe(int error, char *problem, size_t size) {
    snprintf(problem, size, "%s", strerror(error));
}

static int do_not_block(net_socket socket) {
    int flags = fcntl((int)socket, F_GETFL, 0);
    return flags < 0 || fcntl((int)socket, F_SETFD, FD_CLOEXEC) != 0 ? -1 : fcntl((int)socket, F_SETFL, flags | O_NONBLOCK);
}

static void close_at_once(net_socket socket) {
    close((int)socket);
}

int net_begin(void) {
    return 0;
}

#endif

/* -- addresses -- */

int net_split(const char *address, char host[NET_HOST_SIZE], char port[NET_PORT_SIZE]) {
    const char *colon = strrchr(address, ':');
    const char *digits = colon != NULL ? colon + 1 : address;
    size_t length = colon != NULL ? (size_t)(colon - address) : 0;
    size_t count = strlen(digits);
    if (count == 0 || count >= NET_PORT_SIZE || digits[strspn(digits, "0123456789")] != '\0' || length >= NET_HOST_SIZE) {
        return -1;
    }
    if (length > 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    } else if (memchr(address, ':', length) != NULL) {
        return -1;
    }
    memcpy(host, address, length);
    host[length] = '\0';
    memcpy(port, digits, count + 1);
    return 0;
}

static void name_address(const struct sockaddr *socket, socket_size length, char *text, size_t size, char *port,
                         size_t port_size) {
    if (getnameinfo(socket, length, text, (socket_size)size, port, (socket_size)port_size,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        snprintf(text, size, "?");
    }
}

int net_resolve(const char *host, const char *port, struct net_address addresses[NET_MOST_ADDRESSES], char *problem,
                size_t size) {
    struct addrinfo hints;
    struct addrinfo *found = NULL;
    int count = 0;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        snprintf(problem, size, "%s", gai_strerror(error));
        return -1;
    }
    for (const struct addrinfo *each = found; each != NULL && count < NET_MOST_ADDRESSES; each = each->ai_next) {
        struct net_address *address = &addresses[count];
        if (each->ai_addrlen <= sizeof address->socket.bytes) {
            memset(address, 0, sizeof *address);
            memcpy(address->socket.bytes, each->ai_addr, each->ai_addrlen);
            address->length = (uint32_t)each->ai_addrlen;
            name_address(each->ai_addr, (socket_size)each->ai_addrlen, address->text, sizeof address->text, NULL, 0);
            count++;
        }
    }
    freeaddrinfo(found);
    return count;
}

static const struct sockaddr *of_system(const struct net_address *address) {
    return (const struct sockaddr *)(const void *)address->socket.bytes;
}

/* A socket that does not block. NET_NONE with the reason. */
static net_socket open_socket(const struct net_address *address, int kind, char *problem, size_t size) {
    net_socket opened = (net_socket)socket(of_system(address)->sa_family, kind, 0);
    if (opened == NET_NONE) {
        describe(last_error(), problem, size);
    } else if (do_not_block(opened) != 0) {
        describe(last_error(), problem, size);
        close_at_once(opened);
        opened = NET_NONE;
    }
    return opened;
}

void net_close(net_socket socket) {
    close_at_once(socket);
}

/* -- waiting -- */

static int milliseconds(double seconds) {
    return (int)ceil(seconds * 1000.0);
}

static int wait_for(net_socket socket, short events, double seconds) {
    poll_entry entry;
    memset(&entry, 0, sizeof entry);
    entry.fd = (system_socket)socket;
    entry.events = events;
    return poll(&entry, 1, milliseconds(seconds)) > 0;
}

void net_wait(struct net_wanted *wanted, size_t count, double seconds) {
    poll_entry entries[NET_MOST_WANTED];
    count = count < NET_MOST_WANTED ? count : NET_MOST_WANTED;
    memset(entries, 0, sizeof entries);
    for (size_t i = 0; i < count; i++) {
        entries[i].fd = (system_socket)wanted[i].socket;
        entries[i].events = wanted[i].is_room ? POLLOUT : POLLIN;
    }
    int ready = poll(entries, (poll_count)count, milliseconds(seconds));
    for (size_t i = 0; i < count; i++) {
        wanted[i].is_ready = ready > 0 && entries[i].revents != 0;
    }
}

/* -- who listens -- */

net_socket net_listen(const struct net_address *address, char bound[NET_TEXT_SIZE + NET_PORT_SIZE], char *problem,
                      size_t size) {
    struct net_address local;
    char text[NET_TEXT_SIZE];
    char port[NET_PORT_SIZE] = "";
    socket_size length = sizeof local.socket.bytes;
    net_socket listener = open_socket(address, SOCK_STREAM, problem, size);
    if (listener == NET_NONE) {
        return NET_NONE;
    }
#ifndef _WIN32
    /* There it would let somebody else take the port. */
    int on = 1;
    setsockopt((int)listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
#endif
    if (bind(listener, of_system(address), (socket_size)address->length) != 0 || listen(listener, BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr *)(void *)local.socket.bytes, &length) != 0) {
        describe(last_error(), problem, size);
        close_at_once(listener);
        return NET_NONE;
    }
    name_address((const struct sockaddr *)(const void *)local.socket.bytes, length, text, sizeof text, port, sizeof port);
    snprintf(bound, NET_TEXT_SIZE + NET_PORT_SIZE, strchr(text, ':') != NULL ? "[%.76s]:%s" : "%.76s:%s", text, port);
    return listener;
}

net_socket net_accept(net_socket listener, double seconds) {
    if (!wait_for(listener, POLLIN, seconds)) {
        return NET_NONE;
    }
    net_socket connection = (net_socket)accept(listener, NULL, NULL);
    if (connection != NET_NONE && do_not_block(connection) != 0) {
        close_at_once(connection);
        connection = NET_NONE;
    }
    return connection;
}

/* -- who connects -- */

int net_route(const struct net_address *address, char from[NET_TEXT_SIZE], char *problem, size_t size) {
    struct net_address local;
    socket_size length = sizeof local.socket.bytes;
    /* A socket of datagrams that is connected has a route, and nothing is sent. */
    net_socket opened = open_socket(address, SOCK_DGRAM, problem, size);
    if (opened == NET_NONE) {
        return -1;
    }
    int result = 0;
    if (connect(opened, of_system(address), (socket_size)address->length) != 0 ||
        getsockname(opened, (struct sockaddr *)(void *)local.socket.bytes, &length) != 0) {
        describe(last_error(), problem, size);
        result = -1;
    } else {
        name_address((const struct sockaddr *)(const void *)local.socket.bytes, length, from, NET_TEXT_SIZE, NULL, 0);
    }
    close_at_once(opened);
    return result;
}

static enum net_failure failure_of(int error) {
    return error == REFUSED                          ? NET_REFUSED
           : error == TIMED_OUT                      ? NET_TIMED_OUT
           : error == NO_NETWORK || error == NO_HOST ? NET_UNREACHABLE
                                                     : NET_FAILED;
}

net_socket net_connect(const struct net_address *address, double seconds, enum net_failure *failure, char *problem,
                       size_t size) {
    int error = 0;
    socket_size length = sizeof error;
    *failure = NET_FAILED;
    net_socket connection = open_socket(address, SOCK_STREAM, problem, size);
    if (connection == NET_NONE) {
        return NET_NONE;
    }
    if (connect(connection, of_system(address), (socket_size)address->length) != 0) {
        error = last_error();
        if (error == IN_PROGRESS) {
            error = TIMED_OUT;
            if (wait_for(connection, POLLOUT, seconds)) {
                getsockopt(connection, SOL_SOCKET, SO_ERROR, (void *)&error, &length);
            }
        }
    }
    if (error != 0) {
        *failure = failure_of(error);
        describe(error, problem, size);
        close_at_once(connection);
        return NET_NONE;
    }
    return connection;
}

/* -- bytes -- */

int net_receive(net_socket connection, void *buffer, size_t size, double seconds) {
    if (!wait_for(connection, POLLIN, seconds)) {
        return -1;
    }
    int count = (int)recv(connection, (char *)buffer, size, 0);
    return count < 0 ? (last_error() == WOULD_BLOCK ? -1 : 0) : count;
}

int net_send_some(net_socket connection, const void *bytes, size_t length) {
    int count = (int)send(connection, bytes, length, SEND_FLAGS);
    return count >= 0 ? count : last_error() == WOULD_BLOCK ? 0 : -1;
}

int net_send(net_socket connection, const void *bytes, size_t length, double seconds) {
    const char *next = (const char *)bytes;
    double until = system_clock() + seconds;
    for (;;) {
        int count = net_send_some(connection, next, length);
        if (count < 0) {
            return -1;
        }
        next += count;
        length -= (size_t)count;
        if (length == 0) {
            return 0;
        }
        double left = until - system_clock();
        if (count == 0 && (left <= 0.0 || !wait_for(connection, POLLOUT, left))) {
            return -1;
        }
    }
}

void net_end_sending(net_socket connection) {
    shutdown(connection, SD_SEND);
}
