"""Makes results.md and results.svg of what run.py measured."""

import pathlib
import re
import statistics
import subprocess
import sys

import breakdown
import picture
import targets
from tables import (FILE_NAMES, INTO, NAMES, PEERS, Spread, clock_ratio, columns, cpu_us,
                    file_title, peak_mib, per_operation, ratio, seconds_per_gib, table)


def small(results):
    peers = list(NAMES)
    rows, ratios = [], []
    for workload, runs in results["small"].items():
        method, scheme, connections = workload.split()
        title = f"{method.upper()} 1 KiB, {scheme}, " + (
            "one after another" if connections == "1" else f"{connections} at once")
        rows.append([title] + [Spread([per_operation(run) for run in runs[peer]]).text(1)
                               for peer in peers])
        ratios.append([title] + [ratio(runs, peer).text()
                                 for peer in peers if not peer.startswith("cosio")])
    return ("Microseconds of CPU for each operation.\n\n"
            + table(["", *NAMES.values()], rows)
            + "\ncosio, as a multiple of:\n\n"
            + table(["", *[NAMES[peer] for peer in peers if not peer.startswith("cosio")]], ratios))


def large(results):
    peers = PEERS
    rows, ratios = [], []
    for workload, runs in results["large"].items():
        method, scheme, into = workload.split()
        title = f"{method.upper()}, {scheme}{INTO[into]}"
        rows.append([title] + [Spread([seconds_per_gib(run) for run in runs[peer]]).text(3)
                               for peer in peers])
        ratios.append([title] + [ratio(runs, peer).text() for peer in peers if peer != "cosio"])
    return ("Seconds of CPU for each GiB. cosio alone computes and compares a CRC64.\n\n"
            + table(["", *[NAMES[peer] for peer in peers]], rows)
            + "\ncosio, as a multiple of:\n\n"
            + table(["", *[NAMES[peer] for peer in peers if peer != "cosio"]], ratios))


def files(results):
    rows, ratios = [], []
    for workload, runs in results["files"].items():
        title = file_title(*workload.split())
        rows.append([title] + columns(runs, lambda peer, runs=runs: Spread(
            [seconds_per_gib(run) for run in runs[peer]]).text(3)))
        ratios.append([title] + [ratio(runs, peer, "cosio_transfer").text() if peer in runs else ""
                                 for peer in FILE_NAMES if peer != "cosio_transfer"])
    return ("Seconds of CPU for each GiB. cosio alone computes and compares CRC64s, of each part "
            "and of the whole.\n\n"
            + table(["", *FILE_NAMES.values()], rows)
            + "\n`download_file` or `upload_file`, as a multiple of:\n\n"
            + table(["", *[name for peer, name in FILE_NAMES.items() if peer != "cosio_transfer"]],
                    ratios))


def latency(results):
    peers = ("floor", "asio", "cosio")
    rows, ratios = [], []
    for workload, runs in results["latency"].items():
        method, scheme = workload.split()
        title = f"{method.upper()} 1 KiB, {scheme}, one after another"
        for percent in (50, 99):
            rows.append([f"{title}, {percent} % of them"] + [
                Spread([run[f"p{percent}_us"] for run in runs[peer]]).text(1) for peer in peers])
        ratios.append([f"{title}, 50 % of them"] + [
            clock_ratio(runs, peer).text() for peer in peers if peer != "cosio"])
    return ("Microseconds by the clock within which operations were done, of many short runs that "
            "took turns.\n\n"
            + table(["", *[NAMES[peer] for peer in peers]], rows)
            + "\ncosio, as a multiple of:\n\n"
            + table(["", *[NAMES[peer] for peer in peers if peer != "cosio"]], ratios))


def handshakes(results):
    runs = results["handshakes"]
    rows = [[title] + [Spread([per_operation(run) for run in runs[kind][peer]]).text(0)
                       for peer in ("floor", "cosio")]
            for kind, title in (("full", "full handshake"), ("resumed", "session resumed"))]
    rows.append(["resumed, as a multiple of full"] + [
        Spread([cpu_us(one) / cpu_us(other) for one, other in
                zip(runs["resumed"][peer], runs["full"][peer], strict=True)]).text()
        for peer in ("floor", "cosio")])
    return ("Microseconds of CPU to connect, shake hands by TLS 1.3, GET 1 KiB and close. The "
            "server's certificate is of P-256, with one authority in between.\n\n"
            + table(["", NAMES["floor"], NAMES["cosio"]], rows))


def memory(results):
    rows = []
    for workload, runs in results["large"].items():
        method, scheme, into = workload.split()
        rows.append([f"{method.upper()}, {scheme}{INTO[into]}", runs])
    for workload, runs in results["files"].items():
        rows.append([file_title(*workload.split()), runs])
    return ("Peak resident memory, MiB; where an object is got to a buffer or put from memory, the "
            "object is in it. A part of a file is not held whole: by default there are five parts "
            "of 8 MiB under way (40 MiB), and of each 256 KiB in memory.\n\n"
            + table(["", *FILE_NAMES.values()],
                    [[title] + columns(runs, lambda peer, runs=runs: Spread(
                        [peak_mib(run) for run in runs[peer]]).text(1)) for title, runs in rows]))


def copies(results):
    rows = []
    for workload, copied in results["copies"].items():
        method, scheme, into = workload.split()
        title = (file_title(method, scheme) if into == "file"
                 else f"{method.upper()}, {scheme}{INTO[into]}")
        rows.append([title] + columns(
            copied, lambda peer, copied=copied: f"{copied[peer]:.2f}"))
    return ("Bytes that the client and its libraries, OpenSSL among them, copied with `memcpy` and "
            "`memmove` for each byte of a large object, once. Not counted: copies of a few bytes "
            "that the compiler makes itself, those within the C library and the kernel, and "
            "encryption.\n\n"
            + table(["", *FILE_NAMES.values()], rows))


