/*
 * What the files of the master's loop share: master.c (life, actions), workers.c (their
 * messages), clients.c (theirs), calls.c (what drivers ask for). Not for others.
 */
#ifndef Q_MASTER_INTERNAL_H
#define Q_MASTER_INTERNAL_H

#include <uv.h>

#include "master/driver.h"
#include "master/master.h"

typedef struct master_worker {
    uint64_t id; /* the scheduler's, also the epoch */
    uint64_t peer;
    q_worker_state state;
    char worker_id[128], host[256], version[32];
    uint32_t cores, webui_port;
    uint64_t memory_bytes, memory_used_bytes;
    int64_t registered_us, lost_us; /* lost: 0 before */
    uint64_t tasks_done, tasks_failed;
    uint64_t ui_hash; /* of what the UI was told last */
    struct master_worker *next;
} master_worker;

/* Rows on their way to a client: the driver waits until they are gone. */
typedef struct master_result {
    struct call *call;
    uint32_t statement;
    const q_rows *rows;
    bool output;  /* for the submission's output */
    uint32_t run; /* next run to send */
    uint64_t seq;
} master_result;

/* A client's file on its way here. */
typedef struct master_stream {
    struct call *call;
    uint32_t input, file;
    uint64_t seq;
    q_buf bytes;
    size_t counted; /* in the job's memory */
} master_stream;

/* A job's own settings. */
typedef struct master_limits {
    uint32_t cores;          /* at once in the cluster; 0: all */
    uint32_t executor_cores; /* asked of one worker; 0: any */
    uint64_t executor_bytes;
    uint32_t max_failures;
    int64_t wait_ms; /* for a first worker */
} master_limits;

typedef struct master_job {
    q_job *job;
    master_limits limits;
    q_master *master;
    uint64_t client; /* peer that gets rows and the last word; 0: none */
    uint64_t watchers[8];
    uint32_t credit; /* RESULT_BATCHes that may be sent */
    bool started, ended;
    pthread_t thread;
    master_result *result;
    master_stream *stream;
    int64_t told_ms;       /* last JOB_STATUS */
    int64_t status_due_ms; /* when its pipeline is told that it runs; 0: told, or no pipeline */
    bool status_counted;   /* the pipeline knows how many records there are */
    struct call *calls;    /* unanswered */
    uint64_t prepared[64]; /* workers that see the output, latest last */
    uint32_t n_prepared;
    uint64_t ui_hash; /* of what the UI was told last */
    q_buf detail;     /* once it has ended: detail.h */
    struct master_job *next;
} master_job;

typedef struct master_run {
    q_run *run;
    master_job *job;
    struct master_run *next;
} master_run;

/*
 * Something a driver asked for. It waits; the loop answers once. Kinds differ in what
 * completes them.
 */
typedef enum call_kind { CALL_CORES, CALL_PROBE, CALL_FETCH, CALL_ROWS, CALL_OUTPUT } call_kind;

typedef struct call {
    call_kind kind;
    master_job *job;
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool done;
    q_code code;
    q_err err;
    struct call *next; /* in the job's list */

    uint64_t id;
    int64_t deadline_ms; /* CORES */
    bool told;
    uint32_t cores;      /* CORES: answer */
    const q_source *ask; /* PROBE */
    q_arena *arena;
    q_source *source;
    bool *visible;
    uint32_t n_asked, n_answered;
    uint64_t asked[256];  /* PROBE, OUTPUT: workers not heard of yet */
    master_stream stream; /* FETCH */
    q_shared **shared;
    master_result result; /* ROWS */
    const q_schema *schema;
    const q_session *session;
    const q_err *failed;        /* ROWS: the statement's error instead of rows */
    const q_output_ask *output; /* OUTPUT */
    uint64_t tried[64];         /* OUTPUT, COMMIT: they see another directory */
    uint32_t n_tried;
    bool skip;  /* OUTPUT: answer */
    q_run *run; /* run_end */
} call;

/* Sums over the jobs that have ended. */
#define MASTER_N_BOUNDS 11
typedef struct master_totals {
    uint64_t rows_in, rows_out, bytes_in, bad_records, retries;
    uint64_t tasks_done, tasks_failed;       /* of all jobs */
    uint64_t durations[MASTER_N_BOUNDS + 1]; /* metrics.c has the bounds */
    double seconds;
} master_totals;

struct q_master {
    q_master_config config;
    char id[64];
    uv_loop_t *uv;
    q_net_loop *loop;
    q_net_server *net;
    q_sched *sched;
    uv_timer_t *timer, *stop_timer;
    struct q_status_pg *status; /* NULL: nobody wants to know */
    uint64_t n_status;          /* updates handed to it so far */
    struct q_store *store;      /* NULL: jobs are forgotten with the master */
    struct q_statsd *statsd;    /* NULL: metrics go nowhere */
    uv_timer_t *gauges;         /* when they are sent next */
    int64_t store_said_ms;
    master_worker *workers;
    master_job *jobs; /* newest first */
    master_run *runs;
    uint64_t next_job, next_call;
    uint32_t n_running;
    uint64_t n_ended[3]; /* COMPLETED, FAILED, CANCELLED */
    master_totals totals;
    int64_t started_us;
    bool stopping;
    void (*stopped)(void *ctx);
    void *stopped_ctx;
};

