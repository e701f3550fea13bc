#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../common/net.h"
#include "../common/tool.h"
#include "diagnose.h"

#define CONNECT_SECONDS 10.0
/* Servers that speak first do it at once. */
#define GREETING_SECONDS 0.5
#define ANSWER_SECONDS 1.0

/* The addresses of a name, with commas between them. */
static void list_addresses(const struct net_address *addresses, int count, char *text, size_t size) {
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < count && length < size; i++) {
        length += (size_t)snprintf(text + length, size - length, "%s%s", i > 0 ? ", " : "", addresses[i].text);
    }
}

/* The routes, which of all addresses there need not be. How many have one; they come first afterwards. */
static int find_routes(struct diagnosis *diagnosis, struct net_address *addresses, int count) {
    char problem[256] = "";
    char from[NET_TEXT_SIZE];
    char first[NET_TEXT_SIZE] = "";
    int found = 0;
    for (int i = 0; i < count; i++) {
        if (net_route(&addresses[i], from, problem, sizeof problem) == 0) {
            if (found == 0) {
                snprintf(first, sizeof first, "%s", from);
            }
            addresses[found++] = addresses[i];
        }
    }
    if (found == 0) {
        diagnosis_add(diagnosis, STEP_ROUTE, WRONG,
                      "check the cable and the network of this machine, its default gateway, and a VPN ('ip route get ADDRESS')",
                      "there is no way from this machine to %s: %s", addresses[0].text, problem);
    } else {
        diagnosis_add(diagnosis, STEP_ROUTE, GOOD, NULL, "packets to %s leave from %s", addresses[0].text, first);
    }
    return found;
}

static const char *advice_on(enum net_failure failure) {
    switch (failure) {
    case NET_REFUSED:
        return "the machine is there, but nobody listens on this port: start the publisher, check the port, and that it does "
               "not listen on 127.0.0.1 only";
    case NET_TIMED_OUT:
        return "no answer at all: the machine is off, the address is another's, or a firewall drops packets to this port";
    case NET_UNREACHABLE:
        return "a router on the way says that it cannot go on: check address, routes and VPN";
    case NET_FAILED:
        break;
    }
    return "see what the system says, and try another machine";
}

static int connect_to_one(struct diagnosis *diagnosis, const struct net_address *addresses, int count, const char *port,
                          double timeout) {
    char problem[256] = "";
    enum net_failure failure = NET_FAILED;
    for (int i = 0; i < count; i++) {
        double start = tool_clock();
        net_socket connection =
            net_connect(&addresses[i], fmin(timeout, CONNECT_SECONDS), &failure, problem, sizeof problem);
        if (connection != NET_NONE) {
            double milliseconds = (tool_clock() - start) * 1000.0;
            net_close(connection);
            diagnosis_add(diagnosis, STEP_CONNECT, GOOD, NULL, "%s accepts connections to port %s, after %.1f ms",
                          addresses[i].text, port, milliseconds);
            return 0;
        }
    }
    diagnosis_add(diagnosis, STEP_CONNECT, WRONG, advice_on(failure), "no connection to port %s of %s: %s", port,
                  addresses[count - 1].text, problem);
    return -1;
}

int diagnose_network(struct diagnosis *diagnosis, const char *address, double timeout) {
    struct net_address addresses[NET_MOST_ADDRESSES];
    char host[NET_HOST_SIZE];
    char port[NET_PORT_SIZE];
    char problem[256] = "";
    char listed[512];
    if (net_begin() != 0 || net_split(address, host, port) != 0 || host[0] == '\0') {
        diagnosis_add(diagnosis, STEP_NAME, WRONG, "give HOST:PORT, or [ADDRESS]:PORT for IPv6", "'%s' is no address", address);
        return -1;
    }
    int count = net_resolve(host, port, addresses, problem, sizeof problem);
    if (count <= 0) {
        diagnosis_add(diagnosis, STEP_NAME, WRONG,
                      "check how it is written, and that name service works here ('getent hosts NAME'); or give its IP address",
                      "there is no address for %s: %s", host, problem);
        return -1;
    }
    list_addresses(addresses, count, listed, sizeof listed);
    if (count == 1 && strcmp(host, addresses[0].text) == 0) {
        diagnosis_add(diagnosis, STEP_NAME, GOOD, NULL, "%s is an address", host);
    } else {
        diagnosis_add(diagnosis, STEP_NAME, GOOD, NULL, "%s is %s", host, listed);
    }
    count = find_routes(diagnosis, addresses, count);
    return count > 0 ? connect_to_one(diagnosis, addresses, count, port, timeout) : -1;
}

/* -- strangers -- */

/* What begins so; NULL when nobody knows. */
static const char *name_stranger(const char *bytes, int count) {
    static const struct {
        const char *begins;
        const char *name;
    } known[] = {
        {"HTTP/", "a web server (HTTP)"},       {"SSH-", "a secure shell (SSH)"},
        {"220 ", "a server of mail or files"},  {"RFB ", "a remote screen (VNC)"},
        {"\x15\x03", "a server that speaks TLS"}, {"\xAA", "a C37.118 device; sttp-c37118 is for those"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t length = strlen(known[i].begins);
        if ((size_t)count >= length && memcmp(bytes, known[i].begins, length) == 0) {
            return known[i].name;
        }
    }
    return NULL;
}

const char *diagnose_stranger(const char *address) {
    static const char question[] = "GET / HTTP/1.0\r\n\r\n";
    struct net_address addresses[NET_MOST_ADDRESSES];
    char host[NET_HOST_SIZE];
    char port[NET_PORT_SIZE];
    char problem[256];
    char bytes[64];
    enum net_failure failure;
    const char *name = NULL;
    if (net_split(address, host, port) != 0 || net_resolve(host, port, addresses, problem, sizeof problem) <= 0) {
        return NULL;
    }
    net_socket connection = net_connect(&addresses[0], CONNECT_SECONDS, &failure, problem, sizeof problem);
    if (connection == NET_NONE) {
        return NULL;
    }
    int count = net_receive(connection, bytes, sizeof bytes, GREETING_SECONDS);
    if (count < 0 && net_send(connection, question, sizeof question - 1, ANSWER_SECONDS) == 0) {
        count = net_receive(connection, bytes, sizeof bytes, ANSWER_SECONDS);
    }
    if (count > 0) {
        name = name_stranger(bytes, count);
    }
    net_close(connection);
    return name;
}
