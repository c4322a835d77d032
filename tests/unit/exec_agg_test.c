/*
 * Every aggregate against an obvious computation over the rows of each group, for every type
 * it takes, and merged from parts against the whole: the same bits.
 */
#include "common/exec/agg.h"

#include "common/exec/agg/exact_sum.h"
#include "common/exec/agg_set.h"
#include "common/column/decimal.h"
#include "proto/batch.h"
#include "tests/unit/exec_util.h"

#define MAX_ARGS 3

/* A call over columns of random rows. */
typedef struct sample {
    q_arena arena;
    q_expr *call;
    uint32_t n, n_groups, n_args; /* n_args: columns; a literal share is none */
    q_column *args[MAX_ARGS];
    uint32_t *groups;
} sample;

static const uint32_t row_counts[] = {0, 1, 2, 3, 64, 65, 300};

static void sample_init(sample *s, q_function_id f, q_type result, const q_type *types,
                        uint32_t n_args, uint32_t n, uint32_t n_nulls_in_8)
{
    q_expr *x[MAX_ARGS + 1];
    memset(s, 0, sizeof *s);
    q_arena_init(&s->arena, NULL);
    s->n = n;
    s->n_groups = 1 + xu_below(6);
    s->n_args = n_args;
    s->groups = q_arena_alloc(&s->arena, 4 * (n + 1));
    for (uint32_t i = 0; i < n; i++)
        s->groups[i] = xu_below(s->n_groups) & ~1u; /* odd groups stay empty */
    for (uint32_t k = 0; k < n_args; k++) {
        s->args[k] = xu_column(&s->arena, types[k], n, n_nulls_in_8);
        x[k] = q_expr_column(&s->arena, k, types[k], true);
    }
    s->call = q_expr_call(&s->arena, f, result, n_args, x);
}

/* An argument that is a constant, behind the columns. */
static void sample_literal(sample *s, const q_column *value)
{
    q_expr *x[MAX_ARGS + 1];
    for (uint32_t k = 0; k < s->n_args; k++)
        x[k] = s->call->args[k];
    x[s->n_args] = q_expr_literal(&s->arena, value);
    s->call =
        q_expr_call(&s->arena, (q_function_id)s->call->function, s->call->type, s->n_args + 1, x);
}

static void sample_fini(sample *s)
{
    q_arena_fini(&s->arena);
}

/* Rows of a group, in input order. */
static uint32_t rows_of(const sample *s, uint32_t group, uint32_t *rows)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->groups[i] == group)
            rows[n++] = i;
    }
    return n;
}

/* ---- running the ops ---- */

static q_agg_ctx ctx_of(sample *s, q_err *err)
{
    return (q_agg_ctx){.arena = &s->arena, .session = &xu_session, .call = s->call, .err = err};
}

static void *states_new(sample *s, const q_agg_ops *ops)
{
    ck_assert_uint_eq(ops->state_bytes(s->call) % 16, 0);
    return q_arena_zalloc(&s->arena, (size_t)ops->state_bytes(s->call) * s->n_groups);
}

/* Fold rows from..to in; the batch's memory goes away. */
static void fold(sample *s, const q_agg_ops *ops, void *states, uint32_t from, uint32_t to)
{
    q_err e = {0};
    q_agg_ctx c = ctx_of(s, &e);
    q_arena batch;
    q_column *args[MAX_ARGS + 1] = {NULL};
    q_arena_init(&batch, NULL);
    for (uint32_t k = 0; k < s->n_args; k++) {
        args[k] = xu_part(&batch, s->args[k], from, to);
        args[k]->bytes_stable = false;
        XU_OK(q_column_stabilise(args[k], &batch, err));
        args[k]->bytes_stable = false;
        if (args[k]->child)
            args[k]->child->bytes_stable = false;
    }
    q_code code = ops->update(&c, states, s->groups + from, to - from, args);
    ck_assert_msg(code == Q_OK, "%s", e.msg);
    q_arena_fini(&batch);
}

/* Save, over the wire, merge. Group i of the part is group i of the whole. */
static void merge(sample *s, const q_agg_ops *ops, void *into, const void *part, bool stable)
{
    q_err e = {0};
    q_agg_ctx c = ctx_of(s, &e);
    q_arena wire;
    q_buf body;
    q_type types[Q_AGG_MAX_PARTIALS];
    q_field fields[Q_AGG_MAX_PARTIALS];
    q_column columns[Q_AGG_MAX_PARTIALS];
    uint32_t *groups = q_arena_alloc(&s->arena, 4 * s->n_groups);
    uint32_t n = ops->partials(s->call, types);
    ck_assert_uint_le(n, Q_AGG_MAX_PARTIALS);
    memset(columns, 0, sizeof columns);
    q_arena_init(&wire, NULL);
    q_buf_init(&body);
    ck_assert_int_eq(ops->save(&c, part, s->n_groups, &wire, columns), Q_OK);
    q_batch saved = {.n_rows = s->n_groups, .n_columns = n, .columns = columns};
    XU_OK(q_batch_encode(&body, &saved, err));
    for (uint32_t i = 0; i < s->n_groups; i++)
        groups[i] = i;
    for (uint32_t i = 0; i < n; i++)
        fields[i] = (q_field){"", types[i], true};
    q_batch_cursor in;
    q_batch got;
    const char *bytes = q_arena_copy(stable ? &s->arena : &wire, body.data, body.len);
    q_batch_cursor_bytes(&in, bytes, body.len);
    XU_OK(q_batch_decode(&in, &(q_schema){n, fields}, stable, &wire, &got, err));
    q_code code = ops->merge(&c, into, groups, s->n_groups, got.columns);
    ck_assert_msg(code == Q_OK, "%s", e.msg);
    q_buf_fini(&body);
    q_arena_fini(&wire);
}

