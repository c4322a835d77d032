/*
 * Window functions over rows that are all at hand (class Q_WINDOW_ROWS): the merge
 * collects keys and arguments of every row, this evaluates the calls and gives one
 * column a call, rows in the order they came in.
 *
 * Rank family and whole-partition aggregates normally take cheaper ways (exec/ranks.h,
 * exec/agg.h) but are supported here too: the two ways are tested against each other.
 * Frames: ROWS and RANGE with every bound; aggregates over sliding frames are exact
 * (states that can be un-merged, or recomputed by segment).
 * Window-only functions have ops q_win_<name>; aggregates use their q_agg_ops.
 * Thread rule: none (pure function of its arguments).
 */
#ifndef Q_EXEC_WINDOW_H
#define Q_EXEC_WINDOW_H

#include "common/base/session.h"
#include "common/plan/stage.h"

typedef struct q_window_input {
    uint32_t n_rows;
    uint32_t n_partitions;        /* distinct partition keys */
    const uint32_t *partition;    /* of each row, 0..n_partitions-1 */
    q_column *const *order;       /* group->n_order columns, each n_rows long */
    q_column *const *const *args; /* args[c][j]: j-th argument of call c, evaluated */
    q_column *const *filters;     /* filters[c]: boolean or NULL */
} q_window_input;

/* One partition in window order, as a window-only function sees it. */
typedef struct q_window_part {
    const q_expr *call;
    uint32_t n;                              /* rows of the partition */
    const uint32_t *rows;                    /* row numbers in window order */
    const uint32_t *peer;                    /* index of the first row of i's peer group, 0..n-1 */
    const uint32_t *peer_end;                /* index after the last row of i's peer group */
    const uint32_t *frame_start, *frame_end; /* frame of i-th row as [start, end) indices */
    q_column *const *args;
    q_column *out; /* whole column; write out rows[i] */
    q_arena *arena;
    q_err *err;
} q_window_part;

typedef struct q_window_ops {
    bool rank_family; /* depends on keys and positions only: class Q_WINDOW_RANKS is possible */
    q_code (*evaluate)(q_window_part *p);
} q_window_ops;

#define W(id, name, sig, ops, ...) extern const q_window_ops q_win_##ops;
#include "common/plan/functions.def"

const q_window_ops *q_window_find(uint16_t function); /* NULL if not a window-only function */

/* out[c]: column of group->calls[c], n_rows long, in `a`. */
q_code q_window_evaluate(const q_window_group *group, const q_window_input *in,
                         const q_session *session, q_arena *a, q_column *out, q_err *err);

#endif
