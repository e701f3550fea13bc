#include "link_reception.h"

#include <stdlib.h>
#include <string.h>

#include "../common/link.h"
#include "../common/metrics_library.h"
#include "../common/tool.h"

/* Measurements that wait for the metadata, where rows have more than what comes with them. */
#define MOST_HELD 65536
#define CLOSE_SECONDS 2.0

/* A signal, and its place among those of the metadata. */
struct known_signal {
    sttp_guid signal_id;
    uint32_t index;
};

/* What is known of the link; callbacks come one at a time. */
struct link_reception {
    struct reception *reception;
    sttp_block_link *handle;
    char place[256];
    int is_two_way;
    int opened; /* at least once */
    struct known_signal *signals; /* in the order of the signal IDs */
    size_t signal_count;
    int has_metadata;
    sttp_measurement *held;
    size_t held_count;
    sttp_measurement *indexed; /* room for measurements with their indexes */
    size_t indexed_size;
};

/* -- signals -- */

static int compare_signals(const void *left, const void *right) {
    return memcmp(&((const struct known_signal *)left)->signal_id, &((const struct known_signal *)right)->signal_id,
                  sizeof(sttp_guid));
}

static uint32_t index_of(const struct link_reception *link, const sttp_guid *signal_id) {
    struct known_signal wanted;
    wanted.signal_id = *signal_id;
    const struct known_signal *found =
        link->signal_count == 0 ? NULL
                                : (const struct known_signal *)bsearch(&wanted, link->signals, link->signal_count,
                                                                       sizeof *link->signals, compare_signals);
    return found != NULL ? found->index : UINT32_MAX;
}

/* The signals that may come are those that the filter selects of the metadata, as the other side does. */
static int set_signals(struct link_reception *link, const sttp_metadata *metadata) {
    struct reception *reception = link->reception;
    const char *filter = reception->options->filter;
    size_t count = 0;
    if (sttp_metadata_select(metadata, filter, NULL, 0, &count) != STTP_OK) {
        reception_finish(reception, TOOL_FAILED, "cannot find the signals of '%s': %s", filter, sttp_last_error());
        return -1;
    }
    sttp_guid *ids = (sttp_guid *)calloc(count + 1, sizeof *ids);
    sttp_signal *signals = (sttp_signal *)calloc(count + 1, sizeof *signals);
    const sttp_signal **pointers = (const sttp_signal **)calloc(count + 1, sizeof *pointers);
    struct known_signal *known = (struct known_signal *)calloc(count + 1, sizeof *known);
    int result = ids == NULL || signals == NULL || pointers == NULL || known == NULL ? -1 : 0;
    if (result == 0 && sttp_metadata_select(metadata, filter, ids, count, &count) == STTP_OK) {
        for (size_t i = 0; i < count; i++) {
            signals[i].signal_id = ids[i];
            signals[i].key_source = "";
            pointers[i] = &signals[i];
            known[i].signal_id = ids[i];
            known[i].index = (uint32_t)i;
        }
        qsort(known, count, sizeof *known, compare_signals);
        free(link->signals);
        link->signals = known;
        link->signal_count = count;
        known = NULL;
        reception_take_signals(reception, pointers, count);
    } else {
        reception_finish(reception, TOOL_FAILED, "not enough memory for %zu signals", count);
    }
    free(ids);
    free(signals);
    free(pointers);
    free(known);
    return result;
}

/* -- measurements -- */

/* They with their indexes; NULL after saying that there is no memory. */
static const sttp_measurement *indexed(struct link_reception *link, const sttp_measurement *measurements, size_t count) {
    if (count > link->indexed_size) {
        sttp_measurement *larger = (sttp_measurement *)realloc(link->indexed, count * sizeof *larger);
        if (larger == NULL) {
            reception_finish(link->reception, TOOL_FAILED, "not enough memory for %zu measurements", count);
            return NULL;
        }
        link->indexed = larger;
        link->indexed_size = count;
    }
    for (size_t i = 0; i < count; i++) {
        link->indexed[i] = measurements[i];
        link->indexed[i].signal_index = index_of(link, &measurements[i].signal_id);
    }
    return link->indexed;
}

/* Unless it has ended before. */
static void take_indexed(struct link_reception *link, const sttp_measurement *measurements, size_t count) {
    const sttp_measurement *taken = indexed(link, measurements, count);
    if (taken != NULL) {
        reception_take(link->reception, taken, count, 0);
    }
}