static q_column finish(sample *s, const q_agg_ops *ops, const void *states)
{
    q_err e = {0};
    q_agg_ctx c = ctx_of(s, &e);
    q_column out = {0};
    q_code code = ops->finish(&c, states, s->n_groups, &s->arena, &out);
    ck_assert_msg(code == Q_OK, "%s", e.msg);
    ck_assert(q_type_eq(out.type, s->call->type));
    ck_assert_uint_eq(out.length, s->n_groups);
    return out;
}

/* The result of all rows at once, after checking that parts give the same. */
static q_column run(sample *s)
{
    const q_agg_ops *ops = q_agg_find(s->call->function);
    void *all = states_new(s, ops), *merged = states_new(s, ops), *batches = states_new(s, ops);
    uint32_t parts = 1 + xu_below(4), *cuts = xu_cuts(&s->arena, s->n, parts);
    fold(s, ops, all, 0, s->n);
    for (uint32_t p = 0; p < parts; p++) {
        void *part = states_new(s, ops);
        uint32_t middle = cuts[p] + xu_below(cuts[p + 1] - cuts[p] + 1);
        fold(s, ops, part, cuts[p], middle);
        fold(s, ops, part, middle, cuts[p + 1]);
        fold(s, ops, batches, cuts[p], cuts[p + 1]);
        merge(s, ops, merged, part, p & 1);
    }
    q_column a = finish(s, ops, all), b = finish(s, ops, merged), c = finish(s, ops, batches);
    for (uint32_t g = 0; g < s->n_groups; g++) {
        ck_assert(xu_same(&a, g, &b, g));
        ck_assert(xu_same(&a, g, &c, g));
    }
    return a;
}

/* ---- results that are the value of one row ---- */

#define NONE UINT32_MAX

static uint32_t pick_extreme(const sample *s, const uint32_t *rows, uint32_t n, int sign_,
                             bool last)
{
    const q_column *by = s->args[s->n_args - 1];
    uint32_t best = NONE;
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(by, rows[i]))
            continue;
        int c = best == NONE ? 1 : xu_cmp(by, rows[i], by, best) * sign_;
        if (c > 0 || (c == 0 && last))
            best = rows[i];
    }
    return best;
}

static uint32_t pick_first(const sample *s, const uint32_t *rows, uint32_t n, bool from_end)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[from_end ? n - 1 - i : i];
        if (!s->call->ignore_nulls || !q_column_is_null(s->args[0], row))
            return row;
    }
    return NONE;
}

/* How often the value of row i is among the rows. */
static uint32_t times(const sample *s, const uint32_t *rows, uint32_t n, uint32_t row)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++)
        found += !q_column_is_null(s->args[0], rows[i]) &&
                 xu_cmp(s->args[0], rows[i], s->args[0], row) == 0;
    return found;
}

static uint32_t pick_mode(const sample *s, const uint32_t *rows, uint32_t n)
{
    uint32_t best = NONE, most = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = q_column_is_null(s->args[0], rows[i]) ? 0 : times(s, rows, n, rows[i]);
        if (k > most) {
            most = k;
            best = rows[i];
        }
    }
    return best;
}

static uint32_t pick(const sample *s, const uint32_t *rows, uint32_t n)
{
    switch (s->call->function) {
    case Q_FN_MIN:
        return pick_extreme(s, rows, n, -1, false);
    case Q_FN_MAX:
        return pick_extreme(s, rows, n, 1, false);
    case Q_FN_MIN_BY:
        return pick_extreme(s, rows, n, -1, true);
    case Q_FN_MAX_BY:
        return pick_extreme(s, rows, n, 1, true);
    case Q_FN_MODE:
        return pick_mode(s, rows, n);
    default:
        return pick_first(s, rows, n, s->call->function == Q_FN_LAST);
    }
}

static void check_picks(sample *s)
{
    q_column r = run(s);
    for (uint32_t g = 0; g < s->n_groups; g++) {
        uint32_t *rows = q_arena_alloc(&s->arena, 4 * (s->n + 1)), n = rows_of(s, g, rows);
        uint32_t row = pick(s, rows, n);
        bool ties_differ = s->args[0]->type.kind == Q_ARRAY; /* -0.0 inside: one or the other */
        if (row == NONE)
            ck_assert(q_column_is_null(&r, g));
        else if (ties_differ && !q_column_is_null(s->args[0], row))
            ck_assert(!q_column_is_null(&r, g) && xu_cmp(&r, g, s->args[0], row) == 0);
        else
            ck_assert(xu_same(&r, g, s->args[0], row));
    }
}

static const q_function_id one_value[] = {Q_FN_MIN,  Q_FN_MAX,  Q_FN_FIRST,
                                          Q_FN_LAST, Q_FN_MODE, Q_FN_ANY_VALUE};

START_TEST(one_of_the_values)
{
    q_type t = xu_types[_i];
    for (size_t f = 0; f < sizeof one_value / sizeof *one_value; f++) {
        for (size_t k = 0; k < sizeof row_counts / sizeof *row_counts; k++) {
            for (uint32_t nulls = 0; nulls < 9; nulls += 4) {
                sample s;
                sample_init(&s, one_value[f], t, &t, 1, row_counts[k], nulls);
                s.call->ignore_nulls = xu_below(2);
                check_picks(&s);
                sample_fini(&s);
            }
        }
    }
}
END_TEST

