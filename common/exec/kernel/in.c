/*
 * x IN (list). A list of constants is read once: a few values are compared column by
 * column, many are put into a hash table, found by one probe a row. Values of at most
 * eight bytes become 64-bit keys that are equal exactly if the values are; strings,
 * binaries and decimals are compared as bytes.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "common/exec/kernel/compare.h"
#include "common/exec/kernel/rows.h"

#define FEW 8 /* up to here one pass over the column for each value beats the table */

typedef struct in_set {
    bool has_null;   /* the list has a NULL */
    uint32_t n;      /* values, without NULLs */
    uint64_t *keys;  /* values of at most eight bytes */
    q_str *spans;    /* others */
    uint32_t *table; /* n > FEW: 1 + index of a value, 0 free */
    uint32_t mask;   /* its size - 1 */
} in_set;

/* ---- keys ---- */

static inline uint64_t double_key(double v)
{
    v = v == 0 ? 0.0 : v != v ? (double)NAN : v;
    uint64_t bits;
    memcpy(&bits, &v, 8);
    return bits;
}

#define KEYS(ctype, expression)               \
    do {                                      \
        const ctype *restrict v = c->values;  \
        for (uint32_t i = 0; i < n; i++)      \
            keys[i] = (uint64_t)(expression); \
        return;                               \
    } while (0)

static void keys_of(const q_column *c, uint32_t n, uint64_t *restrict keys)
{
    if (c->type.kind == Q_DOUBLE)
        KEYS(double, double_key(v[i]));
    if (c->type.kind == Q_FLOAT)
        KEYS(float, double_key((double)v[i]));
    switch (q_type_width(c->type)) {
    case 1:
        KEYS(int8_t, v[i]);
    case 2:
        KEYS(int16_t, v[i]);
    case 4:
        KEYS(int32_t, v[i]);
    default:
        KEYS(int64_t, v[i]);
    }
}

static inline uint64_t key_hash(uint64_t key)
{
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
}

static bool by_key(q_type t)
{
    return q_type_width(t) <= 8 && t.kind != Q_ARRAY;
}

/* Value i as bytes. */
static inline q_str span_of(const q_column *c, uint32_t i)
{
    if (c->type.kind == Q_DECIMAL)
        return (q_str){(const char *)&Q_VALUES(c, q_int128)[i], sizeof(q_int128), 0};
    return Q_VALUES(c, q_str)[i];
}

static uint64_t hash_of(const in_set *s, uint32_t i)
{
    return s->keys ? key_hash(s->keys[i]) : XXH3_64bits(s->spans[i].ptr, s->spans[i].len);
}

/* ---- the set ---- */

static q_code fill_table(q_kernel_ctx *k, in_set *s)
{
    uint32_t size = 16;
    while (size < 2 * s->n)
        size *= 2;
    s->table = q_arena_array(k->lifetime, uint32_t, size);
    if (!s->table)
        return q_budget_error(k->lifetime->budget, sizeof *s->table * size, k->err);
    s->mask = size - 1;
    for (uint32_t i = 0; i < s->n; i++) {
        uint64_t slot = hash_of(s, i) & s->mask;
        while (s->table[slot])
            slot = (slot + 1) & s->mask;
        s->table[slot] = i + 1;
    }
    return Q_OK;
}

static q_code set_new(q_kernel_ctx *k, const q_expr *e, in_set **out)
{
    uint32_t room = e->n_args - 1;
    in_set *s = q_arena_new(k->lifetime, in_set);
    if (!s)
        return q_budget_error(k->lifetime->budget, sizeof *s, k->err);
    if (by_key(e->args[0]->type))
        s->keys = q_arena_array(k->lifetime, uint64_t, room);
    else
        s->spans = q_arena_array(k->lifetime, q_str, room);
    if (!s->keys && !s->spans)
        return q_budget_error(k->lifetime->budget, sizeof *s->spans * room, k->err);
    for (uint32_t i = 1; i < e->n_args; i++) {
        const q_column *v = e->args[i]->value;
        if (q_column_is_null(v, 0))
            s->has_null = true;
        else if (s->keys)
            keys_of(v, 1, &s->keys[s->n++]);
        else
            s->spans[s->n++] = span_of(v, 0);
    }
    if (s->n > FEW)
        Q_TRY(fill_table(k, s));
    *out = s;
    return Q_OK;
}

/* ---- finding ---- */

