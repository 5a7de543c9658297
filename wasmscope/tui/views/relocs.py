"""View 3: every relocation at this step, the formula of one of them, and its instruction before and after."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from wasmscope.debugger.lines import note
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.listing import Listing
from wasmscope.debugger.panes.reloc_rows import COLUMNS, formula_lines, reloc_cells, reloc_mark
from wasmscope.debugger.panes.reloc_table import RelocRows
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import bound
from wasmscope.explain.symbols import Mention
from wasmscope.tui.messages import Asked, Follow, Looked
from wasmscope.tui.views.arranged import Arrangement
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.code_view import CodeView
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.virtual_table import VirtualTable


class RelocsView(View):
    """The relocation table."""

    panes = ("relocs", "formula", "code")
    alternates = ("formula", "code")
    leads = ("relocs",)
    keys = (
        ("time.step time.step-back", "step"),
        ("time.over time.over-back", "over"),
        ("space.previous-relocation space.next-relocation", "relocation"),
        ("time.run time.run-back", "run"),
        ("space.find", "find"),
        ("move.follow", "bytes"),
        ("space.back", "back"),
    )
    _opened: Opened | None = None
    _rows: RelocRows
    _order: Arrangement
    _apart: Mention | None = None
    """What is looked at and not among the rows: of an atom that is not in the output. It has a row of its own."""
    _listing: Listing | None = None
    _listed: Mention | None = None

    def compose(self) -> ComposeResult:
        yield VirtualTable(COLUMNS, id="relocs", classes=self.look("relocs"))
        with Horizontal(classes="lower"):
            yield Card(id="formula", classes=self.look("formula"))
            yield CodeView(id="code", classes=self.look("code"))

    def draw(self, scene: Scene) -> None:
        table = self.query_one("#relocs", VirtualTable)
        if scene.opened is not self._opened:
            self._opened = scene.opened
            self._rows = scene.opened.relocations
            self._order = Arrangement("relocations", table)
        before, self._apart = self._apart, self._without_row(scene)
        if self._order.take(scene, len(self._rows)) or self._apart != before:
            table.show(len(self._order.rows) + (self._apart is not None), self._cells, self._mark)
        elif self.moved:
            table.changed()
        done = scene.now.done[5]
        told = self._order.told(scene, len(self._rows))
        table.titled(f"Relocations {told}", f"{done:,} patched" if self._rows.applied else "none applied")
        mention = self._chosen(scene, table)
        self._draw_panels(scene, mention)

    def _chosen(self, scene: Scene, table: VirtualTable) -> Mention | None:
        mention = scene.place.relocation
        row = self._rows.row_of(mention) if mention is not None else None
        position = self._order.position_of(scene, row) if self._apart is None else len(self._order.rows)
        if position is not None:
            table.point(position)
        elif mention is None and len(self._order.rows):
            mention = self._mention(table.cursor)
        return mention

    def _draw_panels(self, scene: Scene, mention: Mention | None) -> None:
        formula, code = self.query_one("#formula", Card), self.query_one("#code", CodeView)
        formula.titled("Formula", f"{self.key('move.follow')}: the step that made it")
        if mention is None:
            formula.show([note("no relocation", "pending")])
            code.titled("Before / after")
            code.show(0, lambda i: (_ for _ in ()).throw(IndexError(i)))
            return
        formula.show(formula_lines(scene, mention))
        if not self.moved and mention == self._listed:
            return
        self._listed = mention
        self._listing = Listing(scene, mention.atom, mention)
        code.show(len(self._listing), self._listing.line)
        code.point(self._listing.split)
        code.titled(
            [("Before / after  ", ""), (scene.naming.of(mention.atom), "name")],
            [(scene.naming.file(mention.atom.file), "name")],
        )

    def _without_row(self, scene: Scene) -> Mention | None:
        mention = scene.place.relocation
        return mention if mention is not None and self._rows.row_of(mention) is None else None

    def _mention(self, position: int) -> Mention:
        if self._apart is not None and position == len(self._order.rows):
            return self._apart
        return self._rows[self._order.rows[position]]

    def _cells(self, position: int) -> list[tuple[str, str]]:
        assert self.scene is not None
        row = self._order.rows[position] if position < len(self._order.rows) else None
        return list(reloc_cells(self.scene, row, self._mention(position)))

    def _mark(self, position: int) -> tuple[str, str]:
        assert self.scene is not None
        return reloc_mark(self.scene, self._mention(position))

    @on(VirtualTable.HeadChosen, "#relocs")
    def _to_sort(self, event: VirtualTable.HeadChosen) -> None:
        self.tell(Asked(f"sort-by {event.table.columns[event.column].title}"))

    @on(LineView.Moved, "#relocs")
    def _to_relocation(self, event: LineView.Moved) -> None:
        self.tell(Looked(self._mention(event.item), jump=event.far))

    @on(LineView.Followed, "#relocs")
    def _to_bytes(self) -> None:
        self.tell(Follow())

    @on(LineView.Followed, "#formula")
    def _to_target(self) -> None:
        self.follow(self.query_one("#formula", Card).target)

    @on(LineView.Followed, "#code")
    def _to_callee(self, event: LineView.Followed) -> None:
        mention = self._listing.mention_at(event.item) if self._listing is not None else None
        symbol = bound(self.scene.link, *mention) if mention is not None and self.scene is not None else None
        if symbol is not None:
            self.tell(Looked(symbol, jump=True))
