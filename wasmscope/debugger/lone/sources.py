"""The bytes that view 4 shows of a finished module: its file, or the memory that it starts with."""

from __future__ import annotations

from functools import lru_cache

from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.panes.bytes_source import ByteSpan
from wasmscope.debugger.panes.memory_source import LETTERS
from wasmscope.debugger.panes.structure import file_tree
from wasmscope.debugger.patterns import Pattern
from wasmscope.debugger.searched import CHUNK, Hit, Hits
from wasmscope.format.node import Children, Node


class FileBytes:
    """The module's file, with the sites of relocations that were kept, and the places of errors."""

    memory = False

    def __init__(self, opened: OpenedModule) -> None:
        self.opened = opened
        self.size = len(opened.module.data)

    def fetch(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`."""
        return bytes(self.opened.module.data[start:end])

    def spans(self, start: int, end: int) -> list[ByteSpan]:
        """The sites and errors between `start` and `end`."""
        module = self.opened.module
        errors = sorted({one.offset for one in module.errors if one.offset is not None})
        found = [ByteSpan(at, at + 1, "error", "!") for at in errors if start <= at < end]
        kept = self.opened.lone.relocations.sites(start, end)
        sites = [ByteSpan(low, high, "patched", f"R{row}") for row, low, high in kept]
        return sorted(found + sites)

    def letters(self, start: int, end: int) -> str:
        """For each byte the first letter of its section's name."""
        found = ["."] * (end - start)
        for one in self.opened.module.sections:
            low, high = max(start, one.start), min(end, one.end)
            if low < high:
                found[low - start : high - start] = (one.name.lstrip(".") or ".")[0] * (high - low)
        return "".join(found)

    def whose(self, offset: int) -> str:
        """What the letter of the byte at `offset` stands for: its section."""
        sections = self.opened.module.sections
        return next((f"section {one.name}" for one in sections if one.start <= offset < one.end), "no section")

    def mark(self, start: int, end: int) -> str:
        """Nothing stops in a finished module."""
        return " "

    @property
    def tree(self) -> Node:
        return file_tree(self.opened.module, self.opened.naming.raw)


class MemoryBytes:
    """Memory as it is when the module starts; offsets are addresses."""

    memory = True

    def __init__(self, opened: OpenedModule, number: int = 0) -> None:
        self.opened = opened
        self.number = number
        self.size = opened.size_of(number)
        self.regions = opened.lone.memory(number).between

    def fetch(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`."""
        return self.opened.memory(self.number, start, end)

    def spans(self, start: int, end: int) -> list[ByteSpan]:
        """What no segment fills."""
        there = self.regions(start, end)
        return [ByteSpan(one.start, one.end, "dim", one.name) for one in there if one.kind != "data"]

    def letters(self, start: int, end: int) -> str:
        """For each byte a letter: d data, s stack, h heap, 0 zeros, `.` nobody's."""
        found = ["."] * (end - start)
        for one in self.regions(start, end):
            low, high = max(start, one.start), min(end, one.end)
            found[low - start : high - start] = ("d" if one.kind == "data" else LETTERS[one.kind]) * (high - low)
        return "".join(found)

    def whose(self, address: int) -> str:
        """What the letter of the byte at `address` stands for: what the memory there is for."""
        return next((one.name for one in self.regions(address, address + 1)), "")

    def mark(self, start: int, end: int) -> str:
        """Nothing stops in a finished module."""
        return " "

    @property
    def tree(self) -> Node:
        return _memory_tree(self.opened, self.number)


LoneSource = FileBytes | MemoryBytes


@lru_cache(2)
def _memory_tree(opened: OpenedModule, number: int) -> Node:
    memory = opened.lone.memory(number)
    regions = memory.regions
    starts = [*(one.start for one in regions), memory.size]

    def region(number: int, start: int, end: int) -> Node:
        return Node(f"{start:#x} {regions[number].name}", start, end, regions[number].rule)

    return Node("memory", 0, memory.size, "", lambda: Children((), starts, region))


class BytesSearched:
    """The bytes of a source, to be searched; of memory only what segments fill, unless zeros are looked for."""

    page = 256

    def __init__(self, source: LoneSource, cursor: int) -> None:
        self.source = source
        self.count = source.size
        self.cursor = cursor
        self.key: object = (source.opened, source.number if isinstance(source, MemoryBytes) else None)

    def why_not(self, pattern: Pattern) -> str:
        return "" if pattern.data is not None else "names and types are found in view 2"

    def hits(self, pattern: Pattern, start: int, end: int, forward: bool) -> Hits:
        assert pattern.data is not None
        for low, high in self._pieces(pattern, start, end, forward):
            here = self._in_piece(pattern, low, high)
            yield from here if forward else reversed(here)
            yield None

    def _pieces(self, pattern: Pattern, start: int, end: int, forward: bool) -> list[tuple[int, int]]:
        ranges = [(start, end)]
        assert pattern.data is not None
        if isinstance(self.source, MemoryBytes) and pattern.data.search(bytes(pattern.width)) is None:
            filled = [one for one in self.source.regions(0, self.count) if one.kind == "data"]
            ranges = [(max(start, one.start - pattern.width), min(end, one.end)) for one in filled]
        pieces = [(at, min(at + CHUNK, high)) for low, high in ranges for at in range(low, high, CHUNK)]
        return pieces if forward else pieces[::-1]

    def _in_piece(self, pattern: Pattern, low: int, high: int) -> list[Hit]:
        assert pattern.data is not None
        data = self.source.fetch(low, min(self.count, high + pattern.width))
        found, at = [], pattern.data.search(data)
        while at is not None and low + at.start() < high:
            found.append(Hit(low + at.start(), low + at.end()))
            at = pattern.data.search(data, at.start() + 1)
        return found
