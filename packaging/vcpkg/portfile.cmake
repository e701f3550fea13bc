# The port of libsttp. What cargo compiles is optimized in any configuration, so that one build serves all of them.
set(VCPKG_BUILD_TYPE release)

vcpkg_from_github(
  OUT_SOURCE_PATH SOURCE_PATH
  REPO sttp/libsttp
  REF "v${VERSION}"
  # Of the archive of the release: vcpkg tells it when this one does not match.
  SHA512 0
  HEAD_REF main)

find_program(CARGO cargo PATHS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin")
if(NOT CARGO)
  message(FATAL_ERROR "libsttp is written in Rust, which is missing. Install it: https://rustup.rs")
endif()
cmake_path(GET CARGO PARENT_PATH CARGO_FOLDER)
vcpkg_add_to_path("${CARGO_FOLDER}")
find_program(MAKE make REQUIRED)

vcpkg_execute_required_process(
  COMMAND "${MAKE}" installable build/licences-of-crates.txt PACKING=
  WORKING_DIRECTORY "${SOURCE_PATH}"
  LOGNAME "build-${TARGET_TRIPLET}")
vcpkg_execute_required_process(
  COMMAND "${MAKE}" install DESTDIR= "PREFIX=${CURRENT_PACKAGES_DIR}" LIBDIR=lib
  WORKING_DIRECTORY "${SOURCE_PATH}"
  LOGNAME "install-${TARGET_TRIPLET}")

# The package of a triplet has one kind of library.
if(VCPKG_LIBRARY_LINKAGE STREQUAL "static")
  file(GLOB OTHER_LIBRARIES "${CURRENT_PACKAGES_DIR}/lib/libsttp.so*")
else()
  set(OTHER_LIBRARIES "${CURRENT_PACKAGES_DIR}/lib/libsttp.a")
endif()
file(REMOVE ${OTHER_LIBRARIES})

if("tools" IN_LIST FEATURES)
  vcpkg_copy_tools(TOOL_NAMES sttp-publish sttp-subscribe sttp-metadata sttp-relay sttp-c37118 AUTO_CLEAN)
endif()
file(REMOVE_RECURSE
  "${CURRENT_PACKAGES_DIR}/bin" "${CURRENT_PACKAGES_DIR}/lib/systemd" "${CURRENT_PACKAGES_DIR}/share/bash-completion"
  "${CURRENT_PACKAGES_DIR}/share/fish" "${CURRENT_PACKAGES_DIR}/share/man" "${CURRENT_PACKAGES_DIR}/share/zsh")

# The CMake package finds the prefix from where it lies, and moves up by one folder.
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/sttp PACKAGE_NAME sttp)
vcpkg_replace_string("${CURRENT_PACKAGES_DIR}/share/sttp/sttpConfig.cmake" "/../../..\"" "/../..\"")
vcpkg_fixup_pkgconfig()

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE" "${SOURCE_PATH}/build/licences-of-crates.txt")
