/* Answers requests of HTTP on a thread of its own: GET and HEAD, one for each connection. Whoever asks slowly, or takes the
 * answer slowly, holds up nobody else. */
#ifndef STTP_HTTP_SERVER_H
#define STTP_HTTP_SERVER_H

#include <stddef.h>

#include "net.h"
#include "text.h"

/* What a path is answered with. */
struct http_answer {
    const char *status; /* such as "200 OK" */
    const char *type;   /* of the content */
    struct text body;   /* freed by the server; one that has failed becomes status 500 */
};

/* The answer for a path of `length` bytes, which does not end with a NUL. Called on the server's thread. */
typedef void (*http_respond)(const char *path, size_t length, struct http_answer *answer);

/* Answers at an address until http_server_end; `bound` receives which it is. One server for a process. 0, or -1 with the
 * reason in `problem`. */
int http_server_begin(const struct net_address *address, http_respond respond, char bound[NET_TEXT_SIZE + NET_PORT_SIZE],
                      char *problem, size_t size);

/* `respond` is not called any more when this returns. Nothing when there is no server. */
void http_server_end(void);

#endif
