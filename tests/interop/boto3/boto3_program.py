#!/usr/bin/env python3
"""boto3 and the AWS command line on a running cosio-emulator, in both directions with s3_program.

Usage: boto3_program.py write|read|check|aws, with the variables in the environment that
cosio-emulator prints, KMS_KEY_ID, and for `aws` the program's name in AWS_PROGRAM.
"""

import hashlib
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import boto3
import botocore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

PART = 5 * 1024 * 1024
SINGLE_SIZE = 100_001
MULTIPART_SIZE = PART + 12_345
KEY_ONE = "00000000000000000000000000000001"
KEY_TWO = "00000000000000000000000000000002"

ENDPOINT = "https://" + os.environ["COSIO_HTTPS_ENDPOINT"]
BUCKET = os.environ["COS_BUCKET"]
KMS_KEY = os.environ["KMS_KEY_ID"]
CA_FILE = os.environ["COSIO_CA_FILE"]
REGION = os.environ["COS_REGION"]

CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY_ONE}
OTHER_CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY_TWO}
SOURCE_CUSTOMER = {"CopySource" + name: value for name, value in CUSTOMER.items()}

# Mode: what a write says, what a read says, what every reply must confirm.
MODES = {
    "plain": ({}, {}, {}),
    "sse-s3": ({"ServerSideEncryption": "AES256"}, {}, {"ServerSideEncryption": "AES256"}),
    "sse-kms": ({"ServerSideEncryption": "aws:kms"}, {}, {"ServerSideEncryption": "aws:kms"}),
    "sse-kms-key": (
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KMS_KEY,
         "SSEKMSEncryptionContext": "eyJkZXBhcnRtZW50IjoiZmluYW5jZSJ9"},
        {}, {"ServerSideEncryption": "aws:kms"}),
    "sse-c": (CUSTOMER, CUSTOMER, {"SSECustomerAlgorithm": "AES256"}),
}


def client(signature_version=None, **settings):
    options = {"endpoint_url": ENDPOINT, "region_name": REGION, "verify": CA_FILE,
               "aws_access_key_id": os.environ["COS_SECRET_ID"],
               "aws_secret_access_key": os.environ["COS_SECRET_KEY"]}
    options.update(settings)
    config = Config(retries={"max_attempts": 0}, signature_version=signature_version)
    return boto3.client("s3", config=config, **options)


S3 = client()


# Byte i of the pattern is i * 31 + i // 253 and a shift: of 253 bytes there are 256 different runs.
RUNS = [bytes((j * 31 + start) & 255 for j in range(253)) for start in range(256)]


