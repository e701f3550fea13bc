"""Reads the header, and the tables of settings and counters, into plain records that the generators write from.

The header is read by libclang, so that sizes and places of fields are those of a C compiler on a 64-bit system; the
tables are asked of the library itself.
"""

import ctypes
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import clang.cindex as clang
from clang.cindex import CursorKind, TypeKind

HEADER = Path(__file__).parents[2] / "include" / "sttp.h"


@dataclass(frozen=True)
class Type:
    """A type of C: a scalar by its name in C, or a pointer, a record, a handle, a callback, an array."""

    spelling: str
    """As C has it, as `const struct sttp_measurement *`."""
    kind: str
    """`void`, `scalar`, `text` (const char *), `pointer`, `record`, `handle`, `callback` or `array`."""
    name: str = ""
    """The name of a scalar (`int32_t`), a record, a handle or a callback."""
    is_const: bool = False
    target: "Type | None" = None
    """What a pointer points to, or an array consists of."""
    length: int = 0
    """Of an array."""


@dataclass(frozen=True)
class Field:
    name: str
    type: Type
    offset: int
    document: str


@dataclass(frozen=True)
class Record:
    name: str
    size: int
    fields: list[Field]
    document: str


@dataclass(frozen=True)
class Parameter:
    name: str
    type: Type


@dataclass(frozen=True)
class Function:
    """A function, or the type of a callback."""

    name: str
    result: Type
    parameters: list[Parameter]
    document: str


@dataclass(frozen=True)
class Constant:
    name: str
    value: int | str
    document: str


@dataclass(frozen=True)
class Setting:
    """A row of the table of settings; the fields are those of sttp_setting."""

    role: str
    constant: str
    """The STTP_SETTING_... that has its key; empty when there is none."""
    key: str
    unit: str
    least: str
    most: str
    words: list[str]
    value: str
    default: str
    summary: str
    document: str
    type: str
    """`flag`, `integer`, `seconds`, `choice`, `text` or `group`."""
    repeats_others: bool


@dataclass
class Description:
    version: str = ""
    constants: list[Constant] = field(default_factory=list)
    handles: dict[str, str] = field(default_factory=dict)
    """The name of each handle, and its document."""
    records: list[Record] = field(default_factory=list)
    callbacks: list[Function] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)

    def constants_of(self, prefix: str) -> list[Constant]:
        """The constants whose names begin so, in the order of the header."""
        return [constant for constant in self.constants if constant.name.startswith(prefix)]

    def numbers_in(
        self, groups: Iterable[str], group_of: Callable[[str], str | None]
    ) -> tuple[dict[str, list[Constant]], list[Constant]]:
        """The constants that are numbers by their group, given the groups there are and the group of a name; and those
        of none."""
        grouped: dict[str, list[Constant]] = {group: [] for group in groups}
        single = []
        for constant in self.constants:
            if not isinstance(constant.value, str):
                group = group_of(constant.name)
                (single if group is None else grouped[group]).append(constant)
        return grouped, single

    def record(self, name: str) -> Record:
        return next(record for record in self.records if record.name == name)

    def settings_of(self, role: str) -> list[Setting]:
        return [setting for setting in self.settings if setting.role == role]


def describe(library: Path, header: Path = HEADER) -> Description:
    """Describes the library whose header and shared library these are."""
    text = header.read_text(encoding="utf-8")
    description = Description(constants=_constants(text))
    values = {constant.name: constant.value for constant in description.constants}
    description.version = ".".join(str(values[f"STTP_VERSION_{part}"]) for part in ("MAJOR", "MINOR", "PATCH"))
    _read_declarations(header, description)
    description.settings = _settings(library, description)
    return description


_COMMENT_AND_DEFINE = re.compile(r"/\*\*\n((?: \*[^\n]*\n)*?) \*/\n#define (STTP_\w+) ([^\n]+)\n")


def _constants(text: str) -> list[Constant]:
    found = []
    for comment, name, value in _COMMENT_AND_DEFINE.findall(text):
        value = value.strip()
        number = value.strip('"') if value.startswith('"') else int(value.strip("()").rstrip("uUlL"), 0)
        found.append(Constant(name, number, _plain(f"/**\n{comment} */")))
    defined = len(re.findall(r"^#define STTP_\w+ \S", text, re.MULTILINE))
    if len(found) != defined:
        raise ValueError(f"{defined} constants stand in the header, but {len(found)} with their documents were read")
    return found


def _plain(comment: str | None) -> str:
    """The text of a comment, without its stars."""
    lines = (comment or "").removeprefix("/**").removesuffix("*/").splitlines()
    stripped = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in lines]
    return "\n".join(stripped).strip("\n ")


