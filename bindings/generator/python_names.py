"""How names, documents and enumerations of the C API are written in Python."""

import re
from textwrap import wrap

from generator.description import Constant, Field, Record

HEADING = '"""{what}\n\nGenerated from include/sttp.h and the tables of the library by bindings/generate.py.\n"""\n'
WIDTH = 104

ENUMS = {
    "STTP_ERR_": ("Status", "How a call went: 0 for well."),
    "STTP_LOG_": ("LogLevel", "Importance of messages."),
    "STTP_COMMAND_": ("Command", "What a subscriber asks of a publisher."),
    "STTP_FLAG_": ("StateFlags", "Quality of a measurement's value and time."),
    "STTP_ENCODING_": ("Encoding", "Encodings of texts on a connection."),
    "STTP_ROLE_": ("Role", "Whose settings."),
    "STTP_SETTING_TYPE_": ("SettingType", "Types of settings."),
    "STTP_STATE_": ("State", "Where a subscriber stands."),
    "STTP_SCHEMA_": ("Schema", "Schemas that a publisher can be asked for."),
    "STTP_AUDIT_": ("AuditSubject", "What an audit event is about."),
    "STTP_C37118_ State of a device": ("C37118State", "Where a device of C37.118 stands."),
    "STTP_C37118_ A frame": ("C37118FrameType", "Kinds of C37.118 frames."),
    "STTP_C37118_ Command": ("C37118Command", "Commands to devices of C37.118."),
    "STTP_BLOCK_LINK_ Role": ("BlockLinkRole", "What a side of a block link does."),
    "STTP_BLOCK_LINK_ State": ("BlockLinkState", "Where a block link stands."),
    "STTP_BLOCK_LINK_ Blocks in": ("BlockLinkForm", "How the blocks of a link look."),
    "STTP_BLOCK_LINK_ Data points": ("BlockLinkStream", "How data points lie in the blocks of a link."),
    "STTP_BLOCK_LINK_ What became": ("BlockLinkAnswer", "What became of a subscription over a block link."),
    "STTP_BLOCK_LINK_ Bit of a level": ("BlockLinkLevels", "Levels of compliance of a side of a block link."),
    "STTP_BLOCK_LINK_ Bit of a feature": ("BlockLinkFeatures", "What the sides of a block link have agreed to send."),
    "STTP_SIGNAL_": ("SignalKind", "Kinds of signals, as signal references have them."),
    "STTP_TYPE_": ("ValueType", "Types of cells and values."),
    "STTP_FINDING_": ("FindingKind", "What can be wrong with metadata."),
    "STTP_COUNTERS_": ("CounterRecord", "Records of counters."),
}
"""By the prefixes of their constants; where several share one, by how their documents begin, too."""
FLAGS = {"STTP_FLAG_", "STTP_BLOCK_LINK_ Bit of a level", "STTP_BLOCK_LINK_ Bit of a feature"}
# Numbers that stand among others of their prefix, but are none of the enumeration.
APART = {"STTP_FINDING_NO_ROW", "STTP_FLAGS_TEXT_SIZE"}


_documents: dict[str, str] = {}


def know(constants: list[Constant]) -> None:
    """Takes note of the constants, whose documents tell enumerations of one prefix apart."""
    _documents.update((constant.name, constant.document) for constant in constants)


def prefix_of(group: str) -> str:
    return group.split(" ")[0]


def group_of(constant: str) -> str | None:
    """The enumeration that a constant belongs to, as ENUMS has it."""
    if constant in APART:
        return None
    if constant == "STTP_OK":
        return "STTP_ERR_"
    fitting = []
    for group in ENUMS:
        prefix, _, beginning = group.partition(" ")
        if constant.startswith(prefix) and _documents.get(constant, "").startswith(beginning):
            fitting.append(group)
    return max(fitting, key=lambda group: len(prefix_of(group)), default=None)


def enum_of(document: str) -> str | None:
    """The enumeration whose constants a field or a parameter holds, as its document says first."""
    found = re.search(r"STTP_[A-Z0-9_]+", document)
    if found is None:
        return None
    group = group_of(found[0])
    return ENUMS[group][0] if group else None


def is_flag(field: Field, record: Record) -> bool:
    """Whether an integer says yes or no."""
    if field.type.name != "int32_t" or "-1" in field.document:
        return False
    if re.match(r"1 (when|for|while) .*(else 0|\b0 (when|for))", field.document, re.DOTALL):
        return True
    return "Each is 1 or 0" in record.document and "version" not in field.name


def class_name(name: str) -> str:
    words = re.split(r"[_.]", name.removeprefix("sttp_").lower())
    return "".join(word.capitalize() for word in words)


def snake_case(key: str) -> str:
    """`dataChannel.port` is data_channel_port, `accessID` access_id, `commandIDs` command_ids."""
    key = key.replace(".", "_").replace("NaN", "Nan").replace("IDs", "Ids").replace("ID", "Id")
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()


def _of_python(document: str) -> str:
    """Names of C as those of Python, markers of Doxygen left out."""
    document = re.sub(r"^\\param (\w+)\s+", r"\1: ", document, flags=re.MULTILINE)
    document = document.replace("\\return ", "Status: ").replace("\\", "")
    document = re.sub(r"\bNULL\b", "None", document)
    return re.sub(r"\*(\w[\w ]*)\*:", r"\1:", document)


def split(line: str, width: int = 118) -> list[str]:
    """A call that is too long for a line, with an argument a line."""
    if len(line) <= width:
        return [line]
    start = line.rindex("call(") + len("call(")
    margin = " " * (len(line) - len(line.lstrip()))
    inner, depth, arguments = line[start:-2], 0, [""]
    for character in inner:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            arguments.append("")
        else:
            arguments[-1] += character
    return [line[:start], *[f"{margin}    {argument.strip()}," for argument in arguments], f"{margin}),"]


def docstring(document: str) -> str:
    """A docstring, without indentation; lines that belong together are filled anew."""
    paragraphs: list[str] = []
    for line in _of_python(document).splitlines():
        starts = not line.strip() or re.match(r"(\w+: |Value:|Default:|Key:)", line)
        if not paragraphs or starts:
            paragraphs.append(line.strip())
        else:
            paragraphs[-1] = f"{paragraphs[-1]} {line.strip()}".strip()
    lines = [part for paragraph in paragraphs for part in (wrap(paragraph, WIDTH, break_long_words=False) or [""])]
    text = "\n".join(lines).strip() or "As its name says."
    if "\n" in text:
        return f'"""{text}\n"""'
    return f'"""{text}"""'
