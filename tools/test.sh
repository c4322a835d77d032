#!/bin/sh
# From a bare Debian 12 to the whole test-suite: installs what building and testing need, builds,
# runs every test.
set -eu
cd "$(dirname "$0")/.."
tools/deps.sh build check
make -j"$(nproc)"
make check
