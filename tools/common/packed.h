/* Files that are compressed as the end of their name says: .gz by zlib, .zst by zstd, where this was built with them. */
#ifndef STTP_PACKED_H
#define STTP_PACKED_H

#include <stddef.h>
#include <sys/types.h>

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

enum packing packing_of(const char *path);

/* 0 when files of that name can be read and written, or -1 after saying what is missing. */
int packing_check(const char *path);

struct pack_writer;

/* Writes to a descriptor, which stays the caller's. NULL when there is no memory. */
struct pack_writer *pack_writer_new(int descriptor, enum packing packing);

/* 0, or the errno of the first failure. */
int pack_writer_write(struct pack_writer *writer, const char *bytes, size_t length);

/* Makes what was written so far readable, though no more should follow. 0, or the errno of the first failure. */
int pack_writer_sync(struct pack_writer *writer);

/* Writes the end, and frees the writer. 0, or the errno of the first failure. NULL is let through. */
int pack_writer_end(struct pack_writer *writer);

struct pack_reader;

/* Reads from a descriptor, which stays the caller's. NULL when there is no memory. */
struct pack_reader *pack_reader_new(int descriptor, enum packing packing);
void pack_reader_free(struct pack_reader *reader);

/* As read(): how many bytes, 0 at the end, or -1 with errno set, EILSEQ for what is not of that format or ends too
 * early. */
ssize_t pack_reader_read(struct pack_reader *reader, char *bytes, size_t size);

#endif
