/* Programs: registers, sharing, folding, validity, lifetimes. */
#include "tests/unit/kernel_util.h"

#include "common/exec/program_internal.h"

static q_arena arena;

static void setup(void)
{
    q_arena_init(&arena, NULL);
}

static void teardown(void)
{
    q_arena_fini(&arena);
}

static q_expr *column(uint32_t i, q_kind kind)
{
    return q_expr_column(&arena, i, Q_TYPE(kind), true);
}

static q_expr *call2(q_function_id f, q_kind kind, q_expr *x, q_expr *y)
{
    return q_expr_call(&arena, f, Q_TYPE(kind), 2, (q_expr *[]){x, y});
}

static q_program *compile(uint32_t n, const q_expr *const *exprs)
{
    q_program *p = NULL;
    q_err err = {0};
    ck_assert_msg(q_program_new(exprs, n, &ku_session, NULL, &p, &err) == Q_OK, "%s", err.msg);
    return p;
}

static q_batch batch_of(uint32_t n, uint32_t n_columns, q_column *const *columns)
{
    q_batch b = {.n_rows = n, .n_columns = n_columns};
    b.columns = q_arena_array(&arena, q_column, n_columns);
    for (uint32_t i = 0; i < n_columns; i++)
        b.columns[i] = *columns[i];
    return b;
}

START_TEST(test_columns_alias_the_input)
{
    int64_t pool[] = {1, 2, 3};
    q_column *c = ku_column(&arena, Q_TYPE(Q_BIGINT), pool, 3, 100, KU_SOME_NULLS);
    q_batch b = batch_of(100, 1, &c);
    const q_expr *x = column(0, Q_BIGINT);
    q_program *p = compile(1, &x);
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    ck_assert_ptr_eq(q_program_result(p, 0)->values, c->values);
    ck_assert_ptr_eq(q_program_result(p, 0)->validity, c->validity);
    q_program_destroy(&p);
    ck_assert_ptr_null(p);
}
END_TEST

