/* Rules of scalar functions whose types a signature cannot say. */
#include "common/plan/coerce.h"
#include "common/plan/type_rules_internal.h"

/* round, bround, and ceil and floor with a scale: the type itself, but for decimals, which get the
 * digits that are left and one for the carry. The scale is a constant. */
q_code q_rule_round(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type type = c->args[0]->type;
    int64_t scale = 0;
    if (type.kind == Q_VOID)
        type = Q_TYPE(Q_DOUBLE);
    c->args[0] = q_expr_cast(t->arena, c->args[0], type);
    if (c->n_args > 1) {
        Q_TRY(q_call_constant(t, c, 1, Q_TYPE(Q_INT), "the scale"));
        q_literal_int(c->args[1], &scale);
    }
    if (type.kind == Q_DECIMAL) {
        int64_t whole = type.precision - type.scale + 1,
                kept = scale < type.scale ? scale : type.scale;
        if (scale < 0)
            whole = whole > 1 - scale ? whole : 1 - scale;
        kept = kept > 0 ? kept : 0;
        int64_t digits = whole + kept < 38 ? whole + kept : 38;
        type = Q_DECIMAL_OF(digits, kept);
    }
    *out = q_call_make(t, f, type, true, c);
    return Q_OK;
}

/* ceil and floor: bigint, but of decimals a decimal without fraction. */
q_code q_rule_whole(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type type = c->args[0]->type, result = Q_TYPE(Q_BIGINT);
    if (q_type_is_integer(type))
        type = result;
    else if (type.kind != Q_DECIMAL)
        type = Q_TYPE(Q_DOUBLE);
    else if (type.scale == 0)
        result = type;
    else
        result = q_decimal_bounded(type.precision - type.scale + 1, 0);
    c->args[0] = q_expr_cast(t->arena, c->args[0], type);
    *out = q_call_make(t, f, result, c->args[0]->nullable, c);
    return Q_OK;
}

/* EXTRACT(SECOND): the fraction too. */
q_code q_rule_seconds(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    *out = q_call_make(t, f, Q_DECIMAL_OF(8, 6), q_call_any_nullable(c), c);
    return Q_OK;
}

/* concat_ws: strings, and arrays of them. */
q_code q_rule_concat_ws(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    for (uint32_t i = 0; i < c->n_args; i++) {
        bool array = i > 0 && c->args[i]->type.kind == Q_ARRAY;
        q_type string = Q_TYPE(Q_STRING);
        Q_TRY(q_call_coerce(t, c, i, array ? q_type_array_of(string) : string));
    }
    *out = q_call_make(t, f, Q_TYPE(Q_STRING), c->args[0]->nullable, c);
    return Q_OK;
}

/* reverse: an array, else a string. */
q_code q_rule_reverse(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    if (c->args[0]->type.kind != Q_ARRAY)
        Q_TRY(q_call_coerce(t, c, 0, Q_TYPE(Q_STRING)));
    *out = q_call_make(t, f, c->args[0]->type, c->args[0]->nullable, c);
    return Q_OK;
}

/* decode(x, a, r, b, s, …[, else]): CASE WHEN x <=> a THEN r WHEN x <=> b THEN s … */
q_code q_rule_decode(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    (void)f;
    uint32_t n = 0;
    q_expr **args = q_arena_array(t->arena, q_expr *, c->n_args);
    for (uint32_t i = 1; i + 1 < c->n_args; i += 2) {
        q_expr *both[2] = {c->args[0], c->args[i]};
        q_call equal = {.name = "<=>", .n_args = 2, .args = both};
        Q_TRY(q_call_bind(t, &equal, &args[n++]));
        args[n++] = c->args[i + 1];
    }
    if (c->n_args % 2 == 0)
        args[n++] = c->args[c->n_args - 1];
    q_call cases = {.name = "case", .n_args = n, .args = args};
    return q_call_bind(t, &cases, out);
}
