/* Flags as files have them: numbers, names, and what other systems say of quality. */
#ifndef STTP_FLAG_TEXT_H
#define STTP_FLAG_TEXT_H

#include <stdint.h>

/* A number, decimal or hexadecimal with 0x, or names as BAD_DATA with blanks or bars between them; nothing is none. 0, or
 * -1. */
int flags_parse(const char *text, uint32_t *flags);

/* Good, bad, suspect and what else stands for them, or a quality of OPC. 0, or -1. */
int quality_parse(const char *text, uint32_t *flags);

#endif
