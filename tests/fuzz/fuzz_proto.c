/* Message headers from anywhere: refused, or understood so that encoding and decoding again
 * changes nothing. */
#include <stdlib.h>

#include "proto/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static q_code decode(const void *data, size_t size, q_arena *a, q_message *m)
{
    q_frame f = {data, size, NULL, NULL};
    return q_message_decode(&f, 1, ~0u, a, m, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    q_budget budget;
    q_arena a;
    q_message m, again;
    q_buf x, y;
    q_budget_init(&budget, "", (size_t)64 << 20);
    q_arena_init(&a, &budget);
    q_buf_init(&x);
    q_buf_init(&y);
    if (decode(data, size, &a, &m) == Q_OK) {
        if (q_message_pack(&x, &m, NULL) != Q_OK || decode(x.data, x.len, &a, &again) != Q_OK ||
            q_message_pack(&y, &again, NULL) != Q_OK || x.len != y.len ||
            memcmp(x.data, y.data, x.len) != 0)
            abort();
    }
    q_buf_fini(&x);
    q_buf_fini(&y);
    q_arena_fini(&a);
    return 0;
}
