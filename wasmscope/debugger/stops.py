"""Where a run through time stops: breakpoints, watches that change, failed checks, diagnostics.

What the reader set is kept as words, and looked up in each link that is opened: so it outlives a relink. Looking up is
done once a link; the next stop is then found in sorted lists of step numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, TypeVar

from wasmscope.debugger.aside import AT_ONCE
from wasmscope.debugger.checkpoints import Checkpoints
from wasmscope.debugger.covered import ALIASES, RANGE, Covered, Unknown, covered, parsed_range
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.watches import Watched, watched, worded
from wasmscope.explain.checking.check_steps import FailedCheck, failed_checks
from wasmscope.explain.steps import Steps

Meaning = TypeVar("Meaning", Covered, Watched)
NOWHERE = Covered([])
NOTHING = Watched((), lambda step: {})
"""What a watch follows whose words name nothing in a link."""
NOT_YET = Watched((), lambda step: {})
"""The same while they are still being looked up."""


@dataclass(slots=True)
class Breakpoint:
    """A stop that the reader set; `spec` are its words (`debugger/covered.py`)."""

    number: int
    spec: str
    enabled: bool = True
    once: bool = False
    """It goes when it is reached."""

    @property
    def label(self) -> str:
        """What it is called: b1, b2, …."""
        return f"b{self.number}"


@dataclass(slots=True)
class Watch:
    """A value that the reader follows; `spec` are its words (`debugger/watches.py`)."""

    number: int
    spec: str
    enabled: bool = True
    """A run stops where it changes; otherwise it is only shown."""

    @property
    def label(self) -> str:
        """What it is called: w1, w2, …."""
        return f"w{self.number}"


class Halt(NamedTuple):
    """A step at which a run stops, and what stops it there: "b2 symbol greet*"."""

    step: int
    reasons: tuple[str, ...]


class Stops:
    """What the reader set, and what it means in the link that is looked at."""

    def __init__(self) -> None:
        self.breakpoints: list[Breakpoint] = []
        self.watches: list[Watch] = []
        self.checkpoints = Checkpoints()
        self.checks = True
        """Failed checks stop a run."""
        self.patient = True
        """Checks are made when they are wanted; else only those made already count (a screen has them made in the
        background, so that no key waits; in a large link also what stops mean that another one brought)."""
        self._numbers, self._watch_numbers = count(1), count(1)
        self._opened: Opened | None = None
        self._covered: dict[int, Covered] = {}
        self._watched: dict[int, Watched] = {}

    # --- setting ------------------------------------------------------------------------------------------------

    def set_break(self, opened: Opened, spec: str, meant: Covered, once: bool = False) -> Breakpoint:
        """Set a breakpoint on `spec`, which was looked up in `opened`."""
        self._look_at(opened)
        self.breakpoints.append(Breakpoint(next(self._numbers), spec, once=once))
        self._covered[self.breakpoints[-1].number] = meant
        return self.breakpoints[-1]

    def set_watch(self, opened: Opened, text: str, meant: Watched, stops: bool = True) -> Watch:
        """Follow `text`, which was looked up in `opened`."""
        self._look_at(opened)
        self.watches.append(Watch(next(self._watch_numbers), worded(text), stops))
        self._watched[self.watches[-1].number] = meant
        return self.watches[-1]

    def restore(self, breaks: Iterable[tuple[str, bool]], watches: Iterable[tuple[str, bool]]) -> None:
        """Set what was kept from another time as (words, enabled): what names nothing in this link waits for one."""
        self.breakpoints += [Breakpoint(next(self._numbers), spec, enabled) for spec, enabled in breaks]
        self.watches += [Watch(next(self._watch_numbers), spec, enabled) for spec, enabled in watches]

    def marks(self, found: Steps) -> object:
        """What differs when panes have to mark other things than before."""
        return [(one.label, one.enabled) for one in self.all], self.checks, found.failed_checks is not None

    def find(self, label: str) -> Breakpoint | Watch | None:
        """The breakpoint or watch called `label`: b2, w1; a number alone is a breakpoint's."""
        label = f"b{label}" if label.isdecimal() else label
        return next((one for one in self.all if one.label == label), None)

    @property
    def all(self) -> list[Breakpoint | Watch]:
        """Breakpoints, then watches."""
        return [*self.breakpoints, *self.watches]

    def remove(self, one: Breakpoint | Watch) -> None:
        """Take a breakpoint or watch away."""
        if isinstance(one, Breakpoint):
            self.breakpoints.remove(one)
            self._covered.pop(one.number, None)
        else:
            self.watches.remove(one)
            self._watched.pop(one.number, None)

    # --- meaning ------------------------------------------------------------------------------------------------

    def _look_at(self, opened: Opened) -> None:
        if opened is not self._opened:
            self._opened = opened
            self._covered.clear()
            self._watched.clear()

    def covered(self, opened: Opened, one: Breakpoint, wait: bool = True) -> Covered:
        """What a breakpoint covers in a link: nothing, if it names nothing there; without `wait` also while a screen
        has it looked up in a large link."""
        self._look_at(opened)
        if one.number not in self._covered:
            def find() -> Covered:
                return found_or(lambda: covered(opened.steps, one.spec), NOWHERE)

            if not wait and self._is_long(opened):
                return opened.lookups.get(("break", one.spec), find, NOWHERE)
            self._covered[one.number] = find()
        return self._covered[one.number]

    def watched(self, opened: Opened, one: Watch, wait: bool = True) -> Watched:
        """What a watch follows in a link; as `covered`."""
        self._look_at(opened)
        if one.number not in self._watched:
            def find() -> Watched:
                return found_or(lambda: watched(opened, one.spec), NOTHING)

            if not wait and self._is_long(opened):
                return opened.lookups.get(("watch", one.spec), find, NOT_YET)
            self._watched[one.number] = find()
        return self._watched[one.number]

    def _is_long(self, opened: Opened) -> bool:
        return not self.patient and len(opened.steps) >= AT_ONCE

    def failed(self, found: Steps) -> list[FailedCheck]:
        """The checks that failed, as far as they are made."""
        return failed_checks(found) if self.checks and not self.waits(found) else []

    def mark_of_bytes(self, kind: str, start: int, end: int) -> str:
        """`●` if an enabled breakpoint or watch is on bytes `start` to `end` of the output ("out") or of memory
        ("mem")."""
        for one in self.all:
            word, _, rest = one.spec.partition(" ")
            if one.enabled and ALIASES.get(word, word) == kind and RANGE.fullmatch(rest):
                low, high = parsed_range(rest)
                if low < end and high > start:
                    return "●"
        return " "

    def waits(self, found: Steps) -> bool:
        """Whether failed checks would stop a run, but are not known yet."""
        return self.checks and not self.patient and found.failed_checks is None

    def breaks_at(self, opened: Opened, step: int, wait: bool = True) -> list[Breakpoint]:
        """The breakpoints, disabled ones too, that cover `step`."""
        return [one for one in self.breakpoints if within(self.covered(opened, one, wait).steps, step, step + 1)]

    def breaks_on(self, opened: Opened, thing: object) -> list[Breakpoint]:
        """The breakpoints, disabled ones too, that are on a symbol, atom or file."""
        return [one for one in self.breakpoints if thing in self.covered(opened, one, wait=False).things]

    # --- running ------------------------------------------------------------------------------------------------

    def next_halt(self, opened: Opened, at: int, forward: bool) -> Halt | None:
        """Where a run from step `at` stops; None if nothing stops it before the end (or, backwards, the start)."""
        found = opened.steps
        best: int | None = None
        for numbers in self._lists(opened):
            best = nearer(best, after(numbers, at, forward), forward)
        for one in self.watches:
            if one.enabled:
                best = nearer(best, self._change(opened, one, at, best, forward), forward)
        return Halt(best, tuple(self.reasons(opened, best))) if best is not None and best <= len(found) else None

    def _lists(self, opened: Opened) -> Iterator[Sequence[int]]:
        """The steps that stop a run, but for watches: some sorted lists."""
        found = opened.steps
        yield range(len(found) - len(found.failures) + 1, len(found) + 1)
        yield [one.step for one in self.failed(found)]
        yield from (self.covered(opened, one).steps for one in self.breakpoints if one.enabled)

    def _change(self, opened: Opened, one: Watch, at: int, best: int | None, forward: bool) -> int | None:
        value = self.watched(opened, one)
        if forward:
            return value.next_change(at, len(opened.steps) if best is None else best)
        return value.last_change(at, 0 if best is None else best)

    def reasons(self, opened: Opened, step: int) -> Iterator[str]:
        """What stops a run at `step`."""
        yield from (f"{one.label} {one.spec}" for one in self.breaks_at(opened, step) if one.enabled)
        for one in self.watches:
            if one.enabled:
                changed = self.watched(opened, one).changes(step)
                yield from (f"{one.label} {one.spec} {told(*change)}" for change in changed[:1])
        failed = (one.finding for one in self.failed(opened.steps) if one.step == step)
        yield from (f"check {one.rule}: {one.found}" for one in failed)
        if step > len(opened.steps) - len(opened.steps.failures):
            yield opened.steps[step].kind


def found_or(find: Callable[[], Meaning], nothing: Meaning) -> Meaning:
    """What `find` returns, or `nothing` if it finds nothing."""
    try:
        return find()
    except Unknown:
        return nothing


def told(key: str, old: str, new: str) -> str:
    """A change in a line."""
    return f"{key} {old} → {new}".strip()


def after(numbers: Sequence[int], at: int, forward: bool) -> int | None:
    """The number in a sorted list that comes next after `at`, or before it."""
    position = bisect_right(numbers, at) if forward else bisect_left(numbers, at) - 1
    return numbers[position] if 0 <= position < len(numbers) else None


def nearer(one: int | None, other: int | None, forward: bool) -> int | None:
    """Of two steps the one that a run comes to first."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other) if forward else max(one, other)


def within(numbers: Sequence[int], first: int, end: int) -> bool:
    """Whether one of a sorted list is from `first` to `end`."""
    position = bisect_left(numbers, first)
    return position < len(numbers) and numbers[position] < end
