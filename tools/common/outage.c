#include "outage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "sttp.h"
#include "text.h"
#include "tool.h"

/* Short outages are told by the messages of the library alone. Long ones are told less and less often. */
#define FIRST_SIGN_SECONDS 2.5
#define LEAST_BETWEEN_SECONDS 10.0
#define MOST_BETWEEN_SECONDS 300.0

struct outage {
    struct outage *next;
    double since; /* of tool_clock */
    double next_sign;
    uint32_t attempts;
    char peer[];
};

/* The place that points to the outage of a peer, or where the list ends. */
static struct outage **find(struct outages *outages, const char *peer) {
    struct outage **place = &outages->first;
    while (*place != NULL && strcmp((*place)->peer, peer) != 0) {
        place = &(*place)->next;
    }
    return place;
}

/* Makes one at the end of the list. NULL when there is no memory: then nothing is said of it. */
static struct outage *begin(struct outage **place, const char *peer, double now) {
    struct outage *outage = (struct outage *)malloc(sizeof *outage + strlen(peer) + 1);
    if (outage != NULL) {
        outage->next = NULL;
        outage->since = now;
        outage->next_sign = now + FIRST_SIGN_SECONDS;
        memcpy(outage->peer, peer, strlen(peer) + 1);
        *place = outage;
    }
    return outage;
}

static void say(const char *peer, double lasted, uint32_t failed, uint32_t delay_ms) {
    char duration[TOOL_DURATION_SIZE];
    tool_duration(lasted, duration);
    tool_log(STTP_LOG_WARNING, "no connection with %s for %s, %lu attempt%s failed; the next one in %.1f s", peer, duration,
             (unsigned long)failed, tool_plural(failed), delay_ms / 1000.0);
    tool_status("No connection with %s for %s, %lu attempt%s failed", peer, duration, (unsigned long)failed,
                tool_plural(failed));
}

void outage_attempt(struct outages *outages, const char *peer, uint32_t attempt, uint32_t delay_ms) {
    double now = tool_clock();
    double lasted = 0.0;
    int is_due = 0;
    pthread_mutex_lock(&outages->lock);
    struct outage **place = find(outages, peer);
    struct outage *outage = *place != NULL ? *place : begin(place, peer, now);
    if (outage != NULL && attempt == 1) {
        /* Of an outage before, whose end came from an address that its name does not stand for any more. */
        outage->since = now;
        outage->next_sign = now + FIRST_SIGN_SECONDS;
    }
    if (outage != NULL) {
        outage->attempts = attempt;
        lasted = now - outage->since;
        is_due = now >= outage->next_sign;
        if (is_due) {
            outage->next_sign = now + fmin(fmax(lasted, LEAST_BETWEEN_SECONDS), MOST_BETWEEN_SECONDS);
        }
    }
    pthread_mutex_unlock(&outages->lock);
    if (is_due) {
        say(peer, lasted, attempt - 1, delay_ms);
    }
}

void outage_end(struct outages *outages, const char *peer) {
    char duration[TOOL_DURATION_SIZE];
    pthread_mutex_lock(&outages->lock);
    struct outage **place = find(outages, peer);
    struct outage *outage = *place;
    if (outage != NULL) {
        *place = outage->next;
    }
    pthread_mutex_unlock(&outages->lock);
    if (outage != NULL && tool_clock() - outage->since >= FIRST_SIGN_SECONDS) {
        tool_duration(tool_clock() - outage->since, duration);
        tool_log(STTP_LOG_INFO, "connected with %s again after %s, at attempt %lu", peer, duration,
                 (unsigned long)outage->attempts);
    }
    free(outage);
}

/* Whether a peer is there. The library has just resolved its name, so that the system does not take long for it. */
static int is_at(const char *peer, const char *host, const char *port) {
    struct net_address addresses[NET_MOST_ADDRESSES];
    char peer_host[NET_HOST_SIZE];
    char peer_port[NET_PORT_SIZE];
    char problem[256];
    if (net_split(peer, peer_host, peer_port) != 0 || strcmp(peer_port, port) != 0) {
        return 0;
    }
    int count = net_begin() == 0 ? net_resolve(peer_host, peer_port, addresses, problem, sizeof problem) : 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(addresses[i].text, host) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The peers without a connection, a line each. */
static void list_peers(struct outages *outages, struct text *peers) {
    pthread_mutex_lock(&outages->lock);
    for (const struct outage *outage = outages->first; outage != NULL; outage = outage->next) {
        text_add(peers, "%s\n", outage->peer);
    }
    pthread_mutex_unlock(&outages->lock);
}

void outage_end_at(struct outages *outages, const char *address) {
    char host[NET_HOST_SIZE];
    char port[NET_PORT_SIZE];
    struct text peers = {0};
    list_peers(outages, &peers);
    int has_parts = net_split(address, host, port) == 0;
    for (char *peer = peers.bytes; peer != NULL && *peer != '\0' && !peers.failed;) {
        char *end = strchr(peer, '\n');
        *end = '\0';
        if (strcmp(peer, address) == 0 || (has_parts && is_at(peer, host, port))) {
            outage_end(outages, peer);
            break;
        }
        peer = end + 1;
    }
    text_free(&peers);
}

void outage_end_only(struct outages *outages) {
    struct text peers = {0};
    list_peers(outages, &peers);
    if (peers.bytes != NULL && !peers.failed && peers.length > 0) {
        *strchr(peers.bytes, '\n') = '\0';
        outage_end(outages, peers.bytes);
    }
    text_free(&peers);
}

void outages_free(struct outages *outages) {
    while (outages->first != NULL) {
        struct outage *next = outages->first->next;
        free(outages->first);
        outages->first = next;
    }
    pthread_mutex_destroy(&outages->lock);
}
