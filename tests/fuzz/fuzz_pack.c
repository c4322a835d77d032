/* The msgpack reader: whatever the bytes, it stays inside them and ends. */
#include <stdlib.h>

#include "common/base/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_one(q_unpack *u, int depth)
{
    size_t n;
    switch (q_unpack_peek(u)) {
    case Q_PACK_NIL:
        q_unpack_nil(u);
        break;
    case Q_PACK_BOOL:
        q_unpack_bool(u);
        break;
    case Q_PACK_INT:
        q_unpack_int(u);
        break;
    case Q_PACK_UINT:
        q_unpack_uint(u);
        break;
    case Q_PACK_DOUBLE:
        q_unpack_double(u);
        break;
    case Q_PACK_STR:
    case Q_PACK_BIN: {
        bool str = q_unpack_peek(u) == Q_PACK_STR;
        const char *p = str ? q_unpack_str(u, &n) : q_unpack_bin(u, &n);
        unsigned sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (unsigned char)p[i];
        __asm__ volatile("" : : "r"(sum)); /* the reads must happen */
        break;
    }
    case Q_PACK_ARRAY:
        for (uint32_t i = q_unpack_array(u); depth < 50 && i--;)
            read_one(u, depth + 1);
        break;
    case Q_PACK_MAP:
        for (uint64_t i = 2 * (uint64_t)q_unpack_map(u); depth < 50 && i--;)
            read_one(u, depth + 1);
        break;
    case Q_PACK_END:
        q_unpack_skip(u);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    q_unpack u;
    q_unpack_init(&u, data, size);
    while (q_unpack_ok(&u) && u.at != u.end)
        read_one(&u, 0);
    q_unpack_init(&u, data, size);
    while (q_unpack_ok(&u) && u.at != u.end)
        q_unpack_skip(&u);
    if (u.at > u.end)
        abort();
    return 0;
}
