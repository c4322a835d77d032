/*
 * Interval literals: what is written, and the months or microseconds it means.
 * Spark's ANSI intervals: months and smaller units do not mix in one literal.
 */
#include "common/sql/parse_internal.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    q_sql_unit unit;
    int64_t micros; /* 0: counted in months or not an interval's unit */
} units[] = {
    {"YEAR", Q_SQL_UNIT_YEAR, 0},
    {"QUARTER", Q_SQL_UNIT_QUARTER, 0},
    {"MONTH", Q_SQL_UNIT_MONTH, 0},
    {"WEEK", Q_SQL_UNIT_WEEK, 7 * 86400000000},
    {"DAY", Q_SQL_UNIT_DAY, 86400000000},
    {"DAYOFYEAR", Q_SQL_UNIT_DAYOFYEAR, 0},
    {"HOUR", Q_SQL_UNIT_HOUR, 3600000000},
    {"MINUTE", Q_SQL_UNIT_MINUTE, 60000000},
    {"SECOND", Q_SQL_UNIT_SECOND, 1000000},
    {"MILLISECOND", Q_SQL_UNIT_MILLISECOND, 1000},
    {"MICROSECOND", Q_SQL_UNIT_MICROSECOND, 1},
};

static bool find_unit(const char *s, size_t len, bool plural, q_sql_unit *out)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t n = strlen(units[i].name);
        bool fits = len == n || (plural && len == n + 1 && (s[n] | 32) == 's');
        if (fits && strncasecmp(units[i].name, s, n) == 0) {
            *out = units[i].unit;
            return true;
        }
    }
    return false;
}

bool q_sql_unit_find(const q_sql_parser *p, q_sql_token t, bool plural, q_sql_unit *out)
{
    return t.kind == Q_TK_WORD && find_unit(p->sql + t.offset, t.len, plural, out);
}

/* The field of Spark's type that a unit falls in. */
static q_sql_unit type_field(q_sql_unit unit)
{
    return unit == Q_SQL_UNIT_WEEK    ? Q_SQL_UNIT_DAY
           : unit > Q_SQL_UNIT_SECOND ? Q_SQL_UNIT_SECOND
                                      : unit;
}

static q_code bad_interval(q_sql_parser *p, q_sql_span at, const char *why)
{
    return q_sql_fail(p, at, Q_E_INVALID_LITERAL, "a bad interval: %s", why);
}

/* ---- adding up ------------------------------------------------------------ */

typedef struct number {
    bool negative, fraction;
    int64_t whole;
    int64_t micros; /* of one unit: the digits behind the point, as millionths */
} number;

/* value = ["+" | "-"] digits ["." digits], spaces around; false if it is something else. */
static bool read_number(const char *s, size_t len, number *out)
{
    *out = (number){0};
    size_t i = 0;
    while (i < len && s[i] == ' ')
        i++;
    while (len > i && s[len - 1] == ' ')
        len--;
    if (i < len && (s[i] == '+' || s[i] == '-'))
        out->negative = s[i++] == '-';
    size_t start = i;
    for (; i < len && s[i] >= '0' && s[i] <= '9'; i++) {
        if (__builtin_mul_overflow(out->whole, 10, &out->whole) ||
            __builtin_add_overflow(out->whole, s[i] - '0', &out->whole))
            return false;
    }
    bool any = i > start;
    if (i < len && s[i] == '.') {
        out->fraction = true;
        int64_t unit = 1000000;
        for (i++; i < len && s[i] >= '0' && s[i] <= '9'; i++, any = true) {
            unit /= 10; /* further digits than six are dropped */
            out->micros += unit * (s[i] - '0');
        }
    }
    return any && i == len;
}

/* Add `value` of `unit` to the interval, or say why not. */
static const char *add_value(q_sql_interval *to, const number *v, q_sql_unit unit)
{
    int64_t sign = v->negative ? -1 : 1;
    if (unit == Q_SQL_UNIT_QUARTER || unit == Q_SQL_UNIT_DAYOFYEAR)
        return "the units are years, months, weeks, days, hours, minutes, seconds, milliseconds, "
               "microseconds";
    if (v->fraction && unit != Q_SQL_UNIT_SECOND)
        return "only seconds can have a fraction";
    if (unit <= Q_SQL_UNIT_MONTH) {
        int64_t months;
        if (__builtin_mul_overflow(v->whole, unit == Q_SQL_UNIT_YEAR ? 12 : 1, &months) ||
            __builtin_add_overflow((int64_t)to->months, sign * months, &months) ||
            months != (int32_t)months)
            return "it is too long";
        to->months = (int32_t)months;
        return NULL;
    }
    int64_t micros;
    if (__builtin_mul_overflow(v->whole, units[unit].micros, &micros) ||
        __builtin_add_overflow(micros, v->micros, &micros) ||
        __builtin_add_overflow(to->micros, sign * micros, &to->micros))
        return "it is too long";
    return NULL;
}

