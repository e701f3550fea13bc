"""Writes the generated parts of the Go package: constants, records, settings, callbacks, and a test of sizes."""

from generator.description import Constant, Description, Field, Record, Setting, Type
from generator.go_callbacks import callbacks
from generator.go_names import (
    HEADING,
    NAME_FUNCTIONS,
    c_field,
    camel,
    comment,
    constant_name,
    field_name,
    is_flags,
    know,
    scalar,
    type_name,
)
from generator.python_names import ENUMS, group_of, is_flag
from generator.python_names import know as know_documents

FOLDER = "bindings/go"
ROLES = ("subscriber", "publisher", "c37118_input", "c37118_output", "block_link")

# Read by hand where they are used, or given to the library only.
NOT_RECORDS = {
    "sttp_guid", "sttp_measurement", "sttp_value", "sttp_row", "sttp_datetime2", "sttp_history_window",
    "sttp_setting", "sttp_c37118_frame", "sttp_c37118_pmu_values", "sttp_counter",
}  # fmt: skip


def go(description: Description) -> dict[str, str]:
    know_documents(description.constants)
    know(description.constants)
    files = {
        "constants_gen.go": _constants(description),
        "records_gen.go": _records(description),
        "settings_gen.go": _settings(description),
        "layout_gen_test.go": _layout(description),
        **callbacks(description),
    }
    return {f"{FOLDER}/{name}": text for name, text in files.items()}


# ---- constants ---------------------------------------------------------------------------------------


def _constants(description: Description) -> str:
    groups: dict[str, list[Constant]] = {prefix: [] for prefix in ENUMS}
    single, keys = [], []
    for constant in description.constants:
        group = None if isinstance(constant.value, str) else group_of(constant.name)
        if isinstance(constant.value, str):
            keys.append(constant)
        elif group is None:
            single.append(constant)
        else:
            groups[group].append(constant)
    body = ["package sttp", "", "// #include <sttp.h>", 'import "C"']
    for group, members in groups.items():
        name, document = ENUMS[group]
        base = "uint32" if is_flags(group) else "int32"
        body += ["", *comment(document, name), f"type {name} {base}", "", "const ("]
        for member in members:
            body += comment(member.document, margin="\t")
            value = f"0x{member.value:08X}" if is_flags(group) else str(member.value)
            body.append(f"\t{constant_name(member, group)} {name} = {value}")
        body.append(")")
        if is_flags(group):
            continue
        if name in NAME_FUNCTIONS:
            told = f"C.GoString(C.{NAME_FUNCTIONS[name]}(C.int32_t(v)))"
            body += ["", "// String is the name that the library has for it.", f"func (v {name}) String() string {{"]
            body += [f"\treturn {told}", "}"]
        else:
            body += ["", "// String is the name of the constant.", f"func (v {name}) String() string {{"]
            body.append("\tswitch v {")
            for member in members:
                short = constant_name(member, group)
                body += [f"\tcase {short}:", f'\t\treturn "{short}"']
            body += ["\t}", f'\treturn unknown("{name}", int32(v))', "}"]
    body += ["", "// Keys of settings, as Set and Get of subscribers, publishers and gateways take them.", "const ("]
    for constant in keys:
        body += comment(constant.document, margin="\t")
        body.append(f'\tSetting{camel(str(constant.value))} = "{constant.value}"')
    body += [")", "", "const ("]
    for constant in single:
        body += comment(constant.document, margin="\t")
        body.append(f"\t{camel(constant.name.removeprefix('STTP_').lower())} = {constant.value}")
    body += [")"]
    return HEADING + "\n" + "\n".join(body) + "\n"


# ---- records -----------------------------------------------------------------------------------------


def _records(description: Description) -> str:
    body = ["package sttp", "", "// #include <sttp.h>", 'import "C"']
    for record in description.records:
        if record.name in NOT_RECORDS:
            continue
        fields = [field for field in record.fields if field.name != "reserved"]
        name = type_name(record.name)
        body += ["", *comment(record.document, name), f"type {name} struct {{"]
        values = []
        for field in fields:
            kind, value = _of_field(field, record)
            body += [*comment(field.document, margin="\t"), f"\t{field_name(field)} {kind}"]
            values.append(f"\tr.{field_name(field)} = {value}")
        body += ["}", "", f"func read{name}(c *C.{record.name}) (r {name}) {{", *values, "\treturn r", "}"]
    return HEADING + "\n" + "\n".join(body) + "\n"


def _of_field(field: Field, record: Record) -> tuple[str, str]:
    """The type of a field in Go, and the expression that reads it."""
    at, of = f"c.{c_field(field.name)}", field.type
    if of.kind == "text":
        return "string", f"C.GoString({at})"
    if of.kind == "record" and of.name == "sttp_guid":
        return "UUID", f"uuidOf(&{at})"
    if of.kind == "record":
        return type_name(of.name), f"read{type_name(of.name)}(&{at})"
    if of.kind == "array" and of.target is not None and of.target.name == "uint8_t":
        return f"[{of.length}]byte", f"bytesOf{of.length}(&{at})"
    target: Type | None = of.target if of.kind == "pointer" else None
    if target is not None and target.kind == "record":
        name = type_name(target.name)
        return f"*{name}", f"readOptional({at}, read{name})"
    if target is not None and target.kind == "text":
        return "[]string", f"textsOf({at}, 16)"
    kind = scalar(of, field.document)
    if kind == "int32" and is_flag(field, record):
        return "bool", f"{at} == 1"
    return kind, f"{kind}({at})"


# ---- settings ----------------------------------------------------------------------------------------

