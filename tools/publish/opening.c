/* How a publication begins. */
#include <errno.h>
#include <string.h>

#include "../common/roles.h"
#include "../common/text.h"
#include "../common/tool.h"
#include "publication.h"
#include "published.h"

/* -- what happens to the publisher's subscribers -- */

static void say_subscribed(void *user_data, const sttp_connection *connection) {
    struct publication *publication = (struct publication *)user_data;
    sttp_publisher_counters statistics;
    publishing_tell_subscribed(connection);
    if (sttp_publisher_statistics(publication->publisher, &statistics, sizeof statistics) == STTP_OK &&
        statistics.subscribed > publication->most_subscribers) {
        publication->most_subscribers = statistics.subscribed;
    }
    if (publication->options->notification != NULL &&
        sttp_publisher_notify(publication->publisher, connection->id, publication->options->notification, NULL) !=
            STTP_OK) {
        tool_library_error("cannot notify %s", connection->address);
    }
    tool_wake();
}

static void say_disconnected(void *user_data, const sttp_connection *connection, int32_t reason,
                             const char *message) {
    struct publication *publication = (struct publication *)user_data;
    connection_reports_take(publication->connections, connection);
    publishing_tell_disconnected(connection, reason, message);
}

static void say_confirmed(void *user_data, uint64_t connection_id, uint32_t notification_id, int32_t confirmed) {
    (void)user_data;
    (void)notification_id;
    tool_tell("Subscriber of connection %llu %s the notification\n", (unsigned long long)connection_id,
             confirmed ? "has confirmed" : "did not confirm");
}

static void echo_command(void *user_data, uint64_t connection_id, int32_t command, const uint8_t *data, size_t size) {
    const struct publication *publication = (const struct publication *)user_data;
    if (sttp_publisher_send_user_response(publication->publisher, connection_id, command, command, data, size) !=
        STTP_OK) {
        tool_library_error("cannot answer user command %ld", (long)command);
    }
}

static void log_audit(void *user_data, const sttp_audit *audit) {
    struct publication *publication = (struct publication *)user_data;
    /* Each line at once: what was refused matters most when something goes wrong soon after. */
    if (fprintf(publication->audit_log, "%s\n", audit->line) < 0 || fflush(publication->audit_log) != 0) {
        tool_error("cannot write to %s", publication->options->audit_log);
    }
}

static int open_audit_log(struct publication *publication) {
    const char *path = publication->options->audit_log;
    if (path == NULL) {
        return TOOL_DONE;
    }
    publication->audit_log = fopen(path, "a");
    if (publication->audit_log == NULL) {
        tool_error("cannot write to %s: %s", path, strerror(errno));
        return TOOL_FAILED;
    }
    if (sttp_publisher_on_audit(publication->publisher, log_audit, publication, NULL) != STTP_OK) {
        return tool_library_error("cannot set up the publisher");
    }
    return TOOL_DONE;
}

/* -- the publisher -- */

/* Whether publishing is as fast as measurements are taken. */
static int is_lossless(const struct options *options) {
    return options->rate == 0.0 || options->replay != NULL;
}

/* What the tool does by itself, then the connection string, then what was given beside it. */
static int apply_settings(sttp_publisher *publisher, const struct options *options) {
    if (sttp_publisher_set(publisher, STTP_SETTING_OVERFLOW, is_lossless(options) ? "wait" : "dropOldest") != STTP_OK) {
        return tool_library_error("cannot set up the publisher");
    }
    if (options->connection_string != NULL &&
        sttp_publisher_configure(publisher, options->connection_string) != STTP_OK) {
        return tool_library_error("--connection-string");
    }
    return options_configure(&publish_line, &settings_of_publisher, publisher);
}

/* Listens and connects as the connection string or the options say. */
static int link_up(struct publishing *publishing, sttp_publisher *publisher, const struct options *options) {
    if (options->connection_string != NULL) {
        return sttp_publisher_open(publisher, NULL) == STTP_OK ? TOOL_DONE
                                                               : tool_library_error("--connection-string");
    }
    return publishing_link_up(publishing, publisher, options->listen, options->connect, options->connect_count);
}

int publication_open(struct publication *publication) {
    const struct options *options = publication->options;
    sttp_publisher *publisher = publishing_new(&publication->publishing, options->threads);
    publication->publisher = publisher;
    if (publisher == NULL) {
        return TOOL_FAILED;
    }
    if (sttp_publisher_set_metadata(publisher, publication->metadata) != STTP_OK ||
        sttp_publisher_on_subscribed(publisher, say_subscribed, publication, NULL) != STTP_OK ||
        sttp_publisher_on_disconnected(publisher, say_disconnected, publication, NULL) != STTP_OK ||
        sttp_publisher_on_notification(publisher, say_confirmed, publication, NULL) != STTP_OK ||
        (options->echo_commands &&
         sttp_publisher_on_user_command(publisher, echo_command, publication, NULL) != STTP_OK)) {
        return tool_library_error("cannot set up the publisher");
    }
    if (open_audit_log(publication) != TOOL_DONE || apply_settings(publisher, options) != TOOL_DONE) {
        return TOOL_FAILED;
    }
    if (options->archive != NULL) {
        struct row_source source = published_source(options, options->archive, publication->metadata);
        publication->archive = archive_open(&source, publisher);
        if (publication->archive == NULL) {
            return TOOL_FAILED;
        }
    }
    if (options->link_count > 0) {
        publication->links = links_open(options->links, options->link_count, publication->metadata, is_lossless(options));
        if (publication->links == NULL) {
            return TOOL_FAILED;
        }
    }
    return link_up(&publication->publishing, publisher, options);
}

int publication_announce(const struct publication *publication) {
    const struct options *options = publication->options;
    char address[128];
    size_t devices = 0;
    size_t measurements = 0;
    if (sttp_metadata_device_count(publication->metadata, &devices) != STTP_OK ||
        sttp_metadata_measurement_count(publication->metadata, &measurements) != STTP_OK) {
        return tool_library_error("cannot describe the publisher");
    }
    struct text line = {0};
    text_add(&line, "Publishing %zu measurement%s of %zu device%s", measurements, tool_plural(measurements), devices,
             tool_plural(devices));
    int listens = sttp_publisher_address(publication->publisher, address, sizeof address) == STTP_OK;
    if (listens) {
        text_add(&line, " on %s", address);
    } else if (options->connection_string != NULL) {
        text_add(&line, " as '%s' says", options->connection_string);
    }
    for (size_t i = 0; i < options->connect_count; i++) {
        text_add(&line, "%s %s", i == 0 ? (listens ? ", connecting to" : " to") : ",", options->connect[i]);
    }
    if (publication->links != NULL) {
        text_add(&line, options->only_links ? " over " : ", over ");
        links_add_places(&line, publication->links);
    }
    if (!line.failed) {
        tool_tell("%s\n", line.bytes);
        tool_ready("%s", line.bytes);
    }
    text_free(&line);
    return TOOL_DONE;
}