START_TEST(value_by_another)
{
    for (size_t k = 0; k < XU_N_TYPES; k++) {
        q_type types[2] = {xu_types[_i], xu_types[k]};
        for (uint32_t nulls = 0; nulls < 9; nulls += 4) {
            sample s;
            sample_init(&s, xu_below(2) ? Q_FN_MIN_BY : Q_FN_MAX_BY, types[0], types, 2,
                        row_counts[xu_below(7)], nulls);
            check_picks(&s);
            sample_fini(&s);
        }
    }
}
END_TEST

/* ---- lists ---- */

static bool is_nan(const q_column *c, uint32_t i)
{
    return c->type.kind == Q_DOUBLE ? isnan(Q_VALUES(c, double)[i]) != 0
                                    : c->type.kind == Q_FLOAT && isnan(Q_VALUES(c, float)[i]);
}

START_TEST(collected_values)
{
    q_type t = xu_types[_i];
    if (t.kind == Q_ARRAY)
        return;
    for (int round = 0; round < 28; round++) {
        sample s;
        bool set = round & 1;
        sample_init(&s, set ? Q_FN_COLLECT_SET : Q_FN_COLLECT_LIST, q_type_array_of(t), &t, 1,
                    row_counts[round / 4], round & 2 ? 2 : 0);
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++) {
            uint32_t *rows = q_arena_alloc(&s.arena, 4 * (s.n + 1)), n = rows_of(&s, g, rows);
            q_list l = Q_VALUES(&r, q_list)[g];
            uint32_t at = 0;
            ck_assert(!q_column_is_null(&r, g));
            for (uint32_t i = 0; i < n; i++) {
                if (q_column_is_null(s.args[0], rows[i]))
                    continue;
                if (set && !is_nan(s.args[0], rows[i]) && times(&s, rows, i, rows[i]))
                    continue;
                ck_assert_uint_lt(at, l.len);
                ck_assert(xu_same(r.child, l.start + at++, s.args[0], rows[i]));
            }
            ck_assert_uint_eq(at, l.len);
        }
        sample_fini(&s);
    }
}
END_TEST

/* Long lists: many chunks, many rows. */
START_TEST(long_lists)
{
    sample s;
    q_type t = Q_TYPE(Q_STRING);
    sample_init(&s, Q_FN_COLLECT_LIST, q_type_array_of(t), &t, 1, 60000, 1);
    q_column r = run(&s);
    uint32_t *at = q_arena_array(&s.arena, uint32_t, s.n_groups);
    for (uint32_t i = 0; i < s.n; i++) {
        uint32_t g = s.groups[i];
        if (!q_column_is_null(s.args[0], i))
            ck_assert(xu_same(r.child, Q_VALUES(&r, q_list)[g].start + at[g]++, s.args[0], i));
    }
    for (uint32_t g = 0; g < s.n_groups; g++)
        ck_assert_uint_eq(at[g], Q_VALUES(&r, q_list)[g].len);
    sample_fini(&s);
}
END_TEST

/* ---- counts ---- */

static int64_t count_expected(const sample *s, const uint32_t *rows, uint32_t n)
{
    int64_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool null = false;
        for (uint32_t k = 0; k < s->n_args; k++)
            null |= q_column_is_null(s->args[k], rows[i]);
        if (s->call->function == Q_FN_COUNT_IF)
            found += !null && Q_VALUES(s->args[0], uint8_t)[rows[i]];
        else if (s->call->function == Q_FN_APPROX_COUNT_DISTINCT)
            found += !null && !times(s, rows, i, rows[i]);
        else
            found += !null;
    }
    return found;
}

static void check_count(q_function_id f, const q_type *types, uint32_t n_args)
{
    for (int round = 0; round < 21; round++) {
        sample s;
        sample_init(&s, f, Q_TYPE(Q_BIGINT), types, n_args, row_counts[round / 3],
                    (uint32_t)round % 3 * 4);
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++) {
            uint32_t *rows = q_arena_alloc(&s.arena, 4 * (s.n + 1)), n = rows_of(&s, g, rows);
            ck_assert(!q_column_is_null(&r, g));
            ck_assert_int_eq(Q_VALUES(&r, int64_t)[g], count_expected(&s, rows, n));
        }
        sample_fini(&s);
    }
}

START_TEST(counts)
{
    q_type types[2] = {xu_types[_i], xu_types[xu_below(XU_N_TYPES)]};
    check_count(Q_FN_COUNT, types, 1);
    check_count(Q_FN_COUNT, types, 2);
    check_count(Q_FN_COUNT, types, 0);
    check_count(Q_FN_APPROX_COUNT_DISTINCT, types, 1);
    if (types[0].kind == Q_BOOLEAN)
        check_count(Q_FN_COUNT_IF, types, 1);
}
END_TEST

