"""Values of settings, from Python to the texts of the library and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from libsttp._handle import Handle
from libsttp._library import bytes_of_text, library, read_text


def text_of_value(value: object) -> str:
    """A value as connection strings write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ",".join(str(part) for part in value)
    return str(value)


class Settings:
    """The settings of a handle, as attributes; also a view of all of them by their names."""

    _ROLE: ClassVar[str]
    _KEYS: ClassVar[dict[str, str]]

    def __init__(self, handle: Handle) -> None:
        object.__setattr__(self, "_handle", handle)

    _handle: Handle

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self._KEYS:
            raise AttributeError(f"there is no setting {name!r}", name=name, obj=self)
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._KEYS)

    def __len__(self) -> int:
        return len(self._KEYS)

    def as_dict(self) -> dict[str, Any]:
        """All settings and their values, by their names."""
        return {name: getattr(self, name) for name in self._KEYS}

    def update(self, values: Mapping[str, Any]) -> None:
        """Sets several at once, by their names: all of them, or none when one cannot be."""
        unknown = [name for name in values if name not in self._KEYS]
        if unknown:
            raise TypeError(f"there is no setting {unknown[0]!r} of a {self._ROLE}")
        before: dict[str, str] = {}
        try:
            for name, value in values.items():
                key = self._KEYS[name]
                text = self._text(key)
                self._set(key, value)
                before[key] = text
        except BaseException:
            for key, text in reversed(before.items()):
                self._set(key, text)
            raise

    def _set(self, key: str, value: object) -> None:
        text = None if value is None else text_of_value(value)
        self._handle._call(f"sttp_{self._ROLE}_set", key.encode(), bytes_of_text(text))

    def _text(self, key: str) -> str:
        pointer = self._handle._enter()
        try:
            get = getattr(library, f"sttp_{self._ROLE}_get")
            return read_text(lambda buffer, size: int(get(pointer, key.encode(), buffer, size, None)))
        finally:
            self._handle._leave()

    def _flag(self, key: str) -> bool:
        return self._text(key) == "true"

    def _integer(self, key: str) -> int:
        return int(self._text(key))

    def _seconds(self, key: str) -> float:
        return float(self._text(key))
