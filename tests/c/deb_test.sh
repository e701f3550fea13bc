#!/bin/bash
# Builds the Debian packages, lets lintian judge them, unpacks them and uses what is in them.
set -eu
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/c/installed.sh
packages=build/packages
root=$work/root

rm -rf $packages
# How small the packages get is not what is tested.
DPKG_DEB_COMPRESSOR_LEVEL=1 packaging/deb.sh
[ -d $packages ] || exit 0

for package in libsttp0 libsttp-dev sttp-tools; do
    check "unpack $package" dpkg-deb -x $packages/${package}_"$version"_*.deb "$root"
done
LD_LIBRARY_PATH=$root/usr/lib/$("${CC:-cc}" -dumpmachine)
export LD_LIBRARY_PATH
check_installed "$root/usr" "lib/$("${CC:-cc}" -dumpmachine)"

# What dpkg-buildflags asks for: of the preprocessor, which checks sizes, and of the linker.
check "CPPFLAGS" grep -q '__[a-z]*printf_chk' <(nm -D --undefined-only "$root/usr/bin/sttp-publish")
check "LDFLAGS" grep -q 'BIND_NOW\|NOW' <(readelf -d "$root/usr/bin/sttp-publish")
check "no path to a library" sh -c "! readelf -d '$root/usr/bin/sttp-publish' | grep -E 'RUNPATH|RPATH'"
for package in libsttp0 sttp-tools; do
    check "debug information" dpkg-deb -x $packages/$package-dbgsym_"$version"_*.deb "$root"
done
build_id=$(readelf -n "$LD_LIBRARY_PATH/$soname" | sed -n 's/.*Build ID: //p')
check "debug information by the library's ID" test -f "$root/usr/lib/debug/.build-id/${build_id:0:2}/${build_id:2}.debug"
for package in libsttp0 libsttp-dev sttp-tools; do
    check "licences of the crates in $package" grep -qx 'Files: crates/ring-.*' "$root/usr/share/doc/$package/copyright"
done
# Programs that need a function depend on the version that has it first.
dpkg-deb -e $packages/libsttp0_"$version"_*.deb "$work/control"
check "symbols" grep -qxF " sttp_version@Base 0.1.0" "$work/control/symbols"
check "dependency on the library" grep -qE '^Depends: .*libsttp0 \(>= 0\.1\.0\)' \
    <(dpkg-deb -f $packages/sttp-tools_"$version"_*.deb | grep '^Depends')

echo "Package tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
