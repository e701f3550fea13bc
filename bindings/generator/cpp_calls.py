"""The functions of C as member functions of C++, and its callbacks as what callables take."""

from dataclasses import dataclass, field

from generator.cpp_names import (
    Words,
    identifier,
    integer_type,
    is_same,
    parts_of,
    record_name,
)
from generator.description import Description, Function, Parameter


@dataclass(frozen=True)
class Class:
    """A class that has the functions of one handle, for a class written by hand to be derived from."""

    name: str
    file: str
    handle: str
    prefixes: tuple[str, ...]
    space: str = "sttp"
    shown: str = ""
    """What people know it as."""
    way: str = "owner"
    """How it has the handle: as its `owner`, or as a `view`."""


CLASSES = [
    Class("engine_calls", "engine", "sttp_engine", ("sttp_engine_",), shown="engine"),
    Class("admission", "admission", "sttp_admission", ("sttp_admission_",), shown="admission", way="view"),
    Class("metadata_calls", "metadata", "sttp_metadata", ("sttp_metadata_",), shown="metadata_view", way="view"),
    Class(
        "metadata_builder_calls",
        "builder",
        "sttp_metadata_builder",
        ("sttp_metadata_builder_",),
        shown="metadata_builder",
    ),
    Class("filter_calls", "filter", "sttp_filter", ("sttp_filter_",), shown="filter"),
    Class("subscriber_calls", "subscriber", "sttp_subscriber", ("sttp_subscriber_",), shown="subscriber"),
    Class("publisher_calls", "publisher", "sttp_publisher", ("sttp_publisher_",), shown="publisher"),
    Class(
        "configuration_calls",
        "c37118_configuration",
        "sttp_c37118_configuration",
        ("sttp_c37118_configuration_", "sttp_c37118_data_"),
        "sttp::c37118",
        "c37118::configuration_view",
        way="view",
    ),
    Class(
        "assembler_calls",
        "c37118_assembler",
        "sttp_c37118_assembler",
        ("sttp_c37118_assembler_",),
        "sttp::c37118",
        "c37118::assembler",
    ),
    Class(
        "input_calls",
        "c37118_gateways",
        "sttp_c37118_input",
        ("sttp_c37118_input_",),
        "sttp::c37118",
        "c37118::input",
    ),
    Class(
        "output_calls",
        "c37118_gateways",
        "sttp_c37118_output",
        ("sttp_c37118_output_",),
        "sttp::c37118",
        "c37118::output",
    ),
    Class("block_link_calls", "block_links", "sttp_block_link", ("sttp_block_link_",), shown="block_link"),
    Class(
        "block_link_input_calls",
        "block_links",
        "sttp_block_link_input",
        ("sttp_block_link_input_",),
        shown="block_link_input",
    ),
    Class(
        "block_link_output_calls",
        "block_links",
        "sttp_block_link_output",
        ("sttp_block_link_output_",),
        shown="block_link_output",
    ),
]

BY_HAND = {
    "sttp_engine_new_threads",
    "sttp_engine_new_polled",
    "sttp_subscriber_latency_statistics",
    "sttp_subscriber_read",
    "sttp_subscriber_read_signals",
    "sttp_subscriber_signals",
    "sttp_subscriber_signal_statistics",
    "sttp_publisher_latency_statistics",
    "sttp_publisher_set_history_source",
    "sttp_metadata_parse",
    "sttp_metadata_sample",
    "sttp_metadata_to_xml",
    "sttp_metadata_table",
    "sttp_metadata_column",
    "sttp_metadata_cell",
    "sttp_metadata_cell_string",
    "sttp_metadata_evaluate",
    "sttp_metadata_append",
    "sttp_metadata_merge",
    "sttp_metadata_builder_new_empty",
    "sttp_metadata_builder_new_from",
    "sttp_metadata_builder_finish",
    "sttp_filter_adjustment",
    "sttp_c37118_data_time",
    "sttp_c37118_configuration_encode",
    "sttp_c37118_data_encode",
    "sttp_c37118_data_phasors",
    "sttp_c37118_data_raw_phasors",
    "sttp_c37118_data_analogs",
    "sttp_c37118_data_digitals",
    "sttp_c37118_input_statistics",
    "sttp_c37118_output_statistics",
    "sttp_block_link_statistics",
    "sttp_block_link_input_statistics",
    "sttp_block_link_output_statistics",
}
"""Beside these, what makes, clones and frees handles."""

