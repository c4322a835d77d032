/* Sorted runs of order keys: built by tasks, united by the merge, attached to rows. */
#include "common/exec/ranks.h"

#include <string.h>

#include "proto/batch.h"

static q_code no_memory(q_arena *a, size_t bytes, q_err *err)
{
    return q_budget_error(a->budget, bytes, err);
}

/* An array of n in the arena, or OUT_OF_MEMORY from the enclosing function. */
#define NEW(var, a, n)                                               \
    do {                                                             \
        (var) = q_arena_alloc_vec((a), sizeof *(var) * (size_t)(n)); \
        if (!(var))                                                  \
            return no_memory((a), sizeof *(var) * (size_t)(n), err); \
    } while (0)

/* ---- task side: building ---- */

/* Rows sorted by (partition, key), partition by partition. */
typedef struct sorted {
    uint32_t *rows;
    uint64_t *words;   /* word form, beside rows; NULL rows last or first of their partition */
    uint32_t *start;   /* n_parts + 1 */
    uint32_t *n_nulls; /* by partition */
} sorted;

static bool is_null(const q_run_keys *k, uint32_t row)
{
    return k->valid && !q_bit_get(k->valid, row);
}

/* Counting sort by partition; within one, NULL rows stand where the order wants them. */
static q_code scatter(const q_run_keys *k, uint32_t n_rows, const uint32_t *parts, uint32_t n_parts,
                      q_arena *a, sorted *s, q_err *err)
{
    uint32_t *at, *null_at;
    NEW(s->rows, a, n_rows);
    NEW(s->words, a, k->spec.words ? n_rows : 1);
    NEW(s->start, a, n_parts + 1);
    NEW(s->n_nulls, a, n_parts + 1);
    NEW(at, a, n_parts + 1);
    NEW(null_at, a, n_parts + 1);
    memset(s->start, 0, sizeof *s->start * (n_parts + 1));
    memset(s->n_nulls, 0, sizeof *s->n_nulls * (n_parts + 1));
    for (uint32_t i = 0; i < n_rows; i++)
        s->start[parts[i] + 1]++;
    if (k->valid) {
        for (uint32_t i = 0; i < n_rows; i++)
            s->n_nulls[parts[i]] += is_null(k, i);
    }
    for (uint32_t p = 0; p < n_parts; p++) {
        s->start[p + 1] += s->start[p];
        at[p] = s->start[p] + (k->spec.nulls_first ? s->n_nulls[p] : 0);
        null_at[p] = k->spec.nulls_first ? s->start[p] : s->start[p + 1] - s->n_nulls[p];
    }
    for (uint32_t i = 0; i < n_rows; i++) {
        uint32_t to = is_null(k, i) ? null_at[parts[i]]++ : at[parts[i]]++;
        s->rows[to] = i;
        if (k->spec.words)
            s->words[to] = k->words[i];
    }
    return Q_OK;
}

static q_code sort_bytes_part(const q_run_keys *k, uint32_t *rows, uint32_t n, q_err *err)
{
    q_arena tmp;
    q_arena_init(&tmp, NULL);
    q_str *keys = q_arena_alloc(&tmp, sizeof *keys * (size_t)n + 1);
    uint32_t *order = q_arena_alloc(&tmp, sizeof *order * (size_t)n + 1);
    uint32_t *copy = q_arena_copy(&tmp, rows, sizeof *rows * (size_t)n);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = k->bytes[rows[i]];
    q_code code = q_sort_bytes(keys, n, order, &tmp, err);
    for (uint32_t i = 0; i < n && code == Q_OK; i++)
        rows[i] = copy[order[i]];
    q_arena_fini(&tmp);
    return code;
}

static q_code sort_parts(const q_run_keys *k, uint32_t n_parts, sorted *s, q_err *err)
{
    q_arena tmp;
    q_arena_init(&tmp, NULL);
    q_code code = Q_OK;
    for (uint32_t p = 0; p < n_parts && code == Q_OK; p++) {
        uint32_t from = s->start[p] + (k->spec.nulls_first ? s->n_nulls[p] : 0);
        uint32_t n = s->start[p + 1] - s->start[p] - s->n_nulls[p];
        if (n < 2)
            continue;
        if (k->spec.words) {
            code = q_sort_word_pairs(s->words + from, s->rows + from, n, &tmp, err);
            q_arena_reset(&tmp);
        } else {
            code = sort_bytes_part(k, s->rows + from, n, err);
        }
    }
    q_arena_fini(&tmp);
    return code;
}

