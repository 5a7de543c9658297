"""Reverse indexes of the first three phases: from files and symbols to the rows that are about them.

A phase's result leads from its rows to things; questions go the other way. Each index is built in one pass on first use
and kept; what names a symbol is looked up per symbol instead: a map of all relocations would cost more than it answers.
Row numbers count within their phase.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from wasmscope.explain.bare_names import bare_names
from wasmscope.explain.naming import names_symbol, title
from wasmscope.link.model import Atom, Entity, Event, Kept, Link, ObjectFile, Symbol
from wasmscope.link.names import display, readable
from wasmscope.link.subjects import Use

HOLDS = frozenset(("linker", "mention", "lazy", "define", "replace", "stub", "optional", "shared", "variant"))
"""Kinds of events after which the event's own file and record stand for the symbol."""

Thing = Atom | Entity | Symbol


class Mention(NamedTuple):
    """Relocation `row` of `atom`'s section."""

    atom: Atom
    row: int


class SymbolRows:
    """Where files, symbols and what is kept stand in phases load, resolve and mark of `link`."""

    def __init__(self, link: Link) -> None:
        self.link = link
        files = link.load.files if link.load else []
        self.load_first = list(accumulate((1 + len(file.module.sections) for file in files), initial=0))
        """Row of each file in phase load; its sections follow it; the last entry is the number of rows."""

    # --- load and resolve ---

    def load_row(self, row: int) -> tuple[ObjectFile, int]:
        """The file of a row of phase load, and the section's position in it, or -1 for the file itself."""
        assert self.link.load is not None
        position = bisect_right(self.load_first, row) - 1
        return self.link.load.files[position], row - self.load_first[position] - 1

    @cached_property
    def files(self) -> dict[ObjectFile, int]:
        """Position of each file in the order read."""
        return {file: position for position, file in enumerate(self.link.load.files)} if self.link.load else {}

    @cached_property
    def files_named(self) -> dict[str, list[ObjectFile]]:
        """Files by their name, by its last part, and members by their own."""
        found: dict[str, list[ObjectFile]] = {}
        for file in self.files:
            base = file.name.rpartition("/")[2]
            member = base.rpartition("(")[2].removesuffix(")") if file.archive else base
            for name in dict.fromkeys((file.name, base, member)):
                found.setdefault(name, []).append(file)
        return found

    @cached_property
    def _events(self) -> tuple[dict[Symbol, list[int]], dict[Symbol, list[int]], dict[ObjectFile, list[int]]]:
        by_symbol: dict[Symbol, list[int]] = {}
        holders: dict[Symbol, list[int]] = {}
        by_file: dict[ObjectFile, list[int]] = {}
        for row, event in enumerate(self.events):
            if event.symbol is not None:
                by_symbol.setdefault(event.symbol, []).append(row)
                if event.kind in HOLDS:
                    holders.setdefault(event.symbol, []).append(row)
            if event.file is not None:
                by_file.setdefault(event.file, []).append(row)
        return by_symbol, holders, by_file

    @property
    def events(self) -> list[Event]:
        return self.link.resolve.events if self.link.resolve else []

    @property
    def events_of(self) -> dict[Symbol, list[int]]:
        return self._events[0]

    @property
    def holders_of(self) -> dict[Symbol, list[int]]:
        """For each symbol, the events after which its holder may be another."""
        return self._events[1]

    @property
    def events_of_file(self) -> dict[ObjectFile, list[int]]:
        return self._events[2]

    @cached_property
    def joined(self) -> dict[ObjectFile, int]:
        """The event with which each file joined the link."""
        return {
            event.file: row for row, event in enumerate(self.events) if event.kind == "add" and event.file is not None
        }

    @cached_property
    def complained_of(self) -> frozenset[Symbol]:
        """The symbols that a relocation names and must not, or cannot: undefined ones, mostly."""
        said = self.link.index.diagnostics if self.link.index else []
        return frozenset(one.subject.symbol for one in said if isinstance(one.subject, Use))

    @cached_property
    def extracted(self) -> dict[ObjectFile, int]:
        """The event that pulled each archive member in."""
        return {
            event.file: row
            for row, event in enumerate(self.events)
            if event.kind == "extract" and event.file is not None
        }

    @cached_property
    def dropped(self) -> dict[tuple[ObjectFile, str], int]:
        """The event with which a file lost its copy of a COMDAT group."""
        return {
            (event.file, event.rule): row
            for row, event in enumerate(self.events)
            if event.kind == "comdat-dropped" and event.file is not None
        }

    @cached_property
    def unplugged(self) -> dict[tuple[ObjectFile, str, int], int]:
        """The event that took each atom out: its file, kind and number there."""
        return {
            (event.file, event.rule, event.record): row
            for row, event in enumerate(self.events)
            if event.kind == "unplugged" and event.file is not None
        }

    def dropped_row(self, atom: Atom) -> int | None:
        """The event that discarded `atom`, alone or with its COMDAT group, or None."""
        if atom.file is None:
            return None
        if (atom.file, atom.kind, atom.index) in self.unplugged:
            return self.unplugged[atom.file, atom.kind, atom.index]
        if atom.comdat < 0:
            return None
        return self.dropped.get((atom.file, atom.file.comdats[atom.comdat]))

    def section_row(self, atom: Atom) -> int | None:
        """The row of phase load that read the section which holds `atom`."""
        position = self.files.get(atom.file) if atom.file is not None else None
        if position is None or atom.file is None:
            return None
        starts = self.load_first[position] + 1
        for number, section in enumerate(atom.file.module.sections):
            if section.contents <= atom.start < section.end or (atom.size == 0 and atom.start == section.end):
                return starts + number
        return None

    def reloc_section_row(self, atom: Atom) -> int | None:
        """The row of phase load that read the section which holds the relocations of `atom`."""
        if atom.relocs is None or atom.file is None or atom.file not in self.files:
            return None
        for number, section in enumerate(atom.file.module.sections):
            if section.contents <= atom.relocs.start < section.end:
                return self.load_first[self.files[atom.file]] + 1 + number
        return None

    @cached_property
    def names(self) -> dict[str, list[Symbol]]:
        """Symbols by name, raw, demangled and as people read it; global ones first, then every object's own in link
        order."""
        found: dict[str, list[Symbol]] = {}
        symbols = self.link.resolve.symbols if self.link.resolve else []
        for symbol in dict.fromkeys((*symbols, *self._bound)):
            for name in dict.fromkeys((symbol.name, display(symbol.name), readable(symbol.name))):
                found.setdefault(name, []).append(symbol)
        return found

    @cached_property
    def names_before(self) -> dict[str, list[str]]:
        """From what people call them for short, without parameters or arguments of templates, to the names."""
        found: dict[str, list[str]] = {}
        for name in self.names:
            for short in bare_names(name):
                found.setdefault(short, []).append(name)
        return found

    @cached_property
    def atoms(self) -> list[Atom]:
        """Every atom of the link, live or dead, in link order: the linker's own first, then each object's."""
        resolved = self.link.resolve
        if resolved is None:
            return []
        atoms = list(resolved.synthetic_functions)
        for file in resolved.objects:
            atoms += (*file.functions, *file.segments, *file.customs)
        return atoms

    @cached_property
    def made(self) -> list[Atom | Entity]:
        """What the linker made: functions, globals and tables, merged strings."""
        link, found = self.link, list[Atom | Entity]()
        if link.resolve is not None:
            found += [*link.resolve.synthetic_functions, *link.resolve.synthetic_globals]
            found += (one.target for one in link.resolve.symbols if one.target is not None and one.target.file is None)
        if link.layout is not None:
            found += dict.fromkeys(merge.atom for merge in link.layout.merges.values())
        if link.index is not None:
            found += (atom for atom in link.index.functions if atom.file is None)
        return list(dict.fromkeys(found))

    @cached_property
    def atoms_named(self) -> dict[str, list[int]]:
        """By what atoms are called: their numbers in `atoms`."""
        found: dict[str, list[int]] = {}
        for number, atom in enumerate(self.atoms):
            found.setdefault(title(atom), []).append(number)
        return found

    # --- mark ---

    @cached_property
    def kept(self) -> list[tuple[Thing, Kept]]:
        """The rows of phase mark."""
        return list(self.link.mark.why.items()) if self.link.mark else []

    @cached_property
    def kept_row(self) -> dict[Thing, int]:
        return {thing: row for row, (thing, _) in enumerate(self.kept)}

    # --- relocations by symbol ---

    @cached_property
    def _bound(self) -> dict[Symbol, list[tuple[ObjectFile, int]]]:
        """For each symbol, the (file, record) pairs that stand for it."""
        found: dict[Symbol, list[tuple[ObjectFile, int]]] = {}
        for file, symbols in self.link.resolve.bindings.items() if self.link.resolve else ():
            for record, symbol in enumerate(symbols):
                found.setdefault(symbol, []).append((file, record))
        return found

    @cached_property
    def numbers(self) -> dict[Symbol, int]:
        """A number for each symbol that an object knows: where columns keep symbols."""
        return {symbol: number for number, symbol in enumerate(self._bound)}

    def records_of(self, symbol: Symbol) -> list[tuple[ObjectFile, int]]:
        """The (file, record) pairs that stand for `symbol`, in link order."""
        return self._bound.get(symbol, [])

    @cached_property
    def symbols_at(self) -> dict[Atom | Entity, list[Symbol]]:
        """For each atom and entity, the symbols that stand for it."""
        found: dict[Atom | Entity, list[Symbol]] = {}
        linker = self.link.resolve.symbols if self.link.resolve else []
        for symbol in dict.fromkeys((*self._bound, *linker)):
            if symbol.target is not None:
                found.setdefault(symbol.target, []).append(symbol)
        return found

    def mentions(self, symbol: Symbol) -> Iterator[Mention]:
        """Every relocation that names `symbol`, in atoms live or dead, in link order; scans the files that know it."""
        for file, record in self.records_of(symbol):
            for atoms in (file.functions, file.segments, file.customs):
                yield from _naming(atoms, record)


def _naming(atoms: list[Atom], record: int) -> Iterator[Mention]:
    """The relocations of `atoms` whose index is symbol `record`."""
    for atom in atoms:
        relocs = atom.relocs
        if relocs is None or atom.lo == atom.hi:
            continue
        indices = relocs.indices[atom.lo : atom.hi]
        if record not in indices:  # most atoms: found out at C speed
            continue
        for row, index in enumerate(indices, atom.lo):
            if index == record and names_symbol(relocs.types[row]):
                yield Mention(atom, row)
