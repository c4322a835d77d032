/*
 * The distributed trace that a job belongs to, as log records carry it: dd.trace_id and
 * dd.span_id, in the form Datadog's tracers write them. Plain values; any thread.
 */
#ifndef Q_BASE_TRACE_H
#define Q_BASE_TRACE_H

#include "common/base/err.h"

typedef struct q_trace {
    char trace_id[33]; /* decimal, or 32 hex digits when it has more than 64 bits; empty: none */
    char span_id[21];  /* decimal; empty: none */
} q_trace;

/* From what a submitter gave, each NULL or empty if not given: ids (decimal of at most 64 bits, or
 * 16 or 32 hex digits) or a W3C traceparent; ids win. Errors: INVALID_CONF_VALUE (out is empty). */
q_code q_trace_from(const char *trace_id, const char *span_id, const char *traceparent,
                    q_trace *out, q_err *err);

#endif
