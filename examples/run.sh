#!/usr/bin/env bash
# Runs the examples: every section of the COS guide on object encryption, on an emulator inside each
# program, or on real COS when COS_SECRET_ID, COS_SECRET_KEY, COS_REGION and COS_BUCKET are set.
# Installs what is missing on a Debian or Ubuntu, builds into build-examples/, runs. Exits with 1
# when any row fails.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/packages.sh

install_packages g++ cmake make libasio-dev libfmt-dev libssl-dev

build=${BUILD_DIR:-build-examples}
echo "Building the examples into $build"
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCOSIO_BUILD_TESTS=OFF \
    -DCOSIO_BUILD_BENCHMARKS=OFF "$@" >/dev/null
cmake --build "$build" --parallel "$(nproc)" >/dev/null

failed=()
for example in sse_cos sse_kms sse_c sse_c_multipart transfers; do
    echo
    echo "== $example"
    "$build/examples/example_$example" || failed+=("$example")
done

echo
if ((${#failed[@]} != 0)); then
    echo "Failed: ${failed[*]}"
    exit 1
fi
echo "All examples succeeded."
