/* Aggregates over frames. */
#include "common/exec/window/aggregate.h"

#include "common/exec/agg.h"
#include "common/exec/program.h"

#define MAX_ARGS 16

/* Result rows and frame rows that are handled in one go. */
#define BATCH_FRAMES 1024u
#define BATCH_ROWS   16384u
/* Rows of a block, the leaf of the tree; frames longer than a few of them use it. */
#define BLOCK_ROWS  16u
#define LONG_FRAMES (4 * BLOCK_ROWS)
#define MAX_LEVELS  32

typedef struct run {
    const q_window_call *call;
    const q_agg_ops *ops;
    q_agg_ctx ctx;
    uint32_t state_bytes, n_args;
    const q_window_layout *l;
    const q_window_frames *frames;
    q_column args[MAX_ARGS]; /* in window order, rows that pass the filter */
    uint32_t n_rows;         /* of args */
    uint32_t *passed;        /* by position: rows before it that pass; NULL: all pass */
    uint32_t *which;         /* by position: which of the results */
    q_column *pieces;        /* results, one behind the other */
    uint32_t n_pieces, cap_pieces, n_results;
    q_arena *arena, kept; /* kept: until the end of the call */
    q_err *err;
} run;

static q_code no_memory(const run *r, size_t bytes)
{
    return q_budget_error(r->arena->budget, bytes, r->err);
}

#define NEW(r, var, a, n)                                                  \
    do {                                                                   \
        (var) = q_arena_alloc_vec((a), sizeof *(var) * ((size_t)(n) + 1)); \
        if (!(var))                                                        \
            return no_memory((r), sizeof *(var) * ((size_t)(n) + 1));      \
    } while (0)

/* ---- rows and frames ---- */

/* The arguments in window order, without rows that the filter drops. */
static q_code args_make(run *r, q_column *const *args, const q_column *filter)
{
    uint32_t n = r->l->n_rows, *rows = r->l->rows;
    r->n_rows = n;
    if (filter) {
        NEW(r, r->passed, &r->kept, n);
        NEW(r, rows, &r->kept, n);
        r->n_rows = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t row = r->l->rows[i];
            r->passed[i] = r->n_rows;
            if (!q_column_is_null(filter, row) && Q_VALUES(filter, uint8_t)[row])
                rows[r->n_rows++] = row;
        }
        r->passed[n] = r->n_rows;
    }
    for (uint32_t k = 0; k < r->n_args; k++)
        Q_TRY(q_column_gather(&r->args[k], args[k], rows, r->n_rows, &r->kept, r->err));
    return Q_OK;
}

/* Rows of args that a position's frame has. */
typedef struct frame {
    uint32_t from, to;
} frame;

static frame frame_at(const run *r, uint32_t part_start, uint32_t position)
{
    uint32_t from = part_start + r->frames->start[position];
    uint32_t to = part_start + r->frames->end[position];
    if (!r->passed)
        return (frame){from, to};
    return (frame){r->passed[from], r->passed[to]};
}

/* ---- results ---- */

static q_code piece_add(run *r, const q_column *c)
{
    if (r->n_pieces == r->cap_pieces) {
        uint32_t cap = r->cap_pieces ? 2 * r->cap_pieces : 16;
        q_column *pieces;
        NEW(r, pieces, &r->kept, cap);
        if (r->n_pieces)
            memcpy(pieces, r->pieces, sizeof *pieces * r->n_pieces);
        r->pieces = pieces;
        r->cap_pieces = cap;
    }
    r->pieces[r->n_pieces++] = *c;
    r->n_results += c->length;
    return Q_OK;
}

/* The results of n states. Bytes that the states own are copied: states go first. */
static q_code finish(run *r, const void *states, uint32_t n, q_arena *a, q_column *out)
{
    memset(out, 0, sizeof *out);
    Q_TRY(r->ops->finish(&r->ctx, states, n, a, out));
    out->bytes_stable = false;
    return q_column_stabilise(out, a, r->err);
}

