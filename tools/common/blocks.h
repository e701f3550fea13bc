/* Buffer blocks in CSV files: rows `signal_id,bytes`, the bytes as hexadecimal digits. */
#ifndef STTP_BLOCKS_H
#define STTP_BLOCKS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sttp.h"

struct block_reader;

/* Opens a file of blocks. A first row with the names of the columns is skipped. NULL after saying why on stderr. */
struct block_reader *blocks_open(const char *path);
void blocks_close(struct block_reader *reader);

/* The next block; its bytes stay valid until the next call. 1 with a block, 0 at the end of the file, -1 after saying
 * which line is wrong. */
int blocks_next(struct block_reader *reader, sttp_guid *signal_id, const uint8_t **data, size_t *size);

void blocks_write_header(FILE *file);
void blocks_write(FILE *file, const sttp_guid *signal_id, const uint8_t *data, size_t size);

#endif