def pattern(key, size):
    """The bytes that both sides know without exchanging them."""
    shift = len(key.encode())
    step = 253 * 31 + 1
    return b"".join(RUNS[(run * step + shift) & 255] for run in range(size // 253 + 1))[:size]


def require(right, what):
    if not right:
        sys.exit(f"FAILED: {what}")


def confirms(reply, expected, what):
    for name, value in expected.items():
        require(reply.get(name) == value, f"{what}: {name} is {reply.get(name)!r}, not {value!r}")


def refuses(status, code, call, *words, **named):
    """Checks that a call is refused with this status and code (HEAD has the status alone)."""
    try:
        call(*words, **named)
    except ClientError as problem:
        got = (problem.response["ResponseMetadata"]["HTTPStatusCode"],
               problem.response["Error"]["Code"])
        require(got == (status, code), f"{call} was refused with {got}, not {(status, code)}")
    else:
        require(False, f"{call} {words} {named} was not refused")


# The modes as the conformance table names them.
MODE_NAMES = {"plain": "none", "sse-s3": "SSE-COS, SSE-S3", "sse-kms": "SSE-KMS",
              "sse-kms-key": "SSE-KMS, key and context", "sse-c": "SSE-C"}
SHOWN = []


def shows(operation, mode="plain", outcome="passed"):
    """For the conformance table, once everything has passed."""
    SHOWN.append(f"{operation}|{MODE_NAMES[mode]}|{outcome}\n")


def write():
    for mode, (written, needed, expected) in MODES.items():
        key = f"from-boto3/{mode}"
        reply = S3.put_object(Bucket=BUCKET, Key=key, Body=pattern(key, SINGLE_SIZE),
                              Metadata={"writer": "boto3"}, **written)
        confirms(reply, expected, key)
        if mode.startswith("sse-kms"):
            require(reply["SSEKMSKeyId"].startswith("arn:aws:kms:"), f"{key}: the key has no ARN")
        shows("put object", mode)
        write_parts(mode)
    S3.put_object(Bucket=BUCKET, Key="from-boto3/a b+c&d<目录>", Body=b"x")


def write_parts(mode):
    written, needed, expected = MODES[mode]
    key = f"from-boto3/parts/{mode}"
    body = pattern(key, MULTIPART_SIZE)
    begun = S3.create_multipart_upload(Bucket=BUCKET, Key=key, **written)
    confirms(begun, expected, key)
    upload = {"Bucket": BUCKET, "Key": key, "UploadId": begun["UploadId"]}
    parts = []
    for number in (1, 2):
        part = S3.upload_part(PartNumber=number, Body=body[(number - 1) * PART:number * PART],
                              **upload, **needed)
        confirms(part, expected, f"{key} part {number}")
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    listed = S3.list_parts(**upload)["Parts"]
    require([part["Size"] for part in listed] == [PART, MULTIPART_SIZE - PART], f"{key}: parts")
    done = S3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload)
    require(done["ETag"].endswith('-2"'), f"{key}: ETag {done['ETag']}")
    if "ServerSideEncryption" in expected:
        confirms(done, expected, key)
    require("SSECustomerAlgorithm" not in done, f"{key}: S3 does not say so here")
    shows("multipart upload", mode)
    shows("list parts")


def read():
    for mode, (written, needed, expected) in MODES.items():
        for key, size in ((f"from-cosio/{mode}", SINGLE_SIZE),
                          (f"from-cosio/parts/{mode}", MULTIPART_SIZE)):
            body = pattern(key, size)
            got = S3.get_object(Bucket=BUCKET, Key=key, **needed)
            require(got["Body"].read() == body, f"{key}: other bytes")
            confirms(got, expected, key)
            part = S3.get_object(Bucket=BUCKET, Key=key, Range="bytes=4090-8200", **needed)
            require(part["Body"].read() == body[4090:8201], f"{key}: a range")
            head = S3.head_object(Bucket=BUCKET, Key=key, **needed)
            require(head["ContentLength"] == size, f"{key}: another size")
            confirms(head, expected, key)
            names = [name for name in head["ResponseMetadata"]["HTTPHeaders"]
                     if name.startswith("x-cos-")]
            require(not names, f"{key}: headers of COS in a reply of S3: {names}")
        for each in ("get object", "get object, range", "head object"):
            shows(each, mode)
    key = "from-cosio/sse-c"
    copied = S3.get_object(Bucket=BUCKET, Key="from-cosio/copied", **OTHER_CUSTOMER)
    require(copied["Body"].read() == pattern(key, SINGLE_SIZE), "the copy under another key")


def check_copies():
    for mode, (written, needed, expected) in MODES.items():
        for other, (other_written, other_needed, other_expected) in MODES.items():
            source = {"Bucket": BUCKET, "Key": f"from-boto3/{mode}"}
            key = f"copies/{mode}-to-{other}"
            extra = dict(SOURCE_CUSTOMER) if mode == "sse-c" else {}
            reply = S3.copy_object(Bucket=BUCKET, Key=key, CopySource=source, **other_written,
                                   **extra)
            confirms(reply, other_expected, key)
            require(reply["CopyObjectResult"]["ETag"].startswith('"'), f"{key}: ETag")
            got = S3.get_object(Bucket=BUCKET, Key=key, **other_needed)
            require(got["Body"].read() == pattern(source["Key"], SINGLE_SIZE), f"{key}: bytes")
            require(got["Metadata"] == {"writer": "boto3"}, f"{key}: metadata")
            shows("copy object into", other)
        shows("copy object from", mode)
    replaced = S3.copy_object(
        Bucket=BUCKET, Key="copies/replaced", CopySource=f"{BUCKET}/from-boto3/plain",
        MetadataDirective="REPLACE", Metadata={"a": "b"}, ContentType="text/plain")
    require("VersionId" not in replaced, "a version without versioning")
    head = S3.head_object(Bucket=BUCKET, Key="copies/replaced")
    require((head["Metadata"], head["ContentType"]) == ({"a": "b"}, "text/plain"), "REPLACE")


def check_part_copy():
    begun = S3.create_multipart_upload(Bucket=BUCKET, Key="copies/parts", **OTHER_CUSTOMER)
    upload = {"Bucket": BUCKET, "Key": "copies/parts", "UploadId": begun["UploadId"]}
    source = {"Bucket": BUCKET, "Key": "from-boto3/parts/sse-c"}
    parts = []
    for number, span in ((1, f"bytes=0-{PART - 1}"), (2, f"bytes={PART}-{MULTIPART_SIZE - 1}")):
        part = S3.upload_part_copy(PartNumber=number, CopySource=source, CopySourceRange=span,
                                   **upload, **SOURCE_CUSTOMER, **OTHER_CUSTOMER)
        confirms(part, {"SSECustomerAlgorithm": "AES256"}, "a part copy")
        parts.append({"PartNumber": number, "ETag": part["CopyPartResult"]["ETag"]})
    S3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload)
    got = S3.get_object(Bucket=BUCKET, Key="copies/parts", **OTHER_CUSTOMER)["Body"].read()
    require(got == pattern(source["Key"], MULTIPART_SIZE), "part copies under another key")
    given_up = S3.create_multipart_upload(Bucket=BUCKET, Key="given up")
    listed = S3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    require([each["Key"] for each in listed] == ["given up"], "unfinished uploads")
    S3.abort_multipart_upload(Bucket=BUCKET, Key="given up", UploadId=given_up["UploadId"])
    refuses(404, "NoSuchUpload", S3.list_parts, Bucket=BUCKET, Key="given up",
            UploadId=given_up["UploadId"])
    for each in ("list uploads", "abort upload"):
        shows(each)


