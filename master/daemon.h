/* The program quern-master: its options, and the master on a loop of its own. */
#ifndef Q_MASTER_DAEMON_H
#define Q_MASTER_DAEMON_H

#include "common/net/daemon.h"

extern const q_command q_command_master; /* for help, completion and the manual page */
extern const q_daemon_spec q_daemon_master;

#endif
