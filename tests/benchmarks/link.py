"""How long links and commands take beside the reference, in the same run: `python -m tests.benchmarks.link`.

Prints one line per case: the reference's median, ours, the ratio and the budget. Nothing here is an assertion.
The first run builds libc and libc++ (a minute).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.samples import SAMPLES
from tests.toolchain import ZIG, wasi_link
from wasmscope.link.driver import link
from wasmscope.link.load import Source
from wasmscope.link.options import parse

C = '#include <stdio.h>\nint main(void) { printf("%f\\n", 1.5); }'
CXX = "#include <iostream>\n#include <map>\nint main() { std::map<int, int> m; std::cout << m.size(); }"
TIMES = 7


def median(action: Callable[[], object]) -> float:
    """Median of several runs, in seconds."""
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def run(command: Sequence[str | Path]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def say(case: str, reference: float, ours: float, budget: str) -> None:
    times = f"{reference * 1000:7.0f} ms {ours * 1000:7.0f} ms {ours / reference:6.1f} x"
    print(f"{case:68} {times}   budget {budget}", flush=True)


def links(case: str, argv: Sequence[str], folder: Path) -> None:
    """A whole process against wasm-ld's, then linking again in a running program."""
    output = folder / "linked.wasm"
    reference = median(lambda: run([ZIG, "wasm-ld", *argv, "-o", output]))
    ours = median(lambda: run([sys.executable, "-m", "wasmscope", "link", *argv, "-o", output]))
    say(case, reference, ours, "5 x, goal 3 x")
    options, source = parse([*argv, "-o", str(output)]), Source()
    link(options, source)
    say(case + ", again in a running program", reference, median(lambda: link(options, source)), "1 x")


def archives(argv: Sequence[str]) -> list[str]:
    """All of the archives of a link line, whole."""
    named = [word for word in argv if word.endswith(".a")]
    return ["--no-entry", "--allow-undefined", "--allow-multiple-definition", "--whole-archive", *named]


def main() -> None:
    hello = SAMPLES["hello"]
    objects = [str(path) for path in hello.inputs]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        links("two small objects", objects, folder)
        links("a C program with libc, debug information", wasi_link(C), folder)
        links("a C program with libc, stripped", ["-s", *wasi_link(C)], folder)
        whole = archives(wasi_link(CXX, language="c++"))
        links("all of libc and libc++, debug information", whole, folder)
        links("all of libc and libc++, no debug information", ["-S", *whole], folder)
        nothing = median(lambda: run([sys.executable, "-c", "pass"]))
        for command in (["--help"], ["dump", objects[0]]):
            ours = median(lambda command=command: run([sys.executable, "-m", "wasmscope", *command]))
            say(f"wasmscope {command[0]} (beside an empty Python)", nothing, ours, "150 ms")


if __name__ == "__main__":
    main()
