/*
 * Window functions over rows at hand against their definitions, row by row: order, peers,
 * frames with every bound, functions, aggregates.
 */
#include "common/exec/window.h"

#include "common/exec/agg.h"
#include "tests/unit/exec_util.h"

/* Rows with partitions and order keys, and what the definition makes of them. */
typedef struct rows {
    q_arena arena;
    uint32_t n, n_parts, n_order;
    uint32_t *partition;
    q_order_key order[3];
    q_column *keys[3];
    uint32_t **sorted; /* by partition: rows in window order */
    uint32_t *count;   /* by partition */
    uint32_t *place;   /* by row: index in its partition */
} rows;

static int key_cmp(const rows *r, uint32_t x, uint32_t y)
{
    for (uint32_t j = 0; j < r->n_order; j++) {
        bool nx = q_column_is_null(r->keys[j], x), ny = q_column_is_null(r->keys[j], y);
        int c = 0;
        if (nx || ny)
            c = r->order[j].nulls_first ? ny - nx : nx - ny;
        else
            c = xu_cmp(r->keys[j], x, r->keys[j], y) * (r->order[j].descending ? -1 : 1);
        if (c)
            return c;
    }
    return 0;
}

static void rows_init(rows *r, uint32_t n, uint32_t n_parts)
{
    memset(r, 0, sizeof *r);
    q_arena_init(&r->arena, NULL);
    r->n = n;
    r->n_parts = n_parts;
    r->partition = q_arena_array(&r->arena, uint32_t, n + 1);
    for (uint32_t i = 0; i < n; i++)
        r->partition[i] = xu_below(n_parts);
}

static void rows_order(rows *r, q_column *key)
{
    uint32_t k = r->n_order++;
    r->keys[k] = key;
    r->order[k] =
        (q_order_key){q_expr_column(&r->arena, k, key->type, true), xu_below(2), xu_below(2)};
}

/* Insertion sort of every partition, after all keys are there. */
static void rows_sort(rows *r)
{
    r->sorted = q_arena_array(&r->arena, uint32_t *, r->n_parts);
    r->count = q_arena_array(&r->arena, uint32_t, r->n_parts);
    r->place = q_arena_array(&r->arena, uint32_t, r->n + 1);
    for (uint32_t p = 0; p < r->n_parts; p++)
        r->sorted[p] = q_arena_array(&r->arena, uint32_t, r->n + 1);
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t *s = r->sorted[r->partition[i]], k = r->count[r->partition[i]]++;
        for (; k && key_cmp(r, s[k - 1], i) > 0; k--)
            s[k] = s[k - 1];
        s[k] = i;
    }
    for (uint32_t p = 0; p < r->n_parts; p++) {
        for (uint32_t k = 0; k < r->count[p]; k++)
            r->place[r->sorted[p][k]] = k;
    }
}

static q_column evaluate(rows *r, q_window_call *call, q_column *const *args, q_column *filter)
{
    q_window_group g = {.window_class = Q_WINDOW_ROWS,
                        .n_order = r->n_order,
                        .order = r->order,
                        .n_calls = 1,
                        .calls = call};
    q_window_input in = {.n_rows = r->n,
                         .n_partitions = r->n_parts,
                         .partition = r->partition,
                         .order = r->keys,
                         .args = &args,
                         .filters = &filter};
    q_column out;
    XU_OK(q_window_evaluate(&g, &in, &xu_session, &r->arena, &out, err));
    ck_assert(q_type_eq(out.type, call->call->type));
    ck_assert_uint_eq(out.length, r->n);
    return out;
}

static q_window_call call_of(rows *r, q_function_id f, q_type type, uint32_t n_args,
                             q_column *const *args, bool literals)
{
    q_expr *x[3];
    for (uint32_t k = 0; k < n_args; k++)
        x[k] = literals && k ? q_expr_literal(&r->arena, args[k])
                             : q_expr_column(&r->arena, k, args[k]->type, true);
    q_window_call c = {.call = q_expr_call(&r->arena, f, type, n_args, x)};
    c.frame = (q_window_frame){.unit = Q_FRAME_ROWS,
                               .start = Q_BOUND_UNBOUNDED_PRECEDING,
                               .end = Q_BOUND_UNBOUNDED_FOLLOWING};
    return c;
}

