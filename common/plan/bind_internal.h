/*
 * What the binder's files share. Nothing here is for other modules.
 *
 * An expression of a SELECT is bound over the columns of its FROM clause, with
 * placeholders for what is computed on the way up: aggregates, window functions
 * and other items of the select list. bind_select.c then builds the operators from
 * below (filter, aggregate, windows, projections, sort) and replaces each kind of
 * placeholder by the column in which the operator below delivers it.
 */
#ifndef Q_PLAN_BIND_INTERNAL_H
#define Q_PLAN_BIND_INTERNAL_H

#include "common/plan/bind.h"
#include "common/plan/coerce.h"
#include "common/plan/label.h"
#include "common/base/index.h"
#include "common/base/nearest.h"
#include "common/plan/rewrite.h"
#include "common/plan/signature.h"
#include "common/plan/vec.h"

/* Placeholders: column numbers from here on, plus the index in the select's list. */
#define BIND_AGG    0x80000000u
#define BIND_WINDOW 0x40000000u
#define BIND_ITEM   0x20000000u

/* More nodes than this (shared ones counted each time) are refused: RECURSION_LIMIT. */
#define BIND_MAX_NODES (1u << 20)

/* One statement's binding. */
typedef struct bind {
    q_binder *binder;
    q_catalog *catalog;
    q_arena *a;
    q_err *err;
    uint32_t n_origins; /* last identity given to a column */
} bind;

/* A column that expressions can name. */
typedef struct bind_column {
    const char *name;
    const char *qualifier; /* the table's alias or the view's name; NULL: none */
    uint32_t index;        /* column of the relation's plan */
    uint32_t origin;       /* identity: a column that is passed on keeps it */
    q_type type;
    bool nullable;
} bind_column;

typedef struct bind_scope {
    uint32_t n;
    bind_column *columns;
    q_index *names; /* columns by name; filled when first asked */
} bind_scope;

/* A table expression or query: rows and the names of its columns. */
typedef struct bind_relation {
    q_plan *plan;
    bind_scope scope; /* one entry a column of the plan, in order */
} bind_relation;

/* The common table expressions of a WITH that are in sight, and those of the queries around it. */
typedef struct bind_cte {
    const char *name;
    bind_relation relation;
} bind_cte;

typedef struct bind_with {
    q_vec ctes;    /* bind_cte * */
    q_index names; /* of ctes */
    const struct bind_with *outer;
} bind_with;

/* A bound expression with its text. */
typedef struct bind_value {
    q_expr *x;
    const q_label *label;
    uint32_t n_nodes; /* of x as a tree */
    bool days;        /* written as INTERVAL … DAY */
} bind_value;

/* Expressions found by what they are; each has its number. */
typedef struct bind_exprs {
    q_index index;
    q_vec exprs; /* const q_expr *, by number */
} bind_exprs;

/* ---- parts of a SELECT ---------------------------------------------------- */

typedef struct bind_item {
    const char *name;
    bool aliased;
    q_expr *x;        /* with placeholders */
    uint32_t origin;  /* of a column that is passed on; else a new one */
    uint32_t level;   /* 0, or 1 + the greatest of the items it refers to laterally */
    uint64_t n_nodes; /* of x, with those of the items it refers to laterally */
    const char *qualifier;
    const q_sql_expr *ast; /* NULL for columns of a star */
    q_sql_span at;
} bind_item;

typedef struct bind_agg {
    q_expr *call;
    q_expr *filter;
} bind_agg;

typedef struct bind_window {
    q_expr *call;
    q_expr *filter;
    q_window_frame frame;
    uint32_t n_partition, n_order;
    q_expr **partition;
    q_order_key *order;
    uint32_t level; /* 0, or 1 + the greatest of the windows in it */
} bind_window;

typedef struct bind_select {
    bind *b;
    const q_sql_select *ast;
    q_plan *plan;     /* so far */
    bind_scope input; /* columns of FROM */
    q_vec items;      /* bind_item *; all in sight while the next is bound */
    q_vec aggs;       /* bind_agg * */
    q_vec windows;    /* bind_window * */
    bind_exprs keys;  /* of GROUP BY, over the input */
    q_index item_index, agg_index, window_index;
    q_index named_windows; /* of the WINDOW clause, filled when first asked */
    bool grouped;          /* has GROUP BY, or an aggregate, or HAVING */
} bind_select;

/* Where an expression stands. */
typedef struct bind_ctx {
    bind *b;
    const bind_scope *input; /* NULL: no columns */
    bind_select *select;     /* NULL: no aggregates, window functions or other items */
    const char *clause;      /* for messages: "WHERE", "GROUP BY", … */
    bool aggregates;         /* aggregate functions may stand here */
    bool windows;            /* window functions may stand here */
    bool items_first;        /* output columns before input columns: ORDER BY, HAVING */
    bool items_after;        /* output columns after them: lateral aliases, GROUP BY */
    bool in_aggregate, in_window;
} bind_ctx;

/* ---- bind_scope.c --------------------------------------------------------- */

bool bind_same_name(const bind *b, const char *x, const char *y);
bind_column *bind_scope_new(bind *b, uint32_t n, bind_scope *out);
/* Columns of the scope that may have the name, ascending; compare with bind_same_name. */
q_index_cursor bind_scope_named(bind *b, const bind_scope *scope, const char *name);
/* Scope of a plan's columns, each with a new identity. */
void bind_scope_of(bind *b, const q_schema *schema, const char *qualifier, bind_scope *out);
q_code bind_name(bind_ctx *c, const q_sql_expr *e, bind_value *out);
/* Columns of `*`, `t.*`, `* EXCEPT (…)`: indices into c->input->columns. */
q_code bind_star(bind_ctx *c, const q_sql_expr *e, uint32_t **columns, uint32_t *n);
const char *bind_names_text(bind *b, const q_sql_names *names); /* `t`.`a` */

