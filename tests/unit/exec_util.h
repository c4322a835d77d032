/* Helpers of the execution tests: random columns of every type with their edge cases,
 * expressions over them, exact comparison of columns. */
#ifndef TESTS_UNIT_EXEC_UTIL_H
#define TESTS_UNIT_EXEC_UTIL_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/session.h"
#include "common/plan/stage.h"
#include "tests/unit/check.h"

static uint64_t xu_seed = 88172645463325252u;
static inline uint64_t xu_random(void)
{
    xu_seed ^= xu_seed << 13;
    xu_seed ^= xu_seed >> 7;
    return xu_seed ^= xu_seed << 17;
}
static inline uint32_t xu_below(uint32_t n)
{
    return (uint32_t)(xu_random() >> 11) % n;
}

static const q_session xu_session = {.time_zone = "UTC", .now_us = 1700000000000000};

#define XU_OK(expr)                                                                    \
    do {                                                                               \
        q_err xu_err_ = {0}, *err = &xu_err_;                                          \
        q_code xu_code_ = (expr);                                                      \
        ck_assert_msg(xu_code_ == Q_OK, "%s: %s", q_code_name(xu_code_), xu_err_.msg); \
    } while (0)

/* The types that values can have; element types of arrays: int, double, string. */
static const q_type xu_types[] = {
    {.kind = Q_BOOLEAN},
    {.kind = Q_TINYINT},
    {.kind = Q_SMALLINT},
    {.kind = Q_INT},
    {.kind = Q_BIGINT},
    {.kind = Q_FLOAT},
    {.kind = Q_DOUBLE},
    {.kind = Q_DECIMAL, .precision = 38, .scale = 2},
    {.kind = Q_STRING},
    {.kind = Q_BINARY},
    {.kind = Q_DATE},
    {.kind = Q_TIMESTAMP},
    {.kind = Q_TIMESTAMP_NTZ},
    {.kind = Q_INTERVAL_DT},
    {.kind = Q_INTERVAL_YM},
    {.kind = Q_ARRAY, .element = Q_INT},
    {.kind = Q_ARRAY, .element = Q_DOUBLE},
    {.kind = Q_ARRAY, .element = Q_STRING},
    {.kind = Q_VOID},
};
#define XU_N_TYPES (sizeof xu_types / sizeof *xu_types)

/* Few distinct values, so that ties and repeated groups are common, edge cases among them. */
static inline double xu_double(void)
{
    static const double edges[] = {0.0,      -0.0,      NAN,      INFINITY,  -INFINITY,
                                   4.9e-324, -4.9e-324, 1.7e+308, -1.7e+308, 1e16,
                                   0.1,      -0.1,      1.0,      1.5};
    return xu_below(3) ? (double)(int)xu_below(9) - 4 : edges[xu_below(14)];
}

static inline int64_t xu_int(int bits)
{
    int64_t most = bits == 64 ? INT64_MAX : ((int64_t)1 << (bits - 1)) - 1;
    switch (xu_below(8)) {
    case 0:
        return most;
    case 1:
        return -most - 1;
    case 2:
        return (int64_t)xu_random() >> (64 - bits);
    default:
        return (int64_t)xu_below(7) - 3;
    }
}

static inline q_str xu_str(q_arena *a, bool text)
{
    uint32_t n = xu_below(4) ? xu_below(4) : 7 + xu_below(11);
    char *s = q_arena_bytes(a, n + 1);
    for (uint32_t i = 0; i < n; i++)
        s[i] = text || xu_below(3) ? (char)('a' + xu_below(2)) : (char)(xu_below(2) ? 0 : 0xFF);
    return (q_str){s, n, 0};
}

static inline void xu_fill(q_arena *a, q_column *c, uint32_t n_nulls_in_8);

