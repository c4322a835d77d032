/*
 * What the scalar functions share: rows, prepared state, strings that are built.
 * Kernels here see to NULL bits as exec/kernel.h says; most are STRICT and leave NULL
 * rows alone (their arguments may be garbage there).
 */
#ifndef Q_EXEC_FUNC_FUNC_H
#define Q_EXEC_FUNC_FUNC_H

#include "common/exec/kernel.h"

/* Longest string a function makes, as in Spark (a Java array). */
#define Q_FUNC_MAX_STRING INT32_C(2147483632)

/* Rows of a STRICT kernel that are not NULL. */
#define Q_FUNC_EACH(i)                       \
    for (uint32_t i = 0; i < k->n_rows; i++) \
        if (!out->validity || q_bit_get(out->validity, i))

static inline const q_str *q_func_strs(const q_column *c)
{
    return Q_VALUES(c, q_str);
}
static inline const int32_t *q_func_ints(const q_column *c)
{
    return Q_VALUES(c, int32_t);
}
static inline const int64_t *q_func_longs(const q_column *c)
{
    return Q_VALUES(c, int64_t);
}
/* A part of a string; it keeps what is known of the whole. */
static inline q_str q_func_part(q_str s, size_t from, size_t to)
{
    return (q_str){s.ptr + from, (uint32_t)(to - from), s.flags};
}
/* Is the argument a constant (the same in all rows)? */
static inline bool q_func_constant(const q_expr *e, uint32_t arg)
{
    return e->args[arg]->kind == Q_X_LITERAL;
}
q_code q_func_no_memory(q_kernel_ctx *k, size_t bytes);
/* First place of needle (not empty) in the bytes, NULL: none. memmem that is quick on short text,
 * where most strings are. */
const char *q_func_find(const char *s, size_t n, const char *needle, size_t needle_len);

/*
 * Strings built byte by byte: begin a row, make room, write at `at`, end the row. Rows
 * lie one behind the other in scratch, so the cost of a row is that of its bytes.
 */
typedef struct q_func_text {
    q_kernel_ctx *k;
    char *row;      /* where the row began */
    char *at, *end; /* free bytes */
} q_func_text;

static inline void q_func_text_init(q_func_text *t, q_kernel_ctx *k)
{
    static char none[1]; /* no room yet, but an address: a row may stay empty */
    *t = (q_func_text){.k = k, .row = none, .at = none, .end = none};
}
q_code q_func_text_grow(q_func_text *t, uint64_t n);
/* Room for n more bytes at t->at. */
static inline q_code q_func_text_room(q_func_text *t, uint64_t n)
{
    return __builtin_expect((uint64_t)(t->end - t->at) >= n, 1) ? Q_OK : q_func_text_grow(t, n);
}
static inline q_code q_func_text_put(q_func_text *t, const char *s, size_t n)
{
    Q_TRY(q_func_text_room(t, n));
    if (n)
        memcpy(t->at, s, n);
    t->at += n;
    return Q_OK;
}
/* s n times, in room that is there. */
void q_func_text_times(q_func_text *t, q_str s, size_t n);
/* The bytes since the last end are one string. */
static inline q_str q_func_text_end(q_func_text *t, uint32_t flags)
{
    q_str s = {t->row ? t->row : "", (uint32_t)(t->at - t->row), flags};
    t->row = t->at;
    return s;
}

/*
 * Arrays of strings or values built row by row (array results): elements are appended
 * to a child that grows.
 */
typedef struct q_func_list {
    q_kernel_ctx *k;
    q_column child;
    uint32_t room;
} q_func_list;

q_code q_func_list_init(q_func_list *l, q_kernel_ctx *k, q_type element);
/* Room for n more elements; too many are refused before any memory is taken. */
q_code q_func_list_room(q_func_list *l, uint64_t n);
/* Index of a new element, not NULL and uninitialised. */
q_code q_func_list_add(q_func_list *l, uint32_t *at);
/* A copy of element i of src (same type), NULL or not. */
q_code q_func_list_copy(q_func_list *l, const q_column *src, uint32_t i);
/* Give `out` its elements. */
q_code q_func_list_finish(q_func_list *l, q_column *out);

/* concat and reverse of arrays (array.c), for the kernels that serve strings too. */
q_kernel q_func_concat_arrays, q_func_reverse_arrays;

#endif
