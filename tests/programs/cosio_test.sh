#!/usr/bin/env bash
# The command line tool against the emulator, over https: every command and option, exit codes,
# errors, interruptions. Usage: cosio_test.sh COSIO EMULATOR

set -euo pipefail
cosio=$1 emulator=$2
work=$(mktemp -d)
emulator_pid='' pid=''
trap 'clean_up' EXIT

# The emulator is asked to end, so that it takes its certificate's file with it; a stopped one would
# not hear it.
clean_up() {
    kill -9 $pid 2>/dev/null || true
    kill -CONT $emulator_pid 2>/dev/null || true
    kill -TERM $emulator_pid 2>/dev/null || true
    wait $emulator_pid 2>/dev/null || true
    umount "$work/tiny" 2>/dev/null || true
    rm -rf "$work"
}

fail() {
    echo "FAILED: $*"
    tail -n 20 "$work/out" "$work/err" 2>/dev/null || true
    exit 1
}

"$emulator" --bucket-elsewhere far-1250000000=ap-shanghai >"$work/emulator" 2>&1 &
emulator_pid=$!
for ((i = 0; i != 100; ++i)); do
    grep -q '^READY$' "$work/emulator" && break
    sleep 0.1
done
for name in COSIO_HTTPS_ENDPOINT COSIO_HTTP_ENDPOINT COS_SECRET_ID COS_SECRET_KEY COS_REGION \
    COS_BUCKET COSIO_CA_FILE; do
    export "$(grep "^$name=." "$work/emulator")"
done
there=(--endpoint "$COSIO_HTTPS_ENDPOINT" --ca-file "$COSIO_CA_FILE")
bucket=cos://$COS_BUCKET
cd "$work"

# run CODE WORDS...: runs cosio, which must end with CODE. What fails says so in one line on standard
# error, and in no line on standard output.
run() {
    local wanted=$1 code=0
    shift
    "$cosio" "${there[@]}" "$@" >out 2>err </dev/null || code=$?
    [[ $code == "$wanted" ]] || fail "'$*' ended with $code, not $wanted"
    if [[ $wanted != 0 ]]; then
        [[ $(wc -l <err) == 1 && $(head -c 7 err) == "cosio: " ]] || fail "'$*' complains badly"
    fi
}
says() { grep -qF -- "$1" out || fail "standard output without '$1'"; }
complains() { grep -qF -- "$1" err || fail "standard error without '$1'"; }

mebibytes() { head -c "$(($1 * 1048576))" /dev/urandom; }
printf 'a small text\n' >small
mebibytes 3 >large
printf '00000000000000000000000000000001' >raw.key
printf '00000000000000000000000000000002' | base64 >base64.key
chmod 600 raw.key base64.key

echo "help and version"
run 0 --help && says "usage: cosio COMMAND"
run 0 cp --help && says "--source-sse-c-key-file"
run 0 help ls && says "--recursive"
run 0 --version && says "cosio "

echo "what is not understood"
run 2 && complains "a command is missing"
run 2 mv a b && complains "no command 'mv'"
run 2 ls --nonsense "$bucket" && complains "no option '--nonsense'"
run 2 ls --days 3 "$bucket" && complains "'ls' has no --days"
run 2 ls --secret-key=hush "$bucket" && complains COS_SECRET_KEY
grep -q hush err && fail "a secret is repeated"
run 2 cp small large && complains "one of the two"
run 2 cp small cos://UPPER/x && complains "lower-case"
run 2 cp "$bucket" x && complains "names a bucket"
run 2 cp - "$bucket/" && complains "standard input has no name"
run 2 cp - "$bucket/x" --resume && complains "--resume"
run 2 cp small "$bucket" --source-sse-c-key-file raw.key && complains "from object to object"
run 2 cp small "$bucket" --source-region ap-beijing && complains "from object to object"
run 2 cp "$bucket/x" y --storage-class ARCHIVE && complains "--storage-class"
run 2 cp "$bucket/x" y --sse cos && complains "a read needs neither"
run 2 cp "$bucket/x" y --compare && complains "--compare"
run 2 cp small "$bucket" --sse c && complains "needs --sse-c-key-file"
run 2 cp small "$bucket" --part-size 1K && complains "1M to 5G"
run 2 cp small "$bucket" --timeout 0 && complains "a number of seconds"
run 2 ls "$bucket" --timeout 3 && complains "'ls' has no --timeout"
run 2 rm "$bucket/" && complains "a key is missing"
run 2 restore "$bucket/x" && complains "--days"
run 2 ls "$bucket" --endpoint ':' && complains "--endpoint"
run 2 ls "$bucket" --ca-file /nowhere && complains "--ca-file"
COS_REGION='' run 2 ls "$bucket" && complains "no region"
COS_SECRET_KEY='' run 2 ls "$bucket" && complains "COS_SECRET_KEY is not set"

