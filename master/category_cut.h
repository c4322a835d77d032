/*
 * Cutting a data set that the master holds by category: rows are grouped by the keys of the
 * stage's windows, groups are packed into tasks of about the same number of rows, and a group
 * larger than a task is cut into consecutive pieces. Rows carry their positions, so the result
 * comes back in input order. A task with whole groups only finishes them without a barrier.
 * Thread rule: the driver's thread.
 */
#ifndef Q_MASTER_CATEGORY_CUT_H
#define Q_MASTER_CATEGORY_CUT_H

#include "common/exec/sink_merge.h"
#include "master/shared.h"

/* Whether the branch's rows may be cut so: rows go back to the driver, all of them, and every
 * window partitions by the same plain columns of the source. keys: their indices, *n_keys of them.
 */
bool q_category_keys(const q_stage *stage, uint32_t branch, uint32_t keys[16], uint32_t *n_keys);

typedef struct q_category_part {
    q_shared *blocks; /* [position, columns…] */
    uint64_t n_rows;
} q_category_part;

/* Cut into at most n_parts parts (NULL blocks: empty). *whole: no group was cut. */
q_code q_category_cut(const q_schema *schema, const q_rows *rows, const uint32_t *keys,
                      uint32_t n_keys, uint32_t n_parts, q_budget *budget, q_category_part *parts,
                      bool *whole, q_err *err);

#endif
