"""A structure tree that opens lazily: only what is open is a row, only what is seen is drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from wasmscope.tui.palette import Line
from wasmscope.tui.text import cut, fit, width_of
from wasmscope.tui.widgets.line_view import LineView


class TreeNode(Protocol):
    """A named run of bytes, `start` to `end`, that may have parts."""

    @property
    def label(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def value(self) -> str: ...
    @property
    def leaf(self) -> bool: ...
    def children(self) -> Sequence[TreeNode]: ...


class _Entry:
    """A row: a node, how deep it lies, and whether it is open; None when it is not known yet to have parts."""

    __slots__ = ("depth", "node", "open", "parts")

    def __init__(self, node: TreeNode, depth: int) -> None:
        self.node = node
        self.depth = depth
        self.open = False
        self.parts: Sequence[TreeNode] | None = None

    def unfold(self) -> list[_Entry]:
        if self.parts is None:
            self.parts = self.node.children()
        return [_Entry(part, self.depth + 1) for part in self.parts]


class TreeView(LineView):
    """The tree of one file."""

    HELP = "Arrows move; right or Enter opens, left closes or goes to the parent; the bytes follow the cursor."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "open", "open", show=False, id="tree.open"),
        Binding("left,h", "close", "close", show=False, id="tree.close"),
    ]

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._entries: list[_Entry] = []

    def show(self, roots: Sequence[TreeNode]) -> None:
        """Show these nodes, closed."""
        self._entries = [_Entry(node, 0) for node in roots]
        self.cursor = 0
        self.changed()
        self.scroll_to(y=0, animate=False, immediate=True)

    @property
    def count(self) -> int:
        return len(self._entries)

    @property
    def node(self) -> TreeNode | None:
        """The node under the cursor."""
        return self._entries[self.cursor].node if self._entries else None

    def draw(self, y: int, width: int) -> Line:
        entry = self._entries[y]
        node = entry.node
        sign = " " if node.leaf or (entry.parts is not None and not entry.parts) else "▾" if entry.open else "▸"
        size = f" {node.end - node.start:,}"
        indent = min(2 * entry.depth, width // 3)
        lead = ("▶" if y == self.cursor else " ") + " " * indent + sign + " "
        label = cut(node.label, max(4, width - len(lead) - len(size) - 1))
        line = [(lead, ""), (label, ""), (" ", ""), (node.value, "dim")]
        room = width - len(size)
        if width_of(line) > room:
            line[3] = (cut(node.value, max(0, room - width_of(line[:3]))), "dim")
        return [*line, (fit("", room - width_of(line)), ""), (size, "dim")]

    # --- opening ------------------------------------------------------------------------------------------------

    def _open(self, row: int) -> bool:
        """Open the entry at `row`; False if it has no parts."""
        entry = self._entries[row]
        if not entry.open:
            parts = entry.unfold()
            if not parts:
                return False
            entry.open = True
            self._entries[row + 1 : row + 1] = parts
        return True

    def _close(self, row: int) -> None:
        entry = self._entries[row]
        end = row + 1
        while end < len(self._entries) and self._entries[end].depth > entry.depth:
            end += 1
        del self._entries[row + 1 : end]
        entry.open = False

    def action_open(self) -> None:
        if not self._entries:
            return
        if self._entries[self.cursor].open:
            self.go(self.cursor + 1)
            return
        self._open(self.cursor)
        self.changed()

    def action_close(self) -> None:
        if not self._entries:
            return
        entry = self._entries[self.cursor]
        if entry.open:
            self._close(self.cursor)
            self.changed()
            return
        parent = self.cursor
        while parent > 0 and self._entries[parent].depth >= entry.depth:
            parent -= 1
        if self._entries[parent].depth < entry.depth:
            self.go(parent)

    def action_follow(self) -> None:
        if self._entries and self._entries[self.cursor].open:
            self.action_close()
        else:
            self.action_open()
        super().action_follow()

    def reveal(self, offset: int) -> None:
        """Open the way to the smallest node that holds `offset` and put the cursor on it."""
        row = self._row_over(offset)
        opened = False
        while row >= 0 and not self._entries[row].open and self._open(row):
            opened = True
            row = self._row_over(offset)
        if row < 0:
            return
        if opened:
            self.cursor = row
            self.changed()
            self.keep_in_sight(centre=True)
        elif row != self.cursor:
            self.point(row)

    def _row_over(self, offset: int) -> int:
        """The innermost row that holds `offset`; -1 if none does. Rows are in the order of their starts."""
        row = bisect_right(self._entries, offset, key=lambda one: one.node.start) - 1
        while row >= 0 and self._entries[row].node.end <= offset:
            depth = self._entries[row].depth
            while row >= 0 and self._entries[row].depth >= depth:  # out to the parent
                row -= 1
        return row
