/*
 * Group numbers by hashing. Three forms of key: one string, one fixed-width value, or
 * an encoding of several values. Open addressing with linear probing; the table holds
 * group numbers, hashes stand beside the groups.
 */
#include "common/exec/groups.h"

#include <stdlib.h>
#include <xxhash.h>

#include "common/exec/sortkey.h"

#define CACHE_SLOTS 256u

typedef enum key_form { KEY_NONE, KEY_STRING, KEY_WORD, KEY_BYTES } key_form;

/* The last group seen for a short string: most columns repeat few values. */
typedef struct cache_slot {
    uint64_t word;
    uint32_t len, group;
} cache_slot;

struct q_groups {
    key_form form;
    uint32_t n_keys;
    q_type *types;
    q_arena *arena;
    uint32_t n, cap;     /* groups */
    uint64_t *hashes;    /* by group */
    q_str *strings;      /* by group: KEY_STRING and KEY_BYTES */
    uint64_t *words;     /* by group: KEY_WORD */
    uint32_t null_group; /* STRING and WORD: number of the NULL key, UINT32_MAX none */
    uint32_t *slots;     /* group + 1, 0 empty */
    uint32_t n_slots;    /* a power of two */
    q_column *keys;      /* KEY_BYTES: the key values by group, doubled with cap */
    cache_slot cache[CACHE_SLOTS];
};

static q_code no_memory(const q_groups *g, size_t bytes, q_err *err)
{
    return q_budget_error(g->arena->budget, bytes, err);
}

static key_form form_of(const q_type *types, uint32_t n_keys)
{
    if (!n_keys)
        return KEY_NONE;
    if (n_keys > 1)
        return KEY_BYTES;
    if (q_type_is_stringlike(types[0]))
        return KEY_STRING;
    size_t width = q_type_width(types[0]);
    return width && width <= 8 && types[0].kind != Q_ARRAY ? KEY_WORD : KEY_BYTES;
}

/* Validity stays zero behind the last group: keys_store sets the bits of what is there. */
static q_code key_grow(q_groups *g, q_column *key, uint32_t cap, q_err *err)
{
    size_t width = q_type_width(key->type);
    size_t values = width * cap, valid = q_bit_words(cap) * 8;
    if (width)
        key->values = q_arena_grow(g->arena, key->values, width * g->cap, values);
    key->validity =
        q_arena_grow(g->arena, key->validity, g->cap ? q_bit_words(g->cap) * 8 : 0, valid);
    key->length = cap;
    return (!width || key->values) && key->validity ? Q_OK : no_memory(g, values, err);
}

static q_code groups_grow(q_groups *g, q_err *err)
{
    uint32_t cap = g->cap ? g->cap * 2 : 64;
    size_t had = g->cap;
    uint64_t *hashes =
        q_arena_grow(g->arena, g->hashes, sizeof *hashes * had, sizeof *hashes * cap);
    if (!hashes)
        return no_memory(g, sizeof *hashes * cap, err);
    g->hashes = hashes;
    if (g->form == KEY_WORD) {
        uint64_t *words =
            q_arena_grow(g->arena, g->words, sizeof *words * had, sizeof *words * cap);
        if (!words)
            return no_memory(g, sizeof *words * cap, err);
        g->words = words;
    } else {
        q_str *strings =
            q_arena_grow(g->arena, g->strings, sizeof *strings * had, sizeof *strings * cap);
        if (!strings)
            return no_memory(g, sizeof *strings * cap, err);
        g->strings = strings;
    }
    for (uint32_t k = 0; g->form == KEY_BYTES && k < g->n_keys; k++)
        Q_TRY(key_grow(g, &g->keys[k], cap, err));
    g->cap = cap;
    return Q_OK;
}

static q_code slots_grow(q_groups *g, q_err *err)
{
    uint32_t n = g->n_slots ? g->n_slots * 2 : 256;
    size_t had = sizeof *g->slots * (size_t)g->n_slots;
    uint32_t *slots = q_arena_grow(g->arena, g->slots, had, sizeof *slots * (size_t)n);
    if (!slots)
        return no_memory(g, sizeof *slots * (size_t)n, err);
    if (had)
        memset(slots, 0, had); /* all of them are placed anew, from their hashes */
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t at = (uint32_t)g->hashes[i] & (n - 1);
        if (i == g->null_group)
            continue;
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = i + 1;
    }
    g->slots = slots;
    g->n_slots = n;
    return Q_OK;
}

