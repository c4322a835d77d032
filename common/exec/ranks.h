/*
 * The rank family without moving rows: each task sorts its own order keys into runs of
 * distinct keys with counts, one run a partition; the merge unites the runs of all tasks
 * and tells each task the ranks of its own entries (SPEED.md §5: scan own run against the
 * united keys, no row is merged). Runs are in word form (exec/sortkey.h); byte-form keys
 * get words by sorting the distinct ones.
 *
 * A NULL key in word form is an entry of its own with a cleared validity bit.
 * Thread rule: one thread at a time.
 */
#ifndef Q_EXEC_RANKS_H
#define Q_EXEC_RANKS_H

#include "common/exec/sortkey.h"
#include "common/plan/stage.h"

struct q_batch_cursor;

/* ---- task side ---- */

/* One task's runs. */
typedef struct q_runs {
    uint32_t n_rows, n_parts, n_entries;
    uint32_t *part_entries;   /* entries of each partition */
    uint32_t *entry_of_row;   /* by row */
    uint32_t *index_in_entry; /* by row: how many earlier rows of the task have the entry */
    q_column keys;            /* by entry: BIGINT words or BINARY */
    uint32_t *counts;         /* by entry: rows */
} q_runs;

/* Keys of all rows of a task in one of the two forms. */
typedef struct q_run_keys {
    q_sortkey_spec spec;
    const uint64_t *words; /* word form */
    const uint64_t *valid; /* word form: cleared bits are NULL rows; NULL: none */
    const q_str *bytes;    /* byte form */
} q_run_keys;

/* parts[i] < n_parts is row i's partition. Memory of the result in `a`. */
q_code q_runs_build(const q_run_keys *keys, uint32_t n_rows, const uint32_t *parts,
                    uint32_t n_parts, q_arena *a, q_runs *out, q_err *err);
q_code q_runs_encode(const q_runs *r, q_buf *out, q_err *err);

/* Results from the merge for this task's entries. */
typedef struct q_ranks {
    const int64_t *part_rows; /* by partition: rows of it in all tasks */
    const q_column *values;   /* by call: one value an entry */
} q_ranks;
q_code q_ranks_decode(const q_window_group *g, const q_runs *r, struct q_batch_cursor *in,
                      q_arena *a, q_ranks *out, q_err *err);
/* Call c's column for rows [from, from+n). parts: partition of these rows. */
q_code q_ranks_attach(const q_window_group *g, uint32_t c, const q_runs *r, const q_ranks *ranks,
                      const uint32_t *parts, uint32_t from, uint32_t n, q_arena *a, q_column *out,
                      q_err *err);

/* ---- merge side ---- */

typedef struct q_ranks_merge q_ranks_merge;

q_code q_ranks_merge_new(const q_window_group *g, uint32_t n_tasks, q_arena *a, q_ranks_merge **out,
                         q_err *err);
/* Read a task's runs; map[p] is the global number of its partition p. In task order. */
q_code q_ranks_merge_add(q_ranks_merge *m, uint32_t task, struct q_batch_cursor *in,
                         const uint32_t *map, uint32_t n_map, q_err *err);
q_code q_ranks_merge_finish(q_ranks_merge *m, uint32_t n_parts, q_err *err);
/* Adds each partition's rows to rows[0..n_parts). */
void q_ranks_merge_rows(const q_ranks_merge *m, int64_t *rows);
q_code q_ranks_merge_reply(const q_ranks_merge *m, uint32_t task, q_buf *out, q_err *err);

#endif
