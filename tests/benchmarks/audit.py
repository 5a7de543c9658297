"""How long an audit takes beside the link that it compares with: `python -m tests.benchmarks.audit`.

Programs with debug information, without names and with shortened numbers; then many functions that are all alike.
Nothing here is an assertion; the aim is a few seconds for a debug build. The first run builds libc and libc++.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.crowds import crowd
from tests.benchmarks.link import CXX, archives
from tests.toolchain import wasi_link
from wasmscope.explain.auditing.audit import audit
from wasmscope.format.module import read
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link


def case(what: str, argv: Sequence[str]) -> None:
    """Link, audit what came out, and say how long each took."""
    start = time.perf_counter()
    it = link(parse([*argv, "-o", "linked.wasm"]))
    assert it.emit is not None, what
    linked = time.perf_counter()
    found = audit(it, read(it.emit.data, "linked.wasm"))
    assert not found.findings
    times = f"link {(linked - start) * 1000:6.0f} ms, audit {(time.perf_counter() - linked) * 1000:6.0f} ms"
    print(f"{what:44} {times}, {found.checked:8,} relocations", flush=True)


def main() -> None:
    program = wasi_link(CXX, language="c++")
    case("a C++ program, debug information", program)
    case("a C++ program, no names", ["-s", *program])
    whole = archives(program)
    case("all of libc and libc++, debug information", whole)
    case("all of libc and libc++, numbers shortened", ["-s", "--compress-relocations", *whole])
    with tempfile.TemporaryDirectory() as name:
        objects = [str(path) for path in crowd(100_000, Path(name))]
        case("100,000 symbols, functions alike", ["--no-entry", "--no-gc-sections", *objects])
        case("100,000 symbols, functions alike, no names", ["-s", "--no-entry", "--no-gc-sections", *objects])


if __name__ == "__main__":
    main()
