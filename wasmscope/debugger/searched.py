"""What a search goes through: the rows of a table as they are arranged, a side pane's items, or bytes.

Each gives its hits between two items as they are found, forwards or backwards, with a None after each piece of work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from wasmscope.debugger.panes.bytes_source import InputBytes, OutputBytes, atoms_in_order
from wasmscope.debugger.panes.memory_source import MemoryBytes
from wasmscope.debugger.panes.structure import Source
from wasmscope.debugger.patterns import Pattern, matches
from wasmscope.explain.naming import title
from wasmscope.explain.steps import Steps
from wasmscope.link.model import Atom
from wasmscope.link.names import readable

PIECE = 256
"""Rows in one piece of work."""
CHUNK = 1 << 18
"""Bytes in one piece of work."""
MADE = 1 << 13
"""The same where the bytes must be put together, as they are at a step on the way."""


class Hit(NamedTuple):
    """Items `start` to `end` (rows, or offsets of bytes)."""

    start: int
    end: int


Hits = Iterator[Hit | None]


class Searched(Protocol):
    """Something that can be searched."""

    key: object
    """Equal as long as the hits of a pattern are the same."""
    count: int
    cursor: int
    page: int
    """Items on about a page."""

    def hits(self, pattern: Pattern, start: int, end: int, forward: bool) -> Hits:
        """The hits that begin at `start` or later, and before `end`."""

    def why_not(self, pattern: Pattern) -> str:
        """Why the pattern cannot be looked for here; "" if it can."""


class Items:
    """Rows or lines by their text."""

    page = 20

    def __init__(self, key: object, count: int, cursor: int, text: Callable[[int], str],
                 types: Callable[[int], str] | None = None) -> None:  # fmt: skip
        self.key = key
        self.count = count
        self.cursor = cursor
        self._text = text
        self._types = types

    def why_not(self, pattern: Pattern) -> str:
        if pattern.words is None:
            return "bytes are found in view 4; here are rows of text"
        return "these rows have no types" if pattern.what == "type" and self._types is None else ""

    def hits(self, pattern: Pattern, start: int, end: int, forward: bool) -> Hits:
        text = self._types if pattern.what == "type" and self._types is not None else self._text
        for done, item in enumerate(range(start, end) if forward else range(end - 1, start - 1, -1), 1):
            if matches(pattern, text(item)):
                yield Hit(item, item + 1)
            if done % PIECE == 0:
                yield None


def _apart(ranges: Iterable[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """What of `ranges`, which are in order, is from `start` to `end`, and each item of it once."""
    for low, high in ranges:
        low, high = max(low, start), min(high, end)
        if low < high:
            yield low, high
            start = high


def _finished(source: Source) -> bytes | memoryview | None:
    """The bytes of a source that will not change any more: an input, or the output once it is written."""
    if isinstance(source, MemoryBytes):
        return None
    if isinstance(source, InputBytes):
        return source.data
    scene = source.scene
    return source.data if scene.now.done[-1] == scene.steps.own_rows[-1] else None


class Bytes:
    """The bytes of a file, of the output at a step, or of memory."""

    page = 256

    def __init__(self, steps: Steps, source: Source, cursor: int) -> None:
        self.steps = steps
        self.source = source
        self.count = source.size
        self.cursor = cursor
        moment = None if isinstance(source, InputBytes) else source.scene.place.step
        file = source.file if isinstance(source, InputBytes) else None
        self.data = _finished(source)
        self.key: object = (steps, file, isinstance(source, MemoryBytes), moment)

    def why_not(self, pattern: Pattern) -> str:
        return ""

    def hits(self, pattern: Pattern, start: int, end: int, forward: bool) -> Hits:
        if pattern.data is None:
            found = [one for one in self._things(pattern) if start <= one.start < end]
            yield from found if forward else reversed(found)
            return
        for low, high in self._pieces(pattern, start, end, forward):
            here = self._in_piece(pattern, low, high)
            for done, one in enumerate(here if forward else reversed(list(here)), 1):
                if self._there(one):
                    yield one
                if done % PIECE == 0:
                    yield None
            yield None

    def _pieces(self, pattern: Pattern, start: int, end: int, forward: bool) -> Iterator[tuple[int, int]]:
        """Where to look, piece by piece: of memory only where something is, unless zeros are looked for."""
        ranges = [(start, end)]
        assert pattern.data is not None
        if isinstance(self.source, MemoryBytes) and pattern.data.search(bytes(pattern.width)) is None:
            ranges = list(_apart(self._busy(pattern.width), start, end))
        for low, high in ranges if forward else reversed(ranges):
            size = CHUNK if self.data is not None else MADE
            size = size if forward else max(MADE, size // 16)
            starts = range(low, high, size)
            for at in starts if forward else reversed(starts):
                yield at, min(at + size, high)

    def _busy(self, width: int) -> Iterator[tuple[int, int]]:
        """Where `width` bytes of memory may begin that are not all zeros."""
        assert isinstance(self.source, MemoryBytes)
        for region in self.source.image.regions:
            if region.kind in ("data", "flag"):
                yield region.start - width, region.end

    def _in_piece(self, pattern: Pattern, low: int, high: int) -> Iterator[Hit]:
        """The hits that begin in `low` to `high`, those over one another too."""
        assert pattern.data is not None
        last = min(self.count, high + pattern.width)
        data = self.data[low:last] if self.data is not None else self.source.fetch(low, last)
        found = pattern.data.search(data)
        while found is not None and low + found.start() < high:
            yield Hit(low + found.start(), low + found.end())
            found = pattern.data.search(data, found.start() + 1)

    def _there(self, hit: Hit) -> bool:
        """Whether all the bytes are there at this step."""
        if self.data is not None or isinstance(self.source, InputBytes):
            return True
        spans = self.source.spans(*hit)
        return not any(one.role == "unset" and one.start < hit.end and one.end > hit.start for one in spans)

    def _things(self, pattern: Pattern) -> list[Hit]:
        """Where the things are whose names, or types, match."""
        return [Hit(start, max(end, start + 1)) for start, end, atom in self._atoms() if self._is(pattern, atom)]

    def _is(self, pattern: Pattern, atom: Atom) -> bool:
        if pattern.what == "type":
            return atom.signature is not None and matches(pattern, str(atom.signature))
        symbols = self.steps.symbols.symbols_at.get(atom, ())
        names = (title(atom), *(one.name for one in symbols))
        return any(matches(pattern, f"{name}\n{readable(name)}") for name in names)

    def _atoms(self) -> Iterator[tuple[int, int, Atom]]:
        """Every atom in the source: (start, end, atom), in order."""
        source = self.source
        if isinstance(source, MemoryBytes):
            for region in source.image.regions:
                if region.segment is not None:
                    for address, placed in source.image.placed_between(region.segment, region.start, region.end):
                        yield address, address + placed.size, placed.item
        elif isinstance(source, OutputBytes):
            for section in self.steps.link.emit.sections if self.steps.link.emit is not None else ():
                for piece in section.pieces:
                    if piece.atom is not None:
                        yield piece.start, piece.start + piece.size, piece.atom
        else:
            yield from ((one.start, one.end, one) for one in (atoms_in_order(source.file)[0] if source.taken else ()))
