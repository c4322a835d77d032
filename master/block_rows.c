/* Streamed blocks to rows. */
#include "master/block_rows.h"

#include <string.h>

#include "proto/batch.h"

#define MAX_BLOCK_ROWS 65536u /* as rows are kept everywhere */
#define LENGTH_AT      8

static q_code block_keep(const char *block, uint32_t n_rows, q_rows *out, q_err *err)
{
    uint64_t bytes;
    memcpy(&bytes, block + LENGTH_AT, sizeof bytes); /* checked by whoever decoded it */
    char *kept = q_arena_alloc_vec(&out->arena, bytes);
    if (!kept)
        return q_budget_error(out->arena.budget, bytes, err);
    memcpy(kept, block, bytes);
    return q_rows_add(out, kept, bytes, n_rows, err);
}

static q_code block_take(q_batch_cursor *in, const q_schema *schema, q_arena *scratch, q_rows *out,
                         uint64_t *n_rows, q_err *err)
{
    q_batch b;
    const char *block = (const char *)in->frames->data + in->at;
    Q_TRY(q_batch_decode(in, schema, false, scratch, &b, err));
    if (b.n_rows > MAX_BLOCK_ROWS)
        return q_err_set(err, Q_E_PROTOCOL_LIMIT, "a block of %u rows: at most %u are accepted",
                         b.n_rows, MAX_BLOCK_ROWS);
    *n_rows += b.n_rows;
    return b.n_rows ? block_keep(block, b.n_rows, out, err) : Q_OK;
}

q_code q_block_rows(const q_schema *schema, const q_shared *bytes, q_rows *out, uint64_t *n_rows,
                    q_err *err)
{
    q_batch_cursor in;
    q_arena scratch;
    q_code code = Q_OK;
    *n_rows = 0;
    q_arena_init(&scratch, out->arena.budget);
    q_batch_cursor_bytes(&in, bytes->data, bytes->len);
    while (code == Q_OK && q_batch_cursor_more(&in)) {
        code = block_take(&in, schema, &scratch, out, n_rows, err);
        q_arena_reset(&scratch);
    }
    q_arena_fini(&scratch);
    return code;
}