/* Widen the type's extent by `unit`; false if months and smaller units mix. */
static bool add_field(q_sql_interval *to, q_sql_unit unit, bool first)
{
    q_sql_unit field = type_field(unit);
    bool year_month = unit <= Q_SQL_UNIT_MONTH;
    if (first) {
        to->from = to->to = field;
        to->year_month = year_month;
    }
    if (to->from > field)
        to->from = field;
    if (to->to < field)
        to->to = field;
    return to->year_month == year_month;
}

static q_code add_part(q_sql_parser *p, q_sql_span at, q_sql_interval *to, const char *value,
                       q_sql_unit unit, bool first)
{
    number v;
    if (!read_number(value, strlen(value), &v))
        return bad_interval(p, at, "a value is not a number, or too large");
    if (!add_field(to, unit, first))
        return bad_interval(p, at, "years and months do not mix with smaller units");
    const char *why = add_value(to, &v, unit);
    return why ? bad_interval(p, at, why) : Q_OK;
}

/* ---- '1 day 2 hours' ------------------------------------------------------ */

/* The next run of characters other than spaces; false at the end. */
static bool next_run(const char **s, const char **run, size_t *len)
{
    while (**s == ' ' || **s == '\t' || **s == '\n' || **s == '\r')
        (*s)++;
    *run = *s;
    while (**s && **s != ' ' && **s != '\t' && **s != '\n' && **s != '\r')
        (*s)++;
    *len = (size_t)(*s - *run);
    return *len > 0;
}

/* interval_text = ["interval"] value unit {value unit}; all within one string */
static q_code parse_interval_text(q_sql_parser *p, q_sql_span at, const char *s, q_sql_list *parts)
{
    const char *value, *unit;
    size_t value_len, unit_len;
    while (next_run(&s, &value, &value_len)) {
        if (parts->n == 0 && value_len == 8 && strncasecmp(value, "interval", 8) == 0)
            continue;
        q_sql_interval_part *part = q_sql_push(p, parts, q_sql_interval_part);
        if (!next_run(&s, &unit, &unit_len) || !find_unit(unit, unit_len, true, &part->unit))
            return bad_interval(p, at, "it reads like '1 day 2 hours' or INTERVAL '1' DAY");
        part->value = q_arena_strndup(p->arena, value, value_len);
    }
    return Q_OK;
}

/* ---- '1-2' YEAR TO MONTH -------------------------------------------------- */

/*
 * The text of a range is its fields in order: YEAR-MONTH, or DAY HH:MM:SS.fff from any field to
 * any smaller one. Add each with the sign in front.
 */
static q_code add_range(q_sql_parser *p, q_sql_span at, q_sql_interval *to,
                        const q_sql_interval_part *part, q_sql_unit last)
{
    static const q_sql_unit day_fields[] = {Q_SQL_UNIT_DAY, Q_SQL_UNIT_HOUR, Q_SQL_UNIT_MINUTE,
                                            Q_SQL_UNIT_SECOND};
    static const q_sql_unit year_fields[] = {Q_SQL_UNIT_YEAR, Q_SQL_UNIT_MONTH};
    bool year_month = part->unit <= Q_SQL_UNIT_MONTH;
    const q_sql_unit *fields = year_month ? year_fields : day_fields;
    const char *s = part->value + strspn(part->value, " ");
    bool negative = *s == '-';
    s += *s == '-' || *s == '+';
    while (*fields != part->unit)
        fields++;
    for (bool first = true;; first = false, fields++) {
        char separator = *fields == last              ? 0
                         : *fields == Q_SQL_UNIT_YEAR ? '-'
                         : *fields == Q_SQL_UNIT_DAY  ? ' '
                                                      : ':';
        size_t n = separator ? strcspn(s, (char[]){separator, 0}) : strlen(s);
        number v;
        if (*s < '0' || *s > '9' || !read_number(s, n, &v) || (separator && !s[n]))
            return bad_interval(p, at,
                                "it reads like '1-2' YEAR TO MONTH or '1 02:03:04.5' DAY TO "
                                "SECOND");
        v.negative = negative;
        add_field(to, *fields, first);
        const char *why = add_value(to, &v, *fields);
        if (why)
            return bad_interval(p, at, why);
        if (!separator)
            return Q_OK;
        s += n + 1;
    }
}

