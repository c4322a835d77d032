/*
 * States that hold all their values: chained chunks in the states' arena, so that growing
 * copies nothing. Values have the fixed width of their column type; string bytes are kept.
 * Thread rule: as exec/agg.h.
 */
#ifndef Q_EXEC_AGG_LIST_H
#define Q_EXEC_AGG_LIST_H

#include "common/exec/agg/agg_util.h"

typedef struct q_agg_chunk {
    struct q_agg_chunk *next;
    uint32_t n, cap;
    char values[]; /* 16-byte aligned: the chunk is */
} q_agg_chunk;

typedef struct q_agg_list {
    q_agg_chunk *first, *last;
    uint64_t n, unused; /* states are multiples of 16 bytes */
} q_agg_list;

/* Append rows that are not NULL; row i of the column to list groups[i]. */
q_code q_agg_lists_add(q_agg_ctx *c, q_agg_list *lists, const uint32_t *groups, uint32_t n,
                       const q_column *column);
/* Append what save wrote: row i's elements to list groups[i]. */
q_code q_agg_lists_merge(q_agg_ctx *c, q_agg_list *lists, const uint32_t *groups, uint32_t n,
                         const q_column *arrays);
/* n lists as one ARRAY column of elements of the type. */
q_code q_agg_lists_save(q_agg_ctx *c, const q_agg_list *lists, uint32_t n, q_type element,
                        q_arena *out, q_column *arrays);
/* All values of a list in one piece at `to`. */
void q_agg_list_copy(const q_agg_list *list, size_t width, void *to);

/* The ops (exec/agg.h) of an aggregate whose state is the list of its first argument. */
uint32_t q_agg_list_bytes(const q_expr *call);
q_code q_agg_list_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         q_column *const *args);
uint32_t q_agg_list_partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS]);
q_code q_agg_list_save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                       q_column *columns);
q_code q_agg_list_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                        const q_column *columns);

#endif
