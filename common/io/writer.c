/* Writers: life, columns, rows put together from the texts of their values. */
#include "common/io/writer_base.h"

#include <stdlib.h>

#include "common/io/json_text.h"

/* ---- life ---- */

static q_code check_type(const q_writer *w, const q_field *f, q_err *err)
{
    q_kind kind = (q_kind)f->type.kind;
    bool csv = w->format == Q_FORMAT_CSV;
    bool interval = kind == Q_INTERVAL_DT || kind == Q_INTERVAL_YM;
    if (!interval && !(csv && (kind == Q_ARRAY || kind == Q_BINARY || kind == Q_VOID)))
        return Q_OK;
    char type[Q_TYPE_NAME_BYTES];
    q_err_set(err, Q_E_UNSUPPORTED_DATATYPE, "the %s writer has no columns of type %s: `%s`",
              csv ? "csv" : "json", q_type_sql(f->type, type), f->name);
    q_err_hint(err, "cast it to STRING or leave it out");
    return Q_E_UNSUPPORTED_DATATYPE;
}

static const char *pattern_of(const q_write_options *o, q_kind kind)
{
    return kind == Q_DATE            ? o->date_format
           : kind == Q_TIMESTAMP     ? o->timestamp_format
           : kind == Q_TIMESTAMP_NTZ ? o->timestamp_ntz_format
                                     : NULL;
}

static q_code init_column(q_writer *w, q_write_column *wc, const q_field *f, const q_tz *zone,
                          q_err *err)
{
    q_type value = f->type.kind == Q_ARRAY ? q_type_element(f->type) : f->type;
    q_kind kind = (q_kind)value.kind;
    const char *pattern = pattern_of(w->options, kind);
    wc->type = f->type;
    wc->zone = kind == Q_TIMESTAMP_NTZ ? NULL : zone;
    wc->room = 2 * Q_DECIMAL_TEXT_ROOM;
    if (kind == Q_DOUBLE && f->type.kind != Q_ARRAY)
        wc->cache = q_arena_new(&w->arena, q_text_cache);
    if (pattern) {
        Q_TRY(q_datetime_format_new(pattern, strlen(pattern), Q_DATETIME_WRITE, kind, &w->arena,
                                    &wc->format, err));
        /* quotes around, and six bytes for each in JSON */
        wc->room += 6 * (uint32_t)q_datetime_format_max_bytes(wc->format);
    }
    return Q_OK;
}

static q_code init_writer(q_writer *w, const q_session *session, q_err *err)
{
    const char *name = w->options->time_zone ? w->options->time_zone : session->time_zone;
    const q_tz *zone = name ? q_tz_find(name, strlen(name)) : &q_tz_utc;
    if (!zone)
        return q_err_set(err, Q_E_INVALID_OPTION, "no time zone has the name '%s'", name);
    w->columns = q_arena_array(&w->arena, q_write_column, w->n_columns + 1);
    w->live = q_arena_array(&w->arena, q_live_column, w->n_columns + 1);
    for (uint32_t i = 0; i < w->n_columns; i++) {
        Q_TRY(check_type(w, &w->schema->fields[i], err));
        Q_TRY(init_column(w, &w->columns[i], &w->schema->fields[i], zone, err));
    }
    if (w->format == Q_FORMAT_JSON)
        q_json_writer_init(w);
    else
        q_csv_writer_init(w);
    return Q_OK;
}

q_code q_writer_new(const q_schema *schema, q_format format, const q_write_options *options,
                    q_write_style style, const q_session *session, q_writer **out, q_err *err)
{
    q_writer *w = calloc(1, sizeof *w);
    *out = NULL;
    if (!w)
        return q_budget_error(NULL, sizeof *w, err);
    w->format = format;
    w->style = style;
    w->options = options;
    w->schema = schema;
    w->n_columns = schema->n_fields;
    w->line_sep = options->line_sep ? options->line_sep : "\n";
    w->line_sep_bytes = strlen(w->line_sep);
    q_buf_init(&w->prefix);
    q_arena_init(&w->arena, NULL);
    q_arena_init(&w->scratch, NULL);
    q_code code = init_writer(w, session, err);
    if (code != Q_OK)
        q_writer_destroy(&w);
    *out = w;
    return code;
}

