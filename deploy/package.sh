#!/bin/sh
# The Debian package quern_VERSION_ARCH.deb of what is built in BIN (default build/bin), made in
# build/package. Needs dpkg-dev (tools/deps.sh package).
set -eu
cd "$(dirname "$0")/.."
bin=${1:-build/bin}
out=build/package
root=$out/root
version=$(sed -n 's/#define Q_VERSION *"\(.*\)"/\1/p' common/base/version.h)
arch=$(dpkg --print-architecture)

rm -rf "$out"
mkdir -p "$root/DEBIAN" "$out/debian"
make --no-print-directory install B="${bin%/bin}" DESTDIR="$PWD/$root" PREFIX=/usr SYSCONFDIR=/etc >/dev/null
strip --strip-unneeded "$root"/usr/bin/*
gzip -9n "$root"/usr/share/man/man[18]/*.[18]
install -D -m 644 LICENSE "$root/usr/share/doc/quern/copyright"
gzip -9nc CHANGELOG.md >"$root/usr/share/doc/quern/changelog.gz"

# dpkg-shlibdeps wants a source package around it.
printf 'Source: quern\n\nPackage: quern\nArchitecture: any\n' >"$out/debian/control"
depends=$(cd "$out" && dpkg-shlibdeps -O root/usr/bin/* | sed 's/^shlibs:Depends=//')
size=$(du -sk "$root/usr" | cut -f 1)
sed -e "s|@VERSION@|$version|; s|@ARCH@|$arch|; s|@SIZE@|$size|; s|@DEPENDS@|$depends|" \
    deploy/debian/control.in >"$root/DEBIAN/control"
install -m 644 deploy/debian/conffiles "$root/DEBIAN/"
install -m 755 deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm "$root/DEBIAN/"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --build --root-owner-group "$root" "$out/quern_${version}_$arch.deb" >/dev/null
echo "$out/quern_${version}_$arch.deb"
