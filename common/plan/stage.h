/*
 * Physical plan: a job's statement cut into stages, a stage into tasks.
 *
 *   branch: source → segment ┐
 *   branch: source → segment ┴→ [ window barrier → segment ]* → sink
 *
 * A segment is a chain of per-record operators. A stage has one task for each split
 * of its branches' sources; tasks are numbered branch by branch in input order, so
 * (task, row in task) is a row's input position. A window barrier: each task keeps its
 * rows, sends the merge what it needs (partial states, sorted runs), goes on when the
 * merged result comes back (exec/task.h, exec/merge.h). The sink ends the task: rows,
 * partial aggregates or sorted runs for the master's merge, or part files. What a
 * stage's merge gives is a data set held by the master, which a later stage reads
 * as Q_SOURCE_ROWS. (Stage/task terms are Spark's; the cut at blocking operators is
 * the one of citus' and Spark's planners.)
 *
 * Read-only once made; arena memory; serialised by plan/serial.h.
 */
#ifndef Q_PLAN_STAGE_H
#define Q_PLAN_STAGE_H

/* rows_id of data sets that came from a client's stream: this bit and the input's index. */
#define Q_ROWS_STREAMED 0x40000000u

#include "common/base/session.h"
#include "common/plan/logical.h"

typedef enum q_op_kind { Q_OP_FILTER, Q_OP_PROJECT } q_op_kind;

typedef struct q_op {
    uint8_t kind;      /* q_op_kind */
    q_expr *predicate; /* FILTER */
    uint32_t n_exprs;  /* PROJECT */
    q_expr **exprs;
} q_op;

typedef struct q_segment {
    uint32_t n_ops;
    q_op *ops;
} q_segment;

typedef struct q_branch {
    const q_source *source;
    uint32_t n_columns; /* of source->schema that are read, in order */
    uint32_t *columns;
    q_segment segment;
} q_branch;

/* What a group of window calls needs from the merge. */
typedef enum q_window_class {
    Q_WINDOW_STATES, /* aggregates over whole partitions: mergeable states, one a key */
    Q_WINDOW_RANKS,  /* rank family: the order keys as sorted runs */
    Q_WINDOW_ROWS    /* any function, any frame: keys and arguments of every row */
} q_window_class;

/* Calls of one class over the same PARTITION BY and ORDER BY. */
typedef struct q_window_group {
    uint8_t window_class; /* q_window_class */
    uint32_t partition;   /* index into q_barrier.partitions */
    uint32_t n_order, n_calls;
    q_order_key *order;
    q_window_call *calls;
    uint32_t *columns; /* calls[i]'s column among the barrier's new columns */
} q_window_group;

typedef struct q_partition {
    uint32_t n_keys; /* 0: all rows are one partition */
    q_expr **keys;
} q_partition;

typedef struct q_barrier {
    uint32_t n_partitions; /* distinct PARTITION BY lists */
    q_partition *partitions;
    uint32_t n_groups;
    q_window_group *groups;
    uint32_t n_columns; /* columns added behind the input's */
    q_type *types;      /* of the added columns */
    q_segment after;    /* operators that follow */
} q_barrier;

typedef enum q_sink_kind {
    Q_SINK_ROWS,      /* rows in input order, at most limit after offset */
    Q_SINK_AGGREGATE, /* one row a group, groups in order of first appearance */
    Q_SINK_SORT,      /* rows in key order (ties: input position), limit as ROWS */
    Q_SINK_FILES      /* each task writes a part file */
} q_sink_kind;

typedef struct q_sink {
    uint8_t kind;            /* q_sink_kind */
    int64_t limit, offset;   /* ROWS, SORT; limit -1: all */
    uint32_t n_keys, n_aggs; /* AGGREGATE */
    q_expr **keys;
    q_agg_call *aggs;
    uint32_t n_order; /* SORT */
    q_order_key *order;
    const q_sink_spec *files; /* FILES */
} q_sink;

typedef struct q_stage {
    uint32_t id; /* index in the job's list */
    uint32_t n_branches, n_barriers;
    q_branch *branches;
    q_barrier *barriers;
    q_sink sink;
    q_schema input;   /* after the branches' segments: what the first barrier or sink sees */
    q_schema output;  /* rows the stage gives (of the sink's merge; FILES: rows written) */
    uint32_t rows_id; /* data set that the output becomes: Q_SOURCE_ROWS of later stages */
} q_stage;

typedef struct q_stages {
    uint32_t n_stages;    /* in an order in which they can run */
    q_stage *stages;      /* the last one gives the statement's result */
    uint32_t n_constants; /* data sets known at planning (VALUES), with ids 0.. */
    const q_batch **constants;
    uint32_t n_rows_ids; /* ids used: constants first, then stage outputs */
} q_stages;

/* Cut an optimised plan. sink: where rows go (NULL: back to the client as ROWS). */
q_code q_stages_cut(q_arena *a, const q_plan *plan, const q_sink_spec *sink, q_stages *out,
                    q_err *err);
/* EXPLAIN STAGES / PHYSICAL text. */
void q_stages_print(const q_stages *s, q_buf *out);

/* The types a segment gives for input types `in`: used by tasks and the cutter. */
uint32_t q_segment_width(const q_segment *s, uint32_t n_in);

#endif
