"""Whether bytes of a finished module are those of an atom, but for what relocations write.

Bytes are compared with the atom's sites masked out. Code that was encoded anew (numbers in other widths) is compared
by instructions: names and operands must agree, except operands that a relocation patches.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.code import body, instructions
from wasmscope.format.opcodes import PATCHED
from wasmscope.format.relocs import RELOC_TYPES, WIDTHS
from wasmscope.link.model import Atom


def masked(atom: Atom, data: bytes, skip: int = 0) -> bytes:
    """`data`, which begins where byte `skip` of `atom` would be, with zeros at the atom's sites."""
    if atom.relocs is None or atom.lo == atom.hi:
        return data
    out, size = bytearray(data), len(data)
    for at, width in sites(atom):
        out[at - skip : at - skip + width] = _ZEROS[width]
    return bytes(out[:size])


_ZEROS = [bytes(width) for width in range(11)]


def sites(atom: Atom) -> list[tuple[int, int]]:
    """Where each of an atom's sites begins in it, and how wide it is."""
    if atom.relocs is None:
        return []
    shift, types, offsets = atom.base - atom.start, atom.relocs.types, atom.relocs.offsets
    return [(offsets[row] + shift, WIDTHS[types[row]]) for row in range(atom.lo, atom.hi)]


def padded(places: tuple[tuple[int, int], ...], data: bytes) -> bool:
    """Whether there is a number of full width at each of the sites (offset, relocation type) of these bytes."""
    for at, type in places:
        raw = data[at : at + WIDTHS[type]]
        if RELOC_TYPES[type].encoding != "le" and (raw[-1] > 127 or min(raw[:-1]) < 128):
            return False
    return True


def differences(one: bytes, other: bytes) -> list[tuple[int, int]]:
    """Runs (start, end) of bytes in which two byte strings of one length differ."""
    runs: list[tuple[int, int]] = []
    if one == other:
        return runs
    for at, (a, b) in enumerate(zip(one, other, strict=True)):
        if a != b:
            if runs and runs[-1][1] == at:
                runs[-1] = runs[-1][0], at + 1
            else:
                runs.append((at, at + 1))
    return runs


class Operand(NamedTuple):
    """An operand that a relocation may patch; `start` and `end` count from the body's first byte."""

    kind: str
    value: int
    start: int
    end: int


class Shape(NamedTuple):
    """A function's body without the operands that relocations may patch."""

    key: int
    """Equal for bodies that differ in such operands only."""
    starts: list[int]
    """Where each instruction begins."""
    operands: list[Operand]
    whole: bool
    """The body could be read to its end."""


def shape(data: bytes, start: int, end: int) -> Shape:
    """The shape of the body whose size field is at `start` of `data`; positions count from there."""
    tokens: list[object] = []
    starts: list[int] = []
    operands: list[Operand] = []
    whole = True
    try:
        frame = body(data, start, end)
        tokens += [(run.number, run.type) for run in frame.locals]
        for one in instructions(data, frame.code_start, frame.end):
            starts.append(one.start - start)
            tokens.append(one.name)
            for kind, value, first, last in one.args:
                if kind in PATCHED:
                    operands.append(Operand(kind, value, first - start, last - start))
                    tokens.append(kind)
                else:
                    tokens.append(value)
    except FormatError:
        whole = False
    return Shape(hash(tuple(tokens)), starts, operands, whole)


def reshaped(atom: Atom, own: Shape, other: Shape) -> list[tuple[int, int]] | None:
    """Where each of the atom's sites is in a body of the same instructions: spans in the other body, by row.

    None when they are not the same: another instruction, or an operand that no relocation patches has another value.
    """
    if own.key != other.key or len(own.operands) != len(other.operands) or not (own.whole and other.whole):
        return None
    rows = {at: number for number, (at, _) in enumerate(sites(atom))}
    spans: dict[int, tuple[int, int]] = {}
    for mine, theirs in zip(own.operands, other.operands, strict=True):
        row = rows.get(mine.start)
        if row is not None:
            spans[row] = theirs.start, theirs.end
        elif mine.value != theirs.value or mine.kind != theirs.kind:
            return None
    return [spans[number] for number in range(len(rows))] if len(spans) == len(rows) else None


class Shortened(NamedTuple):
    """A body whose sites hold shorter numbers: where they are in it, and what else differs."""

    spans: tuple[tuple[int, int], ...]
    """By row, from the first byte compared."""
    strays: tuple[tuple[int, int], ...]
    """Runs of the atom's bytes that are others there, counted in the atom."""


def shortened(atom: Atom, own: bytes, there: bytes, skip: int, most: int) -> Shortened | None:
    """How `there` is `own` (the atom's bytes from byte `skip` on) with a number of 1 byte to full width at each site,
    where at most `most` other bytes differ.

    The widths are those with which the fewest bytes differ. None when there are none.
    """
    spans = [(at - skip, width) for at, width in sites(atom)]
    if len(spans) > MOST_SITES or not 0 < len(own) - len(there) <= sum(width - 1 for _, width in spans):
        return None
    ends = [0, *(at + width for at, width in spans)]
    gaps = [own[end:at] for end, at in zip(ends, [*(at for at, _ in spans), len(own)], strict=True)]
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (_unlike(gaps[0], there, 0), ())}
    at = len(gaps[0])
    for gap, (_, width) in zip(gaps[1:], spans, strict=True):
        nearer: dict[int, tuple[int, tuple[int, ...]]] = {}
        for saved, (cost, widths) in best.items():
            for size in range(1, width + 1):
                here = at - saved
                worse = cost + _unlike(gap, there, here + size) + (not _number(there[here : here + size]))
                total = saved + width - size
                if worse <= most and (total not in nearer or worse < nearer[total][0]):
                    nearer[total] = worse, (*widths, size)
        best, at = nearer, at + width + len(gap)
    found = best.get(len(own) - len(there))
    return _told(gaps, there, found[1], ends, skip) if found is not None else None


MOST_SITES = 200
"""A body with more sites is not looked at that closely."""


def _told(gaps: list[bytes], there: bytes, widths: tuple[int, ...], ends: list[int], skip: int) -> Shortened:
    spans, strays, at = [], [], 0
    for gap, size, end in zip(gaps, (*widths, 0), ends, strict=True):
        runs = differences(gap, there[at : at + len(gap)])
        strays += [(skip + end + low, skip + end + high) for low, high in runs]
        at += len(gap)
        if size:
            spans.append((at, at + size))
        at += size
    return Shortened(tuple(spans), tuple(strays))


def _unlike(gap: bytes, there: bytes, at: int) -> int:
    """How many bytes of `gap` are others at `at`."""
    other = there[at : at + len(gap)]
    if gap == other:
        return 0
    return sum(a != b for a, b in zip(gap, other, strict=False)) + len(gap) - len(other)


def _number(data: bytes) -> bool:
    """Whether these bytes are one LEB128."""
    return data != b"" and data[-1] < 128 and min(data[:-1], default=128) > 127
