/* Arithmetic kernels against scalar twins: all types, lengths and null patterns. */
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

static const int8_t pool8[] = {0, 1, -1, 2, -2, 3, 7, 127, -128, 100, -100};
static const int16_t pool16[] = {0, 1, -1, 2, -2, 3, 7, 32767, -32768, 1000, 256};
static const int32_t pool32[] = {0, 1, -1, 2, -3, 7, INT32_MAX, INT32_MIN, 65536, 100, -46341};
static const int64_t pool64[] = {0, 1, -1, 2, -3, 7, INT64_MAX, INT64_MIN, 1LL << 32, 10, -10};
static const double pool_double[] = {0.0,   -0.0,   1, -1,       2.5,       -7.25,
                                     1e308, 5e-324, 3, HUGE_VAL, -HUGE_VAL, NAN};
static const float pool_float[] = {0.0f,  -0.0f,  1,    -1,        2.5f,       -7.25f,
                                   3e38f, 1e-45f, 1.1f, HUGE_VALF, -HUGE_VALF, NAN};

typedef struct numbers {
    q_type type;
    const void *pool;
    uint32_t n;
} numbers;
#define POOL(k, pool)                                 \
    {                                                 \
        {.kind = k}, pool, sizeof pool / sizeof *pool \
    }
static const numbers all[] = {POOL(Q_TINYINT, pool8),    POOL(Q_SMALLINT, pool16),
                              POOL(Q_INT, pool32),       POOL(Q_BIGINT, pool64),
                              POOL(Q_FLOAT, pool_float), POOL(Q_DOUBLE, pool_double)};

/* A value of any number type: integers exactly, floating ones as double (floats are exact there).
 */
typedef struct number {
    __int128 i;
    double d;
} number;

static number get(const q_column *c, uint32_t i)
{
    switch (c->type.kind) {
    case Q_TINYINT:
        return (number){.i = Q_VALUES(c, int8_t)[i]};
    case Q_SMALLINT:
        return (number){.i = Q_VALUES(c, int16_t)[i]};
    case Q_INT:
        return (number){.i = Q_VALUES(c, int32_t)[i]};
    case Q_BIGINT:
        return (number){.i = Q_VALUES(c, int64_t)[i]};
    case Q_FLOAT:
        return (number){.d = (double)Q_VALUES(c, float)[i]};
    default:
        return (number){.d = Q_VALUES(c, double)[i]};
    }
}

static bool is_integer(q_type t)
{
    return q_type_is_integer(t);
}

static __int128 wrapped(q_type t, __int128 v)
{
    switch (t.kind) {
    case Q_TINYINT:
        return (int8_t)v;
    case Q_SMALLINT:
        return (int16_t)v;
    case Q_INT:
        return (int32_t)v;
    default:
        return (int64_t)v;
    }
}

static double as_type(q_type t, double v)
{
    return t.kind == Q_FLOAT ? (double)(float)v : v;
}

/* The twin: false for NULL. */
static bool twin(q_function_id f, q_type t, number a, number b, number *out)
{
    bool integer = is_integer(t);
    bool divides = f == Q_FN_DIV || f == Q_FN_MOD || f == Q_FN_PMOD || f == Q_FN_INTDIV ||
                   f == Q_FN_TRY_DIVIDE;
    bool checks = f == Q_FN_TRY_ADD || f == Q_FN_TRY_SUBTRACT || f == Q_FN_TRY_MULTIPLY;
    if (divides && (integer ? b.i == 0 : b.d == 0))
        return false;
    switch (f) {
    case Q_FN_ADD:
    case Q_FN_TRY_ADD:
        out->i = a.i + b.i;
        out->d = a.d + b.d;
        break;
    case Q_FN_SUB:
    case Q_FN_TRY_SUBTRACT:
        out->i = a.i - b.i;
        out->d = a.d - b.d;
        break;
    case Q_FN_MUL:
    case Q_FN_TRY_MULTIPLY:
        out->i = (__int128)((unsigned __int128)a.i * (unsigned __int128)b.i);
        out->d = a.d * b.d;
        break;
    case Q_FN_DIV:
    case Q_FN_TRY_DIVIDE:
    case Q_FN_INTDIV:
        out->i = integer ? a.i / b.i : 0;
        out->d = a.d / b.d;
        break;
    case Q_FN_MOD:
        out->i = integer ? a.i % b.i : 0;
        out->d = fmod(a.d, b.d);
        break;
    case Q_FN_PMOD:
        out->i = integer ? a.i % b.i : 0;
        if (out->i < 0)
            out->i = wrapped(t, out->i + b.i) % b.i;
        out->d = fmod(a.d, b.d);
        if (out->d < 0)
            out->d = fmod(as_type(t, out->d + b.d), b.d);
        break;
    default:
        ck_abort();
    }
    bool fits = out->i == wrapped(t, out->i);
    out->i = wrapped(t, out->i);
    out->d = as_type(t, out->d);
    return fits || !checks;
}

