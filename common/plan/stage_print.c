/* EXPLAIN STAGES: a stage a paragraph, in the order they run. */
#include "common/plan/stage.h"

static void exprs_print(q_buf *out, q_expr *const *exprs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        q_buf_puts(out, i ? ", " : "");
        q_expr_print(exprs[i], NULL, out);
    }
}

static void order_print(q_buf *out, const q_order_key *keys, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        q_buf_puts(out, i ? ", " : "");
        q_expr_print(keys[i].expr, NULL, out);
        q_buf_puts(out, keys[i].descending ? " DESC" : " ASC");
        q_buf_puts(out, keys[i].nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
}

static void segment_print(q_buf *out, const q_segment *s)
{
    for (uint32_t i = 0; i < s->n_ops; i++) {
        const q_op *op = &s->ops[i];
        q_buf_puts(out, op->kind == Q_OP_FILTER ? "    filter " : "    project ");
        if (op->kind == Q_OP_FILTER)
            q_expr_print(op->predicate, NULL, out);
        else
            exprs_print(out, op->exprs, op->n_exprs);
        q_buf_putc(out, '\n');
    }
}

static void branch_print(q_buf *out, const q_branch *b)
{
    static const char *const kinds[] = {"files", "rows"};
    const q_source *s = b->source;
    q_buf_printf(out, "  read %s %s [", kinds[s->kind], s->name);
    for (uint32_t i = 0; i < b->n_columns; i++)
        q_buf_printf(out, "%s%s", i ? ", " : "", s->schema.fields[b->columns[i]].name);
    q_buf_puts(out, "]\n");
    segment_print(out, &b->segment);
}

static void barrier_print(q_buf *out, const q_barrier *b)
{
    static const char *const classes[] = {"states", "ranks", "rows"};
    for (uint32_t i = 0; i < b->n_groups; i++) {
        const q_window_group *g = &b->groups[i];
        const q_partition *p = &b->partitions[g->partition];
        q_buf_printf(out, "  window by %s: ", classes[g->window_class]);
        for (uint32_t c = 0; c < g->n_calls; c++) {
            q_buf_puts(out, c ? ", " : "");
            q_expr_print(g->calls[c].call, NULL, out);
        }
        q_buf_puts(out, " OVER (PARTITION BY ");
        exprs_print(out, p->keys, p->n_keys);
        if (g->n_order)
            q_buf_puts(out, " ORDER BY ");
        order_print(out, g->order, g->n_order);
        q_buf_puts(out, ")\n");
    }
    segment_print(out, &b->after);
}

static void limits_print(q_buf *out, const q_sink *s)
{
    if (s->limit >= 0)
        q_buf_printf(out, " limit %lld", (long long)s->limit);
    if (s->offset > 0)
        q_buf_printf(out, " offset %lld", (long long)s->offset);
}

static void sink_print(q_buf *out, const q_stage *stage)
{
    const q_sink *s = &stage->sink;
    switch (s->kind) {
    case Q_SINK_AGGREGATE:
        q_buf_puts(out, "  aggregate by ");
        exprs_print(out, s->keys, s->n_keys);
        q_buf_puts(out, ": ");
        for (uint32_t i = 0; i < s->n_aggs; i++) {
            q_buf_puts(out, i ? ", " : "");
            q_expr_print(s->aggs[i].call, NULL, out);
        }
        break;
    case Q_SINK_SORT:
        q_buf_puts(out, "  sort by ");
        order_print(out, s->order, s->n_order);
        limits_print(out, s);
        break;
    case Q_SINK_FILES:
        q_buf_printf(out, "  write %s", s->files->path);
        break;
    default:
        q_buf_puts(out, "  rows");
        limits_print(out, s);
        break;
    }
    q_buf_putc(out, '\n');
}

void q_stages_print(const q_stages *s, q_buf *out)
{
    for (uint32_t i = 0; i < s->n_stages; i++) {
        const q_stage *stage = &s->stages[i];
        q_buf_printf(out, "Stage %u\n", stage->id);
        for (uint32_t b = 0; b < stage->n_branches; b++)
            branch_print(out, &stage->branches[b]);
        for (uint32_t b = 0; b < stage->n_barriers; b++)
            barrier_print(out, &stage->barriers[b]);
        sink_print(out, stage);
    }
}
