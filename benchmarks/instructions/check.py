#!/usr/bin/env python3
"""Counts what hot paths cost and compares it with the committed baseline.

    check.py [--update] --compiler NAME COUNTED SERVER

More instructions than a tenth above the baseline fail, and any more memory allocations or system
calls of an operation. After an improvement write a new baseline with --update.
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

# By how much a count may be above the baseline. Instructions vary with the versions of libraries,
# allocations and system calls by what is rare, such as a buffer that grows.
SLACK = {"instructions": 0.10, "allocations": 0.02, "system_calls": 0.05}
SKIPPED = 77


def of_operations(command, directory):
    """Of each operation, while they follow each other."""
    def counts_of(operations):
        what = [*command, f"operations={operations}"]
        own = json.loads(subprocess.run(what, check=True, capture_output=True, text=True)
                         .stdout.splitlines()[-1])
        return {"allocations": own["allocations"],
                "system_calls": harness.system_calls(what, directory)}

    return {"instructions": harness.instructions([*command, "operations=100"], directory),
            **harness.in_steady_state(counts_of, 100)}


def counts(counted, server):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        harness.make_certificate(directory)
        result = {case: {"instructions": harness.instructions(
                      [counted, case, "operations=500"], directory)}
                  for case in ("signature", "head")}
        # The delay makes it certain that each reply is waited for.
        with harness.simple_server(server, directory, "delay=2000") as running:
            for method in ("get", "put"):
                for scheme in ("http", "https"):
                    result[f"{method}_{scheme}"] = of_operations(
                        [counted, method, f"scheme={scheme}", f"port={running.ports[scheme]}",
                         f"ca={directory / 'authority.pem'}"], directory)
    return {case: {kind: round(count, 2) for kind, count in each.items()}
            for case, each in result.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--compiler", required=True)
    parser.add_argument("counted")
    parser.add_argument("server")
    given = parser.parse_args()
    baseline_file = HERE / "baseline.json"
    baseline = json.loads(baseline_file.read_text())

    for tool in ("valgrind", "strace", "openssl"):
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
    too_many = False
    for case, each in counted.items():
        for kind, count in each.items():
            ratio = count / baseline[case][kind]
            too_many = too_many or ratio > 1 + SLACK[kind]
            print(f"{case:10} {count:9} {kind.replace('_', ' ')}, {ratio:6.1%} of the baseline"
                  f"{'  <- too many' if ratio > 1 + SLACK[kind] else ''}"
                  f"{'  (better: update the baseline)' if ratio < 1 - SLACK[kind] else ''}")
    return 1 if too_many else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        print(failed.stdout, failed.stderr, sep="\n")
        raise