/* ---- bind_expr.c, bind_literal.c, bind_call.c, bind_window.c -------------- */

q_code bind_expr(bind_ctx *c, const q_sql_expr *e, bind_value *out);
/* A boolean condition. */
q_code bind_condition(bind_ctx *c, const q_sql_expr *e, q_expr **out);
q_code bind_literal(bind *b, const q_sql_literal *l, bind_value *out);
/* A call by name with bound arguments; label NULL: as q_label_call writes it. */
q_code bind_call_of(bind *b, const char *name, uint32_t n, bind_value *args, const q_label *label,
                    bind_value *out);
q_code bind_call(bind_ctx *c, const q_sql_expr *e, bind_value *out);
/* CAST, TRY_CAST */
q_code bind_cast(bind *b, const bind_value *operand, q_type to, bool try, const q_label *label,
                 bind_value *out);
q_code bind_window_call(bind_ctx *c, const q_sql_expr *e, bind_value *out);
/* Arguments of a call, stars expanded. */
q_code bind_args(bind_ctx *c, const q_sql_call *call, bind_value **args, uint32_t *n);
/* The call of an aggregate or window function with these arguments (IGNORE NULLS, DISTINCT and
 * forms like WITHIN GROUP looked at). */
q_code bind_function(bind_ctx *c, const q_sql_expr *e, uint32_t n, bind_value *args,
                     bind_value *out);
/* The function's name in the table: percentile_cont(…) WITHIN GROUP is percentile. */
const char *bind_function_name(const q_sql_call *call);
/* FILTER (WHERE …) of a call, NULL if it has none; its label is appended to out's. */
q_code bind_filter(bind_ctx *c, const q_sql_call *call, bind_value *out, q_expr **filter);
/* Fold to a literal where possible. */
q_code bind_fold(bind *b, q_expr **x);

/* The number of an expression equal to x, UINT32_MAX: none. Of several it is the lowest. */
uint32_t bind_exprs_find(const bind_exprs *list, const q_expr *x);
void bind_exprs_add(bind *b, bind_exprs *list, const q_expr *x);
/* Of a call and its filter (NULL: none), for the indices of a select. */
uint64_t bind_filtered_hash(const q_expr *call, const q_expr *filter);

q_typing bind_typing(bind *b);
/* Set the place of the error unless it is known; returns code. */
q_code bind_at(bind *b, q_code code, q_sql_span at);
q_code bind_error(bind *b, q_sql_span at, q_code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
q_code bind_unsupported(bind *b, q_sql_span at, const char *what);

/* ---- bind_build.c: s->plan becomes the whole SELECT's -------------------------- */

/* having: NULL for none; order: its keys are rewritten. */
q_code bind_build(bind_select *s, const q_sql_query *q, q_expr *having, uint32_t n_order,
                  q_order_key *order);

/* ---- bind_select.c, bind_query.c ------------------------------------------ */

/* A SELECT with the ORDER BY of its query. */
q_code bind_select_query(bind *b, const q_sql_query *q, const bind_with *ctes, bind_relation *out);
q_code bind_query(bind *b, const q_sql_query *q, const bind_with *ctes, bind_relation *out);
q_code bind_from(bind *b, const q_sql_from *from, const bind_with *ctes, bind_relation *out);
/* More columns than can be sent are refused: PROTOCOL_LIMIT. */
q_code bind_width(bind *b, uint64_t n_columns, q_sql_span at);
q_code bind_values(bind *b, const q_sql_values *values, q_sql_span at, bind_relation *out);
/* `AS t(a, b)` */
q_code bind_alias(bind *b, const q_sql_alias *alias, q_sql_span at, bind_relation *r);

/* ---- bind_plan.c: operators ------------------------------------------------ */

q_plan *bind_plan_new(bind *b, q_plan_op op, q_plan *child);
q_plan *bind_filter_plan(bind *b, q_plan *child, q_expr *predicate);
/* names: one an expression. */
q_plan *bind_project_plan(bind *b, q_plan *child, uint32_t n, q_expr **exprs,
                          const char *const *names);
q_plan *bind_distinct_plan(bind *b, q_plan *child);
q_plan *bind_sort_plan(bind *b, q_plan *child, uint32_t n, q_order_key *keys);
q_plan *bind_one_row(bind *b); /* no columns, one row */
q_expr *bind_column_expr(bind *b, const q_plan *plan, uint32_t column);

/* ---- bind.c ------------------------------------------------------------------- */

/* A statement's query with the result's names, optimised. */
q_code bind_optimised(bind *b, const q_sql_query *query, q_plan **out);
q_code bind_optimise(bind *b, q_plan *in, q_plan **out);
/* INSERT OVERWRITE DIRECTORY: its plan before optimisation, and its sink. */
q_code bind_insert(bind *b, const q_sql_statement *st, q_plan **plan, q_sink_spec **sink);

/* ---- bind_show.c ------------------------------------------------------------ */

q_code bind_show(bind *b, const q_sql_statement *st, q_stmt *out);
q_code bind_explain(bind *b, const q_sql_statement *st, q_stmt *out);

#endif