START_TEST(test_common_sub_expressions_share_a_step)
{
    /* (a + b) * (a + b), (a + b): built from different nodes */
    q_expr *s1 = call2(Q_FN_ADD, Q_BIGINT, column(0, Q_BIGINT), column(1, Q_BIGINT));
    q_expr *s2 = call2(Q_FN_ADD, Q_BIGINT, column(0, Q_BIGINT), column(1, Q_BIGINT));
    q_expr *s3 = call2(Q_FN_ADD, Q_BIGINT, column(0, Q_BIGINT), column(1, Q_BIGINT));
    const q_expr *x[] = {call2(Q_FN_MUL, Q_BIGINT, s1, s2), s3};
    q_program *p = compile(2, x);
    ck_assert_uint_eq(p->n_steps, 2);
    int64_t pool[] = {3, 5};
    q_column *c[2] = {ku_column(&arena, Q_TYPE(Q_BIGINT), pool, 1, 10, KU_NO_NULLS),
                      ku_column(&arena, Q_TYPE(Q_BIGINT), pool + 1, 1, 10, KU_NO_NULLS)};
    q_batch b = batch_of(10, 2, c);
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    ck_assert_int_eq(Q_VALUES(q_program_result(p, 0), int64_t)[9], 64);
    ck_assert_int_eq(Q_VALUES(q_program_result(p, 1), int64_t)[0], 8);
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_shared_trees_compile_once)
{
    q_expr *x = column(0, Q_BIGINT);
    for (int i = 0; i < 60; i++) /* 2^60 paths */
        x = call2(Q_FN_ADD, Q_BIGINT, x, x);
    const q_expr *root = x;
    q_program *p = compile(1, &root);
    ck_assert_uint_eq(p->n_steps, 60);
    int64_t pool[] = {1};
    q_column *c = ku_column(&arena, Q_TYPE(Q_BIGINT), pool, 1, 65, KU_NO_NULLS);
    q_batch b = batch_of(65, 1, &c);
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    ck_assert_int_eq(Q_VALUES(q_program_result(p, 0), int64_t)[64], (int64_t)1 << 60);
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_constants_fold)
{
    q_expr *seven = call2(Q_FN_ADD, Q_INT, q_expr_int(&arena, Q_TYPE(Q_INT), 3),
                          q_expr_int(&arena, Q_TYPE(Q_INT), 4));
    q_expr *text = q_expr_call(&arena, Q_FN_CAST, Q_TYPE(Q_STRING), 1, &seven);
    const q_expr *x[] = {call2(Q_FN_EQ, Q_BOOLEAN, column(0, Q_STRING), text), text};
    q_program *p = compile(2, x);
    ck_assert_uint_eq(p->n_steps, 1);
    ck_assert_int_eq(p->steps[0].expr->args[1]->kind, Q_X_LITERAL);
    q_str pool[] = {{"7", 1, 0}};
    q_column *c = ku_column(&arena, Q_TYPE(Q_STRING), pool, 1, 2048, KU_NO_NULLS);
    q_batch b = batch_of(2048, 1, &c);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    ck_assert_int_eq(Q_VALUES(q_program_result(p, 0), uint8_t)[2047], 1);
    ck_assert(q_str_eq(Q_VALUES(q_program_result(p, 1), q_str)[2047], q_str_of("7")));
    ck_assert(q_program_result(p, 1)->bytes_stable);
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_constant_result_has_the_batch_length)
{
    const q_expr *x[] = {q_expr_double(&arena, 1.5), q_expr_null(&arena, Q_TYPE(Q_STRING)),
                         q_expr_null(&arena, Q_TYPE(Q_VOID))};
    q_program *p = compile(3, x);
    static const uint32_t lengths[] = {2048, 0, 5};
    for (size_t i = 0; i < 3; i++) {
        q_batch b = {.n_rows = lengths[i]};
        ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
        ck_assert_uint_eq(q_program_result(p, 0)->length, lengths[i]);
        ck_assert_uint_eq(q_column_null_count(q_program_result(p, 0)), 0);
        ck_assert_uint_eq(q_column_null_count(q_program_result(p, 1)), lengths[i]);
        ck_assert_uint_eq(q_column_null_count(q_program_result(p, 2)), lengths[i]);
    }
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_strict_joins_validity)
{
    int32_t pool[] = {1, 2, 3};
    for (size_t l = 0; l < KU_N_LENGTHS; l++)
        for (int nx = 0; nx < KU_N_NULLS; nx++)
            for (int ny = 0; ny < KU_N_NULLS; ny++) {
                uint32_t n = ku_lengths[l];
                q_column *c[2] = {ku_column(&arena, Q_TYPE(Q_INT), pool, 3, n, (ku_nulls)nx),
                                  ku_column(&arena, Q_TYPE(Q_INT), pool, 3, n, (ku_nulls)ny)};
                q_program *p;
                q_column *r = ku_call(&arena, Q_FN_ADD, Q_TYPE(Q_INT), 2, c, &p);
                for (uint32_t i = 0; i < n; i++)
                    ck_assert_int_eq(q_column_is_null(r, i),
                                     q_column_is_null(c[0], i) || q_column_is_null(c[1], i));
                q_program_destroy(&p);
            }
}
END_TEST