static bool is_range(q_sql_unit from, q_sql_unit to)
{
    if (from == Q_SQL_UNIT_YEAR)
        return to == Q_SQL_UNIT_MONTH;
    return (from == Q_SQL_UNIT_DAY || from == Q_SQL_UNIT_HOUR || from == Q_SQL_UNIT_MINUTE) &&
           (to == Q_SQL_UNIT_HOUR || to == Q_SQL_UNIT_MINUTE || to == Q_SQL_UNIT_SECOND) &&
           to > from;
}

/* "TO" unit, behind `'…' unit` */
static q_code parse_range(q_sql_parser *p, uint32_t start, q_sql_interval *out,
                          const q_sql_interval_part *part)
{
    q_sql_unit to;
    if (!q_sql_unit_find(p, p->tok, false, &to) || !is_range(part->unit, to)) {
        q_code code = q_sql_unexpected(p, "the smaller unit of the interval");
        q_err_hint(p->err, "YEAR TO MONTH, or DAY, HOUR, MINUTE TO HOUR, MINUTE, SECOND");
        return code;
    }
    q_sql_advance(p);
    out->range = true;
    out->range_to = to;
    return add_range(p, q_sql_span_from(p, start), out, part, to);
}

/* ---- the literal ---------------------------------------------------------- */

/* value = ["+" | "-"] (INTEGER | DECIMAL | string); the sign and the text joined */
static q_code parse_value_text(q_sql_parser *p, const char **out)
{
    bool negative = q_sql_take(p, Q_TK_MINUS);
    if (!negative)
        q_sql_take(p, Q_TK_PLUS);
    const char *text;
    if (q_sql_is_string(p->tok)) {
        Q_TRY(q_sql_parse_text_string(p, &text));
    } else if (q_sql_at(p, Q_TK_INTEGER) || q_sql_at(p, Q_TK_DECIMAL)) {
        text = q_arena_strndup(p->arena, p->sql + p->tok.offset, p->tok.len);
        q_sql_advance(p);
    } else {
        return q_sql_unexpected(p, "a number or a string and a unit");
    }
    text += strspn(text, " ");
    if (negative) /* two signs cancel out */
        text = *text == '-' ? text + 1 : q_arena_printf(p->arena, "-%s", text + (*text == '+'));
    *out = text;
    return Q_OK;
}

static bool at_part(const q_sql_parser *p)
{
    q_sql_unit unit;
    int n = q_sql_at(p, Q_TK_MINUS) || q_sql_at(p, Q_TK_PLUS);
    q_sql_token value = q_sql_peek(p, n);
    return (q_sql_is_string(value) || value.kind == Q_TK_INTEGER || value.kind == Q_TK_DECIMAL) &&
           q_sql_unit_find(p, q_sql_peek(p, n + 1), true, &unit);
}

static q_code sum_parts(q_sql_parser *p, uint32_t start, q_sql_interval *out, const q_sql_list *l)
{
    const q_sql_interval_part *part = l->data;
    q_sql_span at = q_sql_span_from(p, start);
    out->part = part;
    out->n_parts = l->n;
    if (l->n == 0)
        return bad_interval(p, at, "it is empty");
    for (uint32_t i = 0; i < l->n; i++)
        Q_TRY(add_part(p, at, out, part[i].value, part[i].unit, i == 0));
    return Q_OK;
}

/*
 * interval = value unit "TO" unit | value unit {value unit} | interval_text
 * A string without a unit behind it names its units itself.
 */
q_code q_sql_parse_interval(q_sql_parser *p, uint32_t start, q_sql_interval *out)
{
    q_sql_list list = {0};
    if (q_sql_is_string(p->tok) && !at_part(p)) {
        const char *text;
        Q_TRY(q_sql_parse_text_string(p, &text));
        Q_TRY(parse_interval_text(p, q_sql_span_from(p, start), text, &list));
        return sum_parts(p, start, out, &list);
    }
    do {
        q_sql_interval_part *part = q_sql_push(p, &list, q_sql_interval_part);
        Q_TRY(parse_value_text(p, &part->value));
        if (!q_sql_unit_find(p, p->tok, true, &part->unit))
            return q_sql_unexpected(p, "a unit (DAY, HOUR, …)");
        q_sql_advance(p);
        if (list.n == 1 && q_sql_take_word(p, Q_KW_TO)) {
            out->part = part;
            out->n_parts = 1;
            return parse_range(p, start, out, part);
        }
    } while (at_part(p));
    return sum_parts(p, start, out, &list);
}
