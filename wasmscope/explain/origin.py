"""Where an output byte is from, and where an input byte went: each the other's inverse.

A byte of the output is in a piece of a section; a piece is an atom, or made by a rule of the linker. A byte of an atom
is from the same place in the object, patched by a relocation or not; a byte of a merged atom is from every string that
shares it. With --compress-relocations a function's padding is nowhere in the output, and its size is written anew.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from wasmscope.explain.naming import site_width, title, titled
from wasmscope.explain.places import PlaceRows
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, Link, ObjectFile, OutputSection, Piece
from wasmscope.link.strings import merged_offset


class Origin(NamedTuple):
    """What made one byte of the output."""

    offset: int
    section: OutputSection | None
    """None for the header before the first section."""
    piece: Piece | None
    atom: Atom | None
    file: ObjectFile | None
    """The first input byte: its object, and its offset in that file in bytes; None and -1 if the linker made it."""
    input_offset: int
    inputs: tuple[tuple[ObjectFile, int], ...]
    """Every input byte that this byte stands for: several only for merged strings."""
    relocation: Mention | None
    """The relocation that patched it."""
    rule: str
    """What made it, in words."""


def origin(link: Link, output_offset: int) -> Origin:
    """What made the byte at `output_offset` of the output. Raises IndexError if there is no such byte."""
    if link.emit is None or not 0 <= output_offset < len(link.emit.data):
        raise IndexError(f"the output has no byte {output_offset:#x}")
    places = steps(link).places
    position = bisect_right(places.section_starts, output_offset) - 1
    if position < 0:
        return _made(output_offset, None, None, "the magic number and the version of WebAssembly")
    section = link.emit.sections[position]
    piece = section.pieces[section.pieces.number_at(output_offset)]
    if piece.atom is None:
        return _made(output_offset, section, piece, piece.rule)
    if piece.atom in places.merged:
        return _merged(places, section, piece, piece.atom, output_offset)
    if piece.atom.file is None:
        return _made(output_offset, section, piece, piece.atom.rule or piece.rule)
    return _copied(places, section, piece, piece.atom, output_offset)


def _made(offset: int, section: OutputSection | None, piece: Piece | None, rule: str) -> Origin:
    return Origin(offset, section, piece, piece.atom if piece else None, None, -1, (), None, rule)


def _copied(places: PlaceRows, section: OutputSection, piece: Piece, atom: Atom, offset: int) -> Origin:
    assert atom.file is not None
    position = offset - piece.start
    shrunk = places.shrunk(atom)
    if shrunk is not None:
        found = shrunk.input_of(position)
        if found is None:
            return _rewritten(section, piece, atom, shrunk.site_at(position), offset)
        position = found
    at = atom.start + position
    row = relocation_over(atom, position)
    if row is None or places.relocation_row(atom, row) is None:
        return Origin(
            offset, section, piece, atom, atom.file, at, ((atom.file, at),), None, f"copied from {titled(atom)}"
        )
    rule = f"patched by relocation {row - atom.lo} of {title(atom)}"
    return Origin(offset, section, piece, atom, atom.file, at, ((atom.file, at),), Mention(atom, row), rule)


def _rewritten(section: OutputSection, piece: Piece, atom: Atom, number: int | None, offset: int) -> Origin:
    """A byte of a shortened function that no input byte stands for: its size, or what relocation `number` grew by."""
    if number is None:
        return _made(offset, section, piece, f"the size of {title(atom)}, written anew")
    made = _made(offset, section, piece, f"written by relocation {number} of {title(atom)}, past the end of its site")
    return made._replace(relocation=Mention(atom, atom.lo + number))


def _merged(places: PlaceRows, section: OutputSection, piece: Piece, atom: Atom, offset: int) -> Origin:
    at = offset - piece.start
    inputs = tuple(
        (one.atom.file, one.atom.start + one.start + at - one.offset)
        for one in places.strings_at(places.merged[atom], at)
        if one.atom.file is not None
    )
    file, first = inputs[0] if inputs else (None, -1)
    rule = f"a string merged from {len(inputs)} input{'s' * (len(inputs) != 1)}"
    return Origin(offset, section, piece, atom, file, first, inputs, None, rule)


def relocation_over(atom: Atom, position: int) -> int | None:
    """The row of the relocation whose site covers byte `position` of `atom`, or None."""
    if atom.relocs is None:
        return None
    offset = position + atom.start - atom.base
    row = bisect_right(atom.relocs.offsets, offset, atom.lo, atom.hi) - 1
    if row < atom.lo or offset >= atom.relocs.offsets[row] + site_width(atom, row):
        return None
    return row


def destination(link: Link, file: ObjectFile, input_offset: int) -> int | None:
    """The offset in the output of byte `input_offset` of `file`, or None if it is not in the output."""
    if link.emit is None:
        return None
    atom = atom_at(file, input_offset)
    if atom is None:
        return None
    places = steps(link).places
    if atom in places.pieces:
        start, position = places.pieces[atom][1].start, input_offset - atom.start
        shrunk = places.shrunk(atom)
        if shrunk is None:
            return start + position
        moved = shrunk.output_of(position)
        return None if moved is None else start + moved
    merge = link.layout.merges.get(atom) if link.layout is not None else None
    if merge is None or merge.atom not in places.pieces:
        return None
    at = merged_offset(merge, atom, input_offset - atom.start)
    return places.pieces[merge.atom][1].start + at


def atom_at(file: ObjectFile, offset: int) -> Atom | None:
    """The atom of `file` that byte `offset` is in: a function with its size, a segment or a custom section; a file that
    is no object has none."""
    if file.module.linking is None:
        return None
    for atoms in (file.functions, file.segments, file.customs):
        position = bisect_right(atoms, offset, key=lambda atom: atom.start) - 1
        while position >= 0 and atoms[position].size == 0:  # empty ones share their start with the next
            position -= 1
        if position >= 0 and offset < atoms[position].end:
            return atoms[position]
    return None
