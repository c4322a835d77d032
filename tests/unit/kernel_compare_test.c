/* Comparison and logic kernels against scalar twins: all types, lengths and null patterns. */
#include "tests/unit/kernel_util.h"

#include "common/column/decimal.h"

static q_arena arena;

static void setup(void)
{
    q_arena_init(&arena, NULL);
}

static void teardown(void)
{
    q_arena_fini(&arena);
}

static const uint8_t pool_bool[] = {0, 1};
static const int8_t pool8[] = {0, 1, -1, 127, -128};
static const int16_t pool16[] = {0, 1, -1, 32767, -32768};
static const int32_t pool32[] = {0, 1, -1, INT32_MAX, INT32_MIN};
static const int64_t pool64[] = {0, 1, -1, INT64_MAX, INT64_MIN};
static const double pool_double[] = {0.0, -0.0, 1, -1, 5e-324, HUGE_VAL, -HUGE_VAL, NAN, -NAN};
static const float pool_float[] = {0.0f, -0.0f, 1, -1, 1e-45f, HUGE_VALF, -HUGE_VALF, NAN, -NAN};
static const q_int128 pool_decimal[] = {0, 1, -1, (q_int128)1 << 100, -((q_int128)1 << 100)};
#define S(text)                  \
    {                            \
        text, sizeof text - 1, 0 \
    }
static const q_str pool_string[] = {
    S(""),         S("A"),         S("B"),       S("AB"),       S("ABC"),
    S("ABCD"),     S("ABCDE"),     S("ABCDEFG"), S("ABCE"),     S("ABCDEFGH"),
    S("ABCDEFGI"), S("ABCDEFGHI"), S("A\0"),     S("\xc3\xa4"), S("ABCDEFGHIJKLMNOPQRSTUVWXYZ")};

typedef struct values {
    q_type type;
    const void *pool;
    uint32_t n;
} values;
#define POOL(k, pool)                                 \
    {                                                 \
        {.kind = k}, pool, sizeof pool / sizeof *pool \
    }
static const values all[] = {POOL(Q_BOOLEAN, pool_bool),
                             POOL(Q_TINYINT, pool8),
                             POOL(Q_SMALLINT, pool16),
                             POOL(Q_INT, pool32),
                             POOL(Q_BIGINT, pool64),
                             POOL(Q_FLOAT, pool_float),
                             POOL(Q_DOUBLE, pool_double),
                             POOL(Q_STRING, pool_string),
                             POOL(Q_BINARY, pool_string),
                             POOL(Q_DATE, pool32),
                             POOL(Q_TIMESTAMP, pool64),
                             POOL(Q_TIMESTAMP_NTZ, pool64),
                             POOL(Q_INTERVAL_DT, pool64),
                             POOL(Q_INTERVAL_YM, pool32),
                             {{.kind = Q_DECIMAL, .precision = 38, .scale = 2}, pool_decimal, 5}};
#define N_ALL (sizeof all / sizeof *all)

static int cmp_doubles(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
    return a < b ? -1 : a > b ? 1 : 0;
}

static int cmp_strings(q_str a, q_str b)
{
    for (uint32_t i = 0; i < a.len && i < b.len; i++)
        if (a.ptr[i] != b.ptr[i])
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[i] ? -1 : 1;
    return a.len < b.len ? -1 : a.len > b.len ? 1 : 0;
}

static int cmp(const q_column *x, uint32_t i, const q_column *y, uint32_t j)
{
    __int128 a, b;
    switch (x->type.kind) {
    case Q_DOUBLE:
        return cmp_doubles(Q_VALUES(x, double)[i], Q_VALUES(y, double)[j]);
    case Q_FLOAT:
        return cmp_doubles((double)Q_VALUES(x, float)[i], (double)Q_VALUES(y, float)[j]);
    case Q_STRING:
    case Q_BINARY:
        return cmp_strings(Q_VALUES(x, q_str)[i], Q_VALUES(y, q_str)[j]);
    case Q_DECIMAL:
        a = Q_VALUES(x, q_int128)[i], b = Q_VALUES(y, q_int128)[j];
        break;
    default:
        switch (q_type_width(x->type)) {
        case 1:
            a = Q_VALUES(x, int8_t)[i], b = Q_VALUES(y, int8_t)[j];
            break;
        case 2:
            a = Q_VALUES(x, int16_t)[i], b = Q_VALUES(y, int16_t)[j];
            break;
        case 4:
            a = Q_VALUES(x, int32_t)[i], b = Q_VALUES(y, int32_t)[j];
            break;
        default:
            a = Q_VALUES(x, int64_t)[i], b = Q_VALUES(y, int64_t)[j];
        }
    }
    return a < b ? -1 : a > b ? 1 : 0;
}

