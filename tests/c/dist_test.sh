#!/bin/bash
# Makes the archives of a release, twice, unpacks them elsewhere, and uses what is in them.
set -eu
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/c/installed.sh
binary=libsttp-$version-$(uname -m)-linux

check "make dist" packaging/dist.sh
cp build/dist/SHA256SUMS "$work/first"
check "make dist once more" packaging/dist.sh
check "the same bytes" cmp "$work/first" build/dist/SHA256SUMS
check "a checksum for each archive" test "$(wc -l <build/dist/SHA256SUMS)" = "$(ls build/dist/*.tar.gz | wc -l)"
check "checksums" sh -c "cd build/dist && sha256sum -c SHA256SUMS"

mkdir "$work/elsewhere"
for archive in build/dist/*.tar.gz; do
    check "unpack" tar -xzf "$archive" -C "$work/elsewhere"
done
check "the source is that of the last commit" diff <(git ls-tree -r --name-only HEAD | LC_ALL=C sort) \
    <(cd "$work/elsewhere/libsttp-$version" && find . -type f -o -type l | sed 's:^\./::' | LC_ALL=C sort)
check_installed "$work/elsewhere/$binary" lib
check "debug information" test -f "$work/elsewhere/$binary/lib/.debug/libsttp.so.$version.debug"
for text in LICENSE README.md docs/tools.md licences-of-crates.txt; do
    check "documents" test -s "$work/elsewhere/$binary/share/doc/libsttp/$text"
done
# Of which the licence says that its text goes with every copy.
for crate in ring rustls-webpki mio subtle; do
    check "licence of $crate" grep -qE "^Of (.*, )?$crate [0-9]" "$work/elsewhere/$binary/share/doc/libsttp/licences-of-crates.txt"
done
echo "Archive tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