MAY_BE_ABSENT = (
    "sttp_metadata_find_",
    "sttp_metadata_device_parent",
    "sttp_metadata_measurement_device",
    "sttp_metadata_measurement_phasor",
    "sttp_metadata_phasor_device",
    "sttp_metadata_phasor_magnitude",
    "sttp_metadata_phasor_angle",
)
"""Their STTP_ERR_NOT_FOUND is no failure, but an empty optional."""

DEFAULTS = {
    ("sttp_subscriber_request_metadata", "filters"): "nullptr",
    ("sttp_subscriber_open", "connection_string"): "nullptr",
    ("sttp_publisher_open", "connection_string"): "nullptr",
    ("sttp_publisher_set_rights", "rights"): "nullptr",
    ("sttp_publisher_refuse_metadata", "why"): "nullptr",
    ("sttp_publisher_send_buffer_block", "confirm"): "false",
    ("sttp_metadata_builder_add_measurement", "description"): "nullptr",
    ("sttp_block_link_input_add", "filter"): "nullptr",
}

VIEWS = {"sttp_metadata": "metadata_view", "sttp_c37118_configuration": "c37118::configuration_view"}
"""Handles that callbacks lend, as what they are told of."""


def functions_of(description: Description, group: Class) -> list[Function]:
    """The functions of a handle that are generated."""
    others = [other for other in CLASSES if other is not group]

    def is_of(function: Function) -> bool:
        def longest(some: Class) -> int:
            return max((len(prefix) for prefix in some.prefixes if function.name.startswith(prefix)), default=0)

        verb = function.name.rsplit("_", 1)[-1]
        return (
            longest(group) > max(map(longest, others))
            and function.name not in BY_HAND
            and verb not in ("new", "free", "clone")
        )

    return [function for function in description.functions if is_of(function)]


def method_name(function: Function, group: Class) -> str:
    """Its name without that of the handle."""
    prefix = max((prefix for prefix in group.prefixes if function.name.startswith(prefix)), key=len)
    name = function.name.removeprefix(prefix)
    return f"data_{name}" if prefix == "sttp_c37118_data_" else identifier(name)


def qualified(name: str) -> str:
    """A name of ours that a member or a parameter of the same name does not hide."""
    return name if name.startswith("std::") or name in ("bool", "double") else f"sttp::{name}"


def methods(description: Description) -> dict[str, str]:
    """What each function is called in C++, for documents."""
    return {
        function.name: f"{group.shown}::{method_name(function, group)}"
        for group in CLASSES
        for function in functions_of(description, group)
    } | {
        name: f"{group.shown}::{name.removeprefix(prefix)}"
        for name in BY_HAND
        for group in CLASSES
        for prefix in group.prefixes
        if name.startswith(prefix)
    } | {group.handle: group.shown for group in CLASSES}


# -- callables --


def callbacks(description: Description) -> str:
    """For each type of callback how a callable is called: its `call` is what the library gets."""
    blocks = []
    for callback in description.callbacks:
        if callback.name in ("sttp_destroy_fn", "sttp_history_read_fn", "sttp_history_close_fn"):
            continue
        told = _told(callback)
        name = _call_name(callback.name)
        types = "".join(f", {kind}" for kind, _, _ in told)
        signature = ", ".join(
            f"{parameter.type.spelling.replace('struct ', '::')} {parameter.name}"
            for parameter in callback.parameters
        )
        made = ", ".join(expression for _, _, expression in told)
        blocks.append(
            f"template <class F>\nstruct {name} {{\n"
            f"    static constexpr bool fits = std::is_invocable_v<F &{types}>;\n"
            f"    static void call({signature}) noexcept {{\n"
            + ("        sttp::admission of_admission(admission);\n" if "of_admission" in made else "")
            + ("        if (!" if "of_admission" in made else "        ")
            + f'guarded("{name.removesuffix("_call")}", [&] {{ (*static_cast<F *>(user_data))({made}); }})'
            + (_REFUSAL if "of_admission" in made else ";\n")
            + "    }\n};"
        )
    return "namespace sttp::detail {\n\n" + "\n\n".join(blocks) + "\n\n}  // namespace sttp::detail"


