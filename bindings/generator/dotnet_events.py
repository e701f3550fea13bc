"""Writes the events of handles, one for each sttp_HANDLE_on_..., and the classes of what they are told."""

import re

from generator.description import Description, Function, Parameter
from generator.dotnet_names import (
    HEADING,
    enum_in,
    first_part,
    handle_name,
    native_type,
    parameter_documents,
    pascal_case,
    record_name,
    summary,
)

HANDLES = (
    "subscriber",
    "publisher",
    "c37118_input",
    "c37118_output",
    "block_link",
    "block_link_input",
    "block_link_output",
)
NAMES = {
    "metadata": "MetadataReceived",
    "metadata_document": "MetadataDocumentReceived",
    "measurements": "MeasurementsReceived",
    "recovered_measurements": "RecoveredMeasurementsReceived",
    "message": "MessageLogged",
    "configuration": "ConfigurationReceived",
    "data": "DataReceived",
    "header": "HeaderReceived",
    "buffer_block": "BufferBlockReceived",
    "user_response": "UserResponseReceived",
    "user_command": "UserCommandReceived",
    "schema": "SchemaReceived",
    "processing_complete": "ProcessingCompleted",
    "processing_interval": "ProcessingIntervalChanged",
    "data_start_time": "DataStartTimeReceived",
    "admit": "Admitting",
    "audit": "Audited",
}
"""Of events, where that of the function is not the name of something that happens."""
OF_HANDLE = {
    ("subscriber", "notification"): "NotificationReceived",
    ("publisher", "notification"): "NotificationEnded",
}
BATCH = "sttp_measurements_fn"


def events(description: Description) -> str:
    types = {callback.name: callback for callback in description.callbacks}
    used: list[str] = []
    parts = []
    for handle in HANDLES:
        name = pascal_case(handle)
        body = [
            "",
            f"public sealed unsafe partial class {name}",
            "{",
            f"    private readonly {handle_name(handle)} _handle;",
        ]
        for function in description.functions:
            found = re.match(rf"sttp_{handle}_on_(\w+)$", function.name)
            if found and not (handle == "subscriber" and found[1].startswith("c37118")):
                callback = types[function.parameters[1].type.name]
                if callback.name not in used:
                    used.append(callback.name)
                event = OF_HANDLE.get((handle, found[1]), NAMES.get(found[1], pascal_case(found[1])))
                body += _event(name, event, function, callback)
        parts += [*body, "}"]
    arguments = [line for name in used if name != BATCH for line in _arguments_class(types[name])]
    lines = [HEADING.format(what="Events, and what they are told."), "using System;", ""]
    lines += ["namespace LibSttp", "{"]
    inner = [*arguments, *parts][1:]
    return "\n".join([*lines, *[f"    {line}" if line else "" for line in inner], "}"]) + "\n"


def _class(callback: Function) -> str:
    return pascal_case(callback.name.removeprefix("sttp_").removesuffix("_fn")) + "EventArgs"


def _event(owner: str, event: str, function: Function, callback: Function) -> list[str]:
    names = [parameter.name for parameter in callback.parameters]
    field = f"_{event[0].lower()}{event[1:]}"
    batch = callback.name == BATCH
    of = "MeasurementsHandler" if batch else f"EventHandler<{_class(callback)}>"
    handed = ", ".join(names[1:])
    argument = f"new MeasurementBatch({handed})" if batch else f"new {_class(callback)}({handed})"
    recovered = event == "RecoveredMeasurementsReceived"
    document = first_part(function.document)
    if not batch:
        document += "\n\n" + first_part(callback.document)
    if recovered:
        document += "\n\nWithout a handler any more they are told as others are."
    parameters = ", ".join(f"{native_type(p.type, 'callback')} {p.name}" for p in callback.parameters)
    lines = [
        "",
        *summary(document, "    "),
        f"    public event {of} {event}",
        "    {",
        f"        add => AddHandler(ref {field}, value, ref {field}Registered,",
        f"            (data, destroy) => Native.{function.name}(_handle, {event}Callback, data, destroy));",
        f"        remove => RemoveHandler(ref {field}, value);",
        "    }",
        "",
        f"    private {of} {field};",
        f"    private bool {field}Registered;",
        f"    private static readonly {callback.name} {event}Callback = On{event};",
        "",
        f"    private static void On{event}({parameters})",
        "    {",
        f"        {owner} self = null;",
    ]
    handlers = f"self.{field}"
    if recovered:
        handlers = f"({handlers} ?? self._measurementsReceived)"
    if _ends(callback):
        start = [f"        {_class(callback)} argument = null;"]
        call = [f"            argument = {argument};", f"            {handlers}?.Invoke(self, argument);"]
        ended = ["            argument?.End();"]
    else:
        start = []
        call = [f"            {handlers}?.Invoke(self, {argument});"]
        ended = []
    return [
        *lines,
        *start,
        "        try",
        "        {",
        f"            self = ({owner})Callbacks.Enter({names[0]});",
        *call,
        "        }",
        "        catch (Exception error)",
        "        {",
        *(["            Admission.RefuseAfterFailure(admission, argument?.Admission);"] if _ends(callback) else []),
        f'            Callbacks.Tell(self, "{event}", error);',
        "        }",
        "        finally",
        "        {",
        *ended,
        "            Callbacks.Leave(self);",
        "        }",
        "    }",
    ]


