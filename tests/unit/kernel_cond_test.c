/* CASE, coalesce and their kin against scalar twins. */
#include "tests/unit/kernel_util.h"

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
static const int16_t pool16[] = {1, 2, 3, -4};
static const int32_t pool32[] = {1, 2, 3, -4};
static const double pool_double[] = {1, -2.5, 0.0, -0.0, NAN, HUGE_VAL};
static const q_int128 pool_decimal[] = {1, -1, (q_int128)1 << 100};
#define S(text)                  \
    {                            \
        text, sizeof text - 1, 0 \
    }
static const q_str pool_string[] = {S(""), S("a"), S("bc"), S("a longer text than the others")};

typedef struct values {
    q_type type;
    const void *pool;
    uint32_t n;
} values;
#define POOL(k, pool)                                 \
    {                                                 \
        {.kind = k}, pool, sizeof pool / sizeof *pool \
    }
static const values all[] = {
    POOL(Q_BOOLEAN, pool_bool),  POOL(Q_SMALLINT, pool16),
    POOL(Q_DATE, pool32),        POOL(Q_DOUBLE, pool_double),
    POOL(Q_STRING, pool_string), {{.kind = Q_DECIMAL, .precision = 38}, pool_decimal, 3}};
#define N_ALL (sizeof all / sizeof *all)

static q_column *pick(const values *v, uint32_t n, int nulls)
{
    return ku_column(&arena, v->type, v->pool, v->n, n, (ku_nulls)nulls);
}

static q_column *condition(uint32_t n, int nulls)
{
    return ku_column(&arena, Q_TYPE(Q_BOOLEAN), pool_bool, 2, n, (ku_nulls)nulls);
}

static bool is_true(const q_column *c, uint32_t i)
{
    return !q_column_is_null(c, i) && Q_VALUES(c, uint8_t)[i];
}

/* Row i of r is row i of want (NULL: the value NULL). */
static void check_row(const q_column *r, uint32_t i, const q_column *want)
{
    bool null = !want || q_column_is_null(want, i);
    size_t width = q_type_width(r->type);
    ck_assert_int_eq(q_column_is_null(r, i), null);
    if (null)
        return;
    if (r->type.kind == Q_STRING)
        ck_assert(q_str_eq(Q_VALUES(r, q_str)[i], Q_VALUES(want, q_str)[i]));
    else
        ck_assert(!memcmp((char *)r->values + width * i, (char *)want->values + width * i, width));
}

START_TEST(test_case)
{
    for (size_t t = 0; t < N_ALL; t++)
        for (size_t l = 0; l < KU_N_LENGTHS; l++)
            for (int nulls = 0; nulls < KU_N_NULLS; nulls++)
                for (uint32_t n_args = 2; n_args <= 7; n_args++) {
                    uint32_t n = ku_lengths[l];
                    q_column *c[7];
                    for (uint32_t a = 0; a < n_args; a++)
                        c[a] = a % 2 || a == n_args - 1
                                   ? pick(&all[t], n, a < 3 ? nulls : KU_NO_NULLS)
                                   : condition(n, a == 2 ? nulls : KU_NO_NULLS);
                    if (n_args % 2 == 0)
                        c[n_args - 2] = condition(n, nulls);
                    q_program *p;
                    q_column *r = ku_call(&arena, Q_FN_CASE, all[t].type, n_args, c, &p);
                    for (uint32_t i = 0; i < n; i++) {
                        uint32_t a = 0;
                        while (a + 1 < n_args && !is_true(c[a], i))
                            a += 2;
                        check_row(r, i, a + 1 < n_args ? c[a + 1] : a < n_args ? c[a] : NULL);
                    }
                    q_program_destroy(&p);
                    q_arena_reset(&arena);
                }
}
END_TEST

START_TEST(test_coalesce)
{
    for (size_t t = 0; t < N_ALL; t++)
        for (size_t l = 0; l < KU_N_LENGTHS; l++)
            for (int nulls = 0; nulls < 27; nulls++) {
                uint32_t n = ku_lengths[l];
                q_column *c[3] = {pick(&all[t], n, nulls % 3), pick(&all[t], n, nulls / 3 % 3),
                                  pick(&all[t], n, nulls / 9)};
                q_program *p;
                q_column *r = ku_call(&arena, Q_FN_COALESCE, all[t].type, 3, c, &p);
                for (uint32_t i = 0; i < n; i++) {
                    uint32_t a = 0;
                    while (a < 2 && q_column_is_null(c[a], i))
                        a++;
                    check_row(r, i, c[a]);
                }
                q_program_destroy(&p);
                q_arena_reset(&arena);
            }
}
END_TEST