# Who decides has failed: nobody is let in by that.
_REFUSAL = """) {
            const std::string &failure = of_admission.failure();
            ::sttp_admission_refuse(
                admission, failure.empty() ? "the callback that decides has failed" : failure.c_str());
        }
"""


def _call_name(callback: str) -> str:
    return f"{callback.removeprefix('sttp_').removesuffix('_fn')}_call"


def _told(callback: Function) -> list[tuple[str, str, str]]:
    """What a callable is told: types, names, and how they are made of what the callback is handed."""
    told = []
    _, documents, _, _ = parts_of(callback.document)
    parameters = callback.parameters
    length = None
    for place, parameter in enumerate(parameters):
        if parameter.name == "user_data" or parameter is length:
            continue
        following = parameters[place + 1] if place + 1 < len(parameters) else None
        kind = parameter.type
        counted = following is not None and following.name in ("count", "size", "length")
        if counted and (kind.kind in ("text", "pointer")):
            length = following
            told.append(_told_many(parameter, following))
        elif kind.kind == "text":
            told.append(_told_text(parameter, documents.get(parameter.name, "")))
        elif kind.kind == "pointer":
            told.append(_told_one(parameter))
        else:
            document = documents.get(parameter.name, "")
            value = qualified(integer_type(parameter.name, kind.name, document))
            expression = parameter.name
            if value == "bool":
                expression = f"{parameter.name} != 0"
            elif value != f"std::{kind.name}":
                expression = (
                    f"{value}({parameter.name})"
                    if value.startswith("std::chrono")
                    else f"static_cast<{value}>({parameter.name})"
                )
            told.append((value, parameter.name, expression))
    return told


def _told_many(parameter: Parameter, length: Parameter) -> tuple[str, str, str]:
    target = parameter.type.target
    both = f"{parameter.name}, {length.name}"
    if parameter.type.kind == "text":
        made = f"{parameter.name} == nullptr ? std::string_view() : std::string_view({both})"
        return "std::string_view", parameter.name, made
    if target.name == "uint8_t":
        return "bytes", parameter.name, f"bytes({both})"
    if target.kind == "pointer":
        return "sttp::signal_list", parameter.name, f"signal_list({{{parameter.name}}}, {length.name})"
    name = qualified(record_name(target.name))
    return f"span<const {name}>", parameter.name, f"span<const {name}>({both})"


def _told_text(parameter: Parameter, document: str) -> tuple[str, str, str]:
    name = parameter.name
    if "empty for" in document and "NULL when" in document:
        text = "std::optional<std::string_view>"
        return text, name, f"{name} == nullptr ? {text}() : {text}({name})"
    return "std::string_view", name, f"view({name})"


def _told_one(parameter: Parameter) -> tuple[str, str, str]:
    name = parameter.name
    target = parameter.type.target
    if target.kind == "handle":
        view = VIEWS.get(target.name)
        return (
            (qualified(view), name, f"{qualified(view)}({name})")
            if view
            else ("sttp::admission &", name, f"of_{name}")
        )
    if target.name == "sttp_guid":
        return "const guid &", name, f"*{name}"
    record = qualified(record_name(target.name))
    return f"const {record} &", name, f"{record}(*{name})"


# -- calls --


@dataclass
class _Call:
    """A member function as it is put together, parameter by parameter."""

    parameters: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    result: str = "void"
    returned: str = ""
    documented: list[tuple[str, str]] = field(default_factory=list)
    result_document: str = ""
    callable: Function | None = None
    visits: bool = False
    reads: str = ""
    """`text` or `list`, where the call is made until what it writes fits."""


