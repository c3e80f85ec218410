"""Makes results.md and results.svg of what run.py measured."""

import pathlib
import re
import statistics
import subprocess

import picture

NAMES = {"floor": "bare sockets", "asio": "bare Asio", "beast": "Boost.Beast", "curl": "libcurl",
         "cosio": "cosio", "cosio_strand": "cosio, own strand"}
GIB = 1024 ** 3


def cpu_us(run):
    return run["user_us"] + run["system_us"]


def per_operation(run):
    return cpu_us(run) / run["operations"]


def seconds_per_gib(run):
    return cpu_us(run) / 1e6 / (run["bytes"] / GIB)


class Spread:
    """A median with the smallest and the largest of its rounds."""

    def __init__(self, values):
        self.median = statistics.median(values)
        self.low, self.high = min(values), max(values)

    def text(self, digits=2):
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}-{self.high:.{digits}f})"


def ratio(peers, other, of="cosio"):
    """CPU of one client to that of another, round by round."""
    return Spread([cpu_us(ours) / cpu_us(theirs)
                   for ours, theirs in zip(peers[of], peers[other], strict=True)])


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def small(results):
    peers = [name for name in NAMES]
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
    peers = [name for name in NAMES if name != "cosio_strand"]
    rows, ratios = [], []
    for workload, runs in results["large"].items():
        method, scheme, into = workload.split()
        title = f"{method.upper()}, {scheme}" + {
            "-": ", from memory", "nowhere": ", to nowhere", "buffer": ", to a buffer",
            "file": ", to a file"}[into]
        rows.append([title] + [Spread([seconds_per_gib(run) for run in runs[peer]]).text(3)
                               for peer in peers])
        ratios.append([title] + [ratio(runs, peer).text() for peer in peers if peer != "cosio"])
    return ("Seconds of CPU for each GiB. cosio alone computes and compares a CRC64.\n\n"
            + table(["", *[NAMES[peer] for peer in peers]], rows)
            + "\ncosio, as a multiple of:\n\n"
            + table(["", *[NAMES[peer] for peer in peers if peer != "cosio"]], ratios))


def counts(results):
    peers = [name for name in NAMES if name != "cosio_strand"]
    parts = []
    kinds = (("Instructions in user space, thousands", lambda c, _: c["instructions"] / 1000, 1),
             ("System calls", lambda c, _: c["system_calls"], 1))
    if "small" in results:
        kinds += (
            ("Heap allocations", lambda _, runs: runs[-1]["allocations"] / runs[-1]["operations"], 1),
            ("Bytes allocated",
             lambda _, runs: runs[-1]["allocated_bytes"] / runs[-1]["operations"], 0),
            ("Connections and handshakes in 1000 operations",
             lambda _, runs: 1000 * runs[-1]["connects"] / runs[-1]["operations"], 1),
            ("Peak resident memory, MiB",
             lambda _, runs: max(run["peak_rss_kib"] for run in runs) / 1024, 1))
    for title, value, digits in kinds:
        rows = []
        for workload, counted in results["counts"].items():
            row = [workload]
            for peer in peers:
                runs = results.get("small", {}).get(workload, {}).get(peer)
                row.append(f"{value(counted[peer], runs):.{digits}f}")
            rows.append(row)
        parts.append(f"{title}:\n\n" + table(["", *[NAMES[peer] for peer in peers]], rows))
    return "For each small operation, in steady state.\n\n" + "\n".join(parts)


def profiles(results):
    """Where the instructions of cosio's small operations go."""
    workloads = ["get http 64", "get https 64", "put https 64"]
    shares = [results["profiles"][workload] for workload in workloads]
    names = sorted(set().union(*shares), key=lambda name: -shares[0].get(name, 0))
    return table(["share of the instructions in user space", *workloads],
                 [[name, *[f"{share.get(name, 0):.0%}" for share in shares]] for name in names])


def processor_modes(results):
    """User and system time apart."""
    peers = ("floor", "asio", "curl", "cosio")
    rows = []
    for workload in ("get http 64", "get https 64", "put https 64"):
        runs = results["small"][workload]
        rows.append([workload])
        for peer in peers:
            operations = sum(run["operations"] for run in runs[peer])
            modes = [sum(run[mode] for run in runs[peer]) / operations
                     for mode in ("user_us", "system_us")]
            rows[-1].append(f"{modes[0]:.1f} + {modes[1]:.1f}")
    return table(["microseconds, user + system", *[NAMES[peer] for peer in peers]], rows)


def pure_layers(results):
    return ("Nanoseconds of CPU.\n\n" + table(
        ["", "median (min-max)"],
        [[f"`{name}`", Spread(times).text(0)] for name, times in results["pure_layers"].items()]))


def compiling(results):
    names = {"asio_headers": "`asio.hpp` and `asio/ssl.hpp` alone", "asio_put_get": "bare Asio",
             "beast_put_get": "Boost.Beast", "curl_put_get": "libcurl", "cosio_put_get": "cosio"}
    return ("A minimal program that puts an object and gets it back, g++ -O2.\n\n" + table(
        ["", "seconds of CPU, best", "stripped, KiB"],
        [[names[name], f"{min(each['seconds']):.1f}", f"{each['kib']:.0f}"]
         for name, each in results["compiling"].items()]))