static inline void xu_value(q_arena *a, q_column *c, uint32_t i)
{
    switch (c->type.kind) {
    case Q_BOOLEAN:
        Q_VALUES(c, uint8_t)[i] = (uint8_t)xu_below(2);
        break;
    case Q_TINYINT:
        Q_VALUES(c, int8_t)[i] = (int8_t)xu_int(8);
        break;
    case Q_SMALLINT:
        Q_VALUES(c, int16_t)[i] = (int16_t)xu_int(16);
        break;
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        Q_VALUES(c, int32_t)[i] = (int32_t)xu_int(32);
        break;
    case Q_FLOAT:
        Q_VALUES(c, float)[i] = (float)xu_double();
        break;
    case Q_DOUBLE:
        Q_VALUES(c, double)[i] = xu_double();
        break;
    case Q_DECIMAL:
        Q_VALUES(c, q_int128)[i] = (q_int128)xu_int(64) * (xu_below(3) ? 1 : INT64_C(1) << 40);
        break;
    case Q_STRING:
    case Q_BINARY:
        Q_VALUES(c, q_str)[i] = xu_str(a, c->type.kind == Q_STRING);
        break;
    default:
        Q_VALUES(c, int64_t)[i] = xu_int(64);
        break;
    }
}

static inline q_column *xu_column(q_arena *a, q_type type, uint32_t n, uint32_t n_nulls_in_8)
{
    q_column *c = q_arena_new(a, q_column);
    XU_OK(q_column_init(c, type, n, a, err));
    if (type.kind != Q_VOID)
        xu_fill(a, c, n_nulls_in_8);
    return c;
}

static inline void xu_fill(q_arena *a, q_column *c, uint32_t n_nulls_in_8)
{
    uint32_t n = c->length;
    if (c->type.kind == Q_ARRAY) {
        uint32_t n_child = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t len = xu_below(4);
            Q_VALUES(c, q_list)[i] = (q_list){n_child, len};
            n_child += len;
        }
        c->child = xu_column(a, q_type_element(c->type), n_child, n_nulls_in_8);
    }
    for (uint32_t i = 0; i < n && c->type.kind != Q_ARRAY; i++)
        xu_value(a, c, i);
    if (!n_nulls_in_8)
        return;
    XU_OK(q_column_need_validity(c, a, err));
    for (uint32_t i = 0; i < n; i++) {
        if (xu_below(8) < n_nulls_in_8) {
            q_bit_clear(c->validity, i);
            if (q_type_is_stringlike(c->type))
                Q_VALUES(c, q_str)[i] = (q_str){"", 0, 0};
        }
    }
}

/* The same bits: -0.0 is not 0.0; NaNs are alike. */
static inline bool xu_same(const q_column *x, uint32_t i, const q_column *y, uint32_t k)
{
    ck_assert(q_type_eq(x->type, y->type));
    bool nx = q_column_is_null(x, i), ny = q_column_is_null(y, k);
    if (nx || ny)
        return nx == ny;
    if (q_type_is_stringlike(x->type))
        return q_str_eq(Q_VALUES(x, q_str)[i], Q_VALUES(y, q_str)[k]);
    if (x->type.kind == Q_ARRAY) {
        q_list a = Q_VALUES(x, q_list)[i], b = Q_VALUES(y, q_list)[k];
        bool same = a.len == b.len;
        for (uint32_t j = 0; same && j < a.len; j++)
            same = xu_same(x->child, a.start + j, y->child, b.start + j);
        return same;
    }
    if (x->type.kind == Q_DOUBLE && isnan(Q_VALUES(x, double)[i]))
        return isnan(Q_VALUES(y, double)[k]);
    if (x->type.kind == Q_FLOAT && isnan(Q_VALUES(x, float)[i]))
        return isnan(Q_VALUES(y, float)[k]);
    size_t width = q_type_width(x->type);
    return memcmp((char *)x->values + width * i, (char *)y->values + width * k, width) == 0;
}

/* SQL order of values that are not NULL, written apart from the engine: NaN above all,
 * -0.0 = 0.0, arrays by elements with NULL first. */