static bool holds(q_function_id f, int c)
{
    switch (f) {
    case Q_FN_EQ:
    case Q_FN_NSEQ:
        return c == 0;
    case Q_FN_LT:
        return c < 0;
    case Q_FN_LE:
        return c <= 0;
    case Q_FN_GT:
        return c > 0;
    default:
        return c >= 0;
    }
}

static void check_row(q_function_id f, const q_column *r, uint32_t i, const q_column *x,
                      const q_column *y, uint32_t j)
{
    bool nx = q_column_is_null(x, i), ny = q_column_is_null(y, j);
    bool null = f != Q_FN_NSEQ && (nx || ny);
    ck_assert_int_eq(q_column_is_null(r, i), null);
    if (null)
        return;
    bool want = nx || ny ? nx && ny : holds(f, cmp(x, i, y, j));
    ck_assert_msg(Q_VALUES(r, uint8_t)[i] == want, "f %d kind %d row %u", f, x->type.kind, i);
}

static const q_function_id comparisons[] = {Q_FN_EQ, Q_FN_NSEQ, Q_FN_LT, Q_FN_LE, Q_FN_GT, Q_FN_GE};

START_TEST(test_columns)
{
    for (size_t f = 0; f < 6; f++)
        for (size_t t = 0; t < N_ALL; t++)
            for (size_t l = 0; l < KU_N_LENGTHS; l++)
                for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
                    const values *v = &all[t];
                    uint32_t n = ku_lengths[l];
                    q_program *p;
                    q_column *c[2] = {
                        ku_column(&arena, v->type, v->pool, v->n, n, (ku_nulls)nulls),
                        ku_column(&arena, v->type, v->pool, v->n, n, nulls ? KU_SOME_NULLS : 0)};
                    q_column *r = ku_call(&arena, comparisons[f], Q_TYPE(Q_BOOLEAN), 2, c, &p);
                    for (uint32_t i = 0; i < n; i++)
                        check_row(comparisons[f], r, i, c[0], c[1], i);
                    q_program_destroy(&p);
                    q_arena_reset(&arena);
                }
}
END_TEST

/* A constant on either side, strings of all short lengths among them. */
START_TEST(test_constants)
{
    for (size_t t = 0; t < N_ALL; t++)
        for (uint32_t k = 0; k <= all[t].n; k++) {
            const values *v = &all[t];
            size_t width = q_type_width(v->type);
            q_column *column = ku_column(&arena, v->type, v->pool, v->n, 200, KU_SOME_NULLS);
            q_column *one = ku_column(&arena, v->type, (const char *)v->pool + width * (k % v->n),
                                      1, 1, k == v->n ? KU_ALL_NULL : KU_NO_NULLS);
            q_expr *x = q_expr_column(&arena, 0, v->type, true), *y = q_expr_literal(&arena, one);
            const q_expr *both[] = {
                q_expr_call(&arena, Q_FN_EQ, Q_TYPE(Q_BOOLEAN), 2, (q_expr *[]){x, y}),
                q_expr_call(&arena, Q_FN_NSEQ, Q_TYPE(Q_BOOLEAN), 2, (q_expr *[]){y, x})};
            q_program *p;
            q_batch b = {200, 1, column, NULL};
            ck_assert_int_eq(q_program_new(both, 2, &ku_session, NULL, &p, NULL), Q_OK);
            ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
            for (uint32_t i = 0; i < 200; i++) {
                check_row(Q_FN_EQ, q_program_result(p, 0), i, column, one, 0);
                check_row(Q_FN_NSEQ, q_program_result(p, 1), i, column, one, 0);
            }
            q_program_destroy(&p);
            q_arena_reset(&arena);
        }
}
END_TEST

START_TEST(test_decimals_of_different_scale)
{
    q_column *x = ku_value(&arena, Q_DECIMAL_OF(10, 2), "1.50");
    q_column *y = ku_value(&arena, Q_DECIMAL_OF(38, 30), "1.5");
    q_column *args[2] = {x, y};
    q_column r = ku_fold(&arena, Q_FN_EQ, Q_TYPE(Q_BOOLEAN), 2, args);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "true");
    r = ku_fold(&arena, Q_FN_LT, Q_TYPE(Q_BOOLEAN), 2, args);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "false");
}
END_TEST

