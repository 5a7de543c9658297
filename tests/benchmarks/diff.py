"""How long comparing takes: `python -m tests.benchmarks.diff`. Nothing here is an assertion.

The first run builds libc and libc++ (a minute).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.benchmarks.link import CXX, archives, median, run
from tests.toolchain import ZIG, compiled, wasi_link
from wasmscope.explain.comparing.diff import diff_modules
from wasmscope.explain.comparing.diff_links import diff_links
from wasmscope.explain.comparing.diff_steps import diff_steps
from wasmscope.explain.steps import steps
from wasmscope.format.leb128 import uleb
from wasmscope.format.module import read
from wasmscope.format.module_value import HEADER
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link

EXTRA = "int extra(int a) { return a * 7 + 1; } int more[4] = {1, 2, 3, 4};"
FUNCTIONS = 100_000


def say(case: str, action: Callable[[], object], budget: str) -> None:
    print(f"{case:72} {median(action) * 1000:7.0f} ms   budget {budget}", flush=True)


def many(inserted: bool) -> bytes:
    """A module of 100,000 functions that call each other; `inserted`: with one more before them."""
    random, shift = Random(1), int(inserted)
    bodies = [b"\0\x41\x07\x0b"] if inserted else []
    for _ in range(FUNCTIONS):
        calls = [uleb(random.randrange(FUNCTIONS) + shift, 5) for _ in range(random.randrange(1, 8))]
        bodies.append(b"\0" + b"".join(b"\x41\x05\x10" + call + b"\x6a\x1a" for call in calls) + b"\x41\0\x0b")
    code = uleb(len(bodies)) + b"".join(uleb(len(one)) + one for one in bodies)
    contents = {1: b"\1\x60\0\1\x7f", 3: uleb(len(bodies)) + bytes(len(bodies)), 10: code}
    return HEADER + b"".join(bytes((number,)) + uleb(len(one)) + one for number, one in contents.items())


def modules(case: str, a: bytes, b: bytes, budget: str) -> None:
    say(f"{case}, {len(a) / 1e6:.1f} MB", lambda: diff_modules(read(a, "a"), read(b, "b")).groups, budget)


def main() -> None:
    whole = [*archives(wasi_link(CXX, language="c++")), "--export-all"]
    extra = str(compiled(EXTRA, "-Os", "-g0"))
    with tempfile.TemporaryDirectory() as folder:
        outputs = []
        for number, more in enumerate(([], [extra])):
            path = Path(folder) / f"{number}.wasm"
            run([ZIG, "wasm-ld", *more, *whole, "-o", path])
            outputs.append(path.read_bytes())
    modules("libc and libc++, an object more", *outputs, "3 s")
    modules("100,000 functions without names, one inserted", many(False), many(True), "3 s")
    a, b = (link(parse([*whole, *more, "-o", "x"])) for more in ([], ["--no-gc-sections", "-S"]))
    say("two links of libc and libc++: decisions", lambda: diff_links(a, b).phases, "3 s")
    say("two links of libc and libc++: outputs", lambda: (found := diff_links(a, b).output) and found.groups, "3 s")
    moments = steps(a)
    say(f"two steps of it, of {len(moments):,}", lambda: diff_steps(moments, 0, len(moments)).phases, "100 ms")
    say("the symbols that changed between them", lambda: len(diff_steps(moments, 0, len(moments)).symbols), "200 ms")


if __name__ == "__main__":
    main()
