/*
 * Aggregates over a state's distinct values: collect_set, approx_count_distinct (exact here)
 * and mode. Values stand in order of first appearance, each with its count, in an
 * open-addressed table of the state.
 * NaN: one value for counting, but collect_set keeps every NaN, as Spark 3.5 does.
 */
#include <xxhash.h>

#include "common/exec/agg/value.h"

typedef struct entry {
    q_agg_value value;
    uint64_t hash;
    int64_t count;
} entry;

typedef struct value_set {
    entry *entries;  /* room for n_slots / 2 */
    uint32_t *slots; /* entry + 1, 0 empty */
    uint32_t n, n_slots;
    uint64_t unused; /* states are multiples of 16 bytes */
} value_set;

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(value_set);
}

static uint64_t value_hash(q_type type, const q_agg_value *v)
{
    if (q_type_is_stringlike(type))
        return XXH3_64bits(v->s.ptr, v->s.len);
    q_agg_value key = *v;
    if (type.kind == Q_DOUBLE || type.kind == Q_FLOAT)
        key.d = v->d != v->d ? __builtin_nan("") : v->d + 0.0;
    return XXH3_64bits(&key, sizeof key);
}

static q_code set_grow(q_agg_ctx *c, value_set *s)
{
    if (s->n > UINT32_MAX / 8)
        return q_agg_no_memory(c, SIZE_MAX);
    uint32_t n = s->n_slots ? s->n_slots * 2 : 8;
    entry *entries = q_arena_alloc(c->arena, sizeof *entries * (n / 2));
    uint32_t *slots = q_arena_zalloc(c->arena, sizeof *slots * (size_t)n);
    if (!entries || !slots)
        return q_agg_no_memory(c, sizeof *entries * (n / 2));
    if (s->n)
        memcpy(entries, s->entries, sizeof *entries * s->n);
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t at = (uint32_t)entries[i].hash & (n - 1);
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = i + 1;
    }
    s->entries = entries;
    s->slots = slots;
    s->n_slots = n;
    return Q_OK;
}

static bool is_nan(q_type type, const q_agg_value *v)
{
    return (type.kind == Q_DOUBLE || type.kind == Q_FLOAT) && v->d != v->d;
}

/* Count a value `times` more. nans_differ: each NaN is a value of its own. */
static q_code set_add(q_agg_ctx *c, value_set *s, q_type type, bool stable, q_agg_value v,
                      int64_t times, bool nans_differ)
{
    if (s->n * 2 >= s->n_slots)
        Q_TRY(set_grow(c, s));
    bool search = !nans_differ || !is_nan(type, &v);
    uint64_t hash = search ? value_hash(type, &v) : XXH3_64bits(&s->n, sizeof s->n);
    uint32_t at = (uint32_t)hash & (s->n_slots - 1);
    for (; s->slots[at]; at = (at + 1) & (s->n_slots - 1)) {
        entry *e = &s->entries[s->slots[at] - 1];
        if (search && e->hash == hash && q_agg_cmp(type, &e->value, &v) == 0) {
            e->count += times;
            return Q_OK;
        }
    }
    if (q_type_is_stringlike(type) && !stable)
        Q_TRY(q_agg_keep_str(c, v.s, &v.s));
    s->entries[s->n] = (entry){v, hash, times};
    s->slots[at] = ++s->n;
    return Q_OK;
}

/* Rows of a column in stored form. */
static q_code sets_add(q_agg_ctx *c, value_set *s, const uint32_t *groups, uint32_t n,
                       const q_column *v, bool nans_differ)
{
    for (uint32_t i = 0; i < n; i++) {
        q_agg_value x;
        if (q_column_is_null(v, i))
            continue;
        q_agg_load(v, i, &x);
        Q_TRY(set_add(c, &s[groups[i]], v->type, v->bytes_stable, x, 1, nans_differ));
    }
    return Q_OK;
}

/* counts: an array column beside `arrays`, NULL: once each. */
static q_code sets_merge(q_agg_ctx *c, value_set *s, const uint32_t *groups, uint32_t n,
                         const q_column *arrays, const q_column *counts, bool nans_differ)
{
    const q_column *e = arrays->child;
    for (uint32_t i = 0; i < n; i++) {
        q_list l = Q_VALUES(arrays, q_list)[i], times = {0};
        if (q_column_is_null(arrays, i))
            continue;
        if (counts) {
            times = Q_VALUES(counts, q_list)[i];
            if (times.len != l.len || counts->child->validity)
                return q_err_set(c->err, Q_E_PROTOCOL, "malformed state of a mode");
        }
        for (uint32_t k = 0; k < l.len; k++) {
            q_agg_value x;
            int64_t by = counts ? Q_VALUES(counts->child, int64_t)[times.start + k] : 1;
            if (q_column_is_null(e, l.start + k))
                continue;
            q_agg_load(e, l.start + k, &x);
            Q_TRY(set_add(c, &s[groups[i]], e->type, e->bytes_stable, x, by, nans_differ));
        }
    }
    return Q_OK;
}

