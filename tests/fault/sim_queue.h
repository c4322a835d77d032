/* Virtual time: a queue of events by time (ties: in the order they were put in), and random numbers
 * that depend on the seed only. */
#ifndef TESTS_FAULT_SIM_QUEUE_H
#define TESTS_FAULT_SIM_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "master/sched.h"

typedef enum sim_event_kind {
    /* at a worker */
    EV_TO_WORKER, /* an action of the scheduler arrives */
    EV_PHASE_END, /* a task's phase is through */
    EV_BEAT,
    EV_CRASH,
    EV_FREEZE,
    EV_THAW,
    EV_CUT, /* the connection breaks */
    EV_DRAIN,
    EV_START, /* a new process in the worker's place */
    /* at the master */
    EV_REGISTER,
    EV_HEARTBEAT,
    EV_RESULT,
    EV_FAILED,
    EV_GONE, /* it sees that a connection ended */
    EV_DRAINING,
    EV_LEFT,
    EV_SUBMIT,
    EV_CANCEL,
    EV_MERGED, /* the driver is through with a phase */
    EV_TICK
} sim_event_kind;

typedef struct sim_event {
    int64_t at_ms;
    uint64_t order;
    sim_event_kind kind;
    uint32_t host;    /* place of a worker */
    uint32_t process; /* which of the processes that ran there */
    uint32_t job;
    q_sched_action_kind action;
    q_task_ref ref;
} sim_event;

typedef struct sim_queue {
    sim_event *items; /* a heap */
    size_t n, cap;
    uint64_t next_order;
} sim_queue;

static inline bool sim_before(const sim_event *a, const sim_event *b)
{
    return a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order);
}

static inline void sim_put(sim_queue *q, sim_event e)
{
    if (q->n == q->cap) {
        q->cap = q->cap ? 2 * q->cap : 1024;
        q->items = realloc(q->items, q->cap * sizeof *q->items);
        Q_ASSERT(q->items);
    }
    e.order = q->next_order++;
    size_t i = q->n++;
    for (; i && sim_before(&e, &q->items[(i - 1) / 2]); i = (i - 1) / 2)
        q->items[i] = q->items[(i - 1) / 2];
    q->items[i] = e;
}

static inline bool sim_take(sim_queue *q, sim_event *out)
{
    if (!q->n)
        return false;
    *out = q->items[0];
    sim_event last = q->items[--q->n];
    size_t i = 0;
    for (size_t k; (k = 2 * i + 1) < q->n; i = k) {
        k += k + 1 < q->n && sim_before(&q->items[k + 1], &q->items[k]);
        if (!sim_before(&q->items[k], &last))
            break;
        q->items[i] = q->items[k];
    }
    q->items[i] = last;
    return true;
}

/* splitmix64 */
static inline uint64_t sim_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

#endif
