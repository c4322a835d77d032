/* The rank family: functions of a row's place among its peers. */
#include "common/exec/window.h"

static q_code row_number(q_window_part *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        Q_VALUES(p->out, int32_t)[p->rows[i]] = (int32_t)(i + 1);
    return Q_OK;
}

static q_code rank(q_window_part *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        Q_VALUES(p->out, int32_t)[p->rows[i]] = (int32_t)(p->peer[i] + 1);
    return Q_OK;
}

static q_code dense_rank(q_window_part *p)
{
    int32_t groups = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        groups += p->peer[i] == i;
        Q_VALUES(p->out, int32_t)[p->rows[i]] = groups;
    }
    return Q_OK;
}

static q_code percent_rank(q_window_part *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        Q_VALUES(p->out, double)
    [p->rows[i]] = p->n > 1 ? (double)p->peer[i] / (double)(p->n - 1) : 0.0;
    return Q_OK;
}

static q_code cume_dist(q_window_part *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        Q_VALUES(p->out, double)[p->rows[i]] = (double)p->peer_end[i] / (double)p->n;
    return Q_OK;
}

/* The first n % buckets buckets have one row more than the others. */
static q_code ntile(q_window_part *p)
{
    uint32_t buckets = (uint32_t)Q_VALUES(p->call->args[0]->value, int32_t)[0];
    uint32_t size = p->n / buckets, larger = p->n % buckets;
    for (uint32_t i = 0, bucket = 0, left = 0; i < p->n; i++, left--) {
        if (!left)
            left = size + (bucket++ < larger);
        Q_VALUES(p->out, int32_t)[p->rows[i]] = (int32_t)bucket;
    }
    return Q_OK;
}

const q_window_ops q_win_row_number = {true, row_number};
const q_window_ops q_win_rank = {true, rank};
const q_window_ops q_win_dense_rank = {true, dense_rank};
const q_window_ops q_win_percent_rank = {true, percent_rank};
const q_window_ops q_win_cume_dist = {true, cume_dist};
const q_window_ops q_win_ntile = {true, ntile};