static q_code results_out(run *r, q_column *out)
{
    const q_column **pieces;
    q_column all;
    uint32_t *by_row, n = r->l->n_rows;
    NEW(r, pieces, &r->kept, r->n_pieces);
    NEW(r, by_row, &r->kept, n);
    for (uint32_t i = 0; i < r->n_pieces; i++)
        pieces[i] = &r->pieces[i];
    for (uint32_t i = 0; i < n; i++)
        by_row[r->l->rows[i]] = r->which[i];
    if (r->n_pieces)
        Q_TRY(q_column_concat(&all, pieces, r->n_pieces, r->arena, r->err));
    else
        Q_TRY(finish(r, r, 0, r->arena, &all));
    return q_column_gather(out, &all, by_row, n, r->arena, r->err);
}

/* ---- whole partitions ---- */

static q_code evaluate_whole(run *r)
{
    uint32_t *groups, n = r->l->n_parts;
    NEW(r, groups, &r->kept, r->n_rows);
    char *states = q_arena_zalloc(&r->kept, (size_t)r->state_bytes * n + 16);
    q_column *args[MAX_ARGS], result;
    if (!states)
        return no_memory(r, (size_t)r->state_bytes * n);
    for (uint32_t p = 0; p < n; p++) {
        uint32_t from = r->l->start[p], to = r->l->start[p + 1];
        for (uint32_t i = from; i < to; i++)
            r->which[i] = p;
        for (uint32_t i = r->passed ? r->passed[from] : from; i < (r->passed ? r->passed[to] : to);
             i++)
            groups[i] = p;
    }
    for (uint32_t k = 0; k < r->n_args; k++)
        args[k] = &r->args[k];
    r->ctx.arena = &r->kept;
    Q_TRY(r->ops->update(&r->ctx, states, groups, r->n_rows, args));
    Q_TRY(finish(r, states, n, r->arena, &result));
    return piece_add(r, &result);
}

/* ---- frames that start with the partition ---- */

/* Results of one row each, until there are enough for a piece. */
typedef struct staged {
    q_arena arena;
    q_column rows[BATCH_FRAMES];
    uint32_t n;
} staged;

static q_code staged_flush(run *r, staged *s)
{
    const q_column *rows[BATCH_FRAMES];
    q_column piece;
    if (!s->n)
        return Q_OK;
    for (uint32_t i = 0; i < s->n; i++)
        rows[i] = &s->rows[i];
    Q_TRY(q_column_concat(&piece, rows, s->n, r->arena, r->err));
    piece.bytes_stable = false;
    Q_TRY(q_column_stabilise(&piece, r->arena, r->err));
    r->n_results -= s->n; /* counted as they were staged */
    s->n = 0;
    q_arena_reset(&s->arena);
    return piece_add(r, &piece);
}

static q_code fold_rows(run *r, void *state, uint32_t from, uint32_t to, q_arena *tmp)
{
    static const uint32_t zeros[BATCH_FRAMES];
    while (from < to) {
        uint32_t n = to - from < BATCH_FRAMES ? to - from : BATCH_FRAMES;
        q_column slices[MAX_ARGS], *args[MAX_ARGS];
        for (uint32_t k = 0; k < r->n_args; k++) {
            args[k] = &slices[k];
            Q_TRY(q_column_slice(&slices[k], &r->args[k], from, n, tmp, r->err));
        }
        Q_TRY(r->ops->update(&r->ctx, state, zeros, n, args));
        from += n;
    }
    return Q_OK;
}

static q_code grow_part(run *r, uint32_t p, staged *s, q_arena *states)
{
    uint32_t start = r->l->start[p], n = r->l->start[p + 1] - start;
    uint32_t done = r->passed ? r->passed[start] : start;
    void *state = q_arena_zalloc(states, r->state_bytes);
    if (!state)
        return no_memory(r, r->state_bytes);
    for (uint32_t i = 0; i < n; i++) {
        frame f = frame_at(r, start, start + i);
        if (i == 0 || f.to > done) {
            if (s->n == BATCH_FRAMES)
                Q_TRY(staged_flush(r, s));
            Q_TRY(fold_rows(r, state, done, f.to, &s->arena));
            Q_TRY(finish(r, state, 1, &s->arena, &s->rows[s->n]));
            s->n++;
            r->n_results++;
            done = f.to;
        }
        r->which[start + i] = r->n_results - 1;
    }
    return Q_OK;
}

