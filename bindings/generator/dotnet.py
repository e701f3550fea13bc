"""Writes the generated sources of the .NET binding: constants, the C API, records, settings and events."""

from generator.description import Description, Field, Function, Record, Setting
from generator.dotnet_events import events
from generator.dotnet_names import (
    HEADING,
    VALUES,
    enum_in,
    enum_name,
    flag_type,
    handle_name,
    identifier,
    learn,
    native_type,
    pascal_case,
    record_name,
    summary,
)
from generator.python_names import ENUMS, FLAGS, group_of, prefix_of

FOLDER = "bindings/dotnet/LibSttp/Generated"

# Read by hand where they are used.
NOT_RECORDS = {
    "sttp_guid", "sttp_measurement", "sttp_value", "sttp_row", "sttp_history_window", "sttp_c37118_frame",
    "sttp_datetime2", "sttp_c37118_pmu_values", "sttp_c37118_raw_phasor", "sttp_c37118_pmu_details",
}
# What is lent to callbacks, or freed, has no safe handle.
LENT = {
    "sttp_metadata_clone", "sttp_c37118_configuration_clone", "sttp_admission_refuse", "sttp_admission_grant",
}
TIMES = {"timestamp", "time", "connected_since", "updated_on", "not_before", "not_after"}


def dotnet(description: Description) -> dict[str, str]:
    learn(description)
    return {
        f"{FOLDER}/Constants.cs": _constants(description),
        f"{FOLDER}/Native.cs": _native(description),
        f"{FOLDER}/NativeRecords.cs": _native_records(description),
        f"{FOLDER}/Handles.cs": _handles(description),
        f"{FOLDER}/Records.cs": _records(description),
        f"{FOLDER}/Settings.cs": _settings(description),
        f"{FOLDER}/Events.cs": events(description),
    }


def _file(what: str, usings: list[str], body: list[str]) -> str:
    lines = [HEADING.format(what=what), *[f"using {name};" for name in usings], "", "namespace LibSttp", "{"]
    while body and not body[0]:
        body = body[1:]
    lines += [f"    {line}" if line else "" for line in body]
    return "\n".join([*lines, "}"]) + "\n"


# ---- constants ---------------------------------------------------------------------------------------


def _constants(description: Description) -> str:
    groups, single = description.numbers_in(ENUMS, group_of)
    body = []
    for group, members in groups.items():
        prefix = prefix_of(group)
        is_flags = group in FLAGS
        body += ["", *summary(ENUMS[group][1]), *(["[System.Flags]"] if is_flags else [])]
        body += [f"public enum {enum_name(group)}{' : uint' if is_flags else ''}", "{"]
        if is_flags:
            body += ["    /// <summary>None of them.</summary>", "    None = 0,"]
        for member in members:
            short = "OK" if member.name == "STTP_OK" else member.name.removeprefix(prefix)
            value = f"0x{member.value:08X}" if is_flags else str(member.value)
            body += [*summary(member.document, "    "), f"    {pascal_case(short)} = {value},"]
        body += ["}"]
    body += ["", "/// <summary>Constants of the library that are of no enumeration.</summary>"]
    body += ["public static class Constants", "{"]
    for constant in single:
        of = "int" if -(2**31) <= constant.value < 2**31 else "long" if constant.value < 2**63 else "ulong"
        body += summary(constant.document, "    ")
        body += [f"    public const {of} {pascal_case(constant.name.removeprefix('STTP_'))} = {constant.value};"]
    body += [
        "",
        "    /// <summary>The version of the header that this package is made for.</summary>",
        f'    public const string HeaderVersion = "{description.version}";',
        "}",
    ]
    return _file("The constants of the library.", ["System"], body)


# ---- the C API ---------------------------------------------------------------------------------------


def _parameters(function: Function, place: str) -> str:
    lent = function.name in LENT or function.name.endswith("_free")
    made = []
    for parameter in function.parameters:
        of = native_type(parameter.type, place)
        if lent and parameter.type.kind == "pointer" and parameter.type.target.kind == "handle":
            of = "IntPtr"
        made.append(f"{of} {identifier(parameter.name)}")
    return ", ".join(made)


