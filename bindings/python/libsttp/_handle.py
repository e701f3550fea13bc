"""What all handles of the library share: they are closed once, when nobody is in a call, and keep their callbacks."""

from __future__ import annotations

import atexit
import ctypes
import itertools
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, ClassVar, TypeVar

from libsttp import _declarations as c
from libsttp._constants import Status
from libsttp._library import Patience, check, library, read_text
from libsttp.errors import ClosedError

Self = TypeVar("Self", bound="Handle")

# ---- callbacks ---------------------------------------------------------------------------------------

# Whose functions are registered, by the number that the library is given as their user_data. The functions are the
# handle's, so that nothing here keeps it, or what they refer to, alive.
_registered: dict[int, weakref.ref[Handle]] = {}
_numbers = itertools.count(1)
_trampolines: dict[Any, Any] = {}


_polls = threading.local()
_callbacks = threading.local()


def _in_callback() -> bool:
    """Whether the calling thread runs a function of the program for the library."""
    return getattr(_callbacks, "depth", 0) > 0


def interrupts_of_poll() -> Any:
    """A list while the calling thread polls an engine, which raises afterwards what is put there; else None."""
    return getattr(_polls, "interrupts", None)


def set_interrupts_of_poll(interrupts: list[BaseException] | None) -> None:
    _polls.interrupts = interrupts


def _raise(error: BaseException) -> None:
    raise error


# What a callback of ctypes raises goes to sys.unraisablehook.
_tell = ctypes.CFUNCTYPE(None, ctypes.py_object)(_raise)


def run_callback(handle: Handle, call: Callable[..., Any], arguments: tuple[Any, ...], failed: Any = None) -> Any:
    """Calls a function of the program for the library. What it raises is told, and does not reach the library."""
    outer = getattr(_callbacks, "depth", 0)
    _callbacks.depth = outer + 1
    try:
        return call(*arguments)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)) and interrupts_of_poll() is not None:
            interrupts_of_poll().append(error)
            return failed
        hook = handle.callback_error
        try:
            if hook is None:
                raise
            hook(error)
        except BaseException as remaining:
            _tell(remaining)
        return failed
    finally:
        _callbacks.depth = outer


def trampoline(of: Any) -> Any:
    """The one function of C that stands for all registered callbacks of a type. It lives as long as the process."""
    made = _trampolines.get(of)
    if made is None:

        def called(number: int, *arguments: Any) -> None:
            registered = registration_of(number)
            if registered is not None:
                run_callback(*registered, arguments)
            elif of is c.sttp_admit_fn:
                library.sttp_admission_refuse(arguments[1], b"the publisher is being closed")

        made = _trampolines.setdefault(of, of(called))
    return made


def registration_of(number: int) -> tuple[Handle, Callable[..., Any]] | None:
    """A handle and its function; None when it is closed, or nobody has it any more."""
    reference = _registered.get(number)
    handle = None if reference is None else reference()
    call = None if handle is None or handle.closed else handle._functions.get(number)
    return None if handle is None or call is None else (handle, call)


def forget(number: int) -> None:
    """Lets go of a function that is not called any more."""
    reference = _registered.pop(number, None)
    handle = None if reference is None else reference()
    if handle is not None:
        handle._functions.pop(number, None)


# Lets go of a function that the library does not call any more.
destroy = c.sttp_destroy_fn(forget)


def register(handle: Handle, call: Callable[..., object]) -> int:
    """Keeps a function as long as the handle, and gives the number that the library is to hand back."""
    number = next(_numbers)
    handle._functions[number] = call
    _registered[number] = weakref.ref(handle)
    return number


# ---- handles -----------------------------------------------------------------------------------------

_open: weakref.WeakSet[Handle] = weakref.WeakSet()