q_code q_groups_new(const q_type *types, uint32_t n_keys, q_arena *arena, q_groups **out,
                    q_err *err)
{
    q_groups *g = calloc(1, sizeof *g);
    if (!g)
        return q_budget_error(arena->budget, sizeof *g, err);
    g->form = form_of(types, n_keys);
    g->n_keys = n_keys;
    g->arena = arena;
    g->null_group = UINT32_MAX;
    g->types = q_arena_copy(arena, types, sizeof *types * n_keys);
    g->keys = q_arena_array(arena, q_column, n_keys + 1);
    q_code code = !g->types || !g->keys ? no_memory(g, sizeof *types * n_keys, err) : Q_OK;
    for (uint32_t k = 0; code == Q_OK && k < n_keys; k++) {
        g->keys[k].type = types[k];
        if (types[k].kind == Q_ARRAY) {
            g->keys[k].child = q_arena_new(arena, q_column);
            code = q_column_init(g->keys[k].child, q_type_element(types[k]), 0, arena, err);
        }
    }
    if (code == Q_OK && g->form != KEY_NONE)
        code = slots_grow(g, err);
    if (code == Q_OK && g->form != KEY_NONE)
        code = groups_grow(g, err);
    if (g->form == KEY_NONE)
        g->n = 1;
    if (code != Q_OK)
        q_groups_destroy(&g);
    *out = g;
    return code;
}

void q_groups_destroy(q_groups **g)
{
    free(*g);
    *g = NULL;
}

uint32_t q_groups_count(const q_groups *g)
{
    return g->n;
}

/* A new group with this hash in this slot; the caller has stored nothing yet. */
static q_code group_new(q_groups *g, uint64_t hash, uint32_t *slot, uint32_t *number, q_err *err)
{
    if (g->n == g->cap)
        Q_TRY(groups_grow(g, err));
    if (g->n >= INT32_MAX)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "more than %d groups", INT32_MAX);
    g->hashes[g->n] = hash;
    *number = g->n++;
    if (slot)
        *slot = *number + 1;
    return g->n * 2 > g->n_slots ? slots_grow(g, err) : Q_OK;
}

static q_code null_group(q_groups *g, uint32_t *number, q_err *err)
{
    if (g->null_group == UINT32_MAX) {
        g->null_group = g->n; /* before the table may be rebuilt */
        q_code code = group_new(g, 0, NULL, number, err);
        if (code != Q_OK)
            return code;
        if (g->form == KEY_STRING)
            g->strings[*number] = (q_str){"", 0, 0};
        else
            g->words[*number] = 0;
    }
    *number = g->null_group;
    return Q_OK;
}

static q_code find_string(q_groups *g, q_str s, uint32_t *number, q_err *err)
{
    uint64_t hash = XXH3_64bits(s.ptr, s.len);
    uint32_t at = (uint32_t)hash & (g->n_slots - 1);
    for (; g->slots[at]; at = (at + 1) & (g->n_slots - 1)) {
        uint32_t i = g->slots[at] - 1;
        if (g->hashes[i] == hash && q_str_eq(g->strings[i], s)) {
            *number = i;
            return Q_OK;
        }
    }
    char *copy = q_arena_bytes(g->arena, s.len + 1);
    if (!copy)
        return no_memory(g, s.len, err);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    Q_TRY(group_new(g, hash, &g->slots[at], number, err));
    g->strings[*number] = (q_str){copy, s.len, s.flags};
    return Q_OK;
}

static inline uint64_t short_word(q_str s)
{
    uint64_t w = 0;
    memcpy(&w, s.ptr, s.len);
    return w;
}

static q_code add_strings(q_groups *g, const q_column *c, uint32_t n, uint32_t *out, q_err *err)
{
    const q_str *v = c->values;
    for (uint32_t i = 0; i < n; i++) {
        if (c->validity && !q_bit_get(c->validity, i)) {
            Q_TRY(null_group(g, &out[i], err));
            continue;
        }
        if (v[i].len > 8) {
            Q_TRY(find_string(g, v[i], &out[i], err));
            continue;
        }
        uint64_t w = short_word(v[i]);
        cache_slot *slot = &g->cache[((w * 0x9E3779B97F4A7C15u) >> 56) & (CACHE_SLOTS - 1)];
        if (slot->word != w || slot->len != v[i].len + 1) {
            Q_TRY(find_string(g, v[i], &out[i], err));
            *slot = (cache_slot){w, v[i].len + 1, out[i]};
        }
        out[i] = slot->group;
    }
    return Q_OK;
}

