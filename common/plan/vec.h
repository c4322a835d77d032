/*
 * A growable list of pointers in an arena. Old arrays stay behind in the arena
 * (plan-sized data). items is a plain array: copy or keep it freely.
 */
#ifndef Q_PLAN_VEC_H
#define Q_PLAN_VEC_H

#include <string.h>

#include "common/base/arena.h"

typedef struct q_vec {
    void **items;
    uint32_t n, cap;
} q_vec;

static inline void q_vec_add(q_vec *v, q_arena *a, const void *item)
{
    if (v->n == v->cap) {
        uint32_t cap = v->cap ? 2 * v->cap : 4;
        void **items = q_arena_array(a, void *, cap);
        if (v->n)
            memcpy(items, v->items, sizeof *items * v->n);
        v->items = items;
        v->cap = cap;
    }
    v->items[v->n++] = (void *)(uintptr_t)item;
}

#endif