START_TEST(test_strict_calls_of_untyped_nulls)
{
    q_expr *nothing = q_expr_null(&arena, Q_TYPE(Q_VOID));
    q_type list = q_type_array_of(Q_TYPE(Q_INT));
    const q_expr *x[] = {call2(Q_FN_ADD, Q_INT, column(0, Q_INT), nothing),
                         call2(Q_FN_LT, Q_BOOLEAN, nothing, column(0, Q_INT)),
                         q_expr_call(&arena, Q_FN_CAST, Q_TYPE(Q_STRING), 1, &nothing),
                         q_expr_call(&arena, Q_FN_CAST, list, 1, &nothing)};
    int32_t pool[] = {1};
    q_column *c = ku_column(&arena, Q_TYPE(Q_INT), pool, 1, 70, KU_NO_NULLS);
    q_batch b = batch_of(70, 1, &c);
    q_program *p = compile(4, x);
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(q_column_null_count(q_program_result(p, i)), 70);
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_bytes_stable)
{
    q_str pool[] = {{"abc", 3, 0}, {"d", 1, 0}};
    uint8_t flags[] = {0, 1};
    q_column *c[2] = {ku_column(&arena, Q_TYPE(Q_BOOLEAN), flags, 2, 50, KU_NO_NULLS),
                      ku_column(&arena, Q_TYPE(Q_STRING), pool, 2, 50, KU_NO_NULLS)};
    q_expr *literal = q_expr_string(&arena, "x", 1);
    const q_expr *x = q_expr_call(&arena, Q_FN_IF, Q_TYPE(Q_STRING), 3,
                                  (q_expr *[]){column(0, Q_BOOLEAN), column(1, Q_STRING), literal});
    q_program *p = compile(1, &x);
    q_batch b = batch_of(50, 2, c);
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    ck_assert(!q_program_result(p, 0)->bytes_stable);
    b.columns[1].bytes_stable = true; /* per run, not per program */
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    ck_assert(q_program_result(p, 0)->bytes_stable);
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_scratch_is_reset)
{
    double pool[] = {0.1, 1e300, 12.5};
    q_column *c = ku_column(&arena, Q_TYPE(Q_DOUBLE), pool, 3, 2048, KU_SOME_NULLS);
    q_expr *d = column(0, Q_DOUBLE);
    const q_expr *x = q_expr_call(&arena, Q_FN_CAST, Q_TYPE(Q_STRING), 1, &d);
    q_program *p = compile(1, &x);
    q_batch b = batch_of(2048, 1, &c);
    size_t first = 0;
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
        if (i == 4)
            first = q_program_scratch(p)->used_bytes;
    }
    ck_assert_uint_eq(q_program_scratch(p)->used_bytes, first);
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_long_lists_stay_small)
{
    enum { N = 2000 };
    q_expr **args = q_arena_array(&arena, q_expr *, N + 1);
    args[0] = column(0, Q_BIGINT);
    for (int64_t i = 0; i < N; i++)
        args[i + 1] = q_expr_int(&arena, Q_TYPE(Q_BIGINT), 3 * i);
    const q_expr *x = q_expr_call(&arena, Q_FN_IN, Q_TYPE(Q_BOOLEAN), N + 1, args);
    q_program *p = compile(1, &x);
    ck_assert_uint_lt(p->lifetime.used_bytes, 4 << 20);
    int64_t pool[] = {0, 1, 3, 5997, 6000};
    q_column *c = ku_column(&arena, Q_TYPE(Q_BIGINT), pool, 5, 777, KU_SOME_NULLS);
    q_batch b = batch_of(777, 1, &c);
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    q_column *r = q_program_result(p, 0);
    for (uint32_t i = 0; i < 777; i++) {
        int64_t v = Q_VALUES(c, int64_t)[i];
        ck_assert_int_eq(q_column_is_null(r, i), q_column_is_null(c, i));
        if (!q_column_is_null(c, i))
            ck_assert_int_eq(Q_VALUES(r, uint8_t)[i], v % 3 == 0 && v < 6000);
    }
    q_program_destroy(&p);
}
END_TEST

START_TEST(test_out_of_memory_names_the_setting)
{
    q_budget budget;
    q_err err = {0};
    q_program *p = NULL;
    q_budget_init(&budget, "spark.executor.memory", 8192);
    const q_expr *x = call2(Q_FN_ADD, Q_BIGINT, column(0, Q_BIGINT), column(1, Q_BIGINT));
    ck_assert_int_eq(q_program_new(&x, 1, &ku_session, &budget, &p, &err), Q_E_OUT_OF_MEMORY);
    ck_assert_ptr_null(p);
    ck_assert_ptr_nonnull(strstr(err.hint, "spark.executor.memory"));
    ck_assert_uint_eq(budget.used_bytes, 0);
}
END_TEST

