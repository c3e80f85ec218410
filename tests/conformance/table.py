#!/usr/bin/env python3
"""The conformance table: what the tests have found, one record for each peer.

Usage: table.py check RECORDS DOCUMENT TABLE    what has run must be as the document says
       table.py write RECORDS DOCUMENT          writes the document, from records of all peers

A record is a file in RECORDS, named after its peer, of lines `OPERATION|MODE|OUTCOME`,
`version|TEXT` and `skipped|REASON`. `check` writes what it has found to TABLE.
"""

import datetime
import pathlib
import sys

PEERS = {"emulator-cos": "emulator, COS", "emulator-s3": "emulator, S3", "ceph-rgw": "Ceph RGW",
         "node-sdk": "Node SDK", "boto3": "boto3, awscli"}
MODES = ("none", "SSE-COS, SSE-S3", "SSE-KMS", "SSE-KMS, key and context", "SSE-C")
OPERATIONS = (
    "put object", "get object", "get object, range", "get object, If-None-Match",
    "get object, no key", "get object, other key", "head object", "head object, no key",
    "head object, other key", "multipart upload", "upload file", "download file",
    "copy object into", "copy object from", "copy in parts into", "part copy into",
    "part copy from", "restore object", "pre-signed URL", "list objects", "list parts",
    "list uploads", "abort upload", "delete object", "delete objects", "head bucket",
    "put bucket encryption", "get bucket encryption", "delete bucket encryption")
OUTCOMES = ("passed", "refused: ", "told: ", "lost: ")
NOTHING = "-"

INTRODUCTION = """# Conformance

What comes of each operation in each encryption mode: of `cosio::client` and `cosio::s3_client` on
the emulator, of `cosio::s3_client` on a real S3 server, and of other people's clients on the
emulator. Copies go *into* a mode and *from* a mode; at the other end those of our clients have no encryption.

- `passed`: done, and the reply and the bytes are right. For other people's clients, in both
  directions with ours, where there are two.
- `refused`: the server said no, with this code. For wrong keys that is what has to be.
- `told`: the server answered with success and did something else; the client says so: an error.
- `lost`: the same, but the client, not one of ours, says nothing.
- `-`: not tried, as the server or the client has no such thing, or nothing to try it on.

Each cell is what a test has found: `tests/conformance/` and `tests/interop/`. The test
`conformance.table` compares this page with every run; `tests/conformance/table.py` writes it.
"""


def read_record(path):
    """(cells, version, reason for having been skipped) of one peer."""
    cells, version, skipped = {}, "", None
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.split("|")
        if words[0] == "version":
            version = words[1]
        elif words[0] == "skipped":
            skipped = words[1]
        else:
            operation, mode, outcome = words
            known = operation in OPERATIONS and mode in MODES and (
                outcome == NOTHING or outcome.startswith(OUTCOMES))
            if not known or cells.setdefault((operation, mode), outcome) != outcome:
                sys.exit(f"{path}: unknown, or another outcome than before: {line}")
    tried = {cell: outcome for cell, outcome in cells.items() if outcome != NOTHING}
    return tried, version, skipped


def read_records(folder):
    records = {}
    for peer in PEERS:
        path = pathlib.Path(folder) / peer
        if not path.exists():
            sys.exit(f"No record of {PEERS[peer]}: its test has failed, or has not run.")
        records[peer] = read_record(path)
    return records


def table_of(records):
    """Markdown lines, with columns of equal width."""
    rows = [["operation", "mode", *(PEERS[peer] for peer in records)]]
    for operation in OPERATIONS:
        for mode in MODES:
            cells = [cells.get((operation, mode), NOTHING) for cells, _, _ in records.values()]
            if any(cell != NOTHING for cell in cells):
                rows.append([operation, mode, *cells])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    return ["| " + " | ".join(word.ljust(width) for word, width in zip(row, widths)) + " |"
            for row in rows]


def read_table(document):
    """The cells of each peer that a document claims."""
    rows = [[word.strip() for word in line.strip("|\n").split("|")]
            for line in document.splitlines() if line.startswith("|")]
    names = {name: peer for peer, name in PEERS.items()}
    peers = [names[name] for name in rows[0][2:]]
    claims = {peer: {} for peer in peers}
    for operation, mode, *outcomes in rows[2:]:
        for peer, outcome in zip(peers, outcomes):
            if outcome != NOTHING:
                claims[peer][operation, mode] = outcome
    return claims


def write(folder, document):
    records = read_records(folder)
    for peer, (_, _, skipped) in records.items():
        if skipped is not None:
            sys.exit(f"{PEERS[peer]} is left out: {skipped}")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    versions = ", ".join(dict.fromkeys(version for _, version, _ in records.values()))
    text = "\n".join([INTRODUCTION, f"As of {today}: {versions}.", "", *table_of(records), ""])
    pathlib.Path(document).write_text(text, encoding="utf-8")


def check(folder, document, table):
    claims = read_table(pathlib.Path(document).read_text(encoding="utf-8"))
    ran, lines, wrong = {}, [], []
    for peer, (cells, version, skipped) in read_records(folder).items():
        if skipped is not None:
            lines.append(f"{PEERS[peer]} is left out: {skipped}")
            continue
        lines.append(f"{PEERS[peer]}: {version}")
        ran[peer] = cells, version, skipped
        claimed = claims.get(peer, {})
        for cell in sorted(claimed.keys() | cells.keys()):
            if claimed.get(cell) != cells.get(cell):
                wrong.append(f"{PEERS[peer]}: {', '.join(cell)}: {cells.get(cell, NOTHING)}; "
                             f"the document says {claimed.get(cell, NOTHING)}")
    lines += ["", *table_of(ran)]
    pathlib.Path(table).write_text("\n".join(["Conformance", "", *lines, ""]), encoding="utf-8")
    print("\n".join(lines))
    if wrong:
        sys.exit("\n".join(["", f"Not as {document} says:", *wrong]))


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "check":
        check(*sys.argv[2:])
    elif len(sys.argv) == 4 and sys.argv[1] == "write":
        write(*sys.argv[2:])
    else:
        sys.exit(__doc__)