START_TEST(all_and_any)
{
    q_type t = Q_TYPE(Q_BOOLEAN);
    for (int round = 0; round < 42; round++) {
        sample s;
        bool all = round & 1;
        sample_init(&s, all ? Q_FN_BOOL_AND : Q_FN_BOOL_OR, t, &t, 1, row_counts[round / 6],
                    (uint32_t)round / 2 % 3 * 4);
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++) {
            int known = 0, result = all;
            for (uint32_t i = 0; i < s.n; i++) {
                if (s.groups[i] != g || q_column_is_null(s.args[0], i))
                    continue;
                bool v = Q_VALUES(s.args[0], uint8_t)[i];
                known = 1;
                result = all ? result && v : result || v;
            }
            ck_assert_int_eq(q_column_is_null(&r, g), !known);
            ck_assert(!known || Q_VALUES(&r, uint8_t)[g] == result);
        }
        sample_fini(&s);
    }
}
END_TEST

static int64_t integer_at(const q_column *c, uint32_t i)
{
    switch (c->type.kind) {
    case Q_TINYINT:
        return Q_VALUES(c, int8_t)[i];
    case Q_SMALLINT:
        return Q_VALUES(c, int16_t)[i];
    case Q_INT:
        return Q_VALUES(c, int32_t)[i];
    default:
        return Q_VALUES(c, int64_t)[i];
    }
}

/* Of every row's bits, one by one. */
static bool bit_of_group(const sample *s, uint32_t g, int bit)
{
    uint32_t ones = 0, all = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->groups[i] != g || q_column_is_null(s->args[0], i))
            continue;
        ones += (uint64_t)integer_at(s->args[0], i) >> bit & 1;
        all++;
    }
    if (s->call->function == Q_FN_BIT_AND)
        return ones == all;
    return s->call->function == Q_FN_BIT_OR ? ones > 0 : ones % 2;
}

START_TEST(bits)
{
    static const q_function_id fs[] = {Q_FN_BIT_AND, Q_FN_BIT_OR, Q_FN_BIT_XOR};
    static const q_type types[] = {
        {.kind = Q_TINYINT}, {.kind = Q_SMALLINT}, {.kind = Q_INT}, {.kind = Q_BIGINT}};
    q_type t = types[_i % 4];
    for (int round = 0; round < 63; round++) {
        sample s;
        sample_init(&s, fs[round % 3], t, &t, 1, row_counts[round / 9],
                    (uint32_t)round / 3 % 3 * 4);
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++) {
            bool known = false;
            for (uint32_t i = 0; i < s.n; i++)
                known |= s.groups[i] == g && !q_column_is_null(s.args[0], i);
            ck_assert_int_eq(q_column_is_null(&r, g), !known);
            for (int bit = 0; known && bit < 64; bit++)
                ck_assert_int_eq((uint64_t)integer_at(&r, g) >> bit & 1, bit_of_group(&s, g, bit));
        }
        sample_fini(&s);
    }
}
END_TEST

/* ---- sums and means ---- */

static q_int128 int_at(const q_column *c, uint32_t i)
{
    if (c->type.kind == Q_DECIMAL)
        return Q_VALUES(c, q_int128)[i];
    return c->type.kind == Q_INTERVAL_YM ? Q_VALUES(c, int32_t)[i] : Q_VALUES(c, int64_t)[i];
}

/* Half away from zero. */
static q_int128 divide(q_int128 sum, int64_t n)
{
    q_int128 q = sum / n, rest = sum - q * n;
    rest = rest < 0 ? -rest : rest;
    return q + (2 * rest >= n ? (sum < 0 ? -1 : 1) : 0);
}

static void check_int_sum(const sample *s, const q_column *r, uint32_t g, bool mean)
{
    q_int128 sum = 0;
    int64_t n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->groups[i] == g && !q_column_is_null(s->args[0], i)) {
            sum += int_at(s->args[0], i);
            n++;
        }
    }
    ck_assert_int_eq(q_column_is_null(r, g), n == 0);
    if (!n)
        return;
    if (r->type.kind == Q_BIGINT)
        ck_assert_int_eq(Q_VALUES(r, int64_t)[g], (int64_t)sum);
    else if (r->type.kind == Q_DOUBLE)
        ck_assert(fabs(Q_VALUES(r, double)[g] - (double)((long double)sum / n)) <=
                  fabs(Q_VALUES(r, double)[g]) * 0x1p-52);
    else if (r->type.kind == Q_DECIMAL)
        ck_assert(Q_VALUES(r, q_int128)[g] == (mean ? divide(sum * 10000, n) : sum));
    else
        ck_assert(int_at(r, g) == (mean ? divide(sum, n) : sum));
}

static void small_intervals(sample *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->args[0]->type.kind == Q_INTERVAL_YM)
            Q_VALUES(s->args[0], int32_t)[i] /= 1024;
        else if (s->args[0]->type.kind == Q_INTERVAL_DT)
            Q_VALUES(s->args[0], int64_t)[i] /= 1024;
    }
}

START_TEST(sums_of_integers)
{
    static const uint8_t kinds[] = {Q_BIGINT, Q_INTERVAL_YM, Q_INTERVAL_DT, Q_DECIMAL};
    q_type t = Q_TYPE(kinds[_i]), mean = t;
    if (t.kind == Q_DECIMAL) {
        t = Q_DECIMAL_OF(34, 2);
        mean = Q_DECIMAL_OF(38, 6);
    } else if (t.kind == Q_BIGINT) {
        mean = Q_TYPE(Q_DOUBLE);
    }
    for (int round = 0; round < 42; round++) {
        sample s;
        bool avg = round & 1;
        sample_init(&s, avg ? Q_FN_AVG : Q_FN_SUM, avg ? mean : t, &t, 1, row_counts[round / 6],
                    (uint32_t)round / 2 % 3 * 4);
        small_intervals(&s);
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++)
            check_int_sum(&s, &r, g, avg);
        sample_fini(&s);
    }
}
END_TEST