static q_code evaluate_growing(run *r)
{
    q_arena states;
    q_code code = Q_OK;
    staged *s = q_arena_alloc(&r->kept, sizeof *s);
    if (!s)
        return no_memory(r, sizeof *s);
    s->n = 0;
    q_arena_init(&s->arena, r->arena->budget);
    q_arena_init(&states, r->arena->budget);
    r->ctx.arena = &states;
    for (uint32_t p = 0; p < r->l->n_parts && code == Q_OK; p++) {
        code = grow_part(r, p, s, &states);
        q_arena_reset(&states);
    }
    if (code == Q_OK)
        code = staged_flush(r, s);
    q_arena_fini(&states);
    q_arena_fini(&s->arena);
    return code;
}

/* ---- any frames ---- */

/* Saved states of blocks of 16, 32, 64 … rows: node `first[k] + i` has rows from
 * i * 16 * 2^k on. */
typedef struct tree {
    uint32_t first[MAX_LEVELS], n_levels;
    q_column columns[Q_AGG_MAX_PARTIALS];
    uint32_t n_columns;
} tree;

static q_code level_save(run *r, const tree *t, const void *states, uint32_t n, q_column **out)
{
    *out = q_arena_array(&r->kept, q_column, Q_AGG_MAX_PARTIALS);
    if (!*out)
        return no_memory(r, sizeof(q_column) * t->n_columns);
    return r->ops->save(&r->ctx, states, n, &r->kept, *out);
}

static q_code leaves_make(run *r, const tree *t, uint32_t n, q_column **out)
{
    uint32_t *groups;
    q_column *args[MAX_ARGS];
    NEW(r, groups, &r->kept, r->n_rows);
    void *states = q_arena_zalloc(&r->kept, (size_t)r->state_bytes * n);
    if (!states)
        return no_memory(r, (size_t)r->state_bytes * n);
    for (uint32_t i = 0; i < r->n_rows; i++)
        groups[i] = i / BLOCK_ROWS;
    for (uint32_t k = 0; k < r->n_args; k++)
        args[k] = &r->args[k];
    Q_TRY(r->ops->update(&r->ctx, states, groups, r->n_rows, args));
    return level_save(r, t, states, n, out);
}

/* Two nodes of the level below make one. */
static q_code level_make(run *r, const tree *t, const q_column *below, uint32_t n_below,
                         q_column **out)
{
    uint32_t *groups, n = (n_below + 1) / 2;
    NEW(r, groups, &r->kept, n_below);
    void *states = q_arena_zalloc(&r->kept, (size_t)r->state_bytes * n);
    if (!states)
        return no_memory(r, (size_t)r->state_bytes * n);
    for (uint32_t i = 0; i < n_below; i++)
        groups[i] = i / 2;
    Q_TRY(r->ops->merge(&r->ctx, states, groups, n_below, below));
    return level_save(r, t, states, n, out);
}

static q_code tree_make(run *r, tree *t)
{
    q_type types[Q_AGG_MAX_PARTIALS];
    q_column *levels[MAX_LEVELS];
    const q_column *pieces[MAX_LEVELS];
    uint32_t n = (r->n_rows + BLOCK_ROWS - 1) / BLOCK_ROWS, first = 0;
    t->n_columns = r->ops->partials(r->call->call, types);
    t->n_levels = 0;
    r->ctx.arena = &r->kept;
    for (; n; n = n > 1 ? (n + 1) / 2 : 0) {
        uint32_t k = t->n_levels++;
        t->first[k] = first;
        if (!k)
            Q_TRY(leaves_make(r, t, n, &levels[0]));
        else
            Q_TRY(level_make(r, t, levels[k - 1], levels[k - 1][0].length, &levels[k]));
        first += n;
    }
    for (uint32_t c = 0; c < t->n_columns && t->n_levels; c++) {
        for (uint32_t k = 0; k < t->n_levels; k++)
            pieces[k] = &levels[k][c];
        Q_TRY(q_column_concat(&t->columns[c], pieces, t->n_levels, &r->kept, r->err));
    }
    return Q_OK;
}

