"""View 4: the bytes of the output or of an input at this step, their structure, and what the byte at the cursor is."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from wasmscope.debugger.cursor import RELOCS
from wasmscope.debugger.lines import note
from wasmscope.debugger.panes.bytes_source import LETTERS, InputBytes, OutputBytes
from wasmscope.debugger.panes.inspector import Byte, inspector_lines
from wasmscope.debugger.panes.structure import source_at, structure_of
from wasmscope.debugger.scene import Scene
from wasmscope.explain.origin import atom_at, destination, origin, relocation_over
from wasmscope.explain.symbols import Mention
from wasmscope.format.node import Node
from wasmscope.format.tree import node_at
from wasmscope.link.model import ObjectFile
from wasmscope.tui.messages import AtBytes, Looked
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
        ("bytes.previous-field bytes.next-field", "field"),
        ("space.previous-relocation space.next-relocation", "reloc"),
        ("bytes.other-side", "in/out"),
        ("bytes.mode", "mode"),
        ("space.goto", "goto"),
        ("space.back", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "other_side", "the same byte in the input, or in the output", show=False, id="bytes.other-side"),
        Binding("p", "mode", "labels or origins under the bytes", show=False, id="bytes.mode"),
        Binding("left_square_bracket", "field(-1)", "previous field", show=False, id="bytes.previous-field"),
        Binding("right_square_bracket", "field(1)", "next field", show=False, id="bytes.next-field"),
    ]
    _source: OutputBytes | InputBytes | None = None
    _root: Node | None = None
    _shown: ObjectFile | None = None

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
        card.titled("Inspector", f"{self.key('bytes.other-side')}: other side")
        card.show(inspector_lines(scene, self._source, offset, [(one.label, one.value) for one in path]))

    def _draw_nothing(self) -> None:
        self.query_one("#structure", TreeView).show(None)
        self.query_one("#hex", HexView).show(0, lambda a, b: b"", lambda a, b: ())
        self.query_one("#inspector", Card).show([note("no bytes: nothing could be read", "pending")])

    def _draw_tree(self, source: OutputBytes | InputBytes, offset: int) -> Node:
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

    def _draw_hex(self, scene: Scene, source: OutputBytes | InputBytes, offset: int, path: list[Node]) -> None:
        view = self.query_one("#hex", HexView)
        file = scene.place.file
        if self.moved or file is not self._shown:
            self._shown = file
            view.show(source.size, source.fetch, source.spans, 0, source.letters, source.mark)
        place = scene.place
        whole = (place.start, place.end)
        if not 1 < place.end - place.start <= FIELD:
            whole = (path[-1].start, path[-1].end) if path else (offset, offset + 1)
        if whole[1] - whole[0] > FIELD:
            whole = (offset, offset + 1)
        view.set_field(*whole)  # a whole function or section is no field: it is not underlined
        view.point(offset)
        name = (
            scene.naming.file(source.file)
            if isinstance(source, InputBytes)
            else f"output {scene.link.options.output or 'a.out'}"
        )
        mode = "" if view.mode == "bytes" else f"  {view.mode}"
        view.titled(f"Bytes  {name}  {offset:#x} of {source.size:#x}{mode}", legend(scene, view.mode))

    # --- keys ---------------------------------------------------------------------------------------------------

    def action_mode(self) -> None:
        view = self.query_one("#hex", HexView)
        view.set_mode(MODES[(MODES.index(view.mode) + 1) % len(MODES)])
        if self.scene is not None:
            self.draw(self.scene)

    def action_field(self, by: int) -> None:
        """To the field before or after the one at the cursor: the smallest parts of the structure."""
        if self._source is None or self._root is None:
            return
        offset = self.query_one("#hex", HexView).cursor
        path = node_at(self._root, offset)
        here = path[-1] if path else None
        target = (here.end if by > 0 else here.start - 1) if here is not None else offset + by
        if not 0 <= target < self._source.size:
            return
        path = node_at(self._root, target)[1:]
        if path:
            self._go(path[-1].start, path[-1].end)

    def action_other_side(self) -> None:
        """From a byte of the output to the input byte that it is from, and back."""
        scene, source = self.scene, self._source
        if scene is None or source is None or scene.link.emit is None:
            self.notify("the link made no output", markup=False)
            return
        offset = self.query_one("#hex", HexView).cursor
        if isinstance(source, InputBytes):
            went = destination(scene.link, source.file, offset)
            if went is None:
                self.notify("this byte is not copied to the output", markup=False)
            else:
                self.post_message(AtBytes(None, went, went + 1, jump=True))
            return
        made = origin(scene.link, offset)
        if made.file is None:
            self.notify(f"made by the linker: {made.rule}", markup=False)
        else:
            self.post_message(AtBytes(made.file, made.input_offset, made.input_offset + 1, jump=True))

    def _file(self) -> ObjectFile | None:
        return self._source.file if isinstance(self._source, InputBytes) else None

    def _go(self, start: int, end: int) -> None:
        self.post_message(AtBytes(self._file(), start, end))

    @on(LineView.Moved, "#hex")
    def _to_byte(self, event: LineView.Moved) -> None:
        self._go(event.item, event.item + 1)

    @on(LineView.Moved, "#structure")
    def _to_node(self) -> None:
        node = self.query_one("#structure", TreeView).node
        if node is not None:
            self._go(node.start, node.end)

    @on(LineView.Followed, "#hex")
    def _to_relocation(self, event: LineView.Followed) -> None:
        scene, source = self.scene, self._source
        if scene is None or source is None:
            return
        if isinstance(source, InputBytes):
            atom = atom_at(source.file, event.item) if source.taken else None
            row = relocation_over(atom, event.item - atom.start) if atom is not None else None
            mention = Mention(atom, row) if atom is not None and row is not None else None
        else:
            made = origin(scene.link, event.item)
            atom, mention = made.atom, made.relocation
        if mention is not None:
            self.post_message(Looked(mention, view=RELOCS, jump=True))
        elif atom is not None:
            self.post_message(Looked(atom, jump=True))

    @on(LineView.Followed, "#inspector")
    def _to_target(self) -> None:
        target = self.query_one("#inspector", Card).target
        if isinstance(target, Byte):
            self.post_message(AtBytes(target.file, target.offset, target.offset + 1, jump=True))
        elif isinstance(target, Mention):
            self.post_message(Looked(target, view=RELOCS, jump=True))
        else:
            self.follow(target)


def legend(scene: Scene, mode: str) -> str:
    """What the brackets mean; or which letter is whose."""
    if mode != "origin" or scene.link.load is None:
        return LEGEND
    files = scene.link.load.files[: len(LETTERS)]
    return "  ".join(f"{LETTERS[i]} {scene.naming.file(file)}" for i, file in enumerate(files)) + "  L linker"