START_TEST(sums_of_doubles)
{
    q_type t = _i & 1 ? Q_TYPE(Q_FLOAT) : Q_TYPE(Q_DOUBLE);
    for (int round = 0; round < 42; round++) {
        sample s;
        bool avg = round & 1;
        sample_init(&s, avg ? Q_FN_AVG : Q_FN_SUM, Q_TYPE(Q_DOUBLE), &t, 1, row_counts[round / 6],
                    (uint32_t)round / 2 % 3 * 4);
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++) {
            q_exact_sum sum = {0};
            uint64_t n = 0;
            for (uint32_t i = 0; i < s.n; i++) {
                if (s.groups[i] != g || q_column_is_null(s.args[0], i))
                    continue;
                n++;
                q_exact_add(&sum,
                            t.kind == Q_FLOAT ? (double)Q_VALUES(s.args[0], float)[i]
                                              : Q_VALUES(s.args[0], double)[i],
                            &s.arena);
            }
            ck_assert_int_eq(q_column_is_null(&r, g), n == 0);
            double want = n ? q_exact_round(&sum, avg ? n : 1) : 0, got = Q_VALUES(&r, double)[g];
            ck_assert(!n || (isnan(want) ? isnan(got) : want == got));
        }
        sample_fini(&s);
    }
}
END_TEST

/* A call's result over given values, one group. */
static q_column over(sample *s, q_function_id f, q_type result, q_type t, const void *values,
                     uint32_t n)
{
    sample_init(s, f, result, &t, 1, n, 0);
    s->n_groups = 1;
    memset(s->groups, 0, 4 * n);
    if (n)
        memcpy(s->args[0]->values, values, q_type_width(t) * n);
    return run(s);
}

START_TEST(sums_that_overflow)
{
    sample s;
    const int64_t most[3] = {INT64_MAX, INT64_MAX, 5};
    q_column r = over(&s, Q_FN_SUM, Q_TYPE(Q_BIGINT), Q_TYPE(Q_BIGINT), most, 2);
    ck_assert_int_eq(Q_VALUES(&r, int64_t)[0], -2);
    sample_fini(&s);
    r = over(&s, Q_FN_AVG, Q_TYPE(Q_DOUBLE), Q_TYPE(Q_BIGINT), most, 3); /* as Spark 3.5 */
    ck_assert(Q_VALUES(&r, double)[0] == 6.148914691236517e+18);
    sample_fini(&s);
    q_int128 nines = q_decimal_pow10(38) - 1;
    q_int128 decimals[4] = {nines, nines, -nines, -nines};
    q_type d = Q_DECIMAL_OF(38, 0), mean = Q_DECIMAL_OF(38, 4);
    r = over(&s, Q_FN_SUM, d, d, decimals, 2);
    ck_assert(q_column_is_null(&r, 0));
    sample_fini(&s);
    r = over(&s, Q_FN_SUM, d, d, decimals, 4); /* over and back again */
    ck_assert(!q_column_is_null(&r, 0) && Q_VALUES(&r, q_int128)[0] == 0);
    sample_fini(&s);
    r = over(&s, Q_FN_AVG, mean, d, decimals, 1); /* no room for four more digits */
    ck_assert(q_column_is_null(&r, 0));
    sample_fini(&s);
    q_int128 large[2] = {q_decimal_pow10(36), q_decimal_pow10(36) + 1}; /* sum * 10^4 > 2^127 */
    r = over(&s, Q_FN_AVG, Q_DECIMAL_OF(38, 5), Q_DECIMAL_OF(37, 4), large, 2);
    ck_assert(Q_VALUES(&r, q_int128)[0] == q_decimal_pow10(37) + 5);
    sample_fini(&s);
}
END_TEST

START_TEST(interval_sum_overflows)
{
    sample s;
    q_type t = Q_TYPE(Q_INTERVAL_YM);
    sample_init(&s, Q_FN_SUM, t, &t, 1, 2, 0);
    s.n_groups = 1;
    s.groups[0] = s.groups[1] = 0;
    Q_VALUES(s.args[0], int32_t)[0] = INT32_MAX;
    Q_VALUES(s.args[0], int32_t)[1] = 2;
    const q_agg_ops *ops = q_agg_find(Q_FN_SUM);
    void *states = states_new(&s, ops);
    fold(&s, ops, states, 0, 2);
    q_err e = {0};
    q_agg_ctx c = ctx_of(&s, &e);
    q_column out;
    ck_assert_int_eq(ops->finish(&c, states, 1, &s.arena, &out), Q_E_ARITHMETIC_OVERFLOW);
    sample_fini(&s);
}
END_TEST

/* ---- variance ---- */

static const q_function_id spread[] = {Q_FN_VAR_SAMP, Q_FN_VAR_POP, Q_FN_STDDEV_SAMP,
                                       Q_FN_STDDEV_POP};

static double spread_of(q_function_id f, const double *v, uint32_t n, bool *null)
{
    sample s;
    q_column r = over(&s, f, Q_TYPE(Q_DOUBLE), Q_TYPE(Q_DOUBLE), v, n);
    double d = Q_VALUES(&r, double)[0];
    *null = q_column_is_null(&r, 0);
    sample_fini(&s);
    return d;
}

