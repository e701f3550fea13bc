#!/bin/sh
# Tests the Python package as its users have it: test.sh WHEEL installs the wheel in target/python-venv,
# checks its types, and runs the tests and examples with it.
set -eu
cd "$(dirname "$0")/../.."
wheel=$1
python=$PWD/target/python-venv/bin/python

tests/interop/venv.sh target/python-venv bindings/python/tests/requirements.txt
"$python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheel"

"$python" -m mypy --config-file bindings/python/pyproject.toml --cache-dir target/mypy
"$python" -m mypy --strict --cache-dir target/mypy bindings/python/examples bindings/python/tests/typed_program.py
cd bindings/python/tests
"$python" -m pytest --quiet -rs -p no:cacheprovider
