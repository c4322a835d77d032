/* What the aggregates' files share. */
#ifndef Q_EXEC_AGG_UTIL_H
#define Q_EXEC_AGG_UTIL_H

#include "common/exec/agg.h"

static inline q_code q_agg_no_memory(const q_agg_ctx *c, size_t bytes)
{
    return q_budget_error(c->arena->budget, bytes, c->err);
}

/* A result column whose NULL rows the callee clears with q_agg_null. */
static inline q_code q_agg_null(const q_agg_ctx *c, q_column *out, uint32_t row, q_arena *a)
{
    Q_TRY(q_column_need_validity(out, a, c->err));
    q_bit_clear(out->validity, row);
    return Q_OK;
}

/* A string's bytes in the states' arena. */
static inline q_code q_agg_keep_str(q_agg_ctx *c, q_str s, q_str *out)
{
    char *p = q_arena_strndup(c->arena, s.len ? s.ptr : "", s.len);
    if (!p)
        return q_agg_no_memory(c, s.len);
    *out = (q_str){p, s.len, s.flags};
    return Q_OK;
}

#endif
