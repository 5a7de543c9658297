"""View 2: every symbol as it is at this step, how its name was resolved, who names it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from wasmscope.debugger.lines import CardLine, note
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.phases import tally
from wasmscope.debugger.panes.symbol_rows import (
    COLUMNS,
    record_cells,
    reference_lines,
    resolution_lines,
    symbol_cells,
    symbol_mark,
)
from wasmscope.debugger.scene import Scene
from wasmscope.link.model import Symbol
from wasmscope.tui.messages import Asked, Follow, Looked
from wasmscope.tui.views.arranged import Arrangement
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.virtual_table import VirtualTable


class SymbolsView(View):
    """The symbol table."""

    panes = ("symbols", "resolution", "references")
    alternates = ("resolution", "references")
    leads = ("symbols",)
    keys = (
        ("time.step time.step-back", "step"),
        ("time.over time.over-back", "over"),
        ("time.run time.run-back", "run"),
        ("space.find", "find"),
        ("space.find-next space.find-previous", "next"),
        ("move.follow", "its atom"),
        ("space.back", "back"),
    )
    _opened: Opened | None = None
    _symbols: list[Symbol]
    _rows: dict[Symbol, int]
    _order: Arrangement

    def compose(self) -> ComposeResult:
        yield VirtualTable(COLUMNS, id="symbols", classes=self.look("symbols"))
        with Horizontal(classes="lower"):
            yield Card(id="resolution", classes=self.look("resolution"))
            yield Card(id="references", classes=self.look("references"))

    def draw(self, scene: Scene) -> None:
        table = self.query_one("#symbols", VirtualTable)
        if scene.opened is not self._opened:
            self._opened = scene.opened
            self._symbols, self._rows = scene.opened.symbols, scene.opened.symbol_rows
            self._order = Arrangement("symbols", table)
            if scene.link.resolve is None:
                records = scene.opened.records
                table.show(len(records), lambda row: record_cells(scene, *records[row]), lambda row: ("", ""))
        other = self._order.take(scene, len(self._symbols))
        if other and scene.link.resolve is not None:
            table.show(len(self._order.rows), self._cells, self._mark)
        elif self.moved:
            table.changed()
        met = tally(scene.before.symbols, scene.now.symbols)
        left = tally(scene.before.undefined, scene.now.undefined)
        told = self._order.told(scene, table.count)
        table.titled(f"Symbols {told}", f"{met} names met, {left} undefined")
        symbol = scene.place.symbol
        position = self._order.position_of(scene, self._rows.get(symbol)) if symbol is not None else None
        if position is not None:
            table.point(position)
        elif symbol is None and self._order.rows:
            symbol = self._symbol(table.cursor)
        self._draw_panels(scene, symbol)

    def _draw_panels(self, scene: Scene, symbol: Symbol | None) -> None:
        left, right = self.query_one("#resolution", Card), self.query_one("#references", Card)
        left.titled("Resolution", f"{self.key('move.follow')}: go to the step")
        right.titled("Why and references", f"{self.key('move.follow')} follows")
        if symbol is None:
            left.show(_unresolved(scene))
            right.show([])
            return
        left.show(resolution_lines(scene, symbol))
        right.show(reference_lines(scene, symbol))

    def _symbol(self, position: int) -> Symbol:
        return self._symbols[self._order.rows[position]]

    def _cells(self, position: int) -> list[tuple[str, str]]:
        assert self.scene is not None
        return list(symbol_cells(self.scene, self._symbol(position)))

    def _mark(self, position: int) -> tuple[str, str]:
        assert self.scene is not None
        return symbol_mark(self.scene, self._symbol(position))

    @on(VirtualTable.HeadChosen, "#symbols")
    def _to_sort(self, event: VirtualTable.HeadChosen) -> None:
        self.tell(Asked(f"sort-by {event.table.columns[event.column].title}"))

    @on(LineView.Moved, "#symbols")
    def _to_symbol(self, event: LineView.Moved) -> None:
        if event.item < len(self._order.rows):
            self.tell(Looked(self._symbol(event.item), jump=event.far))

    @on(LineView.Followed, "#symbols")
    def _to_atom(self) -> None:
        self.tell(Follow())

    @on(LineView.Followed, "#resolution")
    @on(LineView.Followed, "#references")
    def _to_target(self, event: LineView.Followed) -> None:
        assert isinstance(event.view, Card)
        self.follow(event.view.target)


def _unresolved(scene: Scene) -> list[CardLine]:
    """What there is instead of a symbol to be told about."""
    if scene.link.resolve is not None:
        return [note("the link has no symbol", "pending")]
    shown = "these are the objects' own records" if scene.opened.records else "no object could be read"
    return [note(f"nothing is resolved: {shown}", "pending")]
