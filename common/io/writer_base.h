/*
 * What the writers of JSON and CSV share. A batch is written some rows at a time: first the texts
 * of these rows' values, column by column (writer_text.c, then what the format adds: writer_json.c,
 * writer_csv.c), then the rows are put together from them (writer.c). A loop over one column has no
 * branches on types, and a text can be used again: strings are spans of the input, a value that is
 * the same in all of a batch is written into the next column's prefix.
 */
#ifndef Q_IO_WRITER_BASE_H
#define Q_IO_WRITER_BASE_H

#include "common/column/datetime_format.h"
#include "common/column/number.h"
#include "common/io/writer.h"

/* Rows whose texts are made at once: few enough for the first-level cache. */
#define Q_WRITE_ROWS 128

/* The text of a value, in the batch or in the writer's scratch; ptr NULL: the value is NULL. */
typedef struct q_text {
    const char *ptr;
    size_t len; /* bytes */
} q_text;

/* Texts of doubles that come again and again (averages of groups, say): direct mapped. */
#define Q_TEXT_CACHE 16
typedef struct q_text_cache {
    uint64_t bits[Q_TEXT_CACHE];
    q_text text[Q_TEXT_CACHE]; /* of the present rows; len 0: empty */
    uint32_t asked, found;
    bool off; /* too few values came again */
} q_text_cache;

typedef struct q_write_column {
    q_type type;
    const char *key; /* what comes before each value: JSON `,"name":`, CSV the separator */
    uint32_t key_bytes;
    uint32_t room; /* bytes that a value needs; strings and lists: besides their data */
    bool quoted;   /* JSON: between quotes */
    bool padded;   /* texts can be read up to the next multiple of 32 bytes */
    const q_datetime_format *format; /* NULL: default */
    const q_tz *zone;                /* NULL: TIMESTAMP_NTZ */
    q_text_cache *cache;             /* doubles */
} q_write_column;

/* A column with more than one value in the batch. */
typedef struct q_live_column {
    const q_column *column;
    q_write_column *wc;
    /* what comes before its value in every row: the constant columns before it, its key, a quote */
    const char *prefix;
    size_t prefix_bytes, constant_bytes;
    bool quoted, padded; /* as in wc */
    q_text texts[Q_WRITE_ROWS];
} q_live_column;

struct q_writer {
    q_format format;
    q_write_style style;
    const q_write_options *options;
    const q_schema *schema;
    uint32_t n_columns;
    q_write_column *columns;
    q_text null; /* a NULL's text, padded */
    const char *line_sep;
    size_t line_sep_bytes;
    uint64_t n_rows;
    /* of the present batch */
    uint32_t n_live;
    q_live_column *live;
    q_buf prefix;       /* the live columns' and the suffix, one after another */
    const char *suffix; /* the constant columns behind the last live one */
    size_t suffix_bytes;
    size_t row_room;    /* of a row without strings and lists */
    q_arena arena;      /* as long as the writer */
    q_arena scratch;    /* of Q_WRITE_ROWS rows */
    bool triggers[256]; /* CSV: bytes that make a value quoted */
    bool check_all;     /* CSV: numbers may hold the separator */
};

/* Texts of rows [from, from + n) of a column that holds neither strings, binaries nor lists. NULLs
 * get some text, too. */
void q_value_texts(q_writer *w, q_write_column *wc, const q_column *c, uint32_t from, uint32_t n,
                   q_text *out);
/* Those of the formats: of all types; complete but for JSON's quotes of `quoted` columns. */
void q_json_texts(q_writer *w, q_write_column *wc, const q_column *c, uint32_t from, uint32_t n,
                  q_text *out);
void q_csv_texts(q_writer *w, q_write_column *wc, const q_column *c, uint32_t from, uint32_t n,
                 q_text *out);

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
/* For sources that can be read up to the next multiple of 32 bytes, and at least 32. */
static inline char *q_put_padded(char *out, const char *s, size_t n)
{
    memcpy(out, s, 32);
    if (__builtin_expect(n > 32, 0))
        for (size_t at = 32; at < n; at += 32)
            memcpy(out + at, s + at, 32);
    return out + n;
}

void q_json_writer_init(q_writer *w);
void q_csv_writer_init(q_writer *w);
q_code q_csv_header(q_writer *w, q_buf *out, q_err *err);

#endif
