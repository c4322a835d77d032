/* Plans as text. */
#include "common/plan/print.h"

static void print_exprs(q_expr *const *exprs, uint32_t n, const q_schema *names, q_buf *out)
{
    q_buf_putc(out, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            q_buf_puts(out, ", ");
        q_expr_print(exprs[i], names, out);
    }
    q_buf_putc(out, ']');
}

static void print_keys(const q_order_key *keys, uint32_t n, const q_schema *names, q_buf *out)
{
    q_buf_putc(out, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            q_buf_puts(out, ", ");
        q_expr_print(keys[i].expr, names, out);
        q_buf_printf(out, " %s NULLS %s", keys[i].descending ? "DESC" : "ASC",
                     keys[i].nulls_first ? "FIRST" : "LAST");
    }
    q_buf_putc(out, ']');
}

static void print_scan(const q_plan *p, q_buf *out)
{
    static const char *const formats[] = {[Q_FORMAT_JSON] = "json", [Q_FORMAT_CSV] = "csv"};
    const q_source *s = p->u.scan.source;
    q_buf_printf(out, "Scan %s %s [", s->kind == Q_SOURCE_ROWS ? "rows" : formats[s->format],
                 s->name ? s->name : "?");
    for (uint32_t i = 0; i < p->u.scan.n_columns; i++)
        q_buf_printf(out, "%s%s", i ? ", " : "", s->schema.fields[p->u.scan.columns[i]].name);
    q_buf_putc(out, ']');
}

static void print_project(const q_plan *p, q_buf *out)
{
    const q_schema *names = &p->children[0]->schema;
    q_buf_puts(out, "Project [");
    for (uint32_t i = 0; i < p->schema.n_fields; i++) {
        const q_expr *x = p->u.project.exprs[i];
        if (i)
            q_buf_puts(out, ", ");
        q_expr_print(x, names, out);
        bool same = x->kind == Q_X_COLUMN && x->column < names->n_fields &&
                    strcmp(names->fields[x->column].name, p->schema.fields[i].name) == 0;
        if (!same)
            q_buf_printf(out, " AS %s", p->schema.fields[i].name);
    }
    q_buf_putc(out, ']');
}

static void print_aggregate(const q_plan *p, q_buf *out)
{
    const q_schema *names = &p->children[0]->schema;
    q_buf_puts(out, "Aggregate ");
    print_exprs(p->u.aggregate.keys, p->u.aggregate.n_keys, names, out);
    q_buf_puts(out, ", [");
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        const q_agg_call *agg = &p->u.aggregate.aggs[i];
        if (i)
            q_buf_puts(out, ", ");
        q_expr_print(agg->call, names, out);
        if (agg->filter) {
            q_buf_puts(out, " FILTER ");
            q_expr_print(agg->filter, names, out);
        }
    }
    q_buf_putc(out, ']');
}

static void print_bound(uint8_t kind, const q_expr *offset, q_buf *out)
{
    static const char *const words[] = {
        [Q_BOUND_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
        [Q_BOUND_PRECEDING] = " PRECEDING",
        [Q_BOUND_CURRENT_ROW] = "CURRENT ROW",
        [Q_BOUND_FOLLOWING] = " FOLLOWING",
        [Q_BOUND_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
    };
    if (offset)
        q_expr_print(offset, NULL, out);
    q_buf_puts(out, words[kind]);
}

static void print_window_call(const q_window_call *w, const q_schema *names, q_buf *out)
{
    q_expr_print(w->call, names, out);
    if (w->filter) {
        q_buf_puts(out, " FILTER ");
        q_expr_print(w->filter, names, out);
    }
    q_buf_puts(out, w->frame.unit == Q_FRAME_ROWS ? " ROWS " : " RANGE ");
    print_bound(w->frame.start, w->frame.start_offset, out);
    q_buf_puts(out, " TO ");
    print_bound(w->frame.end, w->frame.end_offset, out);
}

static void print_window(const q_plan *p, q_buf *out)
{
    const q_schema *names = &p->children[0]->schema;
    q_buf_puts(out, "Window");
    for (uint32_t i = 0; i < p->u.window.n_specs; i++) {
        const q_window_spec *s = &p->u.window.specs[i];
        q_buf_puts(out, i ? "; [" : " [");
        for (uint32_t k = 0; k < s->n_calls; k++) {
            if (k)
                q_buf_puts(out, ", ");
            print_window_call(&s->calls[k], names, out);
        }
        q_buf_puts(out, "] PARTITION BY ");
        print_exprs(s->partition, s->n_partition, names, out);
        q_buf_puts(out, " ORDER BY ");
        print_keys(s->order, s->n_order, names, out);
    }
}

static void print_sort(const q_plan *p, q_buf *out)
{
    if (p->u.sort.limit >= 0)
        q_buf_printf(out, "TopN %lld ", (long long)p->u.sort.limit);
    else
        q_buf_puts(out, "Sort ");
    print_keys(p->u.sort.keys, p->u.sort.n_keys, &p->children[0]->schema, out);
}

static void print_limit(const q_plan *p, q_buf *out)
{
    if (p->u.limit.limit >= 0)
        q_buf_printf(out, "Limit %lld", (long long)p->u.limit.limit);
    else
        q_buf_puts(out, "Limit all");
    if (p->u.limit.offset)
        q_buf_printf(out, " offset %lld", (long long)p->u.limit.offset);
}

static void print_values(const q_plan *p, q_buf *out)
{
    q_buf_printf(out, "Values %u row%s [", p->u.values.rows->n_rows,
                 p->u.values.rows->n_rows == 1 ? "" : "s");
    for (uint32_t i = 0; i < p->schema.n_fields; i++)
        q_buf_printf(out, "%s%s", i ? ", " : "", p->schema.fields[i].name);
    q_buf_putc(out, ']');
}

void q_plan_print_operator(const q_plan *p, q_buf *out)
{
    switch (p->op) {
    case Q_PLAN_SCAN:
        print_scan(p, out);
        break;
    case Q_PLAN_VALUES:
        print_values(p, out);
        break;
    case Q_PLAN_FILTER:
        q_buf_puts(out, "Filter ");
        q_expr_print(p->u.filter.predicate, &p->children[0]->schema, out);
        break;
    case Q_PLAN_PROJECT:
        print_project(p, out);
        break;
    case Q_PLAN_WINDOW:
        print_window(p, out);
        break;
    case Q_PLAN_AGGREGATE:
        print_aggregate(p, out);
        break;
    case Q_PLAN_SORT:
        print_sort(p, out);
        break;
    case Q_PLAN_LIMIT:
        print_limit(p, out);
        break;
    case Q_PLAN_UNION:
        q_buf_puts(out, "Union");
        break;
    }
}

/* indent: what stands before the operator's children. */
static void print_tree(const q_plan *p, q_buf *indent, q_buf *out)
{
    q_plan_print_operator(p, out);
    q_buf_putc(out, '\n');
    size_t len = indent->len;
    for (uint32_t i = 0; i < p->n_children; i++) {
        bool last = i + 1 == p->n_children;
        q_buf_append(out, indent->data, len);
        q_buf_puts(out, last ? "+- " : ":- ");
        q_buf_puts(indent, last ? "   " : ":  ");
        print_tree(p->children[i], indent, out);
        indent->len = len;
    }
}

void q_plan_print(const q_plan *p, q_buf *out)
{
    q_buf indent;
    q_buf_init(&indent);
    print_tree(p, &indent, out);
    q_buf_fini(&indent);
}
