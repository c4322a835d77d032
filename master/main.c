/* quern-master */
#include "master/daemon.h"

int main(int argc, char **argv)
{
    return q_daemon_main(&q_daemon_master, argc, argv);
}
