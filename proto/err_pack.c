/* Errors as msgpack: all of q_err, so that a user reads on the client what the task saw. */
#include "proto/message.h"

typedef struct text {
    const char *key;
    size_t offset, room;
} text;

#define TEXT(key, member)                                          \
    {                                                              \
        key, offsetof(q_err, member), sizeof(((q_err *)0)->member) \
    }

static const text texts[] = {TEXT("m", msg), TEXT("h", hint), TEXT("s", source),
                             TEXT("n", column_name), TEXT("x", excerpt)};

#define N_TEXTS (sizeof texts / sizeof texts[0])

static const char *text_at(const q_err *e, size_t i)
{
    return (const char *)e + texts[i].offset;
}

void q_err_pack(q_buf *out, const q_err *e)
{
    uint32_t n = 1 + (e->record != 0) + (e->byte != UINT64_MAX) + (e->line != 0) + (e->column != 0);
    for (size_t i = 0; i < N_TEXTS; i++)
        n += text_at(e, i)[0] != 0;
    q_pack_map(out, n);
    q_pack_cstr(out, "c");
    q_pack_uint(out, (uint64_t)e->code);
    for (size_t i = 0; i < N_TEXTS; i++) {
        if (text_at(e, i)[0]) {
            q_pack_cstr(out, texts[i].key);
            q_pack_cstr(out, text_at(e, i));
        }
    }
    if (e->record) {
        q_pack_cstr(out, "r");
        q_pack_uint(out, e->record);
    }
    if (e->byte != UINT64_MAX) {
        q_pack_cstr(out, "b");
        q_pack_uint(out, e->byte);
    }
    if (e->line) {
        q_pack_cstr(out, "l");
        q_pack_uint(out, e->line);
    }
    if (e->column) {
        q_pack_cstr(out, "k");
        q_pack_uint(out, e->column);
    }
}

/* At most `room` - 1 bytes, no character cut in two, nothing behind a zero byte. */
static void copy_text(char *to, size_t room, const char *s, size_t n)
{
    const char *zero = n ? memchr(s, 0, n) : NULL;
    size_t all = zero ? (size_t)(zero - s) : n;
    size_t keep = all < room ? all : room - 1;
    while (keep > 0 && keep < all && ((unsigned char)s[keep] & 0xC0) == 0x80)
        keep--;
    if (keep)
        memcpy(to, s, keep);
    to[keep] = 0;
}

static bool take_text(q_unpack *in, q_err *e, char key)
{
    for (size_t i = 0; i < N_TEXTS; i++) {
        if (*texts[i].key != key)
            continue;
        size_t n;
        const char *s = q_unpack_str(in, &n);
        copy_text((char *)e + texts[i].offset, texts[i].room, s, n);
        return true;
    }
    return false;
}

static uint32_t take_u32(q_unpack *in)
{
    uint64_t v = q_unpack_uint(in);
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

void q_err_unpack(q_unpack *in, q_err *e)
{
    q_err_clear(e);
    uint32_t n = q_unpack_map(in);
    for (uint32_t i = 0; i < n && q_unpack_ok(in); i++) {
        size_t len;
        const char *key = q_unpack_str(in, &len);
        char k = key && len == 1 ? *key : 0;
        if (k == 'c')
            e->code = (q_code)take_u32(in);
        else if (k == 'r')
            e->record = q_unpack_uint(in);
        else if (k == 'b')
            e->byte = q_unpack_uint(in);
        else if (k == 'l')
            e->line = take_u32(in);
        else if (k == 'k')
            e->column = take_u32(in);
        else if (!take_text(in, e, k))
            q_unpack_skip(in);
    }
    if (e->code == Q_OK)
        e->code = Q_E_INTERNAL;
}
