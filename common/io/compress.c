/* Adapters of zlib and libzstd. */
#include "common/io/compress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>
#include <zstd.h>

#define SLACK      64
#define PIECE      ((size_t)1 << 30) /* zlib counts in 32 bits */
#define OUT_ROOM   ((size_t)256 << 10)
#define FIRST_ROOM ((size_t)1 << 20)

/* ---- memory ---- */

/* New memory is zero, so is the slack. */
q_code q_inflated_reserve(q_inflated *i, size_t more, q_err *err)
{
    size_t want = i->bytes + more, size = i->mapped ? i->mapped : FIRST_ROOM;
    while (size < want + SLACK)
        size *= 2;
    if (size == i->mapped)
        return Q_OK;
    if (!q_budget_take(i->budget, size - i->mapped))
        return q_budget_error(i->budget, size - i->mapped, err);
    void *p = i->data
                  ? mremap(i->data, i->mapped, size, MREMAP_MAYMOVE)
                  : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        q_budget_give(i->budget, size - i->mapped);
        return q_budget_error(NULL, size, err);
    }
    madvise(p, size, MADV_HUGEPAGE); /* a hint */
    i->data = p;
    i->mapped = size;
    return Q_OK;
}

static size_t room(const q_inflated *i)
{
    return i->mapped - SLACK - i->bytes;
}

void q_inflated_fini(q_inflated *i)
{
    if (i->data)
        munmap(i->data, i->mapped);
    q_budget_give(i->budget, i->mapped);
    memset(i, 0, sizeof *i);
}

static q_code damaged(const char *codec, const char *name, uint64_t at, const char *why, q_err *err)
{
    q_err_set(err, Q_E_MALFORMED_RECORD, "%s is not a complete %s file: %s at byte %llu", name,
              codec, why, (unsigned long long)at);
    if (err)
        err->byte = at;
    return Q_E_MALFORMED_RECORD;
}

/* ---- gzip ---- */

/* One call of inflate on what is left; *ended: a member ended. */
static q_code inflate_some(z_stream *z, q_inflated *i, bool *ended, const char *name, uint64_t at,
                           q_err *err)
{
    Q_TRY(q_inflated_reserve(i, OUT_ROOM, err));
    size_t free_bytes = room(i) < PIECE ? room(i) : PIECE;
    z->next_out = (Bytef *)i->data + i->bytes;
    z->avail_out = (uInt)free_bytes;
    int code = inflate(z, Z_NO_FLUSH);
    i->bytes += free_bytes - z->avail_out;
    *ended = code == Z_STREAM_END;
    if (code == Z_OK || code == Z_STREAM_END)
        return Q_OK;
    if (code == Z_MEM_ERROR)
        return q_budget_error(NULL, free_bytes, err);
    return damaged("gzip", name, at, z->msg ? z->msg : "it is cut off", err);
}

static q_code gunzip(z_stream *z, const char *name, const char *data, uint64_t bytes, q_inflated *i,
                     q_err *err)
{
    uint64_t given = 0;
    bool ended = false;
    while (given < bytes || z->avail_in || !ended) {
        if (!z->avail_in) {
            size_t n = bytes - given < PIECE ? (size_t)(bytes - given) : PIECE;
            z->next_in = (Bytef *)data + given;
            z->avail_in = (uInt)n;
            given += n;
        }
        if (ended && inflateReset(z) != Z_OK)
            return q_budget_error(NULL, 0, err);
        Q_TRY(inflate_some(z, i, &ended, name, given - z->avail_in, err));
    }
    return Q_OK;
}

static q_code inflate_gzip(const char *name, const char *data, uint64_t bytes, q_inflated *i,
                           q_err *err)
{
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 16) != Z_OK)
        return q_budget_error(NULL, sizeof z, err);
    q_code code = gunzip(&z, name, data, bytes, i, err);
    inflateEnd(&z);
    return code;
}

/* ---- zstd ---- */

static q_code unzstd(ZSTD_DCtx *d, const char *name, const char *data, uint64_t bytes,
                     q_inflated *i, q_err *err)
{
    ZSTD_inBuffer in = {data, bytes, 0};
    size_t left = 0; /* 0: at the end of a frame */
    while (in.pos < in.size || left) {
        Q_TRY(q_inflated_reserve(i, OUT_ROOM, err));
        ZSTD_outBuffer out = {i->data + i->bytes, room(i), 0};
        size_t before = in.pos;
        left = ZSTD_decompressStream(d, &out, &in);
        if (ZSTD_isError(left))
            return damaged("zstd", name, in.pos, ZSTD_getErrorName(left), err);
        i->bytes += out.pos;
        if (left && in.pos == in.size && in.pos == before && !out.pos)
            return damaged("zstd", name, in.pos, "it is cut off", err);
    }
    return Q_OK;
}

