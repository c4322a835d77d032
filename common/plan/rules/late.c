/*
 * Late projections: a task keeps its rows while the windows are merged, so a column
 * that a window does not look at and that can be computed from columns kept anyway
 * (or from none: literals) is computed behind the window, not carried through it.
 */
#include "common/plan/rules/rules.h"

typedef struct split {
    const q_plan *window, *project; /* window over project */
    bool *late;                     /* of the project's columns */
    uint32_t *at;                   /* where those that stay are now */
    q_expr **kept;                  /* per column of the project's child: it, kept, or NULL */
} split;

static void mark_specs(const q_plan *window, bool *used)
{
    for (uint32_t i = 0; i < window->u.window.n_specs; i++) {
        const q_window_spec *s = &window->u.window.specs[i];
        for (uint32_t k = 0; k < s->n_partition; k++)
            q_expr_mark(s->partition[k], used);
        for (uint32_t k = 0; k < s->n_order; k++)
            q_expr_mark(s->order[k].expr, used);
        for (uint32_t k = 0; k < s->n_calls; k++) {
            q_expr_mark(s->calls[k].call, used);
            if (s->calls[k].filter)
                q_expr_mark(s->calls[k].filter, used);
        }
    }
}

static bool is_not_kept(void *ctx, const q_expr *x)
{
    q_expr **kept = ctx;
    return x->kind == Q_X_COLUMN && !kept[x->column];
}

/* Which columns can come late; false: none. */
static bool find_late(q_optimiser *o, split *s)
{
    uint32_t n = s->project->schema.n_fields, n_stay = 0;
    q_expr **exprs = s->project->u.project.exprs;
    bool *used = q_arena_array(o->a, bool, s->window->schema.n_fields + 1), any = false;
    mark_specs(s->window, used);
    s->late = q_arena_array(o->a, bool, n + 1);
    s->at = q_arena_array(o->a, uint32_t, n + 1);
    s->kept = q_arena_array(o->a, q_expr *, s->project->children[0]->schema.n_fields + 1);
    for (uint32_t i = 0; i < n; i++) {
        if (exprs[i]->kind == Q_X_COLUMN)
            s->kept[exprs[i]->column] = exprs[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        s->late[i] =
            exprs[i]->kind != Q_X_COLUMN && !used[i] && !q_expr_any(exprs[i], is_not_kept, s->kept);
        any |= s->late[i];
        s->at[i] = n_stay;
        n_stay += !s->late[i];
    }
    for (uint32_t i = 0; i < n; i++) { /* a kept column is read where it stays */
        if (exprs[i]->kind == Q_X_COLUMN)
            s->kept[exprs[i]->column] =
                q_expr_column(o->a, s->at[i], exprs[i]->type, exprs[i]->nullable);
    }
    return any;
}

static q_plan *early_project(q_optimiser *o, const split *s)
{
    uint32_t n = s->project->schema.n_fields, k = 0;
    q_expr **exprs = q_arena_array(o->a, q_expr *, n);
    q_field *fields = q_arena_array(o->a, q_field, n);
    for (uint32_t i = 0; i < n; i++) {
        if (s->late[i])
            continue;
        exprs[k] = s->project->u.project.exprs[i];
        fields[k++] = s->project->schema.fields[i];
    }
    return q_plan_project(o->a, s->project->children[0], k, exprs, fields);
}

static q_expr *renumber(q_optimiser *o, q_expr *x, const void *map)
{
    return q_expr_renumber(o->a, x, map);
}

/* The window over fewer columns; the project's that stay come first, then the calls'. */
static q_plan *window_over(q_optimiser *o, const split *s, q_plan *early)
{
    uint32_t n_in = s->project->schema.n_fields, n_early = early->schema.n_fields;
    uint32_t n_calls = s->window->schema.n_fields - n_in;
    q_plan *w = q_arena_copy(o->a, s->window, sizeof *w);
    w = q_plan_over(o->a, q_plan_map_exprs(o, w, renumber, s->at), early);
    w->schema = (q_schema){n_early + n_calls, q_arena_array(o->a, q_field, n_early + n_calls)};
    memcpy(w->schema.fields, early->schema.fields, sizeof(q_field) * n_early);
    memcpy(w->schema.fields + n_early, s->window->schema.fields + n_in, sizeof(q_field) * n_calls);
    return w;
}

static q_code come_late(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    if (p->op != Q_PLAN_WINDOW || p->children[0]->op != Q_PLAN_PROJECT)
        return Q_OK;
    split s = {.window = p, .project = p->children[0]};
    if (!find_late(o, &s))
        return Q_OK;
    q_plan *early = early_project(o, &s), *window = window_over(o, &s, early);
    uint32_t n = p->schema.n_fields, n_in = s.project->schema.n_fields;
    q_expr **exprs = q_arena_array(o->a, q_expr *, n);
    for (uint32_t i = 0; i < n; i++) {
        if (i >= n_in)
            exprs[i] = q_field_expr(o->a, &window->schema, early->schema.n_fields + i - n_in);
        else if (s.late[i])
            exprs[i] = q_expr_substitute(o->a, s.project->u.project.exprs[i], s.kept);
        else
            exprs[i] = q_field_expr(o->a, &window->schema, s.at[i]);
    }
    *out = q_plan_project(o->a, window, n, exprs, p->schema.fields);
    return Q_OK;
}

q_code q_rule_late(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, come_late, out);
}
