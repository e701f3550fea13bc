#!/bin/bash
# Tests the .NET binding, which is what `make nuget` packs, against the library as it is installed: with Mono, and on
# .NET 8 where its packages are to be had.
#   test.sh [PREFIX]     a prefix where the library is installed already
# Skipped with a line that says so: what is not there and cannot be installed.
set -eu
cd "$(dirname "$0")/../.."

mono_packages=(mono-mcs mono-runtime libmono-system-data4.0-cil libmono-system-core4.0-cil)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/c/check.sh

made() { # TARGET [OPTION...]
    make --no-print-directory "$@" >"$work/make.log" 2>&1 || {
        cat "$work/make.log"
        echo "make $1 has failed"
        exit 1
    }
    ! grep '^SKIPPED' "$work/make.log" || true
}

prefix=${1:-$work/prefix}
[ $# -gt 0 ] || made install PREFIX="$prefix" LIBDIR=lib DESTDIR=
# As a run-time package has it: without the link that compilers want.
mkdir -p "$work/lib"
cp -a "$prefix"/lib/libsttp.so.* "$work/lib"
export LD_LIBRARY_PATH=$work/lib
sources=(bindings/dotnet/LibSttp/*.cs bindings/dotnet/LibSttp/Generated/*.cs)

{ command -v mcs && command -v mono; } >/dev/null || tests/packages.sh "${mono_packages[@]}" || true

# What the subscriber has shown has to be measurements. Ctrl-C is ignored by what a script runs in the background.
run_examples() { # FOLDER SUFFIX RUNNER...
    local folder=$1 suffix=$2 address code=0
    shift 2
    in_background publish "$@" "$folder/Publish.$suffix" 127.0.0.1:0
    local publisher=$!
    await_line "$work/publish.out" "^Publishing .* at " $publisher || {
        kill $publisher 2>/dev/null || true
        cat "$work/publish.err"
        return 1
    }
    address=$(sed -n 's/^Publishing .* at //p' "$work/publish.out")
    timeout 120 "$@" "$folder/Subscribe.$suffix" "$address" "FILTER TOP 3 ActiveMeasurements WHERE True" 6 \
        >"$work/subscribe.log" 2>&1 || code=$?
    kill $publisher 2>/dev/null || code=$?
    wait $publisher 2>/dev/null || true
    [ "$(grep -c ' @ .*Z = ' "$work/subscribe.log")" = 6 ] && [ $code -eq 0 ] || {
        cat "$work/publish.out" "$work/publish.err" "$work/subscribe.log"
        echo "the examples have failed, exit code $code"
        return 1
    }
}

# What is in the package beside the assembly of .NET 8, whose compiler may be missing; whose code is in the library.
check_package() { # FOLDER
    local part
    for part in LICENSE.txt README.md build/LibSttp.targets lib/netstandard2.0/LibSttp.{dll,xml,dll.config} \
        runtimes/linux-x64/native/libsttp.so; do
        [ -s "$1/$part" ] || {
            echo "the package has no $part"
            return 1
        }
    done
    for part in ring rustls-webpki mio subtle; do
        grep -qE "^Of (.*, )?$part [0-9]" "$1/licences-of-crates.txt" || {
            echo "the package has no licence of $part"
            return 1
        }
    done
}

# The programs that pages show, each as a class, in one file.
write_pages() { # FILE
    awk '
        BEGIN { print "using System;\nusing System.IO;\nusing LibSttp;" }
        /^```csharp$/ {
            printf "#line %d \"%s\"\n", FNR + 1, FILENAME
            printf "internal static class Page%d { internal static void Run(Guid signalId) {\n", ++number
            inside = 1
            next
        }
        /^```$/ && inside { print "} }"; inside = 0 }
        # Which are above already.
        inside { print ($0 ~ /^using [A-Za-z.]+;$/ ? "" : $0) }' docs/bindings.md bindings/dotnet/README.md >"$1"
    [ "$(grep -c '^internal static class Page' "$1")" -ge 3 ]
}
write_pages "$work/Pages.cs"

package=$work/package
if { command -v mcs && command -v mono; } >/dev/null; then
    made nuget
    python3 -m zipfile -e build/nuget/*.nupkg "$package"
    check_package "$package" || failed=1
    mono=$work/mono
    mkdir -p "$mono"
    cp "$package"/lib/netstandard2.0/* "$mono"
    compile=(mcs -langversion:7.2 -unsafe -optimize+ -warn:4 -warnaserror "-lib:$mono" -r:LibSttp.dll)
    "${compile[@]}" "-out:$mono/LibSttp.Tests.exe" -r:System.Data -r:System.Xml bindings/dotnet/tests/*.cs
    for example in Publish Subscribe; do
        "${compile[@]}" "-out:$mono/$example.exe" "bindings/dotnet/examples/$example.cs"
    done
    "${compile[@]}" -target:library "-out:$work/Pages.dll" "$work/Pages.cs" || failed=1
    echo "Mono:"
    timeout 300 mono "$mono/LibSttp.Tests.exe" || failed=1
    run_examples "$mono" exe mono || failed=1
else
    echo "SKIPPED: the .NET binding with Mono, which is not there (apt install ${mono_packages[*]})"
fi

dotnet=(target/dotnet-venv/bin/python bindings/dotnet/dotnet8.py)
made build/dotnet/net8.0/LibSttp.dll
if [ -f build/dotnet/net8.0/LibSttp.dll ]; then
    net8=$work/net8
    mkdir -p "$net8"
    compile=("${dotnet[@]}" compile)
    # As for netstandard2.0 only read: there it has to compile as C# 7.3.
    "${compile[@]}" "$work/standard.dll" --standard --define STTP_SPANS "${sources[@]}" &
    standard=$!
    cp build/dotnet/net8.0/* "$net8"
    if [ -d "$package" ]; then
        cmp "$package/lib/net8.0/LibSttp.dll" "$net8/LibSttp.dll" || failed=1
    fi
    "${compile[@]}" "$net8/LibSttp.Tests.dll" --program --define STTP_SPANS --reference "$net8/LibSttp.dll" bindings/dotnet/tests/*.cs
    for example in Publish Subscribe; do
        "${compile[@]}" "$net8/$example.dll" --program --reference "$net8/LibSttp.dll" "bindings/dotnet/examples/$example.cs"
    done
    wait $standard
    "${compile[@]}" "$work/Pages.dll" --reference "$net8/LibSttp.dll" "$work/Pages.cs" || failed=1
    echo ".NET 8:"
    timeout 300 "${dotnet[@]}" run "$net8/LibSttp.Tests.dll" || failed=1
    run_examples "$net8" dll "${dotnet[@]}" run || failed=1
    if [ -d "$package" ]; then
        # What the package has for netstandard2.0, on .NET: with its own library, and none that the system has.
        mkdir "$work/run"
        cp "$package"/lib/netstandard2.0/LibSttp.dll "$package"/runtimes/linux-x64/native/* "$work/run"
        cp "$mono/LibSttp.Tests.exe" "$work/run/LibSttp.Tests.dll"
        echo ".NET 8, with netstandard2.0 and the library of the package:"
        LD_LIBRARY_PATH='' timeout 300 "${dotnet[@]}" run "$work/run/LibSttp.Tests.dll" || failed=1
    fi
fi
exit $failed
