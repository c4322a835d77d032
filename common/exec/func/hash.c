/*
 * hash and xxhash64 as Spark computes them: Murmur3 (x86, 32 bit) and xxHash (64 bit), seed 42,
 * the hash so far as the seed of the next argument; NULLs leave it as it is. Murmur3 after Austin
 * Appleby's MurmurHash3, with Spark's own tail: each byte of it is mixed like a whole word.
 */
#include <math.h>
#include <xxhash.h>

#include "common/column/decimal.h"
#include "common/exec/func/func.h"

#define SEED 42

/* ---- Murmur3 ---- */

static uint32_t rotl(uint32_t v, int n)
{
    return v << n | v >> (32 - n);
}

static uint32_t mix(uint32_t h, uint32_t word)
{
    h ^= rotl(word * 0xcc9e2d51u, 15) * 0x1b873593u;
    return rotl(h, 13) * 5 + 0xe6546b64u;
}

static uint32_t finish(uint32_t h, uint32_t len)
{
    h ^= len;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

static uint64_t murmur_bytes(uint64_t seed, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint32_t h = (uint32_t)seed;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        uint32_t word;
        memcpy(&word, p + i, 4);
        h = mix(h, word);
    }
    for (; i < n; i++)
        h = mix(h, (uint32_t)(int32_t)(int8_t)p[i]);
    return finish(h, (uint32_t)n);
}

static uint64_t murmur_int(uint64_t seed, int32_t v)
{
    return finish(mix((uint32_t)seed, (uint32_t)v), 4);
}

static uint64_t murmur_long(uint64_t seed, int64_t v)
{
    uint32_t h = mix((uint32_t)seed, (uint32_t)v);
    return finish(mix(h, (uint32_t)((uint64_t)v >> 32)), 8);
}

/* ---- xxHash ---- */

static uint64_t xx_bytes(uint64_t seed, const void *bytes, size_t n)
{
    return XXH64(bytes, n, seed);
}

static uint64_t xx_int(uint64_t seed, int32_t v)
{
    return XXH64(&v, sizeof v, seed);
}

static uint64_t xx_long(uint64_t seed, int64_t v)
{
    return XXH64(&v, sizeof v, seed);
}

/* ---- values ---- */

typedef struct hasher {
    uint64_t (*bytes)(uint64_t seed, const void *bytes, size_t n);
    uint64_t (*word)(uint64_t seed, int32_t v);
    uint64_t (*wide)(uint64_t seed, int64_t v);
} hasher;

static const hasher murmur = {murmur_bytes, murmur_int, murmur_long};
static const hasher xx = {xx_bytes, xx_int, xx_long};

/* -0.0 as 0.0, one NaN. */
static int32_t float_bits(float v)
{
    int32_t bits;
    v = v == 0 ? 0.0f : isnan(v) ? NAN : v;
    memcpy(&bits, &v, sizeof bits);
    return isnan(v) ? 0x7fc00000 : bits;
}

static int64_t double_bits(double v)
{
    int64_t bits;
    v = v == 0 ? 0.0 : v;
    memcpy(&bits, &v, sizeof bits);
    return isnan(v) ? INT64_C(0x7ff8000000000000) : bits;
}

/* Up to 18 digits the integer, beyond its shortest big-endian bytes (Java's BigInteger). */
static uint64_t hash_decimal(const hasher *h, uint64_t seed, q_int128 v, int precision)
{
    unsigned char bytes[16];
    if (precision <= 18)
        return h->wide(seed, (int64_t)v);
    for (int i = 0; i < 16; i++)
        bytes[15 - i] = (unsigned char)((unsigned __int128)v >> (8 * i));
    int skip = 0;
    unsigned char sign = v < 0 ? 0xFF : 0;
    while (skip < 15 && bytes[skip] == sign && (bytes[skip + 1] & 0x80) == (sign & 0x80))
        skip++;
    return h->bytes(seed, bytes + skip, (size_t)(16 - skip));
}

static uint64_t hash_value(const hasher *h, uint64_t seed, const q_column *c, uint32_t i)
{
    switch ((q_kind)c->type.kind) {
    case Q_BOOLEAN:
        return h->word(seed, Q_VALUES(c, uint8_t)[i] != 0);
    case Q_TINYINT:
        return h->word(seed, Q_VALUES(c, int8_t)[i]);
    case Q_SMALLINT:
        return h->word(seed, Q_VALUES(c, int16_t)[i]);
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        return h->word(seed, Q_VALUES(c, int32_t)[i]);
    case Q_BIGINT:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
    case Q_INTERVAL_DT:
        return h->wide(seed, Q_VALUES(c, int64_t)[i]);
    case Q_FLOAT:
        return h->word(seed, float_bits(Q_VALUES(c, float)[i]));
    case Q_DOUBLE:
        return h->wide(seed, double_bits(Q_VALUES(c, double)[i]));
    case Q_DECIMAL:
        return hash_decimal(h, seed, Q_VALUES(c, q_int128)[i], c->type.precision);
    case Q_STRING:
    case Q_BINARY:
        return h->bytes(seed, Q_VALUES(c, q_str)[i].ptr, Q_VALUES(c, q_str)[i].len);
    default:
        return seed;
    }
}

static uint64_t hash_argument(const hasher *h, uint64_t seed, const q_column *c, uint32_t i)
{
    if (q_column_is_null(c, i))
        return seed;
    if (c->type.kind != Q_ARRAY)
        return hash_value(h, seed, c, i);
    q_list l = Q_VALUES(c, q_list)[i];
    for (uint32_t j = l.start; j < l.start + l.len; j++) {
        if (!q_column_is_null(c->child, j))
            seed = hash_value(h, seed, c->child, j);
    }
    return seed;
}

q_code q_k_hash(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    for (uint32_t i = 0; i < k->n_rows; i++) {
        uint64_t h = SEED;
        for (uint32_t a = 0; a < e->n_args; a++)
            h = hash_argument(&murmur, h, args[a], i);
        Q_VALUES(out, int32_t)[i] = (int32_t)h;
    }
    return Q_OK;
}

q_code q_k_xxhash64(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    for (uint32_t i = 0; i < k->n_rows; i++) {
        uint64_t h = SEED;
        for (uint32_t a = 0; a < e->n_args; a++)
            h = hash_argument(&xx, h, args[a], i);
        Q_VALUES(out, int64_t)[i] = (int64_t)h;
    }
    return Q_OK;
}
