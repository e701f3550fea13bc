#!/bin/bash
# Builds the guide with the C reference to build/guide. A warning is an error, and so is a link that leads nowhere.
#   build.sh PYTHON
set -eu
cd "$(dirname "$0")/../.."

python=${1:?usage: build.sh PYTHON, which has docs/guide/requirements.txt}
command -v doxygen >/dev/null || {
    echo "Doxygen is missing. Install it: apt install doxygen" >&2
    exit 1
}
parts=build/guide-parts
# What an earlier build left would hide links to what is there no more.
rm -rf build/guide $parts
mkdir -p $parts
{
    cat docs/guide/Doxyfile
    echo "OUTPUT_DIRECTORY = $parts"
    echo "HTML_OUTPUT = c"
    echo "GENERATE_TAGFILE = $parts/c.tag"
} | doxygen -
"$python" -m sphinx --quiet --fail-on-warning --keep-going --nitpicky -d $parts/doctrees -c docs/guide docs build/guide
mv $parts/c build/guide/c
"$python" docs/guide/check_links.py build/guide