/* (what, state) pairs to fold: rows in front of the blocks, blocks, rows behind them. */
typedef struct pairs {
    uint32_t n, cap;
    uint32_t *what, *state;
} pairs;

typedef struct batch {
    pairs head, nodes, tail;
    uint32_t n_states;
} batch;

static q_code pair_add(run *r, pairs *p, uint32_t what, uint32_t state)
{
    if (p->n == p->cap) {
        uint32_t cap = p->cap ? 2 * p->cap : BATCH_ROWS, *w, *s;
        NEW(r, w, &r->kept, cap);
        NEW(r, s, &r->kept, cap);
        if (p->n) {
            memcpy(w, p->what, sizeof *w * p->n);
            memcpy(s, p->state, sizeof *s * p->n);
        }
        *p = (pairs){p->n, cap, w, s};
    }
    p->what[p->n] = what;
    p->state[p->n++] = state;
    return Q_OK;
}

/* Nodes that cover blocks [i, j), left to right. */
static q_code nodes_add(run *r, const tree *t, pairs *p, uint32_t i, uint32_t j, uint32_t state)
{
    uint32_t right[MAX_LEVELS], n_right = 0;
    for (uint32_t k = 0; i < j; k++, i /= 2, j /= 2) {
        if (i & 1)
            Q_TRY(pair_add(r, p, t->first[k] + i++, state));
        if (j & 1)
            right[n_right++] = t->first[k] + --j;
    }
    while (n_right)
        Q_TRY(pair_add(r, p, right[--n_right], state));
    return Q_OK;
}

static q_code rows_add(run *r, pairs *p, uint32_t from, uint32_t to, uint32_t state)
{
    for (; from < to; from++)
        Q_TRY(pair_add(r, p, from, state));
    return Q_OK;
}

static q_code frame_add(run *r, const tree *t, batch *b, frame f)
{
    uint32_t state = b->n_states++;
    uint32_t i = (f.from + BLOCK_ROWS - 1) / BLOCK_ROWS, j = f.to / BLOCK_ROWS;
    if (!t || i >= j)
        return rows_add(r, &b->head, f.from, f.to, state);
    Q_TRY(rows_add(r, &b->head, f.from, i * BLOCK_ROWS, state));
    Q_TRY(nodes_add(r, t, &b->nodes, i, j, state));
    return rows_add(r, &b->tail, j * BLOCK_ROWS, f.to, state);
}

static q_code fold_pairs(run *r, void *states, const pairs *p, q_arena *tmp)
{
    q_column columns[MAX_ARGS], *args[MAX_ARGS];
    if (!p->n)
        return Q_OK;
    for (uint32_t k = 0; k < r->n_args; k++) {
        args[k] = &columns[k];
        Q_TRY(q_column_gather(&columns[k], &r->args[k], p->what, p->n, tmp, r->err));
    }
    return r->ops->update(&r->ctx, states, p->state, p->n, args);
}

static q_code merge_pairs(run *r, const tree *t, void *states, const pairs *p, q_arena *tmp)
{
    q_column columns[Q_AGG_MAX_PARTIALS];
    if (!p->n)
        return Q_OK;
    for (uint32_t k = 0; k < t->n_columns; k++)
        Q_TRY(q_column_gather(&columns[k], &t->columns[k], p->what, p->n, tmp, r->err));
    return r->ops->merge(&r->ctx, states, p->state, p->n, columns);
}

