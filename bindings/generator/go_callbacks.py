"""Writes how functions of Go become callbacks of C: functions of C in between, exported ones of Go, and methods."""

import re

from generator.description import Description, Function, Parameter, Type
from generator.go_names import HEADING, camel, comment, parameter_name, scalar, type_name

HANDLES = (
    "subscriber",
    "publisher",
    "c37118_input",
    "c37118_output",
    "block_link",
    "block_link_input",
    "block_link_output",
)

# Their functions are exported by hand.
BY_HAND = {"sttp_history_read_fn", "sttp_history_close_fn", "sttp_destroy_fn"}
# Registered by hand, because the package itself listens, too.
SHARED = {
    "sttp_subscriber_on_connected", "sttp_subscriber_on_disconnected", "sttp_subscriber_on_metadata",
    "sttp_subscriber_on_request_failed", "sttp_subscriber_on_configuration_changed",
}  # fmt: skip


def callbacks(description: Description) -> dict[str, str]:
    types = {callback.name: callback for callback in description.callbacks}
    return {
        "callbacks_gen.h": _header(description),
        "callbacks_gen.c": _between(description),
        "callbacks_gen.go": _go(description, types),
    }


def exported(callback: str) -> str:
    """The exported function of Go for a type of callbacks."""
    return "sttpGo" + camel(callback.removeprefix("sttp_").removesuffix("_fn"))


# ---- C -----------------------------------------------------------------------------------------------


def _takes_callback(function: Function) -> bool:
    return any(parameter.type.kind == "callback" for parameter in function.parameters)


def _c_parameter(parameter: Parameter) -> str:
    spelling = parameter.type.spelling
    return f"{spelling}{parameter.name}" if spelling.endswith("*") else f"{spelling} {parameter.name}"


def _shim(function: Function) -> str:
    """The prototype of what takes the number of a function of Go in the place of callback, user_data and destroy."""
    parameters = [
        "uintptr_t user_data" if parameter.name == "user_data" else _c_parameter(parameter)
        for parameter in function.parameters
        if parameter.type.kind != "callback"
    ]
    return f"int32_t {function.name.replace('sttp_', 'sttp_go_', 1)}({', '.join(parameters)})"


def _header(description: Description) -> str:
    lines = [
        "// Registers functions of Go as callbacks, by the number of a cgo.Handle; 0 removes what is registered.",
        "#ifndef STTP_GO_CALLBACKS_H",
        "#define STTP_GO_CALLBACKS_H",
        "",
        "#include <sttp.h>",
        "",
        "// Whether the calling thread is inside of a callback.",
        "int32_t sttp_go_in_callback(void);",
        "",
    ]
    lines += [f"{_shim(function)};" for function in description.functions if _takes_callback(function)]
    return HEADING + "\n" + "\n".join([*lines, "", "#endif"]) + "\n"


def _between(description: Description) -> str:
    lines = [
        '#include "callbacks_gen.h"',
        "",
        '#include "_cgo_export.h"',
        "",
        "static _Thread_local int32_t depth;",
        "",
        "int32_t sttp_go_in_callback(void)",
        "{",
        "    return depth > 0;",
        "}",
    ]
    for callback in description.callbacks:
        parameters = ", ".join(_c_parameter(parameter) for parameter in callback.parameters)
        arguments = []
        for parameter in callback.parameters:
            if parameter.name == "user_data":
                arguments.append("(uintptr_t)user_data")
            elif parameter.type.spelling == "void *":
                arguments.append(f"(uintptr_t){parameter.name}")
            elif parameter.type.spelling.endswith("*") and "const" in parameter.type.spelling:
                bare = re.sub(r"\bconst ?", "", parameter.type.spelling).replace("* *", "**").strip()
                arguments.append(f"({bare}){parameter.name}")
            else:
                arguments.append(parameter.name)
        call = f"{exported(callback.name)}({', '.join(arguments)})"
        name = callback.name.removeprefix("sttp_").removesuffix("_fn")
        result = callback.result.spelling
        lines += ["", f"static {result} call_{name}({parameters})", "{", "    depth++;"]
        lines += [f"    {result} result = {call};" if result != "void" else f"    {call};", "    depth--;"]
        lines += ["    return result;"] * (result != "void") + ["}"]
    for function in description.functions:
        if not _takes_callback(function):
            continue
        arguments = []
        for parameter in function.parameters:
            if parameter.type.kind == "callback":
                name = parameter.type.name.removeprefix("sttp_").removesuffix("_fn")
                arguments.append(f"user_data ? call_{name} : NULL")
            else:
                arguments.append("(void *)user_data" if parameter.name == "user_data" else parameter.name)
        lines += ["", _shim(function), "{", f"    return {function.name}({', '.join(arguments)});", "}"]
    return HEADING + "\n" + "\n".join(lines) + "\n"


