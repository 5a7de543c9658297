"""The code of a function, or the bytes of a data segment, of a finished module as lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from wasmscope.debugger.lone.session import LoneScene
from wasmscope.debugger.panes.listing import ROW, CodeLine, Row, code_rows
from wasmscope.explain.alone.module_references import NAMED, Item
from wasmscope.explain.debug_info.debug_sections import has_debug_information
from wasmscope.explain.debug_info.module_lines import lines_between
from wasmscope.format.opcodes import UNDECODED


class ItemListing:
    """The lines of one item. Those of data are made when they are looked at: segments may be large."""

    def __init__(self, scene: LoneScene, item: Item | None) -> None:
        self.scene = scene
        span = scene.opened.bytes_of(item) if item is not None else None
        self.start, self.end = span or (0, 0)
        self.data = bytes(scene.opened.module.data[self.start : self.end])
        self.rows: list[Row] = []
        if item is not None and item.space == "function" and span is not None:
            self.rows = code_rows(self.data)

    @cached_property
    def _offsets(self) -> list[int]:
        return [one.start for one in self.rows]

    @cached_property
    def _lines(self) -> dict[int, str]:
        """The source lines by the line of code that they stand at."""
        opened, start, end = self.scene.opened, self.start, self.end
        if not self.rows or not has_debug_information(opened.module):
            return {}
        found = opened.lookups.get(("code", start), lambda: lines_between(opened.module, start, end), None)
        placed: dict[int, str] = {}
        for offset, source in found or ():
            if source.line:
                text = f"{source.file.rpartition('/')[2]}:{source.line}"
                placed[bisect_right(self._offsets, offset - start) - 1] = text
        return placed

    def __len__(self) -> int:
        return len(self.rows) if self.rows else (len(self.data) + ROW - 1) // ROW

    @property
    def unread(self) -> tuple[int, str] | None:
        """Where code begins that is none, as an offset in the file, and why; None: all of it can be read."""
        last = self.rows[-1] if self.rows else None
        if last is None or last.instruction is None or last.instruction.name != UNDECODED:
            return None
        return self.start + last.start, last.text(self.data).removeprefix(f"{UNDECODED} ")

    def row_at(self, offset: int) -> int:
        """The line of a byte of the file."""
        inside = max(0, offset - self.start)
        row = bisect_right(self._offsets, inside) - 1 if self.rows else inside // ROW
        return max(0, min(row, len(self) - 1))

    def line(self, number: int) -> CodeLine:
        """Line `number`."""
        row = self.rows[number] if self.rows else Row(number * ROW, min((number + 1) * ROW, len(self.data)))
        item, raw = self.item_at(number), self.data[row.start : row.end]
        text = row.text(self.data) if self.rows else Row(0, len(raw)).text(raw)
        names = [*self._types(row), *([self.scene.naming.of(item)] if item is not None else [])]
        return CodeLine(self.start + row.start, raw, text, ", ".join(names), source=self._lines.get(number, ""))

    def _types(self, row: Row) -> Iterator[str]:
        """The types that an instruction names, which are numbers in its text."""
        types = self.scene.opened.module.types
        for one in row.instruction.args if row.instruction is not None else ():
            if one.kind == "type" and isinstance(one.value, int) and one.value < len(types):
                yield str(types[one.value])

    def item_at(self, number: int) -> Item | None:
        """What the instruction in a line names, if it names something."""
        instruction = self.rows[number].instruction if self.rows else None
        for one in instruction.args if instruction is not None else ():
            if one.kind in NAMED and isinstance(one.value, int):
                return Item(one.kind, one.value)
        return None


