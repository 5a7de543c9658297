"""An atom as lines of code: a function's instructions, a data atom's bytes cut at its relocations.

The same lines are read twice, from the atom's bytes before relocation and after, so that a patch shows as two lines.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from wasmscope.debugger.panes.source_rows import code_sources
from wasmscope.debugger.panes.stop_rows import relocation_mark
from wasmscope.debugger.scene import Scene
from wasmscope.errors import FormatError
from wasmscope.explain.naming import bound, site_width, target_title
from wasmscope.explain.symbols import Mention
from wasmscope.format.code import Instruction, body, instructions
from wasmscope.format.opcodes import UNDECODED
from wasmscope.link.model import Atom

AROUND = 24
"""Relocations, and lines without any, on each side in a listing of data."""
ROW = 8
"""Bytes of data in one line."""


class CodeLine(NamedTuple):
    """One instruction (or one line of another kind of code)."""

    offset: int
    data: bytes
    text: str
    note: str = ""
    """What the relocation in it names."""
    mark: str = " "
    """"-" as it was, "+" as it is, " " the same; there also the mark of a stop at its relocation."""
    role: str = ""
    """What happened to the site: a role of BRACKETS."""
    site: tuple[int, int] = (0, 0)
    """The bytes in `data` that the relocation patches."""
    changed: tuple[int, ...] = ()
    """Those of them that differ."""
    source: str = ""
    """The source line that begins here."""


class Row:
    """Bytes `start` to `end` of an atom, and their instruction if they are code."""

    __slots__ = ("end", "instruction", "start", "word")

    def __init__(self, start: int, end: int, word: str = "", instruction: Instruction | None = None) -> None:
        self.start = start
        self.end = end
        self.word = word
        self.instruction = instruction

    def text(self, data: bytes) -> str:
        """What the bytes say."""
        if self.instruction is not None and self.instruction.name == UNDECODED:
            return f"{UNDECODED} {_unread(data, self.start, self.end)}"
        if self.instruction is not None:
            return "  " * min(self.instruction.depth, 12) + self.instruction.text()
        raw = data[self.start : self.end]
        if self.word == "site":
            return f".int{8 * len(raw)} {int.from_bytes(raw, 'little'):#x}"
        if self.word:
            return f";; {self.word}"
        return '"' + "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in (34, 92) else "." for byte in raw) + '"'


@lru_cache(32)
def code_rows(data: bytes) -> list[Row]:
    """The lines of a function's body: its size, its locals, each instruction."""
    try:
        frame = body(data, 0, len(data))
    except FormatError as error:
        return [Row(0, len(data), error.reason)]
    rows = [Row(0, frame.size_end, f"size {frame.end - frame.size_end}")]
    declared = ", ".join(f"{run.number} x {type_text(run.type)}" for run in frame.locals)
    rows.append(Row(frame.size_end, frame.code_start, f"locals {declared}" if declared else "no locals"))
    rows += [Row(one.start, one.end, "", one) for one in instructions(data, frame.code_start, frame.end, lenient=True)]
    return rows


def _unread(data: bytes, start: int, end: int) -> str:
    """Why no instruction can be read from `start`: without the place, which counts from the start of `data`."""
    try:
        return next(instructions(data, start, end)).name
    except FormatError as error:
        return error.reason


def type_text(type: object) -> str:
    """A value type's name."""
    from wasmscope.format.types import type_name

    return type_name(type)  # type: ignore[arg-type]


def data_rows(sites: Sequence[tuple[int, int]], first: int, size: int) -> list[Row]:
    """The lines of a data atom from byte `first` to `size`: each site on its own, the rest in lines of 8 bytes."""
    rows: list[Row] = []
    at = first
    for start, end in [*sites, (size, size)]:
        while at < start:
            stop = min(start, at + ROW)
            rows.append(Row(at, stop))
            at = stop
        if start < end:
            rows.append(Row(start, end, "site"))
            at = max(at, end)
    return rows


