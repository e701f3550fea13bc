#!/bin/bash
# Makes sure that there is a program without which a part of the tests is skipped: installs it where that is possible, as root
# of a Debian, and fails when it cannot be had there. Elsewhere says what is skipped, and what to install.
#   wanted.sh COMMAND PACKAGE PART
set -eu
cd "$(dirname "$0")/.."

command=$1 package=$2 part=$3
! command -v "$command" >/dev/null || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    exec tests/packages.sh "$package"
fi
echo "SKIPPED: $part, because $command is missing (apt install $package)"
