#include "links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/link.h"
#include "../common/metrics_library.h"
#include "../common/outage.h"
#include "../common/tool.h"

/* Without loss, so many measurements are handed to a link at a time: few enough for the shortest queue that it may have. */
#define AT_ONCE 128
/* How long is waited before an interruption is looked for. */
#define WAIT_MS 200
#define GRACE_SECONDS 2.0
#define CLOSE_SECONDS 10.0

struct one_link {
    struct links *links;
    sttp_block_link *handle;
    char place[256];
    int opened;        /* at least once; these are behind the lock */
    int failed;        /* it could not be opened, before it ever was */
    int is_subscribed; /* measurements go over it */
    int is_two_way;
    int is_file;
};

struct links {
    pthread_mutex_t lock;
    struct outages outages;
    int lossless;
    int has_failed; /* a file; behind the lock, as what follows */
    size_t subscribed;
    size_t most_subscribed;
    size_t count;
    struct one_link list[LINKS_MOST];
};

/* -- what happens to them -- */

/* Behind the lock. */
static void set_subscribed(struct one_link *link, int is_subscribed) {
    struct links *links = link->links;
    links->subscribed += (size_t)is_subscribed - (size_t)link->is_subscribed;
    link->is_subscribed = is_subscribed;
    links->most_subscribed = links->subscribed > links->most_subscribed ? links->subscribed : links->most_subscribed;
}

static void take_opened(void *user_data, uint64_t number, const char *address) {
    struct one_link *link = (struct one_link *)user_data;
    (void)number;
    tool_tell("Link %s is open: %s\n", link->place, address);
    outage_end(&link->links->outages, link->place);
    pthread_mutex_lock(&link->links->lock);
    link->opened = 1;
    if (!link->is_two_way) {
        set_subscribed(link, 1);
    }
    pthread_mutex_unlock(&link->links->lock);
    tool_wake();
}

static void take_agreed(void *user_data, uint64_t number, const sttp_block_link_agreement *agreement) {
    const struct one_link *link = (const struct one_link *)user_data;
    char told[256];
    (void)number;
    /* Of a one-way link, this is what was said here. */
    if (!link->is_two_way) {
        return;
    }
    tool_tell("Link %s: %s\n", link->place, link_agreement(agreement, told, sizeof told));
}

static void take_closed(void *user_data, uint64_t number, int32_t reason, const char *message) {
    struct one_link *link = (struct one_link *)user_data;
    (void)number;
    pthread_mutex_lock(&link->links->lock);
    link->failed |= !link->opened;
    link->links->has_failed |= link->is_file && reason != STTP_OK;
    set_subscribed(link, 0);
    pthread_mutex_unlock(&link->links->lock);
    (void)message; /* what went wrong, messages have told */
    tool_wake();
}

static void take_reopening(void *user_data, uint64_t number, uint32_t attempt, uint32_t delay_ms) {
    struct one_link *link = (struct one_link *)user_data;
    (void)number;
    outage_attempt(&link->links->outages, link->place, attempt, delay_ms);
}

static void take_subscribed(void *user_data, uint64_t number, size_t signals, const char *filter) {
    struct one_link *link = (struct one_link *)user_data;
    (void)number;
    if (filter != NULL) {
        tool_tell("Link %s: the other side subscribed to %zu signal%s: %s\n", link->place, signals, tool_plural(signals),
                  filter[0] != '\0' ? filter : "all");
    } else {
        tool_tell("Link %s: the other side wants nothing any more\n", link->place);
    }
    pthread_mutex_lock(&link->links->lock);
    set_subscribed(link, filter != NULL);
    pthread_mutex_unlock(&link->links->lock);
    tool_wake();
}

static void take_message(void *user_data, uint64_t number, int32_t level, const char *message) {
    const struct one_link *link = (const struct one_link *)user_data;
    (void)number;
    if (level <= STTP_LOG_WARNING) {
        tool_log(level, "link %s: %s", link->place, message);
    }
}

