/* Text to cells. Rules as Spark 3.5's UnivocityParser has them; JSON strings use a part. */
#include <math.h>
#include <strings.h>

#include "common/io/cells_convert.h"
#include "common/io/utf8_repair.h"

q_cell_result q_cell_integer(q_cell_column *col, uint32_t row, int64_t v)
{
    bool fits = true;
    switch (col->column.type.kind) {
    case Q_TINYINT:
        fits = v == (int8_t)v;
        Q_VALUES(&col->column, int8_t)[row] = (int8_t)v;
        break;
    case Q_SMALLINT:
        fits = v == (int16_t)v;
        Q_VALUES(&col->column, int16_t)[row] = (int16_t)v;
        break;
    case Q_INT:
        fits = v == (int32_t)v;
        Q_VALUES(&col->column, int32_t)[row] = (int32_t)v;
        break;
    default:
        Q_VALUES(&col->column, int64_t)[row] = v;
    }
    return fits ? q_cell_ok(col, row) : q_cell_bad(col, row);
}

static q_cell_result decimal_cell(q_cell_column *col, uint32_t row, const char *s, size_t n)
{
    q_type t = col->column.type;
    /* BigDecimal does not trim */
    if (n == 0 || (unsigned char)s[0] <= ' ' || (unsigned char)s[n - 1] <= ' ' ||
        !q_parse_decimal(s, n, t.precision, t.scale, &Q_VALUES(&col->column, q_int128)[row]))
        return q_cell_bad(col, row);
    return q_cell_ok(col, row);
}

q_cell_result q_cell_of_text_form(q_cells *c, q_cell_column *col, uint32_t row, const char *s,
                                  size_t n)
{
    q_kind kind = (q_kind)col->column.type.kind;
    int64_t v;
    if (kind == Q_DECIMAL)
        return decimal_cell(col, row, s, n);
    if (!q_time_read(&c->times, kind, s, n, &v))
        return q_cell_bad(col, row);
    if (kind == Q_DATE)
        Q_VALUES(&col->column, int32_t)[row] = (int32_t)v;
    else
        Q_VALUES(&col->column, int64_t)[row] = v;
    return q_cell_ok(col, row);
}

static bool is_text(const char *s, size_t n, const char *text)
{
    return n == strlen(text) && memcmp(s, text, n) == 0;
}

static bool special_double(const q_read_options *o, const char *s, size_t n, double *out)
{
    if (is_text(s, n, o->nan_value))
        *out = (double)NAN;
    else if (is_text(s, n, o->positive_inf))
        *out = HUGE_VAL;
    else if (is_text(s, n, o->negative_inf))
        *out = -HUGE_VAL;
    else
        return false;
    return true;
}

static q_cell_result double_cell(q_cells *c, q_cell_column *col, uint32_t row, const char *s,
                                 size_t n)
{
    double *out = &Q_VALUES(&col->column, double)[row];
    if (special_double(c->options, s, n, out) || q_parse_java_double(s, n, out))
        return q_cell_ok(col, row);
    return q_cell_bad(col, row);
}

static q_cell_result float_cell(q_cells *c, q_cell_column *col, uint32_t row, const char *s,
                                size_t n)
{
    double d;
    float *out = &Q_VALUES(&col->column, float)[row];
    if (special_double(c->options, s, n, &d))
        *out = (float)d;
    else if (!q_parse_java_float(s, n, out))
        return q_cell_bad(col, row);
    return q_cell_ok(col, row);
}

static q_cell_result text_string_cell(q_cells *c, q_cell_column *col, uint32_t row, const char *s,
                                      size_t n)
{
    size_t len;
    s = q_utf8_repair(s, n, c->task, &len);
    if (!s)
        return Q_CELL_NO_MEMORY;
    return len > UINT32_MAX ? q_cell_bad(col, row) : q_cell_string(col, row, s, len, 0);
}

q_cell_result q_cell_from_text(q_cells *c, q_cell_column *col, uint32_t row, const char *s,
                               size_t n)
{
    int64_t i;
    switch ((q_kind)col->column.type.kind) {
    case Q_VOID:
        q_cell_null(col, row);
        return Q_CELL_OK;
    case Q_BOOLEAN:
        if (!(n == 4 && strncasecmp(s, "true", 4) == 0) &&
            !(n == 5 && strncasecmp(s, "false", 5) == 0))
            return q_cell_bad(col, row);
        Q_VALUES(&col->column, uint8_t)[row] = n == 4;
        return q_cell_ok(col, row);
    case Q_TINYINT:
    case Q_SMALLINT:
    case Q_INT:
    case Q_BIGINT:
        return q_parse_java_long(s, n, &i) ? q_cell_integer(col, row, i) : q_cell_bad(col, row);
    case Q_FLOAT:
        return float_cell(c, col, row, s, n);
    case Q_DOUBLE:
        return double_cell(c, col, row, s, n);
    case Q_STRING:
        return text_string_cell(c, col, row, s, n);
    case Q_DECIMAL:
    case Q_DATE:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        return q_cell_of_text_form(c, col, row, s, n);
    default:
        return q_cell_bad(col, row);
    }
}