def calls(description: Description, group: Class, words: Words) -> str:
    callback_of = {callback.name: callback for callback in description.callbacks}
    lines = [f"namespace {group.space} {{", ""]
    if group.way == "owner":
        lines += [
            f"/// What {group.shown} can do that is the same in C.",
            f"class {group.name} : public detail::owner<::{group.handle}, ::{group.handle}_free> {{",
            "public:",
        ]
    else:
        const = "" if group.name == "admission" else "const "
        lines += [
            *words.comment(
                description.handles[group.handle]
                if group.name == "admission"
                else f"What {group.shown} can do that is the same in C."
            ),
            f"class {group.name} {{",
            "public:",
            "    /// The handle for functions of sttp.h; stays whose it is.",
            f"    {const}::{group.handle} *native_handle() const noexcept {{ return handle_; }}",
            "    /// Whether there is a handle.",
            "    explicit operator bool() const noexcept { return handle_ != nullptr; }",
            "    /// What a callback was handed.",
            f"    explicit {group.name}({const}::{group.handle} *handle) noexcept : handle_(handle) {{}}",
            *(_FAILURE if group.name == "admission" else []),
        ]
    for function in functions_of(description, group):
        lines += [*([""] if lines[-1] != "public:" else []), *_method(function, group, words, callback_of)]
    if group.way == "owner":
        lines += [
            "",
            "protected:",
            "    using owner::owner;",
            "    // Only as what is derived from it.",
            f"    {group.name}() noexcept = default;",
            f"    {group.name}({group.name} &&) noexcept = default;",
            f"    {group.name} &operator=({group.name} &&) noexcept = default;",
            f"    ~{group.name}() = default;",
            "};",
        ]
    else:
        lines += [
            "",
            "protected:",
            f"    {group.name}() noexcept = default;",
            "",
            f"    {const}::{group.handle} *handle_ = nullptr;",
            *(_NOTED if group.name == "admission" else []),
            "};",
        ]
    return "\n".join([*lines, "", f"}}  // namespace {group.space}", "", ""])


_FAILURE = [
    "    /// Why the last decision has failed; empty when it has not.",
    "    const std::string &failure() const noexcept { return failure_; }",
]
_NOTED = [
    "",
    "private:",
    "    std::int32_t noted(std::int32_t status) const {",
    "        failure_.clear();",
    "        if (status != STTP_OK) {",
    '            failure_.append("the decision about it has failed: ").append(::sttp_last_error());',
    "        }",
    "        return status;",
    "    }",
    "",
    "    mutable std::string failure_;",
]


def _method(function: Function, group: Class, words: Words, callback_of: dict[str, Function]) -> list[str]:
    body, documents, returned, notes = parts_of(function.document)
    call = _call_of(function, documents, callback_of)
    name = method_name(function, group)
    first = function.parameters[0].type
    handle = "native_handle()"
    const = " const" if first.is_const or group.way == "view" else ""
    code = "std::error_code &code = throws()"
    arguments = ", ".join([handle, *call.arguments])
    if returned.startswith("STTP_OK"):
        success, _, returned = returned.partition("; ")
        success = success.removeprefix("STTP_OK").lstrip(":, ")
        says = success[0].upper() + success[1:] if "STTP_OK:" in function.document else f"Succeeds {success}"
        body = f"{body} {says.rstrip('.')}."
    if function.name.startswith(MAY_BE_ABSENT):
        returned = ""
    lines = _document(call, words, body, returned, notes)
    parameters = ", ".join([*call.parameters, code])
    if call.callable is not None:
        lines += ["    template <class F>"]
    lines += [f"    {call.result} {name}({parameters}){const} {{"]
    invoke = f"::{function.name}({arguments})"
    if call.callable is not None and not call.visits:
        lines += [
            f"        detail::install<detail::{_call_name(call.callable.name)}>({handle}, ::{function.name},",
            "            std::forward<F>(callback), code);",
            "    }",
            "    /// Removes the callback.",
            f"    void {name}(std::nullptr_t, {code}){const} {{",
            f"        detail::check(::{function.name}({handle}, nullptr, nullptr, nullptr), code);",
            "    }",
        ]
        return lines
    if call.visits:
        given = ", ".join([handle, *call.arguments, "call", "user_data"])
        lines += [
            f"        detail::visit<detail::{_call_name(call.callable.name)}>(",
            f"            [&](auto call, void *user_data) {{ return ::{function.name}({given}); }}, visit, code);",
            "    }",
        ]
        return lines
    lines += [f"        {line}" for line in call.before]
    if call.reads:
        captured = f"[&]({call.reads}) {{ return {invoke}; }}"
        helper = "read_text" if "char" in call.reads else "read_list"
        lines += [
            f"        detail::check(detail::{helper}(result, {captured}), code);",
            f"        return {call.returned};",
        ]
    elif function.name.startswith(MAY_BE_ABSENT):
        lines += [f"        return detail::optional_row({invoke}, result, code);"]
    elif call.result == "void":
        lines += [f"        detail::check({f'noted({invoke})' if group.name == 'admission' else invoke}, code);"]
    else:
        lines += [f"        detail::check({invoke}, code);", f"        return {call.returned};"]
    lines += ["    }"]
    return lines


