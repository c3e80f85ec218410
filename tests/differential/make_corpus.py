"""Writes what Python packages make of random texts, for corpus_test.cpp to compare with.

Usage: make_corpus.py OUTPUT

One case a line: its kind and its fields, each as hexadecimal digits, `-` when empty. `!` stands for
a text that the package refuses. The same texts in every run.
"""

import base64
import binascii
import datetime
import json
import random
import sys
import urllib.parse

import crcmod
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode, percent_encode_sequence

random = random.Random(20260108)

TOKENS = [b"%", b"%2F", b"%2f", b"%e4%b8%ad", b"%zz", b"%4", b"%+1", b"%00", b"+", b"/", b"//", b".",
          b"..", b"~", b"a", b"Z", b"0", b"-", b"_", b" ", b"=", b"&", b"?", b"#", b"'", b"*", b"(",
          "中".encode(), "é".encode(), b"\xff", b"\x00", b"\x7f", b"\r\n"]
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


CONTEXTS = [b'{}', b'{"test":"test"}', b' { "a" : "asdfa" , "b":"123321" } ',
            '{"\u90e8\u95e8":"\u8d22\u52a1","x":"\\u4e2d\\n\\"\\\\"}'.encode()]
JSON_TOKENS = [b'{', b'}', b'"', b':', b',', b' ', b'\n', b'\t', b'\\', b'\\u0041', b'\\ud83d', b'\\x',
               b'\\/', b'"a":"b"', b',"a":"b"', b',"c":"d"', b'1', b'null', b'[]', b'{}', b'\x01', b'\x7f',
               "\u00e9".encode(), b'\xff', b'\xef\xbb\xbf', b"'"]


def random_bytes(longest):
    return random.randbytes(random.randrange(longest + 1))


def random_text(longest):
    """Half of the time bytes of any kind, else pieces that mean something in a URL."""
    if random.random() < 0.5:
        return random_bytes(longest)
    return b"".join(random.choice(TOKENS) for _ in range(random.randrange(longest // 3 + 1)))


def mutated_base64():
    text = bytearray(base64.b64encode(random_bytes(40)))
    for _ in range(random.randrange(3)):
        at = random.randrange(len(text) + 1)
        what = random.randrange(4)
        if what == 0:
            text[at:at] = random.choice([b"=", b"==", b"A", b"B", b"-", b"_", b"\n", b" ", b"\xff"])
        elif what == 1:
            del text[at:at + 1]
        elif what == 2 and at != len(text):
            text[at] = random.choice(BASE64)
        elif at != len(text):
            text[at] = random.randrange(256)
    return bytes(text)


def decoded_base64(text):
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        return None


def mutated_context():
    text = bytearray(random.choice(CONTEXTS))
    for _ in range(random.randrange(3)):
        at = random.randrange(len(text) + 1)
        text[at:at + random.randrange(3)] = random.choice(JSON_TOKENS + [b""])
    return bytes(text)


def is_context(text):
    """Whether it is a JSON object of strings with no name twice."""
    def names_differ(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)
    try:
        value = json.loads(text.decode(), object_pairs_hook=names_differ)
    except ValueError:
        return False
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def field(value):
    if value is None:
        return "!"
    if isinstance(value, str):
        value = value.encode()
    return value.hex() or "-"


def random_request():
    """What is signed, as a flat list of texts and as a request of botocore's.

    Texts are UTF-8 and names differ, as botocore parses the query of a URL when it signs one.
    """
    def text(shortest, longest):
        letters = [token.decode() for token in TOKENS if token not in (b"\xff",)]
        return "".join(random.choice(letters) for _ in range(random.randrange(shortest, longest)))

    region = random.choice(["us-east-1", "eu-central-1", "cn-north-1", "default"])
    identity = f"AK{random.getrandbits(64):x}"
    secret = base64.b64encode(random.randbytes(30)).decode()
    token = random.choice(["", "TOKEN+/=", base64.b64encode(random_bytes(90)).decode()])
    seconds = random.randrange(2**31)
    method = random.choice(["GET", "HEAD", "PUT", "POST", "DELETE"])
    path = "/" + text(0, 8)
    parameters = {text(1, 5): random.choice(["", text(0, 8)]) for _ in range(random.randrange(4))}
    host = f"{random.choice(['a', 'b.c'])}.s3.{region}.amazonaws.com"
    headers = {"Host": host}
    for name in random.sample(["Content-MD5", "content-type", "Range", "x-amz-meta-b", "x-amz-acl",
                               "X-Amz-Meta-A", "User-Agent", "x-amz-server-side-encryption"], 3):
        headers[name] = random.choice(["", " a  b ", "plain", "a,b;c=d", "\t x\t \ty", "中 é"])
    url = f"https://{host}{percent_encode(path, safe='/~')}"
    if parameters:
        url += "?" + percent_encode_sequence(parameters)
    request = AWSRequest(method=method, url=url, headers=headers)
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
    flat = [identity, secret, token, region, str(seconds), method, path, str(len(parameters))]
    for pair in (*parameters.items(), *headers.items()):
        flat.extend(pair)
    return flat, request, (Credentials(identity, secret, token or None), "s3", region)


def signature_by_header():
    flat, request, how = random_request()
    content = random.choice(["UNSIGNED-PAYLOAD", f"{random.getrandbits(256):064x}"])
    request.headers["x-amz-content-sha256"] = content
    request.headers["x-amz-date"] = request.context["timestamp"]
    if how[0].token:
        request.headers["x-amz-security-token"] = how[0].token
    signer = S3SigV4Auth(*how)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    names = signer.signed_headers(signer.headers_to_sign(request))
    return (f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, "
            f"Signature={signer.signature(to_sign, request)}"), content, *flat


def signature_in_url():
    flat, request, how = random_request()
    valid = random.randrange(1, 604801)
    signer = S3SigV4QueryAuth(*how, expires=valid)
    signer._modify_request_before_signing(request)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(to_sign, request), str(valid), *flat


def cases():
    crc64 = crcmod.mkCrcFun(
        0x142F0E1EBA9EA3693, initCrc=0, xorOut=0xFFFFFFFFFFFFFFFF, rev=True)
    for _ in range(2000):
        text = random_text(60)
        # As botocore renders a key into a path.
        yield "path", text, percent_encode(text, safe="/~")
        yield "value", text, percent_encode(text)
        yield "unquote", text, urllib.parse.unquote_to_bytes(text)
        yield "unquote_plus", text, urllib.parse.unquote_to_bytes(text.replace(b"+", b" "))
        parameters = [(random_text(12), random_text(30)) for _ in range(random.randrange(5))]
        flat = [part for pair in parameters for part in pair]
        yield "query", percent_encode_sequence(parameters), *flat
        data = random_bytes(300)
        yield "crc64", data, str(crc64(data))
        yield "base64", data, base64.b64encode(data)
        text = mutated_base64()
        yield "unbase64", text, decoded_base64(text)
        text = mutated_context()
        yield "context", text, "yes" if is_context(text) else "no"
        yield "sigv4", *signature_by_header()
        yield "sigv4-url", *signature_in_url()


def main():
    with open(sys.argv[1], "w", encoding="ascii") as output:
        for kind, *fields in cases():
            print(kind, *map(field, fields), file=output)


main()
