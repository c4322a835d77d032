/* msgpack: msgpack-c's packer over q_buf, and a bounds-checked pull reader. */
#include "common/base/pack.h"

#include <msgpack/pack.h>
#include <string.h>

#define MAX_DEPTH 64

/* ---- writing ------------------------------------------------------------ */

static int write_bytes(void *data, const char *bytes, size_t n)
{
    q_buf *b = data;
    q_buf_append(b, bytes, n);
    return b->failed ? -1 : 0;
}

static msgpack_packer packer(q_buf *b)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, b, write_bytes);
    return pk;
}

void q_pack_nil(q_buf *b)
{
    msgpack_packer pk = packer(b);
    msgpack_pack_nil(&pk);
}

void q_pack_bool(q_buf *b, bool v)
{
    msgpack_packer pk = packer(b);
    if (v)
        msgpack_pack_true(&pk);
    else
        msgpack_pack_false(&pk);
}

void q_pack_uint(q_buf *b, uint64_t v)
{
    msgpack_packer pk = packer(b);
    msgpack_pack_uint64(&pk, v);
}

void q_pack_int(q_buf *b, int64_t v)
{
    msgpack_packer pk = packer(b);
    msgpack_pack_int64(&pk, v);
}

void q_pack_double(q_buf *b, double v)
{
    msgpack_packer pk = packer(b);
    msgpack_pack_double(&pk, v);
}

void q_pack_str(q_buf *b, const char *s, size_t n)
{
    if (n > UINT32_MAX) {
        b->failed = true;
        return;
    }
    msgpack_packer pk = packer(b);
    msgpack_pack_str(&pk, n);
    q_buf_append(b, s, n);
}

void q_pack_cstr(q_buf *b, const char *s)
{
    if (s)
        q_pack_str(b, s, strlen(s));
    else
        q_pack_nil(b);
}

void q_pack_bin(q_buf *b, const void *p, size_t n)
{
    if (n > UINT32_MAX) {
        b->failed = true;
        return;
    }
    msgpack_packer pk = packer(b);
    msgpack_pack_bin(&pk, n);
    q_buf_append(b, p, n);
}

void q_pack_array(q_buf *b, uint32_t n)
{
    msgpack_packer pk = packer(b);
    msgpack_pack_array(&pk, n);
}

void q_pack_map(q_buf *b, uint32_t n)
{
    msgpack_packer pk = packer(b);
    msgpack_pack_map(&pk, n);
}

/* ---- reading ------------------------------------------------------------ */

/* The first bytes of one value, taken apart. */
typedef struct head {
    q_pack_type type; /* Q_PACK_END with ok: an extension value of `n` bytes */
    bool ok;
    size_t bytes; /* of the head itself */
    uint64_t n;   /* integer's bits, double's bits, count, or payload length in bytes */
} head;

void q_unpack_init(q_unpack *u, const void *data, size_t n)
{
    u->at = n ? data : NULL;
    u->end = n ? u->at + n : NULL;
    u->failed = false;
}

static void fail(q_unpack *u)
{
    u->failed = true;
    u->at = u->end;
}

