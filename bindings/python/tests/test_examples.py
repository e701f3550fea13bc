"""The examples, as programs."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def address() -> Iterator[str]:
    """Where the example that publishes does so."""
    command = [sys.executable, EXAMPLES / "publish.py", "127.0.0.1:0", str(PATIENCE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as publisher:
        yield publisher.stdout.readline().split()[-1]
        publisher.terminate()


@pytest.mark.parametrize(
    ("name", "amount"), [("subscribe.py", "3"), ("subscribe_asyncio.py", "3"), ("frames.py", "0.5")]
)
def test_example(address: str, name: str, amount: str) -> None:
    command = [sys.executable, "-W", "error", EXAMPLES / name, address, amount]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stderr
    if name == "frames.py":
        assert "FREQ" in ended.stdout and "FramesPerSecond" in ended.stdout
    else:
        lines = ended.stdout.splitlines()
        assert len(lines) == 3 and all(line.endswith(" Hz") and " 60.0" in line or " 59.9" in line for line in lines)


def test_programs_of_the_readme() -> None:
    """They are Python; their names are tested elsewhere."""
    text = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(programs) == 5
    for program in programs:
        compile(program, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {
        "publish.py", "subscribe.py", "subscribe_asyncio.py", "frames.py"
    }  # fmt: skip
