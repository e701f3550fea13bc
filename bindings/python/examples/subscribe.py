"""Shows the mean frequency of what a publisher sends: subscribe.py [ADDRESS [BATCHES]]"""

import sys

import libsttp

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7175"
batches = int(sys.argv[2]) if len(sys.argv) > 2 else 100

with libsttp.Subscriber(read_queue=100_000) as subscriber:
    subscriber.on_message(lambda level, message: print(message, file=sys.stderr))
    subscriber.subscribe("FILTER ActiveMeasurements WHERE SignalType = 'FREQ'")
    subscriber.connect(address)
    for number, batch in enumerate(subscriber, start=1):
        print(libsttp.to_datetime64(batch)[-1], f"{batch['value'].mean():.4f} Hz", flush=True)
        if number == batches:
            break
