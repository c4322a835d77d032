/*
 * The record of jobs, in an SQLite file: what was submitted, how it went, how it ended. A master
 * that starts again answers from it and goes on counting behind it. What a job is made of is
 * opaque here (messages of proto/), so that another database only needs these few functions.
 * Thread rule: the loop's thread; a write takes some 100 microseconds.
 */
#ifndef Q_MASTER_STORE_H
#define Q_MASTER_STORE_H

#include "common/base/arena.h"
#include "proto/message.h"

typedef struct q_store q_store;

typedef struct q_store_transition {
    int64_t at_us; /* wall clock */
    const char *state;
} q_store_transition;

typedef struct q_store_job {
    uint64_t id;
    const char *app_id, *name, *state, *stage; /* stage: of the pipeline; name, stage may be NULL */
    int64_t submitted_us, finished_us;         /* finished: 0 while it runs */
    int64_t pipeline_id;                       /* 0: none */
    q_bytes record;                            /* a JOB message */
    q_bytes logs;                              /* a LOGS message; empty while it runs */
    q_bytes detail;                            /* detail.h; empty while it runs */
} q_store_job;

/* Only one process may have a file open. Errors: STORE, UNSUPPORTED_FEATURE (a URL). */
q_code q_store_open(const char *path, q_store **out, q_err *err);
void q_store_close(q_store **s);
/* *out: the highest number there is, 0 if none. */
q_code q_store_last_id(q_store *s, uint64_t *out, q_err *err);
/* Inserts or replaces; the transitions are those so far. Old jobs beyond Q_STORE_KEEP go. */
q_code q_store_put(q_store *s, const q_store_job *job, const q_store_transition *transitions,
                   uint32_t n_transitions, q_err *err);
/* By number or application id. *found: whether there is one; texts and bytes in a. */
q_code q_store_find(q_store *s, const char *job, q_arena *a, q_store_job *out, bool *found,
                    q_err *err);
typedef struct q_store_query {
    uint64_t below;    /* only smaller numbers; 0: any */
    const char *state; /* NULL: any */
    bool unfinished;   /* only those that had not ended */
    uint32_t limit;    /* 0: all */
} q_store_query;
/* Newest first; each's argument lives until it returns. */
q_code q_store_list(q_store *s, const q_store_query *query,
                    void (*each)(void *ctx, const q_store_job *job), void *ctx, q_err *err);

/* Jobs that are kept; older ones are removed by q_store_put. */
#define Q_STORE_KEEP 10000

#endif