def check_transfers():
    """boto3's own transfers, in parts."""
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)
    with tempfile.TemporaryDirectory() as folder:
        here, back = os.path.join(folder, "here"), os.path.join(folder, "back")
        body = pattern("transfer", MULTIPART_SIZE)
        with open(here, "wb") as file:
            file.write(body)
        for mode, (written, needed, expected) in MODES.items():
            key = f"transfers/{mode}"
            S3.upload_file(here, BUCKET, key, ExtraArgs=written, Config=config)
            head = S3.head_object(Bucket=BUCKET, Key=key, **needed)
            require(head["ETag"].endswith('-2"'), f"{key}: not in parts")
            confirms(head, expected, key)
            S3.download_file(BUCKET, key, back, ExtraArgs=needed, Config=config)
            with open(back, "rb") as file:
                require(file.read() == body, f"{key}: other bytes")
            source = dict(SOURCE_CUSTOMER) if mode == "sse-c" else {}
            for origin, copy, extra, reading, confirmed in (
                    ("transfers/plain", f"copies/parts/to-{mode}", written, needed, expected),
                    (key, f"copies/parts/from-{mode}", source, {}, {})):
                S3.copy({"Bucket": BUCKET, "Key": origin}, BUCKET, copy, ExtraArgs=extra,
                        Config=config)
                got = S3.get_object(Bucket=BUCKET, Key=copy, **reading)
                require(got["ETag"].endswith('-2"'), f"{copy}: not in parts")
                require(got["Body"].read() == body, f"{copy}: other bytes")
                confirms(got, confirmed, copy)
            for each in ("upload file", "download file", "copy in parts into", "part copy into",
                         "part copy from"):
                shows(each, mode)


