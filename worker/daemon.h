/* The program quern-worker: its options, and a worker on a loop of its own. */
#ifndef Q_WORKER_DAEMON_H
#define Q_WORKER_DAEMON_H

#include "common/net/daemon.h"

extern const q_command q_command_worker; /* for help, completion and the manual page */
extern const q_daemon_spec q_daemon_worker;

#endif
