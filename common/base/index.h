/*
 * Finding a thing among many by its hash: the index holds hashes with numbers, the caller holds
 * the things and compares. For what comes from outside in any number (columns, literals, names),
 * where looking at all of them for each of them would take their square.
 *
 *   q_index_cursor c = q_index_at(hash);
 *   for (uint32_t i; q_index_next(&index, &c, &i);)
 *       if (same(things[i], x)) …
 *
 * Numbers of the same hash come in the order in which they were added. Memory is the arena's; a
 * zeroed index is an empty one.
 */
#ifndef Q_BASE_INDEX_H
#define Q_BASE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"

typedef struct q_index_entry {
    uint64_t hash;
    uint32_t number; /* + 1; 0: free */
} q_index_entry;

typedef struct q_index {
    q_index_entry *entry;
    uint32_t n, room; /* room: 0 or a power of two */
} q_index;

typedef struct q_index_cursor {
    uint64_t hash;
    uint32_t steps;
} q_index_cursor;

static inline q_index_cursor q_index_at(uint64_t hash)
{
    return (q_index_cursor){hash, 0};
}

/* The next number with the cursor's hash; false: no more. */
bool q_index_next(const q_index *index, q_index_cursor *c, uint32_t *number);
/* False: the arena's budget has no room for it. */
bool q_index_add(q_index *index, q_arena *a, uint64_t hash, uint32_t number);

/* A hash of bytes and of a text without regard to the case of ASCII letters; `seed` chains them. */
uint64_t q_hash_bytes(uint64_t seed, const void *bytes, size_t n);
uint64_t q_hash_nocase(uint64_t seed, const char *text);

static inline uint64_t q_hash_number(uint64_t seed, uint64_t v)
{
    v = (v ^ seed) * UINT64_C(0x9E3779B97F4A7C15);
    return v ^ v >> 32;
}

#endif
