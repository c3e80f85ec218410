#!/usr/bin/env bash
# Our S3 client on a real S3 server, Ceph's RADOS Gateway, over https. Skipped, with exit code 77, where
# Ceph is not installed. Usage: run.sh RGW_PROGRAM

set -euo pipefail
program=$1
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../../conformance/record.sh"

record_begin ceph-rgw
for needed in "${cluster_programs[@]}"; do
    command -v "$needed" >/dev/null ||
        record_skip "no $needed (Debian: radosgw ceph-mon ceph-osd ceph-common openssl curl)"
done

work=$(mktemp -d)
cluster_processes=()
trap 'cluster_stop; rm -rf "$work"' EXIT
export COSIO_CONFORMANCE_RECORD=$work/record
version="Ceph $(radosgw --version | cut -d' ' -f3)"
echo "Starting $version"
cluster_start "$work"
echo "Ready after $SECONDS s"

export RGW_HTTPS_ENDPOINT=127.0.0.1:$cluster_https_port RGW_HTTP_ENDPOINT=127.0.0.1:$cluster_http_port
export RGW_NAME=$cluster_name RGW_CA_FILE=$work/ca.pem
export RGW_ACCESS_KEY=$cluster_access_key RGW_SECRET_KEY=$cluster_secret_key

fetch() {
    curl -sS --fail --noproxy '*' --cacert "$work/ca.pem" "$@"
}
# Buckets are not the client's affair, but it can sign for them.
for bucket in sealed-objects dotted.bucket kept-bucket versioned-bucket matrix-bucket; do
    fetch -X PUT "$("$program" "url-for-$bucket")"
done
enabled="<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
fetch -X PUT -d "$enabled" "$("$program" "url-for-versioned-bucket?versioning")"
"$program" check
url=$("$program" presign)
text=$(fetch "$url")
[[ $text == "the plaintext" ]] || { echo "FAILED: the URL yields '$text'"; exit 1; }
name=x-amz-server-side-encryption-customer
fetch -H "$name-algorithm: AES256" -H "$name-key: MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=" \
    -H "$name-key-MD5: 5inxltxhJQnqmmHfVSQjoA==" "$("$program" presign-sealed)" >"$work/sealed"
[[ $(stat -c %s "$work/sealed") == 100001 ]] ||
    { echo "FAILED: the URL of a sealed object"; exit 1; }
echo "pre-signed URL|none|passed" >>"$COSIO_CONFORMANCE_RECORD"
"$program" matrix
record_end "$version"
echo "all right"
