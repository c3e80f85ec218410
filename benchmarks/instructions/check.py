#!/usr/bin/env python3
"""Counts the instructions of hot paths and compares them with the committed baseline.

    check.py [--update] --compiler NAME COUNTED SERVER

More than a tenth above the baseline fails. After an improvement write a new one with --update.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

SLACK = 0.10
SKIPPED = 77


def counts(counted, server):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        harness.make_certificate(directory)
        result = {case: harness.instructions([counted, case, "operations=500"], directory)
                  for case in ("signature", "head")}
        # The delay makes it certain that each reply is waited for.
        with harness.simple_server(server, directory, "delay=2000") as running:
            for scheme in ("http", "https"):
                result[f"get_{scheme}"] = harness.instructions(
                    [counted, "get", "operations=100", f"scheme={scheme}",
                     f"port={running.ports[scheme]}", f"ca={directory / 'authority.pem'}"],
                    directory)
    return {case: round(count) for case, count in result.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--compiler", required=True)
    parser.add_argument("counted")
    parser.add_argument("server")
    given = parser.parse_args()
    baseline_file = HERE / "baseline.json"
    baseline = json.loads(baseline_file.read_text())

    for tool in ("valgrind", "openssl"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not installed")
            return SKIPPED
    if given.compiler != baseline["compiler"] and not given.update:
        print(f"skipped: the baseline is of {baseline['compiler']}, this is {given.compiler}")
        return SKIPPED

    counted = counts(given.counted, given.server)
    if given.update:
        baseline_file.write_text(
            json.dumps({"compiler": given.compiler} | counted, indent=4) + "\n")
        return 0
    slower = False
    for case, count in counted.items():
        ratio = count / baseline[case]
        slower = slower or ratio > 1 + SLACK
        print(f"{case:10} {count:8} instructions, {ratio:6.1%} of the baseline"
              f"{'  <- too many' if ratio > 1 + SLACK else ''}"
              f"{'  (better: update the baseline)' if ratio < 1 - SLACK else ''}")
    return 1 if slower else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        print(failed.stdout, failed.stderr, sep="\n")
        raise