/* Integers, whose variance is a quotient of integers: rounded once. */
START_TEST(variance_of_integers)
{
    for (int round = 0; round < 300; round++) {
        double v[40];
        uint32_t n = 1 + xu_below(40);
        int64_t offset = xu_below(2) ? 0 : 100000, sum = 0, squares = 0;
        for (uint32_t i = 0; i < n; i++) {
            int64_t x = offset + (int64_t)xu_below(2000) - 1000;
            v[i] = (double)x;
            sum += x;
            squares += x * x;
        }
        for (int f = 0; f < 4; f++) {
            bool null, sampled = !(f & 1);
            int64_t top = (int64_t)n * squares - sum * sum;
            int64_t bottom = (int64_t)n * (sampled ? n - 1 : n);
            double got = spread_of(spread[f], v, n, &null);
            ck_assert_int_eq(null, sampled && n == 1);
            double want = null ? 0 : (double)top / (double)bottom;
            ck_assert(null || got == (f >= 2 ? sqrt(want) : want));
        }
    }
}
END_TEST

/* Against two passes in 113 bits, rows of very different sizes and a mean that is far away. */
START_TEST(variance_of_doubles)
{
    for (int round = 0; round < 200; round++) {
        double v[60];
        uint32_t n = 2 + xu_below(58);
        double scale = ldexp(1, (int)xu_below(200) - 100), offset = xu_below(2) ? 1e9 * scale : 0;
        __float128 sum = 0, squares = 0;
        for (uint32_t i = 0; i < n; i++) {
            v[i] = offset + scale * ((double)xu_below(1000000) / 1000 - 500);
            sum += v[i];
        }
        for (uint32_t i = 0; i < n; i++) {
            __float128 d = v[i] - sum / n;
            squares += d * d;
        }
        bool null;
        double want = (double)(squares / (n - 1)), got = spread_of(Q_FN_VAR_SAMP, v, n, &null);
        ck_assert_msg(fabs(got - want) <= want * 0x1p-52, "%a, not %a", got, want);
    }
}
END_TEST

START_TEST(variance_of_odd_values)
{
    bool null;
    ck_assert(isnan(spread_of(Q_FN_VAR_POP, (double[]){INFINITY}, 1, &null)) && !null);
    spread_of(Q_FN_VAR_SAMP, (double[]){INFINITY}, 1, &null);
    ck_assert(null);
    ck_assert(isnan(spread_of(Q_FN_STDDEV_POP, (double[]){1, NAN, 2}, 3, &null)));
    ck_assert(isnan(spread_of(Q_FN_STDDEV_POP, (double[]){1, -INFINITY, 2}, 3, &null)));
    ck_assert(isinf(spread_of(Q_FN_VAR_POP, (double[]){1e200, -1e200}, 2, &null)));
    ck_assert(spread_of(Q_FN_VAR_POP, (double[]){1e-200, -1e-200}, 2, &null) == 0);
    ck_assert(spread_of(Q_FN_VAR_POP, (double[]){4.9e-324}, 1, &null) == 0);
    ck_assert(spread_of(Q_FN_VAR_POP, (double[]){0.1, 0.1, 0.1}, 3, &null) == 0);
    ck_assert(
        spread_of(Q_FN_VAR_SAMP, (double[]){1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 4, &null) == 30);
    ck_assert(spread_of(Q_FN_VAR_POP, (double[]){1e150, -1e150, 1e-150}, 3, &null) > 6.6e299);
    spread_of(Q_FN_VAR_POP, NULL, 0, &null);
    ck_assert(null);
}
END_TEST

/* The same in any order and split, also with NaN and values far apart. */
START_TEST(variance_of_anything)
{
    q_type t = Q_TYPE(Q_DOUBLE);
    for (int round = 0; round < 84; round++) {
        sample s;
        sample_init(&s, spread[round % 4], t, &t, 1, row_counts[round / 12], (uint32_t)round % 3);
        run(&s);
        sample_fini(&s);
    }
}
END_TEST

/* ---- percentiles ---- */

static q_column *share_literal(q_arena *a, const double *p, uint32_t n, bool many)
{
    q_column *c = q_arena_new(a, q_column), *values = q_arena_new(a, q_column);
    XU_OK(q_column_init(values, Q_TYPE(Q_DOUBLE), n, a, err));
    memcpy(values->values, p, sizeof *p * n);
    if (!many)
        return values;
    XU_OK(q_column_init(c, q_type_array_of(Q_TYPE(Q_DOUBLE)), 1, a, err));
    Q_VALUES(c, q_list)[0] = (q_list){0, n};
    c->child = values;
    return c;
}

/* Rows of a group that are not NULL, by value. */
static uint32_t sorted_rows(const sample *s, uint32_t g, uint32_t *rows)
{
    uint32_t all = rows_of(s, g, rows), n = 0;
    for (uint32_t i = 0; i < all; i++) {
        uint32_t row = rows[i], k = n;
        if (q_column_is_null(s->args[0], row))
            continue;
        for (; k && xu_cmp(s->args[0], rows[k - 1], s->args[0], row) > 0; k--)
            rows[k] = rows[k - 1];
        rows[k] = row;
        n++;
    }
    return n;
}

static void check_share(const sample *s, const uint32_t *rows, uint32_t n, double p,
                        const q_column *r, uint32_t at)
{
    const q_column *c = s->args[0];
    if (s->call->function == Q_FN_PERCENTILE_APPROX) { /* the smallest with the share */
        uint32_t k = 0;
        while (k + 1 < n && (double)(k + 1) < p * n)
            k++;
        ck_assert(xu_same(r, at, c, rows[k]));
        return;
    }
    double position = p * (n - 1), low = floor(position);
    double x = Q_VALUES(c, double)[rows[(uint32_t)low]], got = Q_VALUES(r, double)[at];
    double y = Q_VALUES(c, double)[rows[(uint32_t)ceil(position)]];
    double want =
        low == position || x == y ? x : (ceil(position) - position) * x + (position - low) * y;
    ck_assert(isnan(want) ? isnan(got) : want == got);
}

static void check_percentile(q_function_id f, q_type t, const double *p, uint32_t n_p, bool many)
{
    for (int round = 0; round < 21; round++) {
        sample s;
        sample_init(&s, f, many ? q_type_array_of(t) : t, &t, 1, row_counts[round / 3],
                    (uint32_t)round % 3 * 4);
        if (f != Q_FN_MEDIAN)
            sample_literal(&s, share_literal(&s.arena, p, n_p, many));
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++) {
            uint32_t *rows = q_arena_alloc(&s.arena, 4 * (s.n + 1)), n = sorted_rows(&s, g, rows);
            ck_assert_int_eq(q_column_is_null(&r, g), n == 0 || n_p == 0);
            q_list l = many ? Q_VALUES(&r, q_list)[g] : (q_list){g, 1};
            for (uint32_t k = 0; n && k < l.len; k++)
                check_share(&s, rows, n, p[k], many ? r.child : &r, l.start + k);
            ck_assert(!n || l.len == n_p);
        }
        sample_fini(&s);
    }
}

