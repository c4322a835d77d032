/* What the parser says about wrong SQL, and where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sql/parse.h"
#include "tests/unit/check.h"

static q_arena arena;
static q_err err;

static void setup(void)
{
    q_arena_init(&arena, NULL);
    q_err_clear(&err);
}

static void teardown(void)
{
    q_arena_fini(&arena);
}

typedef struct wrong {
    const char *sql;
    uint32_t line, column;
    const char *message; /* a part of it */
    const char *hint;    /* a part of it, NULL: there is none */
} wrong;

static void check_wrong(const wrong *w, size_t n, q_code code)
{
    for (size_t i = 0; i < n; i++) {
        q_sql_script *script;
        q_code got = q_sql_parse(&arena, w[i].sql, strlen(w[i].sql), &script, &err);
        ck_assert_msg(got == code, "%s: %s", w[i].sql, q_code_name(got));
        ck_assert_int_eq(err.code, code);
        ck_assert_msg(strstr(err.msg, w[i].message) != NULL, "%s: %s", w[i].sql, err.msg);
        ck_assert_msg(err.line == w[i].line && err.column == w[i].column, "%s: line %u, column %u",
                      w[i].sql, err.line, err.column);
        ck_assert_msg(w[i].hint ? strstr(err.hint, w[i].hint) != NULL : !err.hint[0], "%s: hint %s",
                      w[i].sql, err.hint);
    }
}
#define CHECK_WRONG(w, code) check_wrong(w, sizeof(w) / sizeof((w)[0]), code)

START_TEST(test_syntax_errors)
{
    static const wrong cases[] = {
        {"SELECT a, FROM t", 1, 11, "near 'FROM': expected an expression", "remove the comma"},
        {"SELECT a, b, FROM (SELECT 1)", 1, 14, "near 'FROM'", "remove the comma"},
        {"SELECT f(a, ) FROM t", 1, 13, "near ')': expected an expression", "remove the comma"},
        {"SELECT a b c FROM t", 1, 12, "near 'c'", "a comma or an operator missing"},
        {"SELECT f(a b) FROM t", 1, 12, "near 'b': expected ')'", "a comma or an operator missing"},
        {"SELECT a\nFROM t\n  t2 t3", 3, 6, "near 't3'", "missing before it"},
        {"SELECT a FROM t WHERE", 1, 22, "end of the text: expected an expression", NULL},
        {"SELECT 1 +  \n -- nothing\n\n", 1, 11, "end of the text: expected an expression", NULL},
        {"SELECT a FROM t WHERE ORDER BY a", 1, 23, "near 'ORDER': expected an expression", NULL},
        {"SELECT FROM t", 1, 8, "near 'FROM': expected an expression", NULL},
        {"SELECT a FROM", 1, 14, "expected a view's name", NULL},
        {"SELECT a FROM WHERE b", 1, 15, "near 'WHERE': expected a view's name", NULL},
        {"SELECT a AS FROM t", 1, 13, "near 'FROM': expected an alias", NULL},
        {"SELECT a AS 'x' FROM t", 1, 13, "near ''x''", "alias is written without quotes"},
        {"SELECT a 'x' FROM t", 1, 10, "a string cannot follow the name a", "a comma missing"},
        {"SELECT a + + FROM t", 1, 14, "near 'FROM': expected an expression", NULL},
        {"SELECT a FROM t GROUP a", 1, 23, "near 'a': expected BY", NULL},
        {"SELECT a ) FROM t", 1, 10, "near ')'", NULL},
        {"SELECT a FROM t LIMIT 5, 10", 1, 24, "near ','", "LIMIT rows OFFSET skipped"},
        {"SELECT a FROM t OFFSET 5 LIMIT 1", 1, 26, "near 'LIMIT'", "LIMIT is written before"},
        {"SELECT 1 SELECT 2", 1, 10, "near 'SELECT'", "a ';' missing"},
        {"SELECT 'a' FROM 'f.json'", 1, 17, "expected a view's name", "json.`path`"},
        {"SELECT a == 1 && b", 1, 16, "near '&'", "written AND"},
        {"SELECT a IN 1", 1, 13, "expected '(' and a list", NULL},
        {"SELECT a IS 1", 1, 13, "expected NULL, TRUE, FALSE", NULL},
        {"SELECT a IS NULL IS NULL", 1, 18, "near 'IS'", NULL},
        {"SELECT a BETWEEN 1 OR 2", 1, 20, "near 'OR': expected AND", NULL},
        {"SELECT CASE WHEN a THEN 1 FROM t", 1, 27, "expected WHEN, ELSE or END", NULL},
        {"SELECT CASE a END", 1, 15, "near 'END': expected WHEN", NULL},
        {"SELECT CAST(a, INT)", 1, 14, "near ',': expected AS and a type", NULL},
        {"SELECT a::varchar", 1, 18, "expected '(' and the number of characters", "is a STRING"},
        {"SELECT sum(a) OVER (PARTITION a)", 1, 21, "expected PARTITION BY, ORDER BY", NULL},
        {"SELECT sum(a) OVER (ROWS 1)", 1, 27, "expected PRECEDING or FOLLOWING", NULL},
        {"SELECT a LIKE 'x' ESCAPE 'ab'", 1, 26, "ESCAPE takes one character", NULL},
        {"SELECT t.", 1, 10, "expected a name", NULL},
        {"WITH a AS SELECT 1", 1, 11, "near 'SELECT': expected AS (query)", NULL},
        {"SELECT a FROM t UNION", 1, 22, "expected SELECT, VALUES, TABLE", NULL},
        {"SELECT ä", 1, 8, "a character that is not SQL: 'ä'", "need backticks"},
        {"SELECT \u201ca\u201d", 1, 8, "a typographic quote: write \"", NULL},
        {"SELECT a\u00a0FROM t", 1, 9, "a no-break space", NULL},
        {"SELECT ``", 1, 8, "a name is empty", NULL},
        {"SELECT 1.5abc", 1, 8, "a malformed number: 1.5abc", "missing"},
        {"SELECT \x01", 1, 8, "a byte that is not SQL text: 0x01", NULL},
        {"SELECT ${x}", 1, 8, "'$'", "${name}"},
    };
    CHECK_WRONG(cases, Q_E_PARSE_SYNTAX_ERROR);
}
END_TEST

