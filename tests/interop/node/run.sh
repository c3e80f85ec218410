#!/usr/bin/env bash
# The official Node SDK against the emulator. Installs the SDK into FOLDER, at the version and with
# the hashes of package-lock.json. Skipped, with code 77, where there is no npm or no network.
# Usage: run.sh PEER FOLDER

set -euo pipefail
peer=$1 folder=$2
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$source/../../conformance/record.sh"

record_begin node-sdk
for program in node npm; do
    command -v "$program" >/dev/null || record_skip "there is no $program (Debian: nodejs npm)"
done
version=$(node --version)
[[ ${version#v} =~ ^([0-9]+) && ${BASH_REMATCH[1]} -ge 16 ]] ||
    record_skip "node $version is older than 16"

mkdir -p "$folder"
cd "$folder"
cp "$source"/*.js "$source"/package.json .
if ! cmp -s "$source/package-lock.json" package-lock.json || [[ ! -e installed ]]; then
    rm -f installed
    cp "$source/package-lock.json" .
    if ! npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 \
        --fetch-retry-mintimeout=1000 --fetch-timeout=20000 >npm.log 2>&1; then
        grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH' \
            npm.log && record_skip "npm cannot reach its registry"
        cat npm.log
        exit 1
    fi
    touch installed
fi
export COSIO_CONFORMANCE_RECORD=$folder/record
rm -f "$COSIO_CONFORMANCE_RECORD"
node --no-deprecation driver.js "$peer"
record_end "cos-nodejs-sdk-v5 $(node -p "require('cos-nodejs-sdk-v5/package.json').version")"
