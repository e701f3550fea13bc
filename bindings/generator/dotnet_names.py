"""How names, types and documents of the C API are written in C#."""

import re
from html import escape
from textwrap import wrap

from generator.cpp_names import parts_of
from generator.description import Description, Field, Record, Type
from generator.python_names import ENUMS, enum_of, group_of, know, prefix_of

HEADING = """// {what}
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.
"""
WIDTH = 116

SCALARS = {
    "int8_t": "sbyte", "uint8_t": "byte", "int16_t": "short", "uint16_t": "ushort", "int32_t": "int",
    "uint32_t": "uint", "int64_t": "long", "uint64_t": "ulong", "size_t": "UIntPtr", "double": "double",
    "char": "byte", "float": "float",
}
# Records that are written by hand, as the values that they are.
VALUES = {"sttp_guid": "SignalId", "sttp_measurement": "Measurement"}
ENUM_NAMES = {
    "Encoding": "TextEncoding", "State": "SubscriberState", "Role": "SettingsRole", "ValueType": "CellType",
}
"""Where the plain name means something else in .NET, or too little."""
RECORD_NAMES = {
    "sttp_setting": "SettingInfo",
    "sttp_counter": "CounterInfo",
    "sttp_tls": "TlsInfo",
    "sttp_audit": "AuditRecord",
}


def pascal_case(name: str) -> str:
    """`dataChannel.port` is DataChannelPort, `accessID` AccessId, `drop_oldest` DropOldest, `1.2` V1_2."""
    if name.upper() != name or name == "TLS":
        name = name.replace("NaN", "Nan").replace("IDs", "Ids").replace("ID", "Id").replace("TLS", "Tls")
    if name[0].isdigit():
        return "V" + re.sub(r"\W", "_", name)
    words = re.split(r"[_.\W]+", name)
    return "".join(word[:1].upper() + (word[1:].lower() if word.isupper() else word[1:]) for word in words if word)


_words: dict[str, str] = {}
"""What constants are called in documents."""


def learn(description: Description) -> None:
    """Takes note of the names that documents mention."""
    know(description.constants)
    for constant in description.constants:
        if isinstance(constant.value, str):
            _words[constant.name] = f"the setting <c>{constant.value}</c>"
            continue
        group = group_of(constant.name)
        prefix = prefix_of(group) if group else "STTP_"
        short = "OK" if constant.name == "STTP_OK" else constant.name.removeprefix(prefix)
        _words[constant.name] = f"<c>{enum_name(group) if group else 'Constants'}.{pascal_case(short)}</c>"


KEYWORDS = {"internal", "params", "string", "object", "event", "base", "checked", "default", "operator", "ref", "out"}


def identifier(name: str) -> str:
    """A name of C as it is, also where it is a keyword of C#."""
    return f"@{name}" if name in KEYWORDS else name


def record_name(name: str) -> str:
    return RECORD_NAMES.get(name, pascal_case(name.removeprefix("sttp_")))


def enum_name(group: str) -> str:
    """The name of an enumeration, by its group in ENUMS."""
    name = ENUMS[group][0]
    return ENUM_NAMES.get(name, name)


def enum_in(name: str, of: Type, document: str) -> str | None:
    """The enumeration that an int32_t holds, as its document says."""
    if of.kind != "scalar" or of.name not in ("int32_t", "uint32_t"):
        return None
    if name == "reason":
        return "Status"
    found = enum_of(document)
    if found in ("CounterRecord", None):
        return None
    return ENUM_NAMES.get(found, found)


def handle_name(handle: str) -> str:
    """The safe handle of a handle of C."""
    return pascal_case(handle.removeprefix("sttp_")) + "Handle"


def native_type(of: Type, place: str) -> str:
    """The type of a parameter of a function, of a parameter of a callback, or of a field."""
    if of.kind == "void":
        return "void"
    if of.kind == "text":
        return "byte[]" if place == "function" else "IntPtr"
    if of.kind == "scalar":
        return SCALARS[of.name]
    if of.kind == "record":
        return VALUES.get(of.name, of.name)
    if of.kind == "callback":
        return of.name
    target = of.target
    if of.kind == "pointer" and target is not None:
        if target.kind == "handle":
            return handle_name(target.name) if place == "function" else "IntPtr"
        if target.kind == "void":
            return "IntPtr"
        if target.kind == "pointer" and target.target is not None and target.target.kind == "handle":
            return "out IntPtr"
        if target.kind == "text":
            return "IntPtr*"
        return f"{native_type(target, 'field')}*"
    raise ValueError(f"no type of C# for {of.spelling}")


def flag_type(field: Field, record: Record) -> str | None:
    """`bool` or `bool?` for an integer that says yes, no, or that nobody knows."""
    if field.type.name != "int32_t":
        return None
    if re.match(r"1 (when|for|while|to) ", field.document):
        return "bool?" if "-1 before" in field.document else "bool"
    if "Each is 1 or 0" in record.document and "version" not in field.name and enum_of(field.document) is None:
        return "bool?" if "-1" in field.document else "bool"
    return None


def parameter_documents(document: str) -> dict[str, str]:
    return parts_of(document)[1]


def first_part(document: str) -> str:
    return parts_of(document)[0]


def _of_csharp(document: str) -> str:
    document = re.sub(r"\\memberof \w+ ", "", document).replace("\\", "")
    document = re.sub(r"^param (\w+)\s+", r"\1: ", document, flags=re.MULTILINE)
    document = re.sub(r"\*(\w[\w ]*)\*:", r"\1:", document)
    document = escape(re.sub(r"\bNULL\b", "null", document), quote=False)
    document = re.sub(r"`([^`]*)`", r"<c>\1</c>", document)
    document = re.sub(r"\b(?:the setting |setting )?(STTP_\w+)(\.\.\.)?", _said, document)
    document = re.sub(r"\bsttp_\w+", r"<c>\g<0></c>", document)
    return document.replace("<c><c>", "<c>").replace("</c></c>", "</c>")


def _said(match: re.Match[str]) -> str:
    if match[2] and match[1] in ENUMS:
        return f"<c>{enum_name(match[1])}</c>"
    return _words.get(match[1], f"<c>{match[1]}</c>") + (match[2] or "")


def summary(document: str, margin: str = "") -> list[str]:
    """A documentation comment; lines that belong together are filled anew."""
    paragraphs: list[str] = []
    for line in _of_csharp(document).splitlines():
        starts = not line.strip() or re.match(r"(\w+: |Value:|Default:|Key:)", line)
        if not paragraphs or starts:
            paragraphs.append(line.strip())
        else:
            paragraphs[-1] = f"{paragraphs[-1]} {line.strip()}".strip()
    paragraphs = [paragraph for paragraph in paragraphs if paragraph] or ["As its name says."]
    width = WIDTH - len(margin) - 4
    if len(paragraphs) == 1 and len(paragraphs[0]) < width - len("<summary></summary>"):
        return [f"{margin}/// <summary>{paragraphs[0]}</summary>"]
    lines = [f"{margin}/// <summary>"]
    for place, paragraph in enumerate(paragraphs):
        text = paragraph if place == 0 else f"<para>{paragraph}</para>"
        lines += [f"{margin}/// {line}" for line in wrap(text, width, break_long_words=False, break_on_hyphens=False)]
    return [*lines, f"{margin}/// </summary>"]
