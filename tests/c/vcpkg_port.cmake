# Runs the port as vcpkg would, with its functions as far as the port needs them, on the source that lies here.
#   cmake -DROOT=... -DCURRENT_PACKAGES_DIR=... -DVCPKG_LIBRARY_LINKAGE=... -DFEATURES=... -P vcpkg_port.cmake
cmake_minimum_required(VERSION 3.20)

file(READ "${ROOT}/packaging/vcpkg/vcpkg.json" manifest)
string(JSON PORT GET "${manifest}" name)
string(JSON VERSION GET "${manifest}" version)
set(TARGET_TRIPLET x64-linux)
file(READ "${ROOT}/Cargo.toml" cargo)
if(NOT cargo MATCHES "\nversion = \"${VERSION}\"\n")
  message(FATAL_ERROR "vcpkg.json is of version ${VERSION}, Cargo.toml of another one")
endif()

function(vcpkg_from_github)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_SOURCE_PATH;REPO;REF;SHA512;HEAD_REF" "")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_REF STREQUAL "v${VERSION}")
    message(FATAL_ERROR "vcpkg_from_github(${ARGN})")
  endif()
  set(${arg_OUT_SOURCE_PATH} "${ROOT}" PARENT_SCOPE)
endfunction()

function(vcpkg_add_to_path folder)
  set(ENV{PATH} "${folder}:$ENV{PATH}")
endfunction()

function(vcpkg_execute_required_process)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "WORKING_DIRECTORY;LOGNAME" "COMMAND")
  execute_process(COMMAND ${arg_COMMAND} WORKING_DIRECTORY "${arg_WORKING_DIRECTORY}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_copy_tools)
  cmake_parse_arguments(PARSE_ARGV 0 arg "AUTO_CLEAN" "" "TOOL_NAMES")
  foreach(tool IN LISTS arg_TOOL_NAMES)
    file(COPY "${CURRENT_PACKAGES_DIR}/bin/${tool}" DESTINATION "${CURRENT_PACKAGES_DIR}/tools/${PORT}")
  endforeach()
endfunction()

function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH;PACKAGE_NAME" "")
  file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/share")
  file(RENAME "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}" "${CURRENT_PACKAGES_DIR}/share/${arg_PACKAGE_NAME}")
endfunction()

function(vcpkg_replace_string file old new)
  file(READ "${file}" before)
  string(REPLACE "${old}" "${new}" after "${before}")
  if(before STREQUAL after)
    message(FATAL_ERROR "${file} has no ${old}")
  endif()
  file(WRITE "${file}" "${after}")
endfunction()

function(vcpkg_fixup_pkgconfig)
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  foreach(file IN LISTS arg_FILE_LIST)
    file(READ "${file}" text)
    file(APPEND "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright" "${text}")
  endforeach()
endfunction()

# The folder of the port is that of its file.
set(CMAKE_CURRENT_LIST_DIR "${ROOT}/packaging/vcpkg")
include("${ROOT}/packaging/vcpkg/portfile.cmake")