/* ---- the rank family ---- */

static void check_rank(const rows *r, q_function_id f, int32_t buckets, const q_column *out,
                       uint32_t row)
{
    uint32_t p = r->partition[row], n = r->count[p], before = 0, up_to = 0, distinct = 0;
    for (uint32_t k = 0; k < n; k++) {
        int c = key_cmp(r, r->sorted[p][k], row);
        before += c < 0;
        up_to += c <= 0;
        distinct += c < 0 && (!k || key_cmp(r, r->sorted[p][k - 1], r->sorted[p][k]) < 0);
    }
    uint32_t place = r->place[row], bucket = 1, left = 0;
    for (uint32_t k = 0; k <= place; k++) { /* the first buckets are one row larger */
        uint32_t size = n / (uint32_t)buckets + (bucket <= n % (uint32_t)buckets);
        if (left == size) {
            bucket++;
            left = 0;
        }
        left++;
    }
    ck_assert(!q_column_is_null(out, row));
    if (f == Q_FN_PERCENT_RANK)
        ck_assert(Q_VALUES(out, double)[row] == (n > 1 ? (double)before / (n - 1) : 0));
    else if (f == Q_FN_CUME_DIST)
        ck_assert(Q_VALUES(out, double)[row] == (double)up_to / n);
    else
        ck_assert_int_eq(Q_VALUES(out, int32_t)[row], f == Q_FN_RANK         ? before + 1
                                                      : f == Q_FN_DENSE_RANK ? distinct + 1
                                                      : f == Q_FN_NTILE      ? bucket
                                                                             : place + 1);
}

static q_column *int_literal(q_arena *a, int32_t v)
{
    q_column *c = q_arena_new(a, q_column);
    XU_OK(q_column_init(c, Q_TYPE(Q_INT), 1, a, err));
    Q_VALUES(c, int32_t)[0] = v;
    return c;
}

START_TEST(rank_family)
{
    static const q_function_id fs[] = {Q_FN_ROW_NUMBER,   Q_FN_RANK,      Q_FN_DENSE_RANK,
                                       Q_FN_PERCENT_RANK, Q_FN_CUME_DIST, Q_FN_NTILE};
    for (int round = 0; round < 8; round++) {
        rows r;
        rows_init(&r, round ? xu_below(200) : 0, 1 + xu_below(6));
        rows_order(&r, xu_column(&r.arena, xu_types[_i], r.n, (uint32_t)round % 3));
        if (round & 1)
            rows_order(&r, xu_column(&r.arena, xu_types[xu_below(XU_N_TYPES)], r.n, 1));
        rows_sort(&r);
        for (int f = 0; f < 6; f++) {
            q_column *buckets = int_literal(&r.arena, 1 + (int32_t)xu_below(12)), *args[1];
            bool real = fs[f] == Q_FN_PERCENT_RANK || fs[f] == Q_FN_CUME_DIST;
            q_window_call c = call_of(&r, fs[f], Q_TYPE(real ? Q_DOUBLE : Q_INT), 0, NULL, false);
            if (fs[f] == Q_FN_NTILE) {
                q_expr *x = q_expr_literal(&r.arena, buckets);
                c.call = q_expr_call(&r.arena, fs[f], Q_TYPE(Q_INT), 1, &x);
            }
            args[0] = buckets; /* not looked at */
            q_column out = evaluate(&r, &c, args, NULL);
            for (uint32_t i = 0; i < r.n; i++)
                check_rank(&r, fs[f], Q_VALUES(buckets, int32_t)[0], &out, i);
        }
        q_arena_fini(&r.arena);
    }
}
END_TEST

/* ---- lag, lead, nth_value ---- */

static q_column *repeated(q_arena *a, const q_column *one, uint32_t n)
{
    q_column *c = q_arena_new(a, q_column);
    XU_OK(q_column_repeat(c, one, 0, n, a, err));
    return c;
}

