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
import signal
import subprocess
import sys
import tempfile
import time

import compiling
import harness
import report

PEERS = ("floor", "asio", "beast", "curl", "cosio")
SMALL = [(method, scheme, connections) for method in ("get", "put")
         for scheme in ("http", "https") for connections in (1, 64)]
LARGE = [("get", scheme, into) for scheme in ("http", "https") for into in ("nowhere", "buffer")] \
    + [("put", "http", "-"), ("put", "https", "-")]
# The programs that move a file. Peers get it as they get any large object, and put it in parts;
# Beast adds nothing to Asio there.
FILES = {"get": {**{peer: "large" for peer in PEERS}, "cosio_transfer": "transfer"},
         "put": {"floor": "parts", "asio": "parts", "curl": "parts", "cosio_transfer": "transfer"}}
HANDSHAKES = {"resumed": "tickets", "full": "no_tickets"}
PARTS = ("small", "latency", "handshakes", "large", "files", "copies", "counts", "calls",
         "profiles", "pure_layers", "compiling")
SMALL_SIZE = 1024
PROFILED_SIZE = 32 * 1024 * 1024


class Bench:
    def __init__(self, given, directory):
        self.given = given
        self.directory = directory
        self.programs = given.programs.resolve()
        self.large_size = given.size_mib * 1024 * 1024
        self.servers = {}

    def start_nginx(self):
        locations = ""
        for size in sorted({SMALL_SIZE, PROFILED_SIZE, self.large_size}):
            made = subprocess.run(
                [self.programs / "benchmark_object", f"size={size}", f"into={self.object(size)}"],
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

    def start_simple(self, *settings):
        return harness.simple_server(self.programs / "benchmark_server", self.directory, *settings)

    def object(self, size):
        return self.directory / f"object-{size}"

    def command(self, peer, family, method, scheme, *arguments, server=None):
        """One run of one client, not pinned yet."""
        program = self.programs / f"{peer.split('_')[0]}_{family}"
        serial = ["serial=0"] if peer.endswith("_strand") else []
        return [str(program), f"method={method}", f"scheme={scheme}",
                f"port={self.servers[server or method].ports[scheme]}",
                f"ca={self.directory / 'authority.pem'}", *arguments, *serial]

    def run(self, command, **more):
        done = subprocess.run(harness.pinned(harness.CLIENT_CORE, command),
                              check=True, capture_output=True, text=True, **more)
        return json.loads(done.stdout.splitlines()[-1])

    def in_rounds(self, title, runs_of_a_round):
        """`runs_of_a_round` yields workload, peer and what was measured. Yields them by workload
        and peer, a list of the rounds each."""
        runs = {}
        for number in range(self.given.rounds):
            for workload, peer, got in runs_of_a_round():
                runs.setdefault(workload, {}).setdefault(peer, []).append(got)
            print(f"{title}: round {number + 1}", flush=True)
        return runs

    def small(self):
        """CPU time, peak RSS and connections."""
        def one_round():
            for method, scheme, connections in SMALL:
                operations = self.given.operations // (1 if connections > 1 else 4)
                for peer in (*PEERS, "cosio_strand"):
                    yield f"{method} {scheme} {connections}", peer, self.run(self.command(
                        peer, "small", method, scheme, f"size={SMALL_SIZE}",
                        f"connections={connections}", f"operations={operations}"))
        return self.in_rounds("small objects", one_round)

    def latency(self):
        """By the clock: a thing of milliseconds, so many short runs take turns."""
        def one_round():
            for _ in range(4):
                for peer in ("floor", "asio", "cosio"):
                    yield "get https", peer, self.run(self.command(
                        peer, "small", "get", "https", f"size={SMALL_SIZE}", "latency=1",
                        f"operations={max(self.given.operations // 10, 100)}"))
        return self.in_rounds("latency", one_round)

    def handshakes_command(self, peer, kind, operations):
        return self.command(peer, "handshakes", "get", "https", f"size={SMALL_SIZE}",
                            f"operations={operations}", f"resumes={int(kind == 'resumed')}",
                            server=HANDSHAKES[kind])

    def handshakes(self):
        """Connections made for one GET each."""
        def one_round():
            for kind in HANDSHAKES:
                for peer in ("floor", "cosio"):
                    yield kind, peer, self.run(self.handshakes_command(
                        peer, kind, max(self.given.operations // 40, 50)))
        return self.in_rounds("handshakes", one_round)

    def large_command(self, peer, method, scheme, into, size):
        return self.command(peer, "large", method, scheme, f"size={size}",
                            f"into={'nowhere' if into == '-' else into}")

    def file_command(self, peer, method, scheme, size):
        return self.command(peer, FILES[method][peer], method, scheme, f"size={size}",
                            f"into={self.directory / 'received'}", f"from={self.object(size)}")

    def run_file(self, *what, **more):
        try:
            return self.run(self.file_command(*what, self.large_size), **more)
        finally:
            (self.directory / "received").unlink(missing_ok=True)

    def large(self):
        def one_round():
            for method, scheme, into in LARGE:
                for peer in PEERS:
                    yield f"{method} {scheme} {into}", peer, self.run(
                        self.large_command(peer, method, scheme, into, self.large_size))
        return self.in_rounds("large objects", one_round)

    def files(self):
        def one_round():
            for method, peers in FILES.items():
                for scheme in ("http", "https"):
                    for peer in peers:
                        yield f"{method} {scheme}", peer, self.run_file(peer, method, scheme)
        return self.in_rounds("files", one_round)

    def copies(self):
        """Bytes that were copied in user space for each byte of a large object."""
        preload = {"env": {**os.environ, "LD_PRELOAD": str(self.programs / "benchmark_copies.so")}}
        result = {}

        def add(workload, peer, got):
            result.setdefault(workload, {})[peer] = got["copied_bytes"] / got["bytes"]
        for method, scheme, into in LARGE:
            for peer in PEERS:
                add(f"{method} {scheme} {into}", peer, self.run(
                    self.large_command(peer, method, scheme, into, self.large_size), **preload))
        for method, peers in FILES.items():
            for scheme in ("http", "https"):
                for peer in peers:
                    add(f"{method} {scheme} file", peer,
                        self.run_file(peer, method, scheme, **preload))
        print("copied bytes", flush=True)
        return result

    def counts_of(self, command):
        """What a program counts itself, and its system calls."""
        own = self.run(command)
        return {"system_calls": harness.system_calls(command, self.directory),
                "allocations": own["allocations"], "allocated_bytes": own["allocated_bytes"]}

    def counts(self):
        """Instructions, system calls and allocations of small operations: exact, so once is
        enough."""
        result = {}
        for method, scheme, connections in SMALL:
            for peer in PEERS:
                what = self.command(peer, "small", method, scheme, f"size={SMALL_SIZE}",
                                    f"connections={connections}")
                result.setdefault(f"{method} {scheme} {connections}", {})[peer] = {
                    "instructions": harness.instructions(
                        [*what, "operations=1000"], self.directory),
                    **harness.in_steady_state(
                        lambda count, what=what: self.counts_of(
                            [*what, f"operations={count}"]), 2000)}
        print("counts of instructions, system calls and allocations", flush=True)
        return result

    def calls(self):
        """System calls for each MiB of a file, by what they are for."""
        result = {}
        for method, peers in FILES.items():
            for peer in peers:
                kinds = harness.kinds_of_system_calls(
                    harness.pinned(harness.CLIENT_CORE, self.file_command(
                        peer, method, "https", PROFILED_SIZE)), self.directory)
                (self.directory / "received").unlink(missing_ok=True)
                result.setdefault(f"{method} https", {})[peer] = {
                    kind: count * 2 ** 20 / PROFILED_SIZE for kind, count in kinds.items()}
        print("system calls of files", flush=True)
        return result

    def profiles(self):
        """Whose the instructions are that cosio executes."""
        commands = {
            **{f"{method} {scheme} 64": self.command(
                "cosio", "small", method, scheme, f"size={SMALL_SIZE}", "connections=64")
               for method, scheme in (("get", "http"), ("get", "https"), ("put", "https"))},
            **{f"{kind} handshake": self.handshakes_command("cosio", kind, 100)
               for kind in HANDSHAKES},
            "large get https": self.large_command("cosio", "get", "https", "nowhere",
                                                  PROFILED_SIZE),
            "large put https": self.large_command("cosio", "put", "https", "-", PROFILED_SIZE),
            "download_file https": self.file_command("cosio_transfer", "get", "https",
                                                     PROFILED_SIZE),
            "upload_file https": self.file_command("cosio_transfer", "put", "https",
                                                   PROFILED_SIZE)}
        result = {}
        for workload, command in commands.items():
            count = harness.instructions(command, self.directory, harness.COPIES_BY_LOOPS)
            result[workload] = {"instructions": count, "shares": harness.profile(self.directory)}
            (self.directory / "received").unlink(missing_ok=True)
        print("profiles", flush=True)
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
            # What the processor cannot do is an error there.
            if each["run_type"] == "iteration" and not each.get("error_occurred"):
                unit = {"ns": 1, "us": 1000, "ms": 1000_000}[each["time_unit"]]
                times.setdefault(each["name"], []).append(each["cpu_time"] * unit)
        return times

    def compiling(self):
        result = compiling.measure(self.directory, self.given.compile_rounds)
        print("compiling", flush=True)
        return result


def write(results, folder):
    (folder / "results.json").write_text(json.dumps(results, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compile-rounds", type=int, default=3)
    parser.add_argument("--size-mib", type=int, default=512)
    parser.add_argument("--operations", type=int, default=20_000)
    parser.add_argument("--output", type=pathlib.Path, default=harness.HERE)
    parser.add_argument("--only", choices=PARTS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # Servers end with us.

    with tempfile.TemporaryDirectory(prefix="cosio-benchmarks-", dir="/dev/shm") as name:
        bench = Bench(given, pathlib.Path(name))
        harness.make_certificate(bench.directory)
        begun = time.monotonic()
        load = os.getloadavg()[0]
        with bench.start_nginx() as nginx, bench.start_simple() as simple, \
                bench.start_simple("tickets=0") as no_tickets:
            bench.servers = {"get": nginx, "put": simple, "tickets": simple,
                             "no_tickets": no_tickets}
            results = {}
            given.output.mkdir(exist_ok=True)
            for part in PARTS:
                if given.only in (None, part):
                    results[part] = getattr(bench, part)()
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
