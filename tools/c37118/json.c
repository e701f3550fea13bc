#include "json.h"

#include <math.h>
#include <stdio.h>

#include "sttp.h"

void json_text(const char *text) {
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == 0x7f) {
            printf("\\u%04x", byte);
        } else {
            printf(byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
        }
    }
    putchar('"');
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