# ---- Go ----------------------------------------------------------------------------------------------


def _go(description: Description, types: dict[str, Function]) -> str:
    lines = [
        "package sttp",
        "",
        '// #include "callbacks_gen.h"',
        'import "C"',
        "",
        "import (",
        '\t"runtime/cgo"',
        '\t"time"',
        '\t"unsafe"',
        ")",
    ]
    for callback in description.callbacks:
        if callback.name not in BY_HAND:
            lines += _export(callback)
    for handle in HANDLES:
        for function in description.functions:
            found = re.match(rf"sttp_{handle}_(on_\w+)$", function.name)
            if found and _takes_callback(function):
                lines += _method(handle, found[1], function, types[function.parameters[1].type.name])
    return HEADING + "\n" + "\n".join(lines) + "\n"


def _export(callback: Function) -> list[str]:
    name = exported(callback.name)
    parameters = []
    for parameter in callback.parameters:
        kind = "C.uintptr_t" if parameter.name == "user_data" else _cgo(parameter.type)
        parameters.append(f"{_local(parameter)} {kind}")
    arguments = _arguments(callback)
    of = f"func({', '.join(kind for _, kind, _ in arguments)})"
    values = ", ".join(value for _, _, value in arguments)
    after = ["\tdefer made.end()"] if callback.name == "sttp_admit_fn" else []
    before = ["\tmade := &Admission{pointer: admission}"] if after else []
    returned = ["\tmade.returned = true"] if after else []
    return [
        "",
        f"//export {name}",
        f"func {name}({', '.join(parameters)}) {{",
        "\tdefer tellPanic()",
        *before,
        *after,
        f"\tcgo.Handle(userData).Value().({of})({values})",
        *returned,
        "}",
    ]


def _local(parameter: Parameter) -> str:
    return "userData" if parameter.name == "user_data" else parameter_name(parameter.name)


def _cgo(of: Type) -> str:
    """A type of C as cgo has it."""
    if of.kind == "text":
        return "*C.char"
    if of.kind == "scalar":
        return f"C.{of.name}"
    if of.kind == "pointer" and of.target is not None:
        if of.target.kind in ("record", "handle", "scalar"):
            return f"*C.{of.target.name}"
        return f"*{_cgo(of.target)}"
    raise ValueError(f"no type of cgo for {of.spelling}")