/* -- opening them -- */

/* 0, or -1 after saying why not. */
static int open_link(struct one_link *link, const char *text, const sttp_metadata *metadata) {
    sttp_block_link_info info;
    link_place(text, link->place, sizeof link->place);
    link->is_file = strstr(link->place, "file:") != NULL;
    link->handle = link_new(STTP_BLOCK_LINK_SERVER, text);
    if (link->handle == NULL) {
        return -1;
    }
    memset(&info, 0, sizeof info);
    if (sttp_block_link_state(link->handle, &info, sizeof info) != STTP_OK ||
        sttp_block_link_set_metadata(link->handle, metadata) != STTP_OK ||
        sttp_block_link_on_opened(link->handle, take_opened, link, NULL) != STTP_OK ||
        sttp_block_link_on_agreed(link->handle, take_agreed, link, NULL) != STTP_OK ||
        sttp_block_link_on_closed(link->handle, take_closed, link, NULL) != STTP_OK ||
        sttp_block_link_on_reopening(link->handle, take_reopening, link, NULL) != STTP_OK ||
        sttp_block_link_on_subscribed(link->handle, take_subscribed, link, NULL) != STTP_OK ||
        sttp_block_link_on_message(link->handle, take_message, link, NULL) != STTP_OK) {
        tool_library_error("cannot set up link %s", link->place);
        return -1;
    }
    link->is_two_way = info.is_two_way;
    if (sttp_block_link_open(link->handle) != STTP_OK) {
        tool_library_error("--link %s", text);
        return -1;
    }
    /* Where it listens is told with the port that the system chose. */
    char address[64];
    if (strncmp(link->place, "tcp-listen:", 11) == 0 &&
        sttp_block_link_address(link->handle, address, sizeof address) == STTP_OK) {
        snprintf(link->place, sizeof link->place, "tcp-listen:%s", address);
    }
    return 0;
}

/* Whether somebody else has to be there first. */
static int waits_for_others(const struct one_link *link) {
    return strncmp(link->place, "tcp", 3) == 0 || strncmp(link->place, "link=tcp", 8) == 0;
}

/* What needs nobody else is open soon, or it never will be as things are. 0, or -1 after saying why not. */
static int await_opening(struct one_link *link) {
    int opened = 0, failed = 0;
    while (!opened && !failed && !waits_for_others(link) && !tool_interrupted()) {
        tool_wait(0.05);
        pthread_mutex_lock(&link->links->lock);
        opened = link->opened;
        failed = link->failed;
        pthread_mutex_unlock(&link->links->lock);
    }
    if (failed) {
        tool_error("link %s cannot be opened", link->place);
    }
    return failed ? -1 : 0;
}

struct links *links_open(const char *const *texts, size_t count, const sttp_metadata *metadata, int lossless) {
    struct links *links = (struct links *)calloc(1, sizeof *links);
    if (links == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    pthread_mutex_init(&links->lock, NULL);
    pthread_mutex_init(&links->outages.lock, NULL);
    links->lossless = lossless;
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        struct one_link *link = &links->list[links->count++];
        link->links = links;
        result = open_link(link, texts[i], metadata);
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        result = await_opening(&links->list[i]);
    }
    if (result != 0) {
        links_free(links);
        return NULL;
    }
    return links;
}

void links_add_places(struct text *text, const struct links *links) {
    for (size_t i = 0; links != NULL && i < links->count; i++) {
        text_add(text, "%s%s", i == 0 ? "" : ", ", links->list[i].place);
    }
}

/* A number that callbacks write. */
static size_t read_number(struct links *links, const size_t *number) {
    pthread_mutex_lock(&links->lock);
    size_t read = *number;
    pthread_mutex_unlock(&links->lock);
    return read;
}

size_t links_most_subscribed(struct links *links) {
    return links != NULL ? read_number(links, &links->most_subscribed) : 0;
}

size_t links_subscribed(struct links *links) {
    return links != NULL ? read_number(links, &links->subscribed) : 0;
}

