/*
 * Ends a daemon with the program that started it: that one holds the other end of standard input,
 * which the system closes however it ends. (PR_SET_PDEATHSIG would follow the thread that forked,
 * not the program.) Thread rule: the loop's thread.
 */
#ifndef Q_NET_LEASH_H
#define Q_NET_LEASH_H

#include <uv.h>

#include "common/base/err.h"

typedef struct q_leash {
    uv_pipe_t in;
    uv_timer_t limit;
    void (*cut)(void *ctx); /* once: standard input has ended */
    void *ctx;
    char ignored[256];
} q_leash;

/* Watches standard input. The process ends by itself some seconds after cut() was called if it
 * still runs then. leash: at rest until both handles are closed. Errors: USAGE (standard input is
 * no pipe). */
q_code q_leash_init(q_leash *leash, uv_loop_t *loop, void (*cut)(void *ctx), void *ctx, q_err *err);
void q_leash_close(q_leash *leash);

#endif