START_TEST(test_nvl2_nullif)
{
    for (size_t t = 0; t < N_ALL; t++)
        for (size_t l = 0; l < KU_N_LENGTHS; l++)
            for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
                uint32_t n = ku_lengths[l];
                q_column *c[3] = {pick(&all[1], n, nulls), pick(&all[t], n, KU_NO_NULLS),
                                  pick(&all[t], n, nulls)};
                q_column *d[2] = {condition(n, nulls), pick(&all[t], n, nulls)};
                q_program *p, *q;
                q_column *r = ku_call(&arena, Q_FN_NVL2, all[t].type, 3, c, &p);
                q_column *s = ku_call(&arena, Q_FN_NULLIF, all[t].type, 2, d, &q);
                for (uint32_t i = 0; i < n; i++) {
                    check_row(r, i, q_column_is_null(c[0], i) ? c[2] : c[1]);
                    check_row(s, i, is_true(d[0], i) ? NULL : d[1]);
                }
                q_program_destroy(&p);
                q_program_destroy(&q);
                q_arena_reset(&arena);
            }
}
END_TEST

/* a before b in `greatest`'s sense; the test's own order of the pools' types */
static bool less(const q_column *x, uint32_t i, const q_column *y)
{
    switch (x->type.kind) {
    case Q_BOOLEAN:
        return Q_VALUES(x, uint8_t)[i] < Q_VALUES(y, uint8_t)[i];
    case Q_SMALLINT:
        return Q_VALUES(x, int16_t)[i] < Q_VALUES(y, int16_t)[i];
    case Q_DATE:
        return Q_VALUES(x, int32_t)[i] < Q_VALUES(y, int32_t)[i];
    case Q_DOUBLE: {
        double a = Q_VALUES(x, double)[i], b = Q_VALUES(y, double)[i];
        return isnan(b) ? !isnan(a) : a < b;
    }
    case Q_STRING:
        return q_str_cmp(Q_VALUES(x, q_str)[i], Q_VALUES(y, q_str)[i]) < 0;
    default:
        return Q_VALUES(x, q_int128)[i] < Q_VALUES(y, q_int128)[i];
    }
}

START_TEST(test_greatest_least)
{
    for (size_t t = 0; t < N_ALL; t++)
        for (size_t l = 0; l < KU_N_LENGTHS; l++)
            for (int nulls = 0; nulls < 27; nulls++) {
                uint32_t n = ku_lengths[l];
                q_column *c[3] = {pick(&all[t], n, nulls % 3), pick(&all[t], n, nulls / 3 % 3),
                                  pick(&all[t], n, nulls / 9)};
                q_program *p, *q;
                q_column *most = ku_call(&arena, Q_FN_GREATEST, all[t].type, 3, c, &p);
                q_column *few = ku_call(&arena, Q_FN_LEAST, all[t].type, 3, c, &q);
                for (uint32_t i = 0; i < n; i++) {
                    const q_column *g = NULL, *s = NULL;
                    for (int a = 0; a < 3; a++) {
                        if (q_column_is_null(c[a], i))
                            continue;
                        g = !g || less(g, i, c[a]) ? c[a] : g;
                        s = !s || less(c[a], i, s) ? c[a] : s;
                    }
                    check_row(most, i, g);
                    check_row(few, i, s);
                }
                q_program_destroy(&p);
                q_program_destroy(&q);
                q_arena_reset(&arena);
            }
}
END_TEST

START_TEST(test_nanvl)
{
    static const float floats[] = {1, NAN, -2};
    values f = POOL(Q_FLOAT, floats);
    for (int nx = 0; nx < KU_N_NULLS; nx++)
        for (int ny = 0; ny < KU_N_NULLS; ny++)
            for (int is_float = 0; is_float < 2; is_float++) {
                const values *v = is_float ? &f : &all[3];
                q_column *c[2] = {pick(v, 99, nx), pick(v, 99, ny)};
                q_program *p;
                q_column *r =
                    ku_call(&arena, is_float ? Q_FN_NANVL_FLOAT : Q_FN_NANVL, v->type, 2, c, &p);
                for (uint32_t i = 0; i < 99; i++) {
                    bool nan = is_float ? isnan(Q_VALUES(c[0], float)[i])
                                        : isnan(Q_VALUES(c[0], double)[i]);
                    check_row(r, i, nan && !q_column_is_null(c[0], i) ? c[1] : c[0]);
                }
                q_program_destroy(&p);
            }
}
END_TEST

/* Lists of the sides point into one common child. */
START_TEST(test_arrays)
{
    q_type type = q_type_array_of(Q_TYPE(Q_INT));
    q_column *c[3];
    c[0] = condition(40, KU_SOME_NULLS);
    for (int a = 1; a < 3; a++) {
        c[a] = q_arena_new(&arena, q_column);
        q_column_init(c[a], type, 40, &arena, NULL);
        c[a]->child = ku_column(&arena, Q_TYPE(Q_INT), pool32, 4, 120, KU_SOME_NULLS);
        for (uint32_t i = 0; i < 40; i++)
            Q_VALUES(c[a], q_list)[i] = (q_list){3 * i, (i + (uint32_t)a) % 4};
    }
    q_program *p;
    q_column *r = ku_call(&arena, Q_FN_IF, type, 3, c, &p);
    for (uint32_t i = 0; i < 40; i++) {
        const q_column *want = is_true(c[0], i) ? c[1] : c[2];
        ck_assert_str_eq(ku_text(&arena, r, i), ku_text(&arena, want, i));
    }
    q_program_destroy(&p);
}
END_TEST

