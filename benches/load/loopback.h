/* Sockets of TCP on loopback. */
#ifndef LOAD_LOOPBACK_H
#define LOAD_LOOPBACK_H

#include <netinet/in.h>

/* Listens on a free port, which `address` tells, for so many at a time; -1 after saying why not. */
int listen_on_loopback(int backlog, struct sockaddr_in *address);

/* Has the system send what is written without waiting for more. 0, or -1. */
int send_at_once(int socket);

#endif
