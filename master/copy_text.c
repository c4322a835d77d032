/* Values in COPY's text format. */
#include "master/copy_text.h"

#include <stdio.h>

#include "common/column/datetime.h"
#include "common/column/number.h"
#include "common/column/utf8.h"
#include "common/io/utf8_repair.h"

/* ---- types ---- */

static const char *scalar_type(q_type t, char *out)
{
    static const char *const names[Q_N_KINDS] = {[Q_VOID] = "text",
                                                 [Q_BOOLEAN] = "boolean",
                                                 [Q_TINYINT] = "smallint",
                                                 [Q_SMALLINT] = "smallint",
                                                 [Q_INT] = "integer",
                                                 [Q_BIGINT] = "bigint",
                                                 [Q_FLOAT] = "real",
                                                 [Q_DOUBLE] = "double precision",
                                                 [Q_STRING] = "text",
                                                 [Q_BINARY] = "bytea",
                                                 [Q_DATE] = "date",
                                                 [Q_TIMESTAMP] = "timestamp",
                                                 [Q_TIMESTAMP_NTZ] = "timestamp",
                                                 [Q_INTERVAL_DT] = "interval",
                                                 [Q_INTERVAL_YM] = "interval"};
    if (t.kind == Q_DECIMAL)
        snprintf(out, Q_COPY_TYPE_BYTES, "numeric(%d,%d)", t.precision, t.scale);
    else
        snprintf(out, Q_COPY_TYPE_BYTES, "%s", names[t.kind]);
    return out;
}

const char *q_copy_type(q_type t, char out[Q_COPY_TYPE_BYTES])
{
    if (t.kind != Q_ARRAY)
        return scalar_type(t, out);
    scalar_type(q_type_element(t), out);
    size_t n = strlen(out);
    snprintf(out + n, Q_COPY_TYPE_BYTES - n, "[]");
    return out;
}

/* ---- values ---- */

/* Years before 1 are "0044-03-15 BC", those behind 9999 have no sign. Returns whether BC. */
static bool put_date(q_buf *out, int64_t days)
{
    q_civil c = q_civil_from_days(days);
    q_buf_printf(out, "%04lld-%02d-%02d", (long long)(c.year > 0 ? c.year : 1 - c.year), c.month,
                 c.day);
    return c.year <= 0;
}

static void put_timestamp(q_buf *out, int64_t us, const q_tz *zone)
{
    int64_t local = zone ? q_tz_to_local(zone, us) : us;
    int64_t days = q_floor_div(local, Q_US_PER_DAY), of_day = q_floor_mod(local, Q_US_PER_DAY);
    int64_t s = of_day / Q_US_PER_SECOND, fraction = of_day % Q_US_PER_SECOND;
    bool bc = put_date(out, days);
    q_buf_printf(out, " %02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    if (fraction)
        q_buf_printf(out, ".%06d", (int)fraction);
    if (zone) {
        int32_t offset = q_tz_offset_at(zone, q_floor_div(us, Q_US_PER_SECOND));
        int32_t east = offset < 0 ? -offset : offset;
        q_buf_printf(out, "%c%02d:%02d:%02d", offset < 0 ? '-' : '+', east / 3600, east / 60 % 60,
                     east % 60);
    }
    if (bc)
        q_buf_puts(out, " BC");
}

/* `depth` 1: inside an array's quotes, whose backslashes and quotes need one more. */
static void put_char(q_buf *out, char c, int depth)
{
    static const char escaped[256] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
                                      ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\'};
    char letter = escaped[(unsigned char)c];
    if (depth && (c == '\\' || c == '"'))
        q_buf_puts(out, "\\\\");
    if (letter) {
        q_buf_putc(out, '\\');
        q_buf_putc(out, letter);
    } else {
        q_buf_putc(out, c);
    }
}

static bool plain(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)s[i] < 0x20 || s[i] == '\\')
            return false;
    }
    return true;
}

static q_code put_text(q_buf *out, q_str v, int depth, q_err *err)
{
    q_arena scratch;
    size_t n = v.len;
    const char *s = v.ptr;
    if (!depth && (v.flags & Q_STR_PLAIN)) {
        q_buf_append(out, s, n);
        return Q_OK;
    }
    if (memchr(s, 0, n)) {
        q_err_set(err, Q_E_DATABASE, "a text has a NUL character, which PostgreSQL cannot hold");
        q_err_hint(err, "replace(column, char(0), '') takes it out");
        return Q_E_DATABASE;
    }
    q_arena_init(&scratch, NULL);
    if (!q_utf8_valid(s, n))
        s = q_utf8_repair(s, n, &scratch, &n);
    if (!depth && plain(s, n)) {
        q_buf_append(out, s, n);
    } else {
        for (size_t i = 0; i < n; i++)
            put_char(out, s[i], depth);
    }
    q_arena_fini(&scratch);
    return Q_OK;
}

