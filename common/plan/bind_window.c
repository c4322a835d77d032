/* Window functions: OVER (PARTITION BY … ORDER BY … frame). */
#include <stdio.h>

#include "common/plan/bind_internal.h"

/* ---- the window's definition -------------------------------------------------- */

/* OVER w: the definition of that name in the WINDOW clause. */
/* The last window of the WINDOW clause with the name, NULL: none. */
static const q_sql_window *named_window(bind_ctx *c, const char *name)
{
    bind_select *s = c->select;
    const q_sql_window *found = NULL;
    for (uint32_t i = s->named_windows.n; i < s->ast->n_windows; i++)
        q_index_add(&s->named_windows, c->b->a, q_hash_nocase(0, s->ast->window[i].name.text), i);
    q_index_cursor named = q_index_at(q_hash_nocase(0, name));
    for (uint32_t i; q_index_next(&s->named_windows, &named, &i);) {
        if (bind_same_name(c->b, s->ast->window[i].name.text, name))
            found = s->ast->window[i].window;
    }
    return found;
}

static q_code unknown_window(bind_ctx *c, const q_sql_name *name)
{
    const q_sql_select *select = c->select->ast;
    q_nearest near;
    q_nearest_init(&near, name->text);
    for (uint32_t i = 0; i < select->n_windows; i++)
        q_nearest_offer(&near, select->window[i].name.text);
    bind_error(c->b, name->at, Q_E_UNRESOLVED_COLUMN,
               "no window is named `%s` in the WINDOW clause", name->text);
    q_nearest_hint(&near, c->b->err);
    return Q_E_UNRESOLVED_COLUMN;
}

/* Names that stand for names, at most this many: they may also go round. */
#define MAX_WINDOW_STEPS 100

static q_code resolve_window(bind_ctx *c, const q_sql_window **w)
{
    for (uint32_t steps = 0; (*w)->ref.text; steps++) {
        const q_sql_window *found = named_window(c, (*w)->ref.text);
        if (!found || steps > MAX_WINDOW_STEPS)
            return unknown_window(c, &(*w)->ref);
        *w = found;
    }
    return Q_OK;
}

typedef struct window_parts {
    bind_window window;
    const q_label **partition, **order; /* labels */
} window_parts;

static q_code bind_partition(bind_ctx *c, const q_sql_window *w, window_parts *p)
{
    q_arena *a = c->b->a;
    p->window.n_partition = w->n_partition;
    p->window.partition = q_arena_array(a, q_expr *, w->n_partition);
    p->partition = q_arena_array(a, const q_label *, w->n_partition);
    for (uint32_t i = 0; i < w->n_partition; i++) {
        bind_value v;
        Q_TRY(bind_expr(c, w->partition[i], &v));
        p->window.partition[i] = v.x;
        p->partition[i] = v.label;
    }
    return Q_OK;
}

static q_code bind_order(bind_ctx *c, const q_sql_window *w, window_parts *p)
{
    q_arena *a = c->b->a;
    p->window.n_order = w->n_order;
    p->window.order = q_arena_array(a, q_order_key, w->n_order);
    p->order = q_arena_array(a, const q_label *, w->n_order);

    for (uint32_t i = 0; i < w->n_order; i++) {
        bind_value v;
        Q_TRY(bind_expr(c, w->order[i].expr, &v));
        p->window.order[i] = (q_order_key){v.x, w->order[i].descending, w->order[i].nulls_first};
        const char *format =
            q_arena_printf(a, "$1 %s NULLS %s", w->order[i].descending ? "DESC" : "ASC",
                           w->order[i].nulls_first ? "FIRST" : "LAST");
        p->order[i] = q_label_make(a, format, 1, &v.label);
    }
    return Q_OK;
}

/* ---- frames ------------------------------------------------------------------ */

/* The offset as a literal of the type; *negative: it was, and is made positive. */
static q_code offset_literal(bind *b, const q_sql_bound *bound, q_type type, bind_value *v,
                             bool *negative)
{
    int64_t n;
    double d;
    char name[Q_TYPE_NAME_BYTES], wanted[Q_TYPE_NAME_BYTES];
    q_type from = v->x->type;
    bool numbers = q_type_is_numeric(from) && (q_type_is_numeric(type) || type.kind == Q_DATE);
    if (type.kind == Q_DATE && !q_type_is_integer(from))
        numbers = false;
    if (!numbers && !q_type_eq(from, type))
        return bind_error(b, bound->at, Q_E_DATATYPE_MISMATCH,
                          "a frame's offset of type \"%s\" does not go with \"%s\"",
                          q_type_sql(from, name), q_type_sql(type, wanted));
    Q_TRY(bind_fold(b, &v->x));
    *negative = false;
    if (q_literal_int(v->x, &n) && !(q_type_is_fractional(type))) {
        *negative = n < 0;
        v->x = q_expr_int(b->a, type, n < 0 ? (int64_t)(0 - (uint64_t)n) : n);
        return Q_OK;
    }
    if (q_literal_int(v->x, &n) && type.kind == Q_DOUBLE)
        v->x = q_expr_double(b->a, (double)n);
    v->x = q_expr_cast(b->a, v->x, type);
    Q_TRY(bind_fold(b, &v->x));
    if (v->x->kind != Q_X_LITERAL || q_literal_is_null(v->x))
        return bind_error(b, bound->at, Q_E_DATATYPE_MISMATCH,
                          "a frame's offset must be a constant that is not NULL");
    if (q_literal_double(v->x, &d) && !(d >= 0))
        return bind_unsupported(b, bound->at, "a negative RANGE offset that is not an integer");
    return Q_OK;
}

