/* CAST: the choice of the function by target type, and casts of arrays' elements. */
#include "common/exec/kernel/cast.h"

q_code q_cast_impossible(cast_job *c)
{
    char from[Q_TYPE_NAME_BYTES], to[Q_TYPE_NAME_BYTES];
    return q_err_set(c->k->err, Q_E_DATATYPE_MISMATCH, "cannot cast %s to %s",
                     q_type_sql(c->in->type, from), q_type_sql(c->out->type, to));
}

static q_code same_type(cast_job *c)
{
    if (c->k->n_rows)
        memcpy(c->out->values, c->in->values, q_type_width(c->out->type) * c->k->n_rows);
    c->out->bytes_stable = c->in->bytes_stable;
    c->out->child = c->in->child;
    return Q_OK;
}

/* The lists stay, the elements are cast. */
static q_code array_to_array(cast_job *c)
{
    q_arena *a = c->k->scratch;
    const q_column *from = c->in->child;
    q_column *to = q_arena_new(a, q_column);
    if (!to)
        return q_budget_error(a->budget, sizeof *to, c->k->err);
    Q_TRY(q_column_init(to, q_type_element(c->out->type), from->length, a, c->k->err));
    if (from->validity) {
        to->validity = q_arena_copy(a, from->validity, 8 * q_bit_words(from->length));
        if (!to->validity)
            return q_budget_error(a->budget, from->length / 8, c->k->err);
    }
    q_kernel_ctx k = *c->k;
    k.n_rows = from->length;
    cast_job elements = {.k = &k, .in = from, .out = to, .ansi = c->ansi, .zone = c->zone};
    if (from->type.kind == Q_VOID)
        Q_TRY(q_rows_all_null(&k, to));
    else
        Q_TRY(q_cast_column(&elements));
    Q_TRY(same_type(c));
    c->out->child = to;
    c->out->bytes_stable = false;
    return Q_OK;
}

q_code q_cast_column(cast_job *c)
{
    q_type from = c->in->type, to = c->out->type;
    if (q_type_eq(from, to))
        return same_type(c);
    switch ((q_kind)to.kind) {
    case Q_BOOLEAN:
        return q_cast_to_boolean(c);
    case Q_TINYINT:
    case Q_SMALLINT:
    case Q_INT:
    case Q_BIGINT:
        return q_cast_to_integer(c);
    case Q_FLOAT:
    case Q_DOUBLE:
        return q_cast_to_floating(c);
    case Q_DECIMAL:
        return q_cast_to_decimal(c);
    case Q_STRING:
        return q_cast_to_string(c);
    case Q_BINARY:
        return q_cast_to_binary(c);
    case Q_DATE:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        return q_cast_to_time(c);
    case Q_ARRAY:
        return from.kind == Q_ARRAY ? array_to_array(c) : q_cast_impossible(c);
    case Q_VOID:
    case Q_INTERVAL_DT:
    case Q_INTERVAL_YM:
    case Q_N_KINDS:
        break;
    }
    return q_cast_impossible(c);
}

static q_code session_zone(q_kernel_ctx *k, const q_tz **zone)
{
    if (!*k->state) {
        const char *name = k->session->time_zone;
        const q_tz *tz = q_tz_find(name, strlen(name));
        if (!tz)
            return q_err_set(k->err, Q_E_INVALID_CONF_VALUE,
                             "spark.sql.session.timeZone: no time zone `%s`", name);
        *k->state = (void *)(uintptr_t)tz;
    }
    *zone = *k->state;
    return Q_OK;
}

static bool has_time(q_type t)
{
    return t.kind == Q_DATE || t.kind == Q_TIMESTAMP || t.kind == Q_TIMESTAMP_NTZ ||
           (t.kind == Q_ARRAY && has_time(q_type_element(t)));
}

static q_code cast(q_kernel_ctx *k, q_column *const *args, q_column *out, bool ansi)
{
    cast_job c = {.k = k, .in = args[0], .out = out, .ansi = ansi, .zone = &q_tz_utc};
    if (has_time(args[0]->type) || has_time(out->type))
        Q_TRY(session_zone(k, &c.zone));
    return q_cast_column(&c);
}

q_code q_k_cast(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return cast(k, args, out, false);
}

q_code q_k_try_cast(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return cast(k, args, out, true);
}