def _document(call: _Call, words: Words, body: str, returned: str, notes: str) -> list[str]:
    lines = words.comment(body, "    ")
    for name, document in call.documented:
        lines += words.comment(f"\\param {name}  {document}", "    ")
    if call.callable is not None:
        told = _told(call.callable)
        _, documents, _, _ = parts_of(call.callable.document)
        shape = ", ".join(f"{kind}{'' if kind.endswith('&') else ' '}{name}" for kind, name, _ in told).replace(
            "sttp::", ""
        )
        name = "visit" if call.visits else "callback"
        about = parts_of(call.callable.document)[0].split("\n\n", maxsplit=1)[0]
        lines += words.comment(f"\\param {name}  Called as `({shape})`: {about}", "    ")
        for _, parameter, _ in told:
            lines += words.comment(
                f"    `{parameter}`: {documents.get(parameter, '')}".replace(" NULL when", " empty when"), "    "
            )
    if call.result_document:
        lines += words.comment(f"\\return {call.result_document}", "    ")
    if returned:
        lines += words.comment(
            "\\throws error: "
            + returned.replace("; STTP_ERR_BUFFER_TOO_SMALL", "").replace(", or STTP_ERR_BUFFER_TOO_SMALL", ""),
            "    ",
        )
    return lines + (["    ///", *words.comment(notes, "    ")] if notes else [])


def _receives(document: str) -> str:
    text = document.removeprefix("Receives ")
    return text[0].upper() + text[1:]


def _call_of(function: Function, documents: dict[str, str], callback_of: dict[str, Function]) -> _Call:
    call = _Call()
    parameters = function.parameters[1:]
    taken: set[str] = set()
    for place, parameter in enumerate(parameters):
        if parameter.name in taken:
            continue
        following = [other.name for other in parameters[place + 1 : place + 3]]
        taken |= _add(call, function, parameter, following, documents, callback_of)
    return call


