/* Statements, queries and schemas: the trees they give. Errors: sql_errors_test.c. */
#include <stdlib.h>
#include <string.h>

#include "common/sql/lex.h"
#include "common/sql/parse.h"
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

static const q_sql_script *parse(const char *sql)
{
    q_sql_script *script = NULL;
    q_err err;
    char text[2048];
    q_err_clear(&err);
    if (q_sql_parse(&arena, sql, strlen(sql), &script, &err) != Q_OK) {
        q_err_format(&err, text, sizeof text);
        ck_abort_msg("%s", text);
    }
    return script;
}

static const q_sql_statement *statement(const char *sql)
{
    const q_sql_script *script = parse(sql);
    ck_assert_uint_eq(script->n_statements, 1);
    return script->statement;
}

static const q_sql_query *query(const char *sql)
{
    const q_sql_statement *st = statement(sql);
    ck_assert_int_eq(st->kind, Q_SQL_ST_QUERY);
    return st->query;
}

static const q_sql_select *select_of(const char *sql)
{
    const q_sql_query *q = query(sql);
    ck_assert_int_eq(q->kind, Q_SQL_BODY_SELECT);
    return &q->select;
}

static void assert_span(const char *sql, q_sql_span at, const char *text)
{
    ck_assert_uint_eq(at.len, strlen(text));
    ck_assert_mem_eq(sql + at.offset, text, at.len);
}

/* ---- words ---------------------------------------------------------------- */

START_TEST(test_every_keyword_is_found_in_any_case)
{
    for (int k = 1; k < Q_N_KEYWORDS; k++) {
        char word[40];
        const char *name = q_sql_keyword_name((q_sql_keyword)k);
        size_t n = strlen(name);
        ck_assert_int_eq(q_sql_keyword_find(name, n), k);
        for (size_t i = 0; i <= n; i++)
            word[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
        ck_assert_int_eq(q_sql_keyword_find(word, n), k);
        ck_assert_int_ne(q_sql_keyword_find(word, n - 1), k);
    }
}
END_TEST

/* ---- scripts -------------------------------------------------------------- */

START_TEST(test_script_has_statements_with_places)
{
    const char *sql = "; SELECT 1;; -- nothing; here\n VALUES (1, 'a;b') /* c /* d */ ; */ ;\n";
    const q_sql_script *s = parse(sql);
    ck_assert_uint_eq(s->n_statements, 2);
    assert_span(sql, s->statement[0].at, "SELECT 1");
    assert_span(sql, s->statement[1].at, "VALUES (1, 'a;b')");
    ck_assert_uint_eq(parse("")->n_statements, 0);
    ck_assert_uint_eq(parse(" ;; -- x")->n_statements, 0);
}
END_TEST

/* ---- SELECT --------------------------------------------------------------- */

START_TEST(test_select_clauses)
{
    const char *sql = "SELECT DISTINCT a AS x, b + 1 y, c `z z` FROM t WHERE d > 1 GROUP BY a, 2 "
                      "HAVING count(*) > 1 ORDER BY x DESC, y NULLS LAST LIMIT 10 OFFSET 5";
    const q_sql_query *q = query(sql);
    const q_sql_select *s = &q->select;
    ck_assert(s->distinct);
    ck_assert_uint_eq(s->n_items, 3);
    ck_assert_str_eq(s->item[0].alias.text, "x");
    ck_assert_str_eq(s->item[1].alias.text, "y");
    ck_assert_str_eq(s->item[2].alias.text, "z z");
    assert_span(sql, s->item[1].at, "b + 1 y");
    assert_span(sql, s->item[1].expr->at, "b + 1");
    assert_span(sql, s->item[1].expr->binary.op_at, "+");
    ck_assert_int_eq(s->from->kind, Q_SQL_FROM_TABLE);
    ck_assert_int_eq(s->where->binary.op, Q_SQL_OP_GT);
    ck_assert_int_eq(s->group, Q_SQL_GROUP_EXPRS);
    ck_assert_uint_eq(s->n_group_exprs, 2);
    assert_span(sql, s->group_at, "GROUP BY a, 2");
    ck_assert_ptr_nonnull(s->having);
    ck_assert_uint_eq(q->n_order, 2);
    ck_assert(q->order[0].descending && !q->order[0].nulls_first);
    ck_assert(!q->order[1].descending && !q->order[1].nulls_first);
    ck_assert_int_eq(q->limit->literal.integer, 10);
    ck_assert_int_eq(q->offset->literal.integer, 5);
}
END_TEST

START_TEST(test_select_without_from_or_limit)
{
    const q_sql_query *q = query("SELECT ALL 1 LIMIT ALL");
    ck_assert(!q->select.distinct);
    ck_assert_ptr_null(q->select.from);
    ck_assert_ptr_null(q->limit);
    ck_assert_int_eq(select_of("SELECT a FROM t GROUP BY ALL")->group, Q_SQL_GROUP_ALL);
    ck_assert(query("SELECT a FROM t ORDER BY all DESC")->order_all);
    ck_assert(!query("SELECT a FROM t ORDER BY `all`")->order_all);
    ck_assert(!query("SELECT a FROM t ORDER BY a")->order_all);
}
END_TEST

START_TEST(test_keywords_as_names)
{
    /* all of these are names somewhere in the list */
    static const char *const sql[] = {
        "SELECT date, value, year, timestamp, user_id, type, first, last, filter, rows FROM t",
        "SELECT order, group, limit, from FROM t",
        "SELECT a order, b group, c limit FROM t",
        "SELECT a AS order, b AS select, c AS from FROM t",
        "SELECT end, start FROM t WHERE end > start ORDER BY end",
        "SELECT left(a, 1), right(a, 1), left, right FROM t",
        "SELECT t.order, t.from, `t`.`where` FROM t",
        "SELECT values FROM t WHERE table = 1",
        "SELECT interval, over, partition, window FROM t",
        "SELECT by.x FROM by",
        "SELECT a FROM order",
        "SELECT date date, timestamp AS timestamp FROM date AS date",
        "SELECT row_number() OVER (ORDER BY date) row FROM t",
        "SELECT count(*) over FROM t",
        "SELECT trim, extract, cast, position FROM t",
        "SELECT if, exists, replace, substring FROM t",
        "SELECT asc, desc FROM t ORDER BY asc ASC, desc DESC",
        "SELECT string, int, long, double FROM t",
    };
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++)
        query(sql[i]);
    const q_sql_select *s = select_of("SELECT order, from FROM t");
    ck_assert_uint_eq(s->n_items, 2);
    ck_assert_str_eq(s->item[1].expr->column.part[0].text, "from");
    ck_assert_str_eq(s->from->table.part[0].text, "t");
}
END_TEST