echo "key files that are none, or open to others"
printf 'short' >short.key && chmod 600 short.key
run 2 cp small "$bucket" --sse-c-key-file short.key && complains "32 raw bytes or 44 characters"
run 2 cp small "$bucket" --sse-c-key-file nowhere.key && complains "No such file"
cp raw.key open.key && chmod 644 open.key
run 2 cp small "$bucket" --sse-c-key-file open.key && complains "open to others than its owner, mode 0644"

echo "up, down and across, in every mode"
run 0 cp small "$bucket" && says "uploaded small to $bucket/small: 13 B, CRC64 verified, not encrypted"
run 0 cat "$bucket/small" && cmp -s out small || fail "cat"
run 0 cat "$bucket/small" "$bucket/small" && cmp -s out <(cat small small) || fail "cat of two"
run 0 cp -- small "$bucket/--odd name +%" && run 0 cat -- "$bucket/--odd name +%" && cmp -s out small ||
    fail "an odd name"
for mode in none cos kms; do
    run 0 cp large "$bucket/$mode/" --sse $mode --part-size 1M --parallel 2 && says "in 3 parts"
    run 0 cp "$bucket/$mode/large" back --part-size 1M && cmp -s back large || fail "back from $mode"
    says "in 3 parts, CRC64 verified"
done
run 0 head "$bucket/kms/large" && says "encryption: SSE-KMS cos/kms"
run 0 cp small "$bucket/kms/2" --sse-kms-key-id 7f0a2c5e-26c5-11ea-855c-52540085abcd \
    --sse-context '{"department":"finance"}' && says "7f0a2c5e"
run 1 cp small "$bucket/kms/3" --sse kms --sse-context nonsense && complains "--sse-context"
run 0 cp large "$bucket/c" --sse c --sse-c-key-file raw.key --part-size 1M && says "SSE-C AES256"
run 1 cat "$bucket/c" && complains "cos://"
run 1 head "$bucket/c"
run 1 cp "$bucket/c" wrong --sse-c-key-file base64.key && [[ ! -e wrong ]] || fail "a wrong key"
mkdir folder
run 0 cp "$bucket/c" folder --sse-c-key-file raw.key && cmp -s folder/c large || fail "to a folder"
run 0 cp "$bucket/c" "$bucket/copies/" --source-sse-c-key-file raw.key --sse-c-key-file base64.key \
    --part-size 1M
says "copied $bucket/c to $bucket/copies/c: 3.0 MiB in 3 parts"
run 0 cat "$bucket/copies/c" --sse-c-key-file base64.key && cmp -s out large || fail "the copy"
run 0 cp "$bucket/c" "$bucket/plain" --source-sse-c-key-file raw.key --sse cos
run 0 cat "$bucket/plain" && cmp -s out large || fail "the copy with another mode"
run 0 cp "$bucket/plain" "$bucket/far" --source-region ap-beijing
run 0 cat "$bucket/far" && cmp -s out large || fail "the copy from another region"
run 1 cp "$bucket/plain" "$bucket/far" --source-region a/b && complains "--source-region"
run 1 cp "$bucket/missing" x && complains "404"
[[ ! -e x ]] || fail "a missing object became a file"
run 1 cp nowhere "$bucket" && complains "No such file"

