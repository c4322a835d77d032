/*
 * The submission's output directory as the client sees it. It is looked at and marked before
 * the job runs; workers that do not see the mark send the rows, and they are written here by
 * the rules of common/io/output.h. Thread rule: one thread.
 */
#ifndef Q_CLI_OUTPUT_H
#define Q_CLI_OUTPUT_H

#include "common/column/column.h"
#include "proto/message.h"

typedef struct q_client_output q_client_output;

/* Sets o's marker, or its error; neither when only workers may be able to write there. o and
 * token are borrowed; what o gets is in a. */
q_code q_client_output_new(q_rec_output *o, const char *token, q_arena *a, q_client_output **out,
                           q_err *err);
q_code q_client_output_schema(q_client_output *o, const q_schema *schema, const char *time_zone,
                              q_err *err);
q_code q_client_output_rows(q_client_output *o, const q_batch *batch, q_err *err);
/* The file is complete: the directory gets it, and _SUCCESS. */
q_code q_client_output_end(q_client_output *o, q_err *err);
/* Removes the mark and what was not committed. */
void q_client_output_destroy(q_client_output **o);

#endif
