"""Builds the wheel, with the shared library in it: LIBSTTP_LIBRARY names it, else ../../build/lib/libsttp.so is
taken.

It needs no compiler, neither here nor where the wheel is installed. The tag is that of the oldest glibc that the
library runs with.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.dist import Distribution

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LICENCES = ROOT / "build/licences-of-crates.txt"
LIBRARY = Path(os.environ.get("LIBSTTP_LIBRARY") or ROOT / "build/lib/libsttp.so").resolve()


def version() -> str:
    package = (ROOT / "Cargo.toml").read_text(encoding="utf-8").split("[workspace.package]")[1]
    return re.search(r'^version = "(.*)"', package, re.MULTILINE)[1]


class Build(build_py):
    """Puts the library beside the modules, without what is only for debuggers, and the licences of what is in it."""

    def run(self):
        super().run()
        if not LIBRARY.exists():
            raise SystemExit(f"{LIBRARY} is missing: run make lib first, or name a library in LIBSTTP_LIBRARY")
        if not LICENCES.exists():
            raise SystemExit(f"{LICENCES} is missing: make wheel writes it")
        shutil.copy(LICENCES, Path(self.build_lib) / "libsttp")
        target = Path(self.build_lib) / "libsttp" / ("sttp.dll" if LIBRARY.suffix == ".dll" else "libsttp.so")
        shutil.copyfile(LIBRARY, target)
        strip = shutil.which("strip")
        if strip and LIBRARY.suffix != ".dll":
            subprocess.run([strip, "--strip-unneeded", target], check=True)


class Wheel(bdist_wheel):
    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        return "py3", "none", self._platform()

    def _platform(self) -> str:
        if LIBRARY.suffix == ".dll":
            return "win_amd64"
        needed = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)\0", LIBRARY.read_bytes())]
        machine = platform.machine()
        return f"manylinux_2_{max(needed)}_{machine}" if needed else f"linux_{machine}"


class Binary(Distribution):
    def has_ext_modules(self):
        return True


setup(version=version(), distclass=Binary, cmdclass={"build_py": Build, "bdist_wheel": Wheel})
