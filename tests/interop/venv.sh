#!/bin/sh
# Creates a virtual environment: venv.sh [FOLDER [REQUIREMENTS]], target/venv with what the interop tests import if
# nothing else is asked for. Running it again is cheap.
set -eu
cd "$(dirname "$0")/../.."
venv=${1:-target/venv}
requirements=${2:-tests/interop/requirements.txt}
stamp="$venv/requirements.txt"

# With those that it includes by -r.
wanted() {
    cat "$requirements"
    sed -n 's/^-r *//p' "$requirements" | while read -r included; do
        cat "$(dirname "$requirements")/$included"
    done
}
if [ -f "$stamp" ] && wanted | cmp -s - "$stamp"; then
    exit 0
fi
python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null; then
    echo "venv.sh: no $python; on Debian: apt-get install python3 python3-venv" >&2
    exit 1
fi
mkdir -p "$(dirname "$venv")"
rm -rf "$venv"
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    "$python" -m venv "$venv"
elif command -v virtualenv >/dev/null; then
    virtualenv --quiet --python "$python" "$venv"
else
    echo "venv.sh: $python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2
    exit 1
fi
# Python compiles what it imports; most of what comes is never imported.
"$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --requirement "$requirements"
wanted >"$stamp"
