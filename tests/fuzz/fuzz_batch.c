/* Batch blocks from anywhere: decoded or refused; what was decoded can be read, encoded, and
 * decoded again to the same bytes. */
#include <stdlib.h>

#include "proto/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long touch(const q_column *c, uint32_t from, uint32_t n)
{
    unsigned long sum = 0;
    for (uint32_t i = from; i < from + n; i++) {
        sum += q_column_is_null(c, i);
        if (c->type.kind == Q_VOID)
            continue;
        if (q_type_is_stringlike(c->type)) {
            q_str s = Q_VALUES(c, q_str)[i];
            for (uint32_t k = 0; k < s.len; k++)
                sum += (unsigned char)s.ptr[k];
        } else if (c->type.kind == Q_ARRAY) {
            q_list l = Q_VALUES(c, q_list)[i];
            sum += touch(c->child, l.start, l.len);
        } else {
            const uint8_t *v = (uint8_t *)c->values + q_type_width(c->type) * i;
            for (size_t k = 0; k < q_type_width(c->type); k++)
                sum += v[k];
        }
    }
    return sum;
}

static void encode(const q_batch *b, q_buf *out)
{
    if (q_batch_encode(out, b, NULL) != Q_OK)
        abort();
}

static void again(const q_batch *b)
{
    q_arena a;
    q_arena_init(&a, NULL);
    q_buf x, y;
    q_buf_init(&x);
    q_buf_init(&y);
    encode(b, &x);
    q_batch_cursor c;
    q_batch got;
    q_batch_cursor_bytes(&c, x.data, x.len);
    if (q_batch_decode(&c, NULL, false, &a, &got, NULL) != Q_OK)
        abort();
    encode(&got, &y);
    if (x.len != y.len || memcmp(x.data, y.data, x.len) != 0)
        abort();
    q_buf_fini(&x);
    q_buf_fini(&y);
    q_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The first byte cuts the input in frames of exactly their size. */
    q_frames frames;
    q_frames_init(&frames);
    size_t piece = size && data[0] ? (size_t)data[0] * 8 : size;
    for (size_t at = size ? 1 : 0; at < size; at += piece)
        q_frames_add_copy(&frames, data + at, size - at < piece ? size - at : piece);
    q_budget budget;
    q_arena a;
    q_budget_init(&budget, "", (size_t)64 << 20);
    q_arena_init(&a, &budget);
    q_batch_cursor c;
    q_batch_cursor_init(&c, frames.items, frames.n);
    while (q_batch_cursor_more(&c)) {
        q_batch b;
        if (q_batch_decode(&c, NULL, false, &a, &b, NULL) != Q_OK)
            break;
        unsigned long sum = 0;
        bool small = b.n_rows <= 10000;
        for (uint32_t i = 0; small && i < b.n_columns; i++)
            sum += touch(&b.columns[i], 0, b.n_rows);
        __asm__ volatile("" : : "r"(sum)); /* the reads must happen */
        if (small)
            again(&b);
    }
    q_arena_fini(&a);
    q_frames_fini(&frames);
    return 0;
}
