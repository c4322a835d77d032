#!/bin/bash
# Health check of the image: whether the daemon of this container answers 200 at /readyz, wherever it
# was told to listen.
set -f
case ${SPARK_MODE:-master} in
worker) port=${SPARK_WORKER_WEBUI_PORT:-8081} hosts="127.0.0.1 ${SPARK_WORKER_HOST-}" ;;
*) port=${SPARK_MASTER_WEBUI_PORT:-8080} hosts="127.0.0.1 ${SPARK_MASTER_HOST-}" ;;
esac
case $port in tcp://*) port=8080 ;; esac # a service link of Kubernetes, not a setting
for host in ${QUERN_UI_HOST-} $hosts $HOSTNAME; do
    { exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null || continue
    printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    read -r _ status _ <&3
    [ "$status" = 200 ] && exit 0
    echo "/readyz answers $status"
    exit 1
done
echo "nothing listens on port $port of $hosts"
exit 1