/* Against each value written down as often as its frequency says. */
static void check_frequencies(const sample *s, uint32_t g, const double *p, uint32_t n_p,
                              const q_column *r)
{
    const q_column *times = s->args[2];
    uint32_t *rows = q_arena_alloc(&((sample *)s)->arena, 4 * (s->n + 1)), k = 0;
    uint32_t n = sorted_rows(s, g, rows);
    uint32_t *all = q_arena_alloc(&((sample *)s)->arena, 4 * (4 * (size_t)s->n + 1));
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(times, rows[i]))
            continue;
        for (int64_t j = 0; j < Q_VALUES(times, int64_t)[rows[i]]; j++)
            all[k++] = rows[i];
    }
    ck_assert_int_eq(q_column_is_null(r, g), k == 0);
    for (uint32_t i = 0; k && i < n_p; i++)
        check_share(s, all, k, p[i], r->child, Q_VALUES(r, q_list)[g].start + i);
}

START_TEST(percentiles_with_frequency)
{
    static const double p[] = {0, 0.1, 0.25, 0.5, 1.0 / 3, 0.9, 0.999, 1};
    q_type d = Q_TYPE(Q_DOUBLE), types[3] = {d, Q_TYPE(Q_BOOLEAN), Q_TYPE(Q_BIGINT)};
    for (uint32_t round = 0; round < 42; round++) {
        sample s;
        sample_init(&s, Q_FN_PERCENTILE_FREQUENCY, q_type_array_of(d), types, 3,
                    row_counts[round / 6], round % 3 * 2);
        s.call->args[1] = q_expr_literal(&s.arena, share_literal(&s.arena, p, 8, true));
        for (uint32_t i = 0; i < s.n; i++)
            Q_VALUES(s.args[2], int64_t)[i] = xu_below(5);
        q_column r = run(&s);
        for (uint32_t g = 0; g < s.n_groups; g++)
            check_frequencies(&s, g, p, 8, &r);
        sample_fini(&s);
    }
}
END_TEST

START_TEST(percentiles)
{
    static const double p[] = {0, 0.1, 0.25, 0.5, 1.0 / 3, 0.9, 0.999, 1};
    static const uint8_t kinds[] = {Q_TINYINT,   Q_SMALLINT,    Q_INT,        Q_BIGINT,
                                    Q_FLOAT,     Q_DOUBLE,      Q_DECIMAL,    Q_DATE,
                                    Q_TIMESTAMP, Q_INTERVAL_DT, Q_INTERVAL_YM};
    q_type d = Q_TYPE(Q_DOUBLE);
    for (uint32_t k = 0; k < 8; k++)
        check_percentile(Q_FN_PERCENTILE, d, p + k, 1, false);
    check_percentile(Q_FN_PERCENTILE, d, p, 8, true);
    check_percentile(Q_FN_PERCENTILE, d, p, 0, true);
    check_percentile(Q_FN_MEDIAN, d, (double[]){0.5}, 1, false);
    for (uint32_t k = 0; k < sizeof kinds; k++) {
        q_type t = kinds[k] == Q_DECIMAL ? Q_DECIMAL_OF(38, 2) : Q_TYPE(kinds[k]);
        check_percentile(Q_FN_PERCENTILE_APPROX, t, p + xu_below(8), 1, false);
        check_percentile(Q_FN_PERCENTILE_APPROX, t, p, 8, true);
    }
}
END_TEST

/* ---- sets of aggregates: DISTINCT and FILTER ---- */

static q_column *filter_of(sample *s)
{
    return xu_column(&s->arena, Q_TYPE(Q_BOOLEAN), s->n, 2);
}

/* Fold rows from..to of all three calls. */
static void set_fold(sample *s, q_agg_set *set, q_column *filter, uint32_t from, uint32_t to)
{
    q_arena batch;
    q_arena_init(&batch, NULL);
    q_column *arg = xu_part(&batch, s->args[0], from, to);
    q_column *args[3] = {arg, arg, arg};
    q_column *filters[3] = {NULL, xu_part(&batch, filter, from, to), NULL};
    filters[2] = filters[1];
    XU_OK(q_agg_set_update(set, s->groups + from, s->n_groups, to - from, args, filters, &batch,
                           err));
    q_arena_fini(&batch);
}

