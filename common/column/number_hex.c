/*
 * Java's hexadecimal floating point text, 0x1.8p3, which Double.parseDouble and so CAST accept.
 * Digits make a 64-bit integer (what does not fit is remembered as one sticky bit), rounded once,
 * half to even, to the bits the type has at that exponent.
 */
#include "common/column/number_hex.h"

#include <math.h>

#define MAX_EXPONENT 1000000 /* beyond any float: enough to keep sums in range */

typedef struct hex {
    uint64_t mantissa;
    int64_t exponent; /* of two */
    bool sticky;      /* digits were cut off that are not all zeros */
    uint32_t n_digits;
} hex;

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *scan_hex(const char *p, const char *end, bool fraction, hex *h)
{
    for (int d; p < end && (d = hex_digit(*p)) >= 0; p++, h->n_digits++) {
        bool full = h->mantissa >> 60;
        if (full)
            h->sticky |= d != 0;
        else
            h->mantissa = h->mantissa << 4 | (uint64_t)d;
        h->exponent += 4 * (full - fraction);
    }
    return p;
}

static double rounded(const hex *h, int precision, int least)
{
    if (!h->mantissa)
        return 0;
    int64_t e = h->exponent, top = e + 63 - __builtin_clzll(h->mantissa);
    int64_t unit = top - precision + 1 > least ? top - precision + 1 : least; /* of the last bit */
    if (top > MAX_EXPONENT)
        return HUGE_VAL;
    if (unit <= e)
        return ldexp((double)h->mantissa, (int)e);
    if (unit - e > 64)
        return 0;
    int shift = (int)(unit - e) - 1; /* one bit more is kept, to round by */
    uint64_t kept = h->mantissa >> shift;
    bool rest = h->sticky || (h->mantissa & (((uint64_t)1 << shift) - 1));
    kept = (kept >> 1) + ((kept & 1) & (rest | (kept >> 1 & 1)));
    return ldexp((double)kept, (int)unit);
}

bool q_parse_hex(const char *p, const char *end, int precision, int least, double *out)
{
    hex h = {0};
    if (end - p < 5 || p[0] != '0' || (p[1] | 32) != 'x')
        return false;
    p = scan_hex(p + 2, end, false, &h);
    if (p < end && *p == '.')
        p = scan_hex(p + 1, end, true, &h);
    if (!h.n_digits || p == end || (*p++ | 32) != 'p')
        return false;
    bool negative = p < end && *p == '-';
    int64_t e = 0;
    p += p < end && (*p == '-' || *p == '+');
    const char *digits = p;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        e = e < MAX_EXPONENT * 10ll ? e * 10 + (*p - '0') : e;
    if (p == digits)
        return false;
    if (p < end && ((*p | 32) == 'd' || (*p | 32) == 'f'))
        p++;
    h.exponent += negative ? -e : e;
    *out = rounded(&h, precision, least);
    return p == end;
}
