#!/bin/bash
# Tests the .NET binding against the library as it is installed: with Mono, and on .NET 8 where its packages are to be had.
#   test.sh [PREFIX]     a prefix where the library is installed already
# Skipped with a line that says so: what is not there and cannot be installed.
set -eu
cd "$(dirname "$0")/../.."

mono_packages=(mono-mcs mono-runtime libmono-system-data4.0-cil libmono-system-core4.0-cil)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

prefix=${1:-$work/prefix}
[ $# -gt 0 ] || make --no-print-directory install PREFIX="$prefix" LIBDIR=lib DESTDIR= >"$work/install.log" 2>&1 || {
    cat "$work/install.log"
    exit 1
}
# As a run-time package has it: without the link that compilers want.
mkdir -p "$work/lib"
cp -a "$prefix"/lib/libsttp.so.* "$work/lib"
export LD_LIBRARY_PATH=$work/lib
sources=(bindings/dotnet/LibSttp/*.cs bindings/dotnet/LibSttp/Generated/*.cs)

if ! { command -v mcs && command -v mono; } >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${mono_packages[@]}" >"$work/apt.log" 2>&1; } || cat "$work/apt.log"
fi

# What the subscriber has shown has to be measurements. Ctrl-C is ignored by what a script runs in the background.
run_examples() { # RUNNER...
    local address code=0
    "$@" "$work/Publish.$suffix" 127.0.0.1:0 >"$work/publish.log" 2>&1 &
    local publisher=$!
    for _ in $(seq 600); do
        address=$(sed -n 's/^Publishing .* at //p' "$work/publish.log")
        [ -z "$address" ] || break
        sleep 0.1
    done
    timeout 60 "$@" "$work/Subscribe.$suffix" "$address" "FILTER TOP 3 ActiveMeasurements WHERE True" 6 \
        >"$work/subscribe.log" 2>&1 || code=$?
    kill $publisher 2>/dev/null || code=$?
    wait $publisher 2>/dev/null || true
    [ "$(grep -c ' @ .*Z = ' "$work/subscribe.log")" = 6 ] && [ $code -eq 0 ] || {
        cat "$work/publish.log" "$work/subscribe.log"
        echo "the examples have failed, exit code $code"
        return 1
    }
}

if { command -v mcs && command -v mono; } >/dev/null; then
    mono=$work/mono
    mkdir -p "$mono"
    compile=(mcs -langversion:7.2 -unsafe -optimize+ -warn:4 -warnaserror "-lib:$mono")
    "${compile[@]}" -target:library "-out:$mono/LibSttp.dll" "-doc:$mono/LibSttp.xml" -r:System.Data "${sources[@]}"
    cp bindings/dotnet/LibSttp/LibSttp.dll.config "$mono"
    "${compile[@]}" "-out:$mono/LibSttp.Tests.exe" -r:LibSttp.dll -r:System.Data -r:System.Xml bindings/dotnet/tests/*.cs
    for example in Publish Subscribe; do
        "${compile[@]}" "-out:$mono/$example.exe" -r:LibSttp.dll "bindings/dotnet/examples/$example.cs"
    done
    echo "Mono:"
    timeout 300 mono "$mono/LibSttp.Tests.exe" || failed=1
    cp "$mono"/* "$work"
    suffix=exe run_examples mono || failed=1
    # The package, without the SDK; its own library is found there, too.
    python3 bindings/dotnet/pack.py --version 0.0.0 --assembly "$mono/LibSttp.dll" --output "$work/nuget" \
        --native "linux-x64=$(readlink -f "$work"/lib/libsttp.so.?)"
else
    echo "SKIPPED: the .NET binding with Mono, which is not there (apt install ${mono_packages[*]})"
fi

dotnet=target/dotnet-venv/bin/python
if ! command -v npm >/dev/null; then
    echo "SKIPPED: the .NET binding on .NET 8: its compiler comes by npm, which is not there (apt install npm)"
elif ! { tests/interop/venv.sh target/dotnet-venv bindings/dotnet/tests/requirements.txt &&
    timeout 120 "$dotnet" bindings/dotnet/dotnet8.py fetch; } >"$work/dotnet.log" 2>&1; then
    tail -n 5 "$work/dotnet.log"
    echo "SKIPPED: the .NET binding on .NET 8: its packages cannot be had (bindings/dotnet/tests/requirements.txt, and npm)"
else
    net8=$work/net8
    mkdir -p "$net8"
    compile=("$dotnet" bindings/dotnet/dotnet8.py compile)
    # As for netstandard2.0 only read: there it has to compile as C# 7.3.
    "${compile[@]}" "$work/standard.dll" --standard --define STTP_SPANS "${sources[@]}" &
    standard=$!
    "${compile[@]}" "$net8/LibSttp.dll" --define STTP_SPANS --document "$net8/LibSttp.xml" "${sources[@]}"
    wait $standard
    "${compile[@]}" "$net8/LibSttp.Tests.dll" --program --define STTP_SPANS --reference "$net8/LibSttp.dll" bindings/dotnet/tests/*.cs
    for example in Publish Subscribe; do
        "${compile[@]}" "$net8/$example.dll" --program --reference "$net8/LibSttp.dll" "bindings/dotnet/examples/$example.cs"
    done
    echo ".NET 8:"
    timeout 300 "$dotnet" bindings/dotnet/dotnet8.py run "$net8/LibSttp.Tests.dll" || failed=1
    cp "$net8"/* "$work"
    suffix=dll run_examples "$dotnet" bindings/dotnet/dotnet8.py run || failed=1
    if [ -d "$work/nuget" ]; then
        # What the package of Mono's compiler has, on .NET: with its own library, and none that the system has.
        python3 -m zipfile -e "$work"/nuget/*.nupkg "$work/package"
        mkdir "$work/run"
        cp "$work"/package/lib/netstandard2.0/LibSttp.dll "$work"/package/runtimes/linux-x64/native/* "$work/run"
        "${compile[@]}" "$work/run/Publish.dll" --program --reference "$work/run/LibSttp.dll" bindings/dotnet/examples/Publish.cs
        cp "$mono/LibSttp.Tests.exe" "$work/run/LibSttp.Tests.dll"
        echo ".NET 8, the package:"
        LD_LIBRARY_PATH= timeout 300 "$dotnet" bindings/dotnet/dotnet8.py run "$work/run/LibSttp.Tests.dll" || failed=1
    fi
fi
exit $failed
