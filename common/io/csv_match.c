/*
 * Rows without quotes: separators and line ends are found 64 bytes at a time as bits of
 * a word, and each value is read by its column's type in place. A row that is anything
 * else (quotes, another number of values, a value that does not fit or needs a rule) is
 * left to the general path, from its beginning.
 */
#include <strings.h>

#include "common/io/byte_scan.h"
#include "common/io/csv_reader.h"

/* Where stops are, block by block. */
typedef struct stops {
    const char *block;   /* the block that bits are of */
    uint64_t bits;       /* stops not yet taken */
    const char *odd_end; /* behind the last block with bytes that make a string not plain */
    q_csv_chars chars;
} stops;

/* ---- values ---- */

static bool other_token(q_reader *r, const q_csv_slot *slot, const char *s, size_t n)
{
    const q_csv_reader *c = r->format;
    q_csv_token token = {s, n, n ? Q_CSV_BARE : Q_CSV_EMPTY};
    s = q_csv_text(r, c, &token, &n);
    if (!s) {
        q_cell_null(slot->column, r->row);
        return true;
    }
    return q_cell_from_text(&r->cells, slot->column, r->row, s, n) == Q_CELL_OK &&
           (!c->types || q_csv_fits(r, slot->column, Q_CELL_OK, s, n));
}

static inline bool boolean_token(const q_csv_slot *slot, uint32_t row, const char *s, size_t n)
{
    uint32_t word;
    memcpy(&word, s, 4);
    word |= 0x20202020;
    bool is_true = n == 4 && word == 0x65757274;                          /* "true" */
    bool is_false = n == 5 && word == 0x736c6166 && (s[4] | 0x20) == 'e'; /* "fals" */
    ((uint8_t *)slot->values)[row] = is_true;
    return is_true | is_false;
}

/* JSON's numbers are read fastest (with the file's end as limit: vector loads); what Java takes
 * besides (`+1`, `007`) is read as Java does. */
static inline bool integer_token(const char *s, const char *end, const char *limit, int64_t *out)
{
    q_json_number number;
    bool good = q_parse_json_number(s, limit, &number) == end && number.fits_int64;
    *out = number.integer;
    return good || q_parse_java_long(s, (size_t)(end - s), out);
}

/* -0 is an integer 0 to JSON. */
static inline bool double_token(const char *s, const char *end, const char *limit, double *out)
{
    q_json_number number;
    bool good = q_parse_json_number(s, limit, &number) == end && (number.value != 0 || *s != '-');
    *out = number.value;
    return good;
}

/* False: leave the row to the general path. */
static inline __attribute__((always_inline)) bool put_token(q_reader *r, const q_csv_slot *slot,
                                                            const char *s, const char *end,
                                                            const char *limit, bool plain)
{
    uint32_t row = r->row;
    int64_t integer;
    if (slot->op == Q_CSV_SKIP)
        return true;
    if (__builtin_expect(s == end, 0)) {
        q_cell_null(slot->column, row);
        return true;
    }
    switch ((q_csv_op)slot->op) {
    case Q_CSV_STRING:
        ((q_str *)slot->values)[row] = (q_str){s, (uint32_t)(end - s), Q_STR_PLAIN};
        return plain || other_token(r, slot, s, (size_t)(end - s));
    case Q_CSV_INT32:
        if (!integer_token(s, end, limit, &integer) || integer != (int32_t)integer)
            return false;
        ((int32_t *)slot->values)[row] = (int32_t)integer;
        return true;
    case Q_CSV_INT64:
        return integer_token(s, end, limit, &((int64_t *)slot->values)[row]);
    case Q_CSV_DOUBLE:
        return double_token(s, end, limit, &((double *)slot->values)[row]) ||
               other_token(r, slot, s, (size_t)(end - s));
    case Q_CSV_BOOLEAN:
        return boolean_token(slot, row, s, (size_t)(end - s));
    default:
        return other_token(r, slot, s, (size_t)(end - s));
    }
}

/* Could the line be blank or a comment? */
static inline bool may_be_ignored(const q_reader *r, const char *p)
{
    const q_csv_reader *c = r->format;
    return (c->blank_first && (unsigned char)*p <= ' ') ||
           (r->options->comment && *p == r->options->comment);
}

/* ---- scalar ---- */

