#include "json.h"

#include <math.h>
#include <stdio.h>

#include "../common/text.h"
#include "../common/tool.h"
#include "sttp.h"

void json_text(const char *text) {
    struct text json = {0};
    text_add_json(&json, text);
    if (json.failed) {
        tool_error("not enough memory");
    } else {
        fputs(json.bytes, stdout);
    }
    text_free(&json);
}

void json_text_or_null(const char *text) {
    if (text == NULL) {
        printf("null");
    } else {
        json_text(text);
    }
}

void json_number(double number) {
    char text[STTP_VALUE_TEXT_SIZE] = "null";
    if (isfinite(number)) {
        sttp_value_format(number, text, sizeof text);
    }
    printf("%s", text);
}

const char *json_flag(int flag) {
    return flag ? "true" : "false";
}
