#!/bin/sh
# Restarts the containers of a compose service one after another, each when the one before is healthy
# again. A worker finishes its tasks before it goes, so running jobs notice nothing.
#   deploy/rolling-restart.sh [SERVICE [DOCKER-COMPOSE-OPTION]...]      SERVICE: spark-worker
#   deploy/rolling-restart.sh spark-worker -p other -f other.yml
set -eu
service=${1:-spark-worker}
[ $# -eq 0 ] || shift
grace_s=120

health() {
    docker inspect -f '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$1"
}

containers=$(docker-compose "$@" ps -q "$service")
[ -n "$containers" ] || {
    echo "deploy/rolling-restart.sh: there is no container of $service" >&2
    exit 1
}
for container in $containers; do
    docker restart -t $grace_s "$container" >/dev/null
    while state=$(health "$container"); do
        case $state in
        healthy | running) break ;;
        starting) sleep 0.2 ;;
        *)
            echo "deploy/rolling-restart.sh: $container is $state, the others were left as they are" >&2
            exit 1
            ;;
        esac
    done
    echo "$(docker inspect -f '{{.Name}}' "$container" | tr -d /): $state"
done
