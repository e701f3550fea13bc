#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/text.h"
#include "../common/tool.h"
#include "row_text.h"

/* Signals with a higher index than this are formatted anew for each row, so that no peer can make the cache huge. */
#define MOST_CACHED_SIGNALS (1U << 20)

/* So many bytes are copied faster than just those that there are; a signal ID has less. */
#define SHORT_TEXT 48

/* What the texts of a signal in a row mostly fit in, and a row with these and all that it has besides. */
#define SHORT_TEXTS 4096
#define ROW_ROOM (2 * SHORT_TEXTS)

/* Neighbouring columns that say something about the signal are one piece of text; other columns are a piece each. */
struct piece {
    int is_of_signal;
    size_t first; /* of the columns */
    size_t end;   /* the one behind them */
    char before[16]; /* what stands in front of the value: a comma, the name of the member in JSON */
    size_t before_length;
};

/* The pieces of a signal, kept because formatting them costs more than the rest of its rows. */
struct signal_text {
    sttp_guid signal_id;
    char *text; /* all pieces in a row; NULL: not known */
    uint32_t ends[COLUMN_COUNT];
};

struct row_writer {
    const struct signal_names *names;
    struct columns columns;
    int as_json;
    int is_raw_csv; /* without a column `recovered` */
    size_t piece_count;
    struct piece pieces[COLUMN_COUNT];
    struct signal_text *signals; /* by signal index */
    uint32_t signal_count;
    struct signal_text other; /* one that has no place among them */
    struct row_text text;
};

static void plan_pieces(struct row_writer *writer) {
    const struct columns *columns = &writer->columns;
    struct piece *piece = NULL;
    for (size_t i = 0; i < columns->count; i++) {
        int is_of_signal = column_is_of_signal(columns->list[i]);
        if (piece == NULL || !is_of_signal || !piece->is_of_signal) {
            piece = &writer->pieces[writer->piece_count++];
            piece->is_of_signal = is_of_signal;
            piece->first = i;
            if (!is_of_signal) {
                piece->before_length = (size_t)snprintf(piece->before, sizeof piece->before,
                                                        writer->as_json ? "%s\"%s\":" : "%s", i > 0 ? "," : "",
                                                        column_name(columns->list[i]));
            }
        }
        piece->end = i + 1;
    }
}

struct row_writer *rows_new(struct recording *recording, const struct signal_names *names,
                            const struct columns *columns, int as_json) {
    struct row_writer *writer = (struct row_writer *)calloc(1, sizeof *writer);
    if (writer == NULL) {
        tool_error("not enough memory");
        return NULL;
    }
    writer->text.recording = recording;
    writer->names = names;
    writer->columns = *columns;
    writer->as_json = as_json;
    writer->is_raw_csv = columns->are_raw && !as_json;
    plan_pieces(writer);
    return writer;
}

void rows_forget_names(struct row_writer *writer) {
    for (uint32_t i = 0; i < writer->signal_count; i++) {
        free(writer->signals[i].text);
        writer->signals[i].text = NULL;
    }
}

void rows_free(struct row_writer *writer) {
    if (writer != NULL) {
        rows_forget_names(writer);
        free(writer->other.text);
        free(writer->signals);
        free(writer);
    }
}

/* -- what is the same for all rows of a signal -- */

/* Writes the pieces of a signal, or only tells how many bytes they need. */
static size_t write_pieces(const struct row_writer *writer, const char *const fields[], uint32_t ends[], char *out) {
    size_t length = 0;
    for (size_t i = 0; i < writer->piece_count; i++) {
        const struct piece *piece = &writer->pieces[i];
        for (size_t j = piece->first; piece->is_of_signal && j < piece->end; j++) {
            enum column column = writer->columns.list[j];
            char *place = out != NULL ? out + length : NULL;
            char begin[32];
            size_t begin_length = (size_t)snprintf(begin, sizeof begin, writer->as_json ? "%s\"%s\":" : "%s",
                                                   j > 0 ? "," : "", column_name(column));
            if (place != NULL) {
                memcpy(place, begin, begin_length);
            }
            length += begin_length;
            place = out != NULL ? out + length : NULL;
            length += (writer->as_json ? write_json_text : write_csv_text)(place, fields[column]);
        }
        ends[i] = (uint32_t)length;
    }
    return length;
}

/* Nonzero when the text of the signal is there. */
static int describe(const struct row_writer *writer, struct signal_text *signal, const sttp_guid *signal_id) {
    char id[STTP_GUID_TEXT_SIZE] = "";
    struct signal_name name;
    sttp_guid_format(signal_id, id, sizeof id);
    signal_names_find(writer->names, signal_id, &name);
    /* In the order of the columns. */
    const char *const fields[] = {id,        name.key,  name.tag,       name.device,
                                  name.type, name.unit, name.reference, name.description};
    size_t length = write_pieces(writer, fields, signal->ends, NULL);
    free(signal->text);
    signal->text = (char *)calloc(length + SHORT_TEXT, 1);
    signal->signal_id = *signal_id;
    if (signal->text == NULL) {
        return 0;
    }
    write_pieces(writer, fields, signal->ends, signal->text);
    return 1;
}

