/* Reading records by template. */
#include "common/column/utf8.h"
#include "common/io/byte_scan.h"
#include "common/io/json_reader.h"
#include "common/io/json_template.h"

/* ---- values ---- */

/* A string with escapes; p is behind its opening quote. */
static const char *odd_string(q_reader *r, const q_json_slot *s, const char *p, const char *end,
                              uint32_t row, bool store)
{
    q_json_scan scan = {.at = p - 1, .end = end, .options = r->options};
    q_json_value v;
    if (!q_json_scan_value(&scan, 1, &v))
        return NULL;
    if (store && q_cell_from_json(&r->cells, s->column, row, &v) != Q_CELL_OK)
        return NULL;
    return scan.at - 1;
}

static inline const char *int64_value(const char *p, const char *end, int64_t *out)
{
    q_json_number n;
    p = q_parse_json_number(p, end, &n);
    *out = n.integer;
    return p && n.fits_int64 ? p : NULL;
}

static inline const char *int32_value(const char *p, const char *end, int32_t *out)
{
    q_json_number n;
    p = q_parse_json_number(p, end, &n);
    *out = (int32_t)n.integer;
    return p && n.fits_int64 && n.integer == (int32_t)n.integer ? p : NULL;
}

static inline const char *double_value(const char *p, const char *end, double *out)
{
    q_json_number n;
    const char *stop = q_parse_json_number(p, end, &n);
    *out = n.value;
    return stop && stop - p <= Q_JSON_MAX_NUMBER ? stop : NULL;
}

/* Eight bytes can be read at p. */
static inline const char *boolean_value(const char *p, uint8_t *out)
{
    if (memcmp(p, "true", 4) == 0) {
        *out = 1;
        return p + 4;
    }
    *out = 0;
    return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
}

/* By the general scanner. */
static const char *any_value(q_reader *r, const q_json_slot *s, const char *p, const char *end,
                             uint32_t row)
{
    q_json_reader *j = r->format;
    q_json_scan scan = {.at = p, .end = end, .options = r->options};
    q_json_value v, name = {0};
    if (!q_json_scan_value(&scan, 1, &v))
        return NULL;
    if (j->types && !q_json_fits(r, s->field, &name, &v))
        return NULL;
    if (s->column && q_cell_from_json(&r->cells, s->column, row, &v) != Q_CELL_OK)
        return NULL;
    return scan.at;
}

static const char *other_value(q_reader *r, const q_json_slot *s, const char *p, const char *end,
                               uint32_t row)
{
    int64_t integer;
    double real;
    uint8_t boolean;
    switch ((q_json_op)s->op) {
    case Q_OP_SKIP_NUMBER:
        return double_value(p, end, &real);
    case Q_OP_SKIP_INT64:
        return int64_value(p, end, &integer);
    case Q_OP_SKIP_BOOLEAN:
        return boolean_value(p, &boolean);
    default:
        return any_value(r, s, p, end, row);
    }
}

/* Longer than what is readable behind the data. */
static bool long_gap_equal(const char *p, const q_json_slot *s, const char *end)
{
    return end - p >= (ptrdiff_t)s->gap_bytes && memcmp(p, s->long_gap, s->gap_bytes) == 0;
}

/* ---- scalar ---- */

static inline bool gap_equal_scalar(const char *p, const q_json_slot *s, const char *end)
{
    return s->long_gap ? long_gap_equal(p, s, end) : memcmp(p, s->gap, s->gap_bytes) == 0;
}

#define NAME(x)                   x##_scalar
#define GAP_EQUAL                 gap_equal_scalar
#define SCAN_STRING(p, end, high) q_scan_string_scalar(p, end, '"', high)
#include "common/io/json_match.h"
#undef NAME
#undef GAP_EQUAL
#undef SCAN_STRING

/* ---- vector ---- */

#if Q_HAVE_AVX2
static inline bool gap_equal_avx2(const char *p, const q_json_slot *s, const char *end)
{
    __m256i equal = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p),
                                      _mm256_load_si256((const __m256i *)s->gap));
    if (((uint32_t)_mm256_movemask_epi8(equal) & s->need) != s->need)
        return false;
    return !s->long_gap || long_gap_equal(p, s, end);
}

#define NAME(x)                   x##_vector
#define GAP_EQUAL                 gap_equal_avx2
#define SCAN_STRING(p, end, high) q_scan_string_avx2(p, end, '"', high)
#include "common/io/json_match.h"
#else
const char *q_json_match_vector(q_reader *r, const q_json_template *t, const char *p,
                                const char *end, uint32_t row)
{
    return q_json_match_scalar(r, t, p, end, row);
}
#endif
