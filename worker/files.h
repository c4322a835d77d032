/*
 * What the master asks a worker about files: are they here and what do they hold (PROBE),
 * and the output directory's preparation, commit and clean-up (COMMIT, ABORT).
 * Thread rule: the loop's thread; answers are filled from `a`.
 */
#ifndef Q_WORKER_FILES_H
#define Q_WORKER_FILES_H

#include "proto/message.h"

void q_files_probe(const q_msg_probe *m, q_arena *a, q_message *answer);
/* m: COMMIT (its body says prepare or commit) or ABORT. */
void q_files_output(const q_message *m, q_arena *a, q_message *answer);

#endif