echo "folders come down whole, and nothing leaves theirs"
run 0 cp small "$bucket/tree/a..b"
run 0 cp small "$bucket/tree/deep/er/c"
run 0 cp --recursive "$bucket/tree" grown && says "to grown: 2 files, 26 B"
cmp -s grown/a..b small && cmp -s grown/deep/er/c small || fail "--recursive"
run 0 cp --recursive "$bucket/tree/deep/" grown/again && cmp -s grown/again/er/c small || fail "a prefix"
run 1 cp --recursive "$bucket/tre" grown && complains "no key begins with it"
run 2 cp --recursive small "$bucket" && complains "for downloads"
run 2 cp --recursive "$bucket/tree" grown --resume && complains "--resume"
for hostile in 'evil/x\y' 'evil/C:/x' 'evil//absolute'; do
    run 0 cp small "$bucket/$hostile"
    run 1 cp --recursive "$bucket/evil" prison && run 0 rm "$bucket/$hostile"
    [[ $(find prison | wc -l) == 1 ]] || fail "'$hostile' was written"
done
mkdir outside && ln -s ../outside grown/deep/link
run 0 cp small "$bucket/tree/deep/link/caught"
run 1 cp --recursive "$bucket/tree" grown
[[ ! -e outside/caught ]] || fail "a symbolic link was followed"

echo "standard input and output"
"$cosio" "${there[@]}" cp - "$bucket/piped" --sse cos --part-size 1M < <(cat large) >out 2>err
says "in 3 parts"
"$cosio" "${there[@]}" cp - "$bucket/redirected" <large >out 2>err
"$cosio" "${there[@]}" cp "$bucket/piped" - 2>err | cmp -s - large || fail "cp to standard output"
run 0 cat "$bucket/redirected" && cmp -s out large || fail "cp from a file on standard input"
"$cosio" "${there[@]}" cat "$bucket/piped" | head -c 10 >/dev/null || true # Nobody complains.
code=0
"$cosio" "${there[@]}" cat "$bucket/small" >/dev/full 2>err || code=$?
[[ $code == 1 ]] && complains "standard output" || fail "a full device: $code"
code=0
"$cosio" "${there[@]}" ls "$bucket" >/dev/full 2>err || code=$?
[[ $code == 1 ]] && complains "standard output" || fail "a listing to a full device: $code"

echo "sources that are no plain files"
run 0 cp /proc/version "$bucket/version" && says "CRC64 verified"
run 0 cat "$bucket/version" && cmp -s out <(cat /proc/version) || fail "a file that states no size"
"$cosio" "${there[@]}" cp - "$bucket/version" </proc/version >out 2>err
run 0 cat "$bucket/version" && cmp -s out <(cat /proc/version) || fail "such a file on standard input"
(dd bs=5 count=1 of=/dev/null 2>/dev/null && "$cosio" "${there[@]}" cp - "$bucket/rest") <large >out 2>err
run 0 cat "$bucket/rest" && cmp -s out <(tail -c +6 large) || fail "a file from the middle on"
run 0 cp large "$bucket/compared" --compare && run 0 cat "$bucket/compared" && cmp -s out large || fail "--compare"
mkfifo pipe
cat large >pipe &
run 0 cp pipe "$bucket/pipe" --part-size 1M && says "in 3 parts"
run 0 cat "$bucket/pipe" && cmp -s out large || fail "a pipe"
run 0 cp <(cat small) "$bucket/substituted"
run 0 cat "$bucket/substituted" && cmp -s out small || fail "a process substitution"
run 0 cp /dev/null "$bucket/void" && says "0 B"
run 1 cp folder "$bucket/folder" && complains "is a directory"
(while :; do echo more; done) >growing &
pid=$!
sleep 0.1
# Who writes may happen not to be run meanwhile: then it is stored, and has to be tried again.
for source in - growing; do
    for attempt in 1 2 3 4 5; do
        code=0
        "$cosio" "${there[@]}" cp $source "$bucket/growing" <growing >out 2>err || code=$?
        [[ $code == 0 ]] || break
        run 0 rm "$bucket/growing"
    done
    [[ $code == 1 ]] && complains "was changed while it was read" ||
        fail "a file that grows, as $source: $code"
done
kill $pid && wait $pid 2>/dev/null || true
run 1 cat "$bucket/growing"
rm growing pipe