def check_refusals():
    sealed = {"Bucket": BUCKET, "Key": "from-boto3/sse-c"}
    refuses(400, "InvalidRequest", S3.get_object, **sealed)
    refuses(403, "AccessDenied", S3.get_object, **sealed, **OTHER_CUSTOMER)
    refuses(400, "400", S3.head_object, **sealed)
    refuses(403, "403", S3.head_object, **sealed, **OTHER_CUSTOMER)
    shows("get object, no key", "sse-c", "refused: InvalidRequest")
    shows("get object, other key", "sse-c", "refused: AccessDenied")
    shows("head object, no key", "sse-c", "refused: HTTP 400")
    shows("head object, other key", "sse-c", "refused: HTTP 403")
    refuses(400, "InvalidRequest", S3.get_object, Bucket=BUCKET, Key="from-boto3/plain",
            **CUSTOMER)
    refuses(404, "NoSuchKey", S3.get_object, Bucket=BUCKET, Key="absent")
    refuses(404, "404", S3.head_object, Bucket=BUCKET, Key="absent")
    etag = S3.head_object(Bucket=BUCKET, Key="from-boto3/plain")["ETag"]
    refuses(304, "304", S3.get_object, Bucket=BUCKET, Key="from-boto3/plain", IfNoneMatch=etag)
    shows("get object, If-None-Match")
    refuses(404, "NoSuchBucket", S3.get_object, Bucket="absent-1250000000", Key="k")
    put = {"Bucket": BUCKET, "Key": "refused", "Body": b"x"}
    refuses(400, "KMS.NotFoundException", S3.put_object, ServerSideEncryption="aws:kms",
            SSEKMSKeyId="no-such-key", **put)
    refuses(400, "InvalidEncryptionAlgorithmError", S3.put_object, SSECustomerAlgorithm="AES128",
            SSECustomerKey=KEY_ONE, **put)
    refuses(400, "InvalidStorageClass", S3.put_object, StorageClass="ARCHIVE", **put)
    refuses(400, "BadDigest", S3.put_object, ContentMD5="XUFAKrxLKna5cZ2REBfFkg==", **put)
    refuses(403, "InvalidAccessKeyId", client(aws_access_key_id="AKIDother").put_object, **put)
    refuses(403, "SignatureDoesNotMatch", client(aws_secret_access_key="other").put_object, **put)
    refuses(400, "InvalidToken", client(aws_session_token="other").put_object, **put)
    refuses(404, "ServerSideEncryptionConfigurationNotFoundError", S3.get_bucket_encryption,
            Bucket=BUCKET)
    refuses(403, "InvalidObjectState", S3.restore_object, Bucket=BUCKET, Key="from-boto3/plain",
            RestoreRequest={"Days": 1, "GlacierJobParameters": {"Tier": "Standard"}})
    # A refused signature for another region names the right one, and botocore goes on there.
    client(region_name="us-east-1").put_object(**put)
    S3.delete_object(Bucket=BUCKET, Key="refused")


def check_listings():
    for number in range(7):
        S3.put_object(Bucket=BUCKET, Key=f"list/{number}", Body=b"x")
    S3.put_object(Bucket=BUCKET, Key="list/a b+c/目录", Body=b"x")
    for form in ("list_objects_v2", "list_objects"):
        pages = S3.get_paginator(form).paginate(
            Bucket=BUCKET, Prefix="list/", Delimiter="/", PaginationConfig={"PageSize": 3})
        keys, prefixes = [], []
        for page in pages:
            keys += [each["Key"] for each in page.get("Contents", [])]
            prefixes += [each["Prefix"] for each in page.get("CommonPrefixes", [])]
        require(keys == [f"list/{number}" for number in range(7)], f"{form}: {keys}")
        require(prefixes == ["list/a b+c/"], f"{form}: {prefixes}")
    after = S3.list_objects_v2(Bucket=BUCKET, Prefix="list/", StartAfter="list/4")
    require(after["KeyCount"] == 3, "StartAfter")
    gone = S3.delete_objects(Bucket=BUCKET, Delete={
        "Objects": [{"Key": each["Key"]} for each in after["Contents"]]})
    require(len(gone["Deleted"]) == 3 and not gone.get("Errors"), "DeleteObjects")
    require(S3.list_objects_v2(Bucket=BUCKET, Prefix="list/")["KeyCount"] == 5, "what is left")
    S3.delete_object(Bucket=BUCKET, Key="list/0")
    refuses(404, "404", S3.head_object, Bucket=BUCKET, Key="list/0")
    S3.head_bucket(Bucket=BUCKET)
    refuses(404, "404", S3.head_bucket, Bucket="absent-1250000000")
    for each in ("list objects", "delete objects", "delete object", "head bucket"):
        shows(each)


