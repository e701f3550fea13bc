/* What sttp-c37118 says of problems of several devices: the source of the tool, told what is known. */
#include "../../tools/c37118/messages.c"

#include <stdarg.h>

#include "check.h"

#define LONG_LENGTH 3000

static struct {
    int lines;
    int32_t level;
    char last[2 * LONG_LENGTH];
} said;

static void say(int32_t level, const char *format, va_list arguments) {
    vsnprintf(said.last, sizeof said.last, format, arguments);
    said.level = level;
    said.lines++;
}

void tool_log(int32_t level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(level, format, arguments);
    va_end(arguments);
}

void tool_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(STTP_LOG_ERROR, format, arguments);
    va_end(arguments);
}

static void test_devices_of_one_message(void) {
    struct messages messages = MESSAGES_OF("device");
    messages.has_several = 1;
    said.lines = 0;
    for (int attempt = 0; attempt < 3; attempt++) {
        messages_say(&messages, 1, STTP_LOG_WARNING, "nobody is there");
        messages_say(&messages, 2, STTP_LOG_ERROR, "nobody is there");
        CHECK(said.lines == 2);
        CHECK_TEXT(said.last, "device 2: nobody is there");
    }
    messages_say(&messages, 1, STTP_LOG_INFO, "somebody is there");
    CHECK(said.lines == 2);
    messages_say(&messages, 1, STTP_LOG_WARNING, "nobody answers");
    messages_say(&messages, 1, STTP_LOG_WARNING, "nobody is there");
    CHECK(said.lines == 4);
    messages_say(&messages, 0, STTP_LOG_WARNING, "nobody is there");
    CHECK_TEXT(said.last, "nobody is there");
    CHECK(said.lines == 5 && said.level == STTP_LOG_WARNING);
    messages_end(&messages);
}

static void test_long_messages(void) {
    struct messages messages = MESSAGES_OF("device");
    char text[LONG_LENGTH + 1];
    memset(text, 'x', LONG_LENGTH);
    text[LONG_LENGTH] = '\0';
    said.lines = 0;
    messages_say(&messages, 1, STTP_LOG_WARNING, text);
    messages_say(&messages, 1, STTP_LOG_WARNING, text);
    CHECK(said.lines == 1);
    CHECK_TEXT(said.last, text);
    /* A difference at the end is one. */
    text[LONG_LENGTH - 1] = 'y';
    messages_say(&messages, 1, STTP_LOG_WARNING, text);
    CHECK(said.lines == 2);
    messages_end(&messages);
}

static void test_giving_up(void) {
    struct messages messages = MESSAGES_OF("stream");
    CHECK(messages_give_up(&messages, "data", "here", 2.5, NULL) == TOOL_FAILED);
    CHECK_TEXT(said.last, "no data from here after 2.5 seconds (--timeout S waits longer)");
    messages_say(&messages, 7, STTP_LOG_WARNING, "nobody is there");
    messages_say(&messages, 3, STTP_LOG_WARNING, "nobody answers");
    messages_give_up(&messages, "data", "here", 1, "wait");
    CHECK_TEXT(said.last, "no data from here after 1 seconds (--timeout S waits longer): nobody answers; wait");
    messages_end(&messages);
}

static void test_numbers_without_end(void) {
    struct messages messages = MESSAGES_OF("device");
    said.lines = 0;
    messages_say(&messages, UINT64_MAX, STTP_LOG_WARNING, "nobody is there");
    messages_say(&messages, UINT64_MAX, STTP_LOG_WARNING, "nobody is there");
    CHECK(said.lines == 2 && messages.count == 0);
    messages_end(&messages);
}

int main(void) {
    test_devices_of_one_message();
    test_long_messages();
    test_giving_up();
    test_numbers_without_end();
    return check_report("test_c37118_messages");
}