static inline int xu_cmp(const q_column *x, uint32_t i, const q_column *y, uint32_t k)
{
#define XU_CMP(a, b) ((a) > (b)) - ((a) < (b))
    switch (x->type.kind) {
    case Q_BOOLEAN:
        return XU_CMP(Q_VALUES(x, uint8_t)[i], Q_VALUES(y, uint8_t)[k]);
    case Q_TINYINT:
        return XU_CMP(Q_VALUES(x, int8_t)[i], Q_VALUES(y, int8_t)[k]);
    case Q_SMALLINT:
        return XU_CMP(Q_VALUES(x, int16_t)[i], Q_VALUES(y, int16_t)[k]);
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        return XU_CMP(Q_VALUES(x, int32_t)[i], Q_VALUES(y, int32_t)[k]);
    case Q_FLOAT:
    case Q_DOUBLE: {
        bool f = x->type.kind == Q_FLOAT;
        double a = f ? (double)Q_VALUES(x, float)[i] : Q_VALUES(x, double)[i];
        double b = f ? (double)Q_VALUES(y, float)[k] : Q_VALUES(y, double)[k];
        if (isnan(a) || isnan(b))
            return (isnan(a) != 0) - (isnan(b) != 0);
        return XU_CMP(a, b);
    }
    case Q_DECIMAL:
        return XU_CMP(Q_VALUES(x, q_int128)[i], Q_VALUES(y, q_int128)[k]);
    case Q_STRING:
    case Q_BINARY: {
        q_str a = Q_VALUES(x, q_str)[i], b = Q_VALUES(y, q_str)[k];
        for (uint32_t j = 0; j < a.len && j < b.len; j++) {
            if (a.ptr[j] != b.ptr[j])
                return (uint8_t)a.ptr[j] < (uint8_t)b.ptr[j] ? -1 : 1;
        }
        return XU_CMP(a.len, b.len);
    }
    case Q_ARRAY: {
        q_list a = Q_VALUES(x, q_list)[i], b = Q_VALUES(y, q_list)[k];
        for (uint32_t j = 0; j < a.len && j < b.len; j++) {
            bool na = q_column_is_null(x->child, a.start + j);
            bool nb = q_column_is_null(y->child, b.start + j);
            int c = na || nb ? nb - na : xu_cmp(x->child, a.start + j, y->child, b.start + j);
            if (c)
                return c;
        }
        return XU_CMP(a.len, b.len);
    }
    default:
        return XU_CMP(Q_VALUES(x, int64_t)[i], Q_VALUES(y, int64_t)[k]);
    }
#undef XU_CMP
}

/* Rows from..to of a column, in memory of its own without slack before it, so that wrong
 * offsets show. */
static inline q_column *xu_part(q_arena *a, const q_column *c, uint32_t from, uint32_t to)
{
    q_column *out = q_arena_new(a, q_column);
    uint32_t *rows = q_arena_alloc(a, sizeof *rows * (to - from + 1));
    for (uint32_t i = from; i < to; i++)
        rows[i - from] = i;
    XU_OK(q_column_gather(out, c, rows, to - from, a, err));
    return out;
}

/* Split points of n rows into `parts` parts, some of them empty: cuts[0] = 0 … cuts[parts] = n. */
static inline uint32_t *xu_cuts(q_arena *a, uint32_t n, uint32_t parts)
{
    uint32_t *cuts = q_arena_array(a, uint32_t, parts + 1);
    cuts[parts] = n;
    for (uint32_t i = 1; i < parts; i++) {
        uint32_t cut = xu_below(3) ? xu_below(n + 1) : 0, k = i;
        for (; k > 1 && cuts[k - 1] > cut; k--)
            cuts[k] = cuts[k - 1];
        cuts[k] = cut;
    }
    return cuts;
}

static inline int xu_main(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}

#endif
