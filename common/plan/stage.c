/*
 * Cutting an optimised plan into stages.
 *
 * The walk goes bottom up and keeps one open stage: branches, barriers and the
 * operators since the last barrier. A blocking operator closes it (its sink becomes the
 * operator) and opens the next, which reads the closed stage's rows.
 */
#include "common/plan/stage.h"

#include <string.h>

#include "common/base/assert.h"

/* Growing lists in the arena. */
typedef struct list {
    void **items;
    uint32_t n, cap;
} list;

typedef struct open_stage {
    list branches;          /* q_branch * without segment.ops */
    list branch_ops;        /* list * of q_op *, one a branch */
    list barriers;          /* q_barrier * */
    list after;             /* q_op * since the last barrier */
    q_schema input, schema; /* at the first barrier; now */
    int32_t closed;         /* stage whose rows are all this is, -1: none */
} open_stage;

typedef struct cutter {
    q_arena *a;
    list stages;    /* q_stage * */
    list constants; /* const q_batch * */
    uint32_t n_stage_rows;
    q_err *err;
} cutter;

/* Stage outputs are numbered behind the constants once those are all known. */
#define STAGE_ROWS_BIT 0x80000000u

static void list_add(cutter *c, list *l, void *item)
{
    if (l->n == l->cap) {
        uint32_t cap = l->cap ? 2 * l->cap : 4;
        void **items = q_arena_array(c->a, void *, cap);
        if (l->n)
            memcpy(items, l->items, sizeof *items * l->n);
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = item;
}

static q_segment segment_of(cutter *c, const list *ops)
{
    q_segment s = {.n_ops = ops->n, .ops = q_arena_array(c->a, q_op, ops->n)};
    for (uint32_t i = 0; i < ops->n; i++)
        s.ops[i] = *(q_op *)ops->items[i];
    return s;
}

static void branch_add(cutter *c, open_stage *o, const q_source *source, uint32_t n_columns,
                       uint32_t *columns)
{
    q_branch *b = q_arena_new(c->a, q_branch);
    b->source = source;
    b->n_columns = n_columns;
    b->columns = columns;
    list_add(c, &o->branches, b);
    list_add(c, &o->branch_ops, q_arena_new(c->a, list));
}

static void branch_add_rows(cutter *c, open_stage *o, uint32_t rows_id, const q_schema *schema,
                            const char *name)
{
    q_source *source = q_arena_new(c->a, q_source);
    source->kind = Q_SOURCE_ROWS;
    source->name = name;
    source->schema = *schema;
    source->rows_id = rows_id;
    uint32_t *columns = q_arena_array(c->a, uint32_t, schema->n_fields);
    for (uint32_t i = 0; i < schema->n_fields; i++)
        columns[i] = i;
    branch_add(c, o, source, schema->n_fields, columns);
}

static void op_add(cutter *c, open_stage *o, q_op *op, const q_schema *schema)
{
    if (o->barriers.n) {
        list_add(c, &o->after, op);
    } else {
        for (uint32_t i = 0; i < o->branches.n; i++)
            list_add(c, o->branch_ops.items[i], op);
        o->input = *schema;
    }
    o->schema = *schema;
    o->closed = -1;
}

static void barrier_seal(cutter *c, open_stage *o)
{
    if (o->barriers.n) {
        q_barrier *last = o->barriers.items[o->barriers.n - 1];
        last->after = segment_of(c, &o->after);
        o->after = (list){0};
    }
}

/* Close the open stage with a sink and leave in *o a stage that reads its rows. */
static void stage_close(cutter *c, open_stage *o, const q_sink *sink, const q_schema *output)
{
    q_stage *s = q_arena_new(c->a, q_stage);
    barrier_seal(c, o);
    s->id = c->stages.n;
    s->n_branches = o->branches.n;
    s->branches = q_arena_array(c->a, q_branch, s->n_branches);
    for (uint32_t i = 0; i < s->n_branches; i++) {
        s->branches[i] = *(q_branch *)o->branches.items[i];
        s->branches[i].segment = segment_of(c, o->branch_ops.items[i]);
    }
    s->n_barriers = o->barriers.n;
    s->barriers = q_arena_array(c->a, q_barrier, s->n_barriers);
    for (uint32_t i = 0; i < s->n_barriers; i++)
        s->barriers[i] = *(q_barrier *)o->barriers.items[i];
    s->sink = *sink;
    s->input = o->input;
    s->output = *output;
    s->rows_id = STAGE_ROWS_BIT | c->n_stage_rows++;
    list_add(c, &c->stages, s);

    memset(o, 0, sizeof *o);
    branch_add_rows(c, o, s->rows_id, output, q_arena_printf(c->a, "stage %u", s->id));
    o->input = o->schema = *output;
    o->closed = (int32_t)s->id;
}

static q_sink rows_sink(int64_t limit, int64_t offset)
{
    return (q_sink){.kind = Q_SINK_ROWS, .limit = limit, .offset = offset};
}

static bool exprs_equal(q_expr **x, uint32_t n_x, q_expr **y, uint32_t n_y)
{
    if (n_x != n_y)
        return false;
    for (uint32_t i = 0; i < n_x; i++) {
        if (!q_expr_equal(x[i], y[i]))
            return false;
    }
    return true;
}

/* Aggregates whose result depends on the order inside the partition. */
static bool order_dependent(uint16_t function)
{
    switch (function) {
    case Q_FN_FIRST:
    case Q_FN_LAST:
    case Q_FN_ANY_VALUE:
    case Q_FN_COLLECT_LIST:
    case Q_FN_COLLECT_SET:
    case Q_FN_MIN_BY:
    case Q_FN_MAX_BY:
        return true;
    default:
        return false;
    }
}

static q_window_class class_of(const q_window_spec *spec, const q_window_call *call)
{
    switch (call->call->function) {
    case Q_FN_ROW_NUMBER:
    case Q_FN_RANK:
    case Q_FN_DENSE_RANK:
    case Q_FN_PERCENT_RANK:
    case Q_FN_CUME_DIST:
    case Q_FN_NTILE:
        return Q_WINDOW_RANKS;
    case Q_FN_LAG:
    case Q_FN_LEAD:
    case Q_FN_NTH_VALUE:
        return Q_WINDOW_ROWS;
    default:
        break;
    }
    /* RANGE … CURRENT ROW without ORDER BY: all rows are peers */
    bool from_start = call->frame.start == Q_BOUND_UNBOUNDED_PRECEDING;
    bool to_end = call->frame.end == Q_BOUND_UNBOUNDED_FOLLOWING ||
                  (call->frame.end == Q_BOUND_CURRENT_ROW && call->frame.unit == Q_FRAME_RANGE &&
                   !spec->n_order);
    if (from_start && to_end && (!spec->n_order || !order_dependent(call->call->function)))
        return Q_WINDOW_STATES;
    return Q_WINDOW_ROWS;
}

static uint32_t partition_find(cutter *c, q_barrier *b, const q_window_spec *spec)
{
    for (uint32_t i = 0; i < b->n_partitions; i++) {
        if (exprs_equal(b->partitions[i].keys, b->partitions[i].n_keys, spec->partition,
                        spec->n_partition))
            return i;
    }
    (void)c;
    b->partitions[b->n_partitions] = (q_partition){spec->n_partition, spec->partition};
    return b->n_partitions++;
}

static void groups_of_spec(cutter *c, q_barrier *b, const q_window_spec *spec,
                           uint32_t first_column)
{
    uint32_t partition = partition_find(c, b, spec);
    for (int class = Q_WINDOW_STATES; class <= Q_WINDOW_ROWS; class ++) {
        q_window_group g = {.window_class = (uint8_t) class, .partition = partition};
        g.calls = q_arena_array(c->a, q_window_call, spec->n_calls);
        g.columns = q_arena_array(c->a, uint32_t, spec->n_calls);
        if (class != Q_WINDOW_STATES) {
            g.n_order = spec->n_order;
            g.order = spec->order;
        }
        for (uint32_t i = 0; i < spec->n_calls; i++) {
            if (class_of(spec, &spec->calls[i]) != (q_window_class) class)
                continue;
            g.columns[g.n_calls] = first_column + i;
            g.calls[g.n_calls++] = spec->calls[i];
        }
        if (g.n_calls)
            b->groups[b->n_groups++] = g;
    }
}

static void window_add(cutter *c, open_stage *o, const q_plan *p)
{
    barrier_seal(c, o);
    q_barrier *b = q_arena_new(c->a, q_barrier);
    uint32_t n = p->u.window.n_specs;
    b->partitions = q_arena_array(c->a, q_partition, n);
    b->groups = q_arena_array(c->a, q_window_group, 3 * n);
    uint32_t n_in = o->schema.n_fields;
    b->n_columns = p->schema.n_fields - n_in;
    b->types = q_arena_array(c->a, q_type, b->n_columns);
    for (uint32_t i = 0; i < b->n_columns; i++)
        b->types[i] = p->schema.fields[n_in + i].type;
    uint32_t column = 0;
    for (uint32_t i = 0; i < n; i++) {
        groups_of_spec(c, b, &p->u.window.specs[i], column);
        column += p->u.window.specs[i].n_calls;
    }
    list_add(c, &o->barriers, b);
    o->schema = p->schema;
    o->closed = -1;
}

static q_code cut(cutter *c, const q_plan *p, open_stage *o);

static q_code union_cut(cutter *c, const q_plan *p, open_stage *o)
{
    open_stage all = {.closed = -1};
    for (uint32_t i = 0; i < p->n_children; i++) {
        open_stage child = {.closed = -1};
        Q_TRY(cut(c, p->children[i], &child));
        if (child.barriers.n) {
            q_sink sink = rows_sink(-1, 0);
            q_schema schema = child.schema;
            stage_close(c, &child, &sink, &schema);
        }
        for (uint32_t b = 0; b < child.branches.n; b++) {
            list_add(c, &all.branches, child.branches.items[b]);
            list_add(c, &all.branch_ops, child.branch_ops.items[b]);
        }
    }
    all.input = all.schema = p->schema;
    *o = all;
    return Q_OK;
}

/* LIMIT over a closed SORT or ROWS stage is that stage's own limit. */
static bool limit_fits(cutter *c, open_stage *o, int64_t limit, int64_t offset)
{
    if (o->closed < 0)
        return false;
    q_stage *s = c->stages.items[o->closed];
    if (s->sink.kind != Q_SINK_SORT || s->sink.offset > 0)
        return false;
    if (s->sink.limit >= 0) { /* the top-N bound, offset included */
        int64_t rest = s->sink.limit > offset ? s->sink.limit - offset : 0;
        limit = limit < 0 || rest < limit ? rest : limit;
    }
    s->sink.limit = limit;
    s->sink.offset = offset;
    return true;
}

static q_code op_cut(cutter *c, const q_plan *p, open_stage *o)
{
    q_op *op = q_arena_new(c->a, q_op);
    if (p->op == Q_PLAN_FILTER) {
        op->kind = Q_OP_FILTER;
        op->predicate = p->u.filter.predicate;
    } else {
        op->kind = Q_OP_PROJECT;
        op->n_exprs = p->schema.n_fields;
        op->exprs = p->u.project.exprs;
    }
    op_add(c, o, op, &p->schema);
    return Q_OK;
}

static q_code leaf_cut(cutter *c, const q_plan *p, open_stage *o)
{
    if (p->op == Q_PLAN_SCAN) {
        branch_add(c, o, p->u.scan.source, p->u.scan.n_columns, p->u.scan.columns);
    } else {
        list_add(c, &c->constants, p->u.values.rows);
        branch_add_rows(c, o, c->constants.n - 1, &p->schema, "VALUES");
    }
    o->input = o->schema = p->schema;
    return Q_OK;
}

static q_code cut(cutter *c, const q_plan *p, open_stage *o)
{
    if (p->op == Q_PLAN_UNION)
        return union_cut(c, p, o);
    if (p->n_children)
        Q_TRY(cut(c, p->children[0], o));
    q_sink sink = {.limit = -1};
    switch (p->op) {
    case Q_PLAN_SCAN:
    case Q_PLAN_VALUES:
        return leaf_cut(c, p, o);
    case Q_PLAN_FILTER:
    case Q_PLAN_PROJECT:
        return op_cut(c, p, o);
    case Q_PLAN_WINDOW:
        window_add(c, o, p);
        return Q_OK;
    case Q_PLAN_AGGREGATE:
        sink.kind = Q_SINK_AGGREGATE;
        sink.n_keys = p->u.aggregate.n_keys;
        sink.n_aggs = p->u.aggregate.n_aggs;
        sink.keys = p->u.aggregate.keys;
        sink.aggs = p->u.aggregate.aggs;
        break;
    case Q_PLAN_SORT:
        sink.kind = Q_SINK_SORT;
        sink.n_order = p->u.sort.n_keys;
        sink.order = p->u.sort.keys;
        sink.limit = p->u.sort.limit;
        break;
    case Q_PLAN_LIMIT:
        if (limit_fits(c, o, p->u.limit.limit, p->u.limit.offset))
            return Q_OK;
        sink = rows_sink(p->u.limit.limit, p->u.limit.offset);
        break;
    default:
        Q_UNREACHABLE("plan operator");
    }
    stage_close(c, o, &sink, &p->schema);
    return Q_OK;
}

/* Stage outputs get the ids behind the constants. */
static void ids_settle(cutter *c, q_stages *out)
{
    for (uint32_t i = 0; i < out->n_stages; i++) {
        q_stage *s = &out->stages[i];
        s->rows_id = (s->rows_id & ~STAGE_ROWS_BIT) + c->constants.n;
        for (uint32_t b = 0; b < s->n_branches; b++) {
            q_source *source = (q_source *)s->branches[b].source;
            if (source->kind == Q_SOURCE_ROWS && (source->rows_id & STAGE_ROWS_BIT))
                source->rows_id = (source->rows_id & ~STAGE_ROWS_BIT) + c->constants.n;
        }
    }
}

q_code q_stages_cut(q_arena *a, const q_plan *plan, const q_sink_spec *files, q_stages *out,
                    q_err *err)
{
    cutter c = {.a = a, .err = err};
    open_stage o = {.closed = -1};
    Q_TRY(cut(&c, plan, &o));
    if (files || o.closed < 0) {
        q_sink sink = rows_sink(-1, 0);
        if (files) {
            sink.kind = Q_SINK_FILES;
            sink.files = files;
        }
        stage_close(&c, &o, &sink, &plan->schema);
    }
    memset(out, 0, sizeof *out);
    out->n_stages = c.stages.n;
    out->stages = q_arena_array(a, q_stage, c.stages.n);
    for (uint32_t i = 0; i < c.stages.n; i++)
        out->stages[i] = *(q_stage *)c.stages.items[i];
    out->n_constants = c.constants.n;
    out->constants = (const q_batch **)c.constants.items;
    out->n_rows_ids = c.constants.n + c.n_stage_rows;
    ids_settle(&c, out);
    return Q_OK;
}

uint32_t q_segment_width(const q_segment *s, uint32_t n_in)
{
    for (uint32_t i = 0; i < s->n_ops; i++) {
        if (s->ops[i].kind == Q_OP_PROJECT)
            n_in = s->ops[i].n_exprs;
    }
    return n_in;
}
