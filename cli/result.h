/*
 * Printing rows on stdout, as --result says: an aligned table, one JSON array, newline JSON, or
 * typed lines (tests/oracle/README.md) that lose nothing. Data on stdout, all else on stderr.
 * Thread rule: one thread.
 */
#ifndef Q_CLI_RESULT_H
#define Q_CLI_RESULT_H

#include <stdio.h>

#include "common/column/column.h"

typedef enum q_result_style {
    Q_RESULT_TABLE,
    Q_RESULT_JSON,
    Q_RESULT_NDJSON,
    Q_RESULT_CSV,
    Q_RESULT_TYPED,
    Q_RESULT_PLAIN /* the first column's text and a line end: plans */
} q_result_style;

typedef struct q_result q_result;

q_code q_result_new(q_result_style style, FILE *to, q_result **out, q_err *err);
void q_result_destroy(q_result **r);
/* time_zone: of the statement's session, in which its timestamps are written. */
q_code q_result_schema(q_result *r, const q_schema *schema, const char *time_zone, q_err *err);
q_code q_result_rows(q_result *r, const q_batch *batch, q_err *err);
q_code q_result_end(q_result *r, q_err *err);
/* Whether writing failed because nobody reads any more (EPIPE). */
bool q_result_reader_gone(const q_result *r);
/* A failed statement in typed style: one JSON line. */
void q_result_error(q_result *r, const q_err *error);

#endif
