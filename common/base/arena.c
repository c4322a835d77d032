/* Arenas and budgets. */
#include "common/base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/base/assert.h"

#define FIRST_CHUNK ((size_t)4096)
#define MAX_CHUNK   ((size_t)8 << 20)
#define HUGE_PAGE   ((size_t)2 << 20)

/* Chunks of a huge page and more are mapped on their own so that the kernel can
 * back them with huge pages: fresh 4 KiB pages cost five times as much. */
struct q_arena_chunk {
    struct q_arena_chunk *next;
    size_t bytes; /* of the whole chunk, this header included */
    int mapped;
    _Alignas(64) char data[];
};

void q_budget_init(q_budget *b, const char *setting, size_t limit_bytes)
{
    b->setting = setting;
    b->limit_bytes = limit_bytes;
    b->parent = NULL;
    atomic_init(&b->used_bytes, 0);
    atomic_init(&b->peak_bytes, 0);
}

void q_budget_init_within(q_budget *b, q_budget *parent, const char *setting, size_t limit_bytes)
{
    q_budget_init(b, setting, limit_bytes);
    b->parent = parent;
}

static int take_own(q_budget *b, size_t bytes)
{
    size_t used = atomic_fetch_add(&b->used_bytes, bytes) + bytes;
    if (used > b->limit_bytes) {
        atomic_fetch_sub(&b->used_bytes, bytes);
        return 0;
    }
    size_t peak = atomic_load(&b->peak_bytes);
    while (used > peak && !atomic_compare_exchange_weak(&b->peak_bytes, &peak, used)) {
    }
    return 1;
}

int q_budget_take(q_budget *b, size_t bytes)
{
    for (q_budget *at = b; at; at = at->parent) {
        if (take_own(at, bytes))
            continue;
        for (; b != at; b = b->parent)
            atomic_fetch_sub(&b->used_bytes, bytes);
        return 0;
    }
    return 1;
}

void q_budget_give(q_budget *b, size_t bytes)
{
    for (; b; b = b->parent)
        atomic_fetch_sub(&b->used_bytes, bytes);
}

/* The one that has no room for it; the others may have given some back meanwhile. */
static const q_budget *exceeded(const q_budget *b, size_t bytes)
{
    for (const q_budget *at = b; at; at = at->parent) {
        size_t used = atomic_load(&at->used_bytes);
        if (used > at->limit_bytes || bytes > at->limit_bytes - used)
            return at;
    }
    while (b && b->limit_bytes == SIZE_MAX && b->parent)
        b = b->parent;
    return b;
}

q_code q_budget_error(const q_budget *b, size_t wanted_bytes, q_err *err)
{
    b = exceeded(b, wanted_bytes);
    if (b && b->limit_bytes != SIZE_MAX) {
        q_err_set(err, Q_E_OUT_OF_MEMORY,
                  "%zu more bytes do not fit: %zu of %zu bytes of %s are in use", wanted_bytes,
                  (size_t)atomic_load(&b->used_bytes), b->limit_bytes, b->setting);
        q_err_hint(err, "raise %s", b->setting);
    } else {
        q_err_set(err, Q_E_OUT_OF_MEMORY, "the system has no %zu bytes of memory", wanted_bytes);
    }
    return Q_E_OUT_OF_MEMORY;
}

void q_arena_init(q_arena *a, q_budget *budget)
{
    memset(a, 0, sizeof *a);
    a->budget = budget;
    a->chunk_bytes = FIRST_CHUNK;
}

static void chunk_free(q_arena *a, struct q_arena_chunk *c)
{
    q_budget_give(a->budget, c->bytes);
    a->used_bytes -= c->bytes;
    if (c->mapped)
        munmap(c, c->bytes);
    else
        free(c);
}