echo "ls, head, rm"
run 0 ls "$bucket" && says "kms/" && ! grep -q kms/large out || fail "ls folds"
grep -Eq '^ +13  20[0-9-]{8}T[0-9:]{8}Z  small$' out || fail "ls: size, date, key"
run 0 ls "$bucket/kms/" && says kms/large
run 0 ls --recursive "$bucket" && says kms/large
run 1 ls "$bucket/nothing" && complains "no key begins like this"
run 1 ls cos://absent-1250000000 && complains "404"
run 0 head "$bucket/small" && says "size: 13" && says "storage-class: STANDARD"
run 0 rm "$bucket/kms/large" "$bucket/kms/2" && says "deleted $bucket/kms/2"
run 1 ls "$bucket/kms/"
run 0 rm --quiet "$bucket/plain" && [[ ! -s out && ! -s err ]] || fail "--quiet"

echo "restore and presign"
run 1 restore "$bucket/small" --days 1
run 0 cp small "$bucket/old" --storage-class archive
run 1 cat "$bucket/old"
run 0 restore "$bucket/old" --days 3 --tier expedited && says "restore started"
run 0 head "$bucket/old" && says "restore: ongoing"
run 0 presign "$bucket/small" && [[ $(wc -l <out) == 1 && ! -s err ]] || fail "presign"
grep -q "^https://$COSIO_HTTPS_ENDPOINT/$COS_BUCKET/small?" out || fail "the URL"
run 0 presign "$bucket/small" --expires 60 --method head
run 0 presign "$bucket/new" --method put --sse-c-key-file raw.key && complains "customer-key"

echo "other ways to be told where and who"
run 0 ls "$bucket" --connect-to "$COSIO_HTTPS_ENDPOINT" --endpoint cos.ap-guangzhou.myqcloud.com
run 0 ls "$bucket" --path-style --region ap-guangzhou
run 0 ls "$bucket" --http --endpoint "$COSIO_HTTP_ENDPOINT"
run 1 cp small "$bucket" --http --endpoint "$COSIO_HTTP_ENDPOINT" --sse-c-key-file raw.key
complains "TLS"
grep '^COS_SECRET' "$work/emulator" >credentials && chmod 600 credentials
COS_SECRET_ID='' COS_SECRET_KEY='' run 0 ls "$bucket" --credentials-file credentials
chmod 644 credentials
run 2 ls "$bucket" --credentials-file credentials && complains "chmod 600"
COS_SECRET_KEY=wrong run 1 ls "$bucket" && complains "403"

echo "S3: the same commands in its own words"
s3=s3://$COS_BUCKET
export AWS_ACCESS_KEY_ID=$COS_SECRET_ID AWS_SECRET_ACCESS_KEY=$COS_SECRET_KEY AWS_REGION=$COS_REGION
COS_SECRET_ID='' COS_SECRET_KEY='' COS_REGION='' run 0 ls "$s3" && says "none/"
for mode in none s3 kms; do
    run 0 cp large "$s3/s3/$mode/" --sse $mode --part-size 5M && says "uploaded large to $s3/s3/$mode/large"
    # Under SSE-KMS and SSE-C an ETag is no MD5, so the reply proves none.
    if [[ $mode == kms ]]; then says "no checksum to compare"; else says "MD5 verified"; fi
    run 0 cp "$s3/s3/$mode/large" back && cmp -s back large || fail "back from S3, $mode"
    run 0 cat "$bucket/s3/$mode/large" && cmp -s out large || fail "COS does not read what S3 wrote"
