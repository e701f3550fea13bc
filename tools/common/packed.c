#include "packed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#ifdef STTP_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef STTP_HAVE_ZSTD
#include <zstd.h>
#endif

#include "tool.h"

#define BUFFER_SIZE 65536

/* Of gzip: a window of 32 KiB, with its own header. */
#define GZIP_WINDOW (15 + 16)

enum packing packing_of(const char *path) {
    const char *dot = strrchr(path, '.');
    if (dot != NULL && strcasecmp(dot, ".gz") == 0) {
        return PACKING_GZIP;
    }
    return dot != NULL && strcasecmp(dot, ".zst") == 0 ? PACKING_ZSTD : PACKING_NONE;
}

int packing_check(const char *path) {
    switch (packing_of(path)) {
    case PACKING_GZIP:
#ifndef STTP_HAVE_ZLIB
        tool_error("%s: this program was built without zlib; leave out .gz, and use gzip", path);
        return -1;
#endif
    case PACKING_ZSTD:
#ifndef STTP_HAVE_ZSTD
        if (packing_of(path) == PACKING_ZSTD) {
            tool_error("%s: this program was built without libzstd; leave out .zst, and use zstd", path);
            return -1;
        }
#endif
    case PACKING_NONE:
        break;
    }
    return 0;
}

/* -- writing -- */

struct pack_writer {
    int descriptor;
    enum packing packing;
    int error;
#ifdef STTP_HAVE_ZLIB
    z_stream gzip;
#endif
#ifdef STTP_HAVE_ZSTD
    ZSTD_CStream *zstd;
#endif
    char bytes[BUFFER_SIZE];
};

static void put(struct pack_writer *writer, const char *bytes, size_t length) {
    size_t done = 0;
    while (done < length && writer->error == 0) {
        ssize_t written = write(writer->descriptor, bytes + done, length - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            writer->error = written == 0 ? EIO : errno;
        }
    }
}

#ifdef STTP_HAVE_ZLIB
/* `how` is Z_NO_FLUSH, Z_SYNC_FLUSH or Z_FINISH. */
static void put_gzip(struct pack_writer *writer, const char *bytes, size_t length, int how) {
    writer->gzip.next_in = (z_const Bytef *)bytes;
    writer->gzip.avail_in = (uInt)length;
    do {
        writer->gzip.next_out = (Bytef *)writer->bytes;
        writer->gzip.avail_out = BUFFER_SIZE;
        if (deflate(&writer->gzip, how) == Z_STREAM_ERROR) {
            writer->error = EIO;
        }
        put(writer, writer->bytes, BUFFER_SIZE - writer->gzip.avail_out);
    } while (writer->gzip.avail_out == 0 && writer->error == 0);
}
#endif

#ifdef STTP_HAVE_ZSTD
static void put_zstd(struct pack_writer *writer, const char *bytes, size_t length, ZSTD_EndDirective how) {
    ZSTD_inBuffer in = {bytes, length, 0};
    size_t left = 1;
    while ((how == ZSTD_e_continue ? in.pos < in.size : left != 0) && writer->error == 0) {
        ZSTD_outBuffer out = {writer->bytes, BUFFER_SIZE, 0};
        left = ZSTD_compressStream2(writer->zstd, &out, &in, how);
        if (ZSTD_isError(left)) {
            writer->error = EIO;
            return;
        }
        put(writer, writer->bytes, out.pos);
    }
}
#endif

static int begin_packing(struct pack_writer *writer) {
    switch (writer->packing) {
    case PACKING_GZIP:
#ifdef STTP_HAVE_ZLIB
        return deflateInit2(&writer->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) == Z_OK;
#else
        return 0;
#endif
    case PACKING_ZSTD:
#ifdef STTP_HAVE_ZSTD
        writer->zstd = ZSTD_createCStream();
        return writer->zstd != NULL;
#else
        return 0;
#endif
    case PACKING_NONE:
        break;
    }
    return 1;
}

struct pack_writer *pack_writer_new(int descriptor, enum packing packing) {
    struct pack_writer *writer = (struct pack_writer *)calloc(1, sizeof *writer);
    if (writer == NULL) {
        return NULL;
    }
    writer->descriptor = descriptor;
    writer->packing = packing;
    if (!begin_packing(writer)) {
        free(writer);
        return NULL;
    }
    return writer;
}

int pack_writer_write(struct pack_writer *writer, const char *bytes, size_t length) {
    if (writer->error == 0 && length > 0) {
#ifdef STTP_HAVE_ZLIB
        if (writer->packing == PACKING_GZIP) {
            put_gzip(writer, bytes, length, Z_NO_FLUSH);
        }
#endif
#ifdef STTP_HAVE_ZSTD
        if (writer->packing == PACKING_ZSTD) {
            put_zstd(writer, bytes, length, ZSTD_e_continue);
        }
#endif
        if (writer->packing == PACKING_NONE) {
            put(writer, bytes, length);
        }
    }
    return writer->error;
}

int pack_writer_sync(struct pack_writer *writer) {
#ifdef STTP_HAVE_ZLIB
    if (writer->packing == PACKING_GZIP && writer->error == 0) {
        put_gzip(writer, NULL, 0, Z_SYNC_FLUSH);
    }
#endif
#ifdef STTP_HAVE_ZSTD
    if (writer->packing == PACKING_ZSTD && writer->error == 0) {
        put_zstd(writer, NULL, 0, ZSTD_e_flush);
    }
#endif
    return writer->error;
}