static struct q_arena_chunk *chunk_new(q_arena *a, size_t bytes)
{
    if (bytes >= HUGE_PAGE)
        bytes = (bytes + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    if (!q_budget_take(a->budget, bytes))
        return NULL;
    struct q_arena_chunk *c;
    int mapped = bytes >= HUGE_PAGE;
    if (mapped) {
        c = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (c == MAP_FAILED)
            c = NULL;
        else
            madvise(c, bytes, MADV_HUGEPAGE); /* a hint: failing is fine */
    } else {
        c = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    }
    if (!c) {
        q_budget_give(a->budget, bytes);
        Q_ASSERT(a->budget || !"out of memory for plan-sized data");
        return NULL;
    }
    c->bytes = bytes;
    c->mapped = mapped;
    a->used_bytes += bytes;
    return c;
}

/* The chunk to fill from now on. */
static void chunk_push(q_arena *a, struct q_arena_chunk *c)
{
    c->next = a->head;
    a->head = c;
}

/* A full chunk: what is left of the head stays in use. */
static void chunk_push_full(q_arena *a, struct q_arena_chunk *c)
{
    if (!a->head) {
        chunk_push(a, c);
        return;
    }
    c->next = a->head->next;
    a->head->next = c;
}

void *q_arena_alloc_slow(q_arena *a, size_t bytes, size_t align)
{
    if (!a->chunk_bytes)
        a->chunk_bytes = FIRST_CHUNK;
    if (bytes > SIZE_MAX / 2)
        return NULL;
    size_t need = bytes + align + sizeof(struct q_arena_chunk) + 64;
    size_t size = a->chunk_bytes > need ? a->chunk_bytes : need;
    struct q_arena_chunk *c = chunk_new(a, size);
    if (!c && size > need)
        c = chunk_new(a, need); /* the budget may have room for just this */
    if (!c)
        return NULL;
    if (need >= MAX_CHUNK) {
        chunk_push_full(a, c);
        return (void *)(((uintptr_t)c->data + align - 1) & ~(uintptr_t)(align - 1));
    }
    chunk_push(a, c);
    if (a->chunk_bytes < MAX_CHUNK)
        a->chunk_bytes *= 2;
    uintptr_t p = ((uintptr_t)c->data + align - 1) & ~(uintptr_t)(align - 1);
    a->at = (char *)p + bytes;
    a->end = (char *)c + c->bytes;
    return (void *)p;
}

void *q_arena_alloc_vec(q_arena *a, size_t bytes)
{
    char *p = q_arena_alloc(a, bytes + 64 + 64);
    if (!p)
        return NULL;
    return (void *)(((uintptr_t)p + 63) & ~(uintptr_t)63);
}

/* Where a grown vector has a chunk of its own. */
static struct q_arena_chunk *chunk_of_vector(void *vector)
{
    return (struct q_arena_chunk *)((char *)vector - offsetof(struct q_arena_chunk, data));
}

static size_t vector_chunk_bytes(size_t bytes)
{
    return (sizeof(struct q_arena_chunk) + bytes + 64 + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
}

static void *vector_move(q_arena *a, void *old, size_t bytes)
{
    struct q_arena_chunk *c = chunk_of_vector(old), **at = &a->head;
    size_t had = c->bytes, more = vector_chunk_bytes(bytes) - had;
    if (!q_budget_take(a->budget, more))
        return NULL;
    while (*at != c)
        at = &(*at)->next;
    struct q_arena_chunk *moved = mremap(c, had, had + more, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) {
        q_budget_give(a->budget, more);
        Q_ASSERT(a->budget || !"out of memory for plan-sized data");
        return NULL;
    }
    madvise(moved, had + more, MADV_HUGEPAGE);
    moved->bytes = had + more;
    a->used_bytes += more;
    *at = moved;
    return moved->data;
}

void *q_arena_grow(q_arena *a, void *old, size_t old_bytes, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    if (old_bytes >= HUGE_PAGE)
        return bytes <= old_bytes ? old : vector_move(a, old, bytes);
    void *grown;
    if (bytes >= HUGE_PAGE) { /* fresh pages are zero */
        struct q_arena_chunk *c = chunk_new(a, vector_chunk_bytes(bytes));
        if (!c)
            return NULL;
        chunk_push_full(a, c);
        grown = c->data;
    } else {
        grown = q_arena_alloc_vec(a, bytes);
        if (!grown)
            return NULL;
        memset((char *)grown + old_bytes, 0, bytes - old_bytes);
    }
    if (old_bytes)
        memcpy(grown, old, old_bytes);
    return grown;
}

void q_arena_fini(q_arena *a)
{
    while (a->head) {
        struct q_arena_chunk *c = a->head;
        a->head = c->next;
        chunk_free(a, c);
    }
    a->at = a->end = NULL;
    a->chunk_bytes = FIRST_CHUNK;
}

void q_arena_reset(q_arena *a)
{
    struct q_arena_chunk *keep = a->head;
    for (struct q_arena_chunk *c = a->head; c; c = c->next) {
        if (c->bytes > keep->bytes)
            keep = c;
    }
    for (struct q_arena_chunk *c = a->head, *next; c; c = next) {
        next = c->next;
        if (c != keep)
            chunk_free(a, c);
    }
    a->head = keep;
    if (keep) {
        keep->next = NULL;
        a->at = keep->data;
        a->end = (char *)keep + keep->bytes;
    }
}

void *q_arena_zalloc(q_arena *a, size_t bytes)
{
    void *p = q_arena_alloc(a, bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

void *q_arena_copy(q_arena *a, const void *src, size_t bytes)
{
    void *p = q_arena_alloc(a, bytes);
    if (p && bytes)
        memcpy(p, src, bytes);
    return p;
}

char *q_arena_strndup(q_arena *a, const char *s, size_t n)
{
    char *p = q_arena_bytes(a, n + 1);
    if (p) {
        if (n)
            memcpy(p, s, n);
        p[n] = 0;
    }
    return p;
}

char *q_arena_strdup(q_arena *a, const char *s)
{
    return q_arena_strndup(a, s, strlen(s));
}

char *q_arena_printf(q_arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : q_arena_bytes(a, (size_t)n + 1);
    if (p)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}