static uint64_t mix(uint64_t w)
{
    w ^= w >> 32;
    w *= 0x9E3779B97F4A7C15u;
    return w ^ (w >> 29);
}

static q_code find_word(q_groups *g, uint64_t w, uint32_t *number, q_err *err)
{
    uint64_t hash = mix(w);
    uint32_t at = (uint32_t)hash & (g->n_slots - 1);
    for (; g->slots[at]; at = (at + 1) & (g->n_slots - 1)) {
        if (g->words[g->slots[at] - 1] == w) {
            *number = g->slots[at] - 1;
            return Q_OK;
        }
    }
    Q_TRY(group_new(g, hash, &g->slots[at], number, err));
    g->words[*number] = w;
    return Q_OK;
}

/* Words are order-preserving codes: they make NaNs and zeros alike and can be undone. */
static q_code add_words(q_groups *g, const q_column *c, uint32_t n, uint32_t *out, q_err *err)
{
    uint64_t words[Q_BATCH_ROWS];
    const q_order_key ascending = {0};
    for (uint32_t from = 0; from < n; from += Q_BATCH_ROWS) {
        uint32_t rows = n - from < Q_BATCH_ROWS ? n - from : Q_BATCH_ROWS;
        q_column part = *c;
        part.length = rows;
        part.validity = NULL;
        part.values = (char *)c->values + q_type_width(c->type) * from;
        q_sortkey_words(&ascending, &part, words);
        for (uint32_t i = 0; i < rows; i++) {
            if (c->validity && !q_bit_get(c->validity, from + i))
                Q_TRY(null_group(g, &out[from + i], err));
            else
                Q_TRY(find_word(g, words[i], &out[from + i], err));
        }
    }
    return Q_OK;
}

/* -0.0 and NaN in their one form, as the word codes give them. */
static void canonical(q_type type, void *value)
{
    if (type.kind == Q_DOUBLE) {
        double d = *(double *)value + 0.0;
        *(double *)value = d != d ? __builtin_nan("") : d;
    } else if (type.kind == Q_FLOAT) {
        float d = *(float *)value + 0.0f;
        *(float *)value = d != d ? __builtin_nanf("") : d;
    }
}

static q_code child_append(q_groups *g, q_column *key, const q_column *c, uint32_t row, q_err *err)
{
    q_list l = Q_VALUES(c, q_list)[row];
    q_column piece, *joined = q_arena_new(g->arena, q_column);
    if (!joined)
        return no_memory(g, sizeof *joined, err);
    Q_TRY(q_column_slice(&piece, c->child, l.start, l.len, g->arena, err));
    const q_column *pieces[2] = {key->child, &piece};
    uint32_t start = key->child->length;
    Q_TRY(q_column_concat(joined, pieces, 2, g->arena, err));
    joined->bytes_stable = false;
    Q_TRY(q_column_stabilise(joined, g->arena, err));
    key->child = joined;
    Q_VALUES(key, q_list)[g->n - 1] = (q_list){start, l.len};
    return Q_OK;
}

/* The key values of group number g->n - 1, from a row. */
static q_code keys_store(q_groups *g, q_column *const *keys, uint32_t row, q_err *err)
{
    uint32_t to = g->n - 1;
    for (uint32_t k = 0; k < g->n_keys; k++) {
        q_column *key = &g->keys[k];
        const q_column *c = keys[k];
        size_t width = q_type_width(c->type);
        if (q_column_is_null(c, row)) {
            q_bit_clear(key->validity, to);
            if (width)
                memset((char *)key->values + width * to, 0, width);
            if (q_type_is_stringlike(c->type))
                Q_VALUES(key, q_str)[to] = (q_str){"", 0, 0};
            continue;
        }
        q_bit_set(key->validity, to);
        if (c->type.kind == Q_ARRAY) {
            Q_TRY(child_append(g, key, c, row, err));
            continue;
        }
        memcpy((char *)key->values + width * to, (char *)c->values + width * row, width);
        canonical(c->type, (char *)key->values + width * to);
        if (q_type_is_stringlike(c->type)) {
            q_str *s = &Q_VALUES(key, q_str)[to];
            s->ptr = q_arena_strndup(g->arena, s->len ? s->ptr : "", s->len);
            if (!s->ptr)
                return no_memory(g, s->len, err);
        }
    }
    return Q_OK;
}

