"""View 4: the bytes of the output or of an input at this step, their structure, and what the byte at the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from wasmscope.debugger.lines import CardLine, note
from wasmscope.debugger.panes.bytes_source import LETTERS, InputBytes
from wasmscope.debugger.panes.inspector import inspector_lines
from wasmscope.debugger.panes.structure import source_at, source_title, structure_of
from wasmscope.debugger.scene import Scene
from wasmscope.format.node import Node
from wasmscope.format.tree import node_at
from wasmscope.tui.messages import AtBytes, Follow
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.hex_view import HexView
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.tree_view import TreeView

LEGEND = "( ) patched  < > now  { } pending  [ ] linker"
FIELD = 64
"""Bytes of the longest field that is underlined."""
MODES = ("bytes", "labels", "origin")


class Panes(NamedTuple):
    """What the three panes show."""

    source: Any
    """Bytes: their `size`, `fetch`, `spans`, `letters`, `whose` and `mark`."""
    root: Node
    path: list[Node]
    """The nodes around the byte, outermost first."""
    offset: int
    title: str
    legend: str
    here: str
    """What the letter of the byte stands for."""
    card: list[CardLine]
    changed: tuple[int, int] | None = None
    """The bytes that the last step changed."""


class BytesView(View):
    """The bytes."""

    panes = ("hex", "structure", "inspector")
    alternates = ("inspector", "structure")
    leads = ("hex", "structure")
    keys: ClassVar[Sequence[tuple[str, str]]] = (
        ("time.step time.step-back", "step"),
        ("space.previous-field space.next-field", "field"),
        ("space.previous-relocation space.next-relocation", "reloc"),
        ("space.other-side", "space"),
        ("bytes.mode", "mode"),
        ("space.goto", "goto"),
        ("space.back", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "mode", "labels or origins under the bytes", show=False, id="bytes.mode"),
    ]
    _root: Node | None = None
    _shown: object = None

    def compose(self) -> ComposeResult:
        yield TreeView(id="structure", classes=self.look("structure"))
        yield HexView(id="hex", classes=self.look("hex"))
        yield Card(id="inspector", classes=self.look("inspector"))

    def shown(self, scene: Any) -> Panes | None:
        """What the panes show; None when there are no bytes."""
        source = source_at(scene)
        if source is None:
            return None
        root, offset = structure_of(source), max(0, min(scene.place.start, source.size - 1))
        path = node_at(root, offset)[1:]
        card = inspector_lines(scene, source, offset, [(one.label, one.value) for one in path])
        words = legend(scene, self.query_one("#hex", HexView).mode, source, offset)
        title, here = source_title(scene, source), letter_here(source, offset)
        return Panes(source, root, path, offset, title, words, here, card, source.changed())

    def draw(self, scene: Any) -> None:
        found = self.shown(scene)
        if found is None:
            self._draw_nothing()
            return
        self._draw_tree(scene, found)
        self._draw_hex(scene, found)
        card = self.query_one("#inspector", Card)
        card.titled("Inspector", f"{self.key('space.other-side')}: other space")
        card.show(found.card)

    def _draw_nothing(self) -> None:
        self.query_one("#structure", TreeView).show(None)
        self.query_one("#hex", HexView).show(0, lambda a, b: b"", lambda a, b: ())
        self.query_one("#inspector", Card).show([note("no bytes: nothing could be read", "pending")])
        for pane, title in (("structure", "Structure"), ("hex", "Bytes"), ("inspector", "Inspector")):
            self.query_one(f"#{pane}", LineView).titled(title, "")
        self.query_one("#hex", HexView).explained("", "")

    def _draw_tree(self, scene: Any, found: Panes) -> None:
        view = self.query_one("#structure", TreeView)
        if found.root is not self._root:
            self._root = found.root
            view.show(found.root)
        if self.moved:
            view.mark(found.changed)
        if not view.has_focus or view.node is None or view.node.start != scene.place.start:  # not where the reader went
            view.reveal(found.offset)
        view.titled("Structure")

    def _draw_hex(self, scene: Any, found: Panes) -> None:
        view, source, offset, place = self.query_one("#hex", HexView), found.source, found.offset, scene.place
        if self.moved or found.root is not self._shown:
            self._shown = found.root
            view.show(source.size, source.fetch, source.spans, 0, source.letters, source.mark)
        whole = (place.start, place.end)
        if not 1 < place.end - place.start <= FIELD:
            whole = (found.path[-1].start, found.path[-1].end) if found.path else (offset, offset + 1)
        if whole[1] - whole[0] > FIELD:
            whole = (offset, offset + 1)
        view.set_field(*whole)  # a whole function or section is no field: it is not underlined
        view.point(offset)
        mode = "" if view.mode == "bytes" else f"  {view.mode}"
        view.titled([("Bytes  ", ""), (found.title, "name"), (f"  {offset:#x} of {source.size:#x}{mode}", "")])
        view.explained(found.legend, found.here)

    # --- keys ---------------------------------------------------------------------------------------------------

    def action_mode(self) -> None:
        view = self.query_one("#hex", HexView)
        view.set_mode(MODES[(MODES.index(view.mode) + 1) % len(MODES)])
        if self.scene is not None:
            self.draw(self.scene)

    def place_of(self, start: int, end: int, jump: bool) -> AtBytes:
        """Bytes `start` to `end` of what is shown."""
        place = self.scene.place
        file = source.file if isinstance(source := source_at(self.scene), InputBytes) else None
        return AtBytes(file, start, end, jump=jump, memory=place.memory)

    def _go(self, start: int, end: int, jump: bool) -> None:
        self.tell(self.place_of(start, end, jump))

    @on(LineView.Moved, "#hex")
    def _to_byte(self, event: LineView.Moved) -> None:
        self._go(event.item, event.item + 1, event.far)

    @on(LineView.Moved, "#structure")
    def _to_node(self, event: LineView.Moved) -> None:
        node = self.query_one("#structure", TreeView).node
        if node is not None:
            self._go(node.start, node.end, event.far)

    @on(LineView.Followed, "#hex")
    def _to_relocation(self) -> None:
        self.tell(Follow())

    @on(LineView.Followed, "#inspector")
    def _to_target(self) -> None:
        self.follow(self.query_one("#inspector", Card).target)


def legend(scene: Scene, mode: str, source: Any, offset: int) -> str:
    """What the brackets mean; or which letter is whose, that of the byte at `offset` also where it is no file's, or
    where there are more files than letters."""
    if mode != "origin" or scene.link.load is None:
        return LEGEND
    count = len(scene.link.load.files)
    few = scene.link.load.files if count <= len(LETTERS) else []
    files, whose = [scene.naming.file(one) for one in few], source.whose(offset)
    here = "" if whose in ("linker", *files) else letter_here(source, offset)
    letters = (f"{letter} {file}" for letter, file in zip(LETTERS, files, strict=False))
    shared = "" if few else f"{count:,} files share {len(LETTERS)} letters"
    return "  ".join(filter(None, (here, *letters, "L linker", shared)))


def letter_here(source: Any, offset: int) -> str:
    """The letter of the byte at `offset`, and what it stands for."""
    whose = source.whose(offset)
    return f"{source.letters(offset, offset + 1)} here: {whose}" if whose else ""