static bool same_entry(const q_run_keys *k, const sorted *s, uint32_t i)
{
    uint32_t x = s->rows[i - 1], y = s->rows[i];
    if (k->valid && is_null(k, x) != is_null(k, y))
        return false;
    if (k->spec.words)
        return s->words[i - 1] == s->words[i] || is_null(k, y);
    return q_str_eq(k->bytes[x], k->bytes[y]);
}

static q_code entries_fill(const q_run_keys *k, const sorted *s, q_arena *a, q_runs *r, q_err *err)
{
    NEW(r->part_entries, a, r->n_parts + 1);
    NEW(r->entry_of_row, a, r->n_rows + 1);
    NEW(r->index_in_entry, a, r->n_rows + 1);
    NEW(r->counts, a, r->n_rows + 1);
    q_type type = Q_TYPE(k->spec.words ? Q_BIGINT : Q_BINARY);
    Q_TRY(q_column_init(&r->keys, type, r->n_rows, a, err));
    r->keys.bytes_stable = true;
    uint32_t n = 0;
    for (uint32_t p = 0; p < r->n_parts; p++) {
        uint32_t first = n;
        for (uint32_t i = s->start[p]; i < s->start[p + 1]; i++) {
            uint32_t row = s->rows[i];
            if (i == s->start[p] || !same_entry(k, s, i)) {
                if (k->spec.words)
                    Q_VALUES(&r->keys, uint64_t)[n] = s->words[i];
                else
                    Q_VALUES(&r->keys, q_str)[n] = k->bytes[row];
                if (is_null(k, row)) {
                    Q_TRY(q_column_need_validity(&r->keys, a, err));
                    q_bit_clear(r->keys.validity, n);
                }
                r->counts[n++] = 0;
            }
            r->entry_of_row[row] = n - 1;
            r->index_in_entry[row] = r->counts[n - 1]++;
        }
        r->part_entries[p] = n - first;
    }
    r->n_entries = n;
    r->keys.length = n;
    return Q_OK;
}

q_code q_runs_build(const q_run_keys *keys, uint32_t n_rows, const uint32_t *parts,
                    uint32_t n_parts, q_arena *a, q_runs *out, q_err *err)
{
    memset(out, 0, sizeof *out);
    out->n_rows = n_rows;
    out->n_parts = n_parts;
    q_arena tmp;
    sorted s = {0};
    q_arena_init(&tmp, a->budget);
    q_code code = scatter(keys, n_rows, parts, n_parts, &tmp, &s, err);
    if (code == Q_OK)
        code = sort_parts(keys, n_parts, &s, err);
    if (code == Q_OK)
        code = entries_fill(keys, &s, a, out, err);
    q_arena_fini(&tmp);
    return code;
}

static q_column int_column(const uint32_t *values, uint32_t n)
{
    return (q_column){.type = Q_TYPE(Q_INT), .length = n, .values = (void *)values};
}

q_code q_runs_encode(const q_runs *r, q_buf *out, q_err *err)
{
    q_column parts = int_column(r->part_entries, r->n_parts);
    q_column entries[2] = {r->keys, int_column(r->counts, r->n_entries)};
    Q_TRY(q_batch_encode(out, &(q_batch){r->n_parts, 1, &parts, NULL}, err));
    return q_batch_encode(out, &(q_batch){r->n_entries, 2, entries, NULL}, err);
}

/* ---- task side: attaching ---- */

static bool needs_position(const q_window_call *c)
{
    return c->call->function == Q_FN_ROW_NUMBER || c->call->function == Q_FN_NTILE;
}

/* What the merge sends for a call: the result itself, or the rows before the task's first
 * row of the entry where the result depends on the row's own position. */
static q_type reply_type(const q_window_call *c)
{
    return needs_position(c) ? Q_TYPE(Q_BIGINT) : c->call->type;
}

