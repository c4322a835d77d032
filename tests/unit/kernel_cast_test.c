/* Casts: Spark 3.5.9's answers for values of every type, and whole columns against single values.
 */
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

/* Made by kernel_cast_cases.py. */
static const struct {
    const char *value, *from, *to;
    bool is_try;
    const char *text;
} spark[] = {
#include "tests/unit/kernel_cast_cases.inc"
};

static q_type type_of(const char *name)
{
    int p, s;
    char text[Q_TYPE_NAME_BYTES];
    if (sscanf(name, "decimal(%d,%d)", &p, &s) == 2)
        return Q_DECIMAL_OF(p, s);
    for (int k = 0; k < Q_N_KINDS; k++)
        if (!strcmp(q_type_name(Q_TYPE((uint8_t)k), text), name))
            return Q_TYPE((uint8_t)k);
    ck_abort_msg("%s", name);
}

/* Spark's Java (17) prints some doubles with more digits than are needed: the same value, and ours
 * not longer, is as good. */
static bool same_text(const char *got, const char *want, q_type from, q_type to)
{
    q_type t = to.kind == Q_STRING ? from : to;
    if (!strcmp(got, want))
        return true;
    if (t.kind == Q_FLOAT)
        return strtof(got, NULL) == strtof(want, NULL) && strlen(got) < strlen(want);
    return t.kind == Q_DOUBLE && strtod(got, NULL) == strtod(want, NULL) &&
           strlen(got) < strlen(want);
}

START_TEST(test_as_spark)
{
    for (size_t i = 0; i < sizeof spark / sizeof *spark; i++) {
        q_type from = type_of(spark[i].from), to = type_of(spark[i].to);
        q_column *v = ku_value(&arena, from, spark[i].value);
        q_column r = ku_fold(&arena, spark[i].is_try ? Q_FN_TRY_CAST : Q_FN_CAST, to, 1, &v);
        const char *want = spark[i].text ? spark[i].text : "NULL";
        ck_assert_msg(same_text(ku_text(&arena, &r, 0), want, from, to),
                      "%scast('%s' as %s) as %s: %s, want %s", spark[i].is_try ? "try_" : "",
                      spark[i].value, spark[i].from, spark[i].to, ku_text(&arena, &r, 0), want);
    }
}
END_TEST

static const int8_t pool8[] = {0, 1, -1, 127, -128};
static const int16_t pool16[] = {0, -1, 32767, -32768, 300};
static const int32_t pool32[] = {0, -1, INT32_MAX, INT32_MIN, 70000};
static const int64_t pool64[] = {0, -1, INT64_MAX, INT64_MIN, 1577836800000001};
static const uint8_t pool_bool[] = {0, 1};
static const float pool_float[] = {0, -0.0f, 1.5f, NAN, -HUGE_VALF, 3e38f};
static const double pool_double[] = {0, -0.0, 1.5, NAN, HUGE_VAL, -1e300, 2147483648.0, 1e18};
static const q_int128 pool_decimal[] = {0, 150, -99999, 12345};
#define S(text)                  \
    {                            \
        text, sizeof text - 1, 0 \
    }
static const q_str pool_string[] = {S(""), S("12"), S("-1.5"), S("true"), S("x"), S("2020-02-03")};

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
                             POOL(Q_DATE, pool8),
                             POOL(Q_TIMESTAMP, pool64),
                             POOL(Q_TIMESTAMP_NTZ, pool64),
                             {{.kind = Q_DECIMAL, .precision = 5, .scale = 2}, pool_decimal, 4}};
#define N_ALL (sizeof all / sizeof *all)

/* Is it a cast at all? */
static bool exists(q_function_id f, q_type from, q_type to)
{
    q_column *null = ku_value(&arena, from, NULL), out;
    q_expr *x = q_expr_literal(&arena, null);
    return q_expr_fold(q_expr_call(&arena, f, to, 1, &x), &ku_session, &arena, &out, NULL) == Q_OK;
}

/* A whole column, with nulls, gives what each of its values gives alone. */
static void check_column(q_function_id f, const values *v, q_type to, uint32_t n, ku_nulls nulls)
{
    q_program *p;
    q_column *c = ku_column(&arena, v->type, v->pool, v->n, n, nulls);
    q_column *r = ku_call(&arena, f, to, 1, &c, &p);
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(c, i)) {
            ck_assert(q_column_is_null(r, i));
            continue;
        }
        q_column *one = q_arena_new(&arena, q_column);
        q_column_slice(one, c, i, 1, &arena, NULL);
        one->validity = NULL;
        q_column want = ku_fold(&arena, f, to, 1, &one);
        ck_assert_str_eq(ku_text(&arena, r, i), ku_text(&arena, &want, 0));
    }
    q_program_destroy(&p);
    q_arena_reset(&arena);
}

START_TEST(test_columns)
{
    static const int32_t days[] = {0, -1, 18292, -719162};
    static const uint32_t lengths[] = {0, 1, 63, 64, 65, 150};
    for (size_t x = 0; x < N_ALL; x++)
        for (size_t y = 0; y < N_ALL; y++)
            for (int is_try = 0; is_try < 2; is_try++) {
                values v = all[x];
                q_function_id f = is_try ? Q_FN_TRY_CAST : Q_FN_CAST;
                if (v.type.kind == Q_DATE)
                    v = (values){v.type, days, 4};
                if (!exists(f, v.type, all[y].type))
                    continue;
                for (size_t l = 0; l < 6; l++)
                    for (int nulls = 0; nulls < KU_N_NULLS; nulls++)
                        check_column(f, &v, all[y].type, lengths[l], (ku_nulls)nulls);
            }
}
END_TEST

