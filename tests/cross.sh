#!/bin/bash
# Builds the library and the tools for other systems and processors, and runs them on this machine: Windows programs by
# Wine, those of other processors by QEMU. What cannot run here is skipped, and says what is missing.
#   tests/cross.sh [TARGET[:PART,PART...]]...      windows aarch64 s390x i686 musl; all of them, unless some are named
#
# check    The library compiles.
# library  It is built, shared and static.
# tools    The tools and examples in C are built with it.
# peers    They talk to the tools of this machine, which are in build/bin, in both directions.
# c        The C tests.
# rust     The unit tests in Rust.
#
# What was built stays in build/cross/TARGET. PROFILE=release builds what may be given to users; else what compiles fast.
set -eu
cd "$(dirname "$0")/.."
. tests/cross/support.sh

profile=${PROFILE:-cross}
cargo=${CARGO:-cargo}
flags=(-std=c99 -Wall -Wextra -pedantic -O1 -Iinclude -D_POSIX_C_SOURCE=200809L)

compile() {
    "$cc" "${flags[@]}" "$@"
}

# -- targets: each sets how programs are compiled, linked and run --

begin_windows() {
    triple=x86_64-pc-windows-gnu cc=x86_64-w64-mingw32-gcc suffix=.exe
    # Debian does not put it in the path.
    wine=$(command -v wine64 || command -v wine || echo /usr/lib/wine/wine64)
    has_packages windows "gcc-mingw-w64-x86-64-posix wine64" $cc "$wine" || return 1
    # Files of more than 2 GiB.
    flags+=(-D_FILE_OFFSET_BITS=64)
    export WINEPREFIX=$PWD/target/wine WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=" WINEARCH=win64
    # Where programs find bcryptprimitives.dll that lie elsewhere, as those of cargo do.
    export WINEPATH="Z:${out//\//\\}\\bin"
    runner=(env "LD_PRELOAD=$out/reuse_ports.so" "$wine")
    export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="${runner[*]}"
    # What stands behind -static is sought as a static library, but for a library that is named as a file.
    link=("$out/lib/libsttp.dll.a" -static -pthread -lm -lwinmm -lpsapi -lws2_32)
    link_static=("$out/lib/libsttp.a" -static -pthread -lm -lws2_32 -luserenv -lntdll -ldbghelp -lbcrypt)
    # They use sockets, descriptors, terminals or processes as POSIX has them.
    left_out="test_fork test_hostile test_block_link_media"
    left_out_units=
}

# What emulators lack.
prepare() {
    mkdir -p "$out/bin"
    case $triple in
    *windows*) prepare_wine ;;
    s390x-*) "$cc" -shared -fPIC -O1 tests/cross/no_pieces.c -o "$out/no_pieces.so" -ldl ;;
    esac
}

# A prefix for Wine, and what Wine 8 lacks.
prepare_wine() {
    x86_64-w64-mingw32-gcc -shared -O1 tests/cross/bcryptprimitives.c -o "$out/bin/bcryptprimitives.dll" -ladvapi32
    "${CC:-cc}" -shared -fPIC -O1 tests/cross/reuse_ports.c -o "$out/reuse_ports.so" -ldl
    # Its server, which an earlier run may have started, takes that over from the program that starts it.
    "${runner[@]}" wineboot --kill || true
    "${runner[@]}" wineboot --init
}

