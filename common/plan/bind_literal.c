/* Literals: values, and their texts as Spark writes them in column names. */
#include <stdio.h>
#include <strings.h>

#include "common/column/datetime.h"
#include "common/column/decimal.h"
#include "common/column/number.h"
#include "common/plan/bind_internal.h"

/* ---- intervals ------------------------------------------------------------ */

static const char *unit_name(q_sql_unit unit)
{
    static const char *const names[] = {
        [Q_SQL_UNIT_YEAR] = "YEAR", [Q_SQL_UNIT_MONTH] = "MONTH",   [Q_SQL_UNIT_DAY] = "DAY",
        [Q_SQL_UNIT_HOUR] = "HOUR", [Q_SQL_UNIT_MINUTE] = "MINUTE", [Q_SQL_UNIT_SECOND] = "SECOND",
    };
    return names[unit];
}

static void months_text(const q_sql_interval *v, q_buf *out)
{
    int64_t months = v->months;
    if (months < 0)
        q_buf_putc(out, '-');
    months = months < 0 ? -months : months;
    if (v->from == Q_SQL_UNIT_MONTH)
        q_buf_printf(out, "%lld", (long long)months);
    else if (v->to == Q_SQL_UNIT_YEAR)
        q_buf_printf(out, "%lld", (long long)(months / 12));
    else
        q_buf_printf(out, "%lld-%lld", (long long)(months / 12), (long long)(months % 12));
}

/* Seconds with up to six decimals, two digits before the point. */
static void seconds_text(uint64_t us, q_buf *out)
{
    q_buf_printf(out, "%02llu", (unsigned long long)(us / 1000000));
    uint64_t fraction = us % 1000000;
    if (!fraction)
        return;
    int digits = 6;
    while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    q_buf_printf(out, ".%0*llu", digits, (unsigned long long)fraction);
}

static void micros_text(const q_sql_interval *v, q_buf *out)
{
    static const uint64_t unit_us[] = {[Q_SQL_UNIT_DAY] = UINT64_C(86400000000),
                                       [Q_SQL_UNIT_HOUR] = UINT64_C(3600000000),
                                       [Q_SQL_UNIT_MINUTE] = 60000000,
                                       [Q_SQL_UNIT_SECOND] = 1};
    static const q_sql_unit units[] = {Q_SQL_UNIT_DAY, Q_SQL_UNIT_HOUR, Q_SQL_UNIT_MINUTE,
                                       Q_SQL_UNIT_SECOND};
    if (v->micros < 0)
        q_buf_putc(out, '-');
    uint64_t rest = v->micros < 0 ? 0 - (uint64_t)v->micros : (uint64_t)v->micros;
    for (int i = 0; i < 4; i++) {
        q_sql_unit unit = units[i];
        if (unit < v->from || unit > v->to)
            continue;
        if (unit != v->from)
            q_buf_putc(out, unit == Q_SQL_UNIT_HOUR ? ' ' : ':');
        if (unit == Q_SQL_UNIT_SECOND)
            seconds_text(rest, out);
        else
            q_buf_printf(out, unit == Q_SQL_UNIT_DAY ? "%llu" : "%02llu",
                         (unsigned long long)(rest / unit_us[unit]));
        rest %= unit_us[unit];
    }
}

static const q_label *interval_label(bind *b, const q_sql_interval *v)
{
    q_buf text;
    q_buf_init(&text);
    q_buf_puts(&text, "INTERVAL '");
    if (v->year_month)
        months_text(v, &text);
    else
        micros_text(v, &text);
    q_buf_printf(&text, "' %s", unit_name(v->from));
    if (v->to != v->from)
        q_buf_printf(&text, " TO %s", unit_name(v->to));
    const q_label *label = q_label_copy(b->a, text.data, text.len);
    q_buf_fini(&text);
    return label;
}

/* ---- dates and timestamps -------------------------------------------------- */

/* epoch, now, today, yesterday, tomorrow: Spark knows them in typed literals only. */
static bool special_days(const char *s, size_t n, int64_t *days, bool *now)
{
    static const struct {
        const char *word;
        int64_t days;
    } words[] = {{"now", 0}, {"today", 0}, {"yesterday", -1}, {"tomorrow", 1}};
    while (n && (unsigned char)*s <= ' ')
        s++, n--;
    while (n && (unsigned char)s[n - 1] <= ' ')
        n--;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == n && strncasecmp(words[i].word, s, n) == 0) {
            *days = words[i].days;
            *now = i == 0;
            return true;
        }
    }
    return false;
}