int links_have_failed(struct links *links) {
    int failed = 0;
    if (links != NULL) {
        pthread_mutex_lock(&links->lock);
        failed = links->has_failed;
        pthread_mutex_unlock(&links->lock);
    }
    return failed;
}

/* -- publishing -- */

/* After an interruption only some seconds are waited. */
static int32_t flush_link(sttp_block_link *link) {
    double until = -1.0;
    int32_t status = sttp_block_link_flush(link, WAIT_MS);
    while (status == STTP_ERR_TIMEOUT) {
        if (tool_interrupted() && until < 0.0) {
            until = tool_clock() + GRACE_SECONDS;
        }
        if (until >= 0.0 && tool_clock() > until) {
            break;
        }
        status = sttp_block_link_flush(link, WAIT_MS);
    }
    return status;
}

/* Too much waits for the engine only for a moment. */
static int32_t publish_some(sttp_block_link *link, const sttp_measurement *measurements, size_t count) {
    int32_t status = sttp_block_link_publish(link, measurements, count);
    while (status == STTP_ERR_WOULD_BLOCK && !tool_interrupted()) {
        tool_wait(0.001);
        status = sttp_block_link_publish(link, measurements, count);
    }
    return status;
}

int32_t links_publish(struct links *links, const sttp_measurement *measurements, size_t count) {
    int32_t status = STTP_OK;
    for (size_t i = 0; links != NULL && i < links->count && status == STTP_OK; i++) {
        sttp_block_link *link = links->list[i].handle;
        if (!links->lossless) {
            status = publish_some(link, measurements, count);
        }
        for (size_t done = 0; links->lossless && done < count && status == STTP_OK;) {
            size_t part = count - done < AT_ONCE ? count - done : AT_ONCE;
            status = publish_some(link, measurements + done, part);
            done += part;
            status = status == STTP_OK ? flush_link(link) : status;
        }
    }
    return status;
}

int32_t links_flush(struct links *links) {
    int32_t status = STTP_OK;
    for (size_t i = 0; links != NULL && i < links->count && status == STTP_OK; i++) {
        status = flush_link(links->list[i].handle);
    }
    return status;
}

/* -- the end -- */

static int is_closing(const struct one_link *link) {
    sttp_block_link_info info;
    memset(&info, 0, sizeof info);
    return sttp_block_link_state(link->handle, &info, sizeof info) == STTP_OK && info.state != STTP_BLOCK_LINK_CLOSED &&
           info.state != STTP_BLOCK_LINK_GAVE_UP;
}

void links_close(struct links *links) {
    double until = tool_clock() + CLOSE_SECONDS;
    for (size_t i = 0; links != NULL && i < links->count; i++) {
        sttp_block_link_close(links->list[i].handle);
    }
    for (size_t i = 0; links != NULL && i < links->count; i++) {
        while (is_closing(&links->list[i]) && tool_clock() < until) {
            tool_wait(0.005);
        }
    }
}

void links_add_metrics(struct text *text, const struct links *links) {
    struct metrics_link list[LINKS_MOST];
    for (size_t i = 0; links != NULL && i < links->count; i++) {
        list[i].place = links->list[i].place;
        list[i].link = links->list[i].handle;
    }
    metrics_add_links(text, list, links != NULL ? links->count : 0);
}

void links_print(const struct links *links) {
    for (size_t i = 0; links != NULL && i < links->count; i++) {
        fputs(i == 0 ? ",\"links\":[" : ",", stderr);
        link_print(links->list[i].handle, links->list[i].place, links->list[i].is_two_way);
    }
    if (links != NULL && links->count > 0) {
        fputc(']', stderr);
    }
}

void links_free(struct links *links) {
    if (links == NULL) {
        return;
    }
    for (size_t i = 0; i < links->count; i++) {
        sttp_block_link_free(links->list[i].handle);
    }
    outages_free(&links->outages);
    pthread_mutex_destroy(&links->lock);
    free(links);
}