/* Every argument an untyped NULL; then one of them beside typed columns. */
START_TEST(test_untyped_nulls)
{
    static const struct {
        q_function_id f;
        q_kind type;
        uint32_t n;
        const char *want;
    } rows[] = {{Q_FN_COALESCE, Q_VOID, 2, "NULL"},  {Q_FN_GREATEST, Q_VOID, 2, "NULL"},
                {Q_FN_CASE, Q_VOID, 2, "NULL"},      {Q_FN_NSEQ, Q_BOOLEAN, 2, "true"},
                {Q_FN_IN, Q_BOOLEAN, 2, "NULL"},     {Q_FN_AND, Q_BOOLEAN, 2, "NULL"},
                {Q_FN_OR, Q_BOOLEAN, 2, "NULL"},     {Q_FN_ISNULL, Q_BOOLEAN, 1, "true"},
                {Q_FN_NULLIF, Q_VOID, 2, "NULL"},    {Q_FN_NVL2, Q_VOID, 3, "NULL"},
                {Q_FN_EQ, Q_BOOLEAN, 2, "NULL"},     {Q_FN_TRY_CAST, Q_INT, 1, "NULL"},
                {Q_FN_ISNAN, Q_BOOLEAN, 1, "false"}, {Q_FN_NOT, Q_BOOLEAN, 1, "NULL"}};
    q_expr *null = q_expr_null(&arena, Q_TYPE(Q_VOID));
    q_column *one = (q_column *)null->value, *nulls[3] = {one, one, one};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        q_column r = ku_fold(&arena, rows[i].f, Q_TYPE((uint8_t)rows[i].type), rows[i].n, nulls);
        ck_assert_str_eq(ku_text(&arena, &r, 0), rows[i].want);
    }
    q_column *c = pick(&all[2], 70, KU_SOME_NULLS);
    static const q_function_id first[] = {Q_FN_COALESCE, Q_FN_GREATEST, Q_FN_LEAST};
    for (size_t i = 0; i < 3; i++)
        for (int at = 0; at < 2; at++) {
            q_expr *args[2] = {q_expr_column(&arena, 0, c->type, true), null};
            if (at == 0)
                args[0] = null, args[1] = q_expr_column(&arena, 0, c->type, true);
            const q_expr *x = q_expr_call(&arena, first[i], c->type, 2, args);
            q_program *p;
            q_batch b = {70, 1, c, NULL};
            ck_assert_int_eq(q_program_new(&x, 1, &ku_session, NULL, &p, NULL), Q_OK);
            ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
            for (uint32_t r = 0; r < 70; r++)
                check_row(q_program_result(p, 0), r, c);
            q_program_destroy(&p);
        }
}
END_TEST

/* The pipeline's two CASEs, as columns against constants. */
START_TEST(test_case_with_constants)
{
    static const q_str categories[] = {S("A"), S("B"), S("C"), S("D"), S("AA"), S("")};
    static const double factors[] = {0.9, 0.85, 0.8, 0.95};
    q_column *c = ku_column(&arena, Q_TYPE(Q_STRING), categories, 6, 2048, KU_SOME_NULLS);
    q_expr *category = q_expr_column(&arena, 0, Q_TYPE(Q_STRING), true), *args[7];
    for (int i = 0; i < 3; i++) {
        q_expr *letter = q_expr_string(&arena, categories[i].ptr, 1);
        args[2 * i] =
            q_expr_call(&arena, Q_FN_EQ, Q_TYPE(Q_BOOLEAN), 2, (q_expr *[]){category, letter});
        args[2 * i + 1] = q_expr_double(&arena, factors[i]);
    }
    args[6] = q_expr_double(&arena, factors[3]);
    const q_expr *x = q_expr_call(&arena, Q_FN_CASE, Q_TYPE(Q_DOUBLE), 7, args);
    q_program *p;
    q_batch b = {2048, 1, c, NULL};
    ck_assert_int_eq(q_program_new(&x, 1, &ku_session, NULL, &p, NULL), Q_OK);
    ck_assert_int_eq(q_program_run(p, &b, NULL), Q_OK);
    const q_column *r = q_program_result(p, 0);
    ck_assert_uint_eq(q_column_null_count(r), 0);
    for (uint32_t i = 0; i < 2048; i++) {
        q_str s = Q_VALUES(c, q_str)[i];
        bool known = !q_column_is_null(c, i) && s.len == 1 && s.ptr[0] <= 'C';
        ck_assert(Q_VALUES(r, double)[i] == (known ? factors[s.ptr[0] - 'A'] : 0.95));
    }
    q_program_destroy(&p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kernel_cond");
    TCase *t = ku_case(s, "cond");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_case);
    tcase_add_test(t, test_coalesce);
    tcase_add_test(t, test_nvl2_nullif);
    tcase_add_test(t, test_greatest_least);
    tcase_add_test(t, test_nanvl);
    tcase_add_test(t, test_arrays);
    tcase_add_test(t, test_untyped_nulls);
    tcase_add_test(t, test_case_with_constants);
    return ku_main(s);
}