q_code q_ranks_decode(const q_window_group *g, const q_runs *r, q_batch_cursor *in, q_arena *a,
                      q_ranks *out, q_err *err)
{
    q_type *types = q_arena_array(a, q_type, g->n_calls);
    q_type part_type = Q_TYPE(Q_BIGINT);
    q_batch parts, entries;
    for (uint32_t i = 0; i < g->n_calls; i++)
        types[i] = reply_type(&g->calls[i]);
    Q_TRY(q_batch_decode_types(in, &part_type, 1, true, a, &parts, err));
    Q_TRY(q_batch_decode_types(in, types, g->n_calls, true, a, &entries, err));
    if (parts.n_rows != r->n_parts || entries.n_rows != r->n_entries)
        return q_err_set(err, Q_E_PROTOCOL, "ranks of %u entries for %u", entries.n_rows,
                         r->n_entries);
    out->part_rows = parts.columns[0].values;
    out->values = entries.columns;
    return Q_OK;
}

static int32_t ntile(int64_t row, int64_t n, int64_t buckets)
{
    int64_t size = n / buckets, larger = n % buckets, border = larger * (size + 1);
    if (row < border)
        return (int32_t)(row / (size + 1) + 1);
    return (int32_t)(larger + (size ? (row - border) / size : 0) + 1);
}

static int64_t ntile_buckets(const q_expr *call)
{
    if (!call->n_args || call->args[0]->kind != Q_X_LITERAL)
        return 1;
    int32_t n = *Q_VALUES(call->args[0]->value, int32_t);
    return n > 0 ? n : 1;
}

q_code q_ranks_attach(const q_window_group *g, uint32_t c, const q_runs *r, const q_ranks *ranks,
                      const uint32_t *parts, uint32_t from, uint32_t n, q_arena *a, q_column *out,
                      q_err *err)
{
    const q_window_call *call = &g->calls[c];
    const uint32_t *entry = r->entry_of_row + from, *index = r->index_in_entry + from;
    if (!needs_position(call))
        return q_column_gather(out, &ranks->values[c], entry, n, a, err);
    Q_TRY(q_column_init(out, call->call->type, n, a, err));
    const int64_t *before = ranks->values[c].values;
    int32_t *v = out->values;
    if (call->call->function == Q_FN_ROW_NUMBER) {
        for (uint32_t i = 0; i < n; i++)
            v[i] = (int32_t)(before[entry[i]] + index[i] + 1);
    } else {
        int64_t buckets = ntile_buckets(call->call);
        for (uint32_t i = 0; i < n; i++)
            v[i] = ntile(before[entry[i]] + index[i], ranks->part_rows[parts[i]], buckets);
    }
    return Q_OK;
}

/* ---- merge side ---- */

/* A task's run of one partition. */
typedef struct run {
    uint32_t task;
    uint32_t first, n;   /* entries of the task, without the NULL entry */
    uint32_t null_entry; /* UINT32_MAX: none */
} run;

typedef struct task_runs {
    uint32_t n_parts, n_entries;
    const uint32_t *map; /* local partition → global */
    const uint32_t *part_entries;
    q_column keys;         /* by entry */
    const uint64_t *words; /* by entry; made for byte keys */
    const uint32_t *counts;
    int64_t *part_rows; /* reply */
    q_column *values;   /* reply: one column a call */
} task_runs;

struct q_ranks_merge {
    const q_window_group *group;
    q_sortkey_spec spec;
    uint32_t n_tasks;
    q_arena *arena;
    task_runs *tasks;
};

/* United keys of one partition. */
typedef struct united {
    const uint64_t *words;
    const uint64_t *counts;
    uint32_t n;
} united;

q_code q_ranks_merge_new(const q_window_group *g, uint32_t n_tasks, q_arena *a, q_ranks_merge **out,
                         q_err *err)
{
    q_ranks_merge *m = q_arena_new(a, q_ranks_merge);
    task_runs *tasks = q_arena_array(a, task_runs, n_tasks);
    if (!m || !tasks)
        return no_memory(a, sizeof *tasks * n_tasks, err);
    *m = (q_ranks_merge){g, q_sortkey_of(g->order, g->n_order), n_tasks, a, tasks};
    *out = m;
    return Q_OK;
}

