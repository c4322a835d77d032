/*
 * Telling a service manager (systemd, Type=notify) how a daemon does.
 * Thread rule: any thread.
 */
#ifndef Q_NET_NOTIFY_H
#define Q_NET_NOTIFY_H

/* "READY=1", "STOPPING=1". Nothing happens where no manager listens ($NOTIFY_SOCKET). */
void q_notify(const char *state);

#endif
