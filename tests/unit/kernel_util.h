/*
 * Helpers of the kernel tests: columns from C arrays, one-call programs, batches of all
 * interesting lengths with random nulls, and a comparison of each row with a scalar twin.
 */
#ifndef TESTS_UNIT_KERNEL_UTIL_H
#define TESTS_UNIT_KERNEL_UTIL_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/exec/program.h"
#include "tests/unit/check.h"

static uint64_t ku_seed = 88172645463325252u;
static inline uint64_t ku_random(void)
{
    ku_seed ^= ku_seed << 13;
    ku_seed ^= ku_seed >> 7;
    return ku_seed ^= ku_seed << 17;
}

static const uint32_t ku_lengths[] = {0, 1, 2, 7, 8, 63, 64, 65, 127, 128, 1000, 2048};
#define KU_N_LENGTHS (sizeof ku_lengths / sizeof *ku_lengths)

typedef enum ku_nulls { KU_NO_NULLS, KU_SOME_NULLS, KU_ALL_NULL, KU_N_NULLS } ku_nulls;

static const q_session ku_session = {.time_zone = "UTC", .now_us = 1700000000000000};

/* A column of n random picks from `pool` (values of `type`). */
static inline q_column *ku_column(q_arena *a, q_type type, const void *pool, uint32_t n_pool,
                                  uint32_t n, ku_nulls nulls)
{
    q_column *c = q_arena_new(a, q_column);
    size_t width = q_type_width(type);
    ck_assert_int_eq(q_column_init(c, type, n, a, NULL), Q_OK);
    for (uint32_t i = 0; i < n; i++)
        memcpy((char *)c->values + width * i, (const char *)pool + width * (ku_random() % n_pool),
               width);
    if (nulls == KU_NO_NULLS)
        return c;
    q_column_need_validity(c, a, NULL);
    for (size_t w = 0; w < q_bit_words(n); w++)
        c->validity[w] = nulls == KU_ALL_NULL ? 0 : ku_random();
    return c;
}

/* f(columns…) over a batch: the result column, which lives in *p. */
static inline q_column *ku_call(q_arena *a, q_function_id f, q_type type, uint32_t n_args,
                                q_column *const *args, q_program **p)
{
    q_expr **x = q_arena_array(a, q_expr *, n_args);
    q_batch batch = {.n_rows = args[0]->length, .n_columns = n_args};
    batch.columns = q_arena_array(a, q_column, n_args);
    for (uint32_t i = 0; i < n_args; i++) {
        x[i] = q_expr_column(a, i, args[i]->type, true);
        batch.columns[i] = *args[i];
    }
    const q_expr *call = q_expr_call(a, f, type, n_args, x);
    q_err err = {0};
    ck_assert_int_eq(q_program_new(&call, 1, &ku_session, NULL, p, &err), Q_OK);
    ck_assert_msg(q_program_run(*p, &batch, &err) == Q_OK, "%s", err.msg);
    q_column *r = q_program_result(*p, 0);
    ck_assert_uint_eq(r->length, batch.n_rows);
    return r;
}

/* The same with constants: args are columns of one row; the result has one row. */
static inline q_column ku_fold(q_arena *a, q_function_id f, q_type type, uint32_t n_args,
                               q_column *const *args)
{
    q_expr **x = q_arena_array(a, q_expr *, n_args);
    for (uint32_t i = 0; i < n_args; i++)
        x[i] = q_expr_literal(a, args[i]);
    q_column out;
    q_err err = {0};
    ck_assert_msg(q_expr_fold(q_expr_call(a, f, type, n_args, x), &ku_session, a, &out, &err) ==
                      Q_OK,
                  "%s", err.msg);
    return out;
}

/* CAST(text AS type) as a constant column; NULL text is NULL. */
static inline q_column *ku_value(q_arena *a, q_type type, const char *text)
{
    q_column *c = q_arena_new(a, q_column);
    const q_expr *x = text ? q_expr_string(a, text, strlen(text)) : q_expr_null(a, type);
    if (text && type.kind != Q_STRING)
        x = q_expr_call(a, Q_FN_CAST, type, 1, &(q_expr *){(q_expr *)x});
    ck_assert_int_eq(q_expr_fold(x, &ku_session, a, c, NULL), Q_OK);
    ck_assert_msg(!text || !q_column_is_null(c, 0), "%s", text);
    return c;
}

/* The value as CAST(… AS STRING) has it, "NULL" for NULL. */
static inline const char *ku_text(q_arena *a, const q_column *c, uint32_t row)
{
    q_column *one = q_arena_new(a, q_column);
    q_column_slice(one, c, row, 1, a, NULL);
    if (q_column_is_null(one, 0))
        return "NULL";
    q_column out = *one;
    if (c->type.kind != Q_STRING)
        out = ku_fold(a, Q_FN_CAST, Q_TYPE(Q_STRING), 1, &one);
    q_str s = Q_VALUES(&out, q_str)[0];
    return q_arena_strndup(a, s.ptr, s.len);
}

static inline int ku_main(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}

static inline TCase *ku_case(Suite *s, const char *name)
{
    TCase *t = tcase_create(name);
    tcase_set_timeout(t, 0);
    suite_add_tcase(s, t);
    return t;
}

#endif
