#!/bin/bash
# Health check of the image: whether the daemon of this container answers 200 at /readyz.
case ${SPARK_MODE:-master} in
worker) port=${SPARK_WORKER_WEBUI_PORT:-8081} ;;
*) port=${SPARK_MASTER_WEBUI_PORT:-8080} ;;
esac
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