static bool is_epoch(const char *s, size_t n)
{
    return n == 5 && strncasecmp(s, "epoch", 5) == 0;
}

static const q_tz *session_zone(const bind *b)
{
    const char *name = b->catalog->session.time_zone;
    return q_tz_find(name, strlen(name));
}

static int64_t local_now(const bind *b, const q_tz *zone)
{
    return q_tz_to_local(zone, b->catalog->session.now_us);
}

static bool parse_date(bind *b, const q_tz *zone, const q_sql_literal *l, int32_t *days)
{
    int64_t offset;
    bool now;
    *days = 0;
    if (is_epoch(l->text.bytes, l->text.len))
        return true;
    if (special_days(l->text.bytes, l->text.len, &offset, &now)) {
        *days = (int32_t)(q_floor_div(local_now(b, zone), Q_US_PER_DAY) + offset);
        return true;
    }
    return q_date_parse(l->text.bytes, l->text.len, days);
}

static bool parse_timestamp(bind *b, const q_tz *zone, const q_sql_literal *l, int64_t *us)
{
    int64_t offset;
    bool now, zoned = l->kind == Q_SQL_LIT_TIMESTAMP;
    *us = 0;
    if (is_epoch(l->text.bytes, l->text.len))
        return true;
    if (special_days(l->text.bytes, l->text.len, &offset, &now)) {
        int64_t local = local_now(b, zone);
        if (!now)
            local = (q_floor_div(local, Q_US_PER_DAY) + offset) * Q_US_PER_DAY;
        *us = zoned ? q_tz_to_utc(zone, local) : local;
        if (zoned && now)
            *us = b->catalog->session.now_us;
        return true;
    }
    if (!zoned)
        return q_timestamp_ntz_parse(l->text.bytes, l->text.len, true, us);
    return q_timestamp_parse(l->text.bytes, l->text.len, zone, b->catalog->session.now_us, us);
}

static q_code invalid_literal(bind *b, const q_sql_literal *l, const char *type)
{
    return q_err_set(b->err, Q_E_INVALID_LITERAL,
                     "the value of the typed literal \"%s\" is invalid: "
                     "'%.100s'",
                     type, l->text.bytes);
}

static q_code bind_datetime(bind *b, const q_sql_literal *l, bind_value *out)
{
    char text[Q_TIMESTAMP_TEXT_MAX];
    const q_tz *zone = session_zone(b);
    if (!zone)
        return q_err_set(b->err, Q_E_INVALID_CONF_VALUE, "unknown time zone '%s'",
                         b->catalog->session.time_zone);
    if (l->kind == Q_SQL_LIT_DATE) {
        int32_t days;
        if (!parse_date(b, zone, l, &days))
            return invalid_literal(b, l, "DATE");
        size_t n = q_date_text(days, text);
        out->x = q_expr_int(b->a, Q_TYPE(Q_DATE), days);
        out->label = q_label_text(b->a, q_arena_printf(b->a, "DATE '%.*s'", (int)n, text));
        return Q_OK;
    }
    bool zoned = l->kind == Q_SQL_LIT_TIMESTAMP;
    const char *type = zoned ? "TIMESTAMP" : "TIMESTAMP_NTZ";
    int64_t us;
    if (!parse_timestamp(b, zone, l, &us))
        return invalid_literal(b, l, type);
    size_t n = q_timestamp_text(us, zoned ? zone : &q_tz_utc, text);
    out->x = q_expr_int(b->a, Q_TYPE(zoned ? Q_TIMESTAMP : Q_TIMESTAMP_NTZ), us);
    out->label = q_label_text(b->a, q_arena_printf(b->a, "%s '%.*s'", type, (int)n, text));
    return Q_OK;
}

/* ---- numbers and bytes ------------------------------------------------------ */

static q_column *one_value(bind *b, q_type type)
{
    q_column *c = q_arena_new(b->a, q_column);
    q_column_init(c, type, 1, b->a, NULL); /* no budget: it cannot fail */
    c->bytes_stable = true;
    return c;
}

static void bind_integer(bind *b, const q_sql_literal *l, q_kind kind, bind_value *out)
{
    out->x = q_expr_int(b->a, Q_TYPE(kind), l->integer);
    out->label = q_label_text(b->a, q_arena_printf(b->a, "%lld", (long long)l->integer));
}