q_code q_ranks_merge_add(q_ranks_merge *m, uint32_t task, q_batch_cursor *in, const uint32_t *map,
                         uint32_t n_map, q_err *err)
{
    task_runs *t = &m->tasks[task];
    q_type part_type = Q_TYPE(Q_INT);
    q_type types[2] = {Q_TYPE(m->spec.words ? Q_BIGINT : Q_BINARY), Q_TYPE(Q_INT)};
    q_batch parts, entries;
    Q_TRY(q_batch_decode_types(in, &part_type, 1, true, m->arena, &parts, err));
    Q_TRY(q_batch_decode_types(in, types, 2, true, m->arena, &entries, err));
    t->n_parts = parts.n_rows;
    t->n_entries = entries.n_rows;
    t->map = map;
    t->part_entries = parts.columns[0].values;
    t->keys = entries.columns[0];
    t->words = m->spec.words ? t->keys.values : NULL;
    t->counts = entries.columns[1].values;
    uint64_t total = 0;
    for (uint32_t p = 0; p < t->n_parts; p++)
        total += t->part_entries[p];
    if (t->n_parts != n_map || total != t->n_entries)
        return q_err_set(err, Q_E_PROTOCOL, "runs of task %u do not add up", task);
    return Q_OK;
}

/* Byte keys: the rank among all distinct keys of all tasks becomes the word. */
static q_code words_of_bytes(q_ranks_merge *m, q_err *err)
{
    size_t n = 0, at = 0;
    for (uint32_t t = 0; t < m->n_tasks; t++)
        n += m->tasks[t].n_entries;
    if (n > UINT32_MAX)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "%zu distinct order keys, at most %u", n,
                         UINT32_MAX);
    q_str *keys;
    uint32_t *order;
    uint64_t *words;
    NEW(keys, m->arena, n + 1);
    NEW(order, m->arena, n + 1);
    NEW(words, m->arena, n + 1);
    for (uint32_t t = 0; t < m->n_tasks; t++) {
        if (m->tasks[t].n_entries)
            memcpy(keys + at, m->tasks[t].keys.values, sizeof *keys * m->tasks[t].n_entries);
        m->tasks[t].words = words + at;
        at += m->tasks[t].n_entries;
    }
    Q_TRY(q_sort_bytes(keys, (uint32_t)n, order, m->arena, err));
    uint64_t rank = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && !q_str_eq(keys[order[i]], keys[order[i - 1]]))
            rank++;
        words[order[i]] = rank;
    }
    return Q_OK;
}

/* Runs by global partition: counting sort of the tasks' partitions. */
static q_code runs_by_part(q_ranks_merge *m, uint32_t n_parts, run **runs_out, uint32_t **start_out,
                           q_err *err)
{
    uint32_t *start, *at, n = 0;
    run *runs = NULL;
    NEW(start, m->arena, n_parts + 1);
    NEW(at, m->arena, n_parts + 1);
    memset(start, 0, sizeof *start * (n_parts + 1));
    for (uint32_t t = 0; t < m->n_tasks; t++) {
        for (uint32_t p = 0; p < m->tasks[t].n_parts; p++, n++)
            start[m->tasks[t].map[p] + 1]++;
    }
    NEW(runs, m->arena, n + 1);
    for (uint32_t p = 0; p < n_parts; p++) {
        start[p + 1] += start[p];
        at[p] = start[p];
    }
    for (uint32_t t = 0; t < m->n_tasks; t++) {
        const task_runs *k = &m->tasks[t];
        uint32_t entry = 0;
        for (uint32_t p = 0; p < k->n_parts; p++) {
            run r = {t, entry, k->part_entries[p], UINT32_MAX};
            uint32_t last = entry + r.n - 1;
            if (r.n && q_column_is_null(&k->keys, m->spec.nulls_first ? entry : last)) {
                r.null_entry = m->spec.nulls_first ? entry : last;
                r.first += m->spec.nulls_first;
                r.n--;
            }
            entry += k->part_entries[p];
            runs[at[k->map[p]]++] = r;
        }
    }
    *runs_out = runs;
    *start_out = start;
    return Q_OK;
}

