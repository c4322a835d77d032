/*
 * Runs SQL expressions, twice: with their literals as constants, and with the literals moved into
 * the columns of a batch in which every third row is NULL; both must give the expected value (cast
 * to string) and type.
 */
#ifndef TESTS_UNIT_FUNC_SQL_H
#define TESTS_UNIT_FUNC_SQL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/exec/program.h"
#include "common/plan/bind.h"
#include "tests/unit/check.h"

#define SQL_ERROR "(error)"
#define SQL_NULL  "NULL"
#define SQL_ROWS  70
#define SQL_NOW   INT64_C(1706704496123456) /* 2024-01-31 12:34:56.123456 UTC */

typedef struct sql_case {
    const char *sql;
    const char *type;     /* as Spark names it; "" not compared */
    const char *expected; /* SQL_ERROR, SQL_NULL, or text */
    const char *zone;     /* NULL: UTC */
} sql_case;

typedef struct sql_columns {
    q_arena *a;
    q_column columns[64];
    uint32_t n;
} sql_columns;

/* The tree with its literals as columns. */
static inline q_expr *sql_to_columns(sql_columns *c, const q_expr *x)
{
    if (x->kind == Q_X_LITERAL && x->type.kind != Q_VOID && c->n < 64) {
        q_column *col = &c->columns[c->n];
        ck_assert(!q_column_repeat(col, x->value, 0, SQL_ROWS, c->a, NULL));
        ck_assert(!q_column_need_validity(col, c->a, NULL));
        for (uint32_t i = 1; i < SQL_ROWS; i += 3)
            q_bit_clear(col->validity, i);
        return q_expr_column(c->a, c->n++, x->type, true);
    }
    q_expr *copy = q_arena_copy(c->a, x, sizeof *x);
    copy->args = q_arena_array(c->a, q_expr *, x->n_args);
    for (uint32_t i = 0; i < x->n_args; i++)
        copy->args[i] = sql_to_columns(c, x->args[i]);
    return copy;
}

static inline q_code sql_bind(q_arena *a, const char *sql, const q_session *session,
                              q_fold_fn *fold, q_expr **out, q_err *err)
{
    q_catalog catalog;
    q_catalog_hooks hooks = {.fold = fold};
    q_sql_script *script;
    q_binder binder;
    q_plan *plan;
    q_catalog_init(&catalog, a, session, &hooks);
    Q_TRY(q_sql_parse(a, sql, strlen(sql), &script, err));
    q_binder_init(&binder, &catalog, script);
    Q_TRY(q_bind_query(&binder, script->statement[0].query, &plan, err));
    *out = plan->u.project.exprs[0];
    return Q_OK;
}

static inline void sql_compare(const sql_case *c, const q_column *r, uint32_t i, const char *how)
{
    bool null = q_column_is_null(r, i);
    q_str s = null ? q_str_of(SQL_NULL) : Q_VALUES(r, q_str)[i];
    ck_assert_msg(q_str_eq(s, q_str_of(c->expected)), "%s: %s: '%.*s', not '%s'", how, c->sql,
                  (int)s.len, s.ptr, c->expected);
}

static inline void sql_run(const sql_case *c, const q_expr *x, const q_batch *batch,
                           const q_session *session, const char *how)
{
    q_program *p = NULL;
    q_err err;
    q_err_clear(&err);
    q_code code = q_program_new(&x, 1, session, NULL, &p, &err);
    for (int run = 0; run < 2 && !code; run++) /* the second finds prepared state */
        code = q_program_run(p, batch, &err);
    if (strcmp(c->expected, SQL_ERROR) == 0) {
        ck_assert_msg(code && code != Q_E_INTERNAL && err.msg[0], "%s: %s: no error", how, c->sql);
    } else {
        ck_assert_msg(code == Q_OK, "%s: %s: %s", how, c->sql, err.msg);
        for (uint32_t i = 0; i < batch->n_rows; i++) {
            if (i % 3 != 1)
                sql_compare(c, q_program_result(p, 0), i, how);
        }
    }
    q_program_destroy(&p);
}

static inline void sql_check_type(const sql_case *c, const q_expr *x)
{
    char name[Q_TYPE_NAME_BYTES] = "";
    bool hex = strcmp(c->type, "binary") == 0;
    bool is_cast =
        x->kind == Q_X_CALL && x->function == Q_FN_CAST && strcmp(c->type, "string") != 0;
    if (is_cast || (hex && x->kind == Q_X_CALL))
        x = x->args[0];
    if (c->type[0])
        ck_assert_msg(strcmp(q_type_name(x->type, name), c->type) == 0, "%s has type %s, not %s",
                      c->sql, name, c->type);
}

static inline void sql_check(const sql_case *c)
{
    q_arena a;
    q_err err;
    q_expr *x;
    q_session session = {.time_zone = c->zone ? c->zone : "UTC", .now_us = SQL_NOW};
    q_arena_init(&a, NULL);
    q_err_clear(&err);
    bool binary = strcmp(c->type, "binary") == 0;
    const char *sql =
        q_arena_printf(&a, binary ? "SELECT hex(%s)" : "SELECT CAST((%s) AS STRING)", c->sql);
    q_code code = sql_bind(&a, sql, &session, NULL, &x, &err);
    if (code) {
        ck_assert_msg(strcmp(c->expected, SQL_ERROR) == 0, "%s: %s", c->sql, err.msg);
    } else {
        q_batch one = {.n_rows = 1};
        sql_columns columns = {.a = &a};
        sql_check_type(c, x);
        sql_run(c, x, &one, &session, "constants");
        q_expr *y = sql_to_columns(&columns, x);
        q_batch batch = {.n_rows = SQL_ROWS, .n_columns = columns.n, .columns = columns.columns};
        sql_run(c, y, &batch, &session, "columns");
    }
    q_arena_fini(&a);
}

static inline int sql_main(const char *name, const TTest *test, int n)
{
    Suite *s = suite_create(name);
    TCase *t = tcase_create(name);
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test, 0, n);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}

#endif