def counts(results):
    parts = []
    kinds = (("Instructions in user space, thousands", lambda c, _: c["instructions"] / 1000, 1),
             ("System calls", lambda c, _: c["system_calls"], 1),
             ("Heap allocations", lambda c, _: c["allocations"], 1),
             ("Bytes allocated", lambda c, _: c["allocated_bytes"], 0))
    if "small" in results:
        kinds += (
            ("Connections and handshakes in 1000 operations",
             lambda _, runs: 1000 * runs[-1]["connects"] / runs[-1]["operations"], 1),
            ("Peak resident memory, MiB",
             lambda _, runs: max(run["peak_rss_kib"] for run in runs) / 1024, 1))
    for title, value, digits in kinds:
        rows = []
        for workload, counted in results["counts"].items():
            row = [workload]
            for peer in PEERS:
                runs = results.get("small", {}).get(workload, {}).get(peer)
                row.append(f"{value(counted[peer], runs):.{digits}f}")
            rows.append(row)
        parts.append(f"{title}:\n\n" + table(["", *[NAMES[peer] for peer in PEERS]], rows))
    return "For each small operation, in steady state.\n\n" + "\n".join(parts)


def pure_layers(results):
    return ("Nanoseconds of CPU.\n\n" + table(
        ["", "median (min-max)"],
        [[f"`{name}`", Spread(times).text(0)] for name, times in results["pure_layers"].items()]))


def compiling(results):
    names = {"asio_headers": "`asio.hpp` and `asio/ssl.hpp` alone", "asio_put_get": "bare Asio",
             "beast_put_get": "Boost.Beast", "curl_put_get": "libcurl", "cosio_put_get": "cosio",
             "cosio_separate": "cosio, library compiled separately",
             "cosio_in_context": "the same with an `io_context` of its own"}
    library = results["compiling"]["cosio_separate"]["library_seconds"]
    return ("A minimal program that puts an object and gets it back, g++ -O2.\n\n" + table(
        ["", "seconds of CPU, best", "stripped, KiB"],
        [[names[name], f"{min(each['seconds']):.1f}", f"{each['kib']:.0f}"]
         for name, each in results["compiling"].items()])
        + f"\nSeparately: the program's translation unit, with `COSIO_SEPARATE_COMPILATION`. That "
          f"of the library took {library:.1f}, once; all its operations are in the program.\n")


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def versions():
    package = output_of("dpkg-query", "-W", "-f", "${Package} ${Version}\n", "g++", "libasio-dev",
                        "libssl3", "libboost-dev", "libcurl4", "nginx-light", "libfmt-dev")
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    kernel = output_of("uname", "-sr").stdout.strip()
    return (cpu.group(1) if cpu else "unknown processor", kernel,
            ", ".join(package.stdout.split("\n")).strip(", "))


def part(name, results):
    """The report of one part alone."""
    where = breakdown if name in ("calls", "profiles") else sys.modules[__name__]
    return getattr(where, name)(results)


def write(results, folder):
    about = results["circumstances"]
    processor, kernel, packages = versions()
    before, *after = about["load"]
    text = f"""# Results of benchmarks/run.sh

{about['date']}, {processor}, {kernel}; {packages}.

Client on one core, servers on another of the same machine, over loopback; {about['rounds']} rounds,
in each of which every client ran once. Figures are CPU time of the client's process, user and
system: median (smallest-largest). Ratios are taken within a round. Large objects had
{about['size_mib']} MiB, small runs {about['operations']} operations ({about['operations'] // 4} one
after another). The machine was shared: load average {before:.1f} at the start, \
{', '.join(f'{value:.1f}' for value in after)} (1, 5, 15 minutes) at the end, after \
{about['minutes']:.0f} minutes.

Peers send a fixed header in place of a signature. cosio signs each request, compares each CRC64 and
runs on an `io_context` of one thread (`executor_is_serial`); "own strand" is its default, which any
number of threads may run. Bare sockets (epoll; OpenSSL over one large buffer) are the floor: a
program that does nothing else. It wakes up for whatever has come, though, where cosio lets the
system wait for more of a long body, and so does with less. Beast reads into a buffer with 64 KiB
reserved and libcurl has 128 KiB buffers for large objects: with their defaults both cost more.
`download_file` and `upload_file` use five connections at once, all others one: over http that has
cost the system nothing on one machine, and on another 1.7 of what one part after another does.

## Targets

{targets.text(results)}
Rows that are missed: where the time goes, in the processor and in the code.

{breakdown.text(results)}
## Small objects

{small(results)}
## Large objects

{large(results)}
## Files

{files(results)}
## Latency

{latency(results)}
## Connections

{handshakes(results)}
## Memory

{memory(results)}
## Copied bytes

{copies(results)}
## Counts

{counts(results)}
## Pure layers

{pure_layers(results)}
## Compiling

{compiling(results)}"""
    (folder / "results.md").write_text(text)
    (folder / "results.svg").write_text(picture.draw([
        ("GET 1 KiB, https", "µs of CPU", bars(results["small"]["get https 64"], per_operation)),
        ("PUT 1 KiB, https", "µs of CPU", bars(results["small"]["put https 64"], per_operation)),
        ("GET 1 GiB, https", "s of CPU", bars(results["large"]["get https nowhere"],
                                              seconds_per_gib)),
        ("PUT 1 GiB, https", "s of CPU", bars(results["large"]["put https -"], seconds_per_gib)),
    ]))


def bars(runs, value):
    order = ("cosio", "asio", "beast", "curl", "floor")
    return [(NAMES[peer], statistics.median(value(run) for run in runs[peer])) for peer in order]
