"""Runs: neighbouring steps about one object, which `n` and `N` pass over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any

from wasmscope.link.model import PHASES, Link


def _starts(keys: Iterable[Any]) -> list[int]:
    """Positions in `keys` where another one begins than the one before; the first is 0."""
    return [0, *(at for at, (one, other) in enumerate(pairwise(keys), 1) if one != other)]


class Runs:
    """The runs in each phase of a link: the file in load, resolve and mark, the chain in layout, the kind of number in
    index, the atom in relocate; every section and every diagnostic alone. `load_first` is the first row of each file
    in phase load."""

    def __init__(self, link: Link, load_first: list[int]) -> None:
        self._link = link
        self._load_first = load_first

    @cached_property
    def _resolve(self) -> list[int]:
        return _starts(id(event.file) for event in self._link.resolve.events) if self._link.resolve else []

    @cached_property
    def _mark(self) -> list[int]:
        return _starts(id(thing.file) for thing in self._link.mark.why) if self._link.mark else []

    @cached_property
    def _layout(self) -> list[int]:
        rows = self._link.layout.rows if self._link.layout else ()
        return _starts(id(thing) if what in ("placed", "string") else what for what, thing, _ in rows)

    @cached_property
    def _index(self) -> list[int]:
        return _starts(what for what, *_ in self._link.index.rows) if self._link.index else []

    def around(self, phase: str, row: int, rows: int) -> tuple[int, int]:
        """The first row of the run that row `row` of `phase` is in, and the row after its last; the phase has `rows`
        rows, diagnostics not counted."""
        if row >= rows or phase == PHASES[-1]:
            return row, row + 1
        if phase == "load":
            starts = self._load_first
        elif phase == "relocate":
            starts = self._link.relocate.first if self._link.relocate else []
        else:
            starts = getattr(self, f"_{phase}")
        at = bisect_right(starts, row)
        return starts[at - 1], starts[at] if at < len(starts) else rows
