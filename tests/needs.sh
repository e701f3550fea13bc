#!/bin/bash
# Makes sure that what the tests need beyond rustup, gcc and Python 3 is there: installs it where it may, else says
# exactly what to install.
set -eu
cd "$(dirname "$0")/.."

packages=()
need() { # PACKAGE COMMAND...
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || packages+=("$package")
}

need g++ g++ --version
need cmake cmake --version
need make make --version
need pkg-config pkg-config --version
need valgrind valgrind --version
need binutils nm --version
need libsqlite3-dev sh -c 'echo "#include <sqlite3.h>" | ${CC:-cc} -E -'
need zlib1g-dev sh -c 'echo "#include <zlib.h>" | ${CC:-cc} -E -'
need libzstd-dev sh -c 'echo "#include <zstd.h>" | ${CC:-cc} -E -'
need zstd zstd --version
need openssl openssl version
need tshark tshark --version
need doxygen doxygen --version
need nats-server nats-server --version
need tmux tmux -V
need python3-venv python3 -c 'import ensurepip, venv'
need zsh zsh --version
need fish fish --version
need systemd systemd-analyze --version

[ ${#packages[@]} -gt 0 ] || exit 0
echo "The tests need more packages than there are"
tests/packages.sh "${packages[@]}"