static void check_binary(q_function_id f, const numbers *x, uint32_t n, ku_nulls nulls)
{
    q_program *p;
    q_column *c[2] = {
        ku_column(&arena, x->type, x->pool, x->n, n, nulls),
        ku_column(&arena, x->type, x->pool, x->n, n, nulls == KU_ALL_NULL ? KU_SOME_NULLS : nulls)};
    q_column *r = ku_call(&arena, f, x->type, 2, c, &p);
    for (uint32_t i = 0; i < n; i++) {
        number want = {0};
        bool valid = !q_column_is_null(c[0], i) && !q_column_is_null(c[1], i) &&
                     twin(f, x->type, get(c[0], i), get(c[1], i), &want);
        ck_assert_int_eq(!q_column_is_null(r, i), valid);
        if (!valid)
            continue;
        number got = get(r, i);
        if (is_integer(x->type))
            ck_assert_msg(got.i == want.i, "f %d kind %d row %u: %lld", f, x->type.kind, i,
                          (long long)got.i);
        else
            ck_assert_msg(!memcmp(&got.d, &want.d, 8) || (got.d != got.d && want.d != want.d),
                          "f %d kind %d: %a %a gives %a, not %a", f, x->type.kind, get(c[0], i).d,
                          get(c[1], i).d, got.d, want.d);
    }
    q_program_destroy(&p);
    q_arena_reset(&arena);
}

static void check_all(q_function_id f, const numbers *x)
{
    for (size_t l = 0; l < KU_N_LENGTHS; l++)
        for (int nulls = 0; nulls < KU_N_NULLS; nulls++)
            check_binary(f, x, ku_lengths[l], (ku_nulls)nulls);
}

START_TEST(test_sums_and_products)
{
    for (size_t t = 0; t < sizeof all / sizeof *all; t++) {
        check_all(Q_FN_ADD, &all[t]);
        check_all(Q_FN_SUB, &all[t]);
        check_all(Q_FN_MUL, &all[t]);
    }
}
END_TEST

START_TEST(test_try)
{
    for (size_t t = 0; t < sizeof all / sizeof *all; t++) {
        check_all(Q_FN_TRY_ADD, &all[t]);
        check_all(Q_FN_TRY_SUBTRACT, &all[t]);
        check_all(Q_FN_TRY_MULTIPLY, &all[t]);
    }
    check_all(Q_FN_TRY_DIVIDE, &all[5]);
}
END_TEST

START_TEST(test_divisions)
{
    for (size_t t = 0; t < sizeof all / sizeof *all; t++) {
        check_all(Q_FN_MOD, &all[t]);
        check_all(Q_FN_PMOD, &all[t]);
    }
    check_all(Q_FN_DIV, &all[5]);
    check_all(Q_FN_INTDIV, &all[3]);
}
END_TEST

START_TEST(test_signs)
{
    for (size_t t = 0; t < sizeof all / sizeof *all; t++)
        for (size_t l = 0; l < KU_N_LENGTHS; l++) {
            q_program *p, *q;
            q_column *c =
                ku_column(&arena, all[t].type, all[t].pool, all[t].n, ku_lengths[l], KU_SOME_NULLS);
            q_column *r = ku_call(&arena, Q_FN_NEGATIVE, all[t].type, 1, &c, &p);
            q_column *same = ku_call(&arena, Q_FN_POSITIVE, all[t].type, 1, &c, &q);
            for (uint32_t i = 0; i < c->length; i++) {
                ck_assert_int_eq(q_column_is_null(r, i), q_column_is_null(c, i));
                number v = get(c, i), got = get(r, i), kept = get(same, i);
                double negated = -v.d;
                ck_assert(got.i == wrapped(all[t].type, -v.i));
                ck_assert(v.d != v.d || is_integer(all[t].type) || !memcmp(&got.d, &negated, 8));
                ck_assert(kept.i == v.i && (kept.d == v.d || v.d != v.d));
            }
            q_program_destroy(&p);
            q_program_destroy(&q);
        }
}
END_TEST