TYPES = {"flag": "bool", "integer": "int64", "seconds": "time.Duration", "text": "string", "group": "string"}
VALUES = {
    "bool": "flagText(value)", "int64": "integerText(value)", "string": "value",
    "seconds": "secondsText(value)", "milliseconds": "millisecondsText(value)",
}  # fmt: skip


def _settings(description: Description) -> str:
    by_key: dict[str, dict[str, Setting]] = {}
    for setting in description.settings:
        if setting.role in ROLES:
            by_key.setdefault(setting.key, {})[setting.role] = setting
    body = ["package sttp", "", 'import "time"']
    combinations: dict[tuple[str, ...], None] = {}
    functions, choices = [], []
    for key, roles in by_key.items():
        kinds: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
        for role, setting in roles.items():
            kinds.setdefault((setting.type, setting.unit, tuple(setting.words)), []).append(role)
        for number, together in enumerate(kinds.values()):
            # Where a key means something else for another role, that has a function of its own.
            prefix = "" if number == 0 else type_name(together[0])
            combinations[tuple(together)] = None
            functions += _option(prefix, key, [roles[role] for role in together], tuple(together))
            if roles[together[0]].type == "choice":
                choices += _choice(roles[together[0]])
    body += choices
    for roles in combinations:
        body += _combination(roles)
    return HEADING + "\n" + "\n".join(body + functions) + "\n"


def _combined(roles: tuple[str, ...]) -> str:
    """The type of a setting that these roles have. That of one is the interface which its functions take."""
    return "".join(type_name(role) for role in roles) + "Option"


def _combination(roles: tuple[str, ...]) -> list[str]:
    if len(roles) == 1:
        name = f"{roles[0].replace('c37118', 'gateway')}Setting"
        name = camel(name)
        name = name[0].lower() + name[1:]
        lines = ["", f"type {name} struct{{ setting }}"]
    else:
        name = _combined(roles)
        whose = ", ".join(f"{type_name(role)}Option" for role in roles)
        lines = ["", f"// {name} is a setting that several have: {whose}.", f"type {name} struct{{ setting }}"]
    lines += [""]
    width = max(len(type_name(role)) for role in roles)
    lines += [f"func ({name}) of{type_name(role)}() {' ' * (width - len(type_name(role)))}{{}}" for role in roles]
    return lines


def _choice_name(setting: Setting) -> str:
    return ("C37118" if setting.role.startswith("c37118") else "") + camel(setting.key)


def _choice(setting: Setting) -> list[str]:
    name = _choice_name(setting)
    lines = ["", f"// {name} is a value of the setting {setting.key}.", f"type {name} string", "", "const ("]
    constants = [(f'{name}{camel(word.replace(".", ""))}', word) for word in setting.words]
    width = max(len(constant) for constant, _ in constants)
    lines += [f'\t{constant:{width}} {name} = "{word}"' for constant, word in constants]
    return [*lines, ")"]


def _option(prefix: str, key: str, settings: list[Setting], roles: tuple[str, ...]) -> list[str]:
    first = settings[0]
    milliseconds = first.unit == "milliseconds"
    kind = _choice_name(first) if first.type == "choice" else TYPES[first.type]
    value = "string(value)" if first.type == "choice" else VALUES[first.type if first.type == "seconds" else kind]
    if milliseconds:
        kind, value = "time.Duration", VALUES["milliseconds"]
    name = f"With{prefix}{camel(key)}"
    made = f'setting{{"{key}", {value}}}'
    if len(roles) == 1:
        of = camel(f"{roles[0].replace('c37118', 'gateway')}Setting")
        result, made = f"{type_name(roles[0])}Option", f"{of[0].lower()}{of[1:]}{{{made}}}"
    else:
        result, made = _combined(roles), f"{_combined(roles)}{{{made}}}"
    texts = []
    for setting in settings:
        told = [setting.document, f"Value: {setting.value}."]
        if setting.default:
            told.append(f"Default: {setting.default}.")
        text = "\n".join(told)
        if text not in [other for other, _ in texts]:
            texts.append((text, setting.role))
    document = "\n\n".join(text if len(texts) == 1 or not place else f"Of {type_name(role)}: {text}"
                           for place, (text, role) in enumerate(texts))  # fmt: skip
    return ["", *comment(document, name), f"func {name}(value {kind}) {result} {{", f"\treturn {made}", "}"]


# ---- what has the layout of C ------------------------------------------------------------------------


def _layout(description: Description) -> str:
    body = ["package sttp", "", "import (", '\t"testing"', '\t"unsafe"', ")", ""]
    body.append("// What is handed over without a copy lies in memory as a C compiler has it.")
    body += ["func TestLayout(t *testing.T) {"]
    body += ["\tvar measurement Measurement", "\tfor _, one := range []struct {", "\t\tname      string"]
    body += ["\t\tis, shall uintptr", "\t}{"]
    measurement, guid = description.record("sttp_measurement"), description.record("sttp_guid")
    body.append(f'\t\t{{"Measurement", unsafe.Sizeof(measurement), {measurement.size}}},')
    body.append(f'\t\t{{"UUID", unsafe.Sizeof(UUID{{}}), {guid.size}}},')
    for field in measurement.fields:
        name = field_name(field)
        body.append(f'\t\t{{"Measurement.{name}", unsafe.Offsetof(measurement.{name}), {field.offset}}},')
    body += ["\t} {", "\t\tif one.is != one.shall {"]
    body += ['\t\t\tt.Errorf("%s: %d bytes, %d in C", one.name, one.is, one.shall)', "\t\t}", "\t}", "}"]
    return HEADING + "\n" + "\n".join(body) + "\n"
