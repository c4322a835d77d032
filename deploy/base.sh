#!/bin/sh
# The base of the images: debian:bookworm-slim. Where the engine has none and no registry answers, it
# is made here of Debian's packages with debootstrap (root).
#
# Beside it a second one, quern-build-base, which never leaves this engine: the same with this host's
# settings of apt (Acquire::*, a proxy for example), for the stages that install packages. Final
# stages start from the plain base, so that nothing of the host's gets into an image.
#   deploy/base.sh            make what is missing
set -eu
base=debian:bookworm-slim
build_base=quern-build-base:bookworm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the slim images of Debian leave out.
make_slim() {
    mkdir -p "$1/etc/dpkg/dpkg.cfg.d" "$1/etc/apt/apt.conf.d"
    cat >"$1/etc/dpkg/dpkg.cfg.d/slim" <<'SLIM'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/info/*
SLIM
    cat >"$1/etc/apt/apt.conf.d/slim" <<'SLIM'
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
SLIM
    find "$1/usr/share/doc" -mindepth 2 ! -name copyright -delete
    rm -rf "$1"/usr/share/man/* "$1"/usr/share/locale/* "$1"/usr/share/info/* \
        "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*.log
}

make_base() {
    command -v debootstrap >/dev/null || {
        echo "deploy/base.sh: there is no image $base, no registry answers and debootstrap is not" \
            "installed: tools/deps.sh image" >&2
        exit 1
    }
    [ "$(id -u)" -eq 0 ] || {
        echo "deploy/base.sh: making $base with debootstrap takes root" >&2
        exit 1
    }
    echo "making $base of Debian's packages"
    debootstrap --variant=minbase bookworm "$work/root" >"$work/log" 2>&1 || {
        tail -n 20 "$work/log" >&2
        exit 1
    }
    make_slim "$work/root"
    tar -C "$work/root" -c . | docker import -c 'CMD ["bash"]' - $base >/dev/null
}

make_build_base() {
    mkdir "$work/context"
    apt-config dump 2>/dev/null | grep '^Acquire::' >"$work/context/apt.conf" || true
    docker build -q -t $build_base -f - "$work/context" >/dev/null <<EOD
FROM $base
COPY apt.conf /etc/apt/apt.conf.d/99host
RUN echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/unsafe-io
EOD
}

has() {
    docker image inspect "$1" >/dev/null 2>&1
}

has $base || docker pull -q $base >/dev/null 2>&1 || make_base
has $build_base || make_build_base