/* master.c */
void master_pump(q_master *m); /* carry out the scheduler's actions, set the timer */
void master_refuse(q_master *m, uint64_t peer, const char *token, uint64_t req, const q_err *err);
void master_send(q_master *m, uint64_t peer, const q_message *msg, q_frames *payload);
master_worker *master_worker_of_peer(q_master *m, uint64_t peer);
master_worker *master_worker_find(q_master *m, uint64_t id);
/* HOST:PORT, the port being its UI's: what sets it apart from others there. */
void master_worker_name(const master_worker *w, char *out, size_t size);
master_job *master_job_find(q_master *m, const char *name);
master_job *master_job_by_id(q_master *m, uint64_t id);
master_run *master_run_find(q_master *m, uint64_t job_id, uint32_t stage_id);
void master_job_start(q_master *m, master_job *j);
void master_job_cancel(q_master *m, master_job *j, const char *why);
void master_job_waits(q_master *m, master_job *j); /* say that there are no workers */
void master_job_tell(q_master *m, master_job *j, bool now);

/* config.c */
/* Errors: INVALID_CONF_VALUE. Unknown settings are warnings of the job. */
q_code master_job_settings(q_master *m, master_job *j, q_err *err);
/* One warning when the job asked for more than there is. */
void master_job_requests(q_master *m, master_job *j);

/* status.c: all are no-ops for jobs without a pipeline */
void status_accepted(q_master *m, master_job *j);
void status_refused(q_master *m, const q_job *job, const q_err *why);
void status_read(q_master *m, const master_run *r); /* its phase 0 is complete */
void status_done(q_master *m, master_job *j);
int64_t status_tick(q_master *m, int64_t now_ms);

struct q_store_job;
void status_lost(q_master *m, const struct q_store_job *job, const q_err *why);

/* telemetry.c: DogStatsD; no-ops without an agent */
void telemetry_open(q_master *m);
void telemetry_close(q_master *m);
void telemetry_workers_changed(q_master *m); /* gauges go out at the end of this turn */
void telemetry_job_done(q_master *m, const q_job *job);

/* questions.c */
void questions_message(q_master *m, uint64_t peer, const q_message *msg);
void questions_report(const master_job *j, q_arena *a, q_rec_job_report *r);
void questions_info(const master_job *j, q_rec_job_info *out);       /* strings are the job's */
void questions_job(const master_job *j, q_arena *a, q_message *out); /* JOB, without req */
void questions_logs(const master_job *j, uint32_t limit, q_arena *a, q_message *out);

/* history.c: what is known about jobs that ended */
q_code history_open(q_master *m, const char *path, q_err *err); /* path may be NULL */
void history_put(q_master *m, const master_job *j);
void history_forget(q_master *m); /* drop the oldest that ended from memory */
/* A stored job's detail (detail.h), empty if there is none. */
q_bytes history_detail(q_master *m, const char *job, q_arena *a);
/* type: JOB or LOGS. */
bool history_find(q_master *m, q_msg_type type, const char *job, q_arena *a, q_message *out);
/* Newest first; what each gets is in a. */
struct q_store_query;
void history_list(q_master *m, const struct q_store_query *query, q_arena *a,
                  void (*each)(void *ctx, const q_msg_job *job), void *ctx);

/* metrics.c */
void metrics_job_done(q_master *m, const q_job *job);

/* workers.c */
void workers_message(q_master *m, uint64_t peer, const q_message *msg, q_frames *frames);
void workers_gone(q_master *m, uint64_t peer);
void workers_lost(q_master *m, uint64_t id);   /* the scheduler gave it up */
void workers_forget(q_master *m, uint64_t id); /* and knows it no more */

/* clients.c */
void clients_message(q_master *m, uint64_t peer, const q_message *msg, q_frames *frames);
void clients_gone(q_master *m, uint64_t peer);
void clients_job_done(q_master *m, master_job *j);
void clients_result_go_on(q_master *m, master_job *j);
void clients_room(q_master *m, uint64_t peer);

/* calls.c */
extern const q_driver_port master_port; /* ctx: the master_job */
void calls_workers_changed(q_master *m);
void calls_probed(q_master *m, uint64_t worker, const q_msg_probed *p);
void calls_committed(q_master *m, uint64_t worker, const q_msg_committed *c);
void calls_worker_gone(q_master *m, uint64_t worker);
void calls_streamed(q_master *m, master_job *j, const q_msg_stream_data *d, q_frames *frames);
void calls_cancel(q_master *m, master_job *j);
int64_t calls_tick(q_master *m, int64_t now_ms);
void call_answer(call *c, q_code code);

#endif