def _native(description: Description) -> str:
    body = []
    for callback in description.callbacks:
        result = native_type(callback.result, "callback")
        body += ["", "[UnmanagedFunctionPointer(CallingConvention.Cdecl)]"]
        body += [f"internal unsafe delegate {result} {callback.name}({_parameters(callback, 'callback')});"]
    body += ["", "internal static unsafe partial class Native", "{"]
    body += ["    // By a configuration for Mono, and a resolver for .NET, libsttp.so.0, too: see LibraryLoader."]
    body += ['    internal const string Library = "sttp";']
    for function in description.functions:
        result = "IntPtr" if function.result.kind == "text" else native_type(function.result, "field")
        body += ["", "    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]"]
        body += [f"    internal static extern {result} {function.name}({_parameters(function, 'function')});"]
    body += ["}"]
    return _file(
        "The C API as P/Invoke has it: types of callbacks, and functions.",
        ["System", "System.Runtime.InteropServices"],
        body,
    )


def _native_records(description: Description) -> str:
    body = []
    checks = []
    for record in description.records:
        name = VALUES.get(record.name, record.name)
        checks.append(f'    Check(wrong, "{name}", sizeof({name}), {record.size});')
        if record.name in VALUES:
            continue
        body += ["", "[StructLayout(LayoutKind.Sequential)]", f"internal unsafe struct {record.name}", "{"]
        variable = record.name.removeprefix("sttp_")
        checks.append(f"    var {variable} = default({record.name});")
        for field in record.fields:
            if field.type.kind == "array":
                of = native_type(field.type.target, "field")
                body += [f"    internal fixed {of} {identifier(field.name)}[{field.type.length}];"]
                at = f"{variable}.{identifier(field.name)}"
            else:
                body += [f"    internal {native_type(field.type, 'field')} {identifier(field.name)};"]
                at = f"&{variable}.{identifier(field.name)}"
            place = f"(byte*){at} - (byte*)&{variable}"
            checks.append(f'    Check(wrong, "{record.name}.{field.name}", {place}, {field.offset});')
        body += ["}"]
    body += [
        "",
        "internal static unsafe partial class Native",
        "{",
        "    /// <summary>What is elsewhere than a C compiler of a 64-bit system has it.</summary>",
        "    internal static List<string> WrongPlaces()",
        "    {",
        "        var wrong = new List<string>();",
        *[f"    {line}" for line in checks],
        "        return wrong;",
        "    }",
        "}",
    ]
    return _file(
        "The records of the C API.", ["System", "System.Collections.Generic", "System.Runtime.InteropServices"], body
    )


def _handles(description: Description) -> str:
    functions = {function.name for function in description.functions}
    body = []
    for handle in description.handles:
        if f"{handle}_free" not in functions:
            continue
        name = handle_name(handle)
        body += [
            "",
            f"internal sealed class {name} : LibraryHandle",
            "{",
            f"    internal {name}(IntPtr pointer) : base(pointer)",
            "    {",
            "    }",
            "",
            f"    protected override void Free(IntPtr pointer) => Native.{handle}_free(pointer);",
            "}",
        ]
    return _file("What owns each handle of the C API.", ["System"], body)


# ---- records -----------------------------------------------------------------------------------------


def _records(description: Description) -> str:
    body = []
    for record in description.records:
        if record.name in NOT_RECORDS:
            continue
        name = record_name(record.name)
        fields = [field for field in record.fields if field.name != "reserved"]
        body += ["", *summary(record.document), f"public sealed unsafe class {name}", "{"]
        body += [f"    internal {name}({record.name}* from)", "    {"]
        reads, properties = [], []
        for field in fields:
            of, value = _of_field(field, record)
            reads.append(f"        {pascal_case(field.name)} = {value};")
            name_of = pascal_case(field.name)
            properties += ["", *summary(field.document, "    "), f"    public {of} {name_of} {{ get; }}"]
            if field.type.name == "int64_t" and field.name in TIMES | {"last_timestamp"}:
                properties += [
                    "",
                    f"    /// <summary>{name_of} as a time of .NET.</summary>",
                    f"    public DateTime {name_of}Utc => SttpTime.ToDateTime({name_of});",
                ]
        body += [*reads, "    }", *properties]
        if record.name.endswith("_counters"):
            body += [
                "",
                "    /// <summary>",
                '    /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.',
                "    /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.",
                "    /// </summary>",
                "    public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>",
                "    {",
                *[f'        ["{field.name}"] = {pascal_case(field.name)},' for field in fields],
                "    };",
            ]
        body += ["}"]
    usings = ["System", "System.Collections.Generic"]
    return _file("Records that the library fills, as immutable objects.", usings, body)


