"""How long a question about a large link takes: `python -m tests.benchmarks.questions [FUNCTIONS]`.

100,000 functions, unless said otherwise, which call each other at random. Prints milliseconds beside the link's own;
nothing here is an assertion.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random

from wasmscope.explain.reasons.dominators import dominators, immediate_dominators
from wasmscope.explain.reasons.graph import graph
from wasmscope.explain.reasons.paths import Paths
from wasmscope.explain.reasons.why import why_dead, why_live
from wasmscope.explain.sizes.size import rows
from wasmscope.format.linking import SYM_NO_STRIP
from wasmscope.format.types import FuncType
from wasmscope.link.builder import ObjectBuilder, body, call
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link


def calling(count: int) -> bytes:
    """An object with `count` functions, the first of them a root; each calls some near it and one anywhere."""
    random, made = Random(1), ObjectBuilder()
    functions = [made.function(f"f{i}", FuncType((), ()), flags=0 if i else SYM_NO_STRIP) for i in range(count)]
    for i, function in enumerate(functions):
        near = {random.randrange(max(0, i - 50), min(count, i + 200)) for _ in range(3)}
        made.update(function, body(*(call(functions[one]) for one in (*near, random.randrange(count)))))
    return made.flush()


def timed(what: str, action: Callable[[], object]) -> None:
    start = time.perf_counter()
    action()
    print(f"{what:44} {(time.perf_counter() - start) * 1000:7.0f} ms", flush=True)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calling.o"
        path.write_bytes(calling(count))
        options = parse([str(path), "--no-entry", "-o", str(Path(folder) / "linked.wasm")])
        timed(f"a link of {count:,} functions", lambda: link(options))
        it = link(options)
    assert it.resolve is not None
    last = it.resolve.by_name[f"f{count - 5}"]
    timed("the reference graph", lambda: graph(it))
    timed("its dominator tree", lambda: immediate_dominators(graph(it).successors))
    timed("and what each function retains", lambda: dominators(it))
    timed("the shortest path to the last function", lambda: why_live(it, last))
    timed("20 paths to it", lambda: list(islice(Paths(it, last), 20)))
    timed("why something is dead, or that it is not", lambda: why_dead(it, last))
    timed("bytes by symbol", lambda: rows(it, "symbol"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
