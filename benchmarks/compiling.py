"""What it costs to compile a minimal program, and how large it becomes."""

import re
import resource
import subprocess

import harness

SEPARATE = "-DCOSIO_SEPARATE_COMPILATION"
TLS = ("-lssl", "-lcrypto")
# What is compiled: source, definitions, and what it is linked with.
PROGRAMS = {
    "asio_headers": ("asio_headers", (), TLS),
    "cosio_put_get": ("cosio_put_get", (), (*TLS, "-lfmt")),
    "cosio_separate": ("cosio_put_get", (SEPARATE,), ("cosio_library.o", *TLS, "-lfmt")),
    "cosio_in_context": ("cosio_in_context", (SEPARATE,), ("cosio_library.o", *TLS, "-lfmt")),
    "asio_put_get": ("asio_put_get", (), TLS),
    "beast_put_get": ("beast_put_get", (), TLS),
    "curl_put_get": ("curl_put_get", (), ("-lcurl",)),
}
PHASES = {"parsing": "parsing", "lang. deferred": "instantiating templates at the end",
          "opt and generate": "optimising and generating code"}


def run(directory, *arguments):
    """Seconds of CPU, and what the compiler said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        harness.pinned(harness.CLIENT_CORE, ["/usr/bin/g++", *arguments]),
        check=True, cwd=directory, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), done.stderr


def compile_one(directory, source, *flags):
    return run(directory, "-std=c++20", "-O2", "-DNDEBUG", "-w", *flags,
               f"-I{harness.HERE.parent / 'include'}", "-c",
               harness.HERE / f"minimal/{source}.cpp", "-o", f"{source}.o")


def phases(directory, source, flags):
    """Seconds in user space of each phase of one compilation."""
    report = compile_one(directory, source, "-ftime-report", *flags)[1]
    return {title: float(re.search(rf"^ phase {re.escape(name)} *: +([\d.]+)", report, re.M)[1])
            for name, title in PHASES.items()}


def measure(directory, rounds):
    """Each program: seconds of CPU to compile its translation unit, and its size once stripped."""
    result = {name: {"seconds": []} for name in PROGRAMS}
    library = compile_one(directory, "cosio_library", SEPARATE)[0]
    for _ in range(rounds):
        for name, (source, flags, libraries) in PROGRAMS.items():
            result[name]["seconds"].append(compile_one(directory, source, *flags)[0])
            run(directory, "-s", f"{source}.o", "-o", name, *libraries)
            result[name]["kib"] = (directory / name).stat().st_size / 1024
    for name in ("asio_headers", "cosio_put_get", "cosio_separate"):
        source, flags, _ = PROGRAMS[name]
        result[name]["phases"] = phases(directory, source, flags)
    result["cosio_separate"]["library_seconds"] = library
    return result
