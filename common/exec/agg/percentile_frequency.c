/*
 * percentile(value, share, frequency): each value counts as often as its frequency says. Rows
 * with a NULL or a frequency of 0 do not count. A state is two lists, values and frequencies;
 * they are the two partial columns.
 */
#include <inttypes.h>

#include "common/exec/agg/percentile.h"

typedef struct state {
    q_agg_list values, times;
} state;

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(state);
}

/* Rows that count; an error for a negative frequency. */
static q_code counting_rows(q_agg_ctx *c, const q_column *value, const q_column *times, uint32_t n,
                            uint32_t *rows, uint32_t *n_rows)
{
    *n_rows = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(value, i) || q_column_is_null(times, i))
            continue;
        int64_t t = Q_VALUES(times, int64_t)[i];
        if (t < 0)
            return q_err_set(c->err, Q_E_INVALID_PARAMETER_VALUE,
                             "the frequency of a percentile is negative: %" PRId64, t);
        if (t > 0)
            rows[(*n_rows)++] = i;
    }
    return Q_OK;
}

/* Lists of the given rows' states: of the values, or (which = 1) of the frequencies. */
static void lists_of(const uint32_t *groups, const uint32_t *rows, uint32_t n, uint32_t which,
                     uint32_t *lists)
{
    for (uint32_t i = 0; i < n; i++)
        lists[i] = 2 * groups[rows ? rows[i] : i] + which;
}

static q_code add(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                  q_column *const *args, q_arena *tmp)
{
    uint32_t n_rows, *rows = q_arena_alloc(tmp, 2 * sizeof *rows * ((size_t)n + 1));
    if (!rows)
        return q_agg_no_memory(c, 2 * sizeof *rows * (size_t)n);
    uint32_t *lists = rows + n;
    Q_TRY(counting_rows(c, args[0], args[2], n, rows, &n_rows));
    for (uint32_t which = 0; which < 2; which++) {
        q_column kept;
        Q_TRY(q_column_gather(&kept, args[2 * which], rows, n_rows, tmp, c->err));
        lists_of(groups, rows, n_rows, which, lists);
        Q_TRY(q_agg_lists_add(c, states, lists, n_rows, &kept));
    }
    return Q_OK;
}

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args)
{
    q_arena tmp;
    q_arena_init(&tmp, c->arena->budget);
    q_code code = add(c, states, groups, n, args, &tmp);
    q_arena_fini(&tmp);
    return code;
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = q_type_array_of(call->args[0]->type);
    types[1] = q_type_array_of(call->args[2]->type);
    return 2;
}

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *columns)
{
    const state *s = states;
    q_agg_list *lists = q_arena_array(out, q_agg_list, 2 * (size_t)n + 1);
    if (!lists)
        return q_agg_no_memory(c, sizeof *lists * 2 * n);
    for (uint32_t i = 0; i < n; i++) {
        lists[i] = s[i].values;
        lists[n + i] = s[i].times;
    }
    Q_TRY(q_agg_lists_save(c, lists, n, c->call->args[0]->type, out, &columns[0]));
    return q_agg_lists_save(c, lists + n, n, c->call->args[2]->type, out, &columns[1]);
}

/* Both columns come from a peer: each value has its frequency, greater than 0. */
static q_code check_partials(q_agg_ctx *c, uint32_t n, const q_column *columns)
{
    bool good = true;
    for (uint32_t i = 0; i < n && good; i++) {
        good = !q_column_is_null(&columns[0], i) && !q_column_is_null(&columns[1], i);
        q_list v = Q_VALUES(&columns[0], q_list)[i], t = Q_VALUES(&columns[1], q_list)[i];
        good = good && v.len == t.len && !columns[0].child->validity && !columns[1].child->validity;
        for (uint32_t k = 0; good && k < t.len; k++)
            good = Q_VALUES(columns[1].child, int64_t)[t.start + k] > 0;
    }
    return good ? Q_OK : q_err_set(c->err, Q_E_PROTOCOL, "percentile: values without frequencies");
}

static q_code merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                    const q_column *columns)
{
    Q_TRY(check_partials(c, n, columns));
    uint32_t *lists = q_arena_alloc(c->arena, sizeof *lists * ((size_t)n + 1));
    if (!lists)
        return q_agg_no_memory(c, sizeof *lists * n);
    for (uint32_t which = 0; which < 2; which++) {
        lists_of(groups, NULL, n, which, lists);
        Q_TRY(q_agg_lists_merge(c, states, lists, n, &columns[which]));
    }
    return Q_OK;
}

/* The first value up to which (in order) more than `position` values were counted. */
static double value_at(const q_agg_sorted *s, const double *counted, double position)
{
    uint32_t low = 0, high = s->values.length - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (counted[middle] > position)
            high = middle;
        else
            low = middle + 1;
    }
    return Q_VALUES(&s->values, double)[s->order[low]];
}

static q_code put(q_agg_ctx *c, const q_agg_list *list, const q_agg_sorted *s, q_agg_shares want,
                  q_arena *tmp, q_column *out, uint32_t at)
{
    uint32_t n = s->values.length;
    const q_agg_list *times_list = &((const state *)list)->times;
    int64_t *times = q_arena_alloc_vec(tmp, sizeof *times * (size_t)n);
    double *counted = q_arena_alloc_vec(tmp, sizeof *counted * (size_t)n);
    if (!times || !counted)
        return q_agg_no_memory(c, 2 * sizeof *times * (size_t)n);
    q_int128 sum = 0;
    q_agg_list_copy(times_list, sizeof *times, times);
    for (uint32_t i = 0; i < n; i++) {
        sum += times[s->order[i]];
        counted[i] = (double)sum;
    }
    for (uint32_t k = 0; k < want.n; k++) {
        double position = (double)(sum - 1) * want.p[k];
        Q_VALUES(out, double)
        [at + k] = q_agg_between(position, value_at(s, counted, floor(position)),
                                 value_at(s, counted, ceil(position)));
    }
    return Q_OK;
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    return q_agg_percentiles_of(c, (q_agg_percentiles){states, 2, put}, n, out, result);
}

const q_agg_ops q_agg_percentile_frequency = {state_bytes, update, partials, save, merge, finish};
