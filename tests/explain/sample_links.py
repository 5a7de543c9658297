"""Links to ask questions of: every sample, and some that use other options or fail. Each is made once a session."""

from __future__ import annotations

import contextlib
import shlex
import sys
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.toolchain import ROOT, compiled, reference
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.model import Link

SAMPLES = ROOT / "samples"
OUTPUT = "linked.wasm"
"""The name that the reference writes to as well, as the name section holds it."""

COMMANDS = {name: shlex.split(one["link"]) for name, one in tomllib.loads((SAMPLES / "links.toml").read_text()).items()}
"""The command line of each sample, in its folder."""

VARIANTS = {
    "hello, nothing collected": ("hello", ["--no-gc-sections"]),
    "hello, strings not merged": ("hello", ["-O0"]),
    "hello, data first": ("hello", ["--no-stack-first", "--export-all"]),
    "hello, memory imported": ("hello", ["--import-memory", "--export-table"]),
    "kernel, table moved": ("kernel", ["--table-base=7", "--growable-table", "--export-table"]),
    "shapes, stripped": ("shapes", ["--strip-debug", "--no-demangle"]),
    "kernel, nothing collected": ("kernel", ["--no-gc-sections"]),
    "words, everything exported": ("words", ["--export-dynamic", "--strip-all"]),
}
"""The same inputs with other options."""

LIBRARY = """
extern int far, call_far(int);
extern __attribute__((weak)) int absent(void);
int near = 5, many[10];
static int own = 7;
const char *words[] = {"hello", "ello", "there"};
int *pointers[] = {&near, &far, &own};
int (*functions[])(int) = {call_far};
static int inner(int a) { return a + own; }
int (*address(int a))(int) { return a ? call_far : inner; }
__attribute__((weak)) int weak(int a) { return inner(a) + near + far + call_far(a) + many[a]; }
__attribute__((visibility("hidden"))) int (*hidden)(int) = inner;
int outer(int a) { return weak(a) + (absent ? absent() : 0) + hidden(a) + (words[a] != 0); }
__attribute__((constructor)) static void begin(void) { near = 9; }
"""
DYNAMIC = {
    "a shared library": ("-mcpu=generic-extended_const", "-shared --unresolved-symbols=import-dynamic"),
    "a position-independent program": ("-mcpu=generic+extended_const", "-pie --no-entry -E --allow-undefined"),
    "a program that waits for a library": ("-mcpu=generic", "--no-entry -E --unresolved-symbols=import-dynamic"),
}
"""Links of `LIBRARY` that leave addresses to a dynamic linker: how it is compiled, and the other options."""

FAILING = {
    "no entry": ("hello", ["--entry=nowhere"]),
    "export missing": ("hello", ["--export=nowhere"]),
    "memory too small": ("hello", ["--initial-memory=65536", "-z", "stack-size=131072"]),
    "no such file": ("hello", ["missing.o"]),
    "duplicate": ("hello", ["main.o"]),
}
"""Links that wasm-ld refuses, by what is wrong."""

LINKING = [*COMMANDS, *VARIANTS, *DYNAMIC]


def command(name: str) -> tuple[list[str], Path]:
    """The command line of a link, without -o, and the folder that it runs in."""
    if name in DYNAMIC:
        cpu, options = DYNAMIC[name]
        flags = ("-Os", "-g0", "-fPIC", "-fvisibility=default", "-fno-sanitize=all", cpu)
        return [str(compiled(LIBRARY, *flags)), *options.split(), "--experimental-pic"], ROOT
    sample, more = (VARIANTS | FAILING).get(name, (name, []))
    return [*COMMANDS[sample], *more], SAMPLES / sample


@cache
def linked(name: str) -> Link:
    """The link of that name."""
    argv, folder = command(name)
    return link_in(folder, argv)


def link_in(folder: Path, argv: list[str]) -> Link:
    """A link run in `folder`."""
    with contextlib.chdir(folder):
        return link(parse([*argv, "-o", OUTPUT]))


def linked_sources(*sources: str, options: tuple[str, ...] = (), language: str = "c") -> Link:
    """A link of what `sources` compile to at -Os."""
    return link_in(ROOT, [*(str(compiled(source, "-Os", "-g0", language=language)) for source in sources), *options])


def reference_output(name: str) -> bytes:
    """What wasm-ld 22 writes for the link of that name."""
    output = reference(*command(name)).output
    assert output is not None
    return output


def calls(do: Callable[[], object]) -> int:
    """How many calls, Python's and C's, `do` makes: a measure of its cost that does not depend on the machine."""
    count = 0

    def profile(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        do()
    finally:
        sys.setprofile(None)
    return count