/* The row that is `by` rows after place k (before: negative), or none. */
static int64_t shifted(const rows *r, uint32_t p, uint32_t k, int64_t by, const q_column *skip)
{
    int64_t at = k, step = by < 0 ? -1 : 1;
    for (int64_t left = by < 0 ? -by : by; left;) {
        at += step;
        if (at < 0 || at >= r->count[p])
            return -1;
        left -= !skip || !q_column_is_null(skip, r->sorted[p][at]);
    }
    return at;
}

START_TEST(lag_and_lead)
{
    static const int32_t offsets[] = {0, 1, 2, 5, -1, -3, INT32_MAX, INT32_MIN};
    for (int round = 0; round < 16; round++) {
        rows r;
        rows_init(&r, xu_below(150), 1 + xu_below(5));
        rows_order(&r, xu_column(&r.arena, Q_TYPE(Q_INT), r.n, 1));
        rows_sort(&r);
        int32_t offset = offsets[round / 2];
        q_column *one = int_literal(&r.arena, offset);
        q_column *value = xu_column(&r.arena, xu_types[_i], r.n, 3);
        q_column *other = xu_column(&r.arena, xu_types[_i], r.n, 1);
        q_column *args[3] = {value, repeated(&r.arena, one, r.n), other};
        bool lead = round & 1, skip = xu_below(2);
        q_expr *x[3] = {q_expr_column(&r.arena, 0, value->type, true),
                        q_expr_literal(&r.arena, one),
                        q_expr_column(&r.arena, 1, value->type, true)};
        q_window_call c = call_of(&r, Q_FN_ROW_NUMBER, Q_TYPE(Q_INT), 0, NULL, false);
        c.call = q_expr_call(&r.arena, lead ? Q_FN_LEAD : Q_FN_LAG, value->type, 3, x);
        c.call->ignore_nulls = skip;
        q_column out = evaluate(&r, &c, args, NULL);
        for (uint32_t i = 0; i < r.n; i++) {
            int64_t by = lead ? offset : -(int64_t)offset;
            uint32_t p = r.partition[i];
            int64_t at = shifted(&r, p, r.place[i], by, skip ? value : NULL);
            if (at < 0)
                ck_assert(xu_same(&out, i, other, i));
            else
                ck_assert(xu_same(&out, i, value, r.sorted[p][at]));
        }
        q_arena_fini(&r.arena);
    }
}
END_TEST

/* ---- frames ---- */

typedef struct frame {
    uint32_t from, to; /* places */
} frame;

/* Key of a row plus an offset, as a double or an integer: exact for the small keys here. */
static double key_number(const rows *r, uint32_t row)
{
    const q_column *c = r->keys[0];
    switch (c->type.kind) {
    case Q_DOUBLE:
        return Q_VALUES(c, double)[row];
    case Q_FLOAT:
        return (double)Q_VALUES(c, float)[row];
    case Q_TINYINT:
        return Q_VALUES(c, int8_t)[row];
    case Q_SMALLINT:
        return Q_VALUES(c, int16_t)[row];
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        return Q_VALUES(c, int32_t)[row];
    case Q_DECIMAL:
        return (double)Q_VALUES(c, q_int128)[row];
    default:
        return (double)Q_VALUES(c, int64_t)[row];
    }
}

static double offset_number(const q_expr *x)
{
    rows r = {.keys = {(q_column *)x->value}};
    return key_number(&r, 0);
}

/* Where a row stands to a RANGE bound of another: -1 before, 0 at, 1 behind it. */
static int range_place(const rows *r, uint32_t row, uint32_t current, uint8_t bound,
                       const q_expr *offset)
{
    bool nr = q_column_is_null(r->keys[0], row), nc = q_column_is_null(r->keys[0], current);
    if (nr || nc)
        return nr == nc ? 0 : key_cmp(r, row, current);
    double by = offset_number(offset) * (bound == Q_BOUND_PRECEDING ? -1 : 1);
    int sign = r->order[0].descending ? -1 : 1;
    double d = (key_number(r, row) - key_number(r, current)) * sign - by;
    return (d > 0) - (d < 0);
}

