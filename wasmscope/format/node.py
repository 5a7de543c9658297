"""A tree over the bytes of a file that is made only where somebody looks.

Every node is a stretch of bytes with a label and a value. Children are made when they are asked for; those that are
entries of a long vector one by one, found by bisection over where the entries begin.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from wasmscope.format.on_demand import OnDemand

Make = Callable[[int, int, int], "Node"]
"""Makes the node of an entry from its number, its start and its end."""


class Children(OnDemand["Node"]):
    """The nodes of `head`, then one node for each entry, then those of `tail`.

    `starts` are where the entries begin and, last, where the last one ends, counted from `base`.
    """

    __slots__ = ("_base", "_made", "_make", "_starts", "head", "tail")

    def __init__(
        self,
        head: Sequence[Node] = (),
        starts: Sequence[int] = (),
        make: Make | None = None,
        tail: Sequence[Node] = (),
        base: int = 0,
    ) -> None:
        self.head = list(head)
        self.tail = list(tail)
        self._starts = starts
        self._make = make
        self._base = base
        self._made: dict[int, Node] = {}

    @property
    def entries(self) -> int:
        """How many entries there are between head and tail."""
        return max(len(self._starts) - 1, 0)

    def __len__(self) -> int:
        return len(self.head) + self.entries + len(self.tail)

    def made(self, index: int) -> Node:
        row = index - len(self.head)
        if row < 0:
            return self.head[index]
        return self.entry(row) if row < self.entries else self.tail[row - self.entries]

    def __iter__(self) -> Iterator[Node]:
        return (self[index] for index in range(len(self)))

    def entry(self, row: int) -> Node:
        """The node of entry `row`; the same one each time."""
        found = self._made.get(row)
        if found is None:
            assert self._make is not None, "there are entries"
            start, end = self._base + self._starts[row], self._base + self._starts[row + 1]
            found = self._made[row] = self._make(row, start, end)
        return found

    def index_at(self, offset: int) -> int | None:
        """Index of the child that holds file offset `offset`."""
        if self.entries and self._base + self._starts[0] <= offset < self._base + self._starts[-1]:
            return len(self.head) + bisect_right(self._starts, offset - self._base) - 1
        for index, node in enumerate(self.head):
            if node.start <= offset < node.end:
                return index
        for index, node in enumerate(self.tail):
            if node.start <= offset < node.end:
                return len(self.head) + self.entries + index
        return None


class Node:
    """Bytes `start` to `end` of a file: what they are (`label`) and what they say (`value`)."""

    __slots__ = ("_children", "_make", "end", "label", "start", "value")

    def __init__(
        self, label: str, start: int, end: int, value: str = "", children: Callable[[], Children] | None = None
    ) -> None:
        self.label = label
        self.start = start
        self.end = end
        self.value = value
        self._make = children
        self._children: Children | None = None

    def __repr__(self) -> str:
        return f"Node({self.label!r}, {self.start:#x}..{self.end:#x}, {self.value!r})"

    @property
    def is_leaf(self) -> bool:
        """Whether it has no children; known without making them."""
        return self._make is None

    def children(self) -> Children:
        """The parts of it, in the order of their bytes."""
        if self._children is None:
            self._children = self._make() if self._make is not None else Children()
        return self._children

    def child_at(self, offset: int) -> Node | None:
        """The child that holds file offset `offset`."""
        index = self.children().index_at(offset)
        return None if index is None else self.children()[index]


def node_at(root: Node, offset: int) -> list[Node]:
    """The nodes that hold file offset `offset`, from `root` down to the smallest; empty when it is not in `root`."""
    path: list[Node] = []
    node: Node | None = root if root.start <= offset < root.end else None
    while node is not None:
        path.append(node)
        node = node.child_at(offset)
    return path