static uint32_t unite_two(united x, united y, uint64_t *words, uint64_t *counts)
{
    uint32_t i = 0, j = 0, k = 0;
    while (i < x.n && j < y.n) { /* no branch on the data: it would be mispredicted */
        uint64_t a = x.words[i], b = y.words[j];
        words[k] = a < b ? a : b;
        counts[k] = (a <= b ? x.counts[i] : 0) + (b <= a ? y.counts[j] : 0);
        i += a <= b;
        j += b <= a;
        k++;
    }
    for (; i < x.n; i++, k++) {
        words[k] = x.words[i];
        counts[k] = x.counts[i];
    }
    for (; j < y.n; j++, k++) {
        words[k] = y.words[j];
        counts[k] = y.counts[j];
    }
    return k;
}

/* Unite all runs of a partition, pair by pair. tmp is scratch. */
static q_code unite(const q_ranks_merge *m, const run *runs, uint32_t n_runs, q_arena *tmp,
                    united *out, q_err *err)
{
    united *u = q_arena_array(tmp, united, n_runs + 1);
    if (!u)
        return no_memory(tmp, sizeof *u * n_runs, err);
    for (uint32_t i = 0; i < n_runs; i++) {
        const task_runs *t = &m->tasks[runs[i].task];
        uint64_t *counts;
        NEW(counts, tmp, runs[i].n);
        for (uint32_t k = 0; k < runs[i].n; k++)
            counts[k] = t->counts[runs[i].first + k];
        u[i] = (united){t->words + runs[i].first, counts, runs[i].n};
    }
    while (n_runs > 1) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < n_runs; i += 2) {
            if (i + 1 == n_runs) {
                u[n++] = u[i];
                continue;
            }
            uint64_t *words, *counts;
            NEW(words, tmp, u[i].n + u[i + 1].n);
            NEW(counts, tmp, u[i].n + u[i + 1].n);
            uint32_t k = unite_two(u[i], u[i + 1], words, counts);
            u[n++] = (united){words, counts, k};
        }
        n_runs = n;
    }
    *out = n_runs ? u[0] : (united){0};
    return Q_OK;
}

/* Where one entry stands in its partition. */
typedef struct standing {
    uint64_t before;   /* rows before the first peer */
    uint64_t peers;    /* rows of the entry, all tasks */
    uint64_t earlier;  /* peers in earlier tasks */
    uint64_t distinct; /* entries before */
    uint64_t rows;     /* of the partition */
} standing;

static void value_put(const q_window_call *call, q_column *out, uint32_t entry, const standing *s)
{
    switch (call->call->function) {
    case Q_FN_RANK:
        Q_VALUES(out, int32_t)[entry] = (int32_t)(s->before + 1);
        break;
    case Q_FN_DENSE_RANK:
        Q_VALUES(out, int32_t)[entry] = (int32_t)(s->distinct + 1);
        break;
    case Q_FN_PERCENT_RANK:
        Q_VALUES(out, double)
        [entry] = s->rows > 1 ? (double)s->before / (double)(s->rows - 1) : 0.0;
        break;
    case Q_FN_CUME_DIST:
        Q_VALUES(out, double)[entry] = (double)(s->before + s->peers) / (double)s->rows;
        break;
    default: /* row_number, ntile */
        Q_VALUES(out, int64_t)[entry] = (int64_t)(s->before + s->earlier);
        break;
    }
}

static void values_put(const q_ranks_merge *m, task_runs *t, uint32_t entry, const standing *s)
{
    for (uint32_t c = 0; c < m->group->n_calls; c++)
        value_put(&m->group->calls[c], &t->values[c], entry, s);
}

