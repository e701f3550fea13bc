#!/bin/bash
# Installs Debian packages, as root and where apt-get is; else says which are missing, and fails.
#   packages.sh PACKAGE|'PACKAGE (>= VERSION)'...
set -eu

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing: sudo apt install $*" >&2
    exit 1
fi
echo "Installing $*"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Another one may be at work. What they say is long, and of use only when they fail.
{
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get satisfy -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
} >"$log" 2>&1 || {
    echo "cannot be installed: $*" >&2
    tail -n 20 "$log" >&2
    exit 1
}