/* 0 false, 1 true, 2 NULL */
static int truth(const q_column *c, uint32_t i)
{
    return q_column_is_null(c, i) ? 2 : Q_VALUES(c, uint8_t)[i];
}

START_TEST(test_logic)
{
    static const int and[3][3] = {{0, 0, 0}, {0, 1, 2}, {0, 2, 2}};
    static const int or [3][3] = {{0, 1, 2}, {1, 1, 1}, {2, 1, 2}};
    for (size_t l = 0; l < KU_N_LENGTHS; l++)
        for (int nx = 0; nx < KU_N_NULLS; nx++)
            for (int ny = 0; ny < KU_N_NULLS; ny++) {
                uint32_t n = ku_lengths[l];
                q_program *p[3];
                q_column *c[2] = {
                    ku_column(&arena, Q_TYPE(Q_BOOLEAN), pool_bool, 2, n, (ku_nulls)nx),
                    ku_column(&arena, Q_TYPE(Q_BOOLEAN), pool_bool, 2, n, (ku_nulls)ny)};
                q_column *a = ku_call(&arena, Q_FN_AND, Q_TYPE(Q_BOOLEAN), 2, c, &p[0]);
                q_column *o = ku_call(&arena, Q_FN_OR, Q_TYPE(Q_BOOLEAN), 2, c, &p[1]);
                q_column *no = ku_call(&arena, Q_FN_NOT, Q_TYPE(Q_BOOLEAN), 1, c, &p[2]);
                for (uint32_t i = 0; i < n; i++) {
                    int x = truth(c[0], i), y = truth(c[1], i);
                    ck_assert_int_eq(truth(a, i), and[x][y]);
                    ck_assert_int_eq(truth(o, i), or [x][y]);
                    ck_assert_int_eq(truth(no, i), x == 2 ? 2 : !x);
                }
                for (int i = 0; i < 3; i++)
                    q_program_destroy(&p[i]);
            }
}
END_TEST

START_TEST(test_null_tests)
{
    for (size_t l = 0; l < KU_N_LENGTHS; l++)
        for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
            q_program *p[3];
            q_column *c =
                ku_column(&arena, Q_TYPE(Q_DOUBLE), pool_double, 9, ku_lengths[l], (ku_nulls)nulls);
            q_column *is = ku_call(&arena, Q_FN_ISNULL, Q_TYPE(Q_BOOLEAN), 1, &c, &p[0]);
            q_column *not = ku_call(&arena, Q_FN_ISNOTNULL, Q_TYPE(Q_BOOLEAN), 1, &c, &p[1]);
            q_column *nan = ku_call(&arena, Q_FN_ISNAN, Q_TYPE(Q_BOOLEAN), 1, &c, &p[2]);
            for (uint32_t i = 0; i < c->length; i++) {
                bool null = q_column_is_null(c, i);
                ck_assert_int_eq(truth(is, i), null);
                ck_assert_int_eq(truth(not, i), !null);
                ck_assert_int_eq(truth(nan, i), !null && isnan(Q_VALUES(c, double)[i]));
            }
            for (int i = 0; i < 3; i++)
                q_program_destroy(&p[i]);
        }
    q_column *null = q_arena_new(&arena, q_column);
    null->length = 1;
    q_column r = ku_fold(&arena, Q_FN_ISNULL, Q_TYPE(Q_BOOLEAN), 1, &null);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "true");
}
END_TEST

static int in_twin(const q_column *x, uint32_t i, uint32_t n, q_column *const *list,
                   const bool *row)
{
    if (q_column_is_null(x, i))
        return 2;
    bool unknown = false;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t j = row ? 0 : i;
        if (q_column_is_null(list[k], j))
            unknown = true;
        else if (cmp(x, i, list[k], j) == 0)
            return 1;
    }
    return unknown ? 2 : 0;
}

