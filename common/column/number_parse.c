/* Text to numbers: one scanner for the digits, thin rules around it. */
#include "common/column/number.h"

#include <math.h>
#include <strings.h>
#ifdef __SSE4_1__
#include <immintrin.h>
#endif

#include "common/column/decimal.h"
#include "common/column/number_cxx.h"
#include "common/column/number_hex.h"
#include "common/column/utf8.h"

/* What the scanner saw: [digits][.[digits]][e[+-]digits] */
typedef struct scan {
    const char *begin, *end;
    uint64_t mantissa;      /* all digits as one integer; meaningful when n_significant <= 19 */
    int64_t exponent;       /* power of ten that goes with it */
    uint32_t n_int;         /* digits before the point */
    uint32_t n_frac;        /* digits behind it */
    uint32_t n_significant; /* without leading zeros */
    bool point, has_exponent, bad_exponent;
} scan;

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Are these eight bytes digits? (bits of a byte outside 0x30..0x39 show in either sum) */
static inline bool eight_digits(uint64_t w)
{
    return (((w + 0x4646464646464646u) | (w - 0x3030303030303030u)) & 0x8080808080808080u) == 0;
}

/* Their value: pairs, fours, eight by multiplication. */
static inline uint64_t value_of_eight(uint64_t w)
{
    w -= 0x3030303030303030u;
    w = w * 10 + (w >> 8);
    return (((w & 0x000000ff000000ffu) * 0x000f424000000064u) +
            (((w >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u)) >>
           32;
}

static inline const char *scan_digits(const char *p, const char *end, uint64_t *mantissa)
{
    uint64_t m = *mantissa;
    while (end - p >= 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        if (!eight_digits(w))
            break;
        m = m * 100000000 + value_of_eight(w);
        p += 8;
    }
    for (; p < end && is_digit(*p); p++)
        m = m * 10 + (uint64_t)(*p - '0');
    *mantissa = m;
    return p;
}

/* p is at e or E. */
static const char *scan_exponent(const char *p, const char *end, scan *s)
{
    bool negative = false;
    s->has_exponent = true;
    if (++p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    s->bad_exponent = p == end || !is_digit(*p);
    int64_t e = 0;
    for (; p < end && is_digit(*p); p++)
        if (e < 100000000000)
            e = e * 10 + (*p - '0');
    s->exponent += negative ? -e : e;
    return p;
}

/* Zeros before the first other digit of a number in [p, end). */
static uint32_t leading_zeros(const char *p, const char *end)
{
    uint32_t n = 0;
    for (; p < end && (*p == '0' || *p == '.'); p++)
        n += *p == '0';
    return n;
}

/* Unsigned; s->end == p when there is nothing. */
static inline void scan_number(const char *p, const char *end, scan *s)
{
    s->begin = p;
    s->mantissa = 0;
    s->exponent = 0;
    s->n_frac = 0;
    s->point = s->has_exponent = s->bad_exponent = false;
    p = scan_digits(p, end, &s->mantissa);
    s->n_int = (uint32_t)(p - s->begin);
    if (p < end && *p == '.') {
        const char *from = ++p;
        s->point = true;
        p = scan_digits(p, end, &s->mantissa);
        s->n_frac = (uint32_t)(p - from);
        s->exponent = -(int64_t)s->n_frac;
    }
    s->n_significant = s->n_int + s->n_frac;
    if (s->n_significant > 19)
        s->n_significant -= leading_zeros(s->begin, p);
    if (p < end && (*p == 'e' || *p == 'E'))
        p = scan_exponent(p, end, s);
    s->end = p;
}

static const double pow10_exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static inline double scan_double(const scan *s)
{
    if (s->n_significant <= 19 && s->mantissa <= (uint64_t)1 << 53) {
        if (s->exponent <= 0 && s->exponent >= -22)
            return (double)s->mantissa / pow10_exact[-s->exponent];
        if (s->exponent > 0 && s->exponent <= 22)
            return (double)s->mantissa * pow10_exact[s->exponent];
    }
    return q_fast_float_double(s->begin, s->end);
}

/* ---- usual numbers ---- */

#ifdef __SSE4_1__
/*
 * The usual number, at most 15 bytes of digits and perhaps a point, in one vector: where its digits
 * and its point are, the point squeezed out, digits moved to the right end, and summed by three
 * multiply-adds. (After the parsing of short numbers by SIMD shuffles as W. Mula and D. Lemire
 * describe it.)
 */
typedef struct usual {
    uint64_t mantissa;
    unsigned n_int, length; /* digits before the point, bytes in all */
    bool point;
} usual;

static inline bool usual_number(__m128i text, usual *u)
{
    static const uint8_t ones_then_zeros[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                255, 255, 255, 255, 255, 255, 255, 255};
    static const uint8_t move_right[32] = {128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
                                           128, 128, 128, 128, 128, 0,   1,   2,   3,   4,   5,
                                           6,   7,   8,   9,   10,  11,  12,  13,  14,  15};
    __m128i d = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    unsigned points = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
    unsigned other = ~(unsigned)_mm_movemask_epi8(
        _mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d)); /* bytes that are not digits */
    u->n_int = u->length = (unsigned)__builtin_ctz(other);
    if (u->n_int - 1 >= 15)
        return false;
    u->point = points >> u->n_int & 1;
    if (u->point) {
        u->length = (unsigned)__builtin_ctz(other & (other - 1));
        if (u->length >= 16 || u->length == u->n_int + 1)
            return false;
        __m128i before = _mm_loadu_si128((const __m128i *)(ones_then_zeros + 15 - u->n_int));
        d = _mm_blendv_epi8(d, _mm_slli_si128(d, 1), before);
    }
    d = _mm_shuffle_epi8(d, _mm_loadu_si128((const __m128i *)(move_right + u->length)));
    d = _mm_maddubs_epi16(d, _mm_set1_epi16(1 << 8 | 10));
    d = _mm_madd_epi16(d, _mm_set1_epi32(1 << 16 | 100));
    d = _mm_packus_epi32(d, d);
    d = _mm_madd_epi16(d, _mm_set1_epi32(1 << 16 | 10000));
    uint64_t halves = (uint64_t)_mm_cvtsi128_si64(d);
    u->mantissa = (uint32_t)halves * (uint64_t)100000000 + (halves >> 32);
    return true;
}

static inline double usual_value(const usual *u, bool negative)
{
    double v = (double)(int64_t)u->mantissa;
    if (u->point)
        v /= pow10_exact[u->length - u->n_int - 1];
    return negative ? -v : v;
}

/* The span as a vector with zeros behind it, 1 <= n <= 15: overlapping loads from inside only. */
static inline __m128i load_span(const char *s, size_t n)
{
    uint64_t lo = 0, hi = 0;
    uint32_t a, b;
    uint16_t c;
    if (n >= 8) {
        memcpy(&lo, s, 8);
        memcpy(&hi, s + n - 8, 8);
        hi = hi >> 1 >> (127 - 8 * n); /* the bytes behind the eighth, if any */
    } else if (n >= 4) {
        memcpy(&a, s, 4);
        memcpy(&b, s + n - 4, 4);
        lo = a | (uint64_t)b << (8 * n - 32);
    } else {
        if (n >= 2)
            memcpy(&c, s, 2), lo = c;
        lo |= (uint64_t)(unsigned char)s[n - 1] << (8 * n - 8);
    }
    return _mm_set_epi64x((int64_t)hi, (int64_t)lo);
}

/* All of the span is a usual number. */
static inline bool usual_span(const char *s, size_t n, double *out)
{
    bool negative = n > 1 && *s == '-';
    usual u;
    if (n - negative - 1 >= 15 || !usual_number(load_span(s + negative, n - negative), &u) ||
        u.length != n - negative)
        return false;
    *out = usual_value(&u, negative);
    return true;
}

/* p is behind the sign, 16 bytes are readable. NULL: not a usual JSON number. */
static inline const char *usual_json(const char *p, bool negative, q_json_number *out)
{
    usual u;
    if (!usual_number(_mm_loadu_si128((const __m128i *)p), &u) || (*p == '0' && u.n_int > 1) ||
        (p[u.length] | 32) == 'e')
        return NULL;
    out->integral = out->fits_int64 = !u.point;
    out->integer = u.point ? 0 : (int64_t)(negative ? -u.mantissa : u.mantissa);
    out->value = u.point ? usual_value(&u, negative) : (double)out->integer;
    return p + u.length;
}
#endif

/* ---- JSON ---- */

const char *q_parse_json_number(const char *p, const char *end, q_json_number *out)
{
    bool negative = p < end && *p == '-';
#ifdef __SSE4_1__
    if (end - p > 16) {
        const char *stop = usual_json(p + negative, negative, out);
        if (stop)
            return stop;
    }
#endif
    scan s;
    scan_number(p + negative, end, &s);
    if (s.n_int == 0 || (s.n_int > 1 && *s.begin == '0') || (s.point && s.n_frac == 0) ||
        s.bad_exponent)
        return NULL;
    out->integral = !s.point && !s.has_exponent;
    out->fits_int64 =
        out->integral && s.n_significant <= 19 && s.mantissa <= (uint64_t)INT64_MAX + negative;
    if (out->fits_int64) {
        out->integer = (int64_t)(negative ? -s.mantissa : s.mantissa);
        out->value = (double)out->integer;
        return s.end;
    }
    double v = scan_double(&s);
    out->integer = 0;
    out->value = negative ? -v : v;
    return s.end;
}

/* ---- Java and Spark ---- */

static inline bool is_blank(char c) /* Character.isWhitespace or isISOControl, ASCII */
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

void q_trim_java(const char **s, size_t *n)
{
    while (*n && (unsigned char)**s <= ' ')
        ++*s, --*n;
    while (*n && (unsigned char)(*s)[*n - 1] <= ' ')
        --*n;
}

void q_trim_all(const char **s, size_t *n)
{
    while (*n && is_blank(**s))
        ++*s, --*n;
    while (*n && is_blank((*s)[*n - 1]))
        --*n;
}

/* Digits of [p, end) as a signed integer; false when there is another byte or it does not fit. */
static bool int64_of_digits(const char *p, const char *end, bool negative, int64_t *out)
{
    uint64_t m = 0;
    while (p < end && *p == '0')
        p++;
    const char *stop = scan_digits(p, end, &m);
    if (stop != end || end - p > 19 || m > (uint64_t)INT64_MAX + negative)
        return false;
    *out = (int64_t)(negative ? -m : m);
    return true;
}

static bool take_sign(const char **p, const char *end)
{
    bool negative = *p < end && **p == '-';
    if (*p < end && (**p == '-' || **p == '+'))
        ++*p;
    return negative;
}

bool q_parse_int64(const char *s, size_t n, int64_t *out)
{
    q_trim_all(&s, &n);
    const char *end = s + n;
    bool negative = take_sign(&s, end);
    if (s == end)
        return false;
    const char *point = memchr(s, '.', (size_t)(end - s));
    if (!point)
        return int64_of_digits(s, end, negative, out);
    for (const char *p = point + 1; p < end; p++)
        if (!is_digit(*p))
            return false;
    return int64_of_digits(s, point, negative, out);
}

bool q_parse_java_long(const char *s, size_t n, int64_t *out)
{
    const char *end = s + n;
    bool negative = take_sign(&s, end);
    return s < end && int64_of_digits(s, end, negative, out);
}

static bool is_word(const char *s, const char *end, const char *word, bool any_case)
{
    size_t n = strlen(word);
    if ((size_t)(end - s) != n)
        return false;
    return (any_case ? strncasecmp(s, word, n) : memcmp(s, word, n)) == 0;
}

/* How a floating type reads its text. */
typedef struct rules {
    bool spark;           /* also inf and the words in any letter case */
    int precision, least; /* bits of its mantissa, exponent of its smallest value */
} rules;

/* NaN, Infinity, hexadecimal; s is behind the sign. */
static bool special_double(const char *s, const char *end, bool sign, bool negative, rules r,
                           double *out)
{
    if (is_word(s, end, "NaN", false) || (r.spark && !sign && is_word(s, end, "nan", true)))
        *out = (double)NAN;
    else if (is_word(s, end, "Infinity", r.spark) || (r.spark && is_word(s, end, "inf", true)))
        *out = HUGE_VAL;
    else if (!q_parse_hex(s, end, r.precision, r.least, out))
        return false;
    if (negative && *out == *out) /* one NaN only */
        *out = -*out;
    return true;
}

/* Where the number is, or a special value. */
typedef enum form { FORM_BAD, FORM_SPECIAL, FORM_NUMBER } form;

static form double_form(const char *s, size_t n, rules r, scan *number, bool *negative,
                        double *special)
{
    q_trim_java(&s, &n);
    const char *end = s + n;
    const char *from = s;
    *negative = take_sign(&s, end);
    scan_number(s, end, number);
    if (number->n_int + number->n_frac > 0 && !number->bad_exponent) {
        const char *rest = number->end;
        if (rest == end || (end - rest == 1 && ((*rest | 32) == 'd' || (*rest | 32) == 'f')))
            return FORM_NUMBER;
    }
    return special_double(s, end, s > from, *negative, r, special) ? FORM_SPECIAL : FORM_BAD;
}

static inline bool parse_double(const char *s, size_t n, bool spark, double *out)
{
    scan number;
    bool negative;
#ifdef __SSE4_1__
    if (usual_span(s, n, out))
        return true;
#endif
    form f = double_form(s, n, (rules){spark, 53, -1074}, &number, &negative, out);
    if (f == FORM_NUMBER) {
        double v = scan_double(&number);
        *out = negative ? -v : v;
    }
    return f != FORM_BAD;
}

static inline bool parse_float(const char *s, size_t n, bool spark, float *out)
{
    scan number;
    bool negative;
    double special;
    form f = double_form(s, n, (rules){spark, 24, -149}, &number, &negative, &special);
    if (f == FORM_NUMBER) {
        float v = q_fast_float_float(number.begin, number.end);
        *out = negative ? -v : v;
    } else if (f == FORM_SPECIAL) {
        *out = (float)special;
    }
    return f != FORM_BAD;
}

bool q_parse_double(const char *s, size_t n, double *out)
{
    return parse_double(s, n, true, out);
}

bool q_parse_float(const char *s, size_t n, float *out)
{
    return parse_float(s, n, true, out);
}

bool q_parse_java_double(const char *s, size_t n, double *out)
{
    return parse_double(s, n, false, out);
}

bool q_parse_java_float(const char *s, size_t n, float *out)
{
    return parse_float(s, n, false, out);
}

bool q_parse_boolean(const char *s, size_t n, bool *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true}, {"false", false}, {"t", true},  {"f", false}, {"yes", true},
                 {"no", false},  {"y", true},      {"n", false}, {"1", true},  {"0", false}};
    q_trim_all(&s, &n);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(s, s + n, words[i].word, true)) {
            *out = words[i].value;
            return true;
        }
    return false;
}