START_TEST(test_named_windows)
{
    const q_sql_select *s =
        select_of("SELECT sum(a) OVER w, max(a) OVER v FROM t "
                  "WINDOW w AS (PARTITION BY b ORDER BY c ROWS 2 PRECEDING), v AS w");
    ck_assert_uint_eq(s->n_windows, 2);
    ck_assert_str_eq(s->window[0].name.text, "w");
    const q_sql_window *w = s->window[0].window;
    ck_assert_int_eq(w->frame, Q_SQL_FRAME_ROWS);
    ck_assert_int_eq(w->start.kind, Q_SQL_BOUND_PRECEDING);
    ck_assert_int_eq(w->start.expr->literal.integer, 2);
    ck_assert_int_eq(w->end.kind, Q_SQL_BOUND_CURRENT_ROW);
    ck_assert_str_eq(s->window[1].window->ref.text, "w");
    ck_assert_str_eq(s->item[0].expr->call.over->ref.text, "w");
    ck_assert_uint_eq(select_of("SELECT f() OVER w FROM t ORDER BY a WINDOW w AS ()")->n_windows,
                      1);
}
END_TEST

/* ---- queries -------------------------------------------------------------- */

START_TEST(test_set_operations)
{
    const q_sql_query *q = query("SELECT 1 UNION ALL SELECT 2 UNION SELECT 3 INTERSECT SELECT 4 "
                                 "ORDER BY 1");
    ck_assert_int_eq(q->kind, Q_SQL_BODY_SETOP);
    ck_assert_int_eq(q->set.op, Q_SQL_UNION);
    ck_assert(!q->set.all);
    ck_assert_uint_eq(q->n_order, 1);
    ck_assert(q->set.left->set.all);
    ck_assert_int_eq(q->set.right->set.op, Q_SQL_INTERSECT);
    q = query("SELECT 1 EXCEPT ALL SELECT 2 MINUS DISTINCT SELECT 3");
    ck_assert_int_eq(q->set.op, Q_SQL_EXCEPT);
    ck_assert_int_eq(q->set.left->set.op, Q_SQL_EXCEPT);
    ck_assert(q->set.left->set.all);
    q = query("(SELECT 1 LIMIT 1) UNION (VALUES (2))");
    ck_assert_int_eq(q->set.left->kind, Q_SQL_BODY_QUERY);
    ck_assert_ptr_nonnull(q->set.left->query->limit);
    ck_assert_int_eq(q->set.right->query->kind, Q_SQL_BODY_VALUES);
}
END_TEST

