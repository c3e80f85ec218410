#!/usr/bin/env bash
# The emulator as a program: what it prints, that the examples run on it, that it stops when it is
# told to, and that it goes on where it stopped. Usage: emulator_test.sh EMULATOR EXAMPLES_DIR

set -euo pipefail
emulator=$1 examples=$2
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*"
    cat "$work/output" 2>/dev/null || true
    exit 1
}

# start OPTIONS...: starts it and takes its lines into the environment.
start() {
    : >"$work/output" # Else the READY of the one before would be taken for this one's.
    "$emulator" "$@" >"$work/output" 2>"$work/errors" &
    pid=$!
    for ((i = 0; i != 100; ++i)); do
        grep -q '^READY$' "$work/output" && break
        kill -0 "$pid" 2>/dev/null || fail "it ended: $(cat "$work/errors")"
        sleep 0.1
    done
    [[ $(tail -n 1 "$work/output") == READY ]] || fail "READY is not the last line"
    local name
    for name in COSIO_HTTPS_ENDPOINT COSIO_HTTP_ENDPOINT COS_SECRET_ID COS_SECRET_KEY COS_REGION \
        COS_BUCKET COSIO_CA_FILE; do
        grep -q "^$name=." "$work/output" || fail "no $name"
        export "$(grep "^$name=" "$work/output")"
    done
    [[ $COSIO_HTTPS_ENDPOINT =~ ^[^:]+:[0-9]+$ ]] || fail "endpoint '$COSIO_HTTPS_ENDPOINT'"
    [[ -s $COSIO_CA_FILE ]] || fail "no CA file"
}

# stop SIGNAL: ends it, which must be in order and soon.
stop() {
    kill "-$1" "$pid"
    local code=0
    wait "$pid" || code=$?
    [[ $code == 0 ]] || fail "it ended with $code on SIG$1"
}

start --directory "$work/store" --secret-id AKIDtest --secret-key testkey
[[ $COS_SECRET_ID == AKIDtest && $COS_SECRET_KEY == testkey ]] || fail "other credentials"
[[ $COSIO_CA_FILE == "$work/store/ca.pem" ]] || fail "the CA file is elsewhere"
for example in sse_cos sse_kms sse_c sse_c_multipart; do
    "$examples/example_$example" >"$work/example" || fail "$example: $(cat "$work/example")"
    grep -q "^on $COS_BUCKET in $COSIO_HTTPS_ENDPOINT" "$work/example" || fail "$example ran elsewhere"
done
stop TERM
grep -rq "sealed with a key of the" "$work/store" && fail "plaintext is stored"

# It goes on with what is there, on a port of one's choice.
objects=$(find "$work/store/objects" -type f | wc -l)
[[ $objects -ge 6 ]] || fail "only $objects objects are stored"
port=${COSIO_HTTPS_ENDPOINT##*:}
start --directory "$work/store" --https-port "$port" --secret-id AKIDtest --secret-key testkey
[[ ${COSIO_HTTPS_ENDPOINT##*:} == "$port" ]] || fail "another port"
[[ $(find "$work/store/objects" -type f | wc -l) == "$objects" ]] || fail "objects are lost"
"$examples/example_sse_c" >/dev/null || fail "sse_c on what was stored"

# Closed descriptors are nobody else's, and an output that nobody reads is no reason to serve on.
for closed in "<&-" "2>&-" "<&- 2>&-"; do
    : >"$work/closed"
    eval "exec \"\$emulator\" $closed" >"$work/closed" &
    other=$!
    for ((i = 0; i != 100; ++i)); do grep -q '^READY$' "$work/closed" && break; sleep 0.1; done
    kill -TERM $other
    wait $other || fail "it ended with $? with $closed"
    grep -q '^READY$' "$work/closed" || fail "not ready with $closed"
done
for output in ">&-" ">/dev/full"; do
    code=0
    eval "timeout 20 \"$emulator\" $output" 2>"$work/errors" || code=$?
    [[ $code == 1 ]] && grep -q "standard output" "$work/errors" || fail "$output: $code"
done

# A folder of somebody else's is left alone.
mkdir "$work/other"
echo mine >"$work/other/keys.new"
echo mine >"$work/other/keys"
code=0
"$emulator" --directory "$work/other" >/dev/null 2>"$work/errors" || code=$?
[[ $code == 1 ]] && grep -q "is not empty, and not of an emulator" "$work/errors" || fail "folder: $code"
[[ $(cat "$work/other"/*) == $'mine\nmine' ]] || fail "a folder of somebody else's was changed"

# A port that is taken, options that are none.
code=0
"$emulator" --https-port "$port" >/dev/null 2>"$work/errors" || code=$?
[[ $code == 1 && -s $work/errors ]] || fail "a taken port: $code"
stop INT
for wrong in "--nonsense" "--https-port x" "--https-port 70000" "--directory"; do
    code=0
    # shellcheck disable=SC2086
    "$emulator" $wrong >/dev/null 2>"$work/errors" || code=$?
    [[ $code == 2 ]] && grep -q usage "$work/errors" || fail "'$wrong': $code"
done
"$emulator" --help | grep -q -- --directory || fail "--help"
echo "all right"
