#!/bin/sh
# README's commands where nothing is installed: runs tools/try.sh (or what is named) in a fresh clone in
# a new debian:bookworm-slim container. What the host needs to reach its package mirrors (apt's
# Acquire settings, pip's configuration, certificates) is lent to the container while it runs.
#   tools/try-bare.sh [COMMAND...]            tools/try-bare.sh tools/test.sh
set -eu
cd "$(dirname "$0")/.."
deploy/base.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q --no-hardlinks . "$work/quern"

[ $# -gt 0 ] || set -- tools/try.sh
command=$*
# volumes: the engine's own file system may be a slow one
set -- --rm -w /quern -v /quern -v /tmp -v "$work/quern:/clone:ro"
[ ! -e /etc/pip.conf ] || set -- "$@" -v /etc/pip.conf:/etc/pip.conf:ro
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    set -- "$@" -v /etc/ssl/certs/ca-certificates.crt:/host-certificates.crt:ro
    for name in PIP_CERT SSL_CERT_FILE REQUESTS_CA_BUNDLE; do
        set -- "$@" -e "$name=/host-certificates.crt"
    done
fi
case ${PIP_FIND_LINKS:-} in
/*) [ ! -d "$PIP_FIND_LINKS" ] || set -- "$@" -v "$PIP_FIND_LINKS:$PIP_FIND_LINKS:ro" ;;
esac
for name in $(env | sed -n 's/^\(PIP_[A-Z_]*\|[a-z]*_proxy\|[A-Z]*_PROXY\)=.*/\1/p' | grep -v '^PIP_CERT$'); do
    set -- "$@" -e "$name"
done
docker run "$@" quern-build-base:bookworm sh -ec "cp -a /clone/. /quern; $command"
