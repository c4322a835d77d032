#!/bin/sh
# Runs while the image is built: installs a package of quern and copies every file that is new or
# changed by that to a folder, which becomes the one layer above the base.
#   collect.sh PACKAGE.deb FOLDER
set -eu
package=$1 folder=$2
export DEBIAN_FRONTEND=noninteractive

touch /tmp/stamp
# User and group of the Spark images that this one stands in for: folders made for them fit.
useradd --uid 1001 --gid 0 --home-dir /opt/bitnami/spark --shell /usr/sbin/nologin quern
install -d -o 1001 -g 0 -m 775 /data /opt/bitnami/spark /opt/bitnami/spark/logs /opt/bitnami/spark/work \
    /opt/bitnami/spark/tmp
install -m 755 /tmp/entrypoint.sh /usr/bin/quern-entrypoint
install -m 755 /tmp/healthcheck.sh /usr/bin/quern-healthcheck
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$package" >/dev/null

mkdir "$folder"
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /root \
    -o -path "$folder" -o -path /var/cache -o -path /var/log -o -path /var/lib/apt \
    -o -path /var/lib/dpkg/info/format -o -path /etc/apt -o -path /usr/share/man \) -prune \
    -o ! -type d \( -newer /tmp/stamp -o -cnewer /tmp/stamp \) \
    ! -path '/etc/hosts' ! -path '/etc/hostname' ! -path '/etc/resolv.conf' ! -name '*-old' \
    ! -name '*-' -print0 >/tmp/files
find /data /opt/bitnami /var/lib/quern -type d -print0 >>/tmp/files 2>/dev/null
tar -c --null --no-recursion -T /tmp/files -P | tar -x -P -C "$folder" --transform 's,^/,,'