void q_writer_destroy(q_writer **w)
{
    if (!*w)
        return;
    q_buf_fini(&(*w)->prefix);
    q_arena_fini(&(*w)->scratch);
    q_arena_fini(&(*w)->arena);
    free(*w);
    *w = NULL;
}

static q_code buffer_state(const q_buf *out, q_err *err)
{
    return out->failed ? q_budget_error(NULL, out->len, err) : Q_OK;
}

q_code q_writer_begin(q_writer *w, q_buf *out, q_err *err)
{
    if (w->format == Q_FORMAT_CSV && w->options->header)
        return q_csv_header(w, out, err);
    if (w->format == Q_FORMAT_JSON && w->style == Q_WRITE_ARRAY)
        q_buf_putc(out, '[');
    return buffer_state(out, err);
}

q_code q_writer_end(q_writer *w, q_buf *out, q_err *err)
{
    if (w->format == Q_FORMAT_JSON && w->style == Q_WRITE_ARRAY)
        q_buf_puts(out, w->n_rows ? "\n]\n" : "]\n");
    return buffer_state(out, err);
}

/* ---- what every row of a batch shares ---- */

static void column_texts(q_writer *w, q_write_column *wc, const q_column *c, uint32_t from,
                         uint32_t n, q_text *out)
{
    if (w->format == Q_FORMAT_JSON)
        q_json_texts(w, wc, c, from, n, out);
    else
        q_csv_texts(w, wc, c, from, n, out);
}

/* Constant expressions, mostly. Bits are compared: what looks alike to them is written alike. */
static bool one_value(const q_column *c, uint32_t n_rows)
{
    size_t width = q_type_width(c->type);
    const char *v = c->values;
    return n_rows > 1 && v && !c->validity && memcmp(v, v + (n_rows - 1) * width, width) == 0 &&
           memcmp(v, v + width, (n_rows - 1) * width) == 0;
}

static void put_key(q_writer *w, const q_write_column *wc)
{
    q_buf_append(&w->prefix, wc->key, wc->key_bytes);
    if (wc->quoted)
        q_buf_putc(&w->prefix, '"');
}

static void put_constant(q_writer *w, q_write_column *wc, const q_column *c)
{
    q_text t;
    column_texts(w, wc, c, 0, 1, &t);
    put_key(w, wc);
    q_buf_append(&w->prefix, t.ptr, t.len);
    if (wc->quoted)
        q_buf_putc(&w->prefix, '"');
    q_arena_reset(&w->scratch);
}

static void add_live(q_writer *w, q_write_column *wc, const q_column *c, size_t constant_bytes)
{
    q_live_column *live = &w->live[w->n_live++];
    live->column = c;
    live->wc = wc;
    live->quoted = wc->quoted;
    live->padded = wc->padded;
    live->constant_bytes = constant_bytes;
    put_key(w, wc);
    live->prefix_bytes = constant_bytes + wc->key_bytes + wc->quoted;
    w->row_room += wc->room;
}

static q_code begin_batch(q_writer *w, const q_batch *b, q_err *err)
{
    size_t at = 0; /* where the next live column's prefix begins */
    w->n_live = 0;
    w->row_room = w->line_sep_bytes + 64;
    q_buf_clear(&w->prefix);
    q_buf_reserve(&w->prefix, 64);
    for (uint32_t i = 0; i < b->n_columns; i++) {
        if (one_value(&b->columns[i], b->n_rows)) {
            put_constant(w, &w->columns[i], &b->columns[i]);
        } else {
            add_live(w, &w->columns[i], &b->columns[i], w->prefix.len - at);
            at = w->prefix.len;
        }
    }
    Q_TRY(buffer_state(&w->prefix, err));
    w->suffix = w->prefix.data; /* which stays where it is from now on */
    for (uint32_t i = 0; i < w->n_live; w->suffix += w->live[i++].prefix_bytes)
        w->live[i].prefix = w->suffix;
    w->suffix_bytes = w->prefix.len - at;
    w->row_room += w->prefix.len;
    return Q_OK;
}

/* ---- how many rows at once ---- */

/* JSON's escapes need the most room. */
static size_t strings_room(const q_str *v, uint32_t n)
{
    uint64_t bytes = 0;
    uint32_t plain = Q_STR_PLAIN;
    for (uint32_t i = 0; i < n; i++) {
        bytes += v[i].len;
        plain &= v[i].flags;
    }
    return plain ? bytes : Q_JSON_ESCAPE_ROOM(bytes) + n * Q_JSON_ESCAPE_ROOM(0);
}