/* What came before the end is taken also when this is behind it. */
static void release_held(struct link_reception *link) {
    const sttp_measurement *taken = link->held_count > 0 ? indexed(link, link->held, link->held_count) : NULL;
    if (taken != NULL) {
        reception_take_last(link->reception, taken, link->held_count);
    }
    free(link->held);
    link->held = NULL;
    link->held_count = 0;
}

/* Where metadata are wanted, or rows tell what signals are called, or a report which device's they are, measurements wait for
 * the metadata. */
static int waits_for_metadata(const struct link_reception *link) {
    const struct options *options = link->reception->options;
    return !link->has_metadata &&
           (options->metadata_output != NULL || options->device_report != NULL || !options->columns.are_raw);
}

/* As long as there is room. */
static int hold(struct link_reception *link, const sttp_measurement *measurements, size_t count) {
    if (!waits_for_metadata(link) || count > MOST_HELD - link->held_count) {
        return 0;
    }
    if (link->held == NULL) {
        link->held = (sttp_measurement *)malloc(MOST_HELD * sizeof *link->held);
    }
    if (link->held == NULL) {
        return 0;
    }
    memcpy(link->held + link->held_count, measurements, count * sizeof *measurements);
    link->held_count += count;
    return 1;
}

static void take_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    struct link_reception *link = (struct link_reception *)user_data;
    if (hold(link, measurements, count)) {
        return;
    }
    if (link->held_count > 0) {
        tool_log(STTP_LOG_WARNING, "link %s: measurements come, and no metadata, which are waited for no longer", link->place);
        release_held(link);
    }
    take_indexed(link, measurements, count);
}

static void take_metadata(void *user_data, uint64_t number, const sttp_metadata *metadata) {
    struct link_reception *link = (struct link_reception *)user_data;
    (void)number;
    reception_take_metadata(link->reception, metadata);
    if (set_signals(link, metadata) != 0) {
        return;
    }
    const int was_waited_for = waits_for_metadata(link);
    link->has_metadata = 1;
    release_held(link);
    if (was_waited_for && link->is_two_way &&
        sttp_block_link_subscribe(link->handle, link->reception->options->filter) != STTP_OK) {
        reception_finish(link->reception, TOOL_FAILED, "cannot subscribe over link %s: %s", link->place, sttp_last_error());
    }
}

/* -- the link -- */

static void take_opened(void *user_data, uint64_t number, const char *address) {
    struct link_reception *link = (struct link_reception *)user_data;
    (void)number;
    link->opened = 1;
    link->reception->connections++;
    outage_end(&link->reception->outages, link->place);
    reception_tell(link->reception, "Link %s is open: %s", link->place, address);
}

static void take_agreed(void *user_data, uint64_t number, const sttp_block_link_agreement *agreement) {
    struct link_reception *link = (struct link_reception *)user_data;
    char told[256];
    (void)number;
    reception_tell(link->reception, "Link %s: %s", link->place, link_agreement(agreement, told, sizeof told));
    if (!link->is_two_way) {
        reception_subscribed(link->reception, 1);
        tool_wake();
    }
}

static void take_answered(void *user_data, uint64_t number, int32_t answer, uint32_t signals, const char *message) {
    struct link_reception *link = (struct link_reception *)user_data;
    (void)number;
    if (answer != STTP_BLOCK_LINK_ACCEPTED) {
        reception_finish(link->reception, TOOL_FAILED, "the other side of %s refused the subscription to '%s': %s", link->place,
                         reception_filter(link->reception), message);
        return;
    }
    reception_tell(link->reception, "Link %s: the other side sends %lu signal%s", link->place, (unsigned long)signals,
                   tool_plural(signals));
    reception_subscribed(link->reception, signals > 0);
    tool_wake();
}

static void take_closed(void *user_data, uint64_t number, int32_t reason, const char *message) {
    struct link_reception *link = (struct link_reception *)user_data;
    struct reception *reception = link->reception;
    (void)number;
    if (reason == STTP_OK) {
        release_held(link);
        reception_finish(reception, TOOL_DONE, "");
    } else if (!link_reception_is_live(reception)) {
        reception_finish(reception, TOOL_FAILED, "link %s: %s", link->place, message);
    } else if (reception->options->once && link->opened) {
        int has_some = reception->measurements > 0;
        reception_finish(reception, has_some ? TOOL_DONE : TOOL_FAILED,
                         has_some ? "" : "the link ended before a measurement came: %s", message);
    }
}

static void take_reopening(void *user_data, uint64_t number, uint32_t attempt, uint32_t delay_ms) {
    struct link_reception *link = (struct link_reception *)user_data;
    (void)number;
    outage_attempt(&link->reception->outages, link->place, attempt, delay_ms);
}

