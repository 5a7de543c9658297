"""Moving in time: which step a key leads to from step `at`. Pure functions over `Steps`; no step is made on the way.

`n` and `N` pass over the rest of the object that a step is about: the file in load and resolve, the chain in layout,
the atom in relocate, the kind of number in index.
"""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.explain.steps import Steps
from wasmscope.link.model import PHASES


def group(steps: Steps, number: int) -> object:
    """What step `number` is one of many about: equal for neighbours that `n` passes over."""
    phase, row = steps.locate(number)
    position = PHASES.index(phase)
    if row >= steps.own_rows[position]:
        return number  # a diagnostic
    link, symbols = steps.link, steps.symbols
    if phase == "load":
        return phase, symbols.load_row(row)[0]
    if phase == "resolve":
        return phase, symbols.events[row].file
    if phase == "mark":
        return phase, symbols.kept[row][0].file
    if phase == "layout" and link.layout is not None:
        what, thing, _ = link.layout.rows[row]
        return phase, id(thing) if what in ("placed", "string") else what
    if phase == "index" and link.index is not None:
        return phase, link.index.rows[row][0]
    if phase == "relocate":
        return phase, steps.places.relocation_at(row).atom
    return number


def step(steps: Steps, at: int, forward: bool) -> int:
    """One step."""
    return min(at + 1, len(steps)) if forward else max(at - 1, 0)


def over(steps: Steps, at: int, forward: bool) -> int:
    """Past the object that the next step (or, backwards, the last one) is about."""
    if forward:
        if at >= len(steps):
            return at
        at += 1
        here = group(steps, at)
        while at < len(steps) and group(steps, at + 1) == here:
            at += 1
        return at
    if at <= 0:
        return at
    here = group(steps, at)
    at -= 1
    while at > 0 and group(steps, at) == here:
        at -= 1
    return at


def finish(steps: Steps, at: int, forward: bool) -> int:
    """To the end of the phase; backwards to its start."""
    return phase_end(steps, at) if forward else phase_start(steps, at)


def phase_end(steps: Steps, at: int) -> int:
    """The last step of the phase that the next step is in."""
    return next((end - 1 for _, first, end in steps.ranges if first < end and end - 1 > at), len(steps))


def phase_start(steps: Steps, at: int) -> int:
    """Before the first step of the phase that the last step was in."""
    return next((first - 1 for _, first, end in reversed(steps.ranges) if first < end and first - 1 < at), 0)


def first_of_phase(steps: Steps, at: int, forward: bool) -> int:
    """The first step of the next phase, or of this phase, or of the one before if already there."""
    firsts = [first for _, first, end in steps.ranges if first < end]
    if forward:
        return next((first for first in firsts if first > at), len(steps))
    return next((first for first in reversed(firsts) if first < at), 0)


Move = Callable[[Steps, int, bool], int]
