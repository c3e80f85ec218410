#!/usr/bin/env bash
# Builds and runs all tests. Installs what is missing on a Debian or Ubuntu, builds into build-tests/
# (or BUILD_DIR), runs CTest with CTEST_OPTIONS. Options are handed on to CMake:
#
#     BUILD_DIR=build-asan tests/run.sh -DCOSIO_SANITIZE=ON

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/packages.sh

install_packages g++ cmake make libasio-dev libfmt-dev libssl-dev doctest-dev

build=${BUILD_DIR:-build-tests}
echo "Building the tests into $build"
# Line numbers are all a failed test needs; full debug information doubles the work.
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-g1 "$@" >/dev/null
cmake --build "$build" --parallel "$(nproc)" >/dev/null

table=$build/tests/conformance/table.md
rm -f "$table"
# shellcheck disable=SC2086 # Several options in one variable.
ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)" ${CTEST_OPTIONS:-}

# What the operations came to, on which server, by which client; only where that was looked at.
if [[ -e $table ]]; then
    echo
    cat "$table"
fi
