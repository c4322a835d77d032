/* Category partitions. */
#include "master/category_cut.h"

#include <stdlib.h>
#include <string.h>

#include "common/exec/groups.h"
#include "proto/batch.h"

#define BLOCK_ROWS 65536u

/* ---- which stages ---- */

/* The source column that a column of the segment's output is, UINT32_MAX: computed. */
static uint32_t trace(const q_branch *b, const q_expr *key)
{
    if (key->kind != Q_X_COLUMN)
        return UINT32_MAX;
    uint32_t column = key->column;
    for (uint32_t i = b->segment.n_ops; i-- > 0;) {
        const q_op *op = &b->segment.ops[i];
        if (op->kind != Q_OP_PROJECT)
            continue;
        if (op->exprs[column]->kind != Q_X_COLUMN)
            return UINT32_MAX;
        column = op->exprs[column]->column;
    }
    return b->columns[column];
}

static bool same_keys(const q_partition *p, const q_partition *q)
{
    if (p->n_keys != q->n_keys)
        return false;
    for (uint32_t i = 0; i < p->n_keys; i++) {
        if (!q_expr_equal(p->keys[i], q->keys[i]))
            return false;
    }
    return true;
}

bool q_category_keys(const q_stage *stage, uint32_t branch, uint32_t keys[16], uint32_t *n_keys)
{
    const q_sink *sink = &stage->sink;
    if (stage->n_barriers != 1 || stage->n_branches != 1 || sink->kind != Q_SINK_ROWS ||
        sink->limit >= 0 || sink->offset > 0)
        return false;
    const q_barrier *b = &stage->barriers[0];
    const q_partition *first = &b->partitions[0];
    if (!first->n_keys || first->n_keys > 16)
        return false;
    for (uint32_t p = 1; p < b->n_partitions; p++) {
        if (!same_keys(first, &b->partitions[p]))
            return false;
    }
    for (uint32_t k = 0; k < first->n_keys; k++) {
        keys[k] = trace(&stage->branches[branch], first->keys[k]);
        if (keys[k] == UINT32_MAX)
            return false;
    }
    *n_keys = first->n_keys;
    return true;
}

/* ---- the cut ---- */

typedef struct cut {
    q_arena arena;
    const q_schema *schema;
    uint32_t n_rows;
    q_column *columns; /* all rows */
    uint32_t *group;   /* by row */
    uint32_t n_groups;
    uint32_t *part;  /* by row */
    uint32_t *sizes; /* by part */
} cut;

static q_code rows_load(cut *c, const q_rows *rows, q_err *err)
{
    uint32_t n = 0, n_columns = c->schema->n_fields;
    q_batch *blocks = q_arena_array(&c->arena, q_batch, rows->n_runs + 1);
    const q_column **pieces = q_arena_array(&c->arena, const q_column *, rows->n_runs + 1);
    c->columns = q_arena_array(&c->arena, q_column, n_columns + 1);
    if (!blocks || !pieces || !c->columns)
        return q_budget_error(c->arena.budget, sizeof *blocks * rows->n_runs, err);
    for (uint32_t i = 0; i < rows->n_runs; i++) { /* a run made here is one block */
        q_batch_cursor in;
        q_batch_cursor_bytes(&in, rows->runs[i].data, rows->runs[i].bytes);
        Q_TRY(q_batch_decode(&in, c->schema, true, &c->arena, &blocks[n++], err));
        if (q_batch_cursor_more(&in))
            return q_err_set(err, Q_E_INTERNAL, "a run of several blocks");
    }
    for (uint32_t k = 0; k < n_columns; k++) {
        for (uint32_t i = 0; i < n; i++)
            pieces[i] = &blocks[i].columns[k];
        Q_TRY(q_column_concat(&c->columns[k], pieces, n, &c->arena, err));
    }
    c->n_rows = (uint32_t)rows->n_rows;
    return Q_OK;
}

static q_code group_rows(cut *c, const uint32_t *keys, uint32_t n_keys, q_err *err)
{
    q_type types[16];
    q_column *columns[16];
    q_groups *groups = NULL;
    for (uint32_t k = 0; k < n_keys; k++) {
        columns[k] = &c->columns[keys[k]];
        types[k] = columns[k]->type;
    }
    c->group = q_arena_alloc_vec(&c->arena, sizeof *c->group * (size_t)c->n_rows);
    if (!c->group)
        return q_budget_error(c->arena.budget, sizeof *c->group * (size_t)c->n_rows, err);
    Q_TRY(q_groups_new(types, n_keys, &c->arena, &groups, err));
    q_code code = q_groups_add(groups, columns, c->n_rows, c->group, err);
    c->n_groups = q_groups_count(groups);
    q_groups_destroy(&groups);
    return code;
}

/* Groups in order of first appearance fill parts up to the target; what does not fit any more
 * goes on in the next part, so a group's pieces are consecutive and in input order. */
