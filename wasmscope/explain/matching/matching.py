"""Which parts of a finished module are which atoms of the objects, whoever linked it.

`match` compares the module with the objects of a link: functions by name and body, data by contents and by where code
says that it is, custom sections piece by piece. Of the link only its reading of the objects counts (their atoms, what
symbols mean); where things went is found in the module.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.matching.image import Image
from wasmscope.explain.naming import site_width
from wasmscope.format.module import Module
from wasmscope.format.relocs import RELOC_TYPES, WIDTHS, decode
from wasmscope.link.model import Atom, Link, Merge
from wasmscope.link.relocate import size_field

NOT_IN_FILE = -1
"""In place of a file offset: memory that starts as zeros, of which the file holds nothing."""


class Home(NamedTuple):
    """Where an atom is in the module. Offsets are bytes from the start of the module's file."""

    number: int
    """A function's index, a data segment's number, a custom section's index; -1 for memory that the file leaves out."""
    origin: int
    """Where the atom's first byte is, or would be if its size field were as long as in the object; or NOT_IN_FILE."""
    start: int
    """Where its bytes begin: those of a function with its size field."""
    end: int
    address: int | None
    """Of data: where it is in linear memory, in bytes."""
    how: str
    """What it was matched by: "name and body", "body", "name", "contents", "order", "references"."""
    spans: tuple[tuple[int, int], ...] | None = None
    """Of code that was encoded anew: file offsets of each site, by row."""
    starts: tuple[tuple[int, int], ...] = ()
    """Of code that was encoded anew: where each instruction begins, in the atom and in the file."""
    strays: tuple[tuple[int, int], ...] = ()
    """Runs of bytes, counted in the atom, that differ although no relocation patches them."""


class MergedHome:
    """Where merged strings are: `start` and `end` are file offsets, `address` is in linear memory (None: unknown)."""

    def __init__(self, merge: Merge, start: int, end: int, address: int | None) -> None:
        self.merge = merge
        self.start = start
        self.end = end
        self.address = address
        self._moves: dict[Atom, list[int]] = {}

    def offset(self, atom: Atom, position: int) -> int:
        """Where byte `position` of an atom is in the merged strings."""
        moves = self._moves.get(atom)
        if moves is None:
            moves = self._moves[atom] = self.merge.strings.moves(atom)
        return position + moves[max(bisect_right(self.merge.starts[atom], position) - 1, 0)]


class Unmatched(NamedTuple):
    """An atom, or a function of the module (by its index), that has no counterpart, and why."""

    thing: Atom | int
    why: str