/* Grows the cache so that it has a place for `index`; 0 if it has none. */
static int make_place(struct row_writer *writer, uint32_t index) {
    if (index < writer->signal_count) {
        return 1;
    }
    if (index >= MOST_CACHED_SIGNALS) {
        return 0;
    }
    uint32_t count = index + index / 2 + 64;
    struct signal_text *signals = (struct signal_text *)realloc(writer->signals, count * sizeof *signals);
    if (signals == NULL) {
        return 0;
    }
    memset(signals + writer->signal_count, 0, (count - writer->signal_count) * sizeof *signals);
    writer->signals = signals;
    writer->signal_count = count;
    return 1;
}

/* NULL when there is no memory for it. */
static const struct signal_text *text_of(struct row_writer *writer, const sttp_measurement *measurement) {
    uint32_t index = measurement->signal_index;
    struct signal_text *known = make_place(writer, index) ? &writer->signals[index] : &writer->other;
    /* An index means another signal after the publisher sent a new signal index cache. */
    if (known->text == NULL || memcmp(&known->signal_id, &measurement->signal_id, sizeof(sttp_guid)) != 0) {
        return describe(writer, known, &measurement->signal_id) ? known : NULL;
    }
    return known;
}

/* -- rows -- */

int rows_begin_file(struct row_writer *writer) {
    char header[256] = "";
    size_t length = 0;
    if (writer->as_json) {
        return 0;
    }
    for (size_t i = 0; i < writer->columns.count; i++) {
        length += (size_t)snprintf(header + length, sizeof header - length, "%s%s", i > 0 ? "," : "",
                                   column_name(writer->columns.list[i]));
    }
    header[length++] = '\n';
    if (!recording_is_empty(writer->text.recording)) {
        return recording_continues(writer->text.recording, header, length);
    }
    row_text_add(&writer->text, header, length);
    return 0;
}

static char *append_field(struct row_writer *writer, char *out, enum column column,
                          const sttp_measurement *measurement, int recovered) {
    const int as_json = writer->as_json;
    switch (column) {
    case COLUMN_TIMESTAMP:
        if (!as_json) {
            return append_ticks(&writer->text, out, measurement->timestamp);
        }
        /* fall through */
    case COLUMN_TIME:
        out = as_json ? APPEND_LITERAL(out, "\"") : out;
        out = append_iso(&writer->text, out, measurement->timestamp);
        return as_json ? APPEND_LITERAL(out, "\"") : out;
    case COLUMN_FLAGS:
        return append_unsigned(out, measurement->flags);
    case COLUMN_FLAG_NAMES:
        out = as_json ? APPEND_LITERAL(out, "\"") : out;
        out = append_flag_names(&writer->text, out, measurement->flags);
        return as_json ? APPEND_LITERAL(out, "\"") : out;
    case COLUMN_VALUE:
        return (as_json ? append_json_value : append_value)(out, measurement->value);
    case COLUMN_RECOVERED:
        if (as_json) {
            return recovered ? APPEND_LITERAL(out, "true") : APPEND_LITERAL(out, "false");
        }
        *out++ = recovered ? '1' : '0';
        return out;
    default:
        return out;
    }
}

/* The same row as from the pieces, which what records whole systems for years is worth. */
static void add_raw_csv(struct row_writer *writer, const struct signal_text *signal,
                        const sttp_measurement *measurement) {
    char *out = row_text_place(&writer->text, ROW_ROOM);
    memcpy(out, signal->text, SHORT_TEXT);
    out += STTP_GUID_TEXT_SIZE - 1;
    *out++ = ',';
    out = append_ticks(&writer->text, out, measurement->timestamp);
    *out++ = ',';
    out = append_unsigned(out, measurement->flags);
    *out++ = ',';
    out = append_value(out, measurement->value);
    *out++ = '\n';
    row_text_take(&writer->text, out);
}

void rows_add(struct row_writer *writer, const sttp_measurement *measurement, int recovered) {
    struct row_text *text = &writer->text;
    const struct signal_text *signal = text_of(writer, measurement);
    uint32_t begin = 0;
    if (signal == NULL) {
        text->error = text->error != 0 ? text->error : ENOMEM;
        return;
    }
    if (writer->is_raw_csv) {
        add_raw_csv(writer, signal, measurement);
        return;
    }
    char *out = row_text_place(text, ROW_ROOM);
    const char *rest = out + SHORT_TEXTS;
    if (writer->as_json) {
        *out++ = '{';
    }
    for (size_t i = 0; i < writer->piece_count; i++) {
        const struct piece *piece = &writer->pieces[i];
        size_t length = signal->ends[i] - begin;
        if (!piece->is_of_signal) {
            memcpy(out, piece->before, sizeof piece->before);
            out += piece->before_length;
            out = append_field(writer, out, writer->columns.list[piece->first], measurement, recovered);
        } else if (out < rest && length <= SHORT_TEXT) {
            memcpy(out, signal->text + begin, SHORT_TEXT);
            out += length;
        } else if (out < rest && length < (size_t)(rest - out)) {
            out = append_bytes(out, signal->text + begin, length);
        } else {
            row_text_take(text, out);
            row_text_add(text, signal->text + begin, length);
            out = row_text_place(text, ROW_ROOM);
            rest = out + SHORT_TEXTS;
        }
        begin = signal->ends[i];
    }
    out = writer->as_json ? APPEND_LITERAL(out, "}\n") : APPEND_LITERAL(out, "\n");
    row_text_take(text, out);
}

int rows_flush(struct row_writer *writer) {
    return row_text_flush(&writer->text);
}