static q_code parts_assign(cut *c, uint32_t n_parts, bool *whole, q_err *err)
{
    uint32_t target = c->n_rows / n_parts + 1;
    uint32_t *left = q_arena_array(&c->arena, uint32_t, c->n_groups + 1);  /* rows, then room */
    uint32_t *now = q_arena_array(&c->arena, uint32_t, c->n_groups + 1);   /* part being filled */
    uint32_t *first = q_arena_array(&c->arena, uint32_t, c->n_groups + 1); /* room in it */
    c->part = q_arena_alloc_vec(&c->arena, sizeof *c->part * (size_t)c->n_rows);
    c->sizes = q_arena_array(&c->arena, uint32_t, n_parts + 1);
    if (!left || !now || !first || !c->part || !c->sizes)
        return q_budget_error(c->arena.budget, sizeof *c->part * (size_t)c->n_rows, err);
    for (uint32_t i = 0; i < c->n_rows; i++)
        left[c->group[i]]++;
    uint32_t part = 0, used = 0;
    *whole = true;
    for (uint32_t g = 0; g < c->n_groups; g++) {
        if (used && used + left[g] > target && left[g] <= target && part + 1 < n_parts) {
            part++; /* it fits whole into the next one */
            used = 0;
        }
        now[g] = part;
        first[g] = target - used;
        *whole &= left[g] <= target - used || part + 1 == n_parts;
        for (uint32_t rows = left[g]; rows;) {
            uint32_t room = part + 1 == n_parts ? rows : target - used;
            uint32_t n = rows < room ? rows : room;
            rows -= n;
            used += n;
            if (used >= target && part + 1 < n_parts) {
                part++;
                used = 0;
            }
        }
    }
    for (uint32_t i = 0; i < c->n_rows; i++) {
        uint32_t g = c->group[i];
        if (!first[g] && now[g] + 1 < n_parts) {
            now[g]++;
            first[g] = target;
        }
        first[g] -= first[g] > 0;
        c->part[i] = now[g];
        c->sizes[now[g]]++;
    }
    return Q_OK;
}

static q_code part_encode(cut *c, const uint32_t *rows, uint32_t n, q_buf *out, q_err *err)
{
    q_arena tmp;
    q_arena_init(&tmp, c->arena.budget);
    q_code code = Q_OK;
    uint32_t n_columns = c->schema->n_fields;
    for (uint32_t from = 0; from < n && code == Q_OK; from += BLOCK_ROWS) {
        uint32_t k = n - from < BLOCK_ROWS ? n - from : BLOCK_ROWS;
        q_column *columns = q_arena_array(&tmp, q_column, n_columns + 1);
        code = columns ? q_column_init(&columns[0], Q_TYPE(Q_BIGINT), k, &tmp, err)
                       : q_budget_error(tmp.budget, sizeof *columns * n_columns, err);
        for (uint32_t i = 0; i < k && code == Q_OK; i++)
            Q_VALUES(&columns[0], int64_t)[i] = rows[from + i];
        for (uint32_t i = 0; i < n_columns && code == Q_OK; i++)
            code = q_column_gather(&columns[i + 1], &c->columns[i], rows + from, k, &tmp, err);
        if (code == Q_OK)
            code = q_batch_encode(out, &(q_batch){k, n_columns + 1, columns, NULL}, err);
        q_arena_reset(&tmp);
    }
    q_arena_fini(&tmp);
    return code;
}

static q_code parts_encode(cut *c, uint32_t n_parts, q_category_part *parts, q_err *err)
{
    uint32_t *rows = q_arena_alloc_vec(&c->arena, sizeof *rows * (size_t)c->n_rows);
    uint32_t *at = q_arena_array(&c->arena, uint32_t, n_parts + 1);
    if (!rows || !at)
        return q_budget_error(c->arena.budget, sizeof *rows * (size_t)c->n_rows, err);
    for (uint32_t p = 0; p + 1 < n_parts; p++)
        at[p + 1] = at[p] + c->sizes[p];
    for (uint32_t i = 0; i < c->n_rows; i++)
        rows[at[c->part[i]]++] = i;
    uint32_t from = 0;
    for (uint32_t p = 0; p < n_parts; p++) {
        q_buf out;
        q_buf_init(&out);
        parts[p].n_rows = c->sizes[p];
        q_code code = part_encode(c, rows + from, c->sizes[p], &out, err);
        if (code != Q_OK) {
            q_buf_fini(&out);
            return code;
        }
        from += c->sizes[p];
        parts[p].blocks = c->sizes[p] ? q_shared_of_buf(&out) : NULL;
        if (c->sizes[p] && !parts[p].blocks)
            return q_budget_error(NULL, 0, err);
    }
    return Q_OK;
}

q_code q_category_cut(const q_schema *schema, const q_rows *rows, const uint32_t *keys,
                      uint32_t n_keys, uint32_t n_parts, q_budget *budget, q_category_part *parts,
                      bool *whole, q_err *err)
{
    cut c = {.schema = schema};
    memset(parts, 0, sizeof *parts * n_parts);
    *whole = true;
    if (!rows->n_rows)
        return Q_OK;
    if (rows->n_rows > INT32_MAX)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "more than %d rows in the master", INT32_MAX);
    q_arena_init(&c.arena, budget);
    q_code code = rows_load(&c, rows, err);
    if (code == Q_OK)
        code = group_rows(&c, keys, n_keys, err);
    if (code == Q_OK)
        code = parts_assign(&c, n_parts, whole, err);
    if (code == Q_OK)
        code = parts_encode(&c, n_parts, parts, err);
    q_arena_fini(&c.arena);
    return code;
}
