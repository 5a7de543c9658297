"""A structure tree that opens lazily: only what is open is remembered, only what is seen is made and drawn.

A vector of 100,000 entries is one open node here: rows are counted, not listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from wasmscope.debugger.lines import Line
from wasmscope.format.node import Children, Node
from wasmscope.tui.text import cut, fit, width_of
from wasmscope.tui.widgets.line_view import LineView


class Branch:
    """An open node: its children, and those of them that are open in turn."""

    __slots__ = ("by_itself", "children", "depth", "index", "opened", "parent")

    def __init__(self, node: Node, parent: Branch | None, index: int, by_itself: bool) -> None:
        self.children: Children = node.children()
        self.parent = parent
        self.index = index
        """Which child of `parent` it is."""
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.opened: dict[int, Branch] = {}
        self.by_itself = by_itself
        """Opened to show the way to a byte, not by the reader: closed again when the way leads elsewhere."""

    @property
    def rows(self) -> int:
        """Lines that everything in it takes."""
        return len(self.children) + sum(one.rows for one in self.opened.values())

    def at(self, row: int) -> tuple[Branch, int]:
        """The branch and the index of the child that stands on `row` (from 0) of this one."""
        extra = 0
        for index in sorted(self.opened):
            inner = self.opened[index]
            if row <= index + extra:
                break
            if row <= index + extra + inner.rows:
                return inner.at(row - index - extra - 1)
            extra += inner.rows
        return self, row - extra

    def row_of(self, index: int) -> int:
        """The row, counted from the root, of child `index`."""
        row = index + sum(one.rows for at, one in self.opened.items() if at < index)
        return row if self.parent is None else self.parent.row_of(self.index) + 1 + row

    def way(self) -> Iterator[Branch]:
        """This branch and those around it."""
        here: Branch | None = self
        while here is not None:
            yield here
            here = here.parent


class TreeView(LineView):
    """The tree of one file."""

    HELP = (
        "Arrows move; {tree.open} or {move.follow} opens, {tree.close} closes or goes to the parent; "
        "the bytes follow the cursor."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "open", "open", show=False, id="tree.open"),
        Binding("left,h", "close", "close", show=False, id="tree.close"),
    ]

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._root: Branch | None = None
        self._marked: tuple[int, int] | None = None

    def mark(self, span: tuple[int, int] | None) -> None:
        """Mark with `*` what has bytes in `span` (start and end): the last step changed them."""
        if span != self._marked:
            self._marked = span
            self.changed()

    def show(self, root: Node | None) -> None:
        """Show what is in `root`, closed."""
        self._root = Branch(root, None, 0, False) if root is not None else None
        self.cursor = 0
        self.changed()
        if self.is_attached:
            self.scroll_to(y=0, animate=False, immediate=True)

    @property
    def count(self) -> int:
        return self._root.rows if self._root is not None else 0

    def _at(self, row: int) -> tuple[Branch, int]:
        assert self._root is not None
        return self._root.at(row)

    @property
    def node(self) -> Node | None:
        """The node under the cursor."""
        if not self.count:
            return None
        branch, index = self._at(self.cursor)
        return branch.children[index]

    def draw(self, y: int, width: int) -> Line:
        branch, index = self._at(y)
        node = branch.children[index]
        sign = " " if node.is_leaf else "▾" if index in branch.opened else "▸"
        size = f" {node.end - node.start:,}"
        lead = ("▶" if y == self.cursor else " ") + " " * min(2 * branch.depth, width // 3) + sign
        changed = self._marked is not None and node.start < self._marked[1] and node.end > self._marked[0]
        room = max(4, width - len(lead) - 1 - len(size))
        label = cut(node.label, room)
        text, role = node.value, "dim"
        if branch.depth == 0 and len(label) + len(text) + 1 > room:  # a section: its name and size say enough,
            text, role = ", ".join(text.split(", ")[2:]), "error"  # unless something is wrong with it
        left = room - width_of([(label, "")]) - 1
        value = f" {cut(text, left, name='::' in text)}" if text and left > 0 else ""
        used = width_of([(label, ""), (value, "")])
        star = ("*", "changed") if changed else (" ", "")
        return [(lead, ""), star, (label, ""), (value, role), (fit("", room - used), ""), (size, "dim")]

    # --- opening ------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        if not self.count:
            return
        branch, index = self._at(self.cursor)
        node = branch.children[index]
        if index in branch.opened:
            self.go(self.cursor + 1)
        elif not node.is_leaf:
            branch.opened[index] = Branch(node, branch, index, False)
            for one in branch.way():
                one.by_itself = False
            self.changed()

    def action_close(self) -> None:
        if not self.count:
            return
        branch, index = self._at(self.cursor)
        if index in branch.opened:
            del branch.opened[index]
            self.changed()
        elif branch.parent is not None:
            self.go(branch.parent.row_of(branch.index))

    def action_follow(self) -> None:
        if not self.count:
            return
        branch, index = self._at(self.cursor)
        if index in branch.opened:
            self.action_close()
        else:
            self.action_open()
        super().action_follow()

    def reveal(self, offset: int) -> None:
        """Open the way to the smallest node that holds `offset`, close the ways opened before, put the cursor there."""
        branch, opened = self._root, False
        found: tuple[Branch, int] | None = None
        while branch is not None:
            index = branch.children.index_at(offset)
            if index is None:
                break
            found = branch, index
            node = branch.children[index]
            if index not in branch.opened and not node.is_leaf:
                branch.opened[index] = Branch(node, branch, index, True)
                opened = True
            branch = branch.opened.get(index)
        if found is None or self._root is None:
            return
        closed = _close_others(self._root, set(found[0].way()))
        row = found[0].row_of(found[1])
        if opened or closed or row != self.cursor:
            self.cursor = row
            self._measure()
            self.keep_in_sight(centre=True)
            self.changed()  # where it is in sight now: no other line is drawn


def _close_others(branch: Branch, kept: set[Branch]) -> bool:
    """Close what was opened by itself and is not in `kept`; whether anything was."""
    closed = False
    for index, inner in list(branch.opened.items()):
        if inner.by_itself and inner not in kept:
            del branch.opened[index]
            closed = True
        else:
            closed |= _close_others(inner, kept)
    return closed