static uint64_t big_endian(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static uint64_t bits_of(double d)
{
    uint64_t v;
    memcpy(&v, &d, sizeof v);
    return v;
}

static double float_of(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* Bytes of the number that follows a type byte from 0xc0 to 0xdf. */
static const uint8_t argument_bytes[32] = {
    [0x04] = 1, [0x05] = 2, [0x06] = 4,             /* bin */
    [0x07] = 1, [0x08] = 2, [0x09] = 4,             /* ext */
    [0x0a] = 4, [0x0b] = 8,                         /* float */
    [0x0c] = 1, [0x0d] = 2, [0x0e] = 4, [0x0f] = 8, /* uint */
    [0x10] = 1, [0x11] = 2, [0x12] = 4, [0x13] = 8, /* int */
    [0x19] = 1, [0x1a] = 2, [0x1b] = 4,             /* str */
    [0x1c] = 2, [0x1d] = 4, [0x1e] = 2, [0x1f] = 4, /* array, map */
};

static head small_head(uint8_t t)
{
    if (t < 0x80)
        return (head){Q_PACK_INT, true, 1, t};
    if (t < 0x90)
        return (head){Q_PACK_MAP, true, 1, t & 0x0f};
    if (t < 0xa0)
        return (head){Q_PACK_ARRAY, true, 1, t & 0x0f};
    if (t < 0xc0)
        return (head){Q_PACK_STR, true, 1, t & 0x1f};
    return (head){Q_PACK_INT, true, 1, (uint64_t)(int64_t)(int8_t)t}; /* 0xe0 and above */
}

static int64_t sign_extend(uint64_t v, size_t bytes)
{
    unsigned shift = 64 - 8 * (unsigned)bytes;
    return (int64_t)(v << shift) >> shift;
}

static head read_head(const q_unpack *u)
{
    head h = {Q_PACK_END, false, 0, 0};
    if (u->failed || u->at == u->end)
        return h;
    uint8_t t = *u->at;
    if (t < 0xc0 || t >= 0xe0)
        return small_head(t);
    size_t arg = argument_bytes[t - 0xc0];
    if ((size_t)(u->end - u->at) < 1 + arg)
        return h;
    uint64_t v = big_endian(u->at + 1, arg);
    h = (head){Q_PACK_END, true, 1 + arg, v};
    switch (t) {
    case 0xc0:
        h.type = Q_PACK_NIL;
        break;
    case 0xc1: /* never used */
        h.ok = false;
        break;
    case 0xc2:
    case 0xc3:
        h.type = Q_PACK_BOOL;
        h.n = t == 0xc3;
        break;
    case 0xc4:
    case 0xc5:
    case 0xc6:
        h.type = Q_PACK_BIN;
        break;
    case 0xc7:
    case 0xc8:
    case 0xc9: /* extension: a type byte, then n bytes */
        h.n = v + 1;
        break;
    case 0xca:
        h.type = Q_PACK_DOUBLE;
        h.n = bits_of(float_of((uint32_t)v));
        break;
    case 0xcb:
        h.type = Q_PACK_DOUBLE;
        break;
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
        h.type = v > INT64_MAX ? Q_PACK_UINT : Q_PACK_INT;
        break;
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
        h.type = Q_PACK_INT;
        h.n = (uint64_t)sign_extend(v, arg);
        break;
    case 0xd9:
    case 0xda:
    case 0xdb:
        h.type = Q_PACK_STR;
        break;
    case 0xdc:
    case 0xdd:
        h.type = Q_PACK_ARRAY;
        break;
    case 0xde:
    case 0xdf:
        h.type = Q_PACK_MAP;
        break;
    default: /* 0xd4-0xd8, fixed extension: a type byte, then 1, 2, 4, 8, 16 bytes */
        h.n = 1 + ((uint64_t)1 << (t - 0xd4));
        break;
    }
    return h;
}

q_pack_type q_unpack_peek(const q_unpack *u)
{
    return read_head(u).type;
}

/* Consume the head of a value of the wanted type; otherwise fail. */
static head take(q_unpack *u, q_pack_type want)
{
    head h = read_head(u);
    if (!h.ok || h.type != want) {
        fail(u);
        h.ok = false;
        return h;
    }
    u->at += h.bytes;
    return h;
}

bool q_unpack_bool(q_unpack *u)
{
    head h = take(u, Q_PACK_BOOL);
    return h.ok && h.n;
}

uint64_t q_unpack_uint(q_unpack *u)
{
    head h = read_head(u);
    bool fits = h.type == Q_PACK_UINT || (h.type == Q_PACK_INT && (int64_t)h.n >= 0);
    if (!fits) {
        fail(u);
        return 0;
    }
    u->at += h.bytes;
    return h.n;
}

int64_t q_unpack_int(q_unpack *u)
{
    head h = take(u, Q_PACK_INT);
    return h.ok ? (int64_t)h.n : 0;
}

double q_unpack_double(q_unpack *u)
{
    head h = read_head(u);
    double d;
    if (h.type == Q_PACK_DOUBLE) {
        memcpy(&d, &h.n, sizeof d);
    } else if (h.type == Q_PACK_INT) {
        d = (double)(int64_t)h.n;
    } else if (h.type == Q_PACK_UINT) {
        d = (double)h.n;
    } else {
        fail(u);
        return 0;
    }
    u->at += h.bytes;
    return d;
}

static const void *take_span(q_unpack *u, q_pack_type want, size_t *n)
{
    *n = 0;
    if (q_unpack_nil(u))
        return NULL;
    head h = take(u, want);
    if (!h.ok)
        return NULL;
    if (h.n > (size_t)(u->end - u->at)) {
        fail(u);
        return NULL;
    }
    const uint8_t *p = u->at;
    u->at += h.n;
    *n = (size_t)h.n;
    return p;
}

const char *q_unpack_str(q_unpack *u, size_t *n)
{
    return take_span(u, Q_PACK_STR, n);
}

const void *q_unpack_bin(q_unpack *u, size_t *n)
{
    return take_span(u, Q_PACK_BIN, n);
}

/* Each element takes a byte at least, so a count above the bytes left is a lie. */
static uint32_t take_count(q_unpack *u, q_pack_type want, unsigned values_each)
{
    head h = take(u, want);
    if (!h.ok)
        return 0;
    if (h.n > (size_t)(u->end - u->at) / values_each) {
        fail(u);
        return 0;
    }
    return (uint32_t)h.n;
}

uint32_t q_unpack_array(q_unpack *u)
{
    return take_count(u, Q_PACK_ARRAY, 1);
}

uint32_t q_unpack_map(q_unpack *u)
{
    return take_count(u, Q_PACK_MAP, 2);
}

bool q_unpack_nil(q_unpack *u)
{
    if (u->failed || u->at == u->end || *u->at != 0xc0)
        return false;
    u->at++;
    return true;
}

void q_unpack_skip(q_unpack *u)
{
    uint64_t left[MAX_DEPTH + 1] = {1}; /* values still to skip at each level */
    for (int depth = 0; depth >= 0;) {
        if (left[depth] == 0) {
            depth--;
            continue;
        }
        left[depth]--;
        head h = read_head(u);
        bool nested = h.type == Q_PACK_ARRAY || h.type == Q_PACK_MAP;
        bool payload = h.type == Q_PACK_STR || h.type == Q_PACK_BIN || h.type == Q_PACK_END;
        if (!h.ok || (nested && depth == MAX_DEPTH)) {
            fail(u);
            return;
        }
        u->at += h.bytes;
        if (payload) {
            if (h.n > (size_t)(u->end - u->at)) {
                fail(u);
                return;
            }
            u->at += h.n;
        } else if (nested) {
            unsigned each = h.type == Q_PACK_MAP ? 2 : 1;
            if (h.n > (size_t)(u->end - u->at) / each) {
                fail(u);
                return;
            }
            left[++depth] = h.n * each;
        }
    }
}
