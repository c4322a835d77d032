/* Variables in scripts, and the places of errors in texts that have them. */
#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/sql/parse.h"
#include "common/sql/script.h"
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

static const char *lookup(void *ctx, const char *name)
{
    ck_assert_ptr_eq(ctx, &arena);
    if (strcmp(name, "in") == 0)
        return "/data/input.json";
    if (strcmp(name, "empty") == 0)
        return "";
    if (strcmp(name, "two") == 0)
        return "a,\n  b";
    return NULL;
}

static q_code substitute(const char *sql, q_sql_text **text)
{
    return q_sql_substitute(&arena, sql, strlen(sql), lookup, &arena, text, &err);
}

START_TEST(test_values)
{
    static const char *const cases[][2] = {
        {"SELECT 1", "SELECT 1"},
        {"", ""},
        {"'${in}'", "'/data/input.json'"},
        {"json.`${in}`", "json.`/data/input.json`"},
        {"\"${in}${in}\"", "\"/data/input.json/data/input.json\""},
        {"[${empty}]", "[]"},
        {"${hiveconf:in} ${HIVEVAR:in}", "/data/input.json /data/input.json"},
        {"${x:-1} ${in:-2} ${x:-}", "1 /data/input.json "},
        {"-- ${x}\n${in}", "-- ${x}\n/data/input.json"},
        {"/* ${x} /* '${y} */ */ ${in}", "/* ${x} /* '${y} */ */ /data/input.json"},
        {"'-- ${in}'", "'-- /data/input.json'"},
        {"'\\'' -- ${x}", "'\\'' -- ${x}"},
        {"`a``` -- ${x}", "`a``` -- ${x}"},
        {"$x {y} $ {z}", "$x {y} $ {z}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        q_sql_text *text;
        ck_assert_int_eq(substitute(cases[i][0], &text), Q_OK);
        ck_assert_str_eq(text->sql, cases[i][1]);
        ck_assert_uint_eq(text->len, strlen(cases[i][1]));
    }
}
END_TEST

START_TEST(test_set_in_the_script_is_seen_behind_it)
{
    q_sql_text *text;
    ck_assert_int_eq(substitute("/* first */ SET x = 1;\nSET y = ${x}2; SET in=mine;\n"
                                "SELECT ${x}, ${y}, '${in}'; SET x = 3; SELECT ${x}",
                                &text),
                     Q_OK);
    ck_assert_ptr_nonnull(strstr(text->sql, "SELECT 1, 12, 'mine'"));
    ck_assert_ptr_nonnull(strstr(text->sql, "SELECT 3"));
}
END_TEST

START_TEST(test_unknown_variable)
{
    q_sql_text *text;
    ck_assert_int_eq(substitute("SELECT '${in}',\n  ${inn}", &text), Q_E_UNRESOLVED_VARIABLE);
    ck_assert_str_eq(err.msg, "no value for the variable ${inn}");
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 3);
    ck_assert_ptr_nonnull(strstr(err.hint, "SET inn = "));
    ck_assert_int_eq(substitute("SELECT ${in", &text), Q_E_PARSE_SYNTAX_ERROR);
    ck_assert_uint_eq(err.column, 8);
    ck_assert_int_eq(substitute("SELECT ${}", &text), Q_E_PARSE_SYNTAX_ERROR);
}
END_TEST

START_TEST(test_errors_point_into_the_users_text)
{
    static const struct {
        const char *sql;
        uint32_t line, column;
    } cases[] = {
        {"SELECT '${in}', FROM t", 1, 17},        /* behind a longer value */
        {"SELECT '${empty}', FROM t", 1, 20},     /* behind a shorter one */
        {"SELECT ${two} c d,\n1 FROM t", 1, 17},  /* behind one with a line end */
        {"SELECT 1;\nSELECT ${in} FROM t", 2, 8}, /* within a value: the variable */
        {"SELECT ${two}\nFROM t WHERE", 2, 13},   /* at the end */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        q_sql_text *text;
        q_sql_script *script;
        ck_assert_int_eq(substitute(cases[i].sql, &text), Q_OK);
        ck_assert_int_eq(q_sql_parse_text(&arena, text, &script, &err), Q_E_PARSE_SYNTAX_ERROR);
        ck_assert_msg(err.line == cases[i].line && err.column == cases[i].column,
                      "%s: line %u, column %u", cases[i].sql, err.line, err.column);
    }
    ck_assert_str_eq(err.excerpt, "FROM t WHERE");
}
END_TEST

START_TEST(test_nodes_find_their_place_in_the_users_text)
{
    q_sql_text *text;
    q_sql_script *script;
    ck_assert_int_eq(substitute("SELECT '${in}',\n  wrong FROM t", &text), Q_OK);
    ck_assert_int_eq(q_sql_parse_text(&arena, text, &script, &err), Q_OK);
    const q_sql_expr *e = script->statement[0].query->select.item[1].expr;
    q_err_set(&err, Q_E_UNRESOLVED_COLUMN, "no column");
    q_sql_err_at(&err, script, e->at);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 3);
    ck_assert_str_eq(err.excerpt, "  wrong FROM t");
    ck_assert_uint_eq(q_sql_text_origin(text, text->len), text->origin_len);
}
END_TEST

START_TEST(test_values_cannot_grow_without_bound)
{
    static char big[1 << 20];
    memset(big, 'x', sizeof big - 1);
    q_buf sql;
    q_buf_init(&sql);
    q_buf_printf(&sql, "SET a = %s; SELECT ", big);
    for (int i = 0; i < 8; i++)
        q_buf_puts(&sql, "${a}");
    q_sql_text *text;
    ck_assert_int_eq(q_sql_substitute(&arena, sql.data, sql.len, NULL, NULL, &text, &err),
                     Q_E_RECURSION_LIMIT);
    q_buf_fini(&sql);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sql_script");
    TCase *t = tcase_create("variables");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_values);
    tcase_add_test(t, test_set_in_the_script_is_seen_behind_it);
    tcase_add_test(t, test_unknown_variable);
    tcase_add_test(t, test_errors_point_into_the_users_text);
    tcase_add_test(t, test_nodes_find_their_place_in_the_users_text);
    tcase_add_test(t, test_values_cannot_grow_without_bound);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
