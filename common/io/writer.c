/* Writers: life, columns, the text of values. */
#include "common/io/writer_base.h"

#include <stdlib.h>

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
    wc->text = kind == Q_DATE || kind == Q_TIMESTAMP || kind == Q_TIMESTAMP_NTZ;
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
    for (uint32_t i = 0; i < w->n_columns; i++) {
        Q_TRY(check_type(w, &w->schema->fields[i], err));
        Q_TRY(init_column(w, &w->columns[i], &w->schema->fields[i], zone, err));
    }
    if (w->format == Q_FORMAT_JSON)
        q_json_writer_init(w);
    else
        q_csv_writer_init(w);
    w->row_room = w->line_sep_bytes + 64;
    for (uint32_t i = 0; i < w->n_columns; i++)
        w->row_room += w->columns[i].room;
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

q_code q_writer_append(q_writer *w, const q_batch *batch, q_buf *out, q_err *err)
{
    return w->format == Q_FORMAT_JSON ? q_json_append(w, batch, out, err)
                                      : q_csv_append(w, batch, out, err);
}

q_code q_writer_end(q_writer *w, q_buf *out, q_err *err)
{
    if (w->format == Q_FORMAT_JSON && w->style == Q_WRITE_ARRAY)
        q_buf_puts(out, w->n_rows ? "\n]\n" : "]\n");
    return buffer_state(out, err);
}

/* ---- values ---- */

static char *double_text(q_text_cache *cache, double v, char *out)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    if (!cache || cache->off)
        return q_text_from_double(out, v);
    uint32_t at = (uint32_t)((bits * 0x9E3779B97F4A7C15u) >> 60);
    if (cache->bits[at] == bits && cache->length[at]) {
        cache->found++;
    } else {
        cache->bits[at] = bits;
        cache->length[at] = (uint8_t)(q_text_from_double(cache->text[at], v) - cache->text[at]);
    }
    if (++cache->asked == 256) {
        cache->off = cache->found < 192;
        cache->asked = cache->found = 0;
    }
    memcpy(out, cache->text[at], Q_NUMBER_TEXT_ROOM);
    return out + cache->length[at];
}

static size_t time_text(const q_write_column *wc, q_kind kind, int64_t v, char *out)
{
    if (wc->format)
        return q_datetime_format_write(wc->format, v, wc->zone ? wc->zone : &q_tz_utc, out);
    return kind == Q_DATE ? q_date_text((int32_t)v, out) : q_timestamp_text_iso(v, wc->zone, out);
}

static char *cached_time_text(q_write_column *wc, q_kind kind, int64_t v, char *out)
{
    if (v != wc->last_value || !wc->last_bytes) {
        size_t n = time_text(wc, kind, v, out);
        if (n > sizeof wc->last_text)
            return out + n;
        memcpy(wc->last_text, out, n);
        wc->last_value = v;
        wc->last_bytes = (uint8_t)n;
    }
    memcpy(out, wc->last_text, sizeof wc->last_text);
    return out + wc->last_bytes;
}

char *q_value_text(q_write_column *wc, const q_column *c, uint32_t row, char *out)
{
    switch ((q_kind)c->type.kind) {
    case Q_BOOLEAN: {
        bool v = Q_VALUES(c, uint8_t)[row];
        memcpy(out, v ? "true    " : "false   ", 8);
        return out + 5 - v;
    }
    case Q_TINYINT:
        return q_text_from_int64(out, Q_VALUES(c, int8_t)[row]);
    case Q_SMALLINT:
        return q_text_from_int64(out, Q_VALUES(c, int16_t)[row]);
    case Q_INT:
        return q_text_from_int64(out, Q_VALUES(c, int32_t)[row]);
    case Q_BIGINT:
        return q_text_from_int64(out, Q_VALUES(c, int64_t)[row]);
    case Q_FLOAT:
        return q_text_from_float(out, Q_VALUES(c, float)[row]);
    case Q_DOUBLE:
        return double_text(wc->cache, Q_VALUES(c, double)[row], out);
    case Q_DECIMAL:
        return q_text_from_decimal(out, Q_VALUES(c, q_int128)[row], c->type.scale);
    case Q_DATE:
        return cached_time_text(wc, Q_DATE, Q_VALUES(c, int32_t)[row], out);
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        return cached_time_text(wc, (q_kind)c->type.kind, Q_VALUES(c, int64_t)[row], out);
    default:
        return out;
    }
}