class Handle:
    """A handle of the library. Close it, or use it in a `with`; any thread may use it at any time."""

    _FREE: ClassVar[str]
    # Without threads and callbacks: whether it is closed does not matter to anybody.
    _PASSIVE: ClassVar[bool] = False
    # What ends calls that other threads wait in, if any may wait for long.
    _END: ClassVar[str] = ""

    callback_error: Callable[[BaseException], object] | None = None
    """Is called with what callbacks raise, on their thread. None, the default, gives it to `sys.unraisablehook`."""

    def __init__(self, pointer: int | None) -> None:
        self._pointer = pointer
        self._functions: dict[int, Callable[..., Any]] = {}
        # Of a lock that a signal handler which closes it can take again.
        self._changed = threading.Condition()
        # The threads that are in calls of the library with the handle, each as often as it is.
        self._users: list[int] = []
        self._closed = False
        self._closer_frees = False
        self._freeing = 0
        self._freed = False
        if not self._PASSIVE:
            _open.add(self)

    @property
    def closed(self) -> bool:
        """Whether it was closed. Nothing but `close` may be called then."""
        return self._closed

    def close(self) -> None:
        """Ends it: calls that other threads wait in end, and callbacks that they run are waited for. None is called
        any more once this has returned.

        Inside of a callback it may be called too. It does not wait for calls of other threads then: the memory is
        freed after the last of them.
        """
        if self._begin_close():
            self._finish_close(None)

    def _begin_close(self) -> bool:
        """From here on nobody enters. Whether the calling thread may wait for those who are inside."""
        me = threading.get_ident()
        with self._changed:
            # A callback, or a signal handler inside of a call, would wait for itself.
            waits = not _in_callback() and me not in self._users
            self._closer_frees = self._closer_frees or waits
            if self._closed:
                return waits
            self._closed = True
            others = len(self._users) > 0
            self._users.append(me)
        try:
            self._closing(others)
        finally:
            self._leave()
        return waits

    def _closing(self, others: bool) -> None:
        """Ends what would use it still; the handle is valid yet, and others tells whether threads are inside."""
        if others and self._END:
            getattr(library, self._END)(self._pointer)

    def _finish_close(self, timeout: float | None) -> None:
        """Frees it after the last call, or lets whoever leaves last do so when that takes too long."""
        left = False
        try:
            with self._changed:
                left = self._changed.wait_for(lambda: not self._users, timeout)
        finally:
            if not left:
                with self._changed:
                    self._closer_frees = False
                    left = not self._users
            if left:
                self._free()
        with self._changed:
            self._changed.wait_for(lambda: self._freed or self._freeing == threading.get_ident(), timeout)

    def _free(self) -> None:
        with self._changed:
            if self._freeing:
                return
            self._freeing = threading.get_ident()
            pointer, self._pointer = self._pointer, None
        if pointer is not None:
            getattr(library, self._FREE)(pointer)
        with self._changed:
            self._freed = True
            self._changed.notify_all()

    def _enter(self) -> int:
        with self._changed:
            # First of all: a signal handler that closes it leaves the pointer to who is inside.
            self._users.append(threading.get_ident())
            if self._closed or self._pointer is None:
                self._users.remove(threading.get_ident())
                raise ClosedError(f"this {type(self).__name__} was closed")
            return self._pointer

    def _leave(self) -> None:
        with self._changed:
            self._users.remove(threading.get_ident())
            if self._users or not self._closed:
                return
            self._changed.notify_all()
            # From inside of a callback the library would not wait for that.
            if self._closer_frees:
                return
        self._free()

    @contextmanager
    def _making(self) -> Iterator[None]:
        """Closes it when what belongs to making it fails."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _call(self, name: str, *arguments: Any) -> None:
        """Calls a function of the library with the handle in front; raises what it says."""
        pointer = self._enter()
        try:
            status = getattr(library, name)(pointer, *arguments)
            if status != Status.OK:
                check(status)
        finally:
            self._leave()

    def _status(self, name: str, *arguments: Any) -> int:
        """The same, for a function whose statuses are no errors."""
        pointer = self._enter()
        try:
            return int(getattr(library, name)(pointer, *arguments))
        finally:
            self._leave()

    def _flush(self, name: str, timeout: float | None) -> None:
        """Calls a function that waits, slice by slice, so that signals are dealt with."""
        patience = Patience(timeout)
        while True:
            status = self._status(name, patience.slice())
            if status != Status.TIMEOUT or patience.over():
                check(status)
                return

    def _text(self, name: str, *arguments: Any) -> str:
        """What a function of the library writes."""
        return read_text(lambda buffer, size: self._status(name, *arguments, buffer, size))

    def _register(self, name: str, of: Any, call: Callable[..., object] | None, callback: object) -> None:
        """Registers a function of the program as callback, or removes it."""
        if callback is None:
            self._call(name, of(), None, c.sttp_destroy_fn())
            return
        assert call is not None
        number = register(self, call)
        try:
            self._call(name, trampoline(of), number, destroy)
        except BaseException:
            forget(number)
            raise

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self, _ending: Callable[[], bool] = sys.is_finalizing) -> None:
        # Without _closed, making it has failed. What lives longer than the modules goes with the process: what had to
        # be ended before was, and nothing that closing needs is there any more.
        if not getattr(self, "_closed", True) and not _ending():
            if not self._PASSIVE:
                warnings.warn(f"{type(self).__name__} was never closed", ResourceWarning, source=self, stacklevel=2)
            self.close()


# Daemon threads may be in calls, which end after a slice of a wait; one that does not must not keep the process.
_EXIT_PATIENCE = 2.0


@atexit.register
def _close_all() -> None:
    """Before the interpreter ends: threads of the library must not call into it then."""
    ending = [handle for handle in list(_open) if handle._begin_close()]
    end = time.monotonic() + _EXIT_PATIENCE
    for handle in ending:
        handle._finish_close(max(0.0, end - time.monotonic()))
