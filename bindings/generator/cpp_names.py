"""What the names of the C API are called in C++, and its documents in the words of C++."""

import re
import textwrap
from dataclasses import dataclass

from generator.description import Description, Type

WIDTH = 120
RESERVED = {"double", "false", "true", "default", "delete", "new", "operator", "union", "interface"}
"""Keywords that names would be; `interface` is a macro of Windows."""


def identifier(words: str) -> str:
    """A name in the way of the standard library: `dropOldest` becomes drop_oldest, `2005` v2005."""
    # `NaN` and `ID` are one word each.
    parts = re.sub(r"NaN", "Nan", words).replace("IDs", "Ids").replace("ID", "Id")
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", parts)
    name = re.sub(r"\W", "_", name).lower()
    if name[0].isdigit():
        name = f"v{name}"
    return f"{name}_" if name in RESERVED else name


@dataclass(frozen=True)
class Enumeration:
    """Constants of the header that are the values of one type."""

    name: str
    prefix: str
    document: str
    name_function: str = ""
    """The function that names its values; without one, their names in C++ are told."""
    first: str = ""
    last: str = ""
    """Where several share a prefix: the first and the last of these constants."""
    suffix: str = ""
    """What the names of its constants end with besides."""
    bits: str = ""
    """Where its constants are bits, of which a number may have several: the type of that number."""

    def constants(self, description: Description):
        found = description.constants_of(self.prefix)
        if self.first:
            names = [constant.name for constant in found]
            found = found[names.index(self.first) : names.index(self.last) + 1]
        return [constant for constant in found if isinstance(constant.value, int) and constant.name not in NOT_VALUES]

    def value(self, constant: str) -> str:
        return identifier(constant.removeprefix(self.prefix).removesuffix(self.suffix).lower())


NOT_VALUES = {"STTP_FLAGS_TEXT_SIZE", "STTP_FINDING_NO_ROW", "STTP_FINDING_ANY"}

ENUMERATIONS = [
    Enumeration("errc", "STTP_ERR_", "Why a call failed; also a std::error_code.", "sttp_status_name"),
    Enumeration("log_level", "STTP_LOG_", "How much a message matters; a greater one matters less."),
    Enumeration(
        "command",
        "STTP_COMMAND_",
        "What a subscriber asks a publisher. User command n is `user` and n more.",
        "sttp_command_name",
    ),
    Enumeration("encoding", "STTP_ENCODING_", "How texts are written on a connection."),
    Enumeration("role", "STTP_ROLE_", "What settings are of."),
    Enumeration("setting_type", "STTP_SETTING_TYPE_", "What the value of a setting is."),
    Enumeration("state", "STTP_STATE_", "Where a subscriber stands.", "sttp_state_name"),
    Enumeration("schema", "STTP_SCHEMA_", "What a schema is of."),
    Enumeration("audit_subject", "STTP_AUDIT_", "What was accepted or refused."),
    Enumeration("signal_kind", "STTP_SIGNAL_", "What of a device a signal is.", "sttp_signal_kind_code"),
    Enumeration(
        "value_type", "STTP_TYPE_", "The type of a value of a table, an expression or a counter.", "sttp_type_name"
    ),
    Enumeration("finding_kind", "STTP_FINDING_", "What is wrong with metadata.", "sttp_finding_name"),
    Enumeration("counters_of", "STTP_COUNTERS_", "What counters are of."),
    Enumeration(
        "c37118::frame_type",
        "STTP_C37118_",
        "What a frame of C37.118 is.",
        first="STTP_C37118_DATA",
        last="STTP_C37118_CONFIGURATION_3",
    ),
    Enumeration(
        "c37118::command_code",
        "STTP_C37118_",
        "What a device is told to do.",
        first="STTP_C37118_STOP_DATA",
        last="STTP_C37118_EXTENDED",
    ),
    Enumeration(
        "c37118::device_state",
        "STTP_C37118_",
        "Where the connection to a device stands.",
        first="STTP_C37118_CONNECTING",
        last="STTP_C37118_GAVE_UP",
    ),
    Enumeration(
        "block_link_role",
        "STTP_BLOCK_LINK_",
        "What a side of a block link does.",
        first="STTP_BLOCK_LINK_CLIENT",
        last="STTP_BLOCK_LINK_PEER",
    ),
    Enumeration(
        "block_link_state",
        "STTP_BLOCK_LINK_",
        "Where a block link stands.",
        first="STTP_BLOCK_LINK_CLOSED",
        last="STTP_BLOCK_LINK_CLOSING",
    ),
    Enumeration(
        "block_link_form",
        "STTP_BLOCK_LINK_",
        "How the blocks of a link look.",
        first="STTP_BLOCK_LINK_STANDARD_BLOCKS",
        last="STTP_BLOCK_LINK_COMPACT_BLOCKS",
        suffix="_BLOCKS",
    ),
    Enumeration(
        "block_link_stream",
        "STTP_BLOCK_LINK_",
        "How data points lie in the blocks of a link.",
        first="STTP_BLOCK_LINK_RAW_STREAM",
        last="STTP_BLOCK_LINK_STANDARD_STREAM",
        suffix="_STREAM",
    ),
    Enumeration(
        "block_link_answer",
        "STTP_BLOCK_LINK_",
        "What became of a subscription over a block link.",
        first="STTP_BLOCK_LINK_ACCEPTED",
        last="STTP_BLOCK_LINK_REFUSED",
    ),
    Enumeration(
        "block_link_level",
        "STTP_BLOCK_LINK_",
        "Levels of compliance of a side of a block link: bits.",
        first="STTP_BLOCK_LINK_APPLICATION",
        last="STTP_BLOCK_LINK_CONCENTRATOR",
        bits="std::int32_t",
    ),
    Enumeration(
        "block_link_feature",
        "STTP_BLOCK_LINK_",
        "What the sides of a block link have agreed to send: bits.",
        first="STTP_BLOCK_LINK_POINTS",
        last="STTP_BLOCK_LINK_C37118",
        bits="std::int32_t",
    ),
    Enumeration(
        "flag",
        "STTP_FLAG_",
        "State flags of measurements: bits that are set when something is to be known of value or time.",
        bits="std::uint32_t",
    ),
]