def _add(
    call: _Call,
    function: Function,
    parameter: Parameter,
    following: list[str],
    documents: dict[str, str],
    callback_of: dict[str, Function],
) -> set[str]:
    """Adds a parameter; which of those behind it belong to it."""
    name, kind = parameter.name, parameter.type
    document = documents.get(name, "")
    default = DEFAULTS.get((function.name, name))
    with_default = f" = {default}" if default else ""
    next_name = following[0] if following else ""

    def takes(declared: str, argument: str):
        call.parameters.append(f"{declared}{with_default}")
        call.arguments.append(argument)
        call.documented.append((name, document))

    if kind.kind == "callback":
        call.callable = callback_of[kind.name]
        call.visits = "destroy" not in following
        call.parameters.append("F &&visit" if call.visits else "F &&callback")
        return {"user_data", "destroy"}
    if kind.kind == "text":
        takes(f"const text &{name}", f"{name}.c_str()")
        return set()
    if kind.kind == "scalar":
        value = qualified(integer_type(name, kind.name, document))
        if value == "std::chrono::milliseconds":
            plain = name.removesuffix("_ms")
            call.documented.append((plain, document.replace(", in milliseconds", "")))
            call.parameters.append(f"std::chrono::milliseconds {plain}{with_default}")
            call.arguments.append(f"detail::milliseconds({plain})")
            return set()
        plain = value in ("double", f"std::{kind.name}")
        if kind.name == "size_t" and document.startswith("Row of"):
            name = f"{name}_row"
        takes(
            f"{value} {name}",
            name if plain else f"{name} ? 1 : 0" if value == "bool" else f"static_cast<std::int32_t>({name})",
        )
        return set()
    target = kind.target
    if kind.is_const and target.kind == "handle":
        takes(f"const {VIEWS[target.name]} &{name}", f"{name}.native_handle()")
        return set()
    if next_name in ("count", "size", "length") and (kind.is_const or target.is_const):
        item = "sttp::bytes" if target.name == "uint8_t" else f"span<const {qualified(record_name(target.name))}>"
        name = {"measurements": "batch", "bytes": "data"}.get(name, name)
        call.parameters.append(f"{'sttp::measurements' if target.name == 'sttp_measurement' else item} {name}")
        call.documented.append((name, document))
        call.arguments += [f"{name}.data()", f"{name}.size()"]
        return {next_name}
    if target.name == "sttp_guid" and (kind.is_const or target.is_const):
        takes(f"const guid &{name}", f"&{name}")
        return set()
    return _add_result(call, function, parameter, following, document)


def _add_result(
    call: _Call, function: Function, parameter: Parameter, following: list[str], document: str
) -> set[str]:
    """Adds what is written, which becomes what is returned."""
    name, target = parameter.name, parameter.type.target
    next_name = following[0] if following else ""
    if name == "buffer":
        call.result, call.returned, call.before = "std::string", "result", ["std::string result;"]
        call.reads = "char *buffer, std::size_t size"
        call.arguments += ["buffer", "size"] + (["nullptr"] if "length" in following else [])
        return {"size", "length"}
    if next_name in ("capacity", "room"):
        item = f"std::{target.name}" if target.kind == "scalar" else record_name(target.name)
        call.result, call.returned, call.before = f"std::vector<{item}>", "result", [f"std::vector<{item}> result;"]
        call.reads = f"{item} *elements, std::size_t capacity, std::size_t *count"
        call.arguments += ["elements", "capacity", "count"]
        call.result_document = _receives(document).split("; NULL")[0]
        return {next_name, "count"}
    call.result_document = _receives(document).split("; may be")[0]
    if target.kind == "record":
        record = record_name(target.name)
        row = ", row" if record in ("device", "measurement_info", "phasor") else ""
        call.result = f"sttp::{record}"
        call.before = [f"::{target.name} result{{}};"]
        call.returned = "result" if is_same(target.name) else f"sttp::{record}(result{row})"
        call.arguments += ["&result"] + (["sizeof result"] if next_name == "size" else [])
        return {"size"} if next_name == "size" else set()
    if target.kind == "text":
        call.result, call.before, call.returned = (
            "std::string_view",
            ["const char *result = nullptr;"],
            "detail::view(result)",
        )
        call.arguments.append("&result")
        return set()
    if target.kind != "scalar":
        raise ValueError(f"{function.name}: what is {parameter.type.spelling} {name}?")
    scalar = f"std::{target.name}"
    value = "std::int32_t" if name == "descriptor" else qualified(integer_type(name, target.name, document))
    call.before = [f"{scalar} result{{}};"]
    call.arguments.append("&result")
    call.result = value
    call.returned = "result" if value in (scalar, "double") else f"static_cast<{value}>(result)"
    if value.startswith("std::chrono"):
        call.returned = f"{value}(result)"
    if function.name.startswith(MAY_BE_ABSENT):
        call.result = "std::optional<std::size_t>"
        call.result_document = call.result_document.rstrip(".") + "; nothing when there is none."
    return set()
