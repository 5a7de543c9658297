"""Moving in time: which step a key leads to from step `at`. Pure functions over `Steps`; no step is made on the way.

`n` and `N` pass over the rest of the object that a step is about: the file in load and resolve, the chain in layout,
the atom in relocate, the kind of number in index.
"""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.explain.steps import Steps


def step(steps: Steps, at: int, forward: bool) -> int:
    """One step."""
    return min(at + 1, len(steps)) if forward else max(at - 1, 0)


def over(steps: Steps, at: int, forward: bool) -> int:
    """Past the object that the next step (or, backwards, the last one) is about."""
    if forward:
        return steps.run(at + 1)[1] if at < len(steps) else at
    return steps.run(at)[0] - 1 if at > 0 else at


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
