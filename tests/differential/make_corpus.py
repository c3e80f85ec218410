"""Writes what Python packages make of random texts, for corpus_test.cpp to compare with.

Usage: make_corpus.py OUTPUT

One case a line: its kind and its fields, each as hexadecimal digits, `-` when empty. `!` stands for
a text that the package refuses. The same texts in every run.
"""

import base64
import binascii
import json
import random
import sys
import urllib.parse

import crcmod
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


def main():
    with open(sys.argv[1], "w", encoding="ascii") as output:
        for kind, *fields in cases():
            print(kind, *map(field, fields), file=output)


main()
