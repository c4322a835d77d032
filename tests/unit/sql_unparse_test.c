/*
 * Expressions to text: the tree's shape shows in the parentheses, so these tables
 * are also the tests of precedence, literals and forms. Shapes checked against
 * Spark 3.5.
 */
#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/sql/parse.h"
#include "common/sql/unparse.h"
#include "tests/unit/check.h"

static q_arena arena;

static void setup(void)
{
    q_arena_init(&arena, NULL);
}

static void teardown(void)
{
    q_arena_fini(&arena);
}

static q_sql_expr *parse(const char *sql, size_t len)
{
    q_sql_expr *e = NULL;
    q_err err;
    char text[2048];
    q_err_clear(&err);
    if (q_sql_parse_expr(&arena, sql, len, &e, &err) != Q_OK) {
        q_err_format(&err, text, sizeof text);
        ck_abort_msg("%s: %s", sql, text);
    }
    return e;
}

/* Unparse, parse again, compare; returns the text. */
static const char *round_trip(const char *sql)
{
    q_buf text;
    q_buf_init(&text);
    const q_sql_expr *e = parse(sql, strlen(sql));
    q_sql_unparse(e, &text);
    const q_sql_expr *again = parse(q_buf_cstr(&text), text.len);
    ck_assert_msg(q_sql_expr_equal(e, again), "%s became %s", sql, q_buf_cstr(&text));
    const char *copy = q_arena_strndup(&arena, text.data, text.len);
    q_buf_fini(&text);
    return copy;
}

typedef struct pair {
    const char *sql, *text;
} pair;

static void check_pairs(const pair *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(round_trip(p[i].sql), p[i].text);
}
#define CHECK_PAIRS(p) check_pairs(p, sizeof(p) / sizeof((p)[0]))