static bool is_offset(uint8_t bound)
{
    return bound == Q_BOUND_PRECEDING || bound == Q_BOUND_FOLLOWING;
}

static bool after_start(const rows *r, const q_window_frame *f, uint32_t p, uint32_t k, uint32_t i)
{
    uint32_t row = r->sorted[p][k], current = r->sorted[p][i];
    if (f->start == Q_BOUND_UNBOUNDED_PRECEDING)
        return true;
    if (f->unit == Q_FRAME_RANGE)
        return (is_offset(f->start) ? range_place(r, row, current, f->start, f->start_offset)
                                    : key_cmp(r, row, current)) >= 0;
    int64_t by = is_offset(f->start) ? (int64_t)offset_number(f->start_offset) : 0;
    return (int64_t)k >= (int64_t)i + (f->start == Q_BOUND_PRECEDING ? -by : by);
}

static bool before_end(const rows *r, const q_window_frame *f, uint32_t p, uint32_t k, uint32_t i)
{
    uint32_t row = r->sorted[p][k], current = r->sorted[p][i];
    if (f->end == Q_BOUND_UNBOUNDED_FOLLOWING)
        return true;
    if (f->unit == Q_FRAME_RANGE)
        return (is_offset(f->end) ? range_place(r, row, current, f->end, f->end_offset)
                                  : key_cmp(r, row, current)) <= 0;
    int64_t by = is_offset(f->end) ? (int64_t)offset_number(f->end_offset) : 0;
    return (int64_t)k <= (int64_t)i + (f->end == Q_BOUND_PRECEDING ? -by : by);
}

/* Rows of the frame of place i, in window order. */
static uint32_t frame_rows(const rows *r, const q_window_frame *f, uint32_t p, uint32_t i,
                           uint32_t *out)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < r->count[p]; k++) {
        if (after_start(r, f, p, k, i) && before_end(r, f, p, k, i))
            out[n++] = r->sorted[p][k];
    }
    return n;
}

static uint8_t random_bound(bool start)
{
    uint8_t b = (uint8_t)xu_below(4);
    return start ? b : b + 1;
}

static q_expr *offset_of(q_arena *a, q_type type, int64_t v)
{
    if (type.kind == Q_DOUBLE)
        return q_expr_double(a, (double)v);
    q_column *c = q_arena_new(a, q_column);
    XU_OK(q_column_init(c, type, 1, a, err));
    switch (q_type_width(type)) {
    case 1:
        Q_VALUES(c, int8_t)[0] = (int8_t)v;
        break;
    case 2:
        Q_VALUES(c, int16_t)[0] = (int16_t)v;
        break;
    case 4:
        if (type.kind == Q_FLOAT)
            Q_VALUES(c, float)[0] = (float)v;
        else
            Q_VALUES(c, int32_t)[0] = (int32_t)v;
        break;
    case 8:
        Q_VALUES(c, int64_t)[0] = v;
        break;
    default:
        Q_VALUES(c, q_int128)[0] = v;
        break;
    }
    return q_expr_literal(a, c);
}

/* A frame that the binder lets through, with offsets up to `most`. */
static q_window_frame random_frame(rows *r, uint32_t most, bool range_offsets)
{
    q_window_frame f = {.unit = (uint8_t)xu_below(2)};
    do {
        f.start = random_bound(true);
        f.end = random_bound(false);
    } while (f.start > f.end || (f.unit == Q_FRAME_RANGE && !range_offsets &&
                                 (is_offset(f.start) || is_offset(f.end))));
    q_type type = Q_TYPE(Q_BIGINT);
    if (f.unit == Q_FRAME_RANGE && r->n_order)
        type = r->keys[0]->type;
    if (type.kind == Q_TIMESTAMP || type.kind == Q_TIMESTAMP_NTZ)
        type = Q_TYPE(Q_INTERVAL_DT);
    int64_t x = xu_below(most + 1), y = xu_below(most + 1);
    if (f.start == f.end && (f.start == Q_BOUND_PRECEDING) != (x >= y)) {
        int64_t t = x;
        x = y;
        y = t;
    }
    if (is_offset(f.start))
        f.start_offset = offset_of(&r->arena, type, x);
    if (is_offset(f.end))
        f.end_offset = offset_of(&r->arena, type, y);
    return f;
}

