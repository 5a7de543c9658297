"""Nodes for the fields of an entry, for the entries of a vector, and for bytes that nobody can read.

A rule takes a `Fields` at the start of an entry and takes the fields from it, in the order of their bytes. What cannot
be read ends the entry with a node that says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from wasmscope.errors import FormatError
from wasmscope.format.frames import Section
from wasmscope.format.leb128 import U32, Codec, read_u32
from wasmscope.format.module import Module
from wasmscope.format.node import Children, Node
from wasmscope.format.vectors import Vec

T = TypeVar("T")
Rule = Callable[["Fields"], object]


class Fields:
    """A position in `data` that moves over fields and leaves a node for each. `end` is where the entry must be over."""

    def __init__(self, data: bytes, pos: int, end: int) -> None:
        self.data = data
        self.pos = pos
        self.end = end
        self.nodes: list[Node] = []

    def take(self, label: str, codec: Codec[T], say: Callable[[T], str] = str) -> T:
        """Read one value."""
        start = self.pos
        value, end = codec.read(self.data, start)
        if end > self.end:
            raise FormatError("cut off", offset=start)
        self.pos = end
        self.nodes.append(Node(label, start, end, say(value)))
        return value

    def u32(self, label: str, say: Callable[[int], str] = str) -> int:
        """Read a 32-bit number."""
        return self.take(label, U32, say)

    def group(self, label: str, rule: Rule) -> None:
        """Read several fields as the children of one node; the value is what `rule` returns, as text."""
        inner = Fields(self.data, self.pos, self.end)
        value = rule(inner)
        self.pos = inner.pos
        start = inner.nodes[0].start if inner.nodes else self.pos
        self.nodes.append(Node(label, start, self.pos, str(value), lambda: Children(inner.nodes)))

    def rows(self, label: str, starts: list[int], rule: Rule, value: str = "") -> None:
        """Add one node for entries that begin at `starts` and end at the last of them."""

        def make(row: int, start: int, end: int) -> Node:
            return entry_node(self.data, f"{label} {row}", start, end, rule)

        if len(starts) < 2:
            return
        begin, self.pos = starts[0], starts[-1]
        self.nodes.append(Node(f"{label}s", begin, self.pos, value, lambda: Children((), starts, make)))

    def bytes(self, label: str, size: int) -> None:
        """Take `size` bytes that have no structure here."""
        start, self.pos = self.pos, min(self.pos + size, self.end)
        self.nodes.append(bytes_node(self.data, label, start, self.pos))


def fields(data: bytes, start: int, end: int, rule: Rule) -> Children:
    """The fields of the entry at `start` to `end`, read by `rule`."""
    at = Fields(data, start, end)
    try:
        rule(at)
    except (FormatError, IndexError) as error:
        message = error.message if isinstance(error, FormatError) else "cut off"
        at.nodes.append(Node("unreadable", at.pos, end, message))
    else:
        if at.pos < end:
            at.nodes.append(bytes_node(data, "unread", at.pos, end))
    return Children(at.nodes)


def entry_node(data: bytes, label: str, start: int, end: int, rule: Rule, value: str = "") -> Node:
    """A node for an entry whose fields `rule` reads when they are asked for."""
    return Node(label, start, end, value, lambda: fields(data, start, end, rule))


def bytes_node(data: bytes, label: str, start: int, end: int) -> Node:
    """A node for bytes without structure; the value shows how they begin."""
    shown = data[start : min(end, start + 16)]
    text = repr(shown.decode("ascii")) if shown.isascii() and shown.decode("ascii").isprintable() else shown.hex(" ")
    return Node(label, start, end, text + (" …" if end - start > 16 else ""))


def flags_text(names: dict[int, str]) -> Callable[[int], str]:
    """Says flags by name: "0x14 (hidden, undefined)"."""

    def say(flags: int) -> str:
        known = [name for bit, name in names.items() if flags & bit]
        return f"{flags:#x} ({', '.join(known)})" if known else f"{flags:#x}"

    return say


def named(names: tuple[str, ...] | dict[int, str]) -> Callable[[int], str]:
    """Says a number with the name that it stands for: "2 (memory)"."""
    known = names if isinstance(names, dict) else dict(enumerate(names))
    return lambda number: f"{number} ({known[number]})" if number in known else str(number)


class VectorRule(NamedTuple):
    """How a vector is shown: the attribute that holds it, the label, value and fields of its entries."""

    attribute: str
    label: str
    say: Callable[[Module, int, Any], str]
    rule: Rule


def rows(module: Module, vector: Vec[Any], rule: VectorRule, start: int, first: int = 0) -> Children:
    """The count at `start`, and a node for each record of `vector`, numbered from `first`."""
    if not vector.starts:
        return Children()

    def make(row: int, begin: int, end: int) -> Node:
        text = rule.say(module, row, vector[row])
        return entry_node(module.data, f"{rule.label} {first + row}", begin, end, rule.rule, text)

    count = Node("count", start, vector.base + vector.starts[0], str(read_u32(module.data, start)[0]))
    return Children([count], vector.starts, make, base=vector.base)


def rest(module: Module, section: Section, start: int, label: str = "unread") -> list[Node]:
    """A node for what is left of a section from `start` on, with the reason when there is one."""
    if start >= section.end:
        return []
    node = bytes_node(module.data, label, start, section.end)
    if section.error is not None:
        node.value = section.error.message
    return [node]


def reached(vector: Vec[Any], start: int) -> int:
    """File offset after the last record of `vector`, or `start` when nothing was read."""
    return vector.base + vector.starts[-1] if vector.starts else start
