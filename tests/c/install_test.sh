#!/bin/bash
# Installs to a scratch prefix, without Rust, moves it elsewhere, and uses it there. Then uninstalls.
set -eu
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
moved=$work/moved
. tests/c/installed.sh

is_empty() {
    [ -z "$(find "$1" ! -type d)" ]
}

# A folder with every program of PATH but those of Rust, as root has it when rustup installed that for a user.
without_rust() {
    local folder
    mkdir "$work/programs"
    while IFS= read -r folder; do
        find "$folder" -maxdepth 1 ! -type d -print0 | xargs -0 -r ln -sf -t "$work/programs"
    done < <(tr : '\n' <<<"$PATH" | tac | while IFS= read -r folder; do realpath -qe "$folder"; done)
    rm -f "$work"/programs/{cargo,rustc,rustup}
}

make_without_rust() { # ARGUMENT...
    PATH=$work/programs make --no-print-directory "$@"
}

says() { # TEXT COMMAND...
    local text=$1
    shift
    "$@" 2>&1 | tee "$work/said" && grep -qF -- "$text" "$work/said"
}

says_nothing_of() { # TEXT COMMAND...
    local text=$1
    shift
    "$@" >"$work/said" 2>&1 && ! grep -F -- "$text" "$work/said"
}

fails() { # COMMAND...
    ! "$@"
}

fails_saying() { # TEXT COMMAND...
    local text=$1
    shift
    ! "$@" >"$work/said" 2>&1 && grep -F -- "$text" "$work/said"
}

install_to() { # LIBDIR
    rm -rf "$work/stage" "$moved"
    check "make install, which says nothing of paths that are not the last ones" says_nothing_of LD_LIBRARY_PATH \
        make_without_rust install install-debug DESTDIR="$work/stage" PREFIX=/opt/sttp LIBDIR="$1"
    mv "$work/stage/opt/sttp" "$moved"
}

check_nothing_built() {
    local copy=$work/nothing_built
    mkdir "$copy"
    cp -r Makefile Cargo.toml include tools cmake packaging "$copy"
    check "make install where nothing is built" fails_saying "Build it first: make" \
        make_without_rust -C "$copy" install PREFIX="$work/none"
    check "make install where nothing is built" test ! -e "$work/none"
}

# A function's place in the source is told by the debug information beside the library.
tells_source_lines() { # LIBRARY
    local address
    address=$(nm -D "$1" | sed -n 's/ T sttp_version$//p')
    addr2line -e "$1" "$address" | grep -q '\.rs:[0-9]'
}

has_no_debug_information() {
    ! readelf -SW "$1" | grep -E '\.(debug_[a-z]|symtab)'
}

check_debug_information() { # LIBDIR
    local library=$moved/$1/libsttp.so.$version file
    for file in "$library" "$moved"/bin/sttp-*; do
        check "stripped" has_no_debug_information "$file"
        check "a name for debug information" grep -qF "$(basename "$file").debug" <(readelf --string-dump=.gnu_debuglink "$file")
        check "debug information" test -f "$(dirname "$file")/.debug/$(basename "$file").debug"
    done
    check "less than a third" test $(($(stat -c %s "$library") * 3)) -lt "$(stat -c %s "build/lib/libsttp.so.$version")"
    check "lines of the source" tells_source_lines "$library"
    rm -r "$(dirname "$library")/.debug"
    check "no lines of the source without debug information" fails tells_source_lines "$library"
}

# What is said where nothing is staged: what is to be done, and only that.
check_advice() {
    local prefix=$work/direct system
    check "advice for a folder that the loader does not know" says "LD_LIBRARY_PATH=$prefix/lib" \
        make_without_rust install PREFIX="$prefix" LIBDIR=lib DESTDIR=
    check "advice for pkg-config" grep -qxF "For pkg-config to find it: export PKG_CONFIG_PATH=$prefix/lib/pkgconfig" "$work/said"
    check "no advice for the cache of a folder that is not in it" fails grep -F ldconfig "$work/said"
    # Where the C library is, the loader looks; it finds that, and nothing that is not there.
    system=$(dirname "$(realpath "$("${CC:-cc}" -print-file-name=libc.so.6)")")
    check "advice for a folder that the loader knows" says "run once, as root: ldconfig" \
        packaging/after_install.sh "$(dirname "$system")" "$(basename "$system")" libsttp.so.none
    check "no advice for the path of such a folder" fails grep -F LD_LIBRARY_PATH "$work/said"
    check "no advice for a library that the loader finds" says_nothing_of libc.so.6 \
        packaging/after_install.sh "$(dirname "$system")" "$(basename "$system")" libc.so.6
}

without_rust
check "Rust is out of the way" fails env PATH="$work/programs" sh -c "command -v cargo || command -v rustc"
check_nothing_built
# Debian's own place for libraries is one level deeper.
for libdir in lib "lib/$("${CC:-cc}" -dumpmachine)"; do
    install_to "$libdir"
    check_installed "$moved" "$libdir"
    check_debug_information "$libdir"
done

check_advice

mkdir -p "$work/stage/opt"
mv "$moved" "$work/stage/opt/sttp"
check "make uninstall" make_without_rust uninstall DESTDIR="$work/stage" PREFIX=/opt/sttp LIBDIR="$libdir"
check "nothing is left" is_empty "$work/stage"

echo "Install tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
