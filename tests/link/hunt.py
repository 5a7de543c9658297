"""Random links beside the reference's: `python -m tests.link.hunt 1000 500` tries 500 seeds from 1000 on.

What differs is made as small as it goes and told with the first thing that differs.
"""

from __future__ import annotations

import difflib
import re
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.link.generate import scene
from tests.link.inputs import said
from tests.link.scenes import Scene, write
from tests.link.shrinking import described, shrunk
from tests.toolchain import Outcome, first_difference, ours, reference

OUTSIDE = re.compile(r"error: .*:\(.*\):(?= offset is outside the section$)")
AGREED = ("same", "refused")
BESIDE = ("reference crashes", "not supported")
"""Outcomes that say nothing about us."""


def outcome(one: Scene) -> tuple[str, str]:
    """In what the two linkers differ, in a word, and where; or "same", "refused" (by both), or one of `BESIDE`."""
    folder = Path(tempfile.mkdtemp(prefix="scene"))
    try:
        write(one, folder)
        expected = reference(one.argv, folder)
        if expected.status not in (0, 1):
            return BESIDE[0], ""
        return _compared(expected, ours(one.argv, folder))
    except Exception:
        return "mistake of ours", traceback.format_exc(limit=-3)
    finally:
        shutil.rmtree(folder)


def _compared(expected: Outcome, got: Outcome) -> tuple[str, str]:
    if " is not supported: " in got.stderr:
        return BESIDE[1], ""
    told = f"reference:\n{expected.stderr}\nours:\n{got.stderr}"
    if got.status != expected.status:
        return "status", told
    if expected.output is not None and got.output is not None and expected.output != got.output:
        return "bytes", first_difference(expected.output, got.output)
    if (expected.output is None) != (got.output is None) or _once(expected.stderr) != _once(got.stderr):
        return "messages", told
    if expected.status:
        return AGREED[1], ""
    lines = difflib.unified_diff(expected.stdout.splitlines(), got.stdout.splitlines(), lineterm="", n=0)
    return ("stdout", "\n".join(list(lines)[:12])) if expected.stdout != got.stdout else (AGREED[0], "")


def _once(stderr: str) -> list[str]:
    """What was said. What ends LLD at once may come from several threads, and then any of them is first."""
    lines = (OUTSIDE.sub("error: FILE:", line) for line in said(stderr))
    return list(dict.fromkeys(lines))


def told(one: Scene) -> str:
    """Nothing when the linkers agree; else the smallest scene in which they differ as in this one, and where."""
    kind, _ = outcome(one)
    if kind in AGREED or kind in BESIDE:
        return ""
    small = shrunk(one, lambda smaller: outcome(smaller)[0] == kind)
    return f"they differ in: {kind}\n{described(small)}\n{outcome(small)[1]}"


def hunt(seeds: range, tell: Callable[[str], None] = print) -> Counter[str]:
    """Try every seed; returns how many had each outcome."""
    found: Counter[str] = Counter()
    for seed in seeds:
        one = scene(seed)
        kind = outcome(one)[0]
        found[kind] += 1
        if kind not in (*AGREED, *BESIDE):
            tell(f"seed {seed}: {told(one)}\n")
    return found


if __name__ == "__main__":
    start, count = map(int, sys.argv[1:3])
    print(dict(hunt(range(start, start + count))))