/* Ranks of a partition's entries, task by task. */
static q_code rank_part(q_ranks_merge *m, const run *runs, uint32_t n_runs, q_arena *tmp,
                        q_err *err)
{
    united u = {0};
    Q_TRY(unite(m, runs, n_runs, tmp, &u, err));
    uint64_t *before, *earlier, rows = 0, nulls = 0, nulls_seen = 0;
    NEW(before, tmp, u.n + 1);
    NEW(earlier, tmp, u.n + 1);
    memset(earlier, 0, sizeof *earlier * (u.n + 1));
    for (uint32_t i = 0; i < n_runs; i++) {
        if (runs[i].null_entry != UINT32_MAX)
            nulls += m->tasks[runs[i].task].counts[runs[i].null_entry];
    }
    bool shift = nulls && m->spec.nulls_first;
    rows = shift ? nulls : 0;
    for (uint32_t k = 0; k < u.n; k++) {
        before[k] = rows;
        rows += u.counts[k];
    }
    uint64_t before_null = m->spec.nulls_first ? 0 : rows;
    if (!shift)
        rows += nulls;
    for (uint32_t i = 0; i < n_runs; i++) {
        task_runs *t = &m->tasks[runs[i].task];
        uint32_t k = 0;
        for (uint32_t e = runs[i].first; e < runs[i].first + runs[i].n; e++) {
            while (k < u.n && u.words[k] != t->words[e])
                k++;
            if (k == u.n) /* a run that is not sorted */
                return q_err_set(err, Q_E_PROTOCOL, "unsorted run of order keys from task %u",
                                 runs[i].task);
            standing s = {before[k], u.counts[k], earlier[k], k + shift, rows};
            values_put(m, t, e, &s);
            earlier[k] += t->counts[e];
        }
        if (runs[i].null_entry != UINT32_MAX) {
            standing s = {before_null, nulls, nulls_seen, m->spec.nulls_first ? 0 : u.n, rows};
            values_put(m, t, runs[i].null_entry, &s);
            nulls_seen += t->counts[runs[i].null_entry];
        }
    }
    return Q_OK;
}

static q_code replies_new(q_ranks_merge *m, q_err *err)
{
    for (uint32_t i = 0; i < m->n_tasks; i++) {
        task_runs *t = &m->tasks[i];
        NEW(t->part_rows, m->arena, t->n_parts + 1);
        t->values = q_arena_array(m->arena, q_column, m->group->n_calls);
        if (!t->values)
            return no_memory(m->arena, sizeof *t->values, err);
        for (uint32_t c = 0; c < m->group->n_calls; c++)
            Q_TRY(q_column_init(&t->values[c], reply_type(&m->group->calls[c]), t->n_entries,
                                m->arena, err));
    }
    return Q_OK;
}

static q_code part_rows_fill(q_ranks_merge *m, uint32_t n_parts, q_err *err)
{
    int64_t *rows;
    NEW(rows, m->arena, n_parts + 1);
    memset(rows, 0, sizeof *rows * (n_parts + 1));
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < m->n_tasks; i++) {
            task_runs *t = &m->tasks[i];
            uint32_t e = 0;
            for (uint32_t p = 0; p < t->n_parts; p++) {
                for (uint32_t end = e + t->part_entries[p]; e < end && !pass; e++)
                    rows[t->map[p]] += t->counts[e];
                t->part_rows[p] = rows[t->map[p]];
            }
        }
    }
    return Q_OK;
}

q_code q_ranks_merge_finish(q_ranks_merge *m, uint32_t n_parts, q_err *err)
{
    run *runs = NULL;
    uint32_t *start = NULL;
    if (!m->spec.words)
        Q_TRY(words_of_bytes(m, err));
    Q_TRY(replies_new(m, err));
    Q_TRY(part_rows_fill(m, n_parts, err));
    Q_TRY(runs_by_part(m, n_parts, &runs, &start, err));
    q_arena tmp;
    q_arena_init(&tmp, m->arena->budget);
    q_code code = Q_OK;
    for (uint32_t p = 0; p < n_parts && code == Q_OK; p++) {
        code = rank_part(m, runs + start[p], start[p + 1] - start[p], &tmp, err);
        q_arena_reset(&tmp);
    }
    q_arena_fini(&tmp);
    return code;
}

void q_ranks_merge_rows(const q_ranks_merge *m, int64_t *rows)
{
    for (uint32_t i = 0; i < m->n_tasks; i++) {
        const task_runs *t = &m->tasks[i];
        uint32_t e = 0;
        for (uint32_t p = 0; p < t->n_parts; p++) {
            for (uint32_t end = e + t->part_entries[p]; e < end; e++)
                rows[t->map[p]] += t->counts[e];
        }
    }
}

q_code q_ranks_merge_reply(const q_ranks_merge *m, uint32_t task, q_buf *out, q_err *err)
{
    const task_runs *t = &m->tasks[task];
    q_column rows = {.type = Q_TYPE(Q_BIGINT), .length = t->n_parts, .values = t->part_rows};
    Q_TRY(q_batch_encode(out, &(q_batch){t->n_parts, 1, &rows, NULL}, err));
    return q_batch_encode(out, &(q_batch){t->n_entries, m->group->n_calls, t->values, NULL}, err);
}