class Listing:
    """The lines of one atom, with the patch of one of its relocations (or none) shown as before and after.

    A function is listed whole. Of data and custom sections, which may be very long, only what is around the relocation.
    """

    def __init__(self, scene: Scene, atom: Atom, mention: Mention | None) -> None:
        self.scene, self.atom = scene, atom
        self.before = scene.steps.places.original(atom)
        relocated = scene.link.relocate
        self.after = relocated.bytes.get(atom, self.before) if relocated is not None else self.before
        self.first = atom.lo
        """The relocation that `sites` begins with."""
        last = atom.hi
        if atom.kind != "function" and mention is not None:
            self.first, last = max(atom.lo, mention.row - AROUND), min(atom.hi, mention.row + AROUND)
        self.sites = [(atom.site(row), atom.site(row) + site_width(atom, row)) for row in range(self.first, last)]
        self.starts = [start for start, _ in self.sites]
        self.old = self._rows(self.before)
        self.new = self._rows(self.after)
        self.offsets = [row.start for row in self.old]
        self.sources = code_sources(scene, atom, self.offsets)
        """By row: the source line that begins there."""
        self.split = -1
        """The line that is shown twice: as it was, and as it is."""
        if mention is not None and self.old:
            self.split = bisect_right(self.offsets, atom.site(mention.row)) - 1
        self.twice = mention is not None and scene.now.relocation(*mention).patched and len(self.old) == len(self.new)
        output = scene.steps.places.pieces.get(atom)
        self.base = output[1].start if output is not None else atom.start

    def _rows(self, data: bytes) -> list[Row]:
        if self.atom.kind == "function":
            return code_rows(data)
        low = max(0, self.sites[0][0] - ROW * AROUND) // ROW * ROW if self.sites else 0
        high = min(len(data), (self.sites[-1][1] if self.sites else low) + ROW * AROUND)
        return data_rows(self.sites, low, high)

    def __len__(self) -> int:
        return len(self.old) + self.twice

    def mention_at(self, line: int) -> Mention | None:
        """The relocation in a line."""
        row = self.old[self._row_of(line)]
        first = bisect_left(self.starts, row.start)
        if first < len(self.sites) and self.starts[first] < row.end:
            return Mention(self.atom, self.first + first)
        return None

    def _row_of(self, line: int) -> int:
        return line - 1 if self.twice and line > self.split else line

    def line(self, number: int) -> CodeLine:
        """Line `number`."""
        row = self._row_of(number)
        mention = self.mention_at(number)
        state = self.scene.now.relocation(*mention) if mention is not None else None
        is_old = self.twice and number == self.split
        patched = state is not None and state.patched and not is_old
        source, data = (self.new, self.after) if patched and len(self.new) == len(self.old) else (self.old, self.before)
        one = source[row]
        mark = "-" if is_old else "+" if self.twice and number == self.split + 1 else " "
        raw = data[one.start : one.end]
        site, role, note = (0, 0), "", ""
        if mention is not None:
            start, end = self.sites[mention.row - self.first]
            if source is self.new:
                start, end = self.scene.steps.places.written_site(*mention)
            site = (start - one.start, end - one.start)
            now = patched and not self.scene.before.relocation(*mention).patched
            role = "step" if now else "patched" if patched else "pending"
            mark = relocation_mark(self.scene, mention)[0] if mark == " " else mark
            note = self._target(mention)
        other = self.before[one.start : one.end] if mark == "+" else raw
        source_line = "" if mark == "-" else self.sources.get(row, "")
        changed = tuple(i for i, pair in enumerate(zip(raw, other, strict=False)) if pair[0] != pair[1])
        return CodeLine(self.base + one.start, raw, one.text(data), note, mark, role, site, changed, source_line)

    def _target(self, mention: Mention) -> str:
        symbol = bound(self.scene.link, *mention)
        return self.scene.naming.of(symbol) if symbol is not None else target_title(self.scene.link, *mention)
