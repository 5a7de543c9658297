"""View 6: why a thing is in the output: the paths to it, what alone keeps it, what would go with it, other reasons."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from wasmscope.debugger.lines import note
from wasmscope.debugger.panes.why_rows import (
    DOMINATOR_COLUMNS,
    DominatorRows,
    dominator_cells,
    path_lines,
    path_title,
    reason_lines,
    subject,
)
from wasmscope.debugger.scene import Scene
from wasmscope.explain.reasons.dominators import dominators
from wasmscope.explain.reasons.graph import kept_thing
from wasmscope.explain.symbols import Thing
from wasmscope.link.model import ObjectFile
from wasmscope.tui.messages import Asked, Looked
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.virtual_table import VirtualTable

AT_ONCE = 4_000
"""Things of a link whose dominators are counted before the view is drawn; of more in the background."""


class WhyView(View):
    """Why."""

    panes = ("path", "dominators", "reasons")
    alternates = ("dominators", "reasons")
    keys = (
        ("move.follow", "follow"),
        ("space.goto", "goto"),
        ("space.find", "find"),
        ("space.back", "back"),
    )
    _rows: DominatorRows | None = None
    _pointed: object = None
    """The dominators, and what of them the cursor was put on."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="upper"):
            yield Card(id="path", classes=self.look("path"))
            yield Card(id="reasons", classes=self.look("reasons"))
        yield VirtualTable(DOMINATOR_COLUMNS, id="dominators", classes=self.look("dominators"))

    def draw(self, scene: Scene) -> None:
        thing = subject(scene)
        path, reasons = self.query_one("#path", Card), self.query_one("#reasons", Card)
        ready = thing is not None and self._is_counted(scene)
        known = path_title(scene, thing if ready else None)
        path.titled(known, f"{self.key('move.follow')} opens the relocation of an edge")
        reasons.titled("Exported, imported, slot, address", f"{self.key('move.follow')} follows")
        if thing is None:
            path.show([note("· nothing is looked at: g goes to a name", "pending")])
            reasons.show([])
        else:
            path.show(path_lines(scene, thing) if ready else [note("· being counted", "pending")])
            reasons.show(reason_lines(scene, thing))
        self._draw_dominators(scene, thing)

    def _draw_dominators(self, scene: Scene, thing: Thing | None) -> None:
        table = self.query_one("#dominators", VirtualTable)
        if not self._is_counted(scene):
            table.titled("Dominators", "· being counted")
            table.show(0, lambda row: ())
            self._count(scene)
            return
        found = dominators(scene.link)
        rows = self._rows = DominatorRows(found, kept_thing(thing) if thing is not None else None)
        table.titled("What alone keeps it, and what would go with it", f"{self.key('move.follow')} looks at that")
        table.show(len(rows), lambda row: list(dominator_cells(scene, found, rows[row])), text=self._title)
        if self._pointed != (found, thing):  # else it is where the reader went
            self._pointed = found, thing
            table.point(rows.here)

    @staticmethod
    def _is_counted(scene: Scene) -> bool:
        """Whether all is known that paths and dominators are found with; of a small link it soon is."""
        kept = len(scene.link.mark.why) if scene.link.mark is not None else 0
        return scene.steps.dominators is not None or kept <= AT_ONCE

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _count(self, scene: Scene) -> None:
        dominators(scene.link)
        self.app.call_from_thread(self._counted, scene)

    def _counted(self, scene: Scene) -> None:
        if self.scene is not None and self.scene.opened is scene.opened:
            self.draw(self.scene)

    def _title(self, row: int) -> str:
        assert self._rows is not None
        assert self.scene is not None
        thing = self._rows[row].thing
        return self.scene.naming.of(thing) if thing is not None else ""

    @on(LineView.Followed, "#dominators")
    def _to_thing(self, event: LineView.Followed) -> None:
        if self._rows is None or isinstance(thing := self._rows[event.item].thing, ObjectFile):
            return
        if thing is None:
            self.tell(Asked("why ."))
        else:
            self.tell(Looked(thing, jump=True))

    @on(LineView.Followed, "#path")
    @on(LineView.Followed, "#reasons")
    def _to_target(self, event: LineView.Followed) -> None:
        assert isinstance(event.view, Card)
        self.follow(event.view.target)
