#!/bin/bash
# Builds the Debian packages in build/packages, in a copy of the source there, and lets lintian look at them. A library
# that 'make' has built is packaged as it is.
set -eu
cd "$(dirname "$0")/.."

version=$(packaging/version.sh)
out=build/packages
copy=$out/libsttp-$version

need() { # PROGRAM PACKAGE
    command -v "$1" >/dev/null || packages+=("$2")
}
packages=()
need dpkg-buildpackage dpkg-dev
need dh debhelper
need lintian lintian
if [ ${#packages[@]} -gt 0 ] && ! tests/packages.sh "${packages[@]}"; then
    echo "SKIPPED: the Debian packages, which need: sudo apt install ${packages[*]}"
    exit 0
fi

[ "$(dpkg-parsechangelog -S Version)" = "$version" ] || {
    echo "debian/changelog is not of version $version, which Cargo.toml has" >&2
    exit 1
}
rm -rf "$out"
mkdir -p "$copy/build"
tar -c --exclude=.git --exclude=target --exclude=__pycache__ --exclude=./build . | tar -x -C "$copy"
[ ! -e build/native-libraries ] || cp -a build/lib build/native-libraries "$copy/build"

# -d: the compiler need not be Debian's. What dpkg-buildpackage says is long, and of use only when it fails.
(cd "$copy" && dpkg-buildpackage -b -d -us -uc) >"$out/build.log" 2>&1 || {
    tail -n 60 "$out/build.log" >&2
    exit 1
}
rm -rf "$copy"
lintian --allow-root --fail-on warning --info "$out"/*.changes
echo "Debian packages:"
(cd "$out" && stat -c '%8s %n' ./*.deb)
