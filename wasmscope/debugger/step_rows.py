"""The steps as a pane shows them: all, or those that a filter lets through and, at its place, the current one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from wasmscope.debugger.scene import Scene


class Shifted(Sequence[int]):
    """The steps of some rows of the table of steps: row N is step N + 1."""

    def __init__(self, rows: Sequence[int]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, item: int) -> int:  # type: ignore[override]
        return self._rows[item] + 1


@dataclass(frozen=True, slots=True)
class StepRows:
    """Items from 0, each of them a step."""

    steps: Sequence[int]
    """Those that were let through, in order."""
    here: int
    """The current one."""

    @property
    def position(self) -> int:
        """The item that is the current step."""
        return bisect_left(self.steps, self.here)

    @property
    def is_extra(self) -> bool:
        """Whether the current step is shown although it was not let through."""
        return self.position == len(self.steps) or self.steps[self.position] != self.here

    @property
    def count(self) -> int:
        """How many steps are shown."""
        return len(self.steps) + self.is_extra

    def step(self, item: int) -> int:
        """The step that is number `item`."""
        if not self.is_extra or item < self.position:
            return self.steps[item]
        return self.here if item == self.position else self.steps[item - 1]


def step_rows(scene: Scene) -> StepRows:
    """The steps to show at a moment; step 0, before which nothing has happened, only where all are."""
    known = scene.tables.get("steps")
    if known is None or known.filter is None:
        return StepRows(range(len(scene.steps) + 1), scene.place.step)
    return StepRows(Shifted(known.rows), scene.place.step)