static q_code find_keys(q_kernel_ctx *k, const in_set *s, const q_column *x,
                        uint8_t *restrict found)
{
    uint32_t n = k->n_rows;
    uint64_t *restrict keys = q_arena_alloc_vec(k->scratch, sizeof *keys * n);
    if (!keys)
        return q_budget_error(k->scratch->budget, sizeof *keys * n, k->err);
    keys_of(x, n, keys);
    if (!s->table) {
        memset(found, 0, n);
        for (uint32_t v = 0; v < s->n; v++)
            for (uint32_t i = 0; i < n; i++)
                found[i] |= keys[i] == s->keys[v];
        return Q_OK;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t slot = key_hash(keys[i]) & s->mask;
        while (s->table[slot] && s->keys[s->table[slot] - 1] != keys[i])
            slot = (slot + 1) & s->mask;
        found[i] = s->table[slot] != 0;
    }
    return Q_OK;
}

static bool find_span(const in_set *s, q_str x)
{
    if (!s->table) {
        for (uint32_t v = 0; v < s->n; v++)
            if (q_str_eq(s->spans[v], x))
                return true;
        return false;
    }
    uint64_t slot = XXH3_64bits(x.ptr, x.len) & s->mask;
    while (s->table[slot] && !q_str_eq(s->spans[s->table[slot] - 1], x))
        slot = (slot + 1) & s->mask;
    return s->table[slot] != 0;
}

static q_code find_spans(q_kernel_ctx *k, const in_set *s, const q_column *x, uint8_t *found)
{
    uint32_t n = k->n_rows;
    if (s->table || !q_type_is_stringlike(x->type)) {
        for (uint32_t i = 0; i < n; i++)
            found[i] = find_span(s, span_of(x, i));
        return Q_OK;
    }
    uint8_t *same = q_rows_flags(k);
    if (!same)
        return Q_E_OUT_OF_MEMORY;
    memset(found, 0, n);
    for (uint32_t v = 0; v < s->n; v++) {
        q_compare_eq_string(x, s->spans[v], n, same);
        for (uint32_t i = 0; i < n; i++)
            found[i] |= same[i];
    }
    return Q_OK;
}

/* found[i], and unknown[i] where a NULL in the list stands in for it. */
static q_code find_in_columns(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                              uint8_t *restrict found, uint8_t *restrict unknown)
{
    uint32_t n = k->n_rows;
    uint8_t *restrict same = q_rows_flags(k);
    if (!same)
        return Q_E_OUT_OF_MEMORY;
    memset(found, 0, n);
    memset(unknown, 0, n);
    for (uint32_t v = 1; v < e->n_args; v++) {
        q_compare_eq(args[0], args[v], n, same);
        for (uint32_t i = 0; i < n; i++) {
            bool null = q_column_is_null(args[v], i);
            found[i] |= same[i] & !null;
            unknown[i] |= null;
        }
    }
    return Q_OK;
}

static bool constant_list(const q_expr *e)
{
    for (uint32_t i = 1; i < e->n_args; i++)
        if (e->args[i]->kind != Q_X_LITERAL)
            return false;
    return e->args[0]->type.kind != Q_ARRAY && e->args[0]->type.kind != Q_VOID;
}

static q_code find(q_kernel_ctx *k, const q_expr *e, q_column *const *args, uint8_t *found,
                   uint8_t *unknown)
{
    if (!constant_list(e))
        return find_in_columns(k, e, args, found, unknown);
    if (!*k->state) {
        in_set *fresh = NULL;
        Q_TRY(set_new(k, e, &fresh));
        *k->state = fresh;
    }
    const in_set *s = *k->state;
    memset(unknown, s->has_null, k->n_rows);
    return s->keys ? find_keys(k, s, args[0], found) : find_spans(k, s, args[0], found);
}

q_code q_k_in(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    uint8_t *restrict found = out->values;
    uint8_t *restrict unknown = q_rows_flags(k);
    if (!unknown)
        return Q_E_OUT_OF_MEMORY;
    Q_TRY(find(k, e, args, found, unknown));
    if (args[0]->type.kind == Q_VOID)
        memset(unknown, 1, k->n_rows);
    for (uint32_t i = 0; i < k->n_rows; i++)
        unknown[i] &= !found[i];
    if (args[0]->validity)
        for (uint32_t i = 0; i < k->n_rows; i++)
            unknown[i] |= !q_bit_get(args[0]->validity, i);
    return q_rows_null_where(k, out, unknown);
}
