#!/usr/bin/env bash
# boto3 and the AWS command line on the emulator over https, and in both directions with our own S3
# client. Skipped, with exit code 77, where boto3 is not installed. Usage: run.sh EMULATOR S3_PROGRAM
# With PYTHON and AWS_PROGRAM other versions of theirs can be tried.

set -euo pipefail
emulator=$1 ours=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../conformance/record.sh"

record_begin boto3

# The system's Python first: that is whose packages .ci/run installs.
python=
for candidate in ${PYTHON:-/usr/bin/python3 python3}; do
    if "$candidate" -c "import boto3" 2>/dev/null; then
        python=$candidate
        break
    fi
done
[[ -n $python ]] || record_skip "no Python here has boto3 (Debian: python3-boto3)"

work=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
"$emulator" >"$work/output" 2>&1 &
pid=$!
for ((i = 0; i != 100; ++i)); do
    grep -q '^READY$' "$work/output" && break
    kill -0 "$pid" 2>/dev/null || { cat "$work/output"; exit 1; }
    sleep 0.1
done
while IFS= read -r line; do
    [[ $line != *=* ]] || export "${line?}"
done <"$work/output"
export COSIO_CONFORMANCE_RECORD=$work/record
export KMS_KEY_ID=7f0a2c5e-26c5-11ea-855c-52540085abcd # The emulator's second one.
# What a user's configuration says has no place here.
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_ENDPOINT_URL AWS_CA_BUNDLE HTTPS_PROXY https_proxy || true

"$python" "$here/boto3_program.py" write
"$ours" write
echo "s3_client: write is right"
"$ours" read
echo "s3_client: read is right"
"$python" "$here/boto3_program.py" read
"$ours" presign >"$work/urls"
"$python" "$here/boto3_program.py" check <"$work/urls"

AWS_PROGRAM=${AWS_PROGRAM:-/usr/bin/aws}
if [[ -x $AWS_PROGRAM ]]; then
    export AWS_PROGRAM
    "$python" "$here/boto3_program.py" aws
    command_line=$("$AWS_PROGRAM" --version)
    record_end "boto3 $("$python" -c 'import boto3; print(boto3.__version__)'), ${command_line%% *}"
else
    record_leave_out "no AWS command line (Debian: awscli)"
fi
