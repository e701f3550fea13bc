#!/bin/bash
# Packages what was built by the recipe for Conan, and by the port for vcpkg, and builds and runs a program against each.
#   recipes_test.sh CONAN
set -eu
cd "$(dirname "$0")/../.."

conan=$(realpath -s "${1:?usage: recipes_test.sh CONAN}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/c/installed.sh

export CONAN_HOME=$work/conan
check "conan's profile" "$conan" profile detect
for shared in True False; do
    check "conan, shared $shared" "$conan" export-pkg packaging/conan -o "&:shared=$shared" -tf test_package
done
check "the program of the static package" has_no_needed build/conan/Release/consumer

for linkage in dynamic static; do
    tree=$work/vcpkg_$linkage
    # They need the shared library.
    features=tools
    [ $linkage = dynamic ] || features=
    check "vcpkg, $linkage" cmake -DROOT="$PWD" -DCURRENT_PACKAGES_DIR="$tree" -DVCPKG_LIBRARY_LINKAGE=$linkage \
        -DFEATURES=$features -P tests/c/vcpkg_port.cmake
    check "cmake" cmake -S packaging/conan/test_package -B "$work/$linkage" -DCMAKE_PREFIX_PATH="$tree"
    check "cmake --build" cmake --build "$work/$linkage"
    check "a program with vcpkg's package, $linkage" says_version "$work/$linkage/consumer"
    check "licences of the crates" grep -qE "^Of (.*, )?ring [0-9]" "$tree/share/libsttp/copyright"
done
check "shared" has_needed "$work/dynamic/consumer"
check "static" has_no_needed "$work/static/consumer"
check "tools of vcpkg" says_version env LD_LIBRARY_PATH="$work/vcpkg_dynamic/lib" "$work/vcpkg_dynamic/tools/libsttp/sttp-publish" --version

echo "Recipe tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