static q_code batch_flush(run *r, const tree *t, batch *b, q_arena *tmp)
{
    q_column piece;
    if (!b->n_states)
        return Q_OK;
    void *states = q_arena_zalloc(tmp, (size_t)r->state_bytes * b->n_states);
    if (!states)
        return no_memory(r, (size_t)r->state_bytes * b->n_states);
    r->ctx.arena = tmp;
    Q_TRY(fold_pairs(r, states, &b->head, tmp));
    if (t)
        Q_TRY(merge_pairs(r, t, states, &b->nodes, tmp));
    Q_TRY(fold_pairs(r, states, &b->tail, tmp));
    Q_TRY(finish(r, states, b->n_states, r->arena, &piece));
    q_arena_reset(tmp);
    b->head.n = b->nodes.n = b->tail.n = b->n_states = 0;
    return piece_add(r, &piece);
}

static q_code slide(run *r, const tree *t, q_arena *tmp)
{
    batch b = {0};
    uint32_t n = 0;
    for (uint32_t p = 0; p < r->l->n_parts; p++) {
        frame last = {0, 0};
        for (uint32_t i = r->l->start[p]; i < r->l->start[p + 1]; i++) {
            frame f = frame_at(r, r->l->start[p], i);
            if (i > r->l->start[p] && f.from == last.from && f.to == last.to) {
                r->which[i] = n - 1;
                continue;
            }
            if (b.n_states == BATCH_FRAMES || b.head.n + b.nodes.n + b.tail.n > BATCH_ROWS)
                Q_TRY(batch_flush(r, t, &b, tmp));
            Q_TRY(frame_add(r, t, &b, f));
            r->which[i] = n++;
            last = f;
        }
    }
    return batch_flush(r, t, &b, tmp);
}

/* Blocks pay for long frames, but not where states hold all their values. */
static bool wants_tree(const run *r)
{
    q_type types[Q_AGG_MAX_PARTIALS];
    uint64_t rows = 0;
    for (uint32_t k = 0, n = r->ops->partials(r->call->call, types); k < n; k++) {
        if (types[k].kind == Q_ARRAY)
            return false;
    }
    for (uint32_t i = 0; i < r->l->n_rows; i++)
        rows += r->frames->end[i] - r->frames->start[i];
    return rows > (uint64_t)LONG_FRAMES * r->l->n_rows;
}

static q_code evaluate_sliding(run *r)
{
    q_arena tmp;
    tree t, *blocks = wants_tree(r) ? &t : NULL;
    if (blocks)
        Q_TRY(tree_make(r, blocks));
    q_arena_init(&tmp, r->arena->budget);
    q_code code = slide(r, blocks, &tmp);
    q_arena_fini(&tmp);
    return code;
}

/* ---- the call ---- */

static q_code evaluate(run *r, q_column *const *args, const q_column *filter, q_column *out)
{
    const q_window_frame *f = &r->call->frame;
    NEW(r, r->which, &r->kept, r->l->n_rows);
    Q_TRY(args_make(r, args, filter));
    if (f->start != Q_BOUND_UNBOUNDED_PRECEDING)
        Q_TRY(evaluate_sliding(r));
    else if (f->end == Q_BOUND_UNBOUNDED_FOLLOWING)
        Q_TRY(evaluate_whole(r));
    else
        Q_TRY(evaluate_growing(r));
    return results_out(r, out);
}

q_code q_window_aggregate(const q_window_call *call, q_column *const *args, const q_column *filter,
                          const q_window_layout *l, const q_window_frames *frames,
                          const q_session *session, q_arena *a, q_column *out, q_err *err)
{
    run r = {.call = call,
             .ops = q_agg_find(call->call->function),
             .ctx = {.arena = a, .session = session, .call = call->call, .err = err},
             .n_args = call->call->n_args,
             .l = l,
             .frames = frames,
             .arena = a,
             .err = err};
    if (!r.ops || r.n_args > MAX_ARGS)
        return q_err_set(err, Q_E_INTERNAL, "a window call that is no aggregate");
    r.state_bytes = r.ops->state_bytes(call->call);
    q_arena_init(&r.kept, a->budget);
    q_code code = evaluate(&r, args, filter, out);
    q_arena_fini(&r.kept);
    return code;
}