/* x IN (n constants), a NULL among them or not; and x IN (columns). */
static void check_in(const values *v, uint32_t n, bool constants, bool with_null, ku_nulls nulls)
{
    size_t width = q_type_width(v->type);
    q_column *columns[32], *list[32];
    q_expr *args[32];
    columns[0] = ku_column(&arena, v->type, v->pool, v->n, 333, nulls);
    args[0] = q_expr_column(&arena, 0, v->type, true);
    for (uint32_t k = 0; k < n; k++) {
        ku_nulls item = with_null && k == n / 2 ? KU_ALL_NULL : KU_NO_NULLS;
        const char *from = (const char *)v->pool + width * (ku_random() % v->n);
        list[k] = constants ? ku_column(&arena, v->type, from, 1, 1, item)
                            : ku_column(&arena, v->type, v->pool, v->n, 333,
                                        item ? KU_SOME_NULLS : KU_NO_NULLS);
        columns[k + 1] = list[k];
        args[k + 1] = constants ? q_expr_literal(&arena, list[k])
                                : q_expr_column(&arena, k + 1, v->type, true);
    }
    q_batch b = {.n_rows = 333, .n_columns = constants ? 1 : n + 1};
    b.columns = q_arena_array(&arena, q_column, n + 1);
    for (uint32_t k = 0; k < b.n_columns; k++)
        b.columns[k] = *columns[k];
    const q_expr *x = q_expr_call(&arena, Q_FN_IN, Q_TYPE(Q_BOOLEAN), n + 1, args);
    q_program *p;
    ck_assert_int_eq(q_program_new(&x, 1, &ku_session, NULL, &p, NULL), Q_OK);
    for (int run = 0; run < 2; run++)
        ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    for (uint32_t i = 0; i < 333; i++)
        ck_assert_msg(truth(q_program_result(p, 0), i) ==
                          in_twin(columns[0], i, n, list, constants ? &constants : NULL),
                      "kind %d, %u in the list, row %u", v->type.kind, n, i);
    q_program_destroy(&p);
    q_arena_reset(&arena);
}

START_TEST(test_in)
{
    static const uint32_t sizes[] = {1, 2, 7, 8, 9, 30};
    for (size_t t = 0; t < N_ALL; t++)
        for (size_t s = 0; s < 6; s++)
            for (int with_null = 0; with_null < 2; with_null++)
                for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
                    check_in(&all[t], sizes[s], true, with_null, (ku_nulls)nulls);
                    check_in(&all[t], sizes[s], false, with_null, (ku_nulls)nulls);
                }
}
END_TEST

static q_column *int_array(const int32_t *v, uint32_t n, uint64_t valid)
{
    q_column *c = q_arena_new(&arena, q_column), *child = q_arena_new(&arena, q_column);
    q_column_init(c, q_type_array_of(Q_TYPE(Q_INT)), 1, &arena, NULL);
    q_column_init(child, Q_TYPE(Q_INT), n, &arena, NULL);
    memcpy(child->values, v, n * sizeof *v);
    q_column_need_validity(child, &arena, NULL);
    child->validity[0] = valid;
    *Q_VALUES(c, q_list) = (q_list){0, n};
    c->child = child;
    return c;
}

START_TEST(test_arrays)
{
    q_column *a = int_array((int32_t[]){1, 2}, 2, 3), *b = int_array((int32_t[]){1, 0}, 2, 1);
    q_column *c = int_array((int32_t[]){1}, 1, 1);
    q_column *orders[][2] = {{b, a}, {c, a}, {c, b}}; /* NULL elements and ends come first */
    for (int i = 0; i < 3; i++) {
        q_column r = ku_fold(&arena, Q_FN_LT, Q_TYPE(Q_BOOLEAN), 2, orders[i]);
        ck_assert_str_eq(ku_text(&arena, &r, 0), "true");
        r = ku_fold(&arena, Q_FN_EQ, Q_TYPE(Q_BOOLEAN), 2, orders[i]);
        ck_assert_str_eq(ku_text(&arena, &r, 0), "false");
    }
    q_column *in[] = {a, c, int_array((int32_t[]){1, 2}, 2, 3)};
    q_column r = ku_fold(&arena, Q_FN_IN, Q_TYPE(Q_BOOLEAN), 3, in);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "true");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kernel_compare");
    TCase *t = ku_case(s, "compare");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_columns);
    tcase_add_test(t, test_constants);
    tcase_add_test(t, test_decimals_of_different_scale);
    tcase_add_test(t, test_logic);
    tcase_add_test(t, test_null_tests);
    tcase_add_test(t, test_in);
    tcase_add_test(t, test_arrays);
    return ku_main(s);
}
