/*
 * The logical plan: a tree of operators with bound expressions over the columns
 * of their child (by index). Built by the SQL binder (and later other front
 * ends), rewritten by the rules in plan/rules/, cut into stages by plan/stage.h.
 * Nothing here assumes SQL text. Arena memory, read-only once optimised.
 */
#ifndef Q_PLAN_LOGICAL_H
#define Q_PLAN_LOGICAL_H

#include "common/io/source.h"
#include "common/plan/expr.h"

typedef enum q_plan_op {
    Q_PLAN_SCAN,      /* a data source; children: none */
    Q_PLAN_VALUES,    /* constant rows */
    Q_PLAN_FILTER,    /* rows whose predicate is true */
    Q_PLAN_PROJECT,   /* one expression a column */
    Q_PLAN_WINDOW,    /* child's columns, then one column a window function */
    Q_PLAN_AGGREGATE, /* group keys, then one column an aggregate */
    Q_PLAN_SORT,
    Q_PLAN_LIMIT,
    Q_PLAN_UNION, /* ALL; children have equal types */
} q_plan_op;

typedef struct q_order_key {
    q_expr *expr;
    bool descending, nulls_first;
} q_order_key;

/* One aggregate: count(*) has no argument. */
typedef struct q_agg_call {
    q_expr *call;   /* Q_X_CALL of an aggregate; its args are over the child's columns */
    q_expr *filter; /* FILTER (WHERE …), NULL if none */
} q_agg_call;

typedef enum q_frame_unit { Q_FRAME_ROWS, Q_FRAME_RANGE } q_frame_unit;
typedef enum q_bound_kind {
    Q_BOUND_UNBOUNDED_PRECEDING,
    Q_BOUND_PRECEDING,
    Q_BOUND_CURRENT_ROW,
    Q_BOUND_FOLLOWING,
    Q_BOUND_UNBOUNDED_FOLLOWING
} q_bound_kind;

typedef struct q_window_frame {
    uint8_t unit;       /* q_frame_unit */
    uint8_t start, end; /* q_bound_kind */
    q_expr
        *start_offset; /* literal: bigint for ROWS; the order key's type (or interval) for RANGE */
    q_expr *end_offset;
} q_window_frame;

typedef struct q_window_call {
    q_expr *call;         /* window function or aggregate; args over the child's columns */
    q_expr *filter;       /* aggregates only */
    q_window_frame frame; /* always explicit; ranking functions ignore it */
} q_window_call;

/* Functions over the same PARTITION BY and ORDER BY. */
typedef struct q_window_spec {
    uint32_t n_partition, n_order, n_calls;
    q_expr **partition;
    q_order_key *order;
    q_window_call *calls;
} q_window_spec;

typedef struct q_plan {
    q_plan_op op;
    uint32_t n_children;
    struct q_plan **children;
    q_schema schema; /* of the rows this operator gives */
    union {
        struct {
            const q_source *source; /* what to read; io/source.h */
            uint32_t n_columns;     /* columns of source->schema that are read, in output order */
            uint32_t *columns;
        } scan;
        struct {
            q_batch *rows;
        } values;
        struct {
            q_expr *predicate;
        } filter;
        struct {
            q_expr **exprs; /* schema.n_fields of them */
        } project;
        struct {
            uint32_t n_specs;
            q_window_spec *specs; /* output columns in the order specs × calls */
        } window;
        struct {
            uint32_t n_keys, n_aggs;
            q_expr **keys;
            q_agg_call *aggs;
        } aggregate;
        struct {
            uint32_t n_keys;
            q_order_key *keys;
            int64_t limit; /* top-N rows are enough (offset included), -1 all */
        } sort;
        struct {
            int64_t limit; /* -1: none */
            int64_t offset;
        } limit;
    } u;
} q_plan;

/* A statement after binding. */
typedef enum q_stmt_kind {
    Q_STMT_QUERY,      /* rows for the client (or --output) */
    Q_STMT_INSERT_DIR, /* plan's rows to a directory */
    Q_STMT_RESULT,     /* rows known at once: SHOW, DESCRIBE, EXPLAIN, SET k */
    Q_STMT_NOTHING     /* CREATE VIEW, SET k=v: took effect in the catalog */
} q_stmt_kind;

typedef struct q_stmt {
    q_stmt_kind kind;
    q_plan *plan;            /* QUERY, INSERT_DIR; optimised */
    const q_sink_spec *sink; /* INSERT_DIR */
    q_schema schema;         /* RESULT */
    const q_batch *rows;     /* RESULT */
    uint32_t offset, len;    /* in the script's text */
} q_stmt;

#endif
