/*
 * Single values inside aggregate states: loading, comparing, keeping and storing them,
 * whatever their type.
 *
 * States and partial columns know no arrays: an array is packed into bytes on its way in
 * (q_agg_pack) and taken apart in finish (q_agg_unpack). Where only the order counts, it is
 * its sort key (q_agg_order_column).
 * Thread rule: as exec/agg.h.
 */
#ifndef Q_EXEC_AGG_VALUE_H
#define Q_EXEC_AGG_VALUE_H

#include "common/exec/agg/agg_util.h"

typedef union q_agg_value {
    int64_t i; /* integers, boolean, dates, timestamps, intervals */
    double d;  /* float, double */
    q_int128 dec;
    q_str s;
} q_agg_value;

/* A value in a state; all zero is "none yet". */
typedef struct q_agg_slot {
    q_agg_value v;
    uint32_t room; /* bytes of v.s that belong to the slot; 0: borrowed */
    bool has;      /* there is a value, which may be NULL */
    bool null;
    uint64_t mark; /* of the op, 0 between calls */
} q_agg_slot;

/* The type of a value in states and partial columns: BINARY for arrays, else the type itself. */
static inline q_type q_agg_stored_type(q_type t)
{
    return t.kind == Q_ARRAY ? Q_TYPE(Q_BINARY) : t;
}

/* *out = the column in its stored form: itself, or *tmp filled with packed arrays in `a`. */
q_code q_agg_pack(q_agg_ctx *c, const q_column *column, q_arena *a, q_column *tmp,
                  const q_column **out);
/* The reverse, for results of type `type`. Packed bytes may come from outside: PROTOCOL. */
q_code q_agg_unpack(q_agg_ctx *c, const q_column *stored, q_type type, q_arena *a, q_column *out);
/* *out = the column, or for arrays *tmp filled with binary keys of the same order. */
q_code q_agg_order_column(q_agg_ctx *c, q_column *column, q_arena *a, q_column *tmp,
                          q_column **out);

/* Not for NULL rows, arrays and VOID. Borrows string bytes. */
void q_agg_load(const q_column *c, uint32_t row, q_agg_value *out);
void q_agg_store(q_column *c, uint32_t row, const q_agg_value *v);
/* -1, 0, 1: NaN is the greatest and equals NaN, -0.0 equals 0.0. */
int q_agg_cmp(q_type stored, const q_agg_value *a, const q_agg_value *b);
/* The value of a row (NULL too) goes into the slot, which keeps string bytes of its own. */
q_code q_agg_slot_set(q_agg_ctx *c, q_agg_slot *slot, const q_column *column, uint32_t row);
/* Row of a column from the slot; NULL if it has none. */
q_code q_agg_slot_put(const q_agg_ctx *c, const q_agg_slot *slot, q_column *column, uint32_t row,
                      q_arena *a);

#endif