done
mebibytes 11 >larger
run 0 cp larger "$s3/s3/c" --sse-c-key-file raw.key --part-size 5M && says "in 3 parts, no checksum to compare"
run 1 cat "$s3/s3/c"
run 0 cp "$s3/s3/c" back --sse-c-key-file raw.key && cmp -s back larger || fail "back from S3, SSE-C"
run 0 cp "$s3/s3/c" "$s3/s3/copy" --source-sse-c-key-file raw.key --sse kms && says "copied $s3/s3/c"
run 0 cat --dialect s3 "$bucket/s3/copy" && cmp -s out larger || fail "--dialect s3"
run 0 head "$s3/s3/copy" && says "encryption: SSE-KMS"
run 0 presign "$s3/s3/none/large" && grep -q "X-Amz-Signature=" out || fail "presign of S3"
run 0 rm "$s3/s3/copy"
run 1 ls "$s3/s3/copy"
run 1 ls s3://absent && complains "404"
run 2 cp "$s3/s3/c" "$bucket/x" && complains "do not go together"
run 2 ls "$s3" --dialect cos && complains "--dialect s3"
AWS_SECRET_ACCESS_KEY='' run 2 ls "$s3" && complains AWS_SECRET_ACCESS_KEY
AWS_ACCESS_KEY_ID='' run 0 ls "$s3" # Then those of COS.
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION

echo "buckets of other regions"
far=cos://far-1250000000
for words in "head $far/x" "cat $far/x" "cp $far/x x" "cp small $far" "ls $far" "rm $far/x"; do
    # shellcheck disable=SC2086
    run 1 $words && complains "PermanentRedirect" && complains "the bucket is in region ap-shanghai"
    # shellcheck disable=SC2086
    run 1 $words --dialect s3 && complains "endpoint far-1250000000.s3.ap-shanghai.amazonaws.com"
    complains "the bucket is in region ap-shanghai"
done
for words in "head $bucket/small" "cp $bucket/small x"; do
    # shellcheck disable=SC2086
    run 1 $words --dialect s3 --region eu-west-1 && complains "AuthorizationHeaderMalformed, HTTP 400"
    complains "the bucket is in region $COS_REGION"
done
[[ ! -e x ]] || fail "a redirect became a file"

echo "keys that are hard to spell"
for service in "$bucket" "$s3"; do
    for key in 'a b ' ' a' '目录/ü' 'a//b' '100%2F' '%' 'a+b&c' 'x?y=z#w' '-dash' 'a/.b' '"quoted"' "it's" \
        'back\slash' '~' '*'; do
        run 0 cp small "$service/odd:$key" && says "uploaded"
        run 0 cat "$service/odd:$key" && cmp -s small out || fail "cat of '$key'"
        run 0 cp "$service/odd:$key" "$service/copy:$key" && says "copied"
        run 0 head "$service/copy:$key" && says "size: 13"
        run 0 ls --recursive "$service/copy:" && says "copy:$key"
        run 0 rm "$service/odd:$key" "$service/copy:$key"
        run 1 head "$service/odd:$key" && complains "404"
    done
done
for wrong in $'a\nb' $'a\x01b'; do
    run 1 cp small "$bucket/$wrong" && complains key
done
echo "where and who, spelt wrong"
for secret in 'a b' $'a\n' ' a'; do
    COS_SECRET_KEY=$secret run 2 ls "$bucket" && complains "COS_SECRET_KEY must be visible ASCII"
done
for endpoint in '[::1' '127.0.0.1.' 'host:0' 'http://host' '1.2.3'; do
    run 2 ls "$bucket" --endpoint "$endpoint" && complains "--endpoint"
done
for endpoint in '[::1]:1' '::1'; do
    timeout 20 "$cosio" ls "$bucket" --endpoint "$endpoint" >out 2>err && fail "nobody is there"
    complains "::1"
done

echo "nothing secret is shown"
: >said
for words in "cp small $bucket/s --sse-c-key-file raw.key" "cat $bucket/s --sse-c-key-file raw.key" \
    "cp $bucket/s $bucket/t --source-sse-c-key-file raw.key --sse-c-key-file base64.key" "ls $bucket"; do
    for level in info debug; do
        # shellcheck disable=SC2086
        "$cosio" "${there[@]}" $words --log $level >/dev/null 2>>said || fail "$words --log $level"
        # shellcheck disable=SC2086
        COS_SESSION_TOKEN=TokenThatNobodySees "$cosio" "${there[@]}" $words --log $level >>said 2>&1 || true
    done