static void take_message(void *user_data, uint64_t number, int32_t level, const char *message) {
    struct link_reception *link = (struct link_reception *)user_data;
    (void)number;
    reception_take_message(link->reception, level, message);
}

static int set_callbacks(struct link_reception *link, int are_wanted) {
    sttp_block_link *handle = link->handle;
    int failed = sttp_block_link_on_opened(handle, are_wanted ? take_opened : NULL, link, NULL) != STTP_OK;
    failed |= sttp_block_link_on_agreed(handle, are_wanted ? take_agreed : NULL, link, NULL) != STTP_OK;
    failed |= sttp_block_link_on_answered(handle, are_wanted ? take_answered : NULL, link, NULL) != STTP_OK;
    failed |= sttp_block_link_on_closed(handle, are_wanted ? take_closed : NULL, link, NULL) != STTP_OK;
    failed |= sttp_block_link_on_reopening(handle, are_wanted ? take_reopening : NULL, link, NULL) != STTP_OK;
    failed |= sttp_block_link_on_metadata(handle, are_wanted ? take_metadata : NULL, link, NULL) != STTP_OK;
    failed |= sttp_block_link_on_measurements(handle, are_wanted ? take_measurements : NULL, link, NULL) != STTP_OK;
    failed |= sttp_block_link_on_message(handle, are_wanted ? take_message : NULL, link, NULL) != STTP_OK;
    return failed ? -1 : 0;
}

static int32_t state_of(const struct link_reception *link) {
    sttp_block_link_info info;
    memset(&info, 0, sizeof info);
    sttp_block_link_state(link->handle, &info, sizeof info);
    return info.state;
}

int link_reception_begin(struct reception *reception) {
    const struct options *options = reception->options;
    struct link_reception *link = (struct link_reception *)calloc(1, sizeof *link);
    sttp_block_link_info info;
    memset(&info, 0, sizeof info);
    reception->link = link;
    if (link == NULL) {
        tool_error("not enough memory");
        return TOOL_FAILED;
    }
    link->reception = reception;
    link_place(options->link, link->place, sizeof link->place);
    link->handle = link_new(STTP_BLOCK_LINK_CLIENT, options->link);
    if (link->handle == NULL) {
        return TOOL_FAILED;
    }
    if (set_callbacks(link, 1) != 0 || sttp_block_link_state(link->handle, &info, sizeof info) != STTP_OK) {
        return tool_library_error("cannot set up the link");
    }
    link->is_two_way = info.is_two_way;
    /* Where metadata are waited for, it is subscribed when they have come: who sends a recording may go when that is sent. */
    const int subscribes = link->is_two_way ? !waits_for_metadata(link) : options_given(&subscribe_line, "filter");
    if (subscribes && sttp_block_link_subscribe(link->handle, options->filter) != STTP_OK) {
        return tool_library_error("--filter");
    }
    return sttp_block_link_open(link->handle) == STTP_OK ? TOOL_DONE : tool_library_error("--link %s", options->link);
}

void link_reception_end(struct reception *reception) {
    struct link_reception *link = reception->link;
    double until = tool_clock() + CLOSE_SECONDS;
    sttp_block_link_close(link->handle);
    while (state_of(link) != STTP_BLOCK_LINK_CLOSED && state_of(link) != STTP_BLOCK_LINK_GAVE_UP && tool_clock() < until) {
        tool_wait(0.005);
    }
    if (set_callbacks(link, 0) != 0) {
        tool_library_error("cannot end the link");
    }
    release_held(link);
}

int link_reception_gave_up(const struct reception *reception) {
    return reception->link != NULL && state_of(reception->link) == STTP_BLOCK_LINK_GAVE_UP;
}

void link_reception_add_metrics(struct text *text, const struct reception *reception) {
    const struct metrics_link link = {reception->link->place, reception->link->handle};
    metrics_add_links(text, &link, 1);
}

int link_reception_is_live(const struct reception *reception) {
    return strstr(reception->link->place, "file:") == NULL;
}

void link_reception_print(const void *user_data) {
    const struct link_reception *link = ((const struct reception *)user_data)->link;
    fputs(",\"links\":[", stderr);
    link_print(link->handle, link->place, 1);
    fputc(']', stderr);
}

void link_reception_free(struct reception *reception) {
    struct link_reception *link = reception->link;
    if (link != NULL) {
        sttp_block_link_free(link->handle);
        free(link->signals);
        free(link->held);
        free(link->indexed);
        free(link);
    }
}
