"""How long commands hold a key up in a large link: `python -m tests.benchmarks.commands [SYMBOLS]`.

For each command line the longest piece of it that runs between two keys, all of it, and drawing what it set. A piece
over 100 ms is marked. What is looked up behind the screen when a link is opened is there already.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from tests.benchmarks.crowds import crowd
from wasmscope.debugger.commands.command import Refused
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.stop_rows import step_mark, stop_lines
from wasmscope.debugger.session import Debugger
from wasmscope.explain.checking.check_steps import failed_checks
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_leniently

BUDGET = 0.1
LINES = (
    "break symbol *", "continue-back", "continue", "delete", "break symbol function_number_1*", "delete",
    "break atom *", "continue-back", "delete", "break reloc *", "delete", "break reloc @ *", "delete",
    "break out 0..0x7fffffff", "continue-back", "delete", "break mem 0..0x7fffffff", "delete", "break file *", "delete",
    "break function_number_1", "break nothing", "break .data", "break func:30000", "delete", "goto @400000",
    "watch out 0x190000..0x190100", "watch mem 0x10010..0x10110", "watch undefined", "watch chain:code", "next-writer",
    "continue-back", "delete", "watch undefined == 77777", "watch chain:code.atoms == 5", "continue", "delete",
    "watch function_number_1", "watch atom:foo", "last-writer out 0x190000..0x190100", "last-writer chain:code",
    "goto @200000", "changes", "goto @100", "changes", "goto emit", "changes", "finish", "changes",
    "print function_number_5", "print undefined", "goto func:30000", "goto slot:1", "goto nothing", "refs-in",
    "steps text:foo", "view 1", "filter name:function_number_77*", "filter", "view 2", "filter name:*1*", "sort name",
    "sort none", "filter", "find function_number_9999", "view 3", "filter target:*99", "sort value", "filter",
    "show symbols", "show steps", "show chain", "show paths", "show reasons", "show dominators", "show changes",
    "field", "copy json",
)  # fmt: skip


def run(debugger: Debugger, line: str) -> tuple[str, list[float]]:
    """Run a command line a piece at a time: what it answers, and the seconds that each piece took."""
    pieces: list[float] = []
    start = time.perf_counter()
    answer = COMMANDS.begin(debugger, line)
    while answer.work is not None:
        try:
            while True:
                next(answer.work)
                pieces.append(time.perf_counter() - start)
                start = time.perf_counter()
        except StopIteration as end:
            answer = end.value
        except Refused as error:
            answer = answer._replace(work=None, notice=str(error))
    return answer.notice, [*pieces, time.perf_counter() - start]


def main(symbols: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = ["--no-entry", "--export-dynamic", "--no-gc-sections"]
        made = link_leniently(parse([*words, *map(str, crowd(symbols, Path(folder)))]), link)
        debugger = Debugger(Opened(made))
    deque(debugger.opened.warm(), 0)
    failed_checks(debugger.steps)
    debugger.stops.patient = False
    gc.collect()
    gc.freeze()
    for line in LINES:
        notice, pieces = run(debugger, line)
        start, scene = time.perf_counter(), debugger.scene()
        stop_lines(scene)
        for step in range(max(0, debugger.place.step - 15), min(len(scene.steps), debugger.place.step + 15)):
            step_mark(scene, step)
        drawn = time.perf_counter() - start
        over = "  over" if max(drawn, *pieces) > BUDGET else ""
        times = f"{max(pieces) * 1000:7.1f} ms of {sum(pieces) * 1000:8.1f}, drawn {drawn * 1000:6.1f}"
        print(f"{line:40} {times}{over}  {notice[:60]}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
