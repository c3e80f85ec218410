"""What was aimed at, beside what was measured."""

import statistics

from tables import Spread, clock_ratio, cpu_us, peak_mib, ratio, table

MIB = 1024 * 1024
# Beyond what a transfer must hold, in MiB: the program, its libraries, its connections.
MEMORY_BESIDE_PARTS = 16
# What the limit allows for each of the five parts of a file that are under way. Transfers hold 256
# KiB of each and keep to it all the same.
MEMORY_OF_FILE_PARTS = 5 * 128 * 1024 / MIB


def small_objects(results):
    get_https, get_http = results["small"]["get https 64"], results["small"]["get http 64"]
    put_https = results["small"]["put https 64"]
    return [
        ("GET 1 KiB https, 64 at once, to bare Asio", ratio(get_https, "asio"), 1.25),
        ("GET 1 KiB https, 64 at once, to libcurl", ratio(get_https, "curl"), 0.55),
        ("GET 1 KiB http, 64 at once, to bare Asio", ratio(get_http, "asio"), 1.25),
        ("GET 1 KiB http, 64 at once, to libcurl", ratio(get_http, "curl"), 0.6),
        ("PUT 1 KiB https, 64 at once, to bare Asio", ratio(put_https, "asio"), 1.25),
        ("PUT 1 KiB https, 64 at once, to libcurl", ratio(put_https, "curl"), 0.4),
        ("GET 1 KiB https, one after another, median by the clock, to bare Asio",
         clock_ratio(results["latency"]["get https"], "asio"), 1.15)]


def large_objects(results):
    get_gib = results["large"]["get https nowhere"]
    put_gib = results["large"]["put https -"]
    rows = [
        ("GET 1 GiB https, verified, to the floor", ratio(get_gib, "floor"), 1.1),
        ("GET 1 GiB https, verified, to libcurl", ratio(get_gib, "curl"), 0.8),
        ("GET 1 GiB https, verified, to bare Asio", ratio(get_gib, "asio"), 0.85),
        ("PUT 1 GiB https, to the floor", ratio(put_gib, "floor"), 1.15),
        ("PUT 1 GiB https, to libcurl", ratio(put_gib, "curl"), 0.75),
        ("PUT 1 GiB https, to bare Asio", ratio(put_gib, "asio"), 0.75)]
    for method, title, most in (("get", "download_file", 1.1), ("put", "upload_file", 1.2)):
        for scheme in ("https", "http"):
            rows.append((f"{title} 1 GiB {scheme}, verified, to the floor",
                         ratio(results["files"][f"{method} {scheme}"], "floor", "cosio_transfer"),
                         most))
    copied = results["copies"]
    for title, workload, ours in (
            ("GET", "get https nowhere", "cosio"), ("PUT", "put https -", "cosio"),
            ("download_file", "get https file", "cosio_transfer"),
            ("upload_file", "put https file", "cosio_transfer")):
        rows.append((f"bytes copied in user space, {title} 1 GiB https, to the floor",
                     copied[workload][ours] / copied[workload]["floor"], 1.05))
    return rows


def memory(results):
    size = results["large"]["get https buffer"]["cosio"][0]["bytes"] / MIB
    rows = []
    for title, part, workload, peer, held in (
            ("GET 1 GiB https to nowhere", "large", "get https nowhere", "cosio", 0),
            ("GET 1 GiB https to a buffer, beside it", "large", "get https buffer", "cosio", size),
            ("PUT 1 GiB https from memory, beside it", "large", "put https -", "cosio", size)):
        peak = Spread([peak_mib(run) - held for run in results[part][workload][peer]])
        rows.append((f"peak memory, {title}, MiB", peak, MEMORY_BESIDE_PARTS))
    for title, method in (("download_file", "get"), ("upload_file", "put")):
        for scheme in ("https", "http"):
            runs = results["files"][f"{method} {scheme}"]["cosio_transfer"]
            rows.append((f"peak memory, {title} 1 GiB {scheme}, MiB",
                         Spread([peak_mib(run) for run in runs]),
                         MEMORY_OF_FILE_PARTS + MEMORY_BESIDE_PARTS))
    get_https = results["small"]["get https 64"]
    peaks = {peer: statistics.median(map(peak_mib, get_https[peer])) for peer in ("cosio", "asio")}
    rows.append(("peak memory, 64 GETs https at once, to bare Asio",
                 peaks["cosio"] / peaks["asio"], 1.5))
    return rows


def pure_layers(results):
    pure = {name: statistics.median(times) for name, times in results["pure_layers"].items()}

    def crc64(name):
        """Nanoseconds for 128 KiB; nothing where there is no such implementation."""
        return next((time for title, time in pure.items()
                     if title.startswith("crc64") and name in title and "/131072" in title), None)

    rows = [("q-sign, cached SignKey, 4 headers, µs", pure["q_sign_of_4_fields"] / 1000, 0.6),
            ("reply head of 15 fields, µs", pure["parse_head_of_15_fields"] / 1000, 0.5)]
    for title, name, least in (("128 bits carry-less", "carry_less", -3.0),
                               ("wider carry-less", "wide", -10.0)):
        if crc64(name):
            rows.append((f"CRC64, {title} to tables", crc64("table") / crc64(name), least))
    return rows


def counts(results):
    counted = results["counts"]

    handshakes = max(1000 * run["connects"] / run["operations"]
                     for runs in results["small"].values() for run in runs["cosio"])
    rows = []
    for scheme, instructions, allocated in (("http", 15.0, 2.0), ("https", 40.0, 6.0)):
        workload = f"get {scheme} 64"
        rows += [
            (f"thousand instructions, GET {scheme}, 64 at once",
             counted[workload]["cosio"]["instructions"] / 1000, instructions),
            (f"system calls, GET {scheme}, 64 at once "
             f"(bare sockets: {counted[workload]['floor']['system_calls']:.2f})",
             counted[workload]["cosio"]["system_calls"], 2.0),
            (f"heap allocations, GET {scheme}, 64 at once",
             counted[workload]["cosio"]["allocations"], allocated)]
    return rows + [("handshakes in 1000 operations", handshakes, 0.0)]


def handshakes(results):
    runs = results["handshakes"]
    return [("connection that resumes a session, to one with a full handshake",
             Spread([cpu_us(resumed) / cpu_us(full) for resumed, full in
                     zip(runs["resumed"]["cosio"], runs["full"]["cosio"], strict=True)]), 0.45)]


def compiling(results):
    seconds = {name: min(each["seconds"]) for name, each in results["compiling"].items()}
    return [(f"seconds to compile, {title}, to Asio's headers alone",
             seconds[name] / seconds["asio_headers"], most)
            for title, name, most in (("header-only", "cosio_put_get", 1.6),
                                      ("library compiled separately", "cosio_separate", 1.15))]


def text(results):
    """Of each row: title, figure, the most it may be (or least, when negative)."""
    lines = []
    for part in (small_objects, large_objects, handshakes, memory, pure_layers, counts, compiling):
        for title, figure, target in part(results):
            value = figure.median if isinstance(figure, Spread) else figure
            # A figure is held against its target with the digits it is shown with.
            most = round(target, 2)
            reached = round(value, 2) >= -most if most < 0 else round(value, 2) <= most
            lines.append([title, figure.text() if isinstance(figure, Spread) else f"{value:.2f}",
                          f"at least {-most:g}" if most < 0 else f"{most:g}",
                          "reached" if reached else "**missed**"])
    return table(["", "measured", "target", ""], lines)
