"""Subscribers: they receive the measurements of a publisher."""

from __future__ import annotations

import asyncio
import ctypes
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from libsttp import _declarations as c
from libsttp._arguments import Batch, signals_of
from libsttp._callbacks import SubscriberCallbacks
from libsttp._constants import Schema, State, Status
from libsttp._library import SLICE, Patience, bytes_of_text, check, library, read_text
from libsttp._records import Latency, PublisherInfo, Signal, SignalStatistics, SubscriberCounters, Tls
from libsttp._settings import SubscriberSettings
from libsttp._visit import visit
from libsttp.engine import Engine, PolledEngine, made_on
from libsttp.errors import (
    ClosedError,
    CompleteError,
    InvalidStateError,
    NoSignalsError,
    NotConnectedError,
    TimedOutError,
)
from libsttp.measurements import MEASUREMENT

if TYPE_CHECKING:
    from libsttp._settings import SubscriberKeywords

READ_SIZE = 16_384
# Nothing has come, and something may come yet.
_MEASUREMENTS = ctypes.POINTER(c.sttp_measurement)
_QUIET = {Status.TIMEOUT, Status.NOT_CONNECTED, Status.NO_SIGNALS, Status.INVALID_STATE}
_NOTHING_YET = (TimedOutError, NotConnectedError, NoSignalsError, InvalidStateError)


def _address(array: Batch) -> Any:
    return array.ctypes.data_as(_MEASUREMENTS)


