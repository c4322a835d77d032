/* quern-worker */
#include "worker/daemon.h"

int main(int argc, char **argv)
{
    return q_daemon_main(&q_daemon_worker, argc, argv);
}