static __int128 bits_twin(q_function_id f, q_type t, __int128 a, __int128 b)
{
    int width = t.kind == Q_BIGINT ? 64 : 32, n = (int)(b & (width - 1));
    uint64_t low = width == 64 ? (uint64_t)a : (uint32_t)a;
    switch (f) {
    case Q_FN_BITNOT:
        return wrapped(t, -a - 1);
    case Q_FN_BITAND:
        return wrapped(t, a & b);
    case Q_FN_BITOR:
        return wrapped(t, a | b);
    case Q_FN_BITXOR:
        return wrapped(t, a ^ b);
    case Q_FN_SHIFTLEFT:
        return wrapped(t, (__int128)(low << n));
    case Q_FN_SHIFTRIGHT:
        return wrapped(t, a >> n);
    default:
        return wrapped(t, (__int128)(low >> n));
    }
}

START_TEST(test_bits_and_shifts)
{
    static const q_function_id ops[] = {Q_FN_BITNOT,
                                        Q_FN_BITAND,
                                        Q_FN_BITOR,
                                        Q_FN_BITXOR,
                                        Q_FN_SHIFTLEFT,
                                        Q_FN_SHIFTRIGHT,
                                        Q_FN_SHIFTRIGHTUNSIGNED};
    for (size_t o = 0; o < sizeof ops / sizeof *ops; o++)
        for (size_t t = 0; t < 4; t++)
            for (size_t l = 0; l < KU_N_LENGTHS; l++) {
                bool shift = o >= 4;
                if (shift && t < 2)
                    continue;
                const numbers *x = &all[t], *y = shift ? &all[2] : x;
                q_program *p;
                q_column *c[2] = {
                    ku_column(&arena, x->type, x->pool, x->n, ku_lengths[l], KU_SOME_NULLS),
                    ku_column(&arena, y->type, y->pool, y->n, ku_lengths[l], KU_NO_NULLS)};
                q_column *r = ku_call(&arena, ops[o], x->type, o ? 2 : 1, c, &p);
                for (uint32_t i = 0; i < r->length; i++)
                    if (!q_column_is_null(r, i))
                        ck_assert(get(r, i).i ==
                                  bits_twin(ops[o], x->type, get(c[0], i).i, get(c[1], i).i));
                q_program_destroy(&p);
            }
}
END_TEST

START_TEST(test_intervals)
{
    static const int64_t pool[] = {5, -7, INT64_MAX, 0};
    q_program *p;
    q_type day = Q_TYPE(Q_INTERVAL_DT);
    q_column *c[2] = {ku_column(&arena, day, pool, 2, 64, KU_NO_NULLS),
                      ku_column(&arena, day, pool, 2, 64, KU_NO_NULLS)};
    q_column *r = ku_call(&arena, Q_FN_SUB, day, 2, c, &p);
    for (uint32_t i = 0; i < 64; i++)
        ck_assert_int_eq(Q_VALUES(r, int64_t)[i],
                         Q_VALUES(c[0], int64_t)[i] - Q_VALUES(c[1], int64_t)[i]);
    q_program_destroy(&p);
    c[0] = ku_column(&arena, day, pool + 2, 1, 3, KU_NO_NULLS);
    c[1] = ku_column(&arena, day, pool, 1, 3, KU_NO_NULLS);
    q_err err = {0};
    q_batch b = {3, 2, (q_column[]){*c[0], *c[1]}, NULL};
    q_expr *args[] = {q_expr_column(&arena, 0, day, true), q_expr_column(&arena, 1, day, true)};
    q_expr *sum = q_expr_call(&arena, Q_FN_ADD, day, 2, args);
    sum->offset = 17;
    sum->len = 3;
    ck_assert_int_eq(q_program_new(&(const q_expr *){sum}, 1, &ku_session, NULL, &p, &err), Q_OK);
    ck_assert_int_eq(q_program_run(p, &b, &err), Q_E_ARITHMETIC_OVERFLOW);
    ck_assert_uint_eq(err.byte, 17); /* the place in the SQL text */
    b.columns[1].validity = (uint64_t[]){0};
    ck_assert_int_eq(q_program_run(p, &b, &err), Q_OK); /* NULLs do not overflow */
    q_program_destroy(&p);
}
END_TEST

