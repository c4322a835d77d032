/* JSON values to cells. Rules as Spark 3.5's JacksonParser has them. */
#include "common/io/cells_convert.h"
#include "common/io/json_text.h"

/* A child column that has room for one more element. */
static bool child_room(q_cells *c, q_cell_column *child)
{
    q_column *col = &child->column;
    if (col->length < child->child_cap)
        return true;
    uint32_t cap = child->child_cap ? 2 * child->child_cap : 256;
    size_t width = q_type_width(col->type);
    void *values = q_arena_alloc_vec(&c->lists, width * cap);
    uint64_t *bits = q_arena_alloc_vec(&c->lists, q_bit_words(cap) * 8);
    if (!values || !bits || cap > UINT32_MAX / 2)
        return false;
    memset(bits, 0xFF, q_bit_words(cap) * 8);
    if (col->length) {
        memcpy(values, col->values, width * col->length);
        memcpy(bits, child->bits, q_bit_words(col->length) * 8);
    }
    col->values = values;
    child->bits = bits;
    child->child_cap = cap;
    return true;
}

static q_cell_result array_cell(q_cells *c, q_cell_column *col, uint32_t row, const q_json_value *v)
{
    if (v->kind != Q_JSON_ARRAY)
        return q_cell_bad(col, row);
    q_cell_column *child = col->child;
    q_json_scan s = {.at = v->ptr, .end = v->ptr + v->len, .options = c->options};
    uint32_t start = child->column.length;
    bool first = true;
    q_json_value item;
    while (q_json_next_element(&s, &first, 1, &item)) {
        if (!child_room(c, child))
            return Q_CELL_NO_MEMORY;
        q_cell_result r = q_cell_from_json(c, child, child->column.length, &item);
        if (r == Q_CELL_NO_MEMORY)
            return r;
        if (r == Q_CELL_BAD) {
            child->column.length = start;
            return q_cell_bad(col, row);
        }
        child->column.length++;
    }
    Q_VALUES(&col->column, q_list)[row] = (q_list){start, child->column.length - start};
    return q_cell_ok(col, row);
}

/* Text that is not in the input as it is needed: a copy in the task's memory. */
static q_cell_result own_text(q_cells *c, q_cell_column *col, uint32_t row, const char *s, size_t n,
                              uint32_t flags)
{
    char *copy = q_arena_bytes(c->task, n);
    if (!copy)
        return Q_CELL_NO_MEMORY;
    memcpy(copy, s, n);
    return q_cell_string(col, row, copy, n, flags);
}

static q_cell_result unescaped(q_cells *c, q_cell_column *col, uint32_t row, const q_json_value *v)
{
    char *copy = q_arena_bytes(c->task, v->len);
    if (!copy)
        return Q_CELL_NO_MEMORY;
    return q_cell_string(col, row, copy, q_json_unescape(v, copy), 0);
}

static q_cell_result string_cell(q_cells *c, q_cell_column *col, uint32_t row,
                                 const q_json_value *v)
{
    if (v->len > UINT32_MAX)
        return q_cell_bad(col, row);
    if (v->kind == Q_JSON_STRING) {
        if (v->escaped)
            return unescaped(c, col, row, v);
        return q_cell_string(col, row, v->ptr, v->len, v->plain ? Q_STR_PLAIN : 0);
    }
    q_buf_clear(&c->text);
    q_json_compact(&c->text, &c->scratch, v, c->options);
    if (c->text.failed)
        return Q_CELL_NO_MEMORY;
    if (c->text.len > UINT32_MAX)
        return q_cell_bad(col, row);
    bool plain = v->kind == Q_JSON_NUMBER || v->kind <= Q_JSON_TRUE;
    return own_text(c, col, row, c->text.data, c->text.len, plain ? Q_STR_PLAIN : 0);
}

static q_cell_result integer_cell(q_cell_column *col, uint32_t row, const q_json_value *v)
{
    if (v->kind != Q_JSON_NUMBER || !v->number.fits_int64)
        return q_cell_bad(col, row);
    int64_t i = v->number.integer;
    /* Jackson takes unsigned bytes, too */
    if (col->column.type.kind == Q_TINYINT && i >= INT8_MIN && i <= UINT8_MAX)
        i = (int8_t)i;
    return q_cell_integer(col, row, i);
}

static q_cell_result double_cell(q_cells *c, q_cell_column *col, uint32_t row,
                                 const q_json_value *v)
{
    double d;
    if (v->kind == Q_JSON_NUMBER)
        d = v->number.value;
    else if ((v->kind != Q_JSON_STRING && v->kind != Q_JSON_WORD) ||
             !c->options->allow_non_numeric || v->escaped ||
             !q_json_special_double(v->ptr, v->len, &d))
        return q_cell_bad(col, row);
    if (col->column.type.kind == Q_DOUBLE) {
        Q_VALUES(&col->column, double)[row] = d;
    } else {
        float f = (float)d;
        if (v->kind == Q_JSON_NUMBER)
            q_parse_java_float(v->ptr, v->len, &f);
        Q_VALUES(&col->column, float)[row] = f;
    }
    return q_cell_ok(col, row);
}

