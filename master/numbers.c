/* The cluster in numbers. */
#include "master/numbers.h"

static void workers_count(const q_master *m, master_numbers *n)
{
    for (const master_worker *w = m->workers; w; w = w->next) {
        q_sched_worker_info info = {0};
        n->workers[w->state]++;
        if (w->state == Q_WORKER_LOST)
            continue;
        q_sched_worker_info_get(m->sched, w->id, &info);
        n->cores += w->cores;
        n->cores_used += info.running;
        n->memory_bytes += w->memory_bytes;
        n->memory_used_bytes += w->memory_used_bytes;
    }
}

static void tasks_count(const q_master *m, master_numbers *n)
{
    for (const master_run *r = m->runs; r; r = r->next) {
        q_sched_stage_info info;
        if (!q_sched_stage_info_get(m->sched, r->run->sched_stage, &info))
            continue;
        n->tasks_pending += info.pending;
        n->tasks_running += info.running;
        n->tasks_holding += info.holding;
    }
}

master_numbers master_numbers_of(const q_master *m)
{
    master_numbers n = {0};
    workers_count(m, &n);
    tasks_count(m, &n);
    for (const master_job *j = m->jobs; j; j = j->next) {
        n.jobs_waiting += !j->started;
        n.jobs_running += j->started && !j->ended;
    }
    return n;
}