START_TEST(test_misspelt_clauses)
{
    static const wrong cases[] = {
        {"SELCT a FROM t", 1, 1, "near 'SELCT': expected a statement", "did you mean SELECT?"},
        {"SELECT * FORM t", 1, 15, "near 't'", "did you mean FROM?"},
        {"SELECT a FROM t WEHRE b", 1, 23, "near 'b'", "did you mean WHERE?"},
        {"SELECT a FROM t GROPU BY a", 1, 23, "near 'BY'", "did you mean GROUP?"},
        {"SELECT a FROM t ODER BY a", 1, 22, "near 'BY'", "did you mean ORDER?"},
        {"SELECT a FRM t", 1, 14, "near 't'", "did you mean FROM?"},
    };
    CHECK_WRONG(cases, Q_E_PARSE_SYNTAX_ERROR);
}
END_TEST

START_TEST(test_what_was_never_closed)
{
    static const wrong cases[] = {
        {"SELECT (a + 1 FROM t", 1, 15, "near 'FROM': expected ')'", "line 1, column 8"},
        {"SELECT a FROM\n (SELECT 1", 2, 11, "end of the text", "'(' of line 2, column 2"},
        {"VALUES (1, 2", 1, 13, "end of the text", "line 1, column 8"},
        {"SELECT a[1", 1, 11, "expected ']'", NULL},
        {"SELECT 'abc FROM t", 1, 8, "a string that is never closed", "close it with '"},
        {"SELECT \"abc FROM t", 1, 8, "a string that is never closed", "close it with \""},
        {"SELECT r'abc\\", 1, 8, "a string that is never closed", "close it with '"},
        {"SELECT 'abc\\'", 1, 8, "a string that is never closed", "written \\'"},
        {"SELECT `a``b", 1, 8, "a quoted name that is never closed", "close it with `"},
        {"SELECT a\n/* b /* c */", 2, 1, "a comment that is never closed", "comments nest"},
    };
    CHECK_WRONG(cases, Q_E_PARSE_SYNTAX_ERROR);
}
END_TEST

