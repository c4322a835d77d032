#!/bin/sh
# Entry of the image: becomes (exec: same process, signals arrive) quern-master or quern-worker by
# SPARK_MODE. Options may follow. The command lines of Spark images (run.sh, spark-class) do the same;
# anything else is run as it is: `docker run IMAGE quern submit …`.
set -eu

case ${1:-} in
/opt/bitnami/scripts/spark/run.sh) shift ;;
*spark-class)
    case ${2:-} in
    *.deploy.master.Master) SPARK_MODE=master ;;
    *.deploy.worker.Worker) SPARK_MODE=worker ;;
    *)
        echo "quern: cannot run the class ${2:-} (only deploy.master.Master and deploy.worker.Worker)" >&2
        exit 2
        ;;
    esac
    shift 2
    ;;
'' | -* | spark://*) ;;
*) exec "$@" ;;
esac

mode=${SPARK_MODE:-master}
case $mode in
master | worker) ;;
*)
    echo "quern: SPARK_MODE is '$mode'; it can be master or worker" >&2
    exit 2
    ;;
esac
export QUERN_LOG_FILE="${QUERN_LOG_FILE-${SPARK_LOG_DIR:-/opt/bitnami/spark/logs}/spark-$mode.out}"
export QUERN_LOG_CONSOLE="${QUERN_LOG_CONSOLE-true}"
export SPARK_LOCAL_DIRS="${SPARK_LOCAL_DIRS-/opt/bitnami/spark/tmp}"
export SPARK_WORKER_DIR="${SPARK_WORKER_DIR-/opt/bitnami/spark/work}"
exec "quern-$mode" "$@" 2>&1
