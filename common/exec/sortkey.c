/* Normalised sort keys and the sorts over them. */
#include "common/exec/sortkey.h"

#include <stdlib.h>
#include <string.h>

static bool word_kind(uint8_t kind)
{
    switch (kind) {
    case Q_BOOLEAN:
    case Q_TINYINT:
    case Q_SMALLINT:
    case Q_INT:
    case Q_BIGINT:
    case Q_FLOAT:
    case Q_DOUBLE:
    case Q_DATE:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
    case Q_INTERVAL_DT:
    case Q_INTERVAL_YM:
        return true;
    default:
        return false;
    }
}

q_sortkey_spec q_sortkey_of(const q_order_key *order, uint32_t n_order)
{
    if (n_order == 1 && word_kind(order[0].expr->type.kind))
        return (q_sortkey_spec){true, order[0].nulls_first};
    return (q_sortkey_spec){false, false};
}

/* ---- encoding ---- */

#define SIGN64 0x8000000000000000u

static uint64_t word_of_int(int64_t v)
{
    return (uint64_t)v ^ SIGN64;
}

/* All NaNs alike, above infinity; both zeros alike. */
static uint64_t word_of_double(double d)
{
    uint64_t bits;
    d += 0.0; /* -0.0 becomes 0.0 */
    memcpy(&bits, &d, sizeof bits);
    uint64_t w = bits & SIGN64 ? ~bits : bits | SIGN64;
    return d != d ? UINT64_MAX : w;
}

static uint64_t word_at(const q_column *c, uint32_t i)
{
    switch (c->type.kind) {
    case Q_BOOLEAN:
        return Q_VALUES(c, uint8_t)[i];
    case Q_TINYINT:
        return word_of_int(Q_VALUES(c, int8_t)[i]);
    case Q_SMALLINT:
        return word_of_int(Q_VALUES(c, int16_t)[i]);
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        return word_of_int(Q_VALUES(c, int32_t)[i]);
    case Q_FLOAT:
        return word_of_double((double)Q_VALUES(c, float)[i]);
    case Q_DOUBLE:
        return word_of_double(Q_VALUES(c, double)[i]);
    default:
        return word_of_int(Q_VALUES(c, int64_t)[i]);
    }
}

void q_sortkey_words(const q_order_key *key, const q_column *values, uint64_t *words)
{
    uint64_t flip = key->descending ? UINT64_MAX : 0;
    if (values->type.kind == Q_DOUBLE) {
        for (uint32_t i = 0; i < values->length; i++)
            words[i] = word_of_double(Q_VALUES(values, double)[i]) ^ flip;
    } else {
        for (uint32_t i = 0; i < values->length; i++)
            words[i] = word_at(values, i) ^ flip;
    }
    if (values->validity) {
        for (uint32_t i = 0; i < values->length; i++) {
            if (!q_bit_get(values->validity, i))
                words[i] = 0;
        }
    }
}

/* Bytes of one value at most; strings: escaped, with their end mark. */
static size_t value_bytes(const q_column *c, uint32_t i)
{
    if (q_type_is_stringlike(c->type))
        return 2 * (size_t)Q_VALUES(c, q_str)[i].len + 2;
    if (c->type.kind == Q_ARRAY) {
        q_list l = Q_VALUES(c, q_list)[i];
        size_t n = 1;
        for (uint32_t k = 0; k < l.len; k++)
            n += 2 + value_bytes(c->child, l.start + k);
        return n;
    }
    return 16;
}

static char *put_be(char *to, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(to, &v, sizeof v);
    return to + sizeof v;
}

/* 00 becomes 00 FF, the end is 00 00: prefixes sort first, no key is another's prefix. */
static char *put_str(char *to, q_str s)
{
    for (uint32_t i = 0; i < s.len; i++) {
        *to++ = s.ptr[i];
        if (!s.ptr[i])
            *to++ = (char)0xFF;
    }
    *to++ = 0;
    *to++ = 0;
    return to;
}

static char *put_value(char *to, const q_column *c, uint32_t i)
{
    if (q_type_is_stringlike(c->type))
        return put_str(to, Q_VALUES(c, q_str)[i]);
    if (c->type.kind == Q_DECIMAL) {
        q_int128 v = Q_VALUES(c, q_int128)[i];
        to = put_be(to, (uint64_t)(v >> 64) ^ SIGN64);
        return put_be(to, (uint64_t)v);
    }
    if (c->type.kind == Q_ARRAY) {
        q_list l = Q_VALUES(c, q_list)[i];
        for (uint32_t k = 0; k < l.len; k++) {
            bool null = q_column_is_null(c->child, l.start + k);
            *to++ = null ? 1 : 2; /* Spark: NULL elements first; 0 ends the array */
            if (!null)
                to = put_value(to, c->child, l.start + k);
        }
        *to++ = 0;
        return to;
    }
    return c->type.kind == Q_VOID ? to : put_be(to, word_at(c, i));
}

static char *put_key(char *to, const q_order_key *k, const q_column *c, uint32_t i)
{
    if (q_column_is_null(c, i)) {
        *to++ = k->nulls_first ? 0 : 2;
        return to;
    }
    *to++ = 1;
    char *from = to;
    to = put_value(to, c, i);
    if (k->descending) {
        for (; from < to; from++)
            *from = (char)~*from;
    }
    return to;
}

