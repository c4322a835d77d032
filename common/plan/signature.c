/* Signatures: parsing them once, matching calls against them. */
#include "common/column/decimal.h"
#include "common/plan/signature.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/plan/coerce.h"
#include "common/base/nearest.h"
#include "common/plan/type_rules.h"

#define MAX_PARAMS 10
#define ANY_NUMBER 255

typedef enum want_kind {
    WANT_TYPE, /* exactly .type */
    WANT_NUMBER,
    WANT_INTEGRAL,
    WANT_DECIMAL,
    WANT_INTERVAL,
    WANT_ARRAY, /* any array */
    WANT_ANY,
    WANT_T,
    WANT_ARRAY_T,
    WANT_ARG, /* results only: the type of argument .arg */
    WANT_RULE /* results only */
} want_kind;

typedef struct want {
    uint8_t kind; /* want_kind */
    uint8_t arg;
    q_type type;
} want;

typedef struct signature {
    uint8_t n_params, n_required; /* the last parameter repeats if max_args says so */
    uint8_t max_args;             /* ANY_NUMBER: the last repeats */
    bool nullable;                /* result: ? */
    want param[MAX_PARAMS], result;
    const q_type_rule *rule; /* result.kind == WANT_RULE */
    bool rule_only;          /* "@rule": no parameter list */
} signature;

static signature signatures[Q_N_FUNCTIONS];

/* ---- parsing -------------------------------------------------------------- */

static const struct {
    const char *word;
    want w;
} words[] = {
    {"boolean", {WANT_TYPE, 0, {.kind = Q_BOOLEAN}}},
    {"tinyint", {WANT_TYPE, 0, {.kind = Q_TINYINT}}},
    {"smallint", {WANT_TYPE, 0, {.kind = Q_SMALLINT}}},
    {"int", {WANT_TYPE, 0, {.kind = Q_INT}}},
    {"bigint", {WANT_TYPE, 0, {.kind = Q_BIGINT}}},
    {"float", {WANT_TYPE, 0, {.kind = Q_FLOAT}}},
    {"double", {WANT_TYPE, 0, {.kind = Q_DOUBLE}}},
    {"string", {WANT_TYPE, 0, {.kind = Q_STRING}}},
    {"binary", {WANT_TYPE, 0, {.kind = Q_BINARY}}},
    {"date", {WANT_TYPE, 0, {.kind = Q_DATE}}},
    {"timestamp", {WANT_TYPE, 0, {.kind = Q_TIMESTAMP}}},
    {"timestamp_ntz", {WANT_TYPE, 0, {.kind = Q_TIMESTAMP_NTZ}}},
    {"interval_dt", {WANT_TYPE, 0, {.kind = Q_INTERVAL_DT}}},
    {"interval_ym", {WANT_TYPE, 0, {.kind = Q_INTERVAL_YM}}},
    {"number", {WANT_NUMBER, 0, {0}}},
    {"integral", {WANT_INTEGRAL, 0, {0}}},
    {"decimal", {WANT_DECIMAL, 0, {0}}},
    {"interval", {WANT_INTERVAL, 0, {0}}},
    {"array", {WANT_ARRAY, 0, {0}}},
    {"any", {WANT_ANY, 0, {0}}},
    {"T", {WANT_T, 0, {0}}},
};

static size_t word_length(const char *s)
{
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '_')
        n++;
    return n;
}

static const char *parse_want(const char *s, want *out)
{
    size_t n = word_length(s);
    if (n == 5 && memcmp(s, "array<", 6) == 0) {
        s = parse_want(s + 6, out);
        Q_ASSERT(*s == '>' && (out->kind == WANT_TYPE || out->kind == WANT_T));
        if (out->kind == WANT_TYPE)
            out->type = q_type_array_of(out->type);
        else
            out->kind = WANT_ARRAY_T;
        return s + 1;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == n && memcmp(words[i].word, s, n) == 0) {
            *out = words[i].w;
            return s + n;
        }
    }
    Q_UNREACHABLE("functions.def: unknown word in a signature");
}

