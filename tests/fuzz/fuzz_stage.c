/* Stage plans, sessions, splits and task outcomes as they come over the wire: whatever the bytes,
 * an error or a plan that packs again. */
#include "common/exec/outcome.h"
#include "common/plan/serial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void stage_try(const uint8_t *data, size_t size)
{
    q_arena a;
    q_stage stage;
    q_unpack in;
    q_buf again;
    q_err err;
    q_arena_init(&a, NULL);
    q_buf_init(&again);
    q_unpack_init(&in, data, size);
    if (q_stage_unpack(&a, &in, &stage, &err) == Q_OK) {
        q_task_split split;
        q_stage_pack(&again, &stage);
        q_unpack_init(&in, data, size);
        q_task_split_unpack(&stage, &in, &split, &err);
    }
    q_buf_fini(&again);
    q_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    q_arena a;
    q_session session;
    q_outcome outcome;
    q_unpack in;
    q_err err;
    stage_try(data, size);
    q_arena_init(&a, NULL);
    q_unpack_init(&in, data, size);
    q_session_unpack(&a, &in, &session, &err);
    q_outcome_unpack(&a, data, size, &outcome, &err);
    q_arena_fini(&a);
    return 0;
}
