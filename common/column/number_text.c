/*
 * Numbers to text. Digits are made eight at a time in one 64-bit word (divide and
 * conquer by multiplication, a well-known trick; written here from the arithmetic),
 * leading zeros are shifted out, whole words are stored.
 */
#include "common/column/number.h"

#include <math.h>

#include "common/column/number_cxx.h"

#define ASCII_ZEROS 0x3030303030303030u

static inline char *store8(char *out, uint64_t word)
{
    memcpy(out, &word, 8);
    return out + 8;
}

/* Four digits of v < 10^4, the first in the lowest byte, values 0..9. */
static inline uint32_t digits4(uint32_t v)
{
    uint32_t hundreds = (v * 10486) >> 20;
    uint32_t x = hundreds | (v - 100 * hundreds) << 16;
    uint32_t tens = ((x * 103) >> 10) & 0x000f000f;
    return tens | (x - 10 * tens) << 8;
}

/* Eight digits of v < 10^8. */
static inline uint64_t digits8(uint32_t v)
{
    uint64_t upper = v / 10000;
    uint64_t x = upper | (uint64_t)(v - 10000 * upper) << 32;
    uint64_t hundreds = ((x * 10486) >> 20) & 0x0000007f0000007f;
    x = hundreds | (x - 100 * hundreds) << 16;
    uint64_t tens = ((x * 103) >> 10) & 0x000f000f000f000f;
    return tens | (x - 10 * tens) << 8;
}

/* v < 10^8 without leading zeros; stores 8 bytes. */
static inline char *put_upto8(char *out, uint32_t v)
{
    uint64_t d = digits8(v);
    unsigned skip = (unsigned)__builtin_ctzll(d | (uint64_t)1 << 56) & ~7u;
    store8(out, (d | ASCII_ZEROS) >> skip);
    return out + 8 - skip / 8;
}

static char *put_uint64(char *out, uint64_t v)
{
    if (v < 100000000)
        return put_upto8(out, (uint32_t)v);
    uint64_t upper = v / 100000000;
    if (upper < 100000000)
        out = put_upto8(out, (uint32_t)upper);
    else {
        out = put_upto8(out, (uint32_t)(upper / 100000000));
        out = store8(out, digits8((uint32_t)(upper % 100000000)) | ASCII_ZEROS);
    }
    return store8(out, digits8((uint32_t)(v % 100000000)) | ASCII_ZEROS);
}

char *q_text_from_int64(char *out, int64_t v)
{
    *out = '-';
    return put_uint64(out + (v < 0), v < 0 ? -(uint64_t)v : (uint64_t)v);
}

static char *put_exponent(char *out, int e)
{
    *out++ = 'E';
    return q_text_from_int64(out, e);
}

/* digits * 10^exponent in Java's notation; digits > 0 has no trailing zeros unless it is small. */
static char *put_java(char *out, uint64_t digits, int exponent)
{
    char d[48]; /* up to 20 digits; 24 bytes may be copied from anywhere among them */
    memset(d, '0', sizeof d);
    int n = (int)(put_uint64(d, digits) - d);
    int point = n + exponent; /* digits before the decimal point */
    if (point > 0 && point <= 7) {
        memset(d + n, '0', 8);
        memcpy(out, d, 8);
        out[point] = '.';
        memcpy(out + point + 1, d + point, 16);
        return out + (n > point ? n + 1 : point + 2);
    }
    if (point > -3 && point <= 0) {
        memcpy(out, "0.00", 4);
        memcpy(out + 2 - point, d, 24);
        return out + 2 - point + n;
    }
    out[0] = d[0];
    out[1] = '.';
    memcpy(out + 2, d + 1, 16);
    if (n == 1)
        out[2] = '0';
    return put_exponent(out + (n == 1 ? 3 : n + 1), point - 1);
}

/* NaN, infinities and zeros; the sign has been written for all but NaN. */
static char *put_special(char *out, double a)
{
    const char *word = a != a ? "NaN" : a == 0 ? "0.0" : "Infinity";
    size_t n = strlen(word);
    memcpy(out, word, n);
    return out + n;
}

/*
 * Java prints at least two digits, and where one would do it takes the closest two. That
 * shows only in the smallest subnormals, whose neighbours are far away: 4.9E-324, not 5.0E-324.
 */
