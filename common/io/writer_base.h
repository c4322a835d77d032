/* What the writers of JSON and CSV share: columns and the text of values. */
#ifndef Q_IO_WRITER_BASE_H
#define Q_IO_WRITER_BASE_H

#include "common/column/datetime_format.h"
#include "common/column/number.h"
#include "common/io/writer.h"

/* Texts of doubles that come again and again (averages of groups, say): direct mapped. */
#define Q_TEXT_CACHE 16
typedef struct q_text_cache {
    uint64_t bits[Q_TEXT_CACHE];
    uint8_t length[Q_TEXT_CACHE]; /* 0: empty */
    char text[Q_TEXT_CACHE][Q_NUMBER_TEXT_ROOM];
    uint32_t asked, found;
    bool off; /* too few values came again */
} q_text_cache;

typedef struct q_write_column {
    q_type type;
    const char *key; /* JSON: `,"name":`, with 32 readable bytes behind it */
    uint32_t key_bytes;
    uint32_t room; /* bytes that a value and its key need; strings and lists: besides their data */
    bool text;     /* JSON: the value's text stands in quotes */
    const q_datetime_format *format; /* NULL: default */
    const q_tz *zone;                /* NULL: TIMESTAMP_NTZ */
    q_text_cache *cache;
    int64_t last_value; /* of a date or timestamp */
    uint8_t last_bytes; /* 0: none */
    char last_text[64];
} q_write_column;

struct q_writer {
    q_format format;
    q_write_style style;
    const q_write_options *options;
    const q_schema *schema;
    uint32_t n_columns;
    q_write_column *columns;
    size_t row_room; /* of a row without strings and lists */
    const char *line_sep;
    size_t line_sep_bytes;
    uint64_t n_rows;
    q_arena arena;      /* as long as the writer */
    q_arena scratch;    /* of one row */
    bool triggers[256]; /* CSV: bytes that make a value quoted */
    bool check_all;     /* CSV: numbers may hold the separator */
};

/* The text of a value that is neither string, binary nor list; no quotes. Room: wc->room. */
char *q_value_text(q_write_column *wc, const q_column *c, uint32_t row, char *out);
/* Copies without reading outside of s[0..n); out has n + 32 bytes of room. */
static inline char *q_put_bytes(char *out, const char *s, size_t n)
{
    if (n >= 32) {
        size_t at = 0;
        do {
            memcpy(out + at, s + at, 32);
            at += 32;
        } while (at + 32 <= n);
        memcpy(out + n - 32, s + n - 32, 32);
    } else if (n >= 16) {
        memcpy(out, s, 16);
        memcpy(out + n - 16, s + n - 16, 16);
    } else if (n >= 8) {
        memcpy(out, s, 8);
        memcpy(out + n - 8, s + n - 8, 8);
    } else if (n >= 4) {
        memcpy(out, s, 4);
        memcpy(out + n - 4, s + n - 4, 4);
    } else {
        for (size_t i = 0; i < n; i++)
            out[i] = s[i];
    }
    return out + n;
}
/* For sources that have 32 readable bytes behind their end. */
static inline char *q_put_padded(char *out, const char *s, size_t n)
{
    for (size_t at = 0; at < n; at += 32)
        memcpy(out + at, s + at, 32);
    return out + n;
}

void q_json_writer_init(q_writer *w);
q_code q_json_append(q_writer *w, const q_batch *batch, q_buf *out, q_err *err);
void q_csv_writer_init(q_writer *w);
q_code q_csv_append(q_writer *w, const q_batch *batch, q_buf *out, q_err *err);
q_code q_csv_header(q_writer *w, q_buf *out, q_err *err);

#endif
