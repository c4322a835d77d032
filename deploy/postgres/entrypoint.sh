#!/bin/sh
# Makes the database cluster at the first start, then becomes the server.
set -eu
PATH=/usr/lib/postgresql/15/bin:$PATH
user=${POSTGRES_USER:-postgres}
db=${POSTGRES_DB:-$user}

first_start() {
    [ -n "${POSTGRES_PASSWORD:-}" ] || {
        echo "postgres: POSTGRES_PASSWORD is not set" >&2
        exit 1
    }
    password=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
    initdb -D "$PGDATA" -U "$user" --pwfile="$password" -A scram-sha-256 -E UTF8 --locale=C.UTF-8 >/dev/null
    rm "$password"
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    export PGPASSWORD="$POSTGRES_PASSWORD" PGHOST=/tmp PGUSER="$user"
    pg_ctl -D "$PGDATA" -w -s -o "-c listen_addresses='' -k /tmp" start
    [ "$db" = postgres ] || createdb "$db"
    for script in /docker-entrypoint-initdb.d/*.sql; do
        [ ! -e "$script" ] || psql -X -q -v ON_ERROR_STOP=1 -d "$db" -f "$script"
    done
    pg_ctl -D "$PGDATA" -w -s -m fast stop
    unset PGPASSWORD PGHOST PGUSER
}

[ -s "$PGDATA/PG_VERSION" ] || first_start
exec postgres -D "$PGDATA" -c listen_addresses='*' "$@"
