#!/bin/bash
# The whole pipeline on this machine, from nothing: installs what it needs, builds quern, starts a
# PostgreSQL, a master and workers on free loopback ports, runs the Prefect flow with dbt, shows the
# result, and stops what it started.
#   examples/pipeline/run.sh [--count N] [--workers N] [--output DIR] [--keep]
#     --count    records to generate (1000)        --workers  quern workers of one core each (2)
#     --output   folder of the results (build/pipeline)
#     --keep     leave PostgreSQL and the cluster running until Ctrl-C, to look around
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/examples/pipeline
count=1000 workers=2 output=$root/build/pipeline keep=no

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    --count | --workers | --output)
        [ $# -ge 2 ] || usage
        declare "${1#--}=$2"
        shift 2
        ;;
    --keep)
        keep=yes
        shift
        ;;
    *) usage ;;
    esac
done
mkdir -p "$output"
output=$(cd "$output" && pwd)

"$root/tools/deps.sh" build pipeline
make -C "$root" -j"$(nproc)" all pipeline-venv
bin=${QUERN_BIN:-$root/build/bin}
venv=$root/build/pipeline-venv/bin

# ---- what is started, and how it ends ----

work=$(mktemp -d "${TMPDIR:-/tmp}/quern-pipeline-XXXXXX")
chmod 755 "$work"
mkdir "$work/pg" "$work/logs"
pids=()
as_server=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
    as_server=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres: "$work/pg"
fi
programs=$(dirname "$(find /usr/lib/postgresql -name initdb -path '*/bin/*' | sort -V | tail -n 1)")

postgres() {
    (cd "$work/pg" && LC_ALL=C.UTF-8 exec "${as_server[@]}" "$programs/$1" "${@:2}")
}

finish() {
    local code=$?
    trap - EXIT INT TERM
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${pids[@]}"; do
        wait "$pid" 2>/dev/null || true
    done
    if [ -e "$work/pg/data/postmaster.pid" ]; then
        postgres pg_ctl -D "$work/pg/data" -m fast -w stop >/dev/null
    fi
    if [ $code -eq 0 ] || [ $code -eq 130 ]; then
        rm -rf "$work"
    else
        echo "run.sh: failed; the logs are in $work" >&2
    fi
    exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

# wait_for LOG PATTERN PID: the first match in a growing log, or the failure of who writes it.
wait_for() {
    until grep -Eo -m1 "$2" "$1" 2>/dev/null; do
        if ! kill -0 "$3" 2>/dev/null; then
            cat "$1" >&2
            exit 1
        fi
        sleep 0.1
    done
}

# ---- PostgreSQL ----

free_port() {
    "$venv/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
export DATABASE_HOST=127.0.0.1 DATABASE_NAME=pipeline DATABASE_USERNAME=pipeline DATABASE_PASSWORD=
DATABASE_PORT=$(free_port)
export DATABASE_PORT
postgres initdb -D "$work/pg/data" -U pipeline -A trust -E UTF8 >"$work/logs/initdb.log"
postgres pg_ctl -D "$work/pg/data" -l "$work/pg/log" -w start \
    -o "-p $DATABASE_PORT -k $work/pg -c listen_addresses=127.0.0.1" >/dev/null
psql=("$programs/psql" -X -q -h 127.0.0.1 -p "$DATABASE_PORT" -U pipeline)
"${psql[@]}" -d postgres -c "CREATE DATABASE pipeline"

# ---- the cluster ----

"$bin/quern-master" --host 127.0.0.1 --port 0 --webui-port 0 >"$work/logs/master.log" 2>&1 &
pids+=($!)
SPARK_MASTER_URL=$(wait_for "$work/logs/master.log" 'spark://127\.0\.0\.1:[0-9]+' "$!")
export SPARK_MASTER_URL
for n in $(seq "$workers"); do
    mkdir "$work/worker$n"
    "$bin/quern-worker" --cores 1 --memory 1g --host 127.0.0.1 --webui-port 0 --work-dir "$work/worker$n" \
        "$SPARK_MASTER_URL" >"$work/logs/worker$n.log" 2>&1 &
    pids+=($!)
done

# ---- the flow: Prefect's API runs beside it on loopback for as long as it lasts, and nothing is reported ----

export PREFECT_HOME=$work/prefect PREFECT_SERVER_EPHEMERAL_ENABLED=true PREFECT_SERVER_ANALYTICS_ENABLED=false
export PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS=300 DO_NOT_TRACK=1
unset PREFECT_API_URL PREFECT_API_KEY PREFECT_PROFILE
"$venv/python" "$here/flow.py" --count "$count" --output "$output"

# ---- the result ----

"${psql[@]}" -d pipeline -P pager=off <<SQL
SELECT name AS stage, status, round(execution_time_seconds::numeric, 2) AS seconds, error_message AS message
FROM pipeline_stages ORDER BY id;
SELECT category, item_count, round(avg_value::numeric, 2) AS avg_value,
       round(total_value::numeric, 2) AS total_value, premium_count, high_count, medium_count, standard_count
FROM item_metrics ORDER BY category;
SQL
echo "results: $output/items.json, $output/item_metrics.json"

if [ $keep = yes ]; then
    echo "database: postgres://pipeline@127.0.0.1:$DATABASE_PORT/pipeline"
    echo "cluster:  $SPARK_MASTER_URL; logs in $work/logs"
    echo "Ctrl-C stops them"
    wait "${pids[0]}"
fi