static bool decimal_twin(q_function_id f, q_int128 a, q_type ta, q_int128 b, q_type tb, q_type t,
                         q_int128 *out)
{
    switch (f) {
    case Q_FN_ADD:
        return q_decimal_add(a, ta.scale, b, tb.scale, t, out);
    case Q_FN_SUB:
        return q_decimal_add(a, ta.scale, -b, tb.scale, t, out);
    case Q_FN_MUL:
        return q_decimal_mul(a, ta.scale, b, tb.scale, t, out);
    case Q_FN_DIV:
        return q_decimal_div(a, ta.scale, b, tb.scale, t, out);
    default:
        return q_decimal_mod(a, ta.scale, b, tb.scale, t, out);
    }
}

START_TEST(test_decimals)
{
    static const q_function_id ops[] = {Q_FN_ADD, Q_FN_SUB, Q_FN_MUL, Q_FN_DIV, Q_FN_MOD};
    static const q_decimal_op kinds[] = {Q_DECIMAL_ADD, Q_DECIMAL_SUB, Q_DECIMAL_MUL, Q_DECIMAL_DIV,
                                         Q_DECIMAL_MOD};
    static const q_type types[] = {{.kind = Q_DECIMAL, .precision = 5, .scale = 2},
                                   {.kind = Q_DECIMAL, .precision = 20, .scale = 0},
                                   {.kind = Q_DECIMAL, .precision = 38, .scale = 10},
                                   {.kind = Q_DECIMAL, .precision = 38, .scale = 0}};
    q_int128 pool[4][6];
    for (int t = 0; t < 4; t++) {
        q_int128 most = q_decimal_pow10(types[t].precision) - 1;
        q_int128 values[6] = {0, 1, -1, most, -most, most / 7};
        memcpy(pool[t], values, sizeof values);
    }
    for (int o = 0; o < 5; o++)
        for (int x = 0; x < 4; x++)
            for (int y = 0; y < 4; y++)
                for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
                    q_program *p;
                    q_type t = q_decimal_result_type(kinds[o], types[x], types[y]);
                    q_column *c[2] = {ku_column(&arena, types[x], pool[x], 6, 129, (ku_nulls)nulls),
                                      ku_column(&arena, types[y], pool[y], 6, 129, KU_SOME_NULLS)};
                    q_column *r = ku_call(&arena, ops[o], t, 2, c, &p);
                    for (uint32_t i = 0; i < 129; i++) {
                        q_int128 want;
                        bool valid = !q_column_is_null(c[0], i) && !q_column_is_null(c[1], i) &&
                                     decimal_twin(ops[o], Q_VALUES(c[0], q_int128)[i], types[x],
                                                  Q_VALUES(c[1], q_int128)[i], types[y], t, &want);
                        ck_assert_int_eq(!q_column_is_null(r, i), valid);
                        ck_assert(!valid || Q_VALUES(r, q_int128)[i] == want);
                    }
                    q_program_destroy(&p);
                }
}
END_TEST

START_TEST(test_decimal_pmod_and_div)
{
    q_type t = Q_DECIMAL_OF(10, 2);
    q_column *args[2] = {ku_value(&arena, t, "-7.5"), ku_value(&arena, t, "2")};
    q_column r = ku_fold(&arena, Q_FN_PMOD, t, 2, args);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "0.50");
    r = ku_fold(&arena, Q_FN_INTDIV, Q_TYPE(Q_BIGINT), 2, args);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "-3");
    args[1] = ku_value(&arena, t, "0");
    r = ku_fold(&arena, Q_FN_PMOD, t, 2, args);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "NULL");
    r = ku_fold(&arena, Q_FN_INTDIV, Q_TYPE(Q_BIGINT), 2, args);
    ck_assert_str_eq(ku_text(&arena, &r, 0), "NULL");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kernel_arith");
    TCase *t = ku_case(s, "arith");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_sums_and_products);
    tcase_add_test(t, test_try);
    tcase_add_test(t, test_divisions);
    tcase_add_test(t, test_signs);
    tcase_add_test(t, test_bits_and_shifts);
    tcase_add_test(t, test_intervals);
    tcase_add_test(t, test_decimals);
    tcase_add_test(t, test_decimal_pmod_and_div);
    return ku_main(s);
}