done
grep -q "cosio DEBUG" said && grep -q "cosio INFO" said || fail "nothing is logged"
for secret in "$COS_SECRET_KEY" TokenThatNobodySees 0000000000000000 "$(base64 <raw.key)" \
    "$(cat base64.key)" q-signature; do
    grep -q -- "$secret=" said && fail "'$secret' is shown"
    [[ $secret == q-signature ]] || ! grep -qF -- "$secret" said || fail "'$secret' is shown"
done

# until_there PATTERN: waits for a line of a checkpoint.
until_there() {
    for ((i = 0; i != 3000; ++i)); do
        grep -qs "$1" ./*.cosio-checkpoint && return
        kill -0 $pid 2>/dev/null || fail "it ended before it was interrupted"
        sleep 0.01
    done
    fail "no checkpoint with '$1'"
}

# interrupt SIGNAL WANTED WORDS...: starts a transfer of `huge`, ends it by SIGNAL once a part is in
# its checkpoint, which is written after the first one and then once a second.
interrupt() {
    local signal=$1 wanted=$2 code=0
    shift 2
    "$cosio" "${there[@]}" "$@" >out 2>err &
    pid=$!
    until_there '^part '
    kill -STOP $emulator_pid
    kill "-$signal" $pid
    [[ $signal == KILL ]] || sleep 0.2
    kill -CONT $emulator_pid
    wait $pid || code=$?
    [[ $code == "$wanted" ]] || fail "SIG$signal: $code, not $wanted"
}

echo "interrupted transfers go on"
mebibytes 48 >huge
in_parts=(--part-size 1M --parallel 1)
for ending in "KILL 137" "INT 130" "TERM 143" "HUP 129"; do
    # shellcheck disable=SC2086
    interrupt $ending cp huge "$bucket/huge" --resume --sse-c-key-file raw.key "${in_parts[@]}"
    [[ -s huge.cosio-checkpoint ]] || fail "no checkpoint is left of $ending"
    [[ $ending == KILL* ]] || complains "interrupted; the same command goes on where it ended (huge.cosio-checkpoint)"
    grep -q 0000000000000000 huge.cosio-checkpoint && fail "the key is in the checkpoint"
    run 0 cp huge "$bucket/huge" --resume --sse-c-key-file raw.key "${in_parts[@]}" && says "of them by an earlier run"
    [[ ! -e huge.cosio-checkpoint ]] || fail "the checkpoint is still there"
    # shellcheck disable=SC2086
    interrupt $ending cp "$bucket/huge" down --resume --sse-c-key-file raw.key "${in_parts[@]}"
    [[ ! -e down ]] || fail "half a download has a name"
    run 1 cp "$bucket/huge" down --resume --sse-c-key-file raw.key --part-size 2M
    complains "the size of the parts differs"
    complains down.cosio-checkpoint
    run 0 cp "$bucket/huge" down --resume --sse-c-key-file raw.key "${in_parts[@]}" && says "of them by an earlier run"
    cmp -s down huge || fail "the download differs"
    [[ $(find . -name '.cosio-*' -o -name '*.cosio-checkpoint' | wc -l) == 0 ]] || fail "leftovers"
    rm down
done
# shellcheck disable=SC2086
interrupt KILL 137 cp huge "$bucket/huge" --checkpoint own.cosio-checkpoint "${in_parts[@]}"
[[ -s own.cosio-checkpoint && ! -e huge.cosio-checkpoint ]] || fail "--checkpoint"
run 1 cp huge "$bucket/huge" --checkpoint own.cosio-checkpoint --part-size 2M
complains "the size of the parts differs" && complains "(own.cosio-checkpoint)"
run 0 cp huge "$bucket/huge" --checkpoint own.cosio-checkpoint "${in_parts[@]}" && says "of them by an earlier run"
[[ ! -e own.cosio-checkpoint ]] || fail "the checkpoint is still there"
for way in "huge $bucket/huge" "$bucket/huge down"; do
    # shellcheck disable=SC2086
    "$cosio" "${there[@]}" cp $way --resume --timeout 2 "${in_parts[@]}" >out 2>err &
    pid=$!
    until_there '^part '
    kill -STOP $emulator_pid
    code=0
    wait $pid || code=$?
    kill -CONT $emulator_pid
    [[ $code == 1 ]] && complains "did not end in time; the same command goes on where it ended" ||
        fail "--timeout: $code"
    # shellcheck disable=SC2086
    run 0 cp $way --resume --timeout 60 "${in_parts[@]}" && says "of them by an earlier run"
done
cmp -s down huge && rm down || fail "a download in two times"
"$cosio" "${there[@]}" cp - "$bucket/endless" < <(exec sleep 30 2>&-) >out 2>err &
pid=$!
sleep 1
kill -INT $pid
code=0
wait $pid || code=$?
[[ $code == 130 ]] && complains "interrupted" || fail "SIGINT while it reads standard input: $code"
(trap '' HUP && exec "$cosio" "${there[@]}" cp - "$bucket/kept") < <(sleep 1.5; echo text) >out 2>err &
pid=$!
sleep 0.5
kill -HUP $pid
wait $pid || fail "SIGHUP under nohup: $?"
# A peer that stalls does not hold back the end that was asked for, on either side.
mkfifo stalled
sleep 30 >stalled &
holder=$!
code=0
timeout 20 "$cosio" "${there[@]}" cp - "$bucket/stalled" --timeout 1 <stalled >out 2>err || code=$?
[[ $code == 1 ]] && complains "did not end in time" || fail "--timeout with standard input that stalls: $code"
kill $holder
sleep 30 <stalled &
holder=$!
code=0
timeout 20 "$cosio" "${there[@]}" cp "$bucket/huge" - --timeout 1 >stalled 2>err || code=$?
[[ $code == 1 ]] && complains "did not end in time" || fail "--timeout with standard output that stalls: $code"
kill $holder
rm stalled
long=$(printf 'n%.0s' {1..250})
cp large "$long"
run 0 cp "$long" "$bucket/long" --resume --part-size 1M
run 0 cp "$bucket/long" "$long" --resume --part-size 1M && cmp -s large "$long" || fail "a name of 250 bytes"
rm "$long"
run 0 cp small "$bucket" && [[ ! -e small.cosio-checkpoint ]] || fail "a checkpoint without --resume"

echo "plain lines without a terminal, a bar on one"
run 0 cp huge "$bucket/huge" "${in_parts[@]}"
grep -q $'[\r\x1b]' out err && fail "a bar in a file"
if command -v script >/dev/null; then
    terminal() { script -qec "stty cols 100; '$cosio' ${there[*]} $*" /dev/null </dev/null >out 2>&1; }
    terminal cp huge "$bucket/huge" "${in_parts[@]}" || fail "on a terminal"
    grep -q $'\r100% \\[=* *\\] .* 48.0 MiB of 48.0 MiB .*ETA 0:00\x1b\\[K' out || fail "no bar"
    grep -q $'\r\x1b\\[Kuploaded huge' out || fail "the bar is not taken away"
    terminal cp huge "$bucket/huge" "${in_parts[@]}" --quiet || fail "quiet on a terminal"
    [[ ! -s out ]] || fail "--quiet on a terminal"
    terminal ls --nonsense && fail "an error on a terminal"
    grep -q "no option '--nonsense'" out || fail "an error on a terminal"
fi
echo "a full disk, a limit of sizes, too few descriptors"
mkdir tiny
run 0 cp large "$bucket/large"
if mount -t tmpfs -o size=2m none tiny 2>/dev/null; then
    run 1 cp "$bucket/large" tiny/ && complains "No space left on device" && complains tiny/
    [[ -z $(ls -A tiny) ]] || fail "a full disk: something is left"
    run 1 cp "$bucket/large" tiny/ --resume --part-size 1M --parallel 1 &&
        complains "No space left on device"
    mount -o remount,size=8m tiny
    run 0 cp "$bucket/large" tiny/ --resume --part-size 1M && says "by an earlier run"
    cmp -s large tiny/large || fail "another content after a full disk"
    [[ $(ls -A tiny) == large ]] || fail "after a full disk something is left"
    mount -o remount,ro tiny
    run 1 cp "$bucket/large" tiny/ && complains "Read-only file system"
    umount tiny
else
    echo "no file system can be mounted: a full disk was not tried"
fi
code=0
(ulimit -f 1024 && exec "$cosio" "${there[@]}" cp "$bucket/large" limited) >out 2>err || code=$?
[[ $code == 1 ]] && complains "File too large" && complains limited || fail "a limit of sizes: $code"
ls -A | grep -Eq '^limited|^\.cosio-' && fail "a limit of sizes: something is left"
limits=$(seq 3 16)
# UBSan looks at memory through a pipe: without descriptors it takes sound memory for unsound.
if grep -q __ubsan_handle "$cosio"; then limits=""; fi
for limit in $limits; do
    for command in "cp $bucket/large few" "cp small $bucket/few"; do
        code=0
        (ulimit -n "$limit" && exec timeout 20 "$cosio" "${there[@]}" $command) >out 2>err || code=$?
        [[ $code == 0 ]] && continue
        # With fewer than six or so the loader, or the event loop, has none.
        [[ $code == 1 || $code == 2 || $code == 127 ]] || fail "$limit descriptors: $command: $code"
        grep -q "Too many open files\|o file descriptors available\|cannot open shared" err ||
            fail "$limit descriptors: $command: no reason"
        ls -A | grep -Eq '^few|^\.cosio-' && fail "$limit descriptors: something is left"
    done
    rm -f few
done

echo "what cannot be replaced is written to, and closed descriptors are nobody else's"
for number in 3 4 5 6 7 8 9; do
    code=0
    timeout 20 "$cosio" "${there[@]}" cp small /dev/fd/$number >out 2>err || code=$?
    [[ $code == 1 || $code == 2 ]] || fail "a descriptor that was not given: $number: $code"
    timeout 20 "$cosio" "${there[@]}" cp "$bucket/large" /dev/fd/$number >out 2>err || code=$?
    [[ $code == 1 || $code == 2 ]] || fail "a descriptor that was not given: $number: $code"
done
if echo old >mounted && echo other >beneath && mount --bind beneath mounted 2>/dev/null; then
    run 1 cp "$bucket/large" mounted && complains "is mounted there"
    [[ $(<mounted) == other ]] || fail "a mounted file was changed"
    umount mounted
fi
rm -f mounted beneath
run 0 cp small "$bucket/plain"
"$cosio" "${there[@]}" cp "$bucket/plain" /dev/stdout --quiet >got || fail "cp to /dev/stdout"
cmp -s small got || fail "another content by /dev/stdout"
"$cosio" "${there[@]}" cp "$bucket/plain" /dev/stdout --quiet | cmp -s small || fail "cp to a pipe"
"$cosio" "${there[@]}" cp "$bucket/plain" >(cat >substituted) --quiet || fail "cp to >(...)"
for ((i = 0; i != 50; ++i)); do cmp -s small substituted && break; sleep 0.1; done
cmp -s small substituted || fail "another content by >(...)"
run 0 cp "$bucket/plain" /dev/null
[[ -c /dev/null ]] || fail "/dev/null was replaced"
code=0
timeout 20 "$cosio" "${there[@]}" cp - "$bucket/from-closed" <&- 2>err || code=$?
[[ $code == 1 ]] && grep -q "standard input is closed" err || fail "closed standard input: $code"
for command in "cat $bucket/plain" "cp $bucket/plain -" "ls $bucket/" "cp $bucket/plain /dev/stdout"; do
    code=0
    timeout 20 "$cosio" "${there[@]}" $command >&- 2>err || code=$?
    [[ $code == 1 && -s err ]] || fail "closed standard output: $command: $code"
    code=0
    timeout 20 "$cosio" "${there[@]}" $command >/dev/full 2>err || code=$?
    [[ $code == 1 && -s err ]] || fail "a full standard output: $command: $code"
done
timeout 20 "$cosio" "${there[@]}" cat "$bucket/plain" >got 2>&- || fail "closed standard error"
cmp -s small got || fail "closed standard error: another content"
code=0
timeout 20 "$cosio" "${there[@]}" cp small "$bucket/closed" --quiet <&- >&- 2>&- || code=$?
[[ $code == 0 ]] || fail "all three closed: $code"
run 0 cp "$bucket/closed" got
cmp -s small got || fail "all three closed: another content"
echo "all right"