/* What offsets of a RANGE frame must be, from the single order key. */
static q_code range_type(bind *b, const q_sql_window *w, const window_parts *p, q_type *type)
{
    char name[Q_TYPE_NAME_BYTES];
    if (p->window.n_order != 1)
        return bind_error(b, w->at, Q_E_DATATYPE_MISMATCH,
                          "a RANGE frame with offsets needs exactly one ORDER BY expression, here "
                          "are %u",
                          p->window.n_order);
    *type = p->window.order[0].expr->type;
    if (type->kind == Q_TIMESTAMP || type->kind == Q_TIMESTAMP_NTZ)
        *type = Q_TYPE(Q_INTERVAL_DT);
    else if (!q_type_is_numeric(*type) && type->kind != Q_DATE)
        return bind_error(b, w->at, Q_E_DATATYPE_MISMATCH,
                          "a RANGE frame with offsets needs a numeric, DATE or TIMESTAMP ORDER BY "
                          "expression, this one is \"%s\"",
                          q_type_sql(*type, name));
    return Q_OK;
}

static q_code bind_bound(bind_ctx *c, const q_sql_window *w, window_parts *p,
                         const q_sql_bound *bound, uint8_t *kind, q_expr **offset,
                         const q_label **label)
{
    static const char *const words[] = {"UNBOUNDED PRECEDING", "$1 PRECEDING", "CURRENT ROW",
                                        "$1 FOLLOWING", "UNBOUNDED FOLLOWING"};
    bind *b = c->b;
    *kind = (uint8_t)bound->kind; /* the two enumerations are alike */
    *offset = NULL;
    *label = q_label_text(b->a, words[bound->kind]);
    if (!bound->expr)
        return Q_OK;
    bind_ctx inner = {.b = b, .clause = "a window frame"};
    bind_value v;
    bool range = w->frame == Q_SQL_FRAME_RANGE, negative = false;
    q_type type = Q_TYPE(Q_BIGINT);
    Q_TRY(bind_expr(&inner, bound->expr, &v));
    if (range)
        Q_TRY(range_type(b, w, p, &type));
    else if (!q_type_is_integer(v.x->type))
        return bind_error(b, bound->at, Q_E_DATATYPE_MISMATCH,
                          "a ROWS frame's offset must be an integer");
    const char *format = words[bound->kind];
    bool whole_days = type.kind == Q_DATE && v.x->type.kind == Q_INT;
    if (range && !whole_days && !q_type_eq(v.x->type, type) && bound->kind == Q_SQL_BOUND_PRECEDING)
        format = "(- $1) FOLLOWING"; /* so Spark writes an offset that it had to cast */
    *label = q_label_make(b->a, format, 1, &v.label);
    Q_TRY(offset_literal(b, bound, type, &v, &negative));
    *offset = v.x;
    if (negative)
        *kind = *kind == Q_BOUND_PRECEDING ? Q_BOUND_FOLLOWING : Q_BOUND_PRECEDING;
    return Q_OK;
}

/* Does the frame start after its end? Only what can be seen from integers is refused. */
static bool is_backwards(const q_window_frame *f)
{
    int64_t start, end;
    if (f->start == Q_BOUND_UNBOUNDED_FOLLOWING || f->end == Q_BOUND_UNBOUNDED_PRECEDING)
        return true;
    if (f->start != f->end)
        return f->start > f->end;
    if (!f->start_offset || !q_literal_int(f->start_offset, &start) ||
        !q_literal_int(f->end_offset, &end))
        return false;
    return f->start == Q_BOUND_PRECEDING ? start < end : start > end;
}

