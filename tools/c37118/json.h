/* Values of JSON on stdout. */
#ifndef STTP_C37118_JSON_H
#define STTP_C37118_JSON_H

/* In quotes. `text` is UTF-8. */
void json_text(const char *text);

/* In quotes, or null for NULL. */
void json_text_or_null(const char *text);

/* In the shortest form that reads back to the same float32; what is no number is null. */
void json_number(double number);

/* true or false. */
const char *json_flag(int flag);

#endif