static uint64_t two_digits(double v, int scale, int *exponent)
{
    for (v *= 10, scale--; v >= 99.5; v /= 10)
        scale++;
    *exponent = scale;
    uint64_t digits = (uint64_t)(v + 0.5);
    if (digits % 10)
        return digits;
    ++*exponent;
    return digits / 10;
}

char *q_text_from_double(char *out, double v)
{
    double a = fabs(v);
    *out = '-';
    out += v < 0;
    if (__builtin_expect(a >= 1e-3 && a < 1e7, 1)) {
        int64_t scaled = (int64_t)(a * 1e4 + 0.5);
        if ((double)scaled / 1e4 == a) {
            uint32_t whole = (uint32_t)(scaled / 10000);
            uint32_t d = digits4((uint32_t)(scaled - (int64_t)whole * 10000));
            out = put_upto8(out, whole);
            *out++ = '.';
            uint32_t text = d | (uint32_t)ASCII_ZEROS;
            memcpy(out, &text, 4);
            return out + 4 - (unsigned)__builtin_clz(d | 1) / 8;
        }
    } else if (!(a > 0 && a < HUGE_VAL)) {
        if (a == 0 && signbit(v))
            out++;
        return put_special(out, a);
    }
    int exponent;
    uint64_t digits = q_dragonbox_double(a, &exponent);
    if (__builtin_expect(digits < 10 && a < 1e-320, 0))
        digits = two_digits(a / 0x1p-1074 * 4.9406564584124654, -324, &exponent);
    return put_java(out, digits, exponent);
}

char *q_text_from_float(char *out, float v)
{
    float a = fabsf(v);
    *out = '-';
    out += v < 0;
    if (!(a > 0 && a < HUGE_VALF)) {
        if (a == 0 && signbit(v))
            out++;
        return put_special(out, (double)a);
    }
    int exponent;
    uint64_t digits = q_dragonbox_float(a, &exponent);
    if (__builtin_expect(digits < 10 && a < 1e-42f, 0))
        digits = two_digits((double)(a / 0x1p-149f) * 1.4012984643248171, -45, &exponent);
    return put_java(out, digits, exponent);
}

/* ---- decimals ---- */

static char *put_uint128(char *out, unsigned __int128 v)
{
    if (v <= UINT64_MAX)
        return put_uint64(out, (uint64_t)v);
    const uint64_t e16 = 10000000000000000u;
    unsigned __int128 upper = v / e16;
    uint64_t lower = (uint64_t)(v - upper * e16);
    out = put_uint128(out, upper);
    out = store8(out, digits8((uint32_t)(lower / 100000000)) | ASCII_ZEROS);
    return store8(out, digits8((uint32_t)(lower % 100000000)) | ASCII_ZEROS);
}

/* Digits of |v|; returns how many. */
static size_t magnitude(char digits[Q_DECIMAL_TEXT_ROOM], q_int128 v)
{
    unsigned __int128 a = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
    return (size_t)(put_uint128(digits, a) - digits);
}

static char *put_plain(char *out, const char *digits, size_t n, size_t scale)
{
    if (n > scale) {
        memcpy(out, digits, n - scale);
        out += n - scale;
        if (!scale)
            return out;
        *out++ = '.';
        memcpy(out, digits + n - scale, scale);
        return out + scale;
    }
    *out++ = '0';
    *out++ = '.';
    memset(out, '0', scale - n);
    memcpy(out + scale - n, digits, n);
    return out + scale;
}

char *q_text_from_decimal_plain(char *out, q_int128 v, int scale)
{
    char digits[Q_DECIMAL_TEXT_ROOM];
    size_t n = magnitude(digits, v);
    *out = '-';
    return put_plain(out + (v < 0), digits, n, (size_t)scale);
}

char *q_text_from_decimal(char *out, q_int128 v, int scale)
{
    char digits[Q_DECIMAL_TEXT_ROOM];
    size_t n = magnitude(digits, v);
    int adjusted = (int)n - 1 - scale; /* exponent of the first digit */
    *out = '-';
    out += v < 0;
    if (scale == 0 || adjusted >= -6)
        return put_plain(out, digits, n, (size_t)scale);
    *out++ = digits[0];
    if (n > 1) {
        *out++ = '.';
        memcpy(out, digits + 1, n - 1);
        out += n - 1;
    }
    return put_exponent(out, adjusted);
}