q_code q_sortkey_bytes(const q_order_key *order, uint32_t n_order, q_column *const *values,
                       uint32_t n_rows, q_arena *a, q_str *keys, q_err *err)
{
    for (uint32_t i = 0; i < n_rows; i++) {
        size_t most = 0;
        for (uint32_t k = 0; k < n_order; k++)
            most += 1 + (q_column_is_null(values[k], i) ? 0 : value_bytes(values[k], i));
        char *to = q_arena_bytes(a, most + 1);
        if (!to || most > UINT32_MAX)
            return q_budget_error(a->budget, most, err);
        char *at = to;
        for (uint32_t k = 0; k < n_order; k++)
            at = put_key(at, &order[k], values[k], i);
        keys[i] = (q_str){to, (uint32_t)(at - to), 0};
        a->at -= (size_t)(to + most + 1 - at); /* give back what was not needed */
    }
    return Q_OK;
}

/* ---- sorting words ---- */

#define INSERTION_MAX 48

static void insertion_sort(uint64_t *words, uint32_t *order, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint64_t w = words[i];
        uint32_t o = order[i], k = i;
        for (; k && words[k - 1] > w; k--) {
            words[k] = words[k - 1];
            order[k] = order[k - 1];
        }
        words[k] = w;
        order[k] = o;
    }
}

#define DIGITS  8
#define BUCKETS 256

/* Least significant digit first, 8 bits a pass; passes where all keys share the digit are
 * skipped (SPEED.md §5: with real data most are). */
static void radix_sort(uint64_t *words, uint32_t *order, uint32_t n, uint64_t *words2,
                       uint32_t *order2)
{
    static _Thread_local uint32_t counts[DIGITS][BUCKETS];
    memset(counts, 0, sizeof counts);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t w = words[i];
        for (int d = 0; d < DIGITS; d++)
            counts[d][(w >> (8 * d)) & 255]++;
    }
    uint64_t *from = words, *to = words2;
    uint32_t *from_order = order, *to_order = order2;
    for (int d = 0; d < DIGITS; d++) {
        uint32_t *c = counts[d], sum = 0;
        if (c[(words[0] >> (8 * d)) & 255] == n)
            continue;
        for (int b = 0; b < BUCKETS; b++) {
            uint32_t k = c[b];
            c[b] = sum;
            sum += k;
        }
        for (uint32_t i = 0; i < n; i++) {
            uint32_t at = c[(from[i] >> (8 * d)) & 255]++;
            to[at] = from[i];
            to_order[at] = from_order[i];
        }
        uint64_t *w = from;
        from = to;
        to = w;
        uint32_t *o = from_order;
        from_order = to_order;
        to_order = o;
    }
    if (from != words) {
        memcpy(words, from, sizeof *words * n);
        memcpy(order, from_order, sizeof *order * n);
    }
}

q_code q_sort_word_pairs(uint64_t *words, uint32_t *order, uint32_t n, q_arena *a, q_err *err)
{
    if (n <= INSERTION_MAX) {
        insertion_sort(words, order, n);
        return Q_OK;
    }
    uint64_t *words2 = q_arena_alloc_vec(a, sizeof *words2 * (size_t)n);
    uint32_t *order2 = q_arena_alloc_vec(a, sizeof *order2 * (size_t)n);
    if (!words2 || !order2)
        return q_budget_error(a->budget, sizeof *words2 * (size_t)n, err);
    radix_sort(words, order, n, words2, order2);
    return Q_OK;
}

q_code q_sort_words(const uint64_t *words, uint32_t n, uint32_t *order, q_arena *a, q_err *err)
{
    uint64_t *copy = q_arena_alloc_vec(a, sizeof *copy * (size_t)n);
    if (!copy)
        return q_budget_error(a->budget, sizeof *copy * (size_t)n, err);
    if (n)
        memcpy(copy, words, sizeof *copy * n);
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    return q_sort_word_pairs(copy, order, n, a, err);
}

/* ---- sorting byte strings ---- */

/* The first eight bytes as a word decide most comparisons. */
typedef struct byte_key {
    uint64_t prefix;
    q_str key;
    uint32_t row;
} byte_key;

static int byte_key_cmp(const void *x, const void *y)
{
    const byte_key *a = x, *b = y;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int c = q_str_cmp(a->key, b->key);
    return c ? c : (a->row > b->row) - (a->row < b->row); /* stable */
}

q_code q_sort_bytes(const q_str *keys, uint32_t n, uint32_t *order, q_arena *a, q_err *err)
{
    byte_key *k = q_arena_alloc_vec(a, sizeof *k * (size_t)n);
    if (!k)
        return q_budget_error(a->budget, sizeof *k * (size_t)n, err);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t prefix = 0;
        memcpy(&prefix, keys[i].ptr, keys[i].len < 8 ? keys[i].len : 8);
        k[i] = (byte_key){__builtin_bswap64(prefix), keys[i], i};
    }
    qsort(k, n, sizeof *k, byte_key_cmp);
    for (uint32_t i = 0; i < n; i++)
        order[i] = k[i].row;
    return Q_OK;
}