START_TEST(test_with)
{
    const q_sql_query *q =
        query("WITH a AS (SELECT 1), b (x, y) AS (VALUES (1, 2)) SELECT * FROM a");
    ck_assert_uint_eq(q->n_ctes, 2);
    ck_assert_str_eq(q->cte[0].name.text, "a");
    ck_assert_uint_eq(q->cte[1].n_columns, 2);
    ck_assert_str_eq(q->cte[1].column[1].text, "y");
    ck_assert_int_eq(q->cte[1].query->kind, Q_SQL_BODY_VALUES);
    q = query("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) s");
    ck_assert_uint_eq(q->select.from->query->n_ctes, 1);
}
END_TEST

START_TEST(test_values)
{
    const q_sql_query *q = query("VALUES (1, 'a'), (2, 'b') AS t(x, y)");
    ck_assert_uint_eq(q->values.rows.n_rows, 2);
    ck_assert_uint_eq(q->values.rows.row[1].n_values, 2);
    ck_assert_uint_eq(q->values.alias.n_columns, 2);
    q = query("VALUES 1, (2), (3) + 4, -5");
    ck_assert_uint_eq(q->values.rows.n_rows, 4);
    ck_assert_int_eq(q->values.rows.row[1].value[0]->kind, Q_SQL_LITERAL);
    ck_assert_int_eq(q->values.rows.row[2].value[0]->kind, Q_SQL_BINARY);
    ck_assert_int_eq(query("TABLE a.b")->table.n, 2);
}
END_TEST

START_TEST(test_from)
{
    const q_sql_from *f = select_of("SELECT * FROM a.b AS x (c, d)")->from;
    ck_assert_int_eq(f->kind, Q_SQL_FROM_TABLE);
    ck_assert_str_eq(f->alias.name.text, "x");
    ck_assert_uint_eq(f->alias.n_columns, 2);
    f = select_of("SELECT * FROM JSON.`/data/a.json` j")->from;
    ck_assert_int_eq(f->kind, Q_SQL_FROM_FILE);
    ck_assert_str_eq(f->file.format.text, "JSON");
    ck_assert_str_eq(f->file.path.text, "/data/a.json");
    ck_assert_str_eq(f->alias.name.text, "j");
    f = select_of("SELECT * FROM (SELECT 1 AS a)")->from;
    ck_assert_int_eq(f->kind, Q_SQL_FROM_QUERY);
    ck_assert_ptr_null(f->alias.name.text);
    f = select_of("SELECT * FROM VALUES (1), (2) AS t(a) WHERE a > 1")->from;
    ck_assert_int_eq(f->kind, Q_SQL_FROM_VALUES);
    ck_assert_uint_eq(f->values.n_rows, 2);
    f = select_of("SELECT * FROM range(1, 10) r")->from;
    ck_assert_int_eq(f->kind, Q_SQL_FROM_FUNCTION);
    ck_assert_uint_eq(f->function.n_args, 2);
}
END_TEST

START_TEST(test_joins)
{
    const char *sql = "SELECT * FROM a LEFT OUTER JOIN b ON a.x = b.x CROSS JOIN c "
                      "JOIN d USING (x, y) NATURAL FULL JOIN e LEFT ANTI JOIN f ON true, g";
    static const q_sql_join_kind kinds[] = {Q_SQL_JOIN_CROSS, Q_SQL_JOIN_LEFT_ANTI,
                                            Q_SQL_JOIN_FULL,  Q_SQL_JOIN_INNER,
                                            Q_SQL_JOIN_CROSS, Q_SQL_JOIN_LEFT};
    const q_sql_from *f = select_of(sql)->from;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++, f = f->join.left) {
        ck_assert_int_eq(f->kind, Q_SQL_FROM_JOIN);
        ck_assert_int_eq(f->join.op, kinds[i]);
        ck_assert(f->join.natural == (kinds[i] == Q_SQL_JOIN_FULL));
        if (kinds[i] == Q_SQL_JOIN_LEFT)
            assert_span(sql, f->join.op_at, "LEFT OUTER JOIN");
        if (kinds[i] == Q_SQL_JOIN_INNER)
            ck_assert_uint_eq(f->join.n_using, 2);
    }
    ck_assert_str_eq(f->table.part[0].text, "a");
    f = select_of("SELECT * FROM (a JOIN b) x")->from;
    ck_assert_int_eq(f->kind, Q_SQL_FROM_JOIN);
    ck_assert_str_eq(f->alias.name.text, "x");
}
END_TEST

