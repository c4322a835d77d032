/* Type widths and names. */
#include "common/column/type.h"

#include <ctype.h>
#include <stdio.h>

static const struct {
    const char *name;
    uint8_t width;
} kinds[Q_N_KINDS] = {
    [Q_VOID] = {"void", 0},
    [Q_BOOLEAN] = {"boolean", 1},
    [Q_TINYINT] = {"tinyint", 1},
    [Q_SMALLINT] = {"smallint", 2},
    [Q_INT] = {"int", 4},
    [Q_BIGINT] = {"bigint", 8},
    [Q_FLOAT] = {"float", 4},
    [Q_DOUBLE] = {"double", 8},
    [Q_DECIMAL] = {"decimal", 16},
    [Q_STRING] = {"string", 16},
    [Q_BINARY] = {"binary", 16},
    [Q_DATE] = {"date", 4},
    [Q_TIMESTAMP] = {"timestamp", 8},
    [Q_TIMESTAMP_NTZ] = {"timestamp_ntz", 8},
    [Q_INTERVAL_DT] = {"interval day to second", 8},
    [Q_INTERVAL_YM] = {"interval year to month", 4},
    [Q_ARRAY] = {"array", 8},
};

q_type q_type_array_of(q_type element)
{
    return (q_type){.kind = Q_ARRAY,
                    .element = element.kind,
                    .precision = element.precision,
                    .scale = element.scale};
}

size_t q_type_width(q_type t)
{
    return t.kind < Q_N_KINDS ? kinds[t.kind].width : 0;
}

const char *q_type_name(q_type t, char out[Q_TYPE_NAME_BYTES])
{
    char element[Q_TYPE_NAME_BYTES - 8];
    if (t.kind == Q_DECIMAL) {
        snprintf(out, Q_TYPE_NAME_BYTES, "decimal(%d,%d)", t.precision, t.scale);
    } else if (t.kind == Q_ARRAY) {
        char inner[Q_TYPE_NAME_BYTES];
        q_type e = q_type_element(t);
        if (e.kind == Q_ARRAY) /* one level only: never built by the binder */
            e = Q_TYPE(Q_VOID);
        snprintf(element, sizeof element, "%.38s", q_type_name(e, inner));
        snprintf(out, Q_TYPE_NAME_BYTES, "array<%s>", element);
    } else {
        snprintf(out, Q_TYPE_NAME_BYTES, "%s", t.kind < Q_N_KINDS ? kinds[t.kind].name : "?");
    }
    return out;
}

const char *q_type_sql(q_type t, char out[Q_TYPE_NAME_BYTES])
{
    q_type_name(t, out);
    for (char *p = out; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return out;
}
