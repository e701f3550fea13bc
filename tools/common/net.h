/* TCP for what the library does not do: serving metrics, and looking at a connection step by step. Addresses are HOST:PORT,
 * IPv6 as [ADDRESS]:PORT. Nothing here waits longer than it is told. */
#ifndef STTP_NET_H
#define STTP_NET_H

#include <stddef.h>
#include <stdint.h>

#define NET_NONE (-1)
#define NET_HOST_SIZE 256
#define NET_PORT_SIZE 8
#define NET_TEXT_SIZE 80
#define NET_MOST_ADDRESSES 16

/* A socket; NET_NONE: none. */
typedef intptr_t net_socket;

/* What a name stands for. */
struct net_address {
    char text[NET_TEXT_SIZE]; /* without the port */
    uint32_t length;
    union {
        uint64_t aligned;
        unsigned char bytes[128];
    } socket; /* as the system has it */
};

/* Before everything else. 0, or -1 where the system has no network. */
int net_begin(void);

/* Parts of an address; 0, or -1 when it is none. A host may be missing, and is empty then. */
int net_split(const char *address, char host[NET_HOST_SIZE], char port[NET_PORT_SIZE]);

/* The addresses of a host, the first NET_MOST_ADDRESSES of them. Takes as long as the system takes. How many, or -1 with
 * the reason in `problem`. */
int net_resolve(const char *host, const char *port, struct net_address addresses[NET_MOST_ADDRESSES], char *problem,
                size_t size);

/* Listens on an address; `bound` receives where. NET_NONE with the reason in `problem`. */
net_socket net_listen(const struct net_address *address, char bound[NET_TEXT_SIZE + NET_PORT_SIZE], char *problem,
                      size_t size);

/* Who connects within so many seconds; NET_NONE: nobody. */
net_socket net_accept(net_socket listener, double seconds);

/* The address of this machine that packets to another one leave from; 0, or -1 with the reason in `problem`. Sends
 * nothing. */
int net_route(const struct net_address *address, char from[NET_TEXT_SIZE], char *problem, size_t size);

/* How an attempt to connect can fail. */
enum net_failure { NET_REFUSED, NET_TIMED_OUT, NET_UNREACHABLE, NET_FAILED };

/* Connects within so many seconds. NET_NONE with the reason. */
net_socket net_connect(const struct net_address *address, double seconds, enum net_failure *failure, char *problem,
                       size_t size);

/* What comes within so many seconds, as soon as something does: how many bytes, 0 at the end of the connection, or when it
 * broke, -1 when nothing came. */
int net_receive(net_socket connection, void *buffer, size_t size, double seconds);

/* Sends all of it within so many seconds; 0, or -1 when the other side did not take it. */
int net_send(net_socket connection, const void *bytes, size_t length, double seconds);

/* Sends as much as there is room for now: how many bytes, or -1 when the connection is broken. */
int net_send_some(net_socket connection, const void *bytes, size_t length);

/* Says that nothing more will be sent. */
void net_end_sending(net_socket connection);

void net_close(net_socket socket);

/* What is waited for at a socket: room to send, or else something that comes, a connection of a listener among it. */
struct net_wanted {
    net_socket socket;
    int is_room;
    int is_ready; /* set by net_wait; a broken connection is ready, too */
};

/* Waits until something is ready, no longer than so many seconds; up to NET_MOST_WANTED sockets. */
#define NET_MOST_WANTED 32
void net_wait(struct net_wanted *wanted, size_t count, double seconds);

#endif
