#!/bin/bash
# Installs the Debian packages that were built last in a Debian where nothing else is, in a folder, and uses them there.
# Needs root, debootstrap and the network.
set -eu
cd "$(dirname "$0")/../.."

suite=bookworm
base=target/debian-$suite.tar
work=$(mktemp -d)
root=$work/root
. tests/c/check.sh

if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "SKIPPED: the packages in a clean Debian, which needs root, and: apt install debootstrap"
    exit 0
fi
ls build/packages/*.deb >/dev/null || {
    echo "There are no packages yet: make test-packages" >&2
    exit 1
}

trap 'umount "$root/proc" 2>/dev/null || true; rm -rf "$work"' EXIT
if [ ! -e $base ]; then
    echo "Fetching a Debian $suite, which is kept in $base"
    debootstrap --variant=minbase --include=ca-certificates $suite "$root" >"$work/debootstrap.log" || {
        tail -n 20 "$work/debootstrap.log" >&2
        exit 1
    }
    mkdir -p target
    tar -C "$root" -cf $base.part . && mv $base.part $base
else
    mkdir "$root"
    tar -C "$root" -xf $base
fi
mount -t proc proc "$root/proc"
mkdir "$root/packages"
cp build/packages/*.deb packaging/try_tools.sh tests/c/consumer/consumer.c "$root/packages"

inside() { # COMMAND
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive sh -euc "$1"
}

fails() { # COMMAND...
    ! "$@"
}

check "the tools say what they need" fails inside "dpkg -i /packages/sttp-tools_*.deb"
check "purge" inside "dpkg -P sttp-tools"
check "install the tools" inside "dpkg -i /packages/libsttp0_*.deb /packages/sttp-tools_*.deb"
check "publish and subscribe" inside "/packages/try_tools.sh /usr/bin"
check "install a compiler" inside "apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev pkg-config"
check "install for development" inside "dpkg -i /packages/libsttp-dev_*.deb"
check "compile" inside "cc /packages/consumer.c \$(pkg-config --cflags --libs sttp) -o /packages/shared"
check "compile statically" inside "cc /packages/consumer.c -static \$(pkg-config --static --cflags --libs sttp) -o /packages/static"
check "run" inside "/packages/shared && /packages/static"
check "remove" inside "dpkg -P libsttp-dev sttp-tools libsttp0"
check "nothing is left" inside "! find /usr /etc -name '*sttp*' | grep ."

echo "Clean root tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
