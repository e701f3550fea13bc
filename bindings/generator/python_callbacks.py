"""Writes the methods by which Python functions are registered as callbacks: one for each sttp_HANDLE_on_..."""

import re
from textwrap import indent

from generator.description import Description, Function, Parameter
from generator.python_names import HEADING, class_name, docstring, enum_of, split

HANDLES = (
    "subscriber",
    "publisher",
    "c37118_input",
    "c37118_output",
    "block_link",
    "block_link_input",
    "block_link_output",
)
LENGTHS = {"size", "length"}


def callbacks(description: Description) -> str:
    types = {callback.name: callback for callback in description.callbacks}
    used: set[str] = set()
    body = []
    for handle in HANDLES:
        body += ["", "", f"class {class_name(handle)}Callbacks(Handle):"]
        body += [
            '    """Each method registers a function in the place of an earlier one; None removes it.',
            "",
            "    All give the function back, so that they can be decorators. Functions are called on the thread of",
            "    the engine, one at a time for each handle; what they raise goes to `callback_error`.",
            '    """',
        ]
        for function in description.functions:
            found = re.match(rf"sttp_{handle}_(on_\w+)$", function.name)
            if found and not (handle == "subscriber" and found[1].startswith("on_c37118")):
                body += _registration(found[1], function, types[function.parameters[1].type.name], used)
    records = sorted(name for name in used if name in {class_name(record.name) for record in description.records})
    enums = sorted(used - set(records) - {"UUID"})
    lines = [
        HEADING.format(what="Methods that register callbacks."),
        "from __future__ import annotations",
        "",
        "from collections.abc import Callable",
        "from typing import TypeVar",
        "from uuid import UUID",
        "",
        "from libsttp import _declarations as c",
        "from libsttp._arguments import Admission, Batch, admit, batch_of, bytes_of, signals_of",
        "from libsttp._c37118 import Configuration",
        f"from libsttp._constants import {', '.join(enums)}",
        "from libsttp._handle import Handle",
        "from libsttp._library import guid_of, text_of",
        f"from libsttp._records import {', '.join(sorted(['Signal', *records]))}",
        "from libsttp.metadata import Metadata",
        "",
    ]
    for bound, name in sorted(_bounds.items(), key=lambda item: item[1]):
        lines += [f"{name} = TypeVar(", f'    "{name}", bound="{bound} | None"', ")"]
    return "\n".join(lines + body) + "\n"


_bounds: dict[str, str] = {}


def _variable(bound: str) -> str:
    """The type variable of functions of this type."""
    words = re.findall(r"\w+", bound.removeprefix("Callable[[").removesuffix("], object]"))
    return _bounds.setdefault(bound, "".join(word.capitalize() for word in words) + "Function")


def _registration(name: str, function: Function, callback: Function, used: set[str]) -> list[str]:
    arguments, values = _arguments(callback, used)
    names = [parameter.name for parameter in callback.parameters[1:]]
    types = [annotation for annotation, _ in arguments]
    if callback.name == "sttp_measurements_fn":
        return _measurements(name, function)
    variable = _variable(f"Callable[[{', '.join(types)}], object]")
    document = docstring(f"{function.document}\n\n{_of_callback(callback, [n for n, _ in values])}")
    called = ", ".join(value for _, value in values)
    head = f"lambda {', '.join(names)}: " if names else "lambda: "
    call = f"call({called})"
    if callback.name == "sttp_admit_fn":
        call = f"admit(call, {', '.join(names)})"
    return [
        "",
        f"    def {name}(self, callback: {variable}) -> {variable}:",
        indent(document, "        "),
        "        call = callback",
        "        self._register(",
        f'            "{function.name}",',
        f"            c.{callback.name},",
        *split(f"            None if call is None else {head}{call},"),
        "            callback,",
        "        )",
        "        return callback",
    ]


def _measurements(name: str, function: Function) -> list[str]:
    variable = _variable("Callable[[Batch], object]")
    document = docstring(
        f"{function.document}\n\nThe function is handed an array of `libsttp.MEASUREMENT`. It is a copy that may be "
        "kept, unless `copy` is false: then it is the library's own memory, to be read during the call only. "
        "A function that keeps such an array, or a view of it, beyond its call is reported as one that raises."
    )
    return [
        "",
        f"    def {name}(self, callback: {variable}, *, copy: bool = True) -> {variable}:",
        indent(document, "        "),
        "        call = callback",
        "        self._register(",
        f'            "{function.name}",',
        "            c.sttp_measurements_fn,",
        "            None if call is None else lambda at, count: batch_of(at, count, call, copy),",
        "            callback,",
        "        )",
        "        return callback",
    ]


def _of_callback(callback: Function, names: list[str]) -> str:
    """The document of a callback, with the parameters that a function of Python has."""
    texts = _documents(callback)
    lines = callback.document.split("\n\\param")[0].strip()
    parameters = "\n".join(f"{name}: {texts[name]}" for name in names if name in texts)
    return f"{lines}\n\n{parameters}".strip()


def _documents(callback: Function) -> dict[str, str]:
    parts = re.split(r"\\param (\w+)\s+", callback.document)[1:]
    return {name: " ".join(text.split()) for name, text in zip(parts[::2], parts[1::2], strict=True)}


def _arguments(callback: Function, used: set[str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Types of the arguments in Python; their names, and the expressions that make them of C's."""
    arguments, values, texts = [], [], _documents(callback)
    parameters = callback.parameters[1:]
    skipped: set[str] = set()
    for place, parameter in enumerate(parameters):
        if parameter.name in skipped:
            continue
        following = parameters[place + 1] if place + 1 < len(parameters) else None
        if following is not None and following.type.name == "size_t" and parameter.type.kind != "scalar":
            skipped.add(following.name)
            if parameter.name == "signals":
                arguments.append(("list[Signal]", ""))
                values.append((parameter.name, f"signals_of(signals, {following.name})"))
            else:
                arguments.append(("bytes", ""))
                values.append((parameter.name, f"bytes_of({parameter.name}, {following.name})"))
            continue
        annotation, value = _argument(parameter, texts.get(parameter.name, ""), used)
        arguments.append((annotation, ""))
        values.append((parameter.name, value))
    return arguments, values


def _argument(parameter: Parameter, document: str, used: set[str]) -> tuple[str, str]:
    name, of = parameter.name, parameter.type
    if of.kind == "text" and "empty for" in document and "NULL when" in document:
        return "str | None", f"None if {name} is None else text_of({name})"
    if of.kind == "text":
        return "str", f"text_of({name})"
    if of.kind == "pointer" and of.target is not None:
        target = of.target
        if target.name == "sttp_guid":
            return "UUID", f"guid_of({name}.contents)"
        if target.kind == "record":
            used.add(class_name(target.name))
            return class_name(target.name), f"{class_name(target.name)}._read({name}.contents)"
        if target.name == "sttp_metadata":
            return "Metadata", f"Metadata._clone_of({name})"
        if target.name == "sttp_c37118_configuration":
            return "Configuration", f"Configuration._clone_of({name})"
        if target.name == "sttp_admission":
            return "Admission", f"Admission({name})"
    if of.kind == "scalar":
        enum = enum_of(document)
        if enum:
            used.add(enum)
            return enum, f"{enum}({name})"
        if document.startswith("1 when"):
            return "bool", f"{name} == 1"
        return "int", name
    raise ValueError(f"no argument in Python for {of.spelling} {name}")