static inline uint64_t block_bits_scalar(const char *block, const q_csv_chars *k, uint64_t *odd)
{
    uint64_t bits = 0;
    for (int i = 0; i < 64; i++) {
        char c = block[i];
        bool stop = c == k->separator || c == k->quote || c == '\n' || c == '\r';
        bool strange = (unsigned char)c < 0x20 || (unsigned char)c >= 0x80 || c == '\\' || c == '"';
        bits |= (uint64_t)stop << i;
        *odd |= (uint64_t)(strange && !stop) << i;
    }
    return bits;
}

#define NAME(x)    x##_scalar
#define BLOCK_BITS block_bits_scalar
#include "common/io/csv_match.h"
#undef NAME
#undef BLOCK_BITS

/* ---- vector ---- */

#if Q_HAVE_AVX2
static inline uint64_t half_bits(const char *p, const q_csv_chars *k, uint64_t *odd)
{
    const __m256i v = _mm256_loadu_si256((const __m256i *)p);
#define IS(c) _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c))
    __m256i stop = _mm256_or_si256(_mm256_or_si256(IS(k->separator), IS(k->quote)),
                                   _mm256_or_si256(IS('\n'), IS('\r')));
    __m256i control = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v); /* signed: high bytes too */
    __m256i strange = _mm256_or_si256(control, _mm256_or_si256(IS('\\'), IS('"')));
#undef IS
    *odd |= (uint32_t)_mm256_movemask_epi8(_mm256_andnot_si256(stop, strange));
    return (uint32_t)_mm256_movemask_epi8(stop);
}

static inline uint64_t block_bits_avx2(const char *block, const q_csv_chars *k, uint64_t *odd)
{
    return half_bits(block, k, odd) | half_bits(block + 32, k, odd) << 32;
}

#define NAME(x)    x##_vector
#define BLOCK_BITS block_bits_avx2
#include "common/io/csv_match.h"
#else
const char *q_csv_match_vector(q_reader *r, const char *p, const char *stop)
{
    return q_csv_match_scalar(r, p, stop);
}
#endif

/* ---- choosing ---- */

static bool is_number(const char *s)
{
    return (*s >= '0' && *s <= '9') || (*s == '-' && s[1] >= '0' && s[1] <= '9');
}

static q_csv_op op_of(const q_reader *r, const q_csv_reader *c, const q_cell_column *col)
{
    const q_read_options *o = r->options;
    const q_field *f = &r->split.source->schema.fields[col->field];
    if (c->null_bytes || (c->types && f->nullable == Q_ONLY_NULLS))
        return Q_CSV_ANY;
    switch ((q_kind)f->type.kind) {
    case Q_STRING:
        return Q_CSV_STRING;
    case Q_INT:
        return Q_CSV_INT32;
    case Q_BIGINT:
        return Q_CSV_INT64;
    case Q_BOOLEAN:
        return Q_CSV_BOOLEAN;
    case Q_DOUBLE: /* texts for infinities may look like numbers */
        return is_number(o->nan_value) || is_number(o->positive_inf) || is_number(o->negative_inf)
                   ? Q_CSV_ANY
                   : Q_CSV_DOUBLE;
    default:
        return Q_CSV_ANY;
    }
}

void q_csv_match_init(q_reader *r)
{
    q_csv_reader *c = r->format;
    const q_read_options *o = r->options;
    if (o->multi_line || c->scan.separator_bytes != 1 || o->ignore_leading_space ||
        o->ignore_trailing_space || o->max_chars_per_column >= 0 || !c->n_fields ||
        o->max_columns < (int64_t)c->n_fields)
        return;
    c->slots = q_arena_array(&r->own, q_csv_slot, c->n_fields);
    for (uint32_t i = 0; i < c->n_fields; i++) {
        q_cell_column *col = c->cell_of[i] < 0 ? NULL : &r->cells.columns[c->cell_of[i]];
        c->slots[i].op = (uint8_t)(col ? op_of(r, c, col) : Q_CSV_SKIP);
        c->slots[i].column = col;
        c->slots[i].values = col ? col->column.values : NULL;
    }
    c->chars = (q_csv_chars){o->separator[0], o->quote ? o->quote : '\n'};
    c->blank_first = c->n_fields == 1 || (unsigned char)o->separator[0] <= ' ';
    c->match = q_csv_match_vector;
}
