/* The window order of rows. */
#include "common/exec/window/layout.h"

#include "common/exec/sortkey.h"

#define NEW(var, a, n)                                                                  \
    do {                                                                                \
        (var) = q_arena_alloc_vec((a), sizeof *(var) * ((size_t)(n) + 1));              \
        if (!(var))                                                                     \
            return q_budget_error((a)->budget, sizeof *(var) * ((size_t)(n) + 1), err); \
    } while (0)

/* The order keys by row. */
typedef struct keys {
    q_sortkey_spec spec;
    const uint64_t *words;
    const q_column *nulls; /* word form: the key column, for its NULLs */
    const q_str *bytes;
} keys;

static q_code keys_make(const q_window_group *g, const q_window_input *in, q_arena *tmp, keys *k,
                        q_err *err)
{
    uint64_t *words;
    q_str *bytes;
    k->spec = q_sortkey_of(g->order, g->n_order);
    if (k->spec.words) {
        NEW(words, tmp, in->n_rows);
        q_sortkey_words(&g->order[0], in->order[0], words);
        k->words = words;
        k->nulls = in->order[0];
        return Q_OK;
    }
    NEW(bytes, tmp, in->n_rows);
    k->bytes = bytes;
    return q_sortkey_bytes(g->order, g->n_order, in->order, in->n_rows, tmp, bytes, err);
}

/* Rows grouped by partition, in row order. */
static q_code group_rows(const q_window_input *in, q_arena *a, q_arena *tmp, q_window_layout *l,
                         q_err *err)
{
    uint32_t *at;
    NEW(l->rows, a, in->n_rows);
    NEW(l->start, a, in->n_partitions);
    NEW(at, tmp, in->n_partitions);
    memset(l->start, 0, sizeof *l->start * ((size_t)in->n_partitions + 1));
    for (uint32_t i = 0; i < in->n_rows; i++)
        l->start[in->partition[i] + 1]++;
    for (uint32_t p = 0; p < in->n_partitions; p++) {
        l->start[p + 1] += l->start[p];
        at[p] = l->start[p];
    }
    for (uint32_t i = 0; i < in->n_rows; i++)
        l->rows[at[in->partition[i]]++] = i;
    return Q_OK;
}

/* NULL rows apart, then the others by their words. */
static q_code sort_words(const keys *k, uint32_t *rows, uint32_t n, q_arena *tmp, q_err *err)
{
    uint32_t *others, n_nulls = 0, n_others = 0;
    uint64_t *words;
    NEW(others, tmp, n);
    NEW(words, tmp, n);
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(k->nulls, rows[i])) {
            rows[n_nulls++] = rows[i];
        } else {
            words[n_others] = k->words[rows[i]];
            others[n_others++] = rows[i];
        }
    }
    Q_TRY(q_sort_word_pairs(words, others, n_others, tmp, err));
    if (!k->spec.nulls_first)
        memmove(rows + n_others, rows, sizeof *rows * n_nulls);
    memcpy(rows + (k->spec.nulls_first ? n_nulls : 0), others, sizeof *rows * n_others);
    return Q_OK;
}

static q_code sort_bytes(const keys *k, uint32_t *rows, uint32_t n, q_arena *tmp, q_err *err)
{
    uint32_t *order, *copy;
    q_str *bytes;
    NEW(order, tmp, n);
    NEW(copy, tmp, n);
    NEW(bytes, tmp, n);
    for (uint32_t i = 0; i < n; i++)
        bytes[i] = k->bytes[rows[i]];
    Q_TRY(q_sort_bytes(bytes, n, order, tmp, err));
    memcpy(copy, rows, sizeof *rows * n);
    for (uint32_t i = 0; i < n; i++)
        rows[i] = copy[order[i]];
    return Q_OK;
}

static bool are_peers(const keys *k, uint32_t x, uint32_t y)
{
    if (!k->spec.words)
        return q_str_eq(k->bytes[x], k->bytes[y]);
    bool nx = q_column_is_null(k->nulls, x), ny = q_column_is_null(k->nulls, y);
    return nx == ny && (nx || k->words[x] == k->words[y]);
}

static void find_peers(const keys *k, const uint32_t *rows, uint32_t n, uint32_t *peer,
                       uint32_t *peer_end)
{
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && are_peers(k, rows[from], rows[to]);)
            to++;
        for (uint32_t i = from; i < to; i++) {
            peer[i] = from;
            peer_end[i] = to;
        }
    }
}

static q_code make(const q_window_group *g, const q_window_input *in, q_arena *a, q_arena *kept,
                   q_arena *tmp, q_window_layout *l, q_err *err)
{
    keys k = {0};
    Q_TRY(keys_make(g, in, kept, &k, err));
    Q_TRY(group_rows(in, a, kept, l, err));
    NEW(l->peer, a, in->n_rows);
    NEW(l->peer_end, a, in->n_rows);
    for (uint32_t p = 0; p < in->n_partitions; p++) {
        uint32_t from = l->start[p], n = l->start[p + 1] - from;
        if (g->n_order && n > 1)
            Q_TRY((k.spec.words ? sort_words : sort_bytes)(&k, l->rows + from, n, tmp, err));
        q_arena_reset(tmp);
        find_peers(&k, l->rows + from, n, l->peer + from, l->peer_end + from);
    }
    return Q_OK;
}

q_code q_window_layout_make(const q_window_group *g, const q_window_input *in, q_arena *a,
                            q_window_layout *out, q_err *err)
{
    q_arena kept, tmp;
    *out = (q_window_layout){.n_rows = in->n_rows, .n_parts = in->n_partitions};
    q_arena_init(&kept, a->budget);
    q_arena_init(&tmp, a->budget);
    q_code code = make(g, in, a, &kept, &tmp, out, err);
    q_arena_fini(&tmp);
    q_arena_fini(&kept);
    return code;
}