static const char *parse_params(const char *s, signature *sig)
{
    while (*s != ')') {
        Q_ASSERT(sig->n_params < MAX_PARAMS && sig->max_args != ANY_NUMBER);
        s = parse_want(s, &sig->param[sig->n_params++]);
        sig->max_args = sig->n_params;
        if (*s == '?') {
            s++;
        } else if (*s == '*' || *s == '+') {
            sig->n_required += *s++ == '+';
            sig->max_args = ANY_NUMBER;
        } else {
            sig->n_required++;
        }
        while (*s == ',' || *s == ' ')
            s++;
    }
    return s + 1;
}

static void parse_rule(const char *s, signature *sig)
{
    sig->rule = q_type_rule_find(s);
    Q_ASSERT(sig->rule);
    sig->result.kind = WANT_RULE;
}

static void parse_signature(const char *s, signature *sig)
{
    if (*s == '@') {
        parse_rule(s + 1, sig);
        sig->rule_only = true;
        sig->n_required = sig->rule->min_args;
        sig->max_args = sig->rule->max_args;
        return;
    }
    Q_ASSERT(*s == '(');
    s = parse_params(s + 1, sig);
    Q_ASSERT(memcmp(s, " -> ", 4) == 0);
    s += 4;
    if (*s == '@') {
        parse_rule(s + 1, sig);
        return;
    }
    if (*s == '#') {
        sig->result = (want){.kind = WANT_ARG, .arg = (uint8_t)(s[1] - '1')};
        s += 2;
    } else {
        s = parse_want(s, &sig->result);
    }
    sig->nullable = *s == '?';
}

static void parse_all(void)
{
    for (uint16_t i = 0; i < Q_N_FUNCTIONS; i++)
        parse_signature(q_function_get(i)->signature, &signatures[i]);
}

static const signature *signature_of(uint16_t function)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, parse_all);
    return &signatures[function];
}

static const want *param_of(const signature *sig, uint32_t i)
{
    return &sig->param[i < sig->n_params ? i : sig->n_params - 1u];
}

/* ---- messages ------------------------------------------------------------- */

static const char *expr_text(q_arena *a, const q_expr *x)
{
    q_buf b;
    q_buf_init(&b);
    q_expr_print(x, NULL, &b);
    const char *text = q_arena_strndup(a, b.data ? b.data : "", b.len);
    q_buf_fini(&b);
    return text;
}

const char *q_call_arg_text(q_typing *t, const q_call *c, uint32_t i)
{
    return c->labels ? q_label_string(t->arena, c->labels[i]) : expr_text(t->arena, c->args[i]);
}

const char *q_call_text(q_typing *t, const q_call *c)
{
    if (c->label)
        return q_label_string(t->arena, c->label);
    const q_label **labels = q_arena_array(t->arena, const q_label *, c->n_args + 1);
    for (uint32_t i = 0; i < c->n_args; i++)
        labels[i] = q_label_text(t->arena, q_call_arg_text(t, c, i));
    return q_label_string(t->arena, q_label_call(t->arena, c->name, false, c->n_args, labels));
}