START_TEST(test_impossible)
{
    static const q_kind pairs[][2] = {{Q_INT, Q_DATE},      {Q_BOOLEAN, Q_DATE},
                                      {Q_DOUBLE, Q_BINARY}, {Q_TIMESTAMP_NTZ, Q_BIGINT},
                                      {Q_BINARY, Q_INT},    {Q_INT, Q_INTERVAL_DT}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        ck_assert(!exists(Q_FN_CAST, Q_TYPE((uint8_t)pairs[i][0]), Q_TYPE((uint8_t)pairs[i][1])));
}
END_TEST

START_TEST(test_binary)
{
    q_column *v = ku_value(&arena, Q_TYPE(Q_SMALLINT), "258");
    q_column r = ku_fold(&arena, Q_FN_CAST, Q_TYPE(Q_BINARY), 1, &v);
    ck_assert(q_str_eq(Q_VALUES(&r, q_str)[0], (q_str){"\1\2", 2, 0}));
    v = ku_value(&arena, Q_TYPE(Q_BIGINT), "-2");
    r = ku_fold(&arena, Q_FN_CAST, Q_TYPE(Q_BINARY), 1, &v);
    ck_assert(q_str_eq(Q_VALUES(&r, q_str)[0], (q_str){"\xff\xff\xff\xff\xff\xff\xff\xfe", 8, 0}));
}
END_TEST

START_TEST(test_intervals_as_text)
{
    static const struct {
        q_kind kind;
        int64_t v;
        const char *text;
    } rows[] = {{Q_INTERVAL_DT, 93784500000, "INTERVAL '1 02:03:04.5' DAY TO SECOND"},
                {Q_INTERVAL_DT, -1, "INTERVAL '-0 00:00:00.000001' DAY TO SECOND"},
                {Q_INTERVAL_DT, INT64_MIN, "INTERVAL '-106751991 04:00:54.775808' DAY TO SECOND"},
                {Q_INTERVAL_YM, 14, "INTERVAL '1-2' YEAR TO MONTH"},
                {Q_INTERVAL_YM, INT32_MIN, "INTERVAL '-178956970-8' YEAR TO MONTH"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        q_expr *x = q_expr_int(&arena, Q_TYPE((uint8_t)rows[i].kind), rows[i].v);
        ck_assert_str_eq(ku_text(&arena, x->value, 0), rows[i].text);
    }
}
END_TEST

START_TEST(test_arrays)
{
    static const int32_t numbers[] = {1, 2, 3};
    q_column *c = q_arena_new(&arena, q_column);
    q_column_init(c, q_type_array_of(Q_TYPE(Q_INT)), 3, &arena, NULL);
    c->child = ku_column(&arena, Q_TYPE(Q_INT), numbers, 1, 3, KU_NO_NULLS);
    memcpy(c->child->values, numbers, sizeof numbers);
    q_column_need_validity(c->child, &arena, NULL);
    q_bit_clear(c->child->validity, 1);
    static const q_list lists[] = {{0, 3}, {2, 0}, {2, 1}};
    memcpy(c->values, lists, sizeof lists);
    static const char *const texts[] = {"[1, null, 3]", "[]", "[3]"};
    q_program *p;
    q_column *doubles = ku_call(&arena, Q_FN_CAST, q_type_array_of(Q_TYPE(Q_DOUBLE)), 1, &c, &p);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_str_eq(ku_text(&arena, c, i), texts[i]);
    ck_assert_str_eq(ku_text(&arena, doubles, 0), "[1.0, null, 3.0]");
    q_program_destroy(&p);
}
END_TEST

/* The session's zone takes part in casts of times, and an unknown one is said to be that. */
START_TEST(test_session_zone)
{
    q_session berlin = {.time_zone = "Europe/Berlin", .now_us = 0};
    q_session nowhere = {.time_zone = "Europe/Nowhere", .now_us = 0};
    static const struct {
        const char *text;
        q_kind via;
        const char *want;
    } rows[] = {{"2024-07-01 12:00:00", Q_TIMESTAMP, "2024-07-01 10:00:00"},
                {"2024-07-01", Q_DATE, "2024-06-30 22:00:00"},
                {"2024-01-01 00:30:00", Q_TIMESTAMP_NTZ, "2023-12-31 23:30:00"}};
    q_err err = {0};
    q_column out;
    for (size_t i = 0; i < 3; i++) {
        q_expr *x = q_expr_string(&arena, rows[i].text, strlen(rows[i].text));
        x = q_expr_call(&arena, Q_FN_CAST, Q_TYPE((uint8_t)rows[i].via), 1, &x);
        x = q_expr_call(&arena, Q_FN_CAST, Q_TYPE(Q_TIMESTAMP), 1, &x);
        ck_assert_int_eq(q_expr_fold(x, &berlin, &arena, &out, &err), Q_OK);
        ck_assert_str_eq(ku_text(&arena, &out, 0), rows[i].want); /* printed in UTC */
        ck_assert_int_eq(q_expr_fold(x, &nowhere, &arena, &out, &err), Q_E_INVALID_CONF_VALUE);
        ck_assert_ptr_nonnull(strstr(err.msg, "Europe/Nowhere"));
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kernel_cast");
    TCase *t = ku_case(s, "cast");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_as_spark);
    tcase_add_test(t, test_columns);
    tcase_add_test(t, test_impossible);
    tcase_add_test(t, test_binary);
    tcase_add_test(t, test_intervals_as_text);
    tcase_add_test(t, test_arrays);
    tcase_add_test(t, test_session_zone);
    return ku_main(s);
}