/* ---- decimals ---- */

/* The digits of the scanned number up to 10^exponent = 10^-scale, the next one rounding half up. */
static bool decimal_of_scan(const scan *s, int precision, int scale, q_int128 *out)
{
    int64_t drop = -(s->exponent + scale); /* digits behind the wanted scale */
    int64_t keep = (int64_t)s->n_int + s->n_frac - drop;
    unsigned __int128 v = 0, limit = (unsigned __int128)q_decimal_pow10(37);
    int64_t i = 0;
    bool up = false;
    for (const char *p = s->begin; i <= keep && i < (int64_t)s->n_int + s->n_frac; p++) {
        if (*p == '.')
            continue;
        if (i++ == keep) {
            up = *p >= '5';
            break;
        }
        if (v >= limit)
            return false;
        v = v * 10 + (unsigned)(*p - '0');
    }
    if (keep > i && v) { /* zeros to append */
        if (keep - i > 38)
            return false;
        for (; i < keep && v < limit; i++)
            v *= 10;
        if (i < keep)
            return false;
    }
    v += up;
    *out = (q_int128)v;
    return v < (unsigned __int128)q_decimal_pow10(precision);
}

static bool parse_decimal(const char *s, size_t n, int precision, int scale, q_int128 *out)
{
    const char *end = s + n;
    bool negative = take_sign(&s, end);
    scan number;
    scan_number(s, end, &number);
    if (number.n_int + number.n_frac == 0 || number.bad_exponent || number.end != end ||
        number.exponent != (int32_t)number.exponent || number.exponent >= Q_DECIMAL_MAX_PRECISION ||
        !decimal_of_scan(&number, precision, scale, out))
        return false;
    if (negative)
        *out = -*out;
    return true;
}

/* Java's BigDecimal takes the decimal digits of all scripts: put ASCII ones in their place. */
static bool ascii_digits(const char *s, size_t n, char *out, size_t room, size_t *length)
{
    size_t bytes;
    *length = 0;
    for (const char *end = s + n; s < end; s += bytes) {
        uint32_t c = q_utf8_decode(s, (size_t)(end - s), &bytes);
        int digit = c < 0x80 ? -1 : q_utf8_digit(c);
        if (*length == room || (c >= 0x80 && digit < 0))
            return false;
        out[(*length)++] = digit < 0 ? (char)c : (char)('0' + digit);
    }
    return true;
}

bool q_parse_decimal(const char *s, size_t n, int precision, int scale, q_int128 *out)
{
    char ascii[256];
    q_trim_java(&s, &n);
    if (q_utf8_ascii(s, n))
        return parse_decimal(s, n, precision, scale, out);
    return ascii_digits(s, n, ascii, sizeof ascii, &n) &&
           parse_decimal(ascii, n, precision, scale, out);
}
