"""Writes the generated modules of the Python package: constants, errors, declarations, records, settings."""

from textwrap import indent, wrap

from generator.description import Description, Field, Function, Record, Setting, Type
from generator.python_callbacks import callbacks
from generator.python_names import (
    ENUMS,
    FLAGS,
    HEADING,
    class_name,
    docstring,
    enum_of,
    group_of,
    is_flag,
    know,
    prefix_of,
    snake_case,
)

FOLDER = "bindings/python/libsttp"
WIDTH = 110

# Passed as they are: read by hand where they are used.
NOT_RECORDS = {"sttp_guid", "sttp_measurement", "sttp_value", "sttp_row", "sttp_history_window", "sttp_c37118_frame"}
# What is not named as one of the language's own.
ERROR_NAMES = {"TIMEOUT": "TimedOut"}
ERROR_BASES = {
    "INVALID_ARGUMENT": "ValueError",
    "NOT_FOUND": "LookupError",
    "TIMEOUT": "TimeoutError",
    "IO": "OSError",
    "FILTER": "ValueError",
    "METADATA": "ValueError",
    "NOT_CONNECTED": "ConnectionError",
}


def python(description: Description) -> dict[str, str]:
    know(description.constants)
    return {
        f"{FOLDER}/_constants.py": _constants(description),
        f"{FOLDER}/errors.py": _errors(description),
        f"{FOLDER}/_declarations.py": _declarations(description),
        f"{FOLDER}/_records.py": _records(description),
        f"{FOLDER}/_settings.py": _settings(description),
        f"{FOLDER}/_callbacks.py": callbacks(description),
    }


# ---- constants and errors ----------------------------------------------------------------------------


def _constants(description: Description) -> str:
    groups, single = description.numbers_in(ENUMS, group_of)
    lines = [
        HEADING.format(what="The constants of the library."),
        "from __future__ import annotations",
        "",
        "from enum import IntEnum, IntFlag",
        "",
        "",
        "class OpenEnum(IntEnum):",
        '    """Numbers with names. One that a later library has, and this package does not know, has none."""',
        "",
        "    @classmethod",
        "    def _missing_(cls, value: object) -> OpenEnum | None:",
        "        if not isinstance(value, int):",
        "            return None",
        "        member = int.__new__(cls, value)",
        '        member._name_ = f"UNKNOWN_{value}"',
        "        member._value_ = value",
        "        return member",
    ]
    for group, members in groups.items():
        name, document = ENUMS[group]
        base = "IntFlag" if group in FLAGS else "OpenEnum"
        prefix = prefix_of(group)
        lines += ["", "", f"class {name}({base}):", f'    """{document}"""', ""]
        for member in members:
            short = "OK" if member.name == "STTP_OK" else member.name.removeprefix(prefix)
            value = f"0x{member.value:08X}" if group in FLAGS else str(member.value)
            lines.append(f"    {short} = {value}")
            lines.append(indent(docstring(member.document), "    "))
    for constant in single:
        lines += ["", f"{constant.name.removeprefix('STTP_')} = {constant.value}", docstring(constant.document)]
    return "\n".join(lines) + "\n"


def _errors(description: Description) -> str:
    errors = description.constants_of("STTP_ERR_")
    lines = [
        HEADING.format(what="Errors: one for each status of the library."),
        "from __future__ import annotations",
        "",
        "from libsttp._constants import Status",
        "",
        "",
        "class SttpError(Exception):",
        '    """What the library cannot do: its sentence says why, and what to do."""',
        "",
        "    status: Status",
        '    """The status."""',
        "",
        "    def __init__(self, message: str, status: Status | None = None) -> None:",
        "        super().__init__(message)",
        "        if status is not None:",
        "            self.status = status",
    ]
    table = []
    for error in errors:
        short = error.name.removeprefix("STTP_ERR_")
        name = ERROR_NAMES.get(short, class_name(short)) + "Error"
        bases = ["SttpError"] + ([ERROR_BASES[short]] if short in ERROR_BASES else [])
        lines += ["", "", f"class {name}({', '.join(bases)}):", indent(docstring(error.document), "    "), ""]
        lines.append(f"    status = Status.{short}")
        table.append(f"    Status.{short}: {name},")
    lines += ["", "", "_BY_STATUS: dict[Status, type[SttpError]] = {", *table, "}"]
    lines += [
        "",
        "",
        "def error_of(status: int, message: str) -> SttpError:",
        '    """The error of a status, with the library\'s message."""',
        "    known = Status(status)",
        "    return _BY_STATUS.get(known, SttpError)(message, known)",
    ]
    return "\n".join(lines) + "\n"


# ---- ctypes declarations -----------------------------------------------------------------------------

SCALARS = {
    "int8_t": "c_int8", "uint8_t": "c_uint8", "int16_t": "c_int16", "uint16_t": "c_uint16", "int32_t": "c_int32",
    "uint32_t": "c_uint32", "int64_t": "c_int64", "uint64_t": "c_uint64", "size_t": "c_size_t", "double": "c_double",
    "char": "c_char", "float": "c_float",
}


