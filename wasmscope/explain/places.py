"""Reverse indexes of the last four phases: from things to their places, numbers, patches and output bytes.

Each is built in one pass on first use and kept. Row numbers count within their phase.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from wasmscope.explain.made import made
from wasmscope.explain.naming import site_width
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.format.relocs import WIDTHS
from wasmscope.link.chain import Chain, Placed
from wasmscope.link.model import (
    Atom,
    CustomSection,
    Entity,
    ExportEntry,
    ImportEntry,
    Kept,
    Link,
    Merge,
    MergedString,
    OutputSection,
    Piece,
    Segment,
    Symbol,
)
from wasmscope.link.shrunk import Shrunk

WIDEST = max(WIDTHS)
"""Bytes of the widest site."""


class PlaceRows:
    """Where things stand in phases layout, index, relocate and emit of `link`."""

    def __init__(self, link: Link) -> None:
        self.link = link

    # --- layout ---

    @cached_property
    def _layout(self) -> tuple[dict[object, list[int]], dict[Atom, tuple[int, Placed[Atom]]]]:
        rows: dict[object, list[int]] = {}
        places: dict[Atom, tuple[int, Placed[Atom]]] = {}
        for row, (what, thing, part) in enumerate(self.link.layout.rows if self.link.layout else ()):
            rows.setdefault(id(thing), []).append(row)
            if what == "placed":
                assert isinstance(part, Placed)
                places[part.item] = (row, part)
        return rows, places

    @property
    def placed(self) -> dict[Atom, tuple[int, Placed[Atom]]]:
        """The row of phase layout that placed each atom, and its place in its chain."""
        return self._layout[1]

    def layout_rows(self, thing: object) -> list[int]:
        """Rows of phase layout about a segment, custom section, merge or boundary, in order."""
        return self._layout[0].get(id(thing), [])

    @cached_property
    def homes(self) -> dict[Atom, int]:
        """The row of phase layout that placed each atom; of a merged input atom, the one of its first string."""
        found = {atom: row for atom, (row, _) in self.placed.items()}
        return found | {atom: rows[0] for atom, rows in self.string_rows.items()}

    @cached_property
    def string_rows(self) -> dict[Atom, list[int]]:
        """For each merged input atom, the rows of phase layout that place its strings."""
        found: dict[Atom, list[int]] = {}
        for row, (_, thing, part) in enumerate(self.link.layout.rows if self.link.layout else ()):
            if isinstance(thing, Merge) and isinstance(part, int):
                found.setdefault(thing.strings[part].atom, []).append(row)
        return found

    @cached_property
    def segment_row(self) -> dict[Segment, int]:
        """The row that gave each segment its address."""
        rows = self.link.layout.rows if self.link.layout else ()
        return {
            thing: row for row, (what, thing, _) in enumerate(rows) if what == "segment" and isinstance(thing, Segment)
        }

    @cached_property
    def placed_rows(self) -> dict[int, list[int]]:
        """For each chain, by id: the rows of its phase (layout, or index for code) that appended to it, in order."""
        found: dict[int, list[int]] = {}
        for row, (what, home, _) in enumerate(self.link.layout.rows if self.link.layout else ()):
            if what == "placed" and isinstance(home, Segment | CustomSection):
                found.setdefault(id(home.chain), []).append(row)
        if self.link.index is not None:
            code = self.link.index.code
            found[id(code)] = [
                row
                for row, (what, thing, _) in enumerate(self.link.index.rows)
                if what == "function" and isinstance(thing, Atom)
            ]
        return found

    def placed_at(self, chain: Chain[Atom], position: int) -> Placed[Atom] | None:
        """The place that is number `position` of `chain`, or None past its ends."""
        rows = self.placed_rows.get(id(chain), [])
        if not 0 <= position < len(rows):
            return None
        if self.link.index is not None and chain is self.link.index.code:
            atom = self.link.index.rows[rows[position]][1]
            return chain.places.get(atom) if isinstance(atom, Atom) else None
        assert self.link.layout is not None
        part = self.link.layout.rows[rows[position]][2]
        return part if isinstance(part, Placed) else None

    @cached_property
    def merged(self) -> dict[Atom, Merge]:
        """From the atom that merged strings became to its merge."""
        return {merge.atom: merge for merge in self.link.layout.merges.values()} if self.link.layout else {}

    @cached_property
    def _string_ends(self) -> dict[Atom, dict[int, list[MergedString]]]:
        """For each merged atom, its strings by where they end in it: those that end together share their tails."""
        found: dict[Atom, dict[int, list[MergedString]]] = {}
        for atom, merge in self.merged.items():
            ends = found.setdefault(atom, {})
            for one in merge.strings:
                ends.setdefault(one.offset + one.size, []).append(one)
        return found

    def strings_at(self, merge: Merge, position: int) -> list[MergedString]:
        """Every input string that byte `position` of a merged atom is part of, in input order."""
        end = merge.data.find(b"\0", position) + 1 or len(merge.data)
        return [one for one in self._string_ends[merge.atom].get(end, ()) if one.offset <= position]

    # --- index ---

    @cached_property
    def numbered(self) -> dict[object, list[int]]:
        """Rows of phase index about each thing: types, imports and exports by value, atoms, entities and symbols."""
        found: dict[object, list[int]] = {}
        for row, (what, thing, _) in enumerate(self.link.index.rows if self.link.index else ()):
            found.setdefault(thing, []).append(row)
            if isinstance(thing, ImportEntry | ExportEntry) and thing.symbol is not None:
                found.setdefault(thing.symbol, []).append(row)
            elif what == "slot" and isinstance(thing, Symbol) and isinstance(thing.target, Atom):
                found.setdefault(thing.target, []).append(row)
        return found

    @cached_property
    def rows_numbered(self) -> dict[int, list[int]]:
        """Rows of phase index by the number that they give."""
        found: dict[int, list[int]] = {}
        for row, (_, _, number) in enumerate(self.link.index.rows if self.link.index else ()):
            found.setdefault(number, []).append(row)
        return found

    @cached_property
    def exports_of(self) -> dict[Symbol | Atom | Entity, list[ExportEntry]]:
        """The exports that stand for each symbol: under the symbol, under what it stands for (not data: an address is
        shared by chance), and under the function that a wrapper is around."""
        index = self.link.index
        found: dict[Symbol | Atom | Entity, list[ExportEntry]] = {}
        for one in index.exports if index is not None else ():
            if one.symbol is None:
                continue
            target = one.symbol.target
            wrapped = index.wrappers.get(target) if index is not None and isinstance(target, Atom) else None
            for key in {one.symbol, target, wrapped}:
                if key is not None:
                    found.setdefault(key, []).append(one)
        return found

    @cached_property
    def imports_of(self) -> dict[Symbol | tuple[str, int], list[ImportEntry]]:
        """The imports by the symbol that each was made for, and, where it is no GOT entry, by its kind and number."""
        found: dict[Symbol | tuple[str, int], list[ImportEntry]] = {}
        for one in self.link.index.imports if self.link.index is not None else ():
            if one.symbol is not None:
                found.setdefault(one.symbol, []).append(one)
                if not one.got:
                    found.setdefault((one.symbol.kind, one.number), []).append(one)
        return found

    @cached_property
    def host_names(self) -> dict[str, list[Symbol]]:
        """The symbols that the host knows by another name: by the export's, by the import's, alone ("log") and with its
        module ("env.log"). A wrapper's name is that of what it is around."""
        index = self.link.index
        known: list[tuple[str, Symbol | None]] = []
        for one in index.exports if index is not None else ():
            target = one.symbol.target if one.symbol is not None else None
            wrapped = index.wrappers.get(target) if index is not None and isinstance(target, Atom) else None
            known.append((one.export.name, wrapped or one.symbol))
        for entry in index.imports if index is not None else ():
            known += [(entry.name, entry.symbol), (f"{entry.module}.{entry.name}", entry.symbol)]
        found: dict[str, list[Symbol]] = {}
        for name, symbol in known:
            if symbol is not None and symbol.name != name and symbol not in found.setdefault(name, []):
                found[name].append(symbol)
        return found

    @cached_property
    def slot_row(self) -> dict[int, int]:
        """The row that gave each table slot; names of one function share one."""
        rows = self.link.index.rows if self.link.index else ()
        return {number: row for row, (what, _, number) in enumerate(rows) if what == "slot"}

    @cached_property
    def import_row(self) -> dict[tuple[int, int], int]:
        """The row of each import, by kind and number."""
        rows = self.link.index.rows if self.link.index else ()
        return {
            (thing.kind, number): row for row, (_, thing, number) in enumerate(rows) if isinstance(thing, ImportEntry)
        }

    @cached_property
    def imports(self) -> dict[int, int]:
        """How many imports of each kind the output has."""
        counts = dict.fromkeys(range(5), 0)
        for kind, _ in self.import_row:
            counts[kind] += 1
        return counts

    @cached_property
    def made(self) -> dict[Thing, Kept]:
        """What this phase puts into the output although mark did not keep it (see `explain.made`)."""
        return made(self.link)

    def number_row(self, what: str, thing: object) -> int | None:
        """The row that gave `thing` its number of that kind ("type", "function", "slot", …), or None."""
        assert self.link.index is not None
        rows = self.link.index.rows
        return next((row for row in self.numbered.get(thing, ()) if rows[row][0] == what), None)

    # --- relocate ---

    @cached_property
    def patched(self) -> dict[Atom, int]:
        """Position of each atom in `Relocated.atoms`."""
        return {atom: position for position, atom in enumerate(self.link.relocate.atoms)} if self.link.relocate else {}

    def relocation_row(self, atom: Atom, row: int) -> int | None:
        """The row of phase relocate that is relocation `row` of `atom`'s section, or None if it is not applied."""
        position = self.patched.get(atom)
        if position is None or self.link.relocate is None or not atom.lo <= row < atom.hi:
            return None
        return self.link.relocate.first[position] + row - atom.lo

    def relocation_at(self, row: int) -> Mention:
        """The relocation that is `row` of phase relocate."""
        assert self.link.relocate is not None
        first = self.link.relocate.first
        position = bisect_right(first, row) - 1
        atom = self.link.relocate.atoms[position]
        return Mention(atom, atom.lo + row - first[position])

    def patch_rows(self, atom: Atom) -> range:
        """The rows of phase relocate that patch `atom`."""
        position = self.patched.get(atom)
        if position is None or self.link.relocate is None:
            return range(0)
        return range(self.link.relocate.first[position], self.link.relocate.first[position + 1])

    def original(self, atom: Atom) -> bytes:
        """The bytes of `atom` before relocation; of a linker-made one, what the linker made."""
        if atom.file is not None:
            return atom.data
        if atom in self.merged:
            return self.merged[atom].data
        return self.link.index.bodies.get(atom, b"") if self.link.index is not None else b""

    def before(self, atom: Atom, row: int) -> bytes:
        """The bytes at the site of relocation `row`, in the object."""
        if atom.file is None:
            return b""
        site = atom.start + atom.site(row)
        return bytes(atom.file.module.data[site : site + site_width(atom, row)])

    def shrunk(self, atom: Atom) -> Shrunk | None:
        """How function `atom` is shorter in the output, if --compress-relocations made it so."""
        return self.link.index.shrunk.get(atom) if self.link.index is not None else None

    def written_site(self, atom: Atom, row: int) -> tuple[int, int]:
        """Where relocation `row` writes in the bytes of `atom` that the output holds: start and end."""
        shrunk = self.shrunk(atom)
        if shrunk is not None:
            return shrunk.moved[row - atom.lo]
        return atom.site(row), atom.site(row) + site_width(atom, row)

    def after(self, atom: Atom, row: int) -> bytes:
        """The bytes at the site of relocation `row`, once patched; `atom` is one that phase relocate patches."""
        assert self.link.relocate is not None
        start, end = self.written_site(atom, row)
        return self.link.relocate.bytes[atom][start:end]

    # --- emit ---

    @cached_property
    def pieces(self) -> dict[Atom, tuple[int, Piece]]:
        """For each atom that is in the output: its output section's position and its run of bytes."""
        return {
            piece.atom: (position, piece)
            for position, section in enumerate(self.link.emit.sections if self.link.emit else ())
            for piece in section.pieces
            if piece.atom is not None
        }

    @cached_property
    def _atom_counts(self) -> dict[int, int]:
        sections = self.link.emit.sections if self.link.emit else ()
        return {id(section): sum(atom is not None for atom in section.pieces.atoms) for section in sections}

    def atom_count(self, section: OutputSection) -> int:
        """How many atoms are in a section of the output."""
        return self._atom_counts[id(section)]

    @cached_property
    def section_starts(self) -> list[int]:
        return [section.start for section in self.link.emit.sections] if self.link.emit else []

    def pieces_in(self, start: int, end: int) -> Iterator[tuple[int, Piece]]:
        """The runs of the output that have bytes between offsets `start` and `end`, each with its section's
        position."""
        sections = self.link.emit.sections if self.link.emit else []
        for position in range(max(0, bisect_right(self.section_starts, start) - 1), len(sections)):
            section = sections[position]
            if section.start >= end:
                return
            for number in range(max(0, section.pieces.number_at(start)), len(section.pieces)):
                piece = section.pieces[number]
                if piece.start >= end:
                    break
                if piece.size and piece.start + piece.size > start:
                    yield position, piece

    def rows_in(self, atom: Atom, start: int, end: int) -> Iterator[int]:
        """The relocations of `atom` (rows of its section) that write bytes `start` to `end` of what the output has
        of it."""
        if atom not in self.patched or atom.relocs is None:
            return
        shrunk = self.shrunk(atom)
        if shrunk is not None:
            yield from (atom.lo + i for i, (low, high) in enumerate(shrunk.moved) if low < end and high > start)
            return
        shift = atom.start - atom.base
        first = bisect_left(atom.relocs.offsets, start + shift - WIDEST, atom.lo, atom.hi)
        for row in range(first, atom.hi):
            site = atom.relocs.offsets[row] - shift
            if site >= end:
                return
            if site + site_width(atom, row) > start:
                yield row