begin_linux() { # TARGET TRIPLE CC "PACKAGE..." [RUNNER...]
    local target=$1 packages=$4
    triple=$2 cc=$3 suffix=
    shift 4
    # Cargo wants something even where programs run as they are.
    [ $# -gt 0 ] || set -- env
    runner=("$@")
    if [ "$parts" = check ]; then
        # Nothing runs; there is C among what the library depends on.
        has_packages "$target" "${packages/ qemu-user-static/}" "$cc" || return 1
    else
        has_packages "$target" "$packages" "$cc" "$1" || return 1
    fi
    link=(-L"$out/lib" -lsttp "-Wl,-rpath,\$ORIGIN/../lib" -pthread -lm)
    link_static=("$out/lib/libsttp.a" -pthread -lm -ldl)
    local name=${triple//-/_}
    export "CARGO_TARGET_${name^^}_LINKER=$cc" "CARGO_TARGET_${name^^}_RUNNER=${runner[*]}" "CC_$name=$cc"
    # QEMU does not run forks of programs with threads reliably, and does not know IP_MULTICAST_IF.
    left_out="test_fork test_block_link_group test_udp_group"
    left_out_units=
}

# Neither groups of multicast, nor limits of descriptors and programs that start themselves anew, nor what the system says of
# datagrams that were refused, which is waited for there for ever.
leave_out_what_qemu_lacks() {
    left_out_units="a_group_reaches_all_its_members without_descriptors_accepting_waits_for_better_times
        accepting_goes_on_when_descriptors_are_free_again programs_that_the_process_starts_get_none_of_its_sockets
        writing_to_a_closed_peer_raises_no_signal who_refuses_datagrams_is_told_and_nobody_else"
}

begin_aarch64() {
    begin_linux aarch64 aarch64-unknown-linux-gnu aarch64-linux-gnu-gcc \
        "gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static" qemu-aarch64-static -L /usr/aarch64-linux-gnu || return 1
    leave_out_what_qemu_lacks
}

begin_s390x() {
    begin_linux s390x s390x-unknown-linux-gnu s390x-linux-gnu-gcc \
        "gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user-static" \
        qemu-s390x-static -L /usr/s390x-linux-gnu -E "LD_PRELOAD=$out/no_pieces.so" || return 1
    leave_out_what_qemu_lacks
    # Segments of UDP are of the emulator, too; captures in pcapng are not read on big-endian processors.
    left_out_units+=" many_datagrams_arrive_as_they_were frames_are_found_with_their_times_whatever_the_file_is"
}

# A 64-bit system runs such programs as they are, once it has the libraries.
begin_i686() {
    local loader=/lib/ld-linux.so.2
    if [ "$parts" != check ]; then
        has_packages i686 "libc6-i386 lib32gcc-s1" $loader || return 1
        $loader --version >/dev/null 2>&1 || {
            skip i686 "the kernel runs no 32-bit programs"
            return 1
        }
    fi
    begin_linux i686 i686-unknown-linux-gnu i686-linux-gnu-gcc "gcc-i686-linux-gnu libc6-dev-i386-cross" || return 1
    # Else what C reckons has more digits than a double, and is equal to none.
    flags+=(-msse2 -mfpmath=sse)
    left_out=
}

begin_musl() {
    begin_linux musl x86_64-unknown-linux-musl musl-gcc "musl-tools" || return 1
    # Rust's programs are static and begin by Rust's own files; musl-gcc would link them as dynamic ones, which do not start.
    export CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=cc
    link=(-static "$out/lib/libsttp.a" "$out/lib/libunwind.a" -pthread -lm)
    link_static=("${link[@]}")
    left_out=
}

# -- parts --

part_check() {
    "$cargo" check --profile "$profile" --target $triple --lib
}

part_library() {
    local from
    build_library $triple
    from=$(built $triple)
    mkdir -p "$out/lib" "$out/bin" "$out/include"
    cp include/sttp.h "$out/include"
    cp "$from/libsttp.a" "$out/lib"
    case $triple in
    *windows*)
        # The import library beside the static one; the other one beside the programs, where Windows looks for it.
        cp "$from/libsttp.dll.a" "$out/lib"
        cp "$from/sttp.dll" "$out/bin"
        ;;
    *musl)
        # Static is what it is for. It unwinds by Rust's own library: that of the compiler is for glibc.
        cp "$(rustc --print sysroot)/lib/rustlib/$triple/lib/self-contained/libunwind.a" "$out/lib"
        ;;
    *)
        cp "$from/libsttp.so" "$out/lib/libsttp.so.0"
        ln -sf libsttp.so.0 "$out/lib/libsttp.so"
        ;;
    esac
    ls -l "$out/lib" "$out/bin"
}

part_tools() {
    local link=("${link[@]}")
    if [ "$suffix" = .exe ]; then
        x86_64-w64-mingw32-windres tools/common/windows.rc "$out/manifest.o"
        link=("$out/manifest.o" "${link[@]}")
    fi
    build_programs "$out/bin" "$suffix" "${link[@]}"
}

part_peers() {
    prepare
    tests/cross/peers.sh build/bin "$out/bin" "$suffix" "${runner[@]}"
}

part_c() {
    prepare
    run_c_tests "$out/bin" "$suffix" "$left_out" "${link[@]}"
    # And with the static library.
    compile -Itests/c tests/c/test_loopback.c -o "$out/bin/static_loopback$suffix" "${link_static[@]}"
    timeout 600 "${runner[@]}" "$out/bin/static_loopback$suffix"
}

# Less of what is random, and more patience: what runs here runs many times slower than on such a machine.
part_rust() {
    local name skips=()
    prepare
    for name in $left_out_units; do
        echo "SKIPPED $name: docs/platforms.md says why"
        skips+=(--skip "$name")
    done
    PROPTEST_CASES=${PROPTEST_CASES:-16} STTP_TEST_SLOWNESS=10 "$cargo" test --profile "$profile" --target $triple --lib -- \
        "${skips[@]}"
}

# In a process of its own, because each target sets flags and the environment of its own. What it counts is in $counts.
run_target() { # TARGET PART...
    local target=$1 name
    shift
    mkdir -p "$out"
    if "begin_$target" && has_rust "$target" $triple; then
        for name in "$@"; do
            if [ "$name" = peers ] && [ ! -x build/bin/sttp-publish ]; then
                skip "$target peers" "the tools of this machine are missing: make all"
                continue
            fi
            part "$target $name" "part_$name"
            case "$ok $name" in
            " library" | " tools")
                echo "Without that the rest of $target cannot run" >&2
                break
                ;;
            esac
        done
    fi
    echo "$passed $failed $skipped" >"$counts"
}

[ $# -gt 0 ] || set -- windows aarch64 s390x i686 musl
for choice in "$@"; do
    case ${choice%%:*} in
    windows | aarch64 | s390x | i686 | musl) ;;
    *) echo "usage: tests/cross.sh [windows|aarch64|s390x|i686|musl[:PART,PART...]]..." >&2 && exit 2 ;;
    esac
done
mkdir -p build/cross
counts=$PWD/build/cross/counts
all_passed=0
all_failed=0
all_skipped=0
for choice in "$@"; do
    target=${choice%%:*}
    parts=library,tools,peers,c,rust
    [ "$choice" = "$target" ] || parts=${choice#*:}
    out=$PWD/build/cross/$target
    rm -f "$counts"
    # shellcheck disable=SC2086
    (IFS=,; set -- $parts; unset IFS; run_target "$target" "$@")
    read -r passed failed skipped <"$counts"
    all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed)) all_skipped=$((all_skipped + skipped))
    passed=0 failed=0 skipped=0
done
echo "Other systems: $all_passed passed, $all_failed failed, $all_skipped skipped"
[ $all_failed -eq 0 ]
