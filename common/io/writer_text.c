/* Writers: the texts of numbers, booleans, dates and timestamps, a column at a time. */
#include "common/io/writer_base.h"

/* Texts of n values in slots of their own. `PUT` writes the one of v[i] at p and gives its end. */
#define TEXTS(ctype, slot, PUT)                                   \
    do {                                                          \
        const ctype *v = Q_VALUES(c, ctype) + from;               \
        char *p = q_arena_alloc(&w->scratch, (size_t)n * (slot)); \
        for (uint32_t i = 0; i < n; i++, p += (slot))             \
            out[i] = (q_text){p, (size_t)((PUT)-p)};              \
    } while (0)

static void boolean_texts(const uint8_t *v, uint32_t n, q_text *out)
{
    static const char words[2][32] = {"false", "true"};
    for (uint32_t i = 0; i < n; i++)
        out[i] = (q_text){words[v[i] & 1], (size_t)5 - (v[i] & 1)};
}

/* Texts that were made for the same bits among these rows are used again. */
static void cached_double_texts(q_writer *w, q_text_cache *cache, const double *v, uint32_t n,
                                q_text *out)
{
    char *p = q_arena_alloc(&w->scratch, (size_t)n * Q_NUMBER_TEXT_ROOM);
    memset(cache->text, 0, sizeof cache->text);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, v + i, sizeof bits);
        uint32_t at = (uint32_t)((bits * 0x9E3779B97F4A7C15u) >> 60);
        if (cache->bits[at] == bits && cache->text[at].len) {
            cache->found++;
        } else {
            cache->bits[at] = bits;
            cache->text[at] = (q_text){p, (size_t)(q_text_from_double(p, v[i]) - p)};
            p += Q_NUMBER_TEXT_ROOM;
        }
        out[i] = cache->text[at];
    }
    cache->asked += n;
    if (cache->asked >= 2 * Q_WRITE_ROWS) {
        cache->off = cache->found < cache->asked / 4 * 3;
        cache->asked = cache->found = 0;
    }
}

static size_t time_text(const q_write_column *wc, q_kind kind, int64_t v, char *out)
{
    if (wc->format)
        return q_datetime_format_write(wc->format, v, wc->zone ? wc->zone : &q_tz_utc, out);
    return kind == Q_DATE ? q_date_text((int32_t)v, out) : q_timestamp_text_iso(v, wc->zone, out);
}

static void time_texts(q_writer *w, const q_write_column *wc, const q_column *c, uint32_t from,
                       uint32_t n, q_text *out)
{
    q_kind kind = (q_kind)c->type.kind;
    size_t slot = (wc->room + 31) & ~(size_t)31;
    int64_t last_value = 0;
    q_text last = {0};
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (q_text){0};
        if (q_column_is_null(c, from + i)) /* what is under it may be no time at all */
            continue;
        int64_t v =
            kind == Q_DATE ? Q_VALUES(c, int32_t)[from + i] : Q_VALUES(c, int64_t)[from + i];
        if (!last.ptr || v != last_value) {
            char *p = q_arena_alloc(&w->scratch, slot);
            last = (q_text){p, time_text(wc, kind, v, p)};
            last_value = v;
        }
        out[i] = last;
    }
}

void q_value_texts(q_writer *w, q_write_column *wc, const q_column *c, uint32_t from, uint32_t n,
                   q_text *out)
{
    switch ((q_kind)c->type.kind) {
    case Q_BOOLEAN:
        boolean_texts(Q_VALUES(c, uint8_t) + from, n, out);
        break;
    case Q_TINYINT:
        TEXTS(int8_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
        break;
    case Q_SMALLINT:
        TEXTS(int16_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
        break;
    case Q_INT:
        TEXTS(int32_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
        break;
    case Q_BIGINT:
        TEXTS(int64_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
        break;
    case Q_FLOAT:
        TEXTS(float, Q_NUMBER_TEXT_ROOM, q_text_from_float(p, v[i]));
        break;
    case Q_DOUBLE:
        if (wc->cache && !wc->cache->off)
            cached_double_texts(w, wc->cache, Q_VALUES(c, double) + from, n, out);
        else
            TEXTS(double, Q_NUMBER_TEXT_ROOM, q_text_from_double(p, v[i]));
        break;
    case Q_DECIMAL:
        TEXTS(q_int128, Q_DECIMAL_TEXT_ROOM, q_text_from_decimal(p, v[i], c->type.scale));
        break;
    case Q_DATE:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        time_texts(w, wc, c, from, n, out);
        break;
    default: /* VOID: no values */
        memset(out, 0, n * sizeof *out);
        break;
    }
}
