#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sttp.h"
#include "text.h"
#include "tool.h"

enum log_format { LOG_PLAIN, LOG_TEXT, LOG_JSON, LOG_JOURNAL };

struct log_settings log_settings = {0, -1, -1};

const struct option_choice log_levels[] = {{"error", NULL}, {"warning", NULL}, {"info", NULL}, {"debug", NULL}, {NULL, NULL}};
const struct option_choice log_formats[] = {{"plain", NULL}, {"text", NULL}, {"json", NULL}, {"journal", NULL}, {NULL, NULL}};

/* Written before there are other threads. */
static const char *program = "sttp";
static const char *place;
static int32_t most = STTP_LOG_INFO;
static enum log_format format = LOG_PLAIN;
static int takes_events;

void log_name(const char *name) {
    program = name;
}

void log_place(const char *where) {
    place = where;
}

/* As journals of systemd take it from the beginning of a line: the numbers of syslog. */
static int priority_of(int32_t level) {
    return level <= STTP_LOG_ERROR ? 3 : level == STTP_LOG_WARNING ? 4 : level == STTP_LOG_INFO ? 6 : 7;
}

static const char *level_name(int32_t level) {
    static const char *const names[] = {"ERROR", "WARNING", "INFO", "DEBUG"};
    return names[level < STTP_LOG_ERROR ? 0 : level > STTP_LOG_DEBUG ? 3 : level - STTP_LOG_ERROR];
}

/* 2026-11-21T08:30:00.123Z */
static void format_now(char text[STTP_TIME_TEXT_SIZE]) {
    const int64_t second = 10000000;
    const int64_t millisecond = 10000;
    int64_t now = sttp_time_now();
    text[0] = '\0';
    sttp_time_format(now - now % second, text, STTP_TIME_TEXT_SIZE);
    size_t length = strcspn(text, "Z");
    snprintf(text + length, STTP_TIME_TEXT_SIZE - length, ".%03dZ", (int)(now % second / millisecond));
}

void log_line(int32_t level, const char *message) {
    struct text line = {0};
    char now[STTP_TIME_TEXT_SIZE];
    if (!log_tells(level)) {
        return;
    }
    switch (format) {
    case LOG_PLAIN:
        text_add(&line, "%s: ", program);
        break;
    case LOG_TEXT:
        format_now(now);
        text_add(&line, "%s %s %s: ", now, level_name(level), program);
        break;
    case LOG_JOURNAL:
        text_add(&line, "<%d>", priority_of(level));
        break;
    case LOG_JSON:
        format_now(now);
        text_add(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\",\"message\":", now,
                 log_levels[level < STTP_LOG_ERROR ? 0 : level > STTP_LOG_DEBUG ? 3 : level - STTP_LOG_ERROR].name, program);
        text_add_json(&line, message);
        text_add(&line, "}\n");
        break;
    }
    if (format != LOG_JSON) {
        text_add(&line, "%s%s%s\n", place != NULL ? place : "", place != NULL ? ": " : "", message);
    }
    if (text_write(&line, stderr) != 0) {
        /* Without memory, and perhaps without an open stream, this is the most that can be said. */
        fprintf(stderr, "%s\n", message);
    }
}

int log_tells(int32_t level) {
    return level <= most;
}

const char *log_format_name(void) {
    return log_formats[format].name;
}

int log_takes_events(void) {
    return takes_events;
}

/* The parts of the library whose warnings come as messages of a publisher, subscriber or gateway too. */
static int is_told_by_handle(const char *target) {
    static const char *const parts[] = {"sttp::publisher", "sttp::subscriber", "sttp::gateway"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strncmp(target, parts[i], strlen(parts[i])) == 0) {
            return 1;
        }
    }
    return 0;
}

static void take_library_line(void *user_data, int32_t level, const char *target, const char *message) {
    (void)user_data;
    if (level <= STTP_LOG_WARNING && is_told_by_handle(target)) {
        return;
    }
    struct text line = {0};
    text_add(&line, "%s: %s", target, message);
    log_line(level, line.failed ? message : line.bytes);
    text_free(&line);
}

/* The place of a word among the levels; -1 when it is none. */
static int find_level(const char *word) {
    for (int i = 0; log_levels[i].name != NULL; i++) {
        if (strcmp(log_levels[i].name, word) == 0) {
            return i;
        }
    }
    return -1;
}

int log_begin(int runs_long) {
    const char *wanted = getenv("STTP_LOG");
    int level = log_settings.level;
    if (level < 0 && wanted != NULL && wanted[0] != '\0') {
        level = find_level(wanted);
        if (level < 0) {
            tool_error("STTP_LOG of the environment is error, warning, info or debug, not '%s'", wanted);
            return -1;
        }
    }
    most = log_settings.quiet ? STTP_LOG_ERROR : level >= 0 ? STTP_LOG_ERROR + level : STTP_LOG_INFO;
    takes_events = log_settings.format > LOG_PLAIN;
    format = log_settings.format >= 0 ? (enum log_format)log_settings.format : runs_long ? LOG_TEXT : LOG_PLAIN;
    /* What is of no handle is told nowhere else. */
    if (sttp_set_log_sink(most < STTP_LOG_DEBUG ? STTP_LOG_WARNING : most, take_library_line, NULL, NULL) != STTP_OK) {
        tool_library_error("cannot listen to the library's log");
    }
    return 0;
}
