"""The same on the event loop of asyncio, without another thread: subscribe_asyncio.py [ADDRESS [BATCHES]]"""

import asyncio
import sys

import libsttp

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7175"
batches = int(sys.argv[2]) if len(sys.argv) > 2 else 100


async def main() -> None:
    with libsttp.PolledEngine() as engine:
        engine.attach()
        with libsttp.Subscriber(engine=engine, read_queue=100_000) as subscriber:
            subscriber.subscribe("FILTER ActiveMeasurements WHERE SignalType = 'FREQ'")
            subscriber.connect(address)
            number = 0
            async for batch in subscriber:
                print(libsttp.to_datetime64(batch)[-1], f"{batch['value'].mean():.4f} Hz", flush=True)
                number += 1
                if number == batches:
                    break


asyncio.run(main())
