"""What the scripts of the benchmarks share: ports, certificates, servers, counts."""

import json
import os
import pathlib
import re
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
SERVER_CORE = "1"
CLIENT_CORE = "0"


def pinned(core, command):
    """The command on one core, if there are two."""
    return ["taskset", "-c", core, *command] if os.cpu_count() > 1 else command


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def make_certificate(directory):
    """A certificate for the service's names from an authority, `authority.pem`, through another in
    between, as public services have them: verifying the chain is part of a handshake."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=directory,
                       stderr=subprocess.DEVNULL)

    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(*new, "-x509", "-days", "30", "-subj", "/CN=benchmark authority",
            "-keyout", "authority.key", "-out", "authority.pem")
    signers = (("between", "authority", "basicConstraints=critical,CA:TRUE"),
               ("server", "between", "subjectAltName=DNS:*.cos.ap-guangzhou.myqcloud.com"))
    for name, signer, extension in signers:
        (directory / "extensions").write_text(extension)
        openssl(*new, "-subj", f"/CN=benchmark {name}", "-keyout", f"{name}.key", "-out", "request")
        openssl("x509", "-req", "-in", "request", "-days", "30", "-extfile", "extensions",
                "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial",
                "-out", f"{name}.pem")
    with open(directory / "server.pem", "a", encoding="ascii") as chain:
        chain.write((directory / "between.pem").read_text())


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise RuntimeError(f"the server does not listen on port {port}")


class Server:
    """A server process with one port for http and one for https, ended with the object."""

    def __init__(self, command_for_ports):
        http, https = free_ports(2)
        self.ports = {"http": http, "https": https}
        self.process = subprocess.Popen(pinned(SERVER_CORE, command_for_ports(http, https)))
        wait_for(http)
        wait_for(https)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def simple_server(program, directory, *settings):
    return Server(lambda http, https: [
        str(program), f"http={http}", f"https={https}", *settings,
        f"certificate={directory / 'server.pem'}", f"key={directory / 'server.key'}"])


# Copies by loops of instructions, as valgrind takes each byte of `rep movsb` for one.
COPIES_BY_LOOPS = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-ERMS"}


def instructions(command, directory, environment=None):
    """User instructions of the measured region of a program, for each operation."""
    out = directory / "callgrind.out"
    done = subprocess.run(
        ["valgrind", "--quiet", "--tool=callgrind", "--collect-atstart=no",
         "--toggle-collect=measured_region", f"--callgrind-out-file={out}", *command],
        check=True, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    total = int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M).group(1))
    return total / json.loads(done.stdout.splitlines()[-1])["operations"]


# Whose work a function is, by the first pattern that its name or its library matches.
PARTS = (
    ("OpenSSL", r"lib(crypto|ssl)"),
    ("malloc and free", r"malloc|operator (new|delete)|\bfree\b|calloc|aligned_alloc"),
    ("signature", r"cosio::v0::auth::"),
    ("wiped buffers, digests, CRC64", r"cosio::v0::crypto::"),
    ("HTTP", r"cosio::v0::http::"),
    ("encoding and decoding of the operation", r"cosio::v0::operation::|request_builder"),
    ("connections, attempts, exchange", r"cosio::v0::"),
    ("Asio", r"\basio::"),
    ("strings and containers", r"\bstd::"),
    ("copying and searching memory", r"mem(move|cpy|cmp|set|chr)|str"),
)


def profile(directory):
    """The counts of the last call of `instructions`, by whose work they are."""
    text = subprocess.run(["callgrind_annotate", "--threshold=100", directory / "callgrind.out"],
                          check=True, capture_output=True, text=True).stdout
    parts = {}
    for count, what in re.findall(r"^ *([\d,]+) \([ \d.]+%\)  (\S+:.*)$", text, re.M):
        # An instantiation of a library is named after what it was made for: look at its own name.
        own = what if "[/" in what and "lib" in what.split("[/")[-1] else what.split("(")[0]
        part = next((name for name, pattern in PARTS if re.search(pattern, own)), "other")
        parts[part] = parts.get(part, 0) + int(count.replace(",", ""))
    total = sum(parts.values())
    return {name: count / total for name, count in parts.items()}


def in_steady_state(counts_of, operations):
    """Counts for each operation: the difference of a short and a long run. `counts_of` runs so many
    operations and yields their counts."""
    short, long = (counts_of(factor * operations) for factor in (1, 3))
    return {kind: (long[kind] - short[kind]) / (2 * operations) for kind in long}


def system_calls(command, directory):
    """How many system calls a program makes."""
    out = directory / "strace.out"
    subprocess.run(["strace", "-f", "-c", "-o", out, *command], check=True, capture_output=True)
    return int(out.read_text().splitlines()[-1].split()[-2 - has_errors(out)])


# What system calls are made for.
CALLS = {"receiving": ("recvfrom", "recvmsg"), "sending": ("sendto", "sendmsg"),
         "files": ("read", "pread64", "write", "pwrite64"), "waiting": ("epoll_wait", "poll"),
         "other threads": ("futex",)}


def kinds_of_system_calls(command, directory):
    """How many system calls of each of these kinds a program makes."""
    out = directory / "strace.out"
    subprocess.run(["strace", "-f", "-c", "-o", out, *command], check=True, capture_output=True)
    calls = {line.split()[-1]: int(line.split()[3]) for line in out.read_text().splitlines()[2:-2]}
    return {kind: sum(calls.get(name, 0) for name in names) for kind, names in CALLS.items()}


def has_errors(out):
    """Whether the last line of strace's table has a column of errors."""
    return len(out.read_text().splitlines()[-1].split()) == 6
