#!/bin/sh
# Builds the images: quern:VERSION and quern:latest, and quern-postgres:15 for the compose file.
# Works without a registry (deploy/base.sh).
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/#define Q_VERSION *"\(.*\)"/\1/p' common/base/version.h)
deploy/base.sh
build() {
    docker build --network host --build-arg BUILD_BASE=quern-build-base:bookworm "$@"
}
build -t "quern:$version" -t quern:latest -f deploy/Dockerfile .
build -t quern-postgres:15 deploy/postgres
docker image ls --filter 'reference=quern*'
