/*
 * Byte scans of the readers, each as a vector version (AVX2) and a scalar twin
 * with the same result; Q_HAVE_AVX2 picks the default, tests compare both.
 *
 * All of them may read up to 64 bytes behind what they are asked about (readers'
 * data has that slack, see io/reader.h) and stop at the first hit wherever it is:
 * callers compare the result with their own end.
 */
#ifndef Q_IO_BYTE_SCAN_H
#define Q_IO_BYTE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#define Q_HAVE_AVX2 1
#else
#define Q_HAVE_AVX2 0
#endif

/* First byte in [p, end) that is `quote`, a backslash or below 0x20; end or beyond when there is
 * none. *high gets bits set when a byte before it is >= 0x80. */
static inline const char *q_scan_string_scalar(const char *p, const char *end, char quote,
                                               uint32_t *high)
{
    for (; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == (unsigned char)quote || c == '\\' || c < 0x20)
            return p;
        *high |= c & 0x80;
    }
    return end;
}

#if Q_HAVE_AVX2
static inline const char *q_scan_string_avx2(const char *p, const char *end, char quote,
                                             uint32_t *high)
{
    const __m256i quotes = _mm256_set1_epi8(quote), backslashes = _mm256_set1_epi8('\\');
    const __m256i control = _mm256_set1_epi8(0x1F);
    for (; p < end; p += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)p);
        __m256i hit = _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpeq_epi8(v, quotes), _mm256_cmpeq_epi8(v, backslashes)),
            _mm256_cmpeq_epi8(_mm256_min_epu8(v, control), v));
        uint32_t hits = (uint32_t)_mm256_movemask_epi8(hit);
        uint32_t highs = (uint32_t)_mm256_movemask_epi8(v);
        if (hits) {
            uint32_t at = (uint32_t)__builtin_ctz(hits);
            *high |= highs & (((uint32_t)1 << at) - 1);
            return p + at;
        }
        *high |= highs;
    }
    return end;
}
#endif

static inline const char *q_scan_string(const char *p, const char *end, char quote, uint32_t *high)
{
#if Q_HAVE_AVX2
    return q_scan_string_avx2(p, end, quote, high);
#else
    return q_scan_string_scalar(p, end, quote, high);
#endif
}

/* First byte in [p, end) that is one of the four (give one twice for fewer); end when there is
 * none. */
static inline const char *q_scan_any4_scalar(const char *p, const char *end, char a, char b, char c,
                                             char d)
{
    while (p < end && *p != a && *p != b && *p != c && *p != d)
        p++;
    return p < end ? p : end;
}

#if Q_HAVE_AVX2
static inline const char *q_scan_any4_avx2(const char *p, const char *end, char a, char b, char c,
                                           char d)
{
    const __m256i va = _mm256_set1_epi8(a), vb = _mm256_set1_epi8(b);
    const __m256i vc = _mm256_set1_epi8(c), vd = _mm256_set1_epi8(d);
    for (; p < end; p += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)p);
        __m256i hit =
            _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, va), _mm256_cmpeq_epi8(v, vb)),
                            _mm256_or_si256(_mm256_cmpeq_epi8(v, vc), _mm256_cmpeq_epi8(v, vd)));
        uint32_t hits = (uint32_t)_mm256_movemask_epi8(hit);
        if (hits) {
            p += __builtin_ctz(hits);
            return p < end ? p : end;
        }
    }
    return end;
}
#endif

static inline const char *q_scan_any4(const char *p, const char *end, char a, char b, char c,
                                      char d)
{
#if Q_HAVE_AVX2
    return q_scan_any4_avx2(p, end, a, b, c, d);
#else
    return q_scan_any4_scalar(p, end, a, b, c, d);
#endif
}

#endif
