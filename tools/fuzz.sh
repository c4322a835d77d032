#!/bin/sh
# Runs fuzz targets for some seconds each, as many at once as there are processors.
# Seeds come from tests/fuzz/corpus/<what>; what a run finds stays in <program>.corpus/.
#   tools/fuzz.sh SECONDS PROGRAM...
set -u
seconds=$1
shift

if [ $# -ne 1 ]; then
    [ $# -gt 0 ] || { echo "fuzz: there are no targets"; exit 1; }
    printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" "$seconds" || exit 1
    echo "fuzz: $# targets, $seconds s each, no fault"
    exit 0
fi

program=$1
name=$(basename "$program")
seeds=tests/fuzz/corpus/${name#fuzz_}
[ -d "$seeds" ] || seeds=
mkdir -p "$program.corpus"
# shellcheck disable=SC2086
if "$program" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$program.crash-" \
    "$program.corpus" $seeds >"$program.log" 2>&1; then
    echo "$name: $(awk '/number_of_executed_units/ { print $2 }' "$program.log") inputs, no fault"
else
    tail -n 40 "$program.log"
    echo "$name: FAULT, see $program.log"
    exit 1
fi