/* Bytes that n values need besides wc->room each. */
static size_t values_room(const q_write_column *wc, const q_column *c, uint32_t from, uint32_t n)
{
    if (q_type_is_stringlike(c->type))
        return strings_room(Q_VALUES(c, q_str) + from, n);
    if (c->type.kind != Q_ARRAY)
        return 0;
    size_t room = 0;
    for (uint32_t i = from; i < from + n; i++) {
        q_list l = Q_VALUES(c, q_list)[i];
        if (!q_column_is_null(c, i))
            room += (size_t)l.len * wc->room + values_room(wc, c->child, l.start, l.len);
    }
    return room;
}

static size_t rows_room(const q_writer *w, uint32_t from, uint32_t n)
{
    size_t room = n * w->row_room;
    for (uint32_t i = 0; i < w->n_live; i++)
        room += values_room(w->live[i].wc, w->live[i].column, from, n);
    return room;
}

/* Long strings: fewer rows, so that the texts of no more than one row need much memory. */
static uint32_t rows_at_once(const q_writer *w, uint32_t from, uint32_t left, size_t *room)
{
    uint32_t n = left < Q_WRITE_ROWS ? left : Q_WRITE_ROWS;
    while ((*room = rows_room(w, from, n)) > (size_t)1 << 20 && n > 1)
        n /= 2;
    return n;
}

/* ---- rows ---- */

static char *put_null(const q_writer *w, const q_live_column *live, char *at)
{
    at = q_put_padded(at, live->prefix, live->constant_bytes);
    if (w->options->ignore_null_fields)
        return at;
    at = q_put_bytes(at, live->wc->key, live->wc->key_bytes);
    return q_put_padded(at, w->null.ptr, w->null.len);
}

static inline char *put_values(const q_writer *w, uint32_t row, char *at)
{
    for (const q_live_column *live = w->live, *end = live + w->n_live; live < end; live++) {
        q_text t = live->texts[row];
        if (__builtin_expect(!t.ptr, 0)) {
            at = put_null(w, live, at);
            continue;
        }
        at = q_put_padded(at, live->prefix, live->prefix_bytes);
        at = live->padded ? q_put_padded(at, t.ptr, t.len) : q_put_bytes(at, t.ptr, t.len);
        *at = '"';
        at += live->quoted;
    }
    return q_put_padded(at, w->suffix, w->suffix_bytes);
}

static inline char *put_json_row(q_writer *w, uint32_t row, char *at)
{
    if (w->style == Q_WRITE_ARRAY)
        at = w->n_rows ? q_put_bytes(at, ",\n", 2) : q_put_bytes(at, "\n", 1);
    char *start = at;
    at = put_values(w, row, at);
    *start = '{';
    at += at == start;
    *at++ = '}';
    return w->style == Q_WRITE_RECORDS ? q_put_bytes(at, w->line_sep, w->line_sep_bytes) : at;
}

static inline char *put_csv_row(q_writer *w, uint32_t row, char *at)
{
    char *start = at;
    at = put_values(w, row, at);
    return at == start ? at : q_put_bytes(at, w->line_sep, w->line_sep_bytes);
}

q_code q_writer_append(q_writer *w, const q_batch *batch, q_buf *out, q_err *err)
{
    Q_TRY(begin_batch(w, batch, err));
    for (uint32_t from = 0, n; from < batch->n_rows; from += n) {
        size_t room;
        n = rows_at_once(w, from, batch->n_rows - from, &room);
        for (uint32_t i = 0; i < w->n_live; i++)
            column_texts(w, w->live[i].wc, w->live[i].column, from, n, w->live[i].texts);
        if (!q_buf_reserve(out, room))
            return q_budget_error(NULL, room, err);
        char *at = out->data + out->len;
        for (uint32_t row = 0; row < n; row++, w->n_rows++)
            at = w->format == Q_FORMAT_JSON ? put_json_row(w, row, at) : put_csv_row(w, row, at);
        out->len = (size_t)(at - out->data);
        q_arena_reset(&w->scratch);
    }
    return Q_OK;
}