class Subscriber(SubscriberCallbacks):
    """Receives the measurements of one publisher at a time.

    Make it, with settings as keyword arguments, say what is wanted (`subscribe`), and connect. Measurements come to
    `on_measurements`, or are read: with the setting `read_queue`, by `read`, `read_into`, `for batch in subscriber`
    or `async for batch in subscriber`.
    """

    _FREE = "sttp_subscriber_free"
    _END = "sttp_subscriber_disconnect"

    def __init__(
        self, *, engine: Engine | PolledEngine | None = None, **settings: Unpack[SubscriberKeywords]
    ) -> None:
        super().__init__(made_on(engine, "sttp_subscriber_new"))
        self.settings = SubscriberSettings(self)
        """The settings, as attributes; they hold from the next connect or subscribe on."""
        self._ending = False
        with self._making():
            self.settings.update(settings)

    # ---- connection and subscription -----------------------------------------------------------------

    def connect(self, address: str) -> None:
        """Connects to a publisher at `host:port`, and keeps the connection up until `disconnect`. Does not wait."""
        self._ending = False
        self._call("sttp_subscriber_connect", bytes_of_text(address))

    def listen(self, address: str) -> None:
        """Listens for a publisher that connects, at `host:port`; port 0 for any free one, which `address` tells."""
        self._ending = False
        self._call("sttp_subscriber_listen", bytes_of_text(address))

    def open(self, connection_string: str | None = None) -> None:
        """Does what a connection string says, as `server=pdc.example.com:7165; filterExpression={...}`: sets it,
        subscribes, and connects or listens. Without one, what was set before.
        """
        self._ending = False
        self._call("sttp_subscriber_open", bytes_of_text(connection_string))

    def configure(self, connection_string: str) -> None:
        """Sets what a connection string says, all of it or, after a mistake, nothing."""
        self._call("sttp_subscriber_configure", bytes_of_text(connection_string))

    def disconnect(self) -> None:
        """Ends the connection, and attempts to make one or listening for one. The subscription is kept."""
        self._ending = True
        self._call("sttp_subscriber_disconnect")

    def subscribe(self, filter: str, **settings: Unpack[SubscriberKeywords]) -> None:
        """Asks for measurements, in place of an earlier subscription: filter statements, measurement keys, GUIDs, or
        point tags in double quotes, with semicolons between them. Does not wait. Settings are set before.
        """
        self.settings.update(settings)
        self._call("sttp_subscriber_subscribe", bytes_of_text(filter))

    def unsubscribe(self) -> None:
        """Ends the subscription; the connection stays."""
        self._call("sttp_subscriber_unsubscribe")

    def wait_until_subscribed(self, timeout: float | None = None) -> None:
        """Waits until the publisher has granted the subscription, so that measurements come as they are published.

        The publisher begins when it knows that the list of signals has arrived, a message later: what is published
        before may not come. Who has the publisher too waits for its on_subscribed.

        Raises when it is known that none will: RefusedError, NoSignalsError, CompleteError, ClosedError,
        InvalidStateError; when the time is over NotConnectedError, or TimedOutError.
        """
        self._wait("sttp_subscriber_wait_until_subscribed", timeout, {Status.TIMEOUT, Status.NOT_CONNECTED})

    def _wait(self, name: str, timeout: float | None, quiet: set[Status], *arguments: Any) -> None:
        """Calls a function that waits, slice by slice, so that Ctrl-C is dealt with."""
        patience = Patience(timeout)
        while True:
            pointer = self._enter()
            try:
                status = getattr(library, name)(pointer, *arguments, patience.slice())
                if status == Status.OK:
                    return
                if status not in quiet or patience.over():
                    check(status)
            finally:
                self._leave()

    @property
    def state(self) -> State:
        """Where it stands."""
        state = ctypes.c_int32()
        self._call("sttp_subscriber_state", ctypes.byref(state))
        return State(state.value)

    @property
    def address(self) -> str:
        """The address that it listens on, with the port that the system chose."""
        return self._read_text("sttp_subscriber_address")

    def _read_text(self, name: str, *arguments: Any) -> str:
        pointer = self._enter()
        try:
            function = getattr(library, name)
            return read_text(lambda buffer, size: int(function(pointer, *arguments, buffer, size)))
        finally:
            self._leave()

    # ---- reading -------------------------------------------------------------------------------------

    def read_into(self, array: Batch, timeout: float | None = None) -> int:
        """Reads received measurements into the caller's array, and gives how many: what has come, at least one. Needs
        the setting `read_queue`.

        The array is a contiguous one of `MEASUREMENT`, written to by the library itself. Other threads go on
        meanwhile. Raises when nothing has come and nothing will: CompleteError at the end of historical data,
        RefusedError, ClosedError when disconnected; when the time is over NotConnectedError, NoSignalsError,
        InvalidStateError, or TimedOutError when it is just quiet.
        """
        if array.dtype != MEASUREMENT or not array.flags.c_contiguous or not array.flags.writeable:
            raise ValueError(
                "measurements are read into a contiguous array of libsttp.MEASUREMENT that can be written"
            )
        return self._read_into(_address(array), len(array), timeout)

    def _read_into(self, address: Any, capacity: int, timeout: float | None) -> int:
        count, read = ctypes.c_size_t(), library.sttp_subscriber_read
        patience = Patience(timeout)
        while True:
            pointer = self._enter()
            try:
                status = read(pointer, address, capacity, patience.slice(), ctypes.byref(count))
                if status == Status.OK:
                    return count.value
                if (
                    status not in _QUIET
                    or patience.over()
                    or status == Status.INVALID_STATE
                    and self.settings.read_queue == 0
                ):
                    check(status)
            finally:
                self._leave()

    def read(self, timeout: float | None = None, size: int = READ_SIZE) -> Batch:
        """Reads received measurements, at most `size`: see `read_into`."""
        array = np.empty(size, MEASUREMENT)
        count = self._read_into(_address(array), size, timeout)
        # So that few measurements do not keep the memory of many.
        return array[:count] if count * 2 > size else array[:count].copy()

    def batches(self, size: int = READ_SIZE, *, reuse: bool = False) -> Iterator[Batch]:
        """Reads until the end: of historical data, or when this program has disconnected or closed it.

        With `reuse`, all batches are views of one array, which the next one overwrites: nothing is allocated. Raises
        what `read_into` does when the end is another: the publisher refuses the subscription, or the last attempt to
        connect has failed.
        """
        array = np.empty(size, MEASUREMENT)
        address = _address(array)
        while True:
            try:
                count = self._read_into(address, size, None)
            except CompleteError:
                return
            except ClosedError:
                if self._ending or self.closed:
                    return
                raise
            yield array[:count] if reuse else array[:count].copy()

    def __iter__(self) -> Iterator[Batch]:
        return self.batches()

    async def abatches(self, size: int = READ_SIZE, *, reuse: bool = False) -> AsyncIterator[Batch]:
        """The same in asyncio. The loop waits for the queue's descriptor: no thread is taken. With a `PolledEngine`
        attached to the loop everything is on one thread.
        """
        loop = asyncio.get_running_loop()
        if self.settings.read_queue == 0:
            raise InvalidStateError("measurements are kept to be read only with the setting read_queue")
        array = np.empty(size, MEASUREMENT)
        address = _address(array)
        # Its own: the subscriber's may be another's after it was closed, and a loop waits for one only once.
        descriptor = self._read_descriptor(os.dup)
        try:
            while not self.closed:
                try:
                    count = self._read_into(address, size, 0)
                except CompleteError:
                    return
                except ClosedError:
                    if self._ending or self.closed:
                        return
                    raise
                except _NOTHING_YET:
                    await self._readable(loop, descriptor)
                    continue
                yield array[:count] if reuse else array[:count].copy()
                # A publisher that never pauses must not keep the loop from everything else.
                await asyncio.sleep(0)
        finally:
            os.close(descriptor)

    def __aiter__(self) -> AsyncIterator[Batch]:
        return self.abatches()

    async def _readable(self, loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
        """Waits for the queue, and looks from time to time whether the subscriber was closed meanwhile."""
        ready = asyncio.Event()
        loop.add_reader(descriptor, ready.set)
        try:
            await asyncio.wait_for(ready.wait(), SLICE)
        except TimeoutError:
            pass
        finally:
            loop.remove_reader(descriptor)

    def read_fileno(self) -> int:
        """A descriptor that is readable while `read` would return at once: for event loops. Only wait on it."""
        return self._read_descriptor(int)

    def _read_descriptor(self, take: Callable[[int], int]) -> int:
        """What is made of the descriptor while the subscriber cannot be freed."""
        descriptor = ctypes.c_int32()
        pointer = self._enter()
        try:
            check(library.sttp_subscriber_read_descriptor(pointer, ctypes.byref(descriptor)))
            return take(descriptor.value)
        finally:
            self._leave()

    def read_signals(self) -> list[Signal]:
        """The signals of the measurements that were read last: their `signal_index` is a row here."""
        return self._signals("sttp_subscriber_read_signals")

    def signals(self) -> list[Signal]:
        """The current list of signals, as `on_subscription_updated` was told last on this connection."""
        return self._signals("sttp_subscriber_signals")

    def _signals(self, name: str) -> list[Signal]:
        signals, count = ctypes.POINTER(ctypes.POINTER(c.sttp_signal))(), ctypes.c_size_t()
        pointer = self._enter()
        try:
            check(getattr(library, name)(pointer, ctypes.byref(signals), ctypes.byref(count), None))
            return signals_of(signals, count.value)
        finally:
            self._leave()

    # ---- requests ------------------------------------------------------------------------------------

    def request_metadata(self, filters: str | None = None) -> None:
        """Asks for the publisher's metadata; they come to `on_metadata`. Filters are as
        `FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ'`.
        """
        self._call("sttp_subscriber_request_metadata", bytes_of_text(filters))

    def request_schema(self, schema: Schema) -> None:
        """Asks the publisher for a schema; it comes to `on_schema`. Many publishers do not answer."""
        self._call("sttp_subscriber_request_schema", int(schema))

    def send_user_command(self, command: int, data: bytes = b"") -> None:
        """Sends user command 0 to 15. What it means is between the two applications."""
        self._call("sttp_subscriber_send_user_command", command, data, len(data))

    def update_processing_interval(self, milliseconds: int) -> None:
        """Changes the pace of historical data: for each step; 0 as fast as possible, -1 the publisher's default."""
        self._call("sttp_subscriber_update_processing_interval", milliseconds)

    def rotate_cipher_keys(self) -> None:
        """Asks the publisher for new keys, where measurements are encrypted."""
        self._call("sttp_subscriber_rotate_cipher_keys")

    def reload_certificates(self) -> None:
        """Reads certificates, keys and revocation lists again, for the connections to come."""
        self._call("sttp_subscriber_reload_certificates")

    # ---- what is known -------------------------------------------------------------------------------

    def publisher_info(self) -> PublisherInfo:
        """What is known of the publisher of the connection, and how both sides speak."""
        return visit(self, "sttp_subscriber_publisher_info", c.sttp_publisher_info_fn, PublisherInfo._read)[0]

    def tls(self) -> Tls:
        """What was agreed on by TLS with the publisher."""
        return visit(self, "sttp_subscriber_tls", c.sttp_tls_fn, Tls._read)[0]

    def statistics(self) -> SubscriberCounters:
        """What is counted, since it was made."""
        counters = c.sttp_subscriber_counters()
        self._call("sttp_subscriber_statistics", ctypes.byref(counters), ctypes.sizeof(counters))
        return SubscriberCounters._read(counters)

    def latency_statistics(self) -> tuple[Latency, Latency]:
        """How late measurements arrive, with the setting `latency_statistics`: of all, and of the latest interval."""
        total, interval = c.sttp_latency(), c.sttp_latency()
        self._call("sttp_subscriber_latency_statistics", ctypes.byref(total), ctypes.byref(interval))
        return Latency._read(total), Latency._read(interval)

    def signal_statistics(self) -> list[SignalStatistics]:
        """What came of each signal, in its row, with the setting `signal_statistics`."""
        size, count, capacity = ctypes.sizeof(c.sttp_signal_statistics), ctypes.c_size_t(), 0
        while True:
            rows = (c.sttp_signal_statistics * capacity)()
            self._call(
                "sttp_subscriber_signal_statistics",
                rows if capacity else None,
                size,
                capacity,
                ctypes.byref(count),
                None,
            )
            if count.value <= capacity:
                return [SignalStatistics._read(rows[row]) for row in range(count.value)]
            capacity = count.value
