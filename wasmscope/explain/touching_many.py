"""Which rows touch any of many symbols and atoms: the answer of `touching.rows_of` for all of them together.

Asking for each in turn makes a set of each one's rows; here each phase is gone through once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from wasmscope.explain.places import PlaceRows
from wasmscope.explain.relocation_columns import RelocationColumns
from wasmscope.explain.symbols import SymbolRows
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol

Each = Iterator[tuple[str, Iterable[int]]]


def rows_of_many(
    link: Link, symbols: SymbolRows, places: PlaceRows, columns: RelocationColumns, wanted: Collection[Symbol | Atom]
) -> Each:
    """(phase, rows) for each phase: the rows that touch one of `wanted`; in no order, and one may come twice."""
    names = {one for one in wanted if isinstance(one, Symbol)}
    atoms = {one for one in wanted if isinstance(one, Atom)}
    things = {one.target for one in names if one.target is not None} | names | atoms
    placed = {one for one in things if isinstance(one, Atom)}
    yield "load", _sections(symbols, atoms)
    yield "resolve", _events(symbols, names, atoms)
    yield "mark", [symbols.kept_row[one] for one in things if one in symbols.kept_row]
    yield "layout", _layout(link, places, placed)
    yield "index", {row for one in things for row in places.numbered.get(one, ())}
    patched = {row for one in atoms if one in places.patched for row in places.patch_rows(one)}
    yield "relocate", patched.union(columns.naming(names)) if names else patched
    yield "emit", {places.pieces[one][0] for one in atoms if one in places.pieces}


def _sections(symbols: SymbolRows, atoms: Iterable[Atom]) -> set[int]:
    """The rows that read the sections of `atoms`: of functions and data there is one in a file."""
    found: dict[tuple[ObjectFile | None, str], int | None] = {}
    rows: set[int | None] = set()
    for atom in atoms:
        if atom.kind == "custom" or not atom.size:
            rows.add(symbols.section_row(atom))
        elif (atom.file, atom.kind) not in found:
            found[atom.file, atom.kind] = symbols.section_row(atom)
    return {row for row in (*rows, *found.values()) if row is not None}


def _events(symbols: SymbolRows, names: Iterable[Symbol], atoms: Iterable[Atom]) -> set[int]:
    rows = {row for one in names for row in symbols.events_of.get(one, ())}
    files = {one.file for one in names if one.local} | {one.file for one in atoms}
    rows.update(symbols.joined[one] for one in files if one is not None and one in symbols.joined)
    if symbols.dropped or symbols.unplugged:
        rows.update(row for row in map(symbols.dropped_row, atoms) if row is not None)
    return rows


def _layout(link: Link, places: PlaceRows, atoms: Collection[Atom]) -> set[int]:
    if link.layout is None:
        return set()
    home, segment_row = link.layout.home, places.segment_row
    rows = {places.placed[one][0] for one in atoms if one in places.placed}
    homes = {id(it): it for it in (home.get(one) for one in atoms) if it is not None}
    rows.update(row for one, row in segment_row.items() if id(one) in homes)
    rows.update(row for one in atoms for row in places.string_rows.get(one, ()))
    return rows