def targets(results):
    """What was aimed at: title, figure, the most it may be (or least, when negative)."""
    get_https, get_http = results["small"]["get https 64"], results["small"]["get http 64"]
    put_https = results["small"]["put https 64"]
    get_gib = results["large"]["get https nowhere"]
    put_gib = results["large"]["put https -"]
    pure = {name: statistics.median(times) for name, times in results["pure_layers"].items()}
    compile_s = {name: min(each["seconds"]) for name, each in results["compiling"].items()}
    counted = results["counts"]

    def allocations(workload):
        run = results["small"][workload]["cosio"][-1]
        return run["allocations"] / run["operations"]

    def memory(peer):
        return statistics.median(run["peak_rss_kib"] for run in get_https[peer])

    crc64_gain = (pure["crc64<cosio::crypto::crc64_update_table>/131072"]
                  / pure["crc64<cosio::crypto::crc64_update_carry_less>/131072"])
    handshakes = max(1000 * run["connects"] / run["operations"]
                     for runs in results["small"].values() for run in runs["cosio"])
    rows = [
        ("GET 1 KiB https, 64 at once, to bare Asio", ratio(get_https, "asio"), 1.25),
        ("GET 1 KiB https, 64 at once, to libcurl", ratio(get_https, "curl"), 0.55),
        ("GET 1 KiB http, 64 at once, to bare Asio", ratio(get_http, "asio"), 1.25),
        ("GET 1 KiB http, 64 at once, to libcurl", ratio(get_http, "curl"), 0.6),
        ("PUT 1 KiB https, 64 at once, to bare Asio", ratio(put_https, "asio"), 1.25),
        ("PUT 1 KiB https, 64 at once, to libcurl", ratio(put_https, "curl"), 0.4),
        ("GET 1 GiB https, verified, to the floor", ratio(get_gib, "floor"), 1.1),
        ("GET 1 GiB https, verified, to libcurl", ratio(get_gib, "curl"), 0.8),
        ("GET 1 GiB https, verified, to bare Asio", ratio(get_gib, "asio"), 0.85),
        ("PUT 1 GiB https, to the floor", ratio(put_gib, "floor"), 1.15),
        ("PUT 1 GiB https, to libcurl", ratio(put_gib, "curl"), 0.75),
        ("PUT 1 GiB https, to bare Asio", ratio(put_gib, "asio"), 0.75),
        ("q-sign, cached SignKey, 4 headers, µs", pure["q_sign_of_4_fields"] / 1000, 0.6),
        ("CRC64, carry-less to tables", crc64_gain, -3.0),
        ("reply head of 15 fields, µs", pure["parse_head_of_15_fields"] / 1000, 0.5),
        ("thousand instructions, GET http, 64 at once",
         counted["get http 64"]["cosio"]["instructions"] / 1000, 15.0),
        ("thousand instructions, GET https, 64 at once",
         counted["get https 64"]["cosio"]["instructions"] / 1000, 40.0),
        ("system calls, GET http, 64 at once", counted["get http 64"]["cosio"]["system_calls"], 2.0),
        ("system calls, GET https, 64 at once",
         counted["get https 64"]["cosio"]["system_calls"], 2.0),
        ("heap allocations, GET http, 64 at once", allocations("get http 64"), 2.0),
        ("heap allocations, GET https, 64 at once", allocations("get https 64"), 6.0),
        ("handshakes in 1000 operations", handshakes, 0.0),
        ("peak memory, 64 GETs https at once, to bare Asio", memory("cosio") / memory("asio"), 1.5),
        ("seconds to compile, to Asio's headers alone",
         compile_s["cosio_put_get"] / compile_s["asio_headers"], 1.6),
    ]
    lines = []
    for title, figure, target in rows:
        value = figure.median if isinstance(figure, Spread) else figure
        # A figure is held against its target with the digits it is shown with.
        reached = round(value, 2) >= -target if target < 0 else round(value, 2) <= target
        lines.append([title, figure.text() if isinstance(figure, Spread) else f"{value:.2f}",
                      f"at least {-target:g}" if target < 0 else f"{target:g}",
                      "reached" if reached else "**missed**"])
    return table(["", "measured", "target", ""], lines)


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
    return globals()[name](results)


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

Peers send a fixed header in place of a signature. cosio signs each request, compares each CRC64, and
runs on an `io_context` of one thread (`executor_is_serial`); "own strand" is its default, which any
number of threads may run. Bare sockets (epoll; OpenSSL over one large buffer) are the floor: no
program does with less. Beast reads into a buffer with 64 KiB reserved and libcurl has 128 KiB
buffers for large objects: with their defaults both cost more.

## Targets

{targets(results)}
Where the time of small operations goes, in the processor and in the code:

{processor_modes(results)}
{profiles(results)}
## Small objects

{small(results)}
## Large objects

{large(results)}
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