class Matching:
    """What `match` found."""

    def __init__(self, link: Link, module: Module) -> None:
        self.link = link
        self.module = module
        self.image = Image(module)
        self.atoms: dict[Atom, Home] = {}
        self.merged: dict[Atom, MergedHome] = {}
        """For each atom whose strings were merged."""
        self.functions: dict[int, Atom] = {}
        """The atom of each function that was matched, by index."""
        self.made: dict[int, str] = {}
        """Names of functions that no object has: the linker made them."""
        self.unmatched: list[Unmatched] = []

    def place_of(self, atom: Atom) -> Home | None:
        """Where an object's atom is in the module; None when it is not there, or was not found."""
        return self.atoms.get(atom)

    def atom_at(self, offset: int) -> tuple[Atom, int] | None:
        """The atom that byte `offset` of the module is in, and which of the atom's bytes it is (-1: none of them).

        Of merged strings: the first of those that share the byte. None where no atom was matched.
        """
        starts, spans = self._spans
        position = bisect_right(starts, offset) - 1
        if position < 0 or offset >= spans[position][0]:
            return None
        thing = spans[position][1]
        if isinstance(thing, MergedHome):
            return _string_at(thing.merge, offset - thing.start)
        return thing, self._input(thing, offset)

    def offset_of(self, atom: Atom, position: int) -> int | None:
        """Where byte `position` of an atom is in the module's file; None when it is not in it."""
        merged = self.merged.get(atom)
        if merged is not None:
            return merged.start + merged.offset(atom, position)
        home = self.atoms.get(atom)
        if home is None or home.origin == NOT_IN_FILE:
            return None
        if home.spans is None:
            return home.origin + position
        if position >= atom.size:
            return home.end + position - atom.size
        number = bisect_right(home.starts, position, key=lambda pair: pair[0]) - 1
        if number < 0:
            return max(home.start, home.origin + position)
        own, there = home.starts[number]
        for row in range(atom.lo, atom.hi) if home.spans else ():
            site = atom.site(row)
            if own <= site < position:
                width, (start, end) = site_width(atom, row), home.spans[row - atom.lo]
                if position < site + width:
                    return min(start + position - site, end - 1)
                own, there = site + width, end
        return there + position - own

    def address_of(self, atom: Atom, position: int = 0) -> int | None:
        """Where byte `position` of a data atom is in linear memory; None when that is not known."""
        merged = self.merged.get(atom)
        if merged is not None:
            return None if merged.address is None else merged.address + merged.offset(atom, position)
        home = self.atoms.get(atom)
        return None if home is None or home.address is None else home.address + position

    def site(self, atom: Atom, row: int) -> tuple[int, int] | None:
        """File offsets of the bytes that relocation `row` of `atom` wrote; None where that is not known."""
        home = self.atoms.get(atom)
        if home is None or home.origin == NOT_IN_FILE or atom.relocs is None:
            return None
        if home.spans is not None:
            return home.spans[row - atom.lo] if home.spans else None
        start = home.origin + atom.site(row)
        return start, start + WIDTHS[atom.relocs.types[row]]

    def found(self, atom: Atom, row: int) -> int | None:
        """What is at the site of relocation `row`, read as its type says; None where there is no such site.

        Raises FormatError when it cannot be read, or ends before the site does.
        """
        span = self.site(atom, row)
        if span is None or atom.relocs is None:
            return None
        type = RELOC_TYPES[atom.relocs.types[row]]
        data = self.module.data[span[0] : span[1]]
        if type.encoding != "le" and min(data[:-1], default=128) < 128:
            raise FormatError("the number ends before its site does", offset=span[0], expected=f"{len(data)} bytes")
        return decode(type, data, 0)

    def _input(self, atom: Atom, offset: int) -> int:
        """Which byte of `atom` the byte at file offset `offset` of its place is; -1 for none of them."""
        home = self.atoms[atom]
        head = size_field(atom) if atom.kind == "function" else 0
        if home.spans == () or (offset < home.origin + head and home.start != home.origin):
            return -1  # another body; or a size field of another width
        if home.spans is None:
            return offset - home.origin
        number = bisect_right(home.starts, offset, key=lambda pair: pair[1]) - 1
        own, there = home.starts[number] if number >= 0 else (0, home.origin)
        for row, (start, end) in zip(range(atom.lo, atom.hi), home.spans, strict=True):
            if there <= start <= offset:
                if offset < end:
                    return atom.site(row) + offset - start
                own, there = atom.site(row) + site_width(atom, row), end
        return own + offset - there

    @cached_property
    def _spans(self) -> tuple[list[int], list[tuple[int, Atom | MergedHome]]]:
        """Starts of everything that is in the file, in order; and where each ends, and what it is."""
        found: list[tuple[int, int, Atom | MergedHome]] = [
            (home.start, home.end, atom)
            for atom, home in self.atoms.items()
            if home.origin != NOT_IN_FILE and home.end > home.start
        ]
        found += [(one.start, one.end, one) for one in {id(home): home for home in self.merged.values()}.values()]
        found.sort(key=lambda one: one[:2])
        return [start for start, _, _ in found], [(end, thing) for _, end, thing in found]

    @cached_property
    def memory(self) -> tuple[list[int], list[tuple[int, Atom]]]:
        """Addresses at which matched data begins, in order; and where each ends, and the atom."""
        found = [
            (home.address, home.address + atom.size, atom)
            for atom, home in self.atoms.items()
            if home.address is not None
        ]
        found.sort(key=lambda one: one[:2])
        return [start for start, _, _ in found], [(end, atom) for _, end, atom in found]


def _string_at(merge: Merge, position: int) -> tuple[Atom, int] | None:
    for one in merge.strings:
        if one.offset <= position < one.offset + one.size:
            return one.atom, one.start + position - one.offset
    return None


def match(link: Link, module: Module) -> Matching:
    """Match `module` with the objects of `link`, which must have come past phase resolve."""
    from wasmscope.explain.matching.function_references import by_everything
    from wasmscope.explain.matching.match_customs import match_customs
    from wasmscope.explain.matching.match_data import match_data
    from wasmscope.explain.matching.match_functions import match_functions

    found = Matching(link, module)
    functions = match_functions(found)
    match_customs(found)
    match_data(found)
    by_everything(functions)
    return found
