/*
 * Aggregates over frames. Frames of the whole partition take one state a partition; frames
 * that start with it, one state that grows; all others are folded afresh from their rows,
 * or, where frames are long, from the merged states of blocks of rows (a segment tree: Leis,
 * Kundhikanjana, Kemper, Neumann: "Efficient Processing of Window Functions in Analytical
 * SQL Queries", 2015). Rows enter in window order, so first, last and collect_list hold.
 * Thread rule: none (pure function).
 */
#ifndef Q_EXEC_WINDOW_AGGREGATE_H
#define Q_EXEC_WINDOW_AGGREGATE_H

#include "common/exec/window/layout.h"

/* out: n_rows long, by row. frames: of this call. filter: boolean or NULL. */
q_code q_window_aggregate(const q_window_call *call, q_column *const *args, const q_column *filter,
                          const q_window_layout *l, const q_window_frames *frames,
                          const q_session *session, q_arena *a, q_column *out, q_err *err);

#endif