/* Lists of all sets and a column for their elements. */
static q_code lists_new(q_agg_ctx *c, const value_set *s, uint32_t n, q_type element, q_arena *out,
                        q_column *arrays)
{
    uint64_t total = 0;
    Q_TRY(q_column_init(arrays, q_type_array_of(element), n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        Q_VALUES(arrays, q_list)[i] = (q_list){(uint32_t)total, s[i].n};
        total += s[i].n;
    }
    arrays->child = q_arena_new(out, q_column);
    if (!arrays->child || total > UINT32_MAX)
        return q_agg_no_memory(c, sizeof(q_column));
    return q_column_init(arrays->child, element, (uint32_t)total, out, c->err);
}

static q_code values_save(q_agg_ctx *c, const value_set *s, uint32_t n, q_type element,
                          q_arena *out, q_column *arrays)
{
    Q_TRY(lists_new(c, s, n, element, out, arrays));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t start = Q_VALUES(arrays, q_list)[i].start;
        for (uint32_t k = 0; k < s[i].n; k++)
            q_agg_store(arrays->child, start + k, &s[i].entries[k].value);
    }
    return Q_OK;
}

/* ---- collect_set ---- */

static q_code set_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         q_column *const *args)
{
    return sets_add(c, states, groups, n, args[0], true);
}

static uint32_t set_partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = q_type_array_of(call->args[0]->type);
    return 1;
}

static q_code set_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                        const q_column *columns)
{
    return sets_merge(c, states, groups, n, &columns[0], NULL, true);
}

static q_code set_finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                         q_column *result)
{
    return values_save(c, states, n, c->call->args[0]->type, out, result);
}

const q_agg_ops q_agg_collect_set = {state_bytes, set_update, set_partials,
                                     set_finish,  set_merge,  set_finish};

/* ---- approx_count_distinct: of arrays the order keys are counted ---- */

static q_code count_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                           q_column *const *args)
{
    q_arena tmp;
    q_column keys, *order;
    q_arena_init(&tmp, c->arena->budget);
    q_code code = q_agg_order_column(c, args[0], &tmp, &keys, &order);
    if (code == Q_OK)
        code = sets_add(c, states, groups, n, order, false);
    q_arena_fini(&tmp);
    return code;
}

static uint32_t count_partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = q_type_array_of(q_agg_stored_type(call->args[0]->type));
    return 1;
}

static q_code count_save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                         q_column *columns)
{
    q_type element = q_agg_stored_type(c->call->args[0]->type);
    return values_save(c, states, n, element, out, &columns[0]);
}

static q_code count_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                          const q_column *columns)
{
    return sets_merge(c, states, groups, n, &columns[0], NULL, false);
}

static q_code count_finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                           q_column *result)
{
    const value_set *s = states;
    Q_TRY(q_column_init(result, Q_TYPE(Q_BIGINT), n, out, c->err));
    for (uint32_t i = 0; i < n; i++)
        Q_VALUES(result, int64_t)[i] = s[i].n;
    return Q_OK;
}

const q_agg_ops q_agg_approx_count_distinct = {state_bytes, count_update, count_partials,
                                               count_save,  count_merge,  count_finish};

/* ---- mode: of several most frequent values the one seen first (Spark: any of them) ---- */

static q_code mode_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                          q_column *const *args)
{
    q_arena tmp;
    q_column packed;
    const q_column *value;
    q_arena_init(&tmp, c->arena->budget);
    q_code code = q_agg_pack(c, args[0], &tmp, &packed, &value);
    if (code == Q_OK)
        code = sets_add(c, states, groups, n, value, false);
    q_arena_fini(&tmp);
    return code;
}

static uint32_t mode_partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = q_type_array_of(q_agg_stored_type(call->args[0]->type));
    types[1] = q_type_array_of(Q_TYPE(Q_BIGINT));
    return 2;
}

static q_code mode_save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                        q_column *columns)
{
    const value_set *s = states;
    q_type element = q_agg_stored_type(c->call->args[0]->type);
    Q_TRY(values_save(c, states, n, element, out, &columns[0]));
    Q_TRY(lists_new(c, states, n, Q_TYPE(Q_BIGINT), out, &columns[1]));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t start = Q_VALUES(&columns[1], q_list)[i].start;
        for (uint32_t k = 0; k < s[i].n; k++)
            Q_VALUES(columns[1].child, int64_t)[start + k] = s[i].entries[k].count;
    }
    return Q_OK;
}

static q_code mode_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         const q_column *columns)
{
    return sets_merge(c, states, groups, n, &columns[0], &columns[1], false);
}

static q_code mode_finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                          q_column *result)
{
    const value_set *s = states;
    q_column stored;
    q_type type = c->call->args[0]->type;
    Q_TRY(q_column_init(&stored, q_agg_stored_type(type), n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        q_agg_slot best = {0};
        int64_t most = 0;
        for (uint32_t k = 0; k < s[i].n; k++) {
            const entry *e = &s[i].entries[k];
            if (e->count > most) {
                most = e->count;
                best.v = e->value;
                best.has = true;
            }
        }
        Q_TRY(q_agg_slot_put(c, &best, &stored, i, out));
    }
    return q_agg_unpack(c, &stored, type, out, result);
}

const q_agg_ops q_agg_mode = {state_bytes, mode_update, mode_partials,
                              mode_save,   mode_merge,  mode_finish};