static q_code add_bytes(q_groups *g, q_column *const *keys, uint32_t n, uint32_t *out, q_err *err)
{
    q_arena tmp;
    q_arena_init(&tmp, g->arena->budget);
    q_order_key *order = q_arena_array(&tmp, q_order_key, g->n_keys);
    q_str *rows = q_arena_alloc(&tmp, sizeof *rows * (size_t)n + 1);
    q_code code = !order || !rows ? no_memory(g, sizeof *rows * (size_t)n, err) : Q_OK;
    if (code == Q_OK)
        code = q_sortkey_bytes(order, g->n_keys, keys, n, &tmp, rows, err);
    for (uint32_t i = 0; i < n && code == Q_OK; i++) {
        uint32_t before = g->n;
        code = find_string(g, rows[i], &out[i], err);
        if (code == Q_OK && g->n > before)
            code = keys_store(g, keys, i, err);
    }
    q_arena_fini(&tmp);
    return code;
}

q_code q_groups_add(q_groups *g, q_column *const *keys, uint32_t n_rows, uint32_t *groups_out,
                    q_err *err)
{
    switch (g->form) {
    case KEY_STRING:
        return add_strings(g, keys[0], n_rows, groups_out, err);
    case KEY_WORD:
        return add_words(g, keys[0], n_rows, groups_out, err);
    case KEY_BYTES:
        return add_bytes(g, keys, n_rows, groups_out, err);
    default:
        memset(groups_out, 0, sizeof *groups_out * n_rows);
        return Q_OK;
    }
}

/* ---- keys of the groups ---- */

static double double_of_word(uint64_t w)
{
    uint64_t bits = w & 0x8000000000000000u ? w & ~0x8000000000000000u : ~w;
    double d;
    memcpy(&d, &bits, sizeof d);
    return w == UINT64_MAX ? __builtin_nan("") : d;
}

static void value_of_word(q_column *c, uint32_t i, uint64_t w)
{
    int64_t v = (int64_t)(w ^ 0x8000000000000000u);
    switch (c->type.kind) {
    case Q_BOOLEAN:
        Q_VALUES(c, uint8_t)[i] = (uint8_t)w;
        break;
    case Q_TINYINT:
        Q_VALUES(c, int8_t)[i] = (int8_t)v;
        break;
    case Q_SMALLINT:
        Q_VALUES(c, int16_t)[i] = (int16_t)v;
        break;
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        Q_VALUES(c, int32_t)[i] = (int32_t)v;
        break;
    case Q_FLOAT:
        Q_VALUES(c, float)[i] = (float)double_of_word(w);
        break;
    case Q_DOUBLE:
        Q_VALUES(c, double)[i] = double_of_word(w);
        break;
    default:
        Q_VALUES(c, int64_t)[i] = v;
        break;
    }
}

q_code q_groups_keys(const q_groups *g, q_arena *a, q_column *columns, q_err *err)
{
    if (g->form == KEY_NONE)
        return Q_OK;
    if (g->form == KEY_BYTES) {
        for (uint32_t k = 0; k < g->n_keys; k++) {
            columns[k] = g->keys[k];
            columns[k].length = g->n;
            columns[k].bytes_stable = true;
            if (!q_column_null_count(&columns[k]))
                columns[k].validity = NULL;
        }
        return Q_OK;
    }
    q_column *c = &columns[0];
    Q_TRY(q_column_init(c, g->types[0], g->n, a, err));
    c->bytes_stable = true;
    if (g->form == KEY_STRING && g->n)
        memcpy(c->values, g->strings, sizeof(q_str) * g->n);
    for (uint32_t i = 0; g->form == KEY_WORD && i < g->n; i++)
        value_of_word(c, i, g->words[i]);
    if (g->null_group != UINT32_MAX) {
        Q_TRY(q_column_need_validity(c, a, err));
        q_bit_clear(c->validity, g->null_group);
    }
    return Q_OK;
}
