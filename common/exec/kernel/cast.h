/*
 * CAST and TRY_CAST between all types, Spark 3.5's non-ANSI rules: what cannot be is
 * NULL, integers wrap around, doubles saturate (Java). `ansi` is TRY_CAST's other rule
 * set: what would be an error there is NULL.
 *
 * One function casts a whole column; the caller has joined the validity. They are split
 * by target: cast_number.c, cast_text.c, cast_time.c; cast.c chooses.
 */
#ifndef Q_EXEC_KERNEL_CAST_H
#define Q_EXEC_KERNEL_CAST_H

#include "common/column/tz.h"
#include "common/exec/kernel/rows.h"

typedef struct cast_job {
    q_kernel_ctx *k; /* n_rows: of in and out */
    const q_column *in;
    q_column *out; /* type, values allocated, validity of `in` */
    bool ansi;
    const q_tz *zone; /* the session's */
} cast_job;

/* Any cast the binder lets through; INTERNAL for others. */
q_code q_cast_column(cast_job *c);

q_code q_cast_to_boolean(cast_job *c);
q_code q_cast_to_integer(cast_job *c);  /* tinyint … bigint */
q_code q_cast_to_floating(cast_job *c); /* float, double */
q_code q_cast_to_decimal(cast_job *c);
q_code q_cast_to_string(cast_job *c);
q_code q_cast_to_binary(cast_job *c);
q_code q_cast_to_time(cast_job *c); /* date, timestamp, timestamp_ntz */

/* No such cast. */
q_code q_cast_impossible(cast_job *c);

/* Row by row over non-NULL rows: o[i] is set by `call`, a boolean; false makes NULL. */
#define CAST_ROWS(in_type, out_type, call)                \
    do {                                                  \
        const in_type *v = c->in->values;                 \
        out_type *o = c->out->values;                     \
        for (uint32_t i = 0; i < c->k->n_rows; i++)       \
            if (q_column_is_null(c->out, i) || !(call)) { \
                memset(&o[i], 0, sizeof o[i]);            \
                Q_TRY(q_kernel_null(c->k, c->out, i));    \
            }                                             \
        return Q_OK;                                      \
    } while (0)

/* All rows without a branch. */
#define CAST_LOOP(in_type, out_type, expression)    \
    do {                                            \
        const in_type *restrict v = c->in->values;  \
        out_type *restrict o = c->out->values;      \
        for (uint32_t i = 0; i < c->k->n_rows; i++) \
            o[i] = (out_type)(expression);          \
        return Q_OK;                                \
    } while (0)

#endif
