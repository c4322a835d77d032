/*
 * GROUP BY on a task: groups and their states. The body: one block of keys, then the
 * states (exec/agg_set.h). Without keys there is one group from the start.
 */
#include <stdlib.h>

#include "common/exec/agg_set.h"
#include "common/exec/groups.h"
#include "common/exec/program.h"
#include "common/exec/sink.h"
#include "proto/batch.h"

typedef struct aggregate_sink {
    q_task_sink base;
    const q_sink *sink;
    q_arena *arena;
    q_program *program; /* keys, then per call its arguments, then filters */
    q_groups *groups;
    q_agg_set *set;
    uint32_t n_args;
} aggregate_sink;

static q_code no_memory(const aggregate_sink *s, size_t bytes, q_err *err)
{
    return q_budget_error(s->arena->budget, bytes, err);
}

static q_code add(q_task_sink *base, const q_batch *batch, bool *full, q_err *err)
{
    aggregate_sink *s = (aggregate_sink *)base;
    const q_sink *sink = s->sink;
    *full = false;
    Q_TRY(q_program_run(s->program, batch, err));
    q_arena *scratch = q_program_scratch(s->program);
    q_column **columns = q_arena_array(scratch, q_column *, sink->n_keys + s->n_args + 1);
    q_column **filters = q_arena_array(scratch, q_column *, sink->n_aggs + 1);
    uint32_t *numbers = q_arena_alloc_vec(scratch, sizeof *numbers * batch->n_rows);
    if (!columns || !filters || !numbers)
        return no_memory(s, sizeof *numbers * batch->n_rows, err);
    uint32_t at = 0;
    for (; at < sink->n_keys + s->n_args; at++)
        columns[at] = q_program_result(s->program, at);
    for (uint32_t i = 0; i < sink->n_aggs; i++) {
        if (sink->aggs[i].filter)
            filters[i] = q_program_result(s->program, at++);
    }
    Q_TRY(q_groups_add(s->groups, columns, batch->n_rows, numbers, err));
    return q_agg_set_update(s->set, numbers, q_groups_count(s->groups), batch->n_rows,
                            columns + sink->n_keys, filters, scratch, err);
}

static q_code finish(q_task_sink *base, q_buf *out, q_err *err)
{
    aggregate_sink *s = (aggregate_sink *)base;
    uint32_t n = q_groups_count(s->groups);
    q_column *keys = q_arena_array(s->arena, q_column, s->sink->n_keys + 1);
    if (!keys)
        return no_memory(s, sizeof *keys * s->sink->n_keys, err);
    Q_TRY(q_groups_keys(s->groups, s->arena, keys, err));
    Q_TRY(q_batch_encode(out, &(q_batch){n, s->sink->n_keys, keys, NULL}, err));
    return q_agg_set_save(s->set, n, out, err);
}

static void destroy(q_task_sink *base)
{
    aggregate_sink *s = (aggregate_sink *)base;
    q_program_destroy(&s->program);
    q_groups_destroy(&s->groups);
    q_agg_set_destroy(&s->set);
    free(s);
}

static q_code set_up(aggregate_sink *s, const q_sink_context *c, q_err *err)
{
    const q_sink *sink = s->sink;
    uint32_t n = sink->n_keys + sink->n_aggs, at = 0;
    for (uint32_t i = 0; i < sink->n_aggs; i++)
        s->n_args += sink->aggs[i].call->n_args;
    const q_expr **exprs = q_arena_array(s->arena, const q_expr *, n + s->n_args + 1);
    q_type *types = q_arena_array(s->arena, q_type, sink->n_keys + 1);
    if (!exprs || !types)
        return no_memory(s, sizeof *exprs * n, err);
    for (uint32_t i = 0; i < sink->n_keys; i++) {
        types[i] = sink->keys[i]->type;
        exprs[at++] = sink->keys[i];
    }
    for (uint32_t i = 0; i < sink->n_aggs; i++) {
        for (uint32_t k = 0; k < sink->aggs[i].call->n_args; k++)
            exprs[at++] = sink->aggs[i].call->args[k];
    }
    for (uint32_t i = 0; i < sink->n_aggs; i++) {
        if (sink->aggs[i].filter)
            exprs[at++] = sink->aggs[i].filter;
    }
    Q_TRY(q_program_new(exprs, at, c->session, s->arena->budget, &s->program, err));
    Q_TRY(q_groups_new(types, sink->n_keys, s->arena, &s->groups, err));
    return q_agg_set_new(sink->aggs, sink->n_aggs, c->session, s->arena, &s->set, err);
}

q_code q_sink_aggregate_new(const q_sink_context *c, q_task_sink **out, q_err *err)
{
    static const q_task_sink_ops ops = {add, finish, destroy};
    aggregate_sink *s = calloc(1, sizeof *s);
    if (!s)
        return q_budget_error(NULL, sizeof *s, err);
    s->base.ops = &ops;
    s->sink = &c->stage->sink;
    s->arena = c->arena;
    q_code code = set_up(s, c, err);
    if (code != Q_OK)
        destroy(&s->base);
    else
        *out = &s->base;
    return code;
}
