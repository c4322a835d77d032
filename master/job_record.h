/*
 * What a job's page shows beyond its progress: stages, every attempt of a task, partitions, the
 * plan, what the pipeline was told. Written while the job runs, by its driver and by the loop, and
 * bounded: what is beyond a bound is left out, and counted.
 * Thread rule: every function from any thread, but init and fini. Readers hold the mutex.
 */
#ifndef Q_MASTER_JOB_RECORD_H
#define Q_MASTER_JOB_RECORD_H

#include <pthread.h>

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/exec/task.h"

#define Q_RECORD_ATTEMPTS   20000u
#define Q_RECORD_STAGES     1000u
#define Q_RECORD_PARTITIONS 200u
#define Q_RECORD_WORKERS    4000u
#define Q_RECORD_STATUS     64u
#define Q_RECORD_PLANS      50u

typedef struct q_record_stage {
    uint32_t id, statement, n_tasks, done, failed;
    const char *kind; /* literal: what its sink is */
    char name[160];
    char state; /* 'R', 'D', 'F' */
    int64_t submitted_us, finished_us;
    uint64_t rows_in, rows_out, bytes_in;
    uint64_t run_us, cpu_us; /* sums over the tasks */
    uint32_t *latest;        /* by task: number of its latest attempt here plus one, 0: none */
} q_record_stage;

typedef struct q_record_attempt {
    uint32_t stage, task, attempt;
    uint16_t worker; /* index in workers */
    char state; /* 'R' running or holding its rows, 'D' done, 'F' failed, 'L' lost, 'C' cancelled */
    int64_t start_us, run_us; /* run: in phases; 0 while the first one runs */
    uint64_t rows, bytes;     /* read */
} q_record_attempt;

typedef struct q_record_partition {
    uint32_t stage;
    char key[80];
    uint64_t rows, bytes;
    bool skewed;
} q_record_partition;

typedef struct q_record_status {
    int64_t at_us;
    const char *status; /* literal */
    char message[160];
    uint64_t number; /* of the update among all of the master's; 0: not sent anywhere */
} q_record_status;

typedef struct q_job_record {
    pthread_mutex_t mutex;
    bool off; /* nobody will look (local mode): nothing is kept; set before anything is */
    uint32_t statement, n_statements; /* the one that runs, from 1 */
    uint32_t n_stages, cap_stages;
    q_record_stage *stages;
    uint32_t n_attempts, cap_attempts;
    q_record_attempt *attempts;
    uint64_t left_out; /* attempts beyond the bound */
    uint32_t n_workers;
    struct q_record_worker {
        uint64_t id;
        char name[128]; /* host:port */
    } * workers;
    uint32_t n_partitions;
    q_record_partition *partitions; /* largest first */
    uint32_t n_status;
    q_record_status status[Q_RECORD_STATUS];
    uint32_t n_plans;
    struct q_record_plan {
        uint32_t statement;
        char *json;
    } plans[Q_RECORD_PLANS]; /* one a statement */
} q_job_record;

void q_job_record_init(q_job_record *r);
void q_job_record_fini(q_job_record *r);
/* Forget all of it. */
void q_job_record_empty(q_job_record *r);

void q_job_record_statement(q_job_record *r, uint32_t statement, uint32_t n_statements);
/* A new plan for a statement takes the old one's place. json is copied. */
void q_job_record_plan(q_job_record *r, uint32_t statement, const char *json, size_t len);
void q_job_record_stage(q_job_record *r, uint32_t stage, uint32_t n_tasks, const char *kind,
                        const char *name, int64_t now_us);
void q_job_record_stage_end(q_job_record *r, uint32_t stage, bool ok, int64_t now_us);
void q_job_record_launch(q_job_record *r, uint32_t stage, uint32_t task, uint32_t attempt,
                         uint64_t worker, const char *worker_name, int64_t now_us);
/* A phase ended well; last: the attempt with it. run_ns, cpu_ns: of the phase. */
void q_job_record_result(q_job_record *r, uint32_t stage, uint32_t task, uint32_t attempt,
                         const q_task_metrics *m, uint64_t run_ns, uint64_t cpu_ns, bool last);
/* state: 'F', 'C'. Nothing happens to an attempt that has ended. */
void q_job_record_ended(q_job_record *r, uint32_t stage, uint32_t task, uint32_t attempt,
                        char state, int64_t now_us);
void q_job_record_lost(q_job_record *r, uint64_t worker, int64_t now_us);
/* The largest of a stage's, or of its windows'; those far above the median are marked. */
void q_job_record_partitions(q_job_record *r, q_record_partition *p, uint32_t n,
                             uint64_t median_rows, uint64_t median_bytes);
void q_job_record_status(q_job_record *r, int64_t at_us, const char *status, const char *message,
                         uint64_t number);

#endif