/* A key with small values, for which the frame's arithmetic is exact. */
static q_column *small_key(q_arena *a, q_type type, uint32_t n, uint32_t most)
{
    q_column *c = xu_column(a, type, n, 1);
    for (uint32_t i = 0; i < n; i++) {
        int64_t v = (int64_t)xu_below(most) - most / 2;
        q_expr *x = offset_of(a, type, v);
        size_t width = q_type_width(type);
        memcpy((char *)c->values + width * i, x->value->values, width);
    }
    return c;
}

/* What the ops give for some rows. */
static q_column fold(rows *r, const q_window_call *c, q_column *const *args, const uint32_t *picked,
                     uint32_t n)
{
    const q_agg_ops *ops = q_agg_find(c->call->function);
    q_err e = {0};
    q_agg_ctx ctx = {.arena = &r->arena, .session = &xu_session, .call = c->call, .err = &e};
    void *state = q_arena_zalloc(&r->arena, ops->state_bytes(c->call));
    uint32_t *groups = q_arena_array(&r->arena, uint32_t, n + 1);
    q_column columns[3], *gathered[3], out = {0};
    for (uint32_t k = 0; k < c->call->n_args; k++) {
        gathered[k] = &columns[k];
        XU_OK(q_column_gather(&columns[k], args[k], picked, n, &r->arena, err));
    }
    ck_assert_int_eq(ops->update(&ctx, state, groups, n, gathered), Q_OK);
    ck_assert_int_eq(ops->finish(&ctx, state, 1, &r->arena, &out), Q_OK);
    return out;
}

static void check_aggregate(rows *r, q_window_call *c, q_column *const *args, q_column *filter)
{
    q_column out = evaluate(r, c, args, filter);
    uint32_t *picked = q_arena_array(&r->arena, uint32_t, r->n + 1);
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t n = frame_rows(r, &c->frame, r->partition[i], r->place[i], picked), kept = 0;
        for (uint32_t k = 0; k < n; k++) {
            if (!filter ||
                (!q_column_is_null(filter, picked[k]) && Q_VALUES(filter, uint8_t)[picked[k]]))
                picked[kept++] = picked[k];
        }
        q_column want = fold(r, c, args, picked, kept);
        ck_assert(xu_same(&out, i, &want, 0));
    }
}

/* Any aggregate with arguments of types it takes. */
static q_window_call random_aggregate(rows *r, q_column **args)
{
    static const q_function_id fs[] = {Q_FN_COUNT,    Q_FN_SUM,          Q_FN_AVG,
                                       Q_FN_MIN,      Q_FN_MAX,          Q_FN_FIRST,
                                       Q_FN_LAST,     Q_FN_COLLECT_LIST, Q_FN_COLLECT_SET,
                                       Q_FN_MAX_BY,   Q_FN_VAR_SAMP,     Q_FN_STDDEV_POP,
                                       Q_FN_MEDIAN,   Q_FN_MODE,         Q_FN_BOOL_AND,
                                       Q_FN_COUNT_IF, Q_FN_MIN_BY,       Q_FN_APPROX_COUNT_DISTINCT,
                                       Q_FN_BIT_AND,  Q_FN_BIT_OR,       Q_FN_BIT_XOR};
    q_function_id f = fs[xu_below(sizeof fs / sizeof *fs)];
    q_type t = xu_types[xu_below(XU_N_TYPES)], result = t;
    uint32_t n_args = f == Q_FN_MAX_BY || f == Q_FN_MIN_BY ? 2 : 1;
    switch (f) {
    case Q_FN_COUNT:
    case Q_FN_APPROX_COUNT_DISTINCT:
        result = Q_TYPE(Q_BIGINT);
        break;
    case Q_FN_SUM:
        t = result = Q_TYPE(xu_below(2) ? Q_BIGINT : Q_DOUBLE);
        break;
    case Q_FN_BOOL_AND:
        t = result = Q_TYPE(Q_BOOLEAN);
        break;
    case Q_FN_BIT_AND:
    case Q_FN_BIT_OR:
    case Q_FN_BIT_XOR: {
        static const uint8_t widths[] = {Q_TINYINT, Q_SMALLINT, Q_INT, Q_BIGINT};
        t = result = Q_TYPE(widths[xu_below(4)]);
        break;
    }
    case Q_FN_COUNT_IF:
        t = Q_TYPE(Q_BOOLEAN);
        result = Q_TYPE(Q_BIGINT);
        break;
    case Q_FN_COLLECT_LIST:
    case Q_FN_COLLECT_SET:
        t = t.kind == Q_ARRAY ? Q_TYPE(Q_STRING) : t;
        result = q_type_array_of(t);
        break;
    case Q_FN_AVG:
    case Q_FN_VAR_SAMP:
    case Q_FN_STDDEV_POP:
    case Q_FN_MEDIAN:
        t = result = Q_TYPE(Q_DOUBLE);
        break;
    default:
        break;
    }
    args[0] = xu_column(&r->arena, t, r->n, xu_below(3));
    args[1] = xu_column(&r->arena, xu_types[xu_below(XU_N_TYPES)], r->n, xu_below(3));
    q_window_call c = call_of(r, f, result, n_args, args, false);
    c.call->ignore_nulls = xu_below(2);
    return c;
}

