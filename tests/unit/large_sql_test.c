/*
 * SQL as large as a script may be. What takes the square of its length would not come to an end
 * here; what cannot be done is refused by the planner, which says what the limit is.
 */
#include "bind_support.h"

#include "common/plan/serial.h"
#include "common/plan/stage.h"
#include "common/sql/script.h"

static world w;
static q_buf sql;

static void setup(void)
{
    world_init(&w);
    q_buf_init(&sql);
}

static void teardown(void)
{
    q_buf_fini(&sql);
    world_fini(&w);
}

/* The piece n times, its %u the number of the piece. */
static void add(const char *piece, const char *separator, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        q_buf_puts(&sql, i ? separator : "");
        for (const char *p = piece; *p; p++) {
            if (*p == '%' && p++)
                q_buf_printf(&sql, "%u", i);
            else
                q_buf_putc(&sql, *p);
        }
    }
}

static q_code bind_all(q_stmt *st)
{
    q_sql_text *text;
    ck_assert_uint_le(sql.len, Q_SQL_MAX_BYTES);
    Q_TRY(q_sql_substitute(&w.arena, sql.data, sql.len, NULL, NULL, &text, &w.err));
    Q_TRY(q_sql_parse_text(&w.arena, text, &w.script, &w.err));
    q_binder_init(&w.binder, &w.catalog, w.script);
    for (uint32_t i = 0; i < w.script->n_statements; i++)
        Q_TRY(q_bind_statement(&w.binder, &w.script->statement[i], st, &w.err));
    return Q_OK;
}

static void check_refused(q_code code, const char *message)
{
    q_stmt st;
    ck_assert_int_eq(bind_all(&st), code);
    ck_assert_msg(strstr(w.err.msg, message) != NULL, "%s", world_error(&w));
}

/* It is planned, and a worker takes the stages. */
static const q_plan *check_planned(void)
{
    q_stmt st = {0};
    q_stages stages;
    ck_assert_msg(bind_all(&st) == Q_OK, "%s", world_error(&w));
    ck_assert_int_eq(q_stages_cut(&w.arena, st.plan, NULL, &stages, &w.err), Q_OK);
    for (uint32_t i = 0; i < stages.n_stages; i++) {
        q_buf packed;
        q_unpack in;
        q_stage stage;
        q_buf_init(&packed);
        q_stage_pack(&packed, &stages.stages[i]);
        q_unpack_init(&in, packed.data, packed.len);
        ck_assert_msg(q_stage_unpack(&w.arena, &in, &stage, &w.err) == Q_OK, "%s", world_error(&w));
        q_buf_fini(&packed);
    }
    return st.plan;
}

START_TEST(test_in_list)
{
    q_buf_puts(&sql, "SELECT i FROM t WHERE i IN (");
    add("%u", ",", 300000);
    q_buf_puts(&sql, ")");
    const q_plan *p = check_planned();
    while (p->op != Q_PLAN_FILTER)
        p = p->children[0];
    const q_expr *predicate = p->u.filter.predicate;
    q_program *program;
    ck_assert_int_eq(q_program_new(&predicate, 1, &w.session, NULL, &program, &w.err), Q_OK);
    q_program_destroy(&program);
}
END_TEST

START_TEST(test_group_keys)
{
    q_buf_puts(&sql, "SELECT count(*) FROM t GROUP BY ");
    add("i + %u", ",", 200000);
    check_planned();
}
END_TEST

START_TEST(test_aggregates)
{
    q_buf_puts(&sql, "SELECT greatest(");
    add("count(*) FILTER (WHERE i = %u)", ",", 100000);
    q_buf_puts(&sql, ") FROM t");
    check_planned();
}
END_TEST

START_TEST(test_windows)
{
    q_buf_puts(&sql, "SELECT greatest(");
    add("sum(i + %u) OVER w%u", ",", 80000);
    q_buf_puts(&sql, ") FROM t WINDOW ");
    add("w%u AS (ORDER BY i)", ",", 80000);
    check_planned();
}
END_TEST

START_TEST(test_sort_keys)
{
    q_buf_puts(&sql, "SELECT i FROM t ORDER BY ");
    add("i + %u", ",", 200000);
    check_planned();
}
END_TEST

