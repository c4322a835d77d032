/* Finding by hash: open addressing, linear probing. */
#include "common/base/index.h"

#include <string.h>
#include <xxhash.h>

bool q_index_next(const q_index *index, q_index_cursor *c, uint32_t *number)
{
    while (index->room) {
        const q_index_entry *e = &index->entry[(c->hash + c->steps) & (index->room - 1)];
        if (!e->number)
            return false;
        c->steps++;
        if (e->hash == c->hash) {
            *number = e->number - 1;
            return true;
        }
    }
    return false;
}

static void put(q_index *index, uint64_t hash, uint32_t number)
{
    uint64_t at = hash & (index->room - 1);
    while (index->entry[at].number)
        at = (at + 1) & (index->room - 1);
    index->entry[at] = (q_index_entry){hash, number};
}

/* Entries of one hash keep their order: going round from a free place visits them in it. */
static bool grow(q_index *index, q_arena *a)
{
    q_index old = *index;
    uint32_t room = old.room ? 2 * old.room : 16, start = 0;
    q_index_entry *entry = q_arena_array(a, q_index_entry, room);
    if (!entry)
        return false;
    index->entry = entry;
    index->room = room;
    while (start < old.room && old.entry[start].number)
        start++;
    for (uint32_t i = 0; i < old.room; i++) {
        const q_index_entry *e = &old.entry[(start + i) & (old.room - 1)];
        if (e->number)
            put(index, e->hash, e->number);
    }
    return true;
}

bool q_index_add(q_index *index, q_arena *a, uint64_t hash, uint32_t number)
{
    if (2 * index->n >= index->room && !grow(index, a))
        return false;
    put(index, hash, number + 1);
    index->n++;
    return true;
}

uint64_t q_hash_bytes(uint64_t seed, const void *bytes, size_t n)
{
    return XXH3_64bits_withSeed(bytes, n, seed);
}

uint64_t q_hash_nocase(uint64_t seed, const char *text)
{
    char lower[64];
    for (;;) {
        size_t n = 0;
        for (; n < sizeof lower && text[n]; n++)
            lower[n] = (char)(text[n] >= 'A' && text[n] <= 'Z' ? text[n] + 32 : text[n]);
        seed = q_hash_bytes(seed, lower, n);
        if (n < sizeof lower)
            return seed;
        text += n;
    }
}
