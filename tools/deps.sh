#!/bin/sh
# The Debian 12 packages quern needs, in this one place, by what they are for. Installs what is
# missing of the groups named (build, check and lint when none is); needs root or sudo only if something is.
#   tools/deps.sh [--list] [build] [check] [lint] [bench] [pipeline] [package] [image] [ui]
set -eu

build="make gcc g++ pkg-config git
    libczmq-dev libzmq3-dev libmsgpack-dev libpq-dev libuv1-dev libpcre2-dev libzstd-dev zlib1g-dev
    libxxhash-dev libsqlite3-dev libmicrohttpd-dev libjansson-dev libssl-dev libunistring-dev
    libcctz-dev libdragonbox-dev libsimdjson-dev libfast-float-dev tzdata python3"
check="check curl postgresql python3-pytest python3-pytest-xdist python3-prometheus-client python3-jsonschema python3-venv python3-dev bash-completion man-db"
package="dpkg-dev binutils python3-venv"
image="debootstrap"
command -v docker >/dev/null || image="$image docker.io" # not beside another vendor's
command -v docker-compose >/dev/null || image="$image docker-compose"
ui="chromium python3-venv fonts-inter pngquant"
pipeline="postgresql python3-venv python3-dev"
bench="python3-venv openjdk-17-jre-headless"
lint="clang clang-format libclang-rt-14-dev cppcheck shellcheck"

list=no
if [ "${1:-}" = --list ]; then
    list=yes
    shift
fi
wanted=
for group in "${@:-all}"; do
    case $group in
    build) wanted="$wanted $build" ;;
    check) wanted="$wanted $check" ;;
    lint) wanted="$wanted $lint" ;;
    package) wanted="$wanted $package" ;;
    image) wanted="$wanted $image" ;;
    bench) wanted="$wanted $bench" ;;
    ui) wanted="$wanted $ui" ;;
    pipeline) wanted="$wanted $pipeline" ;;
    all) wanted="$wanted $build $check $lint" ;;
    *)
        echo "tools/deps.sh: no group '$group'; there are build, check, lint, bench, pipeline, package, image and ui" >&2
        exit 2
        ;;
    esac
done
if [ $list = yes ]; then
    # shellcheck disable=SC2086
    printf '%s\n' $wanted
    exit 0
fi

missing=
for package in $wanted; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || {
        echo "tools/deps.sh: run it as root, there is no sudo; missing:$missing" >&2
        exit 1
    }
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
