"""The Conan package. From a source tree: 'conan create packaging/conan' builds it; 'conan export-pkg packaging/conan'
packages what 'make' has built."""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.files import copy, load, rm, rmdir


class LibsttpConan(ConanFile):
    name = "libsttp"
    description = "STTP (IEEE 2664) publisher and subscriber engine"
    license = "MIT"
    url = "https://github.com/sttp/libsttp"
    homepage = url
    topics = ("sttp", "ieee2664", "synchrophasor", "telemetry")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False]}
    default_options = {"shared": True}

    # What the build needs, and neither what was built nor where tests keep their things.
    _sources = ("Cargo.*", "build.rs", "rust-toolchain.toml", "LICENSE", "Makefile", "src/*", "include/*", "tools/*",
                "cmake/*", "packaging/*", "benches/*", "tests/fixtures/*", "gateways/*", "programs/*")

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "..", "..", "Cargo.toml"))
        self.version = re.search(r'^version = "(.*)"$', text, re.MULTILINE).group(1)

    def layout(self):
        self.folders.root = os.path.join("..", "..")
        self.folders.source = "."
        self.folders.build = "."
        self.folders.generators = os.path.join("build", "conan")

    def export_sources(self):
        # In the cache the recipe lies where it does in the source.
        root = os.path.join(self.recipe_folder, "..", "..")
        for pattern in self._sources:
            copy(self, pattern, src=root, dst=self.export_sources_folder)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration(f"make install is for Linux, not {self.settings.os}")

    def package_id(self):
        # Rust compiles it one way, and its interface is C's, so that any compiler of the same system will do.
        del self.info.settings.compiler
        del self.info.settings.build_type

    def build(self):
        self.run("make installable build/licences-of-crates.txt PACKING=", cwd=self.source_folder)

    def package(self):
        self.run(f"make install DESTDIR= PREFIX={self.package_folder} LIBDIR=lib", cwd=self.source_folder)
        licences = os.path.join(self.package_folder, "licenses")
        copy(self, "LICENSE", src=self.source_folder, dst=licences)
        copy(self, "licences-of-crates.txt", src=os.path.join(self.source_folder, "build"), dst=licences)
        libraries = os.path.join(self.package_folder, "lib")
        if not self.options.shared:
            rm(self, "libsttp.so*", libraries)
            rmdir(self, os.path.join(self.package_folder, "bin"))
            for folder in ("bash-completion", "fish", "man", "zsh"):
                rmdir(self, os.path.join(self.package_folder, "share", folder))
        else:
            rm(self, "libsttp.a", libraries)
        copy(self, "native-libraries", src=os.path.join(self.source_folder, "build"),
             dst=os.path.join(self.package_folder, "res"))
        # The first two Conan writes itself; units name a place that nothing is started from.
        for folder in ("cmake", "pkgconfig", "systemd"):
            rmdir(self, os.path.join(libraries, folder))

    def package_info(self):
        self.cpp_info.libs = ["sttp"]
        self.cpp_info.set_property("cmake_file_name", "sttp")
        self.cpp_info.set_property("cmake_target_name", "sttp::sttp" if self.options.shared else "sttp::sttp_static")
        self.cpp_info.set_property("pkg_config_name", "sttp")
        if not self.options.shared:
            words = load(self, os.path.join(self.package_folder, "res", "native-libraries")).split()
            self.cpp_info.system_libs = [word.removeprefix("-l") for word in words]