/* ---- views and output ----------------------------------------------------- */

START_TEST(test_create_view_using)
{
    const q_sql_statement *st =
        statement("CREATE OR REPLACE TEMPORARY VIEW v (id BIGINT NOT NULL COMMENT 'key', `a b`: "
                  "decimal(10,2)) USING json OPTIONS (path '/a', multiLine true, 'x y' = -1.5, "
                  "a.b.c 'd')");
    ck_assert_int_eq(st->kind, Q_SQL_ST_CREATE_VIEW_USING);
    ck_assert(st->create_view.or_replace);
    ck_assert_uint_eq(st->create_view.n_columns, 2);
    ck_assert(st->create_view.column[0].not_null);
    ck_assert_str_eq(st->create_view.column[0].comment, "key");
    ck_assert_int_eq(st->create_view.column[1].type->precision, 10);
    ck_assert_str_eq(st->create_view.provider.part[0].text, "json");
    static const char *const want[][2] = {
        {"path", "/a"}, {"multiLine", "true"}, {"x y", "-1.5"}, {"a.b.c", "d"}};
    ck_assert_uint_eq(st->create_view.options.n, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(st->create_view.options.option[i].key, want[i][0]);
        ck_assert_str_eq(st->create_view.options.option[i].value, want[i][1]);
    }
    st = statement("CREATE TEMP VIEW v USING csv OPTIONS ('a' 'b', 'c' = 'd')");
    ck_assert_uint_eq(st->create_view.options.n, 2);
    ck_assert_str_eq(st->create_view.options.option[0].value, "b");
    st = statement("CREATE TEMP VIEW v USING csv");
    ck_assert_uint_eq(st->create_view.options.n, 0);
}
END_TEST

START_TEST(test_create_view_as)
{
    const q_sql_statement *st = statement(
        "CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b COMMENT 'x') COMMENT 'all' AS SELECT 1, 2");
    ck_assert_int_eq(st->kind, Q_SQL_ST_CREATE_VIEW_AS);
    ck_assert(st->create_view.if_not_exists);
    ck_assert_uint_eq(st->create_view.n_columns, 2);
    ck_assert_ptr_null(st->create_view.column[0].type);
    ck_assert_str_eq(st->create_view.column[1].comment, "x");
    ck_assert_str_eq(st->create_view.comment, "all");
    ck_assert_uint_eq(st->create_view.query->select.n_items, 2);
    st = statement("DROP VIEW IF EXISTS a.b");
    ck_assert_int_eq(st->kind, Q_SQL_ST_DROP_VIEW);
    ck_assert(st->drop_view.if_exists);
    ck_assert_uint_eq(st->drop_view.name.n, 2);
}
END_TEST

START_TEST(test_insert_directory)
{
    const q_sql_statement *st = statement(
        "INSERT OVERWRITE LOCAL DIRECTORY '/out' USING csv OPTIONS (header true) SELECT 1");
    ck_assert_int_eq(st->kind, Q_SQL_ST_INSERT_DIRECTORY);
    ck_assert(st->insert.local);
    ck_assert_str_eq(st->insert.path, "/out");
    ck_assert_str_eq(st->insert.provider.part[0].text, "csv");
    ck_assert_uint_eq(st->insert.options.n, 1);
    st = statement("WITH a AS (SELECT 1) INSERT OVERWRITE DIRECTORY USING json OPTIONS (path 'x') "
                   "SELECT * FROM a");
    ck_assert_ptr_null(st->insert.path);
    ck_assert_uint_eq(st->insert.query->n_ctes, 1);
    ck_assert_int_eq(st->insert.query->kind, Q_SQL_BODY_SELECT);
    st = statement("WITH a AS (SELECT 1) INSERT OVERWRITE DIRECTORY 'x' USING json "
                   "WITH b AS (SELECT 2) SELECT * FROM a, b");
    ck_assert_int_eq(st->insert.query->kind, Q_SQL_BODY_QUERY);
    ck_assert_str_eq(st->insert.query->cte[0].name.text, "a");
    ck_assert_str_eq(st->insert.query->query->cte[0].name.text, "b");
}
END_TEST

