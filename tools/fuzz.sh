#!/bin/sh
# Runs fuzz targets for some seconds each, as many at once as there are processors.
#   tools/fuzz.sh SECONDS PROGRAM...
# Seeds come from tests/fuzz/corpus/<what>. What a run finds stays in <program>.corpus/ and is where
# the next one goes on, with another random seed each time. With FUZZ_SEED=n, and in CI (seed 1), a
# target starts from the committed inputs alone, in the same order, with that seed, and at the same
# addresses (libFuzzer learns from compared bytes, pointers too): the same commit tries the same
# inputs, as far as it gets in the time.
set -u
seconds=$1
shift
export LC_ALL=C # order of file names
[ -n "${CI:-}" ] && : "${FUZZ_SEED:=1}"

if [ $# -ne 1 ]; then
    [ $# -gt 0 ] || { echo "fuzz: there are no targets"; exit 1; }
    printf '%s\n' "$@" | FUZZ_SEED=${FUZZ_SEED:-} xargs -P "$(nproc)" -n 1 "$0" "$seconds" || exit 1
    echo "fuzz: $# targets, $seconds s each, no fault"
    exit 0
fi

program=$1
name=$(basename "$program")
found=$program.corpus
set -- tests/fuzz/corpus/"${name#fuzz_}"/*
seeds=
[ -e "$1" ] && seeds=$(IFS=,; echo "$*")
# 2 GiB is twice what the sanitizers need; no input of a few KiB may take 20 s even on a busy machine.
set -- -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 \
    -artifact_prefix="$program.crash-"
[ -n "$seeds" ] && set -- "$@" -seed_inputs="$seeds"
case $name in
fuzz_sql | fuzz_bind) # the language's words
    sed -nE 's/^K\(([A-Z]+).*/"\1"/p; s/^(F|A|W)\([A-Z0-9_]+, "([a-z0-9_]+)".*/"\2"/p' \
        common/sql/keywords.def common/plan/functions.def >"$program.dict"
    set -- "$@" -dict="$program.dict"
    ;;
esac
if [ -n "${FUZZ_SEED:-}" ]; then
    found=$program.fixed
    rm -rf "$found"
    set -- "$@" -seed="$FUZZ_SEED" -reload=0
    setarch -R true 2>/dev/null && same="env -i setarch -R"
fi
mkdir -p "$found"
# shellcheck disable=SC2086
if ${same:-} "$program" "$@" "$found" >"$program.log" 2>&1; then
    echo "$name: $(awk '/number_of_executed_units/ { print $2 }' "$program.log") inputs, no fault"
else
    tail -n 40 "$program.log"
    echo "$name: FAULT (seed ${FUZZ_SEED:-random}), see $program.log"
    exit 1
fi
