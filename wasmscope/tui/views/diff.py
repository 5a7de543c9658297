"""View 5: what is different between two moments, two links, or the output and another module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from wasmscope.debugger.comparing import Comparison, DiffRow, first_row
from wasmscope.debugger.lines import Title
from wasmscope.debugger.panes.diff_rows import COLUMNS, detail_lines, diff_cells, diff_columns, diff_mark
from wasmscope.explain.steps import Step
from wasmscope.tui.messages import Looked, Stepped
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.virtual_table import VirtualTable


class DiffView(View):
    """The difference."""

    panes = ("differences", "detail")
    alternates = ("detail",)
    keys: ClassVar[Sequence[tuple[str, str]]] = (
        ("time.step time.step-back", "step"),
        ("app.command", "diff …"),
        ("app.options", "options"),
        ("space.find", "find"),
        ("move.follow", "look at it"),
        ("space.back", "back"),
    )
    _comparison: Comparison | None = None
    _rows: list[DiffRow]

    def compose(self) -> ComposeResult:
        yield VirtualTable(COLUMNS, id="differences", classes=self.look("differences"))
        yield Card(id="detail", classes=self.look("detail"))

    def draw(self, scene: Any) -> None:
        comparison = scene.comparison
        if comparison is not self._comparison:
            self._comparison = comparison
            self._fill(comparison)
        if comparison is not None and comparison.quick:
            self._draw_detail()

    def _fill(self, comparison: Comparison | None) -> None:
        table = self.query_one("#differences", VirtualTable)
        if comparison is None:
            table.show(0, lambda row: ())
            return
        if not comparison.quick:
            table.titled(title_of(comparison), "· comparing")
            table.show(0, lambda row: ())
            self.query_one("#detail", Card).show([])
            self._find(comparison)
            return
        rows = comparison.rows
        table.set_columns(diff_columns(comparison))
        table.titled(title_of(comparison), "+ new  - gone  ~ different  > moved")
        table.show(len(rows), lambda row: list(self._cells(rows[row])), lambda row: diff_mark(rows[row]))
        table.point(first_row(rows))

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _find(self, comparison: Comparison) -> None:
        len(comparison.rows)
        self.app.call_from_thread(self._found, comparison)

    def _found(self, comparison: Comparison) -> None:
        if comparison is self._comparison:
            self._fill(comparison)
            self._draw_detail()

    def _cells(self, row: DiffRow) -> list[tuple[str, str]]:
        assert self.scene is not None
        return list(diff_cells(self.scene, row))

    def _row(self) -> DiffRow | None:
        table = self.query_one("#differences", VirtualTable)
        rows = self._comparison.rows if self._comparison is not None and self._comparison.quick else ()
        return rows[table.cursor] if len(rows) > table.cursor else None

    def _draw_detail(self) -> None:
        assert self.scene is not None
        card = self.query_one("#detail", Card)
        card.titled("Before and now", f"{self.key('move.follow')} looks at it")
        if self._comparison is not None:
            card.show(detail_lines(self.scene, self._comparison, self._row()))

    @on(LineView.Moved, "#differences")
    def _to_row(self) -> None:
        self._draw_detail()

    @on(LineView.Followed, "#differences")
    def _to_thing(self) -> None:
        row = self._row()
        if row is not None and isinstance(row.source, Step):
            self.tell(Stepped(row.source.number, jump=True))
        elif row is not None and (target := self.target_of(row)) is not None:
            self.tell(self.going(target))

    def target_of(self, row: DiffRow) -> object:
        """What Enter on a row leads to."""
        return row.thing

    def going(self, target: object) -> Message:
        """How it leads there."""
        return Looked(target, jump=True)

    @on(LineView.Followed, "#detail")
    def _to_target(self) -> None:
        self.follow(self.query_one("#detail", Card).target)


def title_of(comparison: Comparison) -> Title:
    """What is compared; both sides stay in sight."""
    before, arrow, after = comparison.title.partition(" → ")
    return [("Difference  ", ""), (before, "name"), (arrow, ""), (after, "name")]
