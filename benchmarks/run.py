#!/usr/bin/env python3
"""Runs all benchmarks and writes the report.

    run.py PROGRAMS [--rounds N] [--size-mib N] [--operations N] [--output DIRECTORY] [--only PART]

PROGRAMS is the folder of the built programs. One round runs every client once, one after another;
ratios are taken within a round.
"""

import argparse
import datetime
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

import harness
import report

PEERS = ("floor", "asio", "beast", "curl", "cosio")
SMALL = [(method, scheme, connections) for method in ("get", "put")
         for scheme in ("http", "https") for connections in (1, 64)]
LARGE = [("get", scheme, into) for scheme in ("http", "https")
         for into in ("nowhere", "buffer", "file")] + [("put", "http", "-"), ("put", "https", "-")]
SMALL_SIZE = 1024


class Bench:
    def __init__(self, given, directory):
        self.given = given
        self.directory = directory
        self.programs = given.programs.resolve()
        self.large_size = given.size_mib * 1024 * 1024
        self.servers = {}

    def start_nginx(self):
        locations = ""
        for size in (SMALL_SIZE, self.large_size):
            made = subprocess.run(
                [self.programs / "benchmark_object", f"size={size}",
                 f"into={self.directory / f'object-{size}'}"],
                check=True, capture_output=True, text=True)
            locations += (f"location = /object-{size} {{ add_header x-cos-request-id NjU1M2Y0MTBf;"
                          f" add_header x-cos-hash-crc64ecma {made.stdout.strip()}; }}\n")

        def command(http, https):
            text = (harness.HERE / "servers/nginx.conf").read_text()
            for name, value in (("directory", self.directory), ("http", http), ("https", https),
                                ("locations", locations)):
                text = text.replace(f"@{name}@", str(value))
            (self.directory / "nginx.conf").write_text(text)
            return ["/usr/sbin/nginx", "-p", str(self.directory), "-e", "stderr",
                    "-c", str(self.directory / "nginx.conf")]
        return harness.Server(command)

    def command(self, peer, family, method, scheme, *arguments):
        """One run of one client, not pinned yet."""
        server = self.servers[method]
        program = self.programs / f"{peer.removesuffix('_strand')}_{family}"
        serial = ["serial=0"] if peer.endswith("_strand") else []
        return [str(program), f"method={method}", f"scheme={scheme}",
                f"port={server.ports[scheme]}", f"ca={self.directory / 'server.pem'}",
                *arguments, *serial]

    def run(self, *what):
        done = subprocess.run(harness.pinned(harness.CLIENT_CORE, self.command(*what)),
                              check=True, capture_output=True, text=True)
        return json.loads(done.stdout.splitlines()[-1])

    def small(self):
        """CPU microseconds for each operation, peak RSS, allocations and connections."""
        runs = {}
        for number in range(self.given.rounds):
            for method, scheme, connections in SMALL:
                operations = self.given.operations // (1 if connections > 1 else 4)
                for peer in (*PEERS, "cosio_strand"):
                    got = self.run(peer, "small", method, scheme, f"size={SMALL_SIZE}",
                                   f"connections={connections}", f"operations={operations}")
                    key = f"{method} {scheme} {connections}"
                    runs.setdefault(key, {}).setdefault(peer, []).append(got)
            print(f"small objects: round {number + 1}", flush=True)
        return runs

    def large(self):
        runs = {}
        for number in range(self.given.rounds):
            for method, scheme, into in LARGE:
                where = {"file": str(self.directory / "received"), "-": "nowhere"}.get(into, into)
                for peer in PEERS:
                    got = self.run(peer, "large", method, scheme, f"size={self.large_size}",
                                   f"into={where}")
                    (self.directory / "received").unlink(missing_ok=True)
                    runs.setdefault(f"{method} {scheme} {into}", {}).setdefault(peer, []).append(got)
            print(f"large objects: round {number + 1}", flush=True)
        return runs

    def counts(self):
        """Instructions and system calls of small operations: exact, so once is enough."""
        result = {}
        self.profiles = {}
        for method, scheme, connections in SMALL:
            for peer in PEERS:
                what = self.command(peer, "small", method, scheme, f"size={SMALL_SIZE}",
                                    f"connections={connections}")
                result.setdefault(f"{method} {scheme} {connections}", {})[peer] = {
                    "instructions": harness.instructions(
                        [*what, "operations=1000"], self.directory),
                    "system_calls": harness.system_calls(what, 2000, self.directory)}
                if peer == "cosio":
                    self.profiles[f"{method} {scheme} {connections}"] = harness.profile(
                        self.directory)
        print("counts of instructions and system calls", flush=True)
        return result

    def pure_layers(self):
        done = subprocess.run(
            harness.pinned(harness.CLIENT_CORE,
                           [str(self.programs / "pure_layers"), "--benchmark_format=json",
                            f"--benchmark_repetitions={self.given.rounds}",
                            "--benchmark_min_time=0.1",
                            "--benchmark_enable_random_interleaving=true"]),
            check=True, capture_output=True, text=True)
        print("pure layers", flush=True)
        times = {}
        for each in json.loads(done.stdout)["benchmarks"]:
            if each["run_type"] == "iteration":
                unit = {"ns": 1, "us": 1000, "ms": 1000_000}[each["time_unit"]]
                times.setdefault(each["name"], []).append(each["cpu_time"] * unit)
        return times

    def compiling(self):
        """Seconds of CPU to compile a minimal program, and its size once stripped."""
        libraries = {"cosio": ["-lssl", "-lcrypto", "-lfmt"], "asio": ["-lssl", "-lcrypto"],
                     "beast": ["-lssl", "-lcrypto"], "curl": ["-lcurl"]}
        sources = {"asio_headers": libraries["asio"],
                   **{f"{name}_put_get": flags for name, flags in libraries.items()}}
        result = {name: {"seconds": []} for name in sources}
        for _ in range(self.given.compile_rounds):
            for name, flags in sources.items():
                out = self.directory / name
                before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
                subprocess.run(
                    harness.pinned(harness.CLIENT_CORE, [
                        "/usr/bin/g++", "-std=c++20", "-O2", "-DNDEBUG", "-w", "-s",
                        f"-I{harness.HERE.parent / 'include'}",
                        str(harness.HERE / f"minimal/{name}.cpp"), "-o", str(out), *flags]),
                    check=True)
                after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
                result[name]["seconds"].append(after - before)
                result[name]["kib"] = out.stat().st_size / 1024
        print("compiling", flush=True)
        return result