static q_code inflate_zstd(const char *name, const char *data, uint64_t bytes, q_inflated *i,
                           q_err *err)
{
    ZSTD_DCtx *d = ZSTD_createDCtx();
    if (!d)
        return q_budget_error(NULL, 0, err);
    q_code code = unzstd(d, name, data, bytes, i, err);
    ZSTD_freeDCtx(d);
    return code;
}

static q_code no_codec(const char *codec, q_err *err)
{
    return q_err_set(err, Q_E_INVALID_OPTION, "no codec has the name '%s'", codec);
}

q_code q_inflate(const char *codec, const char *name, const char *data, uint64_t bytes,
                 q_budget *budget, q_inflated *out, q_err *err)
{
    *out = (q_inflated){.budget = budget};
    q_code code = q_inflated_reserve(out, 0, err);
    if (code == Q_OK && bytes) {
        code = strcmp(codec, "gzip") == 0   ? inflate_gzip(name, data, bytes, out, err)
               : strcmp(codec, "zstd") == 0 ? inflate_zstd(name, data, bytes, out, err)
                                            : no_codec(codec, err);
    }
    if (code != Q_OK)
        q_inflated_fini(out);
    return code;
}

/* ---- writing ---- */

struct q_compressor {
    ZSTD_CCtx *zstd; /* NULL: gzip */
    z_stream gzip;
};

q_code q_compressor_new(const char *codec, q_compressor **out, q_err *err)
{
    q_compressor *c = calloc(1, sizeof *c);
    *out = NULL;
    bool gzip = strcmp(codec, "gzip") == 0, ok;
    if (!gzip && strcmp(codec, "zstd") != 0) {
        free(c);
        return no_codec(codec, err);
    }
    if (gzip)
        ok = c && deflateInit2(&c->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                               Z_DEFAULT_STRATEGY) == Z_OK;
    else
        ok = c && (c->zstd = ZSTD_createCCtx()) != NULL;
    if (!ok) {
        free(c);
        return q_budget_error(NULL, sizeof *c, err);
    }
    *out = c;
    return Q_OK;
}

void q_compressor_destroy(q_compressor **c)
{
    if (!*c)
        return;
    if ((*c)->zstd)
        ZSTD_freeCCtx((*c)->zstd);
    else
        deflateEnd(&(*c)->gzip);
    free(*c);
    *c = NULL;
}

static q_code run_gzip(z_stream *z, const void *data, size_t n, bool finish, q_buf *out, q_err *err)
{
    const Bytef *at = data;
    int code = Z_OK;
    do {
        size_t piece = n < PIECE ? n : PIECE;
        z->next_in = (Bytef *)at;
        z->avail_in = (uInt)piece;
        at += piece;
        n -= piece;
        do {
            if (!q_buf_reserve(out, OUT_ROOM))
                return q_budget_error(NULL, OUT_ROOM, err);
            z->next_out = (Bytef *)out->data + out->len;
            z->avail_out = (uInt)OUT_ROOM;
            code = deflate(z, finish && !n ? Z_FINISH : Z_NO_FLUSH);
            out->len += OUT_ROOM - z->avail_out;
        } while (code == Z_OK && (z->avail_in || !z->avail_out || (finish && !n)));
    } while (n);
    return Q_OK;
}

static q_code run_zstd(ZSTD_CCtx *c, const void *data, size_t n, bool finish, q_buf *out,
                       q_err *err)
{
    ZSTD_inBuffer in = {data, n, 0};
    size_t left;
    do {
        if (!q_buf_reserve(out, OUT_ROOM))
            return q_budget_error(NULL, OUT_ROOM, err);
        ZSTD_outBuffer to = {out->data + out->len, OUT_ROOM, 0};
        left = ZSTD_compressStream2(c, &to, &in, finish ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left))
            return q_err_set(err, Q_E_IO, "zstd: %s", ZSTD_getErrorName(left));
        out->len += to.pos;
    } while (finish ? left != 0 : in.pos < in.size);
    return Q_OK;
}

q_code q_compressor_add(q_compressor *c, const void *data, size_t n, q_buf *out, q_err *err)
{
    if (!n)
        return Q_OK;
    return c->zstd ? run_zstd(c->zstd, data, n, false, out, err)
                   : run_gzip(&c->gzip, data, n, false, out, err);
}

q_code q_compressor_finish(q_compressor *c, q_buf *out, q_err *err)
{
    return c->zstd ? run_zstd(c->zstd, "", 0, true, out, err)
                   : run_gzip(&c->gzip, "", 0, true, out, err);
}
