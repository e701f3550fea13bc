"""Functions of the library that call a function for each of several things, before they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from libsttp._handle import Handle, forget, register, trampoline

T = TypeVar("T")


def visit(handle: Handle, name: str, of: Any, read: Callable[[Any], T]) -> list[T]:
    """What the function of the library tells of: each record read by `read`."""
    found: list[T] = []
    number = register(handle, lambda record: found.append(read(record.contents)))
    try:
        handle._call(name, trampoline(of), number)
    finally:
        forget(number)
    return found
