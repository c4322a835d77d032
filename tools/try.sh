#!/bin/sh
# From a bare Debian 12 to a first result: installs what building needs, builds, runs the pipeline's
# stage 3 over 1,000 generated records in this process (local[*]) and shows the first rows.
set -eu
cd "$(dirname "$0")/.."
tools/deps.sh build
make -j"$(nproc)"
mkdir -p build/try
/usr/bin/python3 tools/gen_records.py --count 1000 build/try/items.json
build/bin/quern submit jobs/stage3.sql --input build/try/items.json --output build/try/out --overwrite
head -n 2 build/try/out/part-*
