/* Frames: where the rows that a window call sees begin and end. */
#include "common/column/datetime.h"
#include "common/exec/sortkey.h"
#include "common/exec/window/layout.h"

static int64_t literal_int(const q_expr *x)
{
    const q_column *v = x->value;
    switch (v->type.kind) {
    case Q_TINYINT:
        return Q_VALUES(v, int8_t)[0];
    case Q_SMALLINT:
        return Q_VALUES(v, int16_t)[0];
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        return Q_VALUES(v, int32_t)[0];
    default:
        return Q_VALUES(v, int64_t)[0];
    }
}

/* ---- RANGE: the values at a frame's end ---- */

static int64_t add_wrapping(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* Days of a day-time interval count in local time, the rest in elapsed time. */
static int64_t timestamp_add(const q_tz *tz, int64_t us, int64_t by)
{
    int64_t days = by / Q_US_PER_DAY, rest = by % Q_US_PER_DAY;
    if (days)
        us = q_tz_to_utc(tz, add_wrapping(q_tz_to_local(tz, us), days * Q_US_PER_DAY));
    return add_wrapping(us, rest);
}

static int64_t timestamp_add_months(const q_tz *tz, int64_t us, int64_t months)
{
    int64_t local = q_tz_to_local(tz, us), days = q_floor_div(local, Q_US_PER_DAY);
    int64_t time = local - days * Q_US_PER_DAY;
    days = q_days_add_months(days, months);
    return q_tz_to_utc(tz, add_wrapping((int64_t)((uint64_t)days * (uint64_t)Q_US_PER_DAY), time));
}

static void add_to_ints(q_column *out, const q_column *key, const q_expr *offset, bool minus,
                        const q_tz *tz)
{
    int64_t by = literal_int(offset);
    bool months = offset->type.kind == Q_INTERVAL_YM && key->type.kind != Q_INTERVAL_YM;
    if (minus)
        by = (int64_t)(0 - (uint64_t)by);
    for (uint32_t i = 0; i < key->length; i++) {
        switch (key->type.kind) {
        case Q_TINYINT:
            Q_VALUES(out, int8_t)[i] = (int8_t)add_wrapping(Q_VALUES(key, int8_t)[i], by);
            break;
        case Q_SMALLINT:
            Q_VALUES(out, int16_t)[i] = (int16_t)add_wrapping(Q_VALUES(key, int16_t)[i], by);
            break;
        case Q_INT:
        case Q_DATE:
        case Q_INTERVAL_YM: {
            int64_t v = Q_VALUES(key, int32_t)[i];
            Q_VALUES(out, int32_t)
            [i] = (int32_t)(months ? q_days_add_months(v, by) : add_wrapping(v, by));
            break;
        }
        case Q_TIMESTAMP:
        case Q_TIMESTAMP_NTZ: {
            int64_t v = Q_VALUES(key, int64_t)[i];
            Q_VALUES(out, int64_t)
            [i] = months ? timestamp_add_months(tz, v, by) : timestamp_add(tz, v, by);
            break;
        }
        default:
            Q_VALUES(out, int64_t)[i] = add_wrapping(Q_VALUES(key, int64_t)[i], by);
            break;
        }
    }
}

static void add_to_decimals(q_column *out, const q_column *key, q_int128 by)
{
    const q_int128 most = (q_int128)(((unsigned __int128)1 << 127) - 1);
    for (uint32_t i = 0; i < key->length; i++) {
        if (__builtin_add_overflow(Q_VALUES(key, q_int128)[i], by, &Q_VALUES(out, q_int128)[i]))
            Q_VALUES(out, q_int128)[i] = by < 0 ? -most - 1 : most;
    }
}

/* out = key + offset, or minus; NULL where the key is. */
static q_code key_plus(q_column *out, const q_column *key, const q_expr *offset, bool minus,
                       const q_session *session, q_arena *a, q_err *err)
{
    Q_TRY(q_column_init(out, key->type, key->length, a, err));
    out->validity = key->validity;
    const q_column *v = offset->value;
    const q_tz *tz = &q_tz_utc;
    if (key->type.kind == Q_TIMESTAMP)
        tz = q_tz_find(session->time_zone, strlen(session->time_zone));
    if (!tz)
        return q_err_set(err, Q_E_INVALID_CONF_VALUE, "no time zone `%s`", session->time_zone);
    switch (key->type.kind) {
    case Q_FLOAT:
        for (uint32_t i = 0; i < key->length; i++)
            Q_VALUES(out, float)
        [i] = Q_VALUES(key, float)[i] + (minus ? -1 : 1) * Q_VALUES(v, float)[0];
        return Q_OK;
    case Q_DOUBLE:
        for (uint32_t i = 0; i < key->length; i++)
            Q_VALUES(out, double)
        [i] = Q_VALUES(key, double)[i] + (minus ? -1 : 1) * Q_VALUES(v, double)[0];
        return Q_OK;
    case Q_DECIMAL:
        add_to_decimals(out, key, minus ? -Q_VALUES(v, q_int128)[0] : Q_VALUES(v, q_int128)[0]);
        return Q_OK;
    default:
        add_to_ints(out, key, offset, minus, tz);
        return Q_OK;
    }
}

/* Keys or bounds of all rows, as far as comparing them goes. */
typedef struct range_keys {
    const q_column *column; /* for NULLs, and the values of decimals */
    uint64_t *words;        /* of the others */
} range_keys;

static q_code range_keys_make(const q_order_key *order, const q_column *c, q_arena *a,
                              range_keys *out, q_err *err)
{
    *out = (range_keys){c, NULL};
    if (c->type.kind == Q_DECIMAL)
        return Q_OK;
    out->words = q_arena_alloc_vec(a, sizeof(uint64_t) * (size_t)c->length);
    if (!out->words)
        return q_budget_error(a->budget, sizeof(uint64_t) * (size_t)c->length, err);
    q_sortkey_words(order, c, out->words);
    return Q_OK;
}

/* By the window's order: does row x's key stand before, with or behind row y's bound? */
static int range_cmp(const q_order_key *order, const range_keys *keys, uint32_t x,
                     const range_keys *bounds, uint32_t y)
{
    bool nx = q_column_is_null(keys->column, x), ny = q_column_is_null(bounds->column, y);
    if (nx || ny)
        return (ny - nx) * (order->nulls_first ? 1 : -1);
    if (keys->words)
        return (keys->words[x] > bounds->words[y]) - (keys->words[x] < bounds->words[y]);
    q_int128 a = Q_VALUES(keys->column, q_int128)[x], b = Q_VALUES(bounds->column, q_int128)[y];
    return ((a > b) - (a < b)) * (order->descending ? -1 : 1);
}

/* ---- both units ---- */

typedef struct range {
    const q_order_key *order;
    range_keys keys, from, to; /* the keys; bounds at the frames' starts and ends */
    q_column from_column, to_column;
} range;

static bool has_offset(uint8_t bound)
{
    return bound == Q_BOUND_PRECEDING || bound == Q_BOUND_FOLLOWING;
}

static q_code bound_make(const range *r, const q_column *key, uint8_t bound, const q_expr *offset,
                         const q_session *session, q_arena *tmp, q_column *column, range_keys *out,
                         q_err *err)
{
    if (!has_offset(bound))
        return Q_OK;
    bool minus = (bound == Q_BOUND_PRECEDING) != r->order->descending;
    Q_TRY(key_plus(column, key, offset, minus, session, tmp, err));
    return range_keys_make(r->order, column, tmp, out, err);
}

static q_code range_make(const q_window_group *g, const q_window_frame *f, const q_window_input *in,
                         const q_session *session, q_arena *tmp, range *r, q_err *err)
{
    memset(r, 0, sizeof *r);
    if (f->unit != Q_FRAME_RANGE || !(has_offset(f->start) || has_offset(f->end)))
        return Q_OK;
    if (g->n_order != 1)
        return q_err_set(err, Q_E_INTERNAL, "a RANGE offset with %u order keys", g->n_order);
    r->order = &g->order[0];
    Q_TRY(range_keys_make(r->order, in->order[0], tmp, &r->keys, err));
    Q_TRY(bound_make(r, in->order[0], f->start, f->start_offset, session, tmp, &r->from_column,
                     &r->from, err));
    return bound_make(r, in->order[0], f->end, f->end_offset, session, tmp, &r->to_column, &r->to,
                      err);
}

/* Never negative: INT64_MIN has no positive counterpart. */
static int64_t rows_offset(const q_expr *x)
{
    int64_t by = literal_int(x);
    return by < 0 ? INT64_MAX : by;
}

/* i moved by a ROWS offset, within 0..n. */
static uint32_t shifted(uint32_t i, uint8_t bound, int64_t by, uint32_t n)
{
    if (bound == Q_BOUND_PRECEDING)
        return by > i ? 0 : (uint32_t)(i - by);
    return by >= n - i ? n : (uint32_t)(i + by);
}

/* A partition's rows and where its frames go. */
typedef struct part {
    const uint32_t *rows, *peer, *peer_end;
    uint32_t n;
    uint32_t *start, *end;
} part;

static void fill_ends(const q_window_frame *f, const range *r, const part *p)
{
    uint32_t at = 0;
    int64_t by = has_offset(f->end) && !r->order ? rows_offset(f->end_offset) : 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (f->end == Q_BOUND_UNBOUNDED_FOLLOWING) {
            p->end[i] = p->n;
        } else if (f->end == Q_BOUND_CURRENT_ROW) {
            p->end[i] = f->unit == Q_FRAME_ROWS ? i + 1 : p->peer_end[i];
        } else if (!r->order) {
            uint32_t last = shifted(i, f->end, by, p->n); /* n PRECEDING may be before row 0 */
            bool none = f->end == Q_BOUND_PRECEDING && by > i;
            p->end[i] = none ? 0 : last < p->n ? last + 1 : p->n;
        } else {
            while (at < p->n && range_cmp(r->order, &r->keys, p->rows[at], &r->to, p->rows[i]) <= 0)
                at++;
            p->end[i] = at;
        }
    }
}

