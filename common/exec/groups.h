/*
 * Group table: rows of key columns → dense group numbers in order of first appearance.
 * NULL equals NULL, NaN equals NaN, -0.0 equals 0.0 (Spark's grouping); the stored key
 * is the first one seen, with -0.0 and NaN made canonical.
 *
 * Keys are copied into the table's arena. Fast paths: one short string (<= 8 bytes packed
 * into a word, with a small direct-mapped cache before the table), one fixed-width key;
 * several keys or long strings are encoded to bytes and hashed (xxHash3). Open addressing,
 * prefetch in blocks when the table outgrows the cache (SPEED.md's 27 ns against 71).
 * Thread rule: one thread at a time.
 */
#ifndef Q_EXEC_GROUPS_H
#define Q_EXEC_GROUPS_H

#include "common/column/column.h"

typedef struct q_groups q_groups;

/* n_keys 0 is allowed: every row is group 0 (which exists from the start). */
q_code q_groups_new(const q_type *types, uint32_t n_keys, q_arena *arena, q_groups **out,
                    q_err *err);
void q_groups_destroy(q_groups **g); /* the arena keeps the keys */
/* groups_out[i] = number of row i's group; new groups get the next numbers. */
q_code q_groups_add(q_groups *g, q_column *const *keys, uint32_t n_rows, uint32_t *groups_out,
                    q_err *err);
uint32_t q_groups_count(const q_groups *g);
/* The keys of all groups, one row a group in number order, as n_keys columns in `a`. */
q_code q_groups_keys(const q_groups *g, q_arena *a, q_column *columns, q_err *err);

#endif
