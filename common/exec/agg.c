/* Finding an aggregate's ops. */
#include "common/exec/agg.h"

const q_agg_ops *q_agg_find(uint16_t function)
{
    static const q_agg_ops *const table[Q_N_FUNCTIONS] = {
#define A(id, name, sig, ops, ...) [Q_FN_##id] = &q_agg_##ops,
#include "common/plan/functions.def"
    };
    return function < Q_N_FUNCTIONS ? table[function] : NULL;
}