/* After the ends: a start never lies behind its frame's end. */
static void fill_starts(const q_window_frame *f, const range *r, const part *p)
{
    uint32_t at = 0;
    int64_t by = has_offset(f->start) && !r->order ? rows_offset(f->start_offset) : 0;
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t start = 0;
        if (f->start == Q_BOUND_CURRENT_ROW) {
            start = f->unit == Q_FRAME_ROWS ? i : p->peer[i];
        } else if (has_offset(f->start) && !r->order) {
            start = shifted(i, f->start, by, p->n);
        } else if (has_offset(f->start)) {
            while (at < p->end[i] &&
                   range_cmp(r->order, &r->keys, p->rows[at], &r->from, p->rows[i]) < 0)
                at++;
            start = at;
        }
        p->start[i] = start < p->end[i] ? start : p->end[i];
    }
}

q_code q_window_frames_make(const q_window_group *g, const q_window_frame *frame,
                            const q_window_input *in, const q_window_layout *l,
                            const q_session *session, q_arena *a, q_window_frames *out, q_err *err)
{
    q_arena tmp;
    range r;
    size_t bytes = sizeof(uint32_t) * ((size_t)l->n_rows + 1);
    out->start = q_arena_alloc_vec(a, bytes);
    out->end = q_arena_alloc_vec(a, bytes);
    if (!out->start || !out->end)
        return q_budget_error(a->budget, bytes, err);
    q_arena_init(&tmp, a->budget);
    q_code code = range_make(g, frame, in, session, &tmp, &r, err);
    for (uint32_t k = 0; k < l->n_parts && code == Q_OK; k++) {
        uint32_t from = l->start[k];
        part p = {l->rows + from,         l->peer + from,    l->peer_end + from,
                  l->start[k + 1] - from, out->start + from, out->end + from};
        fill_ends(frame, &r, &p);
        fill_starts(frame, &r, &p);
    }
    q_arena_fini(&tmp);
    return code;
}
