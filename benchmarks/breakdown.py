"""Where the time goes."""

import statistics

from tables import FILE_NAMES, GIB, NAMES, columns, file_title, table

SMALL = ("get http 64", "get https 64", "put https 64")
HANDSHAKES = ("resumed handshake", "full handshake")
LARGE = ("large get https", "large put https", "download_file https", "upload_file https")


def shares(results, workloads):
    """Whose the instructions are that cosio executes."""
    of = [results["profiles"][workload]["shares"] for workload in workloads]
    names = [name for name in set().union(*of) if max(share.get(name, 0) for share in of) >= 0.005]
    names.sort(key=lambda name: -of[0].get(name, 0))
    return table(["share of the instructions in user space", *workloads],
                 [[name, *[f"{share.get(name, 0):.0%}" for share in of]] for name in names])


def profiles(results):
    return "\n".join(shares(results, workloads) for workloads in (SMALL, HANDSHAKES, LARGE))


def modes(runs, divisor, digits):
    """User and system time apart, medians; `divisor` yields what one run's are divided by."""
    return " + ".join(
        f"{statistics.median(run[mode] / divisor(run) for run in runs):.{digits}f}"
        for mode in ("user_us", "system_us"))


def small_modes(results):
    peers = ("floor", "asio", "curl", "cosio")
    return table(
        ["microseconds, user + system", *[NAMES[peer] for peer in peers]],
        [[workload, *[modes(results["small"][workload][peer], lambda run: run["operations"], 1)
                      for peer in peers]] for workload in SMALL])


def large_modes(results):
    def cell(runs):
        return lambda peer: modes(runs[peer], lambda run: 1e6 * run["bytes"] / GIB, 3)

    workloads = {"GET, https, to nowhere": results["large"]["get https nowhere"],
                 "PUT, https, from memory": results["large"]["put https -"],
                 **{file_title(*workload.split()): runs
                    for workload, runs in results["files"].items()}}
    return table(["seconds for each GiB, user + system", *FILE_NAMES.values()],
                 [[title, *columns(runs, cell(runs))] for title, runs in workloads.items()])


def calls(results):
    """System calls of files, by what they are for."""
    rows = []
    for workload, peers in results["calls"].items():
        for kind in peers["floor"]:
            rows.append([f"{file_title(*workload.split())}: {kind}"] + columns(
                peers, lambda peer, peers=peers, kind=kind: f"{peers[peer][kind]:.1f}"))
    return table(["system calls for each MiB", *FILE_NAMES.values()], rows)


def crc64_seconds(results):
    """Of one GiB, by the fastest implementation there is."""
    return min(statistics.median(times) / 1e9 * GIB / 131072
               for name, times in results["pure_layers"].items()
               if name.startswith("crc64") and "/131072" in name)


def compiler_phases(results):
    names = {"asio_headers": "`asio.hpp` and `asio/ssl.hpp` alone", "cosio_put_get": "cosio",
             "cosio_separate": "cosio, library compiled separately"}
    phases = {name: results["compiling"][name]["phases"] for name in names}
    return table(["seconds in user space", *names.values()],
                 [[phase, *[f"{phases[name][phase]:.2f}" for name in names]]
                  for phase in phases["cosio_put_get"]])


def text(results):
    return f"""Small operations:

{small_modes(results)}
{shares(results, SMALL)}
Connections that serve one GET:

{shares(results, HANDSHAKES)}
Large objects. CRC64, which cosio alone computes, is {crc64_seconds(results):.3f} of the user
seconds. Instructions are those that valgrind's processor takes, which has AES-NI, AVX2 and 128 bits
of carry-less multiplication, and without those of the threads for files:

{large_modes(results)}
{shares(results, LARGE)}
{calls(results)}
The compiler:

{compiler_phases(results)}"""