static void put_binary(q_buf *out, q_str v, int depth)
{
    q_buf_puts(out, depth ? "\\\\\\\\x" : "\\\\x");
    for (uint32_t i = 0; i < v.len; i++)
        q_buf_printf(out, "%02x", (unsigned char)v.ptr[i]);
}

static void put_number(q_buf *out, const q_column *c, uint32_t i)
{
    if (!q_buf_reserve(out, Q_DECIMAL_TEXT_ROOM))
        return;
    char *at = out->data + out->len, *end = at;
    switch (c->type.kind) {
    case Q_TINYINT:
        end = q_text_from_int64(at, Q_VALUES(c, int8_t)[i]);
        break;
    case Q_SMALLINT:
        end = q_text_from_int64(at, Q_VALUES(c, int16_t)[i]);
        break;
    case Q_INT:
        end = q_text_from_int64(at, Q_VALUES(c, int32_t)[i]);
        break;
    case Q_BIGINT:
        end = q_text_from_int64(at, Q_VALUES(c, int64_t)[i]);
        break;
    case Q_FLOAT:
        end = q_text_from_float(at, Q_VALUES(c, float)[i]);
        break;
    case Q_DOUBLE:
        end = q_text_from_double(at, Q_VALUES(c, double)[i]);
        break;
    default:
        end = q_text_from_decimal_plain(at, Q_VALUES(c, q_int128)[i], c->type.scale);
        break;
    }
    out->len += (size_t)(end - at);
}

static q_code put_value(q_buf *out, const q_column *c, uint32_t i, const q_tz *zone, int depth,
                        q_err *err);

static q_code put_array(q_buf *out, const q_column *c, uint32_t i, const q_tz *zone, q_err *err)
{
    q_list list = Q_VALUES(c, q_list)[i];
    q_buf_putc(out, '{');
    for (uint32_t k = 0; k < list.len; k++) {
        if (k)
            q_buf_putc(out, ',');
        if (q_column_is_null(c->child, list.start + k)) {
            q_buf_puts(out, "NULL");
            continue;
        }
        q_buf_putc(out, '"');
        Q_TRY(put_value(out, c->child, list.start + k, zone, 1, err));
        q_buf_putc(out, '"');
    }
    q_buf_putc(out, '}');
    return Q_OK;
}

static q_code put_value(q_buf *out, const q_column *c, uint32_t i, const q_tz *zone, int depth,
                        q_err *err)
{
    switch (c->type.kind) {
    case Q_BOOLEAN:
        q_buf_putc(out, Q_VALUES(c, uint8_t)[i] ? 't' : 'f');
        break;
    case Q_STRING:
        return put_text(out, Q_VALUES(c, q_str)[i], depth, err);
    case Q_BINARY:
        put_binary(out, Q_VALUES(c, q_str)[i], depth);
        break;
    case Q_DATE:
        if (put_date(out, Q_VALUES(c, int32_t)[i]))
            q_buf_puts(out, " BC");
        break;
    case Q_TIMESTAMP:
        put_timestamp(out, Q_VALUES(c, int64_t)[i], zone);
        break;
    case Q_TIMESTAMP_NTZ:
        put_timestamp(out, Q_VALUES(c, int64_t)[i], NULL);
        break;
    case Q_INTERVAL_DT:
        q_buf_printf(out, "%lld microseconds", (long long)Q_VALUES(c, int64_t)[i]);
        break;
    case Q_INTERVAL_YM:
        q_buf_printf(out, "%d months", Q_VALUES(c, int32_t)[i]);
        break;
    case Q_ARRAY:
        return put_array(out, c, i, zone, err);
    default:
        put_number(out, c, i);
        break;
    }
    return Q_OK;
}

static q_code put_row(q_buf *out, const q_batch *b, const q_schema *schema, uint32_t i,
                      const q_tz *zone, q_err *err)
{
    for (uint32_t k = 0; k < b->n_columns; k++) {
        const q_column *c = &b->columns[k];
        if (k)
            q_buf_putc(out, '\t');
        if (q_column_is_null(c, i)) {
            q_buf_append(out, "\\N", 2);
        } else if (put_value(out, c, i, zone, 0, err) != Q_OK) {
            snprintf(err->column_name, sizeof err->column_name, "%s", schema->fields[k].name);
            return err->code;
        }
    }
    q_buf_putc(out, '\n');
    return Q_OK;
}

q_code q_copy_text(const q_batch *b, const q_schema *schema, const q_tz *zone, uint32_t *row,
                   size_t enough_bytes, q_buf *out, q_err *err)
{
    for (; *row < b->n_rows && out->len < enough_bytes && !out->failed; ++*row)
        Q_TRY(put_row(out, b, schema, *row, zone, err));
    return out->failed ? q_budget_error(NULL, out->len, err) : Q_OK;
}
