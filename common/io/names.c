/* Names to numbers. */
#include "common/io/names.h"

#include <xxhash.h>

static uint32_t slot_of(const q_names *t, const char *s, size_t n)
{
    uint32_t at = (uint32_t)XXH3_64bits(s, n) & t->mask;
    while (t->slots[at] >= 0 && !q_names_is(t, t->slots[at], s, n))
        at = (at + 1) & t->mask;
    return at;
}

void q_names_init(q_names *t, const q_schema *schema, q_arena *a)
{
    uint32_t cap = 16;
    while (cap < 2 * schema->n_fields)
        cap *= 2;
    t->schema = schema;
    t->mask = cap - 1;
    t->slots = q_arena_array(a, int32_t, cap);
    t->lengths = q_arena_array(a, uint32_t, schema->n_fields + 1);
    memset(t->slots, 0xFF, cap * sizeof *t->slots);
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        t->lengths[i] = (uint32_t)strlen(schema->fields[i].name);
        t->slots[slot_of(t, schema->fields[i].name, t->lengths[i])] = (int32_t)i;
    }
}

int32_t q_names_find(const q_names *t, const char *s, size_t n)
{
    return t->slots[slot_of(t, s, n)];
}
