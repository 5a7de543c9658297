"""The six views of a finished module without its objects: the same panes in the same places as those of a link."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from wasmscope.debugger.comparing import DiffRow
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import note
from wasmscope.debugger.lone import cards, why
from wasmscope.debugger.lone.listing import ItemListing
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.session import LoneScene
from wasmscope.debugger.panes.why_rows import DominatorRows
from wasmscope.explain.alone.module_references import Item
from wasmscope.explain.comparing.diff import Entry
from wasmscope.format.tree import node_at
from wasmscope.tui.messages import Asked, AtBytes, Follow, Looked
from wasmscope.tui.views.arranged import Arrangement
from wasmscope.tui.views.bytes import BytesView, Panes, letter_here
from wasmscope.tui.views.diff import DiffView
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.code_view import CodeView
from wasmscope.tui.widgets.hex_view import HexView
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.virtual_table import VirtualTable

KEYS = (("move.follow", "follow"), ("space.goto", "goto"), ("space.find", "find"), ("space.back", "back"))


class LoneView(View):
    """What the views of a finished module have in common."""

    scene: LoneScene | None
    keys = KEYS
    _opened: OpenedModule | None = None

    def anew(self, scene: LoneScene) -> bool:
        """Whether another module is shown than before."""
        other, self._opened = scene.opened is not self._opened, scene.opened
        return other

    @on(LineView.Followed)
    def _to_target(self, event: LineView.Followed) -> None:
        if isinstance(event.view, Card):
            self.follow(event.view.target)


class ModuleView(LoneView):
    """View 1: the module as a whole, its memory, what it offers and needs."""

    panes = ("module", "memory", "exports", "imports")
    alternates = ("memory", "exports", "imports")

    def bring_up(self, pane: str) -> None:
        super().bring_up(pane)
        self.set_class(pane in ("exports", "imports"), "-below")

    def compose(self) -> ComposeResult:
        with Horizontal(classes="upper"):
            yield Card(id="module", classes=self.look("module"))
            yield Card(id="memory", classes=self.look("memory"))
        with Horizontal(classes="lower"):
            yield VirtualTable(cards.EXPORT_COLUMNS, id="exports", classes=self.look("exports"))
            yield VirtualTable(cards.IMPORT_COLUMNS, id="imports", classes=self.look("imports"))

    def draw(self, scene: LoneScene) -> None:
        if not (self.anew(scene) or self.moved):
            return
        lone, follows = scene.opened.lone, f"{self.key('move.follow')} follows"
        module, memory = self.query_one("#module", Card), self.query_one("#memory", Card)
        module.titled([("Module ", ""), (scene.opened.module.file.rpartition("/")[2], "name")], follows)
        module.show(cards.module_lines(scene))
        memory.titled("Memory at start", follows)
        memory.show(cards.memory_lines(scene))
        exports, imports = self.query_one("#exports", VirtualTable), self.query_one("#imports", VirtualTable)
        exports.titled(f"Exports {len(lone.exports):,}", follows)
        exports.show(len(lone.exports), lambda row: cards.export_cells(scene, row))
        imports.titled(f"Imports {len(lone.imports):,}", follows)
        imports.show(len(lone.imports), lambda row: cards.import_cells(scene, row))

    @on(LineView.Followed, "#exports")
    def _to_export(self, event: LineView.Followed) -> None:
        if self.scene is not None and self.scene.opened.lone.exports:
            one = self.scene.opened.lone.exports[event.item]
            self.tell(Follow(Item(one.kind, one.number)))

    @on(LineView.Followed, "#imports")
    def _to_import(self, event: LineView.Followed) -> None:
        if self.scene is not None and self.scene.opened.lone.imports:
            one = self.scene.opened.lone.imports[event.item]
            self.tell(Follow(Item(one.kind, one.number)))


class ItemsView(LoneView):
    """View 2: everything that has a number, one of them, its code."""

    panes = ("items", "thing", "code")
    alternates = ("code", "thing")
    leads = ("items",)
    _order: Arrangement
    _listing: ItemListing | None = None
    _listed: object = None

    def compose(self) -> ComposeResult:
        yield VirtualTable(cards.ITEM_COLUMNS, id="items", classes=self.look("items"))
        with Horizontal(classes="lower"):
            yield Card(id="thing", classes=self.look("thing"))
            yield CodeView(id="code", classes=self.look("code"))

    def draw(self, scene: LoneScene) -> None:
        table = self.query_one("#items", VirtualTable)
        if self.anew(scene):
            self._order = Arrangement("items", table)
            table.set_columns(cards.item_columns(scene.opened))
        if self._order.take(scene, len(scene.opened.rows)):
            table.show(len(self._order.rows), self._cells, self._mark)
        elif self.moved:
            table.changed()
        table.titled(f"Items {self._order.told(scene, table.count)}", f"{self.key('move.follow')}: its bytes")
        item = scene.place.item
        row = scene.opened.row_of.get(item) if item is not None else None
        position = self._order.position_of(scene, row)
        if position is not None:
            table.point(position)
        card, code = self.query_one("#thing", Card), self.query_one("#code", CodeView)
        name = scene.naming.of(item) if item is not None else "nothing"
        card.titled([(name, "name")], f"{self.key('move.follow')} follows")
        card.show(cards.item_lines(scene, item))
        if self.moved or item != self._listed:
            self._listed, self._listing = item, ItemListing(scene, item)
            code.show(len(self._listing), self._listing.line)
            code.point(0)
            what = "Code" if item is None or item.space == "function" else "Bytes"
            code.titled(what, f"{self.key('move.follow')}: what it names")

    def _cells(self, position: int) -> list[tuple[str, str]]:
        assert self.scene is not None
        return cards.item_cells(self.scene, self.scene.opened.rows[self._order.rows[position]])

    def _mark(self, position: int) -> tuple[str, str]:
        assert self.scene is not None
        return self.scene.note_mark(self.scene.opened.rows[self._order.rows[position]].item)

    @on(VirtualTable.HeadChosen, "#items")
    def _to_sort(self, event: VirtualTable.HeadChosen) -> None:
        self.tell(Asked(f"sort-by {event.table.columns[event.column].title}"))

    @on(LineView.Moved, "#items")
    def _to_item(self, event: LineView.Moved) -> None:
        if self.scene is not None and event.item < len(self._order.rows):
            self.tell(Looked(self.scene.opened.rows[self._order.rows[event.item]].item, jump=event.far))

    @on(LineView.Followed, "#items")
    def _to_bytes(self) -> None:
        self.tell(Follow())

    @on(LineView.Followed, "#code")
    def _to_named(self, event: LineView.Followed) -> None:
        item = self._listing.item_at(event.item) if self._listing is not None else None
        if item is not None:
            self.tell(Follow(item))


class KeptView(LoneView):
    """View 3: the relocations that were kept, if any were."""

    panes = ("relocs", "formula")
    alternates = ("formula",)
    leads = ("relocs",)
    _order: Arrangement

    def compose(self) -> ComposeResult:
        yield VirtualTable(cards.KEPT_COLUMNS, id="relocs", classes=self.look("relocs"))
        with Horizontal(classes="lower"):
            yield Card(id="formula", classes=self.look("formula"))

    def draw(self, scene: LoneScene) -> None:
        table, total = self.query_one("#relocs", VirtualTable), len(scene.opened.lone.relocations)
        if self.anew(scene):
            self._order = Arrangement("relocs", table)
        if self._order.take(scene, total):
            table.show(len(self._order.rows), self._cells, self._mark)
        elif self.moved:
            table.changed()
        table.titled(f"Relocations {self._order.told(scene, total)}", "kept by --emit-relocs" if total else "none kept")
        position = self._order.position_of(scene, scene.place.relocation)
        if position is not None:
            table.point(position)
        card = self.query_one("#formula", Card)
        card.titled("Relocation", f"{self.key('move.follow')} follows")
        card.show(cards.kept_lines(scene, min(scene.place.relocation, max(0, total - 1))))

    def _cells(self, position: int) -> list[tuple[str, str]]:
        assert self.scene is not None
        return cards.kept_cells(self.scene, self._order.rows[position])

    def _mark(self, position: int) -> tuple[str, str]:
        assert self.scene is not None
        return self.scene.note_mark(self.scene.opened.lone.relocations[self._order.rows[position]])

    @on(VirtualTable.HeadChosen, "#relocs")
    def _to_sort(self, event: VirtualTable.HeadChosen) -> None:
        self.tell(Asked(f"sort-by {event.table.columns[event.column].title}"))

    @on(LineView.Moved, "#relocs")
    def _to_relocation(self, event: LineView.Moved) -> None:
        if event.item < len(self._order.rows):
            self.tell(Looked(self._order.rows[event.item], jump=event.far))

    @on(LineView.Followed, "#relocs")
    def _to_bytes(self) -> None:
        self.tell(Follow())


class LoneBytesView(BytesView):
    """View 4: the bytes of the file, or of memory as it is at start."""

    keys = (
        ("space.previous-field space.next-field", "field"), ("space.other-side", "memory"), ("bytes.mode", "mode"),
        *KEYS,
    )  # fmt: skip

    def shown(self, scene: LoneScene) -> Panes | None:
        source = scene.source
        if not source.size:
            return None
        offset = max(0, min(scene.place.start, source.size - 1))
        path = node_at(source.tree, offset)[1:]
        memory = f"memory {scene.place.number}" if scene.place.number else "memory"
        title = f"{memory} at start" if source.memory else scene.opened.module.file.rpartition("/")[2]
        legend, here = "( ) relocation kept  !! error" if not source.memory else "", letter_here(source, offset)
        if self.query_one("#hex", HexView).mode == "origin":
            legend = here
        return Panes(source, source.tree, path, offset, title, legend, here, cards.byte_lines(scene, offset))

    def place_of(self, start: int, end: int, jump: bool) -> AtBytes:
        memory = self.scene is not None and self.scene.place.memory
        return AtBytes(None, start, end, jump=jump, memory=memory)


class LoneDiffView(DiffView):
    """View 5: the module and another one."""

    keys = (("app.command", "diff …"), *KEYS)

    def draw(self, scene: LoneScene) -> None:
        super().draw(scene)
        if scene.comparison is None:
            self.query_one("#differences", VirtualTable).titled("Difference", "")
            card, how = self.query_one("#detail", Card), f"diff FILE (after {self.key('app.command')}) does"
            card.titled("Before and now", "")
            card.show([note(f"nothing is compared yet: {how}", "pending")])

    def target_of(self, row: DiffRow) -> object:
        there = row.source.after if isinstance(row.source, Entry) else None
        return Byte(None, there.start) if there is not None and there.start >= 0 else None

    def going(self, target: object) -> Message:
        return Follow(target)


class LoneWhyView(LoneView):
    """View 6: the shortest way to an item, what alone keeps it, who names it."""

    panes = ("path", "dominators", "reasons")
    alternates = ("dominators", "reasons")
    _rows: DominatorRows | None = None
    _pointed: object = None
    """The dominators, and what of them the cursor was put on."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="upper"):
            yield Card(id="path", classes=self.look("path"))
            yield Card(id="reasons", classes=self.look("reasons"))
        yield VirtualTable(why.DOMINATOR_COLUMNS, id="dominators", classes=self.look("dominators"))

    def draw(self, scene: LoneScene) -> None:
        path, reasons = self.query_one("#path", Card), self.query_one("#reasons", Card)
        name = scene.naming.of(scene.place.item) if scene.place.item is not None else "the module"
        path.titled([("Why ", ""), (name, "name"), (" is there", "")], f"{self.key('move.follow')} looks at that")
        path.show(why.path_lines(scene))
        reasons.titled("References", f"{self.key('move.follow')} follows")
        reasons.show(why.reference_lines(scene))
        table, found = self.query_one("#dominators", VirtualTable), why.dominators(scene)
        if found is None:
            table.titled("Dominators", "· being counted")
            table.show(0, lambda row: ())
            return
        rows = self._rows = why.dominator_rows(scene, found)
        table.titled("What alone keeps it, and what would go with it", f"{self.key('move.follow')} looks at that")
        table.show(len(rows), lambda row: why.dominator_cells(scene, found, rows[row]))
        if self._pointed != (found, scene.place.item):  # else it is where the reader went
            self._pointed = found, scene.place.item
            table.point(rows.here)

    @on(LineView.Followed, "#dominators")
    def _to_thing(self, event: LineView.Followed) -> None:
        thing = self._rows[event.item].thing if self._rows is not None else None
        if thing is not None:
            self.tell(Follow(thing))