def _read_declarations(header: Path, description: Description) -> None:
    unit = clang.Index.create().parse(str(header), args=["-x", "c", "-std=c99", *_include_of_compiler()])
    errors = [str(problem) for problem in unit.diagnostics if problem.severity >= clang.Diagnostic.Error]
    if errors:
        raise ValueError(f"the header cannot be read: {errors[0]}")
    for cursor in unit.cursor.get_children():
        if not cursor.location.file or Path(cursor.location.file.name) != header:
            continue
        document = _plain(cursor.raw_comment)
        if cursor.kind == CursorKind.STRUCT_DECL:
            if cursor.is_definition():
                description.records.append(_record(cursor, document))
            else:
                description.handles[cursor.spelling] = document
        elif cursor.kind == CursorKind.TYPEDEF_DECL:
            if cursor.spelling in description.handles:
                description.handles[cursor.spelling] = document
            pointee = cursor.underlying_typedef_type.get_pointee()
            if pointee.kind in (TypeKind.FUNCTIONPROTO, TypeKind.FUNCTIONNOPROTO):
                description.callbacks.append(_function(cursor, pointee.get_result(), document))
        elif cursor.kind == CursorKind.FUNCTION_DECL:
            description.functions.append(_function(cursor, cursor.result_type, document))


def _include_of_compiler() -> list[str]:
    """libclang's package has no headers of its own: those of the C compiler that is there."""
    asked = [*shlex.split(os.environ.get("CC", "cc")), "-print-file-name=include"]
    folder = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    return [f"-isystem{folder}"]


def _record(cursor: clang.Cursor, document: str) -> Record:
    fields = [
        Field(
            child.spelling,
            _type(child.type),
            cursor.type.get_offset(child.spelling) // 8,
            _plain(child.raw_comment),
        )
        for child in cursor.get_children()
        if child.kind == CursorKind.FIELD_DECL
    ]
    return Record(cursor.spelling, cursor.type.get_size(), fields, document)


def _function(cursor: clang.Cursor, result: clang.Type, document: str) -> Function:
    parameters = [
        Parameter(child.spelling, _type(child.type))
        for child in cursor.get_children()
        if child.kind == CursorKind.PARM_DECL
    ]
    return Function(cursor.spelling, _type(result), parameters, document)


def _type(of: clang.Type) -> Type:
    spelling = of.spelling
    if of.kind == TypeKind.POINTER:
        pointee = of.get_pointee()
        if pointee.get_canonical().kind == TypeKind.CHAR_S and pointee.is_const_qualified():
            return Type(spelling, "text")
        return Type(spelling, "pointer", is_const=pointee.is_const_qualified(), target=_type(pointee))
    if of.kind == TypeKind.CONSTANTARRAY:
        return Type(spelling, "array", target=_type(of.element_type), length=of.element_count)
    if of.kind == TypeKind.ELABORATED:
        of = of.get_named_type() if not of.get_declaration().spelling.endswith("_t") else of
    declaration = of.get_declaration()
    name = declaration.spelling
    canonical = of.get_canonical()
    if canonical.kind == TypeKind.POINTER and name.endswith("_fn"):
        return Type(spelling, "callback", name)
    if canonical.kind == TypeKind.RECORD:
        name = canonical.get_declaration().spelling
        return Type(spelling, "record" if canonical.get_size() > 0 else "handle", name, of.is_const_qualified())
    if canonical.kind == TypeKind.VOID:
        return Type(spelling, "void")
    scalar = name or spelling.removeprefix("const ")
    return Type(spelling, "scalar", scalar, of.is_const_qualified())


def _settings(library: Path, description: Description) -> list[Setting]:
    record = description.record("sttp_setting")
    scalars = {"int32_t": ctypes.c_int32}

    class Row(ctypes.Structure):
        _fields_ = [
            (row.name, ctypes.c_char_p if row.type.kind == "text" else scalars[row.type.name])
            for row in record.fields
        ]

    assert ctypes.sizeof(Row) == record.size
    loaded = ctypes.CDLL(str(library))
    at = loaded.sttp_setting_at
    at.argtypes = [ctypes.c_int32, ctypes.c_size_t, ctypes.POINTER(Row), ctypes.c_size_t]
    types = _names_by_value(description, "STTP_SETTING_TYPE_")
    keys = {
        constant.value: constant.name
        for constant in description.constants_of("STTP_SETTING_")
        if isinstance(constant.value, str)
    }
    found = []
    for role, role_name in _names_by_value(description, "STTP_ROLE_").items():
        row, place = Row(), 0
        while at(role, place, ctypes.byref(row), ctypes.sizeof(Row)) == 0:
            place += 1
            text = {name: getattr(row, name).decode() for name, kind in Row._fields_ if kind is ctypes.c_char_p}
            found.append(
                Setting(
                    role=role_name,
                    constant=keys.get(text["key"], ""),
                    key=text["key"],
                    unit=text["unit"],
                    least=text["least"],
                    most=text["most"],
                    words=[word.strip() for word in text["words"].split(",") if word.strip()],
                    value=text["value"],
                    default=text["default_value"],
                    summary=text["summary"],
                    document=text["document"],
                    type=types[row.type],
                    repeats_others=row.repeats_others != 0,
                )
            )
        if place == 0:
            raise ValueError(f"the library knows no settings of {role_name}: are it and the header of one version?")
    return found


def _names_by_value(description: Description, prefix: str) -> dict[int, str]:
    return {
        int(constant.value): constant.name.removeprefix(prefix).lower()
        for constant in description.constants_of(prefix)
    }
