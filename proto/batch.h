/*
 * Batches on the wire: a msgpack descriptor and raw buffers in Arrow's layout,
 * so that nothing is packed value by value.
 *
 *   block      := header descriptor pad body
 *   header     := "qb1\n" | u32 descriptor bytes | u64 block bytes (multiple of 8)
 *   descriptor := msgpack [n_rows, [column…]]
 *   column     := [type]                                        void
 *               | [type, validity, values]                      fixed width; boolean: a bitmap
 *               | [type, validity, offsets, bytes]              string, binary
 *               | [type, validity, offsets, child rows, column] array
 *   type       := kind | element << 8 | precision << 16 | scale << 24
 *   validity   := nil (no nulls) | buffer
 *   buffer     := length in bytes * 2, + 1 if it is the next extra frame
 *
 * Everything is little endian. Buffers follow each other in the body in the order
 * of the descriptor, each at a multiple of 8, and 64 zero bytes follow the last one.
 * Bitmaps are least significant bit first; offsets are int32, one more than rows,
 * starting at 0; decimals are 16 bytes two's complement. (Arrow columnar format 1.3.)
 * A frame holds any number of blocks; large buffers may travel as frames of their
 * own behind it ("extra frames"), then 64 bytes of anything follow the buffer there.
 *
 * Thread rule: functions keep no state; a cursor belongs to one thread.
 */
#ifndef Q_PROTO_BATCH_H
#define Q_PROTO_BATCH_H

#include "common/column/column.h"
#include "proto/frames.h"

/* Limits of one batch, both ways; a string column's bytes stay below 2 GiB (PROTOCOL_LIMIT). */
#define Q_WIRE_MAX_ROWS    ((uint32_t)1 << 28)
#define Q_WIRE_MAX_COLUMNS Q_MAX_COLUMNS
/* Buffers from this size on are worth a frame of their own. */
#define Q_WIRE_SHARE_BYTES ((size_t)64 << 10)
/* Readable bytes behind every buffer of a column (common/column/column.h). */
#define Q_WIRE_SLACK 64

/*
 * Lets fixed-width values travel without being copied: they are referenced until
 * the frame is freed (in another thread), together with the 64 bytes of slack
 * behind them, which must be initialised.
 */
typedef struct q_batch_share {
    void (*ref)(void *hint);  /* called once for each frame; may be NULL */
    q_frame_free_fn *free_fn; /* (values, hint) */
    void *hint;
} q_batch_share;

/* Append the batch as one block at the next multiple of 8. Errors: PROTOCOL_LIMIT, OUT_OF_MEMORY.
 */
q_code q_batch_encode(q_buf *out, const q_batch *b, q_err *err);
/* Append the batch as a frame and the extra frames that `share` (may be NULL) allows. On error
 * `out` may hold a part: drop it. */
q_code q_batch_encode_frames(q_frames *out, const q_batch *b, const q_batch_share *share,
                             q_err *err);

/* Where the next block is read. Borrows the frames. */
typedef struct q_batch_cursor {
    const q_frame *frames;
    uint32_t n_frames;
    uint32_t frame; /* of the next block */
    uint32_t extra; /* next unused frame behind it */
    size_t at;      /* byte in that frame */
    q_frame one;    /* for q_batch_cursor_bytes */
} q_batch_cursor;

void q_batch_cursor_init(q_batch_cursor *c, const q_frame *frames, uint32_t n_frames);
/* Over one span of bytes. The cursor must not be copied or moved afterwards. */
void q_batch_cursor_bytes(q_batch_cursor *c, const void *data, size_t len);
bool q_batch_cursor_more(const q_batch_cursor *c);

/*
 * Read the next block into *out. Every length, offset and type is checked; text is
 * not (it need not be UTF-8). `expect` (may be NULL) gives the types the columns must
 * have: pass it whenever something relies on them.
 * Memory: columns are in `a`, but values and string bytes point into the frames where
 * their alignment allows it: the frames must live as long as the batch, and are not
 * written to. `stable` says that they live as long as the task (sets bytes_stable).
 * Errors: PROTOCOL, PROTOCOL_LIMIT, OUT_OF_MEMORY (a's budget).
 */
q_code q_batch_decode(q_batch_cursor *c, const q_schema *expect, bool stable, q_arena *a,
                      q_batch *out, q_err *err);
/* The same with the columns' types alone. */
q_code q_batch_decode_types(q_batch_cursor *c, const q_type *types, uint32_t n, bool stable,
                            q_arena *a, q_batch *out, q_err *err);

#endif
