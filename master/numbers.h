/*
 * The cluster in numbers, as every monitoring shows it: the pages, Prometheus, DogStatsD. Read off
 * the master's state, kept nowhere. Thread rule: the loop's thread.
 */
#ifndef Q_MASTER_NUMBERS_H
#define Q_MASTER_NUMBERS_H

#include "master/internal.h"

typedef struct master_numbers {
    uint32_t workers[Q_WORKER_LOST + 1]; /* by state; lost ones are those remembered */
    uint32_t cores, cores_used;          /* of workers that are alive or draining, as memory */
    uint64_t memory_bytes, memory_used_bytes;
    uint32_t jobs_waiting, jobs_running;
    uint32_t tasks_pending, tasks_running, tasks_holding; /* of running stages */
} master_numbers;

master_numbers master_numbers_of(const q_master *m);

#endif
