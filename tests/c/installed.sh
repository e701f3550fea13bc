# Looks at an installed tree, runs its tools, and builds and runs programs of C and C++ against it: through find_package
# and through pkg-config, shared and static. To be sourced from the project's folder by a test script that keeps its files
# in $work.

version=$(packaging/version.sh)
soname=libsttp.so.${version%%.*}
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

has_all_options() { # PAGE COMMAND...
    local page option count=0
    page=$(zcat -f "$1"*)
    shift
    for option in $("$@" --help | grep -o '^  --[a-z0-9-]*'); do
        count=$((count + 1))
        grep -qF -- "\\fB${option//-/\\-}" <<<"$page" || { echo "$option is missing" && return 1; }
    done
    head -n 1 <<<"$page" | grep -qF "libsttp $version" && [ $count -gt 2 ]
}

check_layout() { # PREFIX LIBDIR
    local prefix=$1 lib=$1/$2 man=$1/share/man/man1 file tool
    for file in "$lib/libsttp.so.$version" "$lib/$soname" "$lib/libsttp.so" "$lib/libsttp.a" "$prefix/include/sttp.h" \
        "$prefix/include/sttp.hpp" "$prefix/include/sttp/generated/subscriber.hpp" \
        "$lib/pkgconfig/sttp.pc" "$lib/cmake/sttp/sttpConfig.cmake" "$lib/cmake/sttp/sttpConfigVersion.cmake" \
        "$lib/wireshark/plugins/sttp/sttp.lua"; do
        check "layout" test -f "$file"
    done
    check "soname" grep -qx "$soname" <(readelf -d "$lib/libsttp.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
    check "no path of the build" bash -c "! grep -rn -e '$PWD' -e '$work/stage' -e /opt/sttp '$lib/pkgconfig' '$lib/cmake'"
    for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay sttp-c37118; do
        check "$tool" says_version "$prefix/bin/$tool" --version
    done
    for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay; do
        check "manual page of $tool" has_all_options "$man/$tool.1" "$prefix/bin/$tool"
    done
    for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay sttp-c37118; do
        check "completions of $tool" test -s "$prefix/share/bash-completion/completions/$tool" \
            -a -s "$prefix/share/fish/vendor_completions.d/$tool.fish"
        check "completions of zsh" grep -qx "#compdef $tool" "$prefix"/share/zsh/*/"_$tool"
    done
    for tool in publish subscribe relay c37118-publish c37118-serve; do
        check "unit of $tool" grep -qE '^ExecStart=/.*/bin/sttp-' "$prefix/lib/systemd/system/sttp-$tool@.service"
    done
    check "manual page of sttp-c37118" has_all_options "$man/sttp-c37118.1" "$prefix/bin/sttp-c37118" relay out
}

check_cmake() { # PREFIX
    local prefix=$1 build=$work/cmake
    rm -rf "$build"
    check "cmake" cmake -S tests/c/consumer -B "$build" -DCMAKE_PREFIX_PATH="$prefix"
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

check_pkg_config() { # PREFIX LIBDIR
    local lib=$1/$2 flags static_flags
    export PKG_CONFIG_PATH=$lib/pkgconfig
    check "version by pkg-config" test "$(pkg-config --modversion sttp)" = "$version"
    flags=$(pkg-config --cflags --libs sttp)
    static_flags=$(pkg-config --static --cflags --libs sttp)
    # shellcheck disable=SC2086 # the flags are several words
    check "shared by pkg-config" "${CC:-cc}" tests/c/consumer/consumer.c $flags -o "$work/shared"
    check "shared by pkg-config" says_version env LD_LIBRARY_PATH="$lib" "$work/shared"
    check "shared by pkg-config" has_needed "$work/shared"
    # shellcheck disable=SC2086
    check "C++ by pkg-config" "${CXX:-c++}" -std=c++17 tests/c/consumer/consumer.cpp $flags -o "$work/cpp"
    check "C++ by pkg-config" says_version env LD_LIBRARY_PATH="$lib" "$work/cpp"
    # shellcheck disable=SC2086
    check "static by pkg-config" "${CC:-cc}" tests/c/consumer/consumer.c -static $static_flags -o "$work/static"
    check "static by pkg-config" says_version "$work/static"
    check "static by pkg-config" has_no_needed "$work/static"
}

# A publisher and a subscriber of an installed tree, on this machine.
check_tools_talk() { # PREFIX
    check "a publisher and a subscriber" packaging/try_tools.sh "$1/bin"
}

check_installed() { # PREFIX LIBDIR
    check_layout "$@"
    check_tools_talk "$1"
    check_cmake "$1"
    check_pkg_config "$@"
}