/* A plan has no budget: a constant of 2 GB is an error, and many large ones are. */
START_TEST(test_large_constants_are_refused)
{
    q_arena a;
    q_err err = {0};
    q_column out;
    q_arena_init(&a, NULL);
    q_expr *args[2] = {q_expr_string(&a, "x", 1), q_expr_int(&a, Q_TYPE(Q_INT), 2000000000)};
    q_expr *x = q_expr_call(&a, Q_FN_REPEAT, Q_TYPE(Q_STRING), 2, args);
    ck_assert_int_eq(q_expr_fold(x, &ku_session, &a, &out, &err), Q_E_OUT_OF_MEMORY);
    ck_assert_ptr_nonnull(strstr(err.msg, "constant"));
    ck_assert_uint_lt(a.used_bytes, 1 << 20);
    x->args[1] = q_expr_int(&a, Q_TYPE(Q_INT), 3000000);
    int n = 0;
    while (n < 1000 && q_expr_fold(x, &ku_session, &a, &out, &err) == Q_OK)
        n++;
    ck_assert_int_gt(n, 50);
    ck_assert_int_lt(n, 100);
    q_arena_fini(&a);
}
END_TEST

START_TEST(test_select_true)
{
    uint8_t pool[] = {0, 1};
    uint32_t rows[2048];
    for (size_t l = 0; l < KU_N_LENGTHS; l++)
        for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
            q_column *c =
                ku_column(&arena, Q_TYPE(Q_BOOLEAN), pool, 2, ku_lengths[l], (ku_nulls)nulls);
            uint32_t n = q_select_true(c, rows), want = 0;
            for (uint32_t i = 0; i < c->length; i++)
                if (!q_column_is_null(c, i) && Q_VALUES(c, uint8_t)[i])
                    ck_assert_uint_eq(rows[want++], i);
            ck_assert_uint_eq(n, want);
        }
}
END_TEST

START_TEST(test_print_and_equal)
{
    q_field fields[] = {{"value", Q_TYPE(Q_DOUBLE), true}, {"category", Q_TYPE(Q_STRING), true}};
    q_schema names = {2, fields};
    q_expr *cast =
        q_expr_call(&arena, Q_FN_CAST, Q_TYPE(Q_INT), 1, (q_expr *[]){column(0, Q_DOUBLE)});
    q_expr *condition =
        call2(Q_FN_EQ, Q_BOOLEAN, column(1, Q_STRING), q_expr_string(&arena, "it's", 4));
    q_expr *x = q_expr_call(&arena, Q_FN_CASE, Q_TYPE(Q_INT), 3,
                            (q_expr *[]){condition, cast, q_expr_int(&arena, Q_TYPE(Q_INT), 1)});
    q_buf out;
    q_buf_init(&out);
    q_expr_print(x, &names, &out);
    ck_assert_str_eq(q_buf_cstr(&out),
                     "CASE WHEN (category#1 = 'it\\'s') THEN cast(value#0 as int) ELSE 1 END");
    q_buf_clear(&out);
    q_expr_print(call2(Q_FN_MUL, Q_DOUBLE, column(0, Q_DOUBLE), q_expr_double(&arena, 2)), NULL,
                 &out);
    ck_assert_str_eq(q_buf_cstr(&out), "(#0 * 2.0D)");
    q_buf_fini(&out);
    ck_assert(q_expr_equal(x, x));
    ck_assert(q_expr_equal(q_expr_double(&arena, NAN), q_expr_double(&arena, NAN)));
    ck_assert(!q_expr_equal(q_expr_double(&arena, 0.0), q_expr_double(&arena, -0.0)));
    ck_assert(
        !q_expr_equal(q_expr_null(&arena, Q_TYPE(Q_INT)), q_expr_int(&arena, Q_TYPE(Q_INT), 0)));
    ck_assert(!q_expr_equal(cast, condition));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("program");
    TCase *t = ku_case(s, "program");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_columns_alias_the_input);
    tcase_add_test(t, test_common_sub_expressions_share_a_step);
    tcase_add_test(t, test_shared_trees_compile_once);
    tcase_add_test(t, test_constants_fold);
    tcase_add_test(t, test_constant_result_has_the_batch_length);
    tcase_add_test(t, test_strict_joins_validity);
    tcase_add_test(t, test_strict_calls_of_untyped_nulls);
    tcase_add_test(t, test_bytes_stable);
    tcase_add_test(t, test_scratch_is_reset);
    tcase_add_test(t, test_long_lists_stay_small);
    tcase_add_test(t, test_out_of_memory_names_the_setting);
    tcase_add_test(t, test_large_constants_are_refused);
    tcase_add_test(t, test_select_true);
    tcase_add_test(t, test_print_and_equal);
    return ku_main(s);
}
