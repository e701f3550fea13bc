"""Events by another implementation of Avro: as JSON in which each value of the union tells its branch.

Alone, it reads lines of JSON, `[SCHEMA, HEX]`, and answers `[EVENT, HEX]`: what it reads, and that written again.
"""

import io
import json
import sys
from typing import Any

import fastavro


def read(schema: Any, payload: bytes) -> Any:
    """What a message says. All of it has to be read."""
    stream = io.BytesIO(payload)
    event = fastavro.schemaless_reader(stream, schema, None)
    left = stream.read()
    if left:
        raise ValueError(f"{len(left)} bytes are left of {payload.hex()}")
    return event


def write(schema: Any, event: Any) -> bytes:
    """A message, with values of unions as `[branch, value]`."""
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, schema, branches(event))
    return stream.getvalue()


def branches(value: Any) -> Any:
    """JSON with branches as what the library takes for one of them."""
    match value:
        case ["bytes", str(text)]:
            return ("bytes", bytes.fromhex(text))
        case [str(branch), datum]:
            return (branch, datum)
        case dict():
            return {name: branches(member) for name, member in value.items()}
        case list():
            return [branches(member) for member in value]
    return value


def plain(value: Any) -> Any:
    """What was read, as JSON has it."""
    match value:
        case bytes():
            return value.hex()
        case dict():
            return {name: plain(member) for name, member in value.items()}
        case list():
            return [plain(member) for member in value]
    return value


def main() -> None:
    for line in sys.stdin:
        text, payload = json.loads(line)
        schema = fastavro.parse_schema(json.loads(text))
        event = read(schema, bytes.fromhex(payload))
        # Branches that two types of Python stand for are not told by what is read; the types here are enough.
        again = io.BytesIO()
        fastavro.schemaless_writer(again, schema, event)
        print(json.dumps([plain(event), again.getvalue().hex()]), flush=True)


if __name__ == "__main__":
    main()
