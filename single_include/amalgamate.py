#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes single_include/cosio.hpp and single_include/cosio_testing.hpp from include/.

    python3 single_include/amalgamate.py            write both
    python3 single_include/amalgamate.py --check    fail when what is committed is not fresh

Rules:
1. The output depends on the headers alone: no date, no locale, no revision.
2. A <cosio/...> include is inlined the first time it is met. One that cannot be is an error.
3. Other includes stay where they are, as their order matters (Asio's configuration); one that is
   unconditional and was met before is dropped, one inside #if never is.
4. A <cosio/...> include inside `#if defined(COSIO_DEFINITIONS)` is put off: with all that nothing
   else needs it stands at the end of the file, in that condition.
5. The parts keep their include guards, so include/ and single_include/ mix in one program.
6. The licence stands once; each part is preceded by its name.
7. A macro that does not begin with COSIO_ must be undefined in the file that defines it.
8. Every header of include/ ends up in one of the two files.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = ROOT / "include"
OUTPUT = ROOT / "single_include"

INCLUDE_LINE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
DEFINE_LINE = re.compile(r"\s*#\s*define\s+(\w+)")
UNDEF_LINE = re.compile(r"\s*#\s*undef\s+(\w+)")
CONDITION_START = re.compile(r"\s*#\s*if")
CONDITION_END = re.compile(r"\s*#\s*endif")
DEFINITIONS = "#if defined(COSIO_DEFINITIONS)"

# Told to Asio, see cosio/detail/asio.hpp.
ALLOWED_MACROS = {"ASIO_HAS_CO_AWAIT", "ASIO_HAS_STD_COROUTINE", "ASIO_HAS_STD_INVOKE_RESULT"}


class Problem(Exception):
    """Something in the headers that the reader of the message can mend."""


def version():
    text = (INCLUDE / "cosio/version.hpp").read_text(encoding="utf-8")
    return re.search(r'COSIO_VERSION_STRING "([^"]+)"', text).group(1)


class Amalgamation:
    """One output file."""

    def __init__(self, belongs, stand_in):
        self.belongs = belongs      # Whether a header is to be inlined.
        self.stand_in = stand_in    # What is included for one that is not.
        self.inlined = set()
        self.external = set()
        self.lines = []
        self.put_off = []           # Names of definitions, with who wants them.

    def add(self, name, wanted_by):
        path = INCLUDE / name
        if not path.is_file():
            raise Problem(f"{wanted_by}: there is no header {name}")
        if name in self.inlined:
            return
        self.inlined.add(name)
        lines = path.read_text(encoding="utf-8").splitlines()
        self.check_macros(name, lines)
        body = []
        conditions = []
        for number, line in enumerate(lines, 1):
            where = f"include/{name}:{number}"
            if CONDITION_END.match(line):
                condition = conditions.pop()
                if condition == DEFINITIONS and body[-1] == DEFINITIONS:
                    body.pop()
                    continue
            included = INCLUDE_LINE.match(line)
            if included is None:
                if not line.startswith("// SPDX-License-Identifier"):
                    body.append(line)
            elif included.group(2).startswith("cosio"):
                self.include_own(included.group(2), where, conditions, body)
            elif len(conditions) > 1:
                body.append(line)
            elif included.group(2) not in self.external:
                self.external.add(included.group(2))
                body.append(line)
            if CONDITION_START.match(line):
                conditions.append(line)
        while body and not body[0].strip("/ "):
            body.pop(0)
        self.lines += ["", f"// ---- {name} ".ljust(100, "-"), ""] + body

    def add_put_off(self):
        """What is only wanted where COSIO_DEFINITIONS is defined, in one piece."""
        self.lines += ["", DEFINITIONS]
        for name, wanted_by in self.put_off:  # Grows meanwhile.
            self.add(name, wanted_by)
        self.lines += ["", "#endif", ""]

    def include_own(self, name, where, conditions, body):
        """Parts stand before the part that wants them, so nothing is left in their place."""
        if self.belongs(name):
            if conditions[-1:] == [DEFINITIONS]:
                if name not in dict(self.put_off):
                    self.put_off.append((name, where))
                return
            if len(conditions) > 1 and name not in self.inlined:
                raise Problem(f"{where}: {name} is included conditionally; include it always")
            self.add(name, where)
        elif self.stand_in is None:
            raise Problem(f"{where}: {name} cannot be included here; move what is needed of it")

    @staticmethod
    def check_macros(name, lines):
        undefined = {m.group(1) for line in lines if (m := UNDEF_LINE.match(line))}
        for number, line in enumerate(lines, 1):
            macro = DEFINE_LINE.match(line)
            if macro is None or macro.group(1).startswith("COSIO_"):
                continue
            if macro.group(1) not in undefined | ALLOWED_MACROS:
                raise Problem(f"include/{name}:{number}: {macro.group(1)} is left defined; #undef "
                              "it in the same file, or begin its name with COSIO_")

    def text(self, guard, what):
        banner = [
            f"// cosio {version()}: {what}",
            "//",
            "// Generated from the headers of the project by single_include/amalgamate.py. Do not edit.",
            "//",
        ]
        licence = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()
        banner += [f"// {line}".rstrip() for line in licence]
        start = ["", f"#ifndef {guard}", f"#define {guard}"]
        if self.stand_in is not None:
            start += ["", f'#include "{self.stand_in}"']
        lines = banner + start + self.lines + ["", "#endif"]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def is_testing(name):
    return name.startswith("cosio/testing/")


def make():
    library = Amalgamation(lambda name: not is_testing(name), None)
    library.add("cosio.hpp", "amalgamate.py")
    library.add_put_off()
    testing = Amalgamation(is_testing, "cosio.hpp")
    testing.add("cosio/testing/emulator.hpp", "amalgamate.py")
    testing.add_put_off()

    headers = {path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.hpp")}
    missing = headers - library.inlined - testing.inlined
    if missing:
        raise Problem("not reached from cosio.hpp or cosio/testing/emulator.hpp: "
                      + ", ".join(sorted(missing)))
    return {
        "cosio.hpp": library.text(
            "COSIO_SINGLE_HEADER_HPP", "coroutine client for Tencent Cloud COS, in one header"),
        "cosio_testing.hpp": testing.text(
            "COSIO_TESTING_SINGLE_HEADER_HPP", "an emulator of COS for tests; needs cosio.hpp beside it"),
    }


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print(__doc__)
        return 2
    stale = []
    try:
        for name, text in make().items():
            path = OUTPUT / name
            if check:
                if not path.is_file() or path.read_text(encoding="utf-8") != text:
                    stale.append(f"single_include/{name}")
            else:
                path.write_text(text, encoding="utf-8")
    except Problem as problem:
        print(f"amalgamate.py: {problem}", file=sys.stderr)
        return 1
    if stale:
        print(f"{' and '.join(stale)} not fresh: run python3 single_include/amalgamate.py",
              file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
