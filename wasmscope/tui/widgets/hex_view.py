"""Bytes, 16 in a row (8 when narrow), whose separators say what happened to them.

`( )` patched, `< >` by this step, `{ }` still to be patched, `[ ]` made by the linker; bytes without brackets are
copied, `··` are not there yet. Colours repeat it. A run that goes on in the next row ends with `…` and opens again
there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.panes.bytes_source import ByteSpan
from wasmscope.debugger.panes.hex_rows import UNSET, gap, joined, roles_of
from wasmscope.debugger.patterns import Pattern
from wasmscope.tui.text import fit
from wasmscope.tui.widgets.line_view import LineView


class HexView(LineView):
    """The bytes of one source: a file, a section, a memory."""

    HELP = (
        "Arrows move by byte and row, {move.page-up} {move.page-down} by page; {bytes.mode} shows "
        "labels or origins under the bytes."
    )

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.across = 16
        self.base = 0
        """What the first byte's offset is called."""
        self.field = (0, 0)
        """The field under the cursor: underlined."""
        self.mode = "bytes"
        """"bytes", "labels" (a second line names runs) or "origin" (a second line has a letter for each byte)."""
        self._byte_count = 0
        self._explained = ("", "")
        self._hits: set[int] = set()
        """The bytes of the row being drawn that are looked for."""
        self._fetch: Callable[[int, int], bytes] = lambda start, end: b""
        self._spans: Callable[[int, int], Sequence[ByteSpan]] = lambda start, end: ()
        self._origin: Callable[[int, int], str] | None = None
        self._mark: Callable[[int, int], str] = lambda start, end: " "

    def show(
        self,
        size: int,
        fetch: Callable[[int, int], bytes],
        spans: Callable[[int, int], Sequence[ByteSpan]],
        base: int = 0,
        origin: Callable[[int, int], str] | None = None,
        mark: Callable[[int, int], str] | None = None,
    ) -> None:
        """Show `size` bytes. `fetch(a, b)` gives bytes, `spans(a, b)` the runs that touch them (in order, none
        over another), `origin(a, b)` a letter for each, `mark(a, b)` what stands in the margin of a row."""
        if mark is not None:
            self._mark = mark
        self._byte_count, self._fetch, self._spans, self.base, self._origin = size, fetch, spans, base, origin
        self.changed()

    @property
    def count(self) -> int:
        return self._byte_count

    @property
    def tall(self) -> int:  # type: ignore[override]
        return 1 if self.mode == "bytes" else 2

    def resized(self, width: int) -> None:
        self.across = 16 if width >= self._gutter_width + 49 else 8
        self._explain(width)

    def explained(self, legend: str, here: str) -> None:
        """Say `legend` below, and `here` where there is room for a letter beside each byte."""
        self._explained = legend, here
        self._explain(self.wide)

    def _explain(self, width: int) -> None:
        legend, here = self._explained
        self.titled(self._titles[0], "  ".join(filter(None, (legend, here if self._beside(width) else ""))))

    def _beside(self, width: int) -> bool:
        """Whether there is room for letters beside the bytes, and they do not stand below."""
        return self.mode == "bytes" and width >= self._gutter_width + 49 + 2 + 2 * self.across

    @property
    def _gutter_width(self) -> int:
        return max(4, len(f"{self.base + self.count:x}")) + 2

    def set_mode(self, mode: str) -> None:
        """Show `mode` from now on."""
        self.mode = mode
        self.changed()
        self.keep_in_sight(centre=True)

    def set_field(self, start: int, end: int) -> None:
        """Underline the field from `start` to `end`."""
        old, self.field = self.field, (start, end)
        if old == self.field:
            return
        for first, last in (old, self.field):
            top = first // self.across
            for row in range(top, min(max(first, last - 1) // self.across, top + 8) + 1):
                for line in range(row * self.tall, (row + 1) * self.tall):
                    self._strips.pop(line, None)
                self._redraw(row * self.tall)

    def item_at(self, line: int, x: int) -> int:
        column = max(0, min((x - self._gutter_width) // 3, self.across - 1))
        return min(line // self.tall * self.across + column, max(0, self.count - 1))

    def marked(self, runs: list[Span], pattern: Pattern) -> list[Span]:
        """Bytes that are looked for are marked one by one, as they are drawn."""
        return runs

    def _found(self, start: int, end: int) -> set[int]:
        """The bytes from `start` to `end` that are part of what is looked for."""
        if self.pattern is None or self.pattern.data is None:
            return set()
        low = max(0, start - self.pattern.width)
        data = self._fetch(low, min(self.count, end + self.pattern.width))
        hits = (range(low + one.start(), low + one.end()) for one in self.pattern.data.finditer(data))
        return {offset for hit in hits for offset in hit if start <= offset < end}

    def highlight(self, line: int) -> str:
        return ""  # the cursor is one byte, drawn by draw()

    # --- lines --------------------------------------------------------------------------------------------------

    def draw(self, y: int, width: int) -> Line:
        start = y // self.tall * self.across
        end = min(start + self.across, self.count)
        spans = [one for one in self._spans(start, end) if one.end > start and one.start < end]
        if self.mode != "labels":
            spans = joined(spans)
        if y % self.tall:
            return self._labels(start, end, spans) if self.mode == "labels" else self._letters(start, end)
        data = self._fetch(start, end)
        self._hits = self._found(start, end)
        line: list[Span] = [
            (f"{self.base + start:0{self._gutter_width - 2}x}", "dim"),
            (self._mark(start, end), "note"),
        ]
        line += self._cells(start, end, data, spans)
        if width >= self._gutter_width + 49 + 1 + self.across:
            line += self._text(start, data, spans)
        if self._beside(width) and self._origin is not None:
            line += [("  " if end - start == self.across else " " * (2 + self.across - (end - start)), "")]
            line += [(self._origin(start, end), "dim")]
        return line

    def _cells(self, start: int, end: int, data: bytes, spans: Sequence[ByteSpan]) -> list[Span]:
        roles = roles_of(start, end, spans)
        cells: list[Span] = []
        for offset in range(start, end):
            cells.append(gap(offset, start, self.across, spans))
            role = roles[offset - start]
            shown = UNSET if role == "unset" else f"{data[offset - start]:02x}"
            cells.append((shown, self._look(offset, role)))
        cells.append(gap(end, start, self.across, spans) if end > start else ("", ""))
        cells.append((" " * (3 * (self.across - (end - start))), ""))
        return cells

    def _look(self, offset: int, role: str) -> str:
        if self.field[0] <= offset < self.field[1]:
            role += " field"
        if offset in self._hits and not role.startswith("unset"):
            role += " hit"
        if offset == self.cursor:
            role += " spot" if self.has_focus else " field strong"
        return role

    def _text(self, start: int, data: bytes, spans: Sequence[ByteSpan]) -> list[Span]:
        roles = roles_of(start, start + len(data), spans)
        line: list[Span] = [(" ", "")]
        for position, byte in enumerate(data):
            shown = chr(byte) if 0x20 <= byte < 0x7F and roles[position] != "unset" else "·"
            role = roles[position] if shown != "·" else "dim"
            line.append((shown, self._look(start + position, role)))
        return line

    def _labels(self, start: int, end: int, spans: Sequence[ByteSpan]) -> Line:
        line: list[Span] = [(" " * (self._gutter_width), "")]
        at = self._gutter_width
        for position, one in enumerate(spans):
            if not one.label or one.start < start:
                continue
            column = self._gutter_width + 3 * (one.start - start)
            following = spans[position + 1].start if position + 1 < len(spans) else end
            room = 3 * (min(following, end) - one.start) - 1
            line.append((" " * (column - at), ""))
            line.append((fit(one.label, min(room, max(len(one.label), 1))), one.role))
            at = column + min(room, max(len(one.label), 1))
        return line

    def _letters(self, start: int, end: int) -> Line:
        letters = self._origin(start, end) if self._origin else " " * (end - start)
        return [(" " * self._gutter_width, ""), ("".join(f" {one} " for one in letters), "dim")]