START_TEST(test_with)
{
    q_buf_puts(&sql, "WITH a0 AS (SELECT 1 AS x), ");
    add("b%u AS (SELECT x FROM a0)", ",", 100000);
    q_buf_puts(&sql, " SELECT * FROM b99999");
    check_planned();
}
END_TEST

START_TEST(test_columns)
{
    q_buf_puts(&sql, "SELECT array(");
    add("c9999", ",", 400000);
    q_buf_puts(&sql, ") AS a FROM (SELECT ");
    add("i AS c%u", ",", 10000);
    q_buf_puts(&sql, " FROM t)");
    check_planned();
}
END_TEST

START_TEST(test_declared_columns)
{
    q_buf_puts(&sql, "CREATE TEMPORARY VIEW x (");
    add("c%u INT", ",", 200000);
    q_buf_puts(&sql, ") USING json OPTIONS (path 'people.json'); SELECT c5 FROM x");
    check_planned();
}
END_TEST

START_TEST(test_settings_and_variables)
{
    add("SET a%u=%u", ";", 100000);
    q_buf_puts(&sql, "; SELECT array(");
    add("${a%u}", ",", 100000);
    q_buf_puts(&sql, ") AS a FROM t");
    check_planned();
}
END_TEST

START_TEST(test_deep_expressions)
{
    q_buf_puts(&sql, "SELECT ");
    add("i", "+", Q_SQL_MAX_HEIGHT);
    q_buf_puts(&sql, " AS x, ");
    add("i", "+ 1.5D +", Q_SQL_MAX_HEIGHT / 2);
    q_buf_puts(&sql, " AS y FROM t");
    check_planned();
}
END_TEST

START_TEST(test_unclosed_comments)
{
    static const char *const before[] = {"SELECT 1 ", "SET a = ", ""};
    for (int i = 0; i < 3; i++) {
        sql.len = 0;
        q_buf_puts(&sql, before[i]);
        add("/*", "", 1000000);
        add("*/", "", 900000);
        check_refused(Q_E_PARSE_SYNTAX_ERROR, "a comment that is never closed");
    }
}
END_TEST

START_TEST(test_unclosed_quotes_of_a_setting)
{
    q_stmt st;
    q_buf_puts(&sql, "SET a = '");
    add("\\'", "", 1000000);
    ck_assert_int_eq(bind_all(&st), Q_OK);
    ck_assert_uint_eq(strlen(q_catalog_get(&w.catalog, "a")), 2000001);
}
END_TEST

START_TEST(test_aliases_put_in)
{
    static const char *const behind[] = {"GROUP BY c60", "GROUP BY ALL", "HAVING c60 > 0"};
    for (int i = 0; i < 3; i++) {
        sql.len = 0;
        q_buf_printf(&sql, "SELECT %s AS c0", i < 2 ? "i" : "count(*)");
        for (int k = 1; k <= 60; k++)
            q_buf_printf(&sql, ", c%d + c%d AS c%d", k - 1, k - 1, k);
        q_buf_printf(&sql, " FROM t %s", behind[i]);
        check_refused(Q_E_RECURSION_LIMIT, "too large with the aliases of the select list");
    }
}
END_TEST

START_TEST(test_aliases_on_levels)
{
    q_buf_puts(&sql, "SELECT i AS c0");
    for (int k = 1; k < 9000; k++)
        q_buf_printf(&sql, ", c%d + 1 AS c%d", k - 1, k);
    q_buf_puts(&sql, " FROM t");
    check_refused(Q_E_RECURSION_LIMIT, "9000 columns on 8999 levels");
}
END_TEST

START_TEST(test_result_columns)
{
    static const char *const whole[] = {"SELECT %s FROM t", "VALUES (%s)",
                                        "SELECT count(*) FROM VALUES (%s)"};
    for (int i = 0; i < 6; i++) {
        q_buf items;
        uint32_t n = Q_MAX_COLUMNS + (uint32_t)(i % 2);
        q_buf_init(&items);
        for (uint32_t k = 0; k < n; k++)
            q_buf_printf(&items, "%s%u", k ? "," : "", k);
        sql.len = 0;
        q_buf_printf(&sql, whole[i / 2], q_buf_cstr(&items));
        q_buf_fini(&items);
        if (i % 2)
            check_refused(Q_E_PROTOCOL_LIMIT, "10001 columns: at most 10000");
        else
            check_planned();
    }
}
END_TEST