int pack_writer_end(struct pack_writer *writer) {
    if (writer == NULL) {
        return 0;
    }
#ifdef STTP_HAVE_ZLIB
    if (writer->packing == PACKING_GZIP) {
        if (writer->error == 0) {
            put_gzip(writer, NULL, 0, Z_FINISH);
        }
        deflateEnd(&writer->gzip);
    }
#endif
#ifdef STTP_HAVE_ZSTD
    if (writer->packing == PACKING_ZSTD) {
        if (writer->error == 0) {
            put_zstd(writer, NULL, 0, ZSTD_e_end);
        }
        ZSTD_freeCStream(writer->zstd);
    }
#endif
    int error = writer->error;
    free(writer);
    return error;
}

/* -- reading -- */

struct pack_reader {
    int descriptor;
    enum packing packing;
    int ended;   /* the descriptor */
    int is_open; /* within a gzip member or a zstd frame */
    size_t begin;
    size_t end;
#ifdef STTP_HAVE_ZLIB
    z_stream gzip;
#endif
#ifdef STTP_HAVE_ZSTD
    ZSTD_DStream *zstd;
#endif
    char bytes[BUFFER_SIZE];
};

#ifdef STTP_HAVE_ZLIB
/* How many bytes came out; -1 for what is not of gzip. A member may follow another. */
static ssize_t take_gzip(struct pack_reader *reader, char *bytes, size_t size) {
    z_stream *gzip = &reader->gzip;
    gzip->next_in = (z_const Bytef *)reader->bytes + reader->begin;
    gzip->avail_in = (uInt)(reader->end - reader->begin);
    gzip->next_out = (Bytef *)bytes;
    gzip->avail_out = (uInt)(size < UINT32_MAX ? size : UINT32_MAX);
    uInt room = gzip->avail_out;
    int status = inflate(gzip, Z_NO_FLUSH);
    reader->begin = reader->end - gzip->avail_in;
    reader->is_open = status != Z_STREAM_END;
    if (status == Z_STREAM_END) {
        inflateReset(gzip);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return -1;
    }
    return (ssize_t)(room - gzip->avail_out);
}
#endif

#ifdef STTP_HAVE_ZSTD
static ssize_t take_zstd(struct pack_reader *reader, char *bytes, size_t size) {
    ZSTD_inBuffer in = {reader->bytes, reader->end, reader->begin};
    ZSTD_outBuffer out = {bytes, size, 0};
    size_t left = ZSTD_decompressStream(reader->zstd, &out, &in);
    reader->begin = in.pos;
    reader->is_open = left != 0;
    return ZSTD_isError(left) ? -1 : (ssize_t)out.pos;
}
#endif

static ssize_t take(struct pack_reader *reader, char *bytes, size_t size) {
#ifdef STTP_HAVE_ZLIB
    if (reader->packing == PACKING_GZIP) {
        return take_gzip(reader, bytes, size);
    }
#endif
#ifdef STTP_HAVE_ZSTD
    if (reader->packing == PACKING_ZSTD) {
        return take_zstd(reader, bytes, size);
    }
#endif
    (void)reader;
    (void)bytes;
    (void)size;
    return -1;
}

struct pack_reader *pack_reader_new(int descriptor, enum packing packing) {
    struct pack_reader *reader = (struct pack_reader *)calloc(1, sizeof *reader);
    if (reader == NULL) {
        return NULL;
    }
    int is_ready = packing == PACKING_NONE;
    reader->descriptor = descriptor;
    reader->packing = packing;
#ifdef STTP_HAVE_ZLIB
    is_ready |= packing == PACKING_GZIP && inflateInit2(&reader->gzip, GZIP_WINDOW) == Z_OK;
#endif
#ifdef STTP_HAVE_ZSTD
    is_ready |= packing == PACKING_ZSTD && (reader->zstd = ZSTD_createDStream()) != NULL;
#endif
    if (!is_ready) {
        free(reader);
        return NULL;
    }
    return reader;
}

void pack_reader_free(struct pack_reader *reader) {
    if (reader == NULL) {
        return;
    }
#ifdef STTP_HAVE_ZLIB
    if (reader->packing == PACKING_GZIP) {
        inflateEnd(&reader->gzip);
    }
#endif
#ifdef STTP_HAVE_ZSTD
    ZSTD_freeDStream(reader->zstd);
#endif
    free(reader);
}

static int fill(struct pack_reader *reader) {
    ssize_t count = read(reader->descriptor, reader->bytes, BUFFER_SIZE);
    if (count < 0) {
        return -1;
    }
    reader->begin = 0;
    reader->end = (size_t)count;
    reader->ended = count == 0;
    return 0;
}

ssize_t pack_reader_read(struct pack_reader *reader, char *bytes, size_t size) {
    if (reader->packing == PACKING_NONE) {
        return read(reader->descriptor, bytes, size);
    }
    for (;;) {
        ssize_t count = 0;
        if (reader->begin == reader->end && !reader->ended && fill(reader) != 0) {
            return -1;
        }
        if (reader->begin < reader->end || reader->is_open) {
            count = take(reader, bytes, size);
        }
        if (count > 0) {
            return count;
        }
        if (count < 0 || (reader->ended && reader->is_open)) {
            errno = EILSEQ;
            return -1;
        }
        if (reader->ended) {
            return 0;
        }
    }
}