def _of_field(field: Field, record: Record) -> tuple[str, str]:
    """The type of a field in C#, and the expression that reads it."""
    at, of = f"from->{identifier(field.name)}", field.type
    if of.kind == "text":
        return "string", f"NativeText.Of({at})"
    if of.kind == "record" and of.name == "sttp_guid":
        return "Guid", f"{at}.ToGuid()"
    if of.kind == "record":
        return record_name(of.name), f"new {record_name(of.name)}(&{at})"
    if of.kind == "pointer" and of.target is not None and of.target.kind == "record":
        name = record_name(of.target.name)
        return name, f"{at} == null ? null : new {name}({at})"
    if of.kind == "pointer" and of.target is not None and of.target.kind == "text":
        return "IReadOnlyList<string>", f"NativeText.Several({at}, 16)"
    flag = flag_type(field, record)
    if flag == "bool":
        return "bool", f"{at} == 1"
    if flag == "bool?":
        return "bool?", f"{at} < 0 ? (bool?)null : {at} == 1"
    enum = enum_in(field.name, of, field.document)
    if enum:
        return enum, f"({enum}){at}"
    return native_type(of, "field"), at


# ---- settings ----------------------------------------------------------------------------------------

SETTING_TYPES = {"flag": "bool", "integer": "long", "seconds": "TimeSpan"}


def _choice(setting: Setting) -> str:
    return pascal_case(setting.role) + pascal_case(setting.key)


OF_SEVERAL = {"block_link"}
"""Roles whose settings several handles have, each of which reads and sets them by functions of its own."""


def _settings(description: Description) -> str:
    body = []
    for setting in description.settings:
        if setting.type != "choice":
            continue
        body += ["", *summary(f"What the setting `{setting.key}` of a {pascal_case(setting.role)} can be.")]
        body += [f"public enum {_choice(setting)}", "{"]
        for word in setting.words:
            body += [f"    /// <summary>In connection strings: <c>{word}</c>.</summary>", f"    {pascal_case(word)},"]
        body += ["}"]
    for role in ("subscriber", "publisher", "c37118_input", "c37118_output", "block_link"):
        settings = description.settings_of(role)
        name = pascal_case(role)
        if role in OF_SEVERAL:
            body += [
                "",
                *summary(f"The settings of a {name}, or what holds for those that a gateway adds from now on."),
                f"public abstract class {name}Settings : Settings",
                "{",
                f"    internal {name}Settings() : base(SettingsRole.{name})",
                "    {",
                "    }",
            ]
            body += [line for setting in settings for line in _setting(setting)] + ["}"]
            continue
        body += [
            "",
            *summary(f"The settings of a {name}. They hold from its next connect, subscribe or start on."),
            f"public sealed unsafe class {name}Settings : Settings",
            "{",
            f"    private readonly {name}Handle _handle;",
            "",
            f"    internal {name}Settings({name}Handle handle) : base(SettingsRole.{name})",
            "    {",
            "        _handle = handle;",
            "    }",
        ]
        for setting in settings:
            body += _setting(setting)
        body += [
            "",
            "    internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>",
            f"        Native.sttp_{role}_get(_handle, key, buffer, size, length);",
            "",
            "    internal override int SetText(byte[] key, byte[] value) =>",
            f"        Native.sttp_{role}_set(_handle, key, value);",
            "}",
        ]
    return _file("Settings, as properties with types.", ["System"], body)


def _setting(setting: Setting) -> list[str]:
    document = f"{setting.document}\nValue: {setting.value}."
    if setting.default:
        document += f"\nDefault: {setting.default}."
    document += f"\nKey: {setting.key}."
    lines = ["", *summary(document, "    ")]
    if setting.type == "choice":
        of = _choice(setting)
        words = ", ".join(f'"{word}"' for word in setting.words)
        return [
            *lines,
            f"    public {of} {pascal_case(setting.key)}",
            "    {",
            f'        get => ({of})GetWord("{setting.key}", {words});',
            f'        set => SetWord("{setting.key}", (int)value, {words});',
            "    }",
        ]
    of = SETTING_TYPES.get(setting.type, "string")
    what = {"bool": "Flag", "long": "Integer", "TimeSpan": "Seconds"}.get(of)
    read = f'Get{what}("{setting.key}")' if what else f'Get("{setting.key}")'
    write = f'Set{what}("{setting.key}", value)' if what else f'Set("{setting.key}", value)'
    return [
        *lines,
        f"    public {of} {pascal_case(setting.key)}",
        "    {",
        f"        get => {read};",
        f"        set => {write};",
        "    }",
    ]
