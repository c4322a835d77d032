/* Date and time patterns: compiling them. */
#include "common/column/datetime_op.h"

#include <string.h>

#define MAX_NESTING 16

static const char *const month_short[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const month_full[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
static const char *const day_short[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const day_full[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
static const char *const quarter_short[] = {"Q1", "Q2", "Q3", "Q4"};
static const char *const quarter_full[] = {"1st quarter", "2nd quarter", "3rd quarter",
                                           "4th quarter"};
static const char *const ampm[] = {"AM", "PM"};
static const char *const era_short[] = {"BC", "AD"};
static const char *const era_full[] = {"Before Christ", "Anno Domini"};

struct builder {
    const char *pattern;
    uint32_t n;
    q_datetime_use use;
    q_kind kind;
    bool with_era;
    q_datetime_op *ops;
    uint32_t n_ops;
    uint32_t open[MAX_NESTING], n_open;
    int32_t number; /* op that digits glued behind it are taken from, -1 none */
    q_err *err;
};

static q_code fail(struct builder *b, const char *what, char letter)
{
    char named[32] = "";
    if (letter)
        memcpy(named, " '?'", 5), named[2] = letter;
    return q_err_set(b->err, Q_E_INVALID_PARAMETER_VALUE, "date and time pattern '%.*s': %s%s",
                     (int)(b->n < 200 ? b->n : 200), b->pattern, what, named);
}

static q_datetime_op *add(struct builder *b, q_datetime_op_kind kind, q_datetime_field field)
{
    q_datetime_op *op = &b->ops[b->n_ops++];
    memset(op, 0, sizeof *op);
    op->kind = (uint8_t)kind;
    op->field = (uint8_t)field;
    b->number = -1;
    return op;
}

static void add_literal(struct builder *b, const char *s, size_t n)
{
    q_datetime_op *op = add(b, Q_OP_LITERAL, Q_N_FIELDS);
    op->text = s;
    op->len = (uint32_t)n;
}

/*
 * Numbers that follow each other without anything between ("yyyyMMdd"): those of fixed width
 * behind the first make it leave them their digits (java.time's adjacent value parsing).
 */
static void glue(struct builder *b, int32_t before, q_datetime_op *op)
{
    int32_t self = (int32_t)(op - b->ops);
    bool fixed = op->min_width == op->max_width && op->sign == Q_SIGN_NONE;
    if (before < 0) {
        b->number = self;
        return;
    }
    if (fixed) {
        b->ops[before].reserved += op->max_width;
        b->number = before;
    } else {
        b->ops[before].reserved = 0;
        b->number = self;
    }
}

static void add_number(struct builder *b, q_datetime_field field, int min, int max,
                       q_datetime_sign sign)
{
    int32_t before = b->number;
    bool two_digit = sign == Q_SIGN_NONE && (field == Q_FIELD_YEAR || field == Q_FIELD_YEAR_OF_ERA);
    q_datetime_op *op = add(b, two_digit ? Q_OP_TWO_DIGIT_YEAR : Q_OP_NUMBER, field);
    op->min_width = (uint8_t)min;
    op->max_width = (uint8_t)max;
    op->sign = (uint8_t)sign;
    glue(b, before, op);
}

static void add_fraction(struct builder *b, int count)
{
    int32_t before = b->number;
    q_datetime_op *op = add(b, Q_OP_FRACTION, Q_FIELD_NANO);
    op->min_width = b->use == Q_DATETIME_READ ? 1 : (uint8_t)count;
    op->max_width = (uint8_t)count;
    if (op->min_width == op->max_width)
        glue(b, before, op);
}

static void add_text(struct builder *b, q_datetime_field field, const char *const *names,
                     uint8_t n_names, uint8_t first)
{
    q_datetime_op *op = add(b, Q_OP_TEXT, field);
    op->names = names;
    op->n_names = n_names;
    op->first_name = first;
}

/* One or two letters: a number; three: short names; four: full ones. */
static q_code add_number_or_text(struct builder *b, char c, uint32_t count, q_datetime_field field,
                                 const char *const *abbreviated, const char *const *full,
                                 uint8_t n_names)
{
    if (count == 1)
        add_number(b, field, 1, 19, Q_SIGN_NORMAL);
    else if (count == 2)
        add_number(b, field, 2, 2, Q_SIGN_NONE);
    else if (count <= 4)
        add_text(b, field, count == 3 ? abbreviated : full, n_names, 1);
    else
        return fail(b, "too many letters", c);
    return Q_OK;
}

static q_code add_short_or_full(struct builder *b, char c, uint32_t count, q_datetime_field field,
                                const char *const *abbreviated, const char *const *full, uint8_t n)
{
    if (count > 4)
        return fail(b, "too many letters", c);
    add_text(b, field, count == 4 ? full : abbreviated, n, 0);
    return Q_OK;
}

static q_code add_1_or_2(struct builder *b, char c, uint32_t count, q_datetime_field field)
{
    if (count > 2)
        return fail(b, "too many letters", c);
    if (count == 1)
        add_number(b, field, 1, 19, Q_SIGN_NORMAL);
    else
        add_number(b, field, 2, 2, Q_SIGN_NONE);
    return Q_OK;
}

static q_code add_year(struct builder *b, uint32_t count)
{
    q_datetime_field field = b->with_era ? Q_FIELD_YEAR_OF_ERA : Q_FIELD_YEAR;
    if (count > 6)
        return fail(b, "too many letters", 'y');
    if (count == 2)
        add_number(b, field, 2, 2, Q_SIGN_NONE);
    else
        add_number(b, field, (int)count, 19, count < 4 ? Q_SIGN_NORMAL : Q_SIGN_EXCEEDS_PAD);
    return Q_OK;
}

static void add_offset(struct builder *b, int style, const char *zero)
{
    q_datetime_op *op = add(b, Q_OP_OFFSET, Q_FIELD_OFFSET);
    op->offset_style = (uint8_t)style;
    op->text = zero;
    op->len = (uint32_t)strlen(zero);
}

static q_code add_offset_letters(struct builder *b, char c, uint32_t count)
{
    static const uint8_t styles[] = {0, 1, 3, 4, 5, 6};
    if (count > 5)
        return fail(b, "too many letters", c);
    if (c == 'X')
        add_offset(b, styles[count], "Z");
    else if (c == 'x')
        add_offset(b, styles[count], count == 1 ? "+00" : count % 2 ? "+00:00" : "+0000");
    else if (count <= 3)
        add_offset(b, 3, "+0000");
    else if (count == 4)
        add(b, Q_OP_GMT_OFFSET, Q_FIELD_OFFSET)->full = true;
    else
        add_offset(b, 6, "Z");
    return Q_OK;
}

static q_code add_zone_letters(struct builder *b, char c, uint32_t count)
{
    if (c == 'O') {
        if (count != 1 && count != 4)
            return fail(b, "there must be 1 or 4 letters", c);
        add(b, Q_OP_GMT_OFFSET, Q_FIELD_OFFSET)->full = count == 4;
    } else if (c == 'V') {
        if (count != 2)
            return fail(b, "there must be 2 letters", c);
        add(b, Q_OP_ZONE_ID, Q_FIELD_ZONE);
    } else {
        if (count > 3 || c == 'v')
            return fail(b, "zone names in full are not supported:", c);
        add(b, Q_OP_ZONE_NAME, Q_FIELD_ZONE);
    }
    return Q_OK;
}

static q_code add_day_of_year(struct builder *b, uint32_t count)
{
    if (count > 3)
        return fail(b, "too many letters", 'D');
    if (count == 1)
        add_number(b, Q_FIELD_DAY_OF_YEAR, 1, 19, Q_SIGN_NORMAL);
    else
        add_number(b, Q_FIELD_DAY_OF_YEAR, (int)count, 3, Q_SIGN_NONE);
    return Q_OK;
}

static q_code add_time_letters(struct builder *b, char c, uint32_t count)
{
    switch (c) {
    case 'H':
        return add_1_or_2(b, c, count, Q_FIELD_HOUR);
    case 'k':
        return add_1_or_2(b, c, count, Q_FIELD_CLOCK_HOUR);
    case 'K':
        return add_1_or_2(b, c, count, Q_FIELD_HOUR_AMPM);
    case 'h':
        return add_1_or_2(b, c, count, Q_FIELD_CLOCK_AMPM);
    case 'm':
        return add_1_or_2(b, c, count, Q_FIELD_MINUTE);
    case 's':
        return add_1_or_2(b, c, count, Q_FIELD_SECOND);
    case 'a':
        if (count > 1)
            return fail(b, "too many letters", c);
        add_text(b, Q_FIELD_AMPM, ampm, 2, 0);
        return Q_OK;
    case 'S':
        if (count > 9)
            return fail(b, "too many letters", c);
        add_fraction(b, (int)count);
        return Q_OK;
    default:
        return fail(b, "unknown letter", c);
    }
}

/* A run of one letter. */
static q_code add_letters(struct builder *b, char c, uint32_t count)
{
    if (b->use == Q_DATETIME_READ && strchr("EFqQ", c))
        return fail(b, "not allowed for reading: letter", c);
    switch (c) {
    case 'y':
        return add_year(b, count);
    case 'G':
        return add_short_or_full(b, c, count, Q_FIELD_ERA, era_short, era_full, 2);
    case 'M':
    case 'L':
        return add_number_or_text(b, c, count, Q_FIELD_MONTH, month_short, month_full, 12);
    case 'Q':
    case 'q':
        return add_number_or_text(b, c, count, Q_FIELD_QUARTER, quarter_short, quarter_full, 4);
    case 'E':
        return add_short_or_full(b, c, count, Q_FIELD_WEEKDAY, day_short, day_full, 7);
    case 'd':
        return add_1_or_2(b, c, count, Q_FIELD_DAY);
    case 'D':
        return add_day_of_year(b, count);
    case 'F':
        if (count > 1)
            return fail(b, "too many letters", c);
        add_number(b, Q_FIELD_ALIGNED_DAY, 1, 19, Q_SIGN_NORMAL);
        return Q_OK;
    case 'X':
    case 'x':
    case 'Z':
        return add_offset_letters(b, c, count);
    case 'O':
    case 'V':
    case 'v':
    case 'z':
        return add_zone_letters(b, c, count);
    case 'Y':
    case 'W':
    case 'w':
    case 'u':
    case 'e':
    case 'c':
        return fail(b, "week-based letters are not supported, use EXTRACT:", c);
    default:
        return add_time_letters(b, c, count);
    }
}

/* 'text' with '' for a quote inside; *i is behind the opening quote. */
static q_code add_quoted(struct builder *b, uint32_t *i)
{
    uint32_t start = *i;
    if (start < b->n && b->pattern[start] == '\'') {
        add_literal(b, b->pattern + start, 1);
        *i = start + 1;
        return Q_OK;
    }
    for (;; ++*i) {
        if (*i == b->n)
            return fail(b, "a quote is not closed", 0);
        if (b->pattern[*i] != '\'')
            continue;
        bool doubled = *i + 1 < b->n && b->pattern[*i + 1] == '\'';
        add_literal(b, b->pattern + start, *i - start + doubled);
        ++*i;
        if (!doubled)
            return Q_OK;
        start = *i + 1;
    }
}

static q_code open_optional(struct builder *b)
{
    if (b->n_open == MAX_NESTING)
        return fail(b, "too many '[' inside each other", 0);
    b->open[b->n_open++] = b->n_ops;
    add(b, Q_OP_OPTIONAL, Q_N_FIELDS);
    return Q_OK;
}

static q_code close_optional(struct builder *b)
{
    if (b->n_open == 0)
        return fail(b, "']' without '['", 0);
    b->ops[b->open[--b->n_open]].close = b->n_ops;
    add(b, Q_OP_CLOSE, Q_N_FIELDS);
    return Q_OK;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static q_code compile(struct builder *b)
{
    for (uint32_t i = 0; i < b->n;) {
        char c = b->pattern[i];
        uint32_t start = i++;
        if (is_letter(c)) {
            while (i < b->n && b->pattern[i] == c)
                i++;
            Q_TRY(add_letters(b, c, i - start));
        } else if (c == '\'') {
            Q_TRY(add_quoted(b, &i));
        } else if (c == '[') {
            Q_TRY(open_optional(b));
        } else if (c == ']') {
            Q_TRY(close_optional(b));
        } else if (c == '{' || c == '}' || c == '#') {
            return fail(b, "reserved character", c);
        } else {
            add_literal(b, b->pattern + start, 1);
        }
    }
    while (b->n_open)
        Q_TRY(close_optional(b));
    return Q_OK;
}

/* Can a value of this kind be asked for the field? */
static bool has_field(q_kind kind, uint8_t field)
{
    if (field < Q_FIELD_HOUR || field == Q_N_FIELDS)
        return true;
    return field >= Q_FIELD_OFFSET ? kind == Q_TIMESTAMP : kind != Q_DATE;
}

static bool all_fields(const struct builder *b, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (b->ops[i].kind == Q_OP_OPTIONAL)
            i = b->ops[i].close;
        else if (!has_field(b->kind, b->ops[i].field))
            return false;
    }
    return true;
}

/* Writing: leave out optional parts that the kind has no fields for, and then all brackets. */
static q_code drop_optionals(struct builder *b)
{
    if (!all_fields(b, 0, b->n_ops))
        return fail(b,
                    b->kind == Q_DATE ? "a date has no time and no zone"
                                      : "a timestamp without time zone has no zone",
                    0);
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n_ops; i++) {
        q_datetime_op *op = &b->ops[i];
        if (op->kind == Q_OP_OPTIONAL) {
            if (!all_fields(b, i + 1, op->close))
                i = op->close;
        } else if (op->kind != Q_OP_CLOSE) {
            b->ops[n++] = *op;
        }
    }
    b->n_ops = n;
    return Q_OK;
}

static size_t max_bytes(const struct builder *b)
{
    size_t n = 1;
    for (uint32_t i = 0; i < b->n_ops; i++)
        n += b->ops[i].kind == Q_OP_LITERAL   ? b->ops[i].len
             : b->ops[i].kind == Q_OP_ZONE_ID ? 80
                                              : 24;
    return n;
}

/* G outside quotes. */
static bool has_era(const char *s, size_t n)
{
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        quoted ^= s[i] == '\'';
        if (!quoted && s[i] == 'G')
            return true;
    }
    return false;
}

q_code q_datetime_format_new(const char *pattern, size_t n, q_datetime_use use, q_kind kind,
                             q_arena *a, const q_datetime_format **out, q_err *err)
{
    if (n > 4096)
        return q_err_set(err, Q_E_INVALID_PARAMETER_VALUE,
                         "date and time pattern of %zu bytes, at most 4096", n);
    struct builder b = {.n = (uint32_t)n, .use = use, .kind = kind, .number = -1, .err = err};
    size_t ops_bytes = sizeof *b.ops * (n + MAX_NESTING + 1);
    b.pattern = q_arena_strndup(a, pattern, n);
    b.ops = q_arena_alloc(a, ops_bytes);
    q_datetime_format *f = q_arena_new(a, q_datetime_format);
    if (!b.pattern || !b.ops || !f)
        return q_budget_error(a->budget, ops_bytes, err);
    b.with_era = has_era(b.pattern, n);
    Q_TRY(compile(&b));
    if (use == Q_DATETIME_WRITE)
        Q_TRY(drop_optionals(&b));
    f->kind = kind;
    f->ops = b.ops;
    f->n_ops = b.n_ops;
    f->max_bytes = max_bytes(&b);
    *out = f;
    return Q_OK;
}

size_t q_datetime_format_max_bytes(const q_datetime_format *f)
{
    return f->max_bytes;
}