/* ---- the small statements ------------------------------------------------- */

START_TEST(test_describe_and_show)
{
    const q_sql_statement *st = statement("DESC TABLE EXTENDED a.b");
    ck_assert_int_eq(st->kind, Q_SQL_ST_DESCRIBE_TABLE);
    ck_assert(st->describe.extended);
    ck_assert_uint_eq(st->describe.name.n, 2);
    ck_assert_str_eq(statement("DESCRIBE table")->describe.name.part[0].text, "table");
    ck_assert_str_eq(statement("DESCRIBE extended.x")->describe.name.part[1].text, "x");
    ck_assert_int_eq(statement("DESCRIBE SELECT 1")->kind, Q_SQL_ST_DESCRIBE_QUERY);
    ck_assert_int_eq(statement("DESCRIBE QUERY TABLE t")->kind, Q_SQL_ST_DESCRIBE_QUERY);
    ck_assert_int_eq(statement("DESCRIBE query")->kind, Q_SQL_ST_DESCRIBE_TABLE);
    st = statement("DESCRIBE FUNCTION EXTENDED percent_rank");
    ck_assert_int_eq(st->kind, Q_SQL_ST_DESCRIBE_FUNCTION);
    ck_assert(st->describe.extended);
    ck_assert_str_eq(st->describe.name.part[0].text, "percent_rank");
    ck_assert_str_eq(statement("DESC FUNCTION ||")->describe.name.part[0].text, "||");
    ck_assert_str_eq(statement("DESC FUNCTION 'a b'")->describe.name.part[0].text, "a b");
    st = statement("SHOW FUNCTIONS LIKE 'p*'");
    ck_assert_int_eq(st->kind, Q_SQL_ST_SHOW_FUNCTIONS);
    ck_assert_str_eq(st->show.pattern, "p*");
    ck_assert_ptr_null(statement("SHOW SYSTEM FUNCTIONS")->show.pattern);
    ck_assert_str_eq(statement("SHOW FUNCTIONS abs")->show.pattern, "abs");
    ck_assert_int_eq(statement("SHOW TABLES")->kind, Q_SQL_ST_SHOW_TABLES);
    ck_assert_int_eq(statement("SHOW VIEWS 'a'")->kind, Q_SQL_ST_SHOW_VIEWS);
}
END_TEST