_OF_DOCUMENT = [
    (r"STTP_SETTING_TYPE_", "setting_type"),
    (r"STTP_ENCODING_", "encoding"),
    (r"STTP_TYPE_", "value_type"),
    (r"STTP_FINDING_", "finding_kind"),
    (r"STTP_SIGNAL_", "signal_kind"),
    (r"STTP_STATE_", "state"),
    (r"STTP_COMMAND_", "command"),
    (r"STTP_LOG_", "log_level"),
    (r"STTP_SCHEMA_", "schema"),
    (r"STTP_ROLE_", "role"),
    (r"STTP_AUDIT_", "audit_subject"),
    (r"STTP_COUNTERS_", "counters_of"),
    (r"STTP_C37118_DATA to", "c37118::frame_type"),
    (r"STTP_C37118_CONNECTING to", "c37118::device_state"),
    (r"STTP_BLOCK_LINK_CLIENT", "block_link_role"),
    (r"STTP_BLOCK_LINK_CLOSED to", "block_link_state"),
    (r"STTP_BLOCK_LINK_STANDARD_BLOCKS or", "block_link_form"),
    (r"STTP_BLOCK_LINK_RAW_STREAM or", "block_link_stream"),
    (r"STTP_BLOCK_LINK_ACCEPTED to", "block_link_answer"),
    (r"STTP_OK when|STTP_ERR_", "errc"),
]


def integer_type(name: str, scalar: str, document: str) -> str:
    """What an int32_t of C is in C++, by what its document says of it; other scalars stay what they are."""
    if scalar == "int32_t":
        if name == "reason":
            return "errc"
        if re.match(r"1 (when|for|to) ", document):
            return "std::optional<bool>" if "-1 before" in document else "bool"
        for pattern, enumeration in _OF_DOCUMENT:
            if re.search(pattern, document):
                return enumeration
    if name in ("timeout_ms", "delay_ms"):
        return "std::chrono::milliseconds"
    return "double" if scalar == "double" else f"std::{scalar}"


ALIASES = {
    "sttp_latency",
    "sttp_row",
    "sttp_signal_statistics",
    "sttp_history_extent",
    "sttp_c37118_polar",
    "sttp_c37118_raw_phasor",
    "sttp_c37118_pmu_details",
}
"""Records of numbers only, which are in C++ what they are in C, as all records of counters."""


