"""Engines: what subscribers and publishers run on."""

from __future__ import annotations

import asyncio
import ctypes
from typing import Any

from libsttp._handle import Handle, interrupts_of_poll, set_interrupts_of_poll
from libsttp._library import Patience, check, library
from libsttp.errors import WouldBlockError


class Engine(Handle):
    """An engine with a thread of its own, or several, for handles that are to be apart from others.

    Programs that are content with one thread of the library for everything need none: without an engine, handles
    share one. A handle keeps its engine alive: close them in any order.
    """

    _FREE = "sttp_engine_free"

    def __init__(self, threads: int = 1) -> None:
        """An engine with so many threads, 1 to 256."""
        pointer = ctypes.c_void_p()
        if threads == 1:
            check(library.sttp_engine_new(ctypes.byref(pointer)))
        else:
            check(library.sttp_engine_new_threads(threads, ctypes.byref(pointer)))
        super().__init__(pointer.value)


def made_on(engine: Engine | PolledEngine | None, name: str, *arguments: Any) -> int | None:
    """A handle that a function of the library makes on an engine, None for the shared one."""
    pointer = ctypes.c_void_p()
    of = None if engine is None else engine._enter()
    try:
        check(getattr(library, name)(of, *arguments, ctypes.byref(pointer)))
    finally:
        if engine is not None:
            engine._leave()
    return pointer.value


class PolledEngine(Handle):
    """An engine without a thread: it works, and calls callbacks, only while the program polls it.

    In a loop of one's own, `poll`; in an event loop, wait for `fileno()` to be readable, at most for
    `next_timeout()`, then `poll(0)`. `attach` does that in asyncio's.
    """

    _FREE = "sttp_engine_free"

    def __init__(self) -> None:
        pointer = ctypes.c_void_p()
        check(library.sttp_engine_new_polled(ctypes.byref(pointer)))
        super().__init__(pointer.value)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._descriptor = -1

    def poll(self, timeout: float | None = 0) -> None:
        """Does the work that is due, and calls its callbacks; waits for work up to so many seconds when none is due,
        with None for any time. It comes back sooner now and then without any, so that Ctrl-C is dealt with: call it
        in a loop.
        """
        outer = interrupts_of_poll()
        interrupts: list[BaseException] = []
        set_interrupts_of_poll(interrupts)
        try:
            self._call("sttp_engine_poll", Patience(timeout).slice())
        finally:
            set_interrupts_of_poll(outer)
        if interrupts:
            raise interrupts[0]

    def fileno(self) -> int:
        """A descriptor that becomes readable when there is work: for `select`, `selectors` and event loops. Only wait
        on it.
        """
        descriptor = ctypes.c_int32()
        self._call("sttp_engine_descriptor", ctypes.byref(descriptor))
        return descriptor.value

    def next_timeout(self) -> float | None:
        """How many seconds an event loop may wait for the descriptor before it must poll; None for ever."""
        timeout = ctypes.c_int32()
        self._call("sttp_engine_next_timeout", ctypes.byref(timeout))
        return None if timeout.value < 0 else timeout.value / 1000

    # ---- asyncio -------------------------------------------------------------------------------------

    def attach(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Lets an event loop of asyncio poll the engine, the running one if none is given, until `detach` or `close`,
        which are called on the loop's thread as well. Callbacks then come on it.
        """
        if self._loop is not None:
            raise RuntimeError("the engine is attached to an event loop already")
        self._loop = loop or asyncio.get_running_loop()
        self._descriptor = self.fileno()
        self._loop.add_reader(self._descriptor, self._turn)
        self._loop.call_soon(self._turn)

    def detach(self) -> None:
        """Lets go of the event loop. From the loop's thread."""
        if self._loop is None:
            return
        self._loop.remove_reader(self._descriptor)
        if self._timer is not None:
            self._timer.cancel()
        self._loop, self._timer = None, None

    def _turn(self) -> None:
        if self._loop is None:
            return
        try:
            self.poll(0)
        except WouldBlockError:
            # From inside a callback of the engine, which runs a nested loop: the outer turn goes on.
            return
        if self._loop is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        timeout = self.next_timeout()
        self._timer = None if timeout is None else self._loop.call_later(timeout, self._turn)

    def _closing(self, others: bool) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            self.detach()
