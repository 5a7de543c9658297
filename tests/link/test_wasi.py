"""Programs with all of zig's wasi libc (and libc++) behind them, linked with the command line of zig's own driver.

The first run compiles those libraries, which takes about two minutes in all; after that they are in zig's cache.
One build of them is enough: where a program is optimised, it is the program alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.toolchain import assert_same_link, run_wasi, wasi_link

PROGRAMS = Path(__file__).parent / "programs"


class Program(NamedTuple):
    """A program and what it does."""

    file: str
    prints: str
    status: int = 0


NUMBERS = Program(
    "numbers.c",
    "1.4142135624 1.41421 7.389056e+00\n0.666667 2.500\n1099511627776 0xdeadbeefcafe -003.142|42      |+7\n1234.57\n",
)
SORTING = Program(
    "sorting.c",
    "atom chain member symbol section relocation\nrelocation section symbol member chain atom\natom\n",
)
LIFETIME = Program("lifetime.c", "first\nsecond\nthird\n2 word\natexit\ndestructor\n", 3)
CLASSES = Program(
    "classes.cc",
    "cat purrs\ndog, a longer name than fits inline barks\none=1 three=3 two=2 50 2.5 1\ngone: 1\ngone: 0\n",
)

SMALL = ("-O0", "-Xclang", "-Os")
BUILDS = {
    "O0-debug": (("-O0", "-g"), ()),
    "O0-stripped": (("-O0", "-g"), ("--strip-all",)),
    "O0-no-debug": (("-O0", "-g"), ("--strip-debug",)),
    "O0-no-gc": (("-O0", "-g"), ("--no-gc-sections",)),
    "Os": (SMALL, ()),
    "Os-names": (SMALL, ("--keep-section=name", "--export-dynamic")),
    "Os-debug": ((*SMALL, "-g"), ("-O2",)),
}
"""Compiler flags, and what is added to the driver's link line."""


def cases() -> list[object]:
    return [
        pytest.param(program, *BUILDS[build], id=f"{Path(program.file).stem}-{build}")
        for program in (NUMBERS, SORTING, LIFETIME, CLASSES)
        for build in BUILDS
        if program is not CLASSES or build in ("O0-debug", "O0-no-gc")
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("program", "flags", "options"), cases())
def test_a_wasi_program_is_linked_alike_and_runs(program: Program, flags: tuple[str, ...], options: tuple[str, ...]):
    source = (PROGRAMS / program.file).read_text()
    language, more = ("c++", ["-fno-exceptions"]) if program.file.endswith(".cc") else ("c", [])
    argv = wasi_link(source, *flags, *more, language=language)
    linked = assert_same_link([*argv, *options])
    assert linked.output is not None
    if "--no-gc-sections" not in options:
        assert run_wasi(linked.output, "word") == (program.status, program.prints)
