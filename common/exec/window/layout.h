/*
 * Rows in window order: partition by partition, within one by the order keys, ties by row
 * number; who is whose peer; where each row's frame begins and ends.
 * Memory: from the arena given. Thread rule: none (pure functions).
 */
#ifndef Q_EXEC_WINDOW_LAYOUT_H
#define Q_EXEC_WINDOW_LAYOUT_H

#include "common/exec/window.h"

/* A position is an index into the window order of all rows; peers and frames are indices
 * within the partition. */
typedef struct q_window_layout {
    uint32_t n_rows, n_parts;
    uint32_t *rows;            /* by position: row number */
    uint32_t *start;           /* by partition: its first position; n_parts + 1 */
    uint32_t *peer, *peer_end; /* by position: index of the first peer, index after the last */
} q_window_layout;

q_code q_window_layout_make(const q_window_group *g, const q_window_input *in, q_arena *a,
                            q_window_layout *out, q_err *err);

typedef struct q_window_frames {
    uint32_t *start, *end; /* by position: [start, end), end >= start */
} q_window_frames;

/*
 * Frames of one call. RANGE with offsets looks at one order key, as Spark: NULL keys see
 * their peers only (and what is unbounded), sums of integers wrap around, and neither end of
 * the frame ever moves back within a partition.
 */
q_code q_window_frames_make(const q_window_group *g, const q_window_frame *frame,
                            const q_window_input *in, const q_window_layout *l,
                            const q_session *session, q_arena *a, q_window_frames *out, q_err *err);

#endif
