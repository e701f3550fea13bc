"""A transmitter and receiver of time series events that shares nothing with the program: nats-py and fastavro.

    peer.py SERVER SCHEMA PROCESSED

It reads commands as lines of JSON and answers each with a line:

    ["listen", SUBJECT, QUEUE or null]  subscribes; every event is a line {"subject": ..., "event": ..., "bytes": ...}
    ["send", SUBJECT, EVENT]            publishes an event, values of unions as [branch, value]; an answer is not read
    ["send-bytes", SUBJECT, HEX]        publishes anything
    ["ask", SUBJECT, EVENT]             publishes an event, and tells the answer
    ["ask-bytes", SUBJECT, HEX]         the same of anything
"""

import asyncio
import json
import sys
from typing import Any

import avro
import fastavro
import nats
from nats.aio.msg import Msg

PATIENCE = 20


def tell(thing: Any) -> None:
    print(json.dumps(thing), flush=True)


async def main(server: str, schema_file: str, processed_file: str) -> None:
    schemas = []
    for path in (schema_file, processed_file):
        with open(path, encoding="utf-8") as file:
            schemas.append(fastavro.parse_schema(json.load(file)))
    schema, processed = schemas
    # A server that is strict about subjects finds what others take.
    client = await nats.connect(server, pedantic=True)

    async def heard(message: Msg) -> None:
        event = avro.plain(avro.read(schema, message.data))
        tell({"subject": message.subject, "event": event, "bytes": len(message.data)})

    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command, subject, what = json.loads(line)
        if command == "listen":
            await client.subscribe(subject, queue=what or "", cb=heard)
            await client.flush()
            tell("listening")
            continue
        payload = bytes.fromhex(what) if command.endswith("bytes") else avro.write(schema, what)
        if command.startswith("ask"):
            answer = await client.request(subject, payload, timeout=PATIENCE)
            tell(avro.read(processed, answer.data))
        else:
            await client.publish(subject, payload, reply="unread.answers")
            await client.flush()
            tell("sent")
    await client.close()


asyncio.run(main(*sys.argv[1:]))
