/*
 * Memory by lifetime: an arena per statement (AST, plan), per task (kept rows,
 * operator state), per batch (scratch, reset for each batch). Nothing is freed
 * one by one. (After PostgreSQL's memory contexts and nanoarrow's allocators.)
 *
 * A budget counts the bytes of the arenas that draw on it (a worker's executor
 * memory, the master's memory for one job). An arena WITHOUT a budget never
 * returns NULL (it panics when the system has no memory: plan-sized data). An
 * arena WITH a budget returns NULL when the budget is exceeded or the system has
 * no memory: callers turn that into Q_E_OUT_OF_MEMORY with q_budget_error().
 *
 * Thread rule: an arena belongs to one thread at a time; a budget may be shared.
 */
#ifndef Q_BASE_ARENA_H
#define Q_BASE_ARENA_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"

typedef struct q_budget {
    const char *setting;     /* the setting that raises it, for the error's hint; borrowed */
    size_t limit_bytes;      /* SIZE_MAX: no limit */
    struct q_budget *parent; /* that this one is a part of; borrowed, may be NULL */
    _Atomic size_t used_bytes;
    _Atomic size_t peak_bytes;
} q_budget;

void q_budget_init(q_budget *b, const char *setting, size_t limit_bytes);
/* A part of `parent` (a job's share of a worker): what is taken counts in both. */
void q_budget_init_within(q_budget *b, q_budget *parent, const char *setting, size_t limit_bytes);
/* False when the limit would be exceeded (then nothing is counted). */
int q_budget_take(q_budget *b, size_t bytes);
void q_budget_give(q_budget *b, size_t bytes);
/* Fill err with OUT_OF_MEMORY naming the setting of b, or of the parent that has no room. b may be
 * NULL. */
q_code q_budget_error(const q_budget *b, size_t wanted_bytes, q_err *err);

struct q_arena_chunk;

typedef struct q_arena {
    struct q_arena_chunk *head; /* newest chunk, the one being filled */
    char *at, *end;             /* free part of head */
    q_budget *budget;           /* borrowed, may be NULL */
    size_t chunk_bytes;         /* size of the next chunk (grows) */
    size_t used_bytes;          /* bytes obtained from the system */
} q_arena;

void q_arena_init(q_arena *a, q_budget *budget);
void q_arena_fini(q_arena *a);  /* frees all; the arena can be used again */
void q_arena_reset(q_arena *a); /* forgets all, keeps the largest chunk for reuse */

void *q_arena_alloc_slow(q_arena *a, size_t bytes, size_t align);

/* 16-byte aligned, uninitialised. */
static inline void *q_arena_alloc(q_arena *a, size_t bytes)
{
    uintptr_t p = ((uintptr_t)a->at + 15) & ~(uintptr_t)15;
    if (__builtin_expect(a->at && p <= (uintptr_t)a->end && bytes <= (uintptr_t)a->end - p, 1)) {
        a->at = (char *)p + bytes;
        return (void *)p;
    }
    return q_arena_alloc_slow(a, bytes, 16);
}

/* 64-byte aligned, uninitialised, with 64 readable and writable bytes of slack behind it. */
void *q_arena_alloc_vec(q_arena *a, size_t bytes);
/*
 * A vector that grows: `old` is what this function gave for old_bytes (NULL, 0 at first), the
 * result has room for `bytes`, aligned like q_arena_alloc_vec; what is behind old_bytes is zero.
 * From a huge page on the pages move instead of being copied, and the old place costs nothing.
 */
void *q_arena_grow(q_arena *a, void *old, size_t old_bytes, size_t bytes);
/* Byte-aligned, for text. */
static inline char *q_arena_bytes(q_arena *a, size_t bytes)
{
    if (__builtin_expect(a->at && bytes <= (size_t)(a->end - a->at), 1)) {
        char *p = a->at;
        a->at += bytes;
        return p;
    }
    return q_arena_alloc_slow(a, bytes, 1);
}
void *q_arena_zalloc(q_arena *a, size_t bytes);
void *q_arena_copy(q_arena *a, const void *src, size_t bytes);
char *q_arena_strdup(q_arena *a, const char *s);
char *q_arena_strndup(q_arena *a, const char *s, size_t n);
char *q_arena_printf(q_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Typed: q_arena_new(a, q_expr), q_arena_array(a, q_expr *, n); zeroed. */
#define q_arena_new(a, type)      ((type *)q_arena_zalloc((a), sizeof(type)))
#define q_arena_array(a, type, n) ((type *)q_arena_zalloc((a), sizeof(type) * (size_t)(n)))

#endif