START_TEST(test_precedence)
{
    static const pair pairs[] = {
        {"a + b * c", "(a + (b * c))"},
        {"a - b - c", "((a - b) - c)"},
        {"a * b + c / d % e DIV f", "((a * b) + (((c / d) % e) DIV f))"},
        {"a | b ^ c & d + e", "(a | (b ^ (c & (d + e))))"},
        {"a || b || c", "((a || b) || c)"},
        {"a + b || c", "((a + b) || c)"},
        {"a = b = c", "((a = b) = c)"},
        {"a = b IS NULL", "((a = b) IS NULL)"},
        {"a < b + 1", "(a < (b + 1))"},
        {"NOT a = b", "(NOT (a = b))"},
        {"NOT a AND b", "((NOT a) AND b)"},
        {"!a", "(NOT a)"},
        {"NOT NOT a", "(NOT (NOT a))"},
        {"a OR b AND c", "(a OR (b AND c))"},
        {"x LIKE 'a' = true", "(x LIKE ('a' = true))"},
        {"a BETWEEN 1 AND 2 AND b", "((a BETWEEN 1 AND 2) AND b)"},
        {"a BETWEEN 1 AND 2 = true", "(a BETWEEN 1 AND (2 = true))"},
        {"- a * b", "((- a) * b)"},
        {"- a + b", "((- a) + b)"},
        {"-a::int", "(- CAST(a AS INT))"},
        {"-1::int", "CAST(-1 AS INT)"},
        {"~a & b", "((~ a) & b)"},
        {"+ - ~ a", "(+ (- (~ a)))"},
        {"(a + b) * c", "((a + b) * c)"},
        {"a == b", "(a = b)"},
        {"a != b AND c <> d", "((a <> b) AND (c <> d))"},
        {"a !> b OR a !< c", "((a <= b) OR (a >= c))"},
        {"a <=> b", "(a <=> b)"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_chains_are_balanced)
{
    static const pair pairs[] = {
        {"a AND b AND c", "((a AND b) AND c)"},
        {"a AND b AND c AND d", "((a AND b) AND (c AND d))"},
        {"a OR b OR c OR d OR e", "(((a OR b) OR c) OR (d OR e))"},
        {"a AND b OR c AND d", "((a AND b) OR (c AND d))"},
        {"(a AND b) AND c AND d", "(((a AND b) AND c) AND d)"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_predicates)
{
    static const pair pairs[] = {
        {"a IN (1, b)", "(a IN (1, b))"},
        {"a NOT IN (1)", "(a NOT IN (1))"},
        {"a ! IN (1)", "(a NOT IN (1))"},
        {"a NOT BETWEEN b AND c", "(a NOT BETWEEN b AND c)"},
        {"a LIKE 'x%'", "(a LIKE 'x%')"},
        {"a NOT LIKE b ESCAPE '/'", "(a NOT LIKE b ESCAPE '\\U0000002F')"},
        {"a LIKE b ESCAPE '\\''", "(a LIKE b ESCAPE '\\'')"},
        {"a LIKE b ESCAPE 'é'", "(a LIKE b ESCAPE '\\U000000E9')"},
        {"a ILIKE b", "(a ILIKE b)"},
        {"a RLIKE b", "(a RLIKE b)"},
        {"a NOT REGEXP b", "(a NOT RLIKE b)"},
        {"a IS NULL", "(a IS NULL)"},
        {"a IS NOT NULL", "(a IS NOT NULL)"},
        {"a IS NOT TRUE OR b IS UNKNOWN", "((a IS NOT TRUE) OR (b IS UNKNOWN))"},
        {"a IS FALSE", "(a IS FALSE)"},
        {"a IS DISTINCT FROM b", "(NOT (a <=> b))"},
        {"a IS NOT DISTINCT FROM b + 1", "(a <=> (b + 1))"},
        {"CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END",
         "CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END"},
        {"CASE a + 1 WHEN 1 THEN 'x' END", "CASE (a + 1) WHEN 1 THEN 'x' END"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_numbers)
{
    static const pair pairs[] = {
        {"1", "1"},
        {"-1", "-1"},
        {"- 1", "-1"},
        {"- -1", "(- -1)"},
        {"-(1)", "(- (1))"},
        {"2147483647", "2147483647"},
        {"2147483648", "2147483648L"},
        {"-2147483648", "-2147483648"},
        {"9223372036854775807", "9223372036854775807L"},
        {"9223372036854775808", "9223372036854775808BD"},
        {"-9223372036854775808", "-9223372036854775808L"},
        {"-9223372036854775808L", "-9223372036854775808L"},
        {"127Y", "127Y"},
        {"-128y", "-128Y"},
        {"3S", "3S"},
        {"3l", "3L"},
        {"1.50", "1.50BD"},
        {"00.10", "0.10BD"},
        {".5", "0.5BD"},
        {"5.", "5BD"},
        {"0.0", "0.0BD"},
        {"-1.5", "-1.5BD"},
        {"1.5BD", "1.5BD"},
        {"1e3BD", "1000BD"},
        {"12.5e-3BD", "0.0125BD"},
        {"0e9BD", "0BD"},
        {"99999999999999999999999999999999999999", "99999999999999999999999999999999999999BD"},
        {"1e3", "1000.0D"},
        {"1E-7", "1e-07D"},
        {"1.5D", "1.5D"},
        {"0.1d", "0.1D"},
        {"-0.0D", "-0.0D"},
        {"1.7976931348623157e308", "1.7976931348623157e+308D"},
        {"1.5F", "1.5F"},
        {"0.1f", "0.1F"},
        {"16777217F", "16777216.0F"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_decimal_precision)
{
    static const struct {
        const char *sql;
        int precision, scale;
    } cases[] = {
        {"1.50", 3, 2}, {"0.001", 3, 3}, {"00012.5", 3, 1}, {"0.0", 1, 1},
        {"100.", 3, 0}, {"1e3BD", 4, 0}, {"1e-3BD", 3, 3},  {"9223372036854775808", 19, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const q_sql_expr *e = parse(cases[i].sql, strlen(cases[i].sql));
        ck_assert_int_eq(e->literal.kind, Q_SQL_LIT_DECIMAL);
        ck_assert_int_eq(e->literal.decimal.precision, cases[i].precision);
        ck_assert_int_eq(e->literal.decimal.scale, cases[i].scale);
    }
}
END_TEST

START_TEST(test_strings)
{
    static const struct {
        const char *sql, *bytes;
        size_t len;
    } cases[] = {
        {"'abc'", "abc", 3},
        {"\"abc\"", "abc", 3},
        {"''", "", 0},
        {"'it''s' 'me'", "itsme", 5},
        {"'a\\'b\\\"c'", "a'b\"c", 5},
        {"'\\n\\t\\r\\b\\Z'", "\n\t\r\b\x1a", 5},
        {"'a\\0b'", "a\0b", 3},
        {"'\\101\\012'", "A\n", 2},
        {"'\\199'", "199", 3},
        {"'\\u0041\\u00e9'", "A\xc3\xa9", 3},
        {"'\\uD83D\\uDE00'", "\xf0\x9f\x98\x80", 4},
        {"'\\U0001F600'", "\xf0\x9f\x98\x80", 4},
        {"'\\uD83Dx'", "?x", 2},
        {"'\\u00'", "u00", 3},
        {"'50\\%\\_'", "50\\%\\_", 6},
        {"'\\q\\\\'", "q\\", 2},
        {"r'\\d\\'", "\\d\\", 3},
        {"R\"a'b\"", "a'b", 3},
        {"'x' r'\\n' \"y\"", "x\\ny", 4},
        {"'a -- b /* c */ ; d'", "a -- b /* c */ ; d", 18},
        {"'zwei\nZeilen'", "zwei\nZeilen", 11},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const q_sql_expr *e = parse(cases[i].sql, strlen(cases[i].sql));
        ck_assert_int_eq(e->literal.kind, Q_SQL_LIT_STRING);
        ck_assert_uint_eq(e->literal.text.len, cases[i].len);
        ck_assert_mem_eq(e->literal.text.bytes, cases[i].bytes, cases[i].len);
        round_trip(cases[i].sql);
    }
}
END_TEST

START_TEST(test_typed_literals)
{
    static const pair pairs[] = {
        {"NULL", "NULL"},
        {"TRUE AND false", "(true AND false)"},
        {"date '2024-01-31'", "DATE '2024-01-31'"},
        {"TIMESTAMP'2024-01-31 12:00:00'", "TIMESTAMP '2024-01-31 12:00:00'"},
        {"timestamp_ltz '2024-01-31'", "TIMESTAMP '2024-01-31'"},
        {"timestamp_ntz '2024-01-31'", "TIMESTAMP_NTZ '2024-01-31'"},
        {"x'1Fa0'", "X'1FA0'"},
        {"X 'f'", "X'0F'"},
        {"X''", "X''"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_intervals)
{
    static const pair pairs[] = {
        {"INTERVAL 1 DAY", "INTERVAL '1' DAY"},
        {"INTERVAL '3' days", "INTERVAL '3' DAY"},
        {"INTERVAL 1 DAY 2 HOURS", "INTERVAL '1 02' DAY TO HOUR"},
        {"INTERVAL '1 day 2 hours'", "INTERVAL '1 02' DAY TO HOUR"},
        {"INTERVAL 'interval 2 days'", "INTERVAL '2' DAY"},
        {"INTERVAL 2 WEEKS", "INTERVAL '14' DAY"},
        {"INTERVAL -3 MONTHS", "INTERVAL '-3' MONTH"},
        {"INTERVAL - '-3' MONTHS", "INTERVAL '3' MONTH"},
        {"INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '1-2' YEAR TO MONTH"},
        {"INTERVAL 1 year 2 months", "INTERVAL '1-2' YEAR TO MONTH"},
        {"INTERVAL 14 MONTH", "INTERVAL '14' MONTH"},
        {"INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '1 02:03:04.500000' DAY TO SECOND"},
        {"INTERVAL '-1 02:03' DAY TO MINUTE", "INTERVAL '-1 02:03' DAY TO MINUTE"},
        {"INTERVAL '90:30' MINUTE TO SECOND", "INTERVAL '90:30' MINUTE TO SECOND"},
        {"INTERVAL 1.5 SECONDS", "INTERVAL '1.500000' SECOND"},
        {"INTERVAL 250 MILLISECONDS", "INTERVAL '0.250000' SECOND"},
        {"INTERVAL 1 DAY -1 HOUR", "INTERVAL '0 23' DAY TO HOUR"},
        {"d - INTERVAL 1 DAY", "(d - INTERVAL '1' DAY)"},
        {"interval + 1", "(`interval` + 1)"},
        {"interval - b", "(`interval` - b)"},
    };
    CHECK_PAIRS(pairs);
    const char *sql = "INTERVAL '1 02:03:04.5' DAY TO SECOND";
    const q_sql_interval *v = parse(sql, strlen(sql))->literal.interval;
    ck_assert_int_eq(v->micros, ((((26 * 60) + 3) * 60) + 4) * INT64_C(1000000) + 500000);
    ck_assert(!v->year_month && v->range);
    ck_assert_int_eq(v->from, Q_SQL_UNIT_DAY);
    ck_assert_int_eq(v->to, Q_SQL_UNIT_SECOND);
}
END_TEST

START_TEST(test_names)
{
    static const pair pairs[] = {
        {"a.b.c", "a.b.c"},
        {"(a).b", "a.b"},
        {"`a b`.c", "`a b`.c"},
        {"`a``b`", "`a``b`"},
        {"1a + _x", "(`1a` + _x)"},
        {"date + `timestamp`", "(`date` + `timestamp`)"},
        {"value + year", "(value + year)"},
        {"order + limit", "(`order` + `limit`)"},
        {"end > start", "(`end` > start)"},
        {"CASE WHEN `end` THEN 1 END", "CASE WHEN `end` THEN 1 END"},
        {"f(x).y[1].z", "f(x).y[1].z"},
        {"(a + b)[0]", "((a + b))[0]"},
        {"a[i + 1]", "a[(i + 1)]"},
        {"t.*", "t.*"},
        {"* EXCEPT (a, t.b)", "* EXCEPT (a, t.b)"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_casts)
{
    static const pair pairs[] = {
        {"CAST(a AS string)", "CAST(a AS STRING)"},
        {"TRY_CAST(a AS long)", "TRY_CAST(a AS BIGINT)"},
        {"a::decimal(10,2)::int", "CAST(CAST(a AS DECIMAL(10,2)) AS INT)"},
        {"CAST(a AS dec)", "CAST(a AS DECIMAL(10,0))"},
        {"CAST(a AS numeric(5))", "CAST(a AS DECIMAL(5,0))"},
        {"CAST(a AS array<array<timestamp_ntz>>)", "CAST(a AS ARRAY<ARRAY<TIMESTAMP_NTZ>>)"},
        {"CAST(a AS varchar(10))", "CAST(a AS VARCHAR(10))"},
        {"CAST(a AS character(3))", "CAST(a AS CHAR(3))"},
        {"CAST(a OR b AS boolean)", "CAST((a OR b) AS BOOLEAN)"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_calls)
{
    static const pair pairs[] = {
        {"f()", "f()"},
        {"db.f(a, b OR c)", "db.f(a, (b OR c))"},
        {"count(*)", "count(*)"},
        {"count(DISTINCT a, b)", "count(DISTINCT a, b)"},
        {"sum(ALL a)", "sum(a)"},
        {"f(distinct)", "f(`distinct`)"},
        {"sum(a) FILTER (WHERE b > 1)", "sum(a) FILTER (WHERE (b > 1))"},
        {"first(a IGNORE NULLS)", "first(a) IGNORE NULLS"},
        {"first(a) RESPECT NULLS", "first(a) RESPECT NULLS"},
        {"percentile_cont(0.5) WITHIN GROUP (ORDER BY x DESC)",
         "percentile_cont(0.5BD) WITHIN GROUP (ORDER BY x DESC NULLS LAST)"},
        {"left(s, 2)", "left(s, 2)"},
        {"if(a, b, c)", "if(a, b, c)"},
        {"regexp(a, b)", "regexp(a, b)"},
        {"`extract`(a, b)", "`extract`(a, b)"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_windows)
{
    static const pair pairs[] = {
        {"rank() OVER (ORDER BY a)", "rank() OVER (ORDER BY a ASC NULLS FIRST)"},
        {"f(a) OVER w", "f(a) OVER w"},
        {"f(a) OVER (w)", "f(a) OVER w"},
        {"f(a) OVER ()", "f(a) OVER ()"},
        {"lead(a) IGNORE NULLS OVER (ORDER BY b)",
         "lead(a) IGNORE NULLS OVER (ORDER BY b ASC NULLS FIRST)"},
        {"sum(a) OVER (DISTRIBUTE BY b SORT BY c)",
         "sum(a) OVER (PARTITION BY b ORDER BY c ASC NULLS FIRST)"},
        {"sum(a) OVER (PARTITION BY b, c ORDER BY d DESC NULLS FIRST, e NULLS LAST "
         "ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)",
         "sum(a) OVER (PARTITION BY b, c ORDER BY d DESC NULLS FIRST, e ASC NULLS LAST "
         "ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)"},
        {"sum(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING)",
         "sum(a) OVER (ORDER BY b ASC NULLS FIRST "
         "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"},
        {"sum(a) OVER (ORDER BY b RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND 2 + 3 FOLLOWING)",
         "sum(a) OVER (ORDER BY b ASC NULLS FIRST "
         "RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND (2 + 3) FOLLOWING)"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_special_forms)
{
    static const pair pairs[] = {
        {"EXTRACT(year FROM d)", "EXTRACT(year FROM d)"},
        {"substring(s FROM 1 FOR 2)", "substring(s FROM 1 FOR 2)"},
        {"substring(s, 1, 2)", "substring(s, 1, 2)"},
        {"substr(s FROM 2)", "substr(s FROM 2)"},
        {"substring(a AND b, 1)", "substring((a AND b), 1)"},
        {"trim(s)", "trim(s)"},
        {"trim('x' FROM s)", "trim(BOTH 'x' FROM s)"},
        {"trim(LEADING FROM s)", "trim(LEADING FROM s)"},
        {"trim(trailing 'x' FROM s)", "trim(TRAILING 'x' FROM s)"},
        {"trim(both)", "trim(`both`)"},
        {"position('a' IN b)", "position('a' IN b)"},
        {"position('a', b, 2)", "position('a', b, 2)"},
        {"position((a IN (b)) IN c)", "position((a IN (b)) IN c)"},
        {"overlay(a PLACING b FROM c FOR d)", "overlay(a PLACING b FROM c FOR d)"},
        {"current_date", "current_date"},
        {"CURRENT_TIMESTAMP()", "CURRENT_TIMESTAMP()"},
        {"dateadd(Month, 1, d)", "timestampadd(Month, 1, d)"},
        {"date_add(d, 1)", "date_add(d, 1)"},
        {"datediff(DAY, a, b)", "timestampdiff(DAY, a, b)"},
        {"datediff(a, b)", "datediff(a, b)"},
        {"timestampdiff(x, a, b)", "timestampdiff(x, a, b)"},
    };
    CHECK_PAIRS(pairs);
}
END_TEST

START_TEST(test_trim_puts_the_source_first)
{
    const char *sql = "TRIM(LEADING 'x' FROM s)";
    const q_sql_expr *e = parse(sql, strlen(sql));
    ck_assert_str_eq(e->call.name.part[0].text, "ltrim");
    ck_assert_uint_eq(e->call.n_args, 2);
    ck_assert_int_eq(e->call.arg[0]->kind, Q_SQL_COLUMN);
    ck_assert_int_eq(e->call.arg[1]->kind, Q_SQL_LITERAL);
}
END_TEST

START_TEST(test_different_trees_are_not_equal)
{
    static const char *const sql[] = {
        "a",
        "b",
        "a.b",
        "1",
        "1L",
        "1S",
        "1.0",
        "1.00",
        "1D",
        "1F",
        "'1'",
        "X'31'",
        "DATE '1'",
        "-0.0D",
        "0.0D",
        "NULL",
        "true",
        "a + b",
        "b + a",
        "a - b",
        "NOT a",
        "a IS NULL",
        "a IN (1)",
        "a NOT IN (1)",
        "a IN (1,2)",
        "f(a)",
        "f(DISTINCT a)",
        "f(a, b)",
        "f(a) OVER ()",
        "f(a) OVER w",
        "a LIKE b",
        "a ILIKE b",
        "a LIKE b ESCAPE 'x'",
        "CAST(a AS INT)",
        "a::bigint",
        "TRY_CAST(a AS INT)",
        "CASE a WHEN 1 THEN 2 END",
        "CASE WHEN a THEN 2 END",
        "f(a) OVER (ORDER BY b)",
        "f(a) OVER (ORDER BY b DESC)",
        "f(a) OVER (PARTITION BY b)",
        "f(a) OVER (ORDER BY b ROWS 1 PRECEDING)",
        "f(a) OVER (ORDER BY b RANGE 1 PRECEDING)",
        "f(a) OVER (ORDER BY b ROWS 2 PRECEDING)",
        "f(a) FILTER (WHERE b)",
        "f(a) IGNORE NULLS",
        "INTERVAL 1 DAY",
        "INTERVAL 24 HOURS",
        "INTERVAL 1 MONTH",
        "a[1]",
        "f(a)[1]",
        "f(a).b",
        "*",
        "t.*",
        "* EXCEPT (a)",
        "substring(a FROM 1)",
        "substring(a, 1)",
    };
    size_t n = sizeof sql / sizeof sql[0];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            bool equal =
                q_sql_expr_equal(parse(sql[i], strlen(sql[i])), parse(sql[k], strlen(sql[k])));
            ck_assert_msg(equal == (i == k), "%s and %s", sql[i], sql[k]);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sql_unparse");
    TCase *t = tcase_create("expressions");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_precedence);
    tcase_add_test(t, test_chains_are_balanced);
    tcase_add_test(t, test_predicates);
    tcase_add_test(t, test_numbers);
    tcase_add_test(t, test_decimal_precision);
    tcase_add_test(t, test_strings);
    tcase_add_test(t, test_typed_literals);
    tcase_add_test(t, test_intervals);
    tcase_add_test(t, test_names);
    tcase_add_test(t, test_casts);
    tcase_add_test(t, test_calls);
    tcase_add_test(t, test_windows);
    tcase_add_test(t, test_special_forms);
    tcase_add_test(t, test_trim_puts_the_source_first);
    tcase_add_test(t, test_different_trees_are_not_equal);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
