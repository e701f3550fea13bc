"""What a type checker finds in a program: a mistake that it does not find makes it tell of an unused comment."""

import libsttp

subscriber = libsttp.Subscriber(read_queue=5, security_mode="TLS")
subscriber.settings.read_queue = 10
length: int = subscriber.settings.read_queue
mode: str = subscriber.settings.security_mode

libsttp.Subscriber(compresion=True)  # type: ignore[call-arg]
libsttp.Publisher(security_mode="TSL")  # type: ignore[arg-type]
subscriber.settings.read_queue = "many"  # type: ignore[assignment]


@subscriber.on_measurements
def receive(batch: libsttp.Batch) -> None:
    print(batch["value"].mean())


subscriber.on_connected(lambda address: print(address.upper()))
subscriber.on_connected(lambda: None)  # type: ignore[type-var]
subscriber.on_connected(None)