def c_type(of: Type) -> str:
    """The expression for a type in ctypes."""
    if of.kind == "void":
        return "None"
    if of.kind == "text":
        return "c_char_p"
    if of.kind == "scalar":
        return SCALARS[of.name]
    if of.kind in ("record", "callback"):
        return of.name
    if of.kind == "handle":
        return "c_void_p"
    if of.kind == "array" and of.target is not None:
        return f"{c_type(of.target)} * {of.length}"
    if of.kind == "pointer" and of.target is not None:
        if of.target.kind in ("handle", "void"):
            return "c_void_p"
        if of.target.kind == "scalar" and of.target.name in ("uint8_t", "char"):
            return "c_void_p"
        return f"POINTER({c_type(of.target)})"
    raise ValueError(f"no type of ctypes for {of.spelling}")


def _annotation(of: Type) -> str:
    if of.kind == "text":
        return "bytes"
    if of.kind == "scalar":
        return "float" if of.name in ("double", "float") else "int"
    if of.kind == "record":
        return of.name
    return "Any"


def _declarations(description: Description) -> str:
    lines = [
        HEADING.format(what="The C API as ctypes has it: records, types of callbacks, and functions."),
        "from __future__ import annotations",
        "",
        "from ctypes import (",
        "    CDLL,",
        "    CFUNCTYPE,",
        "    POINTER,",
        "    Structure,",
        "    c_char_p,",
        "    c_double,",
        "    c_int32,",
        "    c_int64,",
        "    c_size_t,",
        "    c_uint8,",
        "    c_uint16,",
        "    c_uint32,",
        "    c_uint64,",
        "    c_void_p,",
        ")",
        "from typing import Any",
        "",
        f"VERSION = {description.version!r}",
        '"""The version of the header that these were read from."""',
    ]
    for record in _in_order(description.records):
        lines += ["", "", f"class {record.name}(Structure):", indent(docstring(record.document), "    "), ""]
        lines.append("    _fields_ = [")
        lines += [f'        ("{field.name}", {c_type(field.type)}),' for field in record.fields]
        lines.append("    ]")
        lines += [f"    {field.name}: {_annotation(field.type)}" for field in record.fields]
    lines += ["", "", "SIZES = {"]
    lines += [f"    {record.name}: {record.size}," for record in description.records]
    lines += ["}", '"""The bytes of each record as a C compiler has them."""', ""]
    for callback in description.callbacks:
        types = [c_type(callback.result), *_parameter_types(callback)]
        lines += _wrapped(f"{callback.name} = CFUNCTYPE(", types, ")")
    lines += ["", "_FUNCTIONS: dict[str, tuple[Any, ...]] = {"]
    for function in description.functions:
        types = [c_type(function.result), *[c_type(parameter.type) for parameter in function.parameters]]
        lines += _wrapped(f'    "{function.name}": (', types, ",),", "    ")
    lines += [
        "}",
        "",
        "",
        "def declare(library: CDLL) -> None:",
        '    """Tells ctypes what each function of the library takes and gives."""',
        "    for name, (result, *parameters) in _FUNCTIONS.items():",
        "        function = getattr(library, name)",
        "        function.restype = result",
        "        function.argtypes = parameters",
    ]
    return "\n".join(lines) + "\n"


def _parameter_types(callback: Function) -> list[str]:
    """Of a callback: measurements, and a text whose length follows and which has no NUL, come as an address."""
    types = []
    for place, parameter in enumerate(callback.parameters):
        following = callback.parameters[place + 1 :][:1]
        counted = following and following[0].type.name == "size_t"
        target = parameter.type.target
        if counted and (parameter.type.kind == "text" or target is not None and target.name == "sttp_measurement"):
            types.append("c_void_p")
        else:
            types.append(c_type(parameter.type))
    return types


def _wrapped(start: str, items: list[str], end: str, margin: str = "") -> list[str]:
    line = start + ", ".join(items) + end
    if len(line) <= WIDTH + 4:
        return [line]
    inner = wrap(", ".join(items), WIDTH - 8, break_long_words=False)
    return [start, *[f"{margin}    {part}" for part in inner], f"{margin}{end.lstrip(',')}"]


def _in_order(records: list[Record]) -> list[Record]:
    """Each record after those that it consists of or points to."""
    names = {record.name: record for record in records}
    done: list[Record] = []

    def add(record: Record) -> None:
        if record in done:
            return
        for field in record.fields:
            of: Type | None = field.type
            while of is not None and of.target is not None:
                of = of.target
            if of is not None and of.kind == "record" and of.name != record.name:
                add(names[of.name])
        done.append(record)

    for record in records:
        add(record)
    return done


# ---- records -----------------------------------------------------------------------------------------