def is_same(record: str) -> bool:
    """Whether a record of C is used as it is."""
    return record in ALIASES or record.endswith("_counters")


RECORDS = {
    "sttp_guid": "guid",
    "sttp_signal": "signal_info",
    "sttp_measurement": "measurement",
    "sttp_latency": "latency",
    "sttp_row": "table_row",
    "sttp_tls": "tls_info",
    "sttp_setting": "setting_info",
    "sttp_measurement_metadata": "measurement_info",
    "sttp_device": "device",
    "sttp_phasor": "phasor",
    "sttp_connection": "connection",
    "sttp_audit": "audit_record",
    "sttp_c37118_stream": "c37118::stream_info",
    "sttp_c37118_pmu": "c37118::pmu_info",
    "sttp_c37118_phasor": "c37118::phasor_info",
    "sttp_c37118_analog": "c37118::analog_info",
    "sttp_c37118_digital_word": "c37118::digital_word_info",
    "sttp_c37118_device": "c37118::device_info",
}
"""Records with another name than theirs without `sttp_`."""


def record_name(name: str) -> str:
    if name in RECORDS:
        return RECORDS[name]
    plain = name.removeprefix("sttp_")
    return plain.replace("c37118_", "c37118::", 1) if plain.startswith("c37118_") else plain


class Words:
    """Documents of C as those of C++."""

    def __init__(self, description: Description, methods: dict[str, str]):
        self.replacements = dict(methods)
        for enumeration in ENUMERATIONS:
            for constant in enumeration.constants(description):
                self.replacements[constant.name] = f"{enumeration.name}::{enumeration.value(constant.name)}"
            self.replacements[f"{enumeration.prefix}..."] = enumeration.name
        self.replacements["STTP_OK"] = "success"
        self.replacements["STTP_FLAG_..."] = "sttp::flag"
        for setting in description.settings:
            self.replacements[setting.constant] = f"the setting `{setting.key}`"
        self.replacements["STTP_SETTING_..."] = "the name of a setting"
        for record in description.records:
            self.replacements[record.name] = record_name(record.name)
        self.replacements |= {"NULL": "nullptr", "sttp_metadata_clone": "metadata_view::clone"}
        self.replacements["sttp_c37118_configuration_clone"] = "c37118::configuration_view::clone"

    def say(self, document: str) -> str:
        def replace(match: re.Match) -> str:
            name = match.group(0)
            return self.replacements.get(
                name, self.replacements.get(name.rstrip("."), name) + ("." * name.count("."))
            )

        return re.sub(r"\b(?:sttp_|STTP_)\w+(?:\.\.\.)?|\bNULL\b", replace, document)

    def comment(self, document: str, indent: str = "") -> list[str]:
        """A comment of Doxygen, paragraph by paragraph."""
        lines = []
        for paragraph in re.split(r"\n\s*\n|\n(?=\\|\*\w)", self.say(document)):
            text = re.sub(r"\s*\n\s*", " ", paragraph.strip())
            hang = "    " if text.startswith("\\") else ""
            wrapped = textwrap.wrap(text, WIDTH - len(indent) - 4, subsequent_indent=hang, break_long_words=False)
            lines += [f"{indent}/// {line}" for line in wrapped]
        return lines


def parts_of(document: str) -> tuple[str, dict[str, str], str, str]:
    """A document of a function: what it does, its parameters, what it returns, and what follows (threads...)."""
    sections = re.split(r"\n(?=\\param|\\return|\*\w)", "\n" + document)
    body, parameters, returned, notes = "", {}, "", []
    for section in sections:
        text = section.strip()
        if match := re.match(r"\\param (\w+)\s+(.*)", text, re.DOTALL):
            parameters[match.group(1)] = re.sub(r"\s*\n\s*", " ", match.group(2))
        elif text.startswith("\\return"):
            returned = re.sub(r"\s*\n\s*", " ", text.removeprefix("\\return").strip())
        elif re.match(r"\*(Thread|Blocks|From a callback|Ownership)\*", text):
            notes.append(re.sub(r"\s*\n\s*", " ", text))
        else:
            body = f"{body}\n\n{text}".strip()
    return body, parameters, returned, "\n".join(notes)


def is_pointer_to(kind: Type, target: str) -> bool:
    return kind.kind == "pointer" and kind.target is not None and kind.target.kind == target
