#!/bin/bash
# Writes the archives of a release to build/dist, with their checksums: the source, what was built of it, and the debug
# information of that. The same source and the same build give the same bytes.
set -eu
cd "$(dirname "$0")/.."

git rev-parse HEAD >/dev/null 2>&1 || {
    echo "The archives are made of a commit, and this is no clone of the repository with git" >&2
    exit 1
}
version=$(packaging/version.sh)
source=libsttp-$version
binary=$source-$(uname -m)-$(uname -s | tr '[:upper:]' '[:lower:]')
out=build/dist
stage=$out/stage
time=$(git log -1 --format=%ct)
changed=$(git status --porcelain)

if [ -n "$changed" ]; then
    echo "The source archive is of the last commit, which these files are not of:" >&2
    echo "$changed" >&2
fi
rm -rf "$out"
mkdir -p "$stage"

pack() { # ARCHIVE FOLDER
    tar -C "$stage" --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --format=gnu -c "$2" |
        gzip -n >"$out/$1.tar.gz"
}

# The crates are not in it: Cargo.lock has their checksums, and cargo fetches them.
git archive --format=tar --prefix="$source/" HEAD | gzip -n >"$out/$source.tar.gz"

make --no-print-directory install DESTDIR="$PWD/$stage" PREFIX="/$binary" LIBDIR=lib >"$out/install.log"
documents=$stage/$binary/share/doc/libsttp
mkdir -p "$documents"
cp -r README.md CHANGELOG.md SECURITY.md LICENSE docs "$documents"
# Of docs the pages, without what makes a book of them.
find "$documents/docs" -type f ! -name '*.md' ! -name '*.svg' -delete
cp build/licences-of-crates.txt "$documents"
chmod -R u=rwX,go=rX "$stage"
pack "$binary" "$binary"

# Unpacked over the other one, it lies where debuggers look.
mv "$stage/$binary" "$stage/without"
make --no-print-directory install-debug DESTDIR="$PWD/$stage" PREFIX="/$binary" LIBDIR=lib >>"$out/install.log"
chmod -R u=rwX,go=rX "$stage"
pack "$binary-debug" "$binary"

rm -rf "$stage" "$out/install.log"
(cd "$out" && sha256sum ./*.tar.gz | sed 's: \./: :' >SHA256SUMS)
newest=$(readelf -V "build/lib/libsttp.so.$version" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)
echo "Archives in $out; what was built needs glibc ${newest#GLIBC_} or later:"
(cd "$out" && stat -c '%9s %n' -- *)
