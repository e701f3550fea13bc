#!/bin/bash
# Says what programs need that shall find an installed libsttp, and does nothing of it.
#   after_install.sh PREFIX LIBDIR SONAME
set -eu

prefix=${1:?usage: after_install.sh PREFIX LIBDIR SONAME}
libraries=$prefix/$2
soname=$3
# Where programs of the system's administrator lie, which users often do not have in their path.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# Paths on standard input: one of them is this one, by whatever name.
has_path() { # PATH
    xargs -r realpath -q | grep -qxF "$(realpath -m "$1")"
}

if ! ldconfig -v -N -X 2>/dev/null | sed -n 's/^\(\/[^:]*\):.*/\1/p' | has_path "$libraries"; then
    echo "The system does not look for libraries in $libraries. Programs that use $soname need"
    echo "    export LD_LIBRARY_PATH=$libraries"
    echo "or are linked with -Wl,-rpath,$libraries. The tools need neither."
elif ! ldconfig -p | sed -n "s/^[[:space:]]*$soname .* => //p" | has_path "$libraries/$soname"; then
    echo "For programs to find $soname, run once, as root: ldconfig"
fi
if command -v pkg-config >/dev/null &&
    ! pkg-config --variable pc_path pkg-config | tr : '\n' | has_path "$libraries/pkgconfig"; then
    echo "For pkg-config to find it: export PKG_CONFIG_PATH=$libraries/pkgconfig"
    echo "For CMake: -DCMAKE_PREFIX_PATH=$prefix"
fi
