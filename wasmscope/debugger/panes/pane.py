"""What a pane is where there is no screen: rows of lines, some of which are asked for at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from wasmscope.debugger.lines import Cell, Column, Line

BYTES_WIDTH = 31
"""Cells for the bytes of one instruction."""


class Table(NamedTuple):
    """Rows of cells under their columns."""

    columns: Sequence[Column]
    cells: Callable[[int, int], Sequence[Sequence[Cell]]]
    """The cells of rows `a` to `b`."""


class Rows(NamedTuple):
    """A pane as rows: some of them are asked for at a time."""

    total: int
    at: int
    """The row of what is looked at; -1: of nothing."""
    lines: Callable[[int, int], Sequence[Line]]
    """The lines of rows `a` to `b`."""
    page: int = 20
    """Rows shown unless another number is asked for."""
    centred: bool = True
    """The row looked at stands in the middle of them; else it is the first."""
    table: Table | None = None
    """The same rows as cells, if they are a table's."""
    told: str = ""
    """How the rows were chosen and ordered, if not as the link has them."""


def whole(lines: Sequence[Line]) -> Rows:
    """Lines that are shown from the first."""
    return Rows(len(lines), 0, lambda start, end: lines[start:end], page=200)


class Pane(NamedTuple):
    """A pane that `show` can print."""

    about: str
    rows: Callable[[Any], Rows]
    """Of a scene: a link's, or a finished module's."""
    aliases: tuple[str, ...] = ()
    table: str = ""
    """The table that it shows, as the session has arranged it."""


def told(scene: Any, table: str) -> str:
    """How the table of that name is arranged; "" as the link has it."""
    known = scene.tables.get(table)
    return known.told() if known is not None and known.is_chosen else ""


def arranged(scene: Any, table: str, total: int, row: int | None) -> tuple[Sequence[int], int]:
    """The rows of the table of that name as they stand, and where `row` does; -1: nowhere."""
    known = scene.tables.get(table)
    at = known.position_of(row) if known is not None else row
    return known.rows if known is not None else range(total), -1 if at is None else at
