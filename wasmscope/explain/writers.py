"""Who writes a range of bytes, of the output or of linear memory, and what stands in memory at a step.

Offsets count from the start of the output, addresses from the start of linear memory; ranges are half open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from wasmscope.explain.state import State
from wasmscope.explain.steps import Steps
from wasmscope.link.chain import Placed
from wasmscope.link.model import Atom, Segment


def output_writers(found: Steps, start: int, end: int) -> list[int]:
    """The steps, in order, that write or patch a byte of the output from `start` to `end`."""
    numbers: set[int] = set()
    if found.link.emit is not None and start < min(8, end):
        numbers.add(found.number("emit", 0))  # the header comes with the first section
    for section, piece in found.places.pieces_in(start, end):
        numbers.add(found.number("emit", section))
        if piece.atom is not None:
            numbers.update(_patches(found, piece.atom, start - piece.start, end - piece.start, piece.size))
    return sorted(numbers)


def output_changers(found: Steps, start: int, end: int) -> list[int]:
    """The steps, in order, after which those bytes may be other ones than before: also those that place their atoms,
    as an atom's bytes are known from then on."""
    numbers = set(output_writers(found, start, end))
    for _, piece in found.places.pieces_in(start, end):
        if piece.atom is not None:
            numbers.update(found.number("layout", row) for row in _placing(found, piece.atom))
            numbers.update(found.number("index", row) for row in found.places.numbered.get(piece.atom, ()))
            if piece.atom.file is None:
                numbers.add(found.ends[5])  # functions that the linker makes are there when numbers are
            if found.places.shrunk(piece.atom) is not None:
                numbers.add(found.ends[6])
    return sorted(numbers - {0})


def memory_writers(found: Steps, start: int, end: int) -> list[int]:
    """The steps, in order, that decide what is at the addresses from `start` to `end`: a segment or boundary gets its
    address, an atom its place, a relocation is patched."""
    numbers: set[int] = set()
    layout = found.link.layout
    for one in layout.boundaries if layout is not None else ():
        if start <= one.address < end:
            numbers.update(found.number("layout", row) for row in found.places.layout_rows(one))
    for segment in _segments(found, start, end):
        numbers.add(found.number("layout", found.places.segment_row[segment]))
        for placed in _placed_in(found, segment, start, end):
            numbers.update(found.number("layout", row) for row in _placing(found, placed.item))
            at = segment.address + placed.offset
            numbers.update(_patches(found, placed.item, start - at, end - at, placed.size))
    return sorted(numbers)


def memory_at(state: State, start: int, end: int) -> list[int | None]:
    """The bytes at the addresses `start` to `end` as far as they are known: None where nothing has been put."""
    found, layout = state.steps, state.link.layout
    known: list[int | None] = [None] * (end - start)
    for segment in _segments(found, start, end):
        if state.segment_address(segment) is None or layout is None:
            continue
        low, high = max(start, segment.address), min(end, segment.address + segment.size)
        known[low - start : high - start] = [0] * (high - low)  # padding, and what is zero anyway
        for placed in _placed_in(found, segment, start, end) if layout.emit_bss or not segment.bss else ():
            at = segment.address + placed.offset
            low, high = max(start, at), min(end, at + placed.size)
            known[low - start : high - start] = state.bytes(placed.item)[low - at : high - at]
    return known


def _segments(found: Steps, start: int, end: int) -> list[Segment]:
    """The output segments that have bytes from `start` to `end`, in the order of their addresses."""
    touched = (one for one in found.places.segment_row if one.address < end and one.address + one.size > start)
    return sorted(touched, key=lambda one: one.address)


def _placed_in(found: Steps, segment: Segment, start: int, end: int) -> Iterator[Placed[Atom]]:
    """The places in `segment` that have bytes at the addresses `start` to `end`."""
    chain, places = segment.chain, found.places
    total = len(places.placed_rows.get(id(chain), ()))

    def stop(position: int) -> int:
        placed = places.placed_at(chain, position)
        return segment.address + placed.end if placed is not None else 0

    for position in range(bisect_right(range(total), start, key=stop), total):
        placed = places.placed_at(chain, position)
        if placed is None or segment.address + placed.offset >= end:
            return
        if placed.size:
            yield placed


def _placing(found: Steps, atom: Atom) -> list[int]:
    """The row of phase layout that places `atom`, if it is one of that phase."""
    own = found.places.placed.get(atom)
    return [own[0]] if own is not None else []


def _patches(found: Steps, atom: Atom, start: int, end: int, size: int) -> Iterator[int]:
    """The steps that patch bytes `start` to `end` of `atom`, which has `size` of them in the output."""
    first = found.ends[5] + 1
    if start <= 0 and end >= size:
        yield from (first + row for row in found.places.patch_rows(atom))
        return
    for row in found.places.rows_in(atom, start, end):
        number = found.places.relocation_row(atom, row)
        if number is not None:
            yield first + number