q_code q_call_mismatch(q_typing *t, q_call *c, const char *fmt, ...)
{
    char why[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    return q_err_set(t->err, Q_E_DATATYPE_MISMATCH,
                     "cannot resolve \"%.200s\" due to data type mismatch: %s", q_call_text(t, c),
                     why);
}

q_code q_call_wrong_type(q_typing *t, q_call *c, uint32_t i, const char *wanted)
{
    char name[Q_TYPE_NAME_BYTES];
    return q_call_mismatch(
        t, c, "parameter %u requires the %s type, but \"%.120s\" has the type \"%s\"", i + 1,
        wanted, q_call_arg_text(t, c, i), q_type_sql(c->args[i]->type, name));
}

q_code q_call_types_differ(q_typing *t, q_call *c, const char *name)
{
    char types[256], type[Q_TYPE_NAME_BYTES];
    size_t n = 0;
    for (uint32_t i = 0; i < c->n_args && n < sizeof types - Q_TYPE_NAME_BYTES - 8; i++)
        n += (size_t)snprintf(types + n, sizeof types - n, "%s\"%s\"", i ? ", " : "",
                              q_type_sql(c->args[i]->type, type));
    return q_call_mismatch(t, c, "input to `%s` should all be the same type, but it is [%s]", name,
                           types);
}

static const char *want_text(const want *w, char out[Q_TYPE_NAME_BYTES + 4])
{
    static const char *const texts[] = {
        [WANT_NUMBER] = "\"NUMERIC\"",
        [WANT_INTEGRAL] = "\"INTEGRAL\"",
        [WANT_DECIMAL] = "\"DECIMAL\"",
        [WANT_INTERVAL] = "\"INTERVAL\"",
        [WANT_ARRAY] = "\"ARRAY\"",
        [WANT_ARRAY_T] = "\"ARRAY\"",
        [WANT_ANY] = "any",
        [WANT_T] = "common",
    };
    char name[Q_TYPE_NAME_BYTES];
    if (w->kind == WANT_TYPE)
        snprintf(out, Q_TYPE_NAME_BYTES + 4, "\"%s\"", q_type_sql(w->type, name));
    else
        snprintf(out, Q_TYPE_NAME_BYTES + 4, "%s", texts[w->kind]);
    return out;
}

static q_code refuse_argument(q_typing *t, q_call *c, uint32_t i, const want *w)
{
    char text[Q_TYPE_NAME_BYTES + 4], name[Q_TYPE_NAME_BYTES];
    q_call_wrong_type(t, c, i, want_text(w, text));
    if (w->kind == WANT_TYPE && q_type_castable(c->args[i]->type, w->type))
        q_err_hint(t->err, "CAST(%.100s AS %s) if that is meant", q_call_arg_text(t, c, i),
                   q_type_sql(w->type, name));
    return Q_E_DATATYPE_MISMATCH;
}

static q_code unknown_function(q_typing *t, q_call *c)
{
    q_nearest near;
    q_err_set(t->err, Q_E_UNRESOLVED_ROUTINE, "no function is named `%.200s`", c->name);
    if (q_function_missing_hint(c->name, t->err)) /* a near name would lead astray */
        return Q_E_UNRESOLVED_ROUTINE;
    q_nearest_init(&near, c->name);
    for (uint32_t i = 0; i < q_function_n_names(); i++) {
        if (isalpha((unsigned char)q_function_name(i)[0]))
            q_nearest_offer(&near, q_function_name(i));
    }
    q_nearest_hint(&near, t->err);
    return Q_E_UNRESOLVED_ROUTINE;
}

/* Overloads may take different numbers: the text lists what the first takes up to the largest. */
static q_code wrong_number(q_typing *t, q_call *c, int32_t id)
{
    uint32_t least = UINT32_MAX, most = 0;
    for (; id >= 0; id = q_function_next((uint16_t)id)) {
        const signature *sig = signature_of((uint16_t)id);
        least = sig->n_required < least ? sig->n_required : least;
        most = sig->max_args > most ? sig->max_args : most;
    }
    char wants[48];
    if (most == ANY_NUMBER)
        snprintf(wants, sizeof wants, "at least %u", least);
    else if (least == most)
        snprintf(wants, sizeof wants, "%u", least);
    else
        snprintf(wants, sizeof wants, "%u to %u", least, most);
    return q_err_set(t->err, Q_E_WRONG_NUM_ARGS,
                     "the function `%.200s` requires %s argument%s, but %u %s given", c->name,
                     wants, most == 1 || (most == ANY_NUMBER && least == 1) ? "" : "s", c->n_args,
                     c->n_args == 1 ? "was" : "were");
}

/* ---- matching ------------------------------------------------------------- */

static bool arity_fits(const signature *sig, uint32_t n)
{
    return n >= sig->n_required && (sig->max_args == ANY_NUMBER || n <= sig->max_args);
}

/* The type an argument becomes for a parameter that is not T; false: none. */
static bool target_of(const want *w, q_type from, q_type *to)
{
    *to = from;
    switch (w->kind) {
    case WANT_TYPE:
        *to = w->type;
        return q_type_implicit(from, w->type);
    case WANT_NUMBER:
        if (from.kind == Q_STRING || from.kind == Q_VOID)
            *to = Q_TYPE(Q_DOUBLE);
        return q_type_is_numeric(*to);
    case WANT_INTEGRAL:
        if (from.kind == Q_VOID)
            *to = Q_TYPE(Q_INT);
        return q_type_is_integer(*to);
    case WANT_DECIMAL:
        if (from.kind == Q_VOID)
            *to = Q_DECIMAL_OF(38, 18);
        else
            *to = from.kind == Q_STRING ? Q_DECIMAL_OF(38, 18) : q_decimal_of_type(from);
        return to->kind == Q_DECIMAL;
    case WANT_INTERVAL:
        return q_type_is_interval(from);
    case WANT_ARRAY:
    case WANT_ARRAY_T:
        if (from.kind == Q_VOID)
            *to = q_type_array_of(from);
        return to->kind == Q_ARRAY;
    default:
        return true;
    }
}

#define NARROWING \
    16 /* an integer that may lose its value is worse than any number of other casts */

static uint32_t cast_cost(q_type from, q_type to)
{
    if (q_type_is_integer(from) && q_type_is_integer(to) && to.kind < from.kind)
        return NARROWING;
    return !q_type_eq(to, from);
}

/* Casts that a row would need, UINT32_MAX: it does not fit. */
static uint32_t cost_of(const signature *sig, const q_call *c)
{
    if (!arity_fits(sig, c->n_args))
        return UINT32_MAX;
    if (sig->rule_only)
        return UINT32_MAX - 1; /* says itself what it wants: asked last */
    uint32_t cost = 0;
    for (uint32_t i = 0; i < c->n_args; i++) {
        q_type to;
        if (!target_of(param_of(sig, i), c->args[i]->type, &to))
            return UINT32_MAX;
        cost += cast_cost(c->args[i]->type, to);
    }
    return cost;
}

static int32_t choose(int32_t first, const q_call *c)
{
    int32_t best = -1, fitting = -1;
    uint32_t best_cost = UINT32_MAX;
    for (int32_t id = first; id >= 0; id = q_function_next((uint16_t)id)) {
        const signature *sig = signature_of((uint16_t)id);
        uint32_t cost = cost_of(sig, c);
        if (cost < best_cost) {
            best_cost = cost;
            best = id;
        }
        if (fitting < 0 && arity_fits(sig, c->n_args))
            fitting = id;
    }
    return best >= 0 ? best : fitting; /* fitting: its errors are reported */
}

/* Least common type of all T parameters (and the elements of array<T>, which are no arrays). */
static q_code unify(q_typing *t, const signature *sig, q_call *c, q_type *common)
{
    bool elements = sig->result.kind == WANT_ARRAY_T;
    *common = Q_TYPE(Q_VOID);
    for (uint32_t i = 0; i < c->n_args; i++) {
        const want *w = param_of(sig, i);
        q_type type = c->args[i]->type;
        if (w->kind == WANT_ARRAY_T)
            type = type.kind == Q_ARRAY ? q_type_element(type) : Q_TYPE(Q_VOID);
        if ((w->kind == WANT_T || w->kind == WANT_ARRAY_T) &&
            !q_type_common(*common, type, true, common))
            return q_call_types_differ(t, c, c->name);
        elements |= w->kind == WANT_ARRAY_T;
    }
    if (elements && common->kind == Q_ARRAY)
        return q_err_set(t->err, Q_E_UNSUPPORTED_FEATURE, "`%s` of arrays is not supported",
                         c->name);
    return Q_OK;
}

static q_code cast_arguments(q_typing *t, const signature *sig, q_call *c, q_type common)
{
    for (uint32_t i = 0; i < c->n_args; i++) {
        const want *w = param_of(sig, i);
        q_type to;
        if (w->kind == WANT_T)
            to = common;
        else if (!target_of(w, c->args[i]->type, &to))
            return refuse_argument(t, c, i, w);
        if (w->kind == WANT_ARRAY_T)
            to = q_type_array_of(common);
        c->args[i] = q_expr_cast(t->arena, c->args[i], to);
    }
    return Q_OK;
}

static q_type result_type(const signature *sig, const q_call *c, q_type common)
{
    switch (sig->result.kind) {
    case WANT_T:
        return common;
    case WANT_ARRAY_T:
        return q_type_array_of(common);
    case WANT_ARG:
        return c->args[sig->result.arg]->type;
    default:
        return sig->result.type;
    }
}

bool q_call_any_nullable(const q_call *c)
{
    for (uint32_t i = 0; i < c->n_args; i++) {
        if (c->args[i]->nullable)
            return true;
    }
    return false;
}

static bool result_nullable(uint16_t id, const signature *sig, const q_call *c)
{
    if (sig->nullable || q_function_get(id)->kind != Q_FUNCTION_SCALAR)
        return sig->nullable;
    switch (id) {
    case Q_FN_ISNULL:
    case Q_FN_ISNOTNULL:
    case Q_FN_ISNAN:
        return false;
    case Q_FN_COALESCE:
    case Q_FN_NVL:
        for (uint32_t i = 0; i < c->n_args; i++) {
            if (!c->args[i]->nullable)
                return false;
        }
        return true;
    default:
        return q_call_any_nullable(c);
    }
}

q_expr *q_call_make(q_typing *t, uint16_t function, q_type type, bool nullable, const q_call *c)
{
    q_expr *x = q_expr_call(t->arena, function, type, c->n_args, c->args);
    x->nullable = nullable;
    return x;
}

q_code q_call_coerce(q_typing *t, q_call *c, uint32_t i, q_type to)
{
    want w = {.kind = WANT_TYPE, .type = to};
    if (!q_type_implicit(c->args[i]->type, to))
        return refuse_argument(t, c, i, &w);
    c->args[i] = q_expr_cast(t->arena, c->args[i], to);
    return Q_OK;
}

q_code q_call_constant(q_typing *t, q_call *c, uint32_t i, q_type to, const char *what)
{
    char name[Q_TYPE_NAME_BYTES];
    Q_TRY(q_call_coerce(t, c, i, to));
    Q_TRY(q_fold(t->fold, t->session, t->arena, &c->args[i], t->err));
    if (c->args[i]->kind == Q_X_LITERAL)
        return Q_OK;
    return q_call_mismatch(t, c, "%s should be a constant of type \"%s\", but it is \"%.120s\"",
                           what, q_type_sql(to, name), q_call_arg_text(t, c, i));
}

q_code q_call_bind_row(q_typing *t, uint16_t id, q_call *c, q_expr **out)
{
    const signature *sig = signature_of(id);
    c->new_label = NULL;
    if (!arity_fits(sig, c->n_args))
        return wrong_number(t, c, id);
    q_type common = Q_TYPE(Q_VOID);
    if (!sig->rule_only) {
        Q_TRY(unify(t, sig, c, &common));
        Q_TRY(cast_arguments(t, sig, c, common));
    }
    if (sig->rule)
        return sig->rule->fn(t, id, c, out);
    *out = q_call_make(t, id, result_type(sig, c, common), result_nullable(id, sig, c), c);
    return Q_OK;
}

q_code q_call_bind(q_typing *t, q_call *c, q_expr **out)
{
    int32_t first = q_function_find(c->name);
    if (first < 0)
        return unknown_function(t, c);
    int32_t id = choose(first, c);
    return id < 0 ? wrong_number(t, c, first) : q_call_bind_row(t, (uint16_t)id, c, out);
}
