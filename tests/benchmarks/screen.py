"""How long a key takes on a real pseudo-terminal, whatever the size of the link: `python -m tests.benchmarks.screen`.

For links of 100, 10,000 and 100,000 symbols: the time to the first frame and to the frame of the finished link, then
from a key to the last byte of what it changes (median and 95th percentile), beside the design's budgets: first while
indexes are made behind the screen, then when that is over, and last while an object that was written anew is linked
again (there also the longest). Of all of these also the processor time that the program took. Nothing here is an
assertion. The wall times want an idle machine (a key's answer counts as complete when nothing more comes for 30 ms);
processor times can be read on a busy one, too.
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
from typing import NamedTuple

from tests.benchmarks.crowds import crowd
from tests.tui.test_terminal import Terminal
from wasmscope.tui.background import REST

SIZES = (100, 10_000, 100_000)
KEYS = 30
AGAIN = 10.0
"""Seconds for which keys are sent while a changed object is linked again: as long as that takes, and its indexes."""
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


class Taken(NamedTuple):
    """Seconds that something took."""

    wall: float
    cpu: float


def processor_time(terminal: Terminal) -> float:
    """Seconds of processor time that the program has taken so far: what clock_getcpuclockid(3) gives for it."""
    return time.clock_gettime(~terminal.process.pid << 3 | 2)


def answer(terminal: Terminal, keys: str) -> Taken:
    """What it takes from sending `keys` to the last byte of the answer."""
    before = processor_time(terminal)
    start = last = time.perf_counter()
    terminal.send(keys)
    quiet = 2.0
    while select.select([terminal.master], [], [], quiet)[0]:
        os.read(terminal.master, 1 << 16)
        last = time.perf_counter()
        quiet = QUIET
    return Taken(last - start, processor_time(terminal) - before)


def moments(terminal: Terminal, texts: Sequence[bytes]) -> list[Taken]:
    """What it takes until each of `texts` is sent."""
    start = time.perf_counter()
    found: dict[bytes, Taken] = {}
    sent = b""
    while len(found) < len(texts):
        sent += os.read(terminal.master, 1 << 16)
        now = Taken(time.perf_counter() - start, processor_time(terminal))
        found |= {text: now for text in texts if text in sent and text not in found}
    return [found[text] for text in texts]


def percentiles(taken: list[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    found = sorted(taken)
    return statistics.median(found) * 1000, found[int(len(found) * 0.95)] * 1000


def told(times: Sequence[float]) -> str:
    """A median and a percentile in columns."""
    return f"{times[0]:6.1f} ms, 95 % {times[1]:6.1f} ms"


def measure(words: list[str], changing: Path) -> None:
    """Print a line for each case, on the link of `words`; `changing` is one of its objects."""
    with Terminal(*words) as terminal:
        first, whole = moments(terminal, (b"keys", "✓ linked".encode()))
        walls = f"first frame {first.wall * 1000:5.0f} ms, the link {whole.wall * 1000:6.0f} ms"
        print(f"  {walls}   processor {first.cpu * 1000:5.0f}, {whole.cpu * 1000:6.0f} ms   budget 700 or 1,500 ms")
        told_of(terminal, "move in the table of symbols, meanwhile", "2", (DOWN,), 16)
        rest(terminal)
        for case in CASES:
            told_of(terminal, *case)
        changing.write_bytes(changing.read_bytes())
        told_of(terminal, "move in the table of symbols, linked again", "2", (DOWN, UP), 16, for_seconds=AGAIN)
        terminal.send("q")
        terminal.read(quiet=0.3)


def rest(terminal: Terminal) -> None:
    """Wait until the program does nothing any more: its indexes wait, too, until keys rest."""
    before = -1.0
    while (now := processor_time(terminal)) - before > 0.05:
        before = now
        terminal.read(quiet=2 * REST)


def told_of(
    terminal: Terminal, what: str, view: str, keys: Sequence[str], budget: int, for_seconds: float = 0.0
) -> None:
    """Print a line on a case: of so many keys, or of those in so many seconds, then with the longest."""
    terminal.send(view)
    terminal.read(quiet=0.5)
    taken, start = [], time.perf_counter()
    while len(taken) < KEYS or time.perf_counter() < start + for_seconds:
        taken.append(answer(terminal, keys[len(taken) % len(keys)]))
    walls = percentiles([one.wall for one in taken])
    cpus = percentiles([one.cpu for one in taken])
    sign = "" if walls[1] <= budget else "   over"
    sign += f"   longest {max(one.wall for one in taken) * 1000:.0f} ms" if for_seconds else ""
    print(f"  {what:40} {told(walls)}   processor {told(cpus)}   budget {budget} ms{sign}", flush=True)


def main(sizes: tuple[int, ...] = SIZES) -> None:
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            folder = Path(name) / str(size)
            folder.mkdir()
            objects = crowd(size, folder)
            print(f"{size:,} symbols, {len(objects)} objects", flush=True)
            options = ["--strict", "--no-entry", "--export-dynamic", "--no-gc-sections"]
            measure([*options, *map(str, objects)], objects[len(objects) // 2])


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
