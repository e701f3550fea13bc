#!/bin/bash
# Installs to a scratch prefix, moves it elsewhere, and builds and runs programs of C and C++ against it: through
# find_package and through pkg-config, shared and static. Then uninstalls.
set -eu
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n '/^\[package\]/,/^\[lib\]/s/^version = "\(.*\)"/\1/p' Cargo.toml)
soname=libsttp.so.${version%%.*}
moved=$work/moved
. tests/c/check.sh

says_version() { # COMMAND...
    "$@" | tee /dev/stderr | grep -q "libsttp $version\$"
}

has_needed() {
    readelf -d "$1" | grep NEEDED | grep -q "$soname"
}

has_no_needed() {
    ! readelf -d "$1" | grep NEEDED | grep -q libsttp
}

is_empty() {
    [ -z "$(find "$1" ! -type d)" ]
}

install_to() { # LIBDIR
    rm -rf "$work/stage" "$moved"
    check "make install" make --no-print-directory install DESTDIR="$work/stage" PREFIX=/opt/sttp LIBDIR="$1"
    mv "$work/stage/opt/sttp" "$moved"
}

check_layout() { # LIBDIR
    local lib=$moved/$1 file
    for file in "$lib/libsttp.so.$version" "$lib/$soname" "$lib/libsttp.so" "$lib/libsttp.a" "$moved/include/sttp.h" \
        "$moved/include/sttp.hpp" "$moved/include/sttp/generated/subscriber.hpp" \
        "$lib/pkgconfig/sttp.pc" "$lib/cmake/sttp/sttpConfig.cmake" "$lib/cmake/sttp/sttpConfigVersion.cmake"; do
        check "layout" test -f "$file"
    done
    check "soname" grep -qx "$soname" <(readelf -d "$lib/libsttp.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
    check "no path of the build" bash -c "! grep -rn -e '$work/stage' -e /opt/sttp '$lib/pkgconfig' '$lib/cmake'"
    for tool in sttp-publish sttp-subscribe sttp-metadata sttp-c37118; do
        check "$tool" says_version "$moved/bin/$tool" --version
    done
}

check_cmake() {
    local build=$work/cmake
    rm -rf "$build"
    check "cmake" cmake -S tests/c/consumer -B "$build" -DCMAKE_PREFIX_PATH="$moved"
    check "cmake --build" cmake --build "$build"
    check "shared by find_package" says_version "$build/consumer_shared"
    check "shared by find_package" has_needed "$build/consumer_shared"
    check "static by find_package" says_version "$build/consumer_static"
    check "static by find_package" has_no_needed "$build/consumer_static"
    check "C++ by find_package" says_version "$build/consumer_cpp"
    check "C++ by find_package" has_needed "$build/consumer_cpp"
    check "C++ and static by find_package" says_version "$build/consumer_cpp_static"
    check "C++ and static by find_package" has_no_needed "$build/consumer_cpp_static"
}

check_pkg_config() { # LIBDIR
    local flags static_flags
    export PKG_CONFIG_PATH=$moved/$1/pkgconfig
    check "version by pkg-config" test "$(pkg-config --modversion sttp)" = "$version"
    flags=$(pkg-config --cflags --libs sttp)
    static_flags=$(pkg-config --static --cflags --libs sttp)
    # shellcheck disable=SC2086 # the flags are several words
    check "shared by pkg-config" "${CC:-cc}" tests/c/consumer/consumer.c $flags -o "$work/shared"
    check "shared by pkg-config" says_version env LD_LIBRARY_PATH="$moved/$1" "$work/shared"
    check "shared by pkg-config" has_needed "$work/shared"
    # shellcheck disable=SC2086
    check "C++ by pkg-config" "${CXX:-c++}" -std=c++17 tests/c/consumer/consumer.cpp $flags -o "$work/cpp"
    check "C++ by pkg-config" says_version env LD_LIBRARY_PATH="$moved/$1" "$work/cpp"
    # shellcheck disable=SC2086
    check "static by pkg-config" "${CC:-cc}" tests/c/consumer/consumer.c -static $static_flags -o "$work/static"
    check "static by pkg-config" says_version "$work/static"
    check "static by pkg-config" has_no_needed "$work/static"
}

# Debian's own place for libraries is one level deeper.
for libdir in lib "lib/$("${CC:-cc}" -dumpmachine)"; do
    install_to "$libdir"
    check_layout "$libdir"
    check_cmake
    check_pkg_config "$libdir"
done

mkdir -p "$work/stage/opt"
mv "$moved" "$work/stage/opt/sttp"
check "make uninstall" make --no-print-directory uninstall DESTDIR="$work/stage" PREFIX=/opt/sttp LIBDIR="$libdir"
check "nothing is left" is_empty "$work/stage"

echo "Install tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