static void check_random_aggregates(rows *r, uint32_t most, bool range_offsets, int times)
{
    for (int k = 0; k < times; k++) {
        q_column *args[2];
        q_window_call c = random_aggregate(r, args);
        c.frame = random_frame(r, most, range_offsets);
        q_column *filter = xu_below(3) ? NULL : xu_column(&r->arena, Q_TYPE(Q_BOOLEAN), r->n, 2);
        check_aggregate(r, &c, args, filter);
    }
}

START_TEST(aggregates_over_any_order)
{
    for (int round = 0; round < 6; round++) {
        rows r;
        rows_init(&r, xu_below(60), 1 + xu_below(4));
        for (uint32_t k = xu_below(3); k; k--)
            rows_order(&r, xu_column(&r.arena, xu_types[_i], r.n, 2));
        rows_sort(&r);
        check_random_aggregates(&r, 8, false, 12);
        q_arena_fini(&r.arena);
    }
}
END_TEST

START_TEST(range_offsets)
{
    static const uint8_t kinds[] = {Q_TINYINT,   Q_SMALLINT,      Q_INT,         Q_BIGINT,
                                    Q_FLOAT,     Q_DOUBLE,        Q_DECIMAL,     Q_DATE,
                                    Q_TIMESTAMP, Q_TIMESTAMP_NTZ, Q_INTERVAL_DT, Q_INTERVAL_YM};
    for (size_t k = 0; k < sizeof kinds; k++) {
        for (int round = 0; round < 3; round++) {
            rows r;
            q_type t = kinds[k] == Q_DECIMAL ? Q_DECIMAL_OF(10, 2) : Q_TYPE(kinds[k]);
            rows_init(&r, xu_below(60), 1 + xu_below(4));
            rows_order(&r, small_key(&r.arena, t, r.n, 20));
            rows_sort(&r);
            check_random_aggregates(&r, 6, true, 10);
            q_arena_fini(&r.arena);
        }
    }
}
END_TEST

/* Long partitions and frames: blocks of rows, merged; more results than one batch has. */
START_TEST(long_frames)
{
    rows r;
    rows_init(&r, 2500, 2);
    rows_order(&r, small_key(&r.arena, Q_TYPE(Q_INT), r.n, 1000));
    rows_sort(&r);
    static const q_function_id fs[] = {Q_FN_SUM, Q_FN_MIN, Q_FN_LAST, Q_FN_VAR_SAMP, Q_FN_MAX_BY};
    for (int k = 0; k < 10; k++) {
        q_type t = Q_TYPE(Q_DOUBLE);
        q_column *args[2] = {xu_column(&r.arena, t, r.n, 1), xu_column(&r.arena, t, r.n, 1)};
        q_window_call c = call_of(&r, fs[k / 2], t, fs[k / 2] == Q_FN_MAX_BY ? 2 : 1, args, false);
        c.call->ignore_nulls = k & 1;
        c.frame = (q_window_frame){.unit = Q_FRAME_ROWS,
                                   .start = Q_BOUND_PRECEDING,
                                   .end = k & 1 ? Q_BOUND_FOLLOWING : Q_BOUND_UNBOUNDED_FOLLOWING,
                                   .start_offset = offset_of(&r.arena, Q_TYPE(Q_BIGINT), 300),
                                   .end_offset = offset_of(&r.arena, Q_TYPE(Q_BIGINT), 77)};
        q_column *filter = k % 3 ? NULL : xu_column(&r.arena, Q_TYPE(Q_BOOLEAN), r.n, 1);
        check_aggregate(&r, &c, args, filter);
    }
    q_arena_fini(&r.arena);
}
END_TEST