START_TEST(test_explain)
{
    static const struct {
        const char *sql;
        unsigned modes;
    } cases[] = {
        {"EXPLAIN SELECT 1", Q_SQL_EXPLAIN_SIMPLE},
        {"EXPLAIN EXTENDED SELECT 1", Q_SQL_EXPLAIN_EXTENDED},
        {"EXPLAIN (SELECT 1)", Q_SQL_EXPLAIN_SIMPLE},
        {"EXPLAIN STAGES SELECT 1", Q_SQL_EXPLAIN_STAGES},
        {"EXPLAIN (LOGICAL, optimized, PHYSICAL) INSERT OVERWRITE DIRECTORY 'a' USING json TABLE t",
         Q_SQL_EXPLAIN_LOGICAL | Q_SQL_EXPLAIN_OPTIMIZED | Q_SQL_EXPLAIN_PHYSICAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const q_sql_statement *st = statement(cases[i].sql);
        ck_assert_int_eq(st->kind, Q_SQL_ST_EXPLAIN);
        ck_assert_uint_eq(st->explain.modes, cases[i].modes);
    }
}
END_TEST

START_TEST(test_set_and_reset)
{
    static const struct {
        const char *sql, *key, *value;
    } cases[] = {
        {"SET", NULL, NULL},
        {"SET spark.sql.shuffle.partitions = 8", "spark.sql.shuffle.partitions", "8"},
        {"SET a.b", "a.b", NULL},
        {"SET a='x y'", "a", "'x y'"},
        {"SET a = two words -- note", "a", "two words"},
        {"SET a = it's", "a", "it's"},
        {"SET a = b=c", "a", "b=c"},
        {"SET a =", "a", ""},
        {"SET `a b` = `c d`", "a b", "c d"},
        {"SET hive:x-y = ${z}", "hive:x-y", "${z}"},
        {"SET TIME ZONE 'Europe/Berlin'", "spark.sql.session.timeZone", "Europe/Berlin"},
        {"SET TIME ZONE LOCAL", "spark.sql.session.timeZone", "LOCAL"},
        {"RESET", NULL, NULL},
        {"RESET a.b", "a.b", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const q_sql_statement *st = statement(cases[i].sql);
        ck_assert_int_eq(st->kind, cases[i].sql[0] == 'R' ? Q_SQL_ST_RESET : Q_SQL_ST_SET);
        ck_assert_pstr_eq(st->set.key, cases[i].key);
        ck_assert_pstr_eq(st->set.value, cases[i].value);
    }
    const q_sql_script *s = parse("SET a = 'x;y'; SELECT 1; SET b = c ;SELECT 2");
    ck_assert_uint_eq(s->n_statements, 4);
    ck_assert_str_eq(s->statement[0].set.value, "'x;y'");
    ck_assert_str_eq(s->statement[2].set.value, "c");
}
END_TEST

/* ---- schemas -------------------------------------------------------------- */

START_TEST(test_schema)
{
    const char *ddl = "id BIGINT, name: STRING NOT NULL COMMENT 'x', `a b` array<int>, d "
                      "decimal(5,1), v varchar(3)";
    q_sql_column_def *c;
    uint32_t n;
    q_err err;
    ck_assert_int_eq(q_sql_parse_schema(&arena, ddl, strlen(ddl), &c, &n, &err), Q_OK);
    ck_assert_uint_eq(n, 5);
    ck_assert_str_eq(c[0].name.text, "id");
    ck_assert_int_eq(c[0].type->kind, Q_SQL_TYPE_BIGINT);
    ck_assert(c[1].not_null);
    ck_assert_str_eq(c[1].comment, "x");
    ck_assert_int_eq(c[2].type->element->kind, Q_SQL_TYPE_INT);
    ck_assert_int_eq(c[3].type->scale, 1);
    ck_assert_uint_eq(c[4].type->length, 3);
    ck_assert_int_eq(q_sql_parse_schema(&arena, "  ", 2, &c, &n, &err), Q_OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

/* ---- size ----------------------------------------------------------------- */

/* `unit` n times between head and tail; freed by the caller. */
static char *repeat(const char *head, const char *unit, size_t n, const char *tail)
{
    size_t u = strlen(unit), h = strlen(head);
    char *s = malloc(h + u * n + strlen(tail) + 1);
    memcpy(s, head, h);
    for (size_t i = 0; i < n; i++)
        memcpy(s + h + u * i, unit, u);
    strcpy(s + h + u * n, tail);
    return s;
}

START_TEST(test_long_lists_and_chains)
{
    static const struct {
        const char *head, *unit, *tail;
    } cases[] = {
        {"SELECT a", ", b", " FROM t"},
        {"SELECT a FROM t WHERE a = 1", " OR a = 2", ""},
        {"SELECT a FROM t WHERE a", " AND a", ""},
        {"SELECT a IN (1", ", 2", ")"},
        {"VALUES (1)", ", (2)", ""},
        {"SELECT CASE", " WHEN a THEN b", " END"},
        {"SELECT 'a'", " 'b'", ""},
        {"SELECT 1", "; SELECT 2", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *sql = repeat(cases[i].head, cases[i].unit, 100000, cases[i].tail);
        parse(sql);
        free(sql);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sql_parse");
    TCase *t = tcase_create("trees");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_every_keyword_is_found_in_any_case);
    tcase_add_test(t, test_script_has_statements_with_places);
    tcase_add_test(t, test_select_clauses);
    tcase_add_test(t, test_select_without_from_or_limit);
    tcase_add_test(t, test_keywords_as_names);
    tcase_add_test(t, test_named_windows);
    tcase_add_test(t, test_set_operations);
    tcase_add_test(t, test_with);
    tcase_add_test(t, test_values);
    tcase_add_test(t, test_from);
    tcase_add_test(t, test_joins);
    tcase_add_test(t, test_create_view_using);
    tcase_add_test(t, test_create_view_as);
    tcase_add_test(t, test_insert_directory);
    tcase_add_test(t, test_describe_and_show);
    tcase_add_test(t, test_explain);
    tcase_add_test(t, test_set_and_reset);
    tcase_add_test(t, test_schema);
    tcase_add_test(t, test_long_lists_and_chains);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
