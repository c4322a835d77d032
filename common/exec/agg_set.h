/*
 * A set of aggregates over the same groups: the states of all calls side by side, with
 * FILTER and DISTINCT on top of the plain ops of exec/agg.h. Used by GROUP BY sinks and by
 * whole-partition window aggregates, on tasks (update, save) and in merges (load, finish).
 *
 * DISTINCT keeps each call's set of (group, arguments) in first-seen order; only when
 * finished are they folded into states, so that merging sets is exact.
 * Memory: from the arena given, nothing is freed before it. One thread at a time.
 */
#ifndef Q_EXEC_AGG_SET_H
#define Q_EXEC_AGG_SET_H

#include "common/base/session.h"
#include "common/plan/logical.h"

typedef struct q_agg_set q_agg_set;

q_code q_agg_set_new(const q_agg_call *calls, uint32_t n_calls, const q_session *session,
                     q_arena *arena, q_agg_set **out, q_err *err);
void q_agg_set_destroy(q_agg_set **s);

/* Fold a batch in. groups[i] < n_groups; args: the calls' arguments one after the other (call by
 * call), filters[c]: boolean column or NULL. scratch: for this batch. */
q_code q_agg_set_update(q_agg_set *s, const uint32_t *groups, uint32_t n_groups, uint32_t n_rows,
                        q_column *const *args, q_column *const *filters, q_arena *scratch,
                        q_err *err);
/* Append the states of groups 0..n_groups-1 to a body (proto/batch.h blocks). */
q_code q_agg_set_save(q_agg_set *s, uint32_t n_groups, q_buf *out, q_err *err);

struct q_batch_cursor;
/* Read what save wrote and merge it: its group i is group map[i] < n_groups here. Call in task
 * order. The body must live until the set goes. */
q_code q_agg_set_load(q_agg_set *s, struct q_batch_cursor *in, const uint32_t *map, uint32_t n_map,
                      uint32_t n_groups, q_err *err);
/* One result column a call, n_groups rows, in `a`. */
q_code q_agg_set_finish(q_agg_set *s, uint32_t n_groups, q_arena *a, q_column *out, q_err *err);

#endif
