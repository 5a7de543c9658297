"""What is different between two moments of one link: the rows of each phase between them, and the symbols that changed.

The rows between two steps are a range in each phase, so nothing is listed before it is looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar, overload

from wasmscope.explain.standing import SymbolState
from wasmscope.explain.state import State
from wasmscope.explain.steps import Step, Steps
from wasmscope.explain.symbols import HOLDS
from wasmscope.link.model import PHASES, Symbol

T = TypeVar("T")


class Rows(Sequence[T], Generic[T]):
    """`length` rows, each made when it is asked for."""

    def __init__(self, length: int, make: Callable[[int], T]) -> None:
        self._length = length
        self._make = make

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, position: int) -> T: ...
    @overload
    def __getitem__(self, position: slice) -> list[T]: ...
    def __getitem__(self, position: int | slice) -> T | list[T]:
        if isinstance(position, slice):
            return [self._make(one) for one in range(*position.indices(self._length))]
        if not -self._length <= position < self._length:
            raise IndexError(f"row {position} of {self._length}")
        return self._make(position % self._length)


class PhaseRows(NamedTuple):
    """The rows of one phase that happened between the two steps."""

    phase: str
    counts: dict[str, int]
    """How many of each kind: "file", "define", "function", "placed", …"""
    rows: Sequence[Step]


class SymbolChange(NamedTuple):
    """A symbol whose state or holder is another one at the later step."""

    symbol: Symbol
    before: SymbolState
    after: SymbolState


class StepsDifference:
    """What happened after step `first` up to step `last` of `steps.link`."""

    def __init__(self, steps: Steps, first: int, last: int) -> None:
        self.steps = steps
        self.first, self.last = first, last
        self.before, self.after = State(steps, first), State(steps, last)

    @cached_property
    def phases(self) -> list[PhaseRows]:
        """The phases that went on in between, in order."""
        found = []
        for phase, start, end in self.steps.ranges:
            low, high = max(start, self.first + 1), min(end, self.last + 1)
            if low < high:
                rows = Rows(high - low, lambda position, low=low: self.steps[low + position])  # type: ignore[misc]
                found.append(PhaseRows(phase, self._counts(phase, low - start, high - start), rows))
        return found

    def _counts(self, phase: str, low: int, high: int) -> dict[str, int]:
        """How many of rows `low` to `high` of a phase are of each kind, without making them."""
        own = self.steps.own_rows[PHASES.index(phase)]
        found = Counter(_KINDS[phase](self.steps, low, min(high, own)))
        said = self.steps.failures[max(low - own, 0) : max(high - own, 0)]
        found.update(one.severity for one in said)
        return dict(found)

    @cached_property
    def symbols(self) -> Sequence[SymbolChange]:
        """The symbols that changed their state or their holder, in the order of their last event."""
        changed = self._changed()
        return Rows(len(changed), lambda position: self._change(changed[position]))

    def _change(self, symbol: Symbol) -> SymbolChange:
        return SymbolChange(symbol, self.before.symbol(symbol), self.after.symbol(symbol))

    def _changed(self) -> list[Symbol]:
        rows = self.steps.symbols
        low, high = self.before.done[1], self.after.done[1]
        states: dict[Symbol, str] = {}
        holders: dict[Symbol, int] = {}
        for row in range(low, high):
            event = rows.events[row]
            if event.symbol is not None:
                states.pop(event.symbol, None)
                states[event.symbol] = event.state
                if event.kind in HOLDS:
                    holders[event.symbol] = row
        return [symbol for symbol, now in states.items() if self._differs(symbol, now, holders.get(symbol))]

    def _differs(self, symbol: Symbol, now: str, holder: int | None) -> bool:
        """Whether the symbol was not `now`, or another file held it, before the first of the steps in between."""
        rows = self.steps.symbols
        events, holds = rows.events_of[symbol], rows.holders_of.get(symbol, [])
        done = self.before.done[1]
        earlier = bisect_left(events, done)
        if not earlier or rows.events[events[earlier - 1]].state != now:
            return True
        held = bisect_left(holds, done)
        if holder is None:
            return False
        if not held:
            return True
        one, other = rows.events[holds[held - 1]], rows.events[holder]
        return (one.file, one.record) != (other.file, other.record)

    @property
    def bytes(self) -> list[tuple[int, int]]:
        """The ranges of the output that sections fill at the later step and not at the earlier one: (start, end)."""
        emitted = self.steps.link.emit
        if emitted is None:
            return []
        ranges: list[tuple[int, int]] = []
        for section in emitted.sections[self.before.done[6] : self.after.done[6]]:
            if ranges and ranges[-1][1] == section.start:
                ranges[-1] = (ranges[-1][0], section.end)
            else:
                ranges.append((section.start, section.end))
        return ranges


def diff_steps(steps: Steps, a: int, b: int) -> StepsDifference:
    """What is different between steps `a` and `b` of a link, in the order of time; either may be the earlier one."""
    last = len(steps)
    first, second = (min(max(one, 0), last) for one in (a, b))
    return StepsDifference(steps, min(first, second), max(first, second))


# --- kinds of rows ----------------------------------------------------------------------------------------------


def _load(steps: Steps, low: int, high: int) -> Iterable[str]:
    firsts = steps.symbols.load_first[:-1]
    files = bisect_left(firsts, high) - bisect_left(firsts, low)
    return ["file"] * files + ["section"] * (high - low - files)


def _resolve(steps: Steps, low: int, high: int) -> Iterable[str]:
    return (event.kind for event in steps.symbols.events[low:high])


def _mark(steps: Steps, low: int, high: int) -> Iterable[str]:
    return (thing.kind for thing, _ in steps.symbols.kept[low:high])


def _layout(steps: Steps, low: int, high: int) -> Iterable[str]:
    return (row[0] for row in steps.link.layout.rows[low:high]) if steps.link.layout is not None else ()


def _index(steps: Steps, low: int, high: int) -> Iterable[str]:
    return (row[0] for row in steps.link.index.rows[low:high]) if steps.link.index is not None else ()


_KINDS: dict[str, Callable[[Steps, int, int], Iterable[str]]] = {
    "load": _load,
    "resolve": _resolve,
    "mark": _mark,
    "layout": _layout,
    "index": _index,
    "relocate": lambda steps, low, high: ["relocation"] * (high - low),
    "emit": lambda steps, low, high: ["section"] * (high - low),
}