def _documents(callback: Function) -> dict[str, str]:
    parts = re.split(r"\\param (\w+)\s+", callback.document)[1:]
    found = {name: " ".join(text.split()) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return {name: text if name == "measurements" else _LENT.sub("", text) for name, text in found.items()}


# What is handed over in Go is a copy, but for measurements.
_LENT = re.compile(
    r"[;,] valid during the call(?=\.|$)|They and their texts are valid during the call\. ?"
    r"|(?<=\.) Valid during the call[^.]*\.|,? with its texts valid during the call"
    r"|; valid during the call, sttp_\w+ keeps it|Keep them with \w+\."
    r"| NULL when (there|that)[^.]*\."
)


def _arguments(callback: Function) -> list[tuple[str, str, str]]:
    """Names and types of the arguments in Go, and the expressions that make them of C's."""
    arguments, texts = [], _documents(callback)
    parameters = callback.parameters[1:]
    skipped: set[str] = set()
    for place, parameter in enumerate(parameters):
        if parameter.name in skipped:
            continue
        if parameter.name == "frame" and callback.name == "sttp_c37118_frame_fn":
            # A frame has its configuration.
            skipped.add("configuration")
        following = parameters[place + 1] if place + 1 < len(parameters) else None
        name = parameter_name(parameter.name)
        if following is not None and following.type.name == "size_t" and parameter.type.kind != "scalar":
            skipped.add(following.name)
            count = parameter_name(following.name)
            if parameter.name == "signals":
                arguments.append((name, "[]Signal", f"signalsOf({name}, {count})"))
            elif parameter.name == "measurements":
                arguments.append((name, "[]Measurement", f"batchAt({name}, {count})"))
            else:
                arguments.append((name, "[]byte", f"bytesAt(unsafe.Pointer({name}), {count})"))
            continue
        arguments.append((name, *_argument(parameter, name, texts.get(parameter.name, ""))))
    return arguments


def _argument(parameter: Parameter, name: str, document: str) -> tuple[str, str]:
    of = parameter.type
    if of.kind == "text" and "empty for" in document and "NULL when" in document:
        return "*string", f"optionalText({name})"
    if of.kind == "text":
        return "string", f"C.GoString({name})"
    if of.kind == "pointer" and of.target is not None:
        target = of.target
        if target.name == "sttp_guid":
            return "UUID", f"uuidOf({name})"
        if target.name == "sttp_c37118_frame":
            return "C37118Frame", "readC37118Frame(frame, configuration)"
        if target.kind == "record":
            return type_name(target.name), f"read{type_name(target.name)}({name})"
        if target.name == "sttp_metadata":
            return "*Metadata", f"cloneMetadata({name})"
        if target.name == "sttp_c37118_configuration":
            return "*C37118Configuration", f"cloneConfiguration({name})"
        if target.name == "sttp_admission":
            return "*Admission", "made"
    if of.kind == "scalar":
        if parameter.name == "delay_ms":
            return "time.Duration", f"time.Duration({name})*time.Millisecond"
        if document.startswith("1 when"):
            return "bool", f"{name} == 1"
        kind = scalar(of, document)
        return kind, f"{kind}({name})"
    raise ValueError(f"no argument in Go for {of.spelling} {name}")


def _method(handle: str, name: str, function: Function, callback: Function) -> list[str]:
    arguments = _arguments(callback)
    method = camel(name)
    if function.name in SHARED:
        method = method[0].lower() + method[1:]
    of = ", ".join(f"{_argument_name(argument)} {kind}" for argument, kind, _ in arguments)
    receiver = type_name(f"sttp_{handle}")
    texts = _documents(callback)
    told = callback.document.split("\n\\param")[0].strip()
    document = f"{function.document}\n\n{told}"
    named = {parameter_name(parameter.name): parameter.name for parameter in callback.parameters[1:]}
    told = {argument: texts[named[argument]] for argument, _, _ in arguments if named[argument] in texts}
    if told:
        document += "\n" + "\n".join(f"\n  - {_argument_name(one)}: {text}" for one, text in told.items())
    return [
        "",
        *comment(document, method),
        f"func (h *{receiver}) {method}(f func({of})) error {{",
        "\treturn register(&h.handle, f == nil, f, func(p *C.sttp_" + handle + ", number C.uintptr_t) C.int32_t {",
        f"\t\treturn C.{function.name.replace('sttp_', 'sttp_go_', 1)}(p, number)",
        "\t})",
        "}",
    ]


def _argument_name(name: str) -> str:
    return {"metadata": "m", "delayMs": "delay"}.get(name, name)