def _records(description: Description) -> str:
    wanted = [record for record in _in_order(description.records) if record.name not in NOT_RECORDS]
    body = []
    enums = set()
    for record in wanted:
        fields = [field for field in record.fields if field.name != "reserved"]
        body += ["", "", "@dataclass(frozen=True)", f"class {class_name(record.name)}:"]
        body += [indent(docstring(record.document), "    "), ""]
        values = []
        for field in fields:
            annotation, value = _of_field(field, record, enums)
            body += [f"    {field.name}: {annotation}", indent(docstring(field.document), "    ")]
            values.append(f"            {value},")
        body += ["", "    @classmethod", f"    def _read(cls, record: c.{record.name}) -> {class_name(record.name)}:"]
        body += ["        return cls(", *values, "        )"]
    lines = [
        HEADING.format(what="Records that the library fills, as immutable objects."),
        "from __future__ import annotations",
        "",
        "from dataclasses import dataclass",
        "from uuid import UUID",
        "",
        "from libsttp import _declarations as c",
        "from libsttp._constants import (",
        *[f"    {name}," for name in sorted(enums)],
        ")",
        "from libsttp._library import guid_of, text_of, texts_of",
    ]
    return "\n".join(lines + body) + "\n"


def _of_field(field: Field, record: Record, enums: set[str]) -> tuple[str, str]:
    """The type of a field in Python, and the expression that reads it."""
    at, of = f"record.{field.name}", field.type
    if of.kind == "text":
        return "str", f"text_of({at})"
    if of.kind == "record" and of.name == "sttp_guid":
        return "UUID", f"guid_of({at})"
    if of.kind == "record":
        return class_name(of.name), f"{class_name(of.name)}._read({at})"
    if of.kind == "pointer" and of.target is not None and of.target.kind == "record":
        name = class_name(of.target.name)
        if "NULL" in field.document:
            return f"{name} | None", f"{name}._read({at}.contents) if {at} else None"
        return name, f"{name}._read({at}.contents)"
    if of.kind == "pointer" and of.target is not None and of.target.kind == "text":
        return "list[str]", f"texts_of({at}, 16)"
    if of.name in ("double", "float"):
        return "float", at
    enum = enum_of(field.document)
    if enum:
        enums.add(enum)
        return enum, f"{enum}({at})"
    return ("bool", f"{at} == 1") if is_flag(field, record) else ("int", at)


# ---- settings ----------------------------------------------------------------------------------------

SETTING_TYPES = {"flag": "bool", "integer": "int", "seconds": "float", "group": "str"}


def _settings(description: Description) -> str:
    lines = [
        HEADING.format(what="Settings: keyword arguments, and attributes that read and set them."),
        "from __future__ import annotations",
        "",
        "from collections.abc import Iterable",
        "from typing import Literal, TypedDict",
        "",
        "from libsttp._setting_values import Settings",
    ]
    for setting in description.settings:
        if setting.type == "choice":
            words = ", ".join(f'"{word}"' for word in setting.words)
            lines += ["", f"{_words(setting)} = Literal[", *[f"    {line}" for line in wrap(words, WIDTH)], "]"]
    for role in ("subscriber", "publisher", "c37118_input", "c37118_output", "block_link"):
        settings = description.settings_of(role)
        name = class_name(role)
        lines += ["", "", f"class {name}Keywords(TypedDict, total=False):"]
        lines += [f'    """The settings of a {name} as keyword arguments, each described in {name}Settings."""', ""]
        lines += [f"    {snake_case(setting.key)}: {_setting_input(setting)}" for setting in settings]
        lines += ["", "", f"class {name}Settings(Settings):"]
        lines += [f'    """The settings of a {name}, as attributes. Deleting one sets its default."""']
        lines += ["", f'    _ROLE = "{role}"', "    _KEYS = {"]
        lines += [f'        "{snake_case(setting.key)}": "{setting.key}",' for setting in settings]
        lines += ["    }"]
        for setting in settings:
            lines += _setting(setting)
    return "\n".join(lines) + "\n"


def _words(setting: Setting) -> str:
    """The name of the type of a choice."""
    return class_name(setting.role) + class_name(snake_case(setting.key))


def _setting_input(setting: Setting) -> str:
    if setting.type == "choice":
        return _words(setting)
    if setting.type == "text":
        return "str | int | Iterable[str]"
    return SETTING_TYPES[setting.type]


def _setting(setting: Setting) -> list[str]:
    name = snake_case(setting.key)
    result = _words(setting) if setting.type == "choice" else SETTING_TYPES.get(setting.type, "str")
    document = [*setting.document.splitlines(), f"Value: {setting.value}."]
    if setting.default:
        document.append(f"Default: {setting.default}.")
    document.append(f"Key: {setting.key}.")
    read = {"bool": "_flag", "int": "_integer", "float": "_seconds"}.get(result, "_text")
    value = f'self.{read}("{setting.key}")'
    if setting.type == "choice":
        value += "  # type: ignore[return-value]"
    return [
        "",
        "    @property",
        f"    def {name}(self) -> {result}:",
        indent(docstring("\n".join(document)), "        "),
        f"        return {value}",
        "",
        f"    @{name}.setter",
        f"    def {name}(self, value: {_setting_input(setting)} | None) -> None:",
        f'        self._set("{setting.key}", value)',
        "",
        f"    @{name}.deleter",
        f"    def {name}(self) -> None:",
        f'        self._set("{setting.key}", None)',
    ]


