"""What an entry of a difference is in detail: instructions side by side, or bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import accumulate
from operator import eq
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.comparing.alignment import Run, cut, ends_in_common, runs, same_blocks
from wasmscope.explain.comparing.diff import Difference, Entry
from wasmscope.explain.comparing.relocations_compared import Relocations
from wasmscope.explain.comparing.renumbering import Renumbering
from wasmscope.explain.comparing.things import Side, Thing
from wasmscope.format.code import Instruction, body, instructions
from wasmscope.format.immediates import Immediate
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.skeletons import is_number
from wasmscope.format.types import FUNCTION, type_name
from wasmscope.link.names import readable

CONTEXT = 3
"""Rows that are the same and shown around what differs."""
LINE = 16
"""Bytes on a line."""


class Line(NamedTuple):
    """One line of one side."""

    start: int
    end: int
    """File offsets of what it shows, in bytes."""
    text: str
    """An instruction as .wat text with the names of what it refers to, or bytes in hex and as characters."""
    depth: int = 0
    """How many blocks an instruction is in."""


class Row(NamedTuple):
    """The same place on both sides."""

    mark: str
    """" " the same, "~" the same with other numbers, "-" only before, "+" only after."""
    before: Line | None
    after: Line | None


def rows(difference: Difference, entry: Entry) -> list[Row]:
    """Everything of the entry's thing on both sides, in order. Empty for what has no instructions and no bytes."""
    if entry.group == "functions":
        return _code_rows(difference, entry)
    if entry.group in ("data", "custom sections", "encoding"):
        return _byte_rows(difference, entry)
    return []


def hunks(difference: Difference, entry: Entry, context: int = CONTEXT) -> list[list[Row]]:
    """What differs of the entry's thing, each with up to `context` rows around it that are the same."""
    found = rows(difference, entry)
    near = set[int]()
    for position, row in enumerate(found):
        if row.mark in "-+" or (row.mark == "~" and entry.change == "moved"):
            near.update(range(max(0, position - context), min(len(found), position + context + 1)))
    groups: list[list[Row]] = []
    for position in sorted(near):
        if position - 1 not in near:
            groups.append([])
        groups[-1].append(found[position])
    return groups


# --- instructions -----------------------------------------------------------------------------------------------


def _code_rows(difference: Difference, entry: Entry) -> list[Row]:
    compared = difference.compared
    _ = difference.groups  # what was a guess about addresses is settled
    listings = [
        _Listing(side, thing, compared.numbers, compared.relocations)
        for side, thing in ((difference.a, entry.before), (difference.b, entry.after))
    ]
    keys = listings[0].keys(True), listings[1].keys(False)
    lines = listings[0].lines(), listings[1].lines()
    return _aligned(runs(*keys), *lines, lambda one, other: _bytes_of(difference, one, other))


def _bytes_of(difference: Difference, one: Line, other: Line) -> bool:
    return difference.a.data[one.start : one.end] == difference.b.data[other.start : other.end]


def _aligned(found: list[Run], a: list[Line], b: list[Line], same: Callable[[Line, Line], bool]) -> list[Row]:
    out: list[Row] = []
    for run in found:
        if run.equal:
            pairs = zip(a[run.a_start : run.a_end], b[run.b_start : run.b_end], strict=True)
            out += [Row(" " if same(one, other) else "~", one, other) for one, other in pairs]
        else:
            out += [Row("-", one, None) for one in a[run.a_start : run.a_end]]
            out += [Row("+", None, other) for other in b[run.b_start : run.b_end]]
    return out


class _Listing:
    """A function's locals and instructions on one side."""

    def __init__(self, side: Side, thing: Thing | None, numbers: Renumbering, relocations: Relocations) -> None:
        self.side = side
        self.numbers = numbers
        self.relocations = relocations
        self.locals: list[tuple[int, int, str]] = []
        self.code: list[Instruction] = []
        if thing is not None and thing.number >= side.module.num_imported(FUNCTION):
            self._read(thing)
        start = thing.start if thing is not None else 0
        places, keys = relocations.of(side, "code", start, thing.end if thing is not None else 0)
        self.sites = {start + place: key for place, key in zip(places, keys, strict=True)}

    def _read(self, thing: Thing) -> None:
        try:
            frame = body(self.side.data, thing.start, thing.end)
        except FormatError as error:
            self.locals.append((thing.start, thing.end, str(error)))
            return
        self.locals = [(run.start, run.end, f"local {run.number} {type_name(run.type)}") for run in frame.locals]
        self.code = list(instructions(self.side.data, frame.code_start, frame.end, lenient=True))

    def lines(self) -> list[Line]:
        """One line for each run of locals and each instruction."""
        shown = [Line(*one) for one in self.locals]
        return shown + [Line(one.start, one.end, one.text(self._name), one.depth) for one in self.code]

    def _name(self, arg: Immediate) -> str | None:
        key = self.sites.get(arg.start)
        if key is not None and arg.kind != "type":
            _, index, addend = key
            return f"${self.side.symbol_title(index)}" + (f"{addend:+}" if addend else "")
        if arg.kind in self.side.names and isinstance(arg.value, int):
            name = self.side.names[arg.kind].get(arg.value, "")
            return f"${readable(name)}" if name else None
        return None

    def keys(self, first: bool) -> list[Hashable]:
        """What each line says, in the numbers of side b; `first`: this is side a."""
        found: list[Hashable] = [text for _, _, text in self.locals]
        for one in self.code:
            found.append((one.name, *(self._key(arg, first) for arg in one.args)))
        return found

    def _key(self, arg: Immediate, first: bool) -> Hashable:
        key = self.sites.get(arg.start)
        if key is not None and self.numbers.by_relocations:
            return self.relocations.there(key) if first else key
        value = self.numbers.expected(arg) if first and is_number(arg) else arg.value
        return arg.kind, value & 0xFFFFFFFF if arg.kind == "i32" and isinstance(value, int) else value


