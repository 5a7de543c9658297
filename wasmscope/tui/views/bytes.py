"""View 4: the bytes of the output or of an input at this step, their structure, and what the byte at the cursor is."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from wasmscope.debugger.lines import note
from wasmscope.debugger.panes.bytes_source import LETTERS, InputBytes
from wasmscope.debugger.panes.inspector import inspector_lines
from wasmscope.debugger.panes.memory_source import MemoryBytes
from wasmscope.debugger.panes.structure import Source, source_at, source_title, structure_of
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


class BytesView(View):
    """The bytes."""

    panes = ("hex", "structure", "inspector")
    alternates = ("inspector", "structure")
    keys = (
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
    _source: Source | None = None
    _root: Node | None = None
    _shown: object = None

    def compose(self) -> ComposeResult:
        yield TreeView(id="structure", classes=self.look("structure"))
        yield HexView(id="hex", classes=self.look("hex"))
        yield Card(id="inspector", classes=self.look("inspector"))

    def draw(self, scene: Scene) -> None:
        place = scene.place
        self._source = source_at(scene)
        if self._source is None:
            self._draw_nothing()
            return
        offset = max(0, min(place.start, self._source.size - 1))
        root = self._draw_tree(self._source, offset)
        path = node_at(root, offset)[1:]
        self._draw_hex(scene, self._source, offset, path)
        card = self.query_one("#inspector", Card)
        card.titled("Inspector", f"{self.key('space.other-side')}: other space")
        card.show(inspector_lines(scene, self._source, offset, [(one.label, one.value) for one in path]))

    def _draw_nothing(self) -> None:
        self.query_one("#structure", TreeView).show(None)
        self.query_one("#hex", HexView).show(0, lambda a, b: b"", lambda a, b: ())
        self.query_one("#inspector", Card).show([note("no bytes: nothing could be read", "pending")])

    def _draw_tree(self, source: Source, offset: int) -> Node:
        view = self.query_one("#structure", TreeView)
        root = structure_of(source)
        if root is not self._root:
            self._root = root
            view.show(root)
        if self.moved:
            view.mark(source.changed())
        if not view.has_focus:
            view.reveal(offset)
        view.titled("Structure")
        return root

    def _draw_hex(self, scene: Scene, source: Source, offset: int, path: list[Node]) -> None:
        view = self.query_one("#hex", HexView)
        shown = scene.place.memory or scene.place.file
        if self.moved or shown is not self._shown:
            self._shown = shown
            view.show(source.size, source.fetch, source.spans, 0, source.letters, source.mark)
        place = scene.place
        whole = (place.start, place.end)
        if not 1 < place.end - place.start <= FIELD:
            whole = (path[-1].start, path[-1].end) if path else (offset, offset + 1)
        if whole[1] - whole[0] > FIELD:
            whole = (offset, offset + 1)
        view.set_field(*whole)  # a whole function or section is no field: it is not underlined
        view.point(offset)
        name = source_title(scene, source)
        mode = "" if view.mode == "bytes" else f"  {view.mode}"
        view.titled(f"Bytes  {name}  {offset:#x} of {source.size:#x}{mode}", legend(scene, view.mode))

    # --- keys ---------------------------------------------------------------------------------------------------

    def action_mode(self) -> None:
        view = self.query_one("#hex", HexView)
        view.set_mode(MODES[(MODES.index(view.mode) + 1) % len(MODES)])
        if self.scene is not None:
            self.draw(self.scene)

    def _go(self, start: int, end: int, jump: bool) -> None:
        file = self._source.file if isinstance(self._source, InputBytes) else None
        self.post_message(AtBytes(file, start, end, jump=jump, memory=isinstance(self._source, MemoryBytes)))

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
        self.post_message(Follow())

    @on(LineView.Followed, "#inspector")
    def _to_target(self) -> None:
        self.follow(self.query_one("#inspector", Card).target)


def legend(scene: Scene, mode: str) -> str:
    """What the brackets mean; or which letter is whose."""
    if mode != "origin" or scene.link.load is None:
        return LEGEND
    files = scene.link.load.files[: len(LETTERS)]
    return "  ".join(f"{LETTERS[i]} {scene.naming.file(file)}" for i, file in enumerate(files)) + "  L linker"