START_TEST(nth_values)
{
    for (int round = 0; round < 12; round++) {
        rows r;
        rows_init(&r, xu_below(80), 1 + xu_below(4));
        rows_order(&r, small_key(&r.arena, Q_TYPE(Q_INT), r.n, 20));
        rows_sort(&r);
        int32_t nth = 1 + (int32_t)xu_below(4);
        q_column *one = int_literal(&r.arena, nth);
        q_column *args[2] = {xu_column(&r.arena, xu_types[_i], r.n, 3),
                             repeated(&r.arena, one, r.n)};
        q_expr *x[2] = {q_expr_column(&r.arena, 0, args[0]->type, true),
                        q_expr_literal(&r.arena, one)};
        q_window_call c = {.call = q_expr_call(&r.arena, Q_FN_NTH_VALUE, args[0]->type, 2, x),
                           .frame = random_frame(&r, 6, true)};
        c.call->ignore_nulls = round & 1;
        q_column out = evaluate(&r, &c, args, NULL);
        uint32_t *picked = q_arena_array(&r.arena, uint32_t, r.n + 1);
        for (uint32_t i = 0; i < r.n; i++) {
            uint32_t n = frame_rows(&r, &c.frame, r.partition[i], r.place[i], picked), kept = 0;
            for (uint32_t k = 0; k < n; k++) {
                if (!(round & 1) || !q_column_is_null(args[0], picked[k]))
                    picked[kept++] = picked[k];
            }
            if (kept < (uint32_t)nth)
                ck_assert(q_column_is_null(&out, i));
            else
                ck_assert(xu_same(&out, i, args[0], picked[nth - 1]));
        }
        q_arena_fini(&r.arena);
    }
}
END_TEST

/* ---- what Spark 3.5 answered where definitions leave room ---- */

static void check_counts(q_column *key, bool descending, uint8_t start, q_expr *from, uint8_t end,
                         q_expr *to, const int64_t *want)
{
    rows r;
    rows_init(&r, key->length, 1);
    rows_order(&r, key);
    r.order[0].descending = descending;
    r.order[0].nulls_first = !descending;
    q_window_call c = call_of(&r, Q_FN_COUNT, Q_TYPE(Q_BIGINT), 0, NULL, false);
    c.frame = (q_window_frame){
        .unit = Q_FRAME_RANGE, .start = start, .end = end, .start_offset = from, .end_offset = to};
    q_column out = evaluate(&r, &c, NULL, NULL);
    for (uint32_t i = 0; i < r.n; i++)
        ck_assert_msg(Q_VALUES(&out, int64_t)[i] == want[i], "row %u: %lld, not %lld", i,
                      (long long)Q_VALUES(&out, int64_t)[i], (long long)want[i]);
    q_arena_fini(&r.arena);
}

#define PRECEDING Q_BOUND_PRECEDING
#define FOLLOWING Q_BOUND_FOLLOWING