static int base64_value(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Length of the bytes that s[0..n) stands for, or -1; padding is required. */
static long base64_decode(const char *s, size_t n, char *out)
{
    if (n % 4)
        return -1;
    char *to = out;
    for (size_t i = 0; i < n; i += 4) {
        uint32_t word = 0, pad = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = base64_value((unsigned char)s[i + k]);
            if (d < 0 && s[i + k] == '=' && i + 4 == n && k >= 2)
                pad++;
            else if (d < 0 || pad)
                return -1;
            word = word << 6 | (uint32_t)(d < 0 ? 0 : d);
        }
        *to++ = (char)(word >> 16);
        if (pad < 2)
            *to++ = (char)(word >> 8);
        if (pad < 1)
            *to++ = (char)word;
    }
    return to - out;
}

static q_cell_result binary_cell(q_cells *c, q_cell_column *col, uint32_t row,
                                 const q_json_value *v)
{
    if (v->kind != Q_JSON_STRING || v->len > UINT32_MAX)
        return q_cell_bad(col, row);
    char *bytes = q_arena_bytes(c->task, 2 * v->len + 3);
    if (!bytes)
        return Q_CELL_NO_MEMORY;
    size_t n = q_json_unescape(v, bytes + v->len);
    long len = base64_decode(bytes + v->len, n, bytes);
    return len < 0 ? q_cell_bad(col, row) : q_cell_string(col, row, bytes, (size_t)len, 0);
}

/* Dates, timestamps and decimals in strings. */
static q_cell_result text_cell(q_cells *c, q_cell_column *col, uint32_t row, const q_json_value *v)
{
    char small[256];
    const char *s = v->ptr;
    size_t n = v->len;
    if (v->kind != Q_JSON_STRING || n == 0)
        return q_cell_bad(col, row);
    if (v->escaped) {
        if (n > sizeof small)
            return q_cell_bad(col, row);
        n = q_json_unescape(v, small);
        s = small;
    }
    return q_cell_of_text_form(c, col, row, s, n);
}

static q_cell_result timestamp_cell(q_cells *c, q_cell_column *col, uint32_t row,
                                    const q_json_value *v)
{
    if (v->kind != Q_JSON_NUMBER || col->column.type.kind != Q_TIMESTAMP)
        return text_cell(c, col, row, v);
    if (!v->number.fits_int64)
        return q_cell_bad(col, row);
    Q_VALUES(&col->column, int64_t)[row] = (int64_t)((uint64_t)v->number.integer * 1000000u);
    return q_cell_ok(col, row);
}

static q_cell_result decimal_cell(q_cells *c, q_cell_column *col, uint32_t row,
                                  const q_json_value *v)
{
    return v->kind == Q_JSON_NUMBER ? q_cell_of_text_form(c, col, row, v->ptr, v->len)
                                    : text_cell(c, col, row, v);
}

static q_cell_result boolean_cell(q_cell_column *col, uint32_t row, const q_json_value *v)
{
    if (v->kind != Q_JSON_TRUE && v->kind != Q_JSON_FALSE)
        return q_cell_bad(col, row);
    Q_VALUES(&col->column, uint8_t)[row] = v->kind == Q_JSON_TRUE;
    return q_cell_ok(col, row);
}

q_cell_result q_cell_from_json(q_cells *c, q_cell_column *col, uint32_t row, const q_json_value *v)
{
    if (v->kind == Q_JSON_NULL) {
        q_cell_null(col, row);
        return Q_CELL_OK;
    }
    switch ((q_kind)col->column.type.kind) {
    case Q_VOID:
        q_cell_null(col, row);
        return Q_CELL_OK;
    case Q_BOOLEAN:
        return boolean_cell(col, row, v);
    case Q_TINYINT:
    case Q_SMALLINT:
    case Q_INT:
    case Q_BIGINT:
        return integer_cell(col, row, v);
    case Q_FLOAT:
    case Q_DOUBLE:
        return double_cell(c, col, row, v);
    case Q_DECIMAL:
        return decimal_cell(c, col, row, v);
    case Q_STRING:
        return string_cell(c, col, row, v);
    case Q_BINARY:
        return binary_cell(c, col, row, v);
    case Q_DATE:
        return text_cell(c, col, row, v);
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        return timestamp_cell(c, col, row, v);
    case Q_ARRAY:
        return array_cell(c, col, row, v);
    default:
        return q_cell_bad(col, row);
    }
}
