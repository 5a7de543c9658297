"""How the rows of a table are arranged: which of them a filter lets through, and in which order they stand.

Finding out is work in small pieces: a filter over 100,000 rows holds no key up. Until it is done the old rows stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wasmscope.debugger.fields import Table
from wasmscope.debugger.filters import PIECE, Filter
from wasmscope.debugger.scene import Scene


class Arranged:
    """A table as it is shown. Positions count what is shown; rows are the link's."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.filter: Filter | None = None
        self.sort = ""
        """The field that rows are sorted by; "": the link's order."""
        self.inverted = False
        self.rows: Sequence[int] = range(len(table))
        self._positions: dict[int, int] | None = None
        self._moment: object = None
        self._pending = False
        """It was arranged so in another link, and is not yet in this one."""

    def again(self, table: Table) -> Arranged:
        """The same arrangement of another link's table, to be made there."""
        made = Arranged(table)
        made.filter, made.sort, made.inverted = self.filter, self.sort, self.inverted
        made._pending = made.is_chosen
        return made

    @property
    def is_chosen(self) -> bool:
        """Whether it is another arrangement than the link's own: all rows, in their order."""
        return self.filter is not None or bool(self.sort) or self.inverted

    def __len__(self) -> int:
        return len(self.rows)

    def position_of(self, row: int | None) -> int | None:
        """Where row `row` stands; None if it is not shown."""
        if row is None or isinstance(self.rows, range):
            return row
        if self._positions is None:
            self._positions = {one: position for position, one in enumerate(self.rows)}
        return self._positions.get(row)

    @property
    def moves(self) -> bool:
        """Whether another step may want another arrangement."""
        field = self.table.fields.get(self.sort)
        return (self.filter is not None and self.filter.moves) or (field is not None and field.moves)

    def stale(self, scene: Scene) -> bool:
        """Whether the rows are those of another step, and could be others at this one."""
        return self._pending or (self.moves and self._moment != scene.place.step)

    def arrange(self, scene: Scene) -> Iterator[str]:
        """Find the rows of this moment; says after each piece how far it is. They are shown when all are found."""
        table, total = self.table, len(self.table)
        found: list[int] = [] if self.filter is not None else list(range(total))
        for some, seen in self.filter.sifted(scene, table) if self.filter is not None else ():
            found += some
            yield f"filtering the {table.name}: {100 * seen // max(1, total)} %"
        if self.sort:
            yield from self._sorted(scene, found)
        elif self.inverted:
            found.reverse()
        self.rows = found if self.is_chosen else range(total)
        self._pending = False
        self._positions = None
        self._moment = scene.place.step

    def _sorted(self, scene: Scene, rows: list[int]) -> Iterator[str]:
        """Sort `rows` in place by the field; equal ones stay in the link's order, rows without a value come last."""
        field = self.table.fields[self.sort]
        keys: dict[int, Any] = {}
        for done, row in enumerate(rows):
            keys[row] = _key(field.rank(scene, self.table.thing(row)), self.inverted)
            if done % PIECE == 0:
                yield f"sorting the {self.table.name}: {100 * done // max(1, len(rows))} %"
        rows.sort(key=keys.__getitem__, reverse=self.inverted)

    def told(self, noun: str = "") -> str:
        """What is shown, for a title: "12 of 3,400  filter: kind:func  sort: name ▲"; `noun`: of what."""
        whole = f" of {len(self.table):,}" if len(self.rows) != len(self.table) else ""
        parts = [f"{len(self.rows):,}{whole} {noun}".rstrip()]
        if self.filter is not None:
            parts.append(f"filter: {self.filter.text}")
        if self.sort or self.inverted:
            parts.append(f"sort: {self.sort or '#'} {'▼' if self.inverted else '▲'}")
        return "  ".join(parts)


def _key(value: Any, inverted: bool) -> tuple[bool, Any]:
    """What sorts before what: nothing comes last either way."""
    missing = value is None or value == ""
    return missing is not inverted, "" if missing else value.lower() if isinstance(value, str) else value
