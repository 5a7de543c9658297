"""A table of any length: rows are asked for when they are seen, columns adapt to the width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message

from wasmscope.debugger.lines import Cell, Column, Line, Span
from wasmscope.tui.text import fit
from wasmscope.tui.widgets.line_view import LineView


def column_widths(columns: Sequence[Column], width: int) -> list[int]:
    """Widths for `columns` and a blank after each in `width` cells; 0 for a column left out."""
    least = [one.least or one.width for one in columns]
    shown = list(range(len(columns)))
    while sum(least[i] + 1 for i in shown) > width and any(columns[i].drop for i in shown):
        shown.remove(max(shown, key=lambda i: columns[i].drop))
    widths = [least[i] if i in shown else 0 for i in range(len(columns))]
    spare = width - sum(widths[i] + 1 for i in shown)
    wants = {i: columns[i].width - widths[i] for i in shown if columns[i].width > widths[i]}
    total = sum(wants.values())
    for i, want in wants.items():
        widths[i] += min(want, max(0, spare) * want // total)
    spare = width - sum(widths[i] + 1 for i in shown)
    shares = sum(columns[i].grow for i in shown)
    for i in shown:
        if spare > 0 and shares:
            widths[i] += spare * columns[i].grow // shares
    return widths


class VirtualTable(LineView):
    """Rows by number, a marks column of two cells, a header, a cursor."""

    HELP = (
        "Arrows, {move.page-up} {move.page-down}, {move.first} {move.last} move; {space.find} finds, "
        "{space.find-next} and {space.find-previous} repeat; {move.follow} follows."
    )

    @dataclass
    class HeadChosen(Message):
        """The reader clicked on the heading of column `column`."""

        table: VirtualTable
        column: int

        @property
        def control(self) -> VirtualTable:
            """The table that it came from: what `@on` selects by."""
            return self.table

    def __init__(self, columns: Sequence[Column], id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.columns = columns
        self._rows = 0
        self._row: Callable[[int], Sequence[Cell]] = lambda number: ()
        self._mark: Callable[[int], Cell] = lambda number: ("", "")
        self._text: Callable[[int], str] | None = None
        self._widths: list[int] = []
        self.sorted_by = ""
        """The title of the column that the rows are sorted by."""
        self.inverted = False
        self.nothing = ""
        """What stands in the place of rows where there are none."""

    @property
    def head(self) -> int:  # type: ignore[override]
        """The columns' titles; and in a table without rows why it has none."""
        return 1 if self._rows or not self.nothing else 2

    def show(
        self,
        count: int,
        row: Callable[[int], Sequence[Cell]],
        mark: Callable[[int], Cell] | None = None,
        text: Callable[[int], str] | None = None,
    ) -> None:
        """Show `count` rows: `row(i)` are its cells, `mark(i)` stands in the margin, `/` searches `text(i)`."""
        self._rows, self._row, self._text = count, row, text
        if mark is not None:
            self._mark = mark
        self.changed()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Have `columns` from now on; rows are shown after that."""
        if columns is not self.columns:
            self.columns = columns
            self._drawn_width = -1  # widths are shared out when it is drawn: it may have none while it is out of sight

    @property
    def count(self) -> int:
        return self._rows

    def text_of(self, item: int) -> str:
        """What a search looks at."""
        if self._text is not None:
            return self._text(item)
        return " ".join(text for text, _ in self._row(item))

    def resized(self, width: int) -> None:
        self._widths = column_widths(self.columns, width - 2)

    def draw_head(self, y: int, width: int) -> Line:
        if y:
            return [("  ", ""), (self.nothing, "pending")]
        cells = [(self._title(one, wide), "head") for one, wide in zip(self.columns, self._widths, strict=False)]
        return [("  ", ""), *self._fitted(cells)]

    def _title(self, column: Column, width: int) -> str:
        """A column's title; where the rows are sorted by it, it makes room for the sign that says so."""
        if column.title != self.sorted_by:
            return column.title
        sign = "▼" if self.inverted else "▲"
        return f"{column.title} {sign}" if len(column.title) + 2 <= width else f"{column.title[: width - 1]}{sign}"

    def head_clicked(self, x: int) -> None:
        at = 2
        for number, width in enumerate(self._widths):
            if width and at <= x < at + width + 1:
                self.post_message(self.HeadChosen(self, number))
            at += width + 1 if width else 0

    def draw(self, y: int, width: int) -> Line:
        mark, role = self._mark(y)
        lead = "▶" if y == self.cursor else " "
        return [(lead, ""), (fit(mark, 1), role), *self._fitted(self._row(y))]

    def _fitted(self, cells: Sequence[Cell]) -> list[Span]:
        return [
            (fit(text, width, column.right, column.name and role != "head") + " ", role)
            for (text, role), width, column in zip(cells, self._widths, self.columns, strict=False)
            if width
        ]
