"""How long a key takes on a real pseudo-terminal, whatever the size of the link: `python -m tests.benchmarks.screen`.

For links of 100, 10,000 and 100,000 symbols: the time to the first frame and to the frame of the finished link, then
from a key to the last byte of what it changes (median and 95th percentile), beside the design's budgets. Nothing here
is an assertion. An idle machine is wanted: a key's answer counts as complete when nothing more comes for 30 ms.
"""

from __future__ import annotations

import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.crowds import crowd
from tests.tui.test_terminal import Terminal

SIZES = (100, 10_000, 100_000)
KEYS = 30
QUIET = 0.03
DOWN, UP, PAGE_DOWN, PAGE_UP = "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[5~"
CASES = (
    ("move in the table of symbols", "2", (DOWN,), 16),
    ("page in the table of symbols", "2", (PAGE_DOWN, PAGE_UP), 30),
    ("move in the table of relocations", "3", (DOWN,), 16),
    ("page in the table of relocations", "3", (PAGE_DOWN, PAGE_UP), 30),
    ("page in the bytes", "4", (PAGE_DOWN, PAGE_UP), 30),
    ("step, view 1", "1", ("S",), 40),
    ("step, view 2", "2", ("S",), 40),
    ("step, view 3", "3", ("S",), 40),
    ("step, view 4", "4", ("S",), 40),
    ("last and next writer of a byte", "4", ("-", "+"), 40),
    ("over an object back, view 1", "1", ("N",), 40),
    ("jump to a phase, view 1", "1", ("{", "}"), 40),
)
"""What, the view's key, the keys in turn, the budget in milliseconds (95th percentile)."""


def answer(terminal: Terminal, keys: str) -> float:
    """Seconds from sending `keys` to the last byte of the answer."""
    start = last = time.perf_counter()
    terminal.send(keys)
    quiet = 2.0
    while select.select([terminal.master], [], [], quiet)[0]:
        os.read(terminal.master, 1 << 16)
        last = time.perf_counter()
        quiet = QUIET
    return last - start


def moments(terminal: Terminal, texts: Sequence[bytes]) -> list[float]:
    """When each of `texts` had been sent."""
    found: dict[bytes, float] = {}
    sent = b""
    while len(found) < len(texts):
        sent += os.read(terminal.master, 1 << 16)
        found |= {text: time.perf_counter() for text in texts if text in sent and text not in found}
    return [found[text] for text in texts]


def percentiles(taken: list[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    found = sorted(taken)
    return statistics.median(found) * 1000, found[int(len(found) * 0.95)] * 1000


def measure(words: list[str]) -> None:
    """Print a line for each case, on the link of `words`."""
    start = time.perf_counter()
    with Terminal(*words) as terminal:
        first, whole = (moment - start for moment in moments(terminal, (b"keys", "✓ linked".encode())))
        print(f"  first frame {first * 1000:5.0f} ms, the link {whole * 1000:6.0f} ms   budget 700 or 1,500 ms")
        terminal.read(quiet=3)  # what is looked up behind the screen
        for what, view, keys, budget in CASES:
            terminal.send(view)
            terminal.read(quiet=0.5)
            taken = [answer(terminal, keys[turn % len(keys)]) for turn in range(KEYS)]
            middle, most = percentiles(taken)
            sign = "" if most <= budget else "   over"
            print(f"  {what:36} {middle:6.1f} ms   95 % {most:6.1f} ms   budget {budget} ms{sign}", flush=True)
        terminal.send("q")
        terminal.read(quiet=0.3)


def main(sizes: tuple[int, ...] = SIZES) -> None:
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            folder = Path(name) / str(size)
            folder.mkdir()
            objects = crowd(size, folder)
            print(f"{size:,} symbols, {len(objects)} objects", flush=True)
            measure(["--strict", "--no-entry", "--export-dynamic", "--no-gc-sections", *map(str, objects)])


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
