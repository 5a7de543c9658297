"""How long links and commands take beside the reference, in the same run: `python -m tests.benchmarks.link`.

Prints one line per case: the reference's median, ours, the ratio and the budget. Nothing here is an assertion.
The first run builds libc and libc++ (a minute).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

from tests.samples import SAMPLES
from tests.toolchain import ZIG, compiled, wasi_link
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.load import Source

WASMSCOPE = (sys.executable, "-m", "wasmscope")
C = '#include <stdio.h>\nint main(void) { printf("%f\\n", 1.5); }'
CXX = "#include <iostream>\n#include <map>\nint main() { std::map<int, int> m; std::cout << m.size(); }"
EDITED = (
    '__attribute__((export_name("edited"))) int edited(int a) { return a; }',
    """static int more[3] = {1, 2, 3}; int extra(int a) { return more[a]; }
    __attribute__((export_name("edited"))) int edited(int a) { return extra(a) + a; }""",
)
"""An object before and after an edit that moves every function and all data behind it."""
TIMES = 7
QUICK = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The environment of commands: as installed, the bytecode of modules is kept."""


def median(action: Callable[[], object]) -> float:
    """Median of several runs, in seconds."""
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def run(command: Sequence[str | Path]) -> None:
    subprocess.run(command, check=True, capture_output=True, env=QUICK)


def say(case: str, reference: float, ours: float, budget: str) -> None:
    times = f"{reference * 1000:7.0f} ms {ours * 1000:7.0f} ms {ours / reference:6.1f} x"
    print(f"{case:68} {times}   budget {budget}", flush=True)


def links(case: str, argv: Sequence[str], edited: Sequence[bytes], folder: Path) -> None:
    """A whole process against wasm-ld's, then links in a running program for which an object has just changed.

    `edited`: contents that the object `edited.o` of the link has in turn.
    """
    output, changing, turns = folder / "linked.wasm", folder / "edited.o", cycle(edited)
    argv = [str(changing), *argv, "-o", str(output)]
    changing.write_bytes(next(turns))
    run([*WASMSCOPE, "link", *argv])
    reference, ours = side_by_side(lambda: run([ZIG, "wasm-ld", *argv]), lambda: run([*WASMSCOPE, "link", *argv]))
    say(case, reference, ours, "5 x, goal 3 x")
    source = Source()

    def again() -> None:
        link(parse(argv), source)

    def edit() -> None:
        changing.write_bytes(next(turns))

    again()
    reference, ours = side_by_side(lambda: run([ZIG, "wasm-ld", *argv]), again, edit)
    say(case + ", an object changed", reference, ours, "1 x")


def side_by_side(
    one: Callable[[], object], other: Callable[[], object], before: Callable[[], object] = lambda: None
) -> tuple[float, float]:
    """Medians of two actions that take turns, in seconds; `before` each pair something happens that is not counted."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(TIMES):
        before()
        for action, times in zip((one, other), taken, strict=True):
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
    return statistics.median(taken[0]), statistics.median(taken[1])


def archives(argv: Sequence[str]) -> list[str]:
    """All of the archives of a link line, whole."""
    named = [word for word in argv if word.endswith(".a")]
    return ["--no-entry", "--allow-undefined", "--allow-multiple-definition", "--whole-archive", *named]


def main() -> None:
    hello = SAMPLES["hello"]
    objects = [str(path) for path in hello.inputs]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        edited = [compiled(source).read_bytes() for source in EDITED]
        links("three small objects", objects, edited, folder)
        links("a C program with libc, debug information", wasi_link(C), edited, folder)
        links("a C program with libc, stripped", ["-s", *wasi_link(C)], edited, folder)
        whole = archives(wasi_link(CXX, language="c++"))
        links("all of libc and libc++, debug information", whole, edited, folder)
        links("all of libc and libc++, no debug information", ["-S", *whole], edited, folder)
        nothing = median(lambda: run([sys.executable, "-c", "pass"]))
        for command in (["--help"], ["dump", objects[0]]):
            ours = median(lambda command=command: run([*WASMSCOPE, *command]))
            say(f"wasmscope {command[0]} (beside an empty Python)", nothing, ours, "150 ms")


if __name__ == "__main__":
    main()
