/* Window functions over rows that are all at hand. */
#include "common/exec/window.h"

#include "common/exec/window/aggregate.h"

const q_window_ops *q_window_find(uint16_t function)
{
    static const q_window_ops *const table[Q_N_FUNCTIONS] = {
#define W(id, name, sig, ops, ...) [Q_FN_##id] = &q_win_##ops,
#include "common/plan/functions.def"
    };
    return function < Q_N_FUNCTIONS ? table[function] : NULL;
}

/* A column whose rows are all there; NULL rows are cleared by the function. */
static q_code result_new(q_type type, uint32_t n, q_arena *a, q_column *out, q_err *err)
{
    Q_TRY(q_column_init(out, type, n, a, err));
    Q_TRY(q_column_need_validity(out, a, err));
    if (out->values)
        memset(out->values, 0, q_type_width(type) * (size_t)n);
    for (uint32_t i = 0; i < n && q_type_is_stringlike(type); i++)
        Q_VALUES(out, q_str)[i].ptr = "";
    return Q_OK;
}

/* lag and lead take values from two columns: of arrays both must have one child. */
static q_code unite_arrays(q_column *copies, q_column **args, q_arena *a, q_err *err)
{
    const q_column *pieces[2] = {args[0], args[2]};
    q_column all;
    Q_TRY(q_column_concat(&all, pieces, 2, a, err));
    Q_TRY(q_column_slice(&copies[0], &all, 0, args[0]->length, a, err));
    Q_TRY(q_column_slice(&copies[1], &all, args[0]->length, args[2]->length, a, err));
    args[0] = &copies[0];
    args[2] = &copies[1];
    return Q_OK;
}

static q_code evaluate_parts(const q_window_ops *ops, q_window_part *p, const q_window_layout *l,
                             const q_window_frames *f, q_err *err)
{
    q_arena tmp, *outer = p->arena;
    q_code code = Q_OK;
    q_arena_init(&tmp, outer->budget);
    p->arena = &tmp;
    p->err = err;
    for (uint32_t k = 0; k < l->n_parts && code == Q_OK; k++) {
        uint32_t from = l->start[k];
        p->n = l->start[k + 1] - from;
        p->rows = l->rows + from;
        p->peer = l->peer + from;
        p->peer_end = l->peer_end + from;
        p->frame_start = f->start + from;
        p->frame_end = f->end + from;
        code = ops->evaluate(p);
        q_arena_reset(&tmp);
    }
    p->arena = outer;
    q_arena_fini(&tmp);
    return code;
}

static q_code evaluate_function(const q_window_ops *ops, const q_window_call *call,
                                q_column *const *given, const q_window_layout *l,
                                const q_window_frames *f, q_arena *a, q_column *out, q_err *err)
{
    q_column *args[3] = {NULL}, copies[2];
    uint32_t n_args = call->call->n_args;
    if (n_args > 3)
        return q_err_set(err, Q_E_INTERNAL, "a window function with %u arguments", n_args);
    for (uint32_t i = 0; i < n_args; i++)
        args[i] = given[i];
    if (n_args == 3 && args[0]->type.kind == Q_ARRAY)
        Q_TRY(unite_arrays(copies, args, a, err));
    Q_TRY(result_new(call->call->type, l->n_rows, a, out, err));
    if (n_args && out->type.kind == args[0]->type.kind) {
        out->child = args[0]->child;
        out->bytes_stable = args[0]->bytes_stable && (n_args < 3 || args[2]->bytes_stable);
    }
    q_window_part p = {.call = call->call, .args = args, .out = out, .arena = a};
    Q_TRY(evaluate_parts(ops, &p, l, f, err));
    if (!q_column_null_count(out))
        out->validity = NULL;
    return Q_OK;
}

q_code q_window_evaluate(const q_window_group *group, const q_window_input *in,
                         const q_session *session, q_arena *a, q_column *out, q_err *err)
{
    q_window_layout l;
    Q_TRY(q_window_layout_make(group, in, a, &l, err));
    for (uint32_t c = 0; c < group->n_calls; c++) {
        const q_window_call *call = &group->calls[c];
        const q_window_ops *ops = q_window_find(call->call->function);
        q_column *filter = in->filters ? in->filters[c] : NULL;
        q_window_frames f = {NULL, NULL};
        Q_TRY(q_window_frames_make(group, &call->frame, in, &l, session, a, &f, err));
        memset(&out[c], 0, sizeof out[c]);
        if (ops)
            Q_TRY(evaluate_function(ops, call, in->args[c], &l, &f, a, &out[c], err));
        else
            Q_TRY(q_window_aggregate(call, in->args[c], filter, &l, &f, session, a, &out[c], err));
    }
    return Q_OK;
}