# --- bytes ------------------------------------------------------------------------------------------------------


def _byte_rows(difference: Difference, entry: Entry) -> list[Row]:
    sides = ((difference.a, entry.before), (difference.b, entry.after))
    a, b = [
        side.data[thing.start : thing.end] if thing is not None and thing.start >= 0 else b"" for side, thing in sides
    ]
    starts = [max(thing.start, 0) if thing is not None else 0 for _, thing in sides]
    out: list[Row] = []
    for run in byte_runs(a, b):
        before = _dumped(a[run.a_start : run.a_end], starts[0] + run.a_start)
        after = _dumped(b[run.b_start : run.b_end], starts[1] + run.b_start)
        if run.equal:
            out += [Row(" ", one, other) for one, other in zip(before, after, strict=True)]
        else:
            out += [Row("-", one, None) for one in before] + [Row("+", None, other) for other in after]
    return out + _relocation_rows(difference, entry)


def _relocation_rows(difference: Difference, entry: Entry) -> list[Row]:
    """The relocations of a thing of objects."""
    relocations = difference.compared.relocations
    section = "data" if entry.group == "data" else entry.name
    keys: list[list[Hashable]] = []
    lines: list[list[Line]] = []
    for side, thing in ((difference.a, entry.before), (difference.b, entry.after)):
        start, end = (thing.start, thing.end) if thing is not None else (0, 0)
        places, found = relocations.of(side, section, start, end)
        shown = [relocations.there(key) if side is difference.a else key for key in found]
        keys.append(list(zip(places, shown, strict=True)))
        lines.append([_relocation(side, start + place, key) for place, key in zip(places, found, strict=True)])
    return _aligned(runs(*keys), lines[0], lines[1], lambda one, other: True)


def _relocation(side: Side, at: int, key: tuple[int, int, int]) -> Line:
    type, index, addend = key
    kind = RELOC_TYPES[type]
    named = side.type(index) if kind.symbol_kind == "type" else side.symbol_title(index)
    return Line(at, at + kind.width, f"{kind.name} {named}" + (f"{addend:+}" if addend else ""))


def byte_runs(a: bytes, b: bytes) -> list[Run]:
    """The bytes of `a` and `b` side by side, in order."""
    if len(a) == len(b):  # as in a plain dump of both, unless more of them is the same elsewhere
        same = sum(end - start for start, end, _ in same_blocks(a, b))
        if sum(map(eq, a, b)) >= same:
            return _line_by_line(a, b)
    ours, theirs = cut(a), cut(b)
    starts, places = [0, *accumulate(map(len, ours))], [0, *accumulate(map(len, theirs))]
    found: list[Run] = []
    for run in runs(ours, theirs):
        low, high, low_b, high_b = starts[run.a_start], starts[run.a_end], places[run.b_start], places[run.b_end]
        found += [Run(True, low, high, low_b, high_b)] if run.equal else _trimmed(a, b, low, high, low_b, high_b)
    return _merged(found)


def _line_by_line(a: bytes, b: bytes) -> list[Run]:
    ranges = [(start, min(start + LINE, len(a))) for start in range(0, len(a), LINE)]
    return _merged([Run(a[start:end] == b[start:end], start, end, start, end) for start, end in ranges])


def _trimmed(a: bytes, b: bytes, low: int, high: int, low_b: int, high_b: int) -> list[Run]:
    """A differing run without the bytes at its ends that are the same."""
    head, tail = ends_in_common(a[low:high], b[low_b:high_b])
    parts = [
        Run(True, low, low + head, low_b, low_b + head),
        Run(False, low + head, high - tail, low_b + head, high_b - tail),
        Run(True, high - tail, high, high_b - tail, high_b),
    ]
    return [run for run in parts if run.a_end > run.a_start or run.b_end > run.b_start]


def _merged(found: list[Run]) -> list[Run]:
    """Runs of one kind that touch as one."""
    out: list[Run] = []
    for run in found:
        last = out[-1] if out else None
        if last is not None and last.equal == run.equal:
            out[-1] = Run(run.equal, last.a_start, run.a_end, last.b_start, run.b_end)
        else:
            out.append(run)
    return out


def _dumped(data: bytes, at: int) -> list[Line]:
    return [
        Line(at + position, at + position + len(part), f"{part.hex(' '):<{LINE * 3 - 1}}  {_characters(part)}")
        for position, part in ((position, data[position : position + LINE]) for position in range(0, len(data), LINE))
    ]


def _characters(part: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