def write(results, folder):
    (folder / "results.json").write_text(json.dumps(results, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compile-rounds", type=int, default=2)
    parser.add_argument("--size-mib", type=int, default=512)
    parser.add_argument("--operations", type=int, default=20_000)
    parser.add_argument("--output", type=pathlib.Path, default=harness.HERE)
    parser.add_argument("--only", choices=("small", "large", "counts", "pure_layers", "compiling"))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # Servers end with us.

    with tempfile.TemporaryDirectory(prefix="cosio-benchmarks-", dir="/dev/shm") as name:
        bench = Bench(given, pathlib.Path(name))
        harness.make_certificate(bench.directory)
        begun = time.monotonic()
        load = os.getloadavg()[0]
        with bench.start_nginx() as nginx, harness.simple_server(
                bench.programs / "benchmark_server", bench.directory) as simple:
            bench.servers = {"get": nginx, "put": simple}
            results = {}
            given.output.mkdir(exist_ok=True)
            for part in ("small", "large", "counts", "pure_layers", "compiling"):
                if given.only in (None, part):
                    results[part] = getattr(bench, part)()
                    results["profiles"] = getattr(bench, "profiles", {})
                    write(results, given.output)  # What follows may fail.
    results["circumstances"] = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "minutes": (time.monotonic() - begun) / 60, "rounds": given.rounds,
        "size_mib": given.size_mib, "operations": given.operations,
        "load": [load, *os.getloadavg()]}
    write(results, given.output)
    if given.only is None:
        report.write(results, given.output)
    else:
        print(report.part(given.only, results))


if __name__ == "__main__":
    main()
