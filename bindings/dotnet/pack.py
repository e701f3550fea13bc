"""Makes the NuGet package without the SDK of .NET: a zip of assemblies, the shared libraries, and licences.

    python3 bindings/dotnet/pack.py --version VERSION --output FOLDER --licences FILE --assembly FRAMEWORK=FILE...
                                    [--native RID=FILE]...

FRAMEWORK=FILE is as netstandard2.0=LibSttp.dll, with the documentation comments beside it; RID=FILE as
linux-x64=build/lib/libsttp.so.0.1.0 or win-x64=build/sttp.dll; --licences are those of what is in the libraries. The
package is opened again, and what is in it is shown.
"""

import argparse
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
NAME = "LibSttp"
FRAMEWORKS = {"netstandard2.0": ".NETStandard2.0", "net8.0": "net8.0"}
NATIVE = {"linux": "libsttp.so", "win": "sttp.dll", "osx": "libsttp.dylib"}

NUSPEC = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>{name}</id>
    <version>{version}</version>
    <authors>{authors}</authors>
    <license type="expression">{license}</license>
    <readme>README.md</readme>
    <description>{description}</description>
    <tags>{tags}</tags>
    <dependencies>{groups}</dependencies>
  </metadata>
</package>
"""
RELATIONSHIPS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Id="manifest" Target="/{name}.nuspec"
                Type="http://schemas.microsoft.com/packaging/2010/07/manifest" />
</Relationships>
"""
CONTENT_TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
{types}
</Types>
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--licences", type=Path, required=True)
    parser.add_argument("--assembly", action="append", required=True, metavar="FRAMEWORK=FILE")
    parser.add_argument("--native", action="append", default=[], metavar="RID=FILE")
    options = parser.parse_args()

    parts: dict[str, bytes] = {}
    assemblies = dict(one.split("=", 1) for one in options.assembly)
    parts[f"{NAME}.nuspec"] = nuspec(options.version, list(assemblies)).encode()
    parts["_rels/.rels"] = RELATIONSHIPS.format(name=NAME).encode()
    parts["README.md"] = (FOLDER / "README.md").read_bytes()
    parts["LICENSE.txt"] = (ROOT / "LICENSE").read_bytes()
    parts[options.licences.name] = options.licences.read_bytes()
    for framework, file in assemblies.items():
        parts[f"lib/{framework}/{NAME}.dll"] = Path(file).read_bytes()
        parts[f"lib/{framework}/{NAME}.xml"] = Path(file).with_suffix(".xml").read_bytes()
    # For Mono, which takes the assembly of netstandard2.0.
    parts[f"lib/netstandard2.0/{NAME}.dll.config"] = (FOLDER / NAME / f"{NAME}.dll.config").read_bytes()
    parts[f"build/{NAME}.targets"] = (FOLDER / NAME / f"{NAME}.targets").read_bytes()
    for native in options.native:
        rid, file = native.split("=", 1)
        parts[f"runtimes/{rid}/native/{NATIVE[rid.split('-')[0]]}"] = Path(file).read_bytes()
    extensions = sorted({name.rsplit(".", 1)[1] for name in parts})
    types = "\n".join(f'  <Default Extension="{one}" ContentType="{content_type(one)}" />' for one in extensions)
    parts["[Content_Types].xml"] = CONTENT_TYPES.format(types=types).encode()

    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / f"{NAME}.{options.version}.nupkg"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    check(path, options.version)
    return 0


def nuspec(version: str, frameworks: list[str]) -> str:
    """With what the project file says of the package."""
    project = ElementTree.parse(FOLDER / NAME / f"{NAME}.csproj").getroot().find("PropertyGroup")
    assert project is not None
    said = {element.tag: escape(element.text or "") for element in project}
    groups = "".join(f'<group targetFramework="{FRAMEWORKS[one]}" />' for one in frameworks)
    return NUSPEC.format(
        name=said["PackageId"], version=version, authors=said["Authors"], license=said["PackageLicenseExpression"],
        description=said["Description"], tags=said["PackageTags"].replace(";", " "), groups=groups,
    )  # fmt: skip


def content_type(extension: str) -> str:
    return "application/vnd.openxmlformats-package.relationships+xml" if extension == "rels" else "application/octet"


def check(path: Path, version: str) -> None:
    """Opens the package as NuGet does: by its manifest, with a type for each part."""
    with zipfile.ZipFile(path) as package:
        broken = package.testzip()
        manifest = ElementTree.fromstring(package.read(f"{NAME}.nuspec"))
        found = manifest.findtext(".//{*}version")
        types = ElementTree.fromstring(package.read("[Content_Types].xml"))
        known = {element.get("Extension") for element in types}
        named = [name for name in package.namelist() if name != "[Content_Types].xml"]
        unknown = [name for name in named if name.rsplit(".", 1)[1] not in known]
        if broken or found != version or unknown:
            raise SystemExit(f"{path} cannot be opened: {broken or unknown or found}")
        print(f"{path}: {', '.join(package.namelist())}")


if __name__ == "__main__":
    sys.exit(main())