START_TEST(test_errors_of_statements)
{
    static const wrong cases[] = {
        {"CREATE TEMPORARY VIEW v SELECT 1", 1, 25, "expected AS query, or USING", NULL},
        {"CREATE TEMPORARY VIEW v (a INT, b) USING json", 1, 33, "the column `b` has no type",
         "name TYPE"},
        {"CREATE TEMPORARY VIEW v (a INT) AS SELECT 1", 1, 26, "`a` of a view AS query has a type",
         "CAST"},
        {"CREATE TEMP VIEW v USING json OPTIONS (path x)", 1, 45, "expected a string", "'x'"},
        {"CREATE TEMP VIEW v USING json OPTIONS (path)", 1, 40, "`path` has no value", NULL},
        {"INSERT OVERWRITE DIRECTORY USING json SELECT 1", 1, 1, "needs a path", NULL},
        {"INSERT OVERWRITE DIRECTORY 'a' USING json OPTIONS (path 'b') SELECT 1", 1, 52,
         "path is given twice", NULL},
        {"INSERT OVERWRITE DIRECTORY 'a' SELECT 1", 1, 32, "expected USING and a format", NULL},
        {"INSERT OVERWRITE DIRECTORY 'a\\0b' USING json SELECT 1", 1, 28, "NUL", NULL},
        {"SET a b = 3", 1, 6, "a setting's name holds other characters", "SET key = value"},
        {"SET = 3", 1, 5, "a setting's name is missing", NULL},
        {"EXPLAIN (FOO) SELECT 1", 1, 10, "expected LOGICAL, OPTIMIZED", NULL},
        {"EXPLAIN", 1, 8, "expected a statement", NULL},
        {"SELECT 1; 2", 1, 11, "near '2': expected a statement", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_wrong(&cases[i], 1,
                    strstr(cases[i].message, "NUL") ? Q_E_INVALID_LITERAL : Q_E_PARSE_SYNTAX_ERROR);
}
END_TEST

START_TEST(test_what_is_not_supported_is_named)
{
    static const wrong cases[] = {
        {"SELECT a IN (SELECT 1)", 1, 13, "IN (sub-query) is not supported", NULL},
        {"SELECT (SELECT 1)", 1, 8, "a sub-query in an expression", NULL},
        {"SELECT a FROM t WHERE EXISTS (SELECT 1)", 1, 23, "EXISTS (sub-query)", NULL},
        {"SELECT f(x -> x + 1)", 1, 12, "a lambda function", NULL},
        {"SELECT f(x => 1)", 1, 10, "an argument by name", NULL},
        {"SELECT (a, b)", 1, 8, "a row of several values", NULL},
        {"SELECT a LIKE ANY ('a')", 1, 15, "LIKE ANY", NULL},
        {"SELECT ?", 1, 8, "a parameter marker", NULL},
        {"SELECT DISTINCT ON (a) b", 1, 17, "DISTINCT ON", NULL},
        {"SELECT a FROM t TABLESAMPLE (10 ROWS)", 1, 17, "TABLESAMPLE", NULL},
        {"SELECT a FROM t LATERAL VIEW explode(b) x AS y", 1, 17, "LATERAL VIEW", NULL},
        {"SELECT a FROM t, LATERAL (SELECT 1)", 1, 18, "a LATERAL sub-query", NULL},
        {"SELECT a FROM t PIVOT (sum(a) FOR b IN (1))", 1, 17, "PIVOT", NULL},
        {"SELECT a FROM t AS x UNPIVOT (a FOR b IN (c))", 1, 22, "UNPIVOT", NULL},
        {"SELECT a FROM t GROUP BY ROLLUP (a)", 1, 26, "ROLLUP", NULL},
        {"SELECT a FROM t GROUP BY a WITH CUBE", 1, 28, "CUBE", NULL},
        {"SELECT a FROM t GROUP BY GROUPING SETS ((a))", 1, 26, "GROUPING SETS", NULL},
        {"SELECT a FROM t SORT BY a", 1, 17, "SORT BY", NULL},
        {"SELECT a FROM t CLUSTER BY a", 1, 17, "CLUSTER BY", NULL},
        {"SELECT a FROM t DISTRIBUTE BY a", 1, 17, "DISTRIBUTE BY", NULL},
        {"SELECT a FROM t QUALIFY a > 1", 1, 17, "QUALIFY", NULL},
        {"SELECT a FROM t TIMESTAMP AS OF 'x'", 1, 17, "AS OF", NULL},
        {"FROM t SELECT a", 1, 1, "a query that begins with FROM", NULL},
        {"WITH RECURSIVE a AS (SELECT 1) SELECT 1", 1, 6, "WITH RECURSIVE", NULL},
        {"CREATE TABLE t (a INT)", 1, 1, "CREATE TABLE", NULL},
        {"CREATE OR REPLACE VIEW v AS SELECT 1", 1, 1, "CREATE VIEW", "CREATE TEMPORARY VIEW"},
        {"DROP TABLE t", 1, 1, "DROP TABLE", NULL},
        {"INSERT INTO t SELECT 1", 1, 1, "INSERT INTO", "INSERT OVERWRITE DIRECTORY"},
        {"  DELETE FROM t", 1, 3, "DELETE", NULL},
        {"MERGE INTO t", 1, 1, "MERGE", NULL},
        {"SHOW DATABASES", 1, 1, "SHOW DATABASES", NULL},
        {"DESCRIBE DATABASE x", 1, 1, "DESCRIBE DATABASE", NULL},
        {"DESCRIBE t a", 1, 12, "DESCRIBE of one column", NULL},
    };
    CHECK_WRONG(cases, Q_E_UNSUPPORTED_FEATURE);
}
END_TEST

START_TEST(test_bad_literals)
{
    static const wrong cases[] = {
        {"SELECT 1e400", 1, 8, "1e400 does not fit a DOUBLE", NULL},
        {"SELECT -1e40F", 1, 8, "-1e40F does not fit a FLOAT", NULL},
        {"SELECT 128Y", 1, 8, "does not fit a TINYINT", NULL},
        {"SELECT -32769S", 1, 8, "does not fit a SMALLINT", NULL},
        {"SELECT 9223372036854775808L", 1, 8, "does not fit a BIGINT", NULL},
        {"SELECT 123456789012345678901234567890123456789", 1, 8, "at most 38 digits", NULL},
        {"SELECT 1e99999999999999999999BD", 1, 8, "at most 38 digits", NULL},
        {"SELECT X'1G'", 1, 9, "hexadecimal", NULL},
        {"SELECT INTERVAL 'x' DAY", 1, 8, "a value is not a number", NULL},
        {"SELECT INTERVAL '1 foo'", 1, 8, "'1 day 2 hours'", NULL},
        {"SELECT INTERVAL 1 YEAR 1 DAY", 1, 8, "do not mix", NULL},
        {"SELECT INTERVAL 1.5 DAY", 1, 8, "only seconds can have a fraction", NULL},
        {"SELECT INTERVAL 99999999999 YEARS", 1, 8, "too long", NULL},
        {"SELECT INTERVAL '1:2' DAY TO SECOND", 1, 8, "reads like", NULL},
        {"SELECT INTERVAL ''", 1, 8, "empty", NULL},
    };
    CHECK_WRONG(cases, Q_E_INVALID_LITERAL);
}
END_TEST

START_TEST(test_types)
{
    static const wrong cases[] = {
        {"SELECT CAST(a AS foo)", 1, 18, "the type foo is not supported", NULL},
        {"SELECT CAST(a AS struct<x:int>)", 1, 18, "the type struct", NULL},
        {"SELECT a::map<int,int>", 1, 11, "the type map", NULL},
        {"SELECT a::interval", 1, 11, "the type interval", NULL},
        {"SELECT a::text", 1, 11, "the type text", "STRING"},
        {"SELECT a::datetime", 1, 11, "the type datetime", "TIMESTAMP"},
        {"SELECT a::decimal(39)", 1, 19, "from 1 to 38", NULL},
        {"SELECT a::decimal(5,6)", 1, 21, "from 0 to 5", NULL},
        {"SELECT a::char(0)", 1, 16, "from 1 to", NULL},
        {"SELECT CAST(a AS INT(5))", 1, 18, "the type INT takes no size", NULL},
    };
    CHECK_WRONG(cases, Q_E_UNSUPPORTED_DATATYPE);
}
END_TEST

START_TEST(test_errors_of_schemas)
{
    static const wrong cases[] = {
        {"id BIGINT name STRING", 1, 11, "near 'name': expected ','", NULL},
        {"id BIGINT, ", 1, 11, "expected a column's name", "remove the comma"},
        {"id", 1, 3, "expected a type", NULL},
        {"id BIGINT NOT", 1, 14, "expected NULL", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        q_sql_column_def *c;
        uint32_t n;
        const wrong *w = &cases[i];
        ck_assert_int_eq(q_sql_parse_schema(&arena, w->sql, strlen(w->sql), &c, &n, &err),
                         Q_E_PARSE_SYNTAX_ERROR);
        ck_assert_msg(strstr(err.msg, w->message) != NULL, "%s", err.msg);
        ck_assert_uint_eq(err.column, w->column);
    }
}
END_TEST

START_TEST(test_rest_after_type_or_expression)
{
    q_sql_type *type;
    q_sql_expr *e;
    ck_assert_int_eq(q_sql_parse_type(&arena, "int int", 7, &type, &err), Q_E_PARSE_SYNTAX_ERROR);
    ck_assert_int_eq(q_sql_parse_expr(&arena, "a b", 3, &e, &err), Q_E_PARSE_SYNTAX_ERROR);
    ck_assert_uint_eq(err.column, 3);
    ck_assert_int_eq(q_sql_parse_expr(&arena, "", 0, &e, NULL), Q_E_PARSE_SYNTAX_ERROR);
}
END_TEST

/* ---- limits --------------------------------------------------------------- */

static char *repeat(const char *head, const char *unit, size_t n)
{
    size_t u = strlen(unit), h = strlen(head);
    char *s = malloc(h + u * n + 1);
    memcpy(s, head, h);
    for (size_t i = 0; i < n; i++)
        memcpy(s + h + u * i, unit, u);
    s[h + u * n] = 0;
    return s;
}

START_TEST(test_deep_nesting_is_refused)
{
    static const char *const cases[][2] = {
        {"SELECT ", "("},
        {"SELECT ", "NOT "},
        {"SELECT ", "- "},
        {"SELECT ", "+"},
        {"SELECT ", "~"},
        {"SELECT ", "f("},
        {"SELECT ", "a["},
        {"SELECT ", "CASE WHEN "},
        {"SELECT ", "CASE "},
        {"SELECT ", "CAST("},
        {"SELECT ", "substring("},
        {"SELECT ", "trim(BOTH "},
        {"SELECT ", "a IN ("},
        {"SELECT ", "sum(a) OVER (PARTITION BY "},
        {"SELECT ", "sum(a) FILTER (WHERE "},
        {"SELECT a::", "array<"},
        {"", "("},
        {"SELECT * FROM ", "("},
        {"", "SELECT * FROM ("},
        {"", "WITH a AS ("},
        {"", "EXPLAIN "},
        {"VALUES ", "("},
        {"SELECT 1", " + 1"},
        {"SELECT a", " || a"},
        {"SELECT a", " = a"},
        {"SELECT a", "::int"},
        {"SELECT a", "[0]"},
        {"SELECT f(a)", ".b"},
        {"SELECT 1", " UNION ALL SELECT 1"},
        {"SELECT 1", " INTERSECT SELECT 1"},
        {"SELECT * FROM a", " JOIN a"},
        {"SELECT * FROM a", ", a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        q_sql_script *script;
        char *sql = repeat(cases[i][0], cases[i][1], 100000);
        q_code code = q_sql_parse(&arena, sql, strlen(sql), &script, &err);
        ck_assert_msg(code == Q_E_RECURSION_LIMIT, "%s%s…: %s", cases[i][0], cases[i][1],
                      q_code_name(code));
        ck_assert_uint_eq(err.line, 1);
        ck_assert_uint_gt(err.column, 1);
        free(sql);
        q_arena_reset(&arena);
    }
}
END_TEST

START_TEST(test_a_million_terms)
{
    q_sql_script *script;
    char *sql = repeat("SELECT a", "+a", 1000000);
    ck_assert_int_eq(q_sql_parse(&arena, sql, strlen(sql), &script, &err), Q_E_RECURSION_LIMIT);
    free(sql);
    sql = repeat("SELECT ", "(", 4000000);
    ck_assert_int_eq(q_sql_parse(&arena, sql, strlen(sql), &script, &err), Q_E_RECURSION_LIMIT);
    free(sql);
}
END_TEST

START_TEST(test_reasonable_depth_is_accepted)
{
    q_sql_script *script;
    char sql[4096] = "SELECT ";
    for (int i = 0; i < 100; i++)
        strcat(sql, "(");
    strcat(sql, "1");
    for (int i = 0; i < 100; i++)
        strcat(sql, ")");
    for (int i = 0; i < 500; i++)
        strcat(sql, "+1");
    ck_assert_int_eq(q_sql_parse(&arena, sql, strlen(sql), &script, &err), Q_OK);
}
END_TEST

START_TEST(test_too_long_a_text)
{
    q_sql_script *script;
    char *sql = repeat("", " ", Q_SQL_MAX_BYTES + 1);
    ck_assert_int_eq(q_sql_parse(&arena, sql, Q_SQL_MAX_BYTES, &script, &err), Q_OK);
    ck_assert_int_eq(q_sql_parse(&arena, sql, Q_SQL_MAX_BYTES + 1, &script, &err),
                     Q_E_RECURSION_LIMIT);
    free(sql);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sql_errors");
    TCase *t = tcase_create("errors");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_syntax_errors);
    tcase_add_test(t, test_misspelt_clauses);
    tcase_add_test(t, test_what_was_never_closed);
    tcase_add_test(t, test_errors_of_statements);
    tcase_add_test(t, test_what_is_not_supported_is_named);
    tcase_add_test(t, test_bad_literals);
    tcase_add_test(t, test_types);
    tcase_add_test(t, test_errors_of_schemas);
    tcase_add_test(t, test_rest_after_type_or_expression);
    tcase_add_test(t, test_deep_nesting_is_refused);
    tcase_add_test(t, test_a_million_terms);
    tcase_add_test(t, test_reasonable_depth_is_accepted);
    tcase_add_test(t, test_too_long_a_text);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