static void bind_floating(bind *b, const q_sql_literal *l, bind_value *out)
{
    char text[Q_NUMBER_TEXT_ROOM];
    if (l->kind == Q_SQL_LIT_DOUBLE) {
        out->x = q_expr_double(b->a, l->floating);
        char *end = q_text_from_double(text, l->floating);
        out->label = q_label_copy(b->a, text, (size_t)(end - text));
        return;
    }
    q_column *c = one_value(b, Q_TYPE(Q_FLOAT));
    Q_VALUES(c, float)[0] = (float)l->floating;
    out->x = q_expr_literal(b->a, c);
    char *end = q_text_from_float(text, (float)l->floating);
    out->label = q_label_copy(b->a, text, (size_t)(end - text));
}

static void bind_decimal(bind *b, const q_sql_literal *l, bind_value *out)
{
    char text[Q_DECIMAL_TEXT_ROOM];
    q_column *c = one_value(b, Q_DECIMAL_OF(l->decimal.precision, l->decimal.scale));
    q_int128 v = 0;
    const char *p = l->decimal.digits;
    bool negative = *p == '-';
    for (p += negative; *p; p++) {
        if (*p != '.')
            v = v * 10 + (*p - '0');
    }
    Q_VALUES(c, q_int128)[0] = negative ? -v : v;
    out->x = q_expr_literal(b->a, c);
    char *end = q_text_from_decimal(text, negative ? -v : v, l->decimal.scale);
    out->label = q_label_copy(b->a, text, (size_t)(end - text));
}

static void bind_bytes(bind *b, const q_sql_literal *l, bind_value *out)
{
    if (l->kind == Q_SQL_LIT_STRING) {
        out->x = q_expr_string(b->a, l->text.bytes, l->text.len);
        out->label = q_label_copy(b->a, l->text.bytes, l->text.len);
        return;
    }
    q_column *c = one_value(b, Q_TYPE(Q_BINARY));
    char *bytes = q_arena_strndup(b->a, l->text.bytes, l->text.len);
    Q_VALUES(c, q_str)[0] = (q_str){bytes, l->text.len, 0};
    out->x = q_expr_literal(b->a, c);
    char *text = q_arena_bytes(b->a, 2 * (size_t)l->text.len + 4), *p = text + 2;
    memcpy(text, "X'", 2);
    for (uint32_t i = 0; i < l->text.len; i++) {
        *p++ = "0123456789ABCDEF"[(unsigned char)bytes[i] >> 4];
        *p++ = "0123456789ABCDEF"[bytes[i] & 15];
    }
    memcpy(p, "'", 2);
    out->label = q_label_text(b->a, text);
}

q_code bind_literal(bind *b, const q_sql_literal *l, bind_value *out)
{
    switch (l->kind) {
    case Q_SQL_LIT_NULL:
        out->x = q_expr_null(b->a, Q_TYPE(Q_VOID));
        out->label = q_label_text(b->a, "NULL");
        return Q_OK;
    case Q_SQL_LIT_BOOLEAN:
        out->x = q_expr_int(b->a, Q_TYPE(Q_BOOLEAN), l->boolean);
        out->label = q_label_text(b->a, l->boolean ? "true" : "false");
        return Q_OK;
    case Q_SQL_LIT_TINYINT:
        bind_integer(b, l, Q_TINYINT, out);
        return Q_OK;
    case Q_SQL_LIT_SMALLINT:
        bind_integer(b, l, Q_SMALLINT, out);
        return Q_OK;
    case Q_SQL_LIT_INT:
        bind_integer(b, l, Q_INT, out);
        return Q_OK;
    case Q_SQL_LIT_BIGINT:
        bind_integer(b, l, Q_BIGINT, out);
        return Q_OK;
    case Q_SQL_LIT_DECIMAL:
        bind_decimal(b, l, out);
        return Q_OK;
    case Q_SQL_LIT_FLOAT:
    case Q_SQL_LIT_DOUBLE:
        bind_floating(b, l, out);
        return Q_OK;
    case Q_SQL_LIT_STRING:
    case Q_SQL_LIT_BINARY:
        bind_bytes(b, l, out);
        return Q_OK;
    case Q_SQL_LIT_DATE:
    case Q_SQL_LIT_TIMESTAMP:
    case Q_SQL_LIT_TIMESTAMP_NTZ:
        return bind_datetime(b, l, out);
    default:
        out->x = l->interval->year_month
                     ? q_expr_int(b->a, Q_TYPE(Q_INTERVAL_YM), l->interval->months)
                     : q_expr_int(b->a, Q_TYPE(Q_INTERVAL_DT), l->interval->micros);
        out->label = interval_label(b, l->interval);
        out->days = l->interval->from == Q_SQL_UNIT_DAY && l->interval->to == Q_SQL_UNIT_DAY;
        return Q_OK;
    }
}