static q_code bind_frame(bind_ctx *c, const q_sql_window *w, window_parts *p, const q_label **label)
{
    bind *b = c->b;
    q_window_frame *f = &p->window.frame;
    const q_label *bounds[2];
    f->unit = w->frame == Q_SQL_FRAME_ROWS ? Q_FRAME_ROWS : Q_FRAME_RANGE;
    Q_TRY(bind_bound(c, w, p, &w->start, &f->start, &f->start_offset, &bounds[0]));
    Q_TRY(bind_bound(c, w, p, &w->end, &f->end, &f->end_offset, &bounds[1]));
    if (is_backwards(f))
        return bind_error(b, w->at, Q_E_DATATYPE_MISMATCH, "the frame's start is behind its end");
    *label = q_label_make(
        b->a, f->unit == Q_FRAME_ROWS ? "ROWS BETWEEN $1 AND $2" : "RANGE BETWEEN $1 AND $2", 2,
        bounds);
    return Q_OK;
}

/* Without a frame said: all rows of the partition, or from its start to the row and its peers. */
static const q_label *default_frame(bind *b, bool ordered, bool rows, q_window_frame *f)
{
    f->start = Q_BOUND_UNBOUNDED_PRECEDING;
    f->unit = ordered && !rows ? Q_FRAME_RANGE : Q_FRAME_ROWS;
    f->end = ordered ? Q_BOUND_CURRENT_ROW : Q_BOUND_UNBOUNDED_FOLLOWING;
    const char *text = !ordered ? "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
                       : rows   ? "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
                                : "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
    return q_label_text(b->a, text);
}

/* lag and lead look at one row, which Spark writes as a frame. */
static const q_label *shifted_frame(bind *b, const q_expr *call, q_window_frame *f)
{
    int64_t offset = 0;
    default_frame(b, false, true, f);
    q_literal_int(call->args[1], &offset);
    if (call->function == Q_FN_LAG)
        offset = -offset;
    return q_label_text(b->a, q_arena_printf(b->a, "ROWS BETWEEN %lld FOLLOWING AND %lld FOLLOWING",
                                             (long long)offset, (long long)offset));
}

static q_code frame_of(bind_ctx *c, const q_sql_expr *e, const q_sql_window *w, window_parts *p,
                       const q_label **label)
{
    bind *b = c->b;
    q_window_frame *f = &p->window.frame;
    uint16_t function = p->window.call->function;
    bool shifts = function == Q_FN_LAG || function == Q_FN_LEAD;
    bool ranks = q_function_get(function)->kind == Q_FUNCTION_WINDOW && !shifts &&
                 function != Q_FN_NTH_VALUE;
    bool rows = ranks && function != Q_FN_CUME_DIST;
    if (w->frame == Q_SQL_FRAME_UNSAID) {
        *label = shifts ? shifted_frame(b, p->window.call, f)
                        : default_frame(b, w->n_order > 0, rows, f);
        return Q_OK;
    }
    Q_TRY(bind_frame(c, w, p, label));
    bool usual = f->unit == (rows ? Q_FRAME_ROWS : Q_FRAME_RANGE) &&
                 f->start == Q_BOUND_UNBOUNDED_PRECEDING && f->end == Q_BOUND_CURRENT_ROW;
    if (shifts || (ranks && !usual))
        return bind_error(b, e->at, Q_E_UNSUPPORTED_FEATURE,
                          "the window function `%s` does not take a frame",
                          q_function_get(function)->name);
    return Q_OK;
}

/* ---- the call ------------------------------------------------------------------ */

static const q_label *window_label(bind *b, const window_parts *p, const q_label *call,
                                   const q_label *frame)
{
    const q_label *empty = q_label_text(b->a, "");
    const bind_window *w = &p->window;
    const q_label *partition = empty, *order = empty;
    if (w->n_partition)
        partition = q_label_make(b->a, "PARTITION BY $* ", w->n_partition, p->partition);
    if (w->n_order)
        order = q_label_make(b->a, "ORDER BY $* ", w->n_order, p->order);
    const q_label *parts[4] = {call, partition, order, frame};
    return q_label_make(b->a, "$1 OVER ($2$3$4)", 4, parts);
}

static bool note_level(void *ctx, const q_expr *x)
{
    const bind_select *s = ((void **)ctx)[0];
    uint32_t *level = ((void **)ctx)[1];
    if (x->kind == Q_X_COLUMN && (x->column & BIND_WINDOW)) {
        const bind_window *inner = s->windows.items[x->column - BIND_WINDOW];
        if (inner->level >= *level)
            *level = inner->level + 1;
    }
    return false;
}

static uint32_t level_of(const bind_select *s, const bind_window *w)
{
    uint32_t level = 0;
    void *ctx[2] = {(void *)(uintptr_t)s, &level};
    q_expr_any(w->call, note_level, ctx);
    if (w->filter)
        q_expr_any(w->filter, note_level, ctx);
    for (uint32_t i = 0; i < w->n_partition; i++)
        q_expr_any(w->partition[i], note_level, ctx);
    for (uint32_t i = 0; i < w->n_order; i++)
        q_expr_any(w->order[i].expr, note_level, ctx);
    return level;
}