def check_bucket_encryption():
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {
        "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KMS_KEY}}]}
    S3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=rules)
    got = S3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    rule = got["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    require(rule["SSEAlgorithm"] == "aws:kms", f"the default is {rule}")
    reply = S3.put_object(Bucket=BUCKET, Key="by default", Body=b"x")
    confirms(reply, {"ServerSideEncryption": "aws:kms"}, "the bucket's default")
    S3.delete_bucket_encryption(Bucket=BUCKET)
    for each in ("put", "get", "delete"):
        shows(f"{each} bucket encryption")


def check_archive():
    S3.put_object(Bucket=BUCKET, Key="archived", Body=b"x", StorageClass="GLACIER")
    refuses(403, "InvalidObjectState", S3.get_object, Bucket=BUCKET, Key="archived")
    asked = {"Bucket": BUCKET, "Key": "archived",
             "RestoreRequest": {"Days": 1, "GlacierJobParameters": {"Tier": "Standard"}}}
    require(S3.restore_object(**asked)["ResponseMetadata"]["HTTPStatusCode"] == 202, "restore")
    refuses(409, "RestoreAlreadyInProgress", S3.restore_object, **asked)
    head = S3.head_object(Bucket=BUCKET, Key="archived")
    require(head["StorageClass"] == "GLACIER", "the class")
    require(head["Restore"] == 'ongoing-request="true"', f"the restore is {head['Restore']}")
    shows("restore object")


def check_checksums():
    for algorithm in ("SHA256", "CRC32", "SHA1"):  # Trailers, as the connection is https.
        key = f"checksums/{algorithm}"
        S3.put_object(Bucket=BUCKET, Key=key, Body=b"x" * 200_000, ChecksumAlgorithm=algorithm)
        got = S3.get_object(Bucket=BUCKET, Key=key)
        require(got["Body"].read() == b"x" * 200_000, f"{key}: bytes")
        require("ContentEncoding" not in got, f"{key}: {got.get('ContentEncoding')}")
    refuses(400, "BadDigest", S3.put_object, Bucket=BUCKET, Key="k", Body=b"x",
            ChecksumSHA256="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")


def open_url(url, method="GET", body=None, headers=None):
    context = ssl.create_default_context(cafile=CA_FILE)
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    with urllib.request.urlopen(request, context=context) as reply:
        return reply.read()


def check_urls():
    # URLs are signed with SigV2 by default outside of Amazon's own regions.
    signer = client(signature_version="s3v4")
    url = signer.generate_presigned_url("get_object", ExpiresIn=60, Params={
        "Bucket": BUCKET, "Key": "from-boto3/sse-kms"})
    require(open_url(url) == pattern("from-boto3/sse-kms", SINGLE_SIZE), "a URL to read")
    url = signer.generate_presigned_url("put_object", ExpiresIn=60, Params={
        "Bucket": BUCKET, "Key": "by url", "ServerSideEncryption": "AES256"})
    open_url(url, "PUT", b"by url", {"x-amz-server-side-encryption": "AES256"})
    head = S3.head_object(Bucket=BUCKET, Key="by url")
    require(head["ServerSideEncryption"] == "AES256", "a URL to write")
    short = signer.generate_presigned_url("get_object", ExpiresIn=1, Params={
        "Bucket": BUCKET, "Key": "by url"})
    time.sleep(2.1)
    try:
        open_url(short)
        require(False, "an expired URL works")
    except urllib.error.HTTPError as problem:
        require(problem.code == 403, f"an expired URL: {problem.code}")
    for line, method in zip(sys.stdin.read().split(), ("GET", "PUT")):
        if method == "GET":
            require(open_url(line) == pattern("from-cosio/sse-kms", SINGLE_SIZE), "cosio's URL")
        else:
            open_url(line, "PUT", b"by url of cosio", {
                "x-amz-server-side-encryption": "AES256", "Content-Type": "text/plain"})
            head = S3.head_object(Bucket=BUCKET, Key="from-cosio/by-url")
            require(head["ServerSideEncryption"] == "AES256", "cosio's URL to write")
    shows("pre-signed URL")


def check():
    for part in (check_copies, check_part_copy, check_transfers, check_refusals, check_listings,
                 check_bucket_encryption, check_archive, check_checksums, check_urls):
        part()
        print(f"  {part.__name__}", flush=True)


def aws():
    """The command line: high-level commands, and some of s3api."""
    environment = dict(
        os.environ, AWS_ACCESS_KEY_ID=os.environ["COS_SECRET_ID"],
        AWS_SECRET_ACCESS_KEY=os.environ["COS_SECRET_KEY"], AWS_DEFAULT_REGION=REGION,
        AWS_CA_BUNDLE=CA_FILE, AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="",
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)

    def run(*words):
        done = subprocess.run(
            [os.environ["AWS_PROGRAM"], "--endpoint-url", ENDPOINT, *words], check=False,
            env=environment, capture_output=True, text=True)
        require(done.returncode == 0, f"aws {' '.join(words)}: {done.stderr}")
        return done.stdout

    with tempfile.TemporaryDirectory() as folder:
        here = os.path.join(folder, "here")
        back = os.path.join(folder, "back")
        key_file = os.path.join(folder, "key")
        with open(key_file, "w", encoding="ascii") as file:
            file.write(KEY_ONE)
        body = pattern("aws", 9 * 1024 * 1024)  # More than one part of 8 MiB.
        with open(here, "wb") as file:
            file.write(body)
        customer = ("--sse-c", "AES256", "--sse-c-key", f"fileb://{key_file}")
        for name, written, needed in (  # Names of MODES.
                ("plain", (), ()), ("sse-s3", ("--sse", "AES256"), ()),
                ("sse-kms", ("--sse", "aws:kms", "--sse-kms-key-id", KMS_KEY), ()),
                ("sse-c", customer, customer)):
            address = f"s3://{BUCKET}/aws/{name}"
            run("s3", "cp", here, address, *written)
            run("s3", "cp", address, back, *needed)
            with open(back, "rb") as file:
                require(hashlib.sha256(file.read()).digest() == hashlib.sha256(body).digest(),
                        f"{address}: other bytes")
            for each in ("upload file", "download file"):
                shows(each, name)
        require("sse-c" in run("s3", "ls", f"s3://{BUCKET}/aws/"), "aws s3 ls")
        head = run("s3api", "head-object", "--bucket", BUCKET, "--key", "aws/sse-kms")
        require('"aws:kms"' in head and KMS_KEY in head, f"aws s3api head-object: {head}")
        url = run("s3", "presign", f"s3://{BUCKET}/aws/sse-s3").strip()
        require("X-Amz-Signature" in url, f"aws s3 presign signs otherwise: {url}")
        require(open_url(url) == body, "aws s3 presign")
        run("s3", "rm", f"s3://{BUCKET}/aws/", "--recursive")
        require(run("s3api", "list-objects-v2", "--bucket", BUCKET, "--prefix", "aws/",
                    "--query", "KeyCount").strip() in ("0", "null"), "aws s3 rm")


if __name__ == "__main__":
    parts = {"write": write, "read": read, "check": check, "aws": aws}
    if len(sys.argv) != 2 or sys.argv[1] not in parts:
        sys.exit(__doc__)
    parts[sys.argv[1]]()
    if "COSIO_CONFORMANCE_RECORD" in os.environ:
        with open(os.environ["COSIO_CONFORMANCE_RECORD"], "a", encoding="utf-8") as record:
            record.writelines(SHOWN)
    print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}: {sys.argv[1]} is right")
