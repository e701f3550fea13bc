"""What all handles of the library share: they are closed once, when nobody is in a call, and keep their callbacks."""

from __future__ import annotations

import atexit
import ctypes
import itertools
import threading
import warnings
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar, TypeVar

from libsttp import _declarations as c
from libsttp._constants import Status
from libsttp._library import check, library
from libsttp.errors import ClosedError

Self = TypeVar("Self", bound="Handle")

# ---- callbacks ---------------------------------------------------------------------------------------

# Registered functions, by the number that the library is given as their user_data.
_registered: dict[int, _Registration] = {}
_numbers = itertools.count(1)
_trampolines: dict[Any, Any] = {}


class _Registration:
    def __init__(self, handle: Handle, call: Callable[..., object], name: str) -> None:
        self.handle = handle
        self.call = call
        self.name = name


_polls = threading.local()


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


def trampoline(of: Any) -> Any:
    """The one function of C that stands for all registered callbacks of a type. It lives as long as the process."""
    made = _trampolines.get(of)
    if made is None:

        def called(number: int, *arguments: Any) -> None:
            registration = _registered.get(number)
            if registration is not None and not registration.handle.closed:
                run_callback(registration.handle, registration.call, arguments)

        made = _trampolines.setdefault(of, of(called))
    return made


def registration_of(number: int) -> _Registration | None:
    return _registered.get(number)


def forget(number: int) -> None:
    """Lets go of a function that is not called any more."""
    _registered.pop(number, None)


# Lets go of a function that the library does not call any more.
destroy = c.sttp_destroy_fn(forget)


def register(handle: Handle, call: Callable[..., object], name: str = "") -> int:
    """Keeps a function, and gives the number that the library is to hand back."""
    number = next(_numbers)
    _registered[number] = _Registration(handle, call, name)
    return number


# ---- handles -----------------------------------------------------------------------------------------

_open: weakref.WeakSet[Handle] = weakref.WeakSet()


class Handle:
    """A handle of the library. Close it, or use it in a `with`; any thread may use it at any time."""

    _FREE: ClassVar[str]
    # Without threads and callbacks: whether it is closed does not matter to anybody.
    _PASSIVE: ClassVar[bool] = False

    callback_error: Callable[[BaseException], object] | None = None
    """Is called with what callbacks raise, on their thread. None, the default, gives it to `sys.unraisablehook`."""

    def __init__(self, pointer: int | None) -> None:
        self._pointer = pointer
        self._users = 0
        self._lock = threading.Lock()
        self._closed = False
        if not self._PASSIVE:
            _open.add(self)

    @property
    def closed(self) -> bool:
        """Whether it was closed. Nothing but `close` may be called then."""
        return self._closed

    def close(self) -> None:
        """Ends it. No callback is called any more once this has returned; it may be called from inside of one.

        Calls that other threads wait in end within a fifth of a second; the memory is freed after the last of them.
        """
        with self._lock:
            if self._closed or self._pointer is None:
                return
            self._closed = True
            # Whoever leaves last frees it.
            self._users += 1
        self._leave()

    def _enter(self) -> int:
        with self._lock:
            if self._closed or self._pointer is None:
                raise ClosedError(f"this {type(self).__name__} was closed")
            self._users += 1
            return self._pointer

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users > 0 or not self._closed:
                return
            pointer, self._pointer = self._pointer, None
        if pointer is not None:
            getattr(library, self._FREE)(pointer)

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

    def _register(self, name: str, of: Any, call: Callable[..., object] | None, callback: object) -> None:
        """Registers a function of the program as callback, or removes it."""
        if callback is None:
            self._call(name, of(), None, c.sttp_destroy_fn())
            return
        assert call is not None
        number = register(self, call, name)
        try:
            self._call(name, trampoline(of), number, destroy)
        except BaseException:
            _registered.pop(number, None)
            raise

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # Without _closed, making it has failed.
        if not getattr(self, "_closed", True):
            if not self._PASSIVE:
                warnings.warn(f"{type(self).__name__} was never closed", ResourceWarning, source=self, stacklevel=2)
            self.close()


@atexit.register
def _close_all() -> None:
    """Before the interpreter ends: threads of the library must not call into it then."""
    for handle in list(_open):
        handle.close()