/* count(DISTINCT x), sum-like count with a filter, both: one after the other and merged. */
START_TEST(distinct_and_filter)
{
    q_type t = xu_types[_i];
    for (int round = 0; round < 14; round++) {
        sample s;
        sample_init(&s, Q_FN_COUNT, Q_TYPE(Q_BIGINT), &t, 1, row_counts[round / 2], 2);
        q_column *filter = filter_of(&s), result[2][3];
        q_expr *distinct = q_arena_copy(&s.arena, s.call, sizeof *s.call);
        distinct->distinct = true;
        q_agg_call calls[3] = {{distinct, NULL}, {s.call, s.call}, {distinct, s.call}};
        q_agg_set *all = NULL, *merged = NULL;
        XU_OK(q_agg_set_new(calls, 3, &xu_session, &s.arena, &all, err));
        XU_OK(q_agg_set_new(calls, 3, &xu_session, &s.arena, &merged, err));
        set_fold(&s, all, filter, 0, s.n);
        uint32_t *cuts = xu_cuts(&s.arena, s.n, 3), *map = q_arena_array(&s.arena, uint32_t, 8);
        q_buf bodies[3];
        for (uint32_t g = 0; g < s.n_groups; g++)
            map[g] = g;
        for (int p = 0; p < 3; p++) {
            q_agg_set *part = NULL;
            q_batch_cursor in;
            q_buf_init(&bodies[p]);
            XU_OK(q_agg_set_new(calls, 3, &xu_session, &s.arena, &part, err));
            set_fold(&s, part, filter, cuts[p], cuts[p + 1]);
            XU_OK(q_agg_set_save(part, s.n_groups, &bodies[p], err));
            q_batch_cursor_bytes(&in, bodies[p].data, bodies[p].len);
            XU_OK(q_agg_set_load(merged, &in, map, s.n_groups, s.n_groups, err));
            ck_assert(!q_batch_cursor_more(&in));
            q_agg_set_destroy(&part);
        }
        XU_OK(q_agg_set_finish(all, s.n_groups, &s.arena, result[0], err));
        XU_OK(q_agg_set_finish(merged, s.n_groups, &s.arena, result[1], err));
        for (uint32_t g = 0; g < s.n_groups; g++) {
            uint32_t *rows = q_arena_alloc(&s.arena, 4 * (s.n + 1)), n = rows_of(&s, g, rows);
            int64_t want[3] = {0, 0, 0};
            uint32_t *passed = q_arena_alloc(&s.arena, 4 * (s.n + 1)), n_passed = 0;
            for (uint32_t i = 0; i < n; i++) {
                bool pass =
                    !q_column_is_null(filter, rows[i]) && Q_VALUES(filter, uint8_t)[rows[i]];
                bool null = q_column_is_null(s.args[0], rows[i]);
                want[0] += !null && !times(&s, rows, i, rows[i]);
                want[1] += !null && pass;
                want[2] += !null && pass && !times(&s, passed, n_passed, rows[i]);
                if (pass)
                    passed[n_passed++] = rows[i];
            }
            for (int k = 0; k < 6; k++)
                ck_assert_int_eq(Q_VALUES(&result[k / 3][k % 3], int64_t)[g], want[k % 3]);
        }
        for (int p = 0; p < 3; p++)
            q_buf_fini(&bodies[p]);
        q_agg_set_destroy(&all);
        q_agg_set_destroy(&merged);
        sample_fini(&s);
    }
}
END_TEST

START_TEST(every_aggregate_is_there)
{
#define A(id, ...) ck_assert_ptr_nonnull(q_agg_find(Q_FN_##id));
#define F(id, ...) ck_assert_ptr_null(q_agg_find(Q_FN_##id));
#define W(id, ...) ck_assert_ptr_null(q_agg_find(Q_FN_##id));
#include "common/plan/functions.def"
    ck_assert_ptr_null(q_agg_find(Q_N_FUNCTIONS));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exec agg");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, every_aggregate_is_there);
    tcase_add_loop_test(t, one_of_the_values, 0, XU_N_TYPES);
    tcase_add_loop_test(t, value_by_another, 0, XU_N_TYPES);
    tcase_add_loop_test(t, collected_values, 0, XU_N_TYPES);
    tcase_add_test(t, long_lists);
    tcase_add_loop_test(t, counts, 0, XU_N_TYPES);
    tcase_add_test(t, all_and_any);
    tcase_add_loop_test(t, bits, 0, 4);
    tcase_add_loop_test(t, sums_of_integers, 0, 4);
    tcase_add_loop_test(t, sums_of_doubles, 0, 2);
    tcase_add_test(t, sums_that_overflow);
    tcase_add_test(t, interval_sum_overflows);
    tcase_add_test(t, variance_of_integers);
    tcase_add_test(t, variance_of_doubles);
    tcase_add_test(t, variance_of_odd_values);
    tcase_add_test(t, variance_of_anything);
    tcase_add_test(t, percentiles);
    tcase_add_test(t, percentiles_with_frequency);
    tcase_add_loop_test(t, distinct_and_filter, 0, XU_N_TYPES);
    suite_add_tcase(s, t);
    return xu_main(s);
}