static bool same_offset(const q_expr *x, const q_expr *y)
{
    return x && y ? q_expr_equal(x, y) : x == y;
}

static bool same_window(const bind_window *x, const bind_window *y)
{
    bool same = q_expr_equal(x->call, y->call) && same_offset(x->filter, y->filter) &&
                x->frame.unit == y->frame.unit && x->frame.start == y->frame.start &&
                x->frame.end == y->frame.end &&
                same_offset(x->frame.start_offset, y->frame.start_offset) &&
                same_offset(x->frame.end_offset, y->frame.end_offset) &&
                x->n_partition == y->n_partition && x->n_order == y->n_order;
    for (uint32_t i = 0; same && i < x->n_partition; i++)
        same = q_expr_equal(x->partition[i], y->partition[i]);
    for (uint32_t i = 0; same && i < x->n_order; i++)
        same = q_expr_equal(x->order[i].expr, y->order[i].expr) &&
               x->order[i].descending == y->order[i].descending &&
               x->order[i].nulls_first == y->order[i].nulls_first;
    return same;
}

static void add_window(bind_select *s, bind_window *w, bind_value *out)
{
    uint64_t hash = bind_filtered_hash(w->call, w->filter);
    for (uint32_t i = 0; i < w->n_partition; i++)
        hash = q_hash_number(hash, q_expr_hash(w->partition[i]));
    for (uint32_t i = 0; i < w->n_order; i++)
        hash = q_hash_number(hash, q_expr_hash(w->order[i].expr));
    q_index_cursor c = q_index_at(hash);
    uint32_t i;
    bool found = false;
    while (!found && q_index_next(&s->window_index, &c, &i))
        found = same_window(s->windows.items[i], w);
    if (!found) {
        i = s->windows.n;
        w->level = level_of(s, w);
        q_index_add(&s->window_index, s->b->a, hash, i);
        q_vec_add(&s->windows, s->b->a, q_arena_copy(s->b->a, w, sizeof *w));
    }
    out->x = q_expr_column(s->b->a, BIND_WINDOW + i, w->call->type, w->call->nullable);
}

/* The function itself, over which the window is laid. */
static q_code bind_inner(bind_ctx *c, const q_sql_expr *e, const char *name, bind_value *out)
{
    const q_sql_call *call = &e->call;
    int32_t id = q_function_find(name);
    bool star = id == Q_FN_COUNT && call->n_args == 1 && call->arg[0]->kind == Q_SQL_STAR &&
                call->arg[0]->star.qualifier.n == 0;
    if (id >= 0 && q_function_get((uint16_t)id)->kind == Q_FUNCTION_SCALAR)
        return bind_error(c->b, e->at, Q_E_MISPLACED_AGGREGATE,
                          "the function `%s` cannot be used with OVER: it is neither an aggregate "
                          "nor a window function",
                          name);
    if (call->distinct)
        return bind_error(c->b, e->at, Q_E_UNSUPPORTED_FEATURE,
                          "DISTINCT in a window function is not supported");
    bind_value *args = NULL;
    uint32_t n = 0;
    if (!star || id < 0)
        Q_TRY(bind_args(c, call, &args, &n));
    if (id < 0)
        return bind_call_of(c->b, name, n, args, NULL, out); /* says that there is none */
    Q_TRY(bind_function(c, e, n, args, out));
    if (star)
        out->label = q_label_text(c->b->a, "count(1)");
    return Q_OK;
}

q_code bind_window_call(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    const q_sql_window *w = e->call.over;
    bind_ctx inner = *c;
    inner.in_window = true;
    window_parts p = {0};
    const q_label *frame = NULL;
    Q_TRY(resolve_window(c, &w));
    Q_TRY(bind_inner(&inner, e, bind_function_name(&e->call), out));
    p.window.call = out->x;
    uint16_t function = out->x->function;
    if (q_function_get(function)->kind == Q_FUNCTION_WINDOW && !w->n_order)
        return bind_error(c->b, e->at, Q_E_MISPLACED_AGGREGATE,
                          "the window function `%s` requires its window to be ordered: add ORDER "
                          "BY to OVER (…)",
                          q_function_get(function)->name);
    if (function == Q_FN_NTH_VALUE && out->x->ignore_nulls)
        out->label = q_label_make(c->b->a, "$1 ignore nulls", 1, &out->label);
    Q_TRY(bind_filter(&inner, &e->call, out, &p.window.filter));
    Q_TRY(bind_partition(&inner, w, &p));
    Q_TRY(bind_order(&inner, w, &p));
    Q_TRY(frame_of(&inner, e, w, &p, &frame));
    out->label = window_label(c->b, &p, out->label, frame);
    add_window(c->select, &p.window, out);
    return Q_OK;
}
