#include "serving.h"

#include <stdio.h>
#include <string.h>

#include "../../tools/common/tool.h"
#include "load.h"

#define STOP_SECONDS 5.0
#define MOST_WARNINGS 5

static void count_subscription(void *user_data, const sttp_connection *connection) {
    struct serving *serving = (struct serving *)user_data;
    (void)connection;
    pthread_mutex_lock(&serving->lock);
    serving->subscriptions++;
    pthread_mutex_unlock(&serving->lock);
    tool_wake();
}

void serving_warn(struct serving *serving, const char *message) {
    if (serving->warnings <= MOST_WARNINGS) {
        tool_error("%s", serving->warnings < MOST_WARNINGS ? message : "further warnings are not shown");
        serving->warnings++;
    }
}

static void take_message(void *user_data, int32_t level, const char *message) {
    if (level <= STTP_LOG_WARNING) {
        serving_warn((struct serving *)user_data, message);
    }
}

int serving_new(struct serving *serving, uint64_t threads, const char *overflow, const char *settings) {
    sttp_engine *engine = NULL;
    memset(serving, 0, sizeof *serving);
    pthread_mutex_init(&serving->lock, NULL);
    if (make_engine(threads, &engine) != 0) {
        return TOOL_FAILED;
    }
    int32_t status = sttp_publisher_new(engine, &serving->publisher);
    sttp_engine_free(engine);
    if (status != STTP_OK || sttp_publisher_set(serving->publisher, STTP_SETTING_OVERFLOW, overflow) != STTP_OK ||
        sttp_publisher_set(serving->publisher, STTP_SETTING_MAX_CONNECTIONS, "0") != STTP_OK ||
        sttp_publisher_set(serving->publisher, STTP_SETTING_MAX_CONNECTIONS_PER_ADDRESS, "0") != STTP_OK ||
        (settings != NULL && sttp_publisher_configure(serving->publisher, settings) != STTP_OK) ||
        sttp_publisher_on_subscribed(serving->publisher, count_subscription, serving, NULL) != STTP_OK ||
        sttp_publisher_on_message(serving->publisher, take_message, serving, NULL) != STTP_OK) {
        return tool_library_error("cannot set up a publisher");
    }
    return TOOL_DONE;
}

void serving_free(struct serving *serving) {
    sttp_publisher_free(serving->publisher);
    pthread_mutex_destroy(&serving->lock);
}

int serving_start(struct serving *serving, const char *listen) {
    char address[64];
    if (sttp_publisher_start(serving->publisher, listen) != STTP_OK ||
        sttp_publisher_address(serving->publisher, address, sizeof address) != STTP_OK) {
        return tool_library_error("cannot publish on %s", listen);
    }
    printf("Publishing on %s\n", address);
    return TOOL_DONE;
}

void serving_stop(struct serving *serving) {
    double until = tool_clock() + STOP_SECONDS;
    sttp_publisher_stop(serving->publisher);
    while (serving_statistics(serving).connections > 0 && tool_clock() < until) {
        tool_wait(0.01);
    }
}

sttp_publisher_counters serving_statistics(const struct serving *serving) {
    sttp_publisher_counters statistics;
    memset(&statistics, 0, sizeof statistics);
    sttp_publisher_statistics(serving->publisher, &statistics, sizeof statistics);
    return statistics;
}

uint64_t serving_there(struct serving *serving, int idle) {
    if (idle) {
        return serving_statistics(serving).connections;
    }
    pthread_mutex_lock(&serving->lock);
    uint64_t subscriptions = serving->subscriptions;
    pthread_mutex_unlock(&serving->lock);
    return subscriptions;
}

int serving_wait(struct serving *serving, uint64_t wanted, double patience, int idle) {
    double began = tool_clock();
    while (serving_there(serving, idle) < wanted) {
        if (tool_interrupted() || is_patience_over(began, patience, serving_there(serving, idle), wanted)) {
            return TOOL_FAILED;
        }
        tool_wait(0.02);
    }
    return TOOL_DONE;
}
