"""Checkpoints: moments with a name, to come back to.

A moment is kept as its step's phase and row and the name of what the step is about. When the link is made again it is
the row of that phase about the same name that is nearest; or, if nothing of that name is left, the same row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wasmscope.explain.naming import title, titled
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import PHASES, Atom, Symbol


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment: after row `row` of `phase`, which is about what is called `name`. Row -1 of "load": the start."""

    number: int
    label: str
    phase: str
    row: int
    name: str

    def step(self, found: Steps) -> int:
        """The number of its step in a link."""
        first, end = found.ranges[PHASES.index(self.phase)][1:]
        if self.row < 0:
            return 0
        if first >= end:
            return min(first - 1, len(found))
        here = min(first + self.row, end - 1)
        same = (step for step in around(here, first, end) if name_at(found, step) == self.name)
        return next(same, here)


def around(here: int, first: int, end: int) -> Iterator[int]:
    """The numbers from `first` to `end`, the nearest to `here` first."""
    for by in range(max(here - first, end - here) + 1):
        yield from (number for number in dict.fromkeys((here - by, here + by)) if first <= number < end)


def name_at(found: Steps, step: int) -> str:
    """What the thing is called that a step is about; with its file if it is one of that, as others may be called so."""
    thing = found.about(step)
    if isinstance(thing, Mention):
        return f"{titled(thing.atom)}+{thing.row - thing.atom.lo}"
    return titled(thing) if isinstance(thing, Atom) or (isinstance(thing, Symbol) and thing.local) else title(thing)


class Checkpoints:
    """The checkpoints of a session, by number and name."""

    def __init__(self) -> None:
        self.all: list[Checkpoint] = []

    def add(self, found: Steps, step: int, label: str = "") -> Checkpoint:
        """Remember step `step`; one of the same name gives way."""
        number = max((one.number for one in self.all), default=0) + 1
        phase, row = found.locate(step) if step else (PHASES[0], -1)
        made = Checkpoint(number, label or str(number), phase, row, name_at(found, step) if step else "")
        self.all = [one for one in self.all if one.label != made.label]
        self.all.append(made)
        return made

    def find(self, text: str) -> Checkpoint | None:
        """The checkpoint of that name or number."""
        text = text.removeprefix("$")
        named = (one for one in self.all if one.label == text)
        return next(named, None) or next((one for one in self.all if str(one.number) == text), None)

    def remove(self, one: Checkpoint) -> None:
        """Forget a checkpoint."""
        self.all.remove(one)
