"""A table as the session has arranged it: which row stands where, on what its title and its heads say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wasmscope.tui.widgets.virtual_table import VirtualTable


class Arrangement:
    """The rows of the table called `name`, as they are shown in `widget`."""

    def __init__(self, name: str, widget: VirtualTable) -> None:
        self.name = name
        self.widget = widget
        self.rows: Sequence[int] = range(0)

    def take(self, scene: Any, total: int) -> bool:
        """Take over how the rows stand in `scene`, of `total`; whether they stand differently than before."""
        known = scene.tables.get(self.name)
        rows: Sequence[int] = known.rows if known is not None else range(total)
        columns = known.table.columns if known is not None else {}
        sort = known.sort if known is not None else ""
        self.widget.sorted_by = next((title for title, field in columns.items() if sort and field == sort), "")
        self.widget.inverted = known.inverted if known is not None else False
        filtered = known is not None and known.filter is not None
        self.widget.nothing = "nothing here is like that; an empty filter shows all again" if filtered else "none"
        other = rows != self.rows if isinstance(rows, range) else rows is not self.rows
        self.rows = rows
        return other

    def position_of(self, scene: Any, row: int | None) -> int | None:
        """Where row `row` stands; None if it is not shown."""
        known = scene.tables.get(self.name)
        return known.position_of(row) if known is not None else row

    def told(self, scene: Any, total: int) -> str:
        """How many rows there are, and how they were chosen."""
        known = scene.tables.get(self.name)
        return known.told() if known is not None else f"{total:,}"
