/* What percentiles with and without frequencies share. Thread rule: as exec/agg.h. */
#ifndef Q_EXEC_AGG_PERCENTILE_H
#define Q_EXEC_AGG_PERCENTILE_H

#include <math.h>

#include "common/exec/agg/list.h"

/* The wanted shares; they live as long as the call. */
typedef struct q_agg_shares {
    const double *p;
    uint32_t n;
    bool many; /* the result is an array */
} q_agg_shares;

/* A list's values, and their order. */
typedef struct q_agg_sorted {
    q_column values;
    uint32_t *order;
} q_agg_sorted;

/* want.n values of `out` from row `at` on, from a list that is not empty; tmp: scratch. */
typedef q_code q_agg_put_shares(q_agg_ctx *c, const q_agg_list *list, const q_agg_sorted *s,
                                q_agg_shares want, q_arena *tmp, q_column *out, uint32_t at);

/* States whose first list holds the values. */
typedef struct q_agg_percentiles {
    const q_agg_list *lists;
    uint32_t lists_each; /* lists in a state */
    q_agg_put_shares *put;
} q_agg_percentiles;

/* The aggregate's `finish`: n states to the result column. */
q_code q_agg_percentiles_of(q_agg_ctx *c, q_agg_percentiles how, uint32_t n, q_arena *out,
                            q_column *result);

/* At a position between two neighbours: Spark's formula. */
static inline double q_agg_between(double position, double low, double high)
{
    double lower = floor(position), higher = ceil(position);
    if (lower == higher || low == high)
        return low;
    return (higher - position) * low + (position - lower) * high;
}

#endif