START_TEST(range_over_odd_doubles)
{
    q_arena a;
    q_arena_init(&a, NULL);
    const double v[] = {0, -INFINITY, -0.0, 0.0, 1, 1e308, INFINITY, NAN};
    q_column *c = xu_column(&a, Q_TYPE(Q_DOUBLE), 8, 0);
    memcpy(c->values, v, sizeof v);
    XU_OK(q_column_need_validity(c, &a, err));
    q_bit_clear(c->validity, 0);
    q_expr *one = q_expr_double(&a, 1), *two = q_expr_double(&a, 2);
    const int64_t around[] = {1, 1, 3, 3, 3, 1, 1, 1}, after[] = {1, 1, 1, 1, 0, 1, 1, 1},
                  before[] = {1, 1, 0, 0, 2, 1, 1, 1};
    check_counts(c, false, PRECEDING, one, FOLLOWING, one, around);
    check_counts(c, false, FOLLOWING, one, FOLLOWING, two, after);
    check_counts(c, false, PRECEDING, two, PRECEDING, one, before);
    q_arena_fini(&a);
}
END_TEST

START_TEST(range_that_wraps_around)
{
    q_arena a;
    q_arena_init(&a, NULL);
    const int32_t v[] = {INT32_MIN, INT32_MIN + 1, 0, INT32_MAX - 1, INT32_MAX};
    q_column *c = xu_column(&a, Q_TYPE(Q_INT), 5, 0);
    memcpy(c->values, v, sizeof v);
    q_expr *one = q_expr_int(&a, Q_TYPE(Q_INT), 1);
    check_counts(c, false, PRECEDING, one, FOLLOWING, one, (int64_t[]){0, 0, 1, 2, 2});
    check_counts(c, false, PRECEDING, one, Q_BOUND_CURRENT_ROW, NULL, (int64_t[]){0, 1, 1, 1, 2});
    check_counts(c, false, Q_BOUND_UNBOUNDED_PRECEDING, NULL, FOLLOWING, one,
                 (int64_t[]){2, 2, 3, 5, 5});
    check_counts(c, false, FOLLOWING, one, Q_BOUND_UNBOUNDED_FOLLOWING, NULL,
                 (int64_t[]){4, 3, 2, 1, 1});
    const int8_t w[] = {-128, -100, -60, 0, 60, 126, 127};
    c = xu_column(&a, Q_TYPE(Q_TINYINT), 7, 0);
    memcpy(c->values, w, sizeof w);
    check_counts(c, false, PRECEDING, q_expr_int(&a, c->type, 100), FOLLOWING,
                 q_expr_int(&a, c->type, 50), (int64_t[]){0, 0, 0, 1, 2, 1, 1});
    q_arena_fini(&a);
}
END_TEST

START_TEST(range_of_calendar_months)
{
    q_arena a;
    q_arena_init(&a, NULL);
    const int32_t days[] = {18262, 18263, 18293}; /* 2020-01-01, 2020-01-02, 2020-02-01 */
    q_column *c = xu_column(&a, Q_TYPE(Q_DATE), 3, 0);
    memcpy(c->values, days, sizeof days);
    q_expr *month = q_expr_int(&a, Q_TYPE(Q_INTERVAL_YM), 1);
    check_counts(c, false, PRECEDING, month, Q_BOUND_CURRENT_ROW, NULL, (int64_t[]){1, 2, 3});
    /* 2020-01-01 00:00, 2020-01-31 01:00, 2020-02-29 00:00 */
    const int64_t us[] = {1577836800000000, 1580432400000000, 1582934400000000};
    c = xu_column(&a, Q_TYPE(Q_TIMESTAMP), 3, 0);
    memcpy(c->values, us, sizeof us);
    check_counts(c, false, PRECEDING, month, Q_BOUND_CURRENT_ROW, NULL, (int64_t[]){1, 2, 2});
    q_arena_fini(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exec window");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, rank_family, 0, XU_N_TYPES);
    tcase_add_loop_test(t, lag_and_lead, 0, XU_N_TYPES);
    tcase_add_loop_test(t, aggregates_over_any_order, 0, XU_N_TYPES);
    tcase_add_test(t, range_offsets);
    tcase_add_test(t, long_frames);
    tcase_add_loop_test(t, nth_values, 0, XU_N_TYPES);
    tcase_add_test(t, range_over_odd_doubles);
    tcase_add_test(t, range_that_wraps_around);
    tcase_add_test(t, range_of_calendar_months);
    suite_add_tcase(s, t);
    return xu_main(s);
}
