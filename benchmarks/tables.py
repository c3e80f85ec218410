"""What tables are made of: names, figures of runs, their spread over the rounds, Markdown."""

import statistics

GIB = 1024 ** 3
NAMES = {"floor": "bare sockets", "asio": "bare Asio", "beast": "Boost.Beast", "curl": "libcurl",
         "cosio": "cosio", "cosio_strand": "cosio, own strand"}
PEERS = ("floor", "asio", "beast", "curl", "cosio")
FILE_NAMES = {**{peer: NAMES[peer] for peer in PEERS}, "cosio": "cosio, one request",
              "cosio_transfer": "cosio, `download_file` or `upload_file`"}
INTO = {"-": ", from memory", "nowhere": ", to nowhere", "buffer": ", to a buffer"}


def file_title(method, scheme):
    return f"{method.upper()}, {scheme}, {'to a file' if method == 'get' else 'of a file in parts'}"


def columns(peers, cell):
    """The cells of a row, empty for peers without that workload."""
    return [cell(peer) if peer in peers else "" for peer in FILE_NAMES]


def cpu_us(run):
    return run["user_us"] + run["system_us"]


def per_operation(run):
    return cpu_us(run) / run["operations"]


def seconds_per_gib(run):
    return cpu_us(run) / 1e6 / (run["bytes"] / GIB)


def peak_mib(run):
    return run["peak_rss_kib"] / 1024


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


def clock_ratio(peers, other):
    """The median latency of cosio to that of another client, round by round."""
    return Spread([ours["p50_us"] / theirs["p50_us"]
                   for ours, theirs in zip(peers["cosio"], peers[other], strict=True)])


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"