START_TEST(test_stars_of_stars)
{
    for (int i = 0; i < 60; i++)
        q_buf_puts(&sql, "SELECT *, * FROM (");
    q_buf_puts(&sql, "SELECT 1 AS x");
    add(")", "", 60);
    check_refused(Q_E_PROTOCOL_LIMIT, "16384 columns: at most 10000");
}
END_TEST

/* ---- values ---------------------------------------------------------------- */

/* The only row of the expression; what the planner may not compute, a task does. */
static q_code run(const char *text, q_program **program)
{
    q_stmt st;
    q_batch one_row = {.n_rows = 1};
    sql.len = 0;
    q_buf_printf(&sql, "SELECT %s AS x FROM t", text);
    ck_assert_msg(bind_all(&st) == Q_OK, "%s", world_error(&w));
    const q_expr *x = st.plan->u.project.exprs[0];
    ck_assert_int_eq(q_program_new(&x, 1, &w.session, NULL, program, &w.err), Q_OK);
    return q_program_run(*program, &one_row, &w.err);
}

START_TEST(test_large_sets)
{
    static const struct {
        const char *sql;
        int32_t n;
    } cases[] = {
        {"size(array_distinct(sequence(1, 1000000)))", 1000000},
        {"size(array_union(sequence(1, 1000000), sequence(500001, 1500000)))", 1500000},
        {"size(array_intersect(sequence(1, 1000000), sequence(500001, 1500000)))", 500000},
        {"size(array_except(sequence(1, 1000000), sequence(500001, 1500000)))", 500000},
        {"int(arrays_overlap(sequence(1, 1000000), sequence(1000001, 2000000)))", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        q_program *p;
        ck_assert_msg(run(cases[i].sql, &p) == Q_OK, "%s", world_error(&w));
        ck_assert_int_eq(Q_VALUES(q_program_result(p, 0), int32_t)[0], cases[i].n);
        q_program_destroy(&p);
    }
}
END_TEST

START_TEST(test_what_is_too_large_takes_no_memory)
{
    static const char *const cases[][2] = {
        {"sequence(1, 1000000000000)", "1000000000000 more elements"},
        {"sequence(1000000000000, 1, -10)", "100000000000 more elements"},
        {"sequence(-9223372036854775807 - 1, 9223372036854775807)",
         "18446744073709551615 more elements"},
        {"array_repeat('x', 2000000000)", "2000000000 more elements"},
        {"repeat('xyz', 2000000000)", "a string of 6000000000 bytes"},
        {"lpad('x', 2000000001, '\u00e4')", "a string of 4000000000 bytes"},
        {"rpad('x', 2000000001, '\u00e4')", "a string of 4000000001 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        q_program *p;
        ck_assert_int_eq(run(cases[i][0], &p), Q_E_INVALID_PARAMETER_VALUE);
        ck_assert_msg(strstr(w.err.msg, cases[i][1]) != NULL, "%s: %s", cases[i][0],
                      world_error(&w));
        q_program_destroy(&p);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("large_sql");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 0);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_in_list);
    tcase_add_test(t, test_group_keys);
    tcase_add_test(t, test_aggregates);
    tcase_add_test(t, test_windows);
    tcase_add_test(t, test_sort_keys);
    tcase_add_test(t, test_with);
    tcase_add_test(t, test_columns);
    tcase_add_test(t, test_declared_columns);
    tcase_add_test(t, test_settings_and_variables);
    tcase_add_test(t, test_deep_expressions);
    tcase_add_test(t, test_unclosed_comments);
    tcase_add_test(t, test_unclosed_quotes_of_a_setting);
    tcase_add_test(t, test_aliases_put_in);
    tcase_add_test(t, test_aliases_on_levels);
    tcase_add_test(t, test_result_columns);
    tcase_add_test(t, test_stars_of_stars);
    tcase_add_test(t, test_large_sets);
    tcase_add_test(t, test_what_is_too_large_takes_no_memory);
    suite_add_tcase(s, t);
    return world_run(s);
}
