/* Types as text, assertions. */
#include "common/exec/func/func.h"

q_code q_k_typeof(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)args;
    char *name = q_kernel_bytes(k, Q_TYPE_NAME_BYTES);
    if (!name)
        return Q_E_OUT_OF_MEMORY;
    q_type_name(e->args[0]->type, name);
    q_str s = {name, (uint32_t)strlen(name), Q_STR_PLAIN};
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, q_str)[i] = s;
    return Q_OK;
}

static q_code all_null(q_kernel_ctx *k, q_column *out)
{
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_TRY(q_kernel_null(k, out, i));
    return Q_OK;
}

static q_code raise(q_kernel_ctx *k, q_str message)
{
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "%.*s",
                     (int)(message.len < 700 ? message.len : 700), message.len ? message.ptr : "");
}

/* assert_true(condition[, message]): NULL, or the query fails. */
q_code q_k_assert_true(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    for (uint32_t i = 0; i < k->n_rows; i++) {
        if (!q_column_is_null(args[0], i) && Q_VALUES(args[0], uint8_t)[i])
            continue;
        bool said = e->n_args > 1 && !q_column_is_null(args[1], i);
        return raise(k, said ? q_func_strs(args[1])[i] : q_str_of("assert_true: it is not true"));
    }
    return all_null(k, out);
}

q_code q_k_raise_error(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    if (k->n_rows)
        return raise(k, q_column_is_null(args[0], 0) ? q_str_of("raise_error")
                                                     : q_func_strs(args[0])[0]);
    return all_null(k, out);
}