def _ends(callback: Function) -> bool:
    """Whether something in its arguments can be used during the call only."""
    return any(_target(parameter) == "sttp_admission" for parameter in callback.parameters)


def _target(parameter: Parameter) -> str:
    return parameter.type.target.name if parameter.type.target is not None else ""


def _arguments_class(callback: Function) -> list[str]:
    documents = parameter_documents(callback.document)
    name = _class(callback)
    parameters = callback.parameters[1:]
    given = ", ".join(f"{native_type(parameter.type, 'callback')} {parameter.name}" for parameter in parameters)
    reads, properties = [], []
    skipped: set[str] = set()
    for place, parameter in enumerate(parameters):
        if parameter.name in skipped:
            continue
        following = parameters[place + 1] if place + 1 < len(parameters) else None
        if following is not None and following.type.name == "size_t" and parameter.type.kind != "scalar":
            skipped.add(following.name)
            of, value = _counted(parameter, following)
        else:
            of, value = _argument(parameter, documents.get(parameter.name, ""))
        document = _lasting(documents.get(parameter.name, ""))
        reads.append(f"        {pascal_case(parameter.name)} = {value};")
        properties += ["", *summary(document, "    "), f"    public {of} {pascal_case(parameter.name)} {{ get; }}"]
    ends = []
    if _ends(callback):
        ends = ["", "    internal void End() => Admission.End();"]
    return [
        "",
        *summary(first_part(callback.document)),
        f"public sealed unsafe class {name} : EventArgs",
        "{",
        f"    internal {name}({given})",
        "    {",
        *reads,
        "    }",
        *properties,
        *ends,
        "}",
    ]


def _lasting(document: str) -> str:
    """The document of a parameter without how long it is valid: what C# is handed may be kept."""
    document = re.sub(r" Keep them with sttp_\w+\.|, sttp_\w+ keeps\s+it", "", document)
    text = re.sub(r"[^.;:]*\bvalid (during|until)[^.;]*\.?", "", document).strip().rstrip(";:.")
    return f"{text}." if text else ""


def _counted(parameter: Parameter, count: Parameter) -> tuple[str, str]:
    if parameter.name == "signals":
        return "System.Collections.Generic.IReadOnlyList<Signal>", f"SignalList.Of(signals, {count.name})"
    at = f"(byte*){parameter.name}"
    if parameter.type.kind == "text":
        return "string", f"NativeText.Of({at}, {count.name})"
    return "byte[]", f"NativeText.Bytes({at}, {count.name})"


def _argument(parameter: Parameter, document: str) -> tuple[str, str]:
    name, of = parameter.name, parameter.type
    if of.kind == "text" and "empty for" in document and "NULL when" in document:
        return "string", f"{name} == IntPtr.Zero ? null : NativeText.Of({name})"
    if of.kind == "text":
        return "string", f"NativeText.Of({name})"
    if of.kind == "pointer" and of.target is not None:
        target = of.target
        if target.name == "sttp_guid":
            return "Guid", f"{name}->ToGuid()"
        if target.kind == "record":
            return record_name(target.name), f"new {record_name(target.name)}({name})"
        if target.kind == "handle":
            made = pascal_case(target.name.removeprefix("sttp_"))
            return made, f"new {made}({name})" if made == "Admission" else f"{made}.CloneOf({name})"
    if of.kind == "scalar":
        enum = enum_in(name, of, document)
        if enum:
            return enum, f"({enum}){name}"
        if document.startswith("1 when"):
            return "bool", f"{name} == 1"
        return native_type(of, "callback"), name
    raise ValueError(f"no argument in C# for {of.spelling} {name}")
