#!/usr/bin/env bash
# Measures cosio beside its peers and the floors, all in one run, and writes results.md and
# results.svg beside this file. Installs what is missing on a Debian or Ubuntu, builds into
# build-benchmarks/ (or BUILD_DIR). Options are handed on to run.py:
#
#     benchmarks/run.sh --size-mib 1024 --rounds 9

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/packages.sh

install_packages g++ cmake make python3 openssl util-linux libasio-dev libfmt-dev libssl-dev \
    libbenchmark-dev nginx-light libcurl4-openssl-dev libboost-dev strace valgrind

build=${BUILD_DIR:-build-benchmarks}
echo "Building the benchmarks into $build"
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DCOSIO_BUILD_TESTS=OFF \
    -DCOSIO_BUILD_EXAMPLES=OFF >/dev/null
cmake --build "$build" --parallel "${JOBS:-$(nproc)}" --target benchmarks pure_layers >/dev/null

exec python3 benchmarks/run.py "$build/benchmarks" "$@"
